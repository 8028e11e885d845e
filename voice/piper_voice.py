"""A Piper voice in this process, which must be the engine's own: piper-tts is GPL-3.

So Piper is imported when a Voice is made, and the server's process makes none.

Level: Piper would scale each sentence to full range, which makes a short "Okay." louder than the sentence
after it. Instead one gain per voice brings its speech to `level_db`, measured on a fixed sentence when the
voice is loaded; what would still clip is bent, not cut off. Silence before the first sound is trimmed to 30
ms, silence after the last to `pause_ms`: that is the pause between sentences.
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from voice.audio import FRAME, LINE_RATE, Pcm, Resampler, encode
from voice.errors import ModelMissing
from voice.worker import WorkerLimits

_PiperVoice: TypeAlias = Any  # piper.PiperVoice, which must not be imported here

_LEAD_MS = 30
_AUDIBLE = 164
"""PCM16 magnitude of -46 dBFS."""


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
    """A Piper voice. Not for several threads at once."""

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
