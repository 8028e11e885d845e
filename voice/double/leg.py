"""One leg: a telephone call between the service and one party, its state, and its sound frame by frame."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from voice.audio import FRAME
from voice.double.parties import QUIET, Party

OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""CallStatus values after which nothing comes."""


class Channel(Protocol):
    """What a leg is connected with at the moment: silence, a recording, a stream, other legs."""

    def hear(self) -> bytes:
        """The next 160 samples for the party to hear."""
        ...

    def say(self, frame: bytes) -> None:
        """The 160 samples that the party says meanwhile."""
        ...

    def key(self, key: str) -> None: ...

    @property
    def connected(self) -> bool:
        """Whether another party can be heard."""
        ...


class Silence:
    """Nothing: between two verbs, while a document is fetched."""

    connected = False

    def hear(self) -> bytes:
        return QUIET

    def say(self, frame: bytes) -> None: ...

    def key(self, key: str) -> None: ...


class Leg:
    """`answered` and `ended` are set when that has happened; the rest is read at leisure."""

    def __init__(
        self, sid: str, *, direction: str, from_: str, to: str, party: Party, status: str, parent: str = ""
    ) -> None:
        self.sid = sid
        self.direction = direction
        """inbound, outbound-api or outbound-dial."""
        self.from_ = from_
        self.to = to
        self.party = party
        self.status = status
        self.parent = parent
        """CallSid of the leg whose <Dial> made this one."""
        self.answered_by = ""
        self.token = ""
        """CallToken of an inbound call."""
        self.extra: dict[str, str] = {}
        """More parameters of every webhook."""
        self.created = datetime.now(UTC)
        self.began: datetime | None = None
        self.finished: datetime | None = None
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()
        self.channel: Channel = Silence()
        self.taps: list[Callable[[bytes, bytes], None]] = []
        """Called with (heard, said) of each frame: recordings."""
        self.on_hang_up: Callable[[], None] = lambda: None
        self.last_said = QUIET
        self.frames = 0
        self.verbs: list[str] = []
        """TwiML verbs that ran, in order; those inside a <Gather> too."""
        self.documents: list[str] = []
        """Every TwiML document that it was given."""
        self.said_to_it: list[str] = []
        """Texts of the <Say>s that it heard."""
        self.violations: list[str] = []
        self.unheard = 0
        """Samples of our server's that were thrown away because a stream ended before they were played."""
        self._heard = bytearray()
        self._said = bytearray()
        if hasattr(party, "meet"):
            party.meet(self)

    @property
    def heard(self) -> bytes:
        """µ-law that the party heard since the answer."""
        return bytes(self._heard)

    @property
    def said(self) -> bytes:
        """µ-law that the party said, frame by frame with `heard`."""
        return bytes(self._said)

    @property
    def over(self) -> bool:
        return self.status in OVER

    @property
    def connected(self) -> bool:
        """Whether another party can be heard at the moment."""
        return self.channel.connected

    @property
    def duration_s(self) -> int:
        """Of the sound, in the double's seconds, begun ones counted: what `CallDuration` says."""
        return -(-self.frames * FRAME // 8000)

    def answer(self) -> None:
        """The party, or the service, picks up."""
        if not self.over and not self.answered.is_set():
            self.status = "in-progress"
            self.began = datetime.now(UTC)
            self.answered.set()

    def end(self, status: str) -> None:
        """To a status that is the last."""
        self.status = status
        self.finished = datetime.now(UTC)
        self.channel = Silence()

    def exchange(self, heard: bytes) -> None:
        """One frame: the party hears `heard` and says something."""
        said = self.party.frame(heard)
        self.frames += 1
        self._heard += heard
        self._said += said.mulaw
        self.last_said = said.mulaw
        for tap in tuple(self.taps):
            tap(heard, said.mulaw)
        self.channel.say(said.mulaw)
        if said.key:
            self.channel.key(said.key)
        if said.hangs_up:
            self.on_hang_up()
