"""The exchange: recogniser, voice, database, outbox and server put together, started and stopped as one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sop.graph import Graph
from sop.llm_reader import LlmReader, LlmSettings
from sop.sentiment import VaderSentiment
from sop.wording import fixed_prompts
from voice.asr import Recogniser, WhisperRecogniser
from voice.carrier import Carrier
from voice.envelope import Target
from voice.events import CallStarted
from voice.gate import Gate
from voice.outbox import Outbox
from voice.performer import Engines
from voice.piper_voice import TtsSettings
from voice.recording_files import RecordingFiles, RecordingSettings
from voice.safekeeping import Safekeeping
from voice.screens import Screens
from voice.server import Server, ServerSettings
from voice.session import Listener
from voice.store import Store
from voice.telephone import Telephone, TelephoneSettings
from voice.tools import Tools
from voice.tts import PiperSynthesiser, Synthesiser
from voice.utterance import sentences
from voice.vad import Detector, VadSettings
from voice.whisper import AsrSettings


@dataclass(frozen=True, slots=True)
class ExchangeSettings:
    """What to put together."""

    asr: AsrSettings
    tts: TtsSettings
    store_url: str
    unsaved: Path
    """File for what the database does not take at the moment."""
    server: ServerSettings
    carrier: Carrier
    tools: Tools
    telephone: TelephoneSettings = field(default_factory=TelephoneSettings)
    screens: Screens | None = None
    targets: Callable[[Store], Mapping[str, Target]] = lambda _: {}
    """Where leads go, by the outbox's names."""
    recordings: RecordingSettings | None = None
    """Where the carrier's recordings are brought; None: there are none."""
    clock: Callable[[], datetime] = lambda: datetime.now().astimezone()
    reader: LlmSettings | None = None
    reader_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A running exchange."""

    port: int
    server: Server
    engines: Engines


Gatekeeper = Callable[[Engines], Gate]
"""Makes the gate once there is something behind it."""


@asynccontextmanager
async def exchange(
    graphs: tuple[Graph, ...],
    settings: ExchangeSettings,
    gatekeeper: Gatekeeper,
    *,
    listener: Callable[[CallStarted], Listener] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> AsyncIterator[Exchange]:
    """Starts everything, renders the flows' fixed prompts, listens; stops it all at the end.

    `progress` is told (prompts ready, prompts in all). Raises OperatorError where something named is missing.
    """
    async with AsyncExitStack() as stack:
        recogniser: Recogniser = WhisperRecogniser(settings.asr)
        synthesiser: Synthesiser = PiperSynthesiser(settings.tts)
        store = Store(settings.store_url)
        stack.push_async_callback(store.close)
        await store.open()
        notes = Safekeeping(store, settings.unsaved)
        await notes.open()
        stack.push_async_callback(notes.close)
        stack.push_async_callback(recogniser.close)
        stack.push_async_callback(synthesiser.close)
        await asyncio.gather(recogniser.start(), synthesiser.start())
        await _render_ahead(synthesiser, graphs, progress)
        await _warm(store)
        stack.push_async_callback(settings.tools.close)
        models = _models(graphs, settings)
        for model in models.values():
            stack.push_async_callback(model.aclose)
        telephone = Telephone(settings.carrier, synthesiser, settings.screens, settings.telephone, clock=settings.clock)
        await telephone.begin(store)
        stack.push_async_callback(telephone.close)
        outbox = Outbox(store, settings.targets(store))
        outbox.start()
        stack.push_async_callback(outbox.stop)
        recorded = await _recordings(stack, store, settings)
        engines = Engines(
            _detector, recogniser, synthesiser, store, notes, telephone, settings.tools, models, outbox.nudge, recorded
        )
        server = Server(gatekeeper(engines), engines, settings.server, listener=listener)
        stack.push_async_callback(server.stop)
        yield Exchange(await server.start(), server, engines)


async def _recordings(stack: AsyncExitStack, store: Store, settings: ExchangeSettings) -> Callable[[], None]:
    """Starts bringing the carrier's recordings; what to call when there is one."""
    if settings.recordings is None:
        return lambda: None
    files = RecordingFiles(store, settings.carrier.delete_recording, settings.recordings)
    files.start()
    stack.push_async_callback(files.stop)
    return files.nudge


def _models(graphs: tuple[Graph, ...], settings: ExchangeSettings) -> dict[str, LlmReader]:
    """A reader for each procedure, where a language model helps to read."""
    if settings.reader is None:
        return {}
    return {graph.name: LlmReader(graph, settings.reader, secret=settings.reader_secret) for graph in graphs}


async def _warm(store: Store) -> None:
    """What is loaded with its first use is loaded now, not while the first caller waits."""
    VaderSentiment().score("hello")
    await _detector()
    await store.resumable("")


async def _detector() -> Detector:
    return Detector(VadSettings())


async def _render_ahead(
    synthesiser: Synthesiser, graphs: tuple[Graph, ...], progress: Callable[[int, int], None] | None
) -> None:
    prompts = [text for graph in graphs for text in fixed_prompts(graph)]
    texts = list(dict.fromkeys(s for text in prompts for s in sentences(text)))
    for done, text in enumerate(texts, start=1):
        if not synthesiser.cached(text):
            async for _ in synthesiser.speak(text, ahead=True):
                pass
        if progress is not None:
            progress(done, len(texts))
