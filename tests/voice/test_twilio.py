"""The wire, both ways; numbers name points of the conformance checklist."""

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice import twilio
from voice.errors import BadFrame
from voice.twilio import Connected, Dtmf, Ignored, LineClock, Mark, Media, Start, Stop, parse

MEDIA: dict[str, Any] = {
    "event": "media",
    "sequenceNumber": "2",
    "media": {
        "track": "inbound",
        "chunk": "1",
        "timestamp": "155",
        "payload": base64.b64encode(b"\x00\xff").decode(),
    },
    "streamSid": "MZ1",
}


def test_the_documented_messages() -> None:
    start = {
        "event": "start",
        "sequenceNumber": "1",
        "start": {
            "accountSid": "AC1",
            "streamSid": "MZ1",
            "callSid": "CA1",
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"k": "v"},
        },
        "streamSid": "MZ1",
    }
    assert parse('{"event":"connected","protocol":"Call","version":"1.0.0"}') == Connected()
    assert parse(json.dumps(start)) == Start("MZ1", "CA1", "AC1", {"k": "v"})
    assert parse(json.dumps(MEDIA)) == Media("MZ1", 155, b"\x00\xff")
    assert parse(
        '{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"1"}}'
    ) == Dtmf("MZ1", "1")
    assert parse('{"event":"mark","sequenceNumber":"4","streamSid":"MZ1","mark":{"name":"u1:160"}}') == Mark(
        "MZ1", "u1:160"
    )
    assert parse(
        '{"event":"stop","sequenceNumber":"5","stop":{"accountSid":"AC1","callSid":"CA1"},"streamSid":"MZ1"}'
    ) == Stop("MZ1")


def test_point_7_integers_field_order_and_unknown_fields() -> None:
    loose = {
        "new": [1],
        "streamSid": "MZ1",
        "media": {**MEDIA["media"], "timestamp": 155, "x": None},
        "event": "media",
    }
    assert parse(json.dumps(loose)) == Media("MZ1", 155, b"\x00\xff")
    assert parse('{"event":"brand-new","streamSid":"MZ1"}') == Ignored("brand-new")


def test_point_8_a_payload_of_any_size_even_none() -> None:
    for size in (1, 7, 159, 161, 4000):
        message = {**MEDIA, "media": {"payload": base64.b64encode(b"\x55" * size).decode()}}
        frame = parse(json.dumps(message))
        assert isinstance(frame, Media) and len(frame.payload) == size and frame.timestamp is None


def test_point_9_the_agents_own_track_is_ignored() -> None:
    assert parse(json.dumps({**MEDIA, "media": {**MEDIA["media"], "track": "outbound"}})) == Ignored("outbound track")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "no event"),
        ('{"event":1}', "no event"),
        ('{"event":"media","streamSid":"MZ1","media":{"payload":"é"}}', "bad base64"),
        ('{"event":"mark","streamSid":"MZ1","mark":{"name":"\\ud800"}}', "name unreadable"),
        ('{"event":"media","streamSid":"MZ1"}', "media missing"),
        ('{"event":"media","streamSid":"MZ1","media":{"payload":"@@@@"}}', "bad base64"),
        ('{"event":"media","streamSid":"MZ1","media":{"payload":"AAA"}}', "bad base64"),
        ('{"event":"media","media":{"payload":"AAAA"}}', "streamSid missing"),
        ('{"event":"dtmf","streamSid":"MZ1","dtmf":{"digit":"12"}}', "no such key"),
        ('{"event":"start","start":{"streamSid":"MZ1"}}', "callSid missing"),
        (
            '{"event":"start","start":{"streamSid":"MZ1","callSid":"CA1","mediaFormat":{"encoding":"audio/l16"}}}',
            "encoding is not audio/x-mulaw",
        ),
    ],
)
def test_point_9_what_nobody_can_read_is_named(text: str, kind: str) -> None:
    with pytest.raises(BadFrame) as caught:
        parse(text)
    assert caught.value.kind == kind


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(["event", "media", "start", "payload", "streamSid", "mark", "name"]) | st.text(),
                x,
            )
        ),
    )
)
def test_point_9_parse_gives_a_frame_or_bad_frame_whatever_comes(value: object) -> None:
    for text in (
        json.dumps(value),
        json.dumps({"event": "media", "media": value}),
        json.dumps({"event": "start", "start": value}),
    ):
        with contextlib.suppress(BadFrame):
            parse(text)


def test_point_10_keys_do_not_show_in_a_frames_log_form() -> None:
    frame = parse('{"event":"dtmf","streamSid":"MZ1","dtmf":{"digit":"7"}}')
    assert isinstance(frame, Dtmf) and frame.key == "7"
    assert "7" not in repr(frame)


def test_point_13_exactly_three_messages_with_exactly_their_keys() -> None:
    assert json.loads(twilio.media("MZ1", b"\x00\xff")) == {
        "event": "media",
        "streamSid": "MZ1",
        "media": {"payload": "AP8="},
    }
    assert json.loads(twilio.mark("MZ1", "u1:160")) == {
        "event": "mark",
        "streamSid": "MZ1",
        "mark": {"name": "u1:160"},
    }
    assert json.loads(twilio.clear("MZ1")) == {"event": "clear", "streamSid": "MZ1"}


@given(st.binary(max_size=1000), st.text(min_size=1, max_size=20))
def test_point_14_the_payload_is_the_bare_audio(audio: bytes, stream: str) -> None:
    message = json.loads(twilio.media(stream, audio))
    assert base64.b64decode(message["media"]["payload"]) == audio and message["streamSid"] == stream


def test_point_8_the_first_timestamp_is_the_origin() -> None:
    clock = LineClock()
    assert [clock.gap(155 + 20 * i, 160) for i in range(5)] == [0] * 5


def test_point_8_a_jump_is_silence_and_wandering_is_not() -> None:
    clock = LineClock()
    assert [clock.gap(t, 160) for t in (155, 171, 198, 215)] == [0, 0, 0, 0]
    assert clock.gap(235 + 500, 160) == 8 * 500  # half a second is missing
    assert clock.gap(255 + 500, 160) == 0


def test_point_8_a_late_frame_does_not_move_the_clock_and_a_broken_timestamp_starts_anew() -> None:
    clock = LineClock()
    clock.gap(0, 160)
    assert clock.gap(0, 160) == 0
    assert clock.gap(10**9, 160) == 0
    assert clock.gap(10**9 + 20, 160) == 0
    assert clock.gap(10**9 + 1040, 160) == 8000


def test_point_8_silence_put_in_for_a_stalled_line_is_not_lost_twice() -> None:
    clock = LineClock()
    clock.gap(0, 160)
    clock.fill(8000)
    assert clock.gap(1020, 160) == 0


@pytest.mark.parametrize("timestamp", ["9" * 400, -5, "-1", 1.5, True, None, "x", []])
def test_point_8_a_timestamp_that_is_none_does_no_harm(timestamp: object) -> None:
    frame = parse(json.dumps({**MEDIA, "media": {**MEDIA["media"], "timestamp": timestamp}}))
    assert isinstance(frame, Media) and frame.timestamp is None
    assert LineClock().gap(frame.timestamp, 160) == 0
