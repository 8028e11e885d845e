"""A town at ten in the morning of a public holiday: many numbers, each answered in a way of its own."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.e2e.keyed import LEAD, OWN, BeforeTheAgent, flow, keyed, listens, presses
from tests.e2e.telephone import ACCOUNT, PUBLIC, Town, settings, town
from tests.fakes import tone
from voice.answering import challenge_key
from voice.double import Faults, Leg, Person, RecordedCaller
from voice.double.parties import Party
from voice.recorded import Recorded
from voice.scenario import Over, Turn
from voice.store import Arm, Lead, StoredCall

SPEED = 5.0
LIMIT_S = 100
THANKSGIVING = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
"""Ten in the morning in New York, five in Honolulu."""
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-17:00")
MESSAGE, HUMAN_SAYS = tone(2.0, 520.0), tone(1.0, 700.0)
REFUSED = {"+14155550621": 21610, "+14155550634": 30034}
"""Who has opted out at the carrier, and whom we may not text: we are not registered."""
STOPPED, BACK_AGAIN = "+14155550635", "+14155550636"
TEXT = {"kind": "confirmation", "text": "We call you back.", "only_if": "text_ok == yes"}
HUMAN, STAFF_IN, STAFF_OUT = "+14155550190", "+14155550191", "+14155550192"
PEOPLE = {
    HUMAN: Person("accept", says=HUMAN_SAYS, stays_s=2.0),
    STAFF_IN: Person("accept", says=HUMAN_SAYS, stays_s=2.0),
    STAFF_OUT: Person("no_answer"),
}
CALLERS = tuple(f"+141555503{i:02d}" for i in range(10))
"""Of the soft launch."""


@dataclass(frozen=True, slots=True)
class Case:
    """A number and one caller of it."""

    settings: dict[str, Any] = field(default_factory=dict)
    party: Callable[[], Party] = listens
    caller: str = ""
    """Empty: one of their own."""
    webhook: dict[str, str] = field(default_factory=dict)


def pressing(*keys: str) -> Callable[[], Party]:
    return lambda: RecordedCaller(presses(*keys))


def impatient() -> Party:
    """Knows every question, and answers all of them over the first words."""
    early = Turn(keys="".join(LEAD), when=Over(over="prompt", at_ms=200))
    caller = presses("1")
    return RecordedCaller(Recorded(caller.scenario.model_copy(update={"turns": (early,)}), {}))


def suspicious(key: Callable[[str], str] = lambda _: "", message: bytes = b"") -> Case:
    """Calls from the very number that is called."""
    return Case(party=lambda: BeforeTheAgent(key, message), caller="itself")


def by_hours(party: Callable[[], Party] = listens, **settings: Any) -> Case:
    """One procedure for open hours, another for the rest."""
    return Case({"open_flow": "open", "hours": WEEK} | settings, party)


CASES = {
    "blocked": Case({"block": ["+1900*", "+14155550666"]}, caller="+14155550666"),
    "blocked_kind": Case({"block": ["+1900*"]}, caller="+19005550100"),
    "allowed": Case({"block": ["+1415*"], "allow": ["+1415666*"]}),
    "challenge_passed": suspicious(challenge_key),
    "challenge_missed": suspicious(lambda _: "1", MESSAGE),
    "challenge_silent": suspicious(),
    "open": by_hours(),
    "holiday": by_hours(holidays="US"),
    "closed_day": by_hours(closed=["2026-11-26"]),
    "other_zone": by_hours(time_zone="Pacific/Honolulu"),
    "staff_takes_it": by_hours(staff_first={"list": "staff_in", "seconds": 5}),
    "staff_is_out": by_hours(staff_first={"list": "staff_out", "seconds": 5}),
    "staff_at_home": by_hours(staff_first={"list": "staff_in", "seconds": 5}, holidays="US"),
    "anonymous": Case(party=pressing(*LEAD), caller="anonymous"),
    "no_number": Case(party=pressing(*LEAD), caller="+12"),
    "own_number": Case(party=pressing(*OWN)),
    "attested": Case(webhook={"StirVerstat": "TN-Validation-Passed-A"}),
    "forged": Case(webhook={"StirVerstat": "TN-Validation-Failed-C"}),
    "impatient": Case(party=impatient),
    "too_long": Case({"longest_minutes": 1}, pressing(*["*"] * 60)),
    "no_text": Case(party=pressing("1", "1", "2", "1234")),
    "incomplete": Case(party=lambda: RecordedCaller(presses(*OWN[:3], hang_up=True))),
    "opted_out": Case(party=pressing(*OWN), caller="+14155550621"),
    "unregistered": Case(party=pressing(*OWN), caller="+14155550634"),
    "stopped": Case(party=pressing(*OWN), caller=STOPPED),
    "back_again": Case(party=pressing(*OWN), caller=BACK_AGAIN),
}
NUMBERS = {name: f"+141555502{i:02d}" for i, name in enumerate(CASES)}
SHARES = {0: "+14155550270", 50: "+14155550275", 100: "+14155550280"}
"""Percentage of the callers that the agent takes -> a number of its own."""


@dataclass(frozen=True, slots=True)
class Morning:
    """What became of it all."""

    here: Town
    legs: dict[str, Leg]
    again: Leg
    """The second call of who is known."""
    launch: dict[int, list[list[Leg]]]
    """By share: the calls of each caller."""
    stored: dict[str, StoredCall]
    leads: dict[str, Lead]
    delivered: dict[str, dict[str, Any]]
    """By call: the lead as the file has it."""
    deliveries: dict[str, dict[str, str]]
    """By call: target -> what became of it."""
    arms: dict[tuple[str | None, str], Arm]

    def of(self, name: str) -> StoredCall:
        return self.stored[self.legs[name].sid]

    def values(self, name: str) -> dict[str, str]:
        lead = self.leads.get(self.legs[name].sid)
        return lead.values if lead else {}

    def texts(self, name: str) -> list[str]:
        to = self.legs[name].from_
        return [message.body for message in self.here.twilio.messages if message.to == to]

    def outbox(self, name: str) -> dict[str, str]:
        return self.deliveries.get(self.legs[name].sid, {})


def _settings(folder: Path) -> dict[str, Any]:
    shut, opened = flow(folder, "shut"), flow(folder, "open")
    common: dict[str, Any] = {"deliveries": ["file", "text"], "holidays": "", "fallback": ""}
    numbers = {}
    for name, case in CASES.items():
        wanted = common | case.settings
        wanted |= {"open_flow": opened} if "open_flow" in wanted else {}
        numbers[NUMBERS[name]] = keyed(shut, **wanted)
    for share, number in SHARES.items():
        numbers[number] = keyed(shut, **common, share=share, human="human")
    people = {"human": HUMAN, "staff_in": STAFF_IN, "staff_out": STAFF_OUT}
    whole = settings(
        folder,
        people={name: {"name": "Ann", "number": number} for name, number in people.items()},
        lists={name: [{"people": [name]}] for name in people} | {"on_call": [{"people": ["human"]}]},
        deliveries={"file": {"kind": "jsonl", "path": "leads.jsonl", "partial": True}, "text": TEXT},
        numbers=numbers,
        limits={"calls": 100, "ring_seconds": 5},
    )
    return dict(json.loads(json.dumps(whole)))  # nothing twice: the file may have no anchors


async def play(folder: Path) -> Morning:
    begun = time.monotonic()

    def clock() -> datetime:
        return THANKSGIVING + timedelta(seconds=time.monotonic() - begun)

    faults = Faults(messages=dict(REFUSED))
    given = _settings(folder)
    async with (
        town(folder, PEOPLE, given=given, faults=faults, speed=SPEED, clock=clock) as here,
        asyncio.timeout(LIMIT_S),
    ):
        for body, number in (("STOP", STOPPED), ("Stop.", BACK_AGAIN), ("start", BACK_AGAIN)):
            await _text(here, number, body)
        legs = dict(zip(CASES, await asyncio.gather(*(_ring(here, name) for name in CASES)), strict=True))
        launch: dict[int, list[list[Leg]]] = {share: [[] for _ in CALLERS] for share in SHARES}
        for share, number in (*SHARES.items(), (50, SHARES[50])):
            ringing = [here.twilio.dial_in(listens(), from_=caller, to=number) for caller in CALLERS]
            for calls, leg in zip(launch[share], await asyncio.gather(*ringing), strict=True):
                calls.append(leg)
            await asyncio.gather(*(calls[-1].ended.wait() for calls in launch[share]))
        await legs["own_number"].ended.wait()
        await here.running.server.gone(legs["own_number"].sid, 10)
        await here.running.engines.notes.caught_up()
        again = await here.twilio.dial_in(listens(), from_=legs["own_number"].from_, to=NUMBERS["own_number"])
        for leg in here.twilio.calls.values():
            await leg.ended.wait()
            await here.running.server.gone(leg.sid, 10)
        await here.twilio.settled()
        assert here.twilio.violations == [], here.twilio.violations
        return await _kept(here, legs, again, launch)


async def _ring(here: Town, name: str) -> Leg:
    case, number = CASES[name], NUMBERS[name]
    caller = number if case.caller == "itself" else case.caller or number.replace("+1415555", "+1415666")
    return await here.twilio.dial_in(case.party(), from_=caller, to=number, **case.webhook)


async def _text(here: Town, number: str, body: str) -> None:
    form = {"From": number, "To": NUMBERS["open"], "Body": body, "MessageSid": "SM1", "AccountSid": ACCOUNT}
    fetched = await here.twilio.network.webhooks.fetch(f"{PUBLIC}/twilio/sms", "POST", form)
    assert b"Message" not in fetched.body, "the carrier answers these words itself"


async def _kept(here: Town, legs: dict[str, Leg], again: Leg, launch: dict[int, list[list[Leg]]]) -> Morning:
    store = here.running.engines.store
    while any(one.state == "waiting" for one in await store.deliveries()):  # noqa: ASYNC110 - another's work
        await asyncio.sleep(0.05)
    file = here.folder / "leads.jsonl"
    rows = [json.loads(row)["lead"] for row in file.read_text().splitlines()]
    deliveries: dict[str, dict[str, str]] = {}
    for one in await store.deliveries():
        deliveries.setdefault(one.call, {})[one.target] = one.state
    return Morning(
        here,
        legs,
        again,
        launch,
        {one.call: one for one in await store.calls()},
        {one.call: one for one in await store.leads()},
        {row["call"]: row for row in rows},
        deliveries,
        {(one.number, one.arm): one for one in await store.arms()},
    )
