"""What calls share when a person is to take over: places among the limits, the day's minutes, the packet's page."""

import asyncio
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from sop import handoff
from sop.state import Phase, State
from tests.fakes import FakeSynthesiser
from tests.voice import databases
from tests.voice.databases import on
from voice import loopback
from voice.carrier import LoopbackCarrier
from voice.demo import load_flow
from voice.dial_limits import DialSettings
from voice.store import Store
from voice.telephone import Telephone, TelephoneSettings

url = databases.url

PACIFIC = ZoneInfo("America/Los_Angeles")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=PACIFIC)
ANN = "+14155550111"
PLAN = loopback.plan(*load_flow("after_hours_hvac"))
DAY = DialSettings(longest_s=1800, per_day=60, per_minute=1)
"""An hour a day, half an hour a leg."""


def telephone(dial: DialSettings = DAY, *, now: datetime = NOON, packets: Path = Path("packets")) -> Telephone:
    settings = TelephoneSettings("https://agent.example.com", packets, dial=dial)
    return Telephone(LoopbackCarrier(), FakeSynthesiser(), None, settings, clock=lambda: now)


def test_a_leg_has_its_place_from_its_order_to_its_end() -> None:
    one = telephone(DialSettings(at_once=1))
    one.order("CA1", 1, PLAN, ANN, 15, transfer=3)
    assert one.refusal() == "too many transfers"
    with pytest.raises(ValueError, match="too many transfers"):
        one.order("CA2", 1, PLAN, ANN, 15)
    one.placed("CAleg", "CA1", 1)
    assert one.leg_of("CAleg") == ("CA1", 1)
    assert (one.over("CA1", 1, answered=True), one.refusal(), one.leg_of("CAleg")) == (3, "", None)
    assert one.over("CA1", 1, answered=True) is None


def test_a_leg_whose_end_is_known_before_its_name_takes_no_place() -> None:
    one = telephone(DialSettings(at_once=1))
    one.order("CA1", 1, PLAN, ANN, 15, transfer=1)
    assert one.over("CA1", 1, answered=False) == 1
    one.placed("CAleg", "CA1", 1)
    assert (one.refusal(), one.leg_of("CAleg"), one.legs_of("CA1")) == ("", None, ())


def test_a_leg_may_last_no_longer_than_what_is_left_of_the_day() -> None:
    one = telephone(DialSettings(longest_s=1790, per_day=45, per_minute=1))
    assert one.order("CA1", 1, PLAN, ANN, 15).longest_s == 1790
    assert one.order("CA2", 1, PLAN, ANN, 15).longest_s == 15 * 60
    assert one.refusal() == "spent"


def left(url: str, **changes: str | float | None) -> int:
    """Seconds that a leg may last at noon, with one such transfer in the ledger."""
    found: list[int] = []

    async def work(store: Store) -> None:
        await store.note_transfer("CA1", 1, target="on_call", **changes)
        one = telephone(DialSettings(longest_s=1800, per_day=40, per_minute=1))
        await one.begin(store)
        found.append(one.order("CA2", 1, PLAN, ANN, 15).longest_s if not one.refusal() else 0)

    on(url, work)
    return found[0]


def test_a_conversation_of_an_earlier_process_is_paid_for(url: str) -> None:
    # transfer at 9:00, accepted after 30 s, over at 9:14:10: 15 of 40 minutes
    talked: dict[str, str | float | None] = {
        "rung_at": "2026-11-24T09:00:10-08:00",
        "accepted_at": "2026-11-24T09:00:30-08:00",
        "seconds": 30.0,
    }
    ended = {"stage": "connected", "ended_at": "2026-11-24T17:14:10+00:00"}  # in another zone's words
    assert left(url, **talked, **ended) == 25 * 60


@pytest.mark.parametrize(
    ("row", "minutes"),
    [
        # nobody knows when it ended: the longest that it may last
        ({"stage": "connected", "rung_at": "09:00:00", "accepted_at": "09:00:20", "seconds": 20.0}, 30),
        ({"stage": "accepted", "rung_at": "11:59:00", "accepted_at": "11:59:20", "seconds": 20.0}, 30),
        # the end of the leg before
        ({"stage": "accepted", "rung_at": "09:00:30", "accepted_at": "09:01:00", "ended_at": "09:00:20"}, 30),
        # rung, and the process died
        ({"stage": "ringing", "rung_at": "09:00:00"}, 1),
        ({"stage": "declined", "rung_at": "09:00:00", "ended_at": "09:01:30"}, 2),
        ({"stage": "ringing", "rung_at": "09:02:00", "ended_at": "09:01:30"}, 1),
        # pattern A: nobody noted the seconds
        ({"stage": "connected", "rung_at": "09:00:00", "accepted_at": "09:00:20", "ended_at": "09:04:30"}, 5),
        ({"stage": "looking"}, 0),
        ({"stage": "connected", "rung_at": "soon"}, 0),
    ],
)
def test_what_the_ledger_does_not_know_counts_against_the_day(
    row: dict[str, str | float], minutes: int, tmp_path: Path
) -> None:
    at = {name: f"2026-11-24T{value}-08:00" for name, value in row.items() if name.endswith("_at") and value != "soon"}
    assert left(f"sqlite:///{tmp_path}/calls.db", **(row | at)) == 60 * min(30, 40 - minutes)


def test_the_day_is_the_business_s(tmp_path: Path) -> None:
    yesterday = {"stage": "connected", "rung_at": "2026-11-23T23:59:00-08:00"}
    assert left(f"sqlite:///{tmp_path}/a.db", **yesterday) == 1800
    today = {"stage": "ringing", "rung_at": "2026-11-24T08:00:00+00:00"}  # midnight there
    assert left(f"sqlite:///{tmp_path}/b.db", **today) == 1800
    assert left(f"sqlite:///{tmp_path}/c.db", **(yesterday | {"rung_at": "2026-11-24T08:00:00+00:00"})) == 600


def test_transfers_are_found_by_the_day_on_which_somebody_was_rung(url: str) -> None:
    async def work(store: Store) -> None:
        await store.note_transfer("CA1", 1, rung_at="2026-11-23T23:00:00-08:00")
        await store.note_transfer("CA1", 2, rung_at="2026-11-24T09:00:00-08:00")
        await store.note_transfer("CA1", 3, target="on_call")
        await store.note_transfer("CA2", 1, rung_at="2026-11-24T08:00:00-08:00")
        found = await store.transfers_since("2026-11-24")
        assert [one.rung_at for one in found] == ["2026-11-24T08:00:00-08:00", "2026-11-24T09:00:00-08:00"]

    on(url, work, begun=("CA1", "CA2"))


def test_a_ledger_that_can_t_be_read_keeps_nobody_from_dialling(tmp_path: Path) -> None:
    async def main() -> None:
        store = Store(f"sqlite:///{tmp_path}/never_opened.db")
        one = telephone()
        with capture_logs() as logs:
            await one.begin(store)
        await store.close()
        assert one.refusal() == ""
        assert [line["log_level"] for line in logs] == ["error"]

    asyncio.run(main())


def test_a_page_that_can_t_be_written_holds_up_no_transfer(tmp_path: Path) -> None:
    (tmp_path / "packets").write_text("a file")
    state = State("after_hours_hvac", 1, "+14155550123", "2026-11-24T12:00:00-08:00", "contact", Phase.ASKING)
    packet = handoff.packet(PLAN.graph, state, transcript=(), reason="asked", call="CA1")

    async def main() -> None:
        one = telephone(packets=tmp_path / "packets")
        with capture_logs() as logs:
            await one.announce("CA1", 1, packet)
        assert one.brief("CA1") is not None
        assert [line["event"] for line in logs] == ["packet's page not written"]

    asyncio.run(main())
