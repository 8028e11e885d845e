"""What comes out of the database's tables. Times are ISO 8601 unless a field says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LeadField:
    """One field of a lead: its canonical value and how it came to be."""

    value: str
    spoken: str
    confidence: float
    confirmed: bool
    turn: int | None = None
    """The turn of the call that brought it, counted from 0; None where that isn't known."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What a call left behind. `status`: "partial" until the procedure has saved it, then "complete"."""

    call: str
    status: str
    fields: Mapping[str, LeadField]
    """By slot name, in alphabetical order."""
    version: int = 0
    """How often its contents were given to the outbox."""

    @property
    def values(self) -> dict[str, str]:
        """The canonical values alone."""
        return {slot: field.value for slot, field in self.fields.items()}


@dataclass(frozen=True, slots=True)
class StoredCall:
    """One call. `outcome`, `duration_s` and `path` are None until it has ended; `stream`, `flow` and `started` are
    empty for one that the agent has not taken."""

    call: str
    stream: str
    flow: str
    version: int
    caller: str | None
    called: str | None
    started: str
    outcome: str | None
    duration_s: float | None
    path: tuple[str, ...] | None
    attestation: str = ""
    arm: str = ""
    """Of the experiment that it is part of."""
    route: str = ""
    """Where it was sent when it came in, and `why`."""
    why: str = ""
    status: str = ""
    """The carrier's last word."""


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """One turn of a call."""

    heard: str
    confidence: float
    step: str
    said: str
    gap_ms: int | None
    barge_in: bool


@dataclass(frozen=True, slots=True)
class Resumable:
    """Where a call stands."""

    call: str
    flow: str
    version: int
    state: str
    """As `sop.state.state_to_json` wrote it; empty where none was kept."""
    caller: str | None
    called: str | None
    started: str
    outcome: str | None
    turns: int
    """Turns that are stored: the place of the next one."""


@dataclass(frozen=True, slots=True)
class KnownCaller:
    """Who has called before."""

    number: str
    name: str
    calls: int
    """How often, a call under way included."""
    last_call: str
    last_outcome: str | None
    """Of the last call that has ended."""
    profile: Mapping[str, str]
    first_call: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a caller was told or asked about recording, and what came of it."""

    at: str
    kind: str
    granted: bool
    script: str


@dataclass(frozen=True, slots=True)
class StoredTransfer:
    """One attempt to hand a call to a person; None is what is not known."""

    transfer: int
    target: str | None = None
    reason: str | None = None
    person: str | None = None
    stage: str | None = None
    rung_at: str | None = None
    accepted_at: str | None = None
    ended_at: str | None = None
    outcome: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """One of the carrier's recordings."""

    recording: str
    """The carrier's name for it."""
    call: str
    url: str
    """Where the carrier has it; fetching it takes the account's credentials."""
    seconds: int
    channels: int
    kept: bool
    """Whether it stays with the carrier when we have it."""
    state: str
    """"waiting", "fetched", "done" or "lost" (`voice.schema.RECORDINGS`)."""
    file: str
    """Name of ours, in the folder of recordings; empty until it is there."""
    attempts: int
    """Begun so far, to fetch it and to delete it."""
    due_at: float
    """Unix seconds."""
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of a number's soft launch."""

    number: str | None
    arm: str
    """"agent" or "human"; empty for calls that were in none."""
    calls: int
    leads: int
    """Complete ones."""
    outcomes: Mapping[str, int]
    """Outcome -> calls. Of calls that the agent had nothing to do with it is the carrier's last word, "completed"."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One lead on its way to one target. Times are Unix seconds."""

    id: str
    call: str
    version: int
    target: str
    kind: str
    payload: Mapping[str, Any]
    state: str
    """ "waiting", "delivered" or "dead"."""
    attempts: int
    """Begun so far. For one that `due` gave out, this attempt's number."""
    due_at: float
    last_error: str | None
    delivered_at: float | None
