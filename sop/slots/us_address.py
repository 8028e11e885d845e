"""A street address in the United States, as said on the telephone.

A house number and a street name are required, the rest is what the caller adds. A correction may name only what
changes. Canonical: "2217 Maple Street, Apartment 4, Springfield, IL 62704".
"""

from dataclasses import dataclass, replace

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.address_doubts import address_doubt, first_name
from sop.slots.address_tail import Address, find_city, find_unit, find_zip
from sop.slots.address_words import (
    LEADS,
    Place,
    as_heard,
    house_number,
    is_letter,
    locate,
    named_road,
    read_address,
    starts_number,
)
from sop.slots.misheard import before_restart, last_restart
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.spoken_numbers import (
    is_number_word,
    speak_digits,
    speak_house_number,
    speak_ordinal,
)
from sop.slots.street_words import (
    DIRECTIONS,
    NAMELIKE,
    STATE_NAMES,
    SUFFIXES,
    UNITS,
)
from sop.words import FILLERS, Words, phrase_list, says, says_any, strip_lead, word_set

_UNSURE = 0.5
"""Certainty of an address whose street type may be missing."""
_DUBIOUS = 0.3
"""Certainty of one whose street may be a digit of its number, or the front of a name."""
_MAYBE_DIGITS = word_set("tree fore fife")
"""Names of streets begin with these, and digits sound like them."""


@dataclass(frozen=True, slots=True)
class UsAddress:
    """Number and street, then what the caller adds."""

    bias: tuple[str, ...] = ("street avenue road drive lane court boulevard", "north", "apartment")

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        words = as_heard(words)
        place = _latest(words)
        if isinstance(place, Doubt):
            return place
        if place is None:
            amended = _amended(words, context.current) if context.current else None
            return Found(amended.written()) if amended else _doubt(words)
        doubt = address_doubt(place)
        if doubt:
            return Doubt(doubt)
        address = _merged(place.address, context.current) if context.current else place.address
        if not address.suffix and not named_road(address.street):
            return Doubt("street_type")
        return Found(address.written(), _UNSURE if address.suffix in NAMELIKE else _certainty(address))

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        place = _latest(as_heard(words))
        if not isinstance(place, Place) or address_doubt(place):
            return None
        address = place.address
        if not (address.suffix or named_road(address.street)) or address.street == "A":
            return None
        merged = _merged(address, context.current) if context.current else address
        return Found(merged.written(), _certainty(address))

    def keys(self, spec: SlotSpec) -> int:
        return 0

    def sample(self, spec: SlotSpec) -> str:
        return "2217 Maple Street, Springfield"

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
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


def _latest(words: Words) -> Place | Doubt | None:
    """The address as the caller corrected it: the one behind the last "no" or "sorry", or the one before with what is
    said anew; a doubt where that is not understood."""
    behind = last_restart(words)
    said_last = locate(words[behind:])
    if said_last or not behind:
        return said_last
    before = before_restart(words, behind)
    place = _latest(before)
    if not isinstance(place, Place):
        return place
    tail = words[behind:]
    amended = _amended(tail, place.address.written())
    if amended:
        return replace(place, address=amended)
    understood = not tail or (words[len(before) : behind] == ("no",) and not any(map(is_number_word, tail)))
    return place if understood else Doubt("several")


def _doubt(words: Words) -> Doubt | None:
    words = strip_lead(words, LEADS, FILLERS)
    if words and all(is_number_word(word) for word in words):
        return Doubt("street")
    if any(word in SUFFIXES and index for index, word in enumerate(words)) and not says_any(words, _NOT_STREETS):
        return Doubt("number")
    return None


_NOT_STREETS = phrase_list("""
    no way, by the way, right away, close, point, run, pass, walk
""")


def _amended(words: Words, current: str) -> Address | None:
    """A correction without a whole address: another house number ("2219, not 2217"), street type, unit, ZIP or
    city."""
    old = read_address(tuple(current.lower().replace(",", "").split()))
    words = strip_lead(words, LEADS, FILLERS)
    if old is None or not words:
        return None
    number, end = house_number(words, 0) if starts_number(words[0]) else ("", 0)
    refused = (
        end + 2 if words[end : end + 2] == ("instead", "of") else end + 1 if words[end : end + 1] == ("not",) else 0
    )
    if len(number) >= 2 and refused and starts_number((*words, "")[refused]):
        return _renumbered(old, number, house_number(words, refused)[0])
    if len(number) >= 2 and (end == len(words) or words[end] in ("not", "instead", "please", "thanks")):
        return replace(old, number=number)
    unit, code, city = find_unit(words), find_zip(words), find_city(words)
    if unit or code or city:
        return replace(old, unit=unit or old.unit, zip=code or old.zip, city=city or old.city)
    suffix = next((SUFFIXES[word] for word in words if word in SUFFIXES), "")
    same_street = says(words, "not", "instead of", old.street.lower())
    return replace(old, suffix=suffix) if suffix and same_street and suffix != old.suffix else None


def _renumbered(old: Address, number: str, refused: str) -> Address | None:
    """`old` with `number` for what was refused, which is the whole house number or its end; None where it is neither,
    and `number` does not say it all."""
    if not refused:
        return None
    if old.number == refused or (len(number) >= len(old.number) and old.number.endswith(refused)):
        return replace(old, number=number)
    if old.number.endswith(refused) and len(number) == len(refused):
        return replace(old, number=old.number[: -len(refused)] + number)
    return old if old.number.endswith(number) else None


def _certainty(address: Address) -> float:
    return _DUBIOUS if is_letter(address.street) or first_name(address) in _MAYBE_DIGITS else 1.0


def _merged(new: Address, current: str) -> Address:
    """A correction names only what changes: "no, it's 2219 Maple" keeps the street type, unit and city it
    does not mention, as long as the street is the same."""
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
