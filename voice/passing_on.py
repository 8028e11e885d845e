"""Transfers of pattern A as the carrier's webhooks tell of them: who is dialled, for how long, and what came of it.

The call has no stream meanwhile: the carrier dials from a document of ours, one person after the other.
"""

from collections import OrderedDict
from collections.abc import Callable

import structlog

from voice.bookkeeping import PASSED_ON, TRANSFERRED
from voice.desk import Brief, Dialling
from voice.errors import StoreError
from voice.events import LegState
from voice.performer import Engines

log = structlog.get_logger()

_MOST_REMEMBERED = 4096
_ACCEPTED = LegState.ACCEPTED.value
"""With `PASSED_ON` for its outcome: somebody has the caller, as far as is known."""


class PassingOn:
    """All calls that are with such a document."""

    def __init__(self, engines: Engines, now: Callable[[], str]) -> None:
        """`now`: ISO 8601 with offset."""
        self._engines = engines
        self._now = now
        self._accepted: OrderedDict[tuple[str, int], None] = OrderedDict()

    def dialling(self, call: str) -> Dialling | None:
        """Who is dialled for it; None: nobody."""
        telephone = self._engines.telephone
        dialled, found = telephone.dialled(call), telephone.brief(call)
        if dialled is None or found is None:
            return None
        brief = Brief(found.text, found.name if found.mulaw else "")
        return Dialling(dialled.numbers, brief, dialled.caller_id, dialled.timeout_s)

    async def begun(self, call: str, n: int) -> int:
        """Person `n` is about to be dialled: seconds that it may last; 0: nobody may be dialled now."""
        telephone = self._engines.telephone
        dialled = telephone.dialled(call)
        longest_s = telephone.dial_begins(call, n) if dialled else 0
        if dialled is None or not longest_s:
            log.error("nobody was dialled", call=call, why=telephone.refusal())
            return 0
        await self._note(call, dialled.transfer, person=dialled.people[n][0], stage="ringing", rung_at=self._now())
        return longest_s

    async def accepted(self, call: str, n: int) -> bool:
        """Person `n` has pressed 1. False: the caller has gone."""
        dialled = self._engines.telephone.dialled(call)
        if dialled is None:
            return False
        changes = {"stage": _ACCEPTED, "outcome": PASSED_ON, "accepted_at": self._now()}
        await self._note(call, dialled.transfer, **changes)
        self._accepted[call, n] = None
        while len(self._accepted) > _MOST_REMEMBERED:
            self._accepted.popitem(last=False)
        return True

    async def was_accepted(self, call: str, n: int) -> bool:
        """Whether they had, before a restart too."""
        return (call, n) in self._accepted or await self._taken(call) is not None

    async def finished(self, call: str, n: int, state: LegState) -> bool:
        """Person `n`: whether a conversation is over; else `state` says why there was none."""
        telephone = self._engines.telephone
        telephone.dial_over(call, n, answered=state in {LegState.ENDED, LegState.DECLINED})
        dialled = telephone.dialled(call)
        transfer = dialled.transfer if dialled else await self._taken(call)
        if state is not LegState.ENDED:
            self._accepted.pop((call, n), None)
        if transfer is None:
            return False
        if state is LegState.ENDED:
            await self._conversed(call, transfer)
        else:
            await self._note(call, transfer, stage=state.value, outcome=None)
        return state is LegState.ENDED

    def back(self, call: str) -> None:
        """The caller is with the agent again."""
        self._engines.telephone.dial_done(call)

    async def over(self, call: str) -> bool:
        """The call is over. Whether the caller was with a person."""
        dialled = self._engines.telephone.dialled(call)
        if dialled is not None and any(accepted == call for accepted, _ in self._accepted):
            transfer: int | None = dialled.transfer
        else:
            transfer = await self._taken(call)
        if transfer is not None:
            await self._conversed(call, transfer)
        self._engines.telephone.dial_done(call)
        return transfer is not None

    async def _taken(self, call: str) -> int | None:
        """The transfer whose person has pressed 1 and of whose end nothing is known, as the ledger has it."""
        try:
            found = await self._engines.store.transfers(call)
        except StoreError as error:
            log.error("key not looked up", call=call, error=type(error).__name__)
            return None
        last = found[-1] if found else None
        return last.transfer if last and (last.stage, last.outcome) == (_ACCEPTED, PASSED_ON) else None

    async def _conversed(self, call: str, transfer: int) -> None:
        await self._note(call, transfer, stage="connected", outcome=TRANSFERRED, ended_at=self._now())

    async def _note(self, call: str, transfer: int, **changes: str | None) -> None:
        await self._engines.notes.note_transfer(call, transfer, **changes)
