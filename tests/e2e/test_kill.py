"""`kill -9` at any moment: nothing confirmed is lost, nothing is delivered twice, and no caller is left in silence.

One server, killed and started anew a number of times, each time with callers in the middle of their calls, some of them
ringing in just then. What becomes of a caller is for the carrier to do: its request for the next document reaches the
server again in time (then the agent goes on), or it does not (then the documents that are hosted elsewhere are used).
"""

import asyncio
import json
import os
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from tests.e2e.killing import CUT_OFF, HOSTED, Door, Receiver, Repeating, Supervised, contents, free_port, share_prompts
from tests.e2e.remains import Kept, StreamRecord, age_leases, kept, lost, streams
from tests.e2e.telephone import ACCOUNT, ANA, BUSINESS, MIKE, PUBLIC, TOKEN, hears, line, settings, until
from voice import recorded
from voice.delivery_rows import LEASE_S
from voice.demo import PIPER
from voice.double import Leg, Person, Twilio
from voice.piper_voice import TtsSettings
from voice.tts import PiperSynthesiser

NIGHTLY = bool(os.environ.get("SWITCHBOARD_NIGHTLY"))
ROUNDS = 200 if NIGHTLY else 10
"""At night they take longer than faulthandler waits: `-o faulthandler_timeout=0`."""
SPEED = 6.0
CALLERS = 4
NEW_CALLERS = 2
LONGEST_LIFE_S, SOONER = (16.0, 2) if NIGHTLY else (7.0, 3)
"""A server is killed so long after it has started, at the latest; the more `SOONER`, the sooner as a rule."""
GONE_ON_S = 40.0
"""Until then every caller has heard what follows; the carrier itself gives up sooner."""
LAST_CALLS_S = 6.0
"""How long the callers of the last round may finish what they have to say."""
SCENARIOS = ("plain", "volunteers", "corrected_name", "changes_course", "gas_emergency", "gas_emergency")
ENOUGH_TO_HEAR_S = 6.0
"""A stream that lived so long has let the caller hear its first sentence."""


@dataclass
class Caller:
    """One call, and where it stood at each kill: (verbs, samples heard)."""

    leg: Leg
    marks: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Ordeal:
    """All rounds, and what was seen."""

    home: Path
    twilio: Twilio
    door: Door
    receiver: Receiver
    server: Supervised
    callers: list[Caller] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    resumable: dict[str, int] = field(default_factory=dict)
    """Call → streams that it had had when it was last cut off with its state kept."""
    leaves: asyncio.Event = field(default_factory=asyncio.Event)
    before: Kept | None = None

    async def ring(self, chance: random.Random) -> None:
        """More callers, so that those on the line are at different places."""
        live = sum(not one.leg.over and one.leg.verbs[-1:] == ["Connect"] for one in self.callers)
        for _ in range(min(NEW_CALLERS, CALLERS - live)):
            party = Repeating(recorded.load(chance.choice(SCENARIOS)), self.leaves)
            number = f"+1415555{2000 + len(self.callers):04}"
            leg = await self.twilio.dial_in(party, from_=number, to=BUSINESS)
            self.callers.append(Caller(leg))
            await asyncio.sleep(chance.uniform(0, 0.2))

    async def round(self, number: int) -> None:
        """Callers, a kill, a start."""
        chance = random.Random(f"kill {number}")
        await self.ring(chance)
        after, down = LONGEST_LIFE_S * chance.random() ** SOONER, chance.uniform(0, 0.5)
        # A proxy that gives up at once, or one that tries for as long as the carrier waits.
        self.door.patience_s = 0.0 if number % 3 == 2 else 60.0
        self.receiver.delay_s = chance.choice((0.0, 0.3))
        print(f"round {number}: {after:.2f} s, down {down:.2f} s, patience {self.door.patience_s:g}", flush=True)
        await asyncio.sleep(after)
        # A start takes real time: the carrier's patience must not run out faster than that meanwhile.
        self.twilio.account.clock.speed = 1.0
        self.server.kill()
        struck = [one for one in self.callers if not one.leg.over]
        for one in struck:
            one.marks.append((len(one.leg.verbs), len(one.leg.heard)))
        await self.server.dead()
        self.look(f"round {number}")
        age_leases(self.home, LEASE_S)
        await asyncio.sleep(down)
        await self.server.start()
        await self.gone_on(struck, f"round {number}")
        self.twilio.account.clock.speed = SPEED

    async def gone_on(self, struck: list[Caller], when: str) -> None:
        """Every caller who was cut off has something else to hear."""

        def all_have() -> bool:
            return all(one.leg.over or len(one.leg.verbs) > one.marks[-1][0] for one in struck)

        try:
            async with asyncio.timeout(GONE_ON_S):
                await until(all_have)
        except TimeoutError:
            self.problems += [f"{when}: {one.leg.sid} is left with {one.leg.verbs}" for one in struck]

    def look(self, when: str) -> None:
        """At what a dead server has left."""
        now, records = kept(self.home), streams(self.home)
        self.problems += [f"{when}: {one}" for one in lost(records, now.fields)]
        if self.before is not None:
            removed = {(r.call, slot) for r in records for saved, _ in r.saves for slot, v in saved.items() if not v}
            gone = self.before.fields.keys() - now.fields.keys() - removed
            self.problems += [f"{when}: {slot} of {call} is gone" for call, slot in gone]
        self.before = now
        counts = defaultdict[str, int](int)
        for record in records:
            counts[record.call] += 1
        self.resumed_as_they_should(records, when)
        live = {one.leg.sid for one in self.callers if not one.leg.over}
        self.resumable = {call: counts[call] for call in now.states if call in live}

    def resumed_as_they_should(self, records: list[StreamRecord], when: str) -> None:
        """Who was cut off in the middle of a call is told so first, on the stream after that."""
        for call, before in self.resumable.items():
            after = [record for record in records if record.call == call][before : before + 1]
            for record in after:
                if record.resumed is False:
                    self.problems.append(f"{when}: {call} began anew although its state was kept")
                elif record.first_words not in {CUT_OFF, ""} and not record.first_words.startswith(CUT_OFF):
                    self.problems.append(f"{when}: {call} was resumed with {record.first_words!r}")


@pytest.fixture(scope="module")
def ordeal(tmp_path_factory: pytest.TempPathFactory) -> Ordeal:
    """Every round, and the end of all calls."""
    return asyncio.run(_suffer(tmp_path_factory.mktemp("kill")))


async def _suffer(home: Path) -> Ordeal:
    receiver, port = Receiver(), free_port()
    server = Supervised(home / "switchboard.yaml")
    share_prompts(home)
    async with (
        Twilio(account=ACCOUNT, auth_token=TOKEN, speed=SPEED) as twilio,
        server,
        Door(port) as door,
        receiver.open(),
    ):
        (home / "switchboard.yaml").write_text(yaml.safe_dump(_settings(home, port, twilio.rest_url, receiver.port)))
        twilio.routes |= {
            PUBLIC: f"http://127.0.0.1:{door.port}",
            HOSTED: f"http://127.0.0.1:{receiver.port}",
        }
        twilio.people.update({MIKE: Person("accept", stays_s=2.0), ANA: Person("busy", after_s=0.2)})
        twilio.number(
            BUSINESS,
            voice_url=f"{PUBLIC}/twilio/voice",
            voice_fallback_url=f"{HOSTED}/fallback",
            status_callback=f"{PUBLIC}/twilio/call-status",
        )
        here = Ordeal(home, twilio, door, receiver, server)
        await server.start()
        for number in range(ROUNDS):
            await here.round(number)
        await _end(here)
    return here


def _settings(home: Path, port: int, rest_url: str, leads: int) -> dict[str, object]:
    given = settings(home, numbers={BUSINESS: line(deliveries=["file", "crm"])})
    given["twilio"] |= {"api_url": rest_url}
    given["listen"]["port"] = port
    given["limits"] = {"ring_seconds": 5, "transfers_at_once": 2 * CALLERS, "lost_seconds": 3}
    crm = {"kind": "webhook", "url": f"http://127.0.0.1:{leads}/leads", "secret_env": "LEADS_SECRET", "partial": True}
    given["deliveries"]["crm"] = crm
    return given


async def _end(here: Ordeal) -> None:
    """The callers finish or hang up, the calls that nobody ends are ended, and all leads go out."""
    here.door.patience_s = 60.0
    began = time.monotonic()
    await until(lambda: time.monotonic() - began > LAST_CALLS_S or all(one.leg.over for one in here.callers))
    here.leaves.set()
    await asyncio.gather(*(one.leg.ended.wait() for one in here.callers))
    await here.twilio.settled()
    try:
        async with asyncio.timeout(GONE_ON_S):
            await until(lambda: all(kept(here.home).outcomes.values()))
    except TimeoutError:
        open_calls = [call for call, outcome in kept(here.home).outcomes.items() if outcome is None]
        here.problems.append(f"at the end {open_calls} have no outcome")
    status = await here.server.stop()
    if status != 0:
        here.problems.append(f"at the end the server's status is {status}")
    here.look("at the end")


def test_point_35_no_field_that_the_server_had_is_lost(ordeal: Ordeal) -> None:
    assert ordeal.problems == []
    saved = {record.call for record in streams(ordeal.home) if any(certain for _, certain in record.saves)}
    assert saved, "no caller got as far as to say anything"


def test_no_lead_is_delivered_twice(ordeal: Ordeal) -> None:
    assert ordeal.receiver.complaints == []
    rows = [json.loads(row) for row in (ordeal.home / "leads.jsonl").read_text().splitlines()]
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({contents(row["lead"]) for row in rows}) == len(rows) > 0


def test_every_field_has_been_delivered(ordeal: Ordeal) -> None:
    held: dict[str, dict[str, str]] = defaultdict(dict)
    for (call, slot), value in kept(ordeal.home).fields.items():
        held[call][slot] = value
    newest: dict[str, tuple[int, dict[str, str]]] = {}
    for row in map(json.loads, (ordeal.home / "leads.jsonl").read_text().splitlines()):
        newest[row["call"]] = max(newest.get(row["call"], (0, {})), (row["version"], _values(row["lead"])))
    assert {call: fields for call, (_, fields) in newest.items()} == held


def test_points_24_27_and_31_every_caller_was_resumed_or_handed_on(ordeal: Ordeal) -> None:
    cut_off = asyncio.run(_spoken(ordeal.home / "prompts", CUT_OFF))
    records = streams(ordeal.home)
    resumed, handed_on = 0, 0
    for one in ordeal.callers:
        mine = [record for record in records if record.call == one.leg.sid]
        handed_on += bool({"Dial", "Record"} & set(one.leg.verbs))
        for record in mine:
            if record.resumed and record.seconds > ENOUGH_TO_HEAR_S:
                resumed += 1
                if not record.first_words.startswith(CUT_OFF):
                    continue  # the procedure was over: its good-bye is said again, as the rounds have checked
                heard = one.leg.heard[one.marks[0][1] :]
                assert hears(heard, cut_off) > 0.8, f"{one.leg.sid} was resumed and not told so"
    outcomes = Counter(kept(ordeal.home).outcomes.values())
    print(f"{len(ordeal.callers)} callers, {resumed} resumed, {handed_on} handed on, {dict(outcomes)}")
    print(f"{len(ordeal.receiver.taken)} leads taken, {ordeal.receiver.repeated} of them sent again")
    print("starts took", *(f"{one:.1f}" for one in ordeal.server.starts))
    assert resumed > 0 and handed_on > 0


def _values(lead: dict[str, dict[str, dict[str, str]]]) -> dict[str, str]:
    return {slot: one["value"] for slot, one in lead["fields"].items()}


async def _spoken(prompts: Path, text: str) -> bytes:
    voice = PiperSynthesiser(TtsSettings(voice=PIPER, cache=prompts))
    await voice.start()
    try:
        return b"".join([piece async for piece in voice.speak(text)])
    finally:
        await voice.close()
