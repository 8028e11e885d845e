"""Free text keeps what was said."""

import pytest

from sop.slots.free_text import FreeText
from sop.words import split_words
from tests.sop.spoken import understood


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("um the gate is uh open", "the gate is open"),
        ("please ring the bell twice", "please ring the bell twice"),
        ("i would like a copy", "i would like a copy"),
        ("it sounds like a dog please hurry", "it sounds like a dog please hurry"),
        ("okay so well the gate is open", "the gate is open"),
        ("the water is not okay so call me", "the water is not okay so call me"),
        ("um", None),
        ("well um", None),
        ("", None),
    ],
)
def test_keeps_the_words(text: str, kept: str | None) -> None:
    assert understood(FreeText(), text) == kept


def test_is_bounded() -> None:
    found = FreeText().parse(split_words("word " * 190), None, None)  # type: ignore[arg-type]
    assert found is not None and len(found.value) <= 300  # type: ignore[union-attr]
