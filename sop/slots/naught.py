"""None of what is counted, said in a sentence: "no accidents", "never had one", "not in the last three years"."""

from decimal import Decimal

from sop.slot_spec import SlotSpec
from sop.slots.cardinals import find_cardinals, within
from sop.slots.measures import without_spans
from sop.words import FILLERS, Words, find_phrase, phrase_list, singular, split_words, word_at, word_set

_NONE = word_set("no nope nah none nothing zero")
_PLAIN_NO = word_set("no nope nah")
_NEVER = word_set("never not haven't hasn't don't didn't weren't wasn't")
_WANTING = word_set("don't didn't weren't wasn't not")
"""Without a word on what there is none of, these are cut short: "i don't" may go on with "know"."""
_DENYING = word_set("never haven't hasn't hadn't didn't wasn't weren't")
_TURNS = word_set("no sorry wait actually but only just mean rather then")
_HAVING = word_set("have has had been was were")
_WHO = word_set("i we i've we've there there's")
_COURTESIES = word_set("thank thanks you")
_AROUND = (
    _HAVING
    | _WHO
    | _COURTESIES
    | word_set("sir ma'am believe in a an any at all of them those yet ever so far single or")
)
"""Words that change nothing."""
_NO_THINGS = FILLERS | _AROUND | word_set("year years month months week weeks day days")
"""Behind a number, these say of nothing else that it is counted."""
_ASIDES = phrase_list("""
    that i know of, that i know, that i'm aware of, that i am aware of, that i can think of, that i can remember,
    that i remember, that i can recall, that i recall, that we know of, to my knowledge, as far as i know, knock on
    wood, thank god, thank goodness, thank heavens, luckily, thankfully, fortunately
""")


def says_none(words: Words, spec: SlotSpec, *, asked: bool = True) -> bool:
    """Whether the words say that there is none of what the slot counts, and nothing else. A plain "no" or "nothing"
    says so only where the question is open (`asked`) and names "none" as an answer."""
    prompt = split_words(spec.prompt)
    counted = _counted(prompt)
    names = frozenset(singular(word) for name in spec.names for word in split_words(name)[-1:])
    told = without_spans(_without_asides(words), spec, longer=True)
    plain = tuple(word for word in told if word not in FILLERS)
    negations = [at for at, word in enumerate(plain) if word in _NONE | _NEVER]
    if not negations or not within(Decimal(0), spec) or not _is_of(plain, names | {counted}):
        return False
    if not (asked and "none" in prompt) and counted not in map(singular, plain):
        return False
    rest = set(plain) - _PLAIN_NO
    if _goes_on(plain, negations[-1]) or (rest and rest <= _COURTESIES):
        return False
    return len(told) < len(words) or _is_ended(plain, negations[-1], names | {counted})


def lacks(words: Words, spec: SlotSpec) -> bool:
    """Whether none of what the slot counts is said beside counts of other things: "two tickets but no accidents"."""
    nouns = {singular(word) for name in spec.names for word in split_words(name)[-1:]}
    none = any(word in ("no", "zero") and singular(word_at(words, at + 1)) in nouns for at, word in enumerate(words))
    others = [word_at(words, one.after) for one in find_cardinals(words)]
    things = all(word and word not in _NO_THINGS and singular(word) not in nouns for word in others)
    return none and bool(others) and things and within(Decimal(0), spec)


def is_denied(words: Words, at: int) -> bool:
    """Whether the number at `at` is one that never was: "never been in one", "i haven't had three"."""
    last = max((index for index, word in enumerate(words[:at]) if word in _DENYING), default=-1)
    return last >= 0 and _TURNS.isdisjoint(words[last + 1 : at])


def _goes_on(plain: Words, last: int) -> bool:
    """Whether something is told behind the last negation: "no, I had one" is a no to what was said before."""
    behind = plain[last + 1 :]
    return not _WHO.isdisjoint(behind) or (plain[last] in _NONE and not _HAVING.isdisjoint(behind))


def _is_ended(plain: Words, last: int, nouns: frozenset[str]) -> bool:
    """Whether the sentence is not cut off at its negation, as "i don't" is."""
    if plain[last] not in _WANTING or not _NONE.isdisjoint(plain):
        return True
    if any(word in ("any", "one", "yet", "all") or singular(word) in nouns for word in plain[last + 1 :]):
        return True
    return plain[last] == "not" and last > 0 and plain[last - 1] in _HAVING


def _is_of(plain: Words, nouns: frozenset[str]) -> bool:
    """Whether nothing is said but a no, the things counted and words that change nothing; "one" only where it is what
    there never was."""
    never = [at for at, word in enumerate(plain) if word in _NEVER]
    for at, word in enumerate(plain):
        if word == "one":
            if not never or at < never[0] or plain[at - 1] == "not":
                return False
        elif word not in _NONE | _NEVER | _AROUND and singular(word) not in nouns:
            return False
    return True


def _counted(prompt: Words) -> str:
    """The stem of the word behind "how many", or ""."""
    at = find_phrase(prompt, ("how", "many"))
    return singular(prompt[at + 2]) if 0 <= at < len(prompt) - 2 else ""


def _without_asides(words: Words) -> Words:
    for phrase in _ASIDES:
        at = find_phrase(words, phrase)
        words = words if at < 0 else (*words[:at], *words[at + len(phrase) :])
    return words
