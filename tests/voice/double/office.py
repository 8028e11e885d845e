"""A business's server for the double to talk to: pages by path, a socket, and everything that it was asked."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from aiohttp import WSMsgType, web
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from voice.audio import decode
from voice.double import Faults, Leg, Party, Talker, Twilio
from voice.recorded import Recorded

BASE = "https://agent.example.com"
TOKEN = "a made-up auth token"
OURS = "+14155550100"
CALLER = "+14155550123"
PERSON = "+14155550111"
OTHER = "+14155550112"

Page = str | web.Response | Callable[[Mapping[str, str]], "str | web.Response"]


def response(*verbs: str) -> str:
    return f"<Response>{''.join(verbs)}</Response>"


STREAM = '<Connect action="/after"><Stream url="wss://agent.example.com/ws"/></Connect>'


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that the server got; `valid`: whether its signature was right."""

    path: str
    method: str
    form: dict[str, str]
    headers: dict[str, str]
    valid: bool


class Socket:
    """The server's end of a stream."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.stream = ""
        self.messages: list[dict[str, Any]] = []

    async def read(self) -> dict[str, Any] | None:
        """The next message; None when the other end has closed."""
        message = await self.socket.receive()
        if message.type is not WSMsgType.TEXT:
            return None
        read: dict[str, Any] = json.loads(message.data)
        self.messages.append(read)
        self.stream = read.get("streamSid", self.stream)
        return read

    async def until(self, event: str) -> dict[str, Any]:
        while (message := await self.read()) is not None:
            if message["event"] == event:
                return message
        raise AssertionError(f"closed before {event}: {[one['event'] for one in self.messages[-5:]]}")

    async def drain(self) -> None:
        """Reads to the end."""
        while await self.read() is not None:
            pass

    async def send(self, event: str, **part: str) -> None:
        inner = {event: part} if part else {}
        await self.socket.send_str(json.dumps({"event": event, "streamSid": self.stream, **inner}))

    async def media(self, mulaw: bytes) -> None:
        await self.send("media", payload=base64.b64encode(mulaw).decode("ascii"))

    @property
    def heard(self) -> bytes:
        """µ-law of the caller so far."""
        payloads = (one["media"]["payload"] for one in self.messages if one["event"] == "media")
        return b"".join(base64.b64decode(payload) for payload in payloads)


@dataclass(slots=True)
class Office:
    """`pages` may be changed at any moment; `talks` runs for each stream, to the socket's close."""

    pages: dict[str, Page] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    slow: dict[str, float] = field(default_factory=dict)
    """Path → real seconds that an answer takes."""
    talks: Callable[[Socket], Awaitable[None]] | None = None
    sockets: list[Socket] = field(default_factory=list)
    address: str = ""

    def at(self, path: str) -> list[dict[str, str]]:
        """Forms of the requests to a path, in order."""
        return [one.form for one in self.seen if one.path == path]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        fields = await request.post() if request.method == "POST" else request.query
        form = {name: str(value) for name, value in fields.items()}
        signature = request.headers.get("X-Twilio-Signature", "")
        signed = form if request.method == "POST" else {}
        valid = RequestValidator(TOKEN).validate(BASE + request.raw_path, signed, signature)
        self.seen.append(Seen(request.path, request.method, form, dict(request.headers), valid))
        await asyncio.sleep(self.slow.get(request.path, 0))
        page = self.pages.get(request.path, web.Response(status=404))
        made = page(form) if callable(page) else page
        return web.Response(text=made, content_type="text/xml") if isinstance(made, str) else made

    async def socket(self, request: web.Request) -> web.StreamResponse:
        signature = request.headers.get("x-twilio-signature", "")
        wss = BASE.replace("https", "wss") + request.raw_path
        valid = any(RequestValidator(TOKEN).validate(url, {}, signature) for url in (wss, f"{wss}/"))
        self.seen.append(Seen(request.path, "GET", dict(request.query), dict(request.headers), valid))
        if not valid:
            return web.Response(status=403)
        upgraded = web.WebSocketResponse()
        await upgraded.prepare(request)
        socket = Socket(upgraded)
        self.sockets.append(socket)
        assert self.talks is not None
        await self.talks(socket)
        await upgraded.close()
        return upgraded


@asynccontextmanager
async def opened(*, speed: float = 20, faults: Faults | None = None) -> AsyncIterator[tuple[Office, Twilio]]:
    """The server, and the double with one number that rings it at /voice."""
    office = Office({"/status": ""})
    app = web.Application()
    app.router.add_get("/ws", office.socket)
    app.router.add_route("*", "/{path:.*}", office.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    office.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with Twilio(auth_token=TOKEN, routes={BASE: office.address}, speed=speed, faults=faults) as twilio:
            twilio.number(
                OURS,
                voice_url=f"{BASE}/voice",
                voice_fallback_url=f"{BASE}/fallback",
                status_callback=f"{BASE}/status",
            )
            yield office, twilio
    finally:
        await runner.cleanup()


@asynccontextmanager
async def client(twilio: Twilio, token: str = TOKEN) -> AsyncIterator[Client]:
    """Twilio's own library, pointed at the double. It blocks: use it through `asyncio.to_thread`."""
    made = Client(twilio.account.sid, token)
    made.api.base_url = twilio.rest_url
    try:
        yield made
    finally:
        made.http_client.session.close()


def run(work: Coroutine[Any, Any, None]) -> None:
    """To its end, or an error after ten seconds."""

    async def limited() -> None:
        async with asyncio.timeout(10):
            await work

    asyncio.run(limited())


async def until(condition: Callable[[], object]) -> None:
    """Returns when the condition holds."""
    while not condition():  # noqa: ASYNC110  what is waited for has no event of its own
        await asyncio.sleep(0.002)


def loudness(mulaw: bytes, hertz: float) -> float:
    """Amplitude, 0..1, of that frequency in a stretch of sound."""
    pcm = decode(mulaw).astype(np.float64) / 32768
    if not len(pcm):
        return 0.0
    turns = np.exp(-2j * np.pi * hertz * np.arange(len(pcm)) / 8000)
    return float(2 * abs(np.mean(pcm * turns)))


async def rung(twilio: Twilio, caller: Party | Recorded | None = None) -> Leg:
    """A call to its end, callbacks included; by default of somebody who says nothing."""
    leg = await twilio.dial_in(caller or Talker(), from_=CALLER, to=OURS)
    await leg.ended.wait()
    await twilio.settled()
    return leg


def child(twilio: Twilio) -> Leg:
    """The first leg that isn't the caller's."""
    return next(leg for leg in twilio.calls.values() if leg.direction != "inbound")


def heard_only(leg: Leg, hertz: float, not_hertz: float) -> bool:
    """Whether a tone was heard for most of some second, and the other never."""
    pieces = [leg.heard[at : at + 4000] for at in range(0, len(leg.heard), 4000)]
    loud = max(loudness(piece, hertz) for piece in pieces)
    return loud > 0.2 and max(loudness(piece, not_hertz) for piece in pieces) < 0.05
