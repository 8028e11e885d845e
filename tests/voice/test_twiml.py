"""Documents, read strictly: verbs, attributes, nesting, and what becomes of markup in a caller's words."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voice.documents import one, read, said, verbs
from voice import transfer_twiml, twiml
from voice.twiml import Public, Texts

PUBLIC = Public("https://agent.example.com")
TEXTS = Texts()
OWN = "+18005550100"
ANN, BOB = "+14155550101", "+14155550102"
MARKUP = "</Say><Dial>+19005550000</Dial><Say>\"'&amp;<!--"


def test_the_agents_document() -> None:
    text = twiml.agent(PUBLIC, "t0ken")
    assert verbs(text) == ["Connect"]
    assert one(text, "Connect").attrib == {"action": "https://agent.example.com/twilio/after-stream"}
    stream = one(text, "Connect/Stream")
    assert stream.attrib == {
        "url": "wss://agent.example.com/ws",
        "statusCallback": "https://agent.example.com/twilio/stream-status",
    }
    assert one(text, "Connect/Stream/Parameter").attrib == {"name": "token", "value": "t0ken"}


def test_a_resumed_stream_counts_in_its_action() -> None:
    assert one(twiml.agent(PUBLIC, "t", again=2), "Connect").get("action", "").endswith("/twilio/after-stream?again=2")


def test_staff_are_rung_at_once_and_asked_for_a_key() -> None:
    text = twiml.staff_first(PUBLIC, "CA1", [ANN, BOB, ANN], timeout_s=12, caller_id=OWN, longest_s=600, press_one=True)
    dial = one(text, "Dial")
    assert (dial.get("timeout"), dial.get("callerId"), dial.get("answerOnBridge")) == ("12", OWN, "true")
    assert dial.get("action") == "https://agent.example.com/twilio/after-staff"
    assert [number.text for number in dial] == [ANN, BOB]
    assert {number.get("url") for number in dial} == {"https://agent.example.com/twilio/staff/CA1/whisper"}
    plain = twiml.staff_first(PUBLIC, "CA1", [ANN], timeout_s=12, caller_id=OWN, longest_s=600, press_one=False)
    assert one(plain, "Dial/Number").get("url") is None


@pytest.mark.parametrize(("asked", "rung"), [(0, "5"), (-3, "5"), (15, "15"), (600, "60")])
def test_nobody_rings_for_ever(asked: int, rung: str) -> None:
    assert (
        one(twiml.human_line(PUBLIC, [ANN], timeout_s=asked, caller_id=OWN, longest_s=600), "Dial").get("timeout")
        == rung
    )


def test_point_33_only_telephone_numbers_are_dialled() -> None:
    odd = ["911", "sip:a@b.example", "+1900", "", "+14155550101;x", MARKUP, ANN]
    text = twiml.fallback(PUBLIC, "CA1", TEXTS, odd, timeout_s=15, caller_id="anonymous", longest_s=600)
    assert [number.text for number in one(text, "Dial")] == [ANN]
    assert one(text, "Dial").get("callerId") is None
    with pytest.raises(ValueError, match=r"not E\.164"):
        transfer_twiml.pass_on(PUBLIC, "CA1", 0, "911", timeout_s=15, caller_id=OWN)


def test_no_more_numbers_than_one_dial_takes() -> None:
    many = [f"+141555501{n:02}" for n in range(20)]
    assert (
        len(one(twiml.fallback(PUBLIC, "CA1", TEXTS, many, timeout_s=15, caller_id=OWN, longest_s=600), "Dial")) == 10
    )


def test_point_29_whoever_is_on_call_is_asked_for_a_key() -> None:
    for document in (twiml.fallback, twiml.busy):
        text = document(PUBLIC, "CA1", TEXTS, [ANN, BOB], timeout_s=15, caller_id=OWN, longest_s=600)
        assert {number.get("url") for number in one(text, "Dial")} == {
            "https://agent.example.com/twilio/people/CA1/whisper"
        }


def test_no_conversation_lasts_longer_than_it_may() -> None:
    how: dict[str, Any] = {"timeout_s": 15, "caller_id": OWN, "longest_s": 600}
    for text in (
        twiml.fallback(PUBLIC, "CA1", TEXTS, [ANN], **how),
        twiml.busy(PUBLIC, "CA1", TEXTS, [ANN], **how),
        twiml.human_line(PUBLIC, [ANN], **how),
        twiml.staff_first(PUBLIC, "CA1", [ANN], press_one=False, **how),
        twiml.static_fallback(TEXTS, [ANN], **how),
    ):
        assert one(text, "Dial").get("timeLimit") == "600"


def test_point_24_the_fallback_says_sorry_then_rings_whoever_is_on_call() -> None:
    text = twiml.fallback(PUBLIC, "CA1", TEXTS, [ANN], timeout_s=15, caller_id=OWN, longest_s=600)
    assert verbs(text) == ["Say", "Dial"]
    assert "sorry" in said(text)
    assert one(text, "Dial").get("action") == "https://agent.example.com/twilio/after-people"


def test_point_24_with_nobody_on_call_it_takes_a_message() -> None:
    assert verbs(twiml.fallback(PUBLIC, "CA1", TEXTS, [], timeout_s=15, caller_id=OWN, longest_s=600)) == [
        "Say",
        "Say",
        "Record",
        "Say",
        "Hangup",
    ]


def test_busy_is_spoken_and_ends_with_a_person_or_a_message() -> None:
    text = twiml.busy(PUBLIC, "CA1", TEXTS, [ANN], timeout_s=15, caller_id=OWN, longest_s=600)
    assert "busy" in said(text)
    assert verbs(text) == ["Say", "Dial"]


def test_voicemail_has_a_line_after_silence() -> None:
    text = twiml.voicemail(PUBLIC, TEXTS)
    assert verbs(text) == ["Say", "Record", "Say", "Hangup"]
    record = one(text, "Record")
    assert record.get("action") == "https://agent.example.com/twilio/voicemail"
    assert record.get("recordingStatusCallback") == "https://agent.example.com/twilio/recording"
    assert record.get("recordingStatusCallbackEvent") == "completed absent"
    assert record.get("playBeep") == "true"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (twiml.blocked(TEXTS), "can't take calls"),
        (twiml.not_in_service(TEXTS), "not in service"),
        (twiml.voicemail_taken(TEXTS), "Thank you"),
        (transfer_twiml.left(TEXTS), "Goodbye"),
        (transfer_twiml.apology(TEXTS), "hung up"),
    ],
)
def test_what_ends_a_call_says_so_first(text: str, word: str) -> None:
    assert verbs(text) == ["Say", "Hangup"]
    assert word in said(text)


def test_closed_and_challenge_leave_room_for_a_message() -> None:
    closed = twiml.closed(PUBLIC, TEXTS)
    assert verbs(closed) == ["Say", "Say", "Record", "Say", "Hangup"]
    challenge = twiml.challenge(PUBLIC, TEXTS, "7")
    assert verbs(challenge) == ["Gather", "Say", "Record", "Say", "Hangup"]
    assert one(challenge, "Gather").get("action") == "https://agent.example.com/twilio/challenge"
    assert "press 7" in said(challenge)


def test_point_29_a_brief_without_a_key_hangs_up() -> None:
    text = twiml.press_one("https://agent.example.com/a", TEXTS, text="A leak. Press 1.")
    assert verbs(text) == ["Gather", "Hangup"]
    gather = one(text, "Gather")
    assert (gather.get("numDigits"), gather.get("timeout")) == ("1", "6")
    assert one(text, "Gather/Say").text == "A leak. Press 1."


def test_a_brief_with_a_recording_plays_it() -> None:
    text = twiml.press_one("https://agent.example.com/a", TEXTS, audio="https://agent.example.com/b.wav", text="x")
    assert one(text, "Gather/Play").text == "https://agent.example.com/b.wav"
    assert said(text) == ""


@pytest.mark.parametrize(
    ("text", "label", "action"),
    [
        (transfer_twiml.accepted(PUBLIC, "CA1", 3), "person-3", "done"),
        (transfer_twiml.join(PUBLIC, "CA1", 3), "caller-3", "left"),
    ],
)
def test_point_32_both_sides_of_the_conference(text: str, label: str, action: str) -> None:
    assert one(text, "Dial").get("action") == f"https://agent.example.com/twilio/transfer/CA1/3/{action}"
    conference = one(text, "Dial/Conference")
    assert conference.attrib == {
        "beep": "false",
        "startConferenceOnEnter": "true",
        "endConferenceOnExit": "true",
        "participantLabel": label,
        "jitterBufferSize": "small",
        "waitUrl": "",
        "statusCallback": "https://agent.example.com/twilio/transfer/CA1/conference",
        "statusCallbackEvent": "start end join leave",
    }
    assert conference.text == transfer_twiml.conference_name("CA1", 3)


def test_point_32_a_conferences_name_says_nothing_and_is_the_legs_own() -> None:
    names = {transfer_twiml.conference_name(call, leg) for call in ("CA1", "CA2") for leg in (1, 2)}
    assert len(names) == 4
    assert all(name.startswith("sb-") and len(name) == 19 and "CA" not in name for name in names)


@pytest.mark.parametrize(
    ("label", "person", "caller"),
    [
        ("person-1", 1, None),
        ("person-12", 12, None),
        ("caller-12", None, 12),
        ("caller", None, None),
        ("", None, None),
        ("person-", None, None),
        ("person-x", None, None),
        ("caller-12345", None, None),
        ("7", None, None),
    ],
)
def test_a_label_names_its_leg(label: str, person: int | None, caller: int | None) -> None:
    assert transfer_twiml.leg_of(label) == person
    assert transfer_twiml.leg_of(label, transfer_twiml.CALLER) == caller


def test_pattern_a_dials_one_person_behind_a_whisper() -> None:
    text = transfer_twiml.pass_on(PUBLIC, "CA1", 1, BOB, timeout_s=15, caller_id=OWN)
    assert one(text, "Dial").get("action") == "https://agent.example.com/twilio/transfer/CA1/dial/1/result"
    number = one(text, "Dial/Number")
    assert (number.text, number.get("url")) == (BOB, "https://agent.example.com/twilio/transfer/CA1/dial/1/whisper")


def test_hang_up_and_nothing() -> None:
    assert verbs(twiml.hang_up()) == ["Hangup"]
    assert verbs(twiml.nothing()) == []


def test_point_27_the_hosted_document_needs_no_server() -> None:
    text = twiml.static_fallback(
        TEXTS, [ANN, BOB], timeout_s=20, caller_id=OWN, thanks_url="https://handler.example.net/thanks"
    )
    assert verbs(text) == ["Say", "Dial", "Say", "Record", "Say", "Hangup"]
    assert "agent.example.com" not in text
    assert one(text, "Dial").get("action") is None
    assert one(text, "Record").get("action") == "https://handler.example.net/thanks"
    assert verbs(twiml.static_thanks(TEXTS)) == ["Say", "Hangup"]


def test_point_27_without_a_second_document_it_does_not_go_in_circles() -> None:
    assert verbs(twiml.static_fallback(TEXTS, [ANN], timeout_s=20, caller_id=OWN)) == ["Say", "Dial", "Say", "Hangup"]


def test_point_33_markup_in_a_callers_words_is_only_spoken() -> None:
    text = twiml.press_one("https://agent.example.com/a", TEXTS, text=f"A call from {MARKUP}")
    assert verbs(text) == ["Gather", "Hangup"]
    assert one(text, "Gather/Say").text == f"A call from {MARKUP}"


def test_markup_in_names_and_tokens_stays_inside_its_attribute() -> None:
    token = '"><Hangup/>'
    assert one(twiml.agent(PUBLIC, token), "Connect/Stream/Parameter").get("value") == token
    text = twiml.staff_first(PUBLIC, '"/><x>', [ANN], timeout_s=15, caller_id=OWN, longest_s=600, press_one=True)
    assert one(text, "Dial/Number").get("url") == "https://agent.example.com/twilio/staff/%22%2F%3E%3Cx%3E/whisper"


def test_point_33_a_long_text_is_cut_at_a_word() -> None:
    text = twiml.press_one("https://agent.example.com/a", TEXTS, text="water " * 500)
    line = one(text, "Gather/Say").text or ""
    assert 390 < len(line) <= 400
    assert line.endswith("water")
    assert len(twiml.spoken("x" * 5000)) == twiml.LONGEST_TEXT


@pytest.mark.parametrize(
    ("given_text", "heard"),
    [
        ("a\x00b\x1fc", "a b c"),
        ("one\r\n\ttwo", "one two"),
        ("left\u202eright", "left right"),
        ("\ufeffhello\ufffe", "hello"),
        ("\ud800 broken", "broken"),
        ("   ", ""),
    ],
)
def test_control_characters_are_removed(given_text: str, heard: str) -> None:
    assert twiml.spoken(given_text) == heard


@settings(max_examples=80)
@given(st.text(max_size=80))
def test_any_text_at_all_makes_a_document(text: str) -> None:
    root = read(twiml.press_one("https://agent.example.com/a", TEXTS, text="x " + text))
    assert [verb.tag for verb in root.iter()] == ["Response", "Gather", "Say", "Hangup"]


def test_a_voice_and_a_language_are_said_with() -> None:
    say = one(twiml.blocked(Texts(voice="Polly.Amy", language="en-GB")), "Say")
    assert (say.get("voice"), say.get("language")) == ("Polly.Amy", "en-GB")


def test_addresses() -> None:
    assert Public("http://127.0.0.1:80").socket() == "ws://127.0.0.1:80/ws"
    assert PUBLIC.url("transfer", "CA/..", 1, "join") == "https://agent.example.com/twilio/transfer/CA%2F../1/join"
