"""Times beside a number that counts something else: the span of "two in the last three years", and years where months
are counted."""

from dataclasses import dataclass
from decimal import Decimal

from sop.slot_spec import SlotSpec
from sop.slots.cardinals import Cardinal, canonical, find_cardinals
from sop.words import Words, phrase_list, singular, split_words, word_at, word_set

_TIMES = word_set("year month week day hour minute")
_LAST = word_set("last past")
_OVER = word_set("in over within during for the these more than at least")
"""What may stand before the number of a span, beside "last"."""
_OFTEN = word_set("once twice times")
"""Behind these "a year" is how often."""
_DAYS = {"year": Decimal("365.25"), "month": Decimal("30.4375"), "week": Decimal(7), "day": Decimal(1)}
_SHORT_OF = phrase_list("not even, not quite, not yet, not really")
"""Before a time: it has not been that long."""
_THAT_IS = phrase_list("so, or, that's, that is, which is, and, meaning")
"""Before a number of months that says the years once more."""
_NEAREST = 3
"""Words behind "how many" of which one is what is counted: "how many full years"."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time with its number: words[start:end] is "in the last three years"."""

    length: Decimal
    unit: str
    start: int
    end: int
    last: bool
    """Whether it is told to reach up to now."""


def foreign_times(spec: SlotSpec) -> frozenset[str]:
    """The stems of times that the question may name and does not count: "how many accidents in the last three years"
    counts no years. None where the question does not ask how many."""
    asked = split_words(spec.prompt)
    places = [at + 2 for at in range(len(asked) - 2) if asked[at : at + 2] == ("how", "many")]
    if not places:
        return frozenset()
    counted = {singular(word) for at in places for word in asked[at : at + _NEAREST]}
    return _TIMES - counted - {singular(word) for word in split_words(" ".join((spec.label, *spec.names)))}


def without_spans(words: Words, spec: SlotSpec, *, longer: bool = False) -> Words:
    """`words` without a time up to now that lies within the one that the question asks about: "in the last three
    years", "last year". With `longer` a time that reaches as far or farther goes instead, and it need not be told to be
    the last: where there was nothing in ten years, there was nothing in three."""
    foreign = foreign_times(spec)
    asked = max((_days(span) for span in _spans(split_words(spec.prompt), foreign)), default=Decimal(0))
    for span in reversed(_spans(words, foreign) if asked else []):
        if _days(span) >= asked if longer else span.last and 0 < _days(span) <= asked:
            words = (*words[: span.start], *words[span.end :])
    return words


def _days(span: Span) -> Decimal:
    return span.length * _DAYS.get(span.unit, Decimal(0))


def with_months_for_years(words: Words, spec: SlotSpec) -> Words:
    """`words` with years as months, where months are counted: "24 months" for "two years", "27 months" for "two years
    and three months"."""
    foreign = foreign_times(spec)
    if "year" not in foreign or "month" in foreign:
        return words
    numbers = {number.start: number for number in find_cardinals(words)}
    kept: list[str] = []
    at = 0
    while at < len(words):
        months, after = _years(words, at, numbers)
        if months is None:
            kept.append(words[at])
            at += 1
        else:
            kept += [canonical(months), "months"]
            at = after
    return tuple(kept)


def _years(words: Words, at: int, numbers: dict[int, Cardinal]) -> tuple[Decimal | None, int]:
    """The years at `at` in months, with the months said behind them, and the index after; None for no whole months.
    Twelve months or more behind them say the same once more, or something else."""
    years, after = _quantity(words, at, numbers)
    if years is None or word_at(words, after) not in ("year", "years") or word_at(words, at - 1) in _OFTEN:
        return None, at
    if words[max(0, at - 2) : at] in _SHORT_OF:
        return None, at
    after += 1
    if words[after : after + 3] in (("and", "a", "half"), ("and", "one", "half")):
        years, after = years + Decimal("0.5"), after + 3
    months = years * 12
    more, end = _months(words, after, numbers, _THAT_IS)
    if more == months:
        after = end
    else:
        more, end = _months(words, after, numbers, (("and",),))
        if more is not None and more < 12:
            months, after = months + more, end
    return (months, after) if months % 1 == 0 else (None, at)


def _months(
    words: Words, at: int, numbers: dict[int, Cardinal], joints: tuple[Words, ...]
) -> tuple[Decimal | None, int]:
    """The months said at `at`, behind one of `joints` or none, and the index after."""
    joint = next((joint for joint in joints if words[at : at + len(joint)] == joint), ())
    more, end = _quantity(words, at + len(joint), numbers)
    return (more, end + 1) if more is not None and word_at(words, end) in ("month", "months") else (None, at)


def _quantity(words: Words, at: int, numbers: dict[int, Cardinal]) -> tuple[Decimal | None, int]:
    """How many of the next word: "two", "a couple of", "a", "half a"."""
    if words[at : at + 2] == ("half", "a"):
        return Decimal("0.5"), at + 2
    number = numbers.get(at)
    if number is None:
        return (Decimal(1), at + 1) if word_at(words, at) in ("a", "one") else (None, at)
    after = number.after + (word_at(words, number.after) == "of")
    return (number.readings[0], after) if len(number.readings) == 1 else (None, at)


def _spans(words: Words, foreign: frozenset[str]) -> list[Span]:
    """The times in `words` whose unit is in `foreign`, in order; "the last year" and "a year ago" are one year."""
    found: list[Span] = []
    numbers = {number.after: number for number in find_cardinals(words) if len(number.readings) == 1}
    for at, word in enumerate(words):
        unit, number = singular(word), numbers.get(at)
        ago = word_at(words, at - 1) == "a" and word_at(words, at + 1) == "ago"
        if unit not in foreign or not (number or ago or word_at(words, at - 1) in _LAST):
            continue
        start = number.start if number else at - ago
        first = start
        while first and words[first - 1] in _OVER | _LAST:
            first -= 1
        last = ago or not _LAST.isdisjoint(words[first:start])
        found.append(Span(number.readings[0] if number else Decimal(1), unit, first, at + 1 + ago, last))
    return found
