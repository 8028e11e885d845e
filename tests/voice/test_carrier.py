"""Ringing people, moving and ending calls: over the double's REST interface, and without any telephone network."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from aiohttp import web

from voice.carrier import Carrier, CarrierSettings, LegOrder, LoopbackCarrier, TwilioCarrier
from voice.double import Leg, Person, Talker, Twilio
from voice.events import LegState
from voice.rest import Rest, RestError, RestSettings

BUSINESS = "+14155550100"
ANN, BOB, STRANGER, CALLER = "+14155550111", "+14155550112", "+14155550199", "+14155550123"
PUBLIC = "https://agent.example.com"
WAITS = '<Response><Pause length="60"/></Response>'
SORRY = "<Response><Say>The caller has hung up.</Say><Hangup/></Response>"
ORDER = LegOrder(ANN, "", f"{PUBLIC}/brief", f"{PUBLIC}/status", "", 15)


@dataclass
class World:
    """A double, a server of documents behind it, and the carrier under test."""

    twilio: Twilio
    carrier: TwilioCarrier
    hooks: list[tuple[str, dict[str, str]]]
    """(path, form) of each webhook."""

    async def caller(self) -> Leg:
        """A call that has been answered."""
        leg = await self.twilio.dial_in(Talker(), from_=CALLER, to=BUSINESS)
        await asyncio.wait_for(leg.answered.wait(), 5)
        return leg

    async def leg(self, order: LegOrder = ORDER, *, answered: bool = True) -> Leg:
        """A person who has been rung."""
        leg = self.twilio.calls[await self.carrier.ring(order)]
        if answered:
            await asyncio.wait_for(leg.answered.wait(), 5)
        return leg

    def asked(self, end: str) -> list[dict[str, tuple[str, ...]]]:
        """Parameters of the REST requests to a path with that end."""
        return [dict(one.parameters) for one in self.twilio.requests if one.path.endswith(end)]


@asynccontextmanager
async def world(sms_from: str = "") -> AsyncIterator[World]:
    hooks: list[tuple[str, dict[str, str]]] = []

    async def answer(request: web.Request) -> web.Response:
        hooks.append((request.path, {name: str(value) for name, value in (await request.post()).items()}))
        document = {"/brief": WAITS, "/voice": WAITS, "/other": WAITS, "/sorry": SORRY}.get(request.path)
        return web.Response(text=document, content_type="text/xml") if document else web.Response(status=204)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    routes = {PUBLIC: f"http://127.0.0.1:{runner.addresses[0][1]}"}
    async with Twilio(auth_token="secret", routes=routes, speed=5.0) as twilio, _closing(runner):
        twilio.number(BUSINESS, voice_url=f"{PUBLIC}/voice")
        twilio.people.update({ANN: Person("silent", after_s=0.1), BOB: Person("no_answer"), STRANGER: Person()})
        rest = Rest(RestSettings(twilio.account.sid, "secret", base=twilio.rest_url, wait_s=0.01))
        carrier = TwilioCarrier(CarrierSettings(BUSINESS, frozenset({ANN, BOB}), sms_from), rest)
        try:
            yield World(twilio, carrier, hooks)
        finally:
            await carrier.close()


@asynccontextmanager
async def _closing(runner: web.AppRunner) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await runner.cleanup()


def in_world(work: Callable[[World], Awaitable[None]], violations: int = 0) -> None:
    async def run() -> None:
        async with asyncio.timeout(20), world() as here:
            await work(here)
            assert len(here.twilio.violations) == violations, here.twilio.violations

    asyncio.run(run())


def test_a_person_is_rung_with_the_business_number_and_every_event_is_told() -> None:
    async def work(here: World) -> None:
        leg = await here.leg()
        assert (leg.to, leg.from_, leg.status) == (ANN, BUSINESS, "in-progress")
        await here.carrier.hang_up(leg.sid)
        await asyncio.wait_for(leg.ended.wait(), 5)
        await here.twilio.settled()
        told = [form["CallStatus"] for path, form in here.hooks if path == "/status"]
        assert sorted(told) == ["completed", "in-progress", "initiated", "ringing"]
        (asked,) = here.asked("/Calls.json")
        assert asked["Timeout"] == ("15",)
        assert asked["StatusCallbackEvent"] == ("initiated", "ringing", "answered", "completed")
        assert not {"MachineDetection", "AsyncAmd", "TimeLimit"} & asked.keys()

    in_world(work)


def test_machines_are_looked_for_without_holding_up_the_brief() -> None:
    async def work(here: World) -> None:
        await here.leg(replace(ORDER, machine_url=f"{PUBLIC}/machine", longest_s=600))
        (asked,) = here.asked("/Calls.json")
        assert (asked["MachineDetection"], asked["AsyncAmd"]) == (("Enable",), ("true",))
        assert asked["AsyncAmdStatusCallback"] == (f"{PUBLIC}/machine",)
        assert asked["TimeLimit"] == ("600",)

    in_world(work)


@pytest.mark.parametrize("to", [STRANGER, "", "+1415", "911", "sip:x@example.com", ANN + "\n", "+19005550111"])
def test_point_33_only_configured_numbers_are_dialled(to: str) -> None:
    async def work(here: World) -> None:
        with pytest.raises(RestError) as caught:
            await here.carrier.ring(replace(ORDER, to=to))
        assert caught.value.kind == "not allowed"
        assert str(caught.value) == "ringing a person: not allowed"
        assert here.twilio.requests == []

    in_world(work)


def test_point_33_a_configured_text_that_is_no_number_is_not_dialled() -> None:
    async def run() -> None:
        carrier = TwilioCarrier(CarrierSettings(BUSINESS, frozenset({"911"})), Rest(RestSettings("AC1", "secret")))
        with pytest.raises(RestError, match="not allowed"):
            await carrier.ring(replace(ORDER, to="911"))
        await carrier.close()

    asyncio.run(run())


def test_point_36_a_caller_id_that_is_refused_becomes_the_business_number() -> None:
    async def work(here: World) -> None:
        leg = await here.leg(replace(ORDER, caller_id=CALLER))
        assert leg.from_ == BUSINESS
        assert [asked["From"] for asked in here.asked("/Calls.json")] == [(CALLER,), (BUSINESS,)]

    in_world(work)


def test_another_refusal_is_not_tried_with_another_number() -> None:
    async def work(here: World) -> None:
        with pytest.raises(RestError) as caught:
            await here.carrier.ring(replace(ORDER, caller_id="anonymous"))
        assert caught.value.code == 21212
        assert len(here.twilio.requests) == 1

    in_world(work, violations=1)


def test_point_22_ending_a_call_that_is_over_is_success() -> None:
    async def work(here: World) -> None:
        caller = await here.caller()
        await here.carrier.hang_up(caller.sid)
        await asyncio.wait_for(caller.ended.wait(), 5)
        await here.carrier.hang_up(caller.sid)  # 21220
        await here.carrier.hang_up("CA" + "f" * 32)  # 404, 20404
        assert [one.status for one in here.twilio.requests] == [200, 400, 404]

    in_world(work)


def test_point_22_ending_a_call_is_tried_again_when_the_carrier_is_busy() -> None:
    async def work(here: World) -> None:
        caller = await here.caller()
        here.twilio.faults.rest_busy = here.twilio.faults.rest_broken = 1
        await here.carrier.hang_up(caller.sid)
        await asyncio.wait_for(caller.ended.wait(), 5)
        assert caller.status == "completed"

    in_world(work)


def test_point_22_a_call_that_cannot_be_ended_is_an_error() -> None:
    async def work(here: World) -> None:
        caller = await here.caller()
        here.twilio.faults.rest_broken = 9
        with pytest.raises(RestError) as caught:
            await here.carrier.hang_up(caller.sid)
        assert caught.value.kind == "broken"
        here.twilio.faults.rest_broken = 0

    in_world(work)


def test_a_leg_is_dropped_whether_it_rings_or_talks() -> None:
    async def work(here: World) -> None:
        ringing, talking = await here.leg(replace(ORDER, to=BOB), answered=False), await here.leg()
        for leg in (ringing, talking):
            await here.carrier.drop(leg.sid)
            await asyncio.wait_for(leg.ended.wait(), 5)
            await here.carrier.drop(leg.sid)
        assert (ringing.status, talking.status) == ("canceled", "completed")

    in_world(work)


def test_a_person_whose_caller_has_gone_hears_so_before_they_are_dropped() -> None:
    async def work(here: World) -> None:
        leg = await here.leg()
        await here.carrier.drop(leg.sid, f"{PUBLIC}/sorry")
        await asyncio.wait_for(leg.ended.wait(), 10)
        assert leg.said_to_it == ["The caller has hung up."]
        assert here.asked(f"{leg.sid}.json") == [{"Url": (f"{PUBLIC}/sorry",), "Method": ("POST",)}]

    in_world(work)


def test_a_telephone_that_still_rings_is_dropped_without_apology() -> None:
    async def work(here: World) -> None:
        leg = await here.leg(replace(ORDER, to=BOB), answered=False)
        await here.carrier.drop(leg.sid, f"{PUBLIC}/sorry")
        await asyncio.wait_for(leg.ended.wait(), 5)
        assert (leg.status, leg.said_to_it) == ("canceled", [])

    in_world(work)


def test_a_leg_is_dropped_even_if_the_apology_can_not_be_asked_for() -> None:
    async def work(here: World) -> None:
        leg = await here.leg()
        here.twilio.faults.rest_broken = 3  # as many as there are tries
        await here.carrier.drop(leg.sid, f"{PUBLIC}/sorry")
        await asyncio.wait_for(leg.ended.wait(), 5)
        assert leg.said_to_it == []

    in_world(work)


def test_moving_a_call_says_whether_it_was_there_to_be_moved() -> None:
    async def work(here: World) -> None:
        caller = await here.caller()
        assert await here.carrier.redirect(caller.sid, f"{PUBLIC}/other")
        await here.carrier.hang_up(caller.sid)
        await asyncio.wait_for(caller.ended.wait(), 5)
        assert not await here.carrier.redirect(caller.sid, f"{PUBLIC}/other")
        assert not await here.carrier.redirect("CA" + "f" * 32, f"{PUBLIC}/other")

    in_world(work)


def test_point_34_a_recording_has_two_channels_and_can_be_paused() -> None:
    async def work(here: World) -> None:
        caller = await here.caller()
        recording = await here.carrier.record(caller.sid, f"{PUBLIC}/recording")
        (asked,) = here.asked("/Recordings.json")
        assert (asked["RecordingChannels"], asked["RecordingTrack"]) == (("dual",), ("both",))
        assert "absent" in " ".join(asked["RecordingStatusCallbackEvent"])
        await here.carrier.pause(caller.sid, recording, True)
        await here.carrier.pause(caller.sid, recording, False)
        assert here.asked(f"{recording}.json") == [
            {"Status": ("paused",), "PauseBehavior": ("silence",)},
            {"Status": ("in-progress",)},
        ]
        await here.carrier.hang_up(caller.sid)
        await asyncio.wait_for(caller.ended.wait(), 5)
        await here.carrier.pause(caller.sid, recording, True)
        with pytest.raises(RestError) as caught:
            await here.carrier.record(caller.sid, f"{PUBLIC}/recording")
        assert caught.value.gone

    in_world(work)


@pytest.mark.parametrize("code", [21610, 30034])
def test_point_36_a_text_that_is_refused_says_why(code: int) -> None:
    async def work(here: World) -> None:
        here.twilio.faults.messages[CALLER] = code
        with pytest.raises(RestError) as caught:
            await here.carrier.send_sms(CALLER, "Ann is on her way.")
        assert caught.value.code == code
        assert "Ann" not in str(caught.value) and CALLER not in str(caught.value)
        assert here.twilio.messages == []

    in_world(work)


@pytest.mark.parametrize("to", ["anonymous", "", "266696687", "Restricted", "+1415555012x", "+"])
def test_point_36_who_withholds_their_number_gets_no_text(to: str) -> None:
    async def work(here: World) -> None:
        with pytest.raises(RestError) as caught:
            await here.carrier.send_sms(to, "Ann is on her way.")
        assert caught.value.kind == "not allowed"
        assert here.twilio.requests == []

    in_world(work)


def test_a_text_goes_out_from_the_business_number_or_its_messaging_service() -> None:
    async def work(here: World) -> None:
        name = await here.carrier.send_sms(CALLER, "Ann is on her way.")
        (sent,) = here.twilio.messages
        assert (sent.sid, sent.from_, sent.to, sent.body) == (name, BUSINESS, CALLER, "Ann is on her way.")

    in_world(work)

    async def by_service() -> None:
        async with world(sms_from="MG" + "4" * 32) as here:
            await here.carrier.send_sms(CALLER, "Hello.")
            (asked,) = here.asked("/Messages.json")
            assert (asked["MessagingServiceSid"], "From" in asked) == (("MG" + "4" * 32,), False)

    asyncio.run(by_service())


def test_a_text_goes_out_from_the_number_that_was_rung() -> None:
    second = "+14155550133"

    async def work(here: World) -> None:
        here.twilio.number(second, voice_url=f"{PUBLIC}/voice")
        await here.carrier.send_sms(CALLER, "Ann is on her way.", second)
        assert [sent.from_ for sent in here.twilio.messages] == [second]

    in_world(work)

    async def by_service() -> None:
        async with world(sms_from="MG" + "4" * 32) as here:
            await here.carrier.send_sms(CALLER, "Hello.", second)
            (asked,) = here.asked("/Messages.json")
            assert (asked["MessagingServiceSid"], "From" in asked) == (("MG" + "4" * 32,), False)

    asyncio.run(by_service())


def test_point_34_the_recording_under_way_needs_no_name() -> None:
    async def work(here: World) -> None:
        caller = await here.caller()
        await here.carrier.pause(caller.sid, "", True)  # there is none: that is fine
        name = await here.carrier.record(caller.sid, f"{PUBLIC}/recording")
        await here.carrier.pause(caller.sid, "", True)
        assert here.twilio.recordings[name].status == "paused"
        await here.carrier.pause(caller.sid, "", False)
        assert here.twilio.recordings[name].status == "in-progress"
        await here.carrier.stop_recording(caller.sid, "")
        assert here.twilio.recordings[name].over
        await here.carrier.stop_recording(caller.sid, "")
        assert here.asked("/Recordings/Twilio.CURRENT.json")[-1] == {"Status": ("stopped",)}

    in_world(work)


def test_both_carriers_are_carriers() -> None:
    rest = Rest(RestSettings("AC1", "secret"))
    carriers: tuple[Carrier, ...] = (LoopbackCarrier(), TwilioCarrier(CarrierSettings(BUSINESS), rest))
    assert len(carriers) == 2


# ---- without a telephone network --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "states"),
    [
        ("accept", [LegState.RINGING, LegState.ANSWERED, LegState.ACCEPTED, LegState.JOINED]),
        ("decline", [LegState.RINGING, LegState.ANSWERED, LegState.DECLINED]),
        ("no_answer", [LegState.RINGING, LegState.NO_ANSWER]),
        ("busy", [LegState.BUSY]),
    ],
)
def test_people_of_the_loopback_do_what_they_are_told(answer: str, states: list[LegState]) -> None:
    async def run() -> tuple[str, list[tuple[str, LegState]], LoopbackCarrier]:
        told: list[tuple[str, LegState]] = []
        finished = asyncio.Event()

        def on_leg(leg: str, state: LegState) -> None:
            told.append((leg, state))
            if len(told) == len(states):
                finished.set()

        carrier = LoopbackCarrier({ANN: answer}, on_leg)
        leg = await carrier.ring(ORDER)
        assert told == []  # nothing is told of a leg before its name is known
        await asyncio.wait_for(finished.wait(), 5)
        await carrier.drop(leg)
        await carrier.close()
        return leg, told, carrier

    leg, told, carrier = asyncio.run(run())
    ended = [(leg, LegState.ENDED)] if answer == "accept" else []
    assert told == [(leg, state) for state in states] + ended
    assert carrier.states == told
    assert (carrier.rung, carrier.dropped) == ([(leg, ORDER)], [(leg, "")])


def test_a_loopback_leg_that_is_dropped_early_does_nothing_more() -> None:
    async def run() -> LoopbackCarrier:
        carrier = LoopbackCarrier()
        leg = await carrier.ring(ORDER)
        await carrier.drop(leg, f"{PUBLIC}/sorry")
        await carrier.drop(leg)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await carrier.close()
        return carrier

    carrier = asyncio.run(run())
    (leg, _), *_ = carrier.rung
    assert carrier.states == [(leg, LegState.ENDED)]
    assert carrier.dropped == [(leg, f"{PUBLIC}/sorry"), (leg, "")]


def test_the_loopback_notes_everything() -> None:
    async def run() -> LoopbackCarrier:
        carrier = LoopbackCarrier(gone=frozenset({"CA2"}))
        assert await carrier.redirect("CA1", f"{PUBLIC}/join")
        assert not await carrier.redirect("CA2", f"{PUBLIC}/join")
        await carrier.hang_up("CA1")
        recording = await carrier.record("CA1", f"{PUBLIC}/recording")
        await carrier.pause("CA1", recording, True)
        assert await carrier.send_sms(CALLER, "hello") != await carrier.send_sms(CALLER, "again")
        return carrier

    carrier = asyncio.run(run())
    assert carrier.redirected == [("CA1", f"{PUBLIC}/join"), ("CA2", f"{PUBLIC}/join")]
    assert carrier.hung_up == ["CA1"]
    assert carrier.recordings == [("CA1", f"{PUBLIC}/recording")]
    assert carrier.pauses == [("CA1", f"RE{1:032d}", True)]
    assert carrier.texts == [(CALLER, "hello"), (CALLER, "again")]
