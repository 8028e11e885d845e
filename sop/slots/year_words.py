"""Years as people say them: "nineteen eighty five", "two thousand and five", "oh five"."""

from dataclasses import dataclass

from sop.slots.spoken_numbers import DIGITS, is_number_word, read_below_hundred, speak_below_hundred
from sop.words import Words


@dataclass(frozen=True, slots=True)
class Year:
    """A year in the words. `short`: two digits were said, and `value` is those."""

    value: int
    after: int
    short: bool = False


def read_year(words: Words, at: int) -> Year | None:
    """The year at `at`: "nineteen eighty five", "two thousand and five", "85", "oh five", "one nine eight five"."""
    word, second = _word(words, at), _word(words, at + 1)
    if word.isdecimal() and len(word) != 1:
        return _written_year(word, second, at)
    spelled = "".join(_digit(words, at + step) for step in range(4))
    if len(spelled) == 4 and not is_number_word(_word(words, at + 4)):
        return _in_range(int(spelled), at + 4)
    if word in ("oh", "o", "zero", "0"):
        return Year(int(_digit(words, at + 1)), at + 2, short=True) if _digit(words, at + 1) else None
    head, after = read_below_hundred(words, at)
    scale = {"thousand": 1000, "hundred": 100}.get(_word(words, after))
    if head is not None and scale:
        behind = after + 2 if _word(words, after + 1) == "and" else after + 1
        rest, end = _two_digits(words, behind, least=1)
        return _in_range(head * scale + (rest or 0), after + 1 if rest is None else end)
    if head in (18, 19, 20):
        rest, end = _two_digits(words, after, least=10)
        if rest is not None:
            return Year(head * 100 + rest, end)
    return Year(head, after, short=True) if head is not None and head >= 10 else None


def speak_year(year: int) -> str:
    """1000..2999 in words: "nineteen eighty five", "two thousand five", "nineteen hundred"."""
    head, tail = divmod(year, 100)
    if head % 10 == 0 and tail < 10:
        return f"{speak_below_hundred(head // 10)} thousand" + (f" {speak_below_hundred(tail)}" if tail else "")
    if tail == 0:
        return f"{speak_below_hundred(head)} hundred"
    return f"{speak_below_hundred(head)} {'oh ' if tail < 10 else ''}{speak_below_hundred(tail)}"


def _written_year(word: str, second: str, at: int) -> Year | None:
    if len(word) == 2 and word in ("18", "19", "20") and len(second) == 2 and second.isdecimal():
        return Year(int(word + second), at + 2)
    if len(word) == 2:
        return Year(int(word), at + 1, short=True)
    return _in_range(int(word), at + 1) if len(word) == 4 else None


def _two_digits(words: Words, at: int, least: int) -> tuple[int | None, int]:
    """The last two digits of a year, "oh five" among them, where they are `least` or more."""
    if _word(words, at) in ("oh", "o", "zero"):
        return (int(_digit(words, at + 1)), at + 2) if _digit(words, at + 1) else (None, at)
    value, after = read_below_hundred(words, at)
    return (value, after) if value is not None and value >= least else (None, at)


def _in_range(year: int, after: int) -> Year | None:
    return Year(year, after) if 1880 <= year < 2100 else None


def _digit(words: Words, at: int) -> str:
    word = _word(words, at)
    return word if len(word) == 1 and word.isdecimal() and word.isascii() else DIGITS.get(word, "")


def _word(words: Words, at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""
