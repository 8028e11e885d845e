"""Where calls stand and what is done about them, with a real database; the server's list of calls is a small fake."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from sop.state import Phase as Where
from sop.state import State, state_to_json
from tests.fakes import Running, running
from voice import loopback
from voice.answering import Line
from voice.demo import load_flow
from voice.desk import Phase, VoicemailNote
from voice.plan import CallPlan
from voice.profile import Profiles, ProfileSettings
from voice.reception import Reception, ReceptionSettings
from voice.report import Report
from voice.signature import Signatures
from voice.twiml import Public

BUSINESS, CALLER = "+14155550100", "+14155550123"
PUBLIC = "https://agent.example.com"
BEGAN = "2026-11-22T19:40:00-05:00"
PLAN = replace(loopback.plan(*load_flow("after_hours_hvac")), targets=("file:all",), partial_targets=("file:some",))


class Lines:
    """One number."""

    def line(self, number: str) -> Line | None:
        return Line(BUSINESS, "after_hours_hvac") if number == BUSINESS else None

    def plan(self, number: str, flow: str) -> CallPlan | None:
        return PLAN if number == BUSINESS else None

    def now(self, number: str) -> str:
        return BEGAN


@dataclass
class Ending:
    """A session as far as it is looked at: one that is on its way out."""

    report: Report = field(default_factory=Report)
    reasons: list[str] = field(default_factory=list)

    def closed(self, reason: str) -> None:
        self.reasons.append(reason)


@dataclass
class Calls:
    """A server's calls: `slow` ones never finish winding up."""

    sessions: dict[str, Ending] = field(default_factory=dict)
    finished: dict[str, Ending] = field(default_factory=dict)
    draining: bool = False
    departed: asyncio.Event = field(default_factory=asyncio.Event)

    async def gone(self, call: str, limit_s: float) -> bool:
        if call in self.sessions and self.departed.is_set():
            self.finished[call] = self.sessions.pop(call)
        await asyncio.sleep(0)
        return call not in self.sessions


@dataclass
class Desk:
    """A reception and what is around it."""

    here: Running
    reception: Reception
    calls: Calls


def at_the_desk(folder: Path, script: Callable[[Desk], Awaitable[None]]) -> None:
    async def main() -> None:
        async with running(folder) as here:
            profiles = Profiles(ProfileSettings())
            reception = Reception(
                Lines(),
                here.server._engines,
                profiles,
                Signatures(PUBLIC, "a token"),
                Public(PUBLIC),
                ReceptionSettings("AC1"),
            )
            calls = Calls()
            reception.attach(calls)  # type: ignore[arg-type]
            await script(Desk(here, reception, calls))
            await profiles.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("outcome", "phase"),
    [
        ("lead_saved", Phase.FINISHED),
        ("transferred", Phase.TRANSFERRING),
        ("line_dead", Phase.CRASHED),
    ],
)
def test_point_24_a_session_that_is_slow_to_wind_up_is_judged_by_how_it_ended(
    tmp_path: Path, outcome: str, phase: Phase
) -> None:
    async def script(desk: Desk) -> None:
        ending = desk.calls.sessions["CA1"] = Ending()
        assert await desk.reception.call_phase("CA1") is Phase.LIVE
        ending.report.outcome = outcome
        assert await desk.reception.call_phase("CA1") is phase

    at_the_desk(tmp_path, script)


def test_a_message_of_a_call_that_was_never_noted_is_kept_and_delivered(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        note = VoicemailNote("CA7", BUSINESS, CALLER, "RE1", "https://api.example.com/RE1", 12)
        await desk.reception.note_voicemail(note)
        lead = await desk.here.store.lead("CA7")
        assert lead is not None and lead.values == {"voicemail": "https://api.example.com/RE1"}
        (call,) = await desk.here.store.calls()
        assert (call.caller, call.called, call.outcome) == (CALLER, BUSINESS, "voicemail")
        assert {one.target for one in await desk.here.store.deliveries("CA7")} == {"file:all", "file:some"}

    at_the_desk(tmp_path, script)


def test_a_message_keeps_why_the_agent_did_not_answer(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.here.store.note_route("CA7", "busy", "agent", "too many calls", called=BUSINESS, started=BEGAN)
        await desk.reception.note_voicemail(VoicemailNote("CA7", BUSINESS, CALLER, "RE1", "https://x.example/RE1", 3))
        (call,) = await desk.here.store.calls()
        assert (call.route, call.why) == ("busy", "too many calls")

    at_the_desk(tmp_path, script)


def test_point_26_a_call_that_ends_while_its_stream_winds_up_is_booked_when_that_is_gone(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        store = desk.here.store
        await store.begin_call("CA1", "MZ1", "after_hours_hvac", 1, CALLER, BUSINESS, BEGAN)
        state = state_to_json(State("after_hours_hvac", 1, CALLER, BEGAN, "contact", Where.ASKING))
        await store.save_fields("CA1", {"name": ("Karen", "karen", 0.9, True)}, state=state)
        ending = desk.calls.sessions["CA1"] = Ending()
        await desk.reception.call_ended("CA1", "completed")
        assert ending.reasons == ["stop"]
        (call,) = await store.calls()
        assert call.outcome is None
        desk.calls.departed.set()
        await asyncio.gather(*desk.reception._under_way)
        (call,) = await store.calls()
        assert call.outcome == "caller_hung_up"
        assert [one.target for one in await store.deliveries("CA1")] == ["file:some"]

    at_the_desk(tmp_path, script)


def test_point_30_a_leg_that_is_up_when_the_call_ends_is_dropped(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        telephone, carrier = desk.here.server._engines.telephone, desk.here.carrier
        order = telephone.order("CA1", 1, PLAN, "+14155550111", 15)
        leg = await carrier.ring(order)
        telephone.placed(leg, "CA1", 1)
        await desk.reception.call_ended("CA1", "completed")
        await asyncio.gather(*desk.reception._under_way)
        assert [name for name, _ in carrier.dropped] == [leg]

    at_the_desk(tmp_path, script)
