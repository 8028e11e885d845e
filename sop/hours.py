"""Business hours: whether somebody is there at a moment."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from sop.graph import Hours

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_STRETCH = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})")


def parse_stretch(text: str) -> tuple[int, int] | None:
    """ "08:00-17:30" in minutes of the day; None for anything else.

    >>> parse_stretch("08:00-17:30")
    (480, 1050)
    """
    found = _STRETCH.fullmatch(text.strip())
    if found is None:
        return None
    first, second = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    good = first < second <= 24 * 60 and int(found[2]) < 60 and int(found[4]) < 60
    return (first, second) if good else None


def is_open(hours: Hours, now: datetime) -> bool:
    """Whether the business is open at `now`, which carries an offset."""
    local = local_time(hours, now)
    if is_day_off(hours, local.date()):
        return False
    minute = local.hour * 60 + local.minute
    return any(first <= minute < last for first, last in hours.week.get(local.weekday(), ()))


def local_time(hours: Hours, now: datetime) -> datetime:
    """The moment by the business's own clock; as it is where it carries no offset or the flow names no zone."""
    return now.astimezone(ZoneInfo(hours.time_zone)) if hours.time_zone and now.tzinfo else now


def is_day_off(hours: Hours, day: date) -> bool:
    """Whether the day is a public holiday or closed by the flow."""
    if day.isoformat() in hours.closed:
        return True
    return bool(hours.holidays) and day in _calendar(hours.holidays, day.year)


@lru_cache(maxsize=16)
def _calendar(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))


def is_country(code: str) -> bool:
    """Whether holidays are known for this country."""
    return code in holidays.list_supported_countries()


def hours_to_plain(hours: Hours) -> dict[str, Any]:
    """As JSON takes it."""
    return {
        "week": {str(day): [list(stretch) for stretch in stretches] for day, stretches in hours.week.items()},
        "time_zone": hours.time_zone,
        "holidays": hours.holidays,
        "closed": list(hours.closed),
    }


def hours_from_plain(plain: Mapping[str, Any]) -> Hours:
    """What `hours_to_plain` made. Raises ValueError, KeyError or TypeError for anything else."""
    week = {int(day): tuple((int(a), int(b)) for a, b in stretches) for day, stretches in plain["week"].items()}
    return Hours(week, str(plain["time_zone"]), str(plain["holidays"]), tuple(str(day) for day in plain["closed"]))
