"""A calendar date; canonical ISO 8601: "1985-03-03".

Rules that are choices: a weekday without more is the last one before today where the period is past, else the next one;
a date without a year is the last or the next one likewise, and needs its year where no period is given or a birth is
asked for. A year of two digits is the latest that is not after today (past), the first not before it (future), or the
nearest. "March nineteen eighty five" is a day of '85 or the whole month: a doubt."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.date_ends import RESTARTS, begun, completed, left_open, year_of
from sop.slots.date_words import Mention, find_dates
from sop.slots.day_words import MONTHS, refused_before, refused_behind
from sop.slots.holiday_words import Holiday, near_holiday
from sop.slots.mending import (
    is_numeric,
    with_numbers_for_homophones,
    without_doubled_words,
    without_doubles,
    without_hesitations,
)
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.spoken_numbers import is_number_word, read_below_hundred, read_ordinal, speak_ordinal
from sop.slots.year_words import read_year, speak_year
from sop.words import FILLERS, Words, phrase_list, says_any, split_words, without_points, word_set

_VAGUE = phrase_list("""
    last week, last month, last year, last summer, last winter, last spring, last fall, last weekend, next week, next
    month, next year, next weekend, this week, this month, this year, this weekend, weekend, the other day, ago,
    recently, week of, weeks from, week from, few days, few weeks, couple days, beginning of, end of, middle of
""")
_STRETCH = phrase_list("week of, month of, beginning of, end of")
_JOINTS = word_set("slash dash hyphen")
_BIRTH = word_set("birth born birthday birthdate dob")
_NO_YEAR = 0.8
"""Certainty of a past date that was said without its year."""
_DOUBLED = 0.7
"""Certainty of a date that makes sense only when a number said twice counts once."""
_SHOPS = (("seven", "eleven"), ("nine", "eleven"))
_OLDEST = 130
"""Years back to which a date is believed."""
_SOON = 30
"""Years ahead up to which a year of two digits can be meant."""
_MONTH_NAMES = {number: name.capitalize() for name, number in reversed(MONTHS.items()) if len(name) > 2}


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """In the slot's period, which ends or begins with today."""

    bias: tuple[str, ...] = ("march third nineteen eighty five", "two weeks ago", "last tuesday", "december fifth")

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        today = context.now.date()
        words = _mended(words)
        told = year_of(words, context.begun)
        if told is not None:
            return Doubt("which_year", begun=context.begun) if told.year is None else _resolved(told, today, spec)
        found = _read(words, spec, today, context.current)
        if isinstance(found, Found) or (found == Doubt("period") and _has_whole_year(words, today)):
            return found
        once = words if _is_whole_month(words, today) else without_doubles(words)
        again = _read(once, spec, today, context.current) if once != words else None
        if isinstance(again, Found):
            return replace(again, certainty=min(again.certainty, _DOUBLED))
        return _day_after_month(words, spec, today) or _begun(found, words, today, spec)

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        """A date beside one of the slot's names; under the slot's own question one with month, day and year that is no
        mere run of numbers."""
        mentions = find_dates(_mended(words), context.now.date())
        full = len(mentions) == 1 and mentions[0].year is not None and not mentions[0].numeric
        named = says_any(words, tuple(tuple(name.split()) for name in spec.names if name.split()))
        if not named and not (full and context.asked):
            return None
        found = self.parse(words, spec, context)
        return found if isinstance(found, Found) else None

    def keys(self, spec: SlotSpec) -> int:
        return 8

    def sample(self, spec: SlotSpec) -> str:
        return "2099-03-03" if spec.period == "future" else "1985-03-03"

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        """Month, day and year: MMDDYYYY. Today is not known here, so the period is not checked."""
        keyed = "".join(key for key in digits if key.isdecimal() and key.isascii())
        if len(keyed) != 8:
            return Doubt("length") if keyed else None
        day = _date(int(keyed[4:]), int(keyed[:2]), int(keyed[2:4]))
        return Found(day.isoformat()) if day is not None and 1800 <= day.year < 2100 else Doubt("impossible")

    def speak(self, value: str, spec: SlotSpec) -> str:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return value
        return f"{_MONTH_NAMES[day.month]} {speak_ordinal(day.day)}, {speak_year(day.year)}"

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        if not words:
            return Completeness.EMPTY
        mentions = find_dates(words, date(2024, 1, 1))
        last = mentions[-1] if mentions else None
        if words[-1] in ("the", "of") or (words[-1] in MONTHS and (last is None or last.vague)):
            return Completeness.PARTIAL
        if last is None or last.vague or last.garbled:
            numbers = all(is_number_word(word) or word in FILLERS or word in _JOINTS for word in words)
            return Completeness.PARTIAL if numbers and is_number_word(words[-1]) else Completeness.OPEN
        if last.year is not None:
            begun = last.short and words[-1] in ("eighteen", "nineteen", "twenty")
            return Completeness.PARTIAL if begun else Completeness.COMPLETE
        return Completeness.COMPLETE if spec.period == "future" else Completeness.OPEN


def _mended(words: Words) -> Words:
    """The words without hesitations and doubled words, numbers put for their homophones."""
    words = with_numbers_for_homophones(without_doubled_words(without_hesitations(without_points(words))))
    return tuple("the" if word == "a" and _late(words, at + 1) else word for at, word in enumerate(words))


def _late(words: Words, at: int) -> bool:
    """Whether an ordinal above the tenth stands at `at`, which no "a" goes with."""
    ordinal, _ = read_ordinal(words, at)
    return ordinal is not None and ordinal > 10


def _read(words: Words, spec: SlotSpec, today: date, current: str) -> Found | Doubt | None:
    """The date in mended words. A day alone is one of the month of the date that is held now."""
    said = _completed(words, today)
    mentions = _meant(words, said, spec.period)
    if any(mention.garbled for mention in mentions):
        return None
    if any(mention.vague for mention in mentions) or (mentions and says_any(words, _STRETCH)):
        return Doubt("which_day")
    if _stray_year(words, mentions):
        return Doubt("which_year")
    if len(mentions) == 1:
        doubt = left_open(words, mentions[0], said, spec.period)
        if doubt is not None:
            return doubt
        held = _in_held_month(mentions[0], today, spec, current)
        if held is not None:
            return held
    found = tuple(dict.fromkeys(_resolved(mention, today, spec) for mention in mentions))
    if not found:
        return Doubt("which_day") if _is_vague(words) else None
    return found[0] if len(found) == 1 else Doubt("several")


def _begun(found: Found | Doubt | None, words: Words, today: date, spec: SlotSpec) -> Found | Doubt | None:
    """`found`, with the month and the day where only the year of one date is in doubt."""
    mentions = _meant(words, _completed(words, today), spec.period)
    if found != Doubt("which_year") or len(mentions) != 1:
        return found
    return Doubt("which_year", begun=begun(mentions[0]))


def _completed(words: Words, today: date) -> tuple[Mention, ...]:
    """Every date in the words, with what is said of it beside it."""
    said = tuple(completed(words, one, today) for one in find_dates(words, today))
    return tuple(one for at, one in enumerate(said) if not any(other.after > one.start for other in said[:at]))


def _in_held_month(mention: Mention, today: date, spec: SlotSpec, current: str) -> Found | None:
    """The day of the month in which the held date is, where that is in the slot's period."""
    if not current or mention.day is None or mention.month is not None or mention.exact is not None:
        return None
    held = date.fromisoformat(current)
    found = _resolved(replace(mention, month=held.month, year=held.year), today, spec)
    return replace(found, certainty=min(found.certainty, _NO_YEAR)) if isinstance(found, Found) else None


def _has_whole_year(words: Words, today: date) -> bool:
    """Whether a date has a year of four digits, which no doubled word made."""
    return any(one.year is not None and not one.short for one in find_dates(words, today))


def _is_whole_month(words: Words, today: date) -> bool:
    """Whether "November nineteen nineteen" is said, a month of 1919 and no stammer."""
    mentions = find_dates(words, today)
    return any(
        one.vague and one.year is not None and not any(map(is_numeric, words[one.after : one.after + 1]))
        for one in mentions
    )


def _day_after_month(words: Words, spec: SlotSpec, today: date) -> Found | None:
    """ "Twelve one" is the first of December where a date to come is asked for and nothing else is said; but "four
    fifteen" is a time, and "seven eleven" a shop."""
    plain = tuple(word for word in words if word not in FILLERS)
    month, behind = read_below_hundred(plain, 0)
    day, after = read_below_hundred(plain, behind)
    if spec.period != "future" or month is None or day is None or after != len(plain):
        return None
    if month == day or not day % 5 or plain in _SHOPS:
        return None
    found = _resolved(Mention(0, after, month=month, day=day, numeric=True), today, spec)
    return replace(found, certainty=_NO_YEAR) if isinstance(found, Found) else None


def _meant(words: Words, mentions: tuple[Mention, ...], period: str) -> tuple[Mention, ...]:
    """Without refused ones ("not Monday"), and after a correction only the last."""
    meant = [one for one in mentions if not _refused(words, one, period)]
    for one, two in pairwise(tuple(meant)):
        if not RESTARTS.isdisjoint(words[one.after : two.start]):
            meant = [mention for mention in meant if mention.start >= two.start]
    if len(meant) == 1 and meant[0].year is not None and not RESTARTS.isdisjoint(words[meant[0].after :]):
        year = next((read_year(words, at) for at in range(meant[0].after, len(words)) if read_year(words, at)), None)
        if year is not None and year.after == len(words):
            return (replace(meant[0], after=year.after, year=year.value, short=year.short),)
    return tuple(meant)


def _refused(words: Words, mention: Mention, period: str) -> bool:
    """ "Not Tuesday", "not this Friday"; of a day to come also "Friday won't work"."""
    before = words[max(0, mention.start - 2) : mention.start]
    if before in (("except", "for"), ("not", "last")) or refused_before(words, mention.start):
        return True
    return period == "future" and refused_behind(words, mention.start, mention.after)


def _stray_year(words: Words, mentions: tuple[Mention, ...]) -> bool:
    """Whether a year stands apart from a date that has none: "May fifth, I think nineteen eighty"."""
    if all(mention.year is not None for mention in mentions):
        return False
    years = (
        read_year(words, at) for at in range(len(words)) if not any(one.start <= at < one.after for one in mentions)
    )
    return any(year is not None and not year.short for year in years)


def _is_vague(words: Words) -> bool:
    """Whether a stretch of time is named, and no day."""
    plain = tuple(word for word in words if word not in FILLERS)
    year = read_year(plain, 0)
    alone = len(plain) == 1 and plain[0] in MONTHS
    born = any(
        words[at - 1] in ("in", "of") and (found := read_year(words, at)) is not None and not found.short
        for at in range(1, len(words))
    )
    inside = any(one in ("in", "of", "last", "next", "this") and two in MONTHS for one, two in pairwise(words))
    whole = year is not None and not year.short and year.after == len(plain)
    return alone or inside or whole or born or says_any(words, _VAGUE) or near_holiday(words)


def _resolved(mention: Mention, today: date, spec: SlotSpec) -> Found | Doubt:
    """The day that is meant, within the slot's period."""
    days = _days(mention, today, spec.period)
    relative = mention.exact is not None and mention.exact != today
    if not (relative or mention.month or mention.holiday) and spec.period == "past" and _needs_year(spec):
        return Doubt("which_year")
    without_year = mention.exact is None and mention.year is None
    if not days or days[-1].year < today.year - _OLDEST:
        return Doubt("impossible")
    if without_year and (mention.month or mention.holiday) and not mention.which and _needs_year(spec):
        return Doubt("which_year")
    past = [day for day in days if day <= today]
    ahead = [day for day in days if day >= today and not (mention.short and day.year > today.year + _SOON)]
    if spec.period == "any":
        day = min(days, key=lambda one: abs(one - today))
    elif spec.period == "past":
        if not past:
            return Doubt("period")
        day = max(past)
    else:
        if not ahead:
            return Doubt("period")
        day = min(ahead)
    if mention.day is not None and mention.weekday is not None and day.weekday() != mention.weekday:
        return Doubt("impossible")
    return Found(day.isoformat(), _certainty(mention, day, today, spec))


def _certainty(mention: Mention, day: date, today: date, spec: SlotSpec) -> float:
    """Less for a past date without its year, and for "last Tuesday" said later in the same week."""
    if mention.exact is not None or mention.year is not None or spec.period == "future":
        return 1.0
    if mention.which == "last" and mention.weekday is not None:
        return _NO_YEAR if day.isocalendar()[:2] == today.isocalendar()[:2] else 1.0
    return _NO_YEAR if mention.day is not None or (mention.holiday and not mention.which) else 1.0


def _needs_year(spec: SlotSpec) -> bool:
    told = split_words(" ".join((spec.prompt, spec.label, *spec.names)))
    return spec.period == "any" or not _BIRTH.isdisjoint(told)


def _days(mention: Mention, today: date, period: str) -> tuple[date, ...]:
    """Every day that the words can mean."""
    if mention.exact is not None:
        return (mention.exact,)
    if mention.holiday is not None:
        return _holidays(mention, mention.holiday, today)
    if mention.day is None:
        return _weekdays(mention, today, period)
    if mention.month is None:
        months = (divmod(today.year * 12 + today.month - 1 + step, 12) for step in range(-2, 3))
        return _existing((year, month + 1, mention.day) for year, month in months)
    return _existing((year, mention.month, mention.day) for year in _years(mention, today))


def _years(mention: Mention, today: date) -> tuple[int, ...]:
    if mention.year is None:
        return tuple(range(today.year - 8, today.year + 9))
    if not mention.short:
        return (mention.year,)
    return tuple(century + mention.year for century in (1800, 1900, 2000, 2100))


def _weekdays(mention: Mention, today: date, period: str) -> tuple[date, ...]:
    """One day for a weekday: the last or the next one. "This" allows today, and "next" is in the following week."""
    assert mention.weekday is not None
    ahead = (mention.weekday - today.weekday()) % 7
    if mention.which == "next":
        ahead = 7 - today.weekday() + mention.weekday
    elif mention.which == "last week":
        ahead = mention.weekday - today.weekday() - 7
    elif mention.which == "coming":
        ahead = ahead or 7
    elif mention.which in ("last", "past") or (period == "past" and not (mention.which == "this" and ahead == 0)):
        ahead = (ahead - 7) if ahead else -7
    elif ahead == 0 and mention.which != "this":
        ahead = 7
    return (today + timedelta(days=ahead),)


def _holidays(mention: Mention, holiday: Holiday, today: date) -> tuple[date, ...]:
    years = range(today.year - 1, today.year + 2) if mention.year is None else (mention.year,)
    days = tuple(day for year in years if (day := holiday.on(year)) is not None)
    if mention.which == "last":
        return tuple(day for day in days if day < today)[-1:]
    return tuple(day for day in days if day > today)[:1] if mention.which == "next" else days


def _existing(parts: Iterable[tuple[int, int, int]]) -> tuple[date, ...]:
    return tuple(day for one in parts if (day := _date(*one)) is not None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None
