"""Reports of people's telephones: which are news, and what the desk does about each, with a real database."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.fakes import Running, running
from tests.voice.test_reception import PLAN, PUBLIC, Lines
from voice.carrier import LoopbackCarrier
from voice.commands import PassOn
from voice.dial_limits import DialSettings
from voice.events import Bridged, LegChanged, LegState, OnDuty
from voice.leg_status import LegReports
from voice.profile import Profiles, ProfileSettings
from voice.reception import Reception, ReceptionSettings
from voice.signature import Signatures
from voice.telephone import Brief
from voice.transfer import TransferSettings
from voice.transferring import Transferring
from voice.twiml import Public

AT_ONCE = DialSettings().at_once


@pytest.mark.parametrize(
    ("reports", "news"),
    [
        (["ringing", "ringing", "answered"], ["ringing", "answered"]),
        (["answered", "ringing"], ["answered"]),
        (["accepted", "answered", "ringing"], ["accepted"]),
        (["ended", "answered", "ringing", "ended", "joined"], ["ended"]),
        (["no_answer", "ended"], ["no_answer"]),
        (["answered", "machine", "accepted", "joined"], ["answered", "machine", "accepted", "joined"]),
        (["joined", "machine", "accepted"], ["joined"]),
        (["accepted", "ended", "accepted"], ["accepted", "ended"]),
    ],
)
def test_point_25_what_is_news(reports: list[str], news: list[str]) -> None:
    seen = LegReports()
    assert [one for one in reports if seen.is_news("CA1", 1, LegState(one))] == news
    assert seen.is_news("CA1", 2, LegState.RINGING)
    assert seen.is_news("CA2", 1, LegState.RINGING)


def test_memory_of_reports_is_bounded() -> None:
    seen = LegReports(most=10)
    for leg in range(100):
        seen.is_news("CA1", leg, LegState.ENDED)
        seen.entered("CA1", leg, "CF1")
    assert not seen.is_over("CA1", 0)
    assert seen.is_over("CA1", 99)
    assert not seen.is_alone("CA1", 0, "CF2")
    assert seen.is_alone("CA1", 99, "CF2")


# ---- at the desk ---------------------------------------------------------------------------------------------------


@dataclass
class Talking:
    """A session that waits for one leg."""

    leg: int
    told: list[tuple[int, LegState]] = field(default_factory=list)

    def leg_changed(self, leg: int, to: LegState) -> None:
        self.told.append((leg, to))

    def waits_for(self, leg: int) -> bool:
        return leg == self.leg


@dataclass
class Calls:
    """A server's live calls."""

    sessions: dict[str, Talking] = field(default_factory=dict)
    finished: dict[str, Talking] = field(default_factory=dict)
    draining: bool = False

    async def gone(self, call: str, limit_s: float) -> bool:
        return call not in self.sessions


@dataclass
class Desk:
    """A reception, and one after a restart, over the same database."""

    here: Running
    calls: Calls
    carrier: LoopbackCarrier
    profiles: Profiles

    def reception(self) -> Reception:
        reception = Reception(
            Lines(),
            self.here.server._engines,
            self.profiles,
            Signatures(PUBLIC, "a token"),
            Public(PUBLIC),
            ReceptionSettings("AC1"),
        )
        reception.attach(self.calls)  # type: ignore[arg-type]
        return reception


def at_the_desk(folder: Path, script: Callable[[Desk], Awaitable[None]]) -> None:
    async def main() -> None:
        async with running(folder) as here:
            carrier = here.server._engines.telephone.carrier
            assert isinstance(carrier, LoopbackCarrier)
            desk = Desk(here, Calls(), carrier, Profiles(ProfileSettings()))
            await script(desk)
            await desk.profiles.close()

    asyncio.run(main())


def test_point_29_a_call_waits_for_the_person_who_is_rung_and_for_no_other() -> None:
    transferring = Transferring(TransferSettings())
    transferring.begin(0, "on_call_line", "emergency")
    assert not transferring.waits_for(0)
    assert not transferring.waits_for(1)
    transferring.on_duty(0, OnDuty(0, 1, (("Ann", "+14155550101"), ("Bob", "+14155550102"))))
    assert transferring.waits_for(1)
    transferring.leg(0, LegChanged(0, 1, LegState.FAILED))
    assert (transferring.waits_for(1), transferring.waits_for(2)) == (False, True)
    for state in (LegState.ANSWERED, LegState.ACCEPTED, LegState.JOINED):
        transferring.leg(0, LegChanged(0, 2, state))
    transferring.told(0)
    transferring.bridged(0, Bridged(0, 1, True))
    assert (transferring.waits_for(1), transferring.waits_for(2)) == (False, True)
    transferring.leg(0, LegChanged(0, 2, LegState.ENDED))
    assert not transferring.waits_for(2)


@pytest.mark.parametrize("last", [LegState.DECLINED, LegState.ACCEPTED, LegState.ANSWERED])
def test_a_leg_that_is_over_leaves_its_place_to_the_next(tmp_path: Path, last: LegState) -> None:
    async def script(desk: Desk) -> None:
        reception, telephone = desk.reception(), desk.here.server._engines.telephone
        for leg in range(1, AT_ONCE + 1):
            telephone.order("CA1", leg, PLAN, "+14155550101", 15)
            telephone.placed(f"CAleg{leg}", "CA1", leg)
        for leg in range(1, AT_ONCE + 1):
            await reception.leg_changed("CA1", leg, LegState.RINGING)
            await reception.leg_changed("CA1", leg, last)
            assert telephone.refusal() == ("too many transfers" if leg == 1 else "")
            await reception.leg_over("CA1", leg)
            await reception.leg_over("CA1", leg)
            assert telephone.leg_of(f"CAleg{leg}") is None
        assert telephone.refusal() == ""

    at_the_desk(tmp_path, script)


@pytest.mark.parametrize("news", [True, False])
def test_the_ledger_knows_when_a_leg_ended(tmp_path: Path, news: bool) -> None:
    async def script(desk: Desk) -> None:
        reception, store = desk.reception(), desk.here.store
        await store.begin_call("CA1", "MZ1", "lead", 1, None, None, "2026-11-22T19:40:00-05:00")
        desk.here.server._engines.telephone.order("CA1", 1, PLAN, "+14155550101", 15, transfer=2)
        if news:
            await reception.leg_changed("CA1", 1, LegState.BUSY)
        else:
            await reception.leg_over("CA1", 1)
        (transfer,) = await store.transfers("CA1")
        assert (transfer.transfer, transfer.ended_at) == (2, reception.now())

    at_the_desk(tmp_path, script)


def test_point_29_a_person_is_told_that_nobody_waits_for_them(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        reception = desk.reception()
        session = desk.calls.sessions["CA1"] = Talking(2)
        desk.here.server._engines.telephone._briefs["CA1"] = Brief("A leak.", b"")
        assert await reception.leg_changed("CA1", 1, LegState.ACCEPTED) is False
        assert await reception.leg_changed("CA1", 2, LegState.ACCEPTED) is True
        assert await reception.brief("CA1", 1) is None
        assert await reception.brief("CA1", 2) is not None
        assert session.told == [(1, LegState.ACCEPTED), (2, LegState.ACCEPTED)]

    at_the_desk(tmp_path, script)


def test_point_32_a_leg_that_nobody_waits_for_is_dropped(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        reception = desk.reception()
        await reception.drop_leg("CA1", "CAleg1", LegState.RINGING)
        await reception.drop_leg("CA1", "CAleg2", LegState.JOINED)  # with the caller, or hearing an apology
        desk.calls.sessions["CA1"] = Talking(2)
        await reception.drop_leg("CA1", "CAleg3", LegState.JOINED)
        apology = desk.here.server._engines.telephone.apology_url()
        assert desk.carrier.dropped == [("CAleg1", ""), ("CAleg3", apology)]

    at_the_desk(tmp_path, script)


def test_point_32_a_caller_is_moved_and_the_ledger_knows_of_no_conversation(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        reception, store = desk.reception(), desk.here.store
        await store.begin_call("CA1", "MZ1", "lead", 1, None, None, "2026-11-22T19:40:00-05:00")
        await store.note_transfer("CA1", 1, stage="connected", outcome="transferred")
        await reception.move_caller("CA1", f"{PUBLIC}/twilio/transfer/CA1/1/back")
        await reception.person_missed("CA1", 1)
        (transfer,) = await store.transfers("CA1")
        assert (transfer.stage, transfer.outcome, transfer.ended_at) == ("ended", None, reception.now())
        assert desk.carrier.redirected == [("CA1", f"{PUBLIC}/twilio/transfer/CA1/1/back")]

    at_the_desk(tmp_path, script)


# ---- after a restart -----------------------------------------------------------------------------------------------


async def passed_on(desk: Desk) -> Reception:
    """A call whose document dials two people."""
    telephone, plan = desk.here.server._engines.telephone, Lines().plan("+14155550100", "")
    assert plan is not None
    await desk.here.store.begin_call("CA1", "MZ1", "lead", 1, None, "+14155550100", "2026-11-22T19:40:00-05:00")
    telephone.dial_url("CA1", plan, PassOn(1, (("Ann", "+14155550101"), ("Bob", "+14155550102"))))
    return desk.reception()


def test_point_29_a_key_is_remembered_over_a_restart(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        reception = await passed_on(desk)
        await reception.dial_begun("CA1", 0)
        assert not await desk.reception().was_accepted("CA1", 0)
        assert await reception.dial_accepted("CA1", 0)
        desk.here.server._engines.telephone.dial_done("CA1")
        again = desk.reception()
        assert await again.was_accepted("CA1", 0)
        await again.dial_finished("CA1", 0, LegState.ENDED)
        (transfer,) = await desk.here.store.transfers("CA1")
        assert (transfer.stage, transfer.outcome) == ("connected", "transferred")
        (call,) = await desk.here.store.calls()
        assert call.outcome == "transferred"

    at_the_desk(tmp_path, script)


def test_point_29_a_caller_who_hangs_up_on_a_person_after_a_restart_was_with_one(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        reception = await passed_on(desk)
        await reception.dial_begun("CA1", 0)
        await reception.dial_accepted("CA1", 0)
        desk.here.server._engines.telephone.dial_done("CA1")
        await desk.reception().call_ended("CA1", "completed")
        (call,) = await desk.here.store.calls()
        assert call.outcome == "transferred"

    at_the_desk(tmp_path, script)


def test_point_29_a_key_that_connected_nobody_counts_for_nothing(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        reception = await passed_on(desk)
        await reception.dial_begun("CA1", 0)
        await reception.dial_accepted("CA1", 0)
        await reception.dial_finished("CA1", 0, LegState.DECLINED)
        (transfer,) = await desk.here.store.transfers("CA1")
        assert (transfer.stage, transfer.outcome) == ("declined", None)
        for desks in (reception, desk.reception()):
            assert not await desks.was_accepted("CA1", 0)
        await reception.dial_begun("CA1", 1)
        await reception.call_ended("CA1", "completed")
        (call,) = await desk.here.store.calls()
        assert call.outcome == "caller_hung_up"

    at_the_desk(tmp_path, script)


def test_point_29_a_person_who_was_consulted_is_not_one_who_was_dialled(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        store = desk.here.store
        await store.begin_call("CA1", "MZ1", "lead", 1, None, "+14155550100", "2026-11-22T19:40:00-05:00")
        await store.note_transfer("CA1", 1, stage="accepted")
        await desk.reception().call_ended("CA1", "completed")
        (call,) = await store.calls()
        assert call.outcome == "caller_hung_up"

    at_the_desk(tmp_path, script)


def test_point_29_the_key_of_staff_is_remembered_over_a_restart(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.here.store.note_route("CA1", "staff", "agent", "staff first")
        reception = desk.reception()
        assert not await reception.staff_took("CA1", "staff")
        await reception.staff_accepted("CA1", "staff")
        for desks in (reception, desk.reception()):
            assert await desks.staff_took("CA1", "staff")
            assert not await desks.staff_took("CA1", "people")
            assert not await desks.staff_took("CA2", "staff")

    at_the_desk(tmp_path, script)


def test_point_29_a_key_counts_although_the_call_is_not_in_the_database(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        reception = desk.reception()
        await reception.staff_accepted("CA9", "people")
        assert await reception.staff_took("CA9", "people")

    at_the_desk(tmp_path, script)
