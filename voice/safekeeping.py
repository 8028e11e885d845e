"""What the database does not take is kept in a file, and entered in order when the database is back.

    {"key": 7, "call": "CA…", "write": "save_fields", "given": [["CA…", {"name": ["Karen", …]}], {"turn": 3, …}]}
    {"done": 7}

Each line is synced before its write returns. While anything waits, every later write goes behind it: the order is the
order in which things were said. A write that was entered is marked as done; one that was entered and not marked, since
the process died between the two, is entered once more and comes to the same, for nothing went behind it.
"""

import asyncio
import contextlib
import time
import weakref
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from voice.errors import StoreError
from voice.kept_lines import KeptLines, Write
from voice.store import Store, WriteRefused

log = structlog.get_logger()

_WRITES = frozenset(
    "begin_call save_fields keep_state complete_lead add_turn end_call note_consent note_transfer note_status "
    "note_route note_recording remember_caller".split()
)


@dataclass(frozen=True, slots=True)
class SafekeepingSettings:
    """Times in seconds."""

    limit_s: float | None = 1.0
    """What the database may take for a write before it is kept in the file. None: as long as it likes."""
    retry_s: float = 0.5
    """Until the database is tried again, twice as long each time, up to `most_retry_s`."""
    most_retry_s: float = 10.0


class Safekeeping:
    """The store's writing methods; a write that returns is in the database or in the file.

    They raise WriteRefused for a row that the database will never take, and StoreError where neither database nor file
    can be written.
    """

    def __init__(
        self,
        store: Store,
        file: Path,
        settings: SafekeepingSettings | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` gives Unix seconds: when a lead was completed, however late that is entered."""
        self._store = store
        self._lines = KeptLines(file)
        self._settings = settings or SafekeepingSettings()
        self._clock = clock
        self._queue: deque[Write] = deque()
        self._key = 0
        self._file = asyncio.Lock()
        self._orders: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._stragglers: set[asyncio.Task[Any]] = set()
        """Attempts that took too long, and go on: nothing is entered beside them."""
        self._writing: set[asyncio.Task[Any]] = set()
        self._some, self._none, self._stopping = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._none.set()
        self._entering: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Writes in the file that the database does not have."""
        return len(self._queue)

    async def open(self) -> None:
        """Takes up what an earlier process left. Raises OperatorError where the file can't be used."""
        left = await asyncio.to_thread(self._lines.open)
        self._key = max((write.key for write in left), default=0)
        for write in left:
            self._put(write)
        if left:
            log.warning("writes are waiting from before", writes=len(left))
        self._entering = asyncio.create_task(self._enter())

    async def close(self) -> None:
        """Waits for what is under way, enters what the database takes, and leaves the rest in the file."""
        await asyncio.gather(*self._writing, return_exceptions=True)
        self._stopping.set()
        self._some.set()
        if self._entering is not None:
            await self._entering
        await asyncio.gather(*self._stragglers, return_exceptions=True)
        await asyncio.to_thread(self._lines.close)

    async def caught_up(self) -> None:
        """Returns when the database has everything."""
        await self._none.wait()

    async def begin_call(
        self,
        call: str,
        stream: str,
        flow: str,
        version: int,
        caller: str | None,
        called: str | None,
        started: str,
        *,
        attestation: str = "",
        arm: str = "",
    ) -> None:
        """As `Store.begin_call`."""
        given = (call, stream, flow, version, caller, called, started)
        await self._keep("begin_call", *given, attestation=attestation, arm=arm)

    async def save_fields(
        self,
        call: str,
        fields: Mapping[str, tuple[str, str, float, bool]],
        *,
        turn: int | None = None,
        state: str = "",
    ) -> None:
        """As `Store.save_fields`."""
        await self._keep("save_fields", call, dict(fields), turn=turn, state=state)

    async def keep_state(self, call: str, state: str) -> None:
        """As `Store.keep_state`."""
        await self._keep("keep_state", call, state)

    async def complete_lead(self, call: str, targets: Sequence[str] = ()) -> None:
        """As `Store.complete_lead`, now."""
        await self._keep("complete_lead", call, list(targets), at=self._clock())

    async def add_turn(
        self,
        call: str,
        place: int,
        heard: str,
        confidence: float,
        step: str,
        said: str,
        gap_ms: int | None,
        barge_in: bool,
    ) -> None:
        """As `Store.add_turn`."""
        await self._keep("add_turn", call, place, heard, confidence, step, said, gap_ms, barge_in)

    async def end_call(
        self,
        call: str,
        outcome: str,
        duration_s: float,
        path: Sequence[str],
        *,
        targets: Sequence[str] = (),
        partial_targets: Sequence[str] = (),
        only_open: bool = False,
    ) -> None:
        """As `Store.end_call`, now."""
        given: dict[str, Any] = {"targets": list(targets), "partial_targets": list(partial_targets)}
        given |= {"only_open": True} if only_open else {}
        await self._keep("end_call", call, outcome, duration_s, list(path), **given, at=self._clock())

    async def note_consent(self, call: str, kind: str, granted: bool, script: str, at: str) -> None:
        """As `Store.note_consent`."""
        await self._keep("note_consent", call, kind, granted, script, at)

    async def note_recording(
        self, call: str, recording: str, url: str, seconds: int, channels: int, *, kept: bool = False
    ) -> None:
        """As `Store.note_recording`."""
        await self._keep("note_recording", call, recording, url, seconds, channels, kept=kept)

    async def note_transfer(self, call: str, transfer: int, **changes: str | float | None) -> None:
        """As `Store.note_transfer`."""
        await self._keep("note_transfer", call, transfer, **changes)

    async def note_status(self, call: str, status: str, sequence: int) -> bool:
        """As `Store.note_status`; while the database is away, only what waits in the file counts as seen."""
        seen = any(write.name == "note_status" and write.given[:2] == (call, status) for write in self._queue)
        return not seen and await self._keep("note_status", call, status, sequence) is not False

    async def note_route(
        self,
        call: str,
        route: str,
        arm: str,
        why: str,
        *,
        caller: str | None = None,
        called: str | None = None,
        started: str = "",
        attestation: str = "",
        only_new: bool = False,
    ) -> None:
        """As `Store.note_route`."""
        named = {"caller": caller, "called": called, "started": started, "attestation": attestation}
        await self._keep("note_route", call, route, arm, why, **named, only_new=only_new)

    async def remember_caller(
        self, number: str, *, name: str | None = None, profile: Mapping[str, str] | None = None
    ) -> None:
        """As `Store.remember_caller`."""
        await self._keep("remember_caller", number, name=name, profile=None if profile is None else dict(profile))

    async def _keep(self, name: str, /, *given: Any, **named: Any) -> Any:
        """What the database answers, or None if the write went to the file. It is done even if its caller is gone."""
        writing = asyncio.create_task(self._write(name, given, named))
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        return await asyncio.shield(writing)

    async def _write(self, name: str, given: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        async with self._order(given[0]):
            if not self._queue:
                attempt = asyncio.create_task(getattr(self._store, name)(*given, **named))
                await asyncio.wait({attempt}, timeout=self._settings.limit_s)
                if not attempt.done():
                    self._stragglers.add(attempt)
                    attempt.add_done_callback(self._straggled)
                    log.error("the database is slow: kept in the file", call=given[0], write=name)
                else:
                    try:
                        return attempt.result()
                    except WriteRefused:
                        raise
                    except StoreError as error:
                        log.error("kept in the file", call=given[0], write=name, error=str(error))
            self._key += 1
            await self._append(Write(self._key, given[0], name, given, named))
        return None

    def _order(self, call: str) -> asyncio.Lock:
        """One write of a call at a time."""
        return self._orders.setdefault(call, asyncio.Lock())

    def _straggled(self, attempt: asyncio.Task[Any]) -> None:
        self._stragglers.discard(attempt)
        if not attempt.cancelled():
            attempt.exception()

    def _put(self, write: Write) -> None:
        self._queue.append(write)
        self._none.clear()
        self._some.set()

    async def _append(self, write: Write) -> None:
        async with self._file:
            try:
                await asyncio.to_thread(self._lines.append, write)
            except OSError as error:
                raise StoreError(f"{write.name} not saved, and not kept either: {error.strerror}") from None
            self._put(write)

    async def _enter(self) -> None:
        """Enters what waits, in order, for as long as the program runs."""
        pause = self._settings.retry_s
        while self._queue or not self._stopping.is_set():
            await self._some.wait()
            if self._stragglers:
                await asyncio.wait(self._stragglers)
            if not self._queue:
                continue
            if await self._entered(self._queue[0]):
                pause = self._settings.retry_s
                await self._settle()
            elif self._stopping.is_set():
                return
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause)
                pause = min(2 * pause, self._settings.most_retry_s)

    async def _entered(self, write: Write) -> bool:
        """Whether the database has it now, or never will."""
        try:
            if write.name not in _WRITES:
                raise WriteRefused(f"no write of the name {write.name}")
            await getattr(self._store, write.name)(*write.given, **write.named)
        except (WriteRefused, TypeError, ValueError) as error:
            reason = str(error) if isinstance(error, StoreError) else type(error).__name__
            log.error("a kept write is refused: set aside", call=write.call, write=write.name, error=reason)
            return await self._set_aside(write)
        except StoreError as error:
            log.warning("the database is still away", writes=len(self._queue), error=str(error))
            return False
        return True

    async def _set_aside(self, write: Write) -> bool:
        try:
            await asyncio.to_thread(self._lines.set_aside, write)
        except OSError as error:
            log.error("it can't be set aside", call=write.call, error=error.strerror)
            return False
        return True

    async def _settle(self) -> None:
        """The first write is done with. It leaves the queue after the file: what is said meanwhile goes behind it."""
        async with self._file:
            last = len(self._queue) == 1
            try:
                if last:
                    await asyncio.to_thread(self._lines.clear)
                else:
                    await asyncio.to_thread(self._lines.done, self._queue[0].key)
            except OSError as error:
                log.error("a write that was entered stays in the file", error=error.strerror)
            self._queue.popleft()
            if last:
                self._some.clear()
                self._none.set()
                log.warning("the database has everything that was kept")
