"""What the agent says, as audio for the line. Piper, in a process of its own.

    text → memory → disk → Piper's process → µ-law → memory, and disk when the text is fixed

The unit is a sentence, as the core cuts them; a longer text works, and is rendered in one go. A sentence
under 1.5 s is cheaper to look up than to stream, so nothing is sent before all of it is there: at a real-time
factor of 0.03 that is 60 ms for 2 s of speech, and the next sentence is rendered while the first is played.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from voice.audio import FRAME
from voice.piper_voice import TtsSettings, Voice, voice_digest
from voice.prompt_cache import AudioStore
from voice.worker import Worker

_LIVE = 0
_AHEAD = 1
_PIECE = 50 * FRAME
"""Bytes in a piece: one second."""
_FORMAT = 1
"""Counted up when the same text and settings would sound different."""


class Synthesiser(Protocol):
    """A voice, as the shells use it."""

    @property
    def ready(self) -> bool:
        """Whether it would speak now."""
        ...

    async def start(self) -> None:
        """Load the voice. Raises ModelMissing, EngineCrashed or EngineTimedOut."""
        ...

    def speak(self, text: str, *, ahead: bool = False, fixed: bool = True) -> AsyncIterator[bytes]:
        """µ-law at 8 kHz, in pieces of a multiple of 160 bytes but the last; none for a text without words.

        `ahead`: for later, after everything that is for now. `fixed`: it holds nothing that a caller said,
        and may be kept on disk. Raises EngineBusy, EngineCrashed or EngineTimedOut.
        """
        ...

    def cached(self, text: str) -> bool:
        """Whether it would be spoken without the engine."""
        ...

    async def close(self) -> None:
        """End the engine."""
        ...


@dataclass(slots=True, eq=False)
class _Rendering:
    """A text on its way, and how many wait for it."""

    task: "asyncio.Task[bytes]"
    urgency: int
    wanted_by: int = 0


class PiperSynthesiser:
    """A Piper voice with its cache."""

    def __init__(self, settings: TtsSettings) -> None:
        self._settings = settings
        self._worker: Worker[str, bytes] = Worker("voice", partial(_load, settings), settings.limits)
        self._store = AudioStore(settings.cache, settings.memory_mb, settings.disk_mb)
        self._voice_digest = ""
        self._renderings: dict[str, _Rendering] = {}
        self._writing: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> bool:
        """Whether it would speak now."""
        return self._worker.ready

    @property
    def worker(self) -> Worker[str, bytes]:
        """The engine's process and queue, for health and metrics."""
        return self._worker

    async def start(self) -> None:
        """Load the voice. Raises ModelMissing, EngineCrashed or EngineTimedOut."""
        self._voice_digest = await asyncio.to_thread(voice_digest, self._settings.voice)
        await asyncio.to_thread(self._store.prune)
        await self._worker.start()

    async def close(self) -> None:
        """End the engine, after what is being written to the cache."""
        await self._worker.close()
        for rendering in list(self._renderings.values()):
            rendering.task.cancel()
        await asyncio.gather(*(r.task for r in self._renderings.values()), return_exceptions=True)
        await asyncio.gather(*self._writing, return_exceptions=True)

    def cached(self, text: str) -> bool:
        """Whether it would be spoken without the engine."""
        return self._store.has(self._key(_plain(text)))

    async def speak(self, text: str, *, ahead: bool = False, fixed: bool = True) -> AsyncIterator[bytes]:
        """µ-law at 8 kHz, in pieces of a multiple of 160 bytes but the last; none for a text without words.

        `ahead`: for later, after everything that is for now. `fixed`: it holds nothing that a caller said,
        and may be kept on disk. Several who want the same text at once have it rendered once.
        Raises EngineBusy, EngineCrashed or EngineTimedOut.
        """
        words = _plain(text)
        audio = await self._audio(words, _AHEAD if ahead else _LIVE, fixed) if words else b""
        for start in range(0, len(audio), _PIECE):
            yield audio[start : start + _PIECE]

    async def _audio(self, text: str, urgency: int, fixed: bool) -> bytes:
        key = self._key(text)
        if (known := self._store.in_memory(key)) is not None:
            return known
        rendering = self._renderings.get(key)
        if rendering is None:
            task = asyncio.create_task(self._render(key, text, fixed))
            rendering = self._renderings[key] = _Rendering(task, urgency)
            task.add_done_callback(partial(self._forget, key))
        elif urgency < rendering.urgency:
            rendering.urgency = urgency
            self._worker.hasten(text, urgency)
        rendering.wanted_by += 1
        try:
            return await asyncio.shield(rendering.task)
        finally:
            rendering.wanted_by -= 1
            if not rendering.wanted_by:
                rendering.task.cancel()
                self._forget(key, rendering.task)

    def _forget(self, key: str, task: "asyncio.Task[bytes]") -> None:
        """So that nobody joins a rendering that is being cancelled."""
        if key in self._renderings and self._renderings[key].task is task:
            del self._renderings[key]

    async def _render(self, key: str, text: str, fixed: bool) -> bytes:
        audio = await asyncio.to_thread(self._store.read, key)
        if audio is None:
            audio = await self._worker.ask(text, self._renderings[key].urgency)
            if fixed:
                writing = asyncio.create_task(asyncio.to_thread(self._store.write, key, audio))
                self._writing.add(writing)
                writing.add_done_callback(self._writing.discard)
        self._store.remember(key, audio)
        return audio

    def _key(self, text: str) -> str:
        """A text's name in the cache: of the voice's files, what is set, and the text."""
        s = self._settings
        parts = [_FORMAT, self._voice_digest, s.length_scale, s.level_db, s.pause_ms, text]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _load(settings: TtsSettings) -> Callable[[str], bytes]:
    """Runs in the engine's process."""
    return Voice(settings).render


def _plain(text: str) -> str:
    return " ".join(text.split())
