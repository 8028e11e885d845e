"""What the agent says, as audio for the line. Piper, in a process of its own.

    text → memory → disk → Piper's process → µ-law → memory, and disk when the text is fixed

The unit is a sentence, as the core cuts them; a longer text works, and is rendered in one go. A sentence
under 1.5 s is cheaper to look up than to stream, so nothing is sent before all of it is there: at a real-time
factor of 0.03 that is 60 ms for 2 s of speech, and the next sentence is rendered while the first is played.

Level: Piper would scale each sentence to full range, which makes a short "Okay." louder than the sentence
after it. Instead one gain per voice brings its speech to `level_db`, measured on a fixed sentence when the
voice is loaded; what would still clip is bent, not cut off. Silence before the first sound is trimmed to 30
ms, silence after the last to `pause_ms`: that is the pause between sentences.

piper-tts is GPL-3: it is imported by the engine's process alone.
"""

import asyncio
import hashlib
import json
import logging
import struct
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from voice.audio import FRAME, LINE_RATE, Pcm, Resampler, encode
from voice.errors import ModelMissing
from voice.worker import Worker, WorkerLimits

log = logging.getLogger(__name__)

_PiperVoice: TypeAlias = Any  # piper.PiperVoice, which must not be imported here

_LIVE = 0
_AHEAD = 1
_PIECE = 50 * FRAME
"""Bytes in a piece: one second."""
_LEAD_MS = 30
_AUDIBLE = 164
"""PCM16 magnitude of -46 dBFS."""
_FORMAT = 1
"""Counted up when the same text and settings would sound different."""


@dataclass(frozen=True, slots=True)
class TtsSettings:
    """Which voice, how it speaks, and where what it said is kept."""

    voice: Path
    """The voice's .onnx file; its .onnx.json lies beside it."""
    cache: Path | None = None
    """Folder for fixed sentences; None keeps them in memory only."""
    length_scale: float | None = None
    """Above 1 is slower. None: the voice's own."""
    level_db: float = -20.0
    """dBFS (RMS over what is audible) that the voice's speech is brought to."""
    pause_ms: int = 150
    """Silence after a sentence."""
    memory_mb: float = 32.0
    """Audio kept in memory; 1 MB is two minutes."""
    disk_mb: float = 256.0
    """Audio kept in the folder; beyond it the oldest go when the engine starts."""
    limits: WorkerLimits = field(default_factory=lambda: WorkerLimits(capacity=128))
    """Of the queue and the answer."""


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


class AudioStore:
    """Rendered audio by key: recent in memory, fixed in a folder.

    A file is its audio's length (8 bytes), the SHA-256 of that audio, and the audio. One that does not agree
    with itself is deleted and counts as absent. Files appear whole or not at all.
    """

    _HEAD = struct.Struct(">Q32s")

    def __init__(self, folder: Path | None, memory_mb: float, disk_mb: float) -> None:
        self._folder = folder
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._memory_bytes = int(memory_mb * 2**20)
        self._disk_bytes = int(disk_mb * 2**20)
        self._remembered = 0

    def has(self, key: str) -> bool:
        """Whether it is in memory, or there is a file."""
        file = self._file(key)
        return key in self._memory or (file is not None and file.is_file())

    def in_memory(self, key: str) -> bytes | None:
        """What memory holds; it becomes the most recent."""
        audio = self._memory.get(key)
        if audio is not None:
            self._memory.move_to_end(key)
        return audio

    def remember(self, key: str, audio: bytes) -> None:
        """Into memory; the least recent make room."""
        self._remembered += len(audio) - len(self._memory.pop(key, b""))
        self._memory[key] = audio
        while self._remembered > self._memory_bytes:
            self._remembered -= len(self._memory.popitem(last=False)[1])

    def read(self, key: str) -> bytes | None:
        """From the folder; None when absent or damaged."""
        file = self._file(key)
        if file is None:
            return None
        try:
            data = file.read_bytes()
        except OSError:
            return None
        head, audio = data[: self._HEAD.size], data[self._HEAD.size :]
        if head == self._head(audio):
            return audio
        log.warning("a damaged file in the cache of prompts is rendered again", extra={"file": str(file)})
        file.unlink(missing_ok=True)
        return None

    def write(self, key: str, audio: bytes) -> None:
        """Into the folder. A folder that can't be written is logged: the call needs only the audio."""
        file = self._file(key)
        if file is None:
            return
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
                part.write(self._head(audio) + audio)
            Path(part.name).replace(file)
        except OSError as error:
            log.warning("the cache of prompts can't be written", extra={"reason": str(error)})

    def prune(self) -> None:
        """Delete what was never finished, and the oldest until the folder is within its size."""
        if self._folder is None or not self._folder.is_dir():
            return
        for part in self._folder.glob("*/*.part"):
            part.unlink(missing_ok=True)
        newest_first = sorted(self._folder.glob("*/*.ulaw"), key=lambda file: -file.stat().st_mtime)
        total = 0
        for file in newest_first:
            total += file.stat().st_size
            if total > self._disk_bytes:
                file.unlink(missing_ok=True)

    def _head(self, audio: bytes) -> bytes:
        return self._HEAD.pack(len(audio), hashlib.sha256(audio).digest())

    def _file(self, key: str) -> Path | None:
        return self._folder / key[:2] / f"{key}.ulaw" if self._folder else None


def voice_digest(voice: Path) -> str:
    """SHA-256 of the voice's two files. Raises ModelMissing when one is absent."""
    digest = hashlib.sha256()
    for file in (voice, _description(voice)):
        try:
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise _missing(file, voice) from error
    return digest.hexdigest()


class Voice:
    """A Piper voice in this process, which must be the engine's own. Not for several threads at once."""

    _CALIBRATION = "Thank you for calling. How can I help you today?"

    def __init__(self, settings: TtsSettings) -> None:
        """Load the voice and measure its level. Raises ModelMissing when a file can't be read."""
        from piper.config import SynthesisConfig  # noqa: PLC0415 - GPL-3: the engine's process alone

        self._voice = _piper(settings.voice)
        self._style = SynthesisConfig(length_scale=settings.length_scale, normalize_audio=False)
        self._pause = settings.pause_ms * LINE_RATE // 1000
        self._gain = 1.0
        level = _speech_level(self._line_audio(self._CALIBRATION))
        self._gain = 10 ** (settings.level_db / 20) * 32768 / level if level else 1.0

    def render(self, text: str) -> bytes:
        """µ-law of a text; empty when there is nothing in it to pronounce."""
        return encode(_trimmed(self._line_audio(text), self._pause))

    def _line_audio(self, text: str) -> Pcm:
        """At 8 kHz with the gain; one filter from the first sentence to the last."""
        resampler = Resampler(self._voice.config.sample_rate, LINE_RATE)
        parts = [
            resampler.push(_bent(chunk.audio_float_array * self._gain))
            for chunk in self._voice.synthesize(text, self._style)
        ]
        return np.concatenate([*parts, resampler.finish()]) if parts else np.zeros(0, dtype=np.int16)


def _load(settings: TtsSettings) -> Callable[[str], bytes]:
    """Runs in the engine's process."""
    return Voice(settings).render


def _piper(voice: Path) -> _PiperVoice:
    """`PiperVoice.load` with one thread, which it has no option for, and with our errors."""
    import onnxruntime  # noqa: PLC0415
    from onnxruntime.capi import onnxruntime_pybind11_state as refusals  # noqa: PLC0415
    from piper import PiperVoice  # noqa: PLC0415
    from piper.config import PiperConfig  # noqa: PLC0415

    description = _description(voice)
    for file in (voice, description):
        if not file.is_file():
            raise _missing(file, voice)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        config = PiperConfig.from_dict(json.loads(description.read_text(encoding="utf-8")))
        session = onnxruntime.InferenceSession(str(voice), options, providers=["CPUExecutionProvider"])
    except (
        *(ValueError, KeyError, TypeError, AttributeError),  # the description
        *(refusals.Fail, refusals.InvalidArgument, refusals.InvalidGraph, refusals.InvalidProtobuf),
        *(refusals.NotImplemented, refusals.RuntimeException),
    ) as error:
        why = str(error).splitlines()[0]
        mend = f"restore it, or fetch it with `switchboard models get {voice.stem}`"
        raise ModelMissing(f"{voice} can't be loaded ({type(error).__name__}: {why}): {mend}") from error
    return PiperVoice(session=session, config=config)


def _description(voice: Path) -> Path:
    return voice.with_name(voice.name + ".json")


def _missing(file: Path, voice: Path) -> ModelMissing:
    mend = f"restore it, or fetch it with `switchboard models get {voice.stem}`"
    return ModelMissing(f"{file} is missing: {mend}")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _bent(wave: npt.NDArray[np.float32]) -> Pcm:
    """PCM16 of a wave; what is beyond 0.8 of full scale is bent towards full scale, so that nothing clips."""
    size = np.abs(wave)
    bent = np.where(size > 0.8, np.sign(wave) * (0.8 + 0.2 * np.tanh((size - 0.8) / 0.2)), wave)
    return (bent * 32767).astype(np.int16)


def _speech_level(pcm: Pcm) -> float:
    """RMS of the frames that hold speech: those within 30 dB of the loudest."""
    frames = pcm[: pcm.size - pcm.size % FRAME].reshape(-1, FRAME).astype(np.float64)
    power = (frames**2).mean(axis=1)
    return float(np.sqrt(power[power > power.max() / 1000].mean())) if power.size and power.max() else 0.0


def _trimmed(pcm: Pcm, pause: int) -> Pcm:
    """With at most 30 ms before the first sound, and exactly `pause` samples after the last."""
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > _AUDIBLE)
    if not loud.size:
        return pcm[:0]
    start = max(0, int(loud[0]) - _LEAD_MS * LINE_RATE // 1000)
    end = int(loud[-1]) + 1 + pause
    return np.pad(pcm[start:end], (0, max(0, end - pcm.size)))
