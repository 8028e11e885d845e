"""Yes or no, and what is said after it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.mending import without_doubled_words
from sop.slots.misheard import meant_instead
from sop.slots.nothing_said import Meant, meant_by_nothing
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.yes_limits import denied_in_part, leaves_open, restricts, tells_of_harm, told_of, wonders
from sop.slots.yes_no_question import (
    WELL,
    Asking,
    asking_of,
    asks_of_the_past,
    asks_whether_well,
    is_allowed,
    is_echoed,
    is_guarded,
    told_of_chance,
    told_of_having,
)
from sop.slots.yes_words import ALL_NO, ALL_YES, BARE, NO, READ_YES, SAYS_YES, SOFT, UNSURE, WHOLE, WHOLE_FACT, YES
from sop.words import FILLERS, Words, find_phrase, phrase_list, says, says_any, word_set

_BOTH = (("yes", "and", "no"), ("yeah", "and", "no"), ("yes", "or", "no"))
_AGAIN = word_set("wait actually sorry")
_SPELLINGS = {"write": "right", "wright": "right", "rite": "right"}
_BEFORE_RIGHT = word_set("that's that is sounds all it's looks")
_ALONE = {"know": "no", "shore": "sure"}
_COURTESY = FILLERS | word_set("sir ma'am thanks thank you")
_NEGATIONS = word_set("not isn't aren't wasn't doesn't don't didn't won't can't hasn't haven't ain't wouldn't")
_SURELY = word_set("sure certainly definitely absolutely totally surely")
_WAS = word_set("was were wasn't weren't")
_TURN = word_set("but except however only although wait actually sorry")
_YESES: Mapping[Asking, tuple[Words, ...]] = {
    Asking.FACT: SAYS_YES,
    Asking.READ_BACK: READ_YES,
    Asking.REVIEW: READ_YES,
}
_FINAL = word_set("yes yeah yep correct")
_NO_IDEA = phrase_list("no idea, no clue")
_NO_ISSUE = phrase_list("no issue, no issues, no objection, no objections")
_SOMEBODY_IS = phrase_list("""
    i am, we are, he is, she is, it is, they are, everyone is, everybody is, i was, we were, he was, she was, they were,
    it was, i'm, we're, he's, she's, it's, they're, everyone's, everybody's
""")
_CLEAR = phrase_list("""
    that's right, that is right, that's correct, is correct, sounds good, is right, is fine, works for me, is the best,
    all correct
""")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`yes` is None when neither was said; `rest` is what was said besides."""

    yes: bool | None
    rest: Words


def read_verdict(words: Words, asking: Asking = Asking.READ_BACK, prompt: str = "") -> Verdict:
    """Yes, no or neither, as an answer to what is asked.

    "yes that's right" is yes; "no it's not" is no; "yep but the street is wrong" is neither, with the rest to
    read. "no nothing like that" is a no to a danger, and neither where a value was read back. With a `prompt` that
    asks "do you have ...?", "I have one" and its like answer too.

    >>> read_verdict(("no", "it's", "not")).yes
    False
    """
    words = _mended(words)
    verdict = _judged(words, asking, prompt)
    if verdict.yes is None:
        return verdict
    doubtful = _is_doubtful_yes(words, asking, prompt) if verdict.yes else _is_doubtful_no(words, asking, prompt)
    return Verdict(None, verdict.rest or words) if doubtful else verdict


def _judged(words: Words, asking: Asking, prompt: str) -> Verdict:
    """Yes, no or neither, before what else is said is held against it."""
    alone = _whole(words, asking, prompt)
    alone = told_of_having(words, prompt) if alone is None else alone
    alone = True if alone is None and asking is Asking.FACT and told_of_chance(words, prompt) else alone
    if alone is not None:
        return Verdict(alone, ())
    meant = meant_by_nothing(words, asking, prompt)
    if meant is not None:
        return _with_rest(meant, words)
    return _read(words, asking, prompt)


def _is_doubtful_yes(words: Words, asking: Asking, prompt: str) -> bool:
    """Whether a consent is held to a part, what is offered is to be kept from, or "we are okay" answers whether
    somebody was hurt."""
    if asking is Asking.OFFER and prompt and "keep" in words and not is_allowed("keep", prompt):
        return True
    if asking is Asking.OFFER and is_guarded(prompt):
        return _is_well(words) or restricts(words, prompt)
    return asking in (Asking.FACT, Asking.OFFER) and _is_well(words) and not asks_whether_well(prompt)


def _is_doubtful_no(words: Words, asking: Asking, prompt: str) -> bool:
    """Whether a no is none: "no idea"; "no issue" to an offer; a danger that is denied in part."""
    if says_any(words, _NO_IDEA):
        return True
    if asking is Asking.FACT:
        return denied_in_part(words, prompt)
    return asking is not Asking.MORE and says_any(words, _NO_ISSUE)


def _is_well(words: Words) -> bool:
    """Whether nothing is said but that somebody is well, with or without a yes: "we are okay"."""
    plain = tuple(word for word in words if word not in _COURTESY - WELL)
    plain = plain[1:] if plain[:1] != () and plain[0] in _FINAL else plain
    plain = (*plain[:-2], "fine") if plain[-2:] == ("all", "right") else plain
    return plain[-1:] != () and plain[-1] in WELL and plain[:-1] in _SOMEBODY_IS


def _read(words: Words, asking: Asking, prompt: str) -> Verdict:
    """Yes, no or neither by the words at the front, and by what follows them."""
    if any(find_phrase(words, both) == 0 for both in _BOTH) or (asking is Asking.FACT and tells_of_harm(words)):
        return Verdict(None, words)
    if asking not in (Asking.FACT, Asking.MORE) and wonders(_plain(words)):
        return _anywhere(words, asking)
    verdicts, tail, behind = _leading(words, _YESES.get(asking, ALL_YES), ALL_NO if asking is Asking.OFFER else NO)
    if verdicts and verdicts[-1] is False and tail[:1] != () and tail[0] in _AGAIN:
        return _corrected(tail)
    if not verdicts:
        return _anywhere(words, asking)
    if False in verdicts and says(tail, "yes", "yeah", "that's right", "that's fine", "that's correct"):
        return Verdict(None, tail)
    if asking is Asking.FACT and verdicts[0] and tail and words[: len(words) - len(behind)][-2:] == ("i", "don't"):
        return Verdict(None, tail)
    if False in verdicts:
        return Verdict(False if verdicts[0] is False or verdicts[-1] is False else None, tail)
    return _followed(words, tail, behind, asking, prompt) if tail else Verdict(True, ())


def _followed(words: Words, tail: Words, behind: Words, asking: Asking, prompt: str) -> Verdict:
    """What a yes with `behind` after it means; `tail` is the same from its first word of weight on."""
    said = words[: len(words) - len(tail)]
    instead = meant_instead(behind)
    if instead is not None and not _means_yes(instead, asking, prompt):
        return Verdict(None, tail)
    if tail[0] in _NEGATIONS:
        return Verdict(False if said[-1] in _SURELY else None, tail)
    doubtful = said in BARE or tail[0] in _TURN or _denies(tail) or _turns_back(tail)
    doubtful = doubtful or leaves_open(words[: len(words) - len(behind)], behind, asking, prompt)
    return Verdict(None if doubtful else True, tail)


def _means_yes(words: Words, asking: Asking, prompt: str) -> bool:
    """Whether the yes before "I mean" stands with what is said behind it: "yes, I mean it". How things are, and
    whether there is more, stay told unless a no follows."""
    if asking in (Asking.FACT, Asking.MORE):
        return False not in _leading(words)[0]
    return words == ("it",) or is_echoed(words, prompt) or read_verdict(words, asking, prompt).yes is True


def is_assent(words: Words) -> bool:
    """Whether the words say yes and no more than that.

    >>> is_assent(("yes", "that's", "right")), is_assent(("yes", "but", "wait"))
    (True, False)
    """
    return read_verdict(words) == Verdict(True, ())


def _mended(words: Words) -> Words:
    """Words said twice only once, and what is written wrong for a yes or a no: "that's write", "know sir"."""
    words = without_doubled_words(words)
    plain = tuple(word for word in words if word not in _COURTESY)
    if len(plain) == 1 and plain[0] in _ALONE:
        return tuple(_ALONE.get(word, word) for word in words)
    return tuple(
        _SPELLINGS[word] if word in _SPELLINGS and at == len(words) - 1 and words[at - 1] in _BEFORE_RIGHT else word
        for at, word in enumerate(words)
    )


def _corrected(tail: Words) -> Verdict:
    """What is meant by a no and "wait" or "sorry" behind it: "no wait yes" is a yes, "no wait" neither."""
    again, rest, _ = _leading(tail[1:])
    if tail[0] == "wait" and not again and len(tail) < 3:
        return Verdict(None, tail)
    if again and all(again) and not rest:
        return Verdict(True, tail)
    return Verdict(None if any(again) else False, tail)


def _turns_back(tail: Words) -> bool:
    """Whether a no ends what began with a yes: "yes I see sorry no"."""
    return len(tail) > 1 and tail[-1] in ("no", "nope") and tail[-2] in _AGAIN | {"mean"}


def _whole(words: Words, asking: Asking, prompt: str) -> bool | None:
    """The verdict of words that are one only when nothing else is said. "He was" says nothing of how things are now."""
    plain = tuple(word for word in words if word not in FILLERS)
    also: Mapping[bool, tuple[Words, ...]] = WHOLE_FACT if asking is Asking.FACT else {}
    if plain[-1:] != () and (plain[-1] in _WAS or plain[-2:-1] == ("was",)) and not asks_of_the_past(prompt):
        also = {}
    return next((yes for yes, phrases in WHOLE.items() if plain in phrases or plain in also.get(yes, ())), None)


def _with_rest(meant: Meant, words: Words) -> Verdict:
    """What a "nothing" means together with what is said behind it: "nothing like that but ..." is neither."""
    if meant.yes is None:
        return Verdict(None, words)
    verdicts, tail, _ = _leading(meant.rest)
    turned = tail[:1] != () and (tail[0] in _TURN or (meant.yes and (_denies(tail) or _turns_back(tail))))
    if turned or (not meant.yes) in verdicts:
        return Verdict(None, words)
    return Verdict(meant.yes, tail)


def _leading(
    words: Words, yeses: tuple[Words, ...] = YES, noes: tuple[Words, ...] = NO
) -> tuple[list[bool], Words, Words]:
    """Every yes and no at the front; what stands behind them, from its first word of weight on; all that does."""
    rest, behind, verdicts = words, words, []
    while rest and not _starts(rest, UNSURE):
        no, yes = _starts(rest, noes), _starts(rest, yeses)
        if rest[0] in ("uh", "mm") and rest[1:2] in (("huh",), ("hmm",)):
            yes, no = rest[:2], ()
        if yes and len(yes) >= len(no):
            verdicts.append(True)
        elif no:
            verdicts.append(False)
        elif rest[0] in SOFT:
            rest = rest[1:]
            continue
        else:
            break
        rest = behind = rest[len(yes if verdicts[-1] else no) :]
    return verdicts, rest, behind


def _anywhere(words: Words, asking: Asking) -> Verdict:
    """No yes or no at the front: look for a whole phrase of several words further on."""
    last, before = words[-1:], words[:-1]
    final = bool(last) and last[0] in _FINAL and not told_of(before, asking)
    if asking is Asking.FACT:
        return Verdict(True, before) if final and last != ("correct",) else Verdict(None, words)
    if _denies(words):
        return Verdict(False, words)
    if last and last[0] in _FINAL:
        return Verdict(True, before) if final else Verdict(None, words)
    asks = wonders(_plain(words)) or "if" in words
    return Verdict(True if says_any(words, _CLEAR) and not asks else None, words)


def _plain(words: Words) -> Words:
    """`words` without fillers; "yeah" is none where a yes is looked for."""
    return tuple(word for word in words if word not in FILLERS or word == "yeah")


def _denies(words: Words) -> bool:
    return says(
        words,
        "wrong",
        "incorrect",
        "not right",
        "isn't right",
        "not correct",
        "isn't correct",
        "not my",
        "not the",
        "a mistake",
        "no it's",
        "no the",
        "no my",
    )


def _starts(words: Words, phrases: tuple[Words, ...]) -> Words:
    return next((phrase for phrase in phrases if words[: len(phrase)] == phrase), ())


@dataclass(frozen=True, slots=True)
class YesNo:
    """Canonical "yes" and "no"."""

    bias: tuple[str, ...] = ("yes that's right", "no it's not", "correct")

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        yes = read_verdict(words, asking_of(spec.prompt), spec.prompt).yes
        return None if yes is None else Found("yes" if yes else "no")

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        return None

    def keys(self, spec: SlotSpec) -> int:
        return 1

    def sample(self, spec: SlotSpec) -> str:
        return "yes"

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        value = {"1": "yes", "2": "no"}.get(digits.rstrip("#"))
        return Found(value) if value else None

    def speak(self, value: str, spec: SlotSpec) -> str:
        return value

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        yes = read_verdict(words, asking_of(spec.prompt), spec.prompt).yes
        return Completeness.OPEN if yes is None else Completeness.COMPLETE
