"""<Dial> to numbers."""

import pytest
from aiohttp import web

from tests.voice.double.office import (
    CALLER,
    OTHER,
    OURS,
    PERSON,
    Office,
    child,
    heard_only,
    loudness,
    opened,
    response,
    run,
    rung,
    until,
)
from voice.double import Person, Talker
from voice.double.people import Answers
from voice.double.tones import tone
from voice.scenario import wav_of_mulaw

WHISPER = (
    '<Gather numDigits="1" timeout="3" action="/accept"><Play>/brief.wav</Play></Gather>',
    "<Hangup/>",
)


def dial(inner: str, attributes: str = "") -> str:
    return f'<Dial action="/result" timeout="6" callerId="{OURS}" {attributes}>{inner}</Dial>'


def pages(office: Office, document: str) -> None:
    office.pages |= {
        "/voice": response(document, "<Say>After.</Say>"),
        "/result": response("<Hangup/>"),
        "/whisper": response(*WHISPER),
        "/accept": lambda form: response() if form["Digits"] == "1" else response("<Hangup/>"),
        "/brief.wav": lambda form: web.Response(body=wav_of_mulaw(tone(700, 1.0)), content_type="audio/wav"),
        "/leg": "",
    }


def test_two_legs_are_bridged_and_hear_one_another() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            events = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
            pages(office, dial(f"<Number {events}>{PERSON}</Number>"))
            twilio.people[PERSON] = Person(says=tone(600, 4.0), stays_s=3)
            leg = await rung(twilio, Talker(tone(440, 8.0), "connected"))
            other = child(twilio)
            assert heard_only(leg, 600, 440) and heard_only(other, 440, 600)
            assert (other.direction, other.parent, other.from_, other.to) == ("outbound-dial", leg.sid, OURS, PERSON)
            (form,) = office.at("/result")
            assert form["DialCallStatus"] == "completed" and form["DialBridged"] == "true"
            assert form["DialCallSid"] == other.sid and int(form["DialCallDuration"]) >= 3
            told = office.at("/leg")
            assert [one["CallStatus"] for one in told] == ["initiated", "ringing", "in-progress", "completed"]
            assert {one["ParentCallSid"] for one in told} == {leg.sid}
            assert leg.verbs == ["Dial", "Hangup"] and twilio.violations == []

    run(work())


@pytest.mark.parametrize(
    ("answers", "status", "bridged"),
    [
        ("accept", "completed", "true"),
        ("decline", "completed", "false"),
        ("wrong_key", "completed", "false"),
        ("silent", "completed", "false"),
        ("voicemail", "completed", "false"),
        ("hangs_up", "completed", "false"),
        ("busy", "busy", "false"),
        ("no_answer", "no-answer", "false"),
        ("failed", "failed", "false"),
    ],
)
def test_a_whisper_decides_who_is_bridged(answers: Answers, status: str, bridged: str) -> None:
    async def work() -> None:
        async with opened(speed=40) as (office, twilio):
            pages(office, dial(f'<Number url="/whisper">{PERSON}</Number>'))
            twilio.people[PERSON] = Person(answers, after_s=1, stays_s=2, says=tone(600, 1.0))
            leg = await rung(twilio)
            (form,) = office.at("/result")
            assert (form["DialCallStatus"], form["DialBridged"]) == (status, bridged)
            other = child(twilio)
            assert other.over and other.ended.is_set()
            picked_up = answers not in {"busy", "no_answer", "failed"}
            assert bool(other.heard) == picked_up == ("DialCallDuration" in form)
            if picked_up:
                assert max(loudness(other.heard[at : at + 1600], 700) for at in range(0, 8000, 1600)) > 0.2
            heard = max((loudness(leg.heard[at : at + 4000], 600) for at in range(0, len(leg.heard), 4000)), default=0)
            assert (heard > 0.15) == (bridged == "true")
            assert twilio.violations == []

    run(work())


def test_a_caller_who_hangs_up_while_it_rings_takes_the_other_leg_along() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            pages(office, dial(f"<Number>{PERSON}</Number>"))
            twilio.people[PERSON] = Person("no_answer")
            leg = await rung(twilio, Talker(hangs_up_after_s=2))
            other = child(twilio)
            await other.ended.wait()
            assert (leg.status, other.status) == ("completed", "canceled")
            assert office.at("/result")[0]["DialCallStatus"] == "canceled"
            assert leg.verbs == ["Dial"]

    run(work())


def test_the_first_of_several_numbers_is_bridged_and_the_others_are_left() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            pages(office, dial(f"<Number>{PERSON}</Number><Number>{OTHER}</Number>"))
            twilio.people.update({PERSON: Person(after_s=4), OTHER: Person(after_s=1, stays_s=1)})
            leg = await rung(twilio)
            ends = {one.to: one.status for one in twilio.calls.values() if one is not leg}
            assert ends == {PERSON: "canceled", OTHER: "completed"}

    run(work())


def test_the_next_in_sequence_is_rung_when_one_is_busy() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            pages(office, dial(f"<Number>{PERSON}</Number><Number>{OTHER}</Number>", 'sequential="true"'))
            twilio.people.update({PERSON: Person("busy"), OTHER: Person(stays_s=1)})
            await rung(twilio)
            assert office.at("/result")[0]["DialBridged"] == "true"
            assert [one.status for one in twilio.calls.values()][1:] == ["busy", "completed"]

    run(work())


@pytest.mark.parametrize(
    ("document", "violation"),
    [
        (f'<Dial action="/result" callerId="+14155550199"><Number>{PERSON}</Number></Dial>', "13214"),
        ('<Dial action="/result"><Number>415-555-0111</Number></Dial>', "13224"),
    ],
)
def test_a_dial_that_cannot_be_made_fails(document: str, violation: str) -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            pages(office, document)
            await rung(twilio)
            assert office.at("/result")[0]["DialCallStatus"] == "failed"
            assert [one[:5] for one in twilio.violations] == [violation] and len(twilio.calls) == 1

    run(work())


def test_answer_on_bridge_keeps_the_caller_ringing() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            pages(office, dial(f"<Number>{PERSON}</Number>", 'answerOnBridge="true"'))
            twilio.people[PERSON] = Person(after_s=3, stays_s=1)
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await until(lambda: len(twilio.calls) == 2 and child(twilio).status == "ringing")
            assert leg.status == "ringing" and leg.heard == b""
            await leg.ended.wait()
            assert leg.answered.is_set() and 0 < len(leg.heard) < 2 * 8000

    run(work())


def test_a_dial_is_recorded_when_asked() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            asked = 'record="record-from-answer-dual" recordingStatusCallback="/recorded"'
            pages(office, dial(f"<Number>{PERSON}</Number>", asked))
            office.pages["/recorded"] = ""
            twilio.people[PERSON] = Person(stays_s=2)
            leg = await rung(twilio)
            (told,) = office.at("/recorded")
            assert (told["CallSid"], told["RecordingSource"], told["RecordingChannels"]) == (leg.sid, "DialVerb", "2")

    run(work())
