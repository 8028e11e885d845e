"""Twilio's end of the line: what it plays, which marks come back, what it would refuse."""

import base64
import json

import pytest

from voice import twilio
from voice.far_end import BUFFER_LIMIT, FarEnd

VOICE = b"\x10" * 160
QUIET = b"\xff" * 160


def test_nothing_to_play_is_silence() -> None:
    assert FarEnd("MZ1").play() == (QUIET, ())


def test_audio_of_any_size_is_played_in_order_and_padded_at_its_end() -> None:
    line = FarEnd("MZ1")
    line.receive(twilio.media("MZ1", b"\x10" * 100))
    line.receive(twilio.media("MZ1", b"\x20" * 100))
    assert line.buffered == 200
    assert line.play() == (b"\x10" * 100 + b"\x20" * 60, ())
    assert line.play() == (b"\x20" * 40 + b"\xff" * 120, ())
    assert line.buffered == 0


def test_a_mark_comes_back_when_what_was_before_it_has_been_played() -> None:
    line = FarEnd("MZ1")
    line.receive(twilio.media("MZ1", VOICE + VOICE))
    assert line.receive(twilio.mark("MZ1", "a")) == ()
    line.receive(twilio.media("MZ1", b"\x10" * 10))
    assert line.receive(twilio.mark("MZ1", "b")) == ()
    assert [line.play()[1] for _ in range(4)] == [(), ("a",), ("b",), ()]


def test_a_mark_comes_back_at_once_when_nothing_is_buffered() -> None:
    line = FarEnd("MZ1")
    assert line.receive(twilio.mark("MZ1", "a")) == ("a",)
    line.receive(twilio.media("MZ1", VOICE))
    line.play()
    assert line.receive(twilio.mark("MZ1", "b")) == ("b",)


def test_clear_throws_the_buffer_away_and_gives_every_mark_back() -> None:
    line = FarEnd("MZ1")
    line.receive(twilio.media("MZ1", VOICE * 3))
    line.receive(twilio.mark("MZ1", "a"))
    line.receive(twilio.media("MZ1", VOICE * 3))
    line.receive(twilio.mark("MZ1", "b"))
    line.play()
    assert line.receive(twilio.clear("MZ1")) == ("a", "b")
    assert line.play() == (QUIET, ())
    assert line.cuts == 1
    line.receive(twilio.media("MZ1", VOICE))
    line.receive(twilio.mark("MZ1", "c"))
    assert line.play() == (VOICE, ("c",))


def test_clear_with_nothing_to_throw_away_cuts_nothing() -> None:
    line = FarEnd("MZ1")
    assert line.receive(twilio.clear("MZ1")) == ()
    assert line.cuts == 0


def test_what_our_codec_writes_is_never_a_violation() -> None:
    line = FarEnd("MZ1")
    for message in (twilio.media("MZ1", VOICE), twilio.mark("MZ1", "u1:160"), twilio.clear("MZ1")):
        line.receive(message)
    assert line.violations == ()


MEDIA = {"event": "media", "streamSid": "MZ1", "media": {"payload": base64.b64encode(VOICE).decode()}}


@pytest.mark.parametrize(
    ("message", "violation"),
    [
        (b"\x00\x01", "31950: a binary message"),
        ("{", "31951: not JSON"),
        ("[]", "31951: unknown event None"),
        ('{"event":"play"}', "31951: unknown event play"),
        (
            json.dumps(MEDIA | {"track": "outbound"}),
            "31951: media has the keys event, media, streamSid, track",
        ),
        (json.dumps({"event": "media", "media": MEDIA["media"]}), "31951: media has the keys event, media"),
        (json.dumps(MEDIA | {"streamSid": "MZ2"}), "31951: media for another stream"),
        (json.dumps(MEDIA | {"media": "x"}), "31951: media.media is not an object with payload alone"),
        (json.dumps(MEDIA | {"media": {"payload": ""}}), "31951: media.media.payload is not a text"),
        (json.dumps(MEDIA | {"media": {"payload": "a"}}), "31951: the payload is not base64"),
        (twilio.media("MZ1", b"RIFF" + VOICE), "the payload has a file header: it would be played as noise"),
        (
            json.dumps({"event": "mark", "streamSid": "MZ1", "mark": {"name": 3}}),
            "31951: mark.mark.name is not a text",
        ),
        (
            json.dumps({"event": "clear", "streamSid": "MZ1", "mark": {}}),
            "31951: clear has the keys event, mark, streamSid",
        ),
    ],
)
def test_a_violation_is_noted_and_the_message_dropped(message: str | bytes, violation: str) -> None:
    line = FarEnd("MZ1")
    assert line.receive(message) == ()
    assert line.violations == (violation,)


def test_more_than_ten_minutes_are_refused() -> None:
    line = FarEnd("MZ1")
    line.receive(twilio.media("MZ1", b"\x10" * BUFFER_LIMIT))
    line.receive(twilio.media("MZ1", b"\x10"))
    assert line.violations == ("31931: more than ten minutes buffered",)
    assert line.buffered == BUFFER_LIMIT
