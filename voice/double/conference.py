"""A conference: who is in it, what each of them hears, and when it starts and ends."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from voice.audio import FRAME, decode, encode
from voice.double.leg import Leg
from voice.double.parties import QUIET

Notify = Callable[["Conference", str, Mapping[str, str]], None]
"""(conference, event such as participant-join, more parameters of its callback)."""


def mixed(frames: Iterable[bytes]) -> bytes:
    """The sum of frames of 160 samples of µ-law, clipped; silence for none."""
    every = tuple(frames)
    if not every:
        return QUIET
    if len(every) == 1:
        return every[0]
    total = np.zeros(FRAME, dtype=np.int32)
    for frame in every:
        total += decode(frame)
    return encode(np.clip(total, -32768, 32767).astype(np.int16))


@dataclass(slots=True)
class Participant:
    """A leg's place in a conference; `released` is set when it is over for that leg."""

    leg: Leg
    label: str = ""
    starts: bool = True
    """startConferenceOnEnter."""
    ends: bool = False
    """endConferenceOnExit."""
    muted: bool = False
    hold: bool = False
    joined: datetime = field(default_factory=lambda: datetime.now(UTC))
    released: asyncio.Event = field(default_factory=asyncio.Event)


class Conference:
    """Begins with its first participant, is under way with two of whom one may start it."""

    def __init__(self, sid: str, name: str, notify: Notify) -> None:
        self.sid = sid
        self.name = name
        self.status = "init"
        self.created = datetime.now(UTC)
        self.ended_why = ""
        self.ended_by = ""
        self.callback = ""
        """The first participant's statusCallback; those of later ones count for nothing."""
        self.method = "POST"
        self.events: frozenset[str] = frozenset()
        self.sequence = 0
        self.participants: dict[str, Participant] = {}
        self._notify = notify

    def find(self, name: str) -> Participant | None:
        """By CallSid or label."""
        for call, participant in self.participants.items():
            if name in {call, participant.label} and name:
                return participant
        return None

    def join(self, participant: Participant) -> None:
        self.participants[participant.leg.sid] = participant
        self._notify(self, "participant-join", _of(participant))
        several = len(self.participants) > 1
        if self.status == "init" and several and any(one.starts for one in self.participants.values()):
            self.status = "in-progress"
            self._notify(self, "conference-start", {})

    def leave(self, call: str, reason: str) -> None:
        """Takes a leg out; ends the conference if it was the last, or one that ends it. Harmless a second time."""
        participant = self.participants.pop(call, None)
        if participant is None:
            return
        status = participant.leg.status
        more = {"ParticipantCallStatus": status, "ReasonParticipantLeft": reason}
        self._notify(self, "participant-leave", _of(participant) | more)
        participant.released.set()
        if self.status == "completed":
            return
        if participant.ends:
            self.end("participant-with-end-conference-on-exit-left", by=call)
        elif not self.participants:
            self.end("last-participant-left", by=call)

    def end(self, reason: str, by: str = "") -> None:
        """Everybody is released to what their documents say next."""
        if self.status == "completed":
            return
        self.status, self.ended_why, self.ended_by = "completed", reason, by
        left = "conference_ended_via_api" if reason == "conference-ended-via-api" else "moderator_ended_conference"
        for call in tuple(self.participants):
            self.leave(call, left)
        why = {"ReasonConferenceEnded": reason}
        if by:
            why["CallSidEndingConference"] = by
        self._notify(self, "conference-end", why)

    def mute(self, participant: Participant, muted: bool) -> None:
        participant.muted = muted
        self._notify(self, "participant-mute" if muted else "participant-unmute", _of(participant))

    def keep_on_hold(self, participant: Participant, hold: bool) -> None:
        """Hears nobody and isn't heard."""
        participant.hold = hold
        self._notify(self, "participant-hold" if hold else "participant-unhold", _of(participant))

    def heard_by(self, participant: Participant) -> bytes:
        """The others, as they were 20 ms ago."""
        if self.status != "in-progress" or participant.hold:
            return QUIET
        others = (one for one in self.participants.values() if one is not participant)
        return mixed(one.leg.last_said for one in others if not one.muted and not one.hold)


@dataclass(slots=True)
class Seat:
    """A participant's channel."""

    conference: Conference
    participant: Participant

    @property
    def connected(self) -> bool:
        return self.conference.status == "in-progress" and len(self.conference.participants) > 1

    def hear(self) -> bytes:
        return self.conference.heard_by(self.participant)

    def say(self, frame: bytes) -> None:
        """The others fetch it by themselves."""

    def key(self, key: str) -> None:
        """Keys mean nothing in a conference."""


def _of(participant: Participant) -> dict[str, str]:
    """A participant's part of a callback."""

    def word(truth: bool) -> str:
        return "true" if truth else "false"

    form = {
        "CallSid": participant.leg.sid,
        "Muted": word(participant.muted),
        "Hold": word(participant.hold),
        "Coaching": "false",
        "StartConferenceOnEnter": word(participant.starts),
        "EndConferenceOnExit": word(participant.ends),
    }
    return form | ({"ParticipantLabel": participant.label} if participant.label else {})
