"""People and machines on other numbers, and recorded callers."""

import asyncio

import pytest

from tests.voice.double.office import (
    BASE,
    CALLER,
    OURS,
    PERSON,
    STREAM,
    Socket,
    child,
    client,
    loudness,
    opened,
    response,
    run,
    rung,
    until,
)
from voice.double import Person, RecordedCaller, Talker
from voice.double.people import Answers
from voice.double.tones import tone
from voice.recorded import load


@pytest.mark.parametrize(
    ("answers", "by"), [("accept", "human"), ("silent", "human"), ("voicemail", "machine_start"), ("busy", None)]
)
def test_answering_machine_detection_calls_back(answers: Answers, by: str | None) -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            office.pages |= {"/brief": response('<Pause length="6"/>'), "/amd": ""}
            twilio.people[PERSON] = Person(answers)
            made = await asyncio.to_thread(
                lambda: rest.calls.create(
                    to=PERSON,
                    from_=OURS,
                    url=f"{BASE}/brief",
                    machine_detection="Enable",
                    async_amd="true",
                    async_amd_status_callback=f"{BASE}/amd",
                )
            )
            await twilio.calls[made.sid].ended.wait()
            await twilio.settled()
            assert [form["AnsweredBy"] for form in office.at("/amd")] == ([by] if by else [])
            assert all("AnsweredBy" not in form for form in office.at("/brief"))

    run(work())


def test_detection_that_is_not_asynchronous_holds_up_the_document() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            office.pages["/brief"] = response("<Hangup/>")
            twilio.people[PERSON] = Person("voicemail")
            order = {"to": PERSON, "from_": OURS, "url": f"{BASE}/brief", "machine_detection": "Enable"}
            made = await asyncio.to_thread(lambda: rest.calls.create(**order))
            leg = twilio.calls[made.sid]
            await leg.ended.wait()
            assert office.at("/brief")[0]["AnsweredBy"] == "machine_start"
            assert len(leg.heard) >= 2 * 8000 and loudness(leg.said[:2400], 310) > 0.2

    run(work())


def test_a_number_that_nobody_has_fails() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            order = {"to": "+14155550166", "from_": OURS, "twiml": "<Response/>", "status_callback": f"{BASE}/status"}
            made = await asyncio.to_thread(lambda: rest.calls.create(**order))
            await twilio.calls[made.sid].ended.wait()
            await twilio.settled()
            assert [form["CallStatus"] for form in office.at("/status")] == ["failed"]

    run(work())


def test_a_recorded_caller_plays_the_scenario_then_speaks_to_the_person() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            recorded = load("plain")
            moved = asyncio.Event()

            async def talks(socket: Socket) -> None:
                await socket.until("start")
                await socket.media(tone(900, 0.5))
                while not any(socket.heard[at] != 0xFF for at in range(0, len(socket.heard), 40)):
                    await socket.until("media")
                moved.set()

            dial = f'<Dial callerId="{OURS}">{PERSON}</Dial>'
            office.pages |= {"/voice": response(STREAM), "/after": response(dial)}
            office.talks = talks
            twilio.people[PERSON] = Person(stays_s=2)
            caller = RecordedCaller(recorded, then_says=tone(440, 3.0))
            leg = await rung(twilio, caller)
            assert moved.is_set() and caller.caller.turn >= 1
            assert loudness(child(twilio).heard[-8000:], 440) > 0.2
            assert leg.status == "completed"

    run(work())


def test_a_recorded_caller_hangs_up_when_told() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = response('<Pause length="60"/>')
            now = asyncio.Event()
            leg = await twilio.dial_in(RecordedCaller(load("plain"), hangs_up_when=now), from_=CALLER, to=OURS)
            await until(lambda: leg.frames > 5)
            assert not leg.over
            now.set()
            await leg.ended.wait()
            plain = await twilio.dial_in(load("plain"), from_=CALLER, to=OURS)
            await until(lambda: plain.frames > 5)
            assert not plain.over

    run(work())


def test_a_person_hangs_up_when_told() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            now = asyncio.Event()
            office.pages["/voice"] = response(f'<Dial callerId="{OURS}">{PERSON}</Dial>', "<Hangup/>")
            twilio.people[PERSON] = Person(hangs_up_when=now)
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await until(lambda: leg.connected)
            assert leg.verbs == ["Dial"]
            now.set()
            await leg.ended.wait()
            assert leg.verbs == ["Dial", "Hangup"]

    run(work())
