"""Whether a day and a time were heard to their ends: an hour that cannot be read, or a day of which only a part was
heard, must not become the whole day or the next one."""

from sop.slots.day_words import MONTHS, Days
from sop.slots.mending import HESITATIONS, is_numeric
from sop.slots.slot_type import Doubt
from sop.slots.spoken_numbers import read_ordinal
from sop.words import FILLERS, Words, phrase_list, says_any, word_set

_LEADS = word_set("at after before around between until till from past by")
"""Behind these an hour, a part of the day or a day must stand."""
_LOOSELY = word_set("about around like maybe the on next this")
_NO_HOUR = word_set("""
    work school that hours all home my the your his her our their least any anytime then here dinner breakfast i we she
    he they you me church class supper it there once
""")
"""Words behind "at" or "after" that make no hour expected."""
_MARKS = word_set("am pm o'clock oclock half quarter")
_NEAR = 2
"""Words between a day or a time and a number up to which the number belongs to it."""
_DATED = frozenset(MONTHS) - word_set("may march mar")
_NEXT = phrase_list("in the, this, first thing, tonight, early in, late in, tomorrow, today")
_BEFORE_NEXT = (
    FILLERS
    | HESITATIONS
    | word_set("""
    thing come out by over back here available free home be sometime maybe about then it make someone somebody me
    us him for early late again best works better do is would possible please no actually wait that's was i'd prefer
    need there at earliest first soon
    """)
)
_TRIFLES = (
    FILLERS
    | HESITATIONS
    | word_set("""
    i i'm we we're am are it it's that's is be at of the a to for me us you your can could would will just really fine
    good great works work thanks thank sir ma'am then any all day time home here there with whatever whenever come
    by get somebody someone out send over guess think say honestly pretty much anything either now today do does not
    matter don't care no yes and or flexible choose preference have need soon possible
    """)
)
"""Words beside "any time" that ask for no other time."""


def left_open(words: Words, days: Days, places: tuple[tuple[int, int], ...]) -> Doubt | None:
    """A doubt where an hour was said and not understood. `places` are the clock times and parts of the day."""
    taken = {at for start, after in (*days.places, *places) for at in range(start, after)}
    starts = {start for start, _ in (*days.places, *places)}
    for at, word in enumerate(words):
        if at in taken:
            continue
        if word in _LEADS and taken and not _followed(words, at, starts, bool(places)):
            return Doubt("which_time")
        if word in _DATED and words[at - 1 : at] != ("since",):
            return Doubt("which_day")
        near = 0 if days.dates and places and read_ordinal((word,), 0)[0] is None else _NEAR
        if (word in _MARKS or is_numeric(word)) and _near(at, taken, near) and not _is_pause(words, at):
            return Doubt("which_time" if days.dates else "which_day")
    if "between" in words and len(places) == 1 and words[places[0][0] - 1] == "between":
        return Doubt("which_time")
    return None


def names_next(words: Words, places: tuple[tuple[int, int], ...]) -> bool:
    """Whether a time without a day is that of the next day that has one: "in the morning", "first thing this
    afternoon"."""
    first = min((start for start, _ in places), default=len(words))
    for at in range(len(words)):
        if any(words[at : at + len(lead)] == lead for lead in _NEXT):
            return at == 0 or words[at - 1] in _BEFORE_NEXT or at >= first
    return False


def is_alone(words: Words, wanted: tuple[Words, ...]) -> bool:
    """Whether nothing else of weight stands beside the first of the phrases that is in the words."""
    for phrase in wanted:
        for at in range(len(words) - len(phrase) + 1):
            if words[at : at + len(phrase)] == phrase:
                return _TRIFLES.issuperset((*words[:at], *words[at + len(phrase) :]))
    return says_any(words, wanted)


def _followed(words: Words, at: int, starts: set[int], timed: bool) -> bool:
    """Whether a time or a day stands behind the preposition at `at`, or a word that makes another sense of it. "After
    work" is a time of its own where no other is said."""
    behind = at + 1
    while words[behind : behind + 1] and words[behind] in _LOOSELY:
        if behind in starts:
            return True
        behind += 1
    if behind in starts:
        return True
    word = words[at + 1] if at + 1 < len(words) else ""
    if not timed and words[at] in ("after", "before", "until", "till") and word not in ("all", "that"):
        return False
    return word in _NO_HOUR and (word not in ("the", "my", "your") or at + 2 < len(words))


def _near(at: int, taken: set[int], gap: int) -> bool:
    return any(other in taken for other in range(at - gap - 1, at + gap + 2))


def _is_pause(words: Words, at: int) -> bool:
    """ "Give me a second", "either one is fine", "first thing"."""
    if words[at] in ("first", "second") and words[at + 1 : at + 2] in (("thing",), ("floor",), ("available",)):
        return True
    if words[at] in ("o", "oh"):
        return True
    return words[at] in ("one", "second") and words[at - 1 : at] in (
        ("a",),
        ("either",),
        ("any",),
        ("that",),
        ("this",),
    )
