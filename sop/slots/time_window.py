"""When somebody may come: an interval of local time, or as soon as possible.

The grammar is a day (or none), a part of the day or clock times (or none), in any order. Rules that are
choices: morning is 08-12, afternoon 12-17, evening 17-20, a whole day 08-17, or the opening hours of a
business that is open only before noon or only after it. A weekday means its next
occurrence after today; "this" allows today; "next Friday" is the Friday of the following week, weeks
beginning on Monday. A window on a federal holiday is less sure. A clock time without a.m. or p.m. is the one
at which the business is open; where it is open at both or neither, or names no hours, it is in the working
day: 7 to 11 before noon, 12 to 6 after. One clock time means the hour from it. A part of the day without a
day is its next occurrence. Two different days are a doubt, not a choice.

Canonical: "2026-11-23T08:00/2026-11-23T12:00", or "asap".
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.clock_words import Opening, Span, clock_places, find_parts, find_span
from sop.slots.day_words import Days, find_days
from sop.slots.holiday_words import is_federal_holiday
from sop.slots.mending import with_hours_for_homophones, without_doubles, without_hesitations
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.spoken_numbers import speak_below_hundred, speak_ordinal
from sop.slots.window_ends import is_alone, left_open, names_next
from sop.words import FILLERS, Words, find_phrase, phrase_list, says_any, split_words, without_points

ASAP = "asap"
_ASAP = phrase_list("""
    in an hour, within the hour, within the next, in the next hour, emergency, urgent, as soon as possible,
    as soon as you can, as soon as they can, asap, a s a p, right away, right now, immediately, as quick as
    possible, as quickly as possible, as early as possible, as fast as possible, soonest, earliest
    you have, earliest available, first available, first thing available, earliest possible, next available,
    straight away, whenever you can, soon as possible, soon as you can, write away, sooner the better, this minute, the
    earliest, now please, as soon as, whenever is soonest, the soonest, earliest appointment, first
    appointment, first opening, next opening, earliest opening, as soon
""")
_ANY_TIME = phrase_list("any time, anytime, whenever, any day, i'm flexible, i'm home all day")
_ANY = (
    *_ANY_TIME,
    *phrase_list("""
    doesn't matter, don't care, does not matter, you choose, no preference, either is fine, whatever works,
    whatever you have
"""),
)
_CUES = phrase_list("""
    can you come, could you come, can someone come, can somebody come, can they come, come out, come by,
    come on, come at, come tomorrow, come over, send someone, send somebody, somebody out, someone out, i'm
    free, i am free, i'm available, available, i'm home, i am home, i'll be home, i need someone, i need
    somebody, appointment, schedule, works for me, would be best, works best, is best, is better, would
    work, would be great, would be good, prefer, how about, the time to, change it to, change the time,
    change the day, make it, instead, get someone, get somebody, technician, set me up,
    to book, i book, we book, book a, book an, book me, book us, to reserve, i reserve, we reserve, reserve a,
    make a reservation, need a reservation, want a reservation, like a reservation, need a table, want a table,
    like a table, get a table, you have a table
""")
_PAST = phrase_list("""
    was here, years, already, were here, arrested, since, last, ago, yesterday, started, stopped, quit,
    died, broke, happened, went out, has been, been out, woke up
""")
_QUESTION = ("how", "soon")
_HELD = phrase_list("""
    had an appointment, have an appointment, had a appointment, missed, showed up, show up, shown up, cancel,
    cancelled, canceled, reschedule, rescheduled, was supposed to, were supposed to, did i, did we, have a reservation,
    had a reservation, my reservation, our reservation, have a booking, my booking, our booking
""")
"""Told of a visit that was arranged already."""
_VISIT = tuple(cue for cue in _CUES if cue[0] in ("can", "could", "send", "get") or cue[:2] == ("i", "need"))
_REQUESTS = (
    *(cue for cue in _VISIT if cue[0] not in ("send", "get")),
    *phrase_list("""
    can you send, could you send, can you get, could you get, can you please come, could you please come,
    can you please send, could you please send, please send, please come, i need a technician, i need an appointment,
    need to schedule, like to schedule, want to schedule, to book
"""),
)
"""Behind these a visit is asked for, whatever was told before."""
_NOON = 12 * 60
_HOLIDAY = 0.8
"""Certainty of a window on a federal holiday: somebody has to confirm it."""
_BUSINESS = Span(time(8), time(17))
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PARTS = {
    (time(8), time(12)): "in the morning",
    (time(12), time(17)): "in the afternoon",
    (time(17), time(20)): "in the evening",
    (time(8), time(17)): "any time of the day",
}


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A day and a part of it, relative to the call."""

    bias: tuple[str, ...] = (
        "tomorrow morning",
        "as soon as possible",
        "thursday afternoon",
        "between nine and noon",
    )

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        if (_is_past(words) and not says_any(words, _CUES)) or _asks(words):
            return None
        words = _mended(words)
        days = find_days(words, context.now.date())
        opening = _opening(days, context)
        span = find_span(words, opening)
        doubt = _doubt(words, days, span, context)
        if doubt is not None:
            return doubt
        if not days.dates and span is None:
            asks = not context.current and find_phrase(words, _QUESTION) >= 0
            return Found(ASAP) if asks else _soon(words, _ANY if context.asked else _ANY_TIME)
        whole = _BUSINESS if days.together else _whole_day(opening)
        today = span is None and days.dates == (context.now.date(),)
        if today and (says_any(words, _ASAP) or (whole.end and context.now.time() >= whole.end)):
            return Found(ASAP, 0.9)
        return _window(days, span, context, whole)

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        words = _from_cue(words, _REQUESTS) if _is_past(words) else words
        if _is_past(words):
            return None
        context = replace(context, asked=context.asked or _is_named(words, spec))
        if not (says_any(words, (*_CUES, *_REQUESTS)) or context.current):
            return None
        if not context.current and not find_days(words, context.now.date()).dates and not says_any(words, _ASAP):
            return None
        if find_phrase(words, _QUESTION) >= 0 and not find_days(words, context.now.date()).dates:
            return None
        held = not context.current and says_any(words, _HELD)
        for part in (_from_cue(words, _VISIT),) if held else (words, _from_cue(words, _CUES)):
            found = self.parse(part, spec, context)
            if isinstance(found, Found):
                return found if context.asked or not _is_any(part, found, context) else None
        return None

    def keys(self, spec: SlotSpec) -> int:
        return 0

    def sample(self, spec: SlotSpec) -> str:
        return ASAP

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        return None

    def speak(self, value: str, spec: SlotSpec) -> str:
        if value == ASAP:
            return "as soon as possible"
        start, end = (datetime.fromisoformat(side) for side in value.split("/"))
        if start.date() != end.date():
            return f"{_spoken_day(start.date())}, or {_spoken_day(end.date())}"
        day = _spoken_day(start.date())
        part = _PARTS.get((start.time(), end.time()))
        if part:
            return f"{day}, {part}"
        half = " in the evening" if end.hour > 18 else " in the morning" if start.hour < 7 else ""
        return f"{day}, between {_spoken_time(start.time())} and {_spoken_time(end.time())}{half}"

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        days, span = find_days(words, date(2024, 1, 1)), find_span(words)
        if says_any(words, _ASAP) or (days.dates and span is not None and not span.dangling):
            return Completeness.COMPLETE
        if span is not None and span.dangling:
            return Completeness.PARTIAL
        return Completeness.OPEN


def _mended(words: Words) -> Words:
    """The words without hesitations and without those said twice, numbers put for their homophones."""
    return without_doubles(with_hours_for_homophones(without_hesitations(without_points(words))))


def _opening(days: Days, context: Context) -> Opening:
    """When the business is open on the day that is meant."""
    current = _current(context.current)
    day = days.dates[0] if days.dates else current[0] if current else context.now.date()
    return context.hours.week.get(day.weekday(), ()) if context.hours else ()


def _doubt(words: Words, days: Days, span: Span | None, context: Context) -> Doubt | None:
    """Why the day or the time cannot be taken as they were heard."""
    if days.impossible or (span is not None and span.impossible):
        return Doubt("impossible")
    if (len(days.dates) > 1 and not days.together) or len(find_parts(words)) > 1:
        return Doubt("several")
    if not days.dates and days.vague:
        return Doubt("which_day")
    if not days.dates and span is None:
        return None
    places = clock_places(words)
    doubt = Doubt("which_time") if span is not None and span.refused else left_open(words, days, places)
    if doubt is None and not days.dates and not (context.current or names_next(words, places)):
        return Doubt("which_day")
    return doubt


def _is_named(words: Words, spec: SlotSpec) -> bool:
    """Whether the slot is spoken of by a name of several words: the "time" of "any time" is none."""
    return says_any(words, tuple(name for name in map(split_words, spec.names) if len(name) > 1))


def _whole_day(opening: Opening) -> Span:
    """The hours of a day that is named alone."""
    if not opening or opening[0][0] < _NOON < opening[-1][1]:
        return _BUSINESS
    first, last = opening[0][0], min(opening[-1][1], 24 * 60 - 1)
    return Span(time(*divmod(first, 60)), time(*divmod(last, 60)))


def _is_any(words: Words, found: Found, context: Context) -> bool:
    """Whether "as soon as possible" stands only for an "any time" or "it doesn't matter"."""
    told = says_any(words, _ASAP) or find_days(words, context.now.date()).dates
    return found.value == ASAP and not told and says_any(words, _ANY)


def _soon(words: Words, any_time: tuple[Words, ...]) -> Found | Doubt | None:
    """As soon as possible; what tells of `any_time` only where nothing else was said that could be a day."""
    plain = tuple(word for word in words if word not in FILLERS)
    if says_any(words, _ASAP) or plain in (("now",), ("today", "now")):
        return Found(ASAP)
    if says_any(words, any_time):
        return Found(ASAP) if is_alone(words, any_time) else Doubt("which_day")
    return None


def _is_past(words: Words) -> bool:
    """Whether something is told that has happened; "New Years" is none of its years."""
    at = find_phrase(words, ("new", "years"))
    return says_any(words if at < 0 else (*words[:at], *words[at + 2 :]), _PAST)


def _from_cue(words: Words, cues: tuple[Words, ...]) -> Words:
    """The words from the first that speak of a visit: before them stands something else, such as an address."""
    starts = [at for cue in cues if (at := find_phrase(words, cue)) >= 0]
    return words[min(starts) :] if starts else ()


def _asks(words: Words) -> bool:
    """Whether the caller wants to know something instead ("what time do you close today")."""
    plain = tuple(word for word in words if word not in FILLERS)
    return plain[:1] in (("what",), ("who",), ("where",), ("why",), ("what's",))


def _window(days: Days, span: Span | None, context: Context, whole: Span) -> Found | Doubt:
    """The interval for one day, or for a weekend. `whole`: the hours of a day that is named alone."""
    current = _current(context.current)
    if not days.dates:
        assert span is not None
        day = current[0] if current else _next_day(span, context.now)
    else:
        day = days.dates[0]
    if span is None:
        # "not Tuesday, Wednesday": the part of the day that was agreed stays.
        span = Span(current[1], current[2]) if current and not days.together else whole
    if span.start is None or span.end is None:
        span = replace(span, start=span.start or _BUSINESS.start, end=span.end or _evening_or_day(span.start))
    assert span.start is not None and span.end is not None
    last = days.dates[-1] if days.together else day
    start, end = datetime.combine(day, span.start), datetime.combine(last, span.end)
    if start >= end:
        return Doubt("impossible")
    if end <= context.now.replace(tzinfo=None):
        return Doubt("past")
    sure = 1.0 if days.dates else 0.9
    closed = is_federal_holiday(start.date()) or is_federal_holiday(end.date())
    return Found(f"{start:%Y-%m-%dT%H:%M}/{end:%Y-%m-%dT%H:%M}", min(sure, _HOLIDAY) if closed else sure)


def _evening_or_day(start: time | None) -> time:
    return time(20) if start is not None and start >= time(16) else time(17)


def _next_day(span: Span, now: datetime) -> date:
    """The first day on which the span begins after now."""
    begins = span.start if span.start is not None else time(8)
    return (
        now.date()
        if datetime.combine(now.date(), begins) > now.replace(tzinfo=None)
        else now.date() + timedelta(days=1)
    )


def _current(value: str) -> tuple[date, time, time] | None:
    if not value or value == ASAP:
        return None
    start, end = (datetime.fromisoformat(side) for side in value.split("/"))
    return (start.date(), start.time(), end.time()) if start.date() == end.date() else None


def _spoken_day(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]}, {_MONTHS[day.month - 1]} {speak_ordinal(day.day)}"


def _spoken_time(at: time) -> str:
    if (at.hour, at.minute) == (12, 0):
        return "noon"
    hour = speak_below_hundred(at.hour % 12 or 12)
    minute = "" if not at.minute else f" oh {at.minute}" if at.minute < 10 else f" {speak_below_hundred(at.minute)}"
    return hour + minute
