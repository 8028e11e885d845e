"""An option by its place among those read out: "the second one", "number two", "the last one"."""

from sop.slot_spec import SlotSpec
from sop.slots.mending import without_doubles
from sop.slots.slot_type import Doubt, Found
from sop.slots.spoken_numbers import read_below_hundred, read_ordinal
from sop.words import FILLERS, Words, word_set

_SHORT = 6
"""Words of an utterance up to which an option may be named by its place."""
_ORDER_SOFT = word_set(
    "the that this one a option choice number i'll i'd take want it's its that's is would be go with or"
)
_EITHER = word_set("either both any all whichever")
_EITHER_SOFT = _EITHER | word_set("of them one ones the is are fine works two i'd i'll take it's do really above")
_NUMBERED = ("number", "option", "choice")
_HOMOPHONES = {"to": "two", "too": "two", "for": "four", "won": "one", "ate": "eight"}
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
"""Numbers that name a place when nothing else is said. "One" may be anything."""
_ALONE = 0.7
"""Certainty of a number alone."""


def by_order(words: Words, spec: SlotSpec) -> Found | Doubt | None:
    """The option by its place among those read out: "the second one", "number two", "the last one"."""
    plain = _mended(tuple(word for word in words if word not in FILLERS))
    names = tuple(option.name for option in spec.options)
    if not plain or len(words) > _SHORT or not names:
        return None
    if not _EITHER.isdisjoint(plain) and _EITHER_SOFT.issuperset(plain):
        return Doubt("ambiguous", names[:3])
    alone = _WORDS.get(plain[0], 0) if len(plain) == 1 else 0
    if 0 < alone <= len(names):
        return Found(names[alone - 1], _ALONE)
    places: list[int] = []
    at = 0
    while at < len(plain):
        place, after = _place(plain, at, len(names))
        if place is None and plain[at] not in _ORDER_SOFT:
            return None
        places += [] if place is None else [place]
        at = max(after, at + 1)
    chosen = tuple(dict.fromkeys(names[place] for place in places if 0 <= place < len(names)))
    if not chosen or any(not 0 <= place < len(names) for place in places):
        return None
    return Found(chosen[0]) if len(chosen) == 1 else Doubt("ambiguous", chosen[:3])


def _place(words: Words, at: int, count: int) -> tuple[int | None, int]:
    """The place, from 0, that the words at `at` name, and the index behind."""
    before, after = words[at - 1] if at else "", words[at + 1 : at + 2]
    if words[at] in ("number", "option", "choice") and after:
        number, behind = read_below_hundred(words, at + 1)
        if number is None and after[0].isdecimal() and len(after[0]) == 1:
            number, behind = int(after[0]), at + 2
        return (None, at) if number is None else (number - 1, behind)
    if before == "one" or (before == "a" and after != ("one",)):
        return None, at
    if words[at] == "last":
        return count - 1, at + 1
    if words[at] in ("former", "latter") and count == 2:
        return ("former", "latter").index(words[at]), at + 1
    if words[at] == "middle" and count == 3:
        return 1, at + 1
    number, behind = read_ordinal(words, at)
    return (None, at) if number is None else (number - 1, behind)


def _mended(words: Words) -> Words:
    """Words said twice only once, numbers for their homophones: "number to", "the fourth won"."""
    once = without_doubles(words)
    last = len(once) - 1
    return tuple(
        _HOMOPHONES[word]
        if word in _HOMOPHONES and at and (once[at - 1] in _NUMBERED or (word == "won" and at == last))
        else word
        for at, word in enumerate(once)
    )
