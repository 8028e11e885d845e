"""Requests from the double: signed, complete, late or doubled when asked; what happens when a document can't be had."""

import asyncio
from collections.abc import Mapping

import pytest
from aiohttp import web

from tests.voice.double.office import (
    BASE,
    CALLER,
    OURS,
    PERSON,
    Office,
    client,
    opened,
    response,
    run,
    rung,
    until,
)
from voice.double import Faults, Person, Talker, Twilio
from voice.double.webhooks import signed_url


def test_the_voice_webhook_is_signed_and_says_who_rings() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = response("<Hangup/>")
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS, StirVerstat="TN-Validation-Passed-A", Blank="")
            await leg.ended.wait()
            await twilio.settled()
            assert [one.path for one in office.seen] == ["/voice", "/status"]
            assert all(one.valid and one.method == "POST" for one in office.seen)
            form = office.at("/voice")[0]
            assert form["CallToken"].startswith("CT")
            assert form == {
                "AccountSid": twilio.account.sid,
                "ApiVersion": "2010-04-01",
                "CallSid": leg.sid,
                "CallStatus": "ringing",
                "CallToken": form["CallToken"],
                "Direction": "inbound",
                "From": CALLER,
                "To": OURS,
                "StirVerstat": "TN-Validation-Passed-A",
                "Blank": "",
            }
            status = office.at("/status")[0]
            assert (status["CallStatus"], status["SequenceNumber"]) == ("completed", "0")
            assert "CallDuration" in status and "Timestamp" in status
            headers = office.seen[0].headers
            assert headers["Host"] == "agent.example.com" and headers["X-Forwarded-Proto"] == "https"
            assert headers["I-Twilio-Idempotency-Token"] != office.seen[1].headers["I-Twilio-Idempotency-Token"]
            assert twilio.violations == [] and (leg.status, leg.verbs) == ("completed", ["Hangup"])

    run(work())


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://a.example/b?c=1#rc=2", "https://a.example/b?c=1"),
        ("https://user:pass@a.example:8443/b", "https://a.example/b"),
        ("http://a.example:8080/b", "http://a.example:8080/b"),
        ("wss://a.example:443/ws", "wss://a.example/ws"),
        ("https://[::1]/b", "https://[::1]/b"),
    ],
)
def test_what_the_signature_is_over(url: str, signed: str) -> None:
    assert signed_url(url) == signed


def test_a_get_has_its_parameters_in_the_url_and_a_fragment_stays_at_home() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = response(f'<Redirect method="GET">{BASE}/next?a=1#rc=2</Redirect>')
            office.pages["/next"] = response("<Hangup/>")
            leg = await rung(twilio)
            asked = office.seen[1]
            assert (asked.path, asked.method, asked.valid) == ("/next", "GET", True)
            assert asked.form["a"] == "1" and asked.form["CallSid"] == leg.sid

    run(work())


def test_signatures_can_be_left_out_or_wrong() -> None:
    async def work() -> None:
        async with opened(faults=Faults(webhooks_unsigned=1, webhooks_missigned=1)) as (office, twilio):
            office.pages["/voice"] = response("<Redirect>/next</Redirect>")
            office.pages["/next"] = response("<Redirect>/last</Redirect>")
            office.pages["/last"] = response("<Hangup/>")
            await rung(twilio)
            assert [one.valid for one in office.seen[:3]] == [False, False, True]
            assert "X-Twilio-Signature" not in office.seen[0].headers
            assert "X-Twilio-Signature" in office.seen[1].headers

    run(work())


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (web.Response(status=500), "11200"),
        (web.Response(status=404), "11200"),
        (web.Response(text="<Response/>", content_type="text/html"), "12300"),
        (web.Response(text='{"verbs": []}', content_type="application/json"), "12300"),
        ("<Response><Speak/></Response>", "12100"),
        ("not XML", "12100"),
    ],
)
def test_a_document_that_cannot_be_had_leads_to_the_fallback(page: web.Response | str, code: str) -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = page
            office.pages["/fallback"] = response("<Say>Please hold.</Say>")
            leg = await rung(twilio)
            assert leg.said_to_it == ["Please hold."] and leg.status == "completed"
            form = office.at("/fallback")[0]
            assert form["ErrorCode"] == code and form["ErrorUrl"] == f"{BASE}/voice"
            assert [one[:5] for one in twilio.violations] == [code]
            assert leg.violations == twilio.violations

    run(work())


def test_a_document_in_the_middle_has_the_fallback_once_then_the_caller_hears_of_an_error() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = response("<Say>Hello.</Say>", "<Redirect>/gone</Redirect>")
            office.pages["/fallback"] = response("<Say>Please hold.</Say>", "<Redirect>/gone</Redirect>")
            leg = await rung(twilio)
            assert leg.said_to_it[:2] == ["Hello.", "Please hold."] and "application error" in leg.said_to_it[2]
            assert len(leg.said_to_it) == 3 and leg.status == "completed"
            assert len(office.at("/fallback")) == 1

    run(work())


def test_a_call_fails_when_nothing_answers_at_all() -> None:
    async def work() -> None:
        async with Twilio(auth_token="x", routes={BASE: "http://127.0.0.1:9"}, speed=20) as twilio:
            twilio.number(OURS, voice_url=f"{BASE}/voice", voice_fallback_url="https://elsewhere.example/fallback")
            leg = await rung(twilio)
            assert leg.status == "failed" and not leg.answered.is_set()
            assert [one[:5] for one in leg.violations] == ["11205", "11205"]

    run(work())


def test_a_document_that_takes_more_than_fifteen_seconds_is_given_up() -> None:
    async def work() -> None:
        async with opened(speed=100) as (office, twilio):
            office.pages["/voice"] = response("<Say>Late.</Say>")
            office.slow["/voice"] = 0.4
            office.pages["/fallback"] = response("<Say>In time.</Say>")
            leg = await rung(twilio)
            assert leg.said_to_it == ["In time."]
            assert "no answer in 15 s" in leg.violations[0]

    run(work())


def test_a_redirecting_answer_loses_the_parameters() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):

            def moved(form: Mapping[str, str]) -> web.Response:
                return web.Response(status=302, headers={"Location": "/voice2"})

            office.pages["/voice"] = moved
            office.pages["/voice2"] = response("<Hangup/>")
            leg = await rung(twilio)
            assert leg.verbs == ["Hangup"]
            assert [(one.method, one.form) for one in office.seen[1:2]] == [("GET", {})]
            assert "redirect" in twilio.violations[0]

    run(work())


async def ringing(office: Office, twilio: Twilio) -> list[str]:
    """The statuses of a call to a person, in the order in which they arrived."""
    office.pages |= {"/brief": response("<Hangup/>"), "/leg": ""}
    twilio.people[PERSON] = Person(after_s=0.5)
    async with client(twilio) as rest:
        made = await asyncio.to_thread(
            lambda: rest.calls.create(
                to=PERSON,
                from_=OURS,
                url=f"{BASE}/brief",
                status_callback=f"{BASE}/leg",
                status_callback_event=["initiated", "ringing", "answered", "completed"],
            )
        )
    await twilio.calls[made.sid].ended.wait()
    await twilio.settled()
    forms = office.at("/leg")
    assert all(one.valid for one in office.seen)
    assert sorted({form["SequenceNumber"] for form in forms}) == ["0", "1", "2", "3"]
    return [form["CallStatus"] for form in forms]


IN_ORDER = ["initiated", "ringing", "in-progress", "completed"]


@pytest.mark.parametrize(
    ("faults", "statuses"),
    [
        (Faults(), IN_ORDER),
        (Faults(callbacks_doubled=1), ["initiated", *IN_ORDER]),
        (Faults(callbacks_swapped=1), ["ringing", "initiated", "in-progress", "completed"]),
        (Faults(callbacks_late=1, late_s=8), ["ringing", "in-progress", "completed", "initiated"]),
    ],
)
def test_callbacks_are_in_order_unless_asked_otherwise(faults: Faults, statuses: list[str]) -> None:
    async def work() -> None:
        async with opened(faults=faults) as (office, twilio):
            assert await ringing(office, twilio) == statuses

    run(work())


def test_a_callback_that_nothing_overtakes_comes_all_the_same() -> None:
    """The only one of a call is swapped: none follows it."""

    async def work() -> None:
        async with opened(faults=Faults(callbacks_swapped=1)) as (office, twilio):
            office.pages["/voice"] = response("<Hangup/>")
            leg = await twilio.dial_in(Talker(), from_=CALLER, to=OURS)
            await leg.ended.wait()
            await asyncio.wait_for(until(lambda: bool(office.at("/status"))), 5)
            assert office.at("/status")[-1]["CallStatus"] == "completed"

    run(work())


def test_a_doubled_callback_has_one_idempotency_token() -> None:
    async def work() -> None:
        async with opened(faults=Faults(callbacks_doubled=1)) as (office, twilio):
            await ringing(office, twilio)
            tokens = [one.headers["I-Twilio-Idempotency-Token"] for one in office.seen if one.path == "/leg"]
            assert tokens[0] == tokens[1] and len(set(tokens)) == 4

    run(work())


def test_a_callback_that_is_not_answered_well_is_noted() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = response("<Hangup/>")
            del office.pages["/status"]
            await rung(twilio)
            assert twilio.violations == [f"11200: callback {BASE}/status answered 404"]

    run(work())


def test_a_party_that_raises_is_not_swallowed() -> None:
    class Broken:
        def frame(self, heard: bytes) -> None:
            raise ValueError("no such frame")

    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = response('<Pause length="60"/>')
            leg = await twilio.dial_in(Broken(), from_=CALLER, to=OURS)  # type: ignore[arg-type]
            await leg.ended.wait()
            await until(lambda: office.at("/status"))

    with pytest.raises(ValueError, match="no such frame"):
        run(work())
