"""The double's REST API, asked with Twilio's own library."""

import asyncio
import base64
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]

from tests.voice.double.office import BASE, CALLER, OURS, PERSON, client, opened, response, run, until
from voice.double import Faults, Person, Talker

GOOD = {"to": PERSON, "from_": OURS, "url": f"{BASE}/brief"}


async def refused(work: Callable[[], Any]) -> tuple[int, int]:
    """(HTTP status, code) with which a request is refused."""
    with pytest.raises(TwilioRestException) as caught:
        await asyncio.to_thread(work)
    return caught.value.status, caught.value.code


def test_a_call_is_created_found_listed_and_ended() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            office.pages["/brief"] = response('<Pause length="60"/>')
            twilio.people[PERSON] = Person(after_s=0.1)
            made = await asyncio.to_thread(lambda: rest.calls.create(**GOOD, timeout=15))
            assert (made.status, made.direction, made.to, made._from) == ("queued", "outbound-api", PERSON, OURS)
            leg = twilio.calls[made.sid]
            await until(lambda: leg.documents)
            found = await asyncio.to_thread(lambda: rest.calls(made.sid).fetch())
            assert found.status == "in-progress"
            running = await asyncio.to_thread(lambda: rest.calls.list(status="in-progress"))
            assert [one.sid for one in running] == [made.sid]
            assert await asyncio.to_thread(lambda: rest.calls.list(status="busy")) == []
            ended = await asyncio.to_thread(lambda: rest.calls(made.sid).update(status="completed"))
            assert ended.status == "completed"
            await leg.ended.wait()
            assert twilio.violations == []
            assert [(one.method, one.status) for one in twilio.requests] == [
                ("POST", 201),
                ("GET", 200),
                ("GET", 200),
                ("GET", 200),
                ("POST", 200),
            ]

    run(work())


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"to": "415-555-0111"}, 21211),
        ({"to": "Karen"}, 21211),
        ({"from_": "+14155550199"}, 21210),
        ({"from_": "the office"}, 21212),
        ({"url": "agent.example.com/brief"}, 21205),
        ({"url": "wss://agent.example.com/brief"}, 21205),
        ({"twiml": "<Response/>"}, 20001),
        ({"timeout": 0}, 20001),
        ({"timeout": 601}, 20001),
        ({"method": "PUT"}, 20001),
        ({"machine_detection": "yes"}, 20001),
        ({"status_callback": "/status"}, 21609),
        ({"status_callback": f"{BASE}/s", "status_callback_event": ["busy"]}, 21626),
        ({"status_callback": f"{BASE}/s", "status_callback_event": ["initiated ringing"]}, 21626),
        ({"record": True}, 20001),
    ],
)
def test_a_wrong_parameter_is_refused(changed: dict[str, Any], code: int) -> None:
    async def work() -> None:
        async with opened() as (_, twilio), client(twilio) as rest:
            assert await refused(lambda: rest.calls.create(**(GOOD | changed))) == (400, code)
            assert twilio.calls == {}
            assert len(twilio.violations) == (code != 21210)

    run(work())


def test_a_missing_parameter_is_refused_in_the_service_s_form() -> None:
    async def work() -> None:
        async with opened() as (_, twilio), aiohttp.ClientSession() as session:
            pair = f"{twilio.account.sid}:{twilio.account.auth_token}".encode()
            headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
            url = f"{twilio.rest_url}/2010-04-01/Accounts/{twilio.account.sid}/Calls.json"
            for form, code in [
                ({"From": OURS, "Url": BASE}, 21201),
                ({"To": PERSON, "Url": BASE}, 21213),
                ({"To": PERSON, "From": OURS}, 21205),
                ({"To": PERSON, "From": OURS, "Url": BASE, "Colour": "red"}, 20001),
            ]:
                async with session.post(url, data=form, headers=headers) as answer:
                    assert answer.status == 400
                    body = await answer.json()
                assert (
                    body["code"] == code
                    and body["status"] == 400
                    and set(body)
                    == {
                        "code",
                        "message",
                        "more_info",
                        "status",
                    }
                )
            async with session.post(url, json={"To": PERSON}, headers=headers) as answer:
                assert answer.status == 415

    run(work())


def test_the_account_is_checked() -> None:
    async def work() -> None:
        async with opened() as (_, twilio):
            async with client(twilio, "another token") as rest:
                assert await refused(lambda: rest.calls.create(**GOOD)) == (401, 20003)
            async with client(twilio) as rest:
                missing = "CA" + "1" * 32
                assert await refused(lambda: rest.calls(missing).fetch()) == (404, 20404)
                assert await refused(lambda: rest.calls(missing).update(status="completed")) == (404, 20404)
                assert await refused(rest.api.v2010.accounts("AC9").calls("CA9").fetch) == (404, 20404)

    run(work())


def test_a_call_that_rings_is_canceled_and_one_that_has_ended_is_refused() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            twilio.people[PERSON] = Person("no_answer")
            order = GOOD | {"status_callback": f"{BASE}/leg", "status_callback_event": ["ringing", "completed"]}
            made = await asyncio.to_thread(lambda: rest.calls.create(**order))
            leg = twilio.calls[made.sid]
            await until(lambda: leg.status == "ringing")
            assert await refused(lambda: rest.calls(made.sid).update(url=f"{BASE}/other")) == (400, 21220)
            done = await asyncio.to_thread(lambda: rest.calls(made.sid).update(status="canceled"))
            assert done.status == "canceled"
            await leg.ended.wait()
            await twilio.settled()
            assert [form["CallStatus"] for form in office.at("/leg")] == ["ringing", "canceled"]
            for change in ({"status": "completed"}, {"url": f"{BASE}/other"}, {"twiml": "<Response/>"}):
                assert await refused(partial(rest.calls(made.sid).update, **change)) == (400, 21220)
            assert await refused(rest.calls(made.sid).recordings.create) == (400, 21220)

    run(work())


def test_a_call_in_progress_is_not_canceled() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            office.pages["/voice"] = response('<Pause length="60"/>')
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await leg.answered.wait()
            after = await asyncio.to_thread(lambda: rest.calls(leg.sid).update(status="canceled"))
            assert after.status == "in-progress"

    run(work())


def test_a_caller_s_number_is_shown_only_with_the_token_of_its_call() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            office.pages["/voice"] = response('<Pause length="60"/>')
            twilio.people[PERSON] = Person("no_answer")
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await leg.answered.wait()
            order = GOOD | {"from_": CALLER}
            assert await refused(lambda: rest.calls.create(**order)) == (400, 21210)
            assert await refused(lambda: rest.calls.create(**order, call_token="CTwrong")) == (400, 21210)
            token = office.at("/voice")[0]["CallToken"]
            made = await asyncio.to_thread(lambda: rest.calls.create(**order, call_token=token))
            assert made._from == CALLER

    run(work())


def test_messages_are_kept_or_refused_on_request() -> None:
    async def work() -> None:
        faults = Faults(messages={CALLER: 21610, PERSON: 30034})
        async with opened(faults=faults) as (_, twilio), client(twilio) as rest:

            def send(to: str, from_: str = OURS, body: str = "Thank you") -> Callable[[], Any]:
                return lambda: rest.messages.create(to=to, from_=from_, body=body)

            sent = await asyncio.to_thread(send("+14155550177"))
            assert sent.sid.startswith("SM") and sent.status == "queued"
            assert [(one.to, one.body) for one in twilio.messages] == [("+14155550177", "Thank you")]
            assert await refused(send(CALLER)) == (400, 21610)
            assert await refused(send(PERSON)) == (400, 30034)
            assert twilio.violations == []
            assert await refused(send("0177")) == (400, 21211)
            assert await refused(send("+14155550177", from_=PERSON)) == (400, 21606)
            assert await refused(send("+14155550177", body="x" * 1601)) == (400, 20001)
            assert len(twilio.messages) == 1 and len(twilio.violations) == 3

    run(work())


def test_a_number_s_addresses_are_changed() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            numbers = await asyncio.to_thread(lambda: rest.incoming_phone_numbers.list(phone_number=OURS))
            assert [one.voice_url for one in numbers] == [f"{BASE}/voice"]
            assert await asyncio.to_thread(lambda: rest.incoming_phone_numbers.list(phone_number=PERSON)) == []
            changes = {
                "voice_url": f"{BASE}/new",
                "voice_method": "GET",
                "voice_fallback_url": f"{BASE}/fallback2",
                "status_callback": f"{BASE}/status2",
            }
            changed = await asyncio.to_thread(lambda: numbers[0].update(**changes))
            assert {name: getattr(changed, name) for name in changes} == changes
            office.pages["/new"] = response("<Hangup/>")
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await leg.ended.wait()
            await twilio.settled()
            assert [one.method for one in office.seen if one.path == "/new"] == ["GET"]
            assert len(office.at("/status2")) == 1 and office.at("/status") == []
            assert await refused(lambda: numbers[0].update(voice_url="nowhere")) == (400, 20001)

    run(work())


def test_faults_of_the_api_come_as_often_as_asked() -> None:
    async def work() -> None:
        async with opened() as (_, twilio), client(twilio) as rest:

            def numbers() -> Any:
                return rest.incoming_phone_numbers.list()

            def send() -> Any:
                return rest.messages.create(to=CALLER, from_=OURS, body="hello")

            twilio.faults.rest_busy = 2
            assert await refused(send) == (429, 20429)
            assert await refused(send) == (429, 20429)
            assert await asyncio.to_thread(numbers)
            twilio.faults.rest_broken = 1
            assert (await refused(send))[0] == 500
            assert await asyncio.to_thread(numbers)
            twilio.faults.rest_slow, twilio.faults.rest_slow_s = 1, 4.0
            began = time.monotonic()
            await asyncio.to_thread(numbers)
            assert time.monotonic() - began >= 0.2
            assert twilio.violations == []

    run(work())
