"""Whether a caller who speaks over the agent interrupts it.

A cough, an echo of the agent on the line or an "uh-huh" must not stop a sentence; "no, wait" must, within half a
second. The detector can't tell them apart, words can: so the recogniser probes the speech after `probe_ms` and
again each `probe_ms` later, and the agent stops on the first words that are not a listener's noise.

What is noise depends on what the agent has asked. A "yes" over a read-back whose question has not been heard yet is a
listener's, whatever will be asked; over the end of the question it is an answer.
"""

import re
from dataclasses import dataclass

from sop.reading import Expectation
from sop.slots.yes_no import is_assent
from sop.words import split_words
from voice.audio import samples

_SOUND = re.compile(r"[aeu]+h[aeuh]*|h+[aeu]+h[aeuh]*|h+[au]+|[hm]{2,}|um+|o+h+")
"""A hum or an "uh-huh", however it is spelled: "aheha", "uhh", "mmhmm"."""
_ASSENT = frozenset(
    {"yes", "yeah", "yep", "okay", "ok", "right", "sure", "alright", "all", "correct", "great", "good", "fine"}
    | {"perfect", "that's", "that", "it", "is", "thanks", "thank", "you", "please"}
)
"""With sounds, what a listener says to show that they listen, or adds to a yes that has been taken already.
Where the agent has asked for a yes or no these are answers."""


@dataclass(frozen=True, slots=True)
class BargeInSettings:
    """Times in milliseconds of speech over the agent."""

    probe_ms: int = 320
    certain_ms: int = 1200
    """After this much speech the agent stops even if the recogniser has not answered."""

    @property
    def probe(self) -> int:
        """Samples between two probes."""
        return samples(self.probe_ms)

    @property
    def certain(self) -> int:
        """Samples of speech that need no words."""
        return samples(self.certain_ms)


def interrupts(text: str, expecting: Expectation, saying: str, *, asked: bool = True) -> bool:
    """Whether these words, spoken while the agent is `saying` something, are meant to stop it. `asked`: most of the
    question had been heard when they began."""
    return not is_noise(text, expecting, asked=asked) and not _is_echo(_words(text), _words(saying))


def is_noise(text: str, expecting: Expectation, *, asked: bool = True) -> bool:
    """Whether these words, spoken while the agent speaks, are only a listener's; no words are, too."""
    words = _words(text)
    sounds = [_SOUND.fullmatch(word) is not None for word in words]
    if any(sounds) and all(sound or word == "a" for word, sound in zip(words, sounds, strict=True)):
        return True
    if expecting.kind == "yes_no" and asked:
        return not words
    assent = all(sound or word in _ASSENT for word, sound in zip(words, sounds, strict=True))
    return assent or (expecting.kind == "yes_no" and is_assent(split_words(text)))


def _is_echo(words: list[str], saying: list[str]) -> bool:
    """Three or more words that the agent is saying in just this order: the line carries it back."""
    if len(words) < 3:
        return False
    return any(saying[i : i + len(words)] == words for i in range(len(saying) - len(words) + 1))


def _words(text: str) -> list[str]:
    stripped = (w.strip(".,!?;:") for w in text.lower().replace("-", " ").split())
    return [w for w in stripped if w]
