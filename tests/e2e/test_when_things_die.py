"""Streams that break, an engine that dies, a server that stops, is full or is not there: the whole service at the end
of the double, over real sockets."""

import asyncio
import json
import os
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from tests.e2e.killing import CUT_OFF, HOSTED, Door, Receiver, Repeating, Supervised, free_port, share_prompts
from tests.e2e.remains import streams
from tests.e2e.telephone import (
    ACCOUNT,
    ANA,
    BUSINESS,
    CALLER,
    MIKE,
    PUBLIC,
    TOKEN,
    Town,
    hears,
    line,
    settings,
    town,
    until,
)
from voice import recorded
from voice.asr import WhisperRecogniser
from voice.double import Leg, Person, Twilio
from voice.double.parties import Talker
from voice.twiml import Texts
from voice.worker import EngineState

SPEED = 4.0
LIMIT_S = 120
FAR_S = 0.3
"""From the carrier to us and back, for what it asks when a stream is over."""
SORRY, BUSY = Texts().sorry, Texts().busy
OUR_FAULT = "I'm sorry, I had a problem on my side and didn't hear that."
PLAIN = {
    "problem": "no_heat",
    "name": "Daniel Foster",
    "callback": CALLER,
    "address": "2217 Maple Street, Springfield",
}


def forgive(twilio: Twilio, *codes: str) -> None:
    """What the carrier complained of is what the test did to it, and nothing else."""
    assert [one for one in twilio.violations if not any(code in one for code in codes)] == []
    twilio.violations.clear()


# ---- streams that break ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Broken:
    """A call whose stream was cut once, and another whose streams all were."""

    once: Leg
    heard_before: int
    cut_off: bytes
    path: tuple[str, ...]
    lead: dict[str, str]
    outcome: str
    stream_sids: list[str]
    folder: Path
    always: Leg
    never: Leg
    ended: dict[str, str | None]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Broken:
    """Both, in one town; and a call of which nothing more is heard."""
    return asyncio.run(_break(tmp_path_factory.mktemp("broken")))


async def _break(folder: Path) -> Broken:
    share_prompts(folder)
    given = settings(folder, limits={"ring_seconds": 5, "lost_seconds": 2})
    people = {MIKE: Person("busy", after_s=0.2), ANA: Person("busy", after_s=0.2)}
    async with asyncio.timeout(LIMIT_S), town(folder, people, given=given, speed=SPEED) as here:
        always = await _always_cut(here)
        async with Door(here.running.port) as door, Door(here.running.port) as other:
            here.twilio.routes[PUBLIC] = f"http://127.0.0.1:{other.port}"
            never = await here.twilio.dial_in(recorded.load("volunteers"), from_="+14155550125", to=BUSINESS)
            await until(lambda: never.sid in here.running.server.sessions)
            here.twilio.routes[PUBLIC] = f"http://127.0.0.1:{door.port}"
            party = Repeating(recorded.load("plain"), asyncio.Event())
            once = await here.twilio.dial_in(party, from_=CALLER, to=BUSINESS)
            await _leave_alone(here, never, other)
            await until(lambda: party.answered >= 2)
            before = len(once.heard)
            door.cut()
            await asyncio.gather(once.ended.wait(), always.ended.wait())
            await _until_given_up(here, never)
            await here.twilio.settled()
            forgive(here.twilio, "31921", "11205", "31902", "11200")
        store = here.running.engines.store
        found = {one.call: one for one in await store.calls()}
        lead = await store.lead(once.sid)
        sids = [one.parameters["StreamSid"] for one in here.twilio.webhooks if _began(one.parameters, once)]
        speaks = here.running.engines.synthesiser.speak(CUT_OFF)
        return Broken(
            once,
            before,
            b"".join([piece async for piece in speaks]),
            found[once.sid].path or (),
            lead.values if lead else {},
            found[once.sid].outcome or "",
            sids,
            folder,
            always,
            never,
            {call: one.outcome for call, one in found.items()},
        )


def _began(parameters: Any, leg: Leg) -> bool:
    return bool(parameters.get("StreamEvent") == "stream-started" and parameters["CallSid"] == leg.sid)


async def _always_cut(here: Town) -> Leg:
    """A call whose every stream breaks after two seconds."""
    here.twilio.faults.cut_after_frames = 100
    leg = await here.twilio.dial_in(Talker(), from_="+14155550124", to=BUSINESS)
    for n in (1, 2):
        await until(lambda n=n: leg.verbs.count("Connect") == n)  # type: ignore[misc]
        here.twilio.faults.cut_after_frames = 100
    await until(lambda: leg.verbs.count("Connect") == 3)
    return leg


async def _leave_alone(here: Town, leg: Leg, door: Door) -> None:
    """Its stream breaks, once it has said something, and so does every other way from the carrier to us."""

    def told_something() -> bool:
        session = here.running.server.sessions.get(leg.sid)
        return session is not None and "name" in session.report.fields

    await until(told_something)
    way = here.twilio.routes.pop(PUBLIC)
    door.cut()
    await leg.ended.wait()
    # Its status callback is on the way when the leg has ended.
    await until(lambda: any("callback" in one and "call-status" in one for one in here.twilio.violations))
    here.twilio.routes[PUBLIC] = way


async def _until_given_up(here: Town, leg: Leg) -> None:
    found = None
    while found is None or found.outcome is None:
        await asyncio.sleep(0.05)
        found = await here.running.engines.store.resumable(leg.sid)


def test_point_31_a_broken_stream_is_resumed_on_a_new_one_of_the_same_call(broken: Broken) -> None:
    assert broken.once.verbs == ["Connect", "Connect", "Hangup"]
    assert len(set(broken.stream_sids)) == len(broken.stream_sids) == 2


def test_point_31_a_resumed_call_keeps_what_was_said_and_goes_on_to_its_end(broken: Broken) -> None:
    assert PLAIN.items() <= broken.lead.items()
    assert broken.outcome == "lead_saved"
    assert broken.path.count("triage") == 1, "nothing is begun anew"


def test_point_31_the_caller_is_told_once_that_the_line_was_cut(broken: Broken) -> None:
    assert hears(broken.once.heard[: broken.heard_before], broken.cut_off) < 0.6
    assert hears(broken.once.heard[broken.heard_before :], broken.cut_off) > 0.9
    first, second = (one for one in streams(broken.folder) if one.call == broken.once.sid)
    assert second.resumed and second.first_words == CUT_OFF and not first.resumed


def test_point_24_a_stream_that_breaks_again_and_again_leads_to_the_fallback(broken: Broken) -> None:
    assert broken.always.verbs[:5] == ["Connect", "Connect", "Connect", "Say", "Dial"]
    assert broken.always.said_to_it[0] == SORRY
    assert broken.always.verbs[-1] == "Hangup" and "Record" in broken.always.verbs, "nobody is free: voicemail"


def test_point_26_a_broken_call_of_which_nothing_is_heard_is_ended_and_delivered(broken: Broken) -> None:
    assert broken.ended[broken.never.sid] == "line_dead"
    rows = [json.loads(row) for row in (broken.folder / "leads.jsonl").read_text().splitlines()]
    (mine,) = [row["lead"] for row in rows if row["call"] == broken.never.sid]
    assert mine["status"] == "partial" and mine["fields"]["name"]["value"]


# ---- an engine that dies, a server that is full ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Struck:
    """A call whose recogniser dies whenever it is at work, and one that came while that was on the line."""

    said: list[str]
    path: list[str]
    leg: Leg
    rung: Leg
    second: Leg


@pytest.fixture(scope="module")
def struck(tmp_path_factory: pytest.TempPathFactory) -> Struck:
    return asyncio.run(_strike(tmp_path_factory.mktemp("struck")))


async def _strike(folder: Path) -> Struck:
    share_prompts(folder)
    given = settings(folder, limits={"ring_seconds": 5, "calls": 1})
    given["lists"] = {"on_call": [{"people": ["mike"]}], "spare": [{"people": ["ana"]}]}
    given["numbers"] = {BUSINESS: line(fallback="spare")}
    people = {MIKE: Person("accept", stays_s=1.0), ANA: Person("accept", stays_s=1.0)}
    async with asyncio.timeout(LIMIT_S), town(folder, people, given=given, speed=SPEED) as here:
        leg = await here.twilio.dial_in(recorded.load("plain"), from_=CALLER, to=BUSINESS)
        await until(lambda: leg.sid in here.running.server.sessions)
        session = here.running.server.sessions[leg.sid]
        second = await here.twilio.dial_in(Talker(), from_="+14155550124", to=BUSINESS)
        ears = here.running.engines.recogniser
        assert isinstance(ears, WhisperRecogniser)
        stopping = threading.Event()
        killing = threading.Thread(target=_kill_when_busy, args=(ears, stopping))
        killing.start()
        try:
            await until(lambda: "front_desk" in session.report.path)
        finally:
            stopping.set()
            killing.join()
        await asyncio.gather(leg.ended.wait(), second.ended.wait())
        (rung,) = here.legs_to(MIKE)
        said = [turn.said for turn in session.report.turns]
        return Struck([session.report.greeting, *said], session.report.path, leg, rung, second)


def _kill_when_busy(ears: WhisperRecogniser, stopping: threading.Event) -> None:
    """Each of its processes once. A thread: the event loop may not look in time."""
    dead: set[int] = set()
    while not stopping.wait(0.005):
        pid = ears.worker.pid
        if ears.worker.state is EngineState.BUSY and pid is not None and pid not in dead:
            dead.add(pid)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_a_recogniser_that_dies_costs_one_question_and_then_a_person_is_rung(struck: Struck) -> None:
    assert " ".join(struck.said).count(OUR_FAULT) == 1
    assert struck.path[-1] == "front_desk" or "front_desk" in struck.path
    assert struck.rung.verbs[-1] == "Dial" and "Dial" in struck.leg.verbs, "the two were connected"


def test_point_37_one_call_more_than_there_may_be_gets_the_busy_document(struck: Struck) -> None:
    assert struck.second.said_to_it == [BUSY]
    assert struck.second.verbs == ["Say", "Dial", "Hangup"], "no stream; the person on call took it"


# ---- a server that stops, and one that is not there ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stopped:
    """What callers got of a server that was told to stop."""

    live: Leg
    readiness: int
    late: Leg
    late_fetched: list[str]
    status: int
    after: Leg


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Stopped:
    return asyncio.run(_stop(tmp_path_factory.mktemp("stopped")))


async def _stop(folder: Path) -> Stopped:
    share_prompts(folder)
    receiver, port, server = Receiver(), free_port(), Supervised(folder / "switchboard.yaml")
    async with (
        asyncio.timeout(LIMIT_S),
        Twilio(account=ACCOUNT, auth_token=TOKEN, speed=1.5 * SPEED) as twilio,
        server,
        Door(port, delay_s=FAR_S) as door,
        receiver.open(),
    ):
        given = settings(folder)
        given["twilio"] |= {"api_url": twilio.rest_url}
        given["listen"]["port"] = port
        (folder / "switchboard.yaml").write_text(yaml.safe_dump(given))
        twilio.routes |= {PUBLIC: f"http://127.0.0.1:{door.port}", HOSTED: f"http://127.0.0.1:{receiver.port}"}
        twilio.people.update({MIKE: Person("accept", stays_s=1.0), ANA: Person("busy", after_s=0.2)})
        twilio.number(
            BUSINESS,
            voice_url=f"{PUBLIC}/twilio/voice",
            voice_fallback_url=f"{HOSTED}/fallback",
            status_callback=f"{PUBLIC}/twilio/call-status",
        )
        await server.start()
        party = Repeating(recorded.load("volunteers"), asyncio.Event())
        live = await twilio.dial_in(party, from_=CALLER, to=BUSINESS)
        await until(lambda: party.answered == 1)
        stopping = asyncio.create_task(server.stop())
        readiness = await _readiness(port)
        late = await twilio.dial_in(Talker(), from_="+14155550124", to=BUSINESS)
        await asyncio.gather(live.ended.wait(), late.ended.wait())
        fetched = [one.url for one in twilio.webhooks if one.parameters.get("CallSid") == late.sid]
        status = await stopping
        await twilio.settled()
        forgive(twilio, "call-status")
        after = await twilio.dial_in(Talker(), from_="+14155550125", to=BUSINESS)
        await after.ended.wait()
        await twilio.settled()
        forgive(twilio, "11205", "call-status")
        return Stopped(live, readiness, late, fetched, status, after)


async def _readiness(port: int) -> int:
    """The status of /readyz, once it is not 200 any more."""
    async with aiohttp.ClientSession() as web:
        while True:
            async with web.get(f"http://127.0.0.1:{port}/readyz") as answer:
                if answer.status != 200:
                    return answer.status
            await asyncio.sleep(0.02)


def test_point_37_a_server_that_stops_lets_its_calls_finish(stopped: Stopped) -> None:
    assert stopped.live.verbs == ["Connect", "Hangup"], "to the procedure's end, and without a fallback behind it"
    assert stopped.status == 0


def test_point_37_a_server_that_stops_is_not_ready_and_takes_no_new_call(stopped: Stopped) -> None:
    assert stopped.readiness == 503
    assert stopped.late.said_to_it == [SORRY] and stopped.late.verbs == ["Say", "Dial", "Hangup"]
    assert not any(url.startswith(HOSTED) for url in stopped.late_fetched), "it said so itself"


def test_point_27_without_a_server_the_hosted_document_takes_the_call(stopped: Stopped) -> None:
    assert stopped.after.verbs == ["Say", "Dial", "Say", "Record", "Say", "Hangup"]
    assert stopped.after.said_to_it == [SORRY, Texts().leave_message, Texts().no_message]
