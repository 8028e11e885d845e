"""Where in a line's sound an echo is, and what became of it on its way: the arithmetic of `voice.echo`.

Sounds are one-dimensional float32 arrays at 8000 Hz within -1..1; both sides of a comparison end at the same time.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from voice.audio import FRAME

Sound = npt.NDArray[np.float32]
_Bins = npt.NDArray[np.complexfloating[Any, Any]]

SPAN = 8192
"""Samples of the agent that are searched for what the line carries back."""
PIECE = 4096
"""Samples of the line that are looked for."""
_LATEST = SPAN - PIECE - 256
"""No echo is later, in samples."""
_ENOUGH = 480
"""Samples of the agent's sound that a lag needs to be judged."""
SOUNDS = 3e-3
"""-50 dBFS."""
WINDOW = 2048
"""Samples from which a path is learnt at a time."""
_TAPS = 640
BLOCK = 1024
"""Samples of the agent that give a frame of echo: no fewer than taps and frame together."""
BEFORE = 48
"""Taps before the lag that was found: the loudest sound is not always the first."""
_FORGET = np.float32(0.97)
"""Weight that a window keeps from one to the next: a half-life of 1.4 s of the agent's speech."""


class Path:
    """How the agent's sound comes back, from `BEFORE` samples before the lag on."""

    def __init__(self) -> None:
        self._agent = np.full(WINDOW // 2 + 1, 1e-9, np.float32)
        self._both: _Bins = np.zeros(WINDOW // 2 + 1, np.complex64)
        self._response: _Bins = np.zeros(WINDOW // 2 + 1, np.complex64)
        self._filter: _Bins = np.zeros(BLOCK // 2 + 1, np.complex64)

    def learn(self, agent: Sound, line: Sound) -> None:
        """Takes a window of the agent's sound, and the line's of so much later."""
        given, taken = np.fft.rfft(agent * _HANN), np.fft.rfft(line * _HANN)
        power = _squares(given)
        if power.sum() < 1.0:
            return
        weight = 1 / (_squares(taken - self._response * given).sum() + np.float32(1e-3))
        self._agent = _FORGET * self._agent + weight * power
        self._both = _FORGET * self._both + weight * taken * given.conj()
        taps = np.fft.irfft(self._both / (self._agent + np.float32(1e-3) * self._agent.mean()))[:_TAPS]
        self._response, self._filter = np.fft.rfft(taps, WINDOW), np.fft.rfft(taps, BLOCK)

    def echo(self, agent: Sound) -> Sound:
        """The last frame's echo, from the last block of the agent's sound."""
        whole: Sound = np.fft.irfft(np.fft.rfft(agent) * self._filter).astype(np.float32)
        return whole[-FRAME:]


class Past:
    """The last second of a sound, silence before it begins."""

    def __init__(self) -> None:
        self._data = np.zeros(4 * SPAN, np.float32)
        self._end = SPAN

    def push(self, wave: Sound) -> None:
        """The next frame."""
        if self._end + FRAME > self._data.size:
            self._data[:SPAN] = self._data[self._end - SPAN : self._end]
            self._end = SPAN
        self._data[self._end : self._end + FRAME] = wave
        self._end += FRAME

    def last(self, count: int, ago: int = 0) -> Sound:
        """So many samples that end so many samples ago."""
        return self._data[self._end - ago - count : self._end - ago]

    def loudest(self, ago: int = 0) -> float:
        """Power of the loudest of the 30 frames that ended so many samples ago, of differences as in `voice.echo`."""
        wave = self.last(30 * FRAME + 3, ago)
        steps = (wave[3:] - wave[:-3]).reshape(30, FRAME)
        return float(np.square(steps).mean(axis=1).max())


def echo_lag(line: Sound, agent: Sound) -> tuple[int, float]:
    """By how many samples `line` is like `agent` was earlier, both ending now, and how far that lag stands out: in
    standard deviations of all that can be judged. (0, 0) where none can."""
    sounding = np.cumsum(np.abs(agent) > SOUNDS, dtype=np.float32)
    among = np.flatnonzero((sounding[PIECE:] - sounding[:-PIECE])[::-1][:_LATEST] > _ENOUGH)
    if among.size < _ENOUGH or not line.any():
        return 0, 0.0
    both = np.fft.rfft(line * _FADE_LINE, SPAN) * np.fft.rfft(agent * _FADE_AGENT).conj()
    size = np.abs(both)
    likeness = np.fft.irfft(both / (size + np.float32(0.01) * size.mean() + np.float32(1e-12)))
    judged = np.roll(likeness, SPAN - PIECE)[:_LATEST][among]
    best = int(judged.argmax())
    return int(among[best]), float(judged[best] / (judged.std() + np.float32(1e-12)))


def _squares(bins: _Bins) -> Sound:
    return np.square(bins.real) + np.square(bins.imag)


def _fade(count: int, rise: int, fall: int) -> Sound:
    """A window that rises and falls as a Hann window does, and is 1 in between."""
    window = np.ones(count, np.float32)
    window[:rise] = np.hanning(2 * rise)[:rise]
    window[count - fall :] = np.hanning(2 * fall)[fall:]
    return window


_HANN = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
_FADE_LINE = _fade(PIECE, 3 * PIECE // 4, PIECE // 4)
_FADE_AGENT = _fade(SPAN, 256, 256)
