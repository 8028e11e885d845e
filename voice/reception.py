"""What stands between the carrier's webhooks and the calls: who is answered with what, and what became of everything.

It is the desk that the webhooks ask and the gate that streams pass. Live calls are the server's; what outlives a
process is in the database.
"""

import asyncio
import secrets
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from voice import lost_calls, twilio
from voice.answering import Decision, Inbound, Line, Load
from voice.bookkeeping import BROKEN, PASSED_ON, TRANSFERRED
from voice.caller_history import CallerHistory
from voice.desk import Brief, Dialling, Phase, RecordingNote, StreamNote, VoicemailNote
from voice.errors import StoreError
from voice.events import LegState
from voice.gate import Admitted
from voice.passing_on import PassingOn
from voice.performer import Engines
from voice.person_legs import PersonLegs
from voice.plan import Lines
from voice.profile import Profiles
from voice.server import Server
from voice.session import Session
from voice.signature import Signatures
from voice.staff_keys import StaffKeys
from voice.tickets import CallOrder, Tickets
from voice.twiml import Public
from voice.webhooks import Webhooks

log = structlog.get_logger()

_WIND_UP_S = 1.0
_LOOK_UP_S = 0.7
"""What the database may take for an answer that a caller waits for."""


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
        self._signatures = signatures
        self._public = public
        self._settings = settings
        self._tickets = Tickets(settings.ticket_s)
        self._history = CallerHistory(engines.store, profiles)
        self._legs = PersonLegs(engines, self.now)
        self._passing = PassingOn(engines, self.now)
        self._keys = StaffKeys(engines.store, engines.notes, self.now)
        self._under_way: set[asyncio.Task[None]] = set()
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
        if order.returned:
            self._passing.back(start.call)
        profile = await self._history.found(token)
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
        return self._history.recent(caller)

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
        self._history.look_up(token, order.caller)
        return token

    # ---- where a call stands -------------------------------------------------------------------------------

    async def call_phase(self, call: str) -> Phase:
        """Where it stands; a session that is just winding up is waited for."""
        assert self._server is not None
        if (live := self._server.sessions.get(call)) is not None:
            outcome = live.report.outcome
            if outcome is None:
                await self._server.gone(call, _WIND_UP_S)
                outcome = live.report.outcome
            if outcome is not None:
                return _phase(outcome)
            if call in self._server.sessions:
                return Phase.LIVE
        session = self._server.finished.get(call)
        if session is not None:
            return _phase(session.report.outcome or "failed")
        try:
            async with asyncio.timeout(_LOOK_UP_S):
                found = await self._engines.store.resumable(call)
        except (StoreError, TimeoutError) as error:
            log.error("where the call stands is not known", call=call, error=type(error).__name__)
            return Phase.UNKNOWN
        return Phase.UNKNOWN if found is None else _phase(found.outcome)

    async def call_ended(self, call: str, status: str) -> None:
        """The carrier says that the call is over: whatever still thinks otherwise is told."""
        assert self._server is not None
        await self._engines.notes.note_status(call, status, 0)
        if (session := self._server.sessions.get(call)) is not None:
            session.closed("stop")
        if session is None or await self._server.gone(call, _WIND_UP_S):
            await self._over(call)
        else:
            self._later(self._over_when_gone(call))

    async def _over_when_gone(self, call: str) -> None:
        """As `_over`, for a call whose stream is slow to wind up."""
        assert self._server is not None
        while call in self._server.sessions:
            await self._server.gone(call, _WIND_UP_S)
        await self._over(call)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _over(self, call: str) -> None:
        """The call is over and has no stream: nobody is left ringing for it, and its end is booked."""
        telephone = self._engines.telephone
        for leg in telephone.legs_of(call):
            self._later(self._legs.drop(leg))
        await self._end(call, TRANSFERRED if await self._passing.over(call) else "caller_hung_up")

    async def _end(self, call: str, outcome: str) -> None:
        """Books the end of a call that has no stream any more, unless it has ended."""
        try:
            found = await self._engines.store.resumable(call)
        except StoreError as error:
            log.error("end of call not stored", call=call, error=str(error))  # as a lost call's, later
            return
        if found is not None and found.outcome is None:
            await lost_calls.end(self._engines, self._lines.plan(found.called or "", found.flow), call, outcome)

    async def note_stream(self, note: StreamNote) -> None:
        """A stream that failed is in the log already; nothing else follows from it."""

    async def note_recording(self, note: RecordingNote) -> None:
        """A recording is there, or is not."""
        if note.status == "absent":
            log.error("the carrier has no recording", call=note.call)
        elif note.status == "completed" and note.recording:
            kept = note.source == "RecordVerb"  # a message stays where its lead says that it can be heard
            about = (note.call, note.recording, note.url, note.seconds, note.channels)
            await self._engines.notes.note_recording(*about, kept=kept)
            self._engines.recorded()

    async def note_voicemail(self, note: VoicemailNote) -> None:
        """A message was left: a lead with where it can be heard."""
        line = self._lines.line(note.number)
        plan = self._lines.plan(note.number, line.flow) if line else None
        spoken = f"a message of {note.seconds} seconds"
        await self._engines.notes.note_route(
            note.call,
            "voicemail",
            "",
            "a message was left",
            caller=note.caller,
            called=note.number,
            started=self._lines.now(note.number),
            only_new=True,
        )
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
        """What the person of that leg hears; None: nobody waits for them any more."""
        session = self._live(call)
        found = self._engines.telephone.brief(call) if session is not None and session.waits_for(leg) else None
        return Brief(found.text, found.name if found.mulaw else "") if found else None

    async def brief_audio(self, opaque: str) -> bytes | None:
        """A brief's recording, WAV."""
        return self._engines.telephone.brief_audio(opaque)

    async def leg_changed(self, call: str, leg: int, state: LegState) -> bool:
        """Something happened to a person's telephone. False: nobody waits for this leg, or nobody any more."""
        session = self._live(call)
        wanted = session is not None and session.waits_for(leg)
        if session is not None:
            session.leg_changed(leg, state)
        await self._legs.changed(call, leg, state)
        return wanted

    async def leg_over(self, call: str, leg: int) -> None:
        """It is down, and the transfer has known before that it would be."""
        await self._legs.over(call, leg)

    async def drop_leg(self, call: str, sid: str, state: LegState) -> None:
        """Nobody waits for it. Who has joined while no stream is up may be with the caller, or hears an apology."""
        joined = state is LegState.JOINED
        if not joined or self._live(call) is not None:
            await self._legs.drop(sid, apology=joined)

    async def move_caller(self, call: str, url: str) -> None:
        """The caller's call shall run that document."""
        await self._legs.move_caller(call, url)

    async def person_left(self, call: str, leg: int) -> None:
        """The conversation is over."""
        await self._legs.talked(call)

    async def person_missed(self, call: str, leg: int) -> None:
        """There was none."""
        await self._legs.missed(call)

    def _live(self, call: str) -> Session | None:
        return self._server.sessions.get(call) if self._server else None

    async def staff_accepted(self, call: str, who: str) -> None:
        """One of the staff, or of those on call, has pressed 1."""
        await self._keys.accepted(call, who)

    async def staff_took(self, call: str, who: str) -> bool:
        """Whether they had."""
        return await self._keys.took(call, who)

    async def dialling(self, call: str) -> Dialling | None:
        """The call's transfer of pattern A."""
        return self._passing.dialling(call)

    async def dial_begun(self, call: str, n: int) -> int:
        """Person `n` is about to be dialled."""
        return await self._passing.begun(call, n)

    async def dial_accepted(self, call: str, n: int) -> bool:
        """Person `n` has pressed 1."""
        return await self._passing.accepted(call, n)

    async def was_accepted(self, call: str, n: int) -> bool:
        """Whether they had."""
        return await self._passing.was_accepted(call, n)

    async def dial_finished(self, call: str, n: int, state: LegState) -> None:
        """Person `n`: a conversation is over, or there was none."""
        if await self._passing.finished(call, n, state):
            await self._end(call, TRANSFERRED)


def _phase(outcome: str | None) -> Phase:
    if outcome in (TRANSFERRED, PASSED_ON):
        return Phase.TRANSFERRING
    return Phase.CRASHED if outcome is None or outcome in BROKEN else Phase.FINISHED
