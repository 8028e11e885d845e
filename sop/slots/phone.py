"""A telephone number in the United States; canonical E.164."""

from dataclasses import dataclass, replace

import phonenumbers

from sop.graph import SlotSpec
from sop.reading import Completeness
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.spoken_numbers import is_number_word, read_number
from sop.words import Words, find_phrase, phrase_list, says_any, word_set

_GLUE = word_set("""
    um uh er erm hmm then and so dash hyphen area code is it's its the number that's like okay ok
""")
"""Words that may stand between the groups of one number."""
_SOUNDS = {
    "for": "four",
    "fore": "four",
    "to": "two",
    "too": "two",
    "ate": "eight",
    "won": "one",
    "tree": "three",
    "sex": "six",
    "fife": "five",
}
_RESTART = word_set("no sorry wait actually oops")
_OWN = phrase_list("""
    this number, same number, number i'm calling from, number i am calling from, number i called from, this
    one, this phone, the one i'm calling from, the one i'm on, my caller id, number you have, number on your
    screen
""")

_LAST_FOUR = phrase_list("last four, last 4, ends in, ending in, ends with")


@dataclass(frozen=True, slots=True)
class Phone:
    """Ten digits, or eleven with the leading 1, in any spoken grouping."""

    bias: tuple[str, ...] = ("area code", "double oh", "four one five five five five zero one nine eight")

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        if context.caller and says_any(words, _OWN) and not any(is_number_word(word) for word in _without(words)):
            return Found(context.caller)
        words = _homophones(words)
        runs = digit_runs(_without_last_four(words))
        ending = _new_ending(words, runs, context)
        if ending:
            return Found(context.current[:-4] + ending)
        good = tuple(dict.fromkeys(number for run in runs if (number := to_e164(run))))
        if len(good) == 1:
            return Found(good[0])
        if len(good) > 1:
            return Doubt("several")
        longest = max(runs, key=len, default="")
        if len(longest) == 7:
            return Doubt("area_code")
        return Doubt("length") if len(longest) >= 3 else None

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
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
        digits = value.removeprefix("+1")
        if len(digits) != 10:
            return " ".join(digits.removeprefix("+"))
        return ", ".join(" ".join(group) for group in (digits[:3], digits[3:6], digits[6:]))

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        lengths = [len(run) for run in digit_runs(words)]
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


def digit_runs(words: Words) -> tuple[str, ...]:
    """The digit strings in an utterance. Groups with only small words between them are one run; "no",
    "sorry" and "I mean" begin a new one, and then what stood before is dropped when the new run is a whole
    number."""
    runs: list[str] = []
    current, at = "", 0
    while at < len(words):
        digits, after = read_number(words, at)
        if digits:
            current, at = current + digits, after
            continue
        word = words[at]
        if word in _RESTART or word == "extension" or word not in _GLUE:
            runs, current = [*runs, current] if current else runs, ""
        if word in ("extension", "ext"):
            break
        at += 1
    if current:
        runs.append(current)
    whole = [run for run in runs if to_e164(run)]
    if any(word in _RESTART for word in words) and whole:
        return (whole[-1],)
    return tuple(runs)


def _homophones(words: Words) -> Words:
    """Words that sound like digits, as those digits, where they stand among digits and make the number whole: "for one
    five" is "four one five"."""
    if any(to_e164(run) for run in digit_runs(words)):
        return words
    heard = tuple(
        _SOUNDS[word]
        if word in _SOUNDS and any(is_number_word(near) for near in words[max(0, at - 1) : at + 2])
        else word
        for at, word in enumerate(words)
    )
    return heard if any(to_e164(run) for run in digit_runs(heard)) else words


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
