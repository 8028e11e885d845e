"""What makes an address that was read from a caller's words doubtful: a strange word at the house number, in the street
or behind the address, which may be a part that was misheard."""

import re

from sop.slots.address_tail import Address
from sop.slots.address_words import Place, is_letter, locate, starts_number
from sop.slots.misheard import AFTER_NUMBER, RESTART, SMALL
from sop.slots.spoken_numbers import is_number_word
from sop.slots.street_words import DIRECTIONS, STATES, SUFFIXES
from sop.words import FILLERS, word_set

_BEFORE = (
    RESTART
    | FILLERS
    | word_set("""
    at is it's its on to of that's and the address here's over near live lives be see said believe think located from
    number house home in
    """)
)
"""What may stand before a house number."""
_GOES_ON = (AFTER_NUMBER - {"that", "area", "the", "again", "x"}) | word_set("""
    with because but near by across it's today tomorrow tonight monday tuesday wednesday thursday friday saturday sunday
""")
"""Behind an address these begin something else."""
_NO_NAMES = word_set("won ate owe sex")
"""Digits misheard, which no street of several words begins with."""
_LONGEST_GAP = 3
_ORDINAL = re.compile(r"\d+(st|nd|rd|th)")
_FEWEST_OF_A_SENTENCE = 3


def address_doubt(place: Place) -> str:
    """Why the address may be another than it seems: "number", "street", "street_type", "zip", "unit", "city",
    "several"; or ""."""
    if _strange_number(place) or first_name(place.address) in _NO_NAMES:
        return "number"
    if strange_street(place.address.street, place.address.suffix):
        return "street"
    if place.flaw:
        return place.flaw
    rest = place.words[place.end :]
    other = locate(rest)
    if other and other.address.suffix and other.address.written() != place.address.written():
        return "several"
    return _strange_rest(rest)


def first_name(address: Address) -> str:
    """The first word of a street of several words, in lowercase, behind its direction; "" for a street of one word."""
    names = _without_directions(address.street)
    return names[0] if len(names) > 1 else ""


def _without_directions(street: str) -> list[str]:
    names = street.lower().split()
    while len(names) > 1 and names[0] in DIRECTIONS:
        names = names[1:]
    return names


def _strange_number(place: Place) -> bool:
    """Whether the word before the house number, or a number before that, may belong to it: "two plenty one south"."""
    before = place.words[: place.start]
    if not before:
        return False
    gap = before[-_LONGEST_GAP:]
    near = any(map(starts_number, gap)) and before[-1] != "at" and not RESTART.intersection(gap)
    return before[-1] not in _BEFORE or near


def strange_street(street: str, suffix: str) -> bool:
    """Whether a street has a name that none has: a type alone, a small word in it, a word before "42nd"."""
    names = _without_directions(street)
    alone = len(names) == 1 and names[0] in SUFFIXES and not suffix
    late = any(_ORDINAL.fullmatch(name) for name in names[1:])
    return alone or late or (bool(SMALL.intersection(names)) and not is_letter(street))


def _strange_rest(rest: tuple[str, ...]) -> str:
    """Why the words behind the address may have belonged to it: too few for a sentence, or a number among them."""
    if len(rest) <= _LONGEST_GAP and STATES.keys() & set(rest):
        return "city"
    if not rest or rest[0] in _GOES_ON or rest[0] in FILLERS:
        return ""
    if any(is_number_word(word) or len(word) == 1 for word in rest[:4]):
        return "unit"
    return "city" if len(rest) < _FEWEST_OF_A_SENTENCE else ""
