"""The carrier's words for what a telephone does → ours, and which reports of them are news.

Callbacks come twice, late and out of order. Nothing is news after a leg has ended, and ringing is none once somebody
has answered.
"""

from collections import OrderedDict

from voice.events import LegState

DOWN = frozenset({LegState.BUSY, LegState.NO_ANSWER, LegState.FAILED, LegState.ENDED})
"""The telephone itself is down."""
TERMINAL = DOWN | {LegState.REFUSED, LegState.DECLINED}
ENDED_STATUSES = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""Of a whole call."""
_STATES = {
    "ringing": LegState.RINGING,
    "in-progress": LegState.ANSWERED,
    "answered": LegState.ANSWERED,
    "completed": LegState.ENDED,
    "busy": LegState.BUSY,
    "no-answer": LegState.NO_ANSWER,
    "failed": LegState.FAILED,
    "canceled": LegState.ENDED,
}
_RANK = {
    LegState.RINGING: 0,
    LegState.ANSWERED: 1,
    LegState.MACHINE: 2,
    LegState.ACCEPTED: 2,
    LegState.JOINED: 3,
}


def leg_state(status: str) -> LegState | None:
    """`CallStatus` of a person's leg; None for what is no news ("queued", "initiated") or unknown.

    >>> leg_state("no-answer")
    <LegState.NO_ANSWER: 'no_answer'>
    """
    return _STATES.get(status)


def machine(answered_by: str) -> LegState | None:
    """`AnsweredBy` of answering machine detection: MACHINE, or None where a person may have answered."""
    return LegState.MACHINE if answered_by.startswith("machine_") or answered_by == "fax" else None


def dial_state(status: str, *, accepted: bool, bridged: str) -> LegState:
    """How a `<Dial>` with a whisper ended: `DialCallStatus` says "completed" of a mailbox too, so what counts is the
    key, and that `DialBridged`, where it is given, does not deny it."""
    if accepted and bridged != "false":
        return LegState.ENDED
    state = _STATES.get(status, LegState.FAILED)
    return LegState.DECLINED if state in {LegState.ENDED, LegState.ANSWERED, LegState.RINGING} else state


class LegReports:
    """What has been reported of each leg, and in which conference its person was; the least recent are forgotten."""

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._seen: OrderedDict[tuple[str, int], set[LegState]] = OrderedDict()
        self._rooms: OrderedDict[tuple[str, int], str] = OrderedDict()

    def is_news(self, call: str, leg: int, state: LegState) -> bool:
        """Whether it has to be passed on; notes it."""
        seen = self._seen.setdefault((call, leg), set())
        self._seen.move_to_end((call, leg))
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)
        late = state in seen or bool(seen & TERMINAL)
        overtaken = state in _RANK and any(_RANK.get(one, 9) > _RANK[state] for one in seen)
        if late or overtaken:
            return False
        seen.add(state)
        return True

    def forget(self, call: str, leg: int, state: LegState) -> None:
        """It could not be passed on: it is news again when it is reported again."""
        self._seen.get((call, leg), set()).discard(state)

    def is_over(self, call: str, leg: int) -> bool:
        """Whether the leg is known to have ended."""
        return bool(self._seen.get((call, leg), set()) & TERMINAL)

    def entered(self, call: str, leg: int, conference: str) -> None:
        """The leg's person is in the carrier's conference of that identifier."""
        self._rooms[call, leg] = conference
        self._rooms.move_to_end((call, leg))
        while len(self._rooms) > self._most:
            self._rooms.popitem(last=False)

    def is_alone(self, call: str, leg: int, conference: str) -> bool:
        """Whether a caller who enters that conference meets nobody: the person was in another one of the same name,
        or, where conferences carry no identifier, has left."""
        room = self._rooms.get((call, leg), "")
        return conference != room if conference and room else self.is_over(call, leg)

    def has(self, call: str, leg: int, state: LegState) -> bool:
        """Whether that was reported, and the leg has not ended since."""
        seen = self._seen.get((call, leg), set())
        return state in seen and not seen & TERMINAL
