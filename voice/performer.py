"""Performs a call's commands on the engines, the database and the carrier; each result is posted as an event.

Whatever takes time is a task. A task that fails in a way nobody foresaw ends the call, and is logged.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from sop.graph import ToolSpec
from sop.llm_reader import LlmReader
from sop.reader import RuleReader
from sop.state import State
from voice.asr import Priority, Recogniser
from voice.audio import first_audible
from voice.bookkeeping import Bookkeeping
from voice.commands import (
    Bridge,
    CallTool,
    Cancel,
    Command,
    DropLeg,
    NoteConsent,
    PassOn,
    Prepare,
    Record,
    Ring,
    Save,
    SendAudio,
    SlowAnswer,
    Speak,
    Transcribe,
    Transfer,
    Understand,
    Urgency,
)
from voice.errors import EngineError, StoreError, ToolError, place_of
from voice.events import (
    CallStarted,
    Event,
    LegState,
    SpeechFailed,
    Spoken,
    ToolFinished,
    Transcribed,
    TranscriptionFailed,
    Understood,
)
from voice.line import CallerAudio
from voice.plan import CallPlan
from voice.recordings import Recordings
from voice.safekeeping import Safekeeping
from voice.store import Store
from voice.telephone import Telephone
from voice.tools import Tools
from voice.transfers import Transfers
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
    notes: Safekeeping
    """What is written goes through it: nothing said is lost while the database is away."""
    telephone: Telephone
    tools: Tools
    models: Mapping[str, LlmReader] = field(default_factory=dict)
    """By procedure: reads what callers say with a language model's help, where the operator has plugged one in."""
    delivered: Callable[[], None] = lambda: None
    """Called when something new waits to be delivered."""
    recorded: Callable[[], None] = lambda: None
    """Called when the carrier has a recording for us."""
    parted: set[str] = field(default_factory=set)
    """Calls whose stream has ended while the caller may come back, until `voice.lost_calls` has taken note."""


class Performer:
    """One call's hands."""

    def __init__(
        self,
        engines: Engines,
        plan: CallPlan,
        audio: CallerAudio,
        start: CallStarted,
        books: Bookkeeping,
        transfers: Transfers,
        recordings: Recordings,
        *,
        nbest: int,
        post: Callable[[Event], None],
        failed: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        """`post` takes events; `failed` is called when a task breaks, `changed` whenever one ends."""
        self._engines = engines
        self._reader = RuleReader(plan.graph)
        self._model = engines.models.get(plan.graph.name)
        self._audio = audio
        self._graph = plan.graph
        self._start = start
        self._call = start.call
        self._books = books
        self._transfers = transfers
        self._recordings = recordings
        self._nbest = nbest
        self._post = post
        self._failed = failed
        self._changed = changed
        self._tasks: set[asyncio.Task[None]] = set()
        self._lasting: set[asyncio.Task[None]] = set()
        """Tasks that are finished whatever becomes of the call: entries in the database, telephones that ring."""
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
            case Understand() if self._model is not None:
                self._spawn(self._ask_model(command, self._model))
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
            case _:
                if (work := self._lasting_work(command)) is not None:
                    self._last(work)

    def _lasting_work(self, command: Command) -> Coroutine[Any, Any, None] | None:
        """What is finished whatever becomes of the call."""
        match command:
            case Save():
                return self._save(command)
            case CallTool():
                return self._run_tool(command)
            case NoteConsent():
                return self._books.note_consent(command)
            case Record():
                return self._recordings.perform(command)
            case Transfer() | Ring() | DropLeg() | Bridge() | PassOn() | SlowAnswer():
                return self._transfers.perform(command)
            case _:
                return None

    def leg_changed(self, to: LegState) -> None:
        """Has what a person did entered into the ledger."""
        self._last(self._transfers.leg_changed(to))

    def keep_state(self, state: State) -> None:
        """Has where the procedure stands kept."""
        self._last(self._books.keep_state(state))

    def rendered(self, command: SendAudio) -> bytes:
        """The µ-law that the command names."""
        return bytes(self._utterances[command.utterance][command.start : command.end])

    async def finish(self) -> None:
        """Stops what nobody waits for; what goes into the database gets there."""
        for task in (*self._tasks - self._lasting, *self._preparing):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._preparing, return_exceptions=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _last(self, work: Coroutine[Any, Any, None]) -> None:
        self._lasting.add(self._spawn(work))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._lasting.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a task of the call failed", call=self._call, kind=type(error).__name__, at=place_of(error))
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
        self._post(await self._books.save(command))

    async def _run_tool(self, command: CallTool) -> None:
        try:
            if command.name == LEAD_TOOL:
                result: Mapping[str, str] = {}
                await self._books.complete_lead(command.timeout_s)
            else:
                tool = self._graph.tools.get(command.name) or ToolSpec(command.name)
                result = await self._engines.tools.call(tool, command.arguments, f"{self._call}-{command.key}")
        except (StoreError, ToolError, TimeoutError) as error:
            log.error("tool failed", call=self._call, tool=command.name, error=str(error))
            self._post(ToolFinished(0, command.tool, False, {}))
            return
        self._post(ToolFinished(0, command.tool, True, result))


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
