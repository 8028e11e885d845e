"""The asyncio shell of one call: one queue in, one core, commands performed.

    async for event in queue:
        for command in call.receive(event):
            perform(command)            # starts a task; its result comes back as an event

Only the consumer touches the core.
"""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import structlog

from sop.state import State, state_to_json
from voice import twilio
from voice.audio import FRAME, SILENCE
from voice.bookkeeping import TRANSFERRED, Bookkeeping
from voice.call import Call
from voice.commands import Clear, Command, Save, SendAudio, SendMark, Understand
from voice.ear import LineEar
from voice.errors import BadFrame
from voice.events import CallStarted, Event, Heard, Keyed, LegChanged, LegState, Marked, Stopped
from voice.journal import Journal, Recording
from voice.line import CallerAudio, Outbound, Wire
from voice.line_watch import LineWatch
from voice.performer import Engines, Performer
from voice.plan import CallPlan, LeftOff
from voice.recordings import Recordings
from voice.report import Report
from voice.settling import Settling
from voice.transfers import Transfers

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Limits on the line. Times in milliseconds."""

    stall_ms: int | None = 200
    """Silence is put in when no audio has come for so long, since audio is the clock. None: the clock stands."""
    dead_ms: int = 20_000
    """Nothing at all from the carrier for so long: the line is dead."""
    send_ms: int = 5_000
    """A send that takes longer: the line is dead."""
    nbest: int = 4
    """Hypotheses asked for when a turn may be over; the reader takes the one that the step can use."""


class Listener(Protocol):
    """Follows a call from outside: the live view, metrics."""

    def event(self, event: Event) -> None:
        """Something has happened."""

    def command(self, command: Command) -> None:
        """Something follows from it."""


class Session:
    """One call. `receive` and `closed` are called by whoever reads the socket; `run` returns when it is over."""

    def __init__(
        self,
        start: CallStarted,
        plan: CallPlan,
        call: Call,
        engines: Engines,
        wire: Wire,
        *,
        journal: Journal,
        recording: Recording,
        settings: SessionSettings,
        listener: Listener | None = None,
        earlier_turns: int = 0,
    ) -> None:
        """`earlier_turns` of this call were had on streams before this one."""
        self._start = start
        self._plan = plan
        self._earlier_turns = earlier_turns
        self._call = call
        self._engines = engines
        self._wire = wire
        self._journal, self._recording = journal, recording
        self._settings, self._listener = settings, listener
        self._queue: asyncio.Queue[twilio.Frame | Event] = asyncio.Queue()
        self._audio = CallerAudio()
        self._clock = twilio.LineClock()
        self._ear: LineEar | None = None
        self._storing: set[asyncio.Task[None]] = set()
        self._settling = Settling()
        self._ignored: dict[str, int] = {}
        self._messages_in = 0
        self._taking = False
        self._kept: State = call.state
        self._watch = self._line_watch()
        self.report = Report(clock_stands=settings.stall_ms is None)
        self._outbound = Outbound(
            wire,
            start.stream,
            recording,
            settings.send_ms / 1000,
            dead=lambda: self.closed("line dead"),
            changed=self._settling.changed,
        )
        self._books = self._bookkeeping(engines)
        self._recordings = Recordings(start, recording, plan.keeps, engines.telephone)
        self._performer = self._hands(engines)

    def _line_watch(self) -> LineWatch:
        stall_s, dead_s = (self._settings.stall_ms or 0) / 1000, self._settings.dead_ms / 1000
        return LineWatch(stall_s, dead_s, idle=self._queue.empty, silence=self._fill, dead=self._give_up)

    def _bookkeeping(self, engines: Engines) -> Bookkeeping:
        return Bookkeeping(
            self._start,
            self._plan,
            engines.notes,
            self.report,
            state=lambda: self._call.state,
            delivered=engines.delivered,
            earlier_turns=self._earlier_turns,
        )

    def _hands(self, engines: Engines) -> Performer:
        """What performs the call's commands; what comes of them is posted into the queue."""
        post = self._queue.put_nowait
        transfers = Transfers(
            self._start.call,
            self._plan,
            engines.telephone,
            known=lambda: (self._call.state, self.report.transcript),
            note=self._books.note_transfer,
            post=post,
        )
        return Performer(
            engines,
            self._plan,
            self._audio,
            self._start,
            self._books,
            transfers,
            self._recordings,
            nbest=self._settings.nbest,
            post=post,
            failed=lambda: self.closed("our failure"),
            changed=self._settling.changed,
        )

    # ---- from the socket -----------------------------------------------------------------------------------

    def receive(self, text: str) -> None:
        """One text message from the carrier. One that nobody can read is counted and otherwise ignored."""
        self._messages_in += 1
        self._watch.message()
        try:
            frame = twilio.parse(text)
        except BadFrame as error:
            self.ignore(error.kind)
            return
        if isinstance(frame, twilio.Start):
            self.ignore("second start")
        elif isinstance(frame, twilio.Connected | twilio.Ignored):
            self.ignore("unknown event")
        elif frame.stream != self._start.stream:
            self.ignore("another stream")
        else:
            if isinstance(frame, twilio.Media):
                self._watch.media()
            self._queue.put_nowait(frame)

    def ignore(self, kind: str) -> None:
        """Counts a message that changes nothing; logs the first of its kind."""
        self._ignored[kind] = self._ignored.get(kind, 0) + 1
        if self._ignored[kind] == 1:
            log.warning("frame ignored", call=self._start.call, kind=kind)
        self._settling.changed()

    def leg_changed(self, leg: int, to: LegState) -> None:
        """The carrier says what became of a person's leg."""
        self._queue.put_nowait(LegChanged(0, leg, to))
        self._performer.leg_changed(to)

    def waits_for(self, leg: int) -> bool:
        """As `Call.waits_for`."""
        return self._call.waits_for(leg)

    def closed(self, reason: str) -> None:
        """The socket is closed, the line is dead, or the server is shutting down."""
        self._queue.put_nowait(Stopped(0, reason))

    async def hang_up(self) -> None:
        """Closes the stream; closing twice is no error."""
        await self._wire.close()

    @property
    def name(self) -> str:
        """The carrier's name for the call."""
        return self._start.call

    def left_off(self) -> LeftOff:
        """What a further stream of this call would begin with."""
        return LeftOff(
            plan=self._plan,
            started=self._start.now,
            state=state_to_json(self._kept),
            turns=self._earlier_turns + len(self.report.turns),
            transfers=self._start.transfers + len(self.report.transfers),
            recorded=self._start.recorded or self._recordings.keeps_audio,
        )

    @property
    def ignored(self) -> dict[str, int]:
        """Messages that changed nothing, by kind."""
        return dict(self._ignored)

    @property
    def journal_path(self) -> Path:
        """Where the call's journal lies."""
        return self._journal.path

    # ---- the loop ------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Answers the call and stays with it to its end; every task of the call has ended when this returns."""
        sending = asyncio.create_task(self._outbound.run())
        watching = asyncio.create_task(self._watch.run()) if self._settings.stall_ms is not None else None
        try:
            await self._begin()
            self._step(self._start)
            while not self._call.over:
                item = await self._queue.get()
                self._taking = True
                self._take(item)
                self._taking = False
                self._settling.changed()
        finally:
            if watching is not None:
                watching.cancel()
            await self._wind_up(sending)

    async def _begin(self) -> None:
        """Frames that come before the detector is ready wait in the queue."""
        await self._books.begin()
        self._ear = LineEar(await self._engines.detector())
        self._watch.begin()

    async def _wind_up(self, sending: asyncio.Task[None]) -> None:
        self._outbound.finish()
        await asyncio.gather(sending, return_exceptions=True)
        await self._wire.close()
        await self._performer.finish()
        await asyncio.gather(*self._storing, return_exceptions=True)
        self._journal.close()
        self._recording.close()
        if not self._recordings.keeps_words:
            self._journal.erase()
        if not self._recordings.keeps_audio:
            self._recording.erase()
        if self._plan.returns:
            self._engines.parted.add(self.name)
        await self._books.end()
        self._settling.changed()

    def _take(self, item: twilio.Frame | Event) -> None:
        match item:
            case twilio.Media():
                lost = self._clock.gap(item.timestamp, len(item.payload))
                self._hear(SILENCE * lost + item.payload)
            case twilio.Mark():
                self._step(Marked(self._audio.end, item.name))
            case twilio.Dtmf():
                self._step(Keyed(self._audio.end, item.key))
            case twilio.Stop():
                self._step(Stopped(self._audio.end, "stop"))
            case twilio.Connected() | twilio.Start() | twilio.Ignored():
                pass
            case _:
                self._step(replace(item, at=self._audio.end))

    def _hear(self, mulaw: bytes) -> None:
        assert self._ear is not None
        for frame in self._ear.hear(mulaw):
            self._audio.push(frame.mulaw)
            self._recording.caller(frame.line)
            self._step(Heard(self._audio.end, FRAME, frame.speech))

    def _step(self, event: Event) -> None:
        """The fold: event in, commands out, all of it noted."""
        if self._call.over:
            return
        followers = (self._journal, self.report, *(() if self._listener is None else (self._listener,)))
        for follower in followers:
            follower.event(event)
        saves = False
        for command in self._call.receive(event):
            for follower in followers:
                follower.command(command)
            self._perform(command)
            saves = saves or type(command) is Save
        # Of a call that is with a person the last state before that is kept: they may come back.
        if self._call.state is not self._kept and self._call.state.outcome != TRANSFERRED:
            self._kept = self._call.state
            if not saves:
                self._performer.keep_state(self._kept)

    def _perform(self, command: Command) -> None:
        assert self._ear is not None
        match command:
            case SendAudio():
                self._outbound.audio(self._audio.end, audio := self._performer.rendered(command))
                self._ear.agent(audio)
            case SendMark(name):
                self._outbound.mark(name)
            case Clear():
                self._outbound.clear(self._audio.end)
                self._ear.cleared()
            case Understand():
                self._performer.perform(command)
                storing = asyncio.create_task(self._books.store_turns(len(self.report.turns)))
                self._storing.add(storing)
                storing.add_done_callback(self._storing.discard)
            case _:
                self._performer.perform(command)

    # ---- time ----------------------------------------------------------------------------------------------

    def _fill(self, silence: int) -> None:
        """The line brought nothing for so many samples."""
        self._clock.fill(silence)
        self._hear(SILENCE * silence)

    def _give_up(self) -> None:
        log.error("line dead", call=self._start.call)
        self.closed("line dead")

    async def settled(self, messages_in: int, messages_out: int) -> None:
        """Returns when everything up to these message counts is dealt with and nothing is under way, or it is over: so
        a caller that is paced by processing instead of the clock knows when to send its next frame."""
        await self._settling.until(lambda: self._call.over or self._is_settled(messages_in, messages_out))

    def _is_settled(self, messages_in: int, messages_out: int) -> bool:
        if self._ear is None or self._taking or not self._queue.empty():
            return False
        counted = self._messages_in >= messages_in and self._outbound.sent == messages_out
        return counted and self._performer.idle and self._outbound.idle
