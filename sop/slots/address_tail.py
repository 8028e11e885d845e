"""What follows the street of an address: unit, city, state and ZIP, in any order people use."""

from dataclasses import dataclass, replace

from sop.slots.misheard import DIGIT_SOUNDS, SMALL
from sop.slots.spoken_numbers import is_number_word, ordinal_digits, read_number, read_ordinal
from sop.slots.street_words import STATE_CODES, STATE_NAMES, STATES, STOPS, UNITS
from sop.words import FILLERS, Words, capitalised, find_phrase, phrase_list, word_set

_AFTER_CITY = word_set("and thanks thank please my zip um uh i that's it's yes okay ok but not sorry actually")
"""What may follow a city that nothing announced; before other words it was no city."""
_JOINTS = word_set("in that's city of and the um uh is")
"""What may stand between street and city."""
_TOWNS = phrase_list("town of, city of, village of, township of, borough of")
_WORDS_AT_AN_END = word_set("ok oh hi me")
_NUMBERED_UNITS = word_set("apartment apt unit suite ste lot")


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


def read_tail(address: Address, words: Words) -> tuple[Address, int, str]:
    """Unit, city, state and ZIP behind the street, until a word that belongs to none; the index of that word, and what
    was not understood."""
    city: list[str] = []
    told = words[:1] == ("in",) or words[:2] == ("that's", "in")
    at = city_at = 0
    flaw = ""
    while at < len(words):
        word = words[at]
        unit, after = _unit(words, at)
        if unit:
            address, at = replace(address, unit=unit), after
        elif word in _NUMBERED_UNITS:
            flaw = "unit"
            break
        elif state_at := _state(words, at, bool(city)):
            address, at = replace(address, state=state_at[0]), state_at[1]
        elif passed := _passed(address, words, at, bool(city)):
            at = passed
        elif is_number_word(word) or word == "zip" or _sounds_like_zip(words, at):
            digits, at = _zip(words, at)
            if not digits:
                flaw = "zip"
                break
            address = replace(address, zip=digits)
        elif word in STOPS or not word.isalpha() or len(word) < 2 or len(city) == 3 or address.state:
            break
        else:
            city_at = at if not city else city_at
            city.append(capitalised(word))
            at += 1
    sure = told or address.state or address.zip or at >= len(words) or words[at] in _AFTER_CITY
    if not (sure and _is_city(city)):
        return address, city_at if city else at, flaw
    return replace(address, city=" ".join(city)), at, flaw or _strange_city(city)


def _passed(address: Address, words: Words, at: int, city_before: bool) -> int:
    """The index behind what says nothing new at `at`: the house number once more ("that's one five"), or what leads to
    a city; 0 for none."""
    if words[at] == "that's":
        digits, after = read_number(words, at + 1)
        if digits == address.number and (after == len(words) or words[after] in _AFTER_CITY):
            return after
    if city_before or (words[at] not in _JOINTS and words[at : at + 2] not in _TOWNS):
        return 0
    return at + 2 if words[at : at + 2] in _TOWNS else 0 if _turns(words, at) else at + 1


def _turns(words: Words, at: int) -> bool:
    """Whether "and", "is" or "that's" begins something else: "and my number is", "that's o a k"."""
    following = words[at + 1] if at + 1 < len(words) else ""
    if words[at] == "that's":
        return len(following) == 1
    if words[at] == "is":
        return following in ("the", "my", "our")
    return words[at] == "and" and following in STOPS - {"that's", "the"}


def _strange_city(city: list[str]) -> str:
    return "city" if any(word.lower() in SMALL for word in city) else ""


def _sounds_like_zip(words: Words, at: int) -> bool:
    return words[at] in DIGIT_SOUNDS and len(_zip_run(words, at)) > 1 and bool(_zip(words, at)[0])


def _zip_run(words: Words, at: int) -> Words:
    """The words from `at` on that are numbers or sound like digits, as numbers."""
    end = at
    while end < len(words) and (is_number_word(words[end]) or words[end] in DIGIT_SOUNDS):
        end += 1
    return tuple(DIGIT_SOUNDS.get(word, word) for word in words[at:end])


def _zip(words: Words, at: int) -> tuple[str, int]:
    """The ZIP code at `at` and the index after it; "" where the digits are too few or too many."""
    while at < len(words) and words[at] in ("zip", "code", "is", "it's"):
        at += 1
    digits, after = read_number(words, at)
    if len(digits) not in (5, 9):
        run = _zip_run(words, at)
        digits, after = read_number(run)[0], at + len(run)
    return (digits[:5] if len(digits) in (5, 9) else ""), after


def find_unit(words: Words) -> str:
    """The first unit that `words` name ("unit twelve at forty one pine street"), or ""."""
    return next((found for at in range(len(words)) if words[at] in UNITS and (found := _unit(words, at)[0])), "")


def find_zip(words: Words) -> str:
    """The ZIP code behind "zip code is", or ""."""
    at = next((index for index, word in enumerate(words) if word == "zip"), len(words))
    return _zip(words, at)[0]


def find_city(words: Words) -> str:
    """The city in "the city is dover" or "it's in dover, not albany", or ""."""
    for lead in (("city", "is"), ("town", "is"), ("city", "should", "be"), ("it's", "in"), ("in",)):
        at = find_phrase(words, lead)
        if at >= 0:
            return read_tail(Address("1", "x"), words[at + len(lead) :])[0].city
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
    if not number and at < len(words) and words[at] in DIGIT_SOUNDS and name in ("Apartment", "Unit", "Suite"):
        number, at = read_number((DIGIT_SOUNDS[words[at]],))[0], at + 1
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
    last = at + 1 == len(words) and words[at] not in _WORDS_AT_AN_END
    zip_follows = at + 1 < len(words) and words[at + 1].isdecimal() and len(words[at + 1]) == 5
    if city_before and words[at].upper() in STATE_NAMES and (last or zip_follows or words[at] in STATE_CODES):
        return words[at].upper(), at + 1
    return None
