"""The carrier's recordings, brought home: fetched, written for this user alone, then deleted at the carrier.

Each step is noted when it is done and tried again, later and later, until it is; a server that is stopped in between
goes on with the next start. A file is there whole or not at all.
"""

import asyncio
import base64
import contextlib
import os
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import structlog
from yarl import URL

from voice.errors import CarrierError, StoreError
from voice.store import Store, StoredRecording

log = structlog.get_logger()

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_OWNER_ONLY = 0o600
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """Where the recordings come from and where they go. Times in seconds."""

    folder: Path
    base: str
    """Of the carrier's REST interface: nothing else is given the secret, whatever a recording's URL says."""
    account: str
    secret: str = field(repr=False)
    largest: int = 512 << 20
    """Bytes; four hours of two channels."""
    fetch_s: float = 300.0
    delays_s: tuple[float, ...] = (5, 30, 120, 600, 3600)
    """From a failed attempt to the next; the last one serves for all that follow."""
    most_absent: int = 6
    """Attempts at a recording that the carrier does not know: it may not be ready yet."""
    poll_s: float = 60.0
    """How often is looked without being told."""
    at_once: int = 2


class FetchFailed(Exception):
    """It is not here. The message holds neither an address nor a secret."""


class _Absent(FetchFailed):
    """The carrier knows no such recording."""


class RecordingFiles:
    """One worker; several on one database share the work."""

    def __init__(
        self,
        store: Store,
        delete: Callable[[str], Awaitable[None]],
        settings: RecordingSettings,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`delete(recording)` has the carrier forget it, and raises CarrierError; `clock` in Unix seconds."""
        self._store = store
        self._delete = delete
        self._settings = settings
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._nudged = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Works from now on."""
        self._running = asyncio.create_task(self._run())

    def nudge(self) -> None:
        """There is a new one."""
        self._nudged.set()

    async def stop(self) -> None:
        """What is not done is done after the next start."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _run(self) -> None:
        while True:
            self._nudged.clear()
            found: tuple[StoredRecording, ...] = ()
            try:
                found = await self._store.due_recordings(self._clock(), self._settings.at_once)
                await asyncio.gather(*(self._bring(one) for one in found))
            except Exception as error:  # noqa: BLE001 - whatever goes wrong, the worker goes on
                log.error(
                    "recordings wait", error=str(error) if isinstance(error, StoreError) else type(error).__name__
                )
            if not found:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._nudged.wait(), self._settings.poll_s)

    async def _bring(self, one: StoredRecording) -> None:
        """Does what is left to do for it; what fails is noted with when to try again."""
        try:
            if one.state == "waiting":
                await self._store.recording_changed(one.recording, state="fetched", file=await self._fetch(one))
            if not one.kept:
                await self._delete(one.recording)
            await self._store.recording_changed(one.recording, state="done", last_error=None)
        except (FetchFailed, CarrierError, OSError) as error:
            why = str(error) if isinstance(error, FetchFailed) else type(error).__name__
            if isinstance(error, _Absent) and one.attempts >= self._settings.most_absent:
                log.error("the carrier does not have the recording", call=one.call, attempts=one.attempts)
                await self._store.recording_changed(one.recording, state="lost", last_error=why)
                return
            log.warning("a recording is not here yet", call=one.call, attempt=one.attempts, error=why)
            delays = self._settings.delays_s
            due_at = self._clock() + delays[min(one.attempts, len(delays)) - 1]
            await self._store.recording_changed(one.recording, due_at=due_at, last_error=why)

    async def _fetch(self, one: StoredRecording) -> str:
        """Writes the file; its name. Raises FetchFailed or OSError."""
        if not _NAME.fullmatch(one.call) or not _NAME.fullmatch(one.recording):
            raise _Absent("a name no carrier gives")
        folder, name = self._settings.folder, f"{one.call}_{one.recording}.wav"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = folder / f".{name}.part"
        try:
            async with asyncio.timeout(self._settings.fetch_s):
                await self._write(one, part)
        except TimeoutError:
            raise FetchFailed("no answer in time") from None
        except aiohttp.ClientError as error:
            raise FetchFailed(type(error).__name__) from None
        part.replace(folder / name)
        return name

    async def _write(self, one: StoredRecording, part: Path) -> None:
        async with self._open().get(self._address(one), allow_redirects=False) as response:
            if response.status == 404:
                raise _Absent("status 404")
            if response.status != 200:
                raise FetchFailed(f"status {response.status}")
            handle = await asyncio.to_thread(os.open, part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
            try:
                size = 0
                async for piece in response.content.iter_chunked(_PIECE):
                    if not size and piece[:4] != b"RIFF":
                        raise FetchFailed("not a WAV")
                    size += len(piece)
                    if size > self._settings.largest:
                        raise FetchFailed("too large")
                    await asyncio.to_thread(_write_all, handle, piece)
                if not size:
                    raise FetchFailed("empty")
                await asyncio.to_thread(os.fsync, handle)
            finally:
                os.close(handle)

    def _address(self, one: StoredRecording) -> URL:
        """Its path at the interface that we know."""
        base, asked = urlsplit(self._settings.base), urlsplit(one.url)
        path = f"{base.path.rstrip('/')}{asked.path}.wav"
        return URL(urlunsplit((base.scheme, base.netloc, path, "", "")), encoded=True)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            who = f"{self._settings.account}:{self._settings.secret}".encode()
            headers = {"Authorization": f"Basic {base64.b64encode(who).decode('ascii')}"}
            self._session = aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def _write_all(handle: int, piece: bytes) -> None:
    while piece:
        piece = piece[os.write(handle, piece) :]
