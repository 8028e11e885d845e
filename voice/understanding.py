"""Finished turns on their way through the reader: one at a time, each under what is expected by then. A yes to what was
asked when the turn was over is none to what is asked since."""

from collections import deque
from dataclasses import dataclass, replace

from sop.reading import Expectation, Reading
from voice.barge_in import is_noise
from voice.commands import Understand
from voice.events import Understood
from voice.listening import Finished


@dataclass(frozen=True, slots=True)
class _Over:
    """A turn that is over."""

    turn: Finished
    expecting: Expectation
    """At its end."""
    aside: bool


class Understanding:
    """The turns of one call that are over and not yet read."""

    def __init__(self) -> None:
        self._reading: _Over | None = None
        self._waiting: deque[_Over] = deque()

    @property
    def busy(self) -> bool:
        """Whether a turn is being read."""
        return self._reading is not None

    def add(self, turn: Finished, expecting: Expectation, *, aside: bool = False) -> None:
        """A turn is over, in which that was expected. `aside`: it is read for the record and moves nothing."""
        self._waiting.append(_Over(turn, expecting, aside))

    def next(self, expecting: Expectation) -> tuple[Understand, ...]:
        """Has the next turn read, unless one is."""
        while self._reading is None and self._waiting:
            over = self._waiting.popleft()
            heard = over.turn.hypotheses
            if over.expecting != expecting:
                heard = tuple(one for one in heard if not is_noise(one.text, expecting, asked=False))
                over = replace(over, turn=replace(over.turn, early=True))
            if heard:
                self._reading = over
                return (Understand(over.turn.turn, heard, expecting),)
        return ()

    def understood(self, event: Understood) -> Reading | None:
        """What the turn under way means; None where nobody waits for it any more, or it was said aside."""
        over = self._reading
        if over is None or over.turn.turn != event.turn:
            return None
        self._reading = None
        return None if over.aside else replace(event.reading, early=over.turn.early)

    def drop(self) -> None:
        """What was said no longer counts: the caller has used the keys."""
        self._reading = None
        self._waiting.clear()
