"""A date among a caller's words: with its month's name ("march twelfth", "the 12th of march 84"), in figures
("3/12/84"), or as numbers ("three twelve eighty four").

Only days that are looked for are found, so "i may be there" is never a date. Month and day are enough; of numbers alone
the year has to be among them, since "three twelve" is a house number as well.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sop.slots.day_words import MONTHS
from sop.slots.spoken_numbers import (
    TENS,
    read_below_hundred,
    read_number,
    read_ordinal,
    speak_below_hundred,
    speak_house_number,
    speak_ordinal,
)
from sop.words import Words

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_FIGURES = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d\d))?")
_SIGNS = frozenset({"slash", "dash", "dot"})
_BETWEEN = frozenset({"the", "of", "day", "on", "um", "uh"})
"""Between a day and its month."""
_BEFORE_YEAR = frozenset({"of", "in", *_SIGNS})
_NAMES = tuple(next(name for name, month in MONTHS.items() if month == one) for one in range(1, 13))


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar."""

    year: str
    """Four digits."""
    month: int
    day: int

    @property
    def years(self) -> tuple[str, str]:
        """Its year's digits, whole and as people shorten it."""
        return self.year, self.year[2:]


@dataclass(frozen=True, slots=True)
class SaidDay:
    """Where a day is said."""

    day: Day
    begins: int
    ends: int
    """The word behind it."""
    year: str
    """The year's digits as they are said; empty where it is not."""
    month_last: bool
    """As in "the twelfth of march"."""


def day_of(value: str) -> Day | None:
    """A canonical date ("1984-03-12"); None for anything else.

    >>> day_of("1984-03-12")
    Day(year='1984', month=3, day=12)
    """
    found = _ISO.fullmatch(value)
    return Day(found[1], int(found[2]), int(found[3])) if found else None


def days_said(words: Words, wanted: Iterable[Day]) -> tuple[SaidDay, ...]:
    """The wanted days in the words, from left to right, each as long as it is said."""
    days = tuple(wanted)
    found = [one for at in range(len(words)) for day in days for one in _at(words, at, day)] if days else []
    kept: list[SaidDay] = []
    for one in sorted(found, key=lambda one: one.begins - one.ends):
        if all(one.ends <= other.begins or other.ends <= one.begins for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.begins))


def digit_forms(day: Day) -> Iterator[str]:
    """The date as digits: month, day and year, without zeros and with them, and the other way round."""
    days, months = (f"{day.day}", f"{day.day:02d}"), (f"{day.month}", f"{day.month:02d}")
    for date, month, year in itertools.product(days, months, day.years):
        yield month + date + year
    yield f"{day.year}{months[1]}{days[1]}"


def other_digits(day: Day, other: Day) -> dict[str, str]:
    """The digits of a date → those of another."""
    return dict(zip(digit_forms(day), digit_forms(other), strict=True))


def instead(words: Words, said: SaidDay, other: Day) -> str:
    """Another day in the same form, in words."""
    month, day = _NAMES[other.month - 1], speak_ordinal(other.day)
    named = f"{day} of {month}" if said.month_last else f"{month} {day}"
    if not said.year:
        return named
    return f"{named} {_spoken_year(other.year if len(said.year) == 4 else other.year[2:])}"


def _spoken_year(digits: str) -> str:
    if len(digits) == 4:
        return speak_house_number(digits)
    value = int(digits)
    return speak_below_hundred(value) if value >= 10 else f"oh {speak_below_hundred(value)}"


def _at(words: Words, at: int, day: Day) -> Iterator[SaidDay]:
    """Every way in which the day may be said from this word on."""
    if MONTHS.get(words[at]) == day.month:
        for ends in _days(words, _behind(words, at + 1, _BETWEEN), day.day):
            yield _with_year(words, at, ends, day, month_last=False)
    within = at > 0 and words[at - 1] in TENS and day.day < 10  # "the twenty second of march"
    for ends in () if within else _days(words, at, day.day):
        place = _behind(words, ends, _BETWEEN)
        if place < len(words) and MONTHS.get(words[place]) == day.month:
            yield _with_year(words, at, place + 1, day, month_last=True)
    yield from _in_figures(words, at, day)


def _in_figures(words: Words, at: int, day: Day) -> Iterator[SaidDay]:
    figures = _FIGURES.fullmatch(words[at])
    if figures and (int(figures[1]), int(figures[2])) == (day.month, day.day) and figures[3] in (None, *day.years):
        yield SaidDay(day, at, at + 1, figures[3] or "", month_last=False)
    if words[at : at + 3] == (day.year, f"{day.month:02d}", f"{day.day:02d}"):
        yield SaidDay(day, at, at + 3, day.year, month_last=False)
    for month_ends in _numbers(words, at, day.month):
        for ends in _numbers(words, _behind(words, month_ends, _SIGNS), day.day):
            said = _with_year(words, at, ends, day, month_last=False)
            if said.year:
                yield said


def _with_year(words: Words, begins: int, ends: int, day: Day, *, month_last: bool) -> SaidDay:
    digits, after = read_number(words, _behind(words, ends, _BEFORE_YEAR))
    if digits in day.years:
        return SaidDay(day, begins, after, digits, month_last)
    return SaidDay(day, begins, ends, "", month_last)


def _behind(words: Words, at: int, among: frozenset[str]) -> int:
    while at < len(words) and words[at] in among:
        at += 1
    return at


def _days(words: Words, at: int, day: int) -> Iterator[int]:
    """Behind the day of the month that begins here: "twelfth", "12th", "twelve", "12"."""
    value, ends = read_ordinal(words, at)
    if value is None:
        yield from _numbers(words, at, day)
    elif value == day:
        yield ends


def _numbers(words: Words, at: int, number: int) -> Iterator[int]:
    """Behind the number that begins here: "twelve", "12", "oh three"; "twenty" in "twenty two thousand four"."""
    if at >= len(words):
        return
    if words[at].isdecimal() and words[at].isascii() and int(words[at]) == number:
        yield at + 1
    first = at + 1 if words[at] in ("oh", "o", "zero") else at
    value, ends = read_below_hundred(words, first)
    if value == number and (first == at or value < 10):
        yield ends
    if first == at and TENS.get(words[at]) == number and words[ends : ends + 1] in (("thousand",), ("hundred",)):
        yield at + 1
