"""Yes or no, and what is said after it."""

from dataclasses import dataclass

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.mending import without_doubled_words
from sop.slots.nothing_said import Meant, meant_by_nothing
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.yes_no_question import Asking, asking_of
from sop.words import FILLERS, Words, find_phrase, phrase_list, says, word_set

_YES = phrase_list("""
    it's okay, it's ok, nope all good, no all good,
    nope that's right, nope that's correct, nope that's it, nope that's all, nope that's fine,
    nope that's good, no all right, that's the best one, that'll do, you can use that, use that, use that
    one, use this one, should be fine, it should be fine, that is, it should be, this is the best, that one,
    this one, that one is fine, this one is fine, that one's fine, this one's fine, that one works, oh yes,
    oh yeah, yes, yeah, yep, yup, ya, yea, yah, sure, correct, right, affirmative, absolutely, definitely,
    exactly, perfect, certainly, uh huh, mm hmm, mhm, you got it, you bet, of course, sounds good, sounds
    right, looks good, looks right, that's right, that is right, that's correct, that is correct, that's it,
    that's perfect, that is perfect, that's fine, that is fine, that's good, that's great, that's the one,
    that's me, that works, that will work, that'll work, that will do, it is, it's correct, it's right, it's
    fine, it's good, is correct, is right, is fine, all good, it's all good, all right, alright, all
    correct, everything is right, everything is correct, everything's right, everything's correct,
    everything is fine, everything is good, everything sounds good, i do, it does, go ahead, fine, good,
    great, ok, okay, please do, i think so, i guess so, i suppose so, i suppose, i guess, i believe so, that
    sounds good, that sounds right, true, you have it right, you've got it, got it, this number is fine,
    this is fine, the best one, it's the best, that's the best number, works for me, very good, no problem,
    no that's right, no that's correct, no that's fine, no that's it, no that's all, no that's good, no it's
    right, no it's correct, no it's fine, no it's good, no everything is right, no everything is fine, no
    yeah, no yes, no yep, no no yeah, nah yeah, mmhmm, sure why not, sure thing, totally, for sure, that's a yes,
    you're right, you are right, you're correct, you are correct, hell yeah, by all means, no that's perfect, no you got
    it, not a problem, that's not a problem, it's not a problem
""")
_NO = phrase_list("""
    oh no, no, nope, nah, naw, negative, not right, not correct, incorrect, wrong, that's wrong, that is
    wrong, that's not right, that is not right, that's not correct, that is not correct, that isn't right,
    that isn't correct, it's not, it is not, it isn't, that's not it, that isn't it, not quite, not really,
    not exactly, no way, absolutely not, definitely not, of course not, i don't think so, i do not, i don't,
    not that one, not this one, not this number, that's incorrect, that is incorrect, you got it wrong, you
    have it wrong, that's not my, it's wrong, it is wrong, no thanks, no thank you, i made a mistake, that
    was wrong, wasn't right, not yes, i don't believe so, that's a no, hell no, not at all, nuh uh, huh uh, not that i
    know of, i'm afraid not, i am afraid not, afraid not, not that i'm aware of, there isn't, there is not, there's not,
    there sure isn't, it sure isn't, it sure doesn't, i sure don't
""")
_PRAISE = phrase_list("""
    it's okay, it's ok, all good, it's all good, should be fine, it should be fine, it should be, that'll do, that will
    do, this is the best, sounds good, sounds right, that sounds good, that sounds right, looks good, looks right,
    that's perfect, that is perfect, that's fine, that is fine, that's good, that's great, that works, that will work,
    that'll work, it's fine, it's good, is fine, this is fine, all right, alright, everything is right, everything's
    right, everything is fine, everything is good, everything sounds good, fine, good, great, perfect, very good, got
    it, ok, okay, works for me, no problem, not a problem, that's not a problem, it's not a problem
""")
"""Praise of what was offered or read back. It does not tell how things are: "is there bleeding?" "all good"."""
_SAYS_YES = tuple(phrase for phrase in _YES if phrase not in _PRAISE)
_WHOLE = {
    True: phrase_list("why not, i did, i am, i have, i can, i would, i will, we do, we did, we are, we have, they did"),
    False: phrase_list("""
        never, not yet, don't, i'm not, i am not, i didn't, i did not, i haven't, i have not, i can't, i cannot,
        i wouldn't, i won't, we don't, we didn't, we're not, we haven't, i doubt it, they didn't
    """),
}
"""A yes or a no where nothing else is said."""
_UNSURE = phrase_list("""
    i don't know, i do not know, i don't remember, i do not remember, i don't recall, i don't understand, i don't mind,
    i don't care, i don't have, i don't get, i don't want, i don't need, i don't see, not sure
""")
"""Neither yes nor no, though they begin like one."""
_SOFT = FILLERS | word_set("""
    and then thanks thank you sir ma'am ma'm very much just the a i said now me number best is that it this
    sounds me with
""")
"""Words after which a yes is still only a yes."""
_BARE = phrase_list("that is, it is, it should be, that one, this one, that'll do")
"""A yes only where nothing of weight follows: "that is long" is none."""
_BOTH = (("yes", "and", "no"), ("yeah", "and", "no"), ("yes", "or", "no"))
_AGAIN = word_set("wait actually sorry")
_SPELLINGS = {"write": "right", "wright": "right", "rite": "right"}
_BEFORE_RIGHT = word_set("that's that is sounds all it's looks")
_ALONE = {"know": "no", "shore": "sure"}
_COURTESY = FILLERS | word_set("sir ma'am thanks thank you")
_NEGATIONS = word_set("not isn't aren't wasn't doesn't don't didn't won't can't hasn't haven't ain't wouldn't")
_SURELY = word_set("sure certainly definitely absolutely totally surely")
_TURN = word_set("but except however only although wait actually sorry")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`yes` is None when neither was said; `rest` is what was said besides."""

    yes: bool | None
    rest: Words


def read_verdict(words: Words, asking: Asking = Asking.READ_BACK) -> Verdict:
    """Yes, no or neither, as an answer to what is asked.

    "yes that's right" is yes; "no it's not" is no; "yep but the street is wrong" is neither, with the rest to
    read. "no nothing like that" is a no to a danger, and neither where a value was read back.

    >>> read_verdict(("no", "it's", "not")).yes
    False
    """
    words = _mended(words)
    alone = _whole(words)
    if alone is not None:
        return Verdict(alone, ())
    meant = meant_by_nothing(words, asking)
    if meant is not None:
        return _with_rest(meant, words)
    return _read(words, asking)


def _read(words: Words, asking: Asking) -> Verdict:
    """Yes, no or neither by the words at the front, and by what follows them."""
    if any(find_phrase(words, both) == 0 for both in _BOTH):
        return Verdict(None, words)
    verdicts, tail = _leading(words, _SAYS_YES if asking is Asking.FACT else _YES)
    if verdicts and verdicts[-1] is False and tail[:1] != () and tail[0] in _AGAIN:
        return _corrected(tail)
    if not verdicts:
        return _anywhere(words, asking)
    if False in verdicts and says(tail, "yes", "yeah", "that's right", "that's fine", "that's correct"):
        return Verdict(None, tail)
    if False in verdicts:
        return Verdict(False if verdicts[0] is False or verdicts[-1] is False else None, tail)
    return _followed(words, tail) if tail else Verdict(True, ())


def _followed(words: Words, tail: Words) -> Verdict:
    """What a yes with `tail` behind it means."""
    said = words[: len(words) - len(tail)]
    if tail[0] in _NEGATIONS:
        return Verdict(False if said[-1] in _SURELY else None, tail)
    doubtful = said in _BARE or tail[0] in _TURN or _denies(tail) or _turns_back(tail)
    return Verdict(None if doubtful else True, tail)


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
    again, rest = _leading(tail[1:])
    if tail[0] == "wait" and not again and len(tail) < 3:
        return Verdict(None, tail)
    if again and all(again) and not rest:
        return Verdict(True, tail)
    return Verdict(None if any(again) else False, tail)


def _turns_back(tail: Words) -> bool:
    """Whether a no ends what began with a yes: "yes I see sorry no"."""
    return len(tail) > 1 and tail[-1] in ("no", "nope") and tail[-2] in _AGAIN | {"mean"}


def _whole(words: Words) -> bool | None:
    """The verdict of words that are one only when nothing else is said."""
    plain = tuple(word for word in words if word not in FILLERS)
    return next((yes for yes, phrases in _WHOLE.items() if plain in phrases), None)


def _with_rest(meant: Meant, words: Words) -> Verdict:
    """What a "nothing" means together with what is said behind it: "nothing like that but ..." is neither."""
    if meant.yes is None:
        return Verdict(None, words)
    verdicts, tail = _leading(meant.rest)
    turned = tail[:1] != () and (tail[0] in _TURN or (meant.yes and (_denies(tail) or _turns_back(tail))))
    if turned or (not meant.yes) in verdicts:
        return Verdict(None, words)
    return Verdict(meant.yes, tail)


def _leading(words: Words, yeses: tuple[Words, ...] = _YES) -> tuple[list[bool], Words]:
    """Every yes and no at the front, and what stands behind them."""
    rest, verdicts = list(words), []
    while rest and not _starts(rest, _UNSURE):
        if rest[0] in ("uh", "mm") and len(rest) > 1 and rest[1] in ("huh", "hmm"):
            verdicts.append(True)
            rest = rest[2:]
            continue
        no, yes = _starts(rest, _NO), _starts(rest, yeses)
        if yes and len(yes) >= len(no):
            verdicts.append(True)
            rest = rest[len(yes) :]
        elif no:
            verdicts.append(False)
            rest = rest[len(no) :]
        elif rest[0] in _SOFT:
            rest = rest[1:]
        else:
            break
    return verdicts, tuple(rest)


def _anywhere(words: Words, asking: Asking) -> Verdict:
    """No yes or no at the front: look for a whole phrase of several words further on."""
    if asking is Asking.FACT:
        return Verdict(True, words[:-1]) if words[-1:] in (("yes",), ("yeah",), ("yep",)) else Verdict(None, words)
    if _denies(words):
        return Verdict(False, words)
    clear = (
        "that's right",
        "that is right",
        "that's correct",
        "is correct",
        "sounds good",
        "is right",
        "is fine",
        "works for me",
        "is the best",
        "all correct",
    )
    if words and words[-1] in ("yes", "yeah", "yep", "correct"):
        return Verdict(True, words[:-1])
    return Verdict(True if says(words, *clear) else None, words)


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


def _starts(words: list[str], phrases: tuple[Words, ...]) -> Words:
    return next((phrase for phrase in phrases if tuple(words[: len(phrase)]) == phrase), ())


@dataclass(frozen=True, slots=True)
class YesNo:
    """Canonical "yes" and "no"."""

    bias: tuple[str, ...] = ("yes that's right", "no it's not", "correct")

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        yes = read_verdict(words, asking_of(spec.prompt)).yes
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
        yes = read_verdict(words, asking_of(spec.prompt)).yes
        return Completeness.OPEN if yes is None else Completeness.COMPLETE
