"""A server that is killed and started anew, what stands around it meanwhile.

the double  →  the door (a reverse proxy)  →  `switchboard serve` in a process of its own
            →  hosted documents, for when there is no server
`switchboard serve`  →  a receiver of leads, which heeds the idempotency key
"""

import asyncio
import hmac
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.e2e.telephone import ANA, BUSINESS, ENVIRONMENT
from voice.caller import Caller, Said
from voice.double import Leg
from voice.notices import signature
from voice.recorded import Recorded
from voice.twiml import Texts, static_fallback, static_thanks

ROOT = Path(__file__).parent.parent.parent
HOSTED = "https://fallback.example.com"
SECRET = "a receiver's secret"
CUT_OFF = "Sorry, we were cut off."
_IDLE_FIRST_S = 0.05
START_S = 60.0
"""A server that takes longer to start is taken for broken."""


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def share_prompts(home: Path) -> None:
    """What one server has rendered serves all whose homes lie beside each other."""
    shared = home.parent / "shared_prompts"
    shared.mkdir(exist_ok=True)
    (home / "prompts").symlink_to(shared)


# ---- around the server -----------------------------------------------------------------------------------------


class Door:
    """Passes connections on to a port, and tries again for `patience_s` while nobody listens there. Every connection
    is `delay_s` on its way."""

    def __init__(self, behind: int, *, delay_s: float = 0.0) -> None:
        self.patience_s = 0.0
        self.delay_s = delay_s
        self.port = 0
        self._behind = behind
        self._open: set[asyncio.StreamWriter] = set()
        self._streams: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in tuple(self._open):
            writer.transport.abort()

    def cut(self) -> None:
        """Breaks every stream, without a goodbye."""
        for writer in tuple(self._streams):
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            inner = await self._connected()
            if inner is not None:
                self._open.add(inner[1])
                begins = await reader.read(65536)
                inner[1].write(begins)
                is_stream = begins.startswith(b"GET /ws")
                if is_stream:
                    self._streams |= {writer, inner[1]}
                await asyncio.gather(_pump(reader, inner[1]), _pump(inner[0], writer, is_stream))
                self._open.discard(inner[1])
                self._streams -= {writer, inner[1]}
        except (asyncio.CancelledError, OSError):
            pass  # a test that is over; asyncio's own server complains of a handler that was cancelled
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        until = time.monotonic() + self.patience_s
        await asyncio.sleep(self.delay_s)
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", self._behind)
            except OSError:
                if time.monotonic() >= until:
                    return None
                await asyncio.sleep(0.05)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_stream: bool = False) -> None:
    with suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    if is_stream:
        # A proxy of HTTP keeps its idle connections when the server behind it goes; here they go first.
        await asyncio.sleep(_IDLE_FIRST_S)
    writer.close()


@dataclass
class Receiver:
    """The webhook that leads go to. `hosted` documents lie beside it."""

    taken: dict[str, bytes] = field(default_factory=dict)
    """Idempotency key → body, of what was new."""
    repeated: int = 0
    complaints: list[str] = field(default_factory=list)
    delay_s: float = 0.0
    """Before the answer: what comes in has been taken by then."""
    port: int = 0

    @asynccontextmanager
    async def open(self, people: tuple[str, ...] = (ANA,)) -> AsyncIterator[Self]:
        app = web.Application()
        app.router.add_post("/leads", self._lead)
        fallback = static_fallback(Texts(), people, timeout_s=5, caller_id=BUSINESS, thanks_url=f"{HOSTED}/thanks")
        for path, document in (("/fallback", fallback), ("/thanks", static_thanks(Texts()))):
            app.router.add_route("*", path, _hosted(document))
        runner = web.AppRunner(app, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _lead(self, request: web.Request) -> web.Response:
        body, key = await request.read(), request.headers["Idempotency-Key"]
        signed = signature(SECRET, request.headers["X-Switchboard-Timestamp"], body)
        if not hmac.compare_digest(signed, request.headers["X-Switchboard-Signature"]):
            self.complaints.append(f"{key}: the signature is wrong")
        if key in self.taken:
            self.repeated += 1
            if self.taken[key] != body:
                self.complaints.append(f"{key}: two bodies for one key")
        else:
            self._new(key, body)
        await asyncio.sleep(self.delay_s)
        return web.Response(status=204)

    def _new(self, key: str, body: bytes) -> None:
        new = json.loads(body)
        lead = new["lead"]
        if key != f"{lead['call']}:{lead['version']}:webhook:crm":
            self.complaints.append(f"{key}: not the key of version {lead['version']} of {lead['call']}")
        for other in map(json.loads, self.taken.values()):
            if other["id"] == new["id"] or contents(other["lead"]) == contents(lead):
                self.complaints.append(f"{key}: the same lead under another key")
        self.taken[key] = body


def _hosted(document: str) -> Any:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=document, content_type="text/xml")

    return answer


def contents(lead: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes a lead another one: `voice.lead_rows`."""
    fields = sorted((slot, one["value"], one["confirmed"]) for slot, one in lead["fields"].items())
    return (lead["call"], lead["status"], *fields)


class Repeating:
    """A recorded caller who, on a new stream of the call, says again what had got no answer, and goes on from there."""

    def __init__(self, caller: Recorded, leaves: asyncio.Event) -> None:
        self._recorded = caller
        self._leaves = leaves
        self._done = 0
        self._streams = 0
        self._caller = Caller(caller.scenario, caller.clips)
        self._leg: Leg | None = None

    @property
    def answered(self) -> int:
        """Turns that the agent has begun to answer, in a row."""
        replied = {reply.turn for reply in self._caller.replies}
        return self._done + next(n for n in range(len(replied) + 1) if n not in replied)

    def meet(self, leg: Leg) -> None:
        self._leg = leg

    def cut(self) -> None:
        self._caller.cut()

    def frame(self, heard: bytes) -> Said:
        assert self._leg is not None
        streams = self._leg.verbs.count("Connect")
        if streams > max(self._streams, 1):
            self._done = self.answered
            left = self._recorded.scenario.turns[self._done :]
            self._caller = Caller(self._recorded.scenario.model_copy(update={"turns": left}), self._recorded.clips)
        self._streams = streams
        said = self._caller.frame(heard)
        return Said(said.mulaw, said.key, hangs_up=True) if self._leaves.is_set() else said


# ---- the server ------------------------------------------------------------------------------------------------


class Supervised:
    """`switchboard serve --config FILE`, started as often as one likes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._process: asyncio.subprocess.Process | None = None
        self.starts: list[float] = []
        """How long each start took, seconds."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing of it outlives the test."""
        if self._process is not None and self._process.returncode is None:
            self.kill()
            await self.dead()

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._process is not None
        return self._process

    async def start(self) -> None:
        """Returns once it takes calls."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHBOARD_")}
        more = {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT), "LEADS_SECRET": SECRET}
        began, folder = time.monotonic(), self._file.parent
        log = folder / f"server_{len(self.starts)}.log"
        with log.open("wb") as out:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "voice", "serve", "--config", str(self._file), "--example-tools"),
                env=kept | ENVIRONMENT | more,
                cwd=folder,
                stdout=out,
                stderr=out,
            )
        async with asyncio.timeout(START_S):
            while not log.read_text().startswith("ready:") and "\nready:" not in log.read_text():
                assert self._process.returncode is None, log.read_text()
                await asyncio.sleep(0.05)
        self.starts.append(time.monotonic() - began)

    def kill(self) -> None:
        """At once, and without a word."""
        self.process.kill()

    async def dead(self) -> None:
        """Returns once it is."""
        await self.process.wait()

    async def stop(self) -> int:
        """Ends it as a supervisor does; returns its exit status."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()
