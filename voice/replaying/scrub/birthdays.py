"""Dates that tell who somebody is, moved to others."""

from datetime import date, timedelta

from sop.reader import moment_of

_YEAR = 366
_GROWN = 10
"""Years from which a date is somebody's birthday."""
_FAR_SHIFTS = (-97, 137, -151, 199, -211, 263, -283, 83, -83)
"""Days by which a birthday moves, if possible into another year."""
_SHIFTS = (41, -41, 73, -73, 107, -107, 17, -17, 9, -9, 3, -3, 1, -1)


def moved(value: str, now: str, *, private: bool, attempt: int = 0) -> str:
    """Another date at which whoever was born then has the same age; a recent or coming one stays unless it is private.

    >>> moved("1984-03-12", "2026-11-22T19:40:00-05:00", private=False)
    '1983-12-06'
    """
    try:
        day, today = date.fromisoformat(value), moment_of(now).date()
    except ValueError:
        return value
    if not private and (today - day).days <= _YEAR:
        return value
    shifts = (*_FAR_SHIFTS, *_SHIFTS) if _age(day, today) >= _GROWN else _SHIFTS
    near = [other for days in shifts if _alike(day, other := day + timedelta(days=days), today)]
    better = [other for other in near if other.month != day.month and other.day != day.day]
    best = [other for other in better if other.year != day.year]
    found = (best if shifts is not _SHIFTS else ()) or better or near or [day]
    return found[attempt % len(found)].isoformat()


def _alike(day: date, other: date, today: date) -> bool:
    return _age(day, today) == _age(other, today) and (day > today) == (other > today) and other != today


def _age(day: date, today: date) -> int:
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
