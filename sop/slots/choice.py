"""One of a few options, recognised by the phrases that callers use for it.

A phrase matches when its words stand in the utterance in order, with at most two other words between
neighbours, and no negation before it ("no gas smell" is not a gas smell). `<group>` in a phrase stands for
any phrase of the flow's word group; a phrase written "=gas" must be all that is said. Longer phrases weigh
more than shorter ones, so "water heater leaking" beats "heater". Where no phrase matches, a short answer may name the
option's place among those read out.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz, process

from sop.reading import Completeness
from sop.slot_spec import Option, SlotSpec
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.spoken_numbers import read_below_hundred, read_ordinal
from sop.words import FILLERS, Words, split_words, word_set

_GAP = 2
_NEGATIONS = word_set("""
    no not don't doesn't didn't isn't aren't wasn't never without nothing can't cannot nor nope
""")
_CUTS = word_set("but though however just it's i'm we're there's")
"""A negation does not reach over these."""
_SHORT = 6
"""Words of an utterance up to which an option may be named by its place."""
_ORDER_SOFT = word_set(
    "the that this one option choice number i'll i'd take want it's its that's is would be go with or"
)
_EITHER = word_set("either both any all whichever")
_EITHER_SOFT = _EITHER | word_set("of them one ones the is are fine works two i'd i'll take it's do really above")
_KEYS = tuple("123456789")
_MOST_KEYS = len(_KEYS)
_MARGIN = 0.9
_ALIKE = 88
_LONG_ALIKE = 83
_FUZZY_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Match:
    """How well one option fits: the weight of its best phrases, and where the first one stands."""

    option: str
    score: float
    at: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Canonical: the option's name. `words` are the flow's word groups."""

    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    bias: tuple[str, ...] = ()
    _fuzzy: bool = field(default=True, repr=False)

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        matches = self.matches(words, spec)
        if not matches:
            return _by_order(words, spec)
        best = matches[0]
        if best.option in _urgent(spec):
            return Found(best.option)
        close = tuple(match.option for match in matches if match.score > best.score - _MARGIN)
        if len(close) > 1:
            return Doubt("ambiguous", close[:3])
        return Found(best.option, 1.0 if best.score >= 2 else 0.9)

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        """An option named in passing: only by a phrase of two words or more, and only one of them."""
        strong = [match for match in self.matches(words, spec) if match.score >= 2]
        if strong and (
            len(strong) == 1 or strong[0].score >= strong[1].score + _MARGIN or strong[0].option in _urgent(spec)
        ):
            return Found(strong[0].option)
        return None

    def urgent(self, words: Words, spec: SlotSpec) -> str | None:
        """The option marked `anytime` that the words name in so many words, misheard ones excluded."""
        strict = Choice(self.words, _fuzzy=False)
        found = [match for match in strict.matches(words, spec) if match.option in _urgent(spec) and match.score >= 2]
        return found[0].option if found else None

    def matches(self, words: Words, spec: SlotSpec) -> tuple[Match, ...]:
        """Every option that fits, best first; urgent ones before all others."""
        forms = _compiled(spec.options, self.words)
        words = _joined(words)
        stems = tuple(_mended(word, forms.vocabulary) if self._fuzzy else _stem(word) for word in words)
        found = [match for option, phrases in forms.phrases if (match := _match(option, phrases, words, stems))]
        urgent = _urgent(spec)
        return tuple(sorted(found, key=lambda match: (match.option not in urgent, -match.score, match.at)))

    def keys(self, spec: SlotSpec) -> int:
        """One key for the n-th option, where there are keys enough; 0 is never one of them."""
        return 1 if 1 <= len(spec.options) <= _MOST_KEYS else 0

    def sample(self, spec: SlotSpec) -> str:
        return spec.options[0].name if spec.options else ""

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        key = digits.rstrip("#")
        if key not in _KEYS or not self.keys(spec) or int(key) > len(spec.options):
            return None
        return Found(spec.options[int(key) - 1].name)

    def speak(self, value: str, spec: SlotSpec) -> str:
        return next((option.spoken for option in spec.options if option.name == value), value.replace("_", " "))

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        return Completeness.OPEN


def _by_order(words: Words, spec: SlotSpec) -> Found | Doubt | None:
    """The option by its place among those read out: "the second one", "number two", "the last one"."""
    plain = tuple(word for word in words if word not in FILLERS)
    names = tuple(option.name for option in spec.options)
    if not plain or len(words) > _SHORT or not names:
        return None
    if not _EITHER.isdisjoint(plain) and _EITHER_SOFT.issuperset(plain):
        return Doubt("ambiguous", names[:3])
    places: list[int] = []
    at = 0
    while at < len(plain):
        place, after = _place(plain, at, len(names))
        if place is None and plain[at] not in _ORDER_SOFT:
            return None
        places += [] if place is None else [place]
        at = max(after, at + 1)
    chosen = tuple(dict.fromkeys(names[place] for place in places if 0 <= place < len(names)))
    if not chosen or any(not 0 <= place < len(names) for place in places):
        return None
    return Found(chosen[0]) if len(chosen) == 1 else Doubt("ambiguous", chosen[:3])


def _place(words: Words, at: int, count: int) -> tuple[int | None, int]:
    """The place, from 0, that the words at `at` name, and the index behind."""
    before, after = words[at - 1] if at else "", words[at + 1 : at + 2]
    if words[at] in ("number", "option", "choice") and after:
        number, behind = read_below_hundred(words, at + 1)
        if number is None and after[0].isdecimal() and len(after[0]) == 1:
            number, behind = int(after[0]), at + 2
        return (None, at) if number is None else (number - 1, behind)
    if before in ("a", "one"):
        return None, at
    if words[at] == "last":
        return count - 1, at + 1
    if words[at] in ("former", "latter") and count == 2:
        return ("former", "latter").index(words[at]), at + 1
    if words[at] == "middle" and count == 3:
        return 1, at + 1
    number, behind = read_ordinal(words, at)
    return (None, at) if number is None else (number - 1, behind)


_Element = dict[str, tuple[Words, ...]]
"""The forms of one place in a phrase, by their first word."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    elements: tuple[_Element, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class _Forms:
    phrases: tuple[tuple[str, tuple[_Phrase, ...]], ...]
    vocabulary: frozenset[str]


@lru_cache(maxsize=64)
def _compiled(options: tuple[Option, ...], groups: tuple[tuple[str, tuple[str, ...]], ...]) -> _Forms:
    table = dict(groups)
    vocabulary: set[str] = set()
    compiled = []
    for option in options:
        phrases = []
        for text in (option.spoken, *option.phrases):
            whole = text.startswith("=")
            parts = _joined(tuple(text.lower().removeprefix("=").split()))
            elements = tuple(_element(part, table) for part in parts)
            vocabulary.update(
                word for element in elements for forms in element.values() for form in forms for word in form
            )
            phrases.append(_Phrase(tuple(element for element in elements if element), whole))
        compiled.append((option.name, tuple(phrases)))
    return _Forms(tuple(compiled), frozenset(vocabulary))


def _element(part: str, table: dict[str, tuple[str, ...]]) -> _Element:
    forms = table.get(part[1:-1], ()) if part.startswith("<") else (part,)
    element: _Element = {}
    for form in forms:
        stems = tuple(_stem(word) for word in _joined(split_words(form)))
        if stems:
            element[stems[0]] = (*element.get(stems[0], ()), stems)
    return element


def _joined(words: Words) -> Words:
    """Spelled names of devices as one word: "a c" is "ac", "c o" is "co"."""
    kept: list[str] = []
    for word in words:
        if kept and (kept[-1], word) in (("a", "c"), ("c", "o")):
            kept[-1] += word
        else:
            kept.append(word)
    return tuple(kept)


def _stem(word: str) -> str:
    """Without the commonest endings, so that "leaks" and "leaking" are one word."""
    if word in _NEGATIONS:
        return word
    word = word.removesuffix("'s")
    if word.endswith("ing") and len(word) > 5:
        word = word[:-3]
        if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":
            word = word[:-1]
    elif word.endswith("ed") and len(word) > 4:
        word = word[:-2]
    elif word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "as")):
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


def _mended(word: str, vocabulary: frozenset[str]) -> str:
    """The stem, or the one word of the flow that it was probably misheard for."""
    stem = _stem(word)
    if stem in vocabulary or len(stem) < _FUZZY_LENGTH:
        return stem
    near = process.extractOne(
        stem,
        vocabulary,
        scorer=fuzz.ratio,
        score_cutoff=_ALIKE if len(stem) == _FUZZY_LENGTH else _LONG_ALIKE,
    )
    return near[0] if near and near[0][0] == stem[0] else stem


def _match(option: str, phrases: tuple[_Phrase, ...], words: Words, stems: Words) -> Match | None:
    plain = tuple(stem for word, stem in zip(words, stems, strict=True) if word not in FILLERS)
    best, first, hits = 0.0, len(words), set()
    present = frozenset(stems)
    for phrase in phrases:
        if any(present.isdisjoint(element) for element in phrase.elements):
            continue
        place = _find(phrase.elements, stems)
        if place is None or _negated(words, place[0], phrase.elements):
            continue
        if phrase.whole and place[1] < len(plain):
            continue
        hits.add(place)
        first = min(first, place[0])
        best = max(best, float(place[1]) + 2 * phrase.whole)
    return Match(option, best + 0.3 * min(len(hits) - 1, 3), first) if hits else None


def _find(phrase: tuple[_Element, ...], words: Words) -> tuple[int, int] | None:
    """(index of the phrase's first word, number of words matched), or None."""
    for start in range(len(words)):
        size = _at(phrase[0], words, start) if phrase else 0
        if not size:
            continue
        at, matched = start + size, size
        for element in phrase[1:]:
            for skip in range(_GAP + 1):
                size = _at(element, words, at + skip)
                if size and _NEGATIONS.isdisjoint(words[at : at + skip]):
                    at, matched = at + skip + size, matched + size
                    break
            else:
                break
        else:
            return start, matched
    return None


def _at(element: _Element, words: Words, at: int) -> int:
    forms = element.get(words[at], ()) if at < len(words) else ()
    return max((len(form) for form in forms if words[at : at + len(form)] == form), default=0)


def _negated(words: Words, at: int, phrase: tuple[_Element, ...]) -> bool:
    """Whether a negation stands in the four words before `at`, unless the phrase itself is a negative one."""
    if any(not _NEGATIONS.isdisjoint(element) for element in phrase):
        return False
    for index in range(at - 1, max(-1, at - 5), -1):
        if words[index] in _CUTS:
            return False
        if words[index] in _NEGATIONS and not (words[index] == "no" and index == 0 and at > 1):
            return True
    return False


def _urgent(spec: SlotSpec) -> frozenset[str]:
    return frozenset(option.name for option in spec.options if option.anytime)
