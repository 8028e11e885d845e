"""Every event into a call: one half of the core's vocabulary; the other is `voice.commands`.

Frozen values, a closed union. `at` is the call's clock: samples of caller audio received, at 8000 Hz. No audio
travels here; a stretch of it is named by its samples, and the shell holds the bytes: the caller's by `start`..`end` on
the call's clock, an utterance's by `start`..`end` within the utterance.

An event is something that has happened. Every result carries the turn, utterance or number of the command it answers,
so that a late one can be told from a wanted one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sop.reading import Hypothesis, Reading


class LegState(StrEnum):
    """What a person's telephone does, as far as a transfer cares. The first five may be followed by others."""

    RINGING = "ringing"
    ANSWERED = "answered"
    """Somebody or something picked up, and hears the brief."""
    ACCEPTED = "accepted"
    """Pressed 1."""
    JOINED = "joined"
    """In the conference, waiting for the caller."""
    MACHINE = "machine"
    """The carrier thinks that an answering machine picked up."""
    DECLINED = "declined"
    """Pressed 2, or another key than 1."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    ENDED = "ended"
    """Hung up, or dropped by us."""
    REFUSED = "refused"
    """Never dialled: not a configured number, or a limit is reached."""


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
    profile: Mapping[str, str] = field(default_factory=dict)
    """What is known of the caller before a word is said (`sop.state.State.profile`)."""
    resumed: str = ""
    """Where an earlier stream of this call left off, as `sop.state.state_to_json` wrote it; empty for a new call."""
    returned: str = ""
    """Why the caller is back with us although a person was to take over: as in `sop.acts.TransferFinished`; else
    empty."""
    transfers: int = 0
    """Transfers begun on earlier streams of this call."""
    recorded: bool = False
    """Whether an earlier stream of this call has started the recording."""


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
class OnDuty:
    """The packet is on its way to the screens; these may be rung for a transfer, in this order."""

    at: int
    transfer: int
    people: tuple[tuple[str, str], ...]
    """(name, E.164 number); empty when nobody is on duty or no further transfer is allowed."""
    reason: str = ""
    """Why there is nobody: "nobody on duty", "too many transfers", "spent"."""


@dataclass(frozen=True, slots=True)
class LegChanged:
    """Something happened to the person's telephone."""

    at: int
    leg: int
    """The number that `Ring` gave it."""
    to: LegState


@dataclass(frozen=True, slots=True)
class Bridged:
    """The caller was sent to the person (`ok`), or could not be: they had gone."""

    at: int
    transfer: int
    ok: bool
    reason: str = ""
    """Why not: "gone" or nothing when the caller has gone; otherwise the carrier refused, and they are still here."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The stream is over, from the carrier's side or by the shell's decision."""

    at: int
    reason: str


STOPPED = {
    "stop": "caller_hung_up",
    "socket closed": "caller_hung_up",
    "socket broken": "line_dead",
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
    | OnDuty
    | LegChanged
    | Bridged
    | Stopped
)
