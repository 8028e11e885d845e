"""Which words of an utterance carry its value, and whether a mishearing of one makes another valid value that nobody
could tell from a true one."""

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from sop.slot_spec import SlotSpec
from sop.words import find_phrase, word_set
from tests.sop.slots.mishearing import Kind, Mishearing

_CARDINALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth"
).split()
UNITS = {word: value for value, word in enumerate(_CARDINALS[:10])} | {"oh": 0, "o": 0}
PAIRS = {word: 10 + value for value, word in enumerate(_CARDINALS[10:])} | {
    word: 20 + 10 * value for value, word in enumerate(_TENS)
}
_NUMBERS = (
    UNITS
    | PAIRS
    | {word: 1 + value for value, word in enumerate(_ORDINALS)}
    | {"twentieth": 20, "thirtieth": 30, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
)


def _ranked(text: str) -> dict[str, int]:
    return {word: rank for rank, word in enumerate(text.split())}


_MONTHS = _ranked("january february march april may june july august september october november december")
_DAYS = _ranked("monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday tonight")
_LETTERS = _ranked("a b c d e f g h i j k l m n o p q r s t u v w x y z")
_SUFFIXES = _ranked("street avenue road drive court lane boulevard way place")
_DIRECTIONS = _ranked("north south east west")
_UNIT_WORDS = _ranked("apartment unit suite")
_POLARITY = dict.fromkeys("yes yeah yep yup sure correct right exactly".split(), 1) | dict.fromkeys(
    "no nope nah not isn't don't wrong incorrect negative".split(), 0
)

_KINDS: Mapping[str, tuple[Mapping[str, int], ...]] = {
    "phone": (UNITS, PAIRS),
    "digits": (UNITS, PAIRS),
    "money": (_NUMBERS,),
    "number": (_NUMBERS,),
    "date": (_NUMBERS, _MONTHS, _DAYS),
    "time_window": (_NUMBERS, _MONTHS, _DAYS),
    "us_address": (_NUMBERS, _SUFFIXES, _DIRECTIONS, _UNIT_WORDS, _LETTERS),
    "person_name": (_LETTERS,),
    "email": (_LETTERS, UNITS, PAIRS),
    "yes_no": (_POLARITY,),
    "choice": (_NUMBERS,),
}
_FRAGILE: Mapping[str, frozenset[str]] = {
    "money": word_set("cents point half million"),
    "number": word_set("point half"),
    "date": word_set("next last ago from after before week weeks day days eve"),
    "time_window": word_set("next after before morning afternoon evening noon am pm half quarter past week from day"),
    "us_address": word_set("north south east west"),
    "yes_no": word_set("not isn't don't"),
}
"""Words whose loss leaves another value, said in full: "next friday", "monday afternoon", "that's not right"."""
_STATES = word_set("""
    alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois
    indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana
    nebraska nevada hampshire jersey mexico york carolina dakota ohio oklahoma oregon pennsylvania tennessee texas utah
    vermont virginia washington wisconsin wyoming
""")
_NEEDED: Mapping[str, frozenset[str]] = {
    "phone": word_set("double triple hundred thousand extension ext"),
    "digits": word_set("double triple hundred thousand"),
    "money": word_set("grand"),
    "number": word_set("none couple dozen"),
    "date": word_set("christmas thanksgiving valentine's new year's year in now"),
    "time_window": word_set("to and now asap soon possible away sooner better earliest all o'clock"),
    "us_address": word_set("st ave blvd ln ct apt") | _STATES,
    "email": word_set("at dot com org net edu mail sons all one word"),
}
"""Words of no kind without which the value is not said in full."""
_STRONG = word_set("yes yeah yep yup correct no nope wrong incorrect")
"""Words that say yes or no on their own."""
_COURTESY = word_set("um uh well please thanks thank you sir ma'am very much oh")
_HOMOPHONES = frozenset(
    frozenset(pair.split("/"))
    for pair in (
        "four/for two/to two/too eight/ate one/won oh/o oh/owe lane/lain way/weigh leak/leek week/weak right/write"
        " no/know not/knot maine/main suite/sweet road/rode oak/oke morning/mourning cents/sense it's/its sure/shore"
    ).split()
)
"""Words that sound the same, so that what was said can be told from what else was said."""
_OPEN = frozenset({"person_name", "email", "us_address"})
"""Types whose value may hold any word."""
_FUNCTION = word_set("""
    the a an and of that it it's its that's is are was were be been to too in on at for with from by as or but if so
    you your we i i'm my me he she they them him her his us our their this these there here what when where who why how
    do does did have has had can could would should not no know yes yet yeah um uh er well okay sure please thanks
    thank about into than then just only also very much such because which all any some
""")
_ROLES = word_set("at dot com org net edu underscore dash hyphen")


def option_phrases(spec: SlotSpec, groups: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Every phrase of every option, word groups written out."""
    found = {}
    for option in spec.options:
        phrases: set[tuple[str, ...]] = set()
        for phrase in option.phrases:
            parts = [groups.get(part.strip("<>"), (part,)) if "<" in part else (part,) for part in phrase.split()]
            phrases.update(tuple(" ".join(choice).split()) for choice in product(*parts))
        found[option.name] = tuple(phrases)
    return found


def changed(error: Mishearing, value: str, spec: SlotSpec, phrases: Mapping[str, tuple[tuple[str, ...], ...]]) -> bool:
    """Whether the error, by itself, makes another valid value."""
    if spec.type == "free_text":
        return error.kind not in {Kind.DELETED, Kind.DOUBLED} or error.old not in word_set("um uh er so well")
    if spec.type == "choice" and error.kind is not Kind.DOUBLED and _other_option(error, value, phrases):
        return True
    if error.kind is Kind.DOUBLED:
        return _doubled(error, value, spec)
    if error.old in _FRAGILE.get(spec.type, ()) or _separates(error, spec):
        return True
    if error.kind is Kind.DELETED:
        return _deleted(error, value, spec)
    return _replaced(error, value, spec)


def lost(error: Mishearing, value: str, spec: SlotSpec, phrases: Mapping[str, tuple[tuple[str, ...], ...]]) -> bool:
    """Whether the words no longer say the value in full, so that asking again is the best that can be done."""
    word, written = error.old, any(sign.isdigit() or sign == "@" for sign in error.old)
    if error.kind is Kind.DOUBLED:
        digit = word in UNITS and spec.type in {"date", "time_window"}
        return digit or (_number(word) and spec.type in {"phone", "digits", "money", "number", "us_address"})
    if spec.type == "free_text" or frozenset({word, error.new}) in _HOMOPHONES:
        return False
    rest = (*error.words[: error.index], *error.words[error.index + 1 :])
    if spec.type == "yes_no":
        return word not in _COURTESY and not any(
            each in _STRONG and _POLARITY[each] == (value == "yes") for each in rest
        )
    if spec.type == "choice":
        said = {each for phrase in phrases[value] for each in phrase}
        now = tuple(error.text.lower().split())
        return (word in said or _number(word) or word == "last") and not _holds(now, phrases[value])
    if _may_hide_a_digit(error, spec):
        return True
    if written or word in _NEEDED.get(spec.type, ()) or word in _FRAGILE.get(spec.type, ()):
        return True
    return any(word in kind for kind in _KINDS[spec.type]) or (
        spec.type in _OPEN and _carries_open(error, error.index, value)
    )


def _may_hide_a_digit(error: Mishearing, spec: SlotSpec) -> bool:
    """Whether a strange word between two digits could have been one, where any number of them may be meant."""
    if spec.type != "digits" or len(spec.lengths) == 1 or not error.new:
        return False
    around = (*error.words[max(0, error.index - 1) : error.index], *error.words[error.index + 1 : error.index + 2])
    return len(around) == 2 and all(_number(word) for word in around)


def _holds(words: tuple[str, ...], phrases: tuple[tuple[str, ...], ...]) -> bool:
    return any(find_phrase(words, phrase) >= 0 for phrase in phrases)


def _other_option(error: Mishearing, value: str, phrases: Mapping[str, tuple[tuple[str, ...], ...]]) -> bool:
    """Whether the utterance now holds a phrase of another option and none of the right one any more."""
    now = tuple(error.text.lower().split())
    if _holds(now, phrases[value]) and not (error.new and any((error.new,) in found for found in phrases.values())):
        return False
    return any(_holds(now, phrases[option]) for option in phrases if option != value)


def _separates(error: Mishearing, spec: SlotSpec) -> bool:
    """Whether a separator of an e-mail address was lost that the address is valid without."""
    if spec.type != "email" or error.old not in {"dot", "underscore", "dash", "hyphen"}:
        return False
    return error.old != "dot" or "dot" in error.words[error.index + 1 :]


def _deleted(error: Mishearing, value: str, spec: SlotSpec) -> bool:
    if spec.type in {"phone", "digits"}:
        before = error.words[error.index - 1] if error.index else ""
        rounded = error.old in UNITS and PAIRS.get(before, 0) >= 20 and not spec.check
        return rounded or _other_length(error, value, spec, -1)
    if spec.type == "us_address" and error.old.isdecimal() and value.endswith(f" {error.old}"):
        return True  # a whole written ZIP: what is left is another whole address
    others = [place for place in range(len(error.words)) if place != error.index]
    if spec.type in _OPEN and _carries_open(error, error.index, value):
        if spec.type == "us_address" and _in_street(error.old, value):
            return len(value.split(",", maxsplit=1)[0].split()) > 3
        return spec.type == "us_address" or any(_carries_open(error, place, value) for place in others)
    if spec.type == "date" and error.old in _MONTHS:
        return not any(_number(word) and word not in UNITS | PAIRS for word in error.words)
    if _number(error.old) and _NUMBERS in _KINDS[spec.type]:
        return not _in_zip(error, value) and any(_number(error.words[place]) for place in others)
    return spec.type in {"email", "us_address"} and (error.old in _LETTERS or _number(error.old))


def _doubled(error: Mishearing, value: str, spec: SlotSpec) -> bool:
    word = error.old
    if spec.type in {"phone", "digits"}:
        return _other_length(error, value, spec, 1)
    if spec.type in _OPEN and word in _LETTERS:
        return True
    if spec.type in {"email", "us_address"}:
        return _number(word) and not _in_zip(error, value)
    return spec.type in {"money", "number"} and word in UNITS and "point" in error.words[: error.index]


def _replaced(error: Mishearing, value: str, spec: SlotSpec) -> bool:
    if spec.check and error.old in UNITS:
        return False
    if spec.type == "digits" and error.new in UNITS | PAIRS and not _number(error.old):
        return _other_length(replace(error, old=error.new), value, spec, 1)
    explained = error.old in _LETTERS and error.words[error.index + 1 : error.index + 3] == ("as", "in")
    if explained:
        return False
    for kind in _KINDS[spec.type]:
        if error.old in kind and error.new in kind and kind[error.old] != kind[error.new]:
            return True
    if spec.type not in _OPEN or error.new in _FUNCTION or error.old in _SUFFIXES or error.old in _UNIT_WORDS:
        return False
    near = range(max(0, error.index - 1), min(len(error.words), error.index + 2))
    return any(_carries_open(error, place, value) for place in near)


def _number(word: str) -> bool:
    return word in _NUMBERS or re.fullmatch(r"\d+(?:st|nd|rd|th)?", word) is not None


def _carries_open(error: Mishearing, place: int, value: str) -> bool:
    """Whether the word there is a name in the value: of a person, a street, a city, a mailbox."""
    word = error.words[place]
    if word in _ROLES or word in _SUFFIXES or word in _UNIT_WORDS or _number(word):
        return False
    if "@" in value:
        return word not in _FUNCTION and word.replace("'", "") in re.sub(r"[^a-z]", "", value.lower())
    if "," in value and word in _STATES:
        return True
    return word in value.lower().replace(",", "").split() or (word in _LETTERS and "," not in value)


def _street_names(value: str) -> list[str]:
    words = value.split(",", maxsplit=1)[0].lower().split()
    return [word for word in words if word.isalpha() and word not in _SUFFIXES and word not in _DIRECTIONS]


def _in_street(word: str, value: str) -> bool:
    return word in _street_names(value)


def _in_zip(error: Mishearing, value: str) -> bool:
    """Whether the number word belongs to the last run of them, where the value ends with a ZIP code."""
    if not re.search(r" \d{5}$", value):
        return False
    numbers = [place for place, word in enumerate(error.words) if _number(word)]
    return error.index in numbers and all(place in numbers for place in range(error.index, numbers[-1]))


def _other_length(error: Mishearing, value: str, spec: SlotSpec, sign: int) -> bool:
    """Whether digits more or fewer make a value all the same: an extension, or another allowed length."""
    word = error.old
    if not _number(word) and word not in {"double", "triple"}:
        return False
    if spec.type == "phone":
        return any(lead in error.words[: error.index] for lead in ("extension", "ext"))
    if spec.check:
        return False
    count = len(word) if word.isdigit() else 1
    counts = {count, 2} if word in PAIRS or word in {"hundred", "thousand", "triple"} else {count}
    return any(len(value) + sign * each in spec.lengths for each in counts)
