"""A procedure as values: slots, steps and the edges between them; and walks over it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Confirm(StrEnum):
    """When a slot's value is read back and asked about."""

    ALWAYS = "always"
    WHEN_UNSURE = "when_unsure"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice."""

    name: str
    spoken: str
    """As the agent names it: "no heat"."""
    phrases: tuple[str, ...]
    """What callers say; `<group>` stands for any phrase of a word group."""
    anytime: bool = False
    """Heard at any moment, it is taken at once and wins over every other option: an emergency."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Wordings for a question that was not answered, in the order they are used; the last one is used
    again."""

    no_match: tuple[str, ...] = ()
    silence: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why a value was unusable -> wording for its first occurrence."""
    keypad: str = ""
    """Said from the second failure on, where the slot can be keyed."""


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """One thing to find out."""

    name: str
    type: str
    prompt: str
    label: str
    """As the agent names the slot: "the address"."""
    names: tuple[str, ...] = ()
    """What callers call it when they correct it: "number", "phone"."""
    ladder: Ladder = Ladder()
    confirm: Confirm = Confirm.WHEN_UNSURE
    sure: float = 0.6
    """Confidence from which WHEN_UNSURE does not ask."""
    confirm_prompt: str = "I have {value}. Is that right?"
    offer: str | None = None
    """"caller_number": the caller's own number is offered first."""
    offer_prompt: str = ""
    why: str = ""
    """The answer to "why do you ask"."""
    options: tuple[Option, ...] = ()
    depends_on: tuple[str, ...] = ()
    """Slots whose change empties this one."""
    low: float | None = None
    """Smallest number or amount that can be meant."""
    high: float | None = None
    lengths: tuple[int, ...] = ()
    """How many digits a `digits` slot may have; empty: any number of them."""
    check: str = ""
    """"luhn": the last digit must be right by ISO/IEC 7812-1 annex B."""
    period: str = "any"
    """Of a date: "past", "future" or "any"."""
    private: bool = False
    """Never read aloud in full and never shown: all but the last two characters are masked."""
    volunteer: bool = True
    """Whether it is taken from an utterance that answered something else."""


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression that `conditions.parse_condition` has checked. `names` are the names it reads."""

    text: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Edge:
    """Where to go, and when; without a condition always."""

    go: str
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class SayStep:
    """Speak and go on."""

    name: str
    text: str
    edges: tuple[Edge, ...]
    interruptible: bool = True
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class AskStep:
    """Ask for slots, one after the other, those that are not filled yet."""

    name: str
    slots: tuple[str, ...]
    edges: tuple[Edge, ...]
    prompt: str = ""
    """Instead of the slot's own prompt, where one slot is asked."""
    reprompts: tuple[str, ...] = ()
    intro: str = ""
    """Said once on entering."""
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """Read everything back, mend what is wrong."""

    name: str
    slots: tuple[str, ...]
    text: str
    changed: str
    """Read instead of `text` after a correction; {label} and {value} are the corrected slot's."""
    ask_what: str
    """Said after a bare no."""
    edges: tuple[Edge, ...]
    reprompts: tuple[str, ...] = ()
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class ToolStep:
    """Run a tool with every value collected so far, and branch on whether it worked."""

    name: str
    tool: str
    edges: tuple[Edge, ...]
    on_failure: str
    timeout_s: float = 10.0
    text: str = ""
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class TransferStep:
    """Hand the caller to a person; when nobody answers, go on."""

    name: str
    target: str
    on_no_answer: str
    reason: str = ""
    text: str = ""
    no_answer_text: str = ""
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class EndStep:
    """Say good-bye and end with an outcome."""

    name: str
    outcome: str
    text: str = ""
    mandatory: bool = False


Step = SayStep | AskStep | ReviewStep | ToolStep | TransferStep | EndStep


@dataclass(frozen=True, slots=True)
class Escalation:
    """When a person takes over: a condition over the counters, and the step to go to."""

    when: Condition
    to: str
    otherwise: str
    """Where to go when a person was already tried in vain."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What the engine says on its own account. A flow may replace each under `wording:`."""

    take_your_time: str = "Take your time."
    still_here: str = "I'm still here. Whenever you're ready."
    sorry_again: str = "Sorry about that."
    our_fault: str = "I'm sorry, I had a problem on my side and didn't hear that."
    no_match: str = "Sorry, I didn't catch that."
    silence: str = "Are you still there?"
    no_answer_here: str = "I can't answer that on this call, but the person who calls you back can."
    start_over: str = "All right, let's start again."
    nothing_before: str = "We're at the beginning."
    go_back: str = "Sure, let's go back."
    changed: str = "Thanks, I've changed that."
    thanks: str = "Thank you."
    nobody: str = "I'm sorry, nobody is free to pick up right now."
    which: str = "Which is it, {choices}?"
    why: str = "It helps us to help you."
    yes_or_no: str = "Please say yes or no."
    goodbye: str = "All right. Goodbye."


@dataclass(frozen=True, slots=True)
class Graph:
    """A checked procedure. Every name in it exists; every step is reachable and reaches an end."""

    name: str
    version: int
    language: str
    business: str
    greeting: str
    slots: Mapping[str, SlotSpec]
    steps: Mapping[str, Step]
    start: str
    escalations: tuple[Escalation, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Word groups for the phrases of choices."""
    goodbye: str | None = None
    """The end step for a caller who takes leave."""
    wording: Wording = Wording()


def targets(step: Step) -> tuple[str, ...]:
    """Every step that can follow, in the order written."""
    match step:
        case ToolStep():
            return (*(edge.go for edge in step.edges), step.on_failure)
        case TransferStep():
            return (step.on_no_answer,)
        case EndStep():
            return ()
        case SayStep() | AskStep() | ReviewStep():
            return tuple(edge.go for edge in step.edges)


def entries(graph: Graph) -> tuple[str, ...]:
    """The steps that a call can enter without coming from another step."""
    found = [graph.start]
    for escalation in graph.escalations:
        found += [escalation.to, escalation.otherwise]
    if graph.goodbye:
        found.append(graph.goodbye)
    return tuple(dict.fromkeys(found))


def reachable(steps: Mapping[str, Step], origins: tuple[str, ...]) -> frozenset[str]:
    """Every step that some path leads to."""
    seen: set[str] = set()
    waiting = [name for name in origins if name in steps]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [target for target in targets(steps[name]) if target in steps]
    return frozenset(seen)


def ending(steps: Mapping[str, Step]) -> frozenset[str]:
    """Every step from which an end or a person can be reached."""
    good = {name for name, step in steps.items() if isinstance(step, EndStep | TransferStep)}
    while True:
        more = {name for name, step in steps.items() if name not in good and good.intersection(targets(step))}
        if not more:
            return frozenset(good)
        good |= more


def templates(graph: Graph) -> Iterator[str]:
    """Every text the procedure can speak, with its {slot} places."""
    yield graph.greeting
    for step in graph.steps.values():
        match step:
            case SayStep() | ToolStep() | EndStep():
                yield step.text
            case AskStep():
                yield from (step.intro, step.prompt, *step.reprompts)
            case ReviewStep():
                yield from (step.text, step.changed, step.ask_what, *step.reprompts)
            case TransferStep():
                yield from (step.text, step.no_answer_text)
    for slot in graph.slots.values():
        ladder = slot.ladder
        yield from (slot.prompt, slot.offer_prompt, slot.confirm_prompt, slot.why, ladder.keypad)
        yield from (*ladder.no_match, *ladder.silence, *ladder.invalid, *ladder.reasons.values())
    yield from (getattr(graph.wording, name) for name in Wording.__slots__)
