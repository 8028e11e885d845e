"""Calls that nobody ends: the stream broke, and neither another one comes nor the carrier's last word.

After a while each is over, and what it left is delivered. A sign of life is a live stream, its end, or the last write
to one of the call's journals; calls of an earlier process are judged by their journals too, which tells ours from those
of another server on the same database. A caller who comes back after all finds the call where it was left.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from voice.call_rows import GIVEN_UP
from voice.erasure import Erasure, Live
from voice.errors import place_of
from voice.performer import Engines
from voice.plan import CallPlan
from voice.store import Resumable

log = structlog.get_logger()

_DAY_S = 86_400.0
"""A call without a journal, and never seen, may be another server's: until none lasts so long."""


@dataclass(frozen=True, slots=True)
class LostSettings:
    """When a call is lost."""

    journals: Path
    after_s: float = 120.0


class LostCalls:
    """Looks after one server's calls."""

    def __init__(
        self,
        engines: Engines,
        server: Live,
        plan: Callable[[str, str], CallPlan | None],
        settings: LostSettings,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`plan(number, flow)` as `voice.plan.Lines.plan`; `clock` in Unix seconds, as the files' times."""
        self._engines = engines
        self._server = server
        self._plan = plan
        self._settings = settings
        self._clock = clock
        self._seen: dict[str, float] = {}
        self._erasure = Erasure(engines.store, server, plan, settings.journals, clock=clock)

    async def watch(self) -> None:
        """Ends what is lost, and erases what of it nobody allowed to keep, for as long as the program runs."""
        while True:
            try:
                await self.end_lost()
                await self._erasure.look()
            except Exception as error:  # noqa: BLE001 - whatever goes wrong, the next look is taken
                log.error("lost calls can't be looked for", kind=type(error).__name__, at=place_of(error))
            await asyncio.sleep(self._settings.after_s / 4)

    async def end_lost(self) -> int:
        """Ends those that are lost by now; returns how many. Raises StoreError or OSError."""
        parted = frozenset(self._engines.parted)
        found = await self._engines.store.unended()
        self._engines.parted.difference_update(parted)
        live = frozenset(self._server.sessions)
        now, here = self._clock(), live | parted
        self._seen = {one.call: now if one.call in here else self._seen.get(one.call, 0.0) for one in found}
        waiting = [one for one in found if one.call not in live and not self._is_passed_on(one.call)]
        lives = await asyncio.to_thread(_last_writes, self._settings.journals, {one.call for one in waiting})
        lost = [one for one in waiting if now - self._last_sign(one, lives) > self._settings.after_s]
        return sum([await self._end(one) for one in lost if one.call not in self._server.sessions])

    async def _end(self, one: Resumable) -> bool:
        """Whether it could be; one that could not holds up no other."""
        log.warning("a call was never ended", call=one.call)
        try:
            await end(self._engines, self._plan(one.called or "", one.flow), one.call, GIVEN_UP)
        except Exception as error:  # noqa: BLE001 - it is tried again with the next look
            log.error("a lost call can't be ended", call=one.call, kind=type(error).__name__, at=place_of(error))
            return False
        return True

    def _is_passed_on(self, call: str) -> bool:
        """Whether the carrier is dialling for it, or somebody talks: it says how that ends."""
        return self._engines.telephone.dialled(call) is not None

    def _last_sign(self, one: Resumable, writes: Mapping[str, float]) -> float:
        """Unix seconds."""
        seen = max(self._seen.get(one.call, 0.0), writes.get(one.call, 0.0))
        return seen or _moment(one.started) + _DAY_S


async def end(engines: Engines, plan: CallPlan | None, call: str, outcome: str) -> None:
    """Books the end of a call that has no stream, unless it has one; its lead goes where the plan says."""
    targets = plan.targets if plan else ()
    partial = plan.partial_targets if plan else ()
    await engines.notes.end_call(call, outcome, 0.0, (), targets=targets, partial_targets=partial, only_open=True)
    engines.delivered()


def _last_writes(journals: Path, calls: set[str]) -> dict[str, float]:
    """Call → Unix seconds, of those that have a journal."""
    found: dict[str, float] = {}
    if not calls or not journals.is_dir():
        return found
    for file in journals.glob("*.jsonl"):
        call = file.name.partition("_")[0]
        if call in calls:
            found[call] = max(found.get(call, 0.0), file.stat().st_mtime)
    return found


def _moment(started: str) -> float:
    """Unix seconds; 0 for a time that can't be read."""
    try:
        return datetime.fromisoformat(started).timestamp()
    except ValueError:
        return 0.0
