"""Erases what a process that died left of calls whose recording nobody allowed.

A session erases its own journal and recording when its stream ends. One that was killed could not; once such a call is
over, and the ledger has no consent of its caller, its files go.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import structlog

from voice.plan import CallPlan, Keeps
from voice.store import Store

log = structlog.get_logger()

_RECENT_S = 7 * 86_400.0
"""Files that nobody wrote to for so long were judged by an earlier process, or belong to nobody."""


class Live(Protocol):
    """Whoever has the calls."""

    @property
    def sessions(self) -> Mapping[str, object]:
        """Live calls by name."""
        ...


class Erasure:
    """Looks after one folder of journals and recordings."""

    def __init__(
        self,
        store: Store,
        server: Live,
        plan: Callable[[str, str], CallPlan | None],
        journals: Path,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`plan(number, flow)` as `voice.plan.Lines.plan`; `clock` in Unix seconds, as the files' times."""
        self._store = store
        self._server = server
        self._plan = plan
        self._journals = journals
        self._clock = clock
        self._judged: set[str] = set()

    async def look(self) -> int:
        """Erases what is to be erased by now; returns the number of calls. Raises StoreError or OSError."""
        found = await asyncio.to_thread(_recent, self._journals, self._clock() - _RECENT_S)
        self._judged &= found.keys()
        erased = 0
        for call in found.keys() - self._judged - self._server.sessions.keys():
            stored = await self._store.resumable(call)
            if stored is None or stored.outcome is None:
                continue
            self._judged.add(call)
            plan = self._plan(stored.called or "", stored.flow)
            if plan is None or plan.keeps is not Keeps.CONSENT:
                continue
            if any(consent.granted for consent in await self._store.consents(call)):
                continue
            await asyncio.to_thread(_erase, found[call])
            log.warning("erased what was left of a call that nobody allowed to record", call=call)
            erased += 1
        return erased


def _recent(journals: Path, since: float) -> dict[str, list[Path]]:
    """Call → its files, where one was written to since then."""
    found: dict[str, list[Path]] = {}
    recent: set[str] = set()
    for file in journals.glob("*_*") if journals.is_dir() else ():
        if file.suffix in (".jsonl", ".wav"):
            call = file.name.partition("_")[0]
            found.setdefault(call, []).append(file)
            if file.stat().st_mtime >= since:
                recent.add(call)
    return {call: found[call] for call in recent}


def _erase(files: list[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
