"""Where a call stands in its procedure: small, frozen, and kept as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import TypeAdapter


class Phase(StrEnum):
    """What the current step is doing."""

    NEW = "new"
    ASKING = "asking"
    OFFERING = "offering"
    CONFIRMING = "confirming"
    REVIEWING = "reviewing"
    PROPOSING = "proposing"
    """A person is offered; yes or no?"""
    WAITING = "waiting"
    """For a tool."""
    TRANSFERRING = "transferring"
    FINISHED = "finished"


LISTENING = (Phase.ASKING, Phase.OFFERING, Phase.CONFIRMING, Phase.REVIEWING, Phase.PROPOSING)
"""The phases in which the caller is to speak."""


@dataclass(frozen=True, slots=True)
class SlotValue:
    """What a slot holds. `confirmed`: the caller said yes to exactly this value."""

    value: str
    spoken: str
    confidence: float
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of the question that is open now, kept to be said again."""

    text: str
    fixed: bool


@dataclass(frozen=True, slots=True)
class Failures:
    """What went wrong since the caller last got further. They are what escalation conditions count."""

    misunderstood: int = 0
    invalid: int = 0
    silences: int = 0
    unheard: int = 0
    """In a row."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A sub-flow under way: the step that called it, or the step whose question waits for it to be over."""

    step: str
    aside: bool = False
    slot: str = ""
    """The slot whose question waits."""
    flow: str = ""
    """The sub-flow."""


@dataclass(frozen=True, slots=True)
class Exit:
    """A step left along one of its written edges."""

    step: str
    to: str
    stack: tuple[Frame, ...] = ()
    """The sub-flows that were under way."""


@dataclass(frozen=True, slots=True)
class Mood:
    """How the caller takes it."""

    course: tuple[float, ...] = ()
    """Sentiment of each utterance, -1..1, the last forty."""
    negative: int = 0
    """Negative turns so far."""


@dataclass(frozen=True, slots=True)
class State:
    """One call in one procedure. Made by `start`, changed only by `advance`."""

    flow: str
    version: int
    caller: str
    """E.164, or empty when the caller is anonymous."""
    now: str
    """ISO 8601 with the business's offset: when the call began."""
    step: str = ""
    phase: Phase = Phase.NEW
    slot: str = ""
    """The slot that is asked for, offered or being confirmed."""
    profile: Mapping[str, str] = field(default_factory=dict)
    """What is known of the caller, from the business's CRM and from earlier calls: "vip" ("yes"), "calls_before" (a
    number), which conditions read, and whatever the packet shows."""
    values: Mapping[str, SlotValue] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    """What tools answered, canonical."""
    skipped: tuple[str, ...] = ()
    """Optional slots that the caller goes without."""
    stack: tuple[Frame, ...] = ()
    path: tuple[str, ...] = ()
    taken: tuple[Exit, ...] = ()
    """The way that led here: each edge taken, without rounds that came back to where they began, and without what was
    left behind when a correction led back."""
    asked: tuple[str, ...] = ()
    """Slots in the order they were asked: the way of "go back"."""
    declined: tuple[str, ...] = ()
    """Slots whose offer was refused."""
    changed: tuple[str, ...] = ()
    """Slots changed since everything was last read back."""
    revised: tuple[str, ...] = ()
    """Slots and facts that a correction has changed or emptied, until every step that read them is looked at again."""
    settled: tuple[str, ...] = ()
    """Steps done before a correction led back: passed again without a word as long as they still hold."""
    told: Mapping[str, str] = field(default_factory=dict)
    """Step -> what it last said of values and facts: said again once that is another text."""
    unproven: tuple[str, ...] = ()
    """Mandatory steps whose text was spoken since the caller was last heard: it may not have reached them."""
    called: Mapping[str, str] = field(default_factory=dict)
    """Tool -> the arguments of its last success, as JSON; empty when its last call failed."""
    reviewed: Mapping[str, str] = field(default_factory=dict)
    """Review step -> the values that the caller said yes to there."""
    bound: str = ""
    """The canonical value that a yes would confirm."""
    begun: str = ""
    """What is told so far of the value that is asked for: "--03-03" of a date without its year."""
    question: tuple[Line, ...] = ()
    failures: Failures = Failures()
    patience: int = 0
    """Silences that cost nothing, after "hold on"."""
    person_tried: bool = False
    """A transfer to a person failed."""
    refused: int = 0
    """Requests for a person since then."""
    fired: tuple[int, ...] = ()
    """Escalations that have been taken or refused, by their place in the flow."""
    escalated: int = 0
    """How often a person was to take over."""
    mood: Mood = Mood()
    idle: int = 0
    """Turns in a row that brought nothing."""
    tools: int = 0
    """Tool calls so far, repeated ones included."""
    tool: str = ""
    """Id of the tool that runs."""
    attempt: int = 0
    """Which try of it this is, from 1."""
    tool_failures: int = 0
    outcome: str | None = None


_ADAPTER = TypeAdapter(State)


def state_to_json(state: State) -> str:
    """The state as one line of JSON."""
    return _ADAPTER.dump_json(state).decode()


def state_from_json(text: str) -> State:
    """The state that `state_to_json` wrote. Raises pydantic.ValidationError for anything else."""
    return _ADAPTER.validate_json(text)
