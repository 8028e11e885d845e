"""How long a silence ends the caller's turn.

Silence alone must choose between cutting people off and keeping them waiting: 1.6 s of it still ends one turn in
twenty too early. Here the procedure knows what it asked for, and so how much of an answer has been said.
"""

from dataclasses import dataclass
from typing import assert_never

from sop.reading import Completeness
from voice.audio import samples


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Silence that ends a turn, in milliseconds, by how complete the answer is."""

    complete_ms: int = 250
    """It is all there: ten digits, a yes."""
    open_ms: int = 600
    """It would do, and more may follow: a street without a city, a problem without its story."""
    partial_ms: int = 1500
    """In the middle: six digits, "my number is"."""
    unknown_ms: int = 900
    """Nothing has been transcribed yet, or what was is nothing the step asked for."""


def silence_that_ends(completeness: Completeness | None, settings: EndpointSettings) -> int:
    """Samples of silence after which the turn is over; None stands for no transcript of it yet."""
    match completeness:
        case Completeness.COMPLETE:
            return samples(settings.complete_ms)
        case Completeness.OPEN:
            return samples(settings.open_ms)
        case Completeness.PARTIAL:
            return samples(settings.partial_ms)
        case Completeness.EMPTY | None:
            return samples(settings.unknown_ms)
        case _:
            assert_never(completeness)
