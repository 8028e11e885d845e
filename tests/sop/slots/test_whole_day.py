"""A day that is named without an hour, on the evening of Sunday, 22 November 2026."""

from datetime import datetime

import pytest

from sop.graph import Hours
from sop.slots.slot_type import Context, Found
from sop.slots.time_window import TimeWindow
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

KIND = TimeWindow()


def window(day: str, start: int, end: int) -> str:
    return f"2026-{day}T{start:02}:00/2026-{day}T{end:02}:00"


RESTAURANT = Hours(dict.fromkeys((1, 2, 3, 4, 5), ((17 * 60, 22 * 60),)))
"""Open in the evening from Tuesday to Saturday."""
SHOP = Hours(dict.fromkeys(range(5), ((8 * 60, 17 * 60),)))
BAKERY = Hours(dict.fromkeys(range(7), ((5 * 60, 11 * 60),)))
ALL_DAY = Hours(dict.fromkeys(range(7), ((7 * 60, 12 * 60), (13 * 60, 21 * 60))))


def by_hours(hours: Hours | None, text: str) -> str | None:
    found = KIND.parse(split_words(text), SPEC, Context(NOW, hours=hours))
    return found.value if isinstance(found, Found) else None


@pytest.mark.parametrize(
    ("hours", "text", "value"),
    [
        (RESTAURANT, "wednesday", window("11-25", 17, 22)),
        (RESTAURANT, "monday", window("11-23", 8, 17)),
        (RESTAURANT, "wednesday morning", window("11-25", 8, 12)),
        (RESTAURANT, "this weekend", "2026-11-28T08:00/2026-11-29T17:00"),
        (BAKERY, "wednesday", window("11-25", 5, 11)),
        (SHOP, "wednesday", window("11-25", 8, 17)),
        (ALL_DAY, "wednesday", window("11-25", 8, 17)),
        (Hours({2: ((18 * 60, 24 * 60),)}), "wednesday", "2026-11-25T18:00/2026-11-25T23:59"),
        (None, "wednesday", window("11-25", 8, 17)),
    ],
)
def test_a_whole_day_is_when_a_business_is_open_that_is_open_for_half_of_it(
    hours: Hours | None, text: str, value: str
) -> None:
    assert by_hours(hours, text) == value


def test_today_in_the_evening_is_still_to_come_where_the_business_is_open() -> None:
    friday = datetime.fromisoformat("2026-11-27T18:00:00-05:00")
    found = KIND.parse(split_words("today"), SPEC, Context(friday, hours=RESTAURANT))
    assert isinstance(found, Found)
    assert found.value == window("11-27", 17, 22)
