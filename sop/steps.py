"""The steps of a procedure and the edges between them."""

from dataclasses import dataclass


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
    guard: str = ""
    """Name of the guard that must hold to enter the step; the same in every other kind."""


@dataclass(frozen=True, slots=True)
class DecideStep:
    """Branch without a word."""

    name: str
    edges: tuple[Edge, ...]
    mandatory: bool = False
    guard: str = ""


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
    again: bool = False
    """Whether coming here once more asks everything anew."""
    mandatory: bool = False
    guard: str = ""


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
    guard: str = ""


@dataclass(frozen=True, slots=True)
class AnswerStep:
    """Look up what a slot holds in the knowledge base and read the article; else `on_failure`."""

    name: str
    slot: str
    edges: tuple[Edge, ...]
    on_failure: str
    mandatory: bool = False
    guard: str = ""


@dataclass(frozen=True, slots=True)
class ToolStep:
    """Run a tool, and branch on whether it worked and on its results."""

    name: str
    tool: str
    edges: tuple[Edge, ...]
    on_failure: str
    text: str = ""
    """Said while the tool runs."""
    mandatory: bool = False
    guard: str = ""


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
    guard: str = ""


@dataclass(frozen=True, slots=True)
class EndStep:
    """Say good-bye and end with an outcome."""

    name: str
    outcome: str
    text: str = ""
    mandatory: bool = False
    guard: str = ""


@dataclass(frozen=True, slots=True)
class CallStep:
    """Run a sub-flow; when it returns, go on along the edges."""

    name: str
    flow: str
    edges: tuple[Edge, ...]
    text: str = ""
    mandatory: bool = False
    guard: str = ""


@dataclass(frozen=True, slots=True)
class ReturnStep:
    """The end of a sub-flow: back to the step that called it, or to the question that was open."""

    name: str
    text: str = ""
    mandatory: bool = False
    guard: str = ""


Step = (
    SayStep | DecideStep | AskStep | ReviewStep | AnswerStep | ToolStep | TransferStep | EndStep | CallStep | ReturnStep
)


def edges_of(step: Step) -> tuple[Edge, ...]:
    """The edges written under `go` and `next`."""
    return () if isinstance(step, TransferStep | EndStep | ReturnStep) else step.edges


def slots_of(step: Step) -> tuple[str, ...]:
    """The slots that the step asks for or reads back."""
    return step.slots if isinstance(step, AskStep | ReviewStep) else ()


def targets(step: Step) -> tuple[str, ...]:
    """Every step that can follow, in the order written; a sub-flow's own steps are not among them."""
    written = tuple(edge.go for edge in edges_of(step))
    match step:
        case ToolStep() | AnswerStep():
            return (*written, step.on_failure)
        case TransferStep():
            return (step.on_no_answer,)
        case _:
            return written
