"""Numbers as people say them on the telephone: digit by digit, in pairs, with "oh", "double" and
"hundred"."""

from sop.words import Words

DIGITS = {
    "zero": "0",
    "oh": "0",
    "o": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
}
TEENS = {
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fourty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "thirteenth": 13,
    "fourteenth": 14,
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "sixtieth": 60,
    "seventieth": 70,
    "eightieth": 80,
    "ninetieth": 90,
}
_REPEATS = {"double": 2, "triple": 3}
_SPOKEN_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SPOKEN_TEENS = tuple(TEENS)
_SPOKEN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SPOKEN_ORDINALS = {value: word for word, value in ORDINALS.items()}


def is_number_word(word: str) -> bool:
    """Whether a word is digits or part of a spoken number."""
    return (
        (word.isdecimal() and word.isascii())
        or word in DIGITS
        or word in TEENS
        or word in TENS
        or word in _REPEATS
        or word in ("hundred", "thousand")
    )


def read_number(words: Words, start: int = 0) -> tuple[str, int]:
    """The digits of the spoken number at `start`, in the American way of house and telephone numbers, and the
    index after it. ("", start) where there is none.

    >>> read_number(("twenty", "two", "seventeen", "maple"))
    ('2217', 3)
    >>> read_number(("one", "hundred", "and", "four"))
    ('104', 4)
    """
    digits, at = "", start
    while at < len(words):
        piece, after = _piece(words, at)
        if not piece:
            break
        digits, at = digits + piece, after
    return digits, at


def _piece(words: Words, at: int) -> tuple[str, int]:
    """One group: "2217", "double five", "seventeen", "twenty two", "one hundred and four", "two thousand
    eleven"."""
    word = words[at]
    if word.isdecimal() and word.isascii():
        return (
            _scaled(int(word), words, at + 1)
            if len(word) < 3 and _next(words, at + 1) in ("hundred", "thousand")
            else (word, at + 1)
        )
    if word in _REPEATS and _next(words, at + 1) in DIGITS:
        return DIGITS[words[at + 1]] * _REPEATS[word], at + 2
    if word in ("oh", "o", "zero"):
        return "0", at + 1
    small, after = read_below_hundred(words, at)
    return ("", at) if small is None else _scaled(small, words, after)


def _scaled(small: int, words: Words, at: int) -> tuple[str, int]:
    """`small`, times a hundred or a thousand when that follows, plus what follows then."""
    scale = {"hundred": 100, "thousand": 1000}.get(_next(words, at))
    if scale is None:
        return str(small), at
    total, at = small * scale, at + 1
    if scale == 1000:
        hundreds, after = read_below_hundred(words, at)
        if hundreds is not None and hundreds < 10 and _next(words, after) == "hundred":
            total, at, scale = total + hundreds * 100, after + 1, 100
    behind = at + 1 if _next(words, at) == "and" else at
    rest, after = read_below_hundred(words, behind)
    # "eight hundred five five five", "ninety nine hundred twelve thirty four": what follows belongs to the number only
    # when it stands alone.
    if rest is not None and not ((rest < 10 or 10 <= small < 100) and is_number_word(_next(words, after))):
        return str(total + rest), after
    return str(total), at


def read_below_hundred(words: Words, at: int) -> tuple[int | None, int]:
    """1..99 in words at `at`, and the index after it."""
    word = _next(words, at)
    if word in TEENS:
        return TEENS[word], at + 1
    if word in TENS:
        unit = DIGITS.get(_next(words, at + 1), "0")
        if unit != "0":
            return TENS[word] + int(unit), at + 2
        return TENS[word], at + 1
    if word in DIGITS and DIGITS[word] != "0":
        return int(DIGITS[word]), at + 1
    return None, at


def read_ordinal(words: Words, at: int) -> tuple[int | None, int]:
    """An ordinal ("fifth", "twenty second", "23rd") at `at`, and the index after it."""
    word = _next(words, at)
    if word[:-2].isdecimal() and word[-2:] in ("st", "nd", "rd", "th"):
        return int(word[:-2]), at + 1
    if word in ORDINALS:
        return ORDINALS[word], at + 1
    if word in TENS and ORDINALS.get(_next(words, at + 1), 10) < 10:
        return TENS[word] + ORDINALS[words[at + 1]], at + 2
    return None, at


def ordinal_digits(value: int) -> str:
    """5 -> "5th"."""
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def speak_below_hundred(value: int) -> str:
    """0..99 in words."""
    if value < 10:
        return _SPOKEN_DIGITS[value]
    if value < 20:
        return _SPOKEN_TEENS[value - 10]
    tens, unit = divmod(value, 10)
    return _SPOKEN_TENS[tens] + (f" {_SPOKEN_DIGITS[unit]}" if unit else "")


def speak_ordinal(value: int) -> str:
    """1..99 as an ordinal in words; digits with an ending above."""
    if value in _SPOKEN_ORDINALS:
        return _SPOKEN_ORDINALS[value]
    if value < 100:
        return f"{_SPOKEN_TENS[value // 10]} {_SPOKEN_ORDINALS[value % 10]}"
    return ordinal_digits(value)


def speak_house_number(digits: str) -> str:
    """In words: 2217 is "twenty two seventeen", 405 "four oh five", 1200 "twelve hundred"."""
    if len(digits) <= 2:
        return speak_below_hundred(int(digits))
    if len(digits) > 4 or digits.startswith("0"):
        return speak_digits(digits)
    head, tail = int(digits[:-2]), digits[-2:]
    if digits.endswith("000"):
        return f"{_SPOKEN_DIGITS[int(digits[0])]} thousand"
    if tail == "00":
        return f"{speak_below_hundred(head)} hundred"
    if tail.startswith("0"):
        return f"{speak_below_hundred(head)} oh {_SPOKEN_DIGITS[int(tail)]}"
    return f"{speak_below_hundred(head)} {speak_below_hundred(int(tail))}"


def speak_digits(digits: str) -> str:
    """One by one: 0134 is "0 1 3 4"."""
    return " ".join(digits)


def _next(words: Words, at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""
