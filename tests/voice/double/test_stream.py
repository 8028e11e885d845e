"""Media streams from the service's side."""

import asyncio
import json

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.voice.double.office import (
    BASE,
    CALLER,
    OURS,
    STREAM,
    TOKEN,
    Office,
    Socket,
    client,
    loudness,
    opened,
    response,
    run,
    until,
)
from voice.double import Faults, Leg, Talker, Twilio
from voice.double.stream import BEHIND, Stream
from voice.double.tones import tone


async def drains(socket: Socket) -> None:
    await socket.until("start")
    await socket.drain()


async def started(office: Office, twilio: Twilio, caller: Talker | None = None) -> tuple[Leg, Socket]:
    """A call whose stream has begun."""
    office.pages.setdefault("/voice", response(STREAM))
    office.talks = office.talks or drains
    leg = await twilio.dial_in(caller or Talker(), from_=CALLER, to=OURS)
    await until(lambda: office.sockets and office.sockets[0].stream)
    return leg, office.sockets[0]


def test_the_first_messages_and_both_directions_of_sound() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):

            async def talks(socket: Socket) -> None:
                await socket.until("start")
                await socket.media(tone(600, 0.5))
                await socket.send("mark", name="u1:4000")
                await socket.until("mark")
                for _ in range(30):
                    await socket.until("media")

            office.pages["/voice"] = response(
                '<Connect action="/after"><Stream url="wss://agent.example.com/ws" statusCallback="/stream">'
                '<Parameter name="token" value="a b&amp;c"/></Stream></Connect>'
            )
            office.pages |= {"/after": response("<Hangup/>"), "/stream": ""}
            office.talks = talks
            leg = await twilio.dial_in(Talker(tone(440, 2.0)), from_=CALLER, to=OURS)
            await leg.ended.wait()
            await twilio.settled()
            socket = office.sockets[0]
            connected, start = socket.messages[:2]
            assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
            assert start == {
                "event": "start",
                "sequenceNumber": "1",
                "start": {
                    "accountSid": twilio.account.sid,
                    "streamSid": socket.stream,
                    "callSid": leg.sid,
                    "tracks": ["inbound"],
                    "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                    "customParameters": {"token": "a b&c"},
                },
                "streamSid": socket.stream,
            }
            media = [one for one in socket.messages if one["event"] == "media"]
            assert [one["media"]["chunk"] for one in media] == [str(n + 1) for n in range(len(media))]
            assert [one["media"]["timestamp"] for one in media[:3]] == ["155", "175", "195"]
            assert [one["sequenceNumber"] for one in socket.messages[1:]] == [
                str(n + 1) for n in range(len(socket.messages) - 1)
            ]
            assert loudness(socket.heard[1600:4800], 440) > 0.2 > loudness(socket.heard[1600:4800], 600)
            # The mark comes back with the last of the 25 frames before it, ahead of what the caller says meanwhile.
            before = [one["event"] for one in socket.messages].index("mark") - 2
            assert 24 <= before <= 60
            assert max(loudness(leg.heard[at : at + 800], 600) for at in range(0, len(leg.heard), 800)) > 0.2
            events = [(form["StreamEvent"], form["StreamSid"]) for form in office.at("/stream")]
            assert events == [("stream-started", socket.stream), ("stream-stopped", socket.stream)]
            assert twilio.violations == [] and leg.verbs == ["Connect", "Hangup"] and leg.unheard == 0
            assert all(one.valid for one in office.seen)

    run(work())


def test_what_was_not_played_when_the_server_closes_is_counted() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):

            async def talks(socket: Socket) -> None:
                await socket.until("start")
                await socket.media(tone(600, 30))

            office.pages |= {"/voice": response(STREAM), "/after": response("<Hangup/>")}
            office.talks = talks
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await leg.ended.wait()
            assert leg.unheard > 20 * 8000

    run(work())


def test_clear_throws_away_and_brings_the_marks_back() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):

            async def talks(socket: Socket) -> None:
                await socket.until("start")
                await socket.media(tone(600, 60))
                await socket.send("mark", name="never heard")
                for _ in range(10):
                    await socket.until("media")
                await socket.send("clear")
                assert (await socket.until("mark"))["mark"] == {"name": "never heard"}
                for _ in range(5):
                    await socket.until("media")

            office.pages |= {"/voice": response(STREAM), "/after": response("<Hangup/>")}
            office.talks = talks
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await leg.ended.wait()
            assert len(leg.heard) < 5 * 8000 and leg.unheard == 0 and twilio.violations == []

    run(work())


def test_keys_arrive_and_a_caller_s_hang_up_is_a_stop_then_the_action_then_the_status() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/after"] = response("<Say>Nobody hears this.</Say>")
            caller = Talker(keys=[(0.2, "4"), (0.5, "#")], hangs_up_after_s=1.5)
            leg, socket = await started(office, twilio, caller)
            await leg.ended.wait()
            await twilio.settled()
            await until(lambda: socket.messages[-1]["event"] == "stop")
            keys = [one["dtmf"] for one in socket.messages if one["event"] == "dtmf"]
            assert keys == [{"track": "inbound_track", "digit": "4"}, {"track": "inbound_track", "digit": "#"}]
            assert socket.messages[-1]["stop"] == {"accountSid": twilio.account.sid, "callSid": leg.sid}
            assert [one.path for one in office.seen] == ["/voice", "/ws", "/after", "/status"]
            assert office.at("/after")[0]["CallStatus"] == office.at("/status")[0]["CallStatus"] == "completed"
            assert leg.said_to_it == []

    run(work())


def test_a_redirected_call_leaves_its_stream_without_the_action() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            office.pages["/else"] = response("<Say>This way.</Say>", "<Hangup/>")
            leg, socket = await started(office, twilio)
            await asyncio.to_thread(lambda: rest.calls(leg.sid).update(url=f"{BASE}/else", method="POST"))
            await leg.ended.wait()
            assert socket.messages[-1]["event"] == "stop"
            assert leg.verbs == ["Connect", "Say", "Hangup"] and office.at("/after") == []
            assert office.at("/else")[0]["CallStatus"] == "in-progress"
            assert len(leg.documents) == 2

    run(work())


def test_a_call_is_given_a_document_as_text() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            leg, _ = await started(office, twilio)
            text = response("<Say>This way.</Say>", "<Redirect>/relative</Redirect>")
            await asyncio.to_thread(lambda: rest.calls(leg.sid).update(twiml=text))
            await leg.ended.wait()
            assert leg.documents[1] == text and leg.said_to_it[0] == "This way."
            assert leg.violations[0].startswith("11100")

    run(work())


def test_a_cut_socket_is_an_error_and_the_document_goes_on() -> None:
    async def work() -> None:
        async with opened(faults=Faults(cut_after_frames=12)) as (office, twilio):
            office.pages["/voice"] = response(
                '<Connect><Stream url="wss://agent.example.com/ws" statusCallback="/stream"/></Connect>',
                "<Say>Sorry.</Say>",
            )
            office.pages["/stream"] = ""
            leg, socket = await started(office, twilio)
            await leg.ended.wait()
            await twilio.settled()
            assert leg.verbs == ["Connect", "Say"] and leg.said_to_it == ["Sorry."]
            assert sum(one["event"] == "media" for one in socket.messages) <= 12
            assert not any(one["event"] == "stop" for one in socket.messages)
            assert [form["StreamEvent"] for form in office.at("/stream")] == ["stream-started", "stream-error"]
            assert "31921" in office.at("/stream")[1]["StreamError"] and len(twilio.violations) == 1
            assert twilio.faults.cut_after_frames is None

    run(work())


@pytest.mark.parametrize(
    ("faults", "signed", "opens"),
    [
        (Faults(), True, True),
        (Faults(slash_signed=True), True, True),
        (Faults(sockets_unsigned=1), False, False),
        (Faults(sockets_missigned=1), True, False),
    ],
)
def test_the_upgrade_is_signed(faults: Faults, signed: bool, opens: bool) -> None:
    async def work() -> None:
        async with opened(faults=faults) as (office, twilio):
            office.pages |= {"/voice": response(STREAM), "/after": response("<Hangup/>")}

            async def talks(socket: Socket) -> None:
                await socket.until("start")

            office.talks = talks
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await leg.ended.wait()
            upgrade = office.seen[1]
            assert (len(office.sockets), upgrade.valid) == (int(opens), opens)
            assert upgrade.headers["Host"] == "agent.example.com"
            # The service writes this name in small letters.
            assert ("x-twilio-signature" in upgrade.headers) == signed
            assert "Sec-WebSocket-Extensions" not in upgrade.headers
            assert [one[:5] for one in twilio.violations] == ([] if opens else ["31920"])
            assert leg.verbs == ["Connect", "Hangup"]

    run(work())


def test_the_slash_is_signed_when_asked() -> None:
    async def work() -> None:
        async with opened(faults=Faults(slash_signed=True)) as (office, twilio):
            await started(office, twilio)
            signature = office.seen[1].headers["x-twilio-signature"]
            validator = RequestValidator(TOKEN)
            assert validator.validate("wss://agent.example.com/ws/", {}, signature)
            assert not validator.validate("wss://agent.example.com/ws", {}, signature)

    run(work())


@pytest.mark.parametrize(
    ("attributes", "inside", "violation", "connects"),
    [
        ('url="https://agent.example.com/ws"', "", "31922", False),
        ('url="ws://agent.example.com/ws"', "", "31922", False),
        ('url="wss://agent.example.com/ws?token=1"', "", "no query", True),
        ('url="wss://agent.example.com/ws" track="both_tracks"', "", "31941", False),
        ('url="wss://agent.example.com/nowhere"', "", "31920", False),
        ('url="wss://elsewhere.example/ws"', "", "31904", False),
        ('url="wss://agent.example.com/ws"', f'<Parameter name="a" value="{"x" * 499}"/>', "too long", True),
        ('url="/ws"', f'<Parameter name="a" value="{"x" * 498}"/>', "", True),
    ],
)
def test_what_a_stream_may_not_have(attributes: str, inside: str, violation: str, connects: bool) -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = response(f"<Connect><Stream {attributes}>{inside}</Stream></Connect>", "<Hangup/>")

            async def talks(socket: Socket) -> None:
                await socket.until("start")

            office.talks = talks
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await leg.ended.wait()
            assert len(twilio.violations) == bool(violation)
            assert all(violation in one for one in twilio.violations)
            assert len(office.sockets) == connects
            assert leg.verbs == ["Connect", "Hangup"]
            if connects:
                assert office.seen[1].form == {}
                given = office.sockets[0].messages[1]["start"]["customParameters"]
                assert given == ({"a": "x" * 498} if "Parameter" in inside and not violation else {})

    run(work())


@pytest.mark.parametrize(
    ("message", "violation"),
    [
        ("hello", "31951"),
        (b"\xff" * 160, "31950"),
        (json.dumps({"event": "media", "streamSid": "MZ0", "media": {"payload": "//8="}}), "31951"),
        (json.dumps({"event": "goodbye", "streamSid": "MZ0"}), "31951"),
    ],
)
def test_a_message_that_the_service_would_not_take_is_a_violation(message: str | bytes, violation: str) -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages |= {"/voice": response(STREAM), "/after": response("<Hangup/>")}

            async def talks(socket: Socket) -> None:
                await socket.until("start")
                if isinstance(message, bytes):
                    await socket.socket.send_bytes(message)
                else:
                    await socket.socket.send_str(message)
                await socket.until("media")

            office.talks = talks
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await leg.ended.wait()
            assert [one[:5] for one in leg.violations] == [violation] == [one[:5] for one in twilio.violations]

    run(work())


def test_a_server_that_does_not_read_loses_the_caller_s_sound() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            stopped = asyncio.Event()

            class Stuck:
                """A socket whose other end reads nothing."""

                async def send(self, message: str) -> None:
                    await stopped.wait()

            leg, _ = await started(office, twilio)
            stream = leg.channel
            assert isinstance(stream, Stream)
            sending = asyncio.create_task(stream._send(Stuck()))  # type: ignore[arg-type]
            for _ in range(BEHIND + 200):
                stream.say(tone(440, 0.02))
            assert [one[:5] for one in leg.violations] == ["31930"]
            assert stream._out.qsize() <= BEHIND
            sending.cancel()

    run(work())
