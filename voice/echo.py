"""Takes the agent's own voice out of what the caller's telephone sends.

Known is what plays on the call's clock; what comes back of it is later by an unknown 0 to 480 ms, softer and coloured.

1. How late: the peak of the cross-correlation of the last half second of the line with the last second of the agent,
   each frequency weighted alike (the phase transform: Knapp and Carter, "The generalized correlation method for
   estimation of time delay", IEEE Trans. ASSP 24, 1976). An echo stands 10 to 50 standard deviations above the other
   lags, whatever else is on the line below 9.
2. What path: the 80 ms response from there on is the averaged cross-spectrum over the agent's averaged spectrum (the
   H1 estimate of a frequency response: Bendat and Piersol, "Random Data"; windows as Welch's). Each window weighs the
   less the more of it the path so far leaves unexplained, so that little is learnt while the caller speaks.
3. What is left: the frame less the agent's sound through that path. Where that is no more than the path has been
   leaving lately it is echo still, and is turned down by 20 dB (the non-linear processor of ITU-T G.168). Where it is
   more the caller speaks, and it goes through as it is.

Before the first echo is found nothing can be taken out. What is 10 dB softer than the agent counts as echo for the
first 1.2 s of the agent's speech in a call, so that the agent does not answer its own first words. Each time the agent
begins to speak the echo may come sooner or later than it did; until the path explains the line again, what is no more
than 6 dB above an echo's usual level counts as echo.

A line without echo goes through bit for bit, and so does every line once the agent has been silent for a second.

Measured over µ-law with the shipped voice, echoes 12 to 36 dB down and 80 to 350 ms late: found within 100 ms; after a
second of the agent's speech 25 to 30 dB of it are taken out, 20 in a room that rings for 60 ms, then it is turned down.
The recorded calls `echo_line` and `barge_in` come right at every such level and delay, with no barge-in of the agent on
itself; at 10 dB there is one. In 68 calls without echo no frame is changed. Where noise is as loud as the echo it may
be found late or never. On one core of the project's two-core machine 65-95 µs a frame while an echo is taken out, 135
at worst (an echo looked for in noise), 15-45 while there is none, below 1 µs once the agent has been silent a second.
"""

from dataclasses import dataclass

import numpy as np

from voice.audio import FRAME, LINE_RATE, SILENCE, decode, encode
from voice.echo_path import BEFORE, BLOCK, PIECE, SOUNDS, SPAN, WINDOW, Past, Path, Sound, echo_lag

_QUIET = SILENCE * FRAME
_REST = LINE_RATE // FRAME
"""Frames of silence of the agent after which no echo can come."""
_EVERY, _SELDOM = 4, 8
"""Frames from one search to the next: while an echo is reckoned with, and where it was looked for in vain."""
_FOUND, _MOVED = 9.0, 12.0
"""Standard deviations for a first echo, and for one that is elsewhere than it was."""
_LEARNS = 3
"""Frames from one window to the next."""
_DOUBTED = 60
"""Frames of the agent's speech in which an echo not yet found is reckoned with."""
_FRESH = 10
"""Frames after which a path that has just been found stands on its own."""
_SOONER = 480
"""Samples by which an echo may come back sooner than it did."""
_SOFTER = 0.1
"""Power of what may be echo, as a share of the agent's loudest."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A frame of the line."""

    mulaw: bytes
    echo: bool
    """Nothing that can be told from the agent's echo is in it."""


class EchoCanceller:
    """The line of one call."""

    def __init__(self) -> None:
        self._agent, self._line = Past(), Past()
        self._rested = _REST
        self._frames = 0
        self._lag: int | None = None
        self._path = Path()
        self._gate = _Gate()
        self._doubted = _DOUBTED
        self._fresh = 0

    def clean(self, mulaw: bytes, playing: bytes) -> Cleaned:
        """Takes 160 bytes of the line and the 160 that the agent plays at the same time."""
        if playing == _QUIET:
            self._rested += 1
        else:
            if self._rested:
                self._gate.begin()
            self._rested = 0
        if self._rested >= _REST:
            if self._rested == _REST:
                self._agent, self._line = Past(), Past()
            return Cleaned(mulaw, False)
        heard = _wave(mulaw)
        self._agent.push(_wave(playing))
        self._line.push(heard)
        self._frames += 1
        if not self._gate.explains and self._frames % (_EVERY if self._doubted > 0 or self._lag else _SELDOM) == 0:
            self._search()
        if self._lag is None:
            return Cleaned(mulaw, self._may_be_echo(heard))
        return self._without_echo(mulaw, heard, self._lag)

    def _may_be_echo(self, heard: Sound) -> bool:
        """Whether an echo that is not found yet may be all there is."""
        if self._doubted <= 0:
            return False
        loudest = self._agent.loudest()
        self._doubted -= loudest > SOUNDS**2
        return _power(heard) < _SOFTER * loudest

    def _search(self) -> None:
        lag, likeness = echo_lag(self._line.last(PIECE), self._agent.last(SPAN))
        known = self._lag is not None and abs(lag - self._lag) <= 2
        if known or likeness < (_MOVED if self._gate.proven else _FOUND):
            return
        self._lag = lag
        self._fresh = _FRESH
        self._gate.doubt()
        self._path = Path()
        for ago in range(PIECE - WINDOW, -1, -WINDOW // 4):
            self._learn(lag, ago)

    def _learn(self, lag: int, ago: int = 0) -> None:
        self._path.learn(self._agent.last(WINDOW, _start(lag) + ago), self._line.last(WINDOW, ago))

    def _without_echo(self, mulaw: bytes, heard: Sound, lag: int) -> Cleaned:
        echo = self._path.echo(self._agent.last(BLOCK, _start(lag)))
        sent = _power(self._agent.last(FRAME, lag))
        if self._frames % _LEARNS == 0:
            self._learn(lag)
        cleaned = self._gate.through(mulaw, heard, echo, sent)
        self._fresh -= 1
        if self._gate.settled or cleaned.echo:
            return cleaned
        share = 4 * self._gate.gain if self._gate.gain else _SOFTER * (self._fresh > 0)
        return Cleaned(cleaned.mulaw, _power(heard) < share * self._agent.loudest(max(0, lag - _SOONER)))


_FAINT = 1e-7
"""Some -70 dBFS of speech: an echo below this is none."""
_BURIED = 1e-3
"""An echo 30 dB below the rest of the line needs no taking out."""
_SLOWLY = 0.02
"""Share of a frame in the mean powers from which the echo's gain is taken: a second."""
_EXPLAINED = 0.85
"""Share of the line's power that a path that is right leaves at most, in the mean of some frames with echo."""
_DECAY = 0.75
"""Of the expected echo from frame to frame where it grows softer: a room rings."""
_MARGIN = 2.0
"""Above what the path has been leaving lately, so much in power is not echo."""
_LEAST, _MOST = 0.03, 4.0
"""Shares of the expected echo: what is below the first is echo, what is above the second never is."""
_FIRST_LEFT = 0.5
_EVIDENCE = 3
"""Frames for which one frame of the caller's holds the gate open; it takes more than one for them to count."""
_HOLD = 12
"""Frames for which it is held open at most."""
_DOWN = 0.1
_GAIN = {
    (False, False): np.ones(FRAME, np.float32),
    (False, True): np.linspace(1, _DOWN, FRAME, dtype=np.float32),
    (True, True): np.full(FRAME, _DOWN, np.float32),
    (True, False): np.minimum(np.linspace(_DOWN, 4, FRAME, dtype=np.float32), 1),
}
"""Over a frame, by whether the frame before was turned down and whether this one is: back up within 5 ms."""


class _Gate:
    """Says whether what is left of a frame is echo. Powers as `_power` has them."""

    def __init__(self) -> None:
        self._expected = 0.0
        self._returns, self._sent = 0.0, 0.0
        self._left = _FIRST_LEFT
        """Share of the expected echo that 9 in 10 frames of echo leave at most."""
        self._unexplained = 1.0
        self._open = 0
        self._turned_down = False
        self.proven = self.settled = False
        """Whether the path has ever explained the line, and whether it has since the agent began to speak."""
        self.gain = 0.0
        """Of the echo's power over the agent's; 0 while it is not known."""

    @property
    def explains(self) -> bool:
        """Whether the path explains the line."""
        return self._unexplained < _EXPLAINED

    def begin(self) -> None:
        """The agent begins to speak: its echo may come back sooner or later than it did."""
        self._left = max(_FIRST_LEFT, self._left)
        self._expected, self._open, self._turned_down = 0.0, 0, False
        self._unexplained, self.settled = 1.0, False

    def doubt(self) -> None:
        """The path is another."""
        self.begin()
        self.proven = False

    def through(self, mulaw: bytes, heard: Sound, echo: Sound, sent: float) -> Cleaned:
        """The frame less the echo; as it is where there is no echo to speak of, or the path is not proven."""
        before = _power(heard)
        expected = _power(echo)
        self._expected = max(expected, _DECAY * self._expected)
        self._returns += _SLOWLY * (expected - self._returns)
        self._sent += _SLOWLY * (sent - self._sent)
        buried = self._expected < _BURIED * before
        if buried or self._expected < _FAINT:
            self._open, self._turned_down = _HOLD if buried else 0, False
            return Cleaned(mulaw, False)
        rest = heard - echo
        after = _power(rest)
        self._unexplained += 0.2 * (min(2.0, after / (before + _FAINT)) - self._unexplained)
        if self.explains:
            self.proven = self.settled = True
            self.gain = self._returns / self._sent
        if not self.proven:
            return Cleaned(mulaw, False)
        if after > before:
            rest, after = heard, before
            if before < 2 * self._expected:
                after = 0.0  # as loud as the echo, and not where it was: the delay has changed
        self._judge(after / self._expected)
        was, self._turned_down = self._turned_down, not self._open
        return Cleaned(_mulaw(rest * _GAIN[was, self._turned_down]), self._open <= _EVIDENCE)

    def _judge(self, share: float) -> None:
        """Takes what is left of a frame, as a share of the expected echo."""
        if share > max(_LEAST, min(_MARGIN * self._left, _MOST)):
            self._open = min(self._open + _EVIDENCE, _HOLD)
        else:
            self._open = max(0, self._open - 1)
        if share <= self._left:
            self._left = max(1e-3, 0.98 * self._left)
        elif share < _MOST:
            self._left = min(_MOST, (1.02 if self._open else 1.1) * self._left)


def _start(lag: int) -> int:
    """How long ago what comes back now was said at the earliest."""
    return max(0, lag - BEFORE)


def _wave(mulaw: bytes) -> Sound:
    return decode(mulaw).astype(np.float32) / np.float32(32768)


def _mulaw(wave: Sound) -> bytes:
    return encode(np.rint(np.clip(wave * np.float32(32768), -32768, 32767)).astype(np.int16))


def _power(wave: Sound) -> float:
    """Mean square of what differs from one sample to the third after it: a car's rumble hardly counts."""
    differences = wave[3:] - wave[:-3]
    return float(differences @ differences) / FRAME
