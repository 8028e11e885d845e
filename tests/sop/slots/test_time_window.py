"""Times as people say them, on the evening of Sunday, 22 November 2026."""

from datetime import datetime

import pytest

import sop
from sop.graph import Hours
from sop.reading import Completeness
from sop.slots.slot_type import Context, Found
from sop.slots.time_window import TimeWindow
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC, understood, volunteered

KIND = TimeWindow()


def window(day: str, start: int, end: int) -> str:
    return f"2026-{day}T{start:02}:00/2026-{day}T{end:02}:00"


RESTAURANT = Hours(dict.fromkeys((1, 2, 3, 4, 5), ((17 * 60, 22 * 60),)))
"""Open in the evening from Tuesday to Saturday."""
SHOP = Hours(dict.fromkeys(range(5), ((8 * 60, 17 * 60),)))
BAKERY = Hours(dict.fromkeys(range(7), ((5 * 60, 11 * 60),)))
ALL_DAY = Hours(dict.fromkeys(range(7), ((7 * 60, 12 * 60), (13 * 60, 21 * 60))))


def by_hours(hours: Hours | None, text: str, current: str = "") -> str | None:
    found = KIND.parse(split_words(text), SPEC, Context(NOW, current, hours=hours))
    return found.value if isinstance(found, Found) else None


@pytest.mark.parametrize(
    ("hours", "text", "value"),
    [
        (None, "friday at seven", window("11-27", 7, 8)),
        (SHOP, "friday at seven", window("11-27", 7, 8)),
        (ALL_DAY, "friday at seven", window("11-27", 7, 8)),
        (RESTAURANT, "monday at seven", window("11-23", 7, 8)),
        (RESTAURANT, "friday at seven", window("11-27", 19, 20)),
        (RESTAURANT, "Friday at 7:30.", "2026-11-27T19:30/2026-11-27T20:30"),
        (RESTAURANT, "at eight on saturday please", window("11-28", 20, 21)),
        (RESTAURANT, "friday between seven and nine", window("11-27", 19, 21)),
        (RESTAURANT, "friday from six to eight", window("11-27", 18, 20)),
        (RESTAURANT, "thursday from eight to ten", window("11-26", 20, 22)),
        (RESTAURANT, "friday before eight", window("11-27", 8, 20)),
        (RESTAURANT, "friday at ten", window("11-27", 10, 11)),
        (RESTAURANT, "friday at seven a m", window("11-27", 7, 8)),
        (RESTAURANT, "friday at seven in the morning", window("11-27", 7, 8)),
        (RESTAURANT, "friday at one", window("11-27", 13, 14)),
        (RESTAURANT, "friday at noon", window("11-27", 12, 13)),
        (BAKERY, "friday at six", window("11-27", 6, 7)),
        (BAKERY, "friday at one", window("11-27", 13, 14)),
    ],
)
def test_an_hour_is_the_one_at_which_the_business_is_open(hours: Hours | None, text: str, value: str) -> None:
    assert by_hours(hours, text) == value


def test_a_correction_of_the_hour_is_read_by_the_day_that_is_held() -> None:
    assert by_hours(RESTAURANT, "at eight instead", window("11-27", 19, 20)) == window("11-27", 20, 21)
    assert by_hours(RESTAURANT, "at eight instead", window("11-23", 9, 10)) == window("11-23", 8, 9)


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        (window("11-27", 19, 20), "between seven and eight in the evening"),
        (window("11-27", 18, 20), "between six and eight in the evening"),
        (window("11-27", 6, 7), "between six and seven in the morning"),
        (window("11-27", 7, 8), "between seven and eight"),
    ],
)
def test_what_may_be_taken_for_the_other_half_of_the_day_is_told(value: str, spoken: str) -> None:
    assert KIND.speak(value, SPEC) == f"Friday, November twenty seventh, {spoken}"
    assert by_hours(None, KIND.speak(value, SPEC)) == value


def test_a_table_for_seven_is_one_in_the_evening() -> None:
    diner = sop.load_text("""\
sop: diner
business: Diner
hours: {friday: "17:00-23:00"}
slots: {when: {type: time_window, label: the time, prompt: When would you like to come?, confirm: never}}
start: ask
steps:
  ask: {ask: when, go: bye}
  bye: {end: booked, say: "See you on {when}."}
  desk: {transfer: desk, on_no_answer: bye}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
""")
    talk = sop.Conversation(diner, now="2026-11-22T19:30:00-05:00")
    talk.hear("friday at seven")
    assert talk.said == "See you on Friday, November twenty seventh, between seven and eight in the evening."


SAID = [
    ("tomorrow morning", window("11-23", 8, 12)),
    ("Tomorrow morning.", window("11-23", 8, 12)),
    ("tomorrow", window("11-23", 8, 17)),
    ("tomorrow in the afternoon would be great", window("11-23", 12, 17)),
    ("thursday afternoon would be great", window("11-26", 12, 17)),
    ("any time after five on tuesday", window("11-24", 17, 20)),
    ("between nine and noon on friday", window("11-27", 9, 12)),
    ("friday between nine and eleven", window("11-27", 9, 11)),
    ("monday from two to four", window("11-23", 14, 16)),
    ("wednesday evening", window("11-25", 17, 20)),
    ("as soon as possible", "asap"),
    ("right away please", "asap"),
    ("asap", "asap"),
    ("whenever you can get here", "asap"),
    ("tonight", window("11-22", 17, 20)),
    ("the day after tomorrow in the morning", window("11-24", 8, 12)),
    ("next friday", window("11-27", 8, 17)),
    ("this friday morning", window("11-27", 8, 12)),
    ("on the third in the morning", window("12-03", 8, 12)),
    ("december third", window("12-03", 8, 17)),
    ("december third at ten", window("12-03", 10, 11)),
    ("12/3", window("12-03", 8, 17)),
    ("the third of december in the afternoon", window("12-03", 12, 17)),
    ("tuesday at two thirty p m", "2026-11-24T14:30/2026-11-24T15:30"),
    ("Tuesday at 2:30 PM", "2026-11-24T14:30/2026-11-24T15:30"),
    ("tuesday at 4 p.m.", window("11-24", 16, 17)),
    ("monday before noon", window("11-23", 8, 12)),
    ("not tuesday wednesday", window("11-25", 8, 17)),
    ("first thing monday morning", window("11-23", 8, 12)),
    ("sunday", window("11-29", 8, 17)),
    ("in the morning", window("11-23", 8, 12)),
    ("tuesday after three", window("11-24", 15, 17)),
    ("uh let's say wednesday morning", window("11-25", 8, 12)),
    ("this weekend", "2026-11-28T08:00/2026-11-29T17:00"),
    ("how about thursday", window("11-26", 8, 17)),
    ("tomorrow at eight a m", window("11-23", 8, 9)),
    ("tomorrow between one and three in the afternoon", window("11-23", 13, 15)),
    ("friday the twenty seventh", window("11-27", 8, 17)),
    ("nine o'clock tomorrow", window("11-23", 9, 10)),
    ("tomorrow around ten thirty", "2026-11-23T10:30/2026-11-23T11:30"),
    ("any time tomorrow", window("11-23", 8, 17)),
    ("i get off work at five tomorrow", window("11-23", 17, 20)),
    ("ten to twelve on thursday", window("11-26", 10, 12)),
    ("friday but not in the morning", window("11-27", 12, 17)),
    ("today", "asap"),
    ("it's an emergency", "asap"),
    ("anytime", "asap"),
    ("monday or tuesday", "?several"),
    ("next week", "?which_day"),
    ("a week from monday", "?which_day"),
    ("tomorrow around lunch", window("11-23", 12, 13)),
    ("anytime next week except tuesday", "?which_day"),
    ("this morning", "?past"),
    ("february thirtieth", "?impossible"),
    ("saturday the twenty third", "?impossible"),
    ("the day after thanksgiving", window("11-27", 8, 17)),
    ("the day after thanksgiving in the morning", window("11-27", 8, 12)),
    ("thanksgiving day in the morning", window("11-26", 8, 12)),
    ("day before christmas", window("12-24", 8, 17)),
    ("christmas eve in the afternoon", window("12-24", 12, 17)),
    ("new year's eve", window("12-31", 8, 17)),
    ("new years eve before noon", window("12-31", 8, 12)),
    ("new year's day", "2027-01-01T08:00/2027-01-01T17:00"),
    ("not christmas eve the day after christmas", window("12-26", 8, 17)),
    ("black friday", window("11-27", 8, 17)),
    ("fourth of july", "2027-07-04T08:00/2027-07-04T17:00"),
    ("labor day", "2027-09-06T08:00/2027-09-06T17:00"),
    ("mlk day", "2027-01-18T08:00/2027-01-18T17:00"),
    ("sometime after christmas", "?which_day"),
    ("thanksgiving weekend", "?which_day"),
    ("the saturday after christmas", "?which_day"),
    ("thanksgiving or christmas", "?several"),
    ("99999999999999999999/3", "?impossible"),
]
SAID += [
    ("tomorrow at", "?which_time"),
    ("tomorrow eight", "?which_time"),
    ("tomorrow after about", "?which_time"),
    ("tomorrow after work", "?which_time"),
    ("wednesday between nine house eleven", "?which_time"),
    ("tomorrow at window thirty", "?which_time"),
    ("december in the afternoon", "?which_day"),
    ("afternoon", "?which_day"),
    ("between nine and eleven", "?which_day"),
    ("any time on window", "?which_day"),
    ("any time is fine with me", "asap"),
    ("not tuesday wednesday afternoon", window("11-25", 12, 17)),
    ("mornings don't work wednesday afternoon", window("11-25", 12, 17)),
    ("tomorrow no wait tuesday morning", window("11-24", 8, 12)),
    ("tuesday morning i mean afternoon", window("11-24", 12, 17)),
    ("a week from tomorrow in the morning", window("11-30", 8, 12)),
    ("in the morning or maybe the afternoon", "?several"),
    ("first thing in the morning", window("11-23", 8, 12)),
    ("the day after after tomorrow in the morning", window("11-24", 8, 12)),
    ("wednesday before ten ten", window("11-25", 8, 10)),
    ("friday at for", window("11-27", 16, 17)),
    ("tuesday from one two three", window("11-24", 13, 15)),
    ("friday twenty seventh", window("11-27", 8, 17)),
    ("tomorrow morning to 2217 maple street", window("11-23", 8, 12)),
    ("tomorrow at 2.30", "2026-11-23T14:30/2026-11-23T15:30"),
]
NOTHING = [
    "hello",
    "i don't know",
    "my furnace is broken",
    "karen mitchell",
    "yes",
    "no",
    "four one five five five five oh one nine nine",
    "2217 maple street",
    "",
    "what time do you close today",
    "the heat's been out since last night",
    "the repair guy was here tuesday and now it's broken again",
    "twelve oh six north hawthorne avenue",
    "suite four ten",
    "it happened about six weeks ago",
    "in the past five years",
    "an error code five oh three",
    "what are your hours",
    "it's on the second floor",
    "merry christmas",
    "happy thanksgiving",
    "the christmas lights went out",
]


@pytest.mark.parametrize(("text", "value"), SAID)
def test_says(text: str, value: str) -> None:
    assert understood(KIND, text) == value


@pytest.mark.parametrize("text", NOTHING)
def test_no_time(text: str) -> None:
    assert understood(KIND, text) is None


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("thanksgiving morning", 0.8),
        ("thursday morning", 0.8),
        ("on the twenty fifth of december", 0.8),
        ("friday morning", 1.0),
        ("christmas eve", 1.0),
        ("halloween", 1.0),
    ],
)
def test_a_federal_holiday_is_for_the_office_to_confirm(text: str, certainty: float) -> None:
    found = KIND.parse(split_words(text), SPEC, Context(NOW))
    assert isinstance(found, Found) and found.certainty == certainty


def test_a_holiday_that_is_observed_on_another_day() -> None:
    # The fourth of July 2026 is a Saturday, observed on Friday.
    july = Context(datetime.fromisoformat("2026-07-01T10:00:00-04:00"))
    assert KIND.parse(split_words("friday"), SPEC, july) == Found("2026-07-03T08:00/2026-07-03T17:00", 0.8)
    assert KIND.parse(split_words("monday"), SPEC, july) == Found("2026-07-06T08:00/2026-07-06T17:00", 1.0)


def test_local_time_across_the_change_of_the_clocks() -> None:
    spring = datetime.fromisoformat("2026-03-07T19:30:00-05:00")
    assert understood(KIND, "tomorrow morning", now=spring) == "2026-03-08T08:00/2026-03-08T12:00"
    assert understood(KIND, "tomorrow at two thirty a m", now=spring) == "2026-03-08T02:30/2026-03-08T03:30"
    assert understood(KIND, "monday from nine to eleven", now=spring) == "2026-03-09T09:00/2026-03-09T11:00"
    autumn = datetime.fromisoformat("2026-10-31T23:30:00-04:00")
    assert understood(KIND, "tomorrow", now=autumn) == "2026-11-01T08:00/2026-11-01T17:00"
    assert understood(KIND, "monday morning", now=autumn) == "2026-11-02T08:00/2026-11-02T12:00"


def test_next_weekday_is_next_weeks_when_this_weeks_is_still_to_come() -> None:
    wednesday = datetime.fromisoformat("2026-11-25T10:00:00-05:00")
    assert understood(KIND, "friday", now=wednesday) == window("11-27", 8, 17)
    assert understood(KIND, "next friday", now=wednesday) == window("12-04", 8, 17)
    assert understood(KIND, "this afternoon", now=wednesday) == window("11-25", 12, 17)
    assert understood(KIND, "today", now=wednesday) == window("11-25", 8, 17)
    assert understood(KIND, "right now today", now=wednesday) == "asap"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("not monday wednesday", window("11-25", 8, 12)),
        ("no make it the afternoon", window("11-23", 12, 17)),
        ("tuesday", window("11-24", 8, 12)),
        ("actually as soon as possible", "asap"),
        ("no at ten", window("11-23", 10, 11)),
    ],
)
def test_corrects_only_what_is_named(text: str, value: str) -> None:
    assert understood(KIND, text, current=window("11-23", 8, 12)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my furnace quit this morning", None),
        ("it's been out since tuesday", None),
        ("can you come tomorrow morning", window("11-23", 8, 12)),
        ("my heat is out and i need someone as soon as possible", "asap"),
        ("i have a two o'clock appointment", None),
    ],
)
def test_volunteered(text: str, value: str | None) -> None:
    assert volunteered(KIND, text) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow", Completeness.OPEN),
        ("tomorrow morning", Completeness.COMPLETE),
        ("as soon as possible", Completeness.COMPLETE),
        ("friday between nine and", Completeness.PARTIAL),
        ("um", Completeness.OPEN),
    ],
)
def test_completeness(text: str, expected: Completeness) -> None:
    assert KIND.completeness(split_words(text), SPEC) is expected


def test_speaks() -> None:
    assert KIND.speak(window("11-23", 8, 12), SPEC) == "Monday, November twenty third, in the morning"
    assert (
        KIND.speak("2026-11-24T14:30/2026-11-24T15:30", SPEC)
        == "Tuesday, November twenty fourth, between two thirty and three thirty"
    )
    assert (
        KIND.speak("2026-11-28T08:00/2026-11-29T17:00", SPEC)
        == "Saturday, November twenty eighth, or Sunday, November twenty ninth"
    )
