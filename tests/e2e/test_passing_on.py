"""Pattern A, for accounts without conferences: the carrier dials from the caller's own call. Limits on dialling.

The callers ring at the same time, each a number of its own with its own people on call, and ask for a person by key.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.keyed import OWN, flow, keyed, presses
from tests.e2e.telephone import ACCOUNT, Patient, Town, hears, settings, town, until
from tests.fakes import tone
from voice.carrier import LegOrder
from voice.double import Leg, Person, RecordedCaller
from voice.double.parties import Party
from voice.errors import CarrierError
from voice.store import StoredCall, StoredTransfer

SPEED = 6.0
FEW_SPEED = 8.0
"""Where one or two talk at a time."""
LIMIT_S = 100
HANDOFF = "One moment."
NOBODY = "Nobody is free."
CALLER_SAYS = {"taken": tone(1.5, 440.0), "second": tone(1.5, 560.0)}
PERSON_SAYS = {"taken": tone(1.5, 700.0), "second": tone(1.5, 850.0)}


def takes(name: str) -> Person:
    return Person("accept", says=PERSON_SAYS[name], stays_s=3.0)


CASES = {
    "taken": (takes("taken"), Person("busy")),
    "second": (Person("decline"), takes("second")),
    "nobody": (Person("no_answer"), Person("busy")),
    "mailboxes": (Person("voicemail"), Person("voicemail")),
    "wrong_keys": (Person("wrong_key"), Person("hangs_up")),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case."""

    call: Leg
    people: tuple[Leg, ...]
    transfer: StoredTransfer
    stored: StoredCall
    lead: dict[str, str]
    delivered: dict[str, Any]
    streams: int


@dataclass(frozen=True, slots=True)
class Played:
    """All of them."""

    results: dict[str, Result]
    handoff: bytes
    nobody: bytes
    rung_by_rest: list[str]


def _settings(folder: Path, cases: Mapping[str, tuple[Person, Person]], **changes: Any) -> dict[str, Any]:
    """A number, a list and two people for each case."""
    path = flow(folder)
    people: dict[str, Any] = {}
    lists: dict[str, Any] = {}
    numbers: dict[str, Any] = {}
    for i, name in enumerate(cases):
        people |= {
            f"mike_{name}": {"name": "Mike", "number": f"+141555501{i}1"},
            f"ana_{name}": {"name": "Ana", "number": f"+141555501{i}2"},
        }
        lists[name] = [{"people": [f"mike_{name}", f"ana_{name}"]}]
        numbers[f"+141555501{i}0"] = keyed(path, name)
    limits = {"ring_seconds": 5, "transfers_at_once": 8} | changes.pop("limits", {})
    return settings(folder, people=people, lists=lists, numbers=numbers, limits=limits) | changes


def _people(cases: Mapping[str, tuple[Person, Person]]) -> dict[str, Person]:
    return {f"+141555501{i}{n + 1}": person for i, both in enumerate(cases.values()) for n, person in enumerate(both)}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Every case, all at once."""
    return asyncio.run(_play(tmp_path_factory.mktemp("passing_on")))


async def _play(folder: Path) -> Played:
    twilio = {"account": ACCOUNT, "auth_token_env": "TWILIO_AUTH_TOKEN", "conferences": False}
    given = _settings(folder, CASES, twilio=twilio)
    async with town(folder, _people(CASES), given=given, speed=SPEED) as here, asyncio.timeout(LIMIT_S):
        calls = []
        for i, name in enumerate(CASES):
            calls.append(await here.twilio.dial_in(_party(here, name), from_=f"+141566601{i}0", to=f"+141555501{i}0"))
        for call in calls:
            await call.ended.wait()
            await here.running.server.gone(call.sid, 10)
        await here.twilio.settled()
        store = here.running.engines.store
        while any(one.state == "waiting" for one in await store.deliveries()):  # noqa: ASYNC110 - another's work
            await asyncio.sleep(0.05)
        results = {name: await _result(here, call) for name, call in zip(CASES, calls, strict=True)}
        rung = [one.path for one in here.twilio.requests if one.path.endswith("/Calls.json")]
        return Played(results, await _said(here, HANDOFF), await _said(here, NOBODY), rung)


def _party(here: Town, name: str) -> Party:
    """Asks for a person and, where that is in vain, goes on with the agent."""
    if name in CALLER_SAYS:
        return RecordedCaller(presses("0"), then_says=CALLER_SAYS[name])
    return Patient(presses("0", *OWN), here.is_ringing)


async def _said(here: Town, text: str) -> bytes:
    return b"".join([piece async for piece in here.running.engines.synthesiser.speak(text)])


async def _result(here: Town, call: Leg) -> Result:
    store = here.running.engines.store
    (transfer,) = await store.transfers(call.sid)
    (stored,) = [one for one in await store.calls() if one.call == call.sid]
    lead = await store.lead(call.sid)
    file = here.folder / "leads.jsonl"
    rows = [json.loads(row)["lead"] for row in file.read_text().splitlines()] if file.exists() else []
    return Result(
        call,
        tuple(leg for leg in here.twilio.calls.values() if leg.parent == call.sid),
        transfer,
        stored,
        lead.values if lead else {},
        next((row for row in rows if row["call"] == call.sid), {}),
        len(list((here.folder / "calls").glob(f"{call.sid}_*.jsonl"))),
    )


@pytest.mark.parametrize("name", CASES)
def test_point_28_the_hand_off_line_is_heard_out_before_the_caller_is_moved(played: Played, name: str) -> None:
    call = played.results[name].call
    assert hears(call.heard, played.handoff) > 0.9
    assert call.unheard == 0, "no word of ours was thrown away by the move"
    assert call.verbs[:2] == ["Connect", "Dial"]


def test_point_28_who_presses_one_is_connected_with_the_caller(played: Played) -> None:
    done = played.results["taken"]
    (mike,) = done.people
    assert mike.verbs == ["Gather", "Play"], "a brief of our own voice, and a key"
    assert hears(mike.heard, CALLER_SAYS["taken"]) > 0.95
    assert hears(done.call.heard, PERSON_SAYS["taken"]) > 0.95
    assert done.call.verbs == ["Connect", "Dial", "Hangup"] and done.streams == 1
    assert (done.stored.outcome, done.transfer.outcome) == ("transferred", "transferred")
    assert (done.transfer.person, done.transfer.stage) == ("Mike", "connected")
    assert None not in (done.transfer.rung_at, done.transfer.accepted_at, done.transfer.ended_at)


def test_point_29_who_declines_is_not_connected_and_the_next_one_is(played: Played) -> None:
    done = played.results["second"]
    mike, ana = done.people
    assert hears(mike.heard, CALLER_SAYS["second"]) < 0.3
    assert hears(ana.heard, CALLER_SAYS["second"]) > 0.95
    assert hears(done.call.heard, PERSON_SAYS["second"]) > 0.95
    assert done.transfer.person == "Ana" and done.stored.outcome == "transferred"


def test_point_31_two_transfers_at_once_hear_nothing_of_one_another(played: Played) -> None:
    taken, second = played.results["taken"], played.results["second"]
    assert hears(taken.call.heard, PERSON_SAYS["second"]) < 0.5
    assert hears(second.call.heard, PERSON_SAYS["taken"]) < 0.5
    assert all(hears(leg.heard, CALLER_SAYS["second"]) < 0.5 for leg in taken.people)
    assert all(hears(leg.heard, CALLER_SAYS["taken"]) < 0.5 for leg in second.people)


@pytest.mark.parametrize("name", ["nobody", "mailboxes", "wrong_keys"])
def test_points_29_and_31_where_nobody_takes_it_the_agent_comes_back_and_takes_the_lead(
    played: Played, name: str
) -> None:
    done = played.results[name]
    assert done.call.verbs == ["Connect", "Dial", "Dial", "Connect", "Hangup"]
    assert done.streams == 2, "another stream, the same call"
    assert len(done.people) == 2 and all(leg.over for leg in done.people)
    assert hears(done.call.heard, played.nobody) > 0.9
    wanted = {"wanted": "yes", "callback": done.call.from_, "text_ok": "yes", "pin": "1234"}
    assert done.lead == wanted
    assert {slot: held["value"] for slot, held in done.delivered["fields"].items()} == wanted
    assert done.stored.outcome == "lead_saved" and done.transfer.outcome != "transferred"
    assert done.stored.path == ("begin", "on_call", "begin", "details", "save", "saved")


def test_without_conferences_nobody_is_rung_by_rest(played: Played) -> None:
    assert played.rung_by_rest == []


def test_points_30_and_33_a_caller_who_hangs_up_while_the_carrier_dials_leaves_nobody_ringing_and_the_place_free(
    tmp_path: Path,
) -> None:
    twilio = {"account": ACCOUNT, "auth_token_env": "TWILIO_AUTH_TOKEN", "conferences": False}
    cases = {
        "slow": (Person("accept", after_s=50.0), Person("busy")),
        "late": (Person("accept"),) * 2,
        "next": (Person("accept", stays_s=0.5), Person("busy")),
    }
    given = _settings(tmp_path, cases, twilio=twilio, limits={"transfers_at_once": 1, "ring_seconds": 60})

    async def main() -> None:
        async with town(tmp_path, _people(cases), given=given, speed=FEW_SPEED) as here, asyncio.timeout(LIMIT_S):
            gone = asyncio.Event()
            party = RecordedCaller(presses("0"), hangs_up_when=gone)
            first = await here.twilio.dial_in(party, from_="+14156660100", to="+14155550100")
            await until(lambda: bool(here.legs_to("+14155550101")))
            (mike,) = here.legs_to("+14155550101")
            await until(lambda: mike.status == "ringing")
            late = await _turned_away(here, "+14156660101", "+14155550110")
            gone.set()
            await asyncio.gather(first.ended.wait(), mike.ended.wait())
            assert not mike.answered.is_set()
            await here.twilio.settled()
            second = await here.twilio.dial_in(presses("0"), from_="+14156660102", to="+14155550120")
            await second.ended.wait()
            await here.twilio.settled()
            outcomes = {one.call: one.outcome for one in await here.running.engines.store.calls()}
            wanted = {first.sid: "caller_hung_up", late.sid: "lead_saved", second.sid: "transferred"}
            assert outcomes == wanted

    asyncio.run(main())


# ---- the limits --------------------------------------------------------------------------------------------------


async def _turned_away(here: Town, caller: str, number: str) -> Leg:
    """A call whose transfer is refused by a limit: nobody is dialled, and the lead is taken."""
    call = await here.twilio.dial_in(_party(here, "late"), from_=caller, to=number)
    await call.ended.wait()
    await here.running.server.gone(call.sid, 10)
    assert [leg for leg in here.twilio.calls.values() if leg.to in (f"{number[:-1]}1", f"{number[:-1]}2")] == []
    store = here.running.engines.store
    lead = await store.lead(call.sid)
    assert lead is not None and (lead.status, lead.values["callback"]) == ("complete", caller)
    (transfer,) = await store.transfers(call.sid)
    assert transfer.person is None and transfer.outcome != "transferred"
    return call


def test_point_33_places_and_a_days_money_are_limits_and_only_configured_numbers_are_dialled(tmp_path: Path) -> None:
    """One place; a day's money buys two minutes, a minute for each of the first two callers who are put through."""
    free = asyncio.Event()
    cases = {
        "talks": (Person("accept", hangs_up_when=free), Person("busy")),
        "late": (Person("accept"),) * 2,
        "next": (Person("accept", stays_s=0.5), Person("busy")),
        "last": (Person("accept"),) * 2,
    }
    limits = {"transfers_at_once": 1, "spend_per_day": 0.04, "cost_per_minute": 0.02, "dial_minutes": 1}
    given = _settings(tmp_path, cases, limits=limits)

    async def main() -> None:
        async with town(tmp_path, _people(cases), given=given, speed=FEW_SPEED) as here, asyncio.timeout(LIMIT_S):
            first = await here.twilio.dial_in(presses("0"), from_="+14156660100", to="+14155550100")
            await until(lambda: first.connected)
            await _turned_away(here, "+14156660101", "+14155550110")
            free.set()
            await first.ended.wait()
            await here.twilio.settled()
            second = await here.twilio.dial_in(presses("0"), from_="+14156660102", to="+14155550120")
            await second.ended.wait()
            assert here.legs_to("+14155550121")[0].answered.is_set(), "the place is free again"
            await here.twilio.settled()
            await _turned_away(here, "+14156660103", "+14155550130")
            orders = [one for one in here.twilio.requests if one.path.endswith("/Calls.json")]
            assert [one.parameters["TimeLimit"] for one in orders] == [("60",)] * 2, "never longer than is paid for"
            carrier = here.running.engines.telephone.carrier
            with pytest.raises(CarrierError, match="not allowed"):
                await carrier.ring(LegOrder("+14155559999", "", "https://agent.example.com/x", "", "", 5))
            assert here.legs_to("+14155559999") == []

    asyncio.run(main())
