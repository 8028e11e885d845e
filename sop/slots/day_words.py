"""Days as people name them: "tomorrow", "next Friday", "the third", "December 3rd", "12/3", "this
weekend"."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sop.slots.holiday_words import near_holiday, next_holiday, read_holiday
from sop.slots.spoken_numbers import DIGITS, read_below_hundred, read_ordinal
from sop.words import Words, phrase_list, says_any, word_set

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
_NEGATIVE = word_set("""
    not except isn't aren't can't cannot won't don't doesn't wouldn't couldn't never excluding besides
    nobody nobody's nothing
""")
_BEFORE_DAY = word_set("on do next this the a make for any of")
"""Words between a refusal and its day: "not on the third"."""
_UNAVAILABLE = _BEFORE_DAY | word_set("""
    home available free here around there in town be able going gonna to it want like have come really good possible
""")
"""Words between "not" and a day on which somebody is not there: "I won't be home on Friday"."""
_BUSY = phrase_list("""
    busy, i'm away, we're away, be away, i'm gone, we're gone, be gone, booked, booked up, out of town, have work,
    at work, tied up, traveling, travelling, other than, apart from, aside from
""")
"""Behind these a day is one that does not suit."""
_ALL = word_set("any anything anytime anyday every everyday whenever weekdays weekday")
_OF_ALL = frozenset(WEEKDAYS) | word_set("day days time this next week of the on in tomorrow today")
"""Words between "any" and "but": "any day next week but"."""
_BEHIND_DAY = word_set("""
    morning afternoon evening night really just actually unfortunately probably definitely certainly that it this either
    at all so
""")
_UNFIT = phrase_list("""
    won't work, doesn't work, don't work, does not work, do not work, will not work, wouldn't work, would not work,
    can't work, cannot work, not work, won't do, doesn't suit, don't suit, won't suit, doesn't fit, isn't good,
    aren't good, is not good, are not good, isn't great, is not great, isn't possible, is not possible, not possible,
    isn't convenient, is not convenient, isn't the best, is not the best, isn't an option, is not an option, not good,
    not great, isn't going to work, is not going to work, not going to work, won't be good, won't be possible,
    is bad, is really bad, is a bad day, are bad, is no good, are no good, no good, is out, is impossible, is too late,
    is too soon, is too early, is too far, is too far out, is terrible, is booked, is full, is tough, is hard,
    is difficult, is hectic, is crazy, is busy, is a holiday, is not available, isn't available
""")
"""Right behind a day that does not suit."""
_NOT_THEN = phrase_list("""
    i can't, we can't, i cannot, i couldn't, i'm busy, i am busy, we're busy, i'm working, i have work, i work,
    i'm away, i'm not home, i'm not available, i'm not free, i'm not here, i'm not around, we're not home, we're away,
    i'm gone, i won't be home, i won't be here, i won't be around, i won't be there, we won't be home, i'm out of town,
    i'm booked, nobody's home, nobody is home, nobody will be home, no one is home
""")
"""Behind a day that does not suit, where no hour follows: "Monday I can't"."""
_HOURS = word_set("until till before after between from at in morning afternoon evening noon wait")
_BOTH = (("or",), ("and",), ("nor",), ("or", "on"), ("and", "on"), ("nor", "on"), ("or", "the"), ("and", "the"))
_NONE_BEFORE = word_set("not no nothing never nobody don't can't cannot won't isn't doesn't couldn't")
_REACH = 5
"""Words before "before" among which a "not" belongs to it: "don't come before Wednesday"."""


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
    said = _said(words, today)
    places = tuple((start, after) for _, start, after in said)
    wanted = _wanted(words, places)
    found: list[date] = []
    together = False
    for index, (days, start, _) in enumerate(said):
        if not wanted[index]:
            found = [day for day in found if day not in days]
        elif days:
            if index and corrects(words[places[index - 1][1] : start]):
                found = []
            together = len(days) > 1
            found += days
    rest = tuple("" if any(start <= at < after for start, after in places) else word for at, word in enumerate(words))
    # "A week from Monday" may be told of this Monday or the next.
    if says_any(rest, _FAR):
        return Days(vague=True)
    dates = tuple(dict.fromkeys(found))
    impossible = any(not days for days, _, _ in said)
    vague = not dates and (not all(wanted) or says_any(words, _VAGUE))
    return Days(dates, together and len(dates) == 2, vague, impossible and not dates, places)


def _said(words: Words, today: date) -> list[tuple[list[date], int, int]]:
    """Every day with the indexes at which it begins and ends; an empty list for one that cannot be."""
    found: list[tuple[list[date], int, int]] = []
    at = 0
    while at < len(words):
        days, after = _day(words, at, today)
        if days is not None:
            found.append((days, at, after))
        at = after if days is not None else at + 1
    return found


def _wanted(words: Words, places: tuple[tuple[int, int], ...]) -> list[bool]:
    """For each day whether it is neither refused, alone or with its neighbour ("not Monday or Tuesday"), nor the limit
    of days that are not named ("after Wednesday")."""
    led = [refused_before(words, start) for start, _ in places]
    closed = [refused_behind(words, start, after) for start, after in places]
    for index, (one, two) in enumerate(pairwise(places)):
        led[index + 1] |= led[index] and words[one[1] : two[0]] in _BOTH
    for index in range(len(places) - 2, -1, -1):
        closed[index] |= closed[index + 1] and words[places[index][1] : places[index + 1][0]] in _BOTH
    limits = [len(places) == 1 and _is_limit(words, start) for start, _ in places]
    return [not (one or two or three) for one, two, three in zip(led, closed, limits, strict=True)]


def corrects(between: Words) -> bool:
    """Whether the words between two values say that the second stands for the first: "Monday no wait Tuesday"."""
    return not _RESTARTS.isdisjoint(between) and "or" not in between


def refused_before(words: Words, at: int) -> bool:
    """ "Not Tuesday", "can't do Tuesday", "anything but Tuesday", "I'm busy on Tuesday"; but "not until Tuesday" names
    the day, and so does "if not Monday, Tuesday" beside another."""
    start = at
    while start and words[start - 1] in _BEFORE_DAY:
        start -= 1
    if any(words[max(0, end - len(busy)) : end] == busy for busy in _BUSY for end in {start, at}):
        if words[at + 1 : at + 2] in (("until",), ("till",)):
            return False
        return not _NEGATIVE.union(("if",)).intersection(words[max(0, start - 4) : start])
    if words[start - 1 : start] == ("but",):
        before = next((word for word in reversed(words[: start - 1]) if word not in _OF_ALL), "")
        return before in _ALL
    while start and words[start - 1] in _UNAVAILABLE:
        start -= 1
    asked = "if" in words[max(0, start - 3) : start] and "possible" not in words[max(0, start - 3) : start]
    return start > 0 and words[start - 1] in _NEGATIVE and not asked


def refused_behind(words: Words, start: int, after: int) -> bool:
    """ "Tuesday won't work", "Tuesday is no good", "Tuesday I can't"; but not "if Tuesday doesn't work"."""
    if "if" in words[max(0, start - 2) : start]:
        return False
    while words[after : after + 1] and words[after] in _BEHIND_DAY:
        after += 1
    rest = words[after:]
    if any(rest[: len(unfit)] == unfit for unfit in _UNFIT):
        return True
    return any(rest[: len(lead)] == lead and _HOURS.isdisjoint(rest[len(lead) :]) for lead in _NOT_THEN)


def _is_limit(words: Words, at: int) -> bool:
    """ "Before Wednesday", "after Wednesday" name other days; "not before Wednesday", "on or after Wednesday" this."""
    while at and words[at - 1] in _BEFORE_DAY:
        at -= 1
    if words[at - 1 : at] == ("after",):
        return words[max(0, at - 3) : at - 1] != ("on", "or")
    negated = not _NONE_BEFORE.isdisjoint(words[max(0, at - 1 - _REACH) : at - 1])
    return at > 0 and words[at - 1] == "before" and not negated


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
    if previous == "next" or _in_next(words, at, at + 1, "week"):
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
        first = (today.replace(day=1) + timedelta(days=31)).replace(day=1)
        return _in_month(number, first if _in_next(words, at, after, "month") else today), after
    return None, at


def _in_next(words: Words, at: int, after: int, stretch: str) -> bool:
    """Whether "next week" is said of the day: "Friday next week", "the third of next month", "next week on Friday"."""
    behind = after + (words[after : after + 1] == ("of",))
    start = at - (words[at - 1 : at] == ("on",))
    led = start >= 2 and words[start - 2 : start] == ("next", stretch) and not refused_before(words, start - 2)
    return led or words[behind : behind + 2] == ("next", stretch)


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
