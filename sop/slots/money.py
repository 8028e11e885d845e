"""An amount of US dollars; canonical with two decimals: "1250.00".

"Twelve fifty" is 12.50 or 1250: only the slot's bounds can decide, else it is a doubt."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from rapidfuzz import fuzz

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.cardinals import (
    SOFT,
    Cardinal,
    around,
    beside,
    breaks_off,
    find_cardinals,
    is_foreign,
    is_vague,
    read_cardinal,
    settled,
    speak_cardinal,
    vocabulary,
    within,
)
from sop.slots.date_words import Mention, find_dates
from sop.slots.mending import (
    is_thousands,
    with_numbers_for_homophones,
    with_small_words,
    without_doubled_numbers,
    without_doubled_words,
    without_hesitations,
)
from sop.slots.number import read_keys
from sop.slots.number_ends import Unit, is_nearly, is_one_sided, wholeness
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.spoken_numbers import is_number_word
from sop.words import Words, split_words, word_set

_DOLLARS = word_set("dollars dollar bucks buck usd")
_CENTS = word_set("cents cent pennies penny")
_THOUSANDS = word_set("k grand")
_SOFT = word_set("""
    pay paid paying make making spend spent cost costs owe owed budget rent salary income price worth bill fee each per
    every a month monthly year yearly week weekly hour hourly day daily annually spending figure flat even gross net
    before after tax taxes usually normally range
""")
_PERIODS = {
    word: period
    for period, words in {
        "hour": "hour hourly",
        "day": "day daily",
        "week": "week weekly",
        "month": "month monthly",
        "year": "year yearly annually annual annum",
    }.items()
    for word in words.split()
}
_NOTHING = (("nothing",), ("zero",), ("none",), ("nothing", "at", "all"))
_MENDED = 0.5
"""Certainty of an amount with a number that was said twice, or put for a word that sounds like one."""
_ALIKE = 85
"""Percentage of letters in common from which a word is another one misheard."""
_MOST_WORDS = 2
_OTHER = word_set("""
    half quarter cent cents dollar dollars buck bucks dozen hundred thousand million billion k grand euro pound
    peso minute second time o'clock am pm p m street st avenue ave road rd drive lane boulevard apartment apt unit suite
    floor zip code area percent degree bedroom bathroom bed bath people kid feet foot old january february march april
    may june july august september october november december monday tuesday wednesday thursday friday saturday sunday
    phone call called extension oh point don't can't why what who when how where
""")
"""Beside these a number is no amount, or one that was not understood."""
_EACH = (("every",), ("each",))
_DURATIONS = word_set("years months weeks days hours")
_LOSS = word_set("loss losses lost losing lose")
"""Where the question has none of these, an amount that was lost is none that it asks for."""
_ABOUT = word_set("about around of like roughly approximately maybe almost nearly was were a an some")
_KEYS = 9
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Money:
    """Within `low` and `high` dollars. Never negative."""

    bias: tuple[str, ...] = (
        "twelve hundred dollars",
        "five hundred bucks",
        "sixty thousand",
        "dollars and fifty cents",
    )

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        if tuple(word for word in words if word not in SOFT or word in ("at", "all")) in _NOTHING:
            return _bounded((Decimal(0),), spec)
        heard = _without_dates(without_doubled_words(without_hesitations(words)), context.now.date())
        words = _with_units(with_small_words(with_numbers_for_homophones(without_doubled_numbers(heard))))
        amounts = _amounts(words)
        named = tuple(amount for amount in amounts if _has_unit(words, amount) or beside(words, amount, spec.names))
        meant = settled(words, named if len(named) == 1 and len(amounts) == 1 else amounts)
        if not meant:
            return Doubt("vague") if is_vague(_plain(words)) else None
        if any(not amount.readings for amount in amounts) or not _DURATIONS.isdisjoint(words):
            return None
        if _other_period(words, spec):
            return Doubt("per")
        known = vocabulary(spec) | _SOFT
        strange = around(words, amounts, known)
        if is_foreign(strange, _OTHER) or (len(strange) > _MOST_WORDS and not named):
            return None
        doubt = _doubt(words, meant, spec)
        if doubt:
            return Doubt(doubt)
        whole = wholeness(words, meant[0], known, Unit.SAID if meant[0] in named else Unit.DUE)
        if not whole:
            return None
        sure = 1.0 if words == heard and not is_nearly(words, meant[0]) else _MENDED
        return _bounded(meant[0].readings, spec, min(sure, whole, 0.8 if strange and not named else 1.0))

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        """Only with dollars or k behind it, or one of the slot's names beside it."""
        amounts = _amounts(_without_dates(words, context.now.date()))
        if len(amounts) != 1 or not (_has_unit(words, amounts[0]) or beside(words, amounts[0], spec.names)):
            return None
        found = self.parse(words, spec, context)
        return found if isinstance(found, Found) else None

    def keys(self, spec: SlotSpec) -> int:
        return _KEYS if spec.high is None else len(str(int(abs(spec.high)))) + 3

    def sample(self, spec: SlotSpec) -> str:
        bound = spec.low if spec.low is not None else spec.high
        value = Decimal(100) if bound is None or within(Decimal(100), spec) else Decimal(str(bound))
        return f"{value:.2f}"

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        """Whole dollars, or cents behind a star; one digit there is tens of cents."""
        keyed = read_keys(digits)
        return None if keyed is None else _bounded((keyed,), spec)

    def speak(self, value: str, spec: SlotSpec) -> str:
        whole, _, part = value.partition(".")
        if not (whole + part).isdecimal() or len(part) != 2:
            return value
        cents = f"{speak_cardinal(int(part))} {'cent' if part == '01' else 'cents'}"
        dollars = f"{speak_cardinal(int(whole))} {'dollar' if int(whole) == 1 else 'dollars'}"
        if part == "00":
            return dollars
        return f"{dollars} and {cents}" if int(whole) else cents

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        if not words:
            return Completeness.EMPTY
        if breaks_off(words):
            return Completeness.PARTIAL
        # "Twelve dollars" is often followed by cents, "twelve bucks" never is.
        ended = words[-1] in _CENTS | {"bucks"} and bool(_amounts(words))
        return Completeness.COMPLETE if ended else Completeness.OPEN


def _amounts(words: Words) -> tuple[Cardinal, ...]:
    """The amounts in the words, each with the dollars and cents that were said with it."""
    found: list[Cardinal] = []
    for number in (*_single(words), *find_cardinals(words)):
        if not any(one.start <= number.start < one.after for one in found):
            found.append(_with_unit(words, number))
    return tuple(sorted(found, key=lambda one: one.start))


def _without_dates(words: Words, today: date) -> Words:
    """The words without the day on which an amount is due, where its unit was said: "fifty dollars on december fifth".
    A past day and a whole month are kept."""
    told = tuple(amount for amount in _amounts(words) if _has_unit(words, amount))
    for mention in reversed(find_dates(words, today) if told else ()):
        apart = all(mention.after <= amount.start or amount.after <= mention.start for amount in told)
        if apart and words[mention.start - 1 : mention.start] not in _EACH and _is_due_day(mention, today):
            words = (*words[: mention.start], *words[mention.after :])
            told = tuple(amount for amount in _amounts(words) if _has_unit(words, amount))
    return words


def _is_due_day(mention: Mention, today: date) -> bool:
    if mention.garbled or mention.numeric or mention.which in ("last", "past", "last week"):
        return False
    if mention.exact is not None:
        return mention.exact >= today
    return mention.day is not None or mention.weekday is not None


def _with_units(words: Words) -> Words:
    """The words with "dollars" for what sounds like it behind a number: "collars"."""
    return tuple(
        "dollars" if at and is_number_word(words[at - 1]) and _sounds_like_dollars(word) else word
        for at, word in enumerate(words)
    )


def _sounds_like_dollars(word: str) -> bool:
    return word == "books" or (word not in _DOLLARS and fuzz.ratio(word, "dollars") >= _ALIKE)


def _single(words: Words) -> tuple[Cardinal, ...]:
    """ "A dollar", "a buck"."""
    return tuple(
        Cardinal((Decimal(1),), at, at + 1)
        for at, word in enumerate(words[:-1])
        if word == "a" and words[at + 1] in ("dollar", "buck")
    )


def _with_unit(words: Words, number: Cardinal) -> Cardinal:
    """The number with its unit: "dollars", "dollars and fifty cents", "dollars fifty", "cents"."""
    unit = words[number.after : number.after + 1]
    if unit and unit[0] in _CENTS:
        cents = number.readings[:1] if len(number.readings) == 1 and number.readings[0] < 100 else ()
        return replace(number, readings=tuple(value / 100 for value in cents), after=number.after + 1)
    if not unit or unit[0] not in _DOLLARS:
        return number
    number = replace(number, after=number.after + 1)
    joined = words[number.after : number.after + 1] == ("and",)
    small = read_cardinal(words, number.after + joined)
    if small is None or len(number.readings) != 1 or number.readings[0] % 1:
        return number
    if len(small.readings) != 1 or small.readings[0] >= 100 or small.readings[0] % 1:
        return replace(number, readings=(), after=small.after)
    told = words[small.after : small.after + 1] and words[small.after] in _CENTS
    return replace(number, readings=(number.readings[0] + small.readings[0] / 100,), after=small.after + bool(told))


def _has_unit(words: Words, amount: Cardinal) -> bool:
    last = words[amount.after - 1]
    said = words[amount.start : amount.after]
    return not _DOLLARS.isdisjoint(said) or last in _CENTS | _THOUSANDS or is_thousands(last)


def _plain(words: Words) -> Words:
    return tuple(word for word in words if word not in _DOLLARS and word not in _SOFT)


def _doubt(words: Words, meant: tuple[Cardinal, ...], spec: SlotSpec) -> str:
    """Why the amounts are none that can be taken, or ""."""
    if len(meant) > 1:
        return "several"
    if is_one_sided(words, meant[0]):
        return "vague"
    return "range" if _is_loss(words, meant[0]) and _LOSS.isdisjoint(_asked(spec)) else ""


def _is_loss(words: Words, amount: Cardinal) -> bool:
    """Whether the amount is below zero: "minus ten thousand", "a loss of about ten thousand", "ten thousand in the
    red"."""
    before = words[: amount.start]
    while before and before[-1] in _ABOUT:
        before = before[:-1]
    behind = words[amount.after : amount.after + 3]
    if behind in (("in", "the", "red"), ("in", "the", "hole")) or behind[:1] in (("loss",), ("lost",)):
        return True
    return before[-1:] != () and before[-1] in _LOSS | {"minus", "negative"}


def _asked(spec: SlotSpec) -> Words:
    return split_words(" ".join((spec.prompt, spec.label, *spec.names)))


def _other_period(words: Words, spec: SlotSpec) -> bool:
    """Whether the amount is for another time than the question's: a year's where a month's was asked for."""
    wanted = {_PERIODS[word] for word in _asked(spec) if word in _PERIODS}
    given = {_PERIODS[word] for word in words if word in _PERIODS}
    return bool(wanted and given) and wanted.isdisjoint(given)


def _bounded(readings: tuple[Decimal, ...], spec: SlotSpec, certainty: float = 1.0) -> Found | Doubt:
    whole = tuple(value for value in readings if value % _CENT == 0)
    possible = tuple(value for value in whole if within(value, spec))
    if len(possible) > 1:
        return Doubt("ambiguous")
    return Found(f"{possible[0]:.2f}", certainty) if possible else Doubt("range")
