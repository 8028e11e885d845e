"""A procedure as one frozen value: slots, steps, tools, knowledge, and when a person takes over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sop.slot_spec import SlotSpec
from sop.steps import (
    AnswerStep,
    AskStep,
    CallStep,
    Condition,
    EndStep,
    ReturnStep,
    ReviewStep,
    SayStep,
    Step,
    ToolStep,
    TransferStep,
    slots_of,
    targets,
)


@dataclass(frozen=True, slots=True)
class ResultSpec:
    """One field of a tool's answer; from then on a fact that conditions and texts may name."""

    name: str
    type: str = "text"
    """text, number, money, date, yes_no or choice."""
    options: tuple[str, ...] = ()
    required: bool = True
    low: float | None = None
    high: float | None = None
    private: bool = False
    """Conditions may read it; no text may."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """Something outside that the procedure may call. `create_lead` is built in."""

    name: str
    arguments: Mapping[str, str] | None = None
    """Argument -> slot or fact; None: every slot that holds a value, by its own name."""
    constants: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, ResultSpec] = field(default_factory=dict)
    method: str = "POST"
    url: str = ""
    """Where it is; {argument} stands for an argument, percent-encoded. Empty: the shell knows the tool by its name."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """HTTP header -> name of the environment variable that holds its value."""
    timeout_s: float = 10.0
    retries: int = 0
    sensitive: bool = False
    """It reads or changes somebody's account: a guard is required."""
    guard: str = ""
    filler: str = ""
    """Said while it runs, where the step says nothing itself."""
    example: Mapping[str, str] = field(default_factory=dict)
    """A right answer: what stands in for the tool where there is none."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition that must hold before a step is entered or a tool is called; else `otherwise` is entered."""

    name: str
    condition: Condition
    otherwise: str


@dataclass(frozen=True, slots=True)
class Article:
    """A piece of the knowledge base."""

    name: str
    questions: tuple[str, ...]
    answer: str
    words: tuple[str, ...] = ()
    """Other words that callers use for its subject."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A sub-flow that a caller may ask for in the middle of another; then the open question is asked again."""

    name: str
    flow: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Escalation:
    """When a person takes over: a condition over the counters, and the step to go to."""

    when: Condition
    to: str
    otherwise: str
    """Where to go when a person was already tried in vain."""
    offer: bool = False
    """Whether the caller is asked first. An offer is made once."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When the business is open: weekday (0 = Monday) -> (from, to) in minutes of the day."""

    week: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    time_zone: str = ""
    """IANA name; empty: the offset that the call's start carries."""
    holidays: str = ""
    """Country whose public holidays are days off, ISO 3166; empty: none."""
    closed: tuple[str, ...] = ()
    """Further days off, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What the engine says on its own account. A flow may replace each under `wording:`."""

    take_your_time: str = "Take your time."
    still_here: str = "I'm still here. Whenever you're ready."
    still_working: str = "I'm still working on that. Thank you for waiting."
    sorry_again: str = "Sorry about that."
    our_fault: str = "I'm sorry, I had a problem on my side and didn't hear that."
    no_match: str = "Sorry, I didn't catch that."
    silence: str = "Are you still there?"
    no_answer_here: str = "I can't answer that on this call, but the person who calls you back can."
    start_over: str = "All right, let's start again."
    nothing_before: str = "We're at the beginning."
    go_back: str = "Sure, let's go back."
    changed: str = "Thanks, I've changed that."
    skipped: str = "That's fine."
    thanks: str = "Thank you."
    nobody: str = "I'm sorry, nobody is free to pick up right now."
    which: str = "Which is it, {choices}?"
    why: str = "It helps us to help you."
    yes_or_no: str = "Please say yes or no."
    offer_person: str = "Would you like me to connect you to a person?"
    carry_on: str = "All right, let's carry on."
    bridge: str = "As for {label}:"
    """Between an answer given in passing and the question that is still open."""
    goodbye: str = "All right. Goodbye."
    cut_off: str = "Sorry, we were cut off. I have {label}."
    """The first words after a line that broke; {label} stands for what the caller has told."""


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
    tools: Mapping[str, ToolSpec] = field(default_factory=dict)
    guards: Mapping[str, Guard] = field(default_factory=dict)
    flows: Mapping[str, str] = field(default_factory=dict)
    """Sub-flow -> its first step."""
    asides: tuple[Aside, ...] = ()
    knowledge: tuple[Article, ...] = ()
    hours: Hours | None = None
    agent: str = ""
    """The name the agent goes by."""
    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Step that calls a sensitive tool -> the mandatory steps that every way from the start to it leads through."""

    promised: frozenset[str] = frozenset()
    """What the flow's own texts promise ("refund"): no tool's text may promise more."""
    ahead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Step -> the slots that it and whatever can follow it ask for."""

    @property
    def facts(self) -> dict[str, ResultSpec]:
        """Every field that a tool may answer."""
        return {name: spec for tool in self.tools.values() for name, spec in tool.results.items()}


def entries(graph: Graph) -> tuple[str, ...]:
    """The steps that a call can enter without coming from another step."""
    found = [graph.start]
    for escalation in graph.escalations:
        found += [escalation.to, escalation.otherwise]
    found += [guard.otherwise for guard in graph.guards.values()]
    found += [graph.flows[aside.flow] for aside in graph.asides if aside.flow in graph.flows]
    if graph.goodbye:
        found.append(graph.goodbye)
    return tuple(dict.fromkeys(found))


def following(graph: Graph, step: Step) -> tuple[str, ...]:
    """Every step that can be entered from a step, its sub-flow's first one included."""
    inner = (graph.flows[step.flow],) if isinstance(step, CallStep) and step.flow in graph.flows else ()
    return (*inner, *targets(step))


def reachable(graph: Graph, origins: tuple[str, ...]) -> frozenset[str]:
    """Every step that some path leads to."""
    seen: set[str] = set()
    waiting = [name for name in origins if name in graph.steps]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [target for target in following(graph, graph.steps[name]) if target in graph.steps]
    return frozenset(seen)


def ending(graph: Graph) -> frozenset[str]:
    """Every step from which an end, a person or the way back out of a sub-flow can be reached."""
    steps = graph.steps
    good = {name for name, step in steps.items() if isinstance(step, EndStep | TransferStep | ReturnStep)}
    while True:
        more = {name for name, step in steps.items() if name not in good and good.intersection(following(graph, step))}
        if not more:
            return frozenset(good)
        good |= more


def needs_of(graph: Graph, step: Step) -> tuple[str, ...]:
    """The slots that the step asks for, reads back or answers from, and those that its tool is called with."""
    own = (step.slot,) if isinstance(step, AnswerStep) else slots_of(step)
    tool = graph.tools.get(step.tool) if isinstance(step, ToolStep) else None
    sources = tuple((tool.arguments or {}).values()) if tool else ()
    return (*own, *(source for source in sources if source in graph.slots))


@dataclass(frozen=True, slots=True)
class Text:
    """A text that the procedure can speak, and where it stands: "steps", "triage", "prompt"."""

    kind: str
    name: str
    key: str
    text: str


def templates(graph: Graph) -> Iterator[str]:
    """Every text the procedure can speak, with its {slot} places."""
    return (one.text for one in all_texts(graph))


def all_texts(graph: Graph) -> Iterator[Text]:
    """The same with their places."""
    yield Text("greeting", "", "", graph.greeting)
    for step in graph.steps.values():
        yield from (Text("steps", step.name, key, text) for key, text in _step_texts(step))
    for slot in graph.slots.values():
        yield from (Text("slots", slot.name, key, text) for key, text in _slot_texts(slot))
    for tool in graph.tools.values():
        yield Text("tools", tool.name, "filler", tool.filler)
    for article in graph.knowledge:
        yield Text("knowledge", article.name, "answer", article.answer)
    yield from (Text("wording", name, "", getattr(graph.wording, name)) for name in Wording.__slots__)


def _slot_texts(slot: SlotSpec) -> Iterator[tuple[str, str]]:
    for key in ("prompt", "offer_prompt", "confirm_prompt", "why"):
        yield key, getattr(slot, key)
    ladder = slot.ladder
    yield "keypad", ladder.keypad
    yield from (("reprompt", text) for text in ladder.no_match)
    yield from (("silence", text) for text in ladder.silence)
    yield from (("invalid", text) for text in ladder.invalid)
    yield from ((f"reasons.{reason}", text) for reason, text in ladder.reasons.items())


def _step_texts(step: Step) -> Iterator[tuple[str, str]]:
    match step:
        case SayStep() | ToolStep() | EndStep() | CallStep() | ReturnStep():
            yield "say", step.text
        case AskStep():
            yield from (("say", step.intro), ("prompt", step.prompt))
            yield from (("reprompt", text) for text in step.reprompts)
        case ReviewStep():
            yield from (("prompt", step.text), ("changed", step.changed), ("ask_what", step.ask_what))
            yield from (("reprompt", text) for text in step.reprompts)
        case TransferStep():
            yield from (("say", step.text), ("no_answer", step.no_answer_text))
        case _:
            return
