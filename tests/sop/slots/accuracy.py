"""How often a slot's value is read right: on what callers say, and with one recognition error in it.

    python -m tests.sop.slots.accuracy [--misses] [LIST ...]

`forms/*.txt` hold a line for each utterance: canonical value, a tab, what was said; `?` for an utterance that must
not be accepted. Lines `# key: value` at the head set fields of the slot; `# option: name = phrase, phrase` adds an
option of a choice, `# flow:` and `# slot:` take the slot from a flow. Lists of types that are not registered are
left out.

The clean share is over all lines. The shares with errors are over the utterances with a value whose clean reading was
right, each with one word deleted, doubled, or replaced by a sound-alike or by a frequent word (`mishearing`), for each
of three seeds. An error that makes another valid value can be recognised by nobody: it counts as `changed` and is in
none of the shares. That is decided by the error itself, never by what the parser made of it (`value_words`):

- a word that carries the value replaced by one of the same kind and another value: a digit by a digit, a month by a
  month, a name by a word that could be one. Not in a number with a check digit, and not a letter that "as in" explains;
- a name or number word deleted where what is left is such a value too: "karen" of "karen mitchell", "fifty" of "one
  hundred fifty", "one" of "forty eight twenty one", the month before numbers alone, a digit where the length is free.
  Not a digit of a telephone number, a ZIP code or a fixed length;
- a digit or letter doubled, or a digit for a word that was none, where one more makes a value too;
- a word lost that turns the value into another one: "next friday", "monday afternoon", "that's not right";
- words of another option of a choice, and none of the right one any more; any word of a free text but its fillers.

Where a digit of ten is gone, or "mine" stands for one, no parser can give the value: errors that destroy a word without
which it is not said in full are `lost` (homophones are not). To ask again is right then, and to accept something is
wrong. `right`, `wrong` and `again` are shares of all errors but `changed`; `recovered` is the share read right of those
that left the value audible.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random

from sop.graph import Graph
from sop.loader import load
from sop.slot_spec import Option, SlotSpec
from sop.slots import TYPE_NAMES, slot_type
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import split_words
from tests.sop.slots.mishearing import mishear
from tests.sop.slots.value_words import changed, lost, option_phrases

FORMS = Path(__file__).with_name("forms")
CONTEXT = Context(datetime.fromisoformat("2026-11-22T19:30:00-05:00"), "", "+14155550134")
SEEDS = (1, 2, 3)
NONE = "?"
"""In the lists: no value may be taken from this."""


@dataclass(frozen=True, slots=True)
class FormList:
    """One file: a slot, and (canonical value, what was said)."""

    graph: Graph
    spec: SlotSpec
    forms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """A reading that was not the expected one. `said` is the clean utterance, `heard` what was parsed."""

    expected: str
    got: str
    said: str
    heard: str
    lost: bool = False


class Got(StrEnum):
    """What a parser made of an error."""

    RIGHT = "right"
    WRONG = "wrong"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Trial:
    """One error and what came of it."""

    got: Got
    lost: bool
    miss: Miss


@dataclass(frozen=True, slots=True)
class Result:
    """One list, measured. Shares are 0..1."""

    kind: str
    forms: int
    clean: float
    right: float
    wrong: float
    again: float
    recovered: float
    injected: int
    """Errors in the shares."""
    lost: int
    """Of them those that no parser can undo."""
    changed: int
    clean_misses: tuple[Miss, ...]
    wrong_misses: tuple[Miss, ...]
    again_misses: tuple[Miss, ...]


def kinds() -> tuple[str, ...]:
    """The names of all lists."""
    return tuple(sorted(path.stem for path in FORMS.glob("*.txt")))


def read(kind: str) -> FormList:
    """The list of that name. A line that is neither a form nor a comment raises ValueError."""
    header: dict[str, str] = {}
    options: list[Option] = []
    forms: list[tuple[str, str]] = []
    for line in (FORMS / f"{kind}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            value, said = line.split("\t")
            forms.append((value, said))
            continue
        key, _, value = line[1:].partition(":")
        if key.strip() == "option":
            options.append(_option(value))
        elif value:
            header[key.strip()] = value.strip()
    if "flow" in header:
        graph = load(header["flow"])
        return FormList(graph, graph.slots[header["slot"]], tuple(forms))
    return FormList(_BARE, _spec(kind, header, tuple(options)), tuple(forms))


def available(kind: str) -> bool:
    """Whether the list's type is registered."""
    return read(kind).spec.type in TYPE_NAMES


@cache
def measure(kind: str) -> Result:
    """The list of that name, read by the parser of its type."""
    forms = read(kind)
    clean_misses, sound = [], []
    for value, said in forms.forms:
        got = parse(forms, said)
        if not _same(forms.spec, value, got):
            clean_misses.append(Miss(value, got, said, said))
        elif value != NONE:
            sound.append((value, said))
    trials, left_out = _with_errors(forms, sound)
    wrong = tuple(trial.miss for trial in trials if trial.got is Got.WRONG)
    again = tuple(trial.miss for trial in trials if trial.got is Got.AGAIN)
    audible = [trial.got is Got.RIGHT for trial in trials if not trial.lost]
    shares = max(1, len(trials))
    return Result(
        kind=kind,
        forms=len(forms.forms),
        clean=1 - len(clean_misses) / len(forms.forms),
        right=(len(trials) - len(wrong) - len(again)) / shares,
        wrong=len(wrong) / shares,
        again=len(again) / shares,
        recovered=sum(audible) / max(1, len(audible)),
        injected=len(trials),
        lost=len(trials) - len(audible),
        changed=left_out,
        clean_misses=tuple(clean_misses),
        wrong_misses=wrong,
        again_misses=again,
    )


def parse(forms: FormList, text: str) -> str:
    """The accepted value, or `?` and the reason why there is none."""
    reader = slot_type(forms.graph, forms.spec)
    match reader.parse(split_words(text), forms.spec, CONTEXT):
        case Found(value=value):
            return value
        case Doubt(reason=reason):
            return f"{NONE} {reason}"
        case None:
            return NONE


def _with_errors(forms: FormList, sound: list[tuple[str, str]]) -> tuple[list[Trial], int]:
    """The errors that count, and how many were left out."""
    phrases = option_phrases(forms.spec, forms.graph.words)
    trials, left_out = [], 0
    for seed in SEEDS:
        for value, said in sound:
            # Seeded by the utterance too, so that one more that is read right leaves the errors of the others alone.
            error = mishear(said, Random(f"{seed} {said}"))
            if changed(error, value, forms.spec, phrases):
                left_out += 1
                continue
            found = parse(forms, error.text)
            got = Got.RIGHT if _same(forms.spec, value, found) else Got.WRONG
            got = Got.AGAIN if found.startswith(NONE) else got
            gone = lost(error, value, forms.spec, phrases)
            trials.append(Trial(got, gone, Miss(value, found, said, error.text, lost=gone)))
    return trials, left_out


def _same(spec: SlotSpec, expected: str, got: str) -> bool:
    if expected == NONE:
        return got.startswith(NONE)
    if spec.type == "free_text":
        return got.lower().rstrip(".") == expected
    return got == expected


def _option(text: str) -> Option:
    name, _, phrases = text.partition("=")
    return Option(name.strip(), name.strip().replace("_", " "), tuple(part.strip() for part in phrases.split(",")))


def _spec(kind: str, header: Mapping[str, str], options: tuple[Option, ...]) -> SlotSpec:
    return SlotSpec(
        name=kind,
        type=header["type"],
        prompt="",
        label=kind.replace("_", " "),
        options=options,
        low=float(header["low"]) if "low" in header else None,
        high=float(header["high"]) if "high" in header else None,
        lengths=tuple(int(part) for part in header.get("lengths", "").split(",") if part),
        check=header.get("check", ""),
        period=header.get("period", "any"),
    )


_BARE = Graph(name="forms", version=1, language="en-US", business="", greeting="", slots={}, steps={}, start="")


def table(results: list[Result]) -> str:
    """The results in columns, shares in per cent."""
    heads = ("forms", "clean", "right", "wrong", "again", "recovered", "errors", "lost", "changed")
    lines = [f"{'list':22}" + "".join(f"{head:>10}" for head in heads)]
    lines += [
        f"{each.kind:22}{each.forms:10}{each.clean:10.1%}{each.right:10.1%}{each.wrong:10.1%}{each.again:10.1%}"
        f"{each.recovered:10.1%}{each.injected:10}{each.lost:10}{each.changed:10}"
        for each in results
    ]
    return "\n".join(lines)


def misses(result: Result) -> str:
    """Every reading that was not the expected one, a line each."""
    lines = [f"\n{result.kind}"]
    for title, found in (
        ("clean", result.clean_misses),
        ("wrong", result.wrong_misses),
        ("again", result.again_misses),
    ):
        lines += [
            f"  {title}{' (lost)' * miss.lost}: {miss.expected!r} got {miss.got!r}: {miss.heard!r}  <{miss.said}>"
            for miss in found
        ]
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Measure the lists named, or all of them, and print."""
    names = [each for each in arguments if not each.startswith("-")] or list(kinds())
    results = [measure(name) for name in names if available(name)]
    print(table(results))
    skipped = [name for name in names if not available(name)]
    if skipped:
        print("no such type yet:", ", ".join(skipped))
    if "--misses" in arguments:
        print("\n".join(misses(each) for each in results))


if __name__ == "__main__":
    main(sys.argv[1:])
