"""One of a few options, recognised by the phrases that callers use for it.

A phrase matches when its words stand in the utterance in order, with at most two other words between
neighbours, and no negation before it ("no gas smell" is not a gas smell). `<group>` in a phrase stands for
any phrase of the flow's word group; a phrase written "=gas" must be all that is said. Longer phrases weigh
more than shorter ones, so "water heater leaking" beats "heater". Where no phrase matches, a short answer may name the
option's place among those read out.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from sop.reading import Completeness
from sop.slot_spec import Option, SlotSpec
from sop.slots.mending import without_doubled_words
from sop.slots.misheard import SMALL
from sop.slots.option_order import by_order
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.spoken_numbers import is_number_word
from sop.words import FILLERS, Words, find_phrase, phrase_list, says_any, split_words, word_set

_GAP = 2
_NEGATIONS = word_set("""
    no not don't doesn't didn't isn't aren't wasn't never without nothing can't cannot nor nope
""")
_CUTS = word_set("but though however just it's i'm we're there's")
"""A negation does not reach over these."""
_RESTARTS = phrase_list(
    "no sorry, no wait, sorry, wait no, wait, no i mean, i mean, scratch that, no actually, make that"
)
"""Behind these stands what is meant instead."""
_COURTESY = word_set("hurry help quick quickly thanks thank you sir ma'am")
_LIGHT = word_set(
    "it it's a an the is my our in on of from to at there's there i i've i'm we we've have and and's that"
)
"""Words that say nothing about the option."""
_ARTICLES = word_set("a an the")
_COMMON = SMALL | word_set("thank thanks think though know known several person people doesn't haven't you're theirs")
"""Words that are what they seem."""
_WANTING = phrase_list("""
    is too little, is too much, is too expensive, is too pricey, is too basic, costs too much, is no good, isn't enough,
    is not enough, isn't necessary, is not necessary, isn't needed, is not needed, isn't good, is not good
""")
"""Behind an option that was read out: it is not the one."""
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
    spots: tuple[tuple[frozenset[int], int], ...] = ()
    """Of every phrase that was found: the places of its words of weight, and how many places a word group filled."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Canonical: the option's name. `words` are the flow's word groups."""

    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    bias: tuple[str, ...] = ()
    _fuzzy: bool = field(default=True, repr=False)

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        words = without_doubled_words(words)
        matches = self.meant(words, spec)
        if not matches:
            return by_order(words, spec)
        best = matches[0]
        if best.option in _urgent(spec):
            return Found(best.option)
        close = tuple(match.option for match in matches if match.score > best.score - _MARGIN)
        if len(close) > 1:
            return Doubt("ambiguous", close[:3])
        return Found(best.option, 1.0 if best.score >= 2 else 0.9)

    def meant(self, words: Words, spec: SlotSpec) -> tuple[Match, ...]:
        """Every option that fits; after a correction ("savings no sorry checking") those behind it, after "not
        checking" what follows; but an urgent one wherever it stands."""
        found = self.matches(words, spec, asked=True)
        if found and found[0].option in _urgent(spec):
            return found
        for restart in _RESTARTS:
            at = find_phrase(words, restart)
            behind = self.matches(words[at + len(restart) :], spec, asked=True) if at > 0 else ()
            if behind and found:
                return behind
        if found and "but" in words[1:]:
            at = words.index("but", 1)
            before, behind = (self.matches(part, spec, asked=True) for part in (words[:at], words[at + 1 :]))
            if before and behind and found[0].option == before[0].option != behind[0].option:
                return before[0], replace(behind[0], score=before[0].score)
        if found and "no" in words[1:]:
            return _with_refused(found, self.matches(words[words.index("no", 1) + 1 :], spec))
        if found or "not" not in words:
            return found
        rest = sorted(self.matches(words[words.index("not") + 1 :], spec), key=lambda match: match.at)
        refused = len(rest) == 2 and rest[0].at <= 1 and rest[0].at < rest[1].at
        return (rest[1],) if refused and rest[0].option not in _urgent(spec) else ()

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        """An option named in passing: only by a phrase of two words or more, and only one of them."""
        strong = [match for match in self.matches(words, spec) if match.score >= 2]
        if strong and (
            len(strong) == 1 or strong[0].score >= strong[1].score + _MARGIN or strong[0].option in _urgent(spec)
        ):
            return Found(strong[0].option)
        return None

    def within(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        """As `find`, where another question is open: what must be all that is said answers that one, emergencies
        excepted."""
        found = self.find(words, spec, context)
        if found is None or found.value in _urgent(spec):
            return found
        options = tuple(
            replace(option, phrases=tuple(text for text in option.phrases if not text.startswith("=")))
            for option in spec.options
        )
        return found if self.find(words, replace(spec, options=options), context) == found else None

    def urgent(self, words: Words, spec: SlotSpec) -> str | None:
        """The option marked `anytime` that the words name in so many words, misheard ones excluded."""
        strict = Choice(self.words, _fuzzy=False)
        found = [match for match in strict.matches(words, spec) if match.option in _urgent(spec) and match.score >= 2]
        return found[0].option if found else None

    def matches(self, words: Words, spec: SlotSpec, *, asked: bool = False) -> tuple[Match, ...]:
        """Every option that fits, best first; urgent ones before all others. Where the option was `asked` for, an
        article beside a phrase that must be all that is said is nothing more."""
        forms = _compiled(spec.options, self.words)
        words = _joined(words)
        stems = tuple(_mended(word, forms.vocabulary) if self._fuzzy else _stem(word) for word in words)
        beside = FILLERS | _COURTESY | (_ARTICLES if asked else frozenset())
        found = [match for option, phrases in forms.phrases if (match := _match(option, phrases, words, stems, beside))]
        urgent = _urgent(spec)
        found = [match for match in found if match.option in urgent or not _inside(match, found)]
        if asked and says_any(words, _WANTING) and _reads_out(spec):
            found = [match for match in found if match.option in urgent or not _wanting(match, words)]
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
    """Without the commonest endings, so that "leaks" and "leaking" are one word, and so are "cannot" and "can't"."""
    if word in _NEGATIONS:
        return "can't" if word == "cannot" else word
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
    if stem in vocabulary or len(stem) < _FUZZY_LENGTH or word in _COMMON or is_number_word(word):
        return stem
    cutoff = _ALIKE if len(stem) == _FUZZY_LENGTH else _LONG_ALIKE
    near = process.extractOne(stem, vocabulary, scorer=fuzz.ratio, score_cutoff=cutoff)
    return near[0] if near and near[0][0] == stem[0] else stem


def _with_refused(found: tuple[Match, ...], behind: tuple[Match, ...]) -> tuple[Match, ...]:
    """`found` with an option that only a "no" before it hid: "savings no checking" may be the one or the other."""
    named = {match.option for match in found}
    hidden = [match for match in behind if match.option not in named]
    best = found[0].score
    return (
        (*found, *(replace(match, score=best) for match in hidden)) if len(found) == 1 and found[0].at == 0 else found
    )


def _reads_out(spec: SlotSpec) -> bool:
    """Whether the question has a word of every option: "basic, standard, or full"."""
    asked = frozenset(split_words(spec.prompt))
    return all(not asked.isdisjoint(split_words(option.spoken)) for option in spec.options)


def _wanting(match: Match, words: Words) -> bool:
    """Whether what stands behind the last phrase of the option says that it will not do."""
    behind = words[max((at for places, _ in match.spots for at in places), default=match.at) + 1 :]
    behind = behind[1:] if behind[:1] in (("one",), ("option",)) else behind
    return any(behind[: len(phrase)] == phrase for phrase in _WANTING)


def _inside(match: Match, others: list[Match]) -> bool:
    """Whether a longer phrase of another option, or one that says the same without a word group, holds each phrase that
    was found for this one: "a smell" in "a burning smell"."""
    rest = [spot for other in others if other.option != match.option for spot in other.spots]
    return all(
        any(places < more or (places == more and groups > fewer) for more, fewer in rest)
        for places, groups in match.spots
    )


def _match(
    option: str, phrases: tuple[_Phrase, ...], words: Words, stems: Words, beside: frozenset[str]
) -> Match | None:
    plain = tuple(stem for word, stem in zip(words, stems, strict=True) if word not in beside)
    best, first, hits = 0.0, len(words), set()
    spots: set[tuple[frozenset[int], int]] = set()
    present = frozenset(stems)
    for phrase in phrases:
        if any(present.isdisjoint(element) for element in phrase.elements):
            continue
        places = _find(phrase.elements, stems)
        if not places or _negated(words, places[0], phrase.elements):
            continue
        place = (places[0], len(places))
        if phrase.whole and sum(words[at] not in beside for at in places) < len(plain):
            continue
        hits.add(place)
        weighty = frozenset(at for at in places if words[at] not in _LIGHT)
        spots.add((weighty, sum(len(element) > 1 for element in phrase.elements)))
        first = min(first, place[0])
        best = max(best, float(place[1]) + 2 * phrase.whole)
    return Match(option, best + 0.3 * min(len(hits) - 1, 3), first, tuple(spots)) if hits else None


def _find(phrase: tuple[_Element, ...], words: Words) -> tuple[int, ...]:
    """The indices of the words matched; none where the phrase does not stand."""
    for start in range(len(words)):
        size = _at(phrase[0], words, start) if phrase else 0
        if not size:
            continue
        at, matched = start + size, list(range(start, start + size))
        for element in phrase[1:]:
            for skip in range(_GAP + 1):
                size = _at(element, words, at + skip)
                if size and _NEGATIONS.isdisjoint(words[at : at + skip]):
                    matched += range(at + skip, at + skip + size)
                    at += skip + size
                    break
            else:
                break
        else:
            return tuple(matched)
    return ()


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
