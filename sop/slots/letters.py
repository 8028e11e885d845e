"""Letters said one by one: "m", "double l", "s as in sam", "t for tango", "capital k", "kilo alpha romeo"."""

from itertools import groupby

from sop.words import Words, word_set

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_NATO = word_set("""
    alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar
    papa quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu
""")
"""Each stands for its first letter."""
_NATO_RUN = 3
"""Fewer of them in a row may be names."""
_WRITTEN = {
    "cee": "c",
    "ef": "f",
    "eff": "f",
    "gee": "g",
    "aitch": "h",
    "pee": "p",
    "cue": "q",
    "queue": "q",
    "ess": "s",
    "tee": "t",
    "vee": "v",
    "wye": "y",
    "zee": "z",
    "zed": "z",
}
"""Names of letters beside one other letter."""
_WRITTEN_INSIDE = {
    "bee": "b",
    "dee": "d",
    "jay": "j",
    "kay": "k",
    "el": "l",
    "ell": "l",
    "em": "m",
    "en": "n",
    "ex": "x",
}
"""Names of letters that are people's names or words too: only between two letters."""
_ALIKE = ("bcdegptvz", "mn", "fsx", "ahjk", "iy")
"""Letters that a telephone line confuses: the example decides between them."""
_EXAMPLE_LEADS = (("is", "for"), ("as", "and"), ("is", "in"), ("for",), ("like",), ("as",), ("in",))
"""Before an example that begins with the letter; "as in" may be heard in part."""
_ARTICLES = word_set("a an the")


def read_letter(words: Words, at: int) -> tuple[str, int]:
    """The letter or doubled letter spelled at `at`, and the index after it with its example; ("", at) for none.

    >>> read_letter(("s", "as", "in", "sam"), 0)
    ('s', 4)
    """
    start = at
    if words[at : at + 2] == ("the", "letter"):
        start += 2
    elif words[at : at + 1] in (("letter",), ("capital",)):
        start += 1
    double = words[start : start + 1] == ("double",)
    here = start + double
    letter = words[here] if here < len(words) else ""
    if double and letter in ("u", "you"):
        return "w", here + 1
    if letter not in LETTERS:
        return "", at
    letter, after = _example(letter, words, here + 1)
    return letter * (1 + double), after


def spelled_out(words: Words) -> Words:
    """`words` with spelling alphabets and written names of letters ("m i tee") as letters, where they can be nothing
    else."""
    plain: list[str] = []
    for nato, run in groupby(words, key=_NATO.__contains__):
        group = tuple(run)
        plain += [word[0] for word in group] if nato and len(group) >= _NATO_RUN else group
    return tuple(_as_letter(plain, at) for at in range(len(plain)))


def _as_letter(words: list[str], at: int) -> str:
    word = words[at]
    beside = [0 <= near < len(words) and words[near] in LETTERS for near in (at - 1, at + 1)]
    if word in _WRITTEN and any(beside):
        return _WRITTEN[word]
    return _WRITTEN_INSIDE[word] if word in _WRITTEN_INSIDE and all(beside) else word


def _example(letter: str, words: Words, at: int) -> tuple[str, int]:
    """The letter and the index after "as in sam", "for sam", "is for sam", "like sam" where that stands at `at`."""
    if words[at : at + 2] == ("as", "in"):
        if words[at + 2 : at + 3] and words[at + 2] in LETTERS:
            return letter, at + 2
        word, after = _after_article(letter, words, at + 2)
        first = word[:1]
        alike = any(letter in group and first in group for group in _ALIKE if first)
        return (first if alike else letter), after
    for lead in _EXAMPLE_LEADS:
        if words[at : at + len(lead)] == lead:
            word, after = _after_article(letter, words, at + len(lead))
            if len(word) > 1 and word[0] == letter:
                return letter, after
    return letter, at


def _after_article(letter: str, words: Words, at: int) -> tuple[str, int]:
    """The example at `at` and the index after it: "apple" of "an apple"."""
    if words[at : at + 1] and words[at] in _ARTICLES and words[at + 1 : at + 2] and words[at + 1][0] == letter:
        at += 1
    return (words[at], at + 1) if at < len(words) else ("", at)
