"""Who is on duty when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.roster import Person, Roster, Shift, on_duty

ANA = Person("Ana", "+14155550101")
BEN = Person("Ben", "+14155550102")
CAL = Person("Cal", "+14155550103")
OFFICE = Person("Front desk", "+14155550100")
ALL_WEEK = frozenset(range(7))
WORKDAYS = frozenset(range(5))

HVAC = Roster(
    (
        Shift((OFFICE,), WORKDAYS, 8 * 60, 17 * 60),
        Shift((ANA, BEN), frozenset({0, 1, 2, 3}), 17 * 60, 8 * 60),
        Shift((BEN, ANA), frozenset({4, 5}), 17 * 60, 9 * 60),
    ),
    "America/New_York",
)


def names(roster: Roster, now: str) -> list[str]:
    return [person.name for person in on_duty(roster, now)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23T08:00:00-05:00", ["Front desk"]),  # a Monday
        ("2026-11-23T07:59:59-05:00", []),
        ("2026-11-23T16:59:59-05:00", ["Front desk"]),
        ("2026-11-23T17:00:00-05:00", ["Ana", "Ben"]),
        ("2026-11-24T00:00:00-05:00", ["Ana", "Ben"]),  # Monday's night is not over
        ("2026-11-24T07:59:00-05:00", ["Ana", "Ben"]),
        ("2026-11-27T03:00:00-05:00", ["Ana", "Ben"]),  # Thursday's night, on Friday
        ("2026-11-28T03:00:00-05:00", ["Ben", "Ana"]),  # Friday's night
        ("2026-11-28T12:00:00-05:00", []),  # Saturday at noon
        ("2026-11-29T08:30:00-05:00", ["Ben", "Ana"]),  # Saturday's night, on Sunday
        ("2026-11-29T09:00:00-05:00", []),
        ("2026-11-23T13:00:00+00:00", ["Front desk"]),  # 8 in New York
        ("2026-11-23T12:59:00Z", []),
        ("2026-11-23T23:30:00+01:00", ["Ana", "Ben"]),  # 17:30 in New York
        ("2026-11-23T09:00:00", ["Front desk"]),  # without an offset: the roster's own clock
    ],
)
def test_the_shift_of_the_moment(now: str, expected: list[str]) -> None:
    assert names(HVAC, now) == expected


def test_a_person_in_two_shifts_is_rung_once_in_the_first_place() -> None:
    first = Shift((ANA, BEN), ALL_WEEK, 0, 24 * 60)
    second = Shift((Person("Benjamin", BEN.number), CAL), ALL_WEEK, 0, 24 * 60)
    assert names(Roster((first, second), "UTC"), "2026-11-23T10:00:00+00:00") == ["Ana", "Ben", "Cal"]


def test_equal_times_are_a_whole_day() -> None:
    roster = Roster((Shift((ANA,), frozenset({0}), 8 * 60, 8 * 60),), "America/New_York")
    assert names(roster, "2026-11-23T08:00:00-05:00") == ["Ana"]
    assert names(roster, "2026-11-24T07:59:00-05:00") == ["Ana"]
    assert names(roster, "2026-11-24T08:00:00-05:00") == []


def test_until_midnight() -> None:
    roster = Roster((Shift((ANA,), frozenset({0}), 18 * 60, 24 * 60),), "America/New_York")
    assert names(roster, "2026-11-23T23:59:59-05:00") == ["Ana"]
    assert names(roster, "2026-11-24T00:00:00-05:00") == []


THANKSGIVING = "2026-11-26T10:00:00-05:00"
BY_DAY = Shift((OFFICE,), WORKDAYS, 8 * 60, 17 * 60)
HOLIDAYS = Shift((CAL,), frozenset({5, 6}), 8 * 60, 8 * 60, closed_days=True)


@pytest.mark.parametrize(
    ("shifts", "holidays", "closed", "now", "expected"),
    [
        ((BY_DAY, HOLIDAYS), "US", (), THANKSGIVING, ["Cal"]),
        ((BY_DAY, HOLIDAYS), "", (), THANKSGIVING, ["Front desk"]),
        ((BY_DAY,), "US", (), THANKSGIVING, ["Front desk"]),  # a list without such a shift knows no days off
        ((BY_DAY, HOLIDAYS), "", ("2026-11-23",), "2026-11-23T10:00:00-05:00", ["Cal"]),
        ((BY_DAY, HOLIDAYS), "", ("2026-11-23",), "2026-11-24T07:00:00-05:00", ["Cal"]),  # its night too
        ((BY_DAY, HOLIDAYS), "", ("2026-11-23",), "2026-11-24T10:00:00-05:00", ["Front desk"]),
        ((BY_DAY, HOLIDAYS), "US", (), "2026-11-28T10:00:00-05:00", ["Cal"]),  # a Saturday like any other
        ((BY_DAY, HOLIDAYS), "US", (), "2026-11-27T10:00:00-05:00", ["Front desk"]),
        # Thanksgiving is no holiday in Great Britain.
        ((BY_DAY, HOLIDAYS), "GB", (), THANKSGIVING, ["Front desk"]),
    ],
)
def test_days_off(
    shifts: tuple[Shift, ...], holidays: str, closed: tuple[str, ...], now: str, expected: list[str]
) -> None:
    assert names(Roster(shifts, "America/New_York", holidays, closed), now) == expected


NIGHT = Roster(
    (
        Shift((ANA,), ALL_WEEK, 20 * 60, 90),  # until 1:30
        Shift((BEN,), ALL_WEEK, 90, 150),  # 1:30 to 2:30
        Shift((CAL,), ALL_WEEK, 150, 20 * 60),
    ),
    "America/New_York",
)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # 8 March 2026: at 2:00 EST it is 3:00 EDT.
        ("2026-03-08T01:29:00-05:00", ["Ana"]),
        ("2026-03-08T01:30:00-05:00", ["Ben"]),
        ("2026-03-08T01:59:59-05:00", ["Ben"]),
        ("2026-03-08T03:00:00-04:00", ["Cal"]),  # 2:30 never came: the jump ended Ben's shift
        # 1 November 2026: at 2:00 EDT it is 1:00 EST.
        ("2026-11-01T01:29:00-04:00", ["Ana"]),
        ("2026-11-01T01:30:00-04:00", ["Ben"]),
        ("2026-11-01T01:15:00-05:00", ["Ben"]),  # the clock says 1:15 again; Ana's shift is not on again
        ("2026-11-01T02:29:00-05:00", ["Ben"]),
        ("2026-11-01T02:30:00-05:00", ["Cal"]),
    ],
)
def test_point_35_shifts_when_the_clocks_change(now: str, expected: list[str]) -> None:
    assert names(NIGHT, now) == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=2 * 366 * 24 * 60))
def test_somebody_is_there_at_every_minute_of_two_years(minute: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    assert len(on_duty(NIGHT, moment.isoformat())) == 1


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid isoformat"):
        on_duty(HVAC, "tomorrow")
