"""The server over real sockets, with a real database; engines are fakes. Numbers name points of the checklist."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from sop.llm_reader import LlmReader, LlmSettings
from sop.loader import load
from tests import virtual_time
from tests.fakes import FakeRecogniser, FakeSynthesiser, Running, ScriptedDetector, running, tone
from voice.errors import EngineCrashed
from voice.replay import replay
from voice.session import SessionSettings
from voice.tools import HttpTools
from voice.vad import Detector

SILENCE = b"\xff" * 160
SPEECH = tone(0.02)


class Phone:
    """The carrier's end of one stream, by hand: it says what a test tells it to and keeps what comes back."""

    def __init__(
        self, socket: ClientConnection, stream: str = "MZ1", call: str = "CA1", server: Running | None = None
    ) -> None:
        self.socket = socket
        self.server = server
        self.stream, self.call = stream, call
        self.received: list[dict[str, Any]] = []
        self.timestamp = 155
        self.echoes = True

    async def start(self, **parameters: str) -> None:
        """`connected` and `start`."""
        await self.send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        start = {
            "accountSid": "AC1",
            "streamSid": self.stream,
            "callSid": self.call,
            "customParameters": parameters,
        }
        await self.send({"event": "start", "sequenceNumber": "1", "streamSid": self.stream, "start": start})

    async def send(self, message: dict[str, Any] | str | bytes) -> None:
        """One message, as JSON or as it is."""
        await self.socket.send(json.dumps(message) if isinstance(message, dict) else message)

    async def media(self, payload: bytes, **more: object) -> None:
        """A frame of audio."""
        media = {
            "track": "inbound",
            "timestamp": str(self.timestamp),
            "payload": base64.b64encode(payload).decode(),
        }
        self.timestamp += len(payload) // 8
        await self.send({"event": "media", "streamSid": self.stream, "media": media | more})

    async def talk(self, frames: int, payload: bytes = SILENCE) -> None:
        """Frames in real (here virtual) time, echoing marks as they come."""
        for _ in range(frames):
            await self.media(payload)
            await asyncio.sleep(0.02)
            await self.database_at_rest()
            await self.drain()

    async def database_at_rest(self) -> None:
        """Time is virtual and the database is not: no frame overtakes a write."""
        session = self.server.server.sessions.get(self.call) if self.server else None
        while session is not None and session._performer._lasting:
            await asyncio.wait(session._performer._lasting)

    async def drain(self) -> None:
        """Takes what has come."""
        while True:
            try:
                async with asyncio.timeout(0):
                    text = await self.socket.recv()
            except TimeoutError:
                return
            message = json.loads(text)
            self.received.append(message)
            if message["event"] == "mark" and self.echoes:
                await self.send({"event": "mark", "streamSid": self.stream, "mark": message["mark"]})

    async def until(self, event: str) -> None:
        """Takes what comes up to the first one of that kind."""
        while event not in self.events():
            self.received.append(json.loads(await self.socket.recv()))

    async def read_to_the_end(self) -> None:
        """Takes what comes until the server closes, which raises ConnectionClosed."""
        while True:
            self.received.append(json.loads(await self.socket.recv()))

    def events(self) -> list[str]:
        """Kinds of what came back."""
        return [m["event"] for m in self.received]

    async def hung_up(self) -> None:
        """`stop`, then close, as Twilio does."""
        await self.send(
            {"event": "stop", "streamSid": self.stream, "stop": {"accountSid": "AC1", "callSid": self.call}}
        )
        await self.socket.close()


def on_the_phone(folder: Path, script: Callable[[Phone, Running], Awaitable[None]], **options: Any) -> Running:
    """Runs a test's script against a fresh server on a virtual clock; waits for the call to be wound up."""

    async def main() -> Running:
        async with running(folder, **options) as server:
            async with connect(f"ws://127.0.0.1:{server.port}/ws", compression=None, proxy=None) as socket:
                await script(Phone(socket, server=server), server)
            for call in list(server.server.sessions):
                await server.server.ended(call)
            return server

    return virtual_time.run(main())


def outcome(server: Running, call: str = "CA1") -> str | None:
    """How the call ended."""
    return server.server.finished[call].report.outcome


# ---- what comes in ---------------------------------------------------------------------------------------------


def test_point_7_a_turn_is_heard_and_answered(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start(caller="+14155550123")
        await phone.talk(250)
        await phone.talk(50, SPEECH)
        await phone.talk(150)
        await phone.hung_up()

    server = on_the_phone(tmp_path, script, recogniser=FakeRecogniser(["my furnace stopped working"]))
    report = server.server.finished["CA1"].report
    assert [(t.heard, t.step) for t in report.turns] == [("my furnace stopped working", "triage")]
    assert report.fields["problem"][0] == "no_heat"
    assert report.caller == "+14155550123"


def test_point_8_frames_of_odd_size_carry_the_same_call(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        for size in (1, 7, 333, 159, 161, 1000, 160):
            await phone.talk(20, b"\xff" * size)
        for _ in range(60):
            await phone.talk(1, tone(0.0175))
        await phone.talk(100)
        await phone.hung_up()

    server = on_the_phone(tmp_path, script, recogniser=FakeRecogniser(["i need a tune up"]))
    assert server.server.finished["CA1"].report.fields["problem"][0] == "maintenance"


def test_point_8_a_gap_in_the_timestamps_is_silence_on_the_clock(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        await phone.talk(10)
        phone.timestamp += 3000
        await phone.talk(10)
        await phone.hung_up()

    server = on_the_phone(tmp_path, script)
    assert server.server.finished["CA1"].report.duration_s == pytest.approx(3.4, abs=0.05)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("{", "not JSON"),
        (b"\x00\x01", "binary frame"),
        ('{"event":"media","streamSid":"MZ1","media":{"payload":"!"}}', "bad base64"),
        ('{"event":"surprise"}', "unknown event"),
        ('{"event":"media","streamSid":"MZ2","media":{"payload":"/w=="}}', "another stream"),
        (
            '{"event":"media","streamSid":"MZ1","media":{"track":"outbound","payload":"/w=="}}',
            "unknown event",
        ),
        ('{"event":"start","streamSid":"MZ1","start":{"streamSid":"MZ1","callSid":"CA1"}}', "second start"),
        ('{"event":"mark","streamSid":"MZ1","mark":{}}', "name missing"),
    ],
)
def test_point_9_what_nobody_can_use_is_counted_and_the_call_goes_on(
    tmp_path: Path, message: str | bytes, kind: str
) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        await phone.talk(5)
        for _ in range(3):
            await phone.send(message)
        await phone.talk(200)
        await phone.talk(40, SPEECH)
        await phone.talk(120)
        await phone.hung_up()

    server = on_the_phone(tmp_path, script, recogniser=FakeRecogniser(["there is no heat"]))
    session = server.server.finished["CA1"]
    assert session.ignored == {kind: 3}
    assert session.report.fields["problem"][0] == "no_heat"


def test_point_10_keys_are_taken_while_the_agent_speaks_and_are_in_no_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        await phone.talk(20)
        for key in "73#":
            await phone.send({"event": "dtmf", "streamSid": "MZ1", "dtmf": {"track": "inbound_track", "digit": key}})
            await phone.talk(5)
        await phone.send({"event": "dtmf", "streamSid": "MZ1", "dtmf": {"digit": "99"}})
        await phone.talk(20)
        assert "clear" in phone.events()
        await phone.hung_up()

    server = on_the_phone(tmp_path, script)
    captured = capsys.readouterr()
    assert outcome(server) == "caller_hung_up"
    assert "no such key" in captured.out + captured.err  # the odd one is logged, by kind
    assert "73" not in captured.out + captured.err and "99" not in captured.out + captured.err


def test_point_11_media_before_the_detector_is_ready_is_not_lost(tmp_path: Path) -> None:
    ready = asyncio.Event()

    async def detector() -> Detector:
        await ready.wait()
        return ScriptedDetector()

    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        for payload in [SILENCE] * 20 + [SPEECH] * 40 + [SILENCE] * 60:
            await phone.media(payload)
        await asyncio.sleep(0.1)
        assert not server.recogniser.asked
        ready.set()
        await phone.talk(50)
        await phone.hung_up()

    settings = SessionSettings(stall_ms=None)
    server = on_the_phone(
        tmp_path, script, recogniser=FakeRecogniser(["hello hello"]), detector=detector, session=settings
    )
    assert max(samples for samples, _, _ in server.recogniser.asked) >= 40 * 160
    assert server.server.finished["CA1"].report.duration_s >= 120 * 0.02


def test_point_11_silence_stalls_nothing(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        await phone.talk(700)
        await phone.hung_up()

    server = on_the_phone(tmp_path, script)
    assert "I'm listening." in server.synthesiser.spoken


def test_a_carrier_that_sends_no_silence_is_still_spoken_to(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        for _ in range(100):
            await asyncio.sleep(0.05)
            await phone.drain()
        assert phone.events().count("media") > 5
        await phone.hung_up()

    on_the_phone(tmp_path, script)


def test_a_line_on_which_nothing_comes_any_more_is_given_up(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        phone.echoes = False
        await phone.start()
        with pytest.raises(ConnectionClosed):
            await phone.read_to_the_end()

    server = on_the_phone(tmp_path, script)
    assert outcome(server) == "line_dead"


# ---- the end -----------------------------------------------------------------------------------------------------


async def _stop_and_close(phone: Phone) -> None:
    await phone.hung_up()


async def _close_without_stop(phone: Phone) -> None:
    await phone.socket.close()


async def _stop_without_close(phone: Phone) -> None:
    await phone.send({"event": "stop", "streamSid": "MZ1", "stop": {}})
    with pytest.raises(ConnectionClosed):
        await phone.read_to_the_end()


async def _media_after_stop(phone: Phone) -> None:
    await phone.send({"event": "stop", "streamSid": "MZ1", "stop": {}})
    await phone.media(SILENCE)
    await phone.send({"event": "stop", "streamSid": "MZ1", "stop": {}})
    await phone.socket.close()


async def _broken_off(phone: Phone) -> None:
    phone.socket.transport.abort()


@pytest.mark.parametrize(
    "end", [_stop_and_close, _close_without_stop, _stop_without_close, _media_after_stop, _broken_off]
)
def test_point_12_however_a_stream_ends_the_call_ends_once(
    tmp_path: Path, end: Callable[[Phone], Awaitable[None]]
) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        await phone.talk(100)
        await end(phone)

    async def stored(server: Running) -> list[str | None]:
        await server.store.open()
        calls = await server.store.calls()
        await server.store.close()
        return [c.outcome for c in calls]

    server = on_the_phone(tmp_path, script)
    assert asyncio.run(stored(server)) == ["caller_hung_up"]
    result = replay(server.server.finished["CA1"].journal_path)
    assert result.identical and result.outcome == "caller_hung_up"


# ---- what goes out -------------------------------------------------------------------------------------------------


def test_point_13_nothing_is_sent_before_start_and_then_only_the_three_messages(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        for _ in range(20):
            await phone.media(SILENCE)
        await asyncio.sleep(1)
        await phone.drain()
        assert phone.received == []
        await phone.start()
        await phone.until("media")
        await phone.talk(25)
        await phone.talk(60, SPEECH)
        await phone.talk(60)
        keys = {
            "media": {"event", "streamSid", "media"},
            "mark": {"event", "streamSid", "mark"},
            "clear": {"event", "streamSid"},
        }
        assert set(phone.events()) == set(keys)
        for message in phone.received:
            assert set(message) == keys[message["event"]] and message["streamSid"] == "MZ1"
            if message["event"] == "media":
                assert set(message["media"]) == {"payload"}
                payload = base64.b64decode(message["media"]["payload"])
                assert payload and len(payload) % 160 == 0 and not payload.startswith(b"RIFF")
        await phone.hung_up()

    on_the_phone(tmp_path, script, recogniser=FakeRecogniser(["my furnace is broken"]))


def test_point_15_every_media_has_a_mark_of_its_own_behind_it(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        await phone.talk(400)
        events = phone.events()
        assert events[::2] == ["media"] * len(events[::2]) and events[1::2] == ["mark"] * len(events[1::2])
        names = [m["mark"]["name"] for m in phone.received if m["event"] == "mark"]
        assert len(names) == len(set(names)) > 10
        await phone.hung_up()

    on_the_phone(tmp_path, script)


def test_point_16_what_is_sent_stays_within_the_lead(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        sent, most = 0, 0
        for frame in range(300):
            await phone.talk(1)
            sent = sum(len(base64.b64decode(m["media"]["payload"])) for m in phone.received if m["event"] == "media")
            most = max(most, sent - frame * 160)
        assert sent > 16_000 and most <= 2 * 8000
        await phone.hung_up()

    on_the_phone(tmp_path, script)


class _StuckWire:
    """A peer that takes nothing any more."""

    async def send(self, text: str) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        pass


def test_point_16_a_send_that_hangs_is_a_dead_line(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        await phone.talk(2)
        session = server.server.sessions["CA1"]
        wire, session._outbound._wire = session._wire, _StuckWire()
        began = asyncio.get_running_loop().time()
        while session.report.outcome is None:
            await phone.media(SILENCE)
            await asyncio.sleep(0.02)
        assert 4.9 <= asyncio.get_running_loop().time() - began < 8
        await wire.close()

    server = on_the_phone(tmp_path, script)
    assert outcome(server) == "line_dead"


def test_point_17_after_the_clear_no_media_of_the_old_turn_follows(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        await phone.talk(100)
        await phone.talk(60, SPEECH)
        cleared = phone.events().index("clear")
        assert "media" not in phone.events()[cleared:]
        await phone.talk(80)
        assert "media" in phone.events()[cleared:]
        await phone.hung_up()

    server = on_the_phone(tmp_path, script, recogniser=FakeRecogniser(["my furnace is broken"]))
    assert server.server.finished["CA1"].report.turns[0].barge_in


def test_point_19_marks_of_any_name_are_tolerated(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        for name in ("nonsense", "u0:1600", "u0:1600", "u99:1"):
            await phone.send({"event": "mark", "streamSid": "MZ1", "mark": {"name": name}})
        await phone.talk(100)
        assert "media" in phone.events()
        await phone.hung_up()

    server = on_the_phone(tmp_path, script)
    assert server.server.finished["CA1"].ignored == {}


# ---- who gets in -----------------------------------------------------------------------------------------------------


def test_point_5_a_socket_without_start_is_closed(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        began = asyncio.get_running_loop().time()
        with pytest.raises(ConnectionClosed):
            await phone.socket.recv()
        assert 4 < asyncio.get_running_loop().time() - began < 6

    assert on_the_phone(tmp_path, script).server.finished == {}


@pytest.mark.parametrize("call", ["CA1", "../../etc/passwd"])
def test_a_live_call_or_a_made_up_name_is_refused(tmp_path: Path, call: str) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        await phone.talk(5)
        async with connect(server.url, compression=None, proxy=None) as second:
            other = Phone(second, "MZ2", call)
            await other.start()
            with pytest.raises(ConnectionClosed) as closed:
                await second.recv()
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 1008
        await phone.talk(5)
        assert list(server.server.sessions) == ["CA1"]
        await phone.hung_up()

    on_the_phone(tmp_path, script)


def test_health_readiness_and_unknown_paths(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        base = f"http://127.0.0.1:{server.port}"
        async with aiohttp.ClientSession() as client:
            async with client.get(base + "/healthz") as answer:
                assert answer.status == 200
            async with client.get(base + "/readyz") as answer:
                assert answer.status == 200 and (await answer.json())["ready"] is True
            server.recogniser.ready = False
            async with client.get(base + "/readyz") as answer:
                assert answer.status == 503
            async with client.get(base + "/elsewhere") as answer:
                assert answer.status == 404
        await phone.start()
        await phone.hung_up()

    on_the_phone(tmp_path, script)


def test_point_5_a_message_beyond_the_limit_ends_the_call_and_nothing_else(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        await phone.talk(5)
        await phone.send(json.dumps({"event": "media", "x": "y" * 70_000}))
        with pytest.raises(ConnectionClosed):
            await phone.talk(100)

    assert outcome(on_the_phone(tmp_path, script)) == "caller_hung_up"


# ---- engines that fail ---------------------------------------------------------------------------------------------


def test_a_recogniser_that_crashes_costs_one_question(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        await phone.talk(250)
        for _ in range(2):
            await phone.talk(50, SPEECH)
            await phone.talk(400)
        await phone.hung_up()

    crash = EngineCrashed("the recogniser ended")
    server = on_the_phone(tmp_path, script, recogniser=FakeRecogniser([crash, crash, "no heat at all"]))
    assert server.server.finished["CA1"].report.fields["problem"][0] == "no_heat"
    assert any("problem on my side" in text for text in server.synthesiser.spoken)


def test_a_voice_that_fails_twice_ends_the_call_for_the_carriers_fallback(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        with pytest.raises(ConnectionClosed):
            await phone.talk(100)

    assert outcome(on_the_phone(tmp_path, script, synthesiser=FakeSynthesiser(fails=20))) == "voice_failed"


def test_a_saved_field_is_in_the_database_when_the_caller_hangs_up_half_way(tmp_path: Path) -> None:
    async def script(phone: Phone, server: Running) -> None:
        await phone.start()
        await phone.talk(250)
        await phone.talk(50, SPEECH)
        await phone.talk(150)
        lead = await server.store.lead("CA1")
        assert lead is not None and lead.status == "partial" and lead.values == {"problem": "no_heat"}
        phone.socket.transport.abort()

    on_the_phone(tmp_path, script, recogniser=FakeRecogniser(["no heat at all"]))


FLOW = """\
sop: parcels
business: Acme
start: number
slots:
  parcel: {{type: digits, lengths: [4], prompt: Your number?, confirm: never}}
tools:
  status:
    url: "http://127.0.0.1:{port}/v1/parcels/{{parcel}}"
    arguments: [parcel]
    retries: 1
    results: {{state: text}}
    example: {{state: on its way}}
steps:
  number: {{ask: parcel, go: look}}
  look: {{tool: status, on_failure: desk, go: told}}
  told: {{say: "Your parcel is {{state}}.", go: bye}}
  bye: {{end: told}}
  desk: {{transfer: desk, on_no_answer: bye}}
escalate:
  - {{when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk}}
"""


@asynccontextmanager
async def _web(
    listening: socket.socket, answer: Callable[[web.Request], Awaitable[web.Response]]
) -> AsyncIterator[None]:
    """Somebody's server on the test's own loop, so that virtual time never overtakes a request."""
    pages = web.Application()
    pages.router.add_post("/{path:.*}", answer)
    runner = web.AppRunner(pages)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        yield
    finally:
        await runner.cleanup()


def test_a_tool_over_http_is_tried_again_with_its_key_and_its_answer_is_spoken(tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []

    async def depot(request: web.Request) -> web.Response:
        """503 to the first request of each key, then the state of the parcel."""
        key = request.headers["Idempotency-Key"]
        tried = any(one == key for _, one in asked)
        asked.append((request.path, key))
        return web.json_response({"state": "at the depot"} if tried else {}, status=200 if tried else 503)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        flow = tmp_path / "parcels.yaml"
        flow.write_text(FLOW.format(port=listening.getsockname()[1]))

        async def script(phone: Phone, server: Running) -> None:
            async with _web(listening, depot):
                await phone.start()
                await phone.talk(100)
                await phone.talk(50, SPEECH)
                with pytest.raises(ConnectionClosed):
                    await phone.talk(1000)

        ears = FakeRecogniser(["four two one seven"])
        server = on_the_phone(tmp_path, script, flow=str(flow), tools=HttpTools({}), recogniser=ears)
    (first, key), (second, again) = asked
    assert first == second == "/v1/parcels/4217"
    assert key == again
    assert key.startswith("CA1-")
    assert "Your parcel is at the depot." in server.synthesiser.spoken
    assert outcome(server) == "told"


def test_a_model_may_help_to_read_and_the_journal_says_so(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = []

    async def model(request: web.Request) -> web.Response:
        """Hears a broken furnace in whatever is said."""
        asked.append(await request.json())
        act = {"kind": "answer", "slot": "problem", "said": "gave up the ghost", "option": "no_heat"}
        message = {"role": "assistant", "content": json.dumps({"acts": [act]})}
        return web.json_response({"choices": [{"index": 0, "finish_reason": "stop", "message": message}]})

    with socket.create_server(("127.0.0.1", 0)) as listening:

        async def script(phone: Phone, server: Running) -> None:
            async with _web(listening, model):
                await phone.start(caller="+14155550123")
                await phone.talk(250)
                await phone.talk(50, SPEECH)
                await phone.talk(200)
                await phone.hung_up()

        url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        reader = LlmReader(load("after_hours_hvac"), LlmSettings(url, "small", timeout_ms=10_000))
        ears = FakeRecogniser(["well the thing gave up the ghost"])
        server = on_the_phone(tmp_path, script, recogniser=ears, model=reader)
    assert asked[0]["model"] == "small"
    assert server.server.finished["CA1"].report.fields["problem"][0] == "no_heat"
    (journal,) = (tmp_path / "calls").glob("*.jsonl")
    assert '"source":"llm"' in journal.read_text(encoding="utf-8")
    assert replay(journal).identical
