"""Tells a caller from the people behind them: a restaurant, a waiting room, a party line of voices.

A detector of speech takes many voices for speech, and rightly. They go on without a pause, though, and at one level:
over 1.2 seconds the level of a tenth of a second varies by less than `STEADY_DB` (standard deviation), and a moment
later it still does. Where that is heard, whoever is less than `ABOVE_DB` louder than it is one of them. A crowd does
not fall silent: where a second of quiet comes, it was none, or has gone.

Measured on the recorded calls: six voices at once vary by 1.0 to 2.2 dB (5th to 95th percentile of all stretches),
one voice by 2.9 dB or more (all but one stretch in 200 of 1,600 without a pause, also with a road or a street behind
it).
Until a second and a half is over such a crowd may still stop the agent once.
"""

import math
from collections import deque
from itertools import islice

import numpy as np

from voice.audio import FRAME, decode

STEADY_DB = 2.2
ABOVE_DB = 7.0
_SPEECH = 0.5
_BLOCK = 5
"""Frames to a tenth of a second."""
_BLOCKS = 12
_WINDOW = _BLOCK * _BLOCKS
_SHARE = 0.95
"""Of the window's frames that hold speech."""
_AGAIN = 3
"""Times in a row that it must be heard, a tenth of a second apart."""
_GONE_DB = 10.0
_GONE = 50
"""Frames so far below the crowd after which there is none."""
_HELD = 15
"""Frames for which a loud syllable carries the soft sounds behind it."""


class Crowd:
    """What is behind one caller."""

    def __init__(self) -> None:
        self._powers: deque[float] = deque([1.0] * _WINDOW, maxlen=_WINDOW)
        self._spoken: deque[bool] = deque([False] * _WINDOW, maxlen=_WINDOW)
        self._loud: deque[float] = deque(maxlen=_HELD)
        self._frames = 0
        self._steady = 0
        self._silent = 0
        self._level_db: float | None = None

    def holds(self, mulaw: bytes, speech: float) -> bool:
        """Whether nobody stands out from the crowd in a frame of 160 bytes; each is asked for once, in order.

        `speech`: the probability that it holds speech.
        """
        wave = decode(mulaw).astype(np.float32)
        self._powers.append(float(wave @ wave) / FRAME + 1)
        self._spoken.append(speech >= _SPEECH)
        self._loud.append(_db(sum(islice(self._powers, _WINDOW - _BLOCK, None)) / _BLOCK))
        self._frames += 1
        if self._frames % _BLOCK == 0:
            self._listen()
        if self._level_db is None:
            return False
        loud = max(self._loud)
        self._silent = self._silent + 1 if loud < self._level_db - _GONE_DB else 0
        if self._silent == _GONE:
            self._level_db = None
            return False
        return loud < self._level_db + ABOVE_DB

    def _listen(self) -> None:
        """Notes the level of many voices, where it is they that are heard."""
        powers = list(self._powers)
        levels = [_db(sum(powers[at : at + _BLOCK]) / _BLOCK) for at in range(0, _WINDOW, _BLOCK)]
        mean = sum(levels) / _BLOCKS
        spoken = sum(self._spoken) >= _SHARE * _WINDOW
        steady = spoken and sum((level - mean) ** 2 for level in levels) / _BLOCKS < STEADY_DB**2
        self._steady = self._steady + 1 if steady else 0
        if self._steady >= _AGAIN:
            self._level_db = mean


def _db(power: float) -> float:
    return 10 * math.log10(power)
