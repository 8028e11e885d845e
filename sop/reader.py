"""From what was heard to what it means, by rules and examples: deterministic, no network.

Each hypothesis is interpreted under what the step expects; the one that the step can use best wins, and
the recogniser's own order decides between equals. So a second-best transcript with ten digits beats a best
one with nine.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import isnan

from sop.global_words import find_global, is_question
from sop.graph import Graph
from sop.knowledge import find_article
from sop.reading import (
    Affirm,
    Answer,
    Correction,
    Deny,
    Digression,
    Expectation,
    Global,
    GlobalWord,
    Hypothesis,
    Question,
    Reading,
    ReadingAct,
    Skip,
    Unusable,
)
from sop.sentiment import Sentiment, VaderSentiment
from sop.slot_spec import Option, SlotSpec
from sop.slots import Context, Doubt, Found, choice_of, slot_type
from sop.slots.yes_no import read_verdict
from sop.steps import AnswerStep
from sop.words import FILLERS, LONGEST, Words, find_phrase, phrase_list, says, says_any, split_words, word_set

_MOST_HYPOTHESES = 8
_FAR_BELOW = 0.5
"""A hypothesis with less than this share of the best one's confidence is not preferred for its parse."""
_DISAGREEMENT = 0.8
"""Two hypotheses with different values for one slot: each is less sure."""
_WRONG = phrase_list("""
    except, apart from, besides, other than, wrong, incorrect, not right, isn't right, not correct, isn't
    correct, is off, change, fix, correct the, update, mistake, not my, different
""")
_PRAISE = phrase_list("right, correct, fine, good, perfect, great")
_INTRODUCE = word_set("is it's its to be as was")
_IDLE = (GlobalWord.REPEAT, GlobalWord.SLOWER, GlobalWord.WHY)
"""These win over a slot that is merely named: "one more time" does not correct the time."""
_SKIPS = phrase_list("""
    skip, skip that, skip it, skip this, i don't have one, don't have an, don't have a, i don't have any, don't have
    that, i'd rather not, rather not say, prefer not to, i don't want to give, leave it out, leave that out, not right
    now, no email, without one
""")
_TURNS = phrase_list("it's, it is, but, except, make it, rather")
_AMISS = phrase_list("change, wrong, mistake, fix, one thing, correction")
"""Said in a read-back without a word on what: a no."""
_CUES = phrase_list("""
    actually, no, sorry, i meant, i mean, wrong, change, correction, instead, not, should be, mistake,
    rather, nope
""")


@dataclass(frozen=True, slots=True)
class RuleReader:
    """Reads utterances for one procedure."""

    graph: Graph
    sentiment: Sentiment = field(default_factory=VaderSentiment)

    def read(self, heard: tuple[Hypothesis, ...], expecting: Expectation, now: str) -> Reading:
        """The best reading of an n-best list. Never raises; no acts when nothing was understood."""
        if not heard:
            return Reading("", 0.0)
        moment = _moment(now)
        readings = [
            _Utterance(self.graph, expecting, moment, one.text[:LONGEST], _share(one.confidence)).reading()
            for one in heard[:_MOST_HYPOTHESES]
        ]
        floor = _FAR_BELOW * max(reading.confidence for reading in readings)
        able = [reading for reading in readings if reading.confidence >= floor]
        best = max(able, key=lambda reading: _usefulness(reading, expecting))
        return replace(_doubted(best, able), sentiment=round(self.sentiment.score(best.text), 3))


@dataclass(frozen=True, slots=True)
class _Utterance:
    """One hypothesis under one expectation."""

    graph: Graph
    expecting: Expectation
    now: datetime
    text: str
    confidence: float

    def reading(self) -> Reading:
        """What it means."""
        words = split_words(self.text)
        return Reading(self.text, self.confidence, tuple(dict.fromkeys(self.acts(words))) if words else ())

    def acts(self, words: Words) -> Iterator[ReadingAct]:
        """Everything understood: emergencies, then a person, then what was asked, then other global words."""
        if self.expecting.kind == "nothing":
            return
        urgent = tuple(self.urgent(words))
        yield from urgent
        word = find_global(words)
        if word is GlobalWord.PERSON:
            yield Global(word)
            return
        found = tuple(self.verdict(words) if self.expecting.kind == "yes_no" else self.answer(words))
        settled = {act.slot for act in urgent}
        found = tuple(
            act for act in found if not isinstance(act, Answer | Correction | Unusable) or act.slot not in settled
        )
        if word is not None and not urgent and not any(_outweighs(act, word) for act in found):
            yield Global(word)
            return
        yield from found
        aside = self.aside(words)
        if aside is not None:
            yield Digression(aside)
        elif not found and not urgent and (is_question(words) or self.known_answer(words)):
            yield Question(" ".join(words)[:200])

    def asks_instead(self, slot: str, words: Words) -> bool:
        """Whether the words are a question of the caller's, and no text for this slot. A slot that the flow looks up in
        the knowledge base is there for questions."""
        if any(isinstance(step, AnswerStep) and step.slot == slot for step in self.graph.steps.values()):
            return False
        return is_question(words) and self.known_answer(words)

    def known_answer(self, words: Words) -> bool:
        """Whether the knowledge base answers what was said."""
        return find_article(self.graph.knowledge, words) is not None

    def aside(self, words: Words) -> str | None:
        """The aside that the words ask for, by a phrase of two words or more."""
        if not self.graph.asides:
            return None
        options = tuple(Option(aside.name, aside.phrases[0], aside.phrases) for aside in self.graph.asides)
        spec = SlotSpec("aside", "choice", "", "", options=options)
        found = choice_of(self.graph, spec).find(words, spec, Context(self.now))
        return found.value if found else None

    def urgent(self, words: Words) -> Iterator[Answer]:
        """Emergencies, which count at any moment."""
        for spec in self.graph.slots.values():
            if spec.type == "choice":
                option = choice_of(self.graph, spec).urgent(words, spec)
                if option and dict(self.expecting.known).get(spec.name) != option:
                    yield self.answered(spec, Found(option))

    def answer(self, words: Words) -> Iterator[ReadingAct]:
        """Under an open question."""
        spec = self.graph.slots[self.expecting.slot or ""]
        named = tuple(self.named(words))
        if any(act.slot != spec.name for act in named):
            yield from named
            return
        if spec.optional and _skips(words):
            yield Skip(spec.name)
            return
        if spec.type == "free_text" and self.asks_instead(spec.name, words):
            return
        found = slot_type(self.graph, spec).parse(words, spec, self.context(spec))
        volunteered = tuple(self.volunteered(words, spec.name))
        if isinstance(found, Found) and spec.type == "person_name" and self.names_problem(words, found.value):
            found = None
        if isinstance(found, Found):
            yield self.answered(spec, found)
        elif isinstance(found, Doubt) and not volunteered:
            yield Unusable(spec.name, found.reason, found.choices)
        yield from volunteered

    def names_problem(self, words: Words, name: str) -> bool:
        """A "name" made of the words of a choice ("water heater") is the choice, not a name."""
        told = says(words, "name", "name's", "this is")
        parts = split_words(name)
        return not told and any(
            choice_of(self.graph, spec).find(parts, spec, Context(self.now))
            for spec in self.graph.slots.values()
            if spec.type == "choice"
        )

    def verdict(self, words: Words) -> Iterator[ReadingAct]:
        """Under a yes-or-no question: about one slot, or about everything that was read back."""
        verdict = read_verdict(words)
        spec = self.graph.slots.get(self.expecting.slot or "")
        corrections = tuple(self.named(words))
        if not corrections and spec is not None and spec.type != "yes_no" and verdict.rest:
            found = self.replacement(spec, verdict.rest, asked=True)
            corrections = (found,) if found else ()
        if not corrections and (verdict.rest or verdict.yes is None):
            corrections = tuple(self.contradictions(words, verdict.rest or words, denied=verdict.yes is False))
        if corrections:
            yield from corrections
        elif verdict.yes is not None:
            yield Affirm() if verdict.yes else Deny()
        elif spec is None and says_any(words, _AMISS):
            yield Deny()
        slots = {act.slot for act in corrections}
        yield from (act for act in self.volunteered(words, spec.name if spec else "") if act.slot not in slots)

    def named(self, words: Words) -> Iterator[Correction]:
        """Corrections that name their slot: "the address is wrong", "the number is four one five ...",
        "change the day"."""
        review = self.expecting.kind == "yes_no" and self.expecting.slot is None
        wrong = says_any(words, _WRONG)
        praised = read_verdict(words).yes is True or says_any(words, _PRAISE)
        filled = [self.graph.slots[name] for name in self.expecting.filled if name in self.graph.slots]
        mentions = _mentions(words, filled)
        for spec, start, behind in mentions:
            found = self.renamed(spec, words, start, behind)
            here = wrong and (len(mentions) == 1 or says(words, "are wrong", "both") or _wrong_at(words, behind))
            if found is not None and found.value != dict(self.expecting.known).get(spec.name):
                if wrong or review or self.expecting.slot == spec.name or says_any(words, _CUES) or says(words, "is"):
                    yield found
            elif here or (review and found is None and not praised and not wrong):
                yield Correction(spec.name, None, "", self.confidence)

    def renamed(self, spec: SlotSpec, words: Words, start: int, behind: int) -> Correction | None:
        """The new value beside the slot's name: anywhere if it is unmistakable, else after "is", "to",
        "it's"."""
        found = self.replacement(spec, words, asked=False) if spec.type == "person_name" else None
        if found is not None:
            return found
        rest = words[behind:]
        if spec.type == "us_address":
            # "the apartment is five" and "the zip code is ..." need the name of the part to be understood.
            found = self.replacement(spec, words[start:], asked=True)
            if found is None and "zip" in words:
                return None
        for turn in (at for at, word in enumerate(rest) if word in _INTRODUCE):
            found = found or self.replacement(spec, rest[turn + 1 :], asked=True)
        return found or self.replacement(spec, rest, asked=False) or self.replacement(spec, words, asked=False)

    def contradictions(self, words: Words, rest: Words, *, denied: bool) -> Iterator[Correction]:
        """New values for filled slots without their names: "no, it's 2219 Maple", "not Tuesday, Wednesday". `rest`
        is what stands behind the yes or no."""
        known = dict(self.expecting.known)
        specs = [self.graph.slots[name] for name in self.expecting.filled if name in self.graph.slots]
        for spec in sorted(specs, key=lambda spec: spec.type == "choice"):
            if spec.name == self.expecting.slot:
                continue
            loose = (denied or says_any(words, _CUES) or says_any(words, _TURNS)) and spec.type != "choice"
            found = self.replacement(spec, rest, asked=loose) or self.replacement(spec, words, asked=loose)
            if found is None or found.value == known[spec.name]:
                continue
            if spec.type == "person_name" and not _resembles(found.value or "", known[spec.name], words):
                continue
            yield found
            return

    def replacement(self, spec: SlotSpec, words: Words, *, asked: bool) -> Correction | None:
        """A value for `spec` in `words`: by the reading of an answer when `asked`, else only an
        unmistakable one."""
        kind, context = slot_type(self.graph, spec), self.context(spec)
        found = kind.parse(words, spec, context) if asked else kind.find(words, spec, context)
        if not isinstance(found, Found):
            return None
        if spec.type == "person_name" and self.names_problem(words, found.value):
            return None
        answer = self.answered(spec, found)
        return Correction(answer.slot, answer.value, answer.spoken, answer.confidence)

    def volunteered(self, words: Words, asked: str) -> Iterator[Answer | Correction]:
        """Values for slots that were not asked for; for filled ones only after a word such as "actually"."""
        correcting = says_any(words, _CUES)
        for spec in self.graph.slots.values():
            if spec.name == asked or not self.wanted(spec.name, correcting and self.expecting.kind != "yes_no"):
                continue
            found = slot_type(self.graph, spec).find(words, spec, self.context(spec))
            if found is None or found.value == dict(self.expecting.known).get(spec.name):
                continue
            answer = self.answered(spec, found)
            if spec.name in self.expecting.filled:
                yield Correction(answer.slot, answer.value, answer.spoken, answer.confidence)
            else:
                yield answer

    def wanted(self, name: str, correcting: bool) -> bool:
        """Whether a slot may be given unasked: one that is still ahead, or a held one that is corrected."""
        return correcting if name in self.expecting.filled else name in self.expecting.open

    def answered(self, spec: SlotSpec, found: Found) -> Answer:
        spoken = slot_type(self.graph, spec).speak(found.value, spec)
        return Answer(spec.name, found.value, spoken, round(self.confidence * found.certainty, 3))

    def context(self, spec: SlotSpec) -> Context:
        current = dict(self.expecting.known).get(spec.name, "")
        return Context(self.now, current, self.expecting.caller, spec.name == self.expecting.slot)


def _mentions(words: Words, specs: list[SlotSpec]) -> list[tuple[SlotSpec, int, int]]:
    """The slots that the words name, each with the index of its name and the one behind. A longer name hides a shorter
    one inside it: "house number" is the address, not the number."""
    names = sorted(((tuple(name.split()), spec) for spec in specs for name in spec.names), key=lambda one: -len(one[0]))
    found: dict[str, tuple[SlotSpec, int, int]] = {}
    left = list(words)
    for phrase, spec in names:
        at = find_phrase(tuple(left), phrase)
        if at >= 0:
            left[at : at + len(phrase)] = [""] * len(phrase)
            found.setdefault(spec.name, (spec, at, at + len(phrase)))
    return [found[spec.name] for spec in specs if spec.name in found]


def _wrong_at(words: Words, behind: int) -> bool:
    """Whether the slot named just before `behind` is what is wrong, where several slots are named."""
    after = words[behind : behind + 3]
    if says_any(after, _WRONG):
        return True
    return not says_any(after[:2], _PRAISE) and says_any(words[max(0, behind - 4) : behind], _WRONG)


def _outweighs(act: ReadingAct, word: GlobalWord) -> bool:
    """Whether an act counts more than a global word in the same utterance: any answer, but not a slot merely named
    beside a request to repeat."""
    if isinstance(act, Correction) and act.value is None:
        return word not in _IDLE
    return not isinstance(act, Unusable)


def _skips(words: Words) -> bool:
    """Whether the caller would rather go without."""
    plain = tuple(word for word in words if word not in FILLERS)
    return says_any(words, _SKIPS) or plain in (("no",), ("nope",), ("none",), ("no", "thanks"), ("no", "thank", "you"))


def _share(confidence: float) -> float:
    """A confidence within 0..1; what is no number is 0."""
    return 0.0 if isnan(confidence) else min(1.0, max(0.0, confidence))


def _resembles(name: str, known: str, words: Words) -> bool:
    """Whether a name may correct another without being announced: they share a part."""
    return says(words, "name", "name's") or bool(set(name.split()) & set(known.split()))


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


def _moment(now: str) -> datetime:
    """`now`, or the epoch when it is no time: a reading is made all the same."""
    try:
        return datetime.fromisoformat(now)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
