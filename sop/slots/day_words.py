"""Days as people name them: "tomorrow", "next Friday", "the third", "December 3rd", "12/3", "this
weekend"."""

from dataclasses import dataclass
from datetime import date, timedelta

from sop.slots.holiday_words import near_holiday, next_holiday, read_holiday
from sop.slots.spoken_numbers import DIGITS, read_below_hundred, read_ordinal
from sop.words import Words, phrase_list, says_any

WEEKDAYS = {
    name: index
    for index, names in enumerate(
        (
            "monday mondays mon",
            "tuesday tuesdays tue tues",
            "wednesday wednesdays wed",
            "thursday thursdays thu thur thurs",
            "friday fridays fri",
            "saturday saturdays",
            "sunday sundays",
        )
    )
    for name in names.split()
}
MONTHS = {
    name: index
    for index, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_VAGUE = phrase_list("""
    next week, later this week, next month, in a few days, some day, sometime this week, this week, another
    day, the week after, couple of days, couple days, different day, end of the week, during the week
""")
_FAR = phrase_list("week from, weeks from, two weeks, three weeks, few weeks, couple weeks, couple of weeks")
"""Counted from a day: which day is meant must be asked."""
_COUNTS = {"a": 1, "one": 1, "1": 1, "two": 2, "2": 2, "three": 3, "3": 3, "four": 4, "4": 4}
_RESTARTS = frozenset({"no", "sorry", "actually", "wait", "oops", "rather", "mean", "instead"})
_NEGATIVE = frozenset({"not", "except", "isn't", "can't", "cannot", "won't"})


@dataclass(frozen=True, slots=True)
class Days:
    """The days named, in order. `together`: they are one choice, as a weekend is. `vague`: a stretch of
    days without a day. `impossible`: a date that does not exist."""

    dates: tuple[date, ...] = ()
    together: bool = False
    vague: bool = False
    impossible: bool = False
    places: tuple[tuple[int, int], ...] = ()
    """(index, index behind) of every day in the words, of refused ones too."""


def find_days(words: Words, today: date) -> Days:
    """Every day named in `words`, but those refused ("not Tuesday") and those corrected ("Monday no Tuesday")."""
    if near_holiday(words):
        return Days(vague=True)
    found: list[date] = []
    places: list[tuple[int, int]] = []
    impossible = together = False
    at = 0
    while at < len(words):
        days, after = _day(words, at, today)
        if days is None:
            at += 1
            continue
        if not days:
            impossible = True
        elif not _refused(words, at):
            if places and corrects(words[places[-1][1] : at]):
                found = []
            together = len(days) > 1
            found += days
        places.append((at, after))
        at = after
    rest = tuple("" if any(start <= at < after for start, after in places) else word for at, word in enumerate(words))
    # "A week from Monday" may be told of this Monday or the next.
    if says_any(rest, _FAR):
        return Days(vague=True)
    dates = tuple(dict.fromkeys(found))
    vague = not dates and says_any(words, _VAGUE)
    return Days(dates, together and len(dates) == 2, vague, impossible and not dates, tuple(places))


def corrects(between: Words) -> bool:
    """Whether the words between two values say that the second stands for the first: "Monday no wait Tuesday"."""
    return not _RESTARTS.isdisjoint(between) and "or" not in between


def _refused(words: Words, at: int) -> bool:
    """ "not Tuesday", "can't do Tuesday", "except on Tuesday"; but "not until Tuesday" names the day."""
    before = words[max(0, at - 2) : at]
    return bool(_NEGATIVE.intersection(before[-1:])) or (
        bool(_NEGATIVE.intersection(before[:1])) and before[-1] in ("on", "do", "next", "this", "the", "make")
    )


def _day(words: Words, at: int, today: date) -> tuple[list[date] | None, int]:
    """The day at `at` (an empty list for one that cannot be) and the index after; None when there is none."""
    word, previous = words[at], words[at - 1] if at else ""
    holiday = read_holiday(words, at)
    if holiday is not None:
        return next_holiday(holiday, today), holiday.after
    counted = _counted(words, at, today)
    if counted is not None:
        return [counted], at + 4
    start = at + (word == "the")
    if words[start : start + 3] == ("day", "after", "tomorrow"):
        return [today + timedelta(days=2)], start + 3
    if word in ("today", "tonight") or (word in ("morning", "afternoon", "evening", "night") and previous == "this"):
        return [today], at + 1
    if word in ("tomorrow", "tomorrow's"):
        return [today + timedelta(days=1)], at + 1
    if word == "weekend":
        saturday = today + timedelta(days=(5 - today.weekday()) % 7 if today.weekday() != 6 else 6)
        if previous == "next" and today.weekday() != 6:
            saturday += timedelta(days=7)
        return [saturday, saturday + timedelta(days=1)], at + 1
    if word in WEEKDAYS:
        return _weekday(words, at, today)
    return _date(words, at, today)


def _counted(words: Words, at: int, today: date) -> date | None:
    """ "A week from tomorrow", "two weeks from today", "three days from now"."""
    if at + 4 > len(words) or words[at] not in _COUNTS or words[at + 2] != "from":
        return None
    size = {"week": 7, "weeks": 7, "day": 1, "days": 1}.get(words[at + 1])
    anchor = {"now": 0, "today": 0, "tomorrow": 1}.get(words[at + 3])
    return None if size is None or anchor is None else today + timedelta(days=_COUNTS[words[at]] * size + anchor)


def _weekday(words: Words, at: int, today: date) -> tuple[list[date], int]:
    previous = words[at - 1] if at else ""
    wanted = WEEKDAYS[words[at]]
    ahead = (wanted - today.weekday()) % 7
    if previous == "next" or words[at + 1 : at + 3] == ("next", "week"):
        ahead = 7 - today.weekday() + wanted
    elif ahead == 0 and previous != "this":
        ahead = 7
    day = today + timedelta(days=ahead)
    # "Friday the fourth", "Friday December fourth": the two agree, or something was mixed up.
    behind = at + 2 if words[at + 1 : at + 2] == ("the",) else at + 1
    dated, after = _date(words, behind, today) if behind < len(words) else (None, behind)
    if dated is None and behind == at + 2:
        ordinal, after = read_ordinal(words, behind)
        dated = None if ordinal is None else _in_month(ordinal, today)
    if dated is None:
        ordinal, after = read_ordinal(words, at + 1)
        agreed = ordinal is not None and _in_month(ordinal, today)
        if agreed and agreed[0].weekday() == wanted and words[after : after + 1] != ("thing",):
            return agreed, after
        return [day], at + 1
    return ([dated[0]] if dated and dated[0].weekday() == wanted else []), after


def _date(words: Words, at: int, today: date) -> tuple[list[date] | None, int]:
    """A calendar date: "december third", "the third of december", "the third", "12/3"."""
    word = words[at]
    if "/" in word:
        month, day = (int(part) for part in word.split("/")[:2])
        return _on(month, day, today), at + 1
    if word in MONTHS:
        behind = at + 2 if words[at + 1 : at + 2] == ("the",) else at + 1
        number, after = read_ordinal(words, behind)
        if number is None:
            number, after = _plain_number(words, behind)
        return (None, at) if number is None else (_on(MONTHS[word], number, today), after)
    if word == "the" or (at and words[at - 1] == "on"):
        start = at + 1 if word == "the" else at
        number, after = read_ordinal(words, start)
        if number is None or words[after : after + 1] in (("floor",), ("time",), ("one",)):
            return None, at
        if words[after : after + 1] == ("of",) and words[after + 1 : after + 2] and words[after + 1] in MONTHS:
            return _on(MONTHS[words[after + 1]], number, today), after + 2
        return _in_month(number, today), after
    return None, at


def _plain_number(words: Words, at: int) -> tuple[int | None, int]:
    if at < len(words) and words[at].isdecimal() and words[at].isascii() and len(words[at]) <= 2:
        return int(words[at]), at + 1
    if at < len(words) and words[at] in DIGITS and DIGITS[words[at]] == "0":
        return None, at
    return read_below_hundred(words, at)


def _on(month: int, day: int, today: date) -> list[date]:
    """That date this year, or next year when it is gone."""
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except (ValueError, OverflowError):
            continue
        if found >= today:
            return [found]
    return []


def _in_month(day: int, today: date) -> list[date]:
    """The next such day of a month."""
    year, month = today.year, today.month
    for _ in range(3):
        try:
            found = date(year, month, day)
        except (ValueError, OverflowError):
            found = None
        if found is not None and found >= today:
            return [found]
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return []
