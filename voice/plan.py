"""What one call is conducted with: the procedure, the rules of the number that was rung, and where its lead goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from sop.graph import Graph
from voice.answering import Line
from voice.call import CallSettings
from voice.roster import Roster


class Keeps(StrEnum):
    """When our own recording of a call is kept."""

    ALWAYS = "always"
    """Demonstrations, tests, and lines whose callers are told elsewhere."""
    CONSENT = "consent"
    """From the moment of consent on; without it neither recording nor journal is left."""
    WORDS = "words"
    """Never; the journal is."""


@dataclass(frozen=True, slots=True)
class CallPlan:
    """How one call is conducted; fixed when it begins."""

    graph: Graph
    source: str
    """The flow's text with all it imports: it travels in the journal."""
    settings: CallSettings = field(default_factory=CallSettings)
    rosters: Mapping[str, Roster] = field(default_factory=dict)
    """The procedure's transfer targets → who may be rung."""
    number: str = ""
    """The business's number that was rung, E.164; legs that we place show it."""
    targets: tuple[str, ...] = ()
    """Deliveries of a complete lead, by name."""
    partial_targets: tuple[str, ...] = ()
    """Those of a lead that was not finished."""
    keeps: Keeps = Keeps.ALWAYS
    returns: bool = False
    """Whether the caller is still on the line when our stream breaks, and may come back on another."""
    detects_machines: bool = False
    """Whether the carrier is asked to tell answering machines from people."""


@dataclass(frozen=True, slots=True)
class LeftOff:
    """What a further stream of a call begins with."""

    plan: CallPlan
    """With the version of the procedure that the call began with."""
    started: str
    """When the call began, ISO 8601 with offset."""
    state: str
    """As `sop.state.state_to_json` wrote it."""
    turns: int
    """Had so far."""
    transfers: int
    """Begun so far."""
    recorded: bool
    """Whether the recording has started."""


class Lines(Protocol):
    """What is configured for the business's numbers."""

    def line(self, number: str) -> Line | None:
        """How a number is answered at this moment; None: it is none of ours."""
        ...

    def plan(self, number: str, flow: str) -> CallPlan | None:
        """How a call of that number is conducted; None: it is none of ours."""
        ...

    def now(self, number: str) -> str:
        """The time at the business, ISO 8601 with offset; here, for a number that is none of ours."""
        ...
