"""What is left of a call's values in its copy: nothing may be.

Looked for in every text of every file, in names of files as well: each replaced value as words in a row, each word of a
name, an address or what was said freely that is no ordinary one, month and day of a date, and the digits of each
number, spoken or written, together or in groups. The procedure's own text is the business's, and is left out.
"""

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sop.slots.spoken_numbers import is_number_word
from sop.words import find_phrase
from voice.replaying.scrub.masking import number_runs
from voice.replaying.scrub.plain_words import Vocabulary, split_all
from voice.replaying.scrub.said_dates import Day, day_of, days_said, digit_forms
from voice.replaying.scrub.stand_ins import STAFF, TEXT, Held, StandIns

_LONG = 7
"""Digits that are found even inside a longer number."""
_SHORT = 3
_LARGE = 10**9
_OWN_FIELDS = frozenset({"source", "settings", "hours", "flow"})
"""Of a journal's first line: the business's own."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d\S*)?")
_WORDY = frozenset({"person_name", STAFF, "us_address", "email", "free_text", TEXT})


@dataclass(frozen=True, slots=True)
class Needle:
    """What must not be found."""

    label: str
    """What it is a part of; never the value."""
    words: tuple[str, ...] = ()
    digits: str = ""
    day: Day | None = None
    """However it is said."""
    whole: bool = False
    """The words are looked for where a text has no others."""


def needles(held: Iterable[Held], stands: StandIns, own: Vocabulary) -> tuple[Needle, ...]:
    """What the copy of a call with these values must not hold."""
    dealt = frozenset(word for other in stands.values.values() for word in split_all(other))
    found: dict[Needle, None] = {}
    for one in held:
        if one.value in stands.values:
            found |= dict.fromkeys(_needles(one, stands, own, dealt))
    return tuple(found)


def _needles(one: Held, stands: StandIns, own: Vocabulary, dealt: frozenset[str]) -> Iterator[Needle]:
    words = split_all(one.value)
    letters = tuple(word for word in words if word.isalpha() and not is_number_word(word))
    if len(letters) > 1 and (one.kind in ("person_name", "free_text") or set(letters) - own):
        yield Needle(one.label, words=words)
    if one.kind in ("person_name", STAFF) and len(letters) == 1 and letters[0] in own:
        yield Needle(one.label, words=letters, whole=True)
    if one.kind == "date":
        yield Needle(one.label, day=day_of(one.value))
    if one.kind in _WORDY:
        yield from (
            Needle(one.label, words=(word,))
            for word in letters
            if len(word) > 2 and word not in own and word not in dealt
        )
    yield from (Needle(one.label, digits=digits) for digits in _digits(one))


def _digits(one: Held) -> Iterator[str]:
    if one.kind == "phone":
        own = re.sub(r"\D", "", one.value.partition(";")[0])
        national = own[-10:]
        yield from dict.fromkeys((own, national, national[-7:], national[-4:]))
        return
    if one.kind == "date":
        day = day_of(one.value)
        yield from dict.fromkeys(digit_forms(day) if day is not None else ())
        return
    for digits in re.findall(r"\d+", one.value):
        if len(digits) >= _SHORT:
            yield digits


def traces(folder: Path, wanted: Iterable[Needle]) -> tuple[str, ...]:
    """The labels of what is left of a call in the files of a folder, each once."""
    left: dict[str, None] = {}
    sought = tuple(wanted)
    for text in {text for path in sorted(folder.rglob("*")) for text in (path.name, *_texts(path))}:
        left |= dict.fromkeys(found_in(text, sought))
    return tuple(left)


def found_in(text: str, wanted: Iterable[Needle]) -> Iterator[str]:
    """The labels of what a text holds."""
    words = split_all(text)
    if not words:
        return
    letters = "".join(word if len(word) == 1 and word.isalpha() else " " for word in words)
    runs = [run.digits for run in number_runs(split_all(_MOMENT.sub(" ", text)))]
    together = "".join(runs)
    for needle in wanted:
        in_words = bool(needle.words) and (
            (words == needle.words if needle.whole else find_phrase(words, needle.words) >= 0)
            or "".join(needle.words) in letters.split()
        )
        said = needle.day is not None and bool(days_said(words, (needle.day,)))
        long = len(needle.digits) >= _LONG and needle.digits in together
        if in_words or said or long or (needle.digits and needle.digits in runs):
            yield needle.label


def _texts(path: Path) -> Iterator[str]:
    match path.suffix if path.is_file() else "":
        case ".jsonl":
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
                value = json.loads(line.removeprefix(">"))
                kept = {k: v for k, v in value.items() if number or k not in _OWN_FIELDS}
                yield from _strings(kept)
        case ".yaml":
            text = path.read_text(encoding="utf-8")
            yield from (line for line in text.splitlines() if line.startswith("#"))
            yield from _strings(yaml.safe_load(text))
        case _:
            return


def _strings(value: Any) -> Iterator[str]:
    """Every text in a parsed document, names of fields included, and numbers too large to be times of a call."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, int) and value >= _LARGE:
        yield str(value)
    elif isinstance(value, dict):
        yield from itertools.chain.from_iterable(_strings(item) for item in value.values())
        yield from (key for key in value if isinstance(key, str))
    elif isinstance(value, list):
        yield from itertools.chain.from_iterable(map(_strings, value))
