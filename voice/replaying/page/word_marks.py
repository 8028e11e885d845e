"""Two wordings of one thing side by side, with the words marked in which they differ."""

from dataclasses import dataclass
from itertools import groupby

from rapidfuzz.distance import Levenshtein

from voice.replaying.page.markup import safe

_MOST = 2000
"""Words compared of each wording; what lies behind is shown without marks."""
_EDGES = ".,;:!?\"'“”‘’()…"


@dataclass(frozen=True, slots=True)
class Marked:
    """Both wordings as HTML: what only the first has is in `<del>`, what only the second has in `<ins>`."""

    was: str
    now: str
    differs: bool


def marked(was: str, now: str) -> Marked:
    """The wordings compared word by word; case and punctuation around a word don't count."""
    old, new = was.split(), now.split()
    steps = Levenshtein.opcodes([_key(word) for word in old[:_MOST]], [_key(word) for word in new[:_MOST]])
    left: list[str] = []
    right: list[str] = []
    for same, run in groupby(steps, key=lambda step: step.tag == "equal"):
        pieces = list(run)
        left += _run(old[pieces[0].src_start : pieces[-1].src_end], "" if same else "del")
        right += _run(new[pieces[0].dest_start : pieces[-1].dest_end], "" if same else "ins")
    left += _run(old[_MOST:], "")
    right += _run(new[_MOST:], "")
    return Marked(" ".join(left), " ".join(right), any(step.tag != "equal" for step in steps))


def core(was: str, now: str) -> tuple[str, str]:
    """What is left without the words that both begin and end with; one of these stays on each side of a single word."""
    old, new = was.split(), now.split()
    least = min(len(old), len(new))
    head = next((place for place in range(least) if old[place] != new[place]), least)
    tail = next((place for place in range(least - head) if old[-1 - place] != new[-1 - place]), least - head)
    around = 1 if least - head - tail < 2 else 0
    first, last = max(0, head - around), max(0, tail - around)
    return _between(old, first, last), _between(new, first, last)


def _between(words: list[str], first: int, last: int) -> str:
    return " ".join(["…"] * bool(first) + words[first : len(words) - last] + ["…"] * bool(last))


def _run(words: list[str], tag: str) -> list[str]:
    text = safe(" ".join(words))
    return [] if not words else [f"<{tag}>{text}</{tag}>" if tag else text]


def _key(word: str) -> str:
    """A sign that stands alone ("&") is kept."""
    return word.strip(_EDGES).lower() or word
