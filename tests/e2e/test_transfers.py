"""Warm transfers from the first ring to the packet and the lead: real sockets, real ears, a real voice, the double.

The callers ring at the same time, each a number of its own with its own people on call, while the CRM is down.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.telephone import (
    ANA,
    BUSINESS,
    CALLER,
    MIKE,
    Patient,
    Town,
    hears,
    line,
    settings,
    smells_gas,
    town,
    until,
)
from tests.fakes import tone
from voice.double import Leg, Person, RecordedCaller
from voice.double.parties import Party
from voice.store import StoredCall, StoredTransfer

SPEED = 3.0
LIMIT_S = 120
CALLER_SAYS, PERSON_SAYS = tone(1.5, 440.0), tone(1.5, 700.0)
TAKES = Person("accept", says=PERSON_SAYS, stays_s=4.0)


@dataclass(frozen=True, slots=True)
class Case:
    """One caller and the two people on call, in order."""

    mike: Person
    ana: Person
    party: Callable[[Town], Party]


def emergency(_: Town) -> Party:
    return RecordedCaller(smells_gas(), then_says=CALLER_SAYS)


def patient(here: Town) -> Party:
    return Patient(smells_gas("plain"), here.is_ringing)


CASES = {
    "accepted": Case(TAKES, Person("busy"), emergency),
    "declined": Case(Person("decline"), TAKES, emergency),
    "nobody": Case(Person("no_answer"), Person("busy"), patient),
    "voicemail": Case(Person("voicemail"), Person("voicemail"), patient),
    "wrong_key": Case(Person("wrong_key"), Person("hangs_up"), patient),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case."""

    call: Leg
    mike: Leg
    ana: Leg | None
    transfer: StoredTransfer
    stored: StoredCall
    lead: dict[str, str]
    delivered: dict[str, str]
    packet: str


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """Every case, all at once."""
    return asyncio.run(_play(tmp_path_factory.mktemp("town")))


async def _play(folder: Path) -> dict[str, Result]:
    people: dict[str, Person] = {}
    directory, lists, numbers = {}, {}, {}
    for i, (name, case) in enumerate(CASES.items()):
        mike, ana = f"+141555501{i}1", f"+141555501{i}2"
        people |= {mike: case.mike, ana: case.ana}
        directory[f"mike_{name}"] = {"name": "Mike", "number": mike}
        directory[f"ana_{name}"] = {"name": "Ana", "number": ana}
        lists[name] = [{"people": [f"mike_{name}", f"ana_{name}"]}]
        numbers[f"+141555501{i}0"] = line(name)
    crm = {"url": "http://127.0.0.1:9/caller", "timeout_ms": 500}
    limits = {"ring_seconds": 5, "transfers_at_once": 2 * len(CASES)}
    given = settings(folder, people=directory, lists=lists, numbers=numbers, crm=crm, limits=limits)
    async with town(folder, people, given=given, speed=SPEED) as here, asyncio.timeout(LIMIT_S):
        ringing = [
            here.twilio.dial_in(case.party(here), from_=CALLER, to=number)
            for number, case in zip(numbers, CASES.values(), strict=True)
        ]
        calls = await asyncio.gather(*ringing)
        await asyncio.gather(*(call.ended.wait() for call in calls))
        return {name: await _result(here, call) for name, call in zip(CASES, calls, strict=True)}


async def _result(here: Town, call: Leg) -> Result:
    await here.running.server.gone(call.sid, 10)
    store = here.running.engines.store
    (transfer,) = await store.transfers(call.sid)
    (stored,) = [one for one in await store.calls() if one.call == call.sid]
    found = await store.lead(call.sid)
    (mike,) = here.legs_to(call.to[:-1] + "1")
    ana = here.legs_to(call.to[:-1] + "2")
    packet = here.folder / "packets" / f"{call.sid}_1.html"
    return Result(
        call,
        mike,
        ana[0] if ana else None,
        transfer,
        stored,
        found.values if found else {},
        await delivered(here, call),
        packet.read_text(),
    )


async def delivered(here: Town, call: Leg) -> dict[str, str]:
    """The fields of the call's lead as the file has them, once it is there."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        rows = (here.folder / "leads.jsonl").read_text().splitlines() if (here.folder / "leads.jsonl").exists() else []
        found = [json.loads(row)["lead"] for row in rows]
        mine = [lead["fields"] for lead in found if lead["call"] == call.sid]
        if mine:
            return {slot: held["value"] for slot, held in mine[-1].items()}
        await asyncio.sleep(0.05)
    raise AssertionError("the lead was never delivered")


def test_point_28_an_accepted_transfer_lets_the_two_hear_each_other(results: dict[str, Result]) -> None:
    done = results["accepted"]
    assert hears(done.mike.heard, CALLER_SAYS) > 0.95
    assert hears(done.call.heard, PERSON_SAYS) > 0.95
    assert done.mike.verbs == ["Gather", "Play", "Dial"], "the brief, then the conference"
    assert done.ana is None, "nobody else is rung"
    assert (done.transfer.target, done.transfer.person) == ("on_call_line", "Mike")
    assert done.transfer.outcome == done.stored.outcome == "transferred"
    assert done.transfer.seconds is not None and done.transfer.seconds > 0
    assert "a smell of gas" in done.packet.lower() and CALLER in done.packet
    assert done.lead == done.delivered == {"problem": "gas"}


def test_point_29_who_declines_is_not_connected_and_the_second_on_the_list_is(results: dict[str, Result]) -> None:
    done = results["declined"]
    assert "Dial" not in done.mike.verbs and hears(done.mike.heard, CALLER_SAYS) < 0.3
    assert done.ana is not None and hears(done.ana.heard, CALLER_SAYS) > 0.95
    assert hears(done.call.heard, PERSON_SAYS) > 0.95
    assert (done.transfer.person, done.transfer.outcome) == ("Ana", "transferred")


@pytest.mark.parametrize("name", ["nobody", "voicemail", "wrong_key"])
def test_points_29_and_30_where_no_person_takes_the_call_it_becomes_a_lead(
    results: dict[str, Result], name: str
) -> None:
    done = results[name]
    for leg in (done.mike, done.ana):
        assert leg is not None and leg.over and "Dial" not in leg.verbs
    assert done.lead == done.delivered
    assert {slot: done.lead[slot] for slot in ("problem", "name", "callback", "address")} == {
        "problem": "gas",
        "name": "Daniel Foster",
        "callback": CALLER,
        "address": "2217 Maple Street, Springfield",
    }
    assert done.stored.outcome == "lead_saved" and done.transfer.outcome != "transferred"
    assert done.call.verbs == ["Connect", "Hangup"], "one stream, and no silent tail"


def test_point_30_a_caller_who_hangs_up_while_it_rings_leaves_nobody_ringing(tmp_path: Path) -> None:
    async def main() -> None:
        gone = asyncio.Event()
        party = RecordedCaller(smells_gas(), hangs_up_when=gone)
        people = {MIKE: Person("accept", after_s=60.0)}
        async with town(tmp_path, people, speed=SPEED) as here, asyncio.timeout(LIMIT_S):
            call = await here.twilio.dial_in(party, from_=CALLER, to=BUSINESS)
            await until(lambda: bool(here.legs_to(MIKE)))
            (mike,) = here.legs_to(MIKE)
            gone.set()
            await asyncio.gather(call.ended.wait(), mike.ended.wait())
            assert not mike.answered.is_set()
            assert await delivered(here, call) == {"problem": "gas"}
            (stored,) = await here.running.engines.store.calls()
            assert stored.outcome == "caller_hung_up"

    asyncio.run(main())


def test_point_35_a_call_across_the_change_to_summer_time_rings_who_is_on_duty_then(tmp_path: Path) -> None:
    """It begins five seconds before two in the morning and is transferred after the clock has jumped to three."""
    begun = time.monotonic()

    def clock() -> datetime:
        return datetime(2026, 3, 8, 6, 59, 55, tzinfo=UTC) + timedelta(seconds=time.monotonic() - begun)

    shifts = [
        {"people": ["mike"], "from": "17:00", "to": "02:00"},
        {"people": ["ana"], "from": "02:00", "to": "08:00"},
    ]
    given = settings(tmp_path, lists={"on_call": shifts})
    people = {MIKE: Person("accept", stays_s=1.0), ANA: Person("accept", stays_s=1.0)}

    async def main() -> None:
        nonlocal begun
        async with town(tmp_path, people, given=given, speed=SPEED, clock=clock) as here, asyncio.timeout(LIMIT_S):
            begun = time.monotonic()
            call = await here.twilio.dial_in(smells_gas(), from_=CALLER, to=BUSINESS)
            await call.ended.wait()
            assert here.legs_to(ANA) and not here.legs_to(MIKE)
            store = here.running.engines.store
            (stored,), (done,) = await store.calls(), await store.transfers(call.sid)
            assert stored.started == "2026-03-08T01:59:55-05:00"
            assert done.rung_at is not None and done.rung_at.startswith("2026-03-08T03:00:")
            assert done.rung_at.endswith("-04:00")

    asyncio.run(main())
