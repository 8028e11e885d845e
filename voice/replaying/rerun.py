"""A caller is put through the core once more, with the caller's audio as the only clock.

The clock stands while an engine works, and everything is done in order, one thing after the other: the same caller
gives the same call. What is exercised is the core, the detector, recogniser, reader, engine and voice; the socket and
its timing are not, that is depth *wire*.
"""

import heapq
import itertools
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sop.graph import Graph
from sop.reader import RuleReader
from sop.reading import Hypothesis
from voice.audio import FRAME, LINE_RATE, first_audible, padded
from voice.call import Call, CallSettings
from voice.caller import Said
from voice.commands import (
    Bridge,
    CallTool,
    Clear,
    Command,
    DropLeg,
    PassOn,
    Record,
    Recorder,
    Ring,
    Save,
    SendAudio,
    SendMark,
    Speak,
    Transcribe,
    Transfer,
    Understand,
)
from voice.ear import LineEar, SpeechDetector
from voice.errors import EngineError
from voice.events import (
    CallStarted,
    Event,
    Heard,
    Keyed,
    Marked,
    Saved,
    SpeechFailed,
    Spoken,
    Stopped,
    Transcribed,
    TranscriptionFailed,
    Understood,
)
from voice.journal import Journal, Recording
from voice.line import CallerAudio
from voice.playout import Playout
from voice.replaying.outside import Order, Outside


class Sayer(Protocol):
    """Whoever is at the other end; `voice.caller.Caller` is one."""

    def frame(self, heard: bytes) -> Said:
        """Hears 160 samples and says 160, both of the same 20 ms."""
        ...

    def cut(self) -> None:
        """The agent broke off."""
        ...


Ear = SpeechDetector | LineEar
"""What hears one call: as a live call does, or, with a detector alone, the line as it is."""


class Senses(Protocol):
    """What a call hears and speaks with."""

    def ear(self) -> Ear:
        """The ear of one call."""
        ...

    async def transcribe(self, mulaw: bytes, command: Transcribe) -> tuple[Hypothesis, ...]:
        """The words of a stretch. Raises EngineError."""
        ...

    async def speak(self, command: Speak) -> bytes:
        """A sentence as µ-law. Raises EngineError."""
        ...


@dataclass(frozen=True, slots=True)
class Given:
    """What a call is conducted with."""

    start: CallStarted
    graph: Graph
    settings: CallSettings
    limit_s: float
    """The caller gives up after so long."""


class Rerun:
    """One call."""

    def __init__(
        self, given: Given, caller: Sayer, senses: Senses, outside: Outside, journal: Journal, recording: Recording
    ) -> None:
        self._given = given
        self._caller = caller
        self._senses = senses
        self._outside = outside
        self._journal = journal
        self._recording = recording
        self._call = Call(given.graph, given.settings)
        self._reader = RuleReader(given.graph)
        ear = senses.ear()
        self._ear = ear if isinstance(ear, LineEar) else LineEar(ear, cleans=False)
        self._audio = CallerAudio()
        self._playout = Playout()
        self._utterances: dict[int, bytes] = {}
        self._due: deque[Event] = deque()
        self._later: list[tuple[int, int, Event]] = []
        self._count = itertools.count()

    async def run(self) -> str:
        """The whole call; who ended it: "agent", "caller" (hung up) or "limit" (the caller gave up)."""
        try:
            await self._step(self._given.start)
            ended_by = await self._frames()
        finally:
            self._journal.close()
            self._recording.close()
        return ended_by

    async def _frames(self) -> str:
        for _ in range(int(self._given.limit_s * LINE_RATE / FRAME)):
            if self._call.over:
                return "agent"
            heard, marks = self._playout.play()
            said = self._caller.frame(heard)
            await self._marked(marks)
            await self._on_time()
            if said.key:
                await self._step(Keyed(self._audio.end, said.key))
            for frame in self._ear.hear(said.mulaw):
                self._audio.push(frame.mulaw)
                self._recording.caller(frame.line)
                await self._step(Heard(self._audio.end, FRAME, frame.speech))
            if said.hangs_up:
                await self._step(Stopped(self._audio.end, "stop"))
                return "caller"
        await self._step(Stopped(self._audio.end, "stop"))
        return "limit"

    async def _marked(self, names: Sequence[str]) -> None:
        for name in names:
            await self._step(Marked(self._audio.end, name))

    async def _on_time(self) -> None:
        """What people do whose time has come."""
        while self._later and self._later[0][0] <= self._audio.end:
            await self._step(heapq.heappop(self._later)[2])

    async def _step(self, event: Event) -> None:
        """The fold: event in, commands out, each performed, and what comes of them at once."""
        self._due.append(event)
        while self._due and not self._call.over:
            now = replace(self._due.popleft(), at=self._audio.end)
            self._journal.event(now)
            for command in self._call.receive(now):
                self._journal.command(command)
                await self._perform(command)

    async def _perform(self, command: Command) -> None:
        match command:
            case SendAudio(utterance, start, end):
                whole = padded(self._utterances[utterance][start:end])
                self._recording.agent(self._audio.end, whole)
                self._ear.agent(whole)
                self._playout.send(whole)
            case SendMark(name):
                self._echo(self._playout.mark(name))
            case Clear():
                self._clear()
            case Transcribe():
                self._due.append(await self._transcribe(command))
            case Understand():
                began = time.perf_counter()
                reading = self._reader.read(command.hypotheses, command.expecting, self._given.start.now)
                self._due.append(Understood(0, command.turn, reading, _ms_since(began)))
            case Speak():
                await self._speak(command)
            case Save(save):
                self._due.append(Saved(0, save, True))
            case CallTool() | Transfer() | Ring() | DropLeg() | Bridge() | PassOn():
                self._ask(command)
            case Record(recorder):
                self._recording.masked = recorder is Recorder.PAUSE
            case _:
                pass

    def _echo(self, names: Sequence[str]) -> None:
        self._due.extend(Marked(0, name) for name in names)

    def _clear(self) -> None:
        cuts = self._playout.cuts
        self._recording.cleared(self._audio.end)
        self._ear.cleared()
        self._echo(self._playout.clear())
        if self._playout.cuts > cuts:
            self._caller.cut()

    def _ask(self, command: Order) -> None:
        for later in self._outside.answer(command):
            if later.after:
                heapq.heappush(self._later, (self._audio.end + later.after, next(self._count), later.event))
            else:
                self._due.append(later.event)

    async def _transcribe(self, command: Transcribe) -> Event:
        audio = self._audio.stretch(command.start, command.end)
        began = time.perf_counter()
        try:
            hypotheses = await self._senses.transcribe(audio, command)
        except EngineError as error:
            return TranscriptionFailed(0, command.turn, command.end, type(error).__name__)
        return Transcribed(0, command.turn, command.end, hypotheses, _ms_since(began))

    async def _speak(self, command: Speak) -> None:
        number = command.utterance
        began = time.perf_counter()
        try:
            audio = self._utterances[number] = await self._senses.speak(command)
        except EngineError as error:
            self._due.append(SpeechFailed(0, number, type(error).__name__))
            return
        took = _ms_since(began)
        self._due.append(Spoken(0, number, len(audio), False, first_audible(audio), took))
        self._due.append(Spoken(0, number, 0, True, first_audible(audio), took))


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
