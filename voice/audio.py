"""Telephone audio: G.711 µ-law ↔ PCM16 by table, resampling with continuous state, 20 ms framing.

Shapes: µ-law is `bytes` at 8000 Hz, one byte a sample. PCM is a one-dimensional `int16` array. What Whisper
hears is a one-dimensional `float32` array at 16 000 Hz, within -1..1.
"""

import numpy as np
import numpy.typing as npt
import soxr

Pcm = npt.NDArray[np.int16]
Waveform = npt.NDArray[np.float32]

LINE_RATE = 8000
"""Samples per second on a telephone line, and the unit of time in the core."""
WHISPER_RATE = 16000
FRAME = 160
"""Samples in a frame of 20 ms."""
SILENCE = b"\xff"
"""One sample of µ-law silence (positive zero)."""

_BIAS = 0x84
_CLIP = 32635


def _decoding_table() -> Pcm:
    """PCM16 of each µ-law code: ITU-T G.711 (11/88), table 2a, with its 14-bit values shifted to 16 bits."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent = (code >> 4) & 0x07
    mantissa = (code & 0x0F).astype(np.int32)
    magnitude = (((mantissa << 3) + _BIAS) << exponent) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encoding_table() -> npt.NDArray[np.uint8]:
    """µ-law code of each PCM16 value, indexed by the value's unsigned 16-bit pattern."""
    pcm = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    sign = np.where(pcm < 0, 0x80, 0)
    biased = np.minimum(np.abs(pcm), _CLIP) + _BIAS
    exponent = np.floor(np.log2(biased)).astype(np.int32) - 7
    mantissa = (biased >> (exponent + 3)) & 0x0F
    codes: npt.NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes


_TO_PCM = _decoding_table()
_TO_MULAW = _encoding_table()


def decode(mulaw: bytes) -> Pcm:
    """µ-law → PCM16, sample by sample."""
    return _TO_PCM[np.frombuffer(mulaw, dtype=np.uint8)]


def encode(pcm: Pcm) -> bytes:
    """PCM16 → µ-law, sample by sample; values beyond ±32 635 are clipped as G.711 does."""
    return _TO_MULAW[pcm.view(np.uint16)].tobytes()


def duration_ms(samples: int) -> int:
    """Whole milliseconds in a number of line samples."""
    return samples * 1000 // LINE_RATE


def samples(milliseconds: float) -> int:
    """Line samples in a time, rounded down."""
    return int(milliseconds * LINE_RATE / 1000)


def padded(mulaw: bytes) -> bytes:
    """The same audio with silence behind it up to a whole frame."""
    return mulaw + SILENCE * (-len(mulaw) % FRAME)


def upsample(mulaw: bytes) -> Waveform:
    """A whole turn of line audio as Whisper hears it: 16 kHz, within -1..1."""
    line = decode(mulaw).astype(np.float32) / 32768
    wide: Waveform = soxr.resample(line, LINE_RATE, WHISPER_RATE, quality="HQ")
    return wide


class Resampler:
    """PCM16 from one rate to another, piece by piece, without a click where two pieces meet."""

    def __init__(self, from_rate: int, to_rate: int) -> None:
        self._stream = soxr.ResampleStream(from_rate, to_rate, 1, dtype="int16", quality="HQ")

    def push(self, pcm: Pcm) -> Pcm:
        """As much of the output as this piece completes; the filter keeps the rest."""
        out: Pcm = self._stream.resample_chunk(pcm, last=False)
        return out

    def finish(self) -> Pcm:
        """What the filter still holds. The resampler is used up."""
        out: Pcm = self._stream.resample_chunk(np.zeros(0, dtype=np.int16), last=True)
        return out


class Framer:
    """Payloads of any size → frames of exactly 20 ms."""

    def __init__(self) -> None:
        self._rest = b""

    def push(self, mulaw: bytes) -> list[bytes]:
        """Every frame that is now whole, in order."""
        data = self._rest + mulaw
        whole = len(data) - len(data) % FRAME
        self._rest = data[whole:]
        return [data[i : i + FRAME] for i in range(0, whole, FRAME)]

    @property
    def pending(self) -> int:
        """Samples that wait for the rest of their frame."""
        return len(self._rest)


def is_audible(mulaw: bytes) -> bool:
    """Whether any sample is louder than -46 dBFS, a quiet line's noise."""
    return bool((np.abs(decode(mulaw).astype(np.int32)) > 164).any())


def first_audible(mulaw: bytes) -> int | None:
    """Index of the first sample louder than -46 dBFS, or None for silence throughout."""
    loud = np.flatnonzero(np.abs(decode(mulaw).astype(np.int32)) > 164)
    return int(loud[0]) if loud.size else None
