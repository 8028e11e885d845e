"""A stereo recording as two rows of peaks, few enough to draw and to carry in a page."""

import io
import wave
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MOST_BUCKETS = 8000
_LEAST_S = 0.005
"""Shortest bucket: a period of a low voice."""
_BLOCK = 1 << 16

Frames = npt.NDArray[np.int16]
"""Shape (samples, 2): the caller, the agent."""


@dataclass(frozen=True, slots=True)
class Waveform:
    """Each row holds a byte a bucket, its loudest sample, 255 for full scale."""

    seconds: float
    caller: bytes
    agent: bytes

    def as_text(self) -> tuple[str, str]:
        """Both rows, base64."""
        return b64encode(self.caller).decode("ascii"), b64encode(self.agent).decode("ascii")


@dataclass(frozen=True, slots=True)
class Stereo:
    """A recording that has been opened."""

    data: bytes
    rate: int
    samples: int

    @property
    def seconds(self) -> float:
        return self.samples / self.rate

    def blocks(self, size: int = _BLOCK) -> Iterator[Frames]:
        """The sound in pieces of `size` samples, the last one shorter."""
        with wave.open(io.BytesIO(self.data), "rb") as file:
            left = self.samples
            while left > 0:
                piece = np.frombuffer(file.readframes(min(size, left)), dtype="<i2").reshape(-1, 2)
                if not len(piece):
                    return
                left -= len(piece)
                yield piece


def opened(recording: bytes) -> Stereo | None:
    """A WAV of two channels, PCM16; None where it is anything else, damaged or empty."""
    try:
        with wave.open(io.BytesIO(recording), "rb") as file:
            if file.getnchannels() != 2 or file.getsampwidth() != 2 or file.getframerate() < 1:
                return None
            there = max(0, len(recording) - 44) // 4
            found = Stereo(recording, file.getframerate(), min(file.getnframes(), there))
    except (wave.Error, EOFError):
        return None
    return found if found.samples else None


def waveform(sound: Stereo, most: int = MOST_BUCKETS) -> Waveform:
    """The peaks, in at most `most` buckets of equal length."""
    bucket = max(1, round(sound.rate * _LEAST_S), -(-sound.samples // most))
    rows = [_peaks(block, bucket) for block in sound.blocks(bucket * max(1, _BLOCK // bucket))]
    whole = np.concatenate(rows)
    return Waveform(sound.seconds, whole[:, 0].tobytes(), whole[:, 1].tobytes())


def _peaks(block: Frames, bucket: int) -> npt.NDArray[np.uint8]:
    """Shape (buckets, 2)."""
    starts = np.arange(0, len(block), bucket)
    loud = np.maximum.reduceat(np.abs(block.astype(np.int32)), starts, axis=0)
    found: npt.NDArray[np.uint8] = np.minimum(255, loud * 255 // 32767).astype(np.uint8)
    return found
