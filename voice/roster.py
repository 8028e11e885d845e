"""Who is on duty: a list of shifts, and who of them may be rung at a moment, in which order.

A shift belongs to the day on which it begins, also where it ends on the next one. On a day off (a public holiday, or a
day on which the business is closed) the shifts marked `closed_days` hold instead of the weekday's; a list that has no
such shift takes no notice of days off.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sop.graph import Hours
from sop.hours import is_day_off


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be rung; `number` is E.164."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Shift:
    """People who are on duty together, to be rung in this order."""

    people: tuple[Person, ...]
    days: frozenset[int]
    """Weekdays on which it begins, 0 = Monday."""
    start: int
    """Minute of the day, 0..1439."""
    end: int
    """Minute of the day, 0..1440; at or before `start`: of the next day."""
    closed_days: bool = False
    """Whether it begins on days off too."""


@dataclass(frozen=True, slots=True)
class Roster:
    """A list of shifts and the clock and calendar that they follow."""

    shifts: tuple[Shift, ...]
    time_zone: str
    """IANA name."""
    holidays: str = ""
    """Country whose public holidays are days off, ISO 3166; empty: none."""
    closed: tuple[str, ...] = ()
    """Further days off, ISO 8601."""


def on_duty(roster: Roster, now_iso: str) -> tuple[Person, ...]:
    """Who may be rung at `now_iso` (ISO 8601; without an offset it is the roster's own time), shift by shift in the
    order of the list; each number once. Raises ValueError for what is no time."""
    zone = ZoneInfo(roster.time_zone)
    moment = datetime.fromisoformat(now_iso)
    now = moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
    days = (now.date() - timedelta(days=1), now.date())
    people: dict[str, Person] = {}
    for shift in roster.shifts:
        if any(_begins(roster, shift, day) and _holds(shift, day, now) for day in days):
            for person in shift.people:
                people.setdefault(person.number, person)
    return tuple(people.values())


def _begins(roster: Roster, shift: Shift, day: date) -> bool:
    heeds_days_off = any(one.closed_days for one in roster.shifts)
    if heeds_days_off and is_day_off(Hours(holidays=roster.holidays, closed=roster.closed), day):
        return shift.closed_days
    return day.weekday() in shift.days


def _holds(shift: Shift, day: date, now: datetime) -> bool:
    """Whether the shift that begins on `day` has begun and is not over."""
    last = day if shift.end > shift.start else day + timedelta(days=1)
    return _passed(day, shift.start, now) and not _passed(last, shift.end, now)


def _passed(day: date, minute: int, now: datetime) -> bool:
    """Whether a time of day has come. Where clocks are put forward over it, it comes with the jump; where they are put
    back and show it twice, it has come with the first: so that one shift's end is always another one's beginning."""
    shown = datetime(day.year, day.month, day.day, tzinfo=now.tzinfo) + timedelta(minutes=minute)
    # Two times of one zone are compared as the clock shows them, without regard to its changes.
    return shown <= now or shown.astimezone(UTC) <= now.astimezone(UTC)
