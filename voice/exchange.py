"""The exchange: recogniser, voice, database and server put together, started and stopped as one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from sop.graph import Graph
from sop.llm_reader import LlmReader, LlmSettings
from sop.sentiment import VaderSentiment
from sop.wording import fixed_prompts
from voice.asr import Recogniser, WhisperRecogniser
from voice.carrier import Carrier, LoopbackCarrier
from voice.events import CallStarted
from voice.performer import Engines
from voice.piper_voice import TtsSettings
from voice.server import Server, ServerSettings
from voice.session import Listener
from voice.store import Store
from voice.tools import ExampleTools, Tools
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
    server: ServerSettings
    tools: Tools = field(default_factory=ExampleTools)
    reader: LlmSettings | None = None
    reader_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A running exchange."""

    port: int
    server: Server
    engines: Engines


@asynccontextmanager
async def exchange(
    graph: Graph,
    flow_source: str,
    settings: ExchangeSettings,
    *,
    carrier: Carrier | None = None,
    listener: Callable[[CallStarted], Listener] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> AsyncIterator[Exchange]:
    """Starts everything, renders the flow's fixed prompts, listens; stops it all at the end.

    `progress` is told (prompts ready, prompts in all). Raises OperatorError where something named is missing.
    """
    async with AsyncExitStack() as stack:
        recogniser: Recogniser = WhisperRecogniser(settings.asr)
        synthesiser: Synthesiser = PiperSynthesiser(settings.tts)
        store = Store(settings.store_url)
        stack.push_async_callback(store.close)
        await store.open()
        stack.push_async_callback(recogniser.close)
        stack.push_async_callback(synthesiser.close)
        await asyncio.gather(recogniser.start(), synthesiser.start())
        await _render_ahead(synthesiser, graph, progress)
        VaderSentiment().score("hello")  # its lexicon is read now, not in the first caller's turn
        stack.push_async_callback(settings.tools.close)
        model = LlmReader(graph, settings.reader, secret=settings.reader_secret) if settings.reader else None
        if model is not None:
            stack.push_async_callback(model.aclose)
        engines = Engines(
            _detector, recogniser, synthesiser, store, carrier or LoopbackCarrier(), settings.tools, model
        )
        server = Server(graph, flow_source, engines, settings.server, listener=listener)
        stack.push_async_callback(server.stop)
        yield Exchange(await server.start(), server, engines)


async def _detector() -> Detector:
    return Detector(VadSettings())


async def _render_ahead(synthesiser: Synthesiser, graph: Graph, progress: Callable[[int, int], None] | None) -> None:
    texts = list(dict.fromkeys(s for text in fixed_prompts(graph) for s in sentences(text)))
    for done, text in enumerate(texts, start=1):
        if not synthesiser.cached(text):
            async for _ in synthesiser.speak(text, ahead=True):
                pass
        if progress is not None:
            progress(done, len(texts))
