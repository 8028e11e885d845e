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
    WAITING = "waiting"
    """For a tool."""
    TRANSFERRING = "transferring"
    FINISHED = "finished"


LISTENING = (Phase.ASKING, Phase.OFFERING, Phase.CONFIRMING, Phase.REVIEWING)
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
    values: Mapping[str, SlotValue] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    taken: tuple[tuple[str, str], ...] = ()
    """(step, step after it) for every edge taken."""
    asked: tuple[str, ...] = ()
    """Slots in the order they were asked: the way of "go back"."""
    declined: tuple[str, ...] = ()
    """Slots whose offer was refused."""
    changed: tuple[str, ...] = ()
    """Slots changed since everything was last read back."""
    bound: str = ""
    """The canonical value that a yes would confirm."""
    question: tuple[Line, ...] = ()
    failures: Failures = Failures()
    patience: int = 0
    """Silences that cost nothing, after "hold on"."""
    person_tried: bool = False
    """A transfer to a person failed."""
    refused: int = 0
    """Requests for a person since then."""
    tools: int = 0
    tool: str = ""
    """Id of the tool that runs."""
    outcome: str | None = None


_ADAPTER = TypeAdapter(State)


def state_to_json(state: State) -> str:
    """The state as one line of JSON."""
    return _ADAPTER.dump_json(state).decode()


def state_from_json(text: str) -> State:
    """The state that `state_to_json` wrote. Raises pydantic.ValidationError for anything else."""
    return _ADAPTER.validate_json(text)
