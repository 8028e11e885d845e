"""Scripted callers: they go one journey, in one of three manners, answering what they are asked.

*plain* answers and nothing else. *chatty* wraps the answer in small talk and adds the next thing that will be asked.
*correcting* says a wrong name, number or address first and puts it right at the next question, and asks something of
their own on the way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sop.conversation import Conversation
from sop.graph import Graph
from sop.journeys import Journey
from sop.reading import Answer, Expectation, Hypothesis
from sop.slot_spec import SlotSpec
from sop.slots import Context, Found, slot_type
from sop.state import Phase
from sop.ways import CALLER
from sop.words import split_words

_MOST_TURNS = 120
_LOST = "i honestly could not tell you"
_CORRECTED = {
    "person_name": "Robert Fields",
    "phone": "+12025550167",
    "us_address": "15 Harbor Lane",
    "email": "robert.fields@yahoo.com",
    "time_window": "",
    "money": "",
}
"""Types whose wrong value is put right at the next question; "" for none that is always another one."""
_VOLUNTEERED = {"person_name": "and my name is {}", "phone": "and my number is {}", "email": "and my email is {}"}


class Manner(StrEnum):
    """How a caller speaks."""

    PLAIN = "plain"
    CHATTY = "chatty"
    CORRECTING = "correcting"


@dataclass(slots=True)
class ScriptedTools:
    """Answers of a journey, in order; the failing tool fails."""

    journey: Journey
    counts: dict[str, int] = field(default_factory=dict)

    def call(self, name: str, arguments: Mapping[str, str]) -> Mapping[str, object] | None:
        """The next answer; the last one again when there is none left."""
        if name == self.journey.failing:
            return None
        told = self.journey.answers.get(name, ({},))
        at = self.counts.get(name, 0)
        self.counts[name] = at + 1
        return dict(told[min(at, len(told) - 1)])


@dataclass(slots=True)
class Caller:
    """One caller on one journey."""

    graph: Graph
    journey: Journey
    manner: Manner
    digressed: bool = False
    wrong: str = ""
    """The slot that holds a wrong value now."""
    corrected: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()

    def run(self) -> Conversation:
        """The whole call."""
        talk = Conversation(
            self.graph,
            tools=ScriptedTools(self.journey),
            people=lambda target: target not in self.journey.unreachable,
            caller=CALLER,
            now=self.journey.now,
            profile=self.journey.profile,
        )
        for _ in range(_MOST_TURNS):
            if talk.state.outcome is not None or talk.state.phase in (Phase.WAITING, Phase.TRANSFERRING):
                break
            talk.hear(self.reply(talk))
        return talk

    def reply(self, talk: Conversation) -> str:
        """What the caller says now."""
        state, slot = talk.state, talk.state.slot
        if self.wrong and state.phase is not Phase.CONFIRMING:
            spec, self.wrong = self.graph.slots[self.wrong], ""
            return f"sorry {spec.names[0]} is {self.said(talk, spec)}"
        match state.phase:
            case Phase.OFFERING:
                return "yes" if self.journey.values.get(slot) == CALLER else "no"
            case Phase.CONFIRMING:
                return self._confirm(talk, slot)
            case Phase.REVIEWING:
                return self._review(talk)
            case Phase.PROPOSING:
                return "no thanks"
            case _:
                return self._answer(talk, self.graph.slots[slot])

    def _confirm(self, talk: Conversation, slot: str) -> str:
        right = talk.state.values[slot].value == self.journey.values.get(slot)
        return "yes that's right" if right else "no that's not right"

    def _review(self, talk: Conversation) -> str:
        for slot, held in talk.state.values.items():
            wanted = self.journey.values.get(slot)
            if wanted is not None and wanted != held.value and slot not in self.corrected:
                self.corrected |= {slot}
                spec = self.graph.slots[slot]
                return f"no {spec.names[0]} is {self.said(talk, spec)}"
        return "yes"

    def _answer(self, talk: Conversation, spec: SlotSpec) -> str:
        if spec.name == self.journey.missing:
            return _LOST
        if self.manner is Manner.CORRECTING:
            aside = self._aside(talk, spec)
            if aside:
                return aside
        answer = self.said(talk, spec)
        if self.manner is Manner.CHATTY:
            return self._chat(talk, spec, answer)
        return answer

    def _aside(self, talk: Conversation, spec: SlotSpec) -> str:
        """A question of the caller's own, once; or a value that is put right next."""
        if not self.digressed and spec.type not in ("choice", "free_text"):
            self.digressed = True
            return self.graph.knowledge[0].questions[0] if self.graph.knowledge else "why do you ask"
        wrong = _CORRECTED.get(spec.type, "")
        if wrong and spec.name not in self.corrected and self._stays(talk, spec):
            self.corrected |= {spec.name}
            self.wrong = spec.name
            return next(spoken(self.graph, spec, wrong, talk.expecting, self.journey.now), self.said(talk, spec))
        return ""

    def _stays(self, talk: Conversation, spec: SlotSpec) -> bool:
        """Whether another question follows at this step before anything is done with the value."""
        step = self.graph.steps[talk.state.step]
        slots = getattr(step, "slots", ())
        later = slots[slots.index(spec.name) + 1 :] if spec.name in slots else ()
        return any(name in self.journey.values and name not in talk.state.values for name in later)

    def _chat(self, talk: Conversation, spec: SlotSpec, answer: str) -> str:
        """The answer with small talk, and with the next thing where it can be told apart."""
        if spec.type == "free_text":
            return answer
        for name in talk.expecting.open:
            other = self.graph.slots[name]
            if other.type not in _VOLUNTEERED or name in talk.state.values or name in (spec.name, *self.given):
                continue
            if name not in self.journey.values or name == self.journey.missing or spec.type == other.type:
                continue
            self.given |= {name}
            told = _VOLUNTEERED[other.type].format(self.said(talk, other))
            both = f"um {answer} {told}"
            return both if self._means(talk, both, spec, other) else self._thanking(talk, spec, answer)
        return self._thanking(talk, spec, answer)

    def _thanking(self, talk: Conversation, spec: SlotSpec, answer: str) -> str:
        """The answer with thanks, where they leave it what it is: "no thanks" may mean that this was all."""
        thanking = f"um {answer} thanks"
        return thanking if spec.type != "yes_no" or self._means(talk, thanking, spec) else f"um {answer}"

    def _means(self, talk: Conversation, text: str, *specs: SlotSpec) -> bool:
        """Whether a listener by the rules takes the text for these values and no others."""
        acts = talk.read((Hypothesis(text, 0.9),)).acts
        told = {act.slot: act.value for act in acts if isinstance(act, Answer)}
        return told == {spec.name: self.journey.values[spec.name] for spec in specs}

    def said(self, talk: Conversation, spec: SlotSpec) -> str:
        """The journey's value in words that a listener by the rules understands."""
        value = self.journey.values.get(spec.name) or slot_type(self.graph, spec).sample(spec)
        return next(spoken(self.graph, spec, value, talk.expecting, self.journey.now), value)


def spoken(graph: Graph, spec: SlotSpec, value: str, expecting: Expectation, now: str) -> Iterator[str]:
    """Ways to say a value, each of which the slot's type reads back as this value."""
    kind = slot_type(graph, spec)
    current = dict(expecting.known).get(spec.name, "")
    context = Context(datetime.fromisoformat(now), current, expecting.caller, hours=graph.hours)
    options = next((option.phrases for option in spec.options if option.name == value), ())
    plain = tuple(phrase.removeprefix("=") for phrase in options if "<" not in phrase)
    for text in (kind.speak(value, spec), *plain, value):
        words = split_words(text)
        found = kind.parse(words, spec, context)
        if isinstance(found, Found) and found.value == value:
            yield " ".join(words)
