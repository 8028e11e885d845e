"""What is on the caller's channel: its voice, to the sample, and its line's noise.

The detector says where speech is and is late by some frames at either end; energy moves the edges to the first and
the last sound.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from voice.audio import FRAME, SILENCE, Pcm, encode, samples
from voice.replaying.activity import AUDIBLE, IDLE, Span, exact, joined, peaks, runs
from voice.replaying.channels import Crosstalk

_SPEECH = 0.5
_SHORTEST = samples(100)
_FLICKER = samples(100)
"""The detector may lose a voice for so long."""
_LATE = 10
"""Frames by which the detector may be late, or early, with a soft sound."""
_NOISE = (samples(200), samples(4000))
"""A piece of noise worth repeating, and the longest."""
_FADE = samples(25)


def voiced(
    caller: Pcm, speech: Callable[[bytes], float], agent: Pcm | None = None, crosstalk: Crosstalk | None = None
) -> tuple[tuple[Span, ...], int]:
    """The caller's stretches of speech in samples, and how many sounds were too short to be any.

    `speech`: the probability of speech in 160 bytes of µ-law, asked for every frame in order. Crosstalk of the agent
    is no speech of the caller's.
    """
    of = peaks(caller)
    spoken = np.zeros(of.size, dtype=np.bool_)
    for frame in range(of.size):
        mulaw = encode(caller[frame * FRAME : (frame + 1) * FRAME])
        spoken[frame] = speech(mulaw + SILENCE * (FRAME - len(mulaw))) >= _SPEECH
    own = of > IDLE
    if agent is not None and crosstalk is not None and crosstalk.into == "caller":
        own &= of > _returning(agent, crosstalk, of.size)
        spoken &= own
    level = _level(of[own & ~spoken], of[spoken])
    found = joined((_edges(of, span, level) for span in joined(runs(spoken), _FLICKER)), 1)
    kept = [span for span in found if span[1] - span[0] >= _SHORTEST]
    return tuple(exact(caller, span, level) for span in kept), len(found) - len(kept)


def _returning(agent: Pcm, crosstalk: Crosstalk, frames: int) -> npt.NDArray[np.float64]:
    """The peak in each of the caller's frames up to which its sound may be the agent's: the crosstalk plus 6 dB."""
    said = np.zeros(frames + 1, dtype=np.float64)
    later = samples(crosstalk.delay_ms) // FRAME
    loud = peaks(agent)[: max(0, frames - later)]
    said[later : later + loud.size] = loud * 2 * 10 ** (-crosstalk.db / 20)
    over: npt.NDArray[np.float64] = np.maximum(said[:-1], np.concatenate(([0.0], said[:-2])))
    return over


def _level(noise: npt.NDArray[np.int32], voice: npt.NDArray[np.int32]) -> int:
    """The peak above which a frame beside speech belongs to it: twice that of the noise's quieter frames, for the
    others may be soft ends of words; half of the voice's at most."""
    if not noise.size or not voice.size:
        return AUDIBLE
    return max(AUDIBLE, int(min(2 * np.percentile(noise, 25), np.median(voice) / 2)))


def _edges(of: npt.NDArray[np.int32], span: Span, level: int) -> Span:
    """The stretch from its first to its last frame above the level, up to `_LATE` frames outside it; as it is where
    none is."""
    first, last = span[0] // FRAME, span[1] // FRAME - 1
    loud = np.flatnonzero(of[first : last + 1] > level)
    if not loud.size:
        return span
    begin, end = first + int(loud[0]), first + int(loud[-1])
    while begin > max(0, first - _LATE) and of[begin - 1] > level:
        begin -= 1
    while end < min(of.size - 1, last + _LATE) and of[end + 1] > level:
        end += 1
    return begin * FRAME, (end + 1) * FRAME


def line_noise(caller: Pcm, busy: Sequence[Span]) -> bytes | None:
    """The longest stretch between the busy ones, 4 s at most, as µ-law that can be repeated without a click; None
    where it is digitally silent or shorter than 200 ms."""
    free, since = [(0, 0)], 0
    for begin, end in (*sorted(busy), (len(caller), len(caller))):
        free.append((since, begin))
        since = max(since, end)
    begin, end = max(free, key=lambda span: span[1] - span[0])
    size = min(end - begin - _FADE, _NOISE[1]) // FRAME * FRAME
    if size < _NOISE[0]:
        return None
    begin += (end - begin - size - _FADE) // 2
    piece = caller[begin : begin + size + _FADE].astype(np.float64)
    if np.abs(piece).max() <= IDLE:
        return None
    rising = np.sqrt(np.linspace(0, 1, _FADE))
    looped = piece[:size].copy()
    looped[:_FADE] = piece[:_FADE] * rising + piece[size:] * rising[::-1]
    return encode(np.clip(np.rint(looped), -32768, 32767).astype(np.int16))
