"""Numbers that count, as people say them: "twelve hundred", "a hundred and twenty", "two and a half thousand", "one
point two million", "a couple", "60k". Where words can mean two numbers ("twelve fifty"), both are told."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from sop.slot_spec import SlotSpec
from sop.slots.mending import is_thousands
from sop.slots.spoken_numbers import DIGITS, is_number_word, read_below_hundred, speak_below_hundred
from sop.words import FILLERS, Words, singular, split_words, word_at, word_set

_SCALES = {
    "thousand": Decimal(1000),
    "k": Decimal(1000),
    "grand": Decimal(1000),
    "million": Decimal(10**6),
    "billion": Decimal(10**9),
}
_LONGEST_TOKEN = 9
_LIMIT = Decimal(10**12)
_SPOKEN_SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_FRACTIONS = (
    *((half, Decimal("0.5")) for half in (("and", "one", "half"), ("and", "half"), ("a", "half"))),
    (("and", "a", "quarter"), Decimal("0.25")),
    (("and", "three", "quarters"), Decimal("0.75")),
)
_MULTIPLES = {"couple": 2, "pair": 2}
_PARTS = word_set("half quarter quarters dozen dozens hundred hundreds thousand thousands million millions billion")
_RESTARTS = word_set("no sorry actually wait oops rather mean instead")
_MADE = (("make", "it"), ("make", "that"))
_PRONOUN_BEFORE = word_set("this that the no which any some every each other another")
_PRONOUN_AFTER = word_set("moment second sec minute more of thing time")
_VAGUE = word_set("few several lots lot many hundreds thousands millions dozens some bunch")
_BETWEEN = word_set("is are was be would of to at about around roughly it's that's like currently now")
SOFT = FILLERS | word_set("""
    i'd say i i'm it it's is its that's that the a an my our we we've i've have has had there are there's about around
    roughly approximately probably maybe think guess exactly just only or so of us be would was were in total all
    together right now no sorry actually mean make wait not than more over under less least most up to at and will i'll
    got yeah yes sir ma'am thanks thank you altogether currently total uh-huh pretty much close nearly almost some
    something somewhere rather instead let's see let me do you they put down for home house
""")
"""Words that may stand around a number without changing it."""


@dataclass(frozen=True, slots=True)
class Cardinal:
    """A number in the words. `readings`: all that it can mean, likeliest first; none when it is garbled.
    `loose`: the first reading is not likely enough, not even for a count."""

    readings: tuple[Decimal, ...]
    start: int
    after: int
    loose: bool = False


def find_cardinals(words: Words) -> tuple[Cardinal, ...]:
    """Every number in the words, in order, but "one" as a pronoun."""
    found: list[Cardinal] = []
    at = 0
    while at < len(words):
        number = None if _is_pronoun(words, at) else read_cardinal(words, at)
        if number is None:
            at += 1
        else:
            found.append(number)
            at = number.after
    return tuple(found)


def read_cardinal(words: Words, at: int) -> Cardinal | None:
    """The number at `at`; None where none begins."""
    if word_at(words, at) in ("oh", "o"):
        return None
    spelled = _spelled(words, at)
    if spelled is not None:
        return spelled
    value, after, scale = _sum(words, at)
    if value is None:
        return None
    value, after = _point(words, value, after)
    number = _paired(words, at, value, after) if not scale else Cardinal(_colloquial(words, value, after), at, after)
    end = number.after
    while is_number_word(word_at(words, end)) or word_at(words, end) in _SCALES:
        end += 1
    if end > number.after and word_at(words, at - 1) == "not":
        return number
    if end > number.after or any(reading >= _LIMIT for reading in number.readings):
        return Cardinal((), at, end)
    return number


def settled(words: Words, numbers: tuple[Cardinal, ...]) -> tuple[Cardinal, ...]:
    """The numbers that are meant: without refused ones ("not three"), and after a correction ("three no four") only the
    last. Equal ones count once."""
    meant = [number for number in numbers if word_at(words, number.start - 1) != "not"]
    for one, two in pairwise(tuple(meant)):
        between = words[one.after : two.start]
        if not _RESTARTS.isdisjoint(between) or between[-1:] == ("not",) or between[:2] in _MADE:
            meant = [number for number in meant if number.start >= two.start]
    return tuple({number.readings: number for number in meant}.values())


def is_vague(words: Words) -> bool:
    """Whether the answer is an amount without a number: "a few", "several"."""
    plain = [word for word in words if word not in FILLERS]
    return any(word in _VAGUE for word in plain) and all(word in _VAGUE | SOFT | _PARTS for word in plain)


def around(words: Words, numbers: tuple[Cardinal, ...], known: frozenset[str]) -> tuple[str, ...]:
    """The stems beside all numbers that say something of their own; `known` are stems that do not."""
    rest = [word for at, word in enumerate(words) if not any(number.start <= at < number.after for number in numbers)]
    return tuple(stem for word in rest if word not in SOFT and (stem := singular(word)) not in known)


def is_foreign(stems: tuple[str, ...], others: frozenset[str]) -> bool:
    """Whether the words beside a number make something else of it: a date, a time, a word of `others`."""
    return not others.isdisjoint(stems) or any(character.isdigit() for stem in stems for character in stem)


def vocabulary(spec: SlotSpec) -> frozenset[str]:
    """The stems of what the question and the slot's names speak of: "How many bedrooms" holds "bedroom"."""
    texts = " ".join((spec.prompt, spec.label, *spec.names))
    return frozenset(singular(word) for word in split_words(texts)) - _PARTS


def beside(words: Words, number: Cardinal, names: tuple[str, ...]) -> bool:
    """Whether one of the slot's names stands right behind the number, or before it with "is" or "of" between and no
    number of its own."""
    behind = tuple(singular(word) for word in words[number.after : number.after + 4])
    before = tuple(singular(word) for word in words[: number.start])
    while before and before[-1] in _BETWEEN:
        before = before[:-1]
    for name in names:
        stems = tuple(singular(word) for word in split_words(name))
        if stems and behind[: len(stems)] == stems:
            return True
        if (
            stems
            and before[-len(stems) :] == stems
            and not is_number_word(word_at(before, len(before) - len(stems) - 1))
        ):
            return True
    return False


def breaks_off(words: Words) -> bool:
    """Whether the words end in the middle of a number."""
    return words[-1:] != () and words[-1] in word_set("a an and point half about around roughly minus like of is")


def canonical(value: Decimal) -> str:
    """Decimal digits without needless zeros: "1200", "2.5"."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def within(value: Decimal, spec: SlotSpec) -> bool:
    """Whether the value lies in the slot's bounds, which are inclusive. Without a lower one, it is 0."""
    low = 0.0 if spec.low is None else spec.low
    if spec.low is None and spec.high is not None and spec.high < 0:
        low = float("-inf")
    return low <= value and (spec.high is None or value <= spec.high)


def speak_cardinal(value: int) -> str:
    """A whole number in words: 1250 is "one thousand two hundred fifty"."""
    if value < 0:
        return f"minus {speak_cardinal(-value)}"
    joint = ["and"] if value >= 10**6 and 0 < value % 10**6 < 10 else []
    parts: list[str] = []
    for size, name in _SPOKEN_SCALES:
        count, value = divmod(value, size)
        parts += [f"{speak_cardinal(count)} {name}"] if count else []
    hundreds, value = divmod(value, 100)
    parts += [f"{speak_below_hundred(hundreds)} hundred"] if hundreds else []
    return " ".join((*parts, *joint, speak_below_hundred(value)) if value or not parts else parts)


def _spelled(words: Words, at: int) -> Cardinal | None:
    """Digit by digit: "one oh five", "one two zero zero". Two digits may as well be two numbers."""
    end, digits, written = at, "", False
    while (digit := _digit(words, end)) and not (digits and word_at(words, end + 1) in ("hundred", "point")):
        digits, written, end = digits + digit, written or words[end].isdecimal(), end + 1
    if len(digits) < 2 or (word_at(words, end) in _SCALES or word_at(words, end)[-1:] == "k"):
        return None
    more = end
    while is_number_word(word_at(words, more)) or word_at(words, more) in _SCALES:
        more += 1
    if more > end or len(digits) > 4:
        return Cardinal((), at, more)
    if len(digits) == 2 and word_at(words, at - 1) == "not":
        return Cardinal((Decimal(digits[0]),), at, at + 1)
    if len(digits) == 2:
        return Cardinal((Decimal(f"{digits[0]}.{digits[1]}"), Decimal(digits)), at, end, loose=True)
    return Cardinal((Decimal(digits), Decimal(int(digits)) / 100), at, end, loose=written)


def _digit(words: Words, at: int) -> str:
    word = word_at(words, at)
    return word if word.isdecimal() and word.isascii() and len(word) == 1 else DIGITS.get(word, "")


def _sum(words: Words, at: int) -> tuple[Decimal | None, int, bool]:
    """Groups with falling scales added up: "two million five hundred thousand"; the index behind, and whether a scale
    was said."""
    total, ceiling, behind, scaled = None, _LIMIT, at, False
    while ceiling > 1:
        start = behind + 1 if total is not None and word_at(words, behind) == "and" else behind
        group, after = _group(words, start)
        if group is None or (total is not None and group >= ceiling):
            break
        word = word_at(words, after)
        scale = _SCALES.get(word, Decimal(1))
        if words[start : start + 1] != () and is_thousands(words[after - 1]):
            scale, after = Decimal(1000), after - 1
        if scale >= ceiling:
            break
        behind = after + (scale > 1)
        if scale > 1 and words[behind : behind + 3] in (("and", "a", "half"), ("and", "one", "half")):
            group, behind = group + Decimal("0.5"), behind + 3
        total, ceiling, scaled = (total or Decimal(0)) + group * scale, scale, scaled or scale > 1
    return total, behind, scaled


def _group(words: Words, at: int) -> tuple[Decimal | None, int]:
    """One group before a scale: "two hundred and fifty", "two and a half", "one point two", "half a", "a couple of"."""
    word, after = word_at(words, at), word_at(words, at + 1)
    if "." in word:
        return Decimal(word.removesuffix("k")), at + 1
    if (word == "dozen" and not at) or (word == "half" and after == "dozen"):
        return Decimal(12 if word == "dozen" else 6), at + 1 + (word == "half")
    if word == "half" and after in ("a", "an") and word_at(words, at + 2) in (*_SCALES, "dozen"):
        return _dozens(words, Decimal("0.5"), at + 2)
    if word in ("a", "an", "one") and after == "half" and word_at(words, at - 1) != "and":
        return Decimal("0.5"), at + 2
    if word == "point":
        value, end = _decimals(words, Decimal(0), at)
        return (value, end) if end > at else (None, at)
    if word in ("a", "an") and (after in _SCALES or after == "dozen") and after != "k":
        return _dozens(words, Decimal(1), at + 1)
    if word in ("a", "an") and after in _MULTIPLES:
        word, at = after, at + 1
    if word in _MULTIPLES:
        at += 2 if word_at(words, at + 1) == "of" and word_at(words, at + 2) in ("hundred", "dozen", *_SCALES) else 1
        some = Decimal(_MULTIPLES[word])
        return (some * 100, at + 1) if word_at(words, at) == "hundred" else _dozens(words, some, at)
    return _hundreds(words, at)


def _hundreds(words: Words, at: int) -> tuple[Decimal | None, int]:
    """A plain number with its hundreds, and a fraction behind it."""
    if word_at(words, at) in ("a", "an", "the") and word_at(words, at + 1) == "hundred":
        small, after = 1, at + 1
    else:
        read = _small(words, at)
        if read is None:
            return None, at
        small, after = read
    if small < 100 and word_at(words, after) == "hundred":
        behind = after + 2 if word_at(words, after + 1) == "and" else after + 1
        rest = _small(words, behind)
        if rest is None or not 0 < rest[0] < 100 or word_at(words, rest[1]) == "hundred":
            return _point(words, Decimal(small * 100), after + 1)
        return _point(words, Decimal(small * 100 + rest[0]), rest[1])
    value, after = _decimals(words, Decimal(small), after)
    joint, article, half = (word_at(words, after + more) for more in range(3))
    if joint == "and" and half == "half" and not is_number_word(article):
        return value + Decimal("0.5"), after + 3
    for phrase, part in _FRACTIONS:
        if words[after : after + len(phrase)] == phrase:
            return value + part, after + len(phrase)
    return _dozens(words, value, after)


def _small(words: Words, at: int) -> tuple[int, int] | None:
    """A number below a hundred in words, or any written one, "60k" as 60 with the k left over."""
    word = word_at(words, at)
    if word == "zero":
        return 0, at + 1
    if word.isascii() and word.removesuffix("k").isdecimal() and len(word) <= _LONGEST_TOKEN:
        return int(word.removesuffix("k")), at + 1
    value, after = read_below_hundred(words, at)
    return None if value is None else (value, after)


def _decimals(words: Words, value: Decimal, at: int) -> tuple[Decimal, int]:
    """`value` with the decimals at `at`: "point two five"."""
    digits, end = "", at + 1
    if word_at(words, at) == "point":
        while digit := _digit(words, end):
            digits, end = digits + digit, end + 1
        if not digits and (read := _small(words, end)) is not None and 10 <= read[0] < 100:
            digits, end = str(read[0]), read[1]
    return (value + Decimal(f"0.{digits}"), end) if digits else (value, at)


def _point(words: Words, value: Decimal, at: int) -> tuple[Decimal, int]:
    return _decimals(words, value, at) if word_at(words, at) == "point" else (value, at)


def _dozens(words: Words, value: Decimal, at: int) -> tuple[Decimal, int]:
    return (value * 12, at + 1) if word_at(words, at) == "dozen" else (value, at)


def _colloquial(words: Words, value: Decimal, after: int) -> tuple[Decimal, ...]:
    """ "two million three" is said for 2.3 million too."""
    scale, small = _SCALES.get(word_at(words, after - 2), Decimal(1)), value % 1000
    if scale < 10**6 or value % scale >= 10 or not small:
        return (value,)
    return value, value - small + small * scale / 10


def _paired(words: Words, at: int, value: Decimal, after: int) -> Cardinal:
    """A number and two digits behind it: "twelve fifty", "twelve oh five", "one twenty five fifty"."""
    whole = value == value.to_integral_value()
    pair = _two_digits(words, after) if whole else None
    if pair is None:
        return Cardinal((value,), at, after)
    low, behind = pair
    written = words[after].isdecimal()
    again = _two_digits(words, behind) if value < 10 else None
    if again is not None:
        return Cardinal((value * 100 + low + Decimal(again[0]) / 100,), at, again[1], loose=True)
    cents = value + Decimal(low) / 100
    tens = value % 100
    if tens >= 20 and not tens % 10 and tens <= low < tens + 10:
        # "Seventy seventy five": a number begun anew, or two of them.
        return Cardinal((), at, behind)
    if value >= 100 or value == 0:
        return Cardinal((cents,), at, behind, loose=not written)
    return Cardinal((value * 100 + low, cents), at, behind, loose=written)


def _two_digits(words: Words, at: int) -> tuple[int, int] | None:
    if word_at(words, at) in ("oh", "o", "zero"):
        digit = _digit(words, at + 1)
        return (int(digit), at + 2) if digit else None
    word = word_at(words, at)
    if word.isdecimal():
        return (int(word), at + 1) if len(word) == 2 and word.isascii() else None
    value, after = read_below_hundred(words, at)
    return (value, after) if value is not None and value >= 10 else None


def _is_pronoun(words: Words, at: int) -> bool:
    if words[max(0, at - 2) :] in (("only", "the", "one"), ("just", "the", "one")):
        return False
    alone = words[at] == "one" and not is_number_word(word_at(words, at + 1))
    return alone and (word_at(words, at - 1) in _PRONOUN_BEFORE or word_at(words, at + 1) in _PRONOUN_AFTER)
