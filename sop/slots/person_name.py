"""A person's name as it is given on the telephone, spelled where the caller spells it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.letters import LETTERS
from sop.slots.misheard import SMALL, before_restart, last_restart, with_restarts, without_doubled
from sop.slots.name_spelling import read_spelling, spelled_end, unspell_notes, with_spelling, without_hyphens
from sop.slots.name_words import (
    AFTER_ONE,
    APPROVALS,
    EITHER,
    ENDERS,
    HESITATIONS,
    LEADS,
    PART_LEADS,
    PARTICLES,
    POLITE,
    SENTENCE,
    SPLITS,
    STRONG_LEADS,
    SURNAMES,
    TITLES,
    after_lead,
    apart,
    ends_at,
    nameable,
    somebody_else,
    without_refused,
    written,
)
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.spoken_numbers import is_number_word
from sop.words import FILLERS, Words, find_phrase, says, strip_lead

_SOUNDS_LIKE = 0.6
_SHORTEST_MENDED = 4
_SOLID = frozenset({"it's", "yeah", "yes", "this", "i'm"})
"""A lead-in begins with one of these, whatever was heard before it."""
_UNSURE = 0.5
_OTHER = 0.35
"""Certainty of the name of somebody for whom the caller speaks: it has to be confirmed."""
_NO_CONTEXT = Context(datetime(2000, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class PersonName:
    """Canonical "Karen Mitchell": as said, in title case."""

    bias: tuple[str, ...] = ("my name is", "this is", "first name", "last name")

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        words, others = apart(_heard(words, context.current), spec.names, asked=True)
        found, failed = _restated(words, context.current)
        if found or failed:
            return found
        found = _read(words, context.current) or _somebody(words) or _mended(words)
        return found or (_unsure(_read(others, context.current)) if others else None)

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        words, _ = apart(_heard(words, context.current), spec.names, asked=context.asked)
        found, failed = _restated(words, context.current)
        if failed or (found and after_lead(words) is not None):
            return found
        split = _first_and_last(words, context.current)
        if split:
            return Found(written(split))
        strong = after_lead(words)
        if strong is not None:
            return _merged(_name_at(strip_lead(strong, LEADS, FILLERS), whole=False), context.current)
        return _merged(_introduction(words), context.current)

    def keys(self, spec: SlotSpec) -> int:
        return 0

    def sample(self, spec: SlotSpec) -> str:
        return "Karen Mitchell"

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        return None

    def speak(self, value: str, spec: SlotSpec) -> str:
        return value

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        found = self.parse(words, spec, _NO_CONTEXT)
        if found is None:
            body = strip_lead(words, LEADS, FILLERS)
            return Completeness.OPEN if body else Completeness.PARTIAL
        if words and words[-1] in LETTERS:
            return Completeness.OPEN
        return Completeness.COMPLETE if isinstance(found, Found) and " " in found.value else Completeness.OPEN


def _heard(words: Words, current: str) -> Words:
    """The words without doubled ones, notes on spelling, "... is fine" and what is refused of the name held now, with
    "is" for an "as" that cannot be one."""
    words = without_hyphens(unspell_notes(with_restarts(without_doubled(words))))
    words = without_refused(words, current)
    named = list(words)
    for at, word in enumerate(words):
        if word == "names" and words[at + 1 : at + 2] in (("is",), ("as",)):
            named[at] = "name"
        if word == "as" and at and named[at - 1] in ("name", "it", "this", "that"):
            named[at] = "is"
    end = next((len(tail) for tail in APPROVALS if words[-len(tail) :] == tail), 0)
    return tuple(named[: len(named) - end])


def _restated(words: Words, current: str) -> tuple[Found | None, bool]:
    """The name behind the last "no" or "sorry", where nothing or a name stood before it; and whether a name was
    corrected by words that are not understood."""
    behind = last_restart(words)
    if not behind:
        return None, False
    before = before_restart(words, behind)
    first, again = _read(before, current), _read(words[behind:], current)
    if first is None:
        return (None if strip_lead(before, LEADS, FILLERS) else again), False
    if again is None:
        return None, bool(set(words[behind:]) - POLITE - {"it", "that's"})
    merged = _merged(again, first.value)
    halved = " " in first.value and " " not in again.value and merged == again
    return (None, True) if halved else (merged, False)


def _read(words: Words, current: str) -> Found | None:
    """The name that the whole answer is, or that stands behind "my name is"."""
    split = _first_and_last(words, current)
    if split is not None:
        return Found(written(split)) if split else None
    strong = after_lead(words)
    body = strip_lead(strong if strong is not None else words, LEADS, FILLERS)
    if body[:1] == ("just",):
        body = body[1:] if len(body) > 1 and not body[1].endswith("ing") else ()
    return _merged(_name_at(body, whole=strong is None), current)


def _somebody(words: Words) -> Found | None:
    """The name of somebody for whom the caller speaks."""
    name = somebody_else(words)
    return Found(written(name), _OTHER) if name else None


def _unsure(found: Found | None) -> Found | None:
    """The name of somebody of whom it is not known whether the caller speaks for them."""
    return Found(found.value, _OTHER) if found else None


def _mended(words: Words) -> Found | None:
    """A whole name of two words behind a lead-in of which one word was misheard: "that turn be karen mitchell"."""
    words = strip_lead(words, (), FILLERS)
    if len(words) < _SHORTEST_MENDED:
        return None
    rest = _behind_solid(words)
    for lead in (*STRONG_LEADS, ("that", "would", "be"), ("it", "would", "be")):
        wrong = [at for at, word in enumerate(lead) if words[at : at + 1] != (word,)]
        if len(lead) >= 3 and len(wrong) == 1 and wrong[0] and not nameable(words[wrong[0]]):
            rest = words[len(lead) :]
            break
    found = _name_at(rest, whole=True) if rest and all(nameable(word) for word in rest[:2]) else None
    return Found(found.value, _UNSURE) if found and " " in found.value else None


def _behind_solid(words: Words) -> Words:
    """What stands behind "it's" and the like, when a few words before it are no name."""
    for at in range(1, min(4, len(words))):
        if words[at] in _SOLID and not any(map(nameable, words[:at])):
            return strip_lead(words[at:], LEADS, FILLERS)
    return ()


def _merged(found: Found | None, current: str) -> Found | None:
    """A single name said to correct two: it takes the place of the one that it sounds like."""
    held = current.split()
    if found is None or " " in found.value or len(held) < 2:
        return found
    distances = [Levenshtein.normalized_distance(part.lower(), found.value.lower()) for part in held]
    nearest = min(range(len(held)), key=distances.__getitem__)
    if distances[nearest] > _SOUNDS_LIKE:
        return found
    return Found(" ".join([*held[:nearest], found.value, *held[nearest + 1 :]]), found.certainty)


def _name_at(words: Words, *, whole: bool) -> Found | None:
    """The name at the front of `words`. `whole`: nothing but a name may stand there, unless a small word
    ends it."""
    words, spelled, broken = read_spelling(words)
    kept: list[str] = []
    for index, word in enumerate(words):
        if whole and word in SENTENCE and not says(words[index:], "my name", "the name"):
            return None
        if kept and word in HESITATIONS and words[index + 1 :] and nameable(words[index + 1]):
            continue
        ends = ends_at(words, index)
        if ends and not kept:
            return None
        if ends or word in ENDERS or (kept and (word in FILLERS or is_number_word(word))):
            if (whole and not _may_end(kept, words[index:])) or _unsure_end(kept, words[index:], spelled):
                return None
            break
        if not nameable(word) and not _surname(words, index):
            # "karen mitchell stopped": nothing said where the name ends, so nothing is taken.
            unsure = whole or not kept or _unsure_end(kept, words[index:], "") or _goes_on(kept, words[index:])
            return None if unsure else _found(kept, spelled)
        kept.append(word)
    return None if broken else _found(kept, spelled)


def _may_end(kept: list[str], rest: Words) -> bool:
    """Whether a name may end before `rest`: one word only before few words."""
    return not (len(kept) == 1 and rest[0] in ENDERS and rest[0] not in AFTER_ONE and rest[0] not in SENTENCE)


def _unsure_end(kept: list[str], rest: Words, spelled: str) -> bool:
    """Whether the name may go on in `rest`: a single word behind a first name ("karen at"), the same first name again
    ("hannah white i'm hannah weiss"), or no word of it before."""
    if not kept:
        return bool(spelled)
    again = kept[0] in rest[:-1] and (len(kept) == 1 or find_phrase(rest, tuple(kept)) < 0)
    strange = tuple(word for word in rest if word not in POLITE)
    alone = len(kept) == len(strange) == 1 and rest[0] == strange[0]
    split = len(kept) == 1 and len(strange) == 2 and strange == rest[:2] and rest[0] in SPLITS and nameable(rest[1])
    return again or alone or split


def _goes_on(kept: list[str], rest: Words) -> bool:
    """Whether what stands behind a word that is no name is more of the name: "mary a lopez" may be Maria Lopez."""
    named = next((at for at, word in enumerate(rest[1:], 1) if not nameable(word)), len(rest))
    return rest[0] != "not" and named > 1 and (len(kept) == 1 or named == len(rest) or rest[named] in ENDERS)


def _surname(words: Words, at: int) -> bool:
    """Whether the word at `at` is no name but a family name behind a first one: "helen price"."""
    alone = at == 1 and nameable(words[0]) and words[0] not in SMALL
    return alone and words[at] in SURNAMES and (len(words) == at + 1 or words[at + 1] in ENDERS)


def _found(kept: list[str], spelled: str) -> Found | None:
    kept = [word for index, word in enumerate(kept) if index == 0 or word != kept[index - 1]]
    if len(kept) >= 4 and kept[: len(kept) // 2] == kept[len(kept) // 2 :]:
        kept = kept[: len(kept) // 2]
    kept = with_spelling(kept, spelled)
    if not kept or len(kept) > 4 or all(len(word) == 1 for word in kept) or (len(kept[0]) == 1 and len(kept) == 1):
        return None
    if all(word in TITLES or word in PARTICLES or word in EITHER for word in kept[:1]) and len(kept) == 1:
        return None
    return Found(written(kept), 1.0 if len(kept) > 1 else 0.9)


def _introduction(words: Words) -> Found | None:
    """The name in "this is dana whitfield at ...": two name-like words, or one before "calling"."""
    for index, word in enumerate(words):
        lead = 2 if words[index : index + 2] in (("this", "is"), ("it", "is")) else 1 if word in ("i'm", "it's") else 0
        if not lead:
            continue
        kept: list[str] = []
        for candidate in words[index + lead :]:
            if candidate in ENDERS or is_number_word(candidate):
                break
            kept.append(candidate)
        after = words[index + lead + len(kept) :]
        named = all(nameable(part) and not part.endswith(("ly", "ing", "ed")) for part in kept)
        if not named or not 1 <= len(kept) <= 3:
            continue
        if (len(kept) >= 2 and word != "it's") or after[:1] in (("calling",), ("speaking",), ("here",)):
            return _found(kept, "")
    return None


def _first_and_last(words: Words, current: str) -> list[str] | None:
    """The parts of "first name karen last name mitchell", in either order; one of them alone changes half
    of the name that is held now. Empty when a part was announced and not understood; None when none was."""
    parts = {kind: _part(words[at:]) for kind, at in _announced(words)}
    first, last = parts.get("first", []), parts.get("last", [])
    if len(last) > 1 and all(len(letter) == 1 for letter in last):
        last = ["".join(last)]
    if len(parts) == 2:
        if not (first and last):
            return []
        return first[:4] if first[-len(last) :] == last else (first + last)[:4]
    held = current.lower().split()
    if not held and (first or last):
        return _with_unlabelled(words, first, last)
    if len(held) >= 2 and last:
        return [*held[:-1], *last][:4]
    if len(held) >= 2 and first:
        return [*first, held[-1]][:4]
    return None


def _with_unlabelled(words: Words, first: list[str], last: list[str]) -> list[str]:
    """The labelled part with the other one, where that stands before the label: "smith first name jane"."""
    label = next(at for at, pair in enumerate(pairwise(words)) if pair in (("first", "name"), ("last", "name")))
    body = strip_lead(words[:label], LEADS, FILLERS)
    found = _name_at(body[:-1] if body[-1:] in (("my",), ("and",)) else body, whole=True) if body else None
    before = found.value.lower().split() if found else []
    if not before:
        return first or last
    if first:
        return [*first, *before] if len(before) == 1 and before != first else before if first == before[:1] else []
    alike = len(before) > 1 and Levenshtein.normalized_distance(before[-1], last[-1]) <= _SOUNDS_LIKE
    return [*before[:-1], *last] if alike or before == last else [*before, *last][:4]


def _announced(words: Words) -> list[tuple[str, int]]:
    """Which parts of the name are announced, and the indexes behind that. One of the two may be heard in part: "last
    smith first name robert"."""
    found = [
        (one, index + 2)
        for index, (one, two) in enumerate(pairwise(words))
        if one in ("first", "last") and two == "name"
    ]
    if len({kind for kind, _ in found}) != 1:
        return found
    other = "last" if found[0][0] == "first" else "first"
    for index, word in enumerate(words[:-1]):
        bare = word == "name" and not (index and words[index - 1] in ("first", "last"))
        if (bare and _part(words[index + 1 :])) or (word == other and words[index + 1] != "name"):
            return [*found, (other, index + 1)]
    return found


def _part(rest: Words) -> list[str]:
    """The part of a name at the front of `rest`, as it is spelled if it is."""
    rest = strip_lead(rest, PART_LEADS, FILLERS)
    if len(rest) > 1 and not nameable(rest[0]) and rest[0] not in ENDERS and nameable(rest[1]):
        rest = rest[1:]
    part: list[str] = []
    strange = False
    for word in rest:
        ends = word in ENDERS or word in ("first", "last", "name")
        if ends or not nameable(word):
            strange = not ends
            break
        part.append(word)
    body, spelled, broken = read_spelling(rest[: spelled_end(rest)])
    if broken:
        return []
    if spelled:
        return with_spelling([word for word in body if nameable(word)][:1], spelled)
    return [] if strange else part
