"""Which article of the knowledge base answers a question.

The words that a question and an article's example questions share, weighed by how few articles use them (inverse
document frequency, ln(1 + N/n)), as a share of what was asked and of the example. Words that every business's callers
say weigh little or nothing; words that no article knows speak against all of them. What asks nothing finds nothing.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sop.graph import Article
from sop.slots.choice import _stem
from sop.slots.spoken_numbers import is_number_word
from sop.words import Words, says_any, split_words, word_set

_THRESHOLD = 0.6
_MARGIN = 0.08
_LIGHT_SHARE = 0.35
_UNKNOWN_SHARE = 0.7
"""Weight of a word that no article uses, as a share of that of a word that one article alone uses."""
_ASKED_SHARE = 0.6
"""How much of what was asked an article must know: one word of its own beside one unknown word is too little."""
_EXAMPLE_SHARE = 0.3
"""How much of the score is the share of the example; the rest is the share of what was asked."""

_STOP = word_set("""
    a an the this that these those it its it's i i'm i've i'd i'll me my mine we we're we've our us you you're you've
    your yours he she they they're their them his her is are am was were be been being do does did done don't doesn't
    didn't isn't aren't can can't could couldn't will won't would wouldn't should may might must shall have has had
    having get gets got getting going gonna go goes to of in on at for from with by about into onto as and or but if
    so then than too also just only even still yet again there there's here here's what what's which who who's whom
    when when's where where's why why's how how's um uh er erm hmm oh ah well like okay ok yeah yes no not nope please
    hi hello hey thanks thank sorry excuse guys folks sir ma'am really very actually maybe perhaps any anything some
    something somebody someone somewhere anyone anybody all every each other another want wanted wanting wonder
    wondering wondered know knowing tell ask asking asked question questions say said saying mean guess think let let's
    need needs needed kind kinds sort sorts type bit lot little quick quickly real such right now today tonight
    tomorrow yesterday morning afternoon evening noon midnight monday tuesday wednesday thursday friday saturday sunday
    night week month year day days possible currently happen happens up down out off over because i'd supposed able
""")
_LIGHT = word_set("""
    tak accept com mak giv work us call chang offer long far many lat tim servic thing peopl plac company fix
    repair look see find talk speak bring car job hous hom offic visit appoint better best new old first last put start
    stop back half mor most hold send keep buy sell serv liv number nam person weekend holida emergenc urgent
    inform
""")
"""Stems that stand in questions about anything."""
_ASKS = word_set("what what's which when when's where where's how how's who who's whose")
_AUXILIARIES = word_set(
    "is are do does did can could will would should may have has am isn't aren't don't doesn't can't"
)
_SUBJECTS = word_set("i you we they it he she the there my your this that these those a an any all somebody someone")
_LEADS = tuple(
    tuple(phrase.split())
    for phrase in (
        "tell me about,question about,questions about,want to know,like to know,need to know,wondering if,wondering "
        "about,wondering what,curious about,ask about,information about,information on,what about,how about,do repairs"
    ).split(",")
)


_PRICE = "cost"
_SAME = dict.fromkeys(("charg", "fee", "pric", "much"), _PRICE)
"""Stems that ask for the same in every business."""
_KEPT = word_set("plane planes care")
"""Words whose stem would be another word."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An article, compiled: the features of each example and of its further words."""

    article: Article
    examples: tuple[frozenset[str], ...]
    others: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Index:
    entries: tuple[_Entry, ...]
    weights: Mapping[str, float]
    """Feature -> ln(1 + N/n), times a small share for light words."""
    phrases: frozenset[Words]
    """Stems of the further words that are phrases; each is one feature, its words joined by spaces."""
    unknown: float
    """The weight of a word that no article uses and that is not a light one."""

    def weigh(self, features: frozenset[str]) -> float:
        return sum(
            self.weights.get(feature, self.unknown * (_LIGHT_SHARE if feature in _LIGHT else 1)) for feature in features
        )


def find_article(articles: tuple[Article, ...], words: Words) -> Article | None:
    """The article that answers what `words` ask; None where they ask nothing, or something that no article or more
    than one of them answers."""
    best = best_article(articles, words)
    return best[0] if best else None


def best_article(articles: tuple[Article, ...], words: Words) -> tuple[Article, float] | None:
    """The article of `find_article`, and how well it fits: above 0, at most 1."""
    if not articles or not _asks(words):
        return None
    index = _compiled(articles)
    asked = _features(words, index.phrases)
    ranked = sorted(((_score(entry, asked, index), -at) for at, entry in enumerate(index.entries)), reverse=True)
    score, place = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    if score < _THRESHOLD or score - second < _MARGIN:
        return None
    return articles[-place], score


def _asks(words: Words) -> bool:
    """Whether `words` ask for something: a question word, a verb before its subject, or "i'd like to know"."""
    if any(word in _ASKS for word in words) or says_any(words, _LEADS):
        return True
    return any(word in _AUXILIARIES and following in _SUBJECTS for word, following in pairwise(words))


@lru_cache(maxsize=16)
def _compiled(articles: tuple[Article, ...]) -> _Index:
    texts = (text for article in articles for text in article.words)
    phrases = frozenset(roots for text in texts if len(roots := tuple(map(_root, split_words(text)))) > 1)
    # "how much" asks for the price in any article, and is no phrase of the one that spells it out.
    phrases -= frozenset(phrase for phrase in phrases if _PRICE in phrase and _ASKS.union({_PRICE}).issuperset(phrase))
    entries = tuple(_entry(article, phrases) for article in articles)
    used = Counter(feature for entry in entries for feature in entry.others.union(*entry.examples))
    weights = {
        feature: math.log(1 + len(articles) / count) * (_LIGHT_SHARE if feature in _LIGHT else 1)
        for feature, count in used.items()
    }
    return _Index(entries, weights, phrases, _UNKNOWN_SHARE * math.log(1 + len(articles)))


def _entry(article: Article, phrases: frozenset[Words]) -> _Entry:
    examples = tuple(_features(split_words(question), phrases) for question in article.questions)
    return _Entry(article, examples, frozenset(_spread(article.words, phrases)))


def _spread(texts: tuple[str, ...], phrases: frozenset[Words]) -> Iterator[str]:
    for text in texts:
        yield from _features(split_words(text), phrases)


def _features(words: Words, phrases: frozenset[Words]) -> frozenset[str]:
    """The stems of the content words; a phrase of the knowledge base is one feature in place of its words."""
    roots = tuple(map(_root, words))
    said = tuple(phrase for phrase in phrases if says_any(roots, (phrase,)))
    within = {root for phrase in said for root in phrase}
    content = {
        root
        for word, root in zip(words, roots, strict=True)
        if word not in _STOP and root not in within and not is_number_word(word) and not word[0].isdecimal()
    }
    return frozenset(content | {" ".join(phrase) for phrase in said})


def _root(word: str) -> str:
    """The stem, with a few endings more than choices need: "cancellation" is "cancel", "payment" is "pay"."""
    if word in _KEPT:
        return word
    stem = _stem(word)
    for ending in ("ation", "ment", "istry", "ist", "en"):
        if stem.endswith(ending) and len(stem) >= len(ending) + 3:
            stem = stem.removesuffix(ending)
            break
    stem = stem[:-1] if stem.endswith("ll") and len(stem) > 4 else stem
    stem = stem.removesuffix("y").removesuffix("i") if len(stem) > 4 else stem
    return _SAME.get(stem, stem)


def _score(entry: _Entry, asked: frozenset[str], index: _Index) -> float:
    """0..1, with the example that fits best; 0 where one light word or too little of what was asked is shared."""
    shared = asked & entry.others.union(*entry.examples)
    if not shared or (len(shared) == 1 and shared <= _LIGHT):
        return 0.0
    share = index.weigh(shared) / index.weigh(asked)
    if share < _ASKED_SHARE:
        return 0.0
    of_example = max(_share_of(example, asked & (example | entry.others), index) for example in entry.examples)
    return (1 - _EXAMPLE_SHARE) * share + _EXAMPLE_SHARE * of_example


def _share_of(example: frozenset[str], shared: frozenset[str], index: _Index) -> float:
    whole = index.weigh(example)
    return min(1.0, index.weigh(shared) / whole) if whole else 0.0
