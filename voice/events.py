"""Every event into a call and every command out of it: the whole vocabulary of the core, on one page.

Frozen values, two closed unions. `at` is the call's clock: samples of caller audio received, at 8000 Hz. No audio
travels here; a stretch of it is named by its samples, and the shell holds the bytes:
the caller's by `start`..`end` on the call's clock, an utterance's by `start`..`end` within the utterance.

An event is something that has happened; a command is something the shell shall do. Every result carries the turn,
utterance or number of the command it answers, so that a late one can be told from a wanted one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sop.acts import Field
from sop.reading import Expectation, Hypothesis, Reading


class Urgency(StrEnum):
    """Why a stretch is transcribed; the recogniser serves them in this order."""

    FINAL = "final"
    """The caller has finished and waits for the reply."""
    SPECULATIVE = "speculative"
    """The caller has paused; the turn may be over."""
    PROBE = "probe"
    """The caller speaks over the agent; are there words in it?"""


# ---- events ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The stream is open."""

    at: int
    call: str
    """The carrier's name for the call."""
    stream: str
    """The carrier's name for this stream of it."""
    caller: str | None
    """E.164, or None when withheld."""
    now: str
    """Local time at the business, ISO 8601 with offset."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One frame of the caller's audio, or the same length of silence where the line lost some."""

    at: int
    """The clock after this frame."""
    samples: int
    speech: float
    """Probability of speech, 0..1, in steps of 0.01."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """One key of the caller's telephone: 0-9, *, #, A-D. Not shown in any log."""

    at: int
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Marked:
    """The carrier echoed a mark."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Transcribed:
    """What the recogniser made of a stretch; no hypothesis at all where it heard no words."""

    at: int
    turn: int
    end: int
    """The stretch's end, as in the command."""
    hypotheses: tuple[Hypothesis, ...]
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class TranscriptionFailed:
    """The recogniser crashed, hung or was too busy."""

    at: int
    turn: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What the reader made of a finished turn."""

    at: int
    turn: int
    reading: Reading
    took_ms: float = 0.0
    source: str = "rules"
    """Who read it: "rules", or "llm" where an operator has plugged one in."""
    reason: str = ""
    """Why the rules did, where a model could have."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """More of an utterance has been rendered."""

    at: int
    utterance: int
    samples: int
    """Samples added by this piece."""
    last: bool
    audible: int | None = None
    """Offset in the utterance of its first audible sample; None until one has come."""
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class SpeechFailed:
    """An utterance can't be rendered."""

    at: int
    utterance: int
    reason: str


@dataclass(frozen=True, slots=True)
class Saved:
    """Fields are in the database, or (`ok` false) are not."""

    at: int
    save: int
    ok: bool
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool answered, failed or ran out of time."""

    at: int
    tool: str
    """The number that the command gave it."""
    ok: bool
    result: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TransferFinished:
    """The other end took the call, or did not."""

    at: int
    ok: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The stream is over, from the carrier's side or by the shell's decision."""

    at: int
    reason: str


STOPPED = {
    "stop": "caller_hung_up",
    "socket closed": "caller_hung_up",
    "line dead": "line_dead",
    "server stopping": "server_stopped",
}
"""Why a stream stopped → outcome of a call that had none yet; anything else is our failure."""

Event = (
    CallStarted
    | Heard
    | Keyed
    | Marked
    | Transcribed
    | TranscriptionFailed
    | Understood
    | Spoken
    | SpeechFailed
    | Saved
    | ToolFinished
    | TransferFinished
    | Stopped
)


# ---- commands --------------------------------------------------------------------------------------------------


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
    """Connect the caller to a person; what announced it has been heard."""

    target: str
    reason: str


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
    | End
)
