"""The client that rings as Twilio does, against small servers over real loopback sockets."""

import asyncio
import base64
import json
import wave
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests import virtual_time
from voice import twilio
from voice.audio import decode
from voice.caller import Reply
from voice.errors import OperatorError
from voice.recorded import Recorded
from voice.scenario import Expect, Scenario, Turn
from voice.simulate import LockStep, Rang, RealTime, ring

VOICE = b"\x10" * 160
SILENCE = base64.b64encode(b"\xff" * 160).decode()
CLIP = b"\x20" * 1600
"""200 ms of voice: ten frames."""


def recorded(*turns: dict[str, object], limit_s: int = 20) -> Recorded:
    scenario = Scenario(
        name="x",
        description="x",
        flow="x",
        caller="+14155550123",
        now="2026-11-22T19:40:00-05:00",
        voice="x",
        parameters={"token": "secret"},
        limit_s=limit_s,
        turns=tuple(Turn.model_validate({"clip": "a.wav", "says": "hello"} | turn) for turn in turns),
        expect=Expect(outcome="x"),
    )
    return Recorded(scenario, {"a.wav": CLIP})


@dataclass
class Agent:
    """A server of one call: keeps every message, acts by a script (number of frames heard → what to do)."""

    script: dict[int, Callable[["Agent"], Awaitable[None]]]
    messages: list[dict[str, Any]] = field(default_factory=list)
    sent: int = 0
    frames: int = 0
    over: bool = False
    request_headers: dict[str, str] = field(default_factory=dict)
    _socket: ServerConnection | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, socket: ServerConnection) -> None:
        self._socket = socket
        assert socket.request is not None
        self.request_headers = dict(socket.request.headers.raw_items())
        async for message in socket:
            assert isinstance(message, str)
            self.messages.append(json.loads(message))
            if self.messages[-1]["event"] == "media":
                self.frames += 1
                if self.frames in self.script:
                    await self.script.pop(self.frames)(self)
            self._changed.set()
        self.over = True
        self._changed.set()

    async def send(self, *messages: str | bytes) -> None:
        assert self._socket is not None
        for message in messages:
            await self._socket.send(message)
            self.sent += 1

    async def say(self, frames: int, mark: str) -> None:
        await self.send(twilio.media(self.stream, VOICE * frames), twilio.mark(self.stream, mark))

    async def close(self, code: int = 1000) -> None:
        assert self._socket is not None
        self.over = True
        await self._socket.close(code)

    async def settled(self, sent: int, received: int) -> None:
        """The client has heard all we said and we have dealt with all it sent since `start`."""
        while not (self.over or (len(self.messages) - 2 == sent and self.sent == received)):
            self._changed.clear()
            await self._changed.wait()

    @property
    def stream(self) -> str:
        name: str = self.messages[1]["streamSid"]
        return name

    def of(self, event: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["event"] == event]


def says(frames: int, mark: str) -> Callable[[Agent], Awaitable[None]]:
    return lambda agent: agent.say(frames, mark)


def sends(*make: Callable[[str], str | bytes]) -> Callable[[Agent], Awaitable[None]]:
    async def act(agent: Agent) -> None:
        await agent.send(*(one(agent.stream) for one in make))

    return act


def closes(code: int = 1000) -> Callable[[Agent], Awaitable[None]]:
    return lambda agent: agent.close(code)


def rung(agent: Agent, caller: Recorded, record: Path | None = None) -> Rang:
    """The call of `caller` to `agent`, frame by frame in lock step."""

    async def run() -> Rang:
        async with serve(agent.answer, "127.0.0.1", 0, compression=None) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            url = f"ws://127.0.0.1:{port}/ws"
            return await ring(caller, url, pace=LockStep(agent.settled), call="CA1", record=record)

    return asyncio.run(run())


def test_the_messages_are_as_twilio_writes_them() -> None:
    agent = Agent({1: says(3, "a"), 50: closes()})
    rung(agent, recorded({"keys": "1", "clip": None, "says": None, "when": {"over": "prompt", "at_ms": 0}}))
    connected, start, first, *_ = agent.messages
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert start == {
        "event": "start",
        "sequenceNumber": "1",
        "streamSid": agent.stream,
        "start": {
            "accountSid": "AC" + "0" * 32,
            "streamSid": agent.stream,
            "callSid": "CA1",
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {
                "caller": "+14155550123",
                "called": "+14155550100",
                "now": "2026-11-22T19:40:00-05:00",
                "token": "secret",
            },
        },
    }
    assert first == {
        "event": "media",
        "sequenceNumber": "2",
        "streamSid": agent.stream,
        "media": {"track": "inbound", "chunk": "1", "timestamp": "155", "payload": SILENCE},
    }
    assert [m["media"]["timestamp"] for m in agent.of("media")] == [str(155 + 20 * n) for n in range(50)]
    assert [m["media"]["chunk"] for m in agent.of("media")] == [str(1 + n) for n in range(50)]
    assert [m["sequenceNumber"] for m in agent.messages[1:]] == [str(1 + n) for n in range(53)]
    assert agent.of("mark")[0]["mark"] == {"name": "a"}
    assert agent.of("dtmf")[0]["dtmf"] == {"track": "inbound_track", "digit": "1"}
    assert agent.stream.startswith("MZ")
    assert "Sec-WebSocket-Extensions" not in agent.request_headers


def test_a_turn_is_played_after_the_prompt_and_the_gap_is_measured() -> None:
    # Frames are counted from 1: what is sent on hearing frame 10 is played out from frame 11 on.
    agent = Agent({10: says(20, "prompt"), 100: says(5, "reply"), 120: closes()})
    rang = rung(agent, recorded({}))
    spoken = [n for n, m in enumerate(agent.of("media"), 1) if m["media"]["payload"] != SILENCE]
    assert spoken == list(range(31 + 35, 31 + 35 + 10))
    assert rang == Rang(
        scenario="x",
        call="CA1",
        frames=120,
        replies=(Reply(0, (101 - 76) * 20),),
        turns=1,
        barge_ins=0,
        violations=(),
        begun=((31 + 35 - 1) * 160,),
        ended_by="agent",
        duration_s=2.4,
    )


def test_the_same_call_twice_is_the_same() -> None:
    calls = [
        rung(Agent({10: says(20, "prompt"), 100: says(5, "reply"), 120: closes()}), recorded({})) for _ in range(2)
    ]
    assert calls[0] == calls[1]


def test_a_mark_comes_back_when_its_audio_has_been_played() -> None:
    agent = Agent({10: says(20, "prompt"), 11: sends(lambda s: twilio.mark(s, "behind")), 60: closes()})
    rung(agent, recorded({"when": {"pause_ms": 10_000}}))
    events = [m["mark"]["name"] if m["event"] == "mark" else m["event"] for m in agent.messages]
    place = events.index("prompt")
    assert events[:place].count("media") == 29
    assert events[place + 1] == "behind"


def test_clear_brings_every_mark_back_at_once_and_counts_as_a_barge_in() -> None:
    agent = Agent({10: says(500, "prompt"), 40: sends(twilio.clear), 60: says(5, "reply"), 80: closes()})
    rang = rung(agent, recorded({"when": {"over": "prompt", "at_ms": 400}}))
    events = [m["event"] for m in agent.messages]
    assert events[: events.index("mark")].count("media") == 40
    assert (rang.barge_ins, rang.violations) == (1, ())
    # The prompt is heard from frame 11, 400 ms later is frame 31, the clip is ten frames long.
    assert rang.replies == (Reply(0, (61 - 41) * 20),)


def test_what_twilio_would_refuse_is_reported() -> None:
    agent = Agent(
        {
            5: sends(
                lambda s: twilio.media(s, b"RIFF" + VOICE),
                lambda s: twilio.mark(s + "x", "a"),
                lambda s: b"\x00",
            ),
            30: closes(),
        }
    )
    assert rung(agent, recorded({})).violations == (
        "the payload has a file header: it would be played as noise",
        "31951: mark for another stream",
        "31950: a binary message",
    )


def test_a_close_before_everything_was_heard_is_reported() -> None:
    agent = Agent({5: says(20, "goodbye"), 10: closes()})
    assert rung(agent, recorded({})).violations == ("closed with 2400 samples that the caller never heard",)


def test_a_caller_who_hangs_up_sends_stop_and_closes() -> None:
    agent = Agent({5: says(20, "prompt")})
    rang = rung(
        agent,
        recorded({"hang_up": True, "clip": None, "says": None, "when": {"over": "prompt", "at_ms": 200}}),
    )
    assert (rang.ended_by, rang.turns) == ("caller", 0)
    assert agent.messages[-1]["event"] == "stop"
    assert agent.messages[-1]["stop"] == {"accountSid": "AC" + "0" * 32, "callSid": "CA1"}
    assert agent.frames == rang.frames == 16


def test_a_caller_whom_nobody_answers_gives_up() -> None:
    agent = Agent({})
    rang = rung(agent, recorded({}, limit_s=5))
    assert (rang.ended_by, rang.frames, rang.replies) == ("limit", 250, ())
    assert agent.messages[-1]["event"] == "stop"


@pytest.mark.parametrize(("code", "ended_by"), [(1000, "agent"), (1008, "refused"), (1011, "fault")])
def test_the_close_code_says_who_ended_the_call(code: int, ended_by: str) -> None:
    assert rung(Agent({3: closes(code)}), recorded({})).ended_by == ended_by


def test_a_socket_that_breaks_is_a_fault() -> None:
    async def breaks(agent: Agent) -> None:
        assert agent._socket is not None
        agent.over = True
        agent._socket.transport.abort()

    assert rung(Agent({3: breaks}), recorded({})).ended_by == "fault"


def test_nobody_at_the_address_is_one_line() -> None:
    async def run() -> None:
        async with serve(Agent({}).answer, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
        await ring(recorded({}), f"ws://127.0.0.1:{port}/ws", pace=RealTime())

    with pytest.raises(OperatorError, match=r"^no server answers at ws://127\.0\.0\.1:\d+/ws: .+$"):
        asyncio.run(run())


def test_both_sides_can_be_recorded(tmp_path: Path) -> None:
    agent = Agent({10: says(20, "prompt"), 100: closes()})
    rung(agent, recorded({}), record=tmp_path / "call.wav")
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, 100 * 160)
        samples = memoryview(file.readframes(100 * 160)).cast("h")
    caller, prompt = int(decode(b"\x20")[0]), int(decode(VOICE)[0])
    assert [n for n in range(100) if samples[2 * 160 * n] == caller] == list(range(65, 75))
    assert [n for n in range(100) if samples[2 * 160 * n + 1] == prompt] == list(range(10, 30))


def test_many_callers_at_once() -> None:
    agents = [Agent({10: says(20, "prompt"), 60 + n: says(5, "reply"), 120: closes()}) for n in range(20)]

    async def run() -> list[Rang]:
        waiting = iter(agents)

        async def answer(socket: ServerConnection) -> None:
            await next(waiting).answer(socket)

        async with serve(answer, "127.0.0.1", 0, compression=None) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            return await asyncio.gather(
                *(ring(recorded({}), f"ws://127.0.0.1:{port}/ws", pace=RealTime()) for _ in agents)
            )

    calls = virtual_time.run(run())
    assert {rang.ended_by for rang in calls} == {"agent"}
    assert len({rang.call for rang in calls}) == 20


def test_real_time_sends_a_frame_every_20_ms_of_an_absolute_schedule() -> None:
    async def run() -> list[float]:
        loop = asyncio.get_running_loop()
        pace = RealTime()
        times = []
        for frame in range(50):
            await pace.before_frame(frame, 0)
            times.append(loop.time())
            if frame == 20:
                await asyncio.sleep(0.1)
        return times

    times = virtual_time.run(run())
    begun = times[0]
    on_time = [round(time - begun, 3) for time in times]
    assert on_time[:21] == [round(0.02 * frame, 3) for frame in range(21)]
    assert on_time[21:26] == [0.5] * 5, "what is late goes out at once"
    assert on_time[26:] == [round(0.02 * frame, 3) for frame in range(26, 50)]


def test_real_time_asked_again_keeps_its_schedule() -> None:
    async def run() -> float:
        loop = asyncio.get_running_loop()
        pace = RealTime()
        await pace.before_frame(0, 0)
        begun = loop.time()
        for received in range(3):
            asking = asyncio.ensure_future(pace.before_frame(1, received))
            await asyncio.sleep(0.005)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        await pace.before_frame(1, 3)
        return loop.time() - begun

    assert virtual_time.run(run()) == pytest.approx(0.02)
