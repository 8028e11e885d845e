"""A count or a quantity; canonical decimal digits: "3", "2.5", "1200"."""

from dataclasses import dataclass
from decimal import Decimal

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.cardinals import (
    SOFT,
    Cardinal,
    around,
    beside,
    breaks_off,
    canonical,
    find_cardinals,
    is_foreign,
    is_vague,
    settled,
    speak_cardinal,
    vocabulary,
    within,
)
from sop.slots.measures import foreign_times, with_months_for_years, without_spans
from sop.slots.mending import (
    with_numbers_for_homophones,
    with_small_words,
    without_doubled_numbers,
    without_doubled_words,
    without_hesitations,
)
from sop.slots.naught import is_denied, lacks, says_none
from sop.slots.number_ends import (
    Unit,
    are_different,
    companions,
    is_nearly,
    is_one_sided,
    is_part,
    wholeness,
)
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import Words, word_set

_OTHER = word_set("""
    half quarter dozen hundred thousand million billion year month week day hour minute second time o'clock am
    pm p m street st avenue ave road rd drive lane boulevard court apartment apt unit suite floor zip code area
    dollar buck cent percent degree january february march april may june july august september october november
    december monday tuesday wednesday thursday friday saturday sunday phone call called old extension oh point
    don't can't why what who when how where
""")
"""Beside these a number counts something else, unless the question is about them."""
_NONE = (("none",), ("zero",), ("none", "at", "all"), ("nobody",), ("not", "any"), ("not", "a", "single", "one"))
_MEASURES = word_set("year month week day hour minute degree unit mile")
_LONE = {"to": "two", "too": "two", "for": "four", "won": "one", "ate": "eight"}
_OF_THEM = (("of", "us"), ("of", "them"), ("of", "those"))
_MENDED = 0.5
"""Certainty of a number that was said twice, put for a word that sounds like one, made of another unit, or
only nearly what is meant."""
_MOST_WORDS = 2
"""Unknown words beside the number up to which it is still the answer."""
_FALLBACK_KEYS = 7


@dataclass(frozen=True, slots=True)
class Number:
    """Within `low` and `high`. Without `low` nothing below zero."""

    bias: tuple[str, ...] = ("about thirty five", "two and a half", "twelve hundred", "a dozen")

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        heard = without_doubled_words(without_hesitations(words))
        if _is_none(heard) or says_none(heard, spec, asked=context.asked) or lacks(heard, spec):
            return _bounded(Decimal(0), spec)
        heard = without_spans(heard, spec)
        words = with_months_for_years(_mended(without_doubled_numbers(heard)), spec)
        if words in (("half",), ("just", "half")):
            return _bounded(Decimal("0.5"), spec)
        numbers = find_cardinals(words)
        named = tuple(number for number in numbers if beside(words, number, spec.names))
        known = vocabulary(spec) - foreign_times(spec)
        told = companions(words, numbers, named, known) if named else numbers
        meant = settled(words, told)
        if not meant:
            return Doubt("vague") if is_vague(words) else None
        if not named and any(not number.readings for number in numbers):
            return None
        strange = () if named else around(words, numbers, known)
        measured = _measure(words, meant, strange) if "many" not in known else frozenset[str]()
        others = _OTHER - known - measured
        if is_foreign(strange, others) or (len(meant) == 1 and len(strange) > _MOST_WORDS):
            return None
        if len(meant) > 1 or "none" in words[meant[0].after :] or is_part(words, meant[0], spec):
            return Doubt("several")
        if not named and are_different(words, numbers, known):
            return Doubt("several")
        whole = 1.0 if named else wholeness(words, meant[0], known | measured, Unit.THING)
        sure = 1.0 if words == heard and not is_nearly(words, meant[0]) else _MENDED
        return _value(words, meant[0], spec, min(sure, whole, 0.8 if strange else 1.0))

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        """Only with one of the slot's names beside it, and beside no other number."""
        named = [number for number in find_cardinals(words) if beside(words, number, spec.names)]
        found = self.parse(words, spec, context) if len(named) == 1 else None
        return found if isinstance(found, Found) else None

    def keys(self, spec: SlotSpec) -> int:
        return len(str(int(abs(spec.high)))) if spec.high is not None else _FALLBACK_KEYS

    def sample(self, spec: SlotSpec) -> str:
        bound = spec.low if spec.low is not None else spec.high
        value = Decimal(3) if bound is None else Decimal(str(bound))
        return "3" if within(Decimal(3), spec) else canonical(value)

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        """The star is the decimal point."""
        keyed = read_keys(digits)
        return None if keyed is None else _bounded(keyed, spec)

    def speak(self, value: str, spec: SlotSpec) -> str:
        whole, _, part = value.removeprefix("-").partition(".")
        if not (whole + part).isdecimal():
            return value
        spoken = speak_cardinal(int(whole))
        if part == "5" and 0 < int(whole) < 100:
            spoken += " and a half"
        elif part:
            spoken += " point " + " ".join(speak_cardinal(int(digit)) for digit in part)
        return f"minus {spoken}" if value.startswith("-") else spoken

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        if not words:
            return Completeness.EMPTY
        if breaks_off(words):
            return Completeness.PARTIAL
        named = any(beside(words, number, spec.names) for number in find_cardinals(words) if number.after < len(words))
        return Completeness.COMPLETE if named or _is_none(words) else Completeness.OPEN


def read_keys(digits: str) -> Decimal | None:
    """Keyed digits as a number, the star for the decimal point; None when they are none."""
    whole, star, part = digits.rstrip("#").partition("*")
    if not (whole.isascii() and whole.isdecimal()) or len(whole) > 12:
        return None
    if star and not (part.isascii() and part.isdecimal() and len(part) <= 2):
        return None
    return Decimal(f"{whole}.{part or 0}")


def _is_none(words: Words) -> bool:
    plain = tuple(word for word in words if word not in SOFT or word in ("not", "at", "all", "a"))
    return plain in _NONE or (plain[-1:] == ("any",) and not word_set("don't haven't not").isdisjoint(words))


def _mended(words: Words) -> Words:
    """Numbers for their homophones: "forty to", "to of them", and "won" where nothing else is said."""
    plain = tuple(word for word in words if word not in ("please", "yeah", "yes", "just", "about", "think", "i"))
    words = with_small_words(with_numbers_for_homophones(words))
    return tuple(
        _LONE[word] if word in _LONE and (plain == (word,) or words[at + 1 : at + 3] in _OF_THEM) else word
        for at, word in enumerate(words)
    )


def _measure(words: Words, numbers: tuple[Cardinal, ...], strange: tuple[str, ...]) -> frozenset[str]:
    """The stems of what is measured, where nothing but it and "old" stands behind the only number: "ten years old"."""
    behind = words[numbers[0].after : numbers[0].after + 1] if len(numbers) == 1 else ()
    stem = behind[0].removesuffix("s") if behind else ""
    told = frozenset({stem, "old"})
    return told if stem in _MEASURES and len(set(strange) - told) <= ("old" not in strange) else frozenset()


def _value(words: Words, number: Cardinal, spec: SlotSpec, certainty: float) -> Found | Doubt | None:
    if number.readings and is_one_sided(words, number):
        return Doubt("vague")
    if not certainty or not number.readings or is_denied(words, number.start):
        return None
    if number.loose and len(number.readings) > 1:
        return Doubt("ambiguous")
    below = words[number.start - 1 : number.start] if number.start else ()
    value = -number.readings[0] if below in (("minus",), ("negative",)) else number.readings[0]
    sure = certainty if len(number.readings) == 1 else min(certainty, 0.9)
    return _bounded(value, spec, sure)


def _bounded(value: Decimal, spec: SlotSpec, certainty: float = 1.0) -> Found | Doubt:
    return Found(canonical(value), certainty) if within(value, spec) else Doubt("range")
