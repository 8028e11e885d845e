"""Finished turns on their way through the reader: one at a time, each under what is expected by then. A yes to what was
asked when the turn was over is none to what is asked since."""

from collections import deque
from dataclasses import replace

from sop.reading import Expectation, Reading
from voice.barge_in import is_noise
from voice.commands import Understand
from voice.events import Understood
from voice.listening import Finished


class Understanding:
    """The turns of one call that are over and not yet read."""

    def __init__(self) -> None:
        self._reading: int | None = None
        self._waiting: deque[tuple[Finished, Expectation]] = deque()
        self._aside: set[int] = set()
        self._early: set[int] = set()

    @property
    def busy(self) -> bool:
        """Whether a turn is being read."""
        return self._reading is not None

    def add(self, turn: Finished, expecting: Expectation, *, aside: bool = False) -> None:
        """A turn is over, in which that was expected. `aside`: it is read for the record and moves nothing."""
        self._waiting.append((turn, expecting))
        if aside:
            self._aside.add(turn.turn)
        if turn.early:
            self._early.add(turn.turn)

    def next(self, expecting: Expectation) -> tuple[Understand, ...]:
        """Has the next turn read, unless one is."""
        while self._reading is None and self._waiting:
            turn, expected = self._waiting.popleft()
            heard = turn.hypotheses
            if expected != expecting:
                heard = tuple(one for one in heard if not is_noise(one.text, expecting, asked=False))
                self._early.add(turn.turn)
            if heard:
                self._reading = turn.turn
                return (Understand(turn.turn, heard, expecting),)
        return ()

    def understood(self, event: Understood) -> Reading | None:
        """What the turn under way means; None where nobody waits for it any more, or it was said aside."""
        if self._reading != event.turn:
            return None
        self._reading = None
        if event.turn in self._aside:
            return None
        return replace(event.reading, early=event.turn in self._early)

    def drop(self) -> None:
        """What was said no longer counts: the caller has used the keys."""
        self._reading = None
        self._waiting.clear()
