"""Every command out of a call: what the shell shall do. Frozen values, a closed union.

Audio is named by its samples, as in `voice.events`; whatever takes time comes back as an event with the turn,
utterance or number that its command gave it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sop.acts import Field
from sop.reading import Expectation, Hypothesis


class Urgency(StrEnum):
    """Why a stretch is transcribed; the recogniser serves them in this order."""

    FINAL = "final"
    """The caller has finished and waits for the reply."""
    SPECULATIVE = "speculative"
    """The caller has paused; the turn may be over."""
    PROBE = "probe"
    """The caller speaks over the agent; are there words in it?"""


class Recorder(StrEnum):
    """What the carrier's recording of the call shall do."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Put a stretch of the caller's audio into words."""

    turn: int
    start: int
    end: int
    urgency: Urgency
    expecting: Expectation


@dataclass(frozen=True, slots=True)
class Understand:
    """Read a finished turn against what the step expects."""

    turn: int
    hypotheses: tuple[Hypothesis, ...]
    expecting: Expectation


@dataclass(frozen=True, slots=True)
class Speak:
    """Render one sentence."""

    utterance: int
    text: str
    fixed: bool
    """No slot value in it: worth keeping for ever."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """Render these when nothing else waits: one of them may be said next."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop rendering these utterances."""

    utterances: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SendAudio:
    """Send samples `start`..`end` of an utterance, padded with silence to a whole frame."""

    utterance: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SendMark:
    """Ask the carrier to say when it has played everything sent so far."""

    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    """Have the carrier throw away what it has not played."""


@dataclass(frozen=True, slots=True)
class Enter:
    """The procedure has moved to a step."""

    step: str


@dataclass(frozen=True, slots=True)
class Save:
    """Commit these fields of the lead; nothing is said until it is answered."""

    save: int
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class CallTool:
    """Run a tool of the procedure."""

    tool: str
    name: str
    arguments: Mapping[str, str]
    timeout_s: float
    key: str = ""
    """The same for every try of one call of it."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A person shall take over; what announced it has been heard. Send the packet, answer with `OnDuty`."""

    transfer: int
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring a person; what becomes of it comes as `LegChanged`."""

    transfer: int
    leg: int
    """No other leg of the call has this number."""
    name: str
    number: str
    """E.164, out of `OnDuty`."""
    timeout_s: int


@dataclass(frozen=True, slots=True)
class DropLeg:
    """End a person's leg: cancel it while it rings, hang up after. `apology`: tell them that the caller has gone."""

    leg: int
    apology: bool = False


@dataclass(frozen=True, slots=True)
class Bridge:
    """Send the caller to the conference in which the person waits; answer with `Bridged`. Our stream ends by it."""

    transfer: int
    leg: int


@dataclass(frozen=True, slots=True)
class PassOn:
    """For accounts without conferences: send the caller to a document that dials these one after the other, and comes
    back to us if nobody takes it; answer with `Bridged`. Our stream ends by it."""

    transfer: int
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NoteConsent:
    """Enter into the ledger what the caller was told or asked about recording, and what came of it."""

    kind: str
    """"announced" or "asked"."""
    granted: bool
    script: str
    """The words that were spoken."""


@dataclass(frozen=True, slots=True)
class Record:
    """Start, pause or resume the recording of the call, the carrier's and ours."""

    recorder: Recorder


@dataclass(frozen=True, slots=True)
class SlowAnswer:
    """A person was slower to take over than the target: raise the alarm."""

    transfer: int
    seconds: float


@dataclass(frozen=True, slots=True)
class End:
    """The call is over for us: close the stream, note the outcome."""

    outcome: str


Command = (
    Transcribe
    | Understand
    | Speak
    | Prepare
    | Cancel
    | SendAudio
    | SendMark
    | Clear
    | Enter
    | Save
    | CallTool
    | Transfer
    | Ring
    | DropLeg
    | Bridge
    | PassOn
    | NoteConsent
    | Record
    | SlowAnswer
    | End
)
