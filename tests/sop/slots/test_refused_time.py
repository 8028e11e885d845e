"""Days and hours that are named because they do not suit, on the evening of Sunday, 22 November 2026."""

from datetime import datetime

import pytest

from sop.slots.time_window import TimeWindow
from tests.sop.spoken import understood, volunteered

KIND = TimeWindow()


def window(day: str, start: int, end: int) -> str:
    return f"2026-{day}T{start:02}:00/2026-{day}T{end:02}:00"


@pytest.mark.parametrize(
    "text",
    [
        "monday won't work",
        "tuesday doesn't work for me",
        "tomorrow is no good",
        "friday is really bad",
        "monday i can't",
        "monday nobody's home",
        "anything but monday",
        "any day but wednesday",
        "anytime but friday afternoon",
        "any day but the weekend",
        "i'm not available tomorrow",
        "i'm not available tomorrow morning",
        "i won't be home on friday",
        "i can't make it monday",
        "i'm busy monday",
        "i'm out of town on friday",
        "doesn't have to be tomorrow",
        "not monday or tuesday",
        "monday and tuesday won't work",
        "tuesday no actually tuesday won't work",
        "if possible not on a monday",
        "before wednesday",
        "sometime after wednesday",
        "not after wednesday",
        "after wednesday morning",
    ],
)
def test_a_day_that_does_not_suit_is_asked_for_again(text: str) -> None:
    assert understood(KIND, text) == "?which_day"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("monday won't work but tuesday will", window("11-24", 8, 17)),
        ("monday doesn't work how about tuesday morning", window("11-24", 8, 12)),
        ("i'm not available tomorrow but wednesday is good", window("11-25", 8, 17)),
        ("monday or tuesday don't work but wednesday does", window("11-25", 8, 17)),
        ("tuesday works not monday", window("11-24", 8, 17)),
        ("any day works but monday is best", window("11-23", 8, 17)),
        ("monday is no problem", window("11-23", 8, 17)),
        ("tomorrow is not a problem", window("11-23", 8, 17)),
        ("wednesday if that won't be a problem", window("11-25", 8, 17)),
        ("if monday doesn't work tuesday", "?several"),
        ("i don't care monday is fine", window("11-23", 8, 17)),
        ("can't you come tomorrow", window("11-23", 8, 17)),
        ("i'm not working tomorrow", window("11-23", 8, 17)),
        ("i'm not busy monday", window("11-23", 8, 17)),
        ("i can't wait until wednesday", window("11-25", 8, 17)),
        ("i'm out of town until friday", window("11-27", 8, 17)),
        ("not before wednesday", window("11-25", 8, 17)),
        ("on or after wednesday", window("11-25", 8, 17)),
        ("by wednesday", window("11-25", 8, 17)),
        ("the day after tomorrow", window("11-24", 8, 17)),
        ("i need somebody right away tomorrow", window("11-23", 8, 17)),
    ],
)
def test_a_day_that_suits_is_taken(text: str, value: str) -> None:
    assert understood(KIND, text) == value


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow anytime except noon",
        "tomorrow except between one and three",
        "tomorrow but not between one and three",
        "tomorrow any time but noon",
        "tomorrow not at nine",
        "tomorrow morning except ten",
        "tomorrow at nine won't work",
        "i'm not home from nine to noon tomorrow",
    ],
)
def test_an_hour_that_does_not_suit_is_asked_for_again(text: str) -> None:
    assert understood(KIND, text) == "?which_time"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("tomorrow not at nine at ten", window("11-23", 10, 11)),
        ("i'm not home until five tomorrow", window("11-23", 17, 20)),
        ("i won't be home before three tomorrow", window("11-23", 15, 17)),
        ("i'm busy tomorrow until noon", window("11-23", 12, 17)),
        ("i'm not busy tomorrow until noon", window("11-23", 8, 12)),
        ("don't come before noon tomorrow", window("11-23", 12, 17)),
        ("can't you come before noon tomorrow", window("11-23", 8, 12)),
        ("tomorrow nothing after three", window("11-23", 8, 15)),
        ("tomorrow no later than three", window("11-23", 8, 15)),
        ("tomorrow no earlier than ten", window("11-23", 10, 17)),
        ("anytime tomorrow but the morning", window("11-23", 12, 17)),
        ("i'm out until five tomorrow", window("11-23", 17, 20)),
        ("i don't work tomorrow before noon is good", window("11-23", 8, 12)),
        ("not a problem tomorrow before noon", window("11-23", 8, 12)),
        ("nobody is home until noon tomorrow", window("11-23", 12, 17)),
        ("tomorrow until three", window("11-23", 8, 15)),
        ("i have to leave by three tomorrow", window("11-23", 8, 15)),
    ],
)
def test_hours_beside_a_refusal(text: str, value: str) -> None:
    assert understood(KIND, text) == value


def test_a_refused_part_of_the_day_leaves_the_other() -> None:
    assert understood(KIND, "i'm not home in the morning", current=window("11-23", 8, 12)) == window("11-23", 12, 17)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("how soon can you come", None),
        ("i had an appointment today and nobody showed up", None),
        ("i have an appointment tomorrow morning and i need to cancel it", None),
        ("i need to reschedule my appointment tomorrow", None),
        ("nobody showed up today can you come tomorrow", window("11-23", 8, 17)),
        ("i had no heat all night can somebody come out tomorrow morning", window("11-23", 8, 12)),
        ("i need an appointment tomorrow", window("11-23", 8, 17)),
        ("can you come as soon as possible", "asap"),
    ],
)
def test_a_visit_that_is_told_or_asked_of_is_no_wish(text: str, value: str | None) -> None:
    assert volunteered(KIND, text) == value


def test_how_soon_is_a_wish_only_where_no_time_is_held() -> None:
    assert understood(KIND, "how soon can you come") == "asap"
    assert volunteered(KIND, "yes how soon can you come", current=window("11-23", 8, 12)) is None


def test_a_day_of_the_next_week_or_month() -> None:
    wednesday = datetime.fromisoformat("2026-11-25T10:00:00-05:00")
    assert understood(KIND, "next week on friday", now=wednesday) == window("12-04", 8, 17)
    assert understood(KIND, "friday of next week", now=wednesday) == window("12-04", 8, 17)
    assert understood(KIND, "not next week friday", now=wednesday) == window("11-27", 8, 17)
    first = datetime.fromisoformat("2026-10-01T10:00:00-04:00")
    assert understood(KIND, "next month on the third", now=first) == window("11-03", 8, 17)
    assert understood(KIND, "the third of next month", now=first) == window("11-03", 8, 17)
    assert understood(KIND, "on the third", now=first) == window("10-03", 8, 17)
