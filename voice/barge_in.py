"""Whether a caller who speaks over the agent interrupts it.

A cough, an echo of the agent on the line or an "uh-huh" must not stop a sentence; "no, wait" must, within half a
second. The detector can't tell them apart, words can: so the recogniser probes the speech after `probe_ms` and
again each `probe_ms` later, and the agent stops on the first words that are not a listener's noise.
"""

from dataclasses import dataclass

from sop.reading import Expectation
from voice.audio import samples

_SOUNDS = frozenset({"uh", "um", "mm", "mhm", "hmm", "hm", "huh", "ah", "oh", "mm-hmm", "uh-huh"})
_ASSENT = frozenset(
    {"yes", "yeah", "yep", "okay", "ok", "right", "sure", "alright", "all", "correct", "great", "good", "fine"}
    | {"perfect", "that's", "that", "it", "is", "thanks", "thank", "you", "please"}
)
"""With `_SOUNDS`, what a listener says to show that they listen, or adds to a yes that has been taken already.
Where the agent asks for a yes or no these are answers."""


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


def interrupts(text: str, expecting: Expectation, saying: str) -> bool:
    """Whether these words, spoken while the agent is `saying` something, are meant to stop it."""
    words = _words(text)
    noise = _SOUNDS if expecting.kind == "yes_no" else _SOUNDS | _ASSENT
    return any(w not in noise for w in words) and not _is_echo(words, _words(saying))


def _is_echo(words: list[str], saying: list[str]) -> bool:
    """Three or more words that the agent is saying in just this order: the line carries it back."""
    if len(words) < 3:
        return False
    return any(saying[i : i + len(words)] == words for i in range(len(saying) - len(words) + 1))


def _words(text: str) -> list[str]:
    stripped = (w.strip(".,!?;:") for w in text.lower().split())
    return [w for w in stripped if w]
