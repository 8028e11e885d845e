"""Gives every Piper phoneme id its share of the teacher's segments.

The teacher (flite) prints CMU phones with end times; Piper's ids come from espeak-ng's IPA. The two
lexica disagree now and then, so the sequences are matched by dynamic programming over phone classes
(edit distance with graded substitution costs). Durations are in frames of `HOP` samples.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

HOP = 80
"""Samples a frame: 5 ms at 16 kHz."""

DIPHTHONGS = {"aɪ", "aʊ", "ɔɪ", "eɪ", "oʊ", "tʃ", "dʒ", "iə"}
MODIFIERS = set("ːˑʲ̩̃ʰ˞̯")
SILENT = set("ˈˌ'-()\"")
PUNCTUATION = set(".,;:!?^$")

EXPECTED: dict[str, tuple[str, ...]] = {
    "aɪ": ("ay",),
    "aʊ": ("aw",),
    "ɔɪ": ("oy",),
    "eɪ": ("ey",),
    "oʊ": ("ow",),
    "tʃ": ("ch",),
    "dʒ": ("jh",),
    "iə": ("iy", "ih", "ia"),
    "a": ("ae", "aa", "ay"),
    "æ": ("ae",),
    "ɑ": ("aa", "ao"),
    "ɒ": ("aa", "ao"),
    "ɔ": ("ao", "aa", "ow"),
    "ɐ": ("ax", "ah", "ey", "ae"),
    "ə": ("ax", "ah", "ih"),
    "ʌ": ("ah", "ax"),
    "ɚ": ("er",),
    "ɜ": ("er",),
    "ɛ": ("eh",),
    "e": ("ey", "eh"),
    "ɪ": ("ih", "ax", "iy"),
    "i": ("iy", "ih"),
    "ᵻ": ("ih", "ax"),
    "ʊ": ("uh", "uw"),
    "u": ("uw", "uh"),
    "o": ("ow", "ao"),
    "b": ("b",),
    "d": ("d",),
    "f": ("f",),
    "ɡ": ("g",),
    "g": ("g",),
    "h": ("hh",),
    "j": ("y",),
    "k": ("k",),
    "l": ("l",),
    "ɫ": ("l",),
    "m": ("m",),
    "n": ("n",),
    "ŋ": ("ng",),
    "p": ("p",),
    "ɹ": ("r",),
    "r": ("r",),
    "s": ("s",),
    "ʃ": ("sh",),
    "t": ("t",),
    "ɾ": ("t", "d"),
    "ʔ": ("t",),
    "θ": ("th",),
    "ð": ("dh",),
    "v": ("v",),
    "w": ("w",),
    "z": ("z",),
    "ʒ": ("zh",),
    "x": ("k", "hh"),
}
CLASSES = (
    {"aa", "ae", "ah", "ao", "aw", "ax", "ay", "eh", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw"},
    {"p", "t", "k"},
    {"b", "d", "g"},
    {"f", "th", "s", "sh", "hh", "ch"},
    {"v", "dh", "z", "zh", "jh"},
    {"m", "n", "ng"},
    {"l", "r", "w", "y", "er"},
)
PAUSE = "pau"
SKIP_UNIT, SKIP_PHONE, SHARE = 1.0, 1.2, 0.9


@dataclass(frozen=True, slots=True)
class Unit:
    """A sound or a pause of the IPA string: its symbols' positions among the phonemes."""

    name: str
    positions: tuple[int, ...]


def units(phonemes: list[str]) -> list[Unit]:
    """Group a Piper phoneme list (with "^" first and "$" last) into sounds, spaces and punctuation."""
    found: list[Unit] = []
    index = 0
    while index < len(phonemes):
        symbol, first = phonemes[index], index
        index += 1
        if symbol in SILENT:
            continue
        if symbol in MODIFIERS:
            if found:
                found[-1] = Unit(found[-1].name, (*found[-1].positions, first))
            continue
        if index < len(phonemes) and symbol + phonemes[index] in DIPHTHONGS:
            found.append(Unit(symbol + phonemes[index], (first, index)))
            index += 1
            continue
        found.append(Unit(symbol, (first,)))
    return found


def cost(unit: str, phone: str) -> float:
    """How badly a teacher's phone fits an IPA sound: 0 same, 0.6 same class, 1.6 same kind, 3 not at all."""
    if unit in PUNCTUATION or unit == " ":
        return (0.0 if unit != " " else 0.3) if phone == PAUSE else 9.0
    if phone == PAUSE:
        return 9.0
    expected = EXPECTED.get(unit, ())
    if phone in expected:
        return 0.0 if phone == expected[0] else 0.2
    if any(phone in group and any(e in group for e in expected) for group in CLASSES):
        return 0.6
    both_consonants = phone not in CLASSES[0] and not any(e in CLASSES[0] for e in expected)
    return 1.6 if both_consonants else 3.0


def skip(unit: str) -> float:
    """The cost of giving a unit no time at all."""
    return 0.0 if unit == " " else 0.15 if unit in PUNCTUATION else SKIP_UNIT


def path(names: list[str], phones: list[str]) -> tuple[float, list[tuple[int, int, int, int]]]:
    """The cheapest matching: its cost and blocks (unit from, to, phone from, to), ends exclusive.

    Moves: one to one; two units share a phone; one unit takes two phones; either side skipped.
    """
    rows, columns = len(names), len(phones)
    table = np.full((rows + 1, columns + 1), np.inf)
    table[0, 0] = 0.0
    back: dict[tuple[int, int], tuple[int, int]] = {}
    for i in range(rows + 1):
        for j in range(columns + 1):
            options = []
            if i and j:
                options.append((table[i - 1, j - 1] + cost(names[i - 1], phones[j - 1]), (1, 1)))
            if i:
                options.append((table[i - 1, j] + skip(names[i - 1]), (1, 0)))
            if j:
                options.append((table[i, j - 1] + SKIP_PHONE, (0, 1)))
            if i > 1 and j:
                shared = cost(names[i - 2], phones[j - 1]) + cost(names[i - 1], phones[j - 1])
                options.append((table[i - 2, j - 1] + shared / 2 + SHARE, (2, 1)))
            if i and j > 1:
                taken = cost(names[i - 1], phones[j - 2]) + cost(names[i - 1], phones[j - 1])
                options.append((table[i - 1, j - 2] + taken / 2 + SHARE, (1, 2)))
            if options:
                table[i, j], back[i, j] = min(options)
    blocks, i, j = [], rows, columns
    while i or j:
        di, dj = back[i, j]
        blocks.append((i - di, i, j - dj, j))
        i, j = i - di, j - dj
    return float(table[rows, columns]), blocks[::-1]


def split(frames: int, parts: int) -> list[int]:
    """`frames` in `parts` nearly equal whole numbers."""
    edges = [round(frames * k / parts) for k in range(parts + 1)]
    return [b - a for a, b in itertools.pairwise(edges)]


def durations(phonemes: list[str], segments: list[tuple[str, float]]) -> tuple[np.ndarray, float]:
    """Frames for every phoneme, and the matching cost per unit (above about 0.25: the texts disagree).

    `segments` are (phone, end time in seconds). Time of a skipped phone goes to the unit before it.
    """
    groups = units(phonemes)
    total, blocks = path([g.name for g in groups], [name for name, _ in segments])
    edges = [0, *(round(end * 16000 / HOP) for _, end in segments)]
    frames = np.zeros(len(phonemes), dtype=np.int64)
    last = groups[0]
    for first, end, phone_first, phone_end in blocks:
        time = edges[phone_end] - edges[phone_first]
        owners = groups[first:end]
        positions = [p for owner in owners for p in owner.positions]
        if not positions:
            positions = [last.positions[-1]]
        if time:
            for position, share in zip(positions, split(time, len(positions)), strict=False):
                frames[position] += share
        last = owners[-1] if owners and time else last
    return frames, total / max(len(groups), 1)
