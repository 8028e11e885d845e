"""Parts of the day and clock times: "in the afternoon", "after five", "between nine and noon", "2:30 pm"."""

from dataclasses import dataclass, replace
from datetime import time

from sop.slots.day_words import corrects, refused_before, refused_behind
from sop.slots.spoken_numbers import is_number_word, read_below_hundred
from sop.words import Words, phrase_list, says, says_any, word_set

_PARTS = {
    "morning": (8, 12),
    "mornings": (8, 12),
    "afternoon": (12, 17),
    "afternoons": (12, 17),
    "evening": (17, 20),
    "evenings": (17, 20),
    "night": (17, 20),
    "tonight": (17, 20),
    "lunchtime": (12, 13),
    "lunch": (12, 13),
    "noonish": (12, 13),
}
_KINDS = {
    word: part
    for part, words in {
        "morning": "morning mornings",
        "afternoon": "afternoon afternoons",
        "evening": "evening evenings night tonight",
    }.items()
    for word in words.split()
}
_BETWEEN_NOT = word_set("in the this a do any on first thing really great")
_BEFORE_HOUR = word_set("at around about after before by until till past from between than")
_JOINTS = word_set("and to or till until through")
_UNITS = word_set(
    "hours hour minutes minute days day weeks week months years year miles degrees percent dollars people kids times"
)
"""Before these a number counts something else than hours of the clock."""
_LEADS = word_set("at between from around about exactly")
"""Words between a refusal and its hour: "not at nine"."""
_REFUSALS = word_set("""
    not nothing never nobody don't can't cannot won't couldn't wouldn't isn't aren't busy gone working
""")
_NO_REFUSALS = word_set("""
    you somebody someone anybody anyone they we care mind matter know worry wait busy gone work working too a sure only
""")
"""Right behind "can't" and the like these make a question, a shrug or the opposite of it."""
_BARRIERS = word_set("but so or and any anytime if")
_REACH = 6
"""Words before "before" among which a "not" belongs to it: "I won't be home before three"."""
_AFTER = frozenset({"after", "past", "from"})
_BEFORE = frozenset({"before", "by", "until", "till"})

Opening = tuple[tuple[int, int], ...]
"""Stretches of a day, in minutes from midnight."""

_FREE_FROM = phrase_list("""
    get off, i work until, i work till, work until, off work, get home, home at, home by, done at, free at,
    i'm out until, i'm out till, be out until, be out till
""")
"""Before a clock time: from then on."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a day; an open side is None. `dangling`: the words break off in the middle ("between
    nine and"). `refused`: the hours are named only as those that do not suit ("except noon")."""

    start: time | None
    end: time | None
    dangling: bool = False
    impossible: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class _Clock:
    """A clock time in the words: hour 1..23, minute, whether a.m. or p.m. was said, and where it stands."""

    hour: int
    minute: int
    meridiem: str
    at: int
    after: int


def clock_places(words: Words) -> tuple[tuple[int, int], ...]:
    """(index, index behind) of every clock time and part of the day in the words."""
    parts = ((at, at + 1) for at, word in enumerate(words) if word in _PARTS)
    return (*((clock.at, clock.after) for clock in _clocks(words)), *parts)


def find_parts(words: Words) -> tuple[str, ...]:
    """The different parts of the day that are named and not refused, as "morning", "afternoon", "evening"; after a
    correction only the last."""
    found: list[tuple[int, str]] = []
    for at, word in enumerate(words):
        part = _KINDS.get(word)
        if part is None or _refused(words, at):
            continue
        if found and corrects(words[found[-1][0] : at]):
            found = []
        found.append((at, part))
    return tuple(dict.fromkeys(part for _, part in found))


def find_span(words: Words, opening: Opening = ()) -> Span | None:
    """The part of the day that `words` name; None when they name none. `opening`: when the business is open on the day
    that is meant."""
    said = _clocks(words)
    clocks = tuple(clock for clock in said if not _excluded(words, clock, said))
    dangling = bool(words) and words[-1] in (
        "after",
        "before",
        "between",
        "around",
        "at",
        "to",
        "and",
        "from",
        "until",
    )
    parts = tuple(word for at, word in enumerate(words) if word in _PARTS and not _refused(words, at))
    last_parts = find_parts(words)[-1:]
    part = next((word for word in parts if not last_parts or _KINDS.get(word, *last_parts) in last_parts), None)
    if not clocks:
        return Span(None, None, refused=True) if said else _named_part(words, part, dangling)
    halved = clocks if part else tuple(_by_hours(words, clock, clocks, opening) for clock in clocks)
    times = [_resolved(clock, part, clocks) for clock in halved]
    if any(found is None for found in times):
        return Span(None, None, impossible=True)
    first, last = times[0], times[-1]
    assert first is not None and last is not None
    if len(clocks) >= 2 and _joined(words, clocks[0], clocks[1]):
        second = times[1]
        assert second is not None
        return Span(first, second, impossible=second <= first)
    if len(clocks) > 1 and first != last:
        return Span(None, None, impossible=True)
    if says_any(words, _FREE_FROM):
        return Span(first, None, dangling)
    bound = _bound(words, clocks[0])
    if bound == "until":
        return Span(None, first, dangling)
    if bound == "from":
        return Span(first, time(12) if part == "morning" and first < time(12) else None, dangling)
    return Span(first, time(min(first.hour + 1, 23), first.minute), dangling)


def _bound(words: Words, clock: _Clock) -> str:
    """ "from" where any time from the clock time on is meant ("after five", "not before five"), "until" where any
    time up to it is."""
    before = words[max(0, clock.at - 2) : clock.at]
    if before[-1:] == ("than",) and before[:1] in (("later",), ("earlier",)):
        later = before[0] == "later"
        negated = words[max(0, clock.at - 3) : clock.at - 2] == ("no",) or _negated(words, clock.at - 2)
        return "from" if later != negated else "until"
    if _BEFORE.intersection(before):
        return "from" if _negated(words, clock.at - 1) else "until"
    if _AFTER.intersection(before):
        return "until" if _negated(words, clock.at - 1) else "from"
    return "from" if words[clock.after : clock.after + 2] in (("or", "later"), ("or", "after")) else ""


def _negated(words: Words, at: int) -> bool:
    """Whether what stands before the preposition at `at` says that nothing goes then: "I'm busy until"; but "I'm not
    busy until" and "can't you come before"."""
    start = next((end + 1 for end in range(at - 1, -1, -1) if words[end] in _BARRIERS), 0)
    return any(
        words[here] in _REFUSALS
        and words[here + 1] not in _NO_REFUSALS
        and not (words[here] in ("busy", "gone", "working") and here and words[here - 1] in _REFUSALS)
        for here in range(max(start, at - _REACH), at)
    )


def _excluded(words: Words, clock: _Clock, clocks: tuple[_Clock, ...]) -> bool:
    """Whether the hour, or the stretch of hours that it bounds, is named as one that does not suit: "except noon",
    "not between one and three"."""
    run = [clock]
    for other in clocks:
        if _joined(words, other, clock) or _joined(words, clock, other):
            run = sorted((clock, other), key=lambda one: one.at)
    return _refuses(words, run[0].at) or refused_behind(words, run[0].at, run[-1].after)


def _refuses(words: Words, at: int) -> bool:
    """Whether the words before an hour at `at` refuse it: "not at", "anytime but"."""
    while at and words[at - 1] in _LEADS:
        at -= 1
    return refused_before(words, at)


def _named_part(words: Words, part: str | None, dangling: bool) -> Span | None:
    """The hours of a part of the day; "not in the morning" is the afternoon."""
    if part:
        return Span(time(_PARTS[part][0]), time(_PARTS[part][1]), dangling)
    if "morning" in words and not says(words, "good morning"):
        return Span(time(12), time(17))
    if "afternoon" in words and not says(words, "good afternoon"):
        return Span(time(8), time(12))
    return Span(time(8), time(12)) if "early" in words and "week" not in words else None


def _refused(words: Words, at: int) -> bool:
    """ "Not in the morning"; "good morning" is none either. "Not Tuesday, Wednesday morning" is one."""
    start = at
    while start and words[start - 1] in _BETWEEN_NOT:
        start -= 1
    before = words[max(0, start - 1) : start]
    return before == ("good",) or refused_before(words, start) or refused_behind(words, at, at + 1)


def _joined(words: Words, one: _Clock, two: _Clock) -> bool:
    between = words[one.after : two.at]
    return (
        one.at < two.at and len(between) <= 2 and bool({"and", "to", "till", "until", "through"}.intersection(between))
    )


def _clocks(words: Words) -> tuple[_Clock, ...]:
    found: list[_Clock] = []
    at = 0
    while at < len(words):
        clock = _clock(words, at, found[-1] if found else None)
        if clock:
            found.append(clock)
            at = clock.after
        else:
            at += 1
    return tuple(found)


def _clock(words: Words, at: int, previous: _Clock | None) -> _Clock | None:
    """A clock time at `at`: one with a preposition before it, or a.m., p.m., o'clock or minutes behind it."""
    word = words[at]
    if word in ("noon", "midday"):
        return _Clock(12, 0, "pm", at, at + 1)
    if word.endswith(("am", "pm")) and word[:-2].isdecimal():
        return _Clock(int(word[:-2]) % 100, 0, word[-2:], at, at + 1)
    if ":" in word:
        written = word.split(":")
        return _finished(words, at, at + 1, int(written[0]), int(written[1]))
    half = word == "half" and words[at + 1 : at + 2] == ("past",)
    quarter = word == "quarter" and words[at + 1 : at + 2] in (("past",), ("to",))
    start = at + 2 if half or quarter else at
    hour, after = _hour(words, start)
    if hour is None:
        return None
    if half:
        return _finished(words, at, after, hour, 30)
    if quarter:
        return _finished(
            words,
            at,
            after,
            hour if words[at + 1] == "past" else hour - 1,
            15 if words[at + 1] == "past" else 45,
        )
    minute, after_minute = _minute(words, after)
    clock = _finished(words, at, after_minute, hour, minute)
    if clock.minute % 5 or not _UNITS.isdisjoint(words[clock.after : clock.after + 1]):
        return None
    following = words[clock.after : clock.after + 1]
    ranged = following in (("to",), ("till",), ("until",)) and _hour(words, clock.after + 1)[0] is not None
    joined = previous is not None and at - previous.after <= 2 and words[at - 1] in _JOINTS
    minuted = clock.after > after and clock.minute in (0, 15, 30, 45)
    told = clock.meridiem or minuted or ranged or joined or (at > 0 and words[at - 1] in _BEFORE_HOUR)
    told = told or _refuses(words, at)
    # "four one five five five": digits of something longer are no time.
    among = is_number_word(words[at - 1] if at else "") or is_number_word(
        words[clock.after] if clock.after < len(words) else ""
    )
    return clock if told and not (among and not clock.meridiem) else None


def _hour(words: Words, at: int) -> tuple[int | None, int]:
    word = words[at] if at < len(words) else ""
    if word.isdecimal() and word.isascii() and len(word) <= 2:
        value = int(word)
    else:
        value = read_below_hundred((word,), 0)[0] or 0
    return (value, at + 1) if 1 <= value <= 12 else (None, at)


def _minute(words: Words, at: int) -> tuple[int, int]:
    word = words[at] if at < len(words) else ""
    if word in ("fifteen", "thirty", "twenty", "ten", "forty", "fifty", "five") or word == "oh":
        start = at + 1 if word == "oh" else at
        minute, after = read_below_hundred(words, start)
        if minute is not None and minute < 60:
            return minute, after
    if word in ("15", "30", "45"):
        return int(word), at + 1
    return 0, at


def _finished(words: Words, at: int, after: int, hour: int, minute: int) -> _Clock:
    if words[after : after + 1] in (("o'clock",), ("oclock",)):
        after += 1
    elif words[after : after + 2] == ("o", "clock"):
        after += 2
    if words[after : after + 1] in (("am",), ("pm",)):
        return _Clock(hour, minute, words[after], at, after + 1)
    if words[after : after + 2] in (("a", "m"), ("p", "m")):
        return _Clock(hour, minute, f"{words[after]}m", at, after + 2)
    return _Clock(hour, minute, "", at, after)


def _by_hours(words: Words, clock: _Clock, clocks: tuple[_Clock, ...], opening: Opening) -> _Clock:
    """The clock time with the half of the day in which alone the business is open then; else as it is. What is named
    may end when the business closes."""
    if clock.meridiem or clock.hour > 12:
        return clock
    ends = clock is not clocks[0] or bool(_BEFORE.intersection(words[max(0, clock.at - 2) : clock.at]))
    morning = clock.hour % 12 * 60 + clock.minute
    halves = [
        half
        for half, minute in (("am", morning), ("pm", morning + 12 * 60))
        if any(first < minute <= last if ends else first <= minute < last for first, last in opening)
    ]
    return replace(clock, meridiem=halves[0]) if len(halves) == 1 else clock


def _resolved(clock: _Clock, part: str | None, clocks: tuple[_Clock, ...]) -> time | None:
    """The time of day; without a.m. or p.m. by the part of the day said, by the other time's, or by
    working hours."""
    hour, meridiem = clock.hour, clock.meridiem
    if not meridiem and part and hour <= 12:
        meridiem = "am" if part in ("morning", "mornings") and hour != 12 else "pm"
    if not meridiem and hour <= 12:
        meridiem = "am" if 7 <= hour <= 11 else "pm"
        later = next((other.meridiem for other in clocks if other.at > clock.at and other.meridiem), "")
        if later == "pm" and hour < 7:
            meridiem = "pm"
    if (meridiem and hour > 12) or hour > 23 or clock.minute > 59:
        return None
    if meridiem == "pm" and hour < 12:
        hour += 12
    if meridiem == "am" and hour == 12:
        hour = 0
    return time(hour, clock.minute)
