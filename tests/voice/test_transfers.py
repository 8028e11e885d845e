"""Ringing people, where it leaves the core: a place among the limits before the carrier is asked."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from sop.state import Phase, State
from tests.fakes import FakeSynthesiser
from tests.voice.targets import until
from voice import loopback
from voice.carrier import LegOrder, LoopbackCarrier
from voice.commands import DropLeg, Ring
from voice.demo import load_flow
from voice.dial_limits import DialSettings
from voice.errors import CarrierError
from voice.events import Event, LegChanged, LegState
from voice.telephone import Telephone, TelephoneSettings
from voice.transfers import Transcript, Transfers

ANN = "+14155550111"
PLAN = loopback.plan(*load_flow("after_hours_hvac"))
STATE = State("after_hours_hvac", 1, "+14155550123", "2026-11-24T12:00:00-08:00", "contact", Phase.ASKING)


@dataclass(slots=True)
class SlowCarrier(LoopbackCarrier):
    """Answers nothing before `answers_now`."""

    answers_now: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    error: CarrierError | None = None

    async def ring(self, order: LegOrder) -> str:
        """As the other, once it may."""
        self.asked += 1
        await self.answers_now.wait()
        if self.error is not None:
            raise self.error
        return await LoopbackCarrier.ring(self, order)


@dataclass
class Desk:
    """Calls that want somebody."""

    carrier: SlowCarrier
    telephone: Telephone
    posted: dict[str, list[Event]] = field(default_factory=dict)
    noted: list[dict[str, str | float | None]] = field(default_factory=list)

    def transfers(self, call: str) -> Transfers:
        events = self.posted[call] = []

        def known() -> tuple[State, Transcript]:
            return STATE, ()

        async def note(_transfer: int, **changes: str | float | None) -> None:
            self.noted.append(changes)

        return Transfers(call, PLAN, self.telephone, known=known, note=note, post=events.append)


def at_the_desk(folder: Path, script: Callable[[Desk], Awaitable[None]], *, at_once: int = 1) -> None:
    async def main() -> None:
        carrier = SlowCarrier()
        settings = TelephoneSettings(packets=folder, dial=DialSettings(at_once=at_once))
        telephone = Telephone(carrier, FakeSynthesiser(), None, settings)
        try:
            await script(Desk(carrier, telephone))
        finally:
            await telephone.close()

    asyncio.run(main())


RING = Ring(1, 1, "Ann", ANN, 15)


def test_point_31_calls_that_ring_at_the_same_moment_share_the_places(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        calls = [f"CA{n}" for n in range(4)]
        ringing = [asyncio.create_task(desk.transfers(call).perform(RING)) for call in calls]
        await until(lambda: desk.carrier.asked + sum(map(len, desk.posted.values())) == len(calls))
        assert desk.carrier.asked == 2
        desk.carrier.answers_now.set()
        await asyncio.gather(*ringing)
        refused = [LegChanged(0, 1, LegState.REFUSED)]
        assert [desk.posted[call] for call in calls] == [[], [], refused, refused]
        assert desk.telephone.refusal() == "too many transfers"

    at_the_desk(tmp_path, script, at_once=2)


def test_a_ring_that_comes_to_nothing_gives_its_place_back(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        desk.carrier.error = CarrierError("ringing a person: broken")
        ringing = asyncio.create_task(desk.transfers("CA1").perform(RING))
        await until(lambda: desk.carrier.asked == 1)
        assert desk.telephone.refusal() == "too many transfers"
        desk.carrier.answers_now.set()
        await ringing
        assert desk.posted["CA1"] == [LegChanged(0, 1, LegState.FAILED)]
        assert desk.telephone.refusal() == ""

    at_the_desk(tmp_path, script)


def test_a_leg_that_ends_before_the_carrier_has_answered_keeps_no_place(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        ringing = asyncio.create_task(desk.transfers("CA1").perform(RING))
        await until(lambda: desk.carrier.asked == 1)
        assert desk.telephone.over("CA1", 1, answered=False) == 1
        desk.carrier.answers_now.set()
        await ringing
        assert (desk.telephone.refusal(), desk.telephone.legs_of("CA1")) == ("", ())

    at_the_desk(tmp_path, script)


def test_a_leg_that_is_dropped_while_it_is_ordered_is_ended(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        transfers = desk.transfers("CA1")
        ringing = asyncio.create_task(transfers.perform(RING))
        await until(lambda: desk.carrier.asked == 1)
        dropping = asyncio.create_task(transfers.perform(DropLeg(1)))
        desk.carrier.answers_now.set()
        await asyncio.gather(ringing, dropping)
        assert [leg for leg, _ in desk.carrier.dropped] == [leg for leg, _ in desk.carrier.rung]

    at_the_desk(tmp_path, script)
