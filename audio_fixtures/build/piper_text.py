"""Sentences for the Piper voice to learn from: what a telephone agent says, and wide text around it.

Everything is spelled out in words, so that the teacher and espeak-ng read it alike. One text is one
sentence, because Piper calls its graph once a sentence. The held-out prompts are never produced.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable
from pathlib import Path

from wordfreq import top_n_list, word_frequency

DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
PHRASES = Path(__file__).with_name("piper_phrases.txt")
HELD_OUT = [Path(__file__).with_name(name) for name in ("piper_heldout.txt", "piper_heldout_callers.txt")]


def phrases() -> dict[str, list[str]]:
    """The sections of the phrase file: words parted by commas; sentences for `frames`, `plain`."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in PHRASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            found[section] = []
        elif line and not line.startswith("#"):
            whole = section in {"frames", "plain"}
            found[section] += [line] if whole else [part.strip() for part in line.split(",") if part.strip()]
    return found


def common_words(count: int = 12000) -> tuple[list[str], list[float]]:
    """The most frequent English words and flattened weights, so that rare sounds turn up often enough."""
    words = [w for w in top_n_list("en", count) if re.fullmatch(r"[a-z]{2,}('[a-z]+)?|a|i", w)]
    words = [w for w in words if re.search(r"[aeiouy]", w)]
    return words, [word_frequency(w, "en") ** 0.35 for w in words]


def plain(text: str) -> str:
    """Lower-case words only: how two sentences are compared."""
    return " ".join(re.findall(r"[a-z']+", text.lower()))


class Writer:
    """Writes random sentences from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words, self.weights = common_words()
        self.phrases = phrases()

    def pick(self, options: list[str]) -> str:
        return self.random.choice(options)

    def any(self, section: str) -> str:
        return self.random.choice(self.phrases[section])

    def below_hundred(self) -> str:
        kind = self.random.random()
        if kind < 0.3:
            return self.pick(DIGITS[1:])
        if kind < 0.5:
            return self.pick(TEENS)
        tens = self.pick(TENS)
        return tens if kind < 0.62 else f"{tens} {self.pick(DIGITS[1:])}"

    def number(self) -> str:
        kind = self.random.random()
        if kind < 0.5:
            return self.below_hundred()
        if kind < 0.8:
            return f"{self.pick(DIGITS[1:])} hundred {self.pick(['', 'and ', ''])}{self.below_hundred()}"
        return f"{self.below_hundred()} thousand {self.pick(DIGITS[1:])} hundred"

    def digits(self, low: int = 2, high: int = 5) -> str:
        digits = [*DIGITS, "oh"]
        return " ".join(self.pick(digits) for _ in range(self.random.randint(low, high)))

    def phone(self) -> str:
        groups = self.random.choice([(3, 3, 4), (3, 4), (3, 3, 2, 2)])
        return ", ".join(self.digits(size, size) for size in groups)

    def letters(self) -> str:
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        return ", ".join(self.pick(list(alphabet)) for _ in range(self.random.randint(2, 7)))

    def letter_as(self) -> str:
        word = self.any("alphabet")
        return f"{word[0].upper()} {self.pick(['as in', 'for', 'like'])} {word}"

    def code(self) -> str:
        parts = [self.random.choice([self.letter_as, lambda: self.digits(1, 2), self.letters])() for _ in range(3)]
        return ", ".join(parts)

    def name(self) -> str:
        return f"{self.any('first')} {self.any('last')}"

    def address(self) -> str:
        house = self.random.choice(
            [self.number, lambda: self.digits(3, 4), lambda: f"{self.below_hundred()} {self.below_hundred()}"]
        )()
        side = self.pick(["", "", "", "North ", "South ", "East ", "West "])
        flat = self.pick(["", "", "", f", apartment {self.below_hundred()}", f", suite {self.digits(1, 3)}"])
        city = self.pick(["", "", f", in {self.any('city')}"])
        return f"{house} {side}{self.any('street')} {self.any('kind')}{flat}{city}"

    def clock(self) -> str:
        hour = self.pick([*DIGITS[1:], *TEENS[:3]])
        minutes = self.pick(["o'clock", "thirty", "fifteen", "forty five", "twenty", "ten", "oh five"])
        part = self.pick(["", " in the morning", " in the afternoon", " in the evening", " a m", " p m"])
        return self.pick([f"{hour} {minutes}{part}", f"half past {hour}", f"quarter to {hour}", "noon"])

    def date(self) -> str:
        day = self.any("ordinal")
        return self.pick(
            [
                f"{self.any('weekday')}, {self.any('month')} {day}",
                f"the {day} of {self.any('month')}",
                f"{self.any('month')} {day}",
                f"{self.any('weekday')} the {day}",
                "tomorrow",
                "today",
                self.any("weekday"),
                f"next {self.any('weekday')}",
            ]
        )

    def price(self) -> str:
        cents = self.pick(["", "", f" and {self.below_hundred()} cents"])
        return f"{self.number()} dollars{cents}"

    def salad(self, low: int = 2, high: int = 11) -> str:
        words = self.random.choices(self.words, self.weights, k=self.random.randint(low, high))
        words = [w + ("," if self.random.random() < 0.07 and i < len(words) - 1 else "") for i, w in enumerate(words)]
        words = ["I" + w[1:] if re.match(r"i\b", w) else w for w in words]
        return " ".join(words)

    def fill(self, frame: str) -> str:
        """Replace every {field} of a sentence frame by something of its kind."""
        makers: dict[str, Callable[[], str]] = {
            "name": self.name,
            "first": lambda: self.any("first"),
            "last": lambda: self.any("last"),
            "phone": self.phone,
            "digits": self.digits,
            "letters": self.letters,
            "code": self.code,
            "address": self.address,
            "city": lambda: self.any("city"),
            "clock": self.clock,
            "date": self.date,
            "price": self.price,
            "number": self.number,
            "business": lambda: self.any("business"),
            "service": lambda: self.any("service"),
            "problem": lambda: self.any("problem"),
            "few": lambda: self.salad(1, 4),
            "closing": lambda: self.any("closing"),
            "letter": self.letter_as,
        }
        return re.sub(r"\{(\w+)\}", lambda match: makers[match.group(1)](), frame)

    def sentence(self) -> str:
        """One sentence: half an agent's, a third wide text, the rest read-outs and single words."""
        kind = self.random.random()
        if kind < 0.46:
            text = self.fill(self.any("frames"))
        elif kind < 0.54:
            text = self.any("plain")
        elif kind < 0.86:
            text = self.salad()
            text += self.random.choices([".", "?", "!", ""], [8, 2, 0.6, 0.6])[0]
        elif kind < 0.96:
            maker = self.random.choice([self.phone, self.letters, self.code, self.address, self.date, self.price])
            text = maker() + self.pick([".", ".", "?", ""])
        else:
            text = self.salad(1, 2) + self.pick([".", "?", ""])
        text = re.sub(r"\s+", " ", text).strip()
        return text[:1].upper() + text[1:]


def held_out() -> set[str]:
    """The measuring prompts in plain form."""
    lines = [line for path in HELD_OUT for line in path.read_text(encoding="utf-8").splitlines()]
    return {plain(line.split("\t")[0]) for line in lines if line and not line.startswith("#")}


def sentences(count: int, seed: int) -> list[str]:
    """`count` different sentences, none of them a held-out prompt."""
    writer, forbidden, found = Writer(seed), held_out(), {}
    while len(found) < count:
        text = writer.sentence()
        if 2 <= len(text) <= 170 and plain(text) not in forbidden:
            found[text] = None
    return list(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="text file, one sentence a line")
    parser.add_argument("--count", type=int, default=2047)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    options.out.write_text("\n".join(sentences(options.count, options.seed)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
