"""Whether a number was heard to its ends, and is all that was counted: a strange word that touches it may have been a
part of it, "one or two" leave open which, and "two cars and a truck" are not two."""

from enum import StrEnum
from itertools import pairwise

from sop.slot_spec import SlotSpec
from sop.slots.cardinals import SOFT, Cardinal, vocabulary
from sop.slots.mending import HESITATIONS, is_numeric
from sop.slots.spoken_numbers import DIGITS, TEENS, is_number_word
from sop.words import FILLERS, Words, phrase_list, singular, split_words, word_set

_BEFORE = (
    SOFT
    | HESITATIONS
    | word_set("""
    with plus including counting for by in on be because need want needs wants has having were there'll that'd that'll
    we're they're he's she's i've what's number minus negative age aged like as got only either him her them me
    charged quoted cost costs said gave offered asked price balance amount deposit was also still say says see hold
    held fit fits weighs takes last not dollars family costing between
    """)
) - word_set("make us and")
"""Words that may stand right before a number."""
_BEHIND = (
    FILLERS
    | HESITATIONS
    | word_set("""
    please thanks thank you sir ma'am i and or so yeah yes yep in all altogether of exactly right now no sorry not wait
    actually that's that is it it's maybe probably at max tops give each per a for on if but because with let's we
    they i'm my instead than think guess believe total currently roughly approximately minimum maximum only just make
    i'd to though plus
""")
)
"""Words that may stand right behind a number."""
_OPEN = word_set("""
    and or to at a for on in with my if but because than i we they it per each plus give make all just only not let's
    that is it's that's i'd though i'm than least most was instead think guess believe
""")
"""Of these those that nobody ends with."""
_AMID = word_set("and under hundreds thousands point")
"""Before a number these leave the front of it out."""
_NEVER_BEFORE = word_set("us year month week day hour yearly monthly weekly")
_NO_DIGIT = word_set("the some said")
"""Before a single digit these stand for the front of a number."""
_BROKEN = word_set("wait mean sorry oops")
_ABOVE = word_set("over above under below beyond exceeding")
_COMPARED = phrase_list("""
    more than, less than, fewer than, greater than, higher than, lower than, upwards of, upward of, north of, excess of
""")
_SLIGHTLY = word_set("just slightly somewhat barely")
"""Before a bound they say that it is nearly what is meant."""
_LITTLE = word_set("little bit tad")
"""As `_SLIGHTLY`, before an upper bound only: a little over a limit is over it."""
_BELOW = word_set("under below less fewer lower")
_NOT_ABOVE = word_set("not nothing never isn't wasn't don't doesn't won't can't")
_OR_MORE = phrase_list(
    "or more, or less, or over, or under, or up, or above, or below, or better, and up, and over, and above"
)
_NEAR = 3
_UNSURE = 0.5
_NOT_MANY = word_set("this does goes yours ours hers thus always perhaps less plus minus bus its us was his has")
_MANY = word_set("people persons feet men women children staff square")
_LINKS = word_set("or to and maybe perhaps possibly no sorry actually wait oops rather mean make instead not")
_LINKED = (SOFT - word_set("at for home house")) | _LINKS | word_set("even either")
"""Words between two numbers that are said of the same thing."""
_ALONE = FILLERS | _LINKS | word_set("so please thanks thank sir ma'am i yes yeah in total altogether")
"""Words behind a number that has no noun of its own."""
_PEOPLE = word_set("""
    people person adult kid child children baby babies infant toddler teen teenager boy girl guest wife husband spouse
    partner mother mom father dad parent grandmother grandfather grandparent grandma grandpa grandchild grandkid son
    daughter brother sister friend roommate nephew niece cousin girlfriend boyfriend fiance fiancee senior passenger
    driver traveler other
""")
_VEHICLES = word_set("""
    vehicle car truck van minivan suv sedan pickup motorcycle motorbike bike scooter moped trailer camper rv boat
    convertible
""")
_ANIMALS = word_set("pet animal dog cat puppy puppies kitten bird rabbit")
_KINDS = (_PEOPLE, _VEHICLES, _ANIMALS)
"""Stems of what is counted together under several names."""
_SELVES = word_set("me myself i us him")
_ADDED = word_set("and plus with")
_WHOSE = word_set("a an the my our his her their another also maybe probably then")
_NEAR_NOUN = 2
"""Words within which a noun stands behind its number or its article: "two small kids"."""


class Unit(StrEnum):
    """What may stand right behind a number."""

    SAID = "said"
    """Its unit was said with it."""
    DUE = "due"
    """A unit that may be left out, and was not understood where another word stands."""
    THING = "thing"
    """Anything in the plural."""


def wholeness(words: Words, number: Cardinal, known: frozenset[str], unit: Unit) -> float:
    """How certain it is that the words beside the number took nothing from it, 0..1: 0 for a strange word before "two",
    which may have been "thirty", or behind "five", which may have been "hundred". `known` are stems that say
    nothing."""
    before = words[number.start - 1] if number.start else ""
    sure = 1.0
    strange = before in _NEVER_BEFORE or (before not in _BEFORE and not _knows(known, before))
    if number.start > (before == "and") and strange and not _is_refused(words, number):
        small = words[number.start] in DIGITS or words[number.start] in ("point", "half")
        sure = 0.0 if small or before in _AMID else _UNSURE
    digit = words[number.start] in DIGITS and number.after == number.start + 1
    if before in _NO_DIGIT and digit and words[number.start] != "one":
        return 0.0
    if not _BROKEN.isdisjoint(words[number.after :]):
        return 0.0
    behind = words[number.after : number.after + 2]
    if unit is Unit.SAID or not behind:
        return sure
    if behind[0] == "and" and len(behind) == 2 and not (behind[1] in _BEFORE or _knows(known, behind[1])):
        return 0.0
    if _knows(known, behind[0]) or behind[0] in _BEHIND:
        dangling = len(behind) == 1 and behind[0] in _OPEN
        return 0.0 if dangling else sure
    last = words[number.after - 1]
    if unit is Unit.DUE:
        closed = last in TEENS or last in ("hundred", "thousand", "million") or (last.isdecimal() and len(last) > 2)
        return min(sure, _UNSURE) if closed and len(behind) == 1 else 0.0
    written = last.isdecimal() and len(last) > 1
    return sure if is_plural(behind[0]) else min(sure, _UNSURE) if written and len(behind) == 1 else 0.0


def is_one_sided(words: Words, number: Cardinal) -> bool:
    """Whether the number is told only as a bound of what is meant: "over two thousand", "two or more". "No more than",
    "at least" and "up to" set a bound that is meant; "just over" is about as much."""
    if words[number.after : number.after + 2] in _OR_MORE:
        return True
    bound = _bound(words[: number.start])
    if not bound or is_nearly(words, number):
        return False
    lead = words[: number.start - bound]
    return (_NOT_ABOVE | ({"no"} if bound > 1 else set())).isdisjoint(lead[-_NEAR:])


def is_nearly(words: Words, number: Cardinal) -> bool:
    """Whether the number is about as much as what is meant, but not it: "just over two thousand"."""
    bound = _bound(words[: number.start])
    at = number.start - bound
    if not bound or not at:
        return False
    return words[at - 1] in _SLIGHTLY or (words[at - 1] in _LITTLE and words[at] in _BELOW)


def companions(
    words: Words, numbers: tuple[Cardinal, ...], named: tuple[Cardinal, ...], known: frozenset[str]
) -> tuple[Cardinal, ...]:
    """The named numbers, and those beside them that are said of the same thing: "one" in "one or two cars", "four" in
    "three nights no four". `known` are the stems of what was asked for."""
    told = set(named)
    for one, two in pairwise(numbers):
        if (one in named) == (two in named):
            continue
        between = tuple(word for word in words[one.after : two.start] if singular(word) not in known or word in _LINKS)
        other = two if one in named else one
        behind = words[other.after : other.after + 1]
        alone = not behind or behind[0] in _ALONE or between[-1:] == ("or",)
        if alone and not _LINKS.isdisjoint(between) and all(word in _LINKED for word in between):
            told.add(other)
    return tuple(number for number in numbers if number in told)


def is_part(words: Words, number: Cardinal, spec: SlotSpec) -> bool:
    """Whether more of the same kind is counted beside the number: "two cars and a truck", "me and my two kids", "two
    plus a baby"."""
    behind = words[number.after :]
    ours = behind[:2] == ("of", "us")
    behind = behind[2:] if ours or behind[:2] == ("of", "them") else behind
    joint = next((at for at, word in enumerate(behind[: _NEAR_NOUN + 1]) if word in _ADDED or is_number_word(word)), -1)
    counted = {singular(word) for word in behind[: _NEAR_NOUN if joint < 0 else joint]}
    kind = _PEOPLE if ours else _kind(counted or vocabulary(spec))
    if not kind:
        return False
    names = {singular(word) for name in spec.names for word in split_words(name)}
    more = _without_articles(behind[joint + 1 :])[:_NEAR_NOUN] if joint >= 0 else ()
    if any(singular(word) in kind - names for word in more) or (kind is _PEOPLE and more[:1] in (("me",), ("myself",))):
        return True
    before = words[: number.start]
    while before and before[-1] in _WHOSE:
        before = before[:-1]
    if len(before) < _NEAR_NOUN or before[-1] not in _ADDED:
        return False
    return singular(before[-2]) in kind or (kind is _PEOPLE and before[-2] in _SELVES)


def _kind(stems: set[str] | frozenset[str]) -> frozenset[str]:
    """The kind of which one of the stems is; empty for none."""
    return next((kind for kind in _KINDS if not kind.isdisjoint(stems)), frozenset())


def _without_articles(words: Words) -> Words:
    at = 0
    while words[at : at + 1] and (words[at] in _WHOSE or is_number_word(words[at])):
        at += 1
    return words[at:]


def are_different(words: Words, numbers: tuple[Cardinal, ...], known: frozenset[str]) -> bool:
    """Whether the numbers count different things, none of which was asked for: "two windows and two doors", "two and
    two"."""
    if any(words[one.after : two.start] in (("and",), ("plus",)) for one, two in pairwise(numbers)):
        return True
    behind = (word for number in numbers for word in words[number.after : number.after + 1])
    return len({singular(word) for word in behind if is_plural(word)} - known) > 1


def _bound(before: Words) -> int:
    """How many words right before a number make it a bound: "over", "more than"."""
    if before[-2:] in _COMPARED:
        return 2
    return 1 if before and before[-1] in _ABOVE else 0


def _is_refused(words: Words, number: Cardinal) -> bool:
    """ "Not three four": the number before is refused."""
    return is_numeric(words[number.start - 1]) and "not" in words[: number.start]


def is_plural(word: str) -> bool:
    """Whether a word names several things, as far as its ending tells."""
    regular = len(word) > 3 and word.endswith("s") and not word.endswith("ss") and "'" not in word
    return word in _MANY or (regular and word not in _NOT_MANY)


def _knows(known: frozenset[str], word: str) -> bool:
    return not known.isdisjoint((word, singular(word)))
