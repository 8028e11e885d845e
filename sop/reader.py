"""From what was heard to what it means, by rules and examples: deterministic, no network.

Each hypothesis is interpreted under what the step expects; the one that the step can use best wins, and
the recogniser's own order decides between equals. So a second-best transcript with ten digits beats a best
one with nine.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import isnan

from sop.graph import Graph
from sop.reading import (
    Affirm,
    Answer,
    Correction,
    Deny,
    Digression,
    Expectation,
    Global,
    Hypothesis,
    Question,
    Reading,
    Skip,
    Unusable,
)
from sop.sentiment import Sentiment, VaderSentiment
from sop.understanding import acts
from sop.utterance import Utterance
from sop.words import LONGEST, split_words

_MOST_HYPOTHESES = 8
_FAR_BELOW = 0.5
"""A hypothesis with less than this share of the best one's confidence is not preferred for its parse."""
_DISAGREEMENT = 0.8
"""Two hypotheses with different values for one slot: each is less sure."""


@dataclass(frozen=True, slots=True)
class RuleReader:
    """Reads utterances for one procedure."""

    graph: Graph
    sentiment: Sentiment = field(default_factory=VaderSentiment)

    def read(self, heard: tuple[Hypothesis, ...], expecting: Expectation, now: str) -> Reading:
        """The best reading of an n-best list. Never raises; no acts when nothing was understood."""
        if not heard:
            return Reading("", 0.0)
        moment = moment_of(now)
        readings = [
            _reading(Utterance(self.graph, expecting, moment, one.text[:LONGEST], _share(one.confidence)))
            for one in heard[:_MOST_HYPOTHESES]
        ]
        floor = _FAR_BELOW * max(reading.confidence for reading in readings)
        able = [reading for reading in readings if reading.confidence >= floor]
        best = max(able, key=lambda reading: _usefulness(reading, expecting))
        return replace(_doubted(best, able), sentiment=round(self.sentiment.score(best.text), 3))


def _reading(heard: Utterance) -> Reading:
    """What one hypothesis means."""
    words = split_words(heard.text)
    return Reading(heard.text, heard.confidence, tuple(dict.fromkeys(acts(heard, words))) if words else ())


def _share(confidence: float) -> float:
    """A confidence within 0..1; what is no number is 0."""
    return 0.0 if isnan(confidence) else min(1.0, max(0.0, confidence))


def _usefulness(reading: Reading, expecting: Expectation) -> float:
    """3 for what the step asked, 2 for anything understood, 1 for an unusable answer, 0 for nothing."""
    best = 0
    for act in reading.acts:
        match act:
            case Answer(slot=slot) | Correction(slot=slot):
                best = max(best, 3 if slot == expecting.slot or expecting.slot is None else 2)
            case Affirm() | Deny() | Skip():
                best = max(best, 3)
            case Global() | Digression():
                best = max(best, 2)
            case Unusable() | Question():
                best = max(best, 1)
    return best


def _doubted(best: Reading, readings: list[Reading]) -> Reading:
    """`best`, less sure of every value that another hypothesis contradicts."""

    def rival(act: Answer | Correction) -> bool:
        return any(
            other.slot == act.slot and other.value != act.value
            for reading in readings
            for other in reading.acts
            if isinstance(other, Answer | Correction) and other.value is not None
        )

    acts = tuple(
        replace(act, confidence=round(act.confidence * _DISAGREEMENT, 3))
        if isinstance(act, Answer | Correction) and rival(act)
        else act
        for act in best.acts
    )
    return replace(best, acts=acts)


def moment_of(now: str) -> datetime:
    """`now`, or the epoch when it is no time: a reading is made all the same."""
    try:
        return datetime.fromisoformat(now)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
