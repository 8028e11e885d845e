"""People's telephones as the carrier's webhooks tell of them: whose place among the limits is free again, who is
dropped or moved, and what the ledger says of the conversation."""

from collections.abc import Callable

import structlog

from voice.errors import CarrierError, StoreError
from voice.events import LegState
from voice.leg_status import DOWN
from voice.performer import Engines

log = structlog.get_logger()

_ANSWERED = frozenset({LegState.ANSWERED, LegState.MACHINE, LegState.ACCEPTED, LegState.DECLINED, LegState.JOINED})
"""States of a telephone that somebody, or something, has picked up: its minutes cost money."""


class PersonLegs:
    """Of all calls."""

    def __init__(self, engines: Engines, now: Callable[[], str]) -> None:
        """`now`: ISO 8601 with offset."""
        self._engines = engines
        self._now = now
        self._answered: set[tuple[str, int]] = set()

    async def changed(self, call: str, leg: int, state: LegState) -> None:
        """Something happened to it."""
        if state in _ANSWERED:
            self._answered.add((call, leg))
        if state in DOWN:
            await self.over(call, leg)

    async def over(self, call: str, leg: int) -> None:
        """It is down; again changes nothing."""
        transfer = self._engines.telephone.over(call, leg, answered=(call, leg) in self._answered)
        self._answered.discard((call, leg))
        if transfer is not None:
            await self._note(call, transfer, ended_at=self._now())

    async def drop(self, sid: str, *, apology: bool = False) -> None:
        """Ends it, after a word of apology or without."""
        telephone = self._engines.telephone
        try:
            await telephone.carrier.drop(sid, telephone.apology_url() if apology else "")
        except CarrierError as error:
            log.error("leg not dropped", error=str(error))

    async def move_caller(self, call: str, url: str) -> None:
        """The caller's call runs that document from here on, unless it is over."""
        try:
            await self._engines.telephone.carrier.redirect(call, url)
        except CarrierError as error:
            log.error("caller not moved", call=call, error=str(error))

    async def talked(self, call: str) -> None:
        """The conversation with a person is over."""
        await self._note(call, None, ended_at=self._now())

    async def missed(self, call: str) -> None:
        """There was none, although it had been thought to have begun."""
        await self._note(call, None, stage=LegState.ENDED.value, outcome=None, ended_at=self._now())

    async def _note(self, call: str, transfer: int | None, **changes: str | None) -> None:
        """Into the ledger; without a number, at the call's last transfer."""
        try:
            if transfer is None:
                found = await self._engines.store.transfers(call)
                transfer = found[-1].transfer if found else None
            if transfer is not None:
                await self._engines.notes.note_transfer(call, transfer, **changes)
        except StoreError as error:
            log.error("end of the conversation not stored", call=call, error=type(error).__name__)
