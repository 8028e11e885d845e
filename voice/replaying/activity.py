"""Where a channel has sound in it: stretches of samples at 8000 Hz, found 20 ms at a time, then to the sample."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from voice.audio import FRAME, Pcm

Span = tuple[int, int]
"""From this sample to before that one."""

AUDIBLE = 164
"""-46 dBFS, as in voice.audio.first_audible: what voice.caller hears."""
IDLE = 8
"""PCM16 magnitude of µ-law's smallest step: digital silence, with an idle line's dither."""


def peaks(pcm: Pcm) -> npt.NDArray[np.int32]:
    """The largest magnitude in each 20 ms; the last frame is filled up with silence."""
    whole = len(pcm) - len(pcm) % FRAME
    frames = pcm[:whole].reshape(-1, FRAME)
    if not whole:
        high = low = np.zeros(0, dtype=np.int16)
    else:
        high, low = frames.max(axis=1), frames.min(axis=1)
    rest = pcm[whole:].astype(np.int32)
    found = np.maximum(high.astype(np.int32), -low.astype(np.int32))
    return np.append(found, np.abs(rest).max()).astype(np.int32) if rest.size else found


def noise_peak(of: npt.NDArray[np.int32]) -> int:
    """A peak above which a frame is more than the channel's own noise, given the peaks of all its frames: three times
    its quiet frames', a quarter of its loud ones' at most, `AUDIBLE` at least."""
    if not of.size:
        return AUDIBLE
    quiet, loud = np.percentile(of, (10, 95))
    return max(AUDIBLE, int(min(3 * quiet, loud / 4)))


def sounds(pcm: Pcm) -> tuple[Span, ...]:
    """Every stretch of sound, from its first sample above the channel's noise to behind its last. Two of them are at
    least a silent frame apart."""
    of = peaks(pcm)
    level = noise_peak(of)
    return tuple(exact(pcm, span, level) for span in runs(of > level))


def runs(which: npt.NDArray[np.bool_]) -> list[Span]:
    """Stretches of frames for which `which` holds, in samples."""
    steps = np.diff(which.astype(np.int8), prepend=0, append=0)
    begins, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return [(int(begin) * FRAME, int(end) * FRAME) for begin, end in zip(begins, ends, strict=True)]


def exact(pcm: Pcm, span: Span, level: int) -> Span:
    """The stretch, of whole frames, without what is not above the level at the edges of its first and last one."""
    begin, end = span[0], min(span[1], len(pcm))
    head = np.abs(pcm[begin : begin + FRAME].astype(np.int32)) > level
    last = (end - 1) // FRAME * FRAME
    tail = np.abs(pcm[last:end].astype(np.int32)) > level
    return begin + int(np.argmax(head)), last + tail.size - int(np.argmax(tail[::-1]))


def joined(spans: Iterable[Span], gap: int) -> tuple[Span, ...]:
    """The same stretches, in order, with pauses shorter than `gap` samples bridged."""
    out: list[Span] = []
    for begin, end in spans:
        if out and begin - out[-1][1] < gap:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((begin, end))
    return tuple(out)


def total(spans: Iterable[Span]) -> int:
    """Samples in all of them."""
    return sum(end - begin for begin, end in spans)
