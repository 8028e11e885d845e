"""What one call is conducted with: the procedure, the rules of the number that was rung, and where its lead goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sop.graph import Graph
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
