"""A journal as an ear, a recogniser and a voice: a call run again without its sound, and without a model.

The caller's side is a tape: frames of 160 bytes that hold nothing but their own number, as many as the call had. What
the detector made of a frame, and the recogniser of a stretch of frames, stands in the journal; so turns may come at
another time, and be cut otherwise, and still be known as far as the journal knows them. Where it does not, the nearest
stretch serves, and that is noted.
"""

import struct
from dataclasses import dataclass, field

from sop.reading import Hypothesis
from voice.audio import FRAME, SILENCE, padded
from voice.commands import Speak, Transcribe
from voice.replaying.past import Past

_SPEECH = 0.5
_LOUD = b"\x20"
"""µ-law of a sound that is heard."""
_NUMBER = struct.Struct(">I")
_MARK = b"\x8e\x0d\x0f\x8e"
"""Begins a frame of the tape; no silence does."""
_SAMPLES_A_LETTER = 520
"""Of speech at 8000 Hz, for sentences that the journal does not know: 65 ms."""


def frame(number: int) -> bytes:
    """The tape's frame of this number, 160 bytes."""
    return (_MARK + _NUMBER.pack(number) + _LOUD * FRAME)[:FRAME]


def numbers(mulaw: bytes) -> list[int]:
    """The numbers of the frames in a stretch of tape; silence has none."""
    starts = range(0, len(mulaw) - FRAME + 1, FRAME)
    return [_NUMBER.unpack_from(mulaw, at + 4)[0] for at in starts if mulaw[at : at + 4] == _MARK]


def tape(first: int, count: int) -> bytes:
    """So many frames from this number on."""
    return b"".join(frame(number) for number in range(first, first + count))


@dataclass(slots=True)
class _Ear:
    """The journal's detector."""

    answers: list[float]

    def speech(self, mulaw: bytes) -> float:
        """As the detector said then."""
        found = numbers(mulaw)
        return self.answers[found[0]] if found and found[0] < len(self.answers) else 0.0


@dataclass(slots=True)
class Tape:
    """The journal's senses; fits `voice.replaying.rerun.Senses`."""

    past: Past
    guessed: list[str] = field(default_factory=list)
    """What the journal did not know."""
    _spoken: list[tuple[frozenset[int], tuple[Hypothesis, ...]]] = field(default_factory=list)
    _speech: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._speech = self.past.frames
        self._spoken = [
            (self._voiced(range(one.start // FRAME, one.end // FRAME)), one.hypotheses) for one in self.past.stretches
        ]

    def _voiced(self, frames: "range | list[int]") -> frozenset[int]:
        """Those with speech in them."""
        return frozenset(n for n in frames if n < len(self._speech) and self._speech[n] >= _SPEECH)

    def ear(self) -> _Ear:
        """The detector's answers."""
        return _Ear(self._speech)

    async def transcribe(self, mulaw: bytes, command: Transcribe) -> tuple[Hypothesis, ...]:
        """The words of the stretch with the same speech in it, or of the one that has most of it in common."""
        wanted = self._voiced(numbers(mulaw))
        if not wanted:
            return ()
        best: tuple[float, tuple[Hypothesis, ...]] = (0.0, ())
        for voiced, hypotheses in reversed(self._spoken):
            alike = len(voiced & wanted) / len(voiced | wanted) if voiced | wanted else 0.0
            if alike > best[0]:
                best = (alike, hypotheses)
        if best[0] < _SAME:
            self.guessed.append(f"turn {command.turn}: these words were never asked for; the nearest stretch serves")
        return best[1]

    async def speak(self, command: Speak) -> bytes:
        """A sound as long as the sentence was, or as long as such a sentence would be."""
        known = self.past.sentences.get(command.text)
        if known is None or not known.length:
            return padded(_LOUD * (_SAMPLES_A_LETTER * len(command.text)))
        length = known.length if known.whole else max(known.length, _SAMPLES_A_LETTER * len(command.text))
        return SILENCE * known.audible + _LOUD * (length - known.audible)


_SAME = 0.97
"""Share of speech in common above which two stretches hold the same words: a frame of a short answer."""
