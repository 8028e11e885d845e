"""Performs a call's commands on the engines, the database and the carrier; each result is posted as an event.

Whatever takes time is a task. A task that fails in a way nobody foresaw ends the call, and is logged.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from sop.graph import Graph, ToolSpec
from sop.llm_reader import LlmReader
from sop.reader import RuleReader
from voice.asr import Priority, Recogniser
from voice.audio import first_audible
from voice.carrier import Carrier
from voice.errors import EngineError, StoreError, ToolError
from voice.events import (
    CallStarted,
    CallTool,
    Cancel,
    Command,
    Event,
    Prepare,
    Save,
    Saved,
    SendAudio,
    Speak,
    SpeechFailed,
    Spoken,
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
from voice.line import CallerAudio
from voice.store import Store
from voice.tools import Tools
from voice.tts import Synthesiser
from voice.vad import Detector

log = structlog.get_logger()

_PRIORITY = {
    Urgency.FINAL: Priority.FINAL,
    Urgency.SPECULATIVE: Priority.SPECULATIVE,
    Urgency.PROBE: Priority.PROBE,
}
LEAD_TOOL = "create_lead"
"""The tool that is ours: it completes the lead of the call."""


@dataclass(frozen=True, slots=True)
class Engines:
    """What calls work with; shared by all of them but the detector, which has state."""

    detector: Callable[[], Coroutine[Any, Any, Detector]]
    recogniser: Recogniser
    synthesiser: Synthesiser
    store: Store
    carrier: Carrier
    tools: Tools
    model: LlmReader | None = None
    """Reads what callers say with a language model's help, where the operator has plugged one in."""


class Performer:
    """One call's hands."""

    def __init__(
        self,
        engines: Engines,
        graph: Graph,
        audio: CallerAudio,
        start: CallStarted,
        *,
        nbest: int,
        post: Callable[[Event], None],
        failed: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        """`post` takes events; `failed` is called when a task breaks, `changed` whenever one ends."""
        self._engines = engines
        self._reader = RuleReader(graph)
        self._audio = audio
        self._graph = graph
        self._start = start
        self._call = start.call
        self._begun = False
        self._database = asyncio.Lock()
        self._nbest = nbest
        self._post = post
        self._failed = failed
        self._changed = changed
        self._tasks: set[asyncio.Task[None]] = set()
        self._writing: set[asyncio.Task[None]] = set()
        """Tasks that write to the database; in the order of their commands, whatever becomes of the call."""
        self._preparing: set[asyncio.Task[None]] = set()
        self._speaking: dict[int, asyncio.Task[None]] = {}
        self._utterances: dict[int, bytearray] = {}

    @property
    def idle(self) -> bool:
        """Whether no result is outstanding; prompts rendered ahead do not count."""
        return not self._tasks

    def perform(self, command: Command) -> None:
        """Starts what the command asks for. Audio, marks and the end are not for here."""
        match command:
            case Transcribe():
                self._spawn(self._transcribe(command))
            case Understand() if self._engines.model is not None:
                self._spawn(self._ask_model(command, self._engines.model))
            case Understand():
                self._understand(command)
            case Speak(utterance):
                self._utterances[utterance] = bytearray()
                self._speaking[utterance] = self._spawn(self._speak(command))
            case Cancel(utterances):
                self._cancel(utterances)
            case Prepare(texts):
                task = asyncio.create_task(self._prepare(texts))
                self._preparing.add(task)
                task.add_done_callback(self._preparing.discard)
            case Save():
                self._writing.add(self._spawn(self._save(command)))
            case CallTool():
                self._writing.add(self._spawn(self._run_tool(command)))
            case Transfer():
                self._spawn(self._transfer(command))
            case _:
                pass

    def rendered(self, command: SendAudio) -> bytes:
        """The µ-law that the command names."""
        return bytes(self._utterances[command.utterance][command.start : command.end])

    async def finish(self) -> None:
        """Stops what nobody waits for; what goes into the database gets there."""
        for task in (*self._tasks - self._writing, *self._preparing):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._preparing, return_exceptions=True)

    async def begin_call(self) -> None:
        """Notes the call in the database; tried again before each save until it is in."""
        start = self._start
        try:
            await self._engines.store.begin_call(
                start.call, start.stream, self._graph.name, self._graph.version, start.caller, None, start.now
            )
            self._begun = True
        except StoreError as error:
            log.error("call not stored", call=self._call, error=str(error))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._writing.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a task of the call failed", call=self._call, exc_info=task.exception())
            self._failed()
        self._changed()

    def _cancel(self, utterances: tuple[int, ...]) -> None:
        for number in utterances:
            if (task := self._speaking.pop(number, None)) is not None:
                task.cancel()

    async def _transcribe(self, command: Transcribe) -> None:
        audio = self._audio.stretch(command.start, command.end)
        nbest = 1 if command.urgency is Urgency.PROBE else self._nbest
        began = time.perf_counter()
        try:
            result = await self._engines.recogniser.recognise(
                audio, bias=command.expecting.bias, priority=_PRIORITY[command.urgency], nbest=nbest
            )
        except EngineError as error:
            log.error("recogniser failed", call=self._call, error=str(error))
            self._post(TranscriptionFailed(0, command.turn, command.end, type(error).__name__))
            return
        self._post(Transcribed(0, command.turn, command.end, result.hypotheses, _ms_since(began)))

    def _understand(self, command: Understand) -> None:
        began = time.perf_counter()
        reading = self._reader.read(command.hypotheses, command.expecting, self._start.now)
        self._post(Understood(0, command.turn, reading, _ms_since(began)))

    async def _ask_model(self, command: Understand, model: LlmReader) -> None:
        found = await model.read(command.hypotheses, command.expecting, self._start.now)
        if found.reason not in ("", "not_asked"):
            log.warning("read by the rules", call=self._call, reason=found.reason)
        self._post(Understood(0, command.turn, found.reading, found.took_ms, found.source, found.reason))

    async def _speak(self, command: Speak) -> None:
        number, audio = command.utterance, self._utterances[command.utterance]
        began = time.perf_counter()
        audible: int | None = None
        try:
            async for piece in self._engines.synthesiser.speak(command.text, fixed=command.fixed):
                if audible is None and (found := first_audible(piece)) is not None:
                    audible = len(audio) + found
                audio += piece
                self._post(Spoken(0, number, len(piece), False, audible, _ms_since(began)))
            self._post(Spoken(0, number, 0, True, audible, _ms_since(began)))
        except EngineError as error:
            log.error("voice failed", call=self._call, error=str(error))
            self._post(SpeechFailed(0, number, type(error).__name__))
        finally:
            self._speaking.pop(number, None)

    async def _prepare(self, texts: tuple[str, ...]) -> None:
        for text in texts:
            if self._engines.synthesiser.cached(text):
                continue
            try:
                async for _ in self._engines.synthesiser.speak(text, ahead=True, fixed=False):
                    pass
            except EngineError as error:
                log.warning("prompt not prepared", call=self._call, error=str(error))
                return

    async def _save(self, command: Save) -> None:
        fields = {f.slot: (f.value, f.spoken, f.confidence, f.confirmed) for f in command.fields}
        began = time.perf_counter()
        try:
            async with self._database:
                if not self._begun:
                    await self.begin_call()
                await self._engines.store.save_fields(self._call, fields)
        except StoreError as error:
            log.error("fields not saved", call=self._call, error=str(error))
            self._post(Saved(0, command.save, False, _ms_since(began)))
            return
        self._post(Saved(0, command.save, True, _ms_since(began)))

    async def _run_tool(self, command: CallTool) -> None:
        try:
            if command.name == LEAD_TOOL:
                result: Mapping[str, str] = {}
                async with self._database, asyncio.timeout(command.timeout_s):
                    await self._engines.store.complete_lead(self._call)
            else:
                tool = self._graph.tools.get(command.name) or ToolSpec(command.name)
                result = await self._engines.tools.call(tool, command.arguments, f"{self._call}-{command.key}")
        except (StoreError, ToolError, TimeoutError) as error:
            log.error("tool failed", call=self._call, tool=command.name, error=str(error))
            self._post(ToolFinished(0, command.tool, False, {}))
            return
        self._post(ToolFinished(0, command.tool, True, result))

    async def _transfer(self, command: Transfer) -> None:
        ok, reason = await self._engines.carrier.transfer(self._call, command.target, command.reason)
        self._post(TransferFinished(0, ok, reason))


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
