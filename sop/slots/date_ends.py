"""What stands beside a date. It may complete it ("last month on the third", "nineteen eighty May fifth"); numbers left
over, or a strange word where a year would stand, are signs of one that was not heard to its ends."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

from sop.slots.date_words import Mention
from sop.slots.day_words import MONTHS, WEEKDAYS
from sop.slots.mending import HESITATIONS, is_numeric
from sop.slots.number_ends import is_plural
from sop.slots.slot_type import Doubt
from sop.slots.spoken_numbers import TENS, is_number_word, read_below_hundred, read_ordinal
from sop.slots.year_words import read_year
from sop.words import FILLERS, Words, singular, word_at, word_set

_NEAR = 4
"""Words beside a date within which a number belongs to it."""
_CLOSERS = FILLERS | word_set("""
    thanks thank sir ma'am maam i'm i we it it's that that's is was works work would will should if maybe probably
    yes yep no sorry wait actually please right correct exactly then and but or good great fine perfect because since
    morning afternoon evening night
""")
"""Words that may stand right behind a date, even at the end."""
_PARTING = HESITATIONS | word_set("thanks thank sir ma'am maam please yes yeah okay ok no sorry wait actually")
"""Words that may stand behind a number which could have gone on."""
_LAST = _PARTING | word_set("works maybe probably yep then instead exactly morning afternoon evening night now")
"""Words that may end an utterance right behind a date."""
_CLAUSES = word_set("""
    when where while after before at in on around about my our the a he she they there this with for from to by so
    instead between of
""")
"""Words that may stand right behind a date where more follows."""
_OPENERS = FILLERS | word_set("""
    on the in from since my about around with for to
    it's is was be it that's that i'm i we born birthday birthdate date dob day think thinking say guess believe see sir
    yes no sorry wait actually maybe and not until till than slash dash number try do take have make made mean rather
    happened since last next this started moved got did went came
""")
"""Words that may stand right before a date in numbers alone."""
_CLOCK = word_set("at around by before after between about until till past from")
_COUNTING = word_set("for with and plus need want have")
"""Words behind a date that lead to what is counted."""
_TIMES = word_set("hour day week month year")
_SINGLE = word_set("night day week month person guest room adult")
_HEADS = word_set("eighteen nineteen twenty")
"""Numbers that begin a year more often than they are its last two digits."""
_BEGUN = frozenset(TENS) | word_set("eighteen nineteen hundred thousand and oh")
"""Numbers that more often than not go on."""

RESTARTS = word_set("no sorry actually wait oops rather mean make instead")
"""Words behind which a date is said anew."""
_TO_ANEW = RESTARTS | FILLERS | word_set("i it's it was that's the")
_STEPS = {"last": -1, "this": 0, "next": 1}
_ANCHORS = {("today",): 0, ("tomorrow",): 1, ("yesterday",): -1}
_MONTHS_IN = {"month": 1, "months": 1, "year": 12, "years": 12}
_COUNTED = 5
"""Words that "two years ago" and the like may have."""
_BEFORE_A_YEAR = FILLERS | word_set("in it it's was the year is of that's i i'm born she he we happened")
"""Words around a year that is told alone."""


def completed(words: Words, mention: Mention, today: date) -> Mention:
    """`mention` with its month or year, or how long ago it was, where that is said before or behind it. A day that is
    said anew ("October twelfth, no, the thirteenth") takes the place of the first."""
    if mention.month is None:
        return _in_month(words, _long_ago(words, mention, today), today)
    if mention.year is None:
        for at in range(max(0, mention.start - _NEAR), mention.start):
            year = read_year(words, at)
            if year is not None and not year.short and words[year.after : mention.start] in ((), ("on",), ("the",)):
                mention = replace(mention, start=at, year=year.value)
                break
    return _said_anew(words, mention)


def _said_anew(words: Words, mention: Mention) -> Mention:
    at = mention.after
    while words[at : at + 1] and words[at] in _TO_ANEW:
        at += 1
    day, after = read_ordinal(words, at)
    behind = words[after : after + 1]
    if day is None or mention.day is None or RESTARTS.isdisjoint(words[mention.after : at]):
        return mention
    if behind and (behind[0] == "of" or behind[0] in MONTHS):
        return mention
    year = read_year(words, after)
    anew = replace(mention, day=day, after=after, weekday=None)
    return anew if year is None else replace(anew, after=year.after, year=year.value, short=year.short)


def _in_month(words: Words, mention: Mention, today: date) -> Mention:
    """ "Last month on the third", "the third of last month"; "last year on the third" leaves the month open."""
    if mention.day is None or mention.exact is not None:
        return mention
    start = mention.start - (words[mention.start - 1 : mention.start] == ("on",))
    behind = mention.after + (words[mention.after : mention.after + 1] == ("of",))
    for begins, at, ends in ((start - 2, start - 2, mention.after), (mention.start, behind, behind + 2)):
        named = words[at : at + 2] if at >= 0 else ()
        if len(named) == 2 and named[0] in _STEPS and named[1] in ("month", "year"):
            if named == ("last", "month") and at == behind:
                return mention
            year, month = divmod(today.year * 12 + today.month - 1 + _STEPS[named[0]], 12)
            vague = named[1] == "year"
            return replace(mention, start=begins, after=ends, month=month + 1, year=year, vague=vague)
    return mention


def _long_ago(words: Words, mention: Mention, today: date) -> Mention:
    """ "Two years ago tomorrow" is a day; "two years ago Friday" and "a few months ago on the third" are none."""
    start = mention.start
    while start and words[start - 1] in ("on", "last", "this", "the", "in"):
        start -= 1
    ends = [start] + [at + 1 for at in range(mention.after, min(len(words), mention.after + _COUNTED))]
    for end in ends:
        unit = _MONTHS_IN.get(words[end - 2]) if end >= 2 and words[end - 1] == "ago" else None
        if unit is None or mention.start <= end - 2 < mention.after:
            continue
        said = words[mention.start : mention.after]
        first = mention.after if end > start else max(0, end - _COUNTED)
        count, at = _count(words[: end - 2], first)
        if not count or said not in _ANCHORS or mention.exact is None:
            return replace(mention, vague=True)
        day = today + timedelta(days=_ANCHORS[said])
        year, month = divmod(day.year * 12 + day.month - 1 - count * unit, 12)
        last = monthrange(year, month + 1)[1]
        begins, after = (mention.start, end) if end > start else (at, mention.after)
        return replace(mention, start=begins, after=after, exact=date(year, month + 1, min(day.day, last)))
    return mention


def _count(words: Words, first: int) -> tuple[int, int]:
    """The number at the end of `words`, 1 of "about a", and its index; 0 for none, and for "a few"."""
    for at in range(first, len(words)):
        number, after = read_below_hundred(words, at)
        written = words[at]
        if written.isdecimal() and written.isascii() and len(written) <= 2:
            number, after = int(written), at + 1
        if number is not None and after == len(words):
            return number, at
    return (1, len(words) - 1) if words[-1:] in (("a",), ("an",)) else (0, len(words))


def begun(mention: Mention) -> str:
    """Month and day of a date whose year is missing or in doubt, as "--03-03" (ISO 8601); empty where one of them is
    missing too."""
    partial = mention.month and mention.day and mention.exact is None
    return f"--{mention.month:02}-{mention.day:02}" if partial else ""


def year_of(words: Words, before: str) -> Mention | None:
    """The date that was `begun` before, where the words are its year alone: "nineteen eighty", "I was born in 1980";
    without its year where that is only begun as well."""
    plain = tuple(word for word in words if word not in _BEFORE_A_YEAR)
    year = read_year(plain, 0) if before else None
    if year is None or year.after != len(plain):
        return None
    told = None if year.short and plain[-1] in _HEADS else year.value
    return Mention(0, len(words), month=int(before[2:4]), day=int(before[5:7]), year=told, short=year.short)


def left_open(words: Words, mention: Mention, said: tuple[Mention, ...], period: str) -> Doubt | None:
    """A doubt where the date `mention` is not all that was said of a date; `said` are all dates, refused ones too."""
    if _stray(words, mention, said, period):
        if words[mention.after : mention.after + 1] == ("or",):
            return Doubt("several")
        return Doubt("which_day" if mention.day is None or period == "future" else "which_year")
    if mention.short and words[mention.after - 1] in _HEADS:
        return Doubt("which_year")
    behind = words[mention.after : mention.after + 1]
    known = not behind or behind[0] in _CLOSERS or (behind[0] in _CLAUSES and mention.after + 1 < len(words))
    begun = (mention.day is not None or mention.holiday is not None) and words[mention.after - 1] in _BEGUN
    clause = known and mention.after + 2 < len(words)
    if len(behind) == 1 and mention.after + 1 == len(words):
        known = behind[0] in _LAST
    if behind and behind[0] in ("the", "next", "last") and mention.exact is None and not mention.which:
        return Doubt("which_year" if mention.day else "which_day")
    if begun and behind and behind[0] not in _PARTING and not clause:
        return Doubt("which_year")
    if not known and mention.day is not None and mention.year is None and period != "future":
        return Doubt("which_year")
    before = words[mention.start - 1 : mention.start] if mention.start else ()
    if mention.numeric and before and before[0] not in _OPENERS and not is_numeric(before[0]):
        return Doubt("which_day")
    return None


def _stray(words: Words, mention: Mention, said: tuple[Mention, ...], period: str) -> bool:
    """Whether a number or a month is left over near the date, other than a time of day or, in the future, a count."""
    for at in (*range(max(0, mention.start - 2), mention.start), *range(mention.after, mention.after + _NEAR)):
        word = words[at] if at < len(words) else ""
        if (word == "oh" and at < mention.start) or any(one.start <= at < one.after for one in said):
            continue
        # "May I": these months are words too.
        month = word in MONTHS and (word not in ("may", "march", "mar") or mention.day is None)
        weekday = word in WEEKDAYS and mention.weekday is None and at >= mention.after and mention.day is None
        count = period == "future" and _is_count(words, at, mention)
        if month or weekday or (is_numeric(word) and not count and not _is_clock(words, at, mention)):
            return True
    return False


def _is_count(words: Words, at: int, mention: Mention) -> bool:
    """Whether the number at `at` counts something of its own: "for three nights", "and i need two rooms"; but "Friday
    in two weeks" is another day."""
    if not is_number_word(word_at(words, at)):
        return False
    start, end = at, at
    while start and start != mention.after and is_number_word(words[start - 1]):
        start -= 1
    while is_number_word(word_at(words, end)):
        end += 1
    before, noun = word_at(words, start - 1) if start else "", word_at(words, end)
    if start == mention.after or (start > mention.after and before not in _COUNTING):
        return False
    if singular(noun) in _TIMES and before != "for":
        return False
    single = words[start:end] in (("one",), ("1",)) and noun in _SINGLE
    return single or (is_plural(noun) and noun not in _CLOSERS | _LAST and not noun.endswith("ties"))


def _is_clock(words: Words, at: int, mention: Mention) -> bool:
    """Whether the number at `at` is a time of day, or a year that was corrected."""
    start = at
    while start and is_numeric(words[start - 1]):
        start -= 1
    before, behind = words[start - 1 : start] if start else (), words[at + 1 : at + 3]
    told = before and before[0] in _CLOCK and at >= mention.after and words[start] not in TENS
    clock = not {"am", "pm", "o'clock", "a", "p"}.isdisjoint(behind)
    return bool(told) or clock or (words[at] in ("second", "sec") and before in (("a",), ("one",)))
