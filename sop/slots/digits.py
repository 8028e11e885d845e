"""A number that is a string of digits: an account, an order, the last four of something. Canonical: the digits."""

from dataclasses import dataclass
from itertools import pairwise

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.letters import LETTERS
from sop.slots.misheard import (
    DIGIT_SOUNDS,
    RESTART,
    amended_ending,
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
from sop.slots.spoken_numbers import DIGITS, is_number_word, read_number, speak_digits
from sop.slots.street_words import SUFFIXES
from sop.words import FILLERS, Words, find_phrase, phrase_list, says_any, split_words, strip_lead, word_set

_FEWEST, _MOST = 3, 20
"""How many digits, where the slot does not say."""
_GLUE = word_set("um uh er erm hmm hm mm then so dash hyphen space okay ok like")
"""Words that may stand between the groups of one number."""
_NOT = word_set("not isn't wasn't")
_CHATTER = phrase_list("""
    did you get all that, did you get that, do you have that, have you got that, you got that, got that, you with me,
    with me, you there, are you there, you ready, ready
""")
"""Said to the listener between two groups."""
_BEFORE = word_set("""
    it's its is are was be that's number numbers number's account policy order member claim invoice reference
    confirmation customer card loan pin id code digits with see ready then so um uh er well yes yeah yep sure okay ok hi
    hello no sorry wait actually believe think here again like please oh and
""")
"""What may stand before a number that is said in full."""
_BEHIND = word_set("""
    thanks thank please okay ok and um uh er again that's it's that is yes yeah right sir ma'am so i no sorry wait
    actually at my but for
""")
_FRONT = word_set("sure yes yeah it's its is um uh okay ok so well")
"""Behind these, or at the very front, a word that sounds like a digit is one."""
_UNITS = word_set("""
    dollars dollar bucks cents
    percent am pm o'clock years year months month weeks week days day hours hour minutes minute degrees times
    people second seconds moment sec of miles
""")
"""Behind these digits they count or number something else."""
_BEFORE_ONE = word_set("this that which the have wrong right first last new old other another")
_OTHERS = phrase_list("zip, phone, telephone, cell, date of birth, birthday, birth date")
"""What has digits of its own."""
_ENDS = phrase_list("ends in, ending in, ends with, ending with")
_COUNTS = {
    **{word: count for count, word in enumerate("two three four five six".split(), 2)},
    **{str(n): n for n in range(2, 7)},
}
_NAMED_LEADS = phrase_list("is, it's, it is, was, that's, number, number is, would be, should be, as, the")
_DUBIOUS = 0.5
"""Certainty of digits among words that have nothing to do with them."""
_OWN_WORDS = (
    FILLERS
    | _GLUE
    | word_set("""
    it's it is the my that's that would be number account policy order last four digits are and thanks thank you
    yes sure again here a i have one this of social security card code no sorry wait
""")
)


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits one by one, in pairs and hundreds, of the lengths that the slot allows.

    Doubts: "length", "check" (ISO/IEC 7812-1 annex B), "several", "letters" (a letter among the digits).
    """

    bias: tuple[str, ...] = ("double oh", "four two one seven zero zero nine")

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        words = _repaired(_before_another(words, spec), spec)
        counts, words = _ending_lengths(words), _without_counts(words)
        whole, (earlier, words) = words, _latest(words)
        runs = _runs_for(words, spec)
        if _lettered(words, runs):
            return Doubt("letters")
        ending = _new_ending(runs, spec, context, counts)
        if ending:
            return _checked(ending, spec)
        good = tuple(dict.fromkeys(run for run in runs if _fits(run, spec)))
        mended = amended_ending(earlier[-1], runs[0], spec.lengths) if earlier and len(runs) == 1 else ""
        good = tuple(dict.fromkeys((*good, mended))) if mended else good
        if not spec.lengths and len(good) == 1 and any(len(run) > len(good[0]) for run in earlier):
            return Doubt("several")
        if len(good) == 1:
            incomplete = _incomplete(whole if mended else words, spec) or (len(spec.lengths) > 1 and len(set(runs)) > 1)
            return Doubt("length") if incomplete else _checked(good[0], spec, _certainty(words))
        if good:
            return Doubt("several")
        return Doubt("length") if any(len(run) >= 2 for run in runs) or (runs and earlier) else None

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        found: list[str | None] = []
        for behind in _named(words, spec.names):
            rest = strip_lead(words[behind:], _NAMED_LEADS, FILLERS)
            told = bool(context.current) and bool(_ending_lengths(rest[:3]))
            if told or (rest and is_number_word(rest[0])):
                value = self.parse(rest, spec, context)
                found.append(value.value if isinstance(value, Found) else None)
        if not found or (len(set(found)) > 1 and not any(word in RESTART for word in words)):
            return None
        return Found(found[-1]) if found[-1] else None

    def keys(self, spec: SlotSpec) -> int:
        return max(spec.lengths, default=_MOST)

    def sample(self, spec: SlotSpec) -> str:
        length = min(spec.lengths, default=6)
        body = ("1234567890" * (length // 10 + 1))[: max(0, length - 1)]
        return next(body + last for last in "0123456789" if spec.check != "luhn" or passes_luhn(body + last))[:length]

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        keyed = "".join(key for key in digits if key.isdecimal() and key.isascii())
        return _checked(keyed, spec) if _fits(keyed, spec) else Doubt("length")

    def speak(self, value: str, spec: SlotSpec) -> str:
        if spec.private:
            return f"ending in {speak_digits(value[-2:])}"
        return ", ".join(speak_digits(group) for group in _groups(value))

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        runs = _runs(_latest(_without_counts(words))[1], glue=_GLUE | {"and"})
        if not runs:
            return Completeness.OPEN
        said = len(runs[-1])
        if said >= max(spec.lengths, default=_MOST):
            return Completeness.COMPLETE
        return Completeness.OPEN if _fits(runs[-1], spec) else Completeness.PARTIAL


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1 annex B: from the right every second
    digit counts double, cross sum of the product; the total is a multiple of ten).

    >>> passes_luhn("79927398713")
    True
    """
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _checked(digits: str, spec: SlotSpec, certainty: float = 1.0) -> Found | Doubt:
    if not _fits(digits, spec):
        return Doubt("length")
    return Doubt("check") if spec.check == "luhn" and not passes_luhn(digits) else Found(digits, certainty)


def _fits(digits: str, spec: SlotSpec) -> bool:
    return len(digits) in spec.lengths if spec.lengths else _FEWEST <= len(digits) <= _MOST


def _before_another(words: Words, spec: SlotSpec) -> Words:
    """The words before those on another number, where digits stand before them: "... five five and my zip is ..."."""
    asked = split_words(" ".join((spec.prompt, spec.label, *spec.names)))
    for other in _OTHERS:
        at = find_phrase(words, other)
        if find_phrase(asked, other) < 0 and any(len(run) > 1 for run in _runs(words[: max(at, 0)])):
            words = words[:at] if words[at - 1] not in ("my", "the") else words[: at - 1]
    return words


def _repaired(words: Words, spec: SlotSpec) -> Words:
    """The words without doubled ones and chatter, "i mean" as one word, and digits for what sounds like them where
    nothing else can stand there."""
    words = mended_tens(with_restarts(without_doubled(words)))
    for phrase in _CHATTER:
        while (at := find_phrase(words, phrase)) > 0 and any(map(is_number_word, words[:at])):
            words = (*words[:at], *words[at + len(phrase) :])
    words = tuple(word for at, word in enumerate(words) if not (word == "r" and at and words[at - 1] == "four"))
    if len(spec.lengths) == 1:
        return words
    return tuple(DIGIT_SOUNDS[word] if _sounds(words, at) else word for at, word in enumerate(words))


def _sounds(words: Words, at: int) -> bool:
    """Whether the word at `at` can only be a digit: between digits, behind them at the end, or before them at the
    front."""
    if words[at] not in DIGIT_SOUNDS:
        return False
    before, behind = words[max(0, at - 1) : at], words[at + 1 : at + 2]
    left, right = any(map(is_number_word, before)), any(map(is_number_word, behind))
    return (left and (right or not behind)) or (right and (not before or before[0] in _FRONT))


def _incomplete(words: Words, spec: SlotSpec) -> bool:
    """Whether a digit may have been lost: behind tens, or, where the number may have several lengths, at a strange word
    that touches it."""
    if open_tens(words):
        return True
    numbers = [at for at, word in enumerate(words) if is_number_word(word)]
    if len(spec.lengths) == 1 or not numbers:
        return False
    others = {words[at] for at in numbers} - {"eleven"}
    if "eleven" in words and others <= DIGITS.keys():
        # Among digits said one by one it is likelier a "seven".
        return True
    known = {word for name in spec.names for word in name.split()}
    ends = [at for at in numbers if at - 1 not in numbers and at and words[at - 1] not in _BEFORE | _GLUE | known]
    starts = [
        at for at in numbers if at + 1 not in numbers and words[at + 1 :] and words[at + 1] not in _BEHIND | _GLUE
    ]
    return any(not _counts_alone(words, at) for at in {*ends, *starts})


def _counts_alone(words: Words, at: int) -> bool:
    """Whether the number word at `at` counts something else: "this one", "two seconds"."""
    _, after = read_number(words, at)
    return _counts_something(words, at, max(after, at + 1))


def _certainty(words: Words) -> float:
    return 1.0 if set(_plain(words)) <= _OWN_WORDS else _DUBIOUS


def _runs_for(words: Words, spec: SlotSpec) -> tuple[str, ...]:
    """The digit strings in `words`. Where none has an allowed length, one may have it that "and" or a single strange
    word interrupts, that is said twice, that begins with an "oh" of surprise or has words that sound like digits."""
    runs = _runs(words)
    if not spec.lengths or any(_fits(run, spec) for run in runs):
        return runs
    joined = _runs(words, glue=_GLUE | {"and"})
    for heard in _hearings(words, spec):
        found = _runs(heard, glue=_GLUE | {"and"})
        if any(_fits(run, spec) for run in found):
            return found
    if any(_fits(said_once(run), spec) for run in joined):
        return tuple(said_once(run) for run in joined)
    surprise = words[:1] == ("oh",) and all(one != two for one, two in pairwise(words))
    if surprise and len(runs) == 1 and len(runs[0]) - 1 in spec.lengths:
        return (runs[0][1:],)
    return joined


def _hearings(words: Words, spec: SlotSpec) -> tuple[Words, ...]:
    """The words as they may be meant, the likeliest first."""
    sounds = sounds_as_digits(words)
    return (words, sounds, without_stray(words, _GLUE | {"and"})) if len(spec.lengths) == 1 else (words, sounds)


def _runs(words: Words, glue: frozenset[str] = _GLUE) -> tuple[str, ...]:
    """Digit strings; groups with only `glue` between them are one. What a unit follows is no such string."""
    runs: list[str] = []
    current, at = "", 0
    while at < len(words):
        digits, after = read_number(words, at)
        if digits and _counts_something(words, at, after):
            digits = ""
        elif digits:
            current, at = current + digits, after
            continue
        if words[at] not in glue:
            runs, current = [*runs, current] if current else runs, ""
        at = max(at + 1, after)
    return (*runs, current) if current else tuple(runs)


def _counts_something(words: Words, at: int, after: int) -> bool:
    """Whether the number in words[at:after] is a count, a house, a time ("twelve hundred dollars", "this one"), or the
    one that it is not."""
    if after - at == 1 and words[at] == "one" and at and words[at - 1] in _BEFORE_ONE:
        return True
    if at and words[at - 1] in _NOT:
        return True
    return any(word in _UNITS for word in words[after : after + 2]) or any(
        word in SUFFIXES for word in words[after : after + 3]
    )


def _latest(words: Words) -> tuple[tuple[str, ...], Words]:
    """The digit strings before the last "no", "sorry", "i mean", and the words behind it."""
    at = last_restart(words)
    rather = max((index + 1 for index, word in enumerate(words) if word == "rather"), default=0)
    at = max(at, rather)
    return _runs(words[:at]), words[at:]


def _lettered(words: Words, runs: tuple[str, ...]) -> bool:
    """Whether a letter stands at the digits: "b four two", "4217b"."""
    if any(len(word) > 2 and word[:-1].isdecimal() and word[-1] in LETTERS for word in words):
        return True
    if all(len(run) < 2 for run in runs):
        return False
    letters = [at for at, word in enumerate(words) if word in LETTERS and word not in "io"]
    return any(
        is_number_word(near) for at in letters for near in (*words[max(0, at - 1) : at], *words[at + 1 : at + 2])
    )


def _new_ending(runs: tuple[str, ...], spec: SlotSpec, context: Context, counts: range) -> str:
    """The number held now with a new ending: "the last four are ...", or nothing but four digits when the number was
    just read back and four are no number of their own."""
    held = context.current
    if len(runs) != 1 or len(runs[0]) >= len(held):
        return ""
    alone = not counts and context.asked and len(runs[0]) == 4 and bool(spec.lengths) and not _fits(runs[0], spec)
    return held[: -len(runs[0])] + runs[0] if alone or len(runs[0]) in counts else ""


def _ending_lengths(words: Words) -> range:
    """How many digits are told to be an ending: four in "the last four", any number in "ends in", none else."""
    for at, word in enumerate(words[:-1]):
        count = _COUNTS.get(words[at + 1], 0)
        if word == "last" and count:
            return range(count, count + 1)
    return range(1, _MOST) if says_any(words, _ENDS) else range(0)


def _without_counts(words: Words) -> Words:
    """`words` without the "four" of "the last four are"."""
    return tuple(word for at, word in enumerate(words) if not (at and words[at - 1] == "last" and word in _COUNTS))


def _named(words: Words, names: tuple[str, ...]) -> tuple[int, ...]:
    """The indexes behind each place where the thing is named."""
    found: set[int] = set()
    for name in names:
        phrase = tuple(name.split())
        at = find_phrase(words, phrase) if phrase else -1
        while at >= 0:
            found.add(at + len(phrase))
            at = find_phrase(words, phrase, at + 1)
    return tuple(sorted(found))


def _plain(words: Words) -> Words:
    """`words` without those of numbers."""
    return tuple(word for word in words if not is_number_word(word) and word not in DIGIT_SOUNDS)


def _groups(digits: str) -> tuple[str, ...]:
    """Fours and then threes; what is left over at the end is shorter."""
    fours = next((fours for fours in range(len(digits) // 4, -1, -1) if (len(digits) - 4 * fours) % 3 == 0), 0)
    cuts = [*range(0, 4 * fours, 4), *range(4 * fours, len(digits), 3)]
    return tuple(digits[cut : cut + (4 if cut < 4 * fours else 3)] for cut in cuts)
