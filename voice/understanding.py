"""Finished turns on their way through the reader: one at a time, each under what is expected by then."""

from collections import deque

from sop.reading import Expectation, Reading
from voice.commands import Understand
from voice.events import Understood
from voice.listening import Finished


class Understanding:
    """The turns of one call that are over and not yet read."""

    def __init__(self) -> None:
        self._reading: int | None = None
        self._waiting: deque[Finished] = deque()
        self._aside: set[int] = set()
        self._early: set[int] = set()

    @property
    def busy(self) -> bool:
        """Whether a turn is being read."""
        return self._reading is not None

    def add(self, turn: Finished, *, aside: bool = False) -> None:
        """A turn is over. `aside`: it is read for the record and moves nothing."""
        self._waiting.append(turn)
        if aside:
            self._aside.add(turn.turn)
        if turn.early:
            self._early.add(turn.turn)

    def next(self, expecting: Expectation) -> tuple[Understand, ...]:
        """Has the next turn read, unless one is."""
        if self._reading is not None or not self._waiting:
            return ()
        turn = self._waiting.popleft()
        self._reading = turn.turn
        return (Understand(turn.turn, turn.hypotheses, expecting),)

    def understood(self, event: Understood) -> Reading | None:
        """What the turn under way means; None where nobody waits for it any more, where it was said aside, or where it
        means nothing and came before its question."""
        if self._reading != event.turn:
            return None
        self._reading = None
        idle = event.turn in self._early and not event.reading.acts
        return None if idle or event.turn in self._aside else event.reading

    def drop(self) -> None:
        """What was said no longer counts: the caller has used the keys."""
        self._reading = None
        self._waiting.clear()
