"""The asyncio shell of one call: one queue in, one core, commands performed.

    async for event in queue:
        for command in call.receive(event):
            perform(command)            # starts a task; its result comes back as an event

Only the consumer touches the core. Whatever takes time runs as a task that posts its result to the queue; sending
has a task of its own, so that a slow line never holds up listening.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import structlog

from sop.graph import Graph
from sop.reader import RuleReader
from voice import twilio
from voice.asr import Priority, Recogniser
from voice.audio import FRAME, LINE_RATE, SILENCE, Framer, first_audible, padded, samples
from voice.call import Call
from voice.carrier import Carrier
from voice.errors import BadFrame, EngineError, StoreError
from voice.events import (
    CallStarted,
    CallTool,
    Cancel,
    Clear,
    Command,
    End,
    Event,
    Heard,
    Keyed,
    Marked,
    Prepare,
    Save,
    Saved,
    SendAudio,
    SendMark,
    Speak,
    SpeechFailed,
    Spoken,
    Stopped,
    ToolFinished,
    Transcribe,
    Transcribed,
    TranscriptionFailed,
    Transfer,
    TransferFinished,
    Understand,
    Understood,
    Urgency,
)
from voice.journal import Journal, Recording
from voice.report import Report
from voice.store import Store
from voice.tts import Synthesiser
from voice.vad import Detector

log = structlog.get_logger()

_PRIORITY = {
    Urgency.FINAL: Priority.FINAL,
    Urgency.SPECULATIVE: Priority.SPECULATIVE,
    Urgency.PROBE: Priority.PROBE,
}


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Limits on the line. Times in milliseconds."""

    stall_ms: int | None = 200
    """Silence is put in when no audio has come for so long, since the audio is the clock. None: the clock stands."""
    dead_ms: int = 20_000
    """Nothing at all from the carrier for so long: the line is dead."""
    send_ms: int = 5_000
    """A send that takes longer: the line is dead."""
    nbest: int = 1
    """Hypotheses asked for when a turn may be over."""


class Wire(Protocol):
    """The carrier's socket, as far as a session needs it."""

    async def send(self, text: str) -> None:
        """Sends one text message."""

    async def close(self) -> None:
        """Closes the stream; closing twice is no error."""


class Listener(Protocol):
    """Follows a call from outside: the live view, metrics."""

    def event(self, event: Event) -> None:
        """Something has happened."""

    def command(self, command: Command) -> None:
        """Something follows from it."""


@dataclass(frozen=True, slots=True)
class Engines:
    """What a session works with; shared by every call but the detector, which has state."""

    detector: Callable[[], Coroutine[Any, Any, Detector]]
    recogniser: Recogniser
    synthesiser: Synthesiser
    store: Store
    carrier: Carrier


class _CallerAudio:
    """The caller's audio by the call's clock, as far back as a turn can reach."""

    _KEEP = 120 * LINE_RATE

    def __init__(self) -> None:
        self._data = bytearray()
        self._base = 0

    @property
    def end(self) -> int:
        return self._base + len(self._data)

    def push(self, mulaw: bytes) -> None:
        self._data += mulaw
        if len(self._data) > 2 * self._KEEP:
            drop = len(self._data) - self._KEEP
            del self._data[:drop]
            self._base += drop

    def stretch(self, start: int, end: int) -> bytes:
        return bytes(self._data[max(0, start - self._base) : max(0, end - self._base)])


class Session:
    """One call. `receive` and `closed` are called by whoever reads the socket; `run` returns when the call is over."""

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
        self._reader = RuleReader(graph)
        self._queue: asyncio.Queue[twilio.Frame | Event] = asyncio.Queue()
        self._outbox: asyncio.Queue[str | None] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._speaking: dict[int, asyncio.Task[None]] = {}
        self._preparing: set[asyncio.Task[None]] = set()
        self._utterances: dict[int, bytearray] = {}
        self._audio = _CallerAudio()
        self._framer = Framer()
        self._line = twilio.LineClock()
        self._detector: Detector | None = None
        self._last_message = 0.0
        self._last_media = 0.0
        self._turns_stored = 0
        self._waiters: list[asyncio.Future[None]] = []
        self._ignored: dict[str, int] = {}
        self.messages_in = 0
        self.messages_out = 0
        self._busy = 0
        self.report = Report(clock_stands=settings.stall_ms is None)

    # ---- from the socket -----------------------------------------------------------------------------------

    def receive(self, text: str) -> None:
        """One text message from the carrier. One that nobody can read is counted and otherwise ignored."""
        self.messages_in += 1
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
            self._queue.put_nowait(frame)

    def ignore(self, kind: str) -> None:
        """Counts a message that changes nothing; logs the first of its kind."""
        self._ignored[kind] = self._ignored.get(kind, 0) + 1
        if self._ignored[kind] == 1:
            log.warning("frame ignored", call=self._start.call, kind=kind)
        self._notify()

    def closed(self, reason: str) -> None:
        """The socket is closed, or the server is shutting down."""
        self._queue.put_nowait(Stopped(self._audio.end, reason))

    @property
    def journal_path(self) -> Path:
        """Where the call's journal lies."""
        return self._journal.path

    @property
    def ignored(self) -> dict[str, int]:
        """Messages that changed nothing, by kind."""
        return dict(self._ignored)

    # ---- the loop ------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Answers the call and stays with it to its end; every task of the call has ended when this returns."""
        sender = asyncio.create_task(self._send_all())
        watch = asyncio.create_task(self._watch()) if self._settings.stall_ms is not None else None
        try:
            await self._begin()
            self._step(self._start)
            while not self._call.over:
                item = await self._queue.get()
                self._busy += 1
                self._take(item)
                self._busy -= 1
                self._notify()
        finally:
            if watch is not None:
                watch.cancel()
            await self._wind_up(sender)

    async def _begin(self) -> None:
        """Frames that come before the detector is ready wait in the queue."""
        start = self._start
        await self._engines.store.begin_call(
            start.call, start.stream, self._graph.name, self._graph.version, start.caller, None, start.now
        )
        self._detector = await self._engines.detector()
        self._last_media = self._last_message = asyncio.get_running_loop().time()

    async def _wind_up(self, sender: asyncio.Task[None]) -> None:
        for task in (*self._speaking.values(), *self._preparing):
            task.cancel()
        self._outbox.put_nowait(None)
        await asyncio.gather(
            sender, *self._tasks, *self._speaking.values(), *self._preparing, return_exceptions=True
        )
        await self._store_turns(len(self.report.turns))
        await self._engines.store.end_call(
            self._start.call, self.report.outcome or "failed", self.report.duration_s, tuple(self.report.path)
        )
        self._journal.close()
        self._recording.close()
        await self._wire.close()
        self._notify()

    def _take(self, item: twilio.Frame | Event) -> None:
        match item:
            case twilio.Media():
                self._media(item)
            case twilio.Mark():
                self._alive()
                self._step(Marked(self._audio.end, item.name))
            case twilio.Dtmf():
                self._alive()
                self._step(Keyed(self._audio.end, item.key))
            case twilio.Stop():
                self._step(Stopped(self._audio.end, "stop"))
            case twilio.Connected() | twilio.Start() | twilio.Ignored():
                pass
            case _:
                self._step(replace(item, at=self._audio.end))

    def _step(self, event: Event) -> None:
        """The fold: event in, commands out, both noted."""
        if self._call.over:
            return
        self._journal.event(event)
        self.report.event(event)
        if self._listener is not None:
            self._listener.event(event)
        for command in self._call.receive(event):
            self._journal.command(command)
            self.report.command(command)
            if self._listener is not None:
                self._listener.command(command)
            self._perform(command)

    # ---- the caller's audio --------------------------------------------------------------------------------

    def _alive(self) -> None:
        self._last_message = asyncio.get_running_loop().time()

    def _media(self, media: twilio.Media) -> None:
        self._alive()
        self._last_media = self._last_message
        lost = self._line.gap(media.timestamp, len(media.payload))
        self._hear(SILENCE * lost + media.payload)

    def _hear(self, mulaw: bytes) -> None:
        assert self._detector is not None
        for frame in self._framer.push(mulaw):
            speech = self._detector.speech(frame)
            self._audio.push(frame)
            self._recording.caller(frame)
            self._step(Heard(self._audio.end, FRAME, speech))

    async def _watch(self) -> None:
        """Keeps the clock going when the line brings nothing, and gives up a dead line."""
        stall = (self._settings.stall_ms or 0) / 1000
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(stall / 2)
            if self._detector is None:
                continue
            now = loop.time()
            if now - self._last_message > self._settings.dead_ms / 1000:
                log.error("line dead", call=self._start.call)
                self.closed("line dead")
                return
            if now - self._last_media > stall:
                silence = samples((now - self._last_media) * 1000) // FRAME * FRAME
                self._last_media += silence / LINE_RATE
                self._line.fill(silence)
                self._hear(SILENCE * silence)
                self._notify()

    # ---- commands ------------------------------------------------------------------------------------------

    def _perform(self, command: Command) -> None:  # noqa: PLR0912 - one case a command
        match command:
            case SendAudio():
                self._send_audio(command)
            case SendMark(name):
                self._outbox.put_nowait(twilio.mark(self._start.stream, name))
            case Clear():
                self._clear()
            case Transcribe():
                self._spawn(self._transcribe(command))
            case Understand():
                self._understand(command)
            case Speak(utterance):
                self._utterances[utterance] = bytearray()
                self._speaking[utterance] = self._spawn(self._speak(command))
            case Cancel(utterances):
                for number in utterances:
                    if (task := self._speaking.pop(number, None)) is not None:
                        task.cancel()
            case Prepare(texts):
                task = asyncio.create_task(self._prepare(texts))
                self._preparing.add(task)
                task.add_done_callback(self._preparing.discard)
            case Save():
                self._spawn(self._save(command))
            case CallTool():
                self._spawn(self._run_tool(command))
            case Transfer():
                self._spawn(self._transfer(command))
            case End():
                pass
            case _:
                pass

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a task of the call failed", call=self._start.call, exc_info=task.exception())
            self.closed("our failure")
        self._notify()

    async def _transcribe(self, command: Transcribe) -> None:
        audio = self._audio.stretch(command.start, command.end)
        nbest = 1 if command.urgency is Urgency.PROBE else self._settings.nbest
        began = time.perf_counter()
        try:
            result = await self._engines.recogniser.recognise(
                audio, bias=command.expecting.bias, priority=_PRIORITY[command.urgency], nbest=nbest
            )
        except EngineError as error:
            log.error("recogniser failed", call=self._start.call, error=str(error))
            self._queue.put_nowait(TranscriptionFailed(0, command.turn, command.end, type(error).__name__))
            return
        took = _ms_since(began)
        self._queue.put_nowait(Transcribed(0, command.turn, command.end, result.hypotheses, took))

    def _understand(self, command: Understand) -> None:
        began = time.perf_counter()
        reading = self._reader.read(command.hypotheses, command.expecting, self._start.now)
        self._queue.put_nowait(Understood(0, command.turn, reading, _ms_since(began)))
        if (done := len(self.report.turns)) > self._turns_stored:
            self._spawn(self._store_turns(done))

    async def _speak(self, command: Speak) -> None:
        number, audio = command.utterance, self._utterances[command.utterance]
        began = time.perf_counter()
        audible: int | None = None
        try:
            async for piece in self._pieces(command):
                if audible is None and (found := first_audible(piece)) is not None:
                    audible = len(audio) + found
                audio += piece
                self._queue.put_nowait(Spoken(0, number, len(piece), False, audible, _ms_since(began)))
            self._queue.put_nowait(Spoken(0, number, 0, True, audible, _ms_since(began)))
        except EngineError as error:
            log.error("voice failed", call=self._start.call, error=str(error))
            self._queue.put_nowait(SpeechFailed(0, number, type(error).__name__))
        finally:
            self._speaking.pop(number, None)

    def _pieces(self, command: Speak) -> AsyncIterator[bytes]:
        return self._engines.synthesiser.speak(command.text, fixed=command.fixed)

    async def _prepare(self, texts: tuple[str, ...]) -> None:
        for text in texts:
            if self._engines.synthesiser.cached(text):
                continue
            try:
                async for _ in self._engines.synthesiser.speak(text, ahead=True):
                    pass
            except EngineError as error:
                log.warning("prompt not prepared", call=self._start.call, error=str(error))
                return

    async def _save(self, command: Save) -> None:
        fields = {f.slot: (f.value, f.spoken, f.confidence, f.confirmed) for f in command.fields}
        began = time.perf_counter()
        try:
            await self._engines.store.save_fields(self._start.call, fields)
        except StoreError as error:
            log.error("fields not saved", call=self._start.call, error=str(error))
            self._queue.put_nowait(Saved(0, command.save, False, _ms_since(began)))
            return
        self._queue.put_nowait(Saved(0, command.save, True, _ms_since(began)))

    async def _run_tool(self, command: CallTool) -> None:
        try:
            ok = command.name == "create_lead"
            if ok:
                await self._engines.store.complete_lead(self._start.call)
        except StoreError as error:
            log.error("lead not completed", call=self._start.call, error=str(error))
            ok = False
        self._queue.put_nowait(ToolFinished(0, command.tool, ok, {}))

    async def _transfer(self, command: Transfer) -> None:
        ok, reason = await self._engines.carrier.transfer(self._start.call, command.target, command.reason)
        self._queue.put_nowait(TransferFinished(0, ok, reason))

    async def _store_turns(self, upto: int) -> None:
        first, self._turns_stored = self._turns_stored, max(self._turns_stored, upto)
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

    # ---- to the carrier ------------------------------------------------------------------------------------

    def _send_audio(self, command: SendAudio) -> None:
        audio = padded(bytes(self._utterances[command.utterance][command.start : command.end]))
        self._recording.agent(self._audio.end, audio)
        self._outbox.put_nowait(twilio.media(self._start.stream, audio))

    def _clear(self) -> None:
        """Nothing of the turn that was cut may follow the clear: what still waits here is dropped first."""
        while not self._outbox.empty():
            self._outbox.get_nowait()
        self._recording.cleared(self._audio.end)
        self._outbox.put_nowait(twilio.clear(self._start.stream))

    async def _send_all(self) -> None:
        limit = self._settings.send_ms / 1000
        while (text := await self._outbox.get()) is not None:
            self._busy += 1
            try:
                async with asyncio.timeout(limit):
                    await self._wire.send(text)
                self.messages_out += 1
            except (TimeoutError, ConnectionError) as error:
                log.error("line dead", call=self._start.call, error=type(error).__name__)
                self.closed("line dead")
                return
            finally:
                self._busy -= 1
                self._notify()

    # ---- lock step -----------------------------------------------------------------------------------------

    async def settled(self, messages_in: int, messages_out: int) -> None:
        """Returns when everything up to these message counts is dealt with and nothing is under way, or it is over.

        This is how a caller that is paced by processing instead of the clock knows when to send its next frame.
        """
        while not (self._call.over or self._is_settled(messages_in, messages_out)):
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter

    def _is_settled(self, messages_in: int, messages_out: int) -> bool:
        idle = self._queue.empty() and self._outbox.empty() and not self._tasks and not self._busy
        ready = self._detector is not None
        return ready and idle and self.messages_in >= messages_in and self.messages_out == messages_out

    def _notify(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
