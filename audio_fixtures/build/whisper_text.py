"""Sentences to train the small Whisper on: wide on purpose, because the decoder memorises what it is shown.

`sentence(r)` gives one in spoken form (see `whisper_words`); none of them equals a held-out sentence.
Run as a script it prints a sample: `python whisper_text.py 20`.
"""

import random
import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import whisper_places as places
import whisper_words as words

Rng = random.Random
HERE = Path(__file__).parent
TRIES = 20
FROM_DIALOGUES = 0.5

FILLERS: dict[str, Callable[[Rng], str]] = {
    "first": words.first_name,
    "last": words.last_name,
    "name": lambda r: f"{words.first_name(r)} {words.last_name(r)}",
    "phone": words.phone,
    "address": places.address,
    "street": places.street,
    "city": places.city,
    "when": words.when,
    "time": words.clock,
    "date": words.date,
    "year": words.year,
    "money": words.money,
    "count": words.count,
    "alnum": words.alnum,
    "email": words.email,
    "n": words.below_hundred,
    "temp": lambda r: f"{r.choice(words.TENS)}{r.choice(['', ' ' + r.choice(words.ONES[1:])])}",
    "digits3": lambda r: r.choice([words.digits(r, 3), words.below_hundred(r)]),
    "noun": lambda r: words.salad(r, 1, 1),
    "state": lambda r: r.choice(places.STATES),
    "zip": lambda r: words.digits(r, 5),
    "letter": lambda r: r.choice(words.LETTERS),
    "color": lambda r: r.choice(words.COLORS),
    "car": lambda r: r.choice(words.CARS),
    "problem": lambda r: phrase(r, r.choice(["hvac", "gas", "desk", "billing"])),
    "hvac": lambda r: phrase(r, "hvac"),
}


@cache
def grammar() -> dict[str, list[str]]:
    """The sections of whisper_phrases.txt."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (HERE / "whisper_phrases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = sections.setdefault(line[1 : line.index("]")], [])
        elif line and not line.startswith("#"):
            current.append(line)
    return sections


@cache
def section_weights() -> dict[str, float]:
    text = (HERE / "whisper_phrases.txt").read_text(encoding="utf-8")
    return {name: float(weight) for name, weight in re.findall(r"^\[(\w+)\] (\d+)", text, re.MULTILINE)}


@cache
def heldout() -> dict[str, str]:
    """Held-out sentences, as transcripts, with their kind. Nothing here may be trained on."""
    rows = (HERE / "heldout.txt").read_text(encoding="utf-8").splitlines()
    pairs = (row.split("\t") for row in rows if row and not row.startswith("#"))
    return {words.transcript(text): kind for kind, text in pairs}


def not_held_out(sentences: Sequence[str]) -> list[str]:
    """Those that may be trained on, as transcripts."""
    plain = (words.transcript(sentence) for sentence in sentences)
    return [sentence for sentence in plain if sentence and sentence not in heldout()]


def expand(r: Rng, line: str) -> str:
    """Choose every {a|b} from the inside out, then fill every <name>."""
    inner = re.compile(r"\{([^{}]*)\}")
    while inner.search(line):
        line = inner.sub(lambda m: r.choice(m.group(1).split("|")), line, count=1)
    return re.sub(r"<(\w+)>", lambda m: FILLERS[m.group(1)](r), line)


def phrase(r: Rng, section: str | None = None) -> str:
    """A sentence of one section of the grammar; longer lines hold more and are taken more often."""
    if section is None:
        weights = section_weights()
        section = r.choices(list(weights), list(weights.values()))[0]
    lines = grammar()[section]
    return expand(r, r.choices(lines, [len(line) ** 0.6 for line in lines])[0])


def trimmed(r: Rng, text: str) -> str:
    """The openings, hesitations and closings that callers put around an answer."""
    opening, closing = phrase(r, "opening"), phrase(r, "closing")
    kind = r.random()
    return opening + text if kind < 0.65 else text + closing if kind < 0.85 else opening + text + closing


def answer_address(r: Rng) -> str:
    return phrase(r, "place" if r.random() < 0.25 else "address")


def answer_name(r: Rng) -> str:
    """A name: whole, in parts, or spelled."""
    kind = r.random()
    if kind < 0.7:
        return phrase(r, "name")
    if kind < 0.82:
        return phrase(r, "full_name")
    last = words.last_name(r)
    lead = r.choice([f"{last}, ", "it's spelled ", f"last name {last}, ", "", "that's ", f"my name is {last}, "])
    return lead + words.letters(r, last)


def correction(r: Rng) -> str:
    """An answer that takes another one back."""
    kind = r.choice(
        [words.last_name, words.phone, places.address, words.when, words.first_name, words.money, places.city]
    )
    new = kind(r)
    shape = r.random()
    if shape < 0.15:
        return f"it's {new}, not {kind(r)}"
    return f"{kind(r)}, no, {new}" if shape < 0.3 else phrase(r, "correction") + new


@cache
def prose(limit: int = 60000) -> list[str]:
    """Plain English sentences out of the doc-strings of the Python packages that are installed for training."""
    known = set(words.word_stock()[0]) | words.SHORT
    root = Path(random.__file__).parent
    found: set[str] = set()
    for path in sorted(root.rglob("*.py"))[:9000] + sorted(Path(words.names.__file__).parents[1].rglob("*.py"))[:9000]:
        for block in re.findall(r'"""(.*?)"""', path.read_text(encoding="utf-8", errors="ignore"), re.DOTALL):
            for part in re.split(r"[.!?:;()\n]\s*\n|[.!?:;()]\s", block):
                text = " ".join(part.split()).lower()
                tokens = re.sub(r",", " ", text).split()
                if re.fullmatch(r"[a-z', ]+", text) and 3 <= len(tokens) <= 13 and all(t in known for t in tokens):
                    found.add(text)
        if len(found) >= limit:
            break
    return sorted(found)


def disturbed(r: Rng) -> str:
    """A sentence of the domain with words swapped or put in: what was said counts, not what is likely."""
    tokens = domain(r).split()
    for place in range(len(tokens)):
        if r.random() < 0.22:
            tokens[place] = words.salad(r, 1, 1)
    if r.random() < 0.4:
        place = r.randint(0, len(tokens))
        tokens[place:place] = words.salad(r, 1, 3).split()
    return " ".join(tokens)


def domain(r: Rng) -> str:
    """An answer of one of the flows."""
    makers: dict[Callable[[Rng], str], int] = {
        lambda r: phrase(r, "phone"): 20,
        answer_address: 18,
        answer_name: 26,
        lambda r: phrase(r, "when"): 8,
        correction: 5,
        words.email: 3,
        words.alnum: 2,
        words.money: 2,
        words.date: 1,
        phrase: 60,
    }
    text = r.choices(list(makers), list(makers.values()))[0](r)
    return trimmed(r, text) if r.random() < 0.2 else text


def sentence(r: Rng, dialogues: Sequence[str] = (), names: float = 0.0) -> str:
    """One training sentence in spoken form, never a held-out one and never longer than a turn.

    A share of `names` are answers to the question for a name; with `dialogues` half of the others are drawn from these.
    """
    for _ in range(TRIES):
        kind = r.random()
        if names and r.random() < names:
            text = answer_name(r)
        elif dialogues and r.random() < FROM_DIALOGUES:
            text = r.choice(dialogues)
        elif kind < 0.62:
            text = domain(r)
        elif kind < 0.74:
            text = disturbed(r)
        elif kind < 0.87:
            text = r.choice(prose())
        elif kind < 0.91:
            text = words.salad(r, 1, 1)
        else:
            text = words.salad(r)
        text = " ".join(text.split())
        plain = words.transcript(text)
        if plain and plain not in heldout() and len(plain) <= 110:
            return text
    return "hello"


def of_the_flows(samples: int = 40_000, share: float = 0.55) -> Callable[[str], bool]:
    """Tells utterances of the flows from word salad and prose: by how many word pairs the flows' grammar makes too."""
    r = random.Random(77)
    pairs: set[tuple[str, str]] = set()
    for _ in range(samples):
        tokens = ["", *words.transcript(" ".join(domain(r).split())).split(), ""]
        pairs.update(pairwise(tokens))

    def accepts(text: str) -> bool:
        tokens = ["", *text.split(), ""]
        found = [pair in pairs for pair in pairwise(tokens)]
        return sum(found) >= share * len(found)

    return accepts


if __name__ == "__main__":
    rng = random.Random(1)
    for _ in range(int(sys.argv[1])):
        print(sentence(rng))
