"""Whether a date was heard to its ends: numbers left over beside it, or a strange word where a year would stand, are
signs of one that was not."""

from sop.slots.date_words import Mention
from sop.slots.day_words import MONTHS, WEEKDAYS
from sop.slots.mending import HESITATIONS, is_numeric
from sop.slots.slot_type import Doubt
from sop.slots.spoken_numbers import TENS
from sop.words import FILLERS, Words, word_set

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
_BEGUN = frozenset(TENS) | word_set("eighteen nineteen hundred thousand and oh")
"""Numbers that more often than not go on."""


def left_open(words: Words, mention: Mention, said: tuple[Mention, ...], period: str) -> Doubt | None:
    """A doubt where the date `mention` is not all that was said of a date; `said` are all dates, refused ones too."""
    if _stray(words, mention, said):
        if words[mention.after : mention.after + 1] == ("or",):
            return Doubt("several")
        return Doubt("which_day" if mention.day is None else "which_year")
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


def _stray(words: Words, mention: Mention, said: tuple[Mention, ...]) -> bool:
    """Whether a number or a month is left over near the date, other than a time of day."""
    for at in (*range(max(0, mention.start - 2), mention.start), *range(mention.after, mention.after + _NEAR)):
        word = words[at] if at < len(words) else ""
        if (word == "oh" and at < mention.start) or any(one.start <= at < one.after for one in said):
            continue
        # "May I": these months are words too.
        month = word in MONTHS and (word not in ("may", "march", "mar") or mention.day is None)
        weekday = word in WEEKDAYS and mention.weekday is None and at >= mention.after and mention.day is None
        if month or weekday or (is_numeric(word) and not _is_clock(words, at, mention)):
            return True
    return False


def _is_clock(words: Words, at: int, mention: Mention) -> bool:
    """Whether the number at `at` is a time of day, or a year that was corrected."""
    start = at
    while start and is_numeric(words[start - 1]):
        start -= 1
    before, behind = words[start - 1 : start] if start else (), words[at + 1 : at + 3]
    told = before and before[0] in _CLOCK and at >= mention.after and words[start] not in TENS
    clock = not {"am", "pm", "o'clock", "a", "p"}.isdisjoint(behind)
    return bool(told) or clock or (words[at] in ("second", "sec") and before in (("a",), ("one",)))
