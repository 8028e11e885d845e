"""From the words of an address to its parts.

Read from left to right: house number, direction, street name, street type, direction, then unit, city, state and
ZIP in any order people use.
"""

from dataclasses import dataclass, replace

from sop.slots.spoken_numbers import (
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
    STATE_CODES,
    STATES,
    STOPS,
    SUFFIXES,
    UNITS,
)
from sop.words import FILLERS, Words, capitalised, find_phrase, phrase_list, strip_lead, word_set

_AFTER_CITY = word_set("and thanks thank please my zip um uh i that's it's yes okay ok but not sorry actually")
"""What may follow a city that nothing announced; before other words it was no city."""
LEADS = phrase_list("""
    wait, no wait, oh, almost, the address is, my address is, address is, the address, my address, i live
    at, i live on, we live at, we live on, i am at, i'm at, we're at, we are at, i'm on, we're on, it's at,
    it is at, it's on, it's, it is, its, that's, that is, that would be, located at, the house is at, you
    can come to, come to, let me see, let's see, sure, yes, yeah, no, actually, sorry, the service address
    is, i said, i meant, it should be, should be, at, number, i'm over at, over at, service address, home
    address, is, and, the, we, they're at
""")
_LONGEST_NUMBER = 6


@dataclass(frozen=True, slots=True)
class Address:
    """An address in parts; all but number and street may be empty."""

    number: str
    street: str
    suffix: str = ""
    unit: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""

    def written(self) -> str:
        place = " ".join(part for part in (self.state, self.zip) if part)
        street = " ".join(part for part in (self.number, self.street, self.suffix) if part)
        return ", ".join(part for part in (street, self.unit, self.city, place) if part)


def read_address(words: Words) -> Address | None:
    """The first address in `words`: the first number that a street follows.

    >>> read_address(("twenty", "two", "seventeen", "maple", "street", "springfield")).written()
    '2217 Maple Street, Springfield'
    """
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
            address = _tail(Address(number, name, suffix), words[end:])
            return address if address.unit else replace(address, unit=find_unit(words[:at]))
        at = max(after, at + 1)
        while at < len(words) and is_number_word(words[at]):
            at += 1
    return None


def named_road(name: str) -> bool:
    """Whether a street needs no type: "Broadway", "County Road 18"."""
    return name.rsplit(maxsplit=1)[-1].lower() in LONE_STREETS or name.rsplit(maxsplit=1)[-1].isdecimal()


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
    if end < len(words) and len(words[end]) == 1 and words[end] in "abcdfgh" and end + 1 < len(words):
        number, end = number + words[end].upper(), end + 1
    if not number or len(number) > _LONGEST_NUMBER or number.startswith("0"):
        return "", end
    return number, end


def _street(words: Words, at: int) -> tuple[str, str, int] | None:
    """(name with directions, type, index after) of the street at `at`."""
    while at < len(words) and words[at] in ("um", "uh", "er"):
        at += 1
    name: list[str] = []
    if at < len(words) and words[at] in DIRECTIONS and at + 1 < len(words) and words[at + 1] not in SUFFIXES:
        name.append(DIRECTIONS[words[at]])
        at += 1
    numbered = _numbered_road(words, at)
    if numbered:
        return " ".join([*name, numbered[0]]), "", numbered[1]
    words_at = len(name)
    while at < len(words) and len(name) - words_at < 4:
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


def _numbered_road(words: Words, at: int) -> tuple[str, int] | None:
    for form, name in NUMBERED_ROADS.items():
        if words[at : at + len(form)] == form:
            number, end = read_number(words, at + len(form))
            if number:
                return f"{name} {number}", end
    return None


def _tail(address: Address, words: Words) -> Address:
    """Unit, city, state and ZIP behind the street, until a word that belongs to none."""
    city: list[str] = []
    told = words[:1] == ("in",) or words[:2] == ("that's", "in")
    at = 0
    while at < len(words):
        word = words[at]
        unit, after = _unit(words, at)
        if unit:
            address, at = replace(address, unit=unit), after
        elif state_at := _state(words, at, bool(city)):
            address, at = replace(address, state=state_at[0]), state_at[1]
        elif is_number_word(word) or word == "zip":
            start = at
            while words[start : start + 1] and words[start] in ("zip", "code", "is"):
                start += 1
            digits, after = read_number(words, start)
            if len(digits) != 5:
                break
            address, at = replace(address, zip=digits), after
        elif word in ("in", "that's", "city", "of", "and", "the", "um", "uh", "is") and not city:
            if word == "and" and words[at + 1 : at + 2] and words[at + 1] in STOPS - {"that's", "the"}:
                break
            at += 1
        elif word in STOPS or not word.isalpha() or len(word) < 2 or len(city) == 3 or address.state:
            break
        else:
            city.append(capitalised(word))
            at += 1
    sure = told or address.state or address.zip or at >= len(words) or words[at] in _AFTER_CITY
    return replace(address, city=" ".join(city)) if sure and _is_city(city) else address


def find_unit(words: Words) -> str:
    """The first unit that `words` name ("unit twelve at forty one pine street"), or ""."""
    return next((found for at in range(len(words)) if words[at] in UNITS and (found := _unit(words, at)[0])), "")


def find_zip(words: Words) -> str:
    """The ZIP code behind "zip code is", or ""."""
    at = next((index for index, word in enumerate(words) if word == "zip"), len(words))
    while at < len(words) and words[at] in ("zip", "code", "is", "it's"):
        at += 1
    digits, _ = read_number(words, at)
    return digits if len(digits) == 5 else ""


def find_city(words: Words) -> str:
    """The city in "the city is dover" or "it's in dover, not albany", or ""."""
    for lead in (("city", "is"), ("town", "is"), ("city", "should", "be"), ("it's", "in"), ("in",)):
        at = find_phrase(words, lead)
        if at >= 0:
            return _tail(Address("1", "x"), words[at + len(lead) :]).city
    return ""


def _is_city(city: list[str]) -> bool:
    return bool(city) and len("".join(city)) >= 3 and not FILLERS.intersection(word.lower() for word in city)


def _unit(words: Words, at: int) -> tuple[str, int]:
    """The unit at `at`, as "Apartment 3B" or "2nd Floor", and the index after it; ("", at) for none."""
    ordinal, after = read_ordinal(words, at)
    if ordinal is not None and words[after : after + 1] == ("floor",):
        return f"{ordinal_digits(ordinal)} Floor", after + 1
    if words[at] not in UNITS and not (words[at] == "number" and at + 1 < len(words) and is_number_word(words[at + 1])):
        return "", at
    name, at = UNITS.get(words[at], "Unit"), at + 1
    while at < len(words) and words[at] in ("number", "unit", "is"):
        at += 1
    if at < len(words) and words[at][:-1].isdecimal() and words[at][-1:].isalpha():
        return f"{name} {words[at].upper()}", at + 1
    number, at = read_number(words, at)
    if at < len(words) and len(words[at]) == 1 and words[at].isalpha():
        number, at = number + words[at].upper(), at + 1
        if words[at : at + 2] == ("as", "in"):
            at += 3
    return (f"{name} {number}" if number else ""), at


def _state(words: Words, at: int, city_before: bool) -> tuple[str, int] | None:
    two = " ".join(words[at : at + 2])
    if two == "new york" and not city_before:
        return None
    if two in STATES:
        return STATES[two], at + 2
    if city_before and words[at] in STATES:
        return STATES[words[at]], at + 1
    if city_before and words[at] in STATE_CODES:
        return words[at].upper(), at + 1
    return None


def _state_word(word: str) -> bool:
    return word.lower() in STATES
