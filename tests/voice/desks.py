"""The webhooks over a real socket: a desk that records, and a carrier that signs with its own package."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from yarl import URL

from voice.answering import Decision, Inbound, Line, Load
from voice.desk import Brief, Dialling, Phase, RecordingNote, StreamNote, VoicemailNote
from voice.events import LegState
from voice.signature import Signatures
from voice.tickets import CallOrder, Tickets
from voice.twiml import Public
from voice.webhooks import Webhooks

BASE = "https://agent.example.com"
TOKEN = "12345"
OWN = "+18005550100"
CALLER = "+14155550199"
ON_CALL = "+14155550103"
ANN, BOB = "+14155550101", "+14155550102"
MONDAY_NOON = "2026-06-01T12:00:00-04:00"


@dataclass
class FakeDesk:
    """Answers as it is told, and keeps every note."""

    lines: dict[str, Line] = field(default_factory=lambda: {OWN: Line(OWN, "lead", people=(ON_CALL,))})
    busy: Load = field(default_factory=Load)
    phase: Phase = Phase.UNKNOWN
    recent: int = 0
    briefs: dict[tuple[str, int], Brief] = field(default_factory=dict)
    audio: dict[str, bytes] = field(default_factory=dict)
    passing: Dialling | None = None
    dial_s: int = 3600
    wanted: bool = True
    breaks: str = ""
    """The method that raises."""
    hangs: str = ""
    notes: list[tuple[object, ...]] = field(default_factory=list)
    orders: dict[str, CallOrder] = field(default_factory=dict)
    """Token -> what it stands for."""
    accepted: set[tuple[str, int]] = field(default_factory=set)
    keyed: set[tuple[str, str]] = field(default_factory=set)
    """(call, who): staff or people on call who have pressed 1."""
    tickets: Tickets = field(default_factory=Tickets)

    async def _do(self, *note: object) -> None:
        if self.hangs == note[0]:
            await asyncio.Event().wait()
        if self.breaks == note[0]:
            raise RuntimeError(f"no database for {CALLER}")
        self.notes.append(note)

    def noted(self, name: str) -> list[tuple[object, ...]]:
        """What this method was told, in order."""
        return [note[1:] for note in self.notes if note[0] == name]

    def load(self) -> Load:
        return self.busy

    def now(self) -> str:
        return MONDAY_NOON

    def line(self, number: str) -> Line | None:
        return self.lines.get(number)

    async def recent_calls(self, caller: str) -> int:
        await self._do("recent_calls", caller)
        return self.recent

    async def note_route(self, call: Inbound, decision: Decision) -> None:
        await self._do("note_route", call, decision)

    async def open_ticket(self, call: str, account: str, order: CallOrder) -> str:
        await self._do("open_ticket", call, account, order)
        token = f"token-{len(self.orders)}"
        self.orders[token] = order
        self.tickets.issue(token, call, account, 0.0, order)
        return token

    async def call_phase(self, call: str) -> Phase:
        await self._do("call_phase", call)
        return self.phase

    async def call_ended(self, call: str, status: str) -> None:
        await self._do("call_ended", call, status)

    async def note_stream(self, note: StreamNote) -> None:
        await self._do("note_stream", note)

    async def note_recording(self, note: RecordingNote) -> None:
        await self._do("note_recording", note)

    async def note_voicemail(self, note: VoicemailNote) -> None:
        await self._do("note_voicemail", note)

    async def note_stop_word(self, number: str) -> None:
        await self._do("note_stop_word", number)

    async def note_start_word(self, number: str) -> None:
        await self._do("note_start_word", number)

    async def brief(self, call: str, leg: int) -> Brief | None:
        await self._do("brief", call, leg)
        return self.briefs.get((call, leg))

    async def brief_audio(self, opaque: str) -> bytes | None:
        await self._do("brief_audio", opaque)
        return self.audio.get(opaque)

    async def leg_changed(self, call: str, leg: int, state: LegState) -> bool:
        await self._do("leg_changed", call, leg, state)
        return self.wanted

    async def leg_over(self, call: str, leg: int) -> None:
        await self._do("leg_over", call, leg)

    async def drop_leg(self, call: str, sid: str, state: LegState) -> None:
        await self._do("drop_leg", call, sid, state)

    async def person_left(self, call: str, leg: int) -> None:
        await self._do("person_left", call, leg)

    async def person_missed(self, call: str, leg: int) -> None:
        await self._do("person_missed", call, leg)

    async def move_caller(self, call: str, url: str) -> None:
        await self._do("move_caller", call, url)

    async def staff_accepted(self, call: str, who: str) -> None:
        await self._do("staff_accepted", call, who)
        self.keyed.add((call, who))

    async def staff_took(self, call: str, who: str) -> bool:
        return (call, who) in self.keyed

    async def dialling(self, call: str) -> Dialling | None:
        await self._do("dialling", call)
        return self.passing

    async def dial_begun(self, call: str, n: int) -> int:
        await self._do("dial_begun", call, n)
        return self.dial_s

    async def dial_accepted(self, call: str, n: int) -> bool:
        await self._do("dial_accepted", call, n)
        self.accepted.add((call, n))
        return self.wanted

    async def was_accepted(self, call: str, n: int) -> bool:
        return (call, n) in self.accepted

    async def dial_finished(self, call: str, n: int, state: LegState) -> None:
        await self._do("dial_finished", call, n, state)


class _Pairs(dict[str, list[str]]):
    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        for name, value in pairs:
            self.setdefault(name, []).append(value)

    def getall(self, name: str) -> list[str]:
        return self[name]


@dataclass
class Reply:
    """What came back."""

    status: int
    kind: str
    text: str
    body: bytes
    location: str


class Service:
    """The carrier's side: signs for the public base, asks at the real address."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self._address = address

    async def post(self, path: str, form: dict[str, str] | str = "", **headers: str) -> Reply:
        """A signed POST of a form; `headers` with underscores for dashes, empty ones are left out."""
        text = urlencode(form) if isinstance(form, dict) else form
        signature = RequestValidator(TOKEN).compute_signature(
            BASE + path, _Pairs(parse_qsl(text, keep_blank_values=True))
        )
        own = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return await self.ask("POST", path, text.encode(), own | {k.replace("_", "-"): v for k, v in headers.items()})

    async def get(self, path: str, **headers: str) -> Reply:
        """A signed GET."""
        own = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(BASE + path, {})}
        return await self.ask("GET", path, b"", own | {k.replace("_", "-"): v for k, v in headers.items()})

    async def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        """Anything at all."""
        given = {name: value for name, value in headers.items() if value}
        url = URL(self._address + path, encoded=True)
        async with self._session.request(method, url, data=body or None, headers=given, allow_redirects=False) as got:
            data = await got.read()
            text = data.decode("utf-8", "replace")
            return Reply(got.status, got.content_type, text, data, got.headers.get("Location", ""))


@asynccontextmanager
async def service(desk: FakeDesk, *, signed_audio: bool = True, answer_s: float = 5.0) -> AsyncIterator[Service]:
    """A server with the webhooks, and the carrier that calls them."""
    app = web.Application()
    signatures = Signatures(BASE, TOKEN)
    Webhooks(desk, signatures, Public(BASE), answer_s=answer_s, signed_audio=signed_audio).add_to(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Service(session, f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()


def call_form(call: str = "CA1", **more: str) -> dict[str, str]:
    """What comes with a call's every webhook."""
    return {
        "CallSid": call,
        "AccountSid": "AC1",
        "From": CALLER,
        "To": OWN,
        "CallStatus": "in-progress",
        "Direction": "inbound",
        "ForwardedFrom": "",
        **more,
    }


def leg_form(**more: str) -> dict[str, str]:
    """What comes with the webhooks of a person's leg."""
    return {"CallSid": "CAleg", "AccountSid": "AC1", "From": OWN, "To": ANN, "Direction": "outbound-api", **more}
