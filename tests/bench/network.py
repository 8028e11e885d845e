"""The service in a process of its own, and the telephone network before it: for benchmarks.

Requests and upgrades are signed, streams are paced by the clock.
"""

import asyncio
import base64
import itertools
import json
import re
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import yaml
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.e2e.telephone import ACCOUNT, BUSINESS, ENVIRONMENT, PUBLIC, TOKEN, settings
from voice import logs
from voice import settings as configuration
from voice.audio import FRAME, LINE_RATE
from voice.caller import Caller, Said
from voice.double.parties import QUIET
from voice.far_end import FarEnd
from voice.recorded import load
from voice.service import service

FRAME_S = FRAME / LINE_RATE
PROBE_S = 0.01
_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_AREAS = "202 206 212 213 214 303 305 312 404 408 503 512 602 617 702 713 718 720 801 917".split()


def callers() -> Iterator[str]:
    """Numbers that are set aside for fiction, each as seldom as can be."""
    return itertools.cycle([f"+1{area}5550{n}" for n in range(100, 200) for area in _AREAS])


class Lag:
    """How late an event loop is: what a short sleep took too long, in milliseconds."""

    def __init__(self) -> None:
        self.found: list[float] = []

    async def run(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(PROBE_S)
            self.found.append((time.perf_counter() - began - PROBE_S) * 1000)

    def taken(self) -> list[float]:
        """Since the last time."""
        found, self.found = self.found, []
        return found


async def serve(folder: Path) -> None:
    """Prints its port, then for each line that it is sent the lag since the last one, as JSON."""
    logs.to_stderr()
    text = (folder / "switchboard.yaml").read_text(encoding="utf-8")
    given = configuration.load_text(text, "switchboard.yaml", folder, ENVIRONMENT)
    lag = Lag()
    async with service(given, ENVIRONMENT, example_tools=True) as running:
        probing = asyncio.create_task(lag.run())
        _print(running.port)
        while await asyncio.to_thread(sys.stdin.readline):
            _print(lag.taken())
        probing.cancel()
        for session in tuple(running.server.sessions.values()):
            session.closed("stop")


def _print(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Served:
    """The other process."""

    port: int
    process: asyncio.subprocess.Process

    async def lag(self) -> list[float]:
        """Of its event loop since the last time, in milliseconds."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(b"\n")
        await self.process.stdin.drain()
        found: list[float] = json.loads(await self.process.stdout.readline())
        return found


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Served]:
    """A running service. Its REST interface leads nowhere: callers of a benchmark hang up themselves."""
    nowhere = {"account": ACCOUNT, "auth_token_env": "TWILIO_AUTH_TOKEN", "api_url": "http://127.0.0.1:9"}
    given = settings(folder, twilio=nowhere, limits={"calls": 64})
    (folder / "switchboard.yaml").write_text(yaml.safe_dump(given), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.network", str(folder),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**26,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    try:
        yield Served(json.loads(await process.stdout.readline()), process)
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 30)
        except TimeoutError:
            process.kill()
            await process.wait()


# ---- the network -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Heard:
    """What one stream brought. Times in milliseconds."""

    first: float | None = None
    """From `start` to the first media message."""
    late: list[float] = field(default_factory=list)
    """Holes that a caller heard inside of an utterance."""
    gaps: list[float] = field(default_factory=list)
    """From a caller's last word to the reply's first audible sample."""
    pieces: int = 0


class Network:
    """Signs, asks and streams as the carrier does."""

    def __init__(self, port: int, session: aiohttp.ClientSession) -> None:
        self._port = port
        self._session = session
        self._validator = RequestValidator(TOKEN)
        self._callers = callers()

    def _signed(self, url: str, form: dict[str, str]) -> str:
        return str(self._validator.compute_signature(url, form))

    async def answer(self, call: str) -> tuple[str, float]:
        """(the answer's document, milliseconds until it was there)."""
        form = {
            "CallSid": call,
            "AccountSid": ACCOUNT,
            "From": next(self._callers),
            "To": BUSINESS,
            "CallStatus": "ringing",
        }
        form |= {"Direction": "inbound", "ApiVersion": "2010-04-01", "StirVerstat": "TN-Validation-Passed-A"}
        headers = {"X-Twilio-Signature": self._signed(f"{PUBLIC}/twilio/voice", form)}
        headers["I-Twilio-Idempotency-Token"] = uuid.uuid4().hex
        began = time.perf_counter()
        url = f"http://127.0.0.1:{self._port}/twilio/voice"
        async with self._session.post(url, data=form, headers=headers) as response:
            document = await response.text()
        took = (time.perf_counter() - began) * 1000
        if response.status != 200 or "<Stream" not in document:
            raise RuntimeError(f"no stream in the answer: {response.status} {document[:200]}")
        return document, took

    @asynccontextmanager
    async def stream(self, call: str) -> AsyncIterator[tuple[ClientConnection, str, float]]:
        """(socket, the stream's name, when `start` was sent) of an answered call."""
        document, _ = await self.answer(call)
        token = _TOKEN.search(document)
        assert token is not None, document
        name = "MZ" + call[2:]
        signature = {"x-twilio-signature": self._signed("wss://agent.example.com/ws", {})}
        async with connect(
            f"ws://127.0.0.1:{self._port}/ws", additional_headers=signature, compression=None, ping_interval=None,
            max_size=None, proxy=None,
        ) as socket:  # fmt: skip
            await socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
            start = {
                "accountSid": ACCOUNT, "streamSid": name, "callSid": call, "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": LINE_RATE, "channels": 1},
                "customParameters": {"token": token[1]},
            }  # fmt: skip
            began = time.perf_counter()
            await socket.send(json.dumps({"event": "start", "sequenceNumber": "1", "start": start, "streamSid": name}))
            yield socket, name, began
            with suppress(ConnectionClosed):
                stop = {"accountSid": ACCOUNT, "callSid": call}
                await socket.send(json.dumps({"event": "stop", "stop": stop, "streamSid": name}))


def new_call() -> str:
    return "CA" + uuid.uuid4().hex


class Line:
    """One caller's end of a stream, in real time."""

    def __init__(self, socket: ClientConnection, stream: str, began: float, name: str) -> None:
        recorded = load(name)
        self._socket = socket
        self._stream = stream
        self._began = began
        self._caller = Caller(recorded.scenario, recorded.clips)
        self._far = FarEnd(stream)
        self._dry_frames = 0
        self._hole = 0.0
        self._utterance = ""
        self.heard = Heard()

    async def run(self, seconds: float) -> Heard:
        """Stays on the line so long, or to the agent's farewell."""
        receiving = asyncio.create_task(self._receive())
        loop = asyncio.get_running_loop()
        due = loop.time()
        try:
            for chunk in range(int(seconds / FRAME_S)):
                await asyncio.sleep(max(0.0, due - loop.time()))
                due += FRAME_S
                await self._frame(chunk)
        except ConnectionClosed:
            pass
        finally:
            receiving.cancel()
            await asyncio.gather(receiving, return_exceptions=True)
        self.heard.gaps = [float(reply.gap_ms) for reply in self._caller.replies if reply.gap_ms >= 0]
        return self.heard

    async def _frame(self, chunk: int) -> None:
        self._dry_frames = 0 if self._far.buffered else self._dry_frames + 1
        heard, names = self._far.play()
        said = self._caller.frame(heard)
        await self._echo(names)
        await self._socket.send(media(self._stream, chunk, Said(QUIET) if said.hangs_up else said))

    async def _receive(self) -> None:
        with suppress(ConnectionClosed):
            async for message in self._socket:
                await self._take(message)

    async def _take(self, message: str | bytes) -> None:
        event = json.loads(message)
        if event["event"] == "media":
            if self.heard.first is None:
                self.heard.first = (time.perf_counter() - self._began) * 1000
            self.heard.pieces += 1
            self._hole = 0.0 if self._far.buffered else self._dry_frames * FRAME_S * 1000
        elif event["event"] == "mark":
            utterance = event["mark"]["name"].partition(":")[0]
            if utterance == self._utterance and self._hole:
                self.heard.late.append(self._hole)
            self._utterance, self._hole = utterance, 0.0
        cuts = self._far.cuts
        names = self._far.receive(message)
        if self._far.cuts > cuts:
            self._caller.cut()
        await self._echo(names)

    async def _echo(self, names: Sequence[str]) -> None:
        for name in names:
            mark = {"event": "mark", "sequenceNumber": "2", "streamSid": self._stream, "mark": {"name": name}}
            await self._socket.send(json.dumps(mark))


def media(stream: str, chunk: int, said: Said) -> str:
    """A media message as the carrier sends it."""
    part = {"track": "inbound", "chunk": str(chunk + 1), "timestamp": str(155 + 20 * chunk)}
    part["payload"] = base64.b64encode(said.mulaw).decode()
    return json.dumps({"event": "media", "sequenceNumber": str(chunk + 2), "media": part, "streamSid": stream})


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
