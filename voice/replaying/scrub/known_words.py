"""A recogniser that knows what is said: the caller's words are written down, turn by turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sop.reading import Hypothesis
from voice.audio import samples
from voice.caller import Caller
from voice.commands import Speak, Transcribe
from voice.replaying.rerun import Ear, Senses

_WHOLE = 0.9
"""Share of what was spoken from which all of its words were."""
_FALLBACK = 0.8
"""How sure the recogniser is of words that it did not hear at all."""


@dataclass(frozen=True, slots=True)
class Part:
    """Words within a turn. Samples from where the turn's sound begins."""

    begins: int
    ends: int
    text: str
    confidence: float | None = None
    """None: as sure as the real recogniser is of that stretch."""


@dataclass(slots=True)
class KnownWords:
    """The real ear and voice, and words that are known; fits `voice.replaying.rerun.Senses`."""

    senses: Senses
    caller: Caller
    turns: Mapping[int, Sequence[Part]]
    """Turn of the scenario → its words."""
    heard: list[tuple[int, int, str]] = field(default_factory=list)
    """(first sample, last sample, words) of each stretch that was asked for."""

    def ear(self) -> Ear:
        """The real detector."""
        return self.senses.ear()

    async def speak(self, command: Speak) -> bytes:
        """The real voice. Raises EngineError."""
        return await self.senses.speak(command)

    async def transcribe(self, mulaw: bytes, command: Transcribe) -> tuple[Hypothesis, ...]:
        """The words that are said in the stretch, as far as it goes; none where none are. Raises EngineError."""
        words: list[str] = []
        sure: list[float] = []
        for turn, began in enumerate(self.caller.begun):
            for part in self.turns.get(turn, ()):
                found = _within(part, command.start - began, command.end - began)
                words += found
                if found and part.confidence is not None:
                    sure.append(part.confidence)
        if not words:
            return ()
        confidence = min(sure) if sure else await self._measured(mulaw, command)
        return (Hypothesis(" ".join(words), confidence),)

    async def _measured(self, mulaw: bytes, command: Transcribe) -> float:
        found = await self.senses.transcribe(mulaw, command)
        return found[0].confidence if found else _FALLBACK


def _within(part: Part, start: int, end: int) -> list[str]:
    """The part's words that are said between two samples: all, or as many as it has gone on for."""
    length = max(1, part.ends - part.begins)
    begins, ends = max(start, part.begins), min(end, part.ends)
    if ends - begins < min(samples(60), length):
        return []
    words = part.text.split()
    if ends - begins >= _WHOLE * length:
        return words
    first = round(len(words) * (begins - part.begins) / length)
    last = round(len(words) * (ends - part.begins) / length)
    return words[first:last]
