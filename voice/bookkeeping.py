"""What one call writes into the database: itself, its turns, its lead, where it stands, and how it ended.

Everything goes through `voice.safekeeping`, which keeps what the database does not take; an error here means that not
even that was possible.
"""

import asyncio
import time
from collections.abc import Callable

import structlog

from sop.state import State, state_to_json
from voice.commands import NoteConsent, Save
from voice.errors import StoreError
from voice.events import CallStarted, Saved
from voice.plan import CallPlan
from voice.report import Report
from voice.safekeeping import Safekeeping

log = structlog.get_logger()

BROKEN = frozenset({"line_dead", "failed", "voice_failed", "server_stopped", "socket_closed"})
"""Outcomes after which the caller may still be on the line."""
TRANSFERRED = "transferred"
PASSED_ON = "passed_on"
"""The call is with a document that dials people, and comes back if nobody takes it."""


class Bookkeeping:
    """One call's entries, in the order of its commands."""

    def __init__(
        self,
        start: CallStarted,
        plan: CallPlan,
        notes: Safekeeping,
        report: Report,
        *,
        state: Callable[[], State],
        delivered: Callable[[], None],
        earlier_turns: int = 0,
    ) -> None:
        """`state` gives where the procedure stands; `delivered` is called when something waits to be delivered;
        `earlier_turns` of this call were had on streams before this one."""
        self._start = start
        self._call = start.call
        self._plan = plan
        self._notes = notes
        self._report = report
        self._state = state
        self._delivered = delivered
        self._earlier_turns = earlier_turns
        self._begun = False
        self._order = asyncio.Lock()
        self._turns = 0

    async def begin(self) -> None:
        """Notes the call; tried again before each save until it is in."""
        start, graph = self._start, self._plan.graph
        try:
            await self._notes.begin_call(
                start.call,
                start.stream,
                graph.name,
                graph.version,
                start.caller,
                self._plan.number or None,
                start.now,
            )
            self._begun = True
        except StoreError as error:
            log.error("call not stored", call=self._call, error=str(error))

    async def save(self, command: Save) -> Saved:
        """The fields and where the procedure stands with them, in one transaction."""
        fields = {f.slot: (f.value, f.spoken, f.confidence, f.confirmed) for f in command.fields}
        began = time.perf_counter()
        try:
            async with self._order:
                if not self._begun:
                    await self.begin()
                turn = self._earlier_turns + len(self._report.turns) - 1
                state = state_to_json(self._state())
                await self._notes.save_fields(self._call, fields, turn=turn if turn >= 0 else None, state=state)
        except StoreError as error:
            log.error("fields not saved", call=self._call, error=str(error))
            return Saved(0, command.save, False, _ms_since(began))
        return Saved(0, command.save, True, _ms_since(began))

    async def keep_state(self, state: State) -> None:
        """Where the procedure stands, for a stream that may have to go on from here."""
        try:
            async with self._order:
                await self._notes.keep_state(self._call, state_to_json(state))
        except StoreError as error:
            log.error("state not kept", call=self._call, error=str(error))

    async def complete_lead(self, limit_s: float) -> None:
        """The procedure has everything it wants. Raises StoreError or TimeoutError."""
        async with self._order, asyncio.timeout(limit_s):
            await self._notes.complete_lead(self._call, self._plan.targets)
            if (name := self._name()) and self._start.caller:
                await self._notes.remember_caller(self._start.caller, name=name)
        self._delivered()

    def _name(self) -> str:
        """What the caller is called, for their next call; empty where it was not asked for."""
        held = self._state().values
        names = (spec for spec in self._plan.graph.slots.values() if spec.type == "person_name" and not spec.private)
        return next((held[spec.name].value for spec in names if spec.name in held), "")

    async def note_consent(self, command: NoteConsent) -> None:
        """Enters the caller's consent, or that there is none, into the ledger."""
        try:
            await self._notes.note_consent(self._call, command.kind, command.granted, command.script, _now())
        except StoreError as error:
            log.error("consent not stored", call=self._call, error=str(error))

    async def note_transfer(self, transfer: int, **changes: str | float | None) -> None:
        """Enters what is new about a transfer."""
        try:
            await self._notes.note_transfer(self._call, transfer, **changes)
        except StoreError as error:
            log.error("transfer not stored", call=self._call, error=str(error))

    async def store_turns(self, upto: int) -> None:
        """Turns are stored when they and the replies to them are complete: with the next one, or at the end."""
        first, self._turns = self._turns, max(self._turns, upto)
        try:
            for index in range(first, upto):
                turn = self._report.turns[index]
                await self._notes.add_turn(
                    self._call,
                    self._earlier_turns + index,
                    turn.heard,
                    turn.confidence,
                    turn.step,
                    turn.said,
                    turn.gap_ms,
                    turn.barge_in,
                )
        except StoreError as error:
            log.error("turn not stored", call=self._call, error=str(error))

    async def end(self) -> None:
        """The stream is over. The call is not, where the caller may come back on another one."""
        await self.store_turns(len(self._report.turns))
        outcome = self._report.outcome or "failed"
        if outcome == PASSED_ON or (self._plan.returns and outcome in BROKEN):
            return
        try:
            await self._notes.end_call(
                self._call,
                outcome,
                self._report.duration_s,
                self._state().path if self._start.resumed else tuple(self._report.path),
                targets=self._plan.targets,
                partial_targets=self._plan.partial_targets,
            )
        except StoreError as error:
            log.error("end of call not stored", call=self._call, error=str(error))
        self._delivered()


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")
