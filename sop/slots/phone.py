"""A telephone number in the United States; canonical E.164, with RFC 3966's ";ext=12" where an extension was said."""

from dataclasses import dataclass, replace

import phonenumbers

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.misheard import (
    AFTER_NUMBER,
    DIGIT_SOUNDS,
    RESTART,
    amended_ending,
    before_restart,
    last_restart,
    mended_tens,
    open_tens,
    said_once,
    sounds_as_digits,
    with_restarts,
    without_doubled,
    without_stray,
)
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.spoken_numbers import DIGITS, TENS, is_number_word, read_number
from sop.words import Words, find_phrase, phrase_list, says_any, word_set

_GLUE = word_set("""
    um uh er erm hmm then and so dash hyphen area code is it's its the number that's like okay ok
""")
"""Words that may stand between the groups of one number."""
_PAUSES = word_set("um uh er erm hmm dash hyphen area code okay ok")
"""Of these those that stand between no two numbers."""
_OWN = phrase_list("""
    this number, same number, number i'm calling from, number i am calling from, number i called from, this
    one, this phone, the one i'm calling from, the one i'm on, my caller id, number you have, number on your
    screen
""")
_EXTENSIONS = word_set("extension ext x")
_BEFORE_EXTENSION = word_set("number is um uh it's of")
_BEFORE_NUMBER = word_set("my our the a this that best good other and is it's um uh") | RESTART
"""Behind these "number" alone is a telephone's."""
_EXT = ";ext="
_LONGEST_EXTENSION = 7
_LOST = "?"
_DUBIOUS = 0.5
"""Certainty of digits of which one was taken for something else."""
_LAST_FOUR = phrase_list("last four, last 4, ends in, ending in, ends with")


@dataclass(frozen=True, slots=True)
class Phone:
    """Ten digits, or eleven with the leading 1, in any spoken grouping."""

    bias: tuple[str, ...] = ("area code", "double oh", "four one five five five five zero one nine eight")

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        if context.caller and says_any(words, _OWN) and not any(is_number_word(word) for word in _without(words)):
            return Found(context.caller)
        words = mended_tens(with_restarts(without_doubled(words)))
        words, extensions = _take_extensions(_sounded_extension(_latest(words)))
        extension = extensions[0] if extensions else ""
        if _LOST in extensions or len(extensions) > 1 or len(extension) > _LONGEST_EXTENSION:
            return Doubt("length" if _LOST in extensions or len(extensions) == 1 else "several")
        words, certainty = _mended(words)
        runs = digit_runs(_without_last_four(words))
        held, _, held_extension = context.current.partition(_EXT)
        if extension and held and not runs:
            return _extended(held, extension)
        ending = _new_ending(words, runs, replace(context, current=held))
        if ending:
            return _extended(held[:-4] + ending, extension or held_extension)
        good = _corrected(words, runs)
        if len(good) == 1 and not open_tens(words) and not _more_follows(words):
            return _extended(good[0], extension, certainty)
        if len(good) > 1:
            return Doubt("several")
        longest = max(map(len, runs), default=0)
        return (Doubt("area_code") if longest == 7 else Doubt("length")) if longest >= 3 else None

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        """Where none of the slot's names is said, only digits that are a whole number as they stand, or that are told
        to be the end of the number held now: a corrected ZIP code is neither."""
        ending = context.current and (says_any(words, _LAST_FOUR) or not _EXTENSIONS.isdisjoint(words))
        if not (ending or _is_named(words, spec.names) or _stands(with_restarts(without_doubled(words)))):
            return None
        found = self.parse(words, spec, replace(context, caller=""))
        return found if isinstance(found, Found) else None

    def keys(self, spec: SlotSpec) -> int:
        return 10

    def sample(self, spec: SlotSpec) -> str:
        return "+12025550123"

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        number = to_e164("".join(key for key in digits if key.isdecimal()))
        return Found(number) if number else Doubt("length")

    def speak(self, value: str, spec: SlotSpec) -> str:
        number, _, extension = value.partition(_EXT)
        digits = number.removeprefix("+1")
        ten = len(digits) == 10
        groups = (digits[:3], digits[3:6], digits[6:]) if ten else (digits.removeprefix("+"),)
        spoken = ", ".join(" ".join(group) for group in groups)
        return f"{spoken}, extension {' '.join(extension)}" if extension else spoken

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        words, extension = _take_extensions(_latest(words))
        lengths = [len(run) for run in digit_runs(words)]
        if (10 in lengths or 11 in lengths) and (extension or words[-1] in _EXTENSIONS):
            return Completeness.OPEN if extension and _LOST not in extension else Completeness.PARTIAL
        if 10 in lengths or 11 in lengths:
            return Completeness.COMPLETE
        if any(lengths):
            return Completeness.PARTIAL
        return Completeness.COMPLETE if says_any(words, _OWN) else Completeness.OPEN


def to_e164(digits: str) -> str | None:
    """The number in E.164, when it is a possible one: ten digits, or eleven after a 1. Area codes never
    begin with 0 or 1 (NANP), so those are misheard."""
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    if len(digits) != 10 or digits[0] in "01":
        return None
    try:
        number = phonenumbers.parse(digits, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def digit_runs(words: Words, glue: frozenset[str] = _GLUE) -> tuple[str, ...]:
    """The digit strings in an utterance. Groups with only words of `glue` between them are one run; "no",
    "sorry" and "I mean" begin a new one, and then what stood before is dropped when the new run is a whole
    number."""
    runs: list[str] = []
    current, at = "", 0
    while at < len(words):
        digits, after = read_number(words, at)
        if digits:
            current, at = current + digits, after
            continue
        if words[at] not in glue:
            runs, current = [*runs, current] if current else runs, ""
        at += 1
    if current:
        runs.append(current)
    whole = [run for run in runs if to_e164(run)]
    if any(word in RESTART for word in words) and whole:
        return (whole[-1],)
    return tuple(runs)


def _latest(words: Words) -> Words:
    """What follows the last restart word that a whole number stands behind; else all."""
    for at in range(len(words) - 1, -1, -1):
        if words[at] in RESTART and any(to_e164(run) for run in digit_runs(words[at + 1 :])):
            return words[at + 1 :]
    return words


def _take_extensions(words: Words) -> tuple[Words, tuple[str, ...]]:
    """`words` without the digits behind "extension", and those digits, or "?" where none were understood; after "no"
    or the like they replace earlier ones. The word "extension" stays, so that the digits around it are never one
    number."""
    rest: list[str] = []
    found: list[str] = []
    at = seen = 0
    while at < len(words):
        digits, after = _extension_at(words, at)
        digits = digits or (_LOST if _lost_extension(words, at) else "")
        rest.append(words[at])
        if digits:
            mended = any(word in RESTART for word in words[seen:at])
            found = [digits] if mended else [*found, digits]
            seen = after
        at = after
    return tuple(rest), tuple(dict.fromkeys(found))


def _extension_at(words: Words, at: int) -> tuple[str, int]:
    """The digits of "extension twelve" or "extension twelve no fourteen" at `at` and the index after them; ("", at + 1)
    for none. A whole telephone number is no extension."""
    start = at + 1
    while start < len(words) and words[start] in _BEFORE_EXTENSION:
        start += 1
    digits, after = read_number(words, start) if words[at] in _EXTENSIONS else ("", start)
    if not digits or to_e164(digits):
        return "", at + 1
    while after + 1 < len(words) and words[after] in RESTART and words[after + 1] not in RESTART:
        again, behind = read_number(words, after + 1)
        if not again or to_e164(again):
            break
        digits, after = again, behind
    strange = after < len(words) and words[after] not in AFTER_NUMBER | _EXTENSIONS
    return (_LOST if strange else digits), after


def _lost_extension(words: Words, at: int) -> bool:
    """Whether an extension is named at `at` whose digits were not understood: "extension get", not "no extension"."""
    if words[at] not in _EXTENSIONS or not digit_runs(words[:at]):
        return False
    return not (at and words[at - 1] in ("no", "without", "any", "an"))


def _extended(number: str, extension: str, certainty: float = 1.0) -> Found:
    return Found(number + _EXT + extension if extension else number, certainty)


def _sounded_extension(words: Words) -> Words:
    """`words` with the digits that "for" and the like are behind "extension", where nothing but digits follow."""
    start = next((at + 1 for at, word in enumerate(words) if word in _EXTENSIONS), len(words))
    end = start
    while end < len(words) and (is_number_word(words[end]) or words[end] in DIGIT_SOUNDS):
        end += 1
    if end < len(words) and words[end] not in AFTER_NUMBER:
        return words
    return (*words[:start], *(DIGIT_SOUNDS.get(word, word) for word in words[start:end]), *words[end:])


def _mended(words: Words) -> tuple[Words, float]:
    """The words as they make a whole number, when they make none as they are, and how sure that is."""
    for heard, certainty in (
        (words, 1.0),
        (sounds_as_digits(words), 1.0),
        (_without_doubled_groups(words), 1.0),
        (_area_apart(words), _DUBIOUS),
        (without_stray(words, _GLUE), _DUBIOUS),
    ):
        if _whole(heard):
            return heard, certainty
    return words, 1.0


def _stands(words: Words) -> bool:
    """Whether ten digits stand in the words with nothing mended but words that sound like digits, and are not five of
    them said twice."""
    restart = last_restart(words)
    parts = (words, words[restart:], before_restart(words, restart))
    runs = {run for part in parts for heard in (part, sounds_as_digits(part)) for run in digit_runs(heard, _PAUSES)}
    return any(to_e164(run) and said_once(run) == run for run in runs)


def _is_named(words: Words, names: tuple[str, ...]) -> bool:
    """Whether the slot is named; "number" alone names it only where nothing else is numbered: "my number", not "order
    number"."""
    for name in names:
        phrase = tuple(name.split())
        at = find_phrase(words, phrase) if phrase else -1
        while at >= 0:
            if phrase != ("number",) or not at or words[at - 1] in _BEFORE_NUMBER:
                return True
            at = find_phrase(words, phrase, at + 1)
    return False


def _without_doubled_groups(words: Words) -> Words:
    """`words` without a written group or a whole number that stands there twice: "415 415 555 0199"."""
    kept = tuple(
        word
        for at, word in enumerate(words)
        if not (at and word == words[at - 1] and len(word) >= 3 and word.isdecimal())
    )
    if _whole(kept):
        return kept
    return tuple(said_once(run) for run in digit_runs(words))


def _area_apart(words: Words) -> Words:
    """ "six fifty five five five" is 650 555, not 655 55: the tens end an area code when the exchange is one digit
    three times."""
    for at in range(len(words) - 4):
        area = words[at] in DIGITS and words[at + 1] in TENS
        if area and words[at + 2] in DIGITS and len(set(words[at + 2 : at + 5])) == 1:
            return (*words[: at + 1], str(TENS[words[at + 1]]), *words[at + 2 :])
    return words


def _more_follows(words: Words) -> bool:
    """Whether digits end the words that only a strange word keeps from the number, as "attention" heard for
    "extension"."""
    at = len(words)
    while at and is_number_word(words[at - 1]):
        at -= 1
    before = digit_runs(words[: at - 1]) if 0 < at < len(words) and words[at - 1] not in _GLUE | RESTART else ()
    return bool(before) and is_number_word(words[at - 2]) and to_e164(before[-1]) is not None and not _whole(words[at:])


def _whole(words: Words) -> bool:
    return any(to_e164(run) for run in digit_runs(words))


def _corrected(words: Words, runs: tuple[str, ...]) -> tuple[str, ...]:
    """The whole numbers among `runs`. Where the words behind a correction hold only a part of one, that is its new
    ending, or makes the whole unusable."""
    at = last_restart(words)
    before, behind = digit_runs(words[:at]), digit_runs(words[at:])
    if before and any(len(run) > 1 for run in behind) and not any(to_e164(run) for run in behind):
        number = to_e164(amended_ending(before[-1], behind[0], (10,))) if len(behind) == 1 else None
        return (number,) if number else ()
    return tuple(dict.fromkeys(number for run in runs if (number := to_e164(run))))


def _new_ending(words: Words, runs: tuple[str, ...], context: Context) -> str:
    """Four digits that replace the last four of the number held now: "the last four are ...", or nothing but four
    digits when the number was just read back."""
    fours = [run for run in runs if len(run) == 4]
    if not context.current or len(fours) != 1:
        return ""
    alone = context.asked and len(runs) == 1
    return fours[0] if alone or says_any(words, _LAST_FOUR) else ""


def _without_last_four(words: Words) -> Words:
    """`words` without the "four" of "the last four are"."""
    at = find_phrase(words, ("last", "four"))
    return words if at < 0 else (*words[: at + 1], *words[at + 2 :])


def _without(words: Words) -> Words:
    """`words` without "one", which "this one" holds."""
    return tuple(word for word in words if word != "one")
