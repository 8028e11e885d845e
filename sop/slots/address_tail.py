"""What follows the street of an address: unit, city, state and ZIP, in any order people use."""

from dataclasses import dataclass, replace

from sop.slots.misheard import DIGIT_SOUNDS, SMALL
from sop.slots.spoken_numbers import is_number_word, ordinal_digits, read_number, read_ordinal
from sop.slots.street_words import STATE_CODES, STATE_NAMES, STATES, STOPS, SUFFIXES, UNITS
from sop.words import FILLERS, Words, capitalised, phrase_list, word_set

_AFTER_CITY = word_set("and thanks thank please my zip um uh i that's it's yes okay ok but not sorry actually")
"""What may follow a city that nothing announced; before other words it was no city."""
_JOINTS = word_set("in that's city of and the um uh is")
"""What may stand between street and city."""
_TOWNS = phrase_list("town of, city of, village of, township of, borough of")
_THE_TOWNS = word_set("bronx woodlands villages dalles hamptons")
_CITY_IS = phrase_list("city is, town is, city should be, town should be")
_IT_IS_IN = phrase_list("it's in, it is in, that's in, we're in, we are in, i'm in, i live in, we live in")
_BEFORE_IN = FILLERS | word_set("""
    it's that's it is that the we're we i i'm are am live actually no yes yep sorry wait and house home place building
    property address one this located zip code number should be
""")
"""What may stand before an "in" that leads to a town."""
_NO_TOWNS = word_set("""
    good bad great poor rough fine condition conditions shape order trouble danger need pain shock bed back front
    person cash general fact case advance charge total time service use pieces transit storage progress question here
    there wrong right incorrect correct okay different missing basement attic yard backyard garage kitchen hallway
    closet cellar crawlspace upstairs downstairs morning afternoon evening january february march april may june july
    august september october november december summer winter spring fall
""")
"""What is made of these words alone is no town."""
_ANY_TOWN = word_set("Town City Downtown Uptown Midtown Suburbs Countryside Outskirts")
"""Said of a place that is held already, these name no other."""
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
        elif _ends_city(words, at) or len(city) == 3 or address.state:
            break
        else:
            city_at = at if not city else city_at
            city.append(capitalised(word))
            at += 1
    sure = told or address.state or address.zip or at >= len(words) or words[at] in _AFTER_CITY
    sure = sure or _in_something(words, at)
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
    if city_before or _in_something(words, at) or (words[at] not in _JOINTS and words[at : at + 2] not in _TOWNS):
        return 0
    return at + 2 if words[at : at + 2] in _TOWNS else 0 if _turns(words, at) else at + 1


def _ends_city(words: Words, at: int) -> bool:
    return words[at] in STOPS or not words[at].isalpha() or len(words[at]) < 2 or _in_something(words, at)


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
    """The city in "the city is dover" or "it's in dover, not albany", or "". An "in" after anything but an address
    leads to none: "the furnace is in albany"."""
    for at in range(len(words)):
        told = next((at + len(lead) for lead in _CITY_IS + _IT_IS_IN if words[at : at + len(lead)] == lead), 0)
        if not told and words[at] == "in" and _leads_to_in(words[:at]):
            told = at + 1
        if told and not _in_something(words, told - 1):
            city = read_tail(Address("1", "x"), words[told:])[0].city
            if city and city not in _ANY_TOWN:
                return city
    return ""


def _leads_to_in(before: Words) -> bool:
    """Whether the words before an "in" speak of an address: "it's", "apartment four", "maple street"."""
    if before[-1:] != () and before[-1] in SUFFIXES:
        return True
    return all(word in _BEFORE_IN or word in UNITS or is_number_word(word) for word in before)


def _in_something(words: Words, at: int) -> bool:
    """Whether the "in" at `at` has an article behind it and no town: "in the basement", not "in the town of dover"."""
    if words[at : at + 1] != ("in",) or words[at + 1 : at + 2] not in (("the",), ("a",), ("an",)):
        return False
    return words[at + 2 : at + 4] not in _TOWNS and words[at + 2 : at + 3] not in {(town,) for town in _THE_TOWNS}


def _is_city(city: list[str]) -> bool:
    named = frozenset(word.lower() for word in city)
    return len("".join(city)) >= 3 and not FILLERS & named and not named <= _NO_TOWNS


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
