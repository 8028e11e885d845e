"""Where an earlier stream of a call left off: from the session that is still in memory, else from the database."""

import asyncio
from dataclasses import replace
from pathlib import Path

import structlog

from sop.problems import FlowError
from voice import replay
from voice.bookkeeping import BROKEN
from voice.errors import StoreError, SwitchboardError
from voice.journal import read_header
from voice.plan import CallPlan, LeftOff
from voice.session import Session
from voice.store import Resumable, Store

log = structlog.get_logger()


class Resuming:
    """Looks for what is left of calls."""

    def __init__(self, store: Store, journals: Path, limit_s: float) -> None:
        """`limit_s`: how long the database may take; the caller is waiting."""
        self._store = store
        self._journals = journals
        self._limit_s = limit_s

    async def left_off(self, call: str, plan: CallPlan, earlier: Session | None, *, returned: bool) -> LeftOff | None:
        """None: there is nothing to go on from. `earlier`: the call's last session, if this process had it; `returned`:
        a person was to take over and did not."""
        if earlier is not None:
            broken = (earlier.report.outcome or "failed") in BROKEN
            return earlier.left_off() if broken or returned else None
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._stored(call, plan, returned=returned)
        except (StoreError, TimeoutError) as error:
            log.error("the call can't be resumed", call=call, error=type(error).__name__)
            return None

    async def _stored(self, call: str, plan: CallPlan, *, returned: bool) -> LeftOff | None:
        found = await self._store.resumable(call)
        if found is None or not found.state or not (returned or found.outcome in {None, *BROKEN}):
            return None
        return LeftOff(
            plan=self._pinned(plan, found),
            started=found.started,
            state=found.state,
            turns=found.turns,
            transfers=len(await self._store.transfers(call)),
            recorded=any(consent.granted for consent in await self._store.consents(call)),
        )

    def _pinned(self, plan: CallPlan, found: Resumable) -> CallPlan:
        """A call keeps the version of the procedure that it began with: its text is in the earlier stream's journal."""
        if (plan.graph.name, plan.graph.version) == (found.flow, found.version):
            return plan
        for path in sorted(self._journals.glob(f"{found.call}_*.jsonl")):
            try:
                header = read_header(path)
                graph = replay.graph_of(header)
            except (SwitchboardError, FlowError, KeyError, ValueError) as error:
                log.error("an earlier journal can't be read", call=found.call, error=type(error).__name__)
                continue
            if (graph.name, graph.version) == (found.flow, found.version):
                return replace(plan, graph=graph, source=header["source"])
        return plan
