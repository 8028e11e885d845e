"""What a caller said, in words that hold stand-ins and mean the same to the procedure.

Tried in this order, and read as the call would read it: the caller's own words with stand-ins among them; the same with
small numbers kept; a sentence made of what the words meant. What is read otherwise is not taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sop.graph import Graph
from sop.reader import RuleReader
from sop.reading import (
    Affirm,
    Answer,
    Correction,
    Deny,
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
from sop.sentiment import NEGATIVE
from sop.slot_spec import SlotSpec
from sop.slots import slot_type
from sop.topics import find_topics
from sop.words import split_words
from voice.replaying.scrub.masking import in_words, masked
from voice.replaying.scrub.plain_words import Vocabulary
from voice.replaying.scrub.stand_ins import KEPT, StandIns

_GLOBALS = {
    GlobalWord.PERSON: "i want to talk to a person",
    GlobalWord.REPEAT: "can you repeat that",
    GlobalWord.SLOWER: "slower please",
    GlobalWord.GO_BACK: "go back",
    GlobalWord.START_OVER: "start over",
    GlobalWord.HOLD_ON: "hold on",
    GlobalWord.WHY: "why do you need that",
    GlobalWord.GOODBYE: "goodbye",
    GlobalWord.CANCEL: "never mind",
}
_UPSET = "this is terrible"


@dataclass(frozen=True, slots=True)
class Uttered:
    """Something that the caller said, and what the call made of it."""

    text: str
    confidence: float
    """The recogniser's."""
    expecting: Expectation
    reading: Reading


@dataclass(frozen=True, slots=True)
class Restater:
    """Puts what was said in one call into other words."""

    graph: Graph
    stands: StandIns
    own: Vocabulary
    now: str

    def restated(self, said: Uttered) -> tuple[Hypothesis, ...]:
        """The same with stand-ins, in lowercase words, each with the confidence at which its values are as sure; the
        first keeps most of the caller's words. None where no wording means the same."""
        expecting, wanted = self.expecting(said), self._wanted(said)
        reader = RuleReader(self.graph)
        upset = said.reading.sentiment <= NEGATIVE
        topics = find_topics(split_words(said.text))
        fitting: list[tuple[int, Hypothesis]] = []
        for text, made in dict.fromkeys(self._wordings(said, wanted, upset=upset)):
            found = reader.read((Hypothesis(text, said.confidence),), expecting, self.now)
            if self._meaning(found, freely=made) == self._meaning(replace(found, acts=wanted), freely=made):
                unlike = ((found.sentiment <= NEGATIVE) != upset) + (find_topics(split_words(text)) != topics)
                fitting.append((unlike, Hypothesis(text, _as_sure(said.confidence, wanted, found.acts))))
        least = min((unlike for unlike, _ in fitting), default=0)
        unique = {one.text: one for unlike, one in reversed(fitting) if unlike == least}
        return tuple(reversed(unique.values()))

    def is_heard(self, said: Uttered, hypotheses: tuple[Hypothesis, ...]) -> bool:
        """Whether what the recogniser makes of a wording's sound means the same."""
        found = RuleReader(self.graph).read(hypotheses, self.expecting(said), self.now)
        wanted = self._meaning(replace(found, acts=self._wanted(said)), freely=True)
        return self._meaning(found, freely=True) == wanted

    def loosely(self, text: str) -> str:
        """Words that the call made nothing of."""
        return masked(text, self.stands, self.own)

    def expecting(self, said: Uttered) -> Expectation:
        """What the copy's call expects when this is said."""
        expecting = said.expecting
        known = tuple((slot, self.stands.of(value)) for slot, value in expecting.known)
        return replace(expecting, known=known, caller=self.stands.of(expecting.caller))

    def _wanted(self, said: Uttered) -> tuple[ReadingAct, ...]:
        return tuple(self._act(act) for act in said.reading.acts)

    def _act(self, act: ReadingAct) -> ReadingAct:
        if isinstance(act, Answer | Correction) and act.value is not None:
            return replace(act, value=self.stands.of(act.value))
        return act

    def _meaning(self, reading: Reading, *, freely: bool) -> tuple[tuple[object, ...], ...]:
        """What the procedure goes by; not how sure it is, nor in which words. `freely`: nor what was said freely."""
        return tuple(_meaning(self._emptied(act) if freely else act) for act in reading.acts)

    def _emptied(self, act: ReadingAct) -> ReadingAct:
        free = isinstance(act, Answer) and self._type(act.slot) == "free_text"
        return replace(act, value="") if isinstance(act, Answer) and free else act

    def _wordings(self, said: Uttered, wanted: tuple[ReadingAct, ...], *, upset: bool) -> Iterator[tuple[str, bool]]:
        """Each with whether it was made of the meaning alone."""
        digits = said.expecting.kind in ("phone", "digits")
        own_words = masked(said.text, self.stands, self.own, longest=1 if digits else 3)
        values = [act for act in said.reading.acts if isinstance(act, Answer | Correction) and act.value]
        moods = ("", f" {_UPSET}") if upset else ("",)
        for mood in moods:
            yield own_words + mood, False
        if values and all(self.stands.of(act.value or "") == act.value for act in values):
            amounts = any(self._type(act.slot) in (*KEPT, "date") for act in values)
            yield masked(said.text, self.stands, self.own, longest=9 if amounts else 3), False
        if not wanted:
            return
        for form in range(4):
            made = " ".join(self._sentence(act, form, own_words, said.expecting) for act in wanted).strip()
            for mood in moods:
                yield made + mood, True

    def _type(self, slot: str) -> str:
        spec = self.graph.slots.get(slot)
        return spec.type if spec else ""

    def _sentence(self, act: ReadingAct, form: int, own_words: str, expecting: Expectation) -> str:
        """A few words that mean it; there are several forms."""
        match act:
            case Answer(slot, value) if slot in self.graph.slots:
                return _told(self.graph, self.graph.slots[slot], value, form, asked=slot == expecting.slot)
            case Correction(slot, value) if slot in self.graph.slots and value is not None:
                spec = self.graph.slots[slot]
                lead = "no" if form < 2 else f"no the {_called(spec)} is"
                return f"{lead} {_told(self.graph, spec, value, form % 2, asked=True)}"
            case Correction(slot) if slot in self.graph.slots:
                return f"the {_called(self.graph.slots[slot])} is wrong"
            case Affirm():
                return ("yes", "yes please", "yes that's right", "yeah")[form]
            case Deny():
                return ("no", "no thank you", "no it's not", "nope")[form]
            case Global(word):
                return _GLOBALS[word]
            case Skip():
                return ("skip that", "let's skip that", "i'd like to skip that please", "skip it please")[form]
            case _:
                return own_words


def _called(spec: SlotSpec) -> str:
    """What a caller calls a slot, without an article."""
    name = min(spec.names, key=len) if spec.names else spec.label
    return name.removeprefix("the ").removeprefix("my ")


def _told(graph: Graph, spec: SlotSpec, value: str, form: int, *, asked: bool) -> str:
    """A value as a caller tells it."""
    spoken = _spoken(graph, spec, value, form)
    if spec.type == "person_name" and form != 1:
        return f"my name is {spoken}"
    if spec.type in ("choice", "yes_no", "free_text", "time_window") or (asked and form % 2 == 0):
        return spoken
    return f"the {_called(spec)} is {spoken}" if form < 3 else f"my {_called(spec)} is {spoken}"


def _spoken(graph: Graph, spec: SlotSpec, value: str, form: int) -> str:
    match spec.type:
        case "phone" | "digits":
            number, _, extension = value.removeprefix("+1").removeprefix("+").partition(";ext=")
            return f"{in_words(number)} extension {in_words(extension)}" if extension else in_words(number)
        case "email":
            return _of_email(value)
        case "yes_no":
            return value if value in ("yes", "no") else slot_type(graph, spec).speak(value, spec)
        case "choice":
            return next((one.spoken.lower() for one in spec.options if one.name == value), value)
        case _:
            said = slot_type(graph, replace(spec, private=False)).speak(value, replace(spec, private=False))
            return " ".join(in_words(word) if word.isdecimal() and form < 2 else word for word in split_words(said))


def _of_email(value: str) -> str:
    signs = {".": " dot ", "_": " underscore ", "-": " dash ", "+": " plus ", "@": " at "}
    said = "".join(signs.get(sign, f" {in_words(sign)} " if sign.isdecimal() else sign) for sign in value)
    return " ".join(said.split())


def _meaning(act: ReadingAct) -> tuple[object, ...]:
    match act:
        case Answer(slot, value) | Correction(slot, value):
            return type(act), slot, value
        case Question():
            return (Question,)
        case Unusable(slot, reason):
            return Unusable, slot, reason
        case _:
            return (act,)


def _as_sure(confidence: float, wanted: tuple[ReadingAct, ...], found: tuple[ReadingAct, ...]) -> float:
    """The confidence at which the values are as sure as they were."""
    shares = [
        was.confidence / now.confidence
        for was, now in zip(wanted, found, strict=True)
        if isinstance(was, Answer | Correction) and isinstance(now, Answer | Correction) and now.confidence > 0
    ]
    return round(min(1.0, confidence * min(shares, default=1.0)), 3)
