"""What the webhooks need from the rest of the server: one Protocol, and the notes that they hand over."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from voice.answering import Decision, Inbound, Line, Load
from voice.events import LegState
from voice.tickets import CallOrder


class Phase(StrEnum):
    """Where a call stands, as far as we know."""

    LIVE = "live"
    FINISHED = "finished"
    """Over for us, by our decision or the caller's."""
    TRANSFERRING = "transferring"
    """The caller has been sent to a person."""
    CRASHED = "crashed"
    """A stream of it broke before the procedure was through."""
    UNKNOWN = "unknown"
    """Never had a stream here."""


@dataclass(frozen=True, slots=True)
class StreamNote:
    """A media stream's status. `error`: the carrier's own words, one line."""

    call: str
    stream: str
    event: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class RecordingNote:
    """A recording's status: "in-progress", "completed" or "absent" (there is none)."""

    call: str
    recording: str
    status: str
    url: str = field(default="", repr=False)
    """Fetching it takes the account's credentials."""
    seconds: int = 0
    channels: int = 1
    source: str = ""


@dataclass(frozen=True, slots=True)
class VoicemailNote:
    """A caller has left a message."""

    call: str
    number: str
    """The business's number."""
    caller: str | None = field(default=None, repr=False)
    recording: str = ""
    url: str = field(default="", repr=False)
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Brief:
    """What a person hears when they pick up; at most 12 s."""

    text: str = field(repr=False)
    audio: str = ""
    """The opaque name of its recording (`/twilio/brief/{audio}.wav`); empty: there is none, the text is read."""


@dataclass(frozen=True, slots=True)
class Dialling:
    """A transfer of pattern A: who is dialled, one after the other."""

    numbers: tuple[str, ...]
    """E.164, configured ones only."""
    brief: Brief
    caller_id: str = ""
    timeout_s: int = 15


class Desk(Protocol):
    """The rest of the server. A method that takes long or fails costs a caller a spoken apology, never the call. Every
    method may be called again with the same arguments and must not mind."""

    def load(self) -> Load:
        """How busy we are."""

    def now(self) -> str:
        """ISO 8601 with its offset."""

    def line(self, number: str) -> Line | None:
        """What is configured for a number of the business; None: nothing."""

    async def recent_calls(self, caller: str) -> int:
        """Calls from this number in the last hour, before this one."""

    async def note_route(self, call: Inbound, decision: Decision) -> None:
        """A call was answered, and with what."""

    async def open_ticket(self, call: str, account: str, order: CallOrder) -> str:
        """A fresh random token for a stream of that call (`Tickets.issue`)."""

    async def call_phase(self, call: str) -> Phase:
        """Where it stands; a session that is just winding up is waited for, a second at most."""

    async def call_ended(self, call: str, status: str) -> None:
        """The carrier says that the call is over: close its session if it has one."""

    async def note_stream(self, note: StreamNote) -> None:
        """A media stream has begun, stopped or failed."""

    async def note_recording(self, note: RecordingNote) -> None:
        """A recording's status."""

    async def note_voicemail(self, note: VoicemailNote) -> None:
        """A message was left."""

    async def note_stop_word(self, number: str) -> None:
        """They have texted STOP or the like: no further message to this number."""

    async def note_start_word(self, number: str) -> None:
        """They have texted START or the like: messages are welcome again."""

    async def brief(self, call: str, leg: int) -> Brief | None:
        """What the person of that leg hears; None: the transfer is off, the caller has gone."""

    async def brief_audio(self, opaque: str) -> bytes | None:
        """A brief's recording, WAV; None: unknown or expired."""

    async def leg_changed(self, call: str, leg: int, state: LegState) -> bool:
        """Something happened to a person's telephone. False: nobody waits for this leg, or nobody any more."""

    async def leg_over(self, call: str, leg: int) -> None:
        """A person's telephone is down, which is no news of the transfer: it has been declined or refused before."""

    async def drop_leg(self, call: str, sid: str, state: LegState) -> None:
        """A person's telephone, `sid` to the carrier, rings or has joined although nobody waits for it."""

    async def move_caller(self, call: str, url: str) -> None:
        """The caller's call shall run that document instead of the present one."""

    async def person_missed(self, call: str, leg: int) -> None:
        """There was no conversation with a person: they had left before the caller came."""

    async def staff_accepted(self, call: str, who: str) -> None:
        """Somebody who was dialled without the agent has pressed 1. `who`: "staff", or "people" for those on call."""

    async def staff_took(self, call: str, who: str) -> bool:
        """Whether one of them had."""

    async def person_left(self, call: str, leg: int) -> None:
        """The conversation with a person is over, the caller is still on the line."""

    async def dialling(self, call: str) -> Dialling | None:
        """The call's transfer of pattern A; None: there is none."""

    async def dial_begun(self, call: str, n: int) -> int:
        """Person `n` is about to be dialled: seconds that it may last; 0: nobody may be dialled now."""

    async def dial_accepted(self, call: str, n: int) -> bool:
        """Person `n` has pressed 1. False: the caller has gone."""

    async def was_accepted(self, call: str, n: int) -> bool:
        """Whether they had."""

    async def dial_finished(self, call: str, n: int, state: LegState) -> None:
        """Person `n`: ENDED after a conversation, else why there was none."""
