"""Dates as people say them, on the evening of Sunday, 22 November 2026."""

from dataclasses import replace
from datetime import date

import pytest

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.calendar_date import CalendarDate
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC, understood

KIND = CalendarDate()
PAST = replace(SPEC, period="past", names=("accident",))
FUTURE = replace(SPEC, period="future", names=("appointment",))
BIRTH = replace(SPEC, period="past", label="your date of birth", names=("birthday", "date of birth"))


def read(text: str, spec: SlotSpec) -> str | None:
    match KIND.parse(split_words(text), spec, Context(NOW)):
        case Found(value=value):
            return value
        case Doubt(reason=reason):
            return f"?{reason}"
        case None:
            return None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yesterday", "2026-11-21"),
        ("it happened yesterday afternoon", "2026-11-21"),
        ("last night", "2026-11-21"),
        ("today", "2026-11-22"),
        ("this morning", "2026-11-22"),
        ("the day before yesterday", "2026-11-20"),
        ("last tuesday", "2026-11-17"),
        ("tuesday", "2026-11-17"),
        ("on friday", "2026-11-20"),
        ("last friday", "2026-11-20"),
        ("this past friday", "2026-11-20"),
        ("sunday", "2026-11-15"),
        ("two weeks ago", "2026-11-08"),
        ("three days ago", "2026-11-19"),
        ("3 days ago", "2026-11-19"),
        ("a week ago", "2026-11-15"),
        ("a week ago today", "2026-11-15"),
        ("two weeks ago today", "2026-11-08"),
        ("march third", "2026-03-03"),
        ("december third", "2025-12-03"),
        ("the third of december", "2025-12-03"),
        ("12/3", "2025-12-03"),
        ("on the fifth", "2026-11-05"),
        ("the third of last month", "2026-10-03"),
        ("it was on the thirty first of last month", "2026-10-31"),
        ("the second of this month", "2026-11-02"),
        ("the thirty first of this month", "?impossible"),
        ("the twenty fifth", "2026-10-25"),
        ("the thirty first", "2026-10-31"),
        ("thursday the nineteenth", "2026-11-19"),
        ("friday november thirteenth", "2026-11-13"),
        ("thanksgiving", "2025-11-27"),
        ("last thanksgiving", "2025-11-27"),
        ("christmas day", "2025-12-25"),
        ("last christmas", "2025-12-25"),
        ("the day after christmas", "2025-12-26"),
        ("new year's eve", "2025-12-31"),
        ("new years day", "2026-01-01"),
        ("fourth of july", "2026-07-04"),
        ("labor day", "2026-09-07"),
        ("halloween", "2026-10-31"),
        ("last month", "?which_day"),
        ("last week", "?which_day"),
        ("a few days ago", "?which_day"),
        ("about two weeks ago", "?which_day"),
        ("a month ago", "?which_day"),
        ("two years ago", "?which_day"),
        ("in march", "?which_day"),
        ("march", "?which_day"),
        ("march nineteen eighty five", "?which_day"),
        ("march two thousand five", "?which_day"),
        ("sometime around christmas", "?which_day"),
        ("friday before last", "?which_day"),
        ("nineteen eighty five", "?which_day"),
        ("born in nineteen eighty five", "?which_day"),
        ("may fifth i think nineteen eighty or eighty one", "?which_year"),
        ("the fifth of last month", "2026-10-05"),
        ("the friday after thanksgiving", "?which_day"),
        ("3/3/1785", "?impossible"),
        ("this coming friday", "?period"),
        ("tomorrow", "?period"),
        ("next friday", "?period"),
        ("march third twenty thirty", "?period"),
        ("christmas twenty twenty six", "?period"),
        ("february thirty first", "?impossible"),
        ("february thirtieth nineteen eighty five", "?impossible"),
        ("february twenty ninth nineteen eighty five", "?impossible"),
        ("13/13/1985", "?impossible"),
        ("thirteen thirteen eighty five", "?impossible"),
        ("friday march third nineteen eighty five", "?impossible"),
        ("monday or tuesday", "?several"),
        ("march third or march fourth", "?several"),
    ],
)
def test_past(text: str, value: str) -> None:
    assert read(text, PAST) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("tomorrow", "2026-11-23"),
        ("the day after tomorrow", "2026-11-24"),
        ("today", "2026-11-22"),
        ("friday", "2026-11-27"),
        ("this friday", "2026-11-27"),
        ("next friday", "2026-11-27"),
        ("friday next week", "2026-11-27"),
        ("not monday tuesday", "2026-11-24"),
        ("march third", "2027-03-03"),
        ("december third", "2026-12-03"),
        ("december three", "2026-12-03"),
        ("the third of december", "2026-12-03"),
        ("on the fifth", "2026-12-05"),
        ("the thirty first", "2026-12-31"),
        ("12/3", "2026-12-03"),
        ("12/3/26", "2026-12-03"),
        ("in two weeks", "2026-12-06"),
        ("in three days", "2026-11-25"),
        ("three days from now", "2026-11-25"),
        ("two weeks from today", "2026-12-06"),
        ("a week from today", "2026-11-29"),
        ("a week from tomorrow", "2026-11-30"),
        ("february twenty ninth", "2028-02-29"),
        ("christmas eve", "2026-12-24"),
        ("the day after thanksgiving", "2026-11-27"),
        ("new year's day", "2027-01-01"),
        ("new year's eve", "2026-12-31"),
        ("martin luther king day", "2027-01-18"),
        ("not this friday next tuesday", "2026-11-24"),
        ("on the 5th", "2026-12-05"),
        ("on 5th", "2026-12-05"),
        ("march third eighty five", "?period"),
        ("a week from friday", "?which_day"),
        ("next week", "?which_day"),
        ("next month", "?which_day"),
        ("in december", "?which_day"),
        ("this weekend", "?which_day"),
        ("after christmas", "?which_day"),
        ("yesterday", "?period"),
        ("last friday", "?period"),
        ("two weeks ago", "?period"),
        ("march third nineteen eighty five", "?period"),
        ("february thirty first", "?impossible"),
        ("saturday the twenty third", "?impossible"),
    ],
)
def test_future(text: str, value: str) -> None:
    assert read(text, FUTURE) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "um",
        "hello",
        "i don't know",
        "may i ask why",
        "the first time",
        "it's on the second floor",
        "the second one",
        "one second",
        "march",
        "karen mitchell",
        "four one five five five five oh one nine nine",
        "415-555-0199",
        "2217 maple street",
        "2217 march street",
        "twelve oh six north hawthorne avenue",
        "three",
        "three three",
        "two five eight",
        "one two two five eight five",
        "march two five",
        "march third ten thirty am",
        "on march third two people came",
        "seven eleven",
        "march third eighty five ninety two",
        "merry christmas",
        "the christmas lights",
        "nine one one",
        "0/0",
        "1/2/3/4",
        "99999999999",
        "99999999999999999999/3/1985",
        "the 99999999999999999999th of march",
    ],
)
def test_is_no_date(text: str) -> None:
    for spec in (SPEC, PAST, FUTURE, BIRTH):
        found = KIND.parse(split_words(text), spec, Context(NOW))
        assert not isinstance(found, Found)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("march uh fourteenth nineteen eighty five", "1985-03-14"),
        ("april twelfth twelfth nineteen sixty two", "1962-04-12"),
        ("june june tenth nineteen ninety", "1990-06-10"),
        ("five five thirty forty three", "1943-05-30"),
        ("may seventh nineteen sixty to", "1962-05-07"),
        ("february ninth to thousand", "2000-02-09"),
        ("october third last year", "2025-10-03"),
        ("the third of october of last year", "2025-10-03"),
        ("a thirtieth of may nineteen fifty", "1950-05-30"),
        ("july fourth the", "?which_year"),
        ("july fourth we", "?which_year"),
        ("july fourth around seventy six", "?which_year"),
        ("christmas day nineteen sixty window", "?which_year"),
        ("may seventh nineteen eighty banana", "?which_year"),
        ("may seventh nineteen eighty and my name is karen", "1980-05-07"),
        ("june tenth twenty window", "?which_year"),
        ("june tenth hat eighty two", "?which_year"),
        ("march third when i fell off the ladder", "2026-03-03"),
        ("on march third at three pm", "2026-03-03"),
        ("november nineteen nineteen", "?which_day"),
        ("3.14.85", "1985-03-14"),
    ],
)
def test_what_was_not_heard_whole_is_asked_for(text: str, value: str) -> None:
    assert read(text, PAST) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("how about the day after tomorrow", "2026-11-24"),
        ("the fifteenth of next month", "2026-12-15"),
        ("the last day of december", "2026-12-31"),
        ("the last day of the month", "2026-11-30"),
        ("the last day of february", "?which_day"),
        ("the fourth july", "2027-07-04"),
        ("november twenty second next year", "2027-11-22"),
        ("twelve one", "2026-12-01"),
        ("um twelve one please", "2026-12-01"),
        ("four fifteen", None),
        ("i have twelve one of these", None),
        ("monday november the", "?which_day"),
        ("monday the", "?which_day"),
        ("november twenty second next", "?which_year"),
        ("weeks from today", "?which_day"),
        ("january fifth or sixth", "?several"),
        ("december third at nine", "2026-12-03"),
        ("any day but friday", None),
    ],
)
def test_days_to_come_by_other_names(text: str, value: str | None) -> None:
    assert read(text, FUTURE) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("december twelfth for three nights", "2026-12-12"),
        ("december twelfth for one night", "2026-12-12"),
        ("december twelfth and i need two rooms", "2026-12-12"),
        ("two nights december twelfth", "2026-12-12"),
        ("tonight for two nights", "2026-11-22"),
        ("next friday for four nights and two people", "2026-11-27"),
        ("the twelfth for three weeks", "2026-12-12"),
        ("friday in two weeks", "?several"),
        ("december twelfth for two", "?which_day"),
        ("december twelfth and thirteen works", "?which_day"),
        ("the twelfth to the fifteenth", "?which_day"),
        ("december twelfth to the fifteenth", "?several"),
    ],
)
def test_a_count_beside_a_day_to_come_is_no_part_of_it(text: str, value: str) -> None:
    assert read(text, FUTURE) == value


def test_a_count_beside_a_past_date_may_be_its_year() -> None:
    assert read("march third for eighty five people", PAST) == "?which_year"


def test_a_date_said_twice_over_is_less_sure() -> None:
    found = KIND.parse(split_words("april twelfth twelfth nineteen sixty two"), PAST, Context(NOW))
    assert isinstance(found, Found) and found.certainty < 1


def test_a_date_given_unasked_needs_its_name() -> None:
    born = split_words("karen mitchell march third nineteen eighty five")
    assert KIND.find(born, BIRTH, Context(NOW, asked=False)) is None
    named = split_words("my date of birth is march third nineteen eighty five")
    assert KIND.find(named, BIRTH, Context(NOW, asked=False)) == Found("1985-03-03")


def test_a_date_without_its_year_is_less_sure() -> None:
    march = Found("2026-03-03", 0.8)
    assert KIND.parse(split_words("march third"), PAST, Context(NOW)) == march
    assert KIND.parse(split_words("march third nineteen eighty five"), PAST, Context(NOW)) == Found("1985-03-03")


def test_a_birth_date_needs_its_year() -> None:
    assert read("march third", BIRTH) == "?which_year"
    assert read("yesterday", BIRTH) == "2026-11-21"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("nineteen eighty", "1980-03-03"),
        ("in nineteen eighty five", "1985-03-03"),
        ("1980", "1980-03-03"),
        ("it was two thousand and one", "2001-03-03"),
        ("i was born in nineteen eighty", "1980-03-03"),
        ("eighty five", "1985-03-03"),
        ("um the year was nineteen ninety nine", "1999-03-03"),
        ("june tenth nineteen eighty", "1980-06-10"),
        ("twenty ninety", "?period"),
        ("five", None),
        ("i don't know", None),
        ("eighty", "1980-03-03"),
        ("nineteen", "?which_year"),
        ("it's twenty", "?which_year"),
    ],
)
def test_the_year_completes_a_date_that_was_begun(text: str, value: str | None) -> None:
    begun = KIND.parse(split_words("it's march third"), BIRTH, Context(NOW))
    assert begun == Doubt("which_year", begun="--03-03")
    assert understood(KIND, text, BIRTH, begun="--03-03") == value


@pytest.mark.parametrize(
    "text", ["may fifth nineteen", "may fifth twenty", "the fifth of may eighteen", "5 5 nineteen"]
)
@pytest.mark.parametrize("spec", [BIRTH, PAST])
def test_the_head_of_a_year_is_no_year(text: str, spec: SlotSpec) -> None:
    assert KIND.parse(split_words(text), spec, Context(NOW)) == Doubt("which_year", begun="--05-05")
    assert understood(KIND, "eighty", spec, begun="--05-05") == "1980-05-05"
    assert KIND.parse(("nineteen",), spec, Context(NOW, begun="--05-05")) == Doubt("which_year", begun="--05-05")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("may fifth 2019", "2019-05-05"),
        ("5/5/19", "2019-05-05"),
        ("may fifth twenty nineteen", "2019-05-05"),
        ("may fifth twenty twenty", "2020-05-05"),
        ("may fifth two thousand nineteen", "2019-05-05"),
        ("may fifth seventeen", "2017-05-05"),
        ("may fifth eighty", "1980-05-05"),
        ("may fifth twenty one", "2021-05-05"),
        ("may twentieth nineteen eighty", "1980-05-20"),
    ],
)
def test_a_year_that_is_told_whole_stands(text: str, value: str) -> None:
    assert read(text, BIRTH) == value


@pytest.mark.parametrize("text", ["march", "friday", "the third", "march third or june tenth"])
def test_no_date_is_begun_without_its_month_and_day(text: str) -> None:
    found = KIND.parse(split_words(text), BIRTH, Context(NOW))
    assert isinstance(found, Doubt) and not found.begun


def test_a_lone_year_is_no_date_where_none_was_begun() -> None:
    assert understood(KIND, "nineteen eighty", BIRTH) == "?which_day"


def test_without_a_period_a_year_is_needed() -> None:
    assert read("march third", SPEC) == "?which_year"
    assert read("march third eighty five", SPEC) == "1985-03-03"
    assert read("march third twenty seven", SPEC) == "2027-03-03"
    assert read("tomorrow", SPEC) == "2026-11-23"
    assert read("last friday", SPEC) == "2026-11-20"


def test_last_weekday_early_in_the_week() -> None:
    monday = Context(NOW.replace(day=23))
    found = KIND.parse(split_words("last friday"), PAST, monday)
    assert found == Found("2026-11-20")
    wednesday = Context(NOW.replace(day=25))
    found = KIND.parse(split_words("last tuesday"), PAST, wednesday)
    assert isinstance(found, Found) and found.certainty < 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("this is karen mitchell born march third nineteen eighty five", "1985-03-03"),
        ("karen mitchell 03/03/1985", "1985-03-03"),
        ("my accident was last tuesday", "2026-11-17"),
        ("it broke last tuesday", None),
        ("march third", None),
        ("three three eighty five", None),
        ("four one five three three eighty five", None),
        ("my accident was terrible", None),
        ("the accident report is from march", None),
    ],
)
def test_volunteered(text: str, value: str | None) -> None:
    found = KIND.find(split_words(text), PAST, Context(NOW))
    assert (found.value if found else None) == value


def test_keys() -> None:
    assert KIND.keys(PAST) == 8
    assert KIND.press("03031985", PAST) == Found("1985-03-03")
    assert KIND.press("12252020#", PAST) == Found("2020-12-25")
    assert KIND.press("02311985", PAST) == Doubt("impossible")
    assert KIND.press("00000000", PAST) == Doubt("impossible")
    assert KIND.press("0303", PAST) == Doubt("length")
    assert KIND.press("", PAST) is None


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("1985-03-03", "March third, nineteen eighty five"),
        ("2005-07-04", "July fourth, two thousand five"),
        ("2000-01-31", "January thirty first, two thousand"),
        ("2026-11-22", "November twenty second, twenty twenty six"),
        ("1908-08-12", "August twelfth, nineteen oh eight"),
        ("1900-05-01", "May first, nineteen hundred"),
    ],
)
def test_speaks(value: str, spoken: str) -> None:
    assert KIND.speak(value, SPEC) == spoken


@pytest.mark.parametrize(
    ("text", "spec", "expected"),
    [
        ("", PAST, Completeness.EMPTY),
        ("um", PAST, Completeness.OPEN),
        ("march", PAST, Completeness.PARTIAL),
        ("march the", PAST, Completeness.PARTIAL),
        ("the", PAST, Completeness.PARTIAL),
        ("the third of", PAST, Completeness.PARTIAL),
        ("three three", PAST, Completeness.PARTIAL),
        ("march third nineteen", PAST, Completeness.PARTIAL),
        ("march third", PAST, Completeness.OPEN),
        ("march third nineteen eighty five", PAST, Completeness.COMPLETE),
        ("three three eighty five", PAST, Completeness.COMPLETE),
        ("december third", FUTURE, Completeness.COMPLETE),
        ("tomorrow", FUTURE, Completeness.COMPLETE),
        ("december", FUTURE, Completeness.PARTIAL),
    ],
)
def test_completeness(text: str, spec: SlotSpec, expected: Completeness) -> None:
    assert KIND.completeness(split_words(text), spec) is expected


def test_samples_fit_their_period() -> None:
    assert date.fromisoformat(KIND.sample(PAST)) < NOW.date() < date.fromisoformat(KIND.sample(FUTURE))
