"""A caller's words with stand-ins in the place of what tells who spoke."""

from dataclasses import dataclass

from sop.slots.spoken_numbers import is_number_word, read_number, speak_house_number
from sop.words import Words, split_words
from voice.replaying.scrub.plain_words import Vocabulary
from voice.replaying.scrub.said_dates import Day, day_of, days_said, instead, other_digits
from voice.replaying.scrub.stand_ins import StandIns

LONG = 4
"""Digits in a row from which a number may be somebody's."""
_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Run:
    """A number among words."""

    begins: int
    ends: int
    """The word behind it."""
    digits: str


def number_runs(words: Words) -> tuple[Run, ...]:
    """Every number in the words, spoken or written, with what belongs together in one.

    >>> number_runs(("call", "four", "one", "five", "now"))
    (Run(begins=1, ends=4, digits='415'),)
    """
    found: list[Run] = []
    at = 0
    while at < len(words):
        digits, after = read_number(words, at) if is_number_word(words[at]) else ("", at)
        if digits:
            found.append(Run(at, after, digits))
        at = max(after, at + 1)
    return tuple(found)


def in_words(digits: str) -> str:
    """Digit by digit: "415" is "four one five"."""
    return " ".join(_NAMES[int(digit)] for digit in digits)


def masked(text: str, stands: StandIns, own: Vocabulary, *, longest: int = LONG - 1) -> str:
    """The text in lowercase words: numbers of the call's values, and all with more digits than `longest`, are others;
    words of its values are others; any word that is not in `own` is left out.

    >>> masked("Foster, F O S T E R.", StandIns({}, {"foster": "morgan"}, {}), frozenset())
    'morgan m o r g a n'
    """
    words = split_words(text)
    replaced = _days(stands)
    kept: list[str] = []
    at = 0
    for said in days_said(words, replaced):
        kept += _plain(words[at : said.begins], stands, own, longest)
        kept.append(instead(words, said, replaced[said.day]))
        at = said.ends
    kept += _plain(words[at:], stands, own, longest)
    return " ".join(word for word in kept if word)


def _days(stands: StandIns) -> dict[Day, Day]:
    """Days of the call's values → the ones that stand for them."""
    pairs = ((day_of(value), day_of(other)) for value, other in stands.values.items())
    return {day: other for day, other in pairs if day is not None and other is not None}


def _plain(words: Words, stands: StandIns, own: Vocabulary, longest: int) -> list[str]:
    """Words without such a day among them."""
    runs = {run.begins: run for run in number_runs(words)}
    dates = {digits: other for pair in _days(stands).items() for digits, other in other_digits(*pair).items()}
    alone = lone_names(stands)
    kept: list[str] = []
    at = 0
    while at < len(words):
        if (run := runs.get(at)) is not None:
            other = dates.get(run.digits)
            kept.append(in_words(other) if other else _number(words, run, stands, longest))
            at = run.ends
        elif (end := _spelled(words, at)) > at:
            kept.append(_spelling("".join(words[at:end]), stands))
            at = end
        else:
            kept.append(_word(words, at, stands, own - alone))
            at += 1
    return kept


def lone_names(stands: StandIns) -> frozenset[str]:
    """Names of which one word alone is replaced: that word is a name wherever it stands, a plain one ("price") too.

    >>> lone_names(StandIns({"Price Jr.": "Carter Jr.", "Will Hill": "Henry Porter"}, {"price": "carter"}, {}))
    frozenset({'price'})
    """
    parts = (split_words(value) for value in stands.values)
    found = ([word for word in words if word in stands.words] for words in parts if all(map(str.isalpha, words)))
    return frozenset(words[0] for words in found if len(words) == 1)


def _number(words: Words, run: Run, stands: StandIns, longest: int) -> str:
    said = words[run.begins : run.ends]
    if run.digits not in stands.digits and len(run.digits) <= longest:
        return " ".join(said)
    other = stands.other_digits(run.digits)
    one_by_one = len(said) >= len(run.digits) or len(other) > LONG or other.startswith("0")
    return in_words(other) if one_by_one else _as_words(speak_house_number(other))


def _as_words(spoken: str) -> str:
    return " ".join(in_words(word) if word.isdecimal() else word for word in spoken.split())


def _spelled(words: Words, at: int) -> int:
    """Behind the letters that are spelled from here on; `at` where none are."""
    end = at
    while end < len(words) and len(words[end]) == 1 and words[end].isalpha():
        end += 1
    return end if end - at >= 3 else at


def _spelling(letters: str, stands: StandIns) -> str:
    other = stands.words.get(letters)
    return " ".join(other) if other else ""


def _word(words: Words, at: int, stands: StandIns, own: Vocabulary) -> str:
    """One word. A plain one that is a part of a name as well ("will", "price") is another only beside another."""
    word = words[at]
    base, mark, _ = word.partition("'s")
    known = stands.words.get(word) or stands.words.get(base)
    beside = any(one in stands.words for one in (*words[max(0, at - 1) : at], *words[at + 1 : at + 2]))
    if known is not None and (word not in own or beside):
        return known + mark
    if any(sign.isdigit() for sign in word):
        return word if sum(sign.isdigit() for sign in word) < LONG else ""
    return word if word in own or base in own else ""
