"""From the words of an address to its parts.

Read from left to right: house number, direction, street name, street type, direction, then unit, city, state and
ZIP in any order people use.
"""

from dataclasses import dataclass, replace

from sop.slots.address_tail import Address, find_unit, read_tail
from sop.slots.misheard import DIGIT_SOUNDS, with_restarts, without_doubled
from sop.slots.spoken_numbers import (
    DIGITS,
    ORDINALS,
    TENS,
    is_number_word,
    ordinal_digits,
    read_number,
    read_ordinal,
)
from sop.slots.street_words import (
    DIRECTIONS,
    LONE_STREETS,
    NUMBERED_ROADS,
    SOUNDS,
    STATES,
    STOPS,
    SUFFIXES,
    UNITS,
)
from sop.words import FILLERS, Words, capitalised, phrase_list, strip_lead, word_set

LEADS = phrase_list("""
    wait, no wait, oh, almost, the address is, my address is, address is, the address, my address, i live
    at, i live on, we live at, we live on, i am at, i'm at, we're at, we are at, i'm on, we're on, it's at,
    it is at, it's on, it's, it is, its, that's, that is, that would be, located at, the house is at, you
    can come to, come to, let me see, let's see, sure, yes, yeah, no, actually, sorry, the service address
    is, i said, i meant, it should be, should be, at, number, i'm over at, over at, service address, home
    address, is, and, the, we, they're at
""")
_LONGEST_NUMBER = 6
_TITLES = word_set("Doctor Dr Junior Jr Senior")
"""Beside a name they count as no word of it."""
_TWICE = word_set("walla pago bora")
"""Halves of names like Walla Walla."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address and where it stands in the words."""

    address: Address
    words: Words
    """Without what leads to it."""
    start: int
    """Index of the house number."""
    end: int
    """Index behind the last word that belongs to it."""
    flaw: str = ""
    """Why a part of it was not understood: "zip", "unit", "city"."""


def as_heard(words: Words) -> Words:
    """The words without doubled ones, with "sorry" for "i mean", and with digits, street types and units for words that
    sound like them where these must stand."""
    words = with_restarts(without_doubled(words, _TWICE))
    words = strip_lead(words, LEADS, FILLERS)
    half = len(words) // 2
    words = words[:half] if words[:half] == words[half:] else words
    return tuple(_repaired(words, at) for at in range(len(words)))


def _repaired(words: Words, at: int) -> str:
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    before = words[at - 1] if at else ""
    if word in DIGIT_SOUNDS and (not at or before in DIGITS or before in TENS) and is_number_word(following):
        return DIGIT_SOUNDS[word]
    if SOUNDS.get(word) in UNITS:
        return SOUNDS[word] if is_number_word(following) else word
    return SOUNDS[word] if word in SOUNDS and any(map(is_number_word, words[: max(0, at - 1)])) else word


def read_address(words: Words) -> Address | None:
    """The first address in `words`: the first number that a street follows.

    >>> read_address(("twenty", "two", "seventeen", "maple", "street", "springfield")).written()
    '2217 Maple Street, Springfield'
    """
    place = locate(words)
    return place.address if place else None


def locate(words: Words) -> Place | None:
    """The first address in `words` and where it stands."""
    words = strip_lead(words, LEADS, FILLERS)
    at = 0
    while at < len(words):
        if not starts_number(words[at]):
            at += 1
            continue
        number, after = house_number(words, at)
        street = _street(words, after) if number else None
        if street and (street[1] or len(number) > 2 or named_road(street[0])):
            name, suffix, end = street
            address, behind, flaw = read_tail(Address(number, name, suffix), words[end:])
            address = address if address.unit else replace(address, unit=find_unit(words[:at]))
            return Place(address, words, at, end + behind, flaw)
        at = max(after, at + 1)
        while at < len(words) and is_number_word(words[at]):
            at += 1
    return None


def named_road(name: str) -> bool:
    """Whether a street needs no type: "Broadway", "County Road 18", "Avenue B"."""
    last = name.rsplit(maxsplit=1)[-1]
    return last.lower() in LONE_STREETS or last.isdecimal() or is_letter(name)


def is_letter(name: str) -> bool:
    """Whether a street is called by a letter: "B", "North B", "Avenue B"."""
    *before, last = name.split()
    return len(last) == 1 and all(part == "Avenue" or part.lower() in DIRECTIONS for part in before)


def starts_number(word: str) -> bool:
    return is_number_word(word) or (word[:-1].isdecimal() and word[-1:].isalpha())


def house_number(words: Words, at: int) -> tuple[str, int]:
    """The house number at `at` ("2217", "224B") and the index after it. Tens that belong to an ordinal street
    ("one oh five twenty third street") stay with the street."""
    if words[at][:-1].isdecimal() and words[at][-1:].isalpha():
        return words[at].upper(), at + 1
    if words[at].isdecimal():
        number, end = words[at], at + 1
        if end < len(words) and words[end].isdecimal():
            return "", end
    else:
        stop = next((index for index in range(at, len(words)) if words[index] in ORDINALS), len(words))
        if stop < len(words) and stop - 1 > at and words[stop - 1] in TENS and ORDINALS[words[stop]] < 10:
            stop -= 1
        number, end = read_number(words[:stop], at)
        if len(number) == 1 and end == stop and words[stop : stop + 1] and words[stop] in TENS:
            # "four fifty fifth avenue" is likelier 450 5th than 4 55th.
            number, end = read_number(words[: stop + 1], at)
    if end < len(words) and len(words[end]) == 1 and words[end] in "abcdfgh" and _goes_on(words, end + 1):
        number, end = number + words[end].upper(), end + 1
    if not number or len(number) > _LONGEST_NUMBER or number.startswith("0"):
        return "", end
    return number, end


def _goes_on(words: Words, at: int) -> bool:
    """Whether a street may begin at `at`: a type alone belongs to the letter before it, as in "b street"."""
    after = words[at + 1] if at + 1 < len(words) else ""
    return at < len(words) and not (words[at] in SUFFIXES and after not in SUFFIXES)


def _street(words: Words, at: int) -> tuple[str, str, int] | None:
    """(name with directions, type, index after) of the street at `at`."""
    while at < len(words) and words[at] in ("um", "uh", "er"):
        at += 1
    name: list[str] = []
    if at < len(words) and words[at] in DIRECTIONS and at + 1 < len(words) and words[at + 1] not in SUFFIXES:
        name.append(DIRECTIONS[words[at]])
        at += 1
    named = _numbered_road(words, at, name) or _lettered_street(words, at, name)
    if named:
        return named
    words_at = len(name)
    while at < len(words) and sum(part not in _TITLES for part in name[words_at:]) < 4 + (words[at] in SUFFIXES):
        word = words[at]
        ordinal, after = read_ordinal(words, at)
        if ordinal is not None:
            name.append(ordinal_digits(ordinal))
            at = after
        elif word in SUFFIXES and (len(name) > words_at) and not (name[-1] == "St." and len(name) - words_at == 1):
            return _suffixed(words, at, name)
        elif word in STOPS or word in UNITS or is_number_word(word) or not word.replace("'", "").isalpha():
            break
        else:
            name.append("St." if word in ("saint", "st") else capitalised(word))
            at += 1
    body = name[words_at:]
    if not body or len("".join(body)) < 3:
        return None
    if body[0].lower() in LONE_STREETS:
        return " ".join(name[: words_at + 1]), "", at - len(body) + 1
    return (" ".join(name), "", at) if len(body) <= 2 and not _state_word(body[-1]) else None


def _suffixed(words: Words, at: int, name: list[str]) -> tuple[str, str, int]:
    """Take the street type at `at`, or the later one when two stand together ("forest glen court")."""
    while at + 1 < len(words) and words[at + 1] in SUFFIXES and words[at + 1] not in ("st", "point", "heights"):
        name.append(words[at].title())
        at += 1
    suffix, end = SUFFIXES[words[at]], at + 1
    if end < len(words) and words[end] in DIRECTIONS and not _leads_city(words, end):
        suffix, end = f"{suffix} {DIRECTIONS[words[end]]}", end + 1
    return " ".join(name), suffix, end


def _leads_city(words: Words, at: int) -> bool:
    """A direction with one more word behind it may be a city: "maple street north haven"."""
    following = words[at + 1] if at + 1 < len(words) else ""
    return bool(following) and following not in STOPS and following not in UNITS and not is_number_word(following)


def _lettered_street(words: Words, at: int, direction: list[str]) -> tuple[str, str, int] | None:
    """(name, type, index after) of "a street" or "avenue b" at `at`, with its direction."""
    one, two = (*words[at : at + 2], "", "")[:2]
    if len(one) == 1 and one.isalpha() and SUFFIXES.get(two) in ("Street", "Avenue"):
        return _suffixed(words, at + 1, [*direction, one.upper()])
    follows = words[at + 2] if at + 2 < len(words) else ""
    spelled = len(follows) == 1 or follows in SUFFIXES
    if one in ("avenue", "ave") and len(two) == 1 and two.isalpha() and not spelled:
        return " ".join([*direction, "Avenue", two.upper()]), "", at + 2
    return None


def _numbered_road(words: Words, at: int, direction: list[str]) -> tuple[str, str, int] | None:
    for form, name in NUMBERED_ROADS.items():
        if words[at : at + len(form)] == form:
            number, end = read_number(words, at + len(form))
            if number:
                return " ".join([*direction, name, number]), "", end
    return None


def _state_word(word: str) -> bool:
    return word.lower() in STATES
