"""Holidays of the United States by the names that people use: "Thanksgiving", "the day after Christmas"."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

from sop.words import Words

_HOLIDAYS = {
    "new year's eve": (12, 31),
    "new years eve": (12, 31),
    "new year's day": (1, 1),
    "new years day": (1, 1),
    "new year's": (1, 1),
    "new years": (1, 1),
    "valentine's day": (2, 14),
    "valentines day": (2, 14),
    "saint patrick's day": (3, 17),
    "st patrick's day": (3, 17),
    "juneteenth": (6, 19),
    "fourth of july": (7, 4),
    "independence day": (7, 4),
    "halloween": (10, 31),
    "veterans day": (11, 11),
    "veteran's day": (11, 11),
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
}
_MOVING = {
    "martin luther king junior day": "Martin Luther King",
    "martin luther king day": "Martin Luther King",
    "mlk day": "Martin Luther King",
    "m l k day": "Martin Luther King",
    "presidents day": "Washington",
    "president's day": "Washington",
    "memorial day": "Memorial",
    "labor day": "Labor",
    "columbus day": "Columbus",
    "thanksgiving day": "Thanksgiving",
    "thanksgiving": "Thanksgiving",
    "black friday": "Thanksgiving",
}
_HOLIDAY_NAMES = tuple(sorted(((*name.split(),) for name in (*_HOLIDAYS, *_MOVING)), key=len, reverse=True))
_NO_DAY = frozenset("lights light tree party dinner decorations music card cards gift present merry happy".split())
"""Beside a holiday's name these make something else of it."""
_DAYS_AROUND = frozenset("weekend week season time break vacation".split())
_LOOSE = frozenset("after before until till around by since".split())
"""Before a holiday these mean some other day."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday in the words. `shift`: days from it to the day meant, None where no day is ("after Christmas")."""

    name: str
    shift: int | None
    after: int

    def on(self, year: int) -> date | None:
        """The day meant, in the holiday's year; None where the year had no such holiday."""
        day = holiday_date(self.name, year)
        return None if day is None else day + timedelta(days=(self.shift or 0) + (self.name == "black friday"))


def read_holiday(words: Words, at: int) -> Holiday | None:
    """The holiday at `at`, with the words before it that move it: "the day after Thanksgiving"."""
    for shift, lead in ((1, ("day", "after")), (-1, ("day", "before"))):
        start = at + 1 if words[at : at + 1] == ("the",) else at
        if words[start : start + 2] == lead:
            found = _holiday_name(words, start + 2)
            return Holiday(" ".join(found), shift, start + 2 + len(found)) if found else None
    name = _holiday_name(words, at)
    if not name:
        return None
    after = at + len(name)
    before, behind = words[max(0, at - 1) : at], words[after : after + 1]
    if not _NO_DAY.isdisjoint(before + behind):
        return None
    loose = not _LOOSE.isdisjoint(before) or not _DAYS_AROUND.isdisjoint(behind)
    return Holiday(" ".join(name), None if loose else 0, after)


def near_holiday(words: Words) -> bool:
    """Whether a time near a holiday is named, and no day: "after Christmas", "Thanksgiving weekend"."""
    at = 0
    while at < len(words):
        holiday = read_holiday(words, at)
        if holiday is not None and holiday.shift is None:
            return True
        at = holiday.after if holiday else at + 1
    return False


def _holiday_name(words: Words, at: int) -> Words | None:
    return next((name for name in _HOLIDAY_NAMES if words[at : at + len(name)] == name), None)


@lru_cache(maxsize=64)
def holiday_date(name: str, year: int) -> date | None:
    """The day of a named holiday in a year; None where the year had none."""
    if name in _HOLIDAYS:
        return date(year, *_HOLIDAYS[name])
    named = _MOVING[name]
    days = holidays.country_holidays("US", years=year, observed=False)
    return next((day for day, title in days.items() if named in title), None)


@lru_cache(maxsize=512)
def is_federal_holiday(day: date) -> bool:
    """Whether a US federal holiday falls on the day, or is observed on it."""
    return day in holidays.country_holidays("US", years=(day.year, day.year + 1))


def next_holiday(holiday: Holiday, today: date) -> list[date] | None:
    """Its next occurrence, today's included."""
    if holiday.shift is None:
        return None
    days = (holiday.on(today.year + step) for step in (-1, 0, 1))
    ahead = [day for day in days if day is not None and day >= today]
    return [min(ahead)] if ahead else None
