"""Stand-ins for the engines: small, real in what they do, and they record what they were asked.

The database, the detector and the sockets are never faked.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sop.llm_reader import LlmReader
from sop.loader import find, load
from sop.reading import Hypothesis
from voice import loopback
from voice.asr import Priority
from voice.audio import LINE_RATE, encode
from voice.call import CallSettings
from voice.carrier import LoopbackCarrier
from voice.errors import EngineError
from voice.gate import LoopbackGate
from voice.performer import Engines
from voice.safekeeping import Safekeeping, SafekeepingSettings
from voice.server import Server, ServerSettings
from voice.session import SessionSettings
from voice.store import Store
from voice.telephone import Telephone, TelephoneSettings
from voice.tools import ExampleTools, Tools
from voice.vad import Detector
from voice.whisper import Recognition


@dataclass
class FakeRecogniser:
    """Answers with what the test put into `script`: a text, or an error to raise; the last one again for ever."""

    script: list[str | EngineError] = field(default_factory=list)
    asked: list[tuple[int, tuple[str, ...], Priority]] = field(default_factory=list)
    """(samples, bias, priority) of each request."""
    ready: bool = True

    async def start(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to end."""

    async def recognise(
        self, mulaw: bytes, *, bias: tuple[str, ...], priority: Priority, nbest: int = 1
    ) -> Recognition:
        """The next line of the script."""
        self.asked.append((len(mulaw), bias, priority))
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(answer, EngineError):
            raise answer
        hypotheses = (Hypothesis(answer, 0.9),) if answer else ()
        return Recognition(hypotheses, 0.0, 1.0, False, 1.0, 1.0)


@dataclass
class FakeSynthesiser:
    """Speaks every text as a tone of 300 Hz, 20 ms a character."""

    fails: int = 0
    """So many sentences fail first."""
    spoken: list[str] = field(default_factory=list)
    ready: bool = True

    async def start(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to end."""

    def cached(self, text: str) -> bool:
        """Whatever has been spoken."""
        return text in self.spoken

    async def speak(self, text: str, *, ahead: bool = False, fixed: bool = True) -> AsyncIterator[bytes]:
        """Three pieces."""
        if not ahead and self.fails:
            self.fails -= 1
            raise EngineError("no voice today")
        self.spoken.append(text)
        audio = tone(0.02 * len(text))
        third = len(audio) // 480 * 160
        for start, end in ((0, third), (third, 2 * third), (2 * third, len(audio))):
            await asyncio.sleep(0)
            if start < end:
                yield audio[start:end]


def tone(seconds: float, hertz: float = 300.0) -> bytes:
    """µ-law."""
    t = np.arange(int(seconds * LINE_RATE)) / LINE_RATE
    return encode((np.sin(2 * np.pi * hertz * t) * 8000).astype(np.int16))


@dataclass
class ScriptedDetector(Detector):
    """Calls speech whatever is not µ-law silence: for tests of what follows, not of detection."""

    def __init__(self) -> None:
        self.heard: deque[bytes] = deque(maxlen=4)

    def speech(self, mulaw: bytes) -> float:
        """1 or 0."""
        self.heard.append(mulaw)
        return 0.0 if mulaw.count(b"\xff") > len(mulaw) // 2 else 1.0


@dataclass
class Running:
    """A server under test."""

    server: Server
    port: int
    store: Store
    recogniser: FakeRecogniser
    synthesiser: FakeSynthesiser
    carrier: LoopbackCarrier
    folder: Path

    @property
    def url(self) -> str:
        """Of the stream."""
        return f"ws://127.0.0.1:{self.port}/ws"


@asynccontextmanager
async def running(
    folder: Path,
    *,
    recogniser: FakeRecogniser | None = None,
    synthesiser: FakeSynthesiser | None = None,
    session: SessionSettings | None = None,
    detector: Callable[[], "asyncio.Future[Detector]"] | None = None,
    flow: str = "after_hours_hvac",
    tools: Tools | None = None,
    model: LlmReader | None = None,
    call: CallSettings | None = None,
    **settings: float,
) -> AsyncIterator[Running]:
    """A real server with a real database in `folder` and fake engines."""
    ears, voice = recogniser or FakeRecogniser([""]), synthesiser or FakeSynthesiser()
    store, carrier = Store(f"sqlite+aiosqlite:///{folder / 'test.db'}"), LoopbackCarrier()
    notes = Safekeeping(store, folder / "unsaved.jsonl", SafekeepingSettings(limit_s=None))
    graph = load(flow)
    plan = loopback.plan(graph, find(flow).read_text(encoding="utf-8"), call)

    async def ready() -> Detector:
        return await detector() if detector is not None else ScriptedDetector()

    await store.open()
    await notes.open()
    telephone = Telephone(carrier, voice, None, TelephoneSettings(packets=folder / "packets"))
    models = {graph.name: model} if model is not None else {}
    server = Server(
        LoopbackGate(plan),
        Engines(ready, ears, voice, store, notes, telephone, tools or ExampleTools(), models),
        ServerSettings(journals=folder / "calls", session=session or SessionSettings(), **settings),  # type: ignore[arg-type]
    )
    loopback.connect(carrier, server, telephone)
    port = await server.start()
    try:
        yield Running(server, port, store, ears, voice, carrier, folder)
    finally:
        await server.stop()
        await telephone.close()
        await notes.close()
        await store.close()
        if tools is not None:
            await tools.close()
        if model is not None:
            await model.aclose()
