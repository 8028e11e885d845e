"""A day that is named without an hour, on the evening of Sunday, 22 November 2026."""

from datetime import datetime

import pytest

from sop.graph import Hours
from sop.slots.slot_type import Context, Found
from sop.words import split_words
from tests.sop.slots.test_time_window import ALL_DAY, BAKERY, KIND, RESTAURANT, SHOP, by_hours, window
from tests.sop.spoken import SPEC


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
