"""The sound of a copy's caller: the product's own voice, and noise made of numbers. Nothing of the original's sound is
in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from voice.audio import FRAME, SILENCE, decode, duration_ms, encode, first_audible, padded, samples
from voice.commands import Speak
from voice.replaying.scrub.known_words import Part

LINE = "line.wav"
_LEAD = samples(200)
_LONGEST_GAP = samples(3000)
_NOISE_S = 2
_QUIET = 8
"""RMS of a line that counts as silent."""


class Speaker(Protocol):
    """A voice; `voice.replaying.rerun.Senses` has one."""

    async def speak(self, command: Speak) -> bytes:
        """A sentence as µ-law. Raises EngineError."""
        ...


@dataclass(frozen=True, slots=True)
class Wording:
    """What is to be said in one breath."""

    text: str
    confidence: float | None
    gap: int
    """Samples of silence before it, behind what was said before."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A turn's sound."""

    mulaw: bytes
    parts: tuple[Part, ...]

    @property
    def voice_ends_ms(self) -> int:
        """Where its last word ends."""
        return duration_ms(self.parts[-1].ends) if self.parts else 0


async def spoken(wordings: Sequence[Wording], speaker: Speaker) -> Clip:
    """The words of one turn, one after the other. Raises EngineError."""
    mulaw = SILENCE * _LEAD
    parts: list[Part] = []
    for wording in wordings:
        voice = _trimmed(await speaker.speak(Speak(-1, sentence(wording.text), False)))
        if not voice:
            continue
        mulaw += SILENCE * (min(max(0, wording.gap), _LONGEST_GAP) if parts else 0)
        parts.append(Part(len(mulaw), len(mulaw) + len(voice), wording.text, wording.confidence))
        mulaw += voice
    return Clip(padded(mulaw + SILENCE * _LEAD), tuple(parts))


def sentence(words: str) -> str:
    """Lowercase words as a sentence."""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _trimmed(mulaw: bytes) -> bytes:
    """Without the silence around the voice."""
    begins, behind = first_audible(mulaw), first_audible(mulaw[::-1])
    return b"" if begins is None or behind is None else mulaw[begins : len(mulaw) - behind]


def noise_like(mulaw: bytes) -> bytes:
    """Noise that is as loud as a sound in each of its frames of 20 ms: no word can be made out in it."""
    whole = decode(padded(mulaw)).astype(np.float64).reshape(-1, FRAME)
    level = np.sqrt((whole**2).mean(axis=1, keepdims=True))
    made = np.random.default_rng(0).standard_normal(whole.shape) * level
    return encode(np.clip(np.rint(made), -32000, 32000).astype(np.int16).reshape(-1))


def line_like(mulaw: bytes) -> bytes | None:
    """Two seconds of even noise as loud as a line's; None for a line that is silent."""
    whole = decode(padded(mulaw)).astype(np.float64).reshape(-1, FRAME)
    level = float(np.median(np.sqrt((whole**2).mean(axis=1))))
    if level <= _QUIET:
        return None
    made = np.random.default_rng(0).standard_normal(_NOISE_S * samples(1000)) * level
    return encode(np.clip(np.rint(made), -32000, 32000).astype(np.int16))
