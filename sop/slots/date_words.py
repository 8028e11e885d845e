"""Calendar dates as people say them: "march third nineteen eighty five", "oh three oh three eighty five", "two weeks
ago", "last Tuesday", "the day after Thanksgiving". What is said, not yet which day is meant."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sop.slots.day_words import MONTHS, WEEKDAYS
from sop.slots.holiday_words import Holiday, read_holiday
from sop.slots.spoken_numbers import DIGITS, is_number_word, read_below_hundred, read_ordinal
from sop.slots.year_words import read_year
from sop.words import Words, phrase_list, says_any, word_at, word_set

_OPEN = phrase_list("before last, after next, a week, week from, weeks from, week ago, weeks ago")
"""Behind a weekday these leave open which one is meant."""
_APPROXIMATE = word_set("about around before after by until till roughly sometime early late mid maybe almost")
_BEHIND_ORDINAL = word_set(
    "please at in on for thanks i it of or and no sorry maybe that was around yes if would works"
)
_CLOCK = word_set("am pm a p o'clock street st avenue ave road lane")
_JOINTS = word_set("slash dash hyphen")
_UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7}
_NAMED = (
    (("day", "before", "yesterday"), -2),
    (("day", "after", "tomorrow"), 2),
    (("last", "night"), -1),
    (("yesterday",), -1),
    (("today",), 0),
    (("tonight",), 0),
    (("tomorrow",), 1),
)
_PARTS = word_set("morning afternoon evening")
_STEPS = {"last": -1, "this": 0, "next": 1}


@dataclass(frozen=True, slots=True)
class Mention:
    """One date in the words: a whole one (`exact`), or its parts. `which`: "last", "this" or "next", as said.
    `vague`: a stretch of days; `garbled`: more numbers than a date has."""

    start: int
    after: int
    exact: date | None = None
    month: int | None = None
    day: int | None = None
    year: int | None = None
    short: bool = False
    weekday: int | None = None
    which: str = ""
    holiday: Holiday | None = None
    vague: bool = False
    garbled: bool = False
    numeric: bool = False


def find_dates(words: Words, today: date) -> tuple[Mention, ...]:
    """Every date in the words, in order."""
    found: list[Mention] = []
    at = 0
    while at < len(words):
        mention = _mention(words, at, today)
        if mention is None:
            at += 1
            while is_number_word(word_at(words, at - 1)) and is_number_word(word_at(words, at)):
                at += 1
            continue
        mention = _with_named_year(words, mention, today)
        found.append(_marked(words, mention))
        at = mention.after
    return tuple(found)


def _marked(words: Words, mention: Mention) -> Mention:
    """The mention as a vague one after "about", "before" or "weeks from", as a garbled one before more numbers."""
    start = mention.start - 1
    while word_at(words, start) in ("the", "on", "in") and start:
        start -= 1
    led, before = word_at(words, start), word_at(words, start - 1)
    offered = led == "about" and before in ("how", "what")
    counted = led == "from" and before in (*_UNITS, "month", "months", "year", "years")
    vague = mention.vague or counted or (led in _APPROXIMATE and not offered)
    more = is_number_word(word_at(words, mention.after))
    clock = mention.short and word_at(words, mention.after) in _CLOCK
    return replace(mention, vague=vague, garbled=more or clock)


def _mention(words: Words, at: int, today: date) -> Mention | None:
    word = words[at]
    if word in WEEKDAYS:
        return _weekday(words, at, today)
    holiday = read_holiday(words, at)
    if holiday is not None:
        return _holiday(words, at, holiday, today)
    found = _relative(words, at, today) or _last_day(words, at, today) or _in_named_month(words, at, today)
    return found or _dated(words, at)


def _with_named_year(words: Words, mention: Mention, today: date) -> Mention:
    """ "October third last year", "the third of May of next year"."""
    behind = mention.after + (word_at(words, mention.after) == "of")
    step = _STEPS.get(word_at(words, behind))
    if mention.month is None or mention.year is not None or step is None or word_at(words, behind + 1) != "year":
        return mention
    return replace(mention, after=behind + 2, year=today.year + step)


def _last_day(words: Words, at: int, today: date) -> Mention | None:
    """ "The last day of December", "the last day of the month"."""
    start = at + (words[at] == "the")
    if words[start : start + 3] != ("last", "day", "of"):
        return None
    month = MONTHS.get(word_at(words, start + 3))
    if month is not None:
        dated = _with_year(words, Mention(at, start + 4, month=month))
        year = 0 if dated.year is None or dated.short else dated.year
        # February's last day depends on the year.
        return replace(dated, day=_last_of(year * 12 + month - 1).day, vague=month == 2 and not year)
    step = {"the": 0, **_STEPS}.get(word_at(words, start + 3))
    if step is None or word_at(words, start + 4) != "month":
        return None
    return Mention(at, start + 5, _last_of(today.year * 12 + today.month - 1 + step))


def _in_named_month(words: Words, at: int, today: date) -> Mention | None:
    """ "The fifteenth of next month", "the third of last month"."""
    day, after = read_ordinal(words, at + (words[at] == "the"))
    step = _STEPS.get(word_at(words, after + 1))
    if day is None or step is None or word_at(words, after) != "of" or word_at(words, after + 2) != "month":
        return None
    last = _last_of(today.year * 12 + today.month - 1 + step)
    return Mention(at, after + 3, last.replace(day=day)) if 1 <= day <= last.day else None


def _last_of(months: int) -> date:
    """The last day of a month that is counted from the year 0, which stands for a leap year."""
    year, month = months // 12 or 4, months % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def _relative(words: Words, at: int, today: date) -> Mention | None:
    """ "Yesterday", "three days ago", "in two weeks", "two weeks from today"."""
    start = at + (words[at] == "the")
    for phrase, step in _NAMED:
        if words[start : start + len(phrase)] == phrase:
            return Mention(at, start + len(phrase), today + timedelta(days=step))
    if words[at] == "this" and word_at(words, at + 1) in _PARTS:
        return Mention(at, at + 2, today)
    return _counted(words, at, today)


def _counted(words: Words, at: int, today: date) -> Mention | None:
    """A number of days or weeks, ago or from now."""
    ahead = words[at] == "in"
    count, behind = _count(words, at + ahead)
    size = _UNITS.get(word_at(words, behind), 0)
    if count is None or not size:
        return None
    days, end = count * size, behind + 1
    if ahead:
        return Mention(at, end, today + timedelta(days=days))
    if word_at(words, end) == "ago":
        to = end + 1 + (word_at(words, end + 1) == "today")
        vague = word_at(words, to) in WEEKDAYS or word_at(words, to) in ("yesterday", "tomorrow")
        return Mention(at, to, today - timedelta(days=days), vague=vague)
    if word_at(words, end) != "from":
        return None
    anchor = word_at(words, end + 1)
    exact = today + timedelta(days=days + (anchor == "tomorrow"))
    return Mention(at, end + 2, exact, vague=anchor not in ("now", "today", "tomorrow"))


def _count(words: Words, at: int) -> tuple[int | None, int]:
    if word_at(words, at) == "a":
        return 1, at + 1
    return _small(words, at, 99)


def _weekday(words: Words, at: int, today: date) -> Mention:
    """A weekday, with the date behind it where there is one: "Friday the thirteenth"."""
    wanted, before = WEEKDAYS[words[at]], word_at(words, at - 1)
    behind = at + 1 + (word_at(words, at + 1) == "on")
    dated = _dated(words, behind) if behind < len(words) else None
    if dated is not None:
        return replace(dated, start=at, weekday=wanted)
    which = before if before in ("last", "this", "next", "past", "coming") else ""
    after = at + 1
    if words[after : after + 2] in (("next", "week"), ("last", "week")):
        which, after = "next" if words[after] == "next" else "last week", after + 2
    vague = says_any(words[at + 1 : at + 4], _OPEN) and after == at + 1
    return Mention(at, after, weekday=wanted, which=which, vague=vague)


def _holiday(words: Words, at: int, holiday: Holiday, today: date) -> Mention:
    before, after = word_at(words, at - 1), holiday.after
    which = before if before in ("last", "this", "next") else ""
    if words[after : after + 2] in (("last", "year"), ("this", "year"), ("next", "year")):
        year = today.year + {"last": -1, "this": 0, "next": 1}[words[after]]
        return Mention(at, after + 2, year=year, holiday=holiday, vague=holiday.shift is None)
    said = read_year(words, after + (word_at(words, after) in ("of", "in")))
    if said is None or said.short:
        return Mention(at, after, which=which, holiday=holiday, vague=holiday.shift is None)
    return Mention(at, said.after, year=said.value, holiday=holiday, vague=holiday.shift is None)


def _dated(words: Words, at: int) -> Mention | None:
    """Month and day, or day and month, with the year where it is said."""
    word = words[at]
    if "/" in word:
        return _slashed(word, at)
    if word in MONTHS:
        return _month_first(words, at)
    if word == "the" or read_ordinal(words, at)[0] is not None:
        found = _day_first(words, at)
        if found is not None:
            return found
    return _numeric(words, at) if not is_number_word(word_at(words, at - 1)) or word_at(words, at - 1) == "oh" else None


def _slashed(word: str, at: int) -> Mention:
    month, day, *year = word.split("/")
    if not year:
        return Mention(at, at + 1, month=int(month), day=int(day))
    long = len(year[0]) == 4
    garbled = len(year[0]) not in (2, 4)
    return Mention(
        at, at + 1, month=int(month), day=int(day), year=int(year[0]), short=not long, vague=garbled, garbled=garbled
    )


def _month_first(words: Words, at: int) -> Mention | None:
    behind = at + 1 + (word_at(words, at + 1) == "the")
    day, after = read_ordinal(words, behind)
    month = Mention(at, after, month=MONTHS[words[at]])
    if day is not None:
        return _with_year(words, replace(month, day=day))
    alone = read_year(words, at + 1)
    whole_month = alone is not None and not alone.short and not is_number_word(word_at(words, alone.after))
    day, after = _small(words, behind, 31)
    dated = None if day is None else _with_year(words, replace(month, day=day, after=after))
    if whole_month and alone is not None and (dated is None or dated.after <= alone.after):
        return replace(month, after=alone.after, year=alone.value, vague=True)
    return dated


def _day_first(words: Words, at: int) -> Mention | None:
    """ "The third of March eighty five", "3rd of March", "the third"."""
    the = words[at] == "the"
    day, after = read_ordinal(words, at + the)
    if day is None:
        return None
    named = after + (word_at(words, after) == "of")
    if word_at(words, named) in MONTHS and (named > after or word_at(words, named) not in ("may", "march")):
        return _with_year(words, Mention(at, named + 1, month=MONTHS[words[named]], day=day))
    ends = after == len(words) or words[after] in _BEHIND_ORDINAL
    if not (the or word_at(words, at - 1) == "on") or not ends:
        return None
    return Mention(at, after, day=day, vague=word_at(words, after) == "of")


def _with_year(words: Words, mention: Mention) -> Mention:
    year = read_year(words, mention.after + (word_at(words, mention.after) in ("of", "in")))
    return mention if year is None else replace(mention, after=year.after, year=year.value, short=year.short)


def _numeric(words: Words, at: int) -> Mention | None:
    """Numbers alone: "three three eighty five", "03031985", "1985-03-03", "3 march 1985"."""
    run = at
    while _is_digit(word_at(words, run)):
        run += 1
    if run - at in (6, 8) or len(words[at]) == 8:
        dated = _run(words, at, run)
        if dated is not None:
            return dated
    if len(words[at]) == 4 and words[at].isdecimal():
        return _year_first(words, at)
    first, between = _small(words, at, 99)
    if first is None:
        return None
    if word_at(words, between) in MONTHS:
        dated = _with_year(words, Mention(at, between + 1, month=MONTHS[words[between]], day=first))
        return dated if dated.year is not None else None
    between += word_at(words, between) in _JOINTS
    day, after = _small(words, between, 99)
    after += word_at(words, after) in _JOINTS
    year = None if day is None else read_year(words, after)
    if year is None:
        return None
    return Mention(at, year.after, month=first, day=day, year=year.value, short=year.short, numeric=True)


def _run(words: Words, at: int, run: int) -> Mention | None:
    """Digits without a gap: MMDDYYYY, written or one by one, and MMDDYY one by one where it begins with a zero."""
    spelled = run - at in (6, 8)
    digits = "".join(DIGITS.get(word, word) for word in words[at:run]) if spelled else words[at]
    if not (digits.isdecimal() and digits.isascii()) or (len(digits) == 6 and digits[0] != "0"):
        return None
    month, day, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    after = run if spelled else at + 1
    return Mention(at, after, month=month, day=day, year=year, short=len(digits) == 6, numeric=True)


def _year_first(words: Words, at: int) -> Mention | None:
    """ISO 8601: "1985-03-03"."""
    year = read_year(words, at)
    month, between = _small(words, at + 1, 99)
    day, after = _small(words, between, 99)
    if year is None or month is None or day is None:
        return None
    return Mention(at, after, month=month, day=day, year=year.value, numeric=True)


def _is_digit(word: str) -> bool:
    return word in DIGITS or (len(word) == 1 and word.isdecimal())


def _small(words: Words, at: int, most: int) -> tuple[int | None, int]:
    """A number of one or two digits: "three", "oh three", "03", "twenty one"."""
    word = word_at(words, at)
    if word.isdecimal() and word.isascii() and len(word) <= 2:
        value, after = int(word), at + 1
    elif word in ("oh", "o", "zero"):
        value, after = int(DIGITS.get(word_at(words, at + 1), "0")), at + 2
    else:
        small, after = read_below_hundred(words, at)
        value = small or 0
    return (value, after) if 0 < value <= most else (None, at)
