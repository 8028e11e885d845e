"""The aiohttp server: one WebSocket for media streams, `/healthz`, `/readyz`, and whatever routes a desk adds.

A socket becomes a call with its `start` message and not before: what comes earlier starts no engine. Who may open one
is for the `Gate` to say: the carrier's signature before the upgrade, a ticket in `start`. A call that is live already,
or a name that no carrier would give, is refused with a close frame of code 1008.
"""

import asyncio
import contextlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog
from aiohttp import WSMsgType, web

from voice import replay, twilio
from voice.call import Call
from voice.errors import BadFrame, OperatorError, place_of
from voice.events import CallStarted
from voice.gate import Admitted, Gate
from voice.journal import Journal, Recording
from voice.line import Wire
from voice.performer import Engines
from voice.plan import CallPlan
from voice.resuming import Resuming
from voice.session import Listener, Session, SessionSettings

log = structlog.get_logger()

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
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
    keep: int = 8
    """Ended calls whose sessions stay in memory."""
    most_calls: int = 64
    """Calls at a time; a further one is refused before any engine is used."""
    resume_s: float = 0.5
    """How long the database may take to say where a call was cut off."""
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
    """Answers calls."""

    def __init__(
        self,
        gate: Gate,
        engines: Engines,
        settings: ServerSettings,
        *,
        listener: Callable[[CallStarted], Listener] | None = None,
    ) -> None:
        self._gate = gate
        self._engines = engines
        self._settings = settings
        self._listener = listener
        self._resuming = Resuming(engines.store, settings.journals, settings.resume_s)
        self.instance = uuid.uuid4().hex
        """Tells this process from any other behind the same address."""
        self.draining = False
        """No new calls; the live ones go on."""
        self._runner: web.AppRunner | None = None
        self.sessions: dict[str, Session] = {}
        """Live calls by the carrier's name."""
        self.finished: dict[str, Session] = {}
        """The calls that ended last, for whoever wants their reports; `keep` of them."""
        self._opening: set[str] = set()
        self._arrivals: dict[str, asyncio.Event] = {}
        self._departures: dict[str, asyncio.Event] = {}

    async def start(self) -> int:
        """Listens; returns the port."""
        app = web.Application()
        app.router.add_get("/ws", self._stream)
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/readyz", self._readiness)
        self._gate.routes(app)
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

    async def drain(self, limit_s: float) -> int:
        """Takes no new calls and waits for the live ones; returns how many were left when the time was up."""
        self.draining = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while self.sessions:
                    await self._departure(next(iter(self.sessions)))
        return len(self.sessions)

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
            await self._departure(call)
        return self.finished[call]

    async def gone(self, call: str, limit_s: float) -> bool:
        """Whether the call has no stream any more; one that is winding up is waited for."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while call in self.sessions:
                    await self._departure(call)
        return call not in self.sessions

    async def _departure(self, call: str) -> None:
        """Returns when the call's stream is wound up."""
        await self._departures.setdefault(call, asyncio.Event()).wait()

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "alive", "calls": len(self.sessions), "instance": self.instance})

    async def _readiness(self, request: web.Request) -> web.Response:
        parts = {
            "recogniser": self._engines.recogniser.ready,
            "voice": self._engines.synthesiser.ready,
        }
        ready = all(parts.values()) and not self.draining
        return web.json_response({"ready": ready, **parts}, status=200 if ready else 503)

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        if not self._gate.upgrade(request):
            raise web.HTTPForbidden(text="this is no stream that the carrier has signed\n")
        socket = web.WebSocketResponse(compress=False, max_msg_size=self._settings.largest_message)
        await socket.prepare(request)
        try:
            async with asyncio.timeout(self._settings.start_s):
                start = await self._await_start(socket)
        except TimeoutError:
            log.warning("no start")
            start = None
        opened = await self._open(start, request, socket) if start is not None else None
        if opened is None:
            await socket.close(code=_REFUSED)
            return socket
        session, plan = opened
        await self._answer(session, socket, "socket broken" if plan.returns else "socket closed")
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

    async def _open(
        self, start: twilio.Start, request: web.Request, socket: web.WebSocketResponse
    ) -> tuple[Session, CallPlan] | None:
        """The stream's session, listed as live; None where it is refused."""
        if why := self._objection(start):
            log.warning("call refused", why=why)
            return None
        self._opening.add(start.call)
        try:
            admitted = await self._admitted(start)
            if admitted is None:
                return None
            transport = request.transport
            wire = _Socket(socket, transport.abort if transport else lambda: None)
            session = self.sessions[start.call] = await self._session(start, admitted, wire)
        finally:
            self._opening.discard(start.call)
        self._arrivals.setdefault(start.call, asyncio.Event()).set()
        return session, admitted.plan

    def _objection(self, start: twilio.Start) -> str:
        if not _NAME.fullmatch(start.call) or not _NAME.fullmatch(start.stream):
            return "a name no carrier gives"
        if start.call in self._opening:
            return "the call is live already"
        if start.call not in self.sessions and len(self.sessions) >= self._settings.most_calls:
            return "too many calls"
        return ""

    async def _admitted(self, start: twilio.Start) -> Admitted | None:
        admitted = await self._gate.admit(start)
        if admitted is None:
            log.warning("call refused", why="no ticket", call=start.call)
        elif (live := self.sessions.get(start.call)) is not None:
            if not admitted.supersedes:
                log.warning("call refused", why="the call is live already", call=start.call)
                return None
            live.closed("line dead")
            await self._departure(start.call)
        return admitted

    async def _answer(self, session: Session, socket: web.WebSocketResponse, closed: str) -> None:
        """`closed`: what it means when the socket is closed and nothing was said before."""
        running = asyncio.create_task(session.run())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    session.receive(message.data)
                else:
                    session.ignore("binary frame")
            session.closed(closed)
            await running
        except Exception as error:  # noqa: BLE001 - the outermost shell of a call; its text may quote a caller
            log.error("call failed", call=session.name, kind=type(error).__name__, at=place_of(error))
        finally:
            running.cancel()
            self.finished.pop(session.name, None)
            self.finished[session.name] = self.sessions.pop(session.name)
            while len(self.finished) > max(1, self._settings.keep):
                del self.finished[next(iter(self.finished))]
            self._arrivals.pop(session.name, None)
            self._departures.pop(session.name, asyncio.Event()).set()
            await session.hang_up()

    async def _session(self, start: twilio.Start, admitted: Admitted, wire: Wire) -> Session:
        began, plan = (
            CallStarted(0, start.call, start.stream, admitted.caller, admitted.now, admitted.profile),
            admitted.plan,
        )
        left = None
        if plan.returns:
            earlier = self.finished.get(start.call)
            left = await self._resuming.left_off(start.call, plan, earlier, returned=bool(admitted.returned))
        if left is not None:
            plan = left.plan
            began = replace(
                began,
                now=left.started,
                resumed=left.state,
                returned=admitted.returned,
                transfers=left.transfers,
                recorded=left.recorded,
            )
        stem = _unused(self._settings.journals / f"{start.call}_{start.stream}")
        header = replay.header(plan.graph, plan.source, plan.settings)
        return Session(
            began,
            plan,
            Call(plan.graph, plan.settings),
            self._engines,
            wire,
            journal=Journal(stem.with_suffix(".jsonl"), header),
            recording=Recording(stem.with_suffix(".wav")),
            settings=self._settings.session,
            listener=self._listener(began) if self._listener else None,
            earlier_turns=left.turns if left else 0,
        )


def _unused(stem: Path) -> Path:
    """The path, or with a number behind it where a journal of that name is there already."""
    candidates = (stem, *(stem.with_name(f"{stem.name}_{n}") for n in range(2, 1000)))
    return next(path for path in candidates if not path.with_suffix(".jsonl").exists())
