"""<Dial> to a conference, and /Conferences of the REST API."""

import asyncio

import pytest

from tests.voice.double.office import (
    BASE,
    CALLER,
    OURS,
    PERSON,
    STREAM,
    Office,
    Socket,
    client,
    heard_only,
    loudness,
    opened,
    response,
    run,
    rung,
    until,
)
from voice.double import Person, Talker
from voice.double.tones import tone

ROOM = "sb-0123456789abcdef"


def join(label: str, attributes: str = 'endConferenceOnExit="true"') -> str:
    return response(
        f'<Dial action="/left-{label}"><Conference beep="false" participantLabel="{label}" jitterBufferSize="small" '
        f'waitUrl="" statusCallback="/room" statusCallbackEvent="start end join leave" {attributes}>{ROOM}'
        "</Conference></Dial>"
    )


def conference_pages(office: Office) -> None:
    office.pages |= {
        "/voice": response(STREAM),
        "/after": response("<Hangup/>"),
        "/caller": join("caller"),
        "/person": join("person"),
        "/left-caller": response("<Say>Goodbye.</Say>", "<Hangup/>"),
        "/left-person": response("<Hangup/>"),
        "/room": "",
    }

    async def talks(socket: Socket) -> None:
        await socket.until("start")
        await socket.drain()

    office.talks = talks


def test_consult_first_then_both_are_in_a_conference() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            conference_pages(office)
            twilio.people[PERSON] = Person(says=tone(600, 3.0), stays_s=4)
            leg = await twilio.dial_in(Talker(tone(440, 3.0), "connected"), from_=CALLER, to=OURS)
            order = {"to": PERSON, "from_": OURS, "url": f"{BASE}/person"}
            made = await asyncio.to_thread(lambda: rest.calls.create(**order))
            person = twilio.calls[made.sid]
            await until(lambda: [form["StatusCallbackEvent"] for form in office.at("/room")] == ["participant-join"])
            assert not person.connected
            (room,) = await asyncio.to_thread(lambda: rest.conferences.list(friendly_name=ROOM))
            assert room.status == "init"
            await asyncio.to_thread(lambda: rest.calls(leg.sid).update(url=f"{BASE}/caller", method="POST"))
            await until(lambda: leg.connected)
            inside = await asyncio.to_thread(rest.conferences(room.sid).participants.list)
            assert [(one.call_sid, one.label) for one in inside] == [(person.sid, "person"), (leg.sid, "caller")]
            await leg.ended.wait()
            await person.ended.wait()
            await twilio.settled()
            assert heard_only(leg, 600, 440) and heard_only(person, 440, 600)
            told = office.at("/room")
            assert [form["StatusCallbackEvent"] for form in told] == [
                "participant-join",
                "participant-join",
                "conference-start",
                "participant-leave",
                "participant-leave",
                "conference-end",
            ]
            assert [form["SequenceNumber"] for form in told] == list("123456")
            assert {form["FriendlyName"] for form in told} == {ROOM}
            assert [form.get("ParticipantLabel") for form in told[:2]] == ["person", "caller"]
            assert told[3]["ReasonParticipantLeft"] == "participant_hung_up"
            assert (told[3]["CallSid"], told[3]["ParticipantCallStatus"]) == (person.sid, "completed")
            assert told[4]["ReasonParticipantLeft"] == "moderator_ended_conference"
            assert told[5]["CallSidEndingConference"] == person.sid
            assert office.at("/left-caller")[0]["DialCallStatus"] == "answered"
            assert "DialCallSid" not in office.at("/left-caller")[0]
            assert leg.verbs == ["Connect", "Dial", "Say", "Hangup"] and leg.said_to_it == ["Goodbye."]
            assert twilio.violations == []

    run(work())


def test_three_in_a_conference_each_hear_the_two_others() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = response(f"<Dial><Conference>{ROOM}</Conference></Dial>")
            done = asyncio.Event()
            hertz = (440, 600, 850)
            legs = [
                await twilio.dial_in(Talker(tone(one, 60.0, 0.2), hangs_up_when=done), from_=f"+1415555013{n}", to=OURS)
                for n, one in enumerate(hertz)
            ]
            await until(lambda: all(leg.frames > 100 for leg in legs))
            done.set()
            for leg in legs:
                await leg.ended.wait()
            for own, leg in zip(hertz, legs, strict=True):
                last = leg.heard[-8000:-1600]
                assert {one: loudness(last, one) > 0.15 for one in hertz} == {one: one != own for one in hertz}

    run(work())


def test_participants_are_muted_held_removed_and_added_by_rest() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            office.pages |= {"/voice": join("caller", ""), "/left-caller": response("<Hangup/>"), "/room": ""}
            twilio.people[PERSON] = Person(says=tone(600, 60.0))
            leg = await twilio.dial_in(Talker(tone(440, 60.0)), from_=CALLER, to=OURS)
            await until(lambda: twilio.account.conference(ROOM))
            room = rest.conferences(twilio.account.conference(ROOM).sid)  # type: ignore[union-attr]
            added = await asyncio.to_thread(
                lambda: room.participants.create(
                    to=PERSON, from_=OURS, label="person", end_conference_on_exit=True, beep="false", timeout=15
                )
            )
            person = twilio.calls[added.call_sid]
            await until(lambda: person.connected)

            async def settled() -> float:
                """Loudness of the caller to the person, some frames later."""
                frames = person.frames
                await until(lambda: person.frames > frames + 30)
                return loudness(person.heard[-3200:], 440)

            assert await settled() > 0.2
            await asyncio.to_thread(lambda: room.participants("caller").update(muted=True))
            assert await settled() < 0.01
            await asyncio.to_thread(lambda: room.participants(leg.sid).update(muted=False))
            assert await settled() > 0.2
            held = await asyncio.to_thread(lambda: room.participants("person").update(hold=True))
            assert held.hold and await settled() < 0.01
            await asyncio.to_thread(room.participants("person").delete)
            await leg.ended.wait()
            assert leg.verbs == ["Dial", "Hangup"] and twilio.violations == []

    run(work())


@pytest.mark.parametrize("how", ["label", "waitUrl"])
def test_a_conference_that_cannot_be_joined_falls_to_the_next_verb(how: str) -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            wait = 'waitUrl="/nothing"' if how == "waitUrl" else 'participantLabel="me"'
            office.pages["/voice"] = response(
                f"<Dial><Conference {wait}>{ROOM}</Conference></Dial>", "<Say>Alone.</Say>"
            )
            if how == "label":
                await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
                await until(lambda: twilio.account.conference(ROOM))
            leg = await rung(twilio)
            assert leg.said_to_it == ["Alone."]
            assert [one[:5] for one in leg.violations] == ["16025" if how == "label" else "11200"]

    run(work())


def test_a_conference_is_ended_by_rest() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            office.pages |= {"/voice": join("caller", ""), "/left-caller": response("<Hangup/>"), "/room": ""}
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await until(lambda: twilio.account.conference(ROOM))
            (sid,) = twilio.account.conferences
            ended = await asyncio.to_thread(lambda: rest.conferences(sid).update(status="completed"))
            assert ended.status == "completed"
            await leg.ended.wait()
            await twilio.settled()
            told = [(form["StatusCallbackEvent"], form.get("ReasonParticipantLeft")) for form in office.at("/room")]
            assert told == [
                ("participant-join", None),
                ("participant-leave", "conference_ended_via_api"),
                ("conference-end", None),
            ]
            assert office.at("/room")[2]["ReasonConferenceEnded"] == "conference-ended-via-api"

    run(work())


def test_a_document_to_wait_with_has_no_gather() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = response(f'<Dial><Conference waitUrl="/wait">{ROOM}</Conference></Dial>')
            office.pages["/wait"] = response("<Gather/>")
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await until(lambda: twilio.account.conference(ROOM) and leg.violations)
            assert "waitUrl" in leg.violations[0] and not leg.over

    run(work())
