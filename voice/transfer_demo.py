"""The demonstration's warm transfer: a recorded caller is handed to a person, who says yes.

The server is made out of a settings text, as `switchboard serve` makes it; the Twilio double rings it, and the person.
Webhooks and streams are signed; all of it goes over sockets of this machine. What both said to one another is measured
in what each of them heard.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from voice import recorded, settings
from voice.audio import LINE_RATE
from voice.commands import Command, Ring
from voice.demo import PIPER, WHISPER
from voice.double import Leg, RecordedCaller, Twilio
from voice.errors import CarrierError
from voice.events import Bridged, CallStarted, Event, LegChanged, LegState
from voice.exchange import Exchange
from voice.handed_over import HandedOver, answering, clip, found_in, in_turn, judged, write_files
from voice.report import Handover
from voice.service import service
from voice.session import Listener

SCENARIO = "gas_emergency"
ACCOUNT, PUBLIC = "AC" + "0" * 32, "https://agent.example.com"
BUSINESS, PERSON = "+14155550100", "+14155550111"
"""Numbers that are set aside for fiction."""
ENVIRONMENT = {"TWILIO_AUTH_TOKEN": "an auth token of nobody's", "SCREEN_SECRET": "a key of nobody's"}
LIMIT_S = 120.0
"""The caller gives up after so long."""
_DELIVERED_S = 10.0


@dataclass(frozen=True, slots=True)
class TransferSettings:
    """Where everything of it is written, and how fast the telephone network's time passes."""

    home: Path
    prompts: Path
    """Cache of rendered prompts, kept from run to run."""
    speed: float = 1.0
    asr: Path = WHISPER
    voice: Path = PIPER
    threads: int = 1


Tell = Callable[[str, str], None]
"""Takes who does something and what, for people to read."""


async def hand_over(
    given: TransferSettings, *, listener: Listener | None = None, tell: Tell = lambda who, what: None
) -> HandedOver:
    """The whole call. `listener` follows it; `tell` is told what the call itself does not know.

    Raises OperatorError where something named is missing, CarrierError for a call without end.
    """
    given.home.mkdir(parents=True, exist_ok=True)
    if not (given.home / "prompts").exists():
        given.prompts.mkdir(parents=True, exist_ok=True)
        (given.home / "prompts").symlink_to(given.prompts.resolve(), target_is_directory=True)
    person, caller = clip("person"), clip("caller")
    watched = _Watched(listener, tell)
    async with (
        _screen(lambda packet, link: watched.shown(packet)) as screen,
        Twilio(account=ACCOUNT, auth_token=ENVIRONMENT["TWILIO_AUTH_TOKEN"], speed=given.speed) as twilio,
        service(_settings(given, twilio.rest_url, screen), ENVIRONMENT, listener=watched.follow) as running,
    ):
        watched.running = running
        connect(twilio, running.port)
        twilio.people[PERSON] = answering("accept", person, caller)
        party = RecordedCaller(recorded.load(SCENARIO), then_says=in_turn(person, caller), hangs_up_after_s=LIMIT_S)
        from_ = recorded.load(SCENARIO).scenario.caller
        call = await twilio.dial_in(party, from_=from_, to=BUSINESS)
        await _over(call, running, given.speed)
        await twilio.settled()
        return await _result(given, running, twilio, call, watched)


def connect(twilio: Twilio, port: int) -> None:
    """Puts the business's number in front of the server at a port."""
    twilio.routes[PUBLIC] = f"http://127.0.0.1:{port}"
    twilio.number(BUSINESS, voice_url=f"{PUBLIC}/twilio/voice", status_callback=f"{PUBLIC}/twilio/call-status")


def _settings(given: TransferSettings, api_url: str, screen: str) -> settings.Settings:
    text = yaml.safe_dump(
        {
            "public_url": PUBLIC,
            "listen": {"host": "127.0.0.1", "port": 0},
            "home": str(given.home.absolute()),
            "models": {"ears": str(given.asr), "voice": str(given.voice), "threads": given.threads},
            "twilio": {"account": ACCOUNT, "auth_token_env": "TWILIO_AUTH_TOKEN", "api_url": api_url},
            "people": {"mike": {"name": "Mike", "number": PERSON}},
            "lists": {"on_call": [{"people": ["mike"]}]},
            "screens": [{"kind": "webhook", "url": screen, "secret_env": "SCREEN_SECRET"}],
            "deliveries": {"file": {"kind": "jsonl", "path": "leads.jsonl", "partial": True}},
            "numbers": {
                BUSINESS: {
                    "flow": "after_hours_hvac",
                    "time_zone": "America/New_York",
                    "transfers": {"on_call_line": "on_call", "front_desk": "on_call"},
                    "fallback": "on_call",
                    "recording": {"mode": "announce"},
                    "deliveries": ["file"],
                }
            },
        }
    )
    return settings.load_text(text, settings.FILE, given.home.absolute(), ENVIRONMENT)


class _Watched:
    """Follows the call for the result, and passes on to whoever else follows it."""

    def __init__(self, listener: Listener | None, tell: Tell) -> None:
        self._listener = listener
        self._tell = tell
        self.running: Exchange | None = None
        self.packet: dict[str, Any] = {}
        self.rung: list[tuple[str, str]] = []
        self.states: list[LegState] = []
        self.bridged = False
        self.brief, self.brief_s = "", 0.0
        self._call = ""

    def follow(self, start: CallStarted) -> "_Watched":
        """A listener for the one call that there is."""
        self._call = start.call
        return self

    def shown(self, packet: dict[str, Any]) -> None:
        """The screen has the packet."""
        self.packet = packet
        self._tell("screen", f"{packet['headline']} · {packet['number']}")

    def event(self, event: Event) -> None:
        if self._listener is not None:
            self._listener.event(event)
        if isinstance(event, LegChanged):
            self.states.append(event.to)
            if event.to is LegState.ANSWERED:
                self._briefed()
        elif isinstance(event, Bridged):
            self.bridged = event.ok

    def command(self, command: Command) -> None:
        if self._listener is not None:
            self._listener.command(command)
        if isinstance(command, Ring):
            self.rung.append((command.name, command.number))

    def _briefed(self) -> None:
        """The person has picked up and hears the brief."""
        found = self.running.engines.telephone.brief(self._call) if self.running is not None else None
        if found is not None:
            self.brief, self.brief_s = found.text, round(len(found.mulaw) / LINE_RATE, 1)
            self._tell("brief", f"{found.text}  ({self.brief_s} s)")


@asynccontextmanager
async def _screen(show: Callable[[dict[str, Any], str], None]) -> AsyncIterator[str]:
    """The address of a screen that is shown packets."""

    async def take(request: web.Request) -> web.Response:
        body = await request.json()
        show(body["packet"], body["link"])
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/screen", take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/screen"
    finally:
        await runner.cleanup()


async def _over(call: Leg, running: Exchange, speed: float) -> None:
    """Returns when the call is, and the server is done with it."""
    try:
        async with asyncio.timeout(2 * LIMIT_S / speed):
            await call.ended.wait()
    except TimeoutError:
        raise CarrierError("the call that is handed over does not end") from None
    await running.server.gone(call.sid, _DELIVERED_S)


async def _result(
    given: TransferSettings, running: Exchange, twilio: Twilio, call: Leg, watched: _Watched
) -> HandedOver:
    session = running.server.finished.get(call.sid)
    handover = session.report.transfers[-1] if session and session.report.transfers else Handover("", "", 0)
    person = next((leg for leg in twilio.calls.values() if leg.to == PERSON), None)
    heard, said = call.heard, clip("person")
    reached = person.heard if person is not None else b""
    done = HandedOver(
        call=call.sid,
        outcome=(session.report.outcome if session else None) or "failed",
        path=tuple(session.report.path) if session else (),
        rung=tuple(watched.rung),
        brief=watched.brief,
        brief_s=watched.brief_s,
        accepted=LegState.ACCEPTED in watched.states,
        answer_s=handover.answered_s,
        caller_heard=found_in(heard, said),
        person_heard=found_in(reached, clip("caller")),
        packet=watched.packet,
        lead=await _delivered(running, call.sid, given.home / "leads.jsonl"),
        files=write_files(given.home, call, person),
        faults=(),
    )
    return judged(done, twilio.violations)


async def _delivered(running: Exchange, call: str, file: Path) -> dict[str, str]:
    """The lead's fields as they were delivered; none where nothing comes in time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_DELIVERED_S):
            while not await _is_delivered(running, call):  # noqa: ASYNC110 - the outbox tells nobody
                await asyncio.sleep(0.05)
        return _last_lead(file)
    return {}


async def _is_delivered(running: Exchange, call: str) -> bool:
    return any(one.state == "delivered" for one in await running.engines.store.deliveries(call))


def _last_lead(file: Path) -> dict[str, str]:
    row = json.loads(file.read_text(encoding="utf-8").splitlines()[-1])
    return {slot: held["value"] for slot, held in row["lead"]["fields"].items()}
