"""Whole dates, with their year, as people say them on 22 November 2026."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.slot_spec import SlotSpec
from sop.slots.calendar_date import CalendarDate
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

KIND = CalendarDate()
PAST = replace(SPEC, period="past", names=("accident",))
FUTURE = replace(SPEC, period="future", names=("appointment",))
BIRTH = replace(SPEC, period="past", label="your date of birth", names=("birthday", "date of birth"))


def read(text: str, spec: SlotSpec, current: str = "") -> str | None:
    match KIND.parse(split_words(text), spec, Context(NOW, current)):
        case Found(value=value):
            return value
        case Doubt(reason=reason):
            return f"?{reason}"
        case None:
            return None


WITH_YEAR = [
    ("march third nineteen eighty five", "1985-03-03"),
    ("March 3rd, 1985.", "1985-03-03"),
    ("march 3 1985", "1985-03-03"),
    ("march three nineteen eighty five", "1985-03-03"),
    ("march the third nineteen eighty five", "1985-03-03"),
    ("uh it's march third nineteen eighty five", "1985-03-03"),
    ("my birthday is march third nineteen eighty five", "1985-03-03"),
    ("march third eighty five", "1985-03-03"),
    ("the third of march eighty five", "1985-03-03"),
    ("third of march nineteen eighty five", "1985-03-03"),
    ("the 3rd of March, 1985", "1985-03-03"),
    ("3 march 1985", "1985-03-03"),
    ("three three eighty five", "1985-03-03"),
    ("three three nineteen eighty five", "1985-03-03"),
    ("oh three oh three nineteen eighty five", "1985-03-03"),
    ("zero three zero three one nine eight five", "1985-03-03"),
    ("oh three oh three eighty five", "1985-03-03"),
    ("zero five zero six eight five", "1985-05-06"),
    ("mar 5 01", "2001-03-05"),
    ("03/03/1985", "1985-03-03"),
    ("3/3/85", "1985-03-03"),
    ("03-03-1985", "1985-03-03"),
    ("1985-03-03", "1985-03-03"),
    ("03031985", "1985-03-03"),
    ("three slash three slash eighty five", "1985-03-03"),
    ("one two two five one nine eight five", "1985-12-25"),
    ("twelve twenty five nineteen ninety nine", "1999-12-25"),
    ("three twenty one eighty five", "1985-03-21"),
    ("three twenty twenty twenty", "2020-03-20"),
    ("eleven eleven eleven", "2011-11-11"),
    ("one ten oh five", "2005-01-10"),
    ("ten two two thousand three", "2003-10-02"),
    ("july fourth two thousand", "2000-07-04"),
    ("july fourth two thousand and one", "2001-07-04"),
    ("the fourth of july two thousand five", "2005-07-04"),
    ("may first twenty ten", "2010-05-01"),
    ("may twenty first twenty twenty", "2020-05-21"),
    ("may twenty one twenty twenty one", "2021-05-21"),
    ("august thirty first nineteen oh eight", "1908-08-31"),
    ("june fifth of nineteen fifty two", "1952-06-05"),
    ("june fifth in fifty two", "1952-06-05"),
    ("february twenty ninth two thousand four", "2004-02-29"),
    ("sept 9 99", "1999-09-09"),
    ("november twenty second twenty six", "2026-11-22"),
    ("november twenty third twenty six", "1926-11-23"),
    ("sunday march third nineteen eighty five", "1985-03-03"),
    ("march third no april fourth nineteen eighty five", "1985-04-04"),
    ("march third nineteen eighty five sorry eighty six", "1986-03-03"),
    ("christmas day twenty twenty", "2020-12-25"),
    ("december thirty first nineteen ninety nine", "1999-12-31"),
]
"""Whatever the period was."""


@pytest.mark.parametrize(("text", "value"), WITH_YEAR)
def test_full_dates(text: str, value: str) -> None:
    assert read(text, PAST) == value
    assert read(text, BIRTH) == value


@settings(max_examples=80, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2026, 11, 22)))
def test_what_is_spoken_is_understood(day: date) -> None:
    value = day.isoformat()
    for spec in (PAST, SPEC, BIRTH):
        assert KIND.parse(split_words(KIND.speak(value, spec)), spec, Context(NOW)) == Found(value)


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2026, 11, 22), date(2099, 12, 31)))
def test_what_is_spoken_of_the_future_is_understood(day: date) -> None:
    assert KIND.parse(split_words(KIND.speak(day.isoformat(), FUTURE)), FUTURE, Context(NOW)) == Found(day.isoformat())


_BITS = """
    march may the third of nineteen twenty oh three 85 1985 3/3 3/3/85 31/31 last next friday week ago in christmas eve
"""


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(_BITS.split())))
def test_never_raises(words: list[str]) -> None:
    for spec in (SPEC, PAST, FUTURE):
        found = KIND.parse(tuple(words), spec, Context(NOW))
        assert not isinstance(found, Found) or date.fromisoformat(found.value).year > 1800
        KIND.find(tuple(words), spec, Context(NOW))
        KIND.completeness(tuple(words), spec)
        KIND.press("".join(words), spec)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("last month on the third", "2026-10-03"),
        ("it happened last month on the third", "2026-10-03"),
        ("this month on the third", "2026-11-03"),
        ("last year on the third", "?which_day"),
        ("two years ago tomorrow", "2024-11-23"),
        ("about a year ago yesterday", "2025-11-21"),
        ("three months ago today", "2026-08-22"),
        ("two years ago friday", "?which_day"),
        ("a few months ago on the third", "?which_day"),
        ("last week on friday", "2026-11-20"),
    ],
)
def test_what_stands_beside_a_day(text: str, value: str) -> None:
    assert read(text, PAST) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("october twelfth no the thirteenth", "2026-10-13"),
        ("october twelfth sorry thirteenth", "2026-10-13"),
        ("october twelfth twenty twenty five no the thirteenth", "2025-10-13"),
        ("october twelfth no november third", "2026-11-03"),
        ("october twelfth i mean the third of november", "2026-11-03"),
        ("it was the twelfth no the thirteenth", "2026-11-13"),
    ],
)
def test_a_day_said_anew_is_of_the_same_month(text: str, value: str) -> None:
    assert read(text, PAST) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("may fifth no sixth nineteen seventy nine", "1979-05-06"),
        ("may fifth sorry the sixth nineteen seventy nine", "1979-05-06"),
        ("nineteen seventy nine may fifth", "1979-05-05"),
        ("nineteen seventy nine on may the fifth", "1979-05-05"),
        ("friday", "?which_year"),
        ("it's wednesday at nine", "?which_year"),
        ("today", "?which_year"),
        ("the third", "?which_year"),
        ("october twelfth twenty twenty seven", "?period"),
        ("march third twenty fifteen", "2015-03-03"),
    ],
)
def test_a_birth_date_has_a_month_and_a_year_as_said(text: str, value: str) -> None:
    assert read(text, BIRTH) == value


@pytest.mark.parametrize(
    ("text", "spec", "current", "value"),
    [
        ("the fourth", PAST, "2026-03-03", "2026-03-04"),
        ("yes but the date is the fourth", PAST, "2026-03-03", "2026-03-04"),
        ("november fourth", PAST, "2026-03-03", "2026-11-04"),
        ("it was the fourth", BIRTH, "1985-03-03", "1985-03-04"),
        ("no the tenth", FUTURE, "2026-12-03", "2026-12-10"),
        ("the fifth", FUTURE, "2026-11-30", "2026-12-05"),
    ],
)
def test_a_day_alone_corrects_the_day_of_the_date_held(text: str, spec: SlotSpec, current: str, value: str) -> None:
    assert read(text, spec, current) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("anything but monday", None),
        ("monday won't work", None),
        ("friday i can't", None),
        ("monday won't work but tuesday will", "2026-11-24"),
        ("i'm out of town until friday", "?which_day"),
    ],
)
def test_a_day_that_does_not_suit(text: str, value: str | None) -> None:
    assert read(text, FUTURE) == value


def test_friday_that_is_told_of_what_happened_then() -> None:
    assert read("friday i couldn't move my neck", PAST) == "2026-11-20"
