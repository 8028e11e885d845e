"""A street address in the United States, as said on the telephone.

Read from left to right: house number, direction, street name, street type, direction, then unit, city, state and ZIP
in any order people use. A house number and a street name are required. Canonical:
"2217 Maple Street, Apartment 4, Springfield, IL 62704".
"""

from dataclasses import dataclass, replace

from sop.graph import SlotSpec
from sop.reading import Completeness
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.spoken_numbers import (
    ORDINALS,
    TENS,
    is_number_word,
    ordinal_digits,
    read_number,
    read_ordinal,
    speak_digits,
    speak_house_number,
    speak_ordinal,
)
from sop.slots.street_words import (
    DIRECTIONS,
    LONE_STREETS,
    NUMBERED_ROADS,
    STATE_CODES,
    STATE_NAMES,
    STATES,
    STOPS,
    SUFFIXES,
    UNITS,
)
from sop.words import FILLERS, Words, phrase_list, says, says_any, strip_lead

_LEADS = phrase_list("""
    the address is, my address is, address is, the address, my address, i live at, i live on, we live at, we
    live on, i am at, i'm at, we're at, we are at, i'm on, we're on, it's at, it is at, it's on, it's, it
    is, its, that's, that is, that would be, located at, the house is at, you can come to, come to, let me
    see, let's see, sure, yes, yeah, no, actually, sorry, the service address is, i said, i meant, it should
    be, should be, at, number, i'm over at, over at, service address, home address, is, and, the, we,
    they're at
""")
_CUES = phrase_list("""
    address is, i live at, i live on, we live at, i'm at, we're at, i am at, it's at, located at, address
    to, the house is at, come to, out to, over at, live at, come out to
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


@dataclass(frozen=True, slots=True)
class UsAddress:
    """Number and street, then what the caller adds."""

    bias: tuple[str, ...] = ("street avenue road drive lane court boulevard", "north", "apartment")
    keypad: int = 0
    sample: str = "2217 Maple Street, Springfield"

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        address = read_address(words)
        if address is None:
            amended = _amended(words, context.current) if context.current else None
            return Found(amended.written()) if amended else _doubt(words)
        if context.current:
            address = _merged(address, context.current)
        return Found(address.written(), 1.0 if address.suffix else 0.8)

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        address = read_address(words)
        if address is None or not (address.suffix or says_any(words, _CUES)):
            return None
        return Found((_merged(address, context.current) if context.current else address).written())

    def press(self, digits: str) -> Found | Doubt | None:
        return None

    def speak(self, value: str, spec: SlotSpec) -> str:
        return ", ".join(_spoken_part(part, index) for index, part in enumerate(value.split(", ")))

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        address = read_address(words)
        if address is None:
            return Completeness.PARTIAL if any(map(is_number_word, words)) else Completeness.OPEN
        if not address.suffix or words[-1] in UNITS or words[-1] in DIRECTIONS:
            return Completeness.PARTIAL
        return Completeness.COMPLETE if address.city or address.zip else Completeness.OPEN


def read_address(words: Words) -> Address | None:
    """The first address in `words`: the first number that a street follows.

    >>> read_address(("twenty", "two", "seventeen", "maple", "street", "apartment", "four", "springfield")).written()
    '2217 Maple Street, Apartment 4, Springfield'
    """
    words = strip_lead(words, _LEADS, FILLERS)
    at = 0
    while at < len(words):
        if not _starts_number(words[at]):
            at += 1
            continue
        number, after = _house_number(words, at)
        street = _street(words, after) if number else None
        if street and (street[1] or len(number) > 2 or _named_road(street[0])):
            name, suffix, end = street
            return _tail(Address(number, name, suffix), words[end:])
        at = max(after, at + 1)
        while at < len(words) and is_number_word(words[at]):
            at += 1
    return None


def _named_road(name: str) -> bool:
    """Whether a street needs no type: "Broadway", "County Road 18"."""
    return name.split()[-1].lower() in LONE_STREETS or name.split()[-1].isdecimal()


def _starts_number(word: str) -> bool:
    return is_number_word(word) or (word[:-1].isdecimal() and word[-1:].isalpha())


def _house_number(words: Words, at: int) -> tuple[str, int]:
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
        elif (
            word in SUFFIXES
            and (len(name) > words_at)
            and not (name[-1] == "St." and len(name) - words_at == 1)
        ):
            return _suffixed(words, at, name)
        elif word in STOPS or word in UNITS or is_number_word(word) or not word.replace("'", "").isalpha():
            break
        else:
            name.append(
                "St." if word in ("saint", "st") else word.title() if "'" not in word else word.capitalize()
            )
            at += 1
    body = name[words_at:]
    if not body or len("".join(body)) < 3:
        return None
    if body[0].lower() in LONE_STREETS:
        return " ".join(name[: words_at + 1]), "", at - len(body) + 1
    return (" ".join(name), "", at) if len(body) <= 2 and not _state_word(body[-1]) else None


def _suffixed(words: Words, at: int, name: list[str]) -> tuple[str, str, int]:
    """Take the street type at `at`, or the later one when two stand together ("forest glen court")."""
    while (
        at + 1 < len(words) and words[at + 1] in SUFFIXES and words[at + 1] not in ("st", "point", "heights")
    ):
        name.append(words[at].title())
        at += 1
    suffix, end = SUFFIXES[words[at]], at + 1
    if end < len(words) and words[end] in DIRECTIONS and not _leads_city(words, end):
        suffix, end = f"{suffix} {DIRECTIONS[words[end]]}", end + 1
    return " ".join(name), suffix, end


def _leads_city(words: Words, at: int) -> bool:
    """A direction with one more word behind it may be a city: "maple street north haven"."""
    following = words[at + 1] if at + 1 < len(words) else ""
    return (
        bool(following)
        and following not in STOPS
        and following not in UNITS
        and not is_number_word(following)
    )


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
    at = 0
    while at < len(words):
        word = words[at]
        unit, after = _unit(words, at)
        if unit:
            address, at = replace(address, unit=unit), after
        elif state_at := _state(words, at, bool(city)):
            address, at = replace(address, state=state_at[0]), state_at[1]
        elif is_number_word(word) or word == "zip":
            digits, after = read_number(
                words, at + 2 if words[at : at + 2] == ("zip", "code") else at + (word == "zip")
            )
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
            city.append(word.title())
            at += 1
    return replace(address, city=" ".join(city)) if _is_city(city) else address


def _is_city(city: list[str]) -> bool:
    return bool(city) and len("".join(city)) >= 3 and not FILLERS.intersection(word.lower() for word in city)


def _unit(words: Words, at: int) -> tuple[str, int]:
    """The unit at `at`, as "Apartment 3B" or "2nd Floor", and the index after it; ("", at) for none."""
    ordinal, after = read_ordinal(words, at)
    if ordinal is not None and words[after : after + 1] == ("floor",):
        return f"{ordinal_digits(ordinal)} Floor", after + 1
    if words[at] not in UNITS and not (
        words[at] == "number" and at + 1 < len(words) and is_number_word(words[at + 1])
    ):
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
    if two in STATES:
        return STATES[two], at + 2
    if city_before and words[at] in STATES:
        return STATES[words[at]], at + 1
    if city_before and words[at] in STATE_CODES:
        return words[at].upper(), at + 1
    return None


def _state_word(word: str) -> bool:
    return word.lower() in STATES


def _doubt(words: Words) -> Doubt | None:
    words = strip_lead(words, _LEADS, FILLERS)
    if words and all(is_number_word(word) for word in words):
        return Doubt("street")
    if any(word in SUFFIXES and index for index, word in enumerate(words)) and not says_any(
        words, _NOT_STREETS
    ):
        return Doubt("number")
    return None


_NOT_STREETS = phrase_list("""
    no way, by the way, right away, close, point, run, pass, walk
""")


def _amended(words: Words, current: str) -> Address | None:
    """A correction without a street: another house number ("2219, not 2217"), unit or street type."""
    old = read_address(tuple(current.lower().replace(",", "").split()))
    words = strip_lead(words, _LEADS, FILLERS)
    if old is None or not words:
        return None
    number, end = _house_number(words, 0) if _starts_number(words[0]) else ("", 0)
    if len(number) >= 2 and (end == len(words) or words[end] in ("not", "instead", "please", "thanks")):
        return replace(old, number=number)
    suffix = next((SUFFIXES[word] for word in words if word in SUFFIXES), "")
    if suffix and says(words, "not", "instead of") and suffix != old.suffix:
        return replace(old, suffix=suffix)
    unit = next(
        (found for at in range(len(words)) if words[at] in UNITS and (found := _unit(words, at)[0])), ""
    )
    return replace(old, unit=unit) if unit and unit != old.unit else None


def _merged(new: Address, current: str) -> Address:
    """A correction names only what changes: "no, it's 2219 Maple" keeps the street type, unit and city it does not
    mention, as long as the street is the same."""
    old = read_address(tuple(current.lower().replace(",", "").split()))
    if old is None or old.street.lower() != new.street.lower():
        return new
    if new.suffix and old.suffix and new.suffix != old.suffix:
        return replace(
            new,
            unit=new.unit or old.unit,
            city=new.city or old.city,
            state=new.state or old.state,
            zip=new.zip or old.zip,
        )
    return replace(
        new,
        suffix=new.suffix or old.suffix,
        unit=new.unit or old.unit,
        city=new.city or old.city,
        state=new.state or old.state,
        zip=new.zip or old.zip,
    )


def _spoken_part(part: str, index: int) -> str:
    words = part.split()
    said: list[str] = []
    for place, word in enumerate(words):
        if index == 0 and place == 0 and word.isdecimal():
            said.append(speak_house_number(word))
        elif word[:-2].isdecimal() and word[-2:] in ("st", "nd", "rd", "th"):
            said.append(speak_ordinal(int(word[:-2])))
        elif word.isdecimal():
            said.append(speak_digits(word) if len(word) == 5 else speak_house_number(word))
        elif word in STATE_NAMES and place == 0 and index:
            said.append(STATE_NAMES[word])
        elif word[:-1].isdecimal():
            said.append(f"{speak_house_number(word[:-1])} {word[-1]}")
        else:
            said.append("Saint" if word == "St." else word)
    return " ".join(said)
