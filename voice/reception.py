"""What stands between the carrier's webhooks and the calls: who is answered with what, and what became of everything.

It is the desk that the webhooks ask and the gate that streams pass. Live calls are the server's; what outlives a
process is in the database.
"""

import asyncio
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog
from aiohttp import web

from voice import twilio
from voice.answering import Decision, Inbound, Line, Load
from voice.bookkeeping import BROKEN, PASSED_ON
from voice.desk import Brief, Dialling, Phase, RecordingNote, StreamNote, VoicemailNote
from voice.errors import StoreError
from voice.events import LegState
from voice.gate import Admitted
from voice.performer import Engines
from voice.plan import CallPlan
from voice.profile import History, Profiles
from voice.server import Server
from voice.signature import Signatures
from voice.store import KnownCaller
from voice.tickets import CallOrder, Tickets
from voice.twiml import Public
from voice.webhooks import Webhooks

log = structlog.get_logger()

_HOUR_S = 3600.0
_WIND_UP_S = 1.0
_MOST_REMEMBERED = 4096
_DOWN = frozenset({LegState.BUSY, LegState.NO_ANSWER, LegState.FAILED, LegState.ENDED})
TRANSFERRED = "transferred"


class Lines(Protocol):
    """What is configured for the business's numbers."""

    def line(self, number: str) -> Line | None:
        """How a number is answered at this moment; None: it is none of ours."""
        ...

    def plan(self, number: str, flow: str) -> CallPlan | None:
        """How a call of that number is conducted; None: it is none of ours."""
        ...

    def now(self, number: str) -> str:
        """The time at the business, ISO 8601 with offset; here, for a number that is none of ours."""
        ...


@dataclass(frozen=True, slots=True)
class ReceptionSettings:
    """Who may come in."""

    account: str
    """The carrier's name for ours."""
    most_calls: int = 64
    ticket_s: float = 60.0


class Reception:
    """A `voice.desk.Desk` and a `voice.gate.Gate`; one a server."""

    def __init__(
        self,
        lines: Lines,
        engines: Engines,
        profiles: Profiles,
        signatures: Signatures,
        public: Public,
        settings: ReceptionSettings,
    ) -> None:
        self._lines = lines
        self._engines = engines
        self._profiles = profiles
        self._signatures = signatures
        self._public = public
        self._settings = settings
        self._tickets = Tickets(settings.ticket_s)
        self._known: OrderedDict[str, asyncio.Task[Mapping[str, str]]] = OrderedDict()
        """Token → what is being found out about the caller."""
        self._recent: OrderedDict[str, deque[float]] = OrderedDict()
        self._answered: set[tuple[str, int]] = set()
        self._accepted: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._server: Server | None = None

    def attach(self, server: Server) -> None:
        """The server whose calls these are."""
        self._server = server

    # ---- the gate ------------------------------------------------------------------------------------------

    def routes(self, app: web.Application) -> None:
        """The webhooks, and the packets' pages."""
        # What <Play> fetches is not signed by every carrier; a brief's name is a secret by itself.
        Webhooks(self, self._signatures, self._public, signed_audio=False).add_to(app)
        app.router.add_get("/packet/{call}/{part}", self._packet)

    async def _packet(self, request: web.Request) -> web.Response:
        page = self._engines.telephone.page(request.raw_path)
        if page is None:
            raise web.HTTPNotFound(text="this link is not one of ours, or it has expired\n")
        return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-store"})

    def upgrade(self, request: web.Request) -> bool:
        """Whether the carrier has signed the request for a socket."""
        return self._signatures.upgrade(request.raw_path, request.headers.get("X-Twilio-Signature"))

    async def admit(self, start: twilio.Start) -> Admitted | None:
        """What the stream's ticket says; None without one."""
        token = start.parameters.get("token", "")
        order = self._tickets.redeem(token, start.call, start.account, time.monotonic())
        if order is None or start.account != self._settings.account:
            return None
        plan = self._lines.plan(order.number, order.flow)
        if plan is None:
            log.error("call refused", why="the number is not configured any more", call=start.call)
            return None
        known = self._known.pop(token, None)
        profile = await known if known is not None else {}
        now = self._lines.now(order.number)
        return Admitted(plan, order.caller, now, profile, order.returned, supersedes=True)

    # ---- answering -----------------------------------------------------------------------------------------

    def load(self) -> Load:
        """How busy we are."""
        engines = self._engines
        live = len(self._server.sessions) if self._server else 0
        draining = self._server is None or self._server.draining
        ready = engines.recogniser.ready and engines.synthesiser.ready
        return Load(live, self._settings.most_calls, draining, ready)

    def now(self) -> str:
        """The time here, ISO 8601 with offset."""
        return self._lines.now("")

    def line(self, number: str) -> Line | None:
        """How a number is answered at this moment."""
        return self._lines.line(number)

    async def recent_calls(self, caller: str) -> int:
        """Calls from this number in the last hour, before this one."""
        now = time.monotonic()
        times = self._recent.setdefault(caller, deque(maxlen=256))
        self._recent.move_to_end(caller)
        while len(self._recent) > _MOST_REMEMBERED:
            self._recent.popitem(last=False)
        while times and now - times[0] > _HOUR_S:
            times.popleft()
        times.append(now)
        return len(times) - 1

    async def note_route(self, call: Inbound, decision: Decision) -> None:
        """A call was answered, and with what."""
        await self._engines.notes.note_route(
            call.call,
            decision.route.value,
            decision.arm,
            decision.why,
            caller=call.caller,
            called=call.number,
            started=self._lines.now(call.number),
            attestation=call.attested,
        )

    async def open_ticket(self, call: str, account: str, order: CallOrder) -> str:
        """A token for one stream of that call. What is known of the caller is looked up meanwhile."""
        token = secrets.token_urlsafe(24)
        self._tickets.issue(token, call, account, time.monotonic(), order)
        self._known[token] = asyncio.create_task(self._profile(order.caller))
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)[1].cancel()
        return token

    async def _profile(self, caller: str | None) -> Mapping[str, str]:
        try:
            known = await self._engines.store.caller(caller) if caller else None
        except StoreError as error:
            log.error("earlier calls not looked up", error=str(error))
            known = None
        history = _history(known) if known is not None else None
        return (await self._profiles.of(caller, history)).fields

    # ---- where a call stands -------------------------------------------------------------------------------

    async def call_phase(self, call: str) -> Phase:
        """Where it stands; a session that is just winding up is waited for."""
        assert self._server is not None
        if call in self._server.sessions and not await self._server.gone(call, _WIND_UP_S):
            return Phase.LIVE
        session = self._server.finished.get(call)
        if session is not None:
            return _phase(session.report.outcome or "failed")
        found = await self._engines.store.resumable(call)
        if found is None:
            return Phase.UNKNOWN
        return Phase.CRASHED if found.outcome is None else _phase(found.outcome)

    async def call_ended(self, call: str, status: str) -> None:
        """The carrier says that the call is over: whatever still thinks otherwise is told."""
        assert self._server is not None
        await self._engines.notes.note_status(call, status, 0)
        session = self._server.sessions.get(call)
        if session is not None:
            session.closed("stop")
            return
        found = await self._engines.store.resumable(call)
        if found is None or found.outcome is not None:
            return
        plan = self._lines.plan(found.called or "", found.flow)
        partial = plan.partial_targets if plan else ()
        targets = plan.targets if plan else ()
        await self._engines.notes.end_call(call, "caller_hung_up", 0.0, (), targets=targets, partial_targets=partial)
        self._engines.delivered()

    async def note_stream(self, note: StreamNote) -> None:
        """A stream that failed is in the log already; nothing else follows from it."""

    async def note_recording(self, note: RecordingNote) -> None:
        """A recording is there, or is not."""
        if note.status == "absent":
            log.error("the carrier has no recording", call=note.call)
        elif note.status == "completed":
            await self._engines.notes.note_recording(note.call, note.recording, note.url, note.seconds, note.channels)

    async def note_voicemail(self, note: VoicemailNote) -> None:
        """A message was left: a lead with where it can be heard."""
        line = self._lines.line(note.number)
        plan = self._lines.plan(note.number, line.flow) if line else None
        spoken = f"a message of {note.seconds} seconds"
        await self._engines.notes.save_fields(note.call, {"voicemail": (note.url, spoken, 1.0, False)})
        targets = tuple(dict.fromkeys((*plan.targets, *plan.partial_targets))) if plan else ()
        await self._engines.notes.end_call(
            note.call, "voicemail", float(note.seconds), (), targets=targets, partial_targets=targets
        )
        self._engines.delivered()

    async def note_stop_word(self, number: str) -> None:
        """No further text to this number."""
        await self._engines.notes.remember_caller(number, profile={"texts": "no"})

    async def note_start_word(self, number: str) -> None:
        """Texts are welcome again."""
        await self._engines.notes.remember_caller(number, profile={"texts": "yes"})

    # ---- transfers -----------------------------------------------------------------------------------------

    async def brief(self, call: str, leg: int) -> Brief | None:
        """What the person of that leg hears; None: the caller has gone."""
        found = self._engines.telephone.brief(call) if self._is_live(call) else None
        return Brief(found.text, found.name if found.mulaw else "") if found else None

    async def brief_audio(self, opaque: str) -> bytes | None:
        """A brief's recording, WAV."""
        return self._engines.telephone.brief_audio(opaque)

    async def leg_changed(self, call: str, leg: int, state: LegState) -> bool:
        """Something happened to a person's telephone. False: nobody waits for this leg any more."""
        if state is LegState.ANSWERED:
            self._answered.add((call, leg))
        if state in _DOWN:
            self._engines.telephone.over(call, leg, answered=(call, leg) in self._answered)
            self._answered.discard((call, leg))
        session = self._server.sessions.get(call) if self._server else None
        if session is None:
            return False
        session.leg_changed(leg, state)
        return True

    async def person_left(self, call: str, leg: int) -> None:
        """The conversation is over."""
        transfers = await self._engines.store.transfers(call)
        if transfers:
            await self._engines.notes.note_transfer(call, transfers[-1].transfer, ended_at=self.now())

    def _is_live(self, call: str) -> bool:
        return self._server is not None and call in self._server.sessions

    async def dialling(self, call: str) -> Dialling | None:
        """The call's transfer of pattern A."""
        dialled = self._engines.telephone.dialled(call)
        found = self._engines.telephone.brief(call)
        if dialled is None or found is None:
            return None
        brief = Brief(found.text, found.name if found.mulaw else "")
        return Dialling(dialled.numbers, brief, dialled.caller_id, dialled.timeout_s)

    async def dial_accepted(self, call: str, n: int) -> bool:
        """Person `n` has pressed 1."""
        if self._engines.telephone.dialled(call) is None:
            return False
        self._accepted[call, n] = None
        while len(self._accepted) > _MOST_REMEMBERED:
            self._accepted.popitem(last=False)
        return True

    async def was_accepted(self, call: str, n: int) -> bool:
        """Whether they had."""
        return (call, n) in self._accepted

    async def dial_finished(self, call: str, n: int, state: LegState) -> None:
        """Person `n`: a conversation is over, or there was none."""
        dialled = self._engines.telephone.dialled(call)
        if dialled is None or state is not LegState.ENDED:
            return
        await self._engines.notes.note_transfer(call, dialled.transfer, outcome=TRANSFERRED, ended_at=self.now())
        found = await self._engines.store.resumable(call)
        if found is not None and found.outcome is None:
            await self._engines.notes.end_call(call, TRANSFERRED, 0.0, ())
            self._engines.delivered()


def _history(known: KnownCaller) -> History:
    return History(known.calls, known.last_call, known.last_outcome or "", known.name)


def _phase(outcome: str) -> Phase:
    if outcome in (TRANSFERRED, PASSED_ON):
        return Phase.TRANSFERRING
    return Phase.CRASHED if outcome in BROKEN else Phase.FINISHED
