"""Word errors: how far what was heard is from what was said."""

import re

from rapidfuzz.distance import Levenshtein

from voice.replaying.result import Wer

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_NOT_WORD = re.compile(r"[^a-z0-9' ]+")


def plain(text: str) -> list[str]:
    """Lower case, without punctuation; digits one by one and as words, "oh" as zero: a number may be written in
    several ways and is still the same words.

    >>> plain("It's 415-0199, oh yes.")
    ["it's", 'four', 'one', 'five', 'zero', 'one', 'nine', 'nine', 'zero', 'yes']
    """
    spaced = re.sub(r"(\d)", r" \1 ", _NOT_WORD.sub(" ", text.lower().replace("’", "'")))
    words = (word.strip("'") for word in spaced.split())
    return [_DIGITS[int(word)] if word.isdigit() else "zero" if word == "oh" else word for word in words if word]


def word_errors(said: list[str], heard: list[str]) -> Wer:
    """Substituted, left out and added words between the texts of a call, each list in order.

    Source: the usual definition of WER, (S + D + I) / N, over the whole call.
    """
    reference = [word for text in said for word in plain(text)]
    found = [word for text in heard for word in plain(text)]
    return Wer(Levenshtein.distance(reference, found), len(reference))
