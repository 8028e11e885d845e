"""Stand-ins: for each value of a call another of the same type and shape, the same wherever it stands.

- a name: other names, word by word, so that a family name said alone stays the same family's
- a telephone number: 415-555-01xx, set aside for fiction; an extension other digits
- an address: other numbers, streets, towns and states; kinds of street, directions and units stay
- an e-mail address: other words at example.com
- an identification: other digits, as many, with a right check digit where one is asked for
- a date: stays, since days are what a procedure goes by; but one more than a year back, or a private one, becomes
  another at which whoever was born then has the same age
- what was said freely: neutral words; its topic stays, where the procedure may act on it; a question to the business
  keeps its plain words
- choices, yes and no, amounts and counts stay; a private amount is cut to its first digit

Stand-ins are dealt in the order of the values, never computed from them: nothing of a value is left in its stand-in but
its length.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sop.slots.digits import passes_luhn
from sop.slots.name_words import PARTICLES, TITLES
from sop.slots.spoken_numbers import is_number_word
from sop.slots.street_words import DIRECTIONS, LONE_STREETS, NUMBERED_ROADS, STATE_NAMES, SUFFIXES, UNITS
from sop.topics import find_topics
from sop.words import split_words
from voice.replaying.scrub.birthdays import moved
from voice.replaying.scrub.plain_words import Vocabulary

KEPT = frozenset({"choice", "yes_no", "number", "money", "time_window"})
"""Slot types whose values tell nobody who spoke."""
TEXT = "text"
"""What a tool answered or the business knew of the caller: any text."""

_FIRST = "henry nancy martin angela peter sandra victor emily gregory kimberly justin donna walter anna jerry".split()
_LAST = "jenkins fletcher carter sanders barrett bennett porter patterson collins butler powell walker".split()
_STREETS = "walnut cedar orchard sunset prospect willow juniper highland meadow cherry harbor jefferson".split()
_TOWNS = "greenville lexington madison arlington rochester columbia denver milton charleston portland salem".split()
"""Of each, words that the voice which comes with Switchboard says so that its recogniser hears them."""
_STATES = ("OH", "CO", "VT", "KS", "UT")
_DIGITS = "7391846205847136928041573620491862570318"
_FREE = ("something about it", "a few words about that", "a little more about it", "a short message about it")
_TOPICS = {
    "health": "my health",
    "dispute": "a disputed charge",
    "fraud": "fraud",
    "legal": "a lawyer",
    "bereavement": "a funeral",
}
_OTHER = "Sample"
_SPOKEN_FOR = (0, 99)
"""Of 415-555-01xx: the business's own number in a copy, and a person who is rung."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?")
_PHONE = re.compile(r"\+[1-9]\d{6,14}(?:;ext=\d+)?")
_DECIMAL = re.compile(r"-?\d{1,3}(?:\.\d+)?|-?\d+\.\d+")
_ROAD_WORDS = frozenset(word for form in NUMBERED_ROADS for word in form)
_STAYING = frozenset(SUFFIXES.values()) | frozenset(UNITS.values()) | frozenset(DIRECTIONS.values())

STAFF = "staff"
"""The name of somebody of the business's, or of a place of theirs: one in the procedure's own words stays."""


@dataclass(frozen=True, slots=True)
class Held:
    """A value that a call held."""

    kind: str
    """A slot's type, or `TEXT`."""
    value: str
    """Canonical."""
    label: str
    """What it is, for a message: never the value."""
    private: bool = False
    luhn: bool = False
    asks: bool = False
    """Whether the business's own answers are looked up by it."""


@dataclass(frozen=True, slots=True)
class StandIns:
    """What stands for what."""

    values: Mapping[str, str]
    """Canonical value → canonical stand-in, of everything that is replaced."""
    words: Mapping[str, str]
    """Lowercase words of names, addresses and e-mail addresses → another."""
    digits: Mapping[str, str]
    """Digits → as many others."""

    def of(self, value: str) -> str:
        """What stands for a value; the value itself where it stays."""
        return self.values.get(value, value)

    def other_digits(self, digits: str) -> str:
        """What stands for any run of digits, known or not: as many others."""
        known = self.digits.get(digits)
        return known if known is not None else _unlike(digits, itertools.count(len(digits)))


def stand_ins(held: Iterable[Held], *, now: str, own: Vocabulary = frozenset(), attempt: int = 0) -> StandIns:
    """Stand-ins for all values of a call. `now`: when it began; `own`: the procedure's words, which stay; another
    `attempt` gives others."""
    return _Dealer(tuple(held), now, own, attempt).deal()


class _Dealer:
    def __init__(self, held: tuple[Held, ...], now: str, own: Vocabulary, attempt: int) -> None:
        self._held = held
        self._now = now
        self._own = own
        self._attempt = attempt
        self._values: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._digits: dict[str, str] = {}
        taken = frozenset(word for one in held for word in split_words(one.value))
        self._numbers = frozenset(re.sub(r"\D", "", one.value.removeprefix("+1")) for one in held)
        self._first = _dealt(_FIRST, taken, attempt)
        self._last = _dealt(_LAST, taken, attempt)
        self._streets = _dealt(_STREETS, taken, attempt)
        self._towns = _dealt(_TOWNS, taken, attempt)
        self._free = itertools.cycle(_FREE)
        self._phones = itertools.count(40 + 17 * attempt)
        self._step = itertools.count(3 + 11 * attempt)

    def deal(self) -> StandIns:
        order = ("person_name", STAFF, "phone", "us_address", "digits", "email")
        ranked = sorted(self._held, key=lambda one: order.index(one.kind) if one.kind in order else len(order))
        for one in ranked:
            if one.value and one.value not in self._values:
                other = self._other(one)
                if other != one.value:
                    self._values[one.value] = other
        return StandIns(self._values, self._words, self._digits)

    def _other(self, one: Held) -> str:
        made = {
            "person_name": self._name,
            "phone": self._phone,
            "us_address": self._address,
            "email": self._email,
        }
        if one.kind in made:
            return made[one.kind](one.value)
        if one.kind == STAFF:
            own = all(word in self._own or is_number_word(word) for word in split_words(one.value))
            return one.value if own else self._name(one.value)
        if one.kind == "free_text":
            return self._freely(one.value, asks=one.asks)
        if one.kind == "digits":
            return self._number(one.value, luhn=one.luhn)
        if one.kind == "date":
            return moved(one.value, self._now, private=one.private, attempt=self._attempt)
        if one.kind in KEPT:
            return _coarse(one.value) if one.private and one.kind in ("number", "money") else one.value
        return self._text(one.value)

    def _word(self, word: str, pool: Iterator[str]) -> str:
        """A word's stand-in, as the word is written."""
        low = word.lower()
        if low not in self._words:
            self._words[low] = next(pool)
        other = self._words[low]
        return other.title() if word[:1].isupper() else other

    def _name(self, value: str) -> str:
        parts = value.split()
        titles = frozenset(title.lower() for title in TITLES.values())
        return " ".join(
            part
            if part.lower() in PARTICLES or part.lower() in titles
            else self._word(part, self._last if place and place == len(parts) - 1 else self._first)
            for place, part in enumerate(parts)
        )

    def _phone(self, value: str) -> str:
        number, mark, extension = value.partition(";ext=")
        own = number.removeprefix("+1") if len(number) == 12 else number.removeprefix("+")
        if own not in self._digits:
            fiction = (f"41555501{n % 100:02d}" for n in self._phones if n % 100 not in _SPOKEN_FOR)
            self._digits[own] = next(one for one in fiction if one[-4:] != own[-4:] and one not in self._numbers)
        return f"+1{self._digits[own]}{mark}{self._number(extension) if extension else ''}"

    def _number(self, digits: str, *, luhn: bool = False) -> str:
        """As many other digits. One or two are remembered for nothing else: "four" is any four."""
        if len(digits) < 3:
            return _unlike(digits, self._step)
        if digits not in self._digits:
            dealt = (_unlike(digits, self._step, luhn=luhn) for _ in itertools.count())
            self._digits[digits] = next(one for one in dealt if one not in self._numbers)
        return self._digits[digits]

    def _address(self, value: str) -> str:
        parts = value.split(", ")
        return ", ".join(
            " ".join(
                self._of_address(word, part.split(), first=not place, named=_goes_on(part.split(), at))
                for at, word in enumerate(part.split())
            )
            for place, part in enumerate(parts)
        )

    def _of_address(self, word: str, part: list[str], *, first: bool, named: bool) -> str:
        unit = part[0] in UNITS.values()
        if word in STATE_NAMES and not first:
            return self._state(word)
        if (word in _STAYING and not named) or (word.lower() in _ROAD_WORDS and any(map(str.isdecimal, part))):
            return word
        if word.lower() in LONE_STREETS:
            return "Boardwalk" if word != "Boardwalk" else "Promenade"
        found = re.fullmatch(r"(\d+)(st|nd|rd|th|[A-Z])?", word)
        if found is None:
            pool = self._streets if first else self._towns
            return _letter(word) if unit and len(word) == 1 else self._word(word, pool)
        if found[2] and len(found[2]) == 2:
            return "9th" if word != "9th" else "14th"
        return self._number(found[1]) + (found[2] or "")

    def _state(self, code: str) -> str:
        other = next(state for state in _STATES[self._attempt % 3 :] if state != code)
        for old, new in ((code, other), (STATE_NAMES[code], STATE_NAMES[other])):
            if " " not in old:
                self._words.setdefault(old.lower(), new.lower())
        return other

    def _email(self, value: str) -> str:
        local = value.partition("@")[0]
        pieces = re.split(r"([._+-]|\d+)", local)
        return "".join(self._of_email(piece) for piece in pieces) + "@example.com"

    def _of_email(self, piece: str) -> str:
        if piece.isdecimal():
            return self._number(piece)
        if not piece.isalpha():
            return piece
        return _letter(piece) if len(piece) == 1 else self._word(piece, self._first)

    def _freely(self, value: str, *, asks: bool) -> str:
        kept = " ".join(word for word in split_words(value) if word in self._own)
        if asks and kept:
            return kept
        topics = find_topics(split_words(value))
        return f"something about {_TOPICS[topics[0]]}" if topics else next(self._free)

    def _text(self, value: str) -> str:
        if _MOMENT.fullmatch(value) or _DECIMAL.fullmatch(value):
            return value
        if _PHONE.fullmatch(value):
            return self._phone(value)
        if re.fullmatch(r"\S+@\S+\.\S+", value):
            return self._email(value)
        return re.sub(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+", self._of_text, value)

    def _of_text(self, found: re.Match[str]) -> str:
        word = found[0]
        if word.isdecimal():
            return self._number(word) if len(word) > 2 else word
        low = word.lower()
        if low in self._words:
            return self._word(word, iter(()))
        return word if low in self._own else _OTHER


def _goes_on(part: list[str], at: int) -> bool:
    """Whether a kind of street at this place is a part of the name of another: "Fox Hollow Road"."""
    kinds = SUFFIXES.values()
    return part[at] in kinds and any(word in kinds for word in part[at + 1 :])


def _dealt(pool: list[str], taken: frozenset[str], attempt: int) -> Iterator[str]:
    """The words of a pool in turn, none of which is a word of the call's values; with a second word behind, where there
    are not enough."""
    free = [word for word in pool if word not in taken]
    begin = attempt * 5 % len(free)
    turned = free[begin:] + free[:begin]
    return itertools.chain(turned, (one + other for one in turned for other in ("son", "field", "ton")))


def _unlike(digits: str, steps: Iterator[int], *, luhn: bool = False) -> str:
    """As many digits with another ending; no zero leads."""
    size = len(digits)
    turned = (_DIGITS[step % len(_DIGITS) :] + _DIGITS * (size // len(_DIGITS) + 2) for step in steps)
    for candidate in (one[:size] for one in turned):
        others = [candidate[:-1] + last for last in "0123456789"] if luhn else [candidate]
        for one in others:
            if one[0] != "0" and one[-4:] != digits[-4:] and (not luhn or passes_luhn(one)):
                return one
    raise AssertionError("steps never end")


def _letter(letter: str) -> str:
    """Another single letter."""
    other = "b" if letter.lower() != "b" else "d"
    return other.upper() if letter.isupper() else other


def _coarse(value: str) -> str:
    """An amount cut to its first digit: 84250 is 80000."""
    whole = value.partition(".")[0]
    return whole[:1] + "0" * (len(whole) - 1) if whole.isdecimal() else value
