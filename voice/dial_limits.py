"""How much may be dialled out: so many people at once, so long each, so much money a day.

A leg reserves the longest it may last while it is up and pays for what it lasted when it ends, so that the day's
spend never passes its limit, whatever the legs that are up still do. A begun minute counts whole. A leg belongs to the
local day on which it began. Time comes from outside: `now` is aware, in the business's zone.
"""

import math
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

AT_ONCE = "too many transfers"
SPENT = "spent"


@dataclass(frozen=True, slots=True)
class DialSettings:
    """The limits; 0 means none, except `at_once`, where it means that nobody is dialled.

    Raises:
        ValueError: one of them is negative, or `longest_s` is below a minute, or a spend has no price.
    """

    at_once: int = 4
    """Legs up at the same moment, ringing or talking."""
    longest_s: int = 3600
    """Of one leg."""
    per_day: float = 0.0
    """Money a day, in the currency of `per_minute`."""
    per_minute: float = 0.0
    """What a minute of a leg costs."""

    def __post_init__(self) -> None:
        if min(self.at_once, self.per_day, self.per_minute) < 0 or self.longest_s < 60:
            raise ValueError("limits of dialling are not negative, and a leg may last a minute at least")
        if self.per_day and not self.per_minute:
            raise ValueError("a limit on a day's spend needs the price of a minute")

    @property
    def minutes_a_day(self) -> int | None:
        """Whole minutes that a day's money buys; None without a limit."""
        # a millionth, so that 3.00 at 0.03 buys 100 minutes and not 99
        return math.floor(self.per_day / self.per_minute + 1e-6) if self.per_day else None


@dataclass(frozen=True, slots=True)
class _Up:
    """A leg that is up."""

    leg: str
    began: float
    day: date
    minutes: int
    """Reserved."""


@dataclass(frozen=True, slots=True)
class DialLimits:
    """What is up and what the day has cost so far. Every change makes a new value."""

    settings: DialSettings
    day: date = date.min
    spent: int = 0
    """Minutes of `day` that are over and paid for."""
    up: tuple[_Up, ...] = ()

    def refusal(self, now: datetime) -> str:
        """Why nobody may be dialled at this moment: "too many transfers" or "spent"; "" when somebody may."""
        if len(self.up) >= self.settings.at_once:
            return AT_ONCE
        left = self._left(now)
        return SPENT if left is not None and left < 1 else ""

    def longest_s(self, now: datetime) -> int:
        """How long a leg that begins now may last; 0 when none may begin."""
        left = self._left(now)
        longest = self.settings.longest_s if left is None else min(self.settings.longest_s, left * 60)
        return 0 if self.refusal(now) else longest

    def having_spent(self, minutes: int, now: datetime) -> Self:
        """So many minutes of today were spent before these limits were made."""
        rolled = self._rolled(now)
        return replace(rolled, spent=rolled.spent + minutes)

    def is_up(self, leg: str) -> bool:
        """Whether it was dialled and has not ended."""
        return any(one.leg == leg for one in self.up)

    def reserved_s(self, leg: str) -> int:
        """How long `leg` may last; 0 for one that is not up."""
        return next((60 * one.minutes for one in self.up if one.leg == leg), 0)

    def begun(self, leg: str, now: datetime) -> Self:
        """`leg` is dialled. One that is up already is not counted twice.

        Raises:
            ValueError: none may be (`refusal`).
        """
        if self.is_up(leg):
            return self
        if self.refusal(now):
            raise ValueError(f"no leg may begin: {self.refusal(now)}")
        reserved = begun_minutes(self.longest_s(now))
        rolled = self._rolled(now)
        return replace(rolled, up=(*rolled.up, _Up(leg, now.timestamp(), now.date(), reserved)))

    def ended(self, leg: str, now: datetime) -> Self:
        """`leg` is over; one that is not up changes nothing. A leg of another day costs today nothing."""
        over = next((one for one in self.up if one.leg == leg), None)
        if over is None:
            return self
        rolled = self._rolled(now)
        lasted = begun_minutes(now.timestamp() - over.began)
        spent = rolled.spent + (lasted if over.day == rolled.day else 0)
        return replace(rolled, spent=spent, up=tuple(one for one in rolled.up if one.leg != leg))

    def unconnected(self, leg: str) -> Self:
        """`leg` was never answered, or could not be dialled: it costs nothing."""
        return replace(self, up=tuple(one for one in self.up if one.leg != leg))

    def _rolled(self, now: datetime) -> Self:
        """Today's account: a day that is over takes its spend with it."""
        return self if now.date() <= self.day else replace(self, day=now.date(), spent=0)

    def _left(self, now: datetime) -> int | None:
        """Minutes of today that are neither spent nor reserved."""
        bought = self.settings.minutes_a_day
        if bought is None:
            return None
        today = self._rolled(now)
        return bought - today.spent - sum(one.minutes for one in today.up if one.day == today.day)


def begun_minutes(seconds: float) -> int:
    """Begun minutes, at least one: a clock set back does not make a call free."""
    return max(1, math.ceil(seconds / 60))
