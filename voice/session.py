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

from sop.graph import Graph
from voice import twilio
from voice.audio import FRAME, LINE_RATE, SILENCE, Framer, samples
from voice.call import Call
from voice.errors import BadFrame, StoreError
from voice.events import (
    CallStarted,
    Clear,
    Command,
    Event,
    Heard,
    Keyed,
    Marked,
    SendAudio,
    SendMark,
    Stopped,
    Understand,
)
from voice.journal import Journal, Recording
from voice.line import CallerAudio, Outbound, Wire
from voice.performer import Engines, Performer
from voice.report import Report
from voice.vad import Detector

log = structlog.get_logger()

_SECOND_LOOK_S = 0.02


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
        graph: Graph,
        call: Call,
        engines: Engines,
        wire: Wire,
        *,
        journal: Journal,
        recording: Recording,
        settings: SessionSettings,
        listener: Listener | None = None,
    ) -> None:
        self._start = start
        self._graph = graph
        self._call = call
        self._engines = engines
        self._wire = wire
        self._journal = journal
        self._recording = recording
        self._settings = settings
        self._listener = listener
        self._queue: asyncio.Queue[twilio.Frame | Event] = asyncio.Queue()
        self._audio = CallerAudio()
        self._framer = Framer()
        self._clock = twilio.LineClock()
        self._detector: Detector | None = None
        self._last_message = self._last_media = 0.0
        self._turns_stored = 0
        self._storing: set[asyncio.Task[None]] = set()
        self._waiters: list[asyncio.Future[None]] = []
        self._ignored: dict[str, int] = {}
        self._messages_in = 0
        self._taking = False
        send_s = settings.send_ms / 1000
        dead, failed = (lambda: self.closed("line dead")), (lambda: self.closed("our failure"))
        self._outbound = Outbound(wire, start.stream, recording, send_s, dead=dead, changed=self._notify)
        self._performer = Performer(
            engines,
            graph,
            self._audio,
            start,
            nbest=settings.nbest,
            post=self._queue.put_nowait,
            failed=failed,
            changed=self._notify,
        )
        self.report = Report(clock_stands=settings.stall_ms is None)

    # ---- from the socket -----------------------------------------------------------------------------------

    def receive(self, text: str) -> None:
        """One text message from the carrier. One that nobody can read is counted and otherwise ignored."""
        self._messages_in += 1
        self._last_message = asyncio.get_running_loop().time()
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
                self._last_media = self._last_message
            self._queue.put_nowait(frame)

    def ignore(self, kind: str) -> None:
        """Counts a message that changes nothing; logs the first of its kind."""
        self._ignored[kind] = self._ignored.get(kind, 0) + 1
        if self._ignored[kind] == 1:
            log.warning("frame ignored", call=self._start.call, kind=kind)
        self._notify()

    def closed(self, reason: str) -> None:
        """The socket is closed, the line is dead, or the server is shutting down."""
        self._queue.put_nowait(Stopped(0, reason))

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
        watching = asyncio.create_task(self._watch()) if self._settings.stall_ms is not None else None
        try:
            await self._begin()
            self._step(self._start)
            while not self._call.over:
                item = await self._queue.get()
                self._taking = True
                self._take(item)
                self._taking = False
                self._notify()
        finally:
            if watching is not None:
                watching.cancel()
            await self._wind_up(sending)

    async def _begin(self) -> None:
        """Frames that come before the detector is ready wait in the queue."""
        await self._performer.begin_call()
        self._detector = await self._engines.detector()
        self._last_media = self._last_message = asyncio.get_running_loop().time()

    async def _wind_up(self, sending: asyncio.Task[None]) -> None:
        self._outbound.finish()
        await asyncio.gather(sending, return_exceptions=True)
        await self._wire.close()
        await self._performer.finish()
        await asyncio.gather(*self._storing, return_exceptions=True)
        self._journal.close()
        self._recording.close()
        await self._store_turns(len(self.report.turns))
        try:
            await self._engines.store.end_call(
                self._start.call,
                self.report.outcome or "failed",
                self.report.duration_s,
                tuple(self.report.path),
            )
        except StoreError as error:
            log.error("end of call not stored", call=self._start.call, error=str(error))
        self._notify()

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
        assert self._detector is not None
        for frame in self._framer.push(mulaw):
            speech = self._detector.speech(frame)
            self._audio.push(frame)
            self._recording.caller(frame)
            self._step(Heard(self._audio.end, FRAME, speech))

    def _step(self, event: Event) -> None:
        """The fold: event in, commands out, all of it noted."""
        if self._call.over:
            return
        followers = (self._journal, self.report) if self._listener is None else (
            self._journal, self.report, self._listener)  # fmt: skip
        for follower in followers:
            follower.event(event)
        for command in self._call.receive(event):
            for follower in followers:
                follower.command(command)
            self._perform(command)

    def _perform(self, command: Command) -> None:
        match command:
            case SendAudio():
                self._outbound.audio(self._audio.end, self._performer.rendered(command))
            case SendMark(name):
                self._outbound.mark(name)
            case Clear():
                self._outbound.clear(self._audio.end)
            case Understand():
                self._performer.perform(command)
                storing = asyncio.create_task(self._store_turns(len(self.report.turns)))
                self._storing.add(storing)
                storing.add_done_callback(self._storing.discard)
            case _:
                self._performer.perform(command)

    async def _store_turns(self, upto: int) -> None:
        """Turns are stored when they and the replies to them are complete: with the next one, or at the end."""
        first, self._turns_stored = self._turns_stored, max(self._turns_stored, upto)
        try:
            for index in range(first, upto):
                turn = self.report.turns[index]
                await self._engines.store.add_turn(
                    self._start.call,
                    index,
                    turn.heard,
                    turn.confidence,
                    turn.step,
                    turn.said,
                    turn.gap_ms,
                    turn.barge_in,
                )
        except StoreError as error:
            log.error("turn not stored", call=self._start.call, error=str(error))

    # ---- time ----------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Keeps the clock going when the line brings nothing, and gives up a dead line."""
        stall = (self._settings.stall_ms or 0) / 1000
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(stall / 2)
            if self._detector is None:
                continue
            if loop.time() - self._last_message > self._settings.dead_ms / 1000:
                log.error("line dead", call=self._start.call)
                self.closed("line dead")
                return
            if loop.time() - self._last_media <= stall:
                continue
            # After a stall of our own the frames are in the socket still: let them in before deciding.
            await asyncio.sleep(_SECOND_LOOK_S)
            missing = loop.time() - self._last_media
            if missing > stall and self._queue.empty():
                silence = samples(missing * 1000) // FRAME * FRAME
                self._last_media += silence / LINE_RATE
                self._clock.fill(silence)
                self._hear(SILENCE * silence)

    async def settled(self, messages_in: int, messages_out: int) -> None:
        """Returns when everything up to these message counts is dealt with and nothing is under way, or it is over.

        This is how a caller that is paced by processing instead of the clock knows when to send its next frame.
        """
        while not (self._call.over or self._is_settled(messages_in, messages_out)):
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter

    def _is_settled(self, messages_in: int, messages_out: int) -> bool:
        if self._detector is None or self._taking or not self._queue.empty():
            return False
        counted = self._messages_in >= messages_in and self._outbound.sent == messages_out
        return counted and self._performer.idle and self._outbound.idle

    def _notify(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
