"""The aiohttp server: one WebSocket for media streams, `/healthz`, `/readyz`.

A socket becomes a call with its `start` message and not before: what comes earlier starts no engine. A call that is
live already, or a name that no carrier would give, is refused with a close frame of code 1008.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog
from aiohttp import WSMsgType, web

from sop.graph import Graph
from voice import replay, twilio
from voice.call import Call, CallSettings
from voice.errors import BadFrame, OperatorError
from voice.events import CallStarted
from voice.journal import Journal, Recording
from voice.line import Wire
from voice.performer import Engines
from voice.session import Listener, Session, SessionSettings

log = structlog.get_logger()

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_CLOSE_S = 5.0
_REFUSED = 1008
"""WebSocket close code "policy violation", RFC 6455 section 7.4.1."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the server listens and what it writes."""

    host: str = "127.0.0.1"
    port: int = 0
    """0: any free port."""
    journals: Path = Path("calls")
    start_s: float = 5.0
    """A socket that sends no `start` for so long is closed."""
    largest_message: int = 64 * 1024
    trust_parameters: bool = True
    """Take `caller` and `now` from the stream's parameters without a signature: on loopback only."""
    keep: int = 8
    """Ended calls whose sessions stay in memory."""
    most_calls: int = 64
    """Calls at a time; a further one is refused before any engine is used."""
    call: CallSettings = field(default_factory=CallSettings)
    session: SessionSettings = field(default_factory=SessionSettings)


class _Socket:
    """A session's wire over an aiohttp WebSocket."""

    def __init__(self, socket: web.WebSocketResponse, abort: Callable[[], None]) -> None:
        self._socket = socket
        self._abort = abort

    async def send(self, text: str) -> None:
        await self._socket.send_str(text)

    async def close(self) -> None:
        """A peer that reads nothing any more would hold up the closing handshake for ever."""
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._socket.close()
        except TimeoutError:
            self._abort()


class Server:
    """Answers calls with one procedure."""

    def __init__(
        self,
        graph: Graph,
        flow_source: str,
        engines: Engines,
        settings: ServerSettings,
        *,
        listener: Callable[[CallStarted], Listener] | None = None,
    ) -> None:
        self._graph = graph
        self._flow_source = flow_source
        self._engines = engines
        self._settings = settings
        self._listener = listener
        self._runner: web.AppRunner | None = None
        self.sessions: dict[str, Session] = {}
        """Live calls by the carrier's name."""
        self.finished: dict[str, Session] = {}
        """The calls that ended last, for whoever wants their reports; `keep` of them."""
        self._arrivals: dict[str, asyncio.Event] = {}
        self._departures: dict[str, asyncio.Event] = {}

    async def start(self) -> int:
        """Listens; returns the port."""
        app = web.Application()
        app.router.add_get("/ws", self._stream)
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/readyz", self._readiness)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._settings.host, self._settings.port)
        try:
            await site.start()
        except OSError as error:
            raise OperatorError(
                f"can't listen on {self._settings.host}:{self._settings.port}: {error.strerror}; name another --port"
            ) from None
        port: int = self._runner.addresses[0][1]
        return port

    async def stop(self) -> None:
        """Ends every call, then stops listening."""
        for session in list(self.sessions.values()):
            session.closed("server stopping")
        if self._runner is not None:
            await self._runner.cleanup()

    async def settled(self, call: str, messages_in: int, messages_out: int) -> None:
        """As `Session.settled`, for a call that may not have reached us yet."""
        if call not in self.sessions and call not in self.finished:
            await self._arrivals.setdefault(call, asyncio.Event()).wait()
        if (session := self.sessions.get(call)) is not None:
            await session.settled(messages_in, messages_out)

    async def ended(self, call: str) -> Session:
        """The call's session once it is wound up: the caller may have left before the server had."""
        if call not in self.finished:
            await self._departures.setdefault(call, asyncio.Event()).wait()
        return self.finished[call]

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "alive", "calls": len(self.sessions)})

    async def _readiness(self, request: web.Request) -> web.Response:
        parts = {
            "recogniser": self._engines.recogniser.ready,
            "voice": self._engines.synthesiser.ready,
        }
        ready = all(parts.values())
        return web.json_response({"ready": ready, **parts}, status=200 if ready else 503)

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False, max_msg_size=self._settings.largest_message)
        await socket.prepare(request)
        try:
            async with asyncio.timeout(self._settings.start_s):
                start = await self._await_start(socket)
        except TimeoutError:
            log.warning("no start")
            start = None
        if start is None or not self._admits(start):
            await socket.close(code=_REFUSED)
            return socket
        transport = request.transport
        await self._answer(start, socket, _Socket(socket, transport.abort if transport else lambda: None))
        return socket

    async def _await_start(self, socket: web.WebSocketResponse) -> twilio.Start | None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                frame = twilio.parse(message.data)
            except BadFrame as error:
                log.warning("frame ignored before start", kind=error.kind)
                continue
            if isinstance(frame, twilio.Start):
                return frame
        return None

    def _admits(self, start: twilio.Start) -> bool:
        if not _NAME.fullmatch(start.call) or not _NAME.fullmatch(start.stream):
            log.warning("call refused", why="a name no carrier gives")
            return False
        if start.call in self.sessions:
            log.warning("call refused", why="the call is live already", call=start.call)
            return False
        if len(self.sessions) >= self._settings.most_calls:
            log.warning("call refused", why="too many calls", call=start.call)
            return False
        return True

    async def _answer(self, start: twilio.Start, socket: web.WebSocketResponse, wire: Wire) -> None:
        session = self._session(start, wire)
        self.sessions[start.call] = session
        self._arrivals.setdefault(start.call, asyncio.Event()).set()
        running = asyncio.create_task(session.run())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    session.receive(message.data)
                else:
                    session.ignore("binary frame")
            session.closed("socket closed")
            await running
        except Exception:
            log.exception("call failed", call=start.call)
        finally:
            running.cancel()
            self.finished.pop(start.call, None)
            self.finished[start.call] = self.sessions.pop(start.call)
            while len(self.finished) > max(1, self._settings.keep):
                del self.finished[next(iter(self.finished))]
            self._arrivals.pop(start.call, None)
            self._departures.pop(start.call, asyncio.Event()).set()
            await wire.close()

    def _session(self, start: twilio.Start, wire: Wire) -> Session:
        began = self._call_started(start)
        stem = _unused(self._settings.journals / f"{start.call}_{start.stream}")
        header = replay.header(self._graph, self._flow_source, self._settings.call)
        return Session(
            began,
            self._graph,
            Call(self._graph, self._settings.call),
            self._engines,
            wire,
            journal=Journal(stem.with_suffix(".jsonl"), header),
            recording=Recording(stem.with_suffix(".wav")),
            settings=self._settings.session,
            listener=self._listener(began) if self._listener else None,
        )

    def _call_started(self, start: twilio.Start) -> CallStarted:
        trusted = start.parameters if self._settings.trust_parameters else {}
        caller = trusted.get("caller", "")
        now = trusted.get("now", "")
        return CallStarted(0, start.call, start.stream, caller if _E164.fullmatch(caller) else None, _moment(now))


def _moment(text: str) -> str:
    """The given time, or the present one where none or an unreadable one is given; always with its offset."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.astimezone()).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return datetime.now().astimezone().isoformat(timespec="seconds")


def _unused(stem: Path) -> Path:
    """The path, or with a number behind it where a journal of that name is there already."""
    candidates = (stem, *(stem.with_name(f"{stem.name}_{n}") for n in range(2, 1000)))
    return next(path for path in candidates if not path.with_suffix(".jsonl").exists())
