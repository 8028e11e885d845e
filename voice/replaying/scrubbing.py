"""Copies of calls that are fit to share."""

from collections.abc import Iterator
from pathlib import Path

from voice.errors import OperatorError
from voice.replaying.finding import Found


def scrub(found: list[Found], folder: Path) -> Iterator[str]:
    """Writes them; a line for each."""
    raise OperatorError("not yet")
