"""Traces of what a recogniser misheard: a word written twice, one that only sounds like a digit, a small word where a
name or a digit must have been. And how callers correct themselves."""

from itertools import pairwise

from sop.slots.spoken_numbers import TENS, is_number_word
from sop.words import Words, phrase_list, word_set

DIGIT_SOUNDS = {
    "for": "four",
    "fore": "four",
    "to": "two",
    "too": "two",
    "ate": "eight",
    "won": "one",
    "tree": "three",
    "sex": "six",
    "fife": "five",
    "owe": "oh",
}
"""Words that sound like a digit."""
RESTART = word_set("no nope sorry wait actually oops correction")
"""Words behind which a caller says it anew."""
_MEANT_BY = phrase_list("i mean, i meant")
_MEANT = _MEANT_BY + phrase_list("scratch that, make that")
_PAUSES = word_set("sorry wait actually")
_TURNS = word_set("no nope not don't never")
SMALL = word_set("""
    a about again all am an and any are around as be because been being both but came can come could did do does down
    each even every for from get give go had has have he her here him his how if in into is it its it's just like
    made make mean me more most much must my no not now of off on only or our out put same say she should so
    some such take tell than that that's the their them then there these they this those through to too us very
    under want was we went were what when where which while who why with would yes yet you your
""")
"""Words that carry no name."""
AFTER_NUMBER = RESTART | word_set("""
    thanks thank please okay ok and um uh er erm hmm that's it's is so yes yeah sir ma'am dash hyphen extension ext
    x again then right i or area code number anytime at the my
""")
"""What may stand behind a number that is said in full."""


def without_doubled(words: Words, kept: frozenset[str] = frozenset()) -> Words:
    """`words` with one of two equal words in a row. Digits and letters stay, since they may be meant, and so do `kept`.

    >>> without_doubled(("five", "five", "willow", "willow", "lane"))
    ('five', 'five', 'willow', 'lane')
    """
    return tuple(word for at, word in enumerate(words) if not (at and word == words[at - 1] and _single(word, kept)))


def _single(word: str, kept: frozenset[str]) -> bool:
    scale = word in ("double", "triple", "hundred", "thousand")
    return scale or (len(word) > 1 and word not in kept and not is_number_word(word))


def with_restarts(words: Words) -> Words:
    """`words` with "sorry" for "i mean" and the like, so that every correction begins with one word of `RESTART`."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        meant = next((phrase for phrase in _MEANT if words[at : at + len(phrase)] == phrase), ())
        kept.append("sorry" if meant else words[at])
        at += len(meant) or 1
    return tuple(kept)


def meant_instead(behind: Words) -> Words | None:
    """What is said behind the last "I mean", or from the "no" on behind a "sorry" or "wait"; None for neither.

    >>> meant_instead(("cancel", "it", "i", "mean", "no"))
    ('no',)
    """
    for at in range(len(behind), 0, -1):
        if behind[at - 2 : at] in _MEANT_BY:
            return behind[at:]
        if behind[at - 1] in _PAUSES and behind[at : at + 1] != () and behind[at] in _TURNS:
            return behind[at:]
    return None


def last_restart(words: Words) -> int:
    """The index behind the last word that begins a correction; 0 for none."""
    return max((at + 1 for at, word in enumerate(words) if word in RESTART), default=0)


def before_restart(words: Words, behind: int) -> Words:
    """What was said before the correction that ends at index `behind`: "karen" of "karen no sorry dana"."""
    while behind and words[behind - 1] in RESTART:
        behind -= 1
    return words[:behind]


def mended_tens(words: Words) -> Words:
    """`words` with the digit that a word of tens needs: "thirty for" at the end is thirty four."""
    return tuple(
        DIGIT_SOUNDS[word]
        if at and words[at - 1] in TENS and word in DIGIT_SOUNDS and word != "owe" and _closes(words, at + 1)
        else word
        for at, word in enumerate(words)
    )


def _closes(words: Words, at: int) -> bool:
    return at >= len(words) or is_number_word(words[at]) or words[at] in ("thanks", "thank", "please")


def open_tens(words: Words) -> bool:
    """Whether a strange word stands behind tens, which may have been their unit: "forty free"."""
    return any(
        word in TENS and not is_number_word(following) and following not in AFTER_NUMBER
        for word, following in pairwise(words)
    )


def sounds_as_digits(words: Words) -> Words:
    """Words that sound like digits, as those digits, where they stand beside digits."""
    return tuple(
        DIGIT_SOUNDS[word]
        if word in DIGIT_SOUNDS and any(is_number_word(near) for near in words[max(0, at - 1) : at + 2])
        else word
        for at, word in enumerate(words)
    )


def without_stray(words: Words, glue: frozenset[str]) -> Words:
    """`words` without the only word between the first and the last digit that is no number and no `glue`; unchanged
    when there are several, or the one keeps numbers apart."""
    numbers = [at for at, word in enumerate(words) if is_number_word(word)]
    inside = range(numbers[0], numbers[-1]) if numbers else range(0)
    strays = [at for at in inside if not is_number_word(words[at]) and words[at] not in glue]
    if len(strays) != 1 or words[strays[0]] in RESTART | {"or", "and", "not", "extension", "ext", "x"}:
        return words
    return (*words[: strays[0]], *words[strays[0] + 1 :])


def amended_ending(said: str, again: str, lengths: tuple[int, ...]) -> str:
    """Digits whose last group is said anew: "... two oh six no wait two oh five". The new group begins with at least
    two digits of the old one, and the result has an allowed length; "" when that is not so at exactly one place."""
    places = range(max(0, len(said) - len(again)), len(said) - 1)
    found = [
        said[:place] + again
        for place in places
        if said[place : place + 2] == again[:2] and place + len(again) in lengths
    ]
    return found[0] if len(found) == 1 else ""


def said_once(digits: str) -> str:
    """One half of digits that are the same number twice; else all of them."""
    half = len(digits) // 2
    return digits[:half] if digits[:half] == digits[half:] else digits
