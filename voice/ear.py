"""One call's ear: the caller's audio in frames, without the agent's echo, and whether each holds the caller's speech.

A live call and one that is run again hear with the same ear, so they hear the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from voice.audio import FRAME, SILENCE, Framer, padded
from voice.crowd import Crowd
from voice.echo import EchoCanceller
from voice.foreground import Foreground


class SpeechDetector(Protocol):
    """Whether a frame holds speech; `voice.vad.Detector` is one."""

    def speech(self, mulaw: bytes) -> float:
        """Probability 0..1 for 160 bytes of µ-law."""
        ...


@dataclass(frozen=True, slots=True)
class Listened:
    """A frame of 160 bytes of µ-law."""

    line: bytes
    """As it came."""
    mulaw: bytes
    """Without the agent's echo: what is to be recognised."""
    speech: float
    """Probability 0..1 that the caller speaks in it."""


class LineEar:
    """Not for several calls: it remembers what it heard. It is told what the agent says as it is sent."""

    def __init__(self, detector: SpeechDetector, *, cleans: bool = True) -> None:
        """`cleans`: False where the frames are no sound, or a caller's that has been cleaned."""
        self._detector = detector
        self._canceller = EchoCanceller() if cleans else None
        self._crowd = Crowd()
        self._foreground = Foreground()
        self._framer = Framer()
        self._playing = bytearray()

    def agent(self, mulaw: bytes) -> None:
        """A piece for the caller: it plays from the next frame on, or when what was sent before it has played."""
        self._playing += padded(mulaw)

    def cleared(self) -> None:
        """What has not been played by now never is."""
        self._playing.clear()

    def hear(self, mulaw: bytes) -> Iterator[Listened]:
        """Every frame that is now whole, in order; each is judged when it is asked for, so that what the agent says
        upon one is known for the next."""
        for line in self._framer.push(mulaw):
            yield self._listen(line)

    def _listen(self, line: bytes) -> Listened:
        playing = bytes(self._playing[:FRAME])
        del self._playing[:FRAME]
        if self._canceller is None:
            return Listened(line, line, self._detector.speech(line))
        clean = self._canceller.clean(line, playing or SILENCE * FRAME)
        speech = self._detector.speech(clean.mulaw)
        crowd = self._crowd.holds(clean.mulaw, speech)
        near = not clean.echo and not crowd and self._foreground.is_near(clean.mulaw, speech, over_agent=bool(playing))
        return Listened(line, clean.mulaw, speech if near else 0.0)
