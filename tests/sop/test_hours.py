"""Business hours: to the minute, by the business's own clock."""

import json
from datetime import datetime

import pytest

from sop.graph import Hours
from sop.hours import hours_from_plain, hours_to_plain, is_country, is_day_off, is_open, local_time, parse_stretch

DAY = (480, 720), (780, 1020)
"""Eight to twelve and one to five."""
HOURS = Hours({0: DAY, 1: DAY, 4: ((1200, 1440),), 5: ((0, 120),)}, "America/New_York", "US", ("2026-11-24",))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("08:00-17:00", (480, 1020)),
        ("8:00 - 17:30", (480, 1050)),
        (" 00:00-24:00 ", (0, 1440)),
        ("23:59-24:00", (1439, 1440)),
        ("17:00-08:00", None),
        ("08:00-08:00", None),
        ("20:00-24:01", None),
        ("08:60-17:00", None),
        ("08:00-16:75", None),
        ("8-17", None),
        ("08.00-17.00", None),
        ("8:00am-5:00pm", None),
        ("closed", None),
        ("", None),
        ("٠٨:٠٠-١٧:٠٠", None),
    ],
)
def test_stretches(text: str, minutes: tuple[int, int] | None) -> None:
    assert parse_stretch(text) == minutes


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T07:59:59-05:00", False),
        ("2026-11-23T08:00:00-05:00", True),
        ("2026-11-23T11:59:59-05:00", True),
        ("2026-11-23T12:00:00-05:00", False),
        ("2026-11-23T13:00:00-05:00", True),
        ("2026-11-23T17:00:00-05:00", False),
        ("2026-11-24T09:00:00-05:00", False),
        ("2026-11-25T09:00:00-05:00", False),
        ("2026-11-27T23:59:00-05:00", True),
        ("2026-11-28T00:00:00-05:00", True),
        ("2026-11-28T02:00:00-05:00", False),
        ("2026-11-23T13:00:00+00:00", True),
        ("2026-11-23T12:59:00+00:00", False),
        ("2026-11-24T06:00:00+09:00", True),
        ("2026-11-23T09:00:00", True),
    ],
)
def test_open_and_closed(moment: str, expected: bool) -> None:
    assert is_open(HOURS, at(moment)) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-02T12:30:00+00:00", False),
        ("2026-03-02T13:00:00+00:00", True),
        ("2026-03-09T12:00:00+00:00", True),
        ("2026-10-26T12:00:00+00:00", True),
        ("2026-11-02T12:30:00+00:00", False),
    ],
)
def test_the_clocks_go_forward_and_back(moment: str, expected: bool) -> None:
    assert is_open(HOURS, at(moment)) is expected


@pytest.mark.parametrize(
    ("day", "off"),
    [
        ("2026-12-25", True),
        ("2026-07-03", True),
        ("2026-07-06", False),
        ("2027-01-01", True),
        ("2026-11-24", True),
        ("2026-11-23", False),
    ],
)
def test_days_off(day: str, off: bool) -> None:
    assert is_day_off(HOURS, at(day).date()) is off


def test_a_holiday_begins_at_the_business_s_midnight() -> None:
    night = Hours({3: ((0, 1440),), 4: ((0, 1440),)}, "America/New_York", "US")
    assert is_open(night, at("2026-12-25T04:30:00+00:00"))
    assert not is_open(night, at("2026-12-25T05:00:00+00:00"))


def test_without_a_zone_the_moment_is_taken_as_it_is() -> None:
    plain = Hours({0: DAY})
    assert is_open(plain, at("2026-11-23T09:00:00+09:00"))
    assert not is_open(plain, at("2026-11-23T18:00:00-05:00"))
    assert local_time(HOURS, at("2026-11-23T09:00:00")) == at("2026-11-23T09:00:00")


def test_no_holidays_unless_a_country_is_named() -> None:
    assert not is_day_off(Hours({}), at("2026-12-25").date())
    assert is_country("US")
    assert not is_country("us")
    assert not is_country("")


def test_hours_survive_a_journal() -> None:
    hours = Hours({0: ((540, 720), (780, 1020)), 5: ()}, "America/Chicago", "US", ("2026-12-24",))
    assert hours_from_plain(json.loads(json.dumps(hours_to_plain(hours)))) == hours


@pytest.mark.parametrize("plain", [{}, {"week": {"x": []}}, {"week": {"0": [[1]]}}])
def test_what_is_no_hours_is_refused(plain: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        hours_from_plain(plain)
