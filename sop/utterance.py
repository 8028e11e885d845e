"""One transcript of an utterance, heard under what the step expects: what its words can be, slot by slot."""

from dataclasses import dataclass
from datetime import datetime

from sop.graph import Graph
from sop.reading import Answer, Correction, Expectation
from sop.slot_spec import SlotSpec
from sop.slots import Context, Found, choice_of, slot_type
from sop.slots.name_words import BEFORE_OWNERS, PARTS_OF_NAMES, after_lead, apart
from sop.steps import ReviewStep
from sop.words import Words, phrase_list, says, says_any, split_words, word_set

_OWNERS = word_set("his her their its")
_NO_OWNERS = word_set("it's that's here's there's what's who's")
_WISHES_TO_CANCEL = phrase_list("""
    need to cancel, want to cancel, wanna cancel, have to cancel, like to cancel, trying to cancel, calling to cancel,
    need cancel, want cancel, can i cancel, could i cancel, can you cancel, could you cancel
""")


@dataclass(frozen=True, slots=True)
class Utterance:
    """One hypothesis under one expectation."""

    graph: Graph
    expecting: Expectation
    now: datetime
    text: str
    confidence: float

    @property
    def asked(self) -> SlotSpec | None:
        """The slot that is asked for, offered or read back."""
        return self.graph.slots.get(self.expecting.slot or "")

    @property
    def filled(self) -> list[SlotSpec]:
        """The slots that hold a value now."""
        return [self.graph.slots[name] for name in self.expecting.filled if name in self.graph.slots]

    @property
    def reviewed(self) -> tuple[str, ...]:
        """The slots that are read back together; empty under any other question."""
        step = self.graph.steps.get(self.expecting.step)
        together = self.expecting.kind == "yes_no" and self.expecting.slot is None
        return step.slots if together and isinstance(step, ReviewStep) else ()

    @property
    def known(self) -> dict[str, str]:
        """Slot -> canonical value."""
        return dict(self.expecting.known)

    def names_of(self, spec: SlotSpec) -> tuple[Words, ...]:
        """What callers call a slot; its label is one of these where it begins with "the", as the agent speaks of it so,
        and no other slot goes by that."""
        label = split_words(spec.label)
        given = tuple(tuple(name.split()) for name in spec.names)
        rest = (other for other in self.graph.slots.values() if other.name != spec.name)
        others = {split_words(name) for other in rest for name in (other.label, *other.names)}
        return given if label[:1] != ("the",) or label in others or label in given else (*given, label)

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

    def names_problem(self, words: Words, name: str) -> bool:
        """A "name" made of the words of a choice ("water heater") is the choice, not a name; one that begins with an
        emergency's word ("flooding") is none either, unless it is called a name."""
        if says(words, "name", "name's"):
            return False
        parts, given = split_words(name), says(words, "this is")
        specs = (spec for spec in self.graph.slots.values() if spec.type == "choice")
        return any(
            self._is_danger(parts[:1], spec)
            or (not given and choice_of(self.graph, spec).find(parts, spec, Context(self.now)))
            for spec in specs
        )

    def _is_danger(self, words: Words, spec: SlotSpec) -> bool:
        """Whether the words are a phrase of an option that counts at any moment."""
        urgent = {option.name for option in spec.options if option.anytime}
        return any(match.option in urgent for match in choice_of(self.graph, spec).matches(words, spec))

    def anothers_name(self, words: Words, spec: SlotSpec) -> bool:
        """Whether "his name", "my dog's name" is said under another question or in a read-back, where the slot does not
        go by that: it is no name for this one."""
        if spec.type != "person_name" or self.expecting.slot == spec.name:
            return False
        if self.expecting.slot is None:
            own, _ = apart(words, spec.names, asked=False)
            return own != words and after_lead(own) is None
        known = frozenset(word for name in self.names_of(spec) for word in name)
        owners = (_owner(words[:at]) for at, word in enumerate(words) if word in ("name", "name's"))
        return any(owner and owner not in known for owner in owners)

    def cancels_something(self, words: Words) -> bool:
        """Whether "cancel" is about the caller's business and not about the call: where the open question asks about
        cancelling, and where they begin with it: "i need to cancel"."""
        step = self.graph.steps.get(self.expecting.step)
        texts = (self.asked.prompt if self.asked else "", step.text if isinstance(step, ReviewStep) else "")
        asks = self.expecting.kind in ("yes_no", "choice") and any("cancel" in split_words(text) for text in texts)
        return asks or (not self.expecting.filled and says_any(words, _WISHES_TO_CANCEL))

    def answered(self, spec: SlotSpec, found: Found) -> Answer:
        spoken = slot_type(self.graph, spec).speak(found.value, spec)
        return Answer(spec.name, found.value, spoken, round(self.confidence * found.certainty, 3))

    def context(self, spec: SlotSpec) -> Context:
        return context_of(self.graph, self.expecting, spec, self.now)


def context_of(graph: Graph, expecting: Expectation, spec: SlotSpec, now: datetime) -> Context:
    """What an answer may refer to under an expectation."""
    current, asked = dict(expecting.known).get(spec.name, ""), spec.name == expecting.slot
    return Context(now, current, expecting.caller, asked, graph.hours, expecting.begun if asked else "")


def _owner(before: Words) -> str:
    """Whose name it is, by the words before "name": "his", "dog's", "dogs"; empty where that is not said."""
    named = before[:-1] if before and before[-1] in PARTS_OF_NAMES else before
    front, last = ("", "", *named)[-2:]
    marked = last.endswith("'s") and last not in _NO_OWNERS
    return last if last in _OWNERS or marked or (last.endswith("s") and front in BEFORE_OWNERS) else ""
