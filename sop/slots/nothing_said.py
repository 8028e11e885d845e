"""Answers that mean a yes under one question and a no under another: "nothing", "no, that's fine", "no changes"; and
those that leave a question without an answer: "skip that", "no, that's all"."""

from collections.abc import Mapping
from dataclasses import dataclass

from sop.slots.yes_limits import closes
from sop.slots.yes_no_question import Asking, counts_things
from sop.words import FILLERS, Words, phrase_list, says_any, strip_lead, word_set

_Meaning = tuple[bool | None, bool | None]
"""What it means by itself, and behind a "no"."""

_NO = word_set("no nope nah")
_BEFORE = word_set("um uh er erm hmm hm mm ah oh well okay ok so")
_NOTHING = phrase_list("nothing, nothing else")
_NONE = phrase_list("""
    nothing like that, nothing like this, nothing at all, nothing of the kind, nothing of that kind, nothing of the
    sort, there's nothing, there is nothing, there's none, there is none, there's nothing like that, none, none at all,
    none of it, none of that, none of this, none of those, none of these, none of them
""")
_NO_FAULT = phrase_list("""
    nothing's wrong, nothing is wrong, there's nothing wrong, there is nothing wrong, it's not wrong, not wrong, no
    changes, nothing to change, there's nothing to change, no complaints
""")
_PRAISE = phrase_list("""
    that's fine, that is fine, that's good, that's great, that's perfect, that's okay, that's ok, that's all right,
    that's alright, it's fine, it is fine, it's good, it's okay, it's ok, it's all right, everything is fine,
    everything's fine, everything is good, all good, all right, we're fine, we're good, i'm fine, i'm good, i'm okay
""")
_AGREES = phrase_list("""
    that's right, that is right, that's correct, that is correct, that's it, that's all, it's right, it's correct,
    everything is right, everything's right, everything is correct, you got it, not a problem, that's not a problem,
    it's not a problem
""")
_ENOUGH = phrase_list("""
    that's it, that's all, that is all, that will be all, that'll be all, i'm good, i'm all set, i'm fine, we're good,
    we're all set, all good, all set, that was all, that was it, that was everything, that's everything, that is
    everything, that'll do it, that will do it, that does it, we're done, we are done, i'm done, i am done,
    i'm finished, we're finished, all done
""")
_ONLY = phrase_list("""
    that's the only one, that is the only one, just the one, just that one, just this one, only the one, only that one,
    only this one, the only one, that's the last one, that was the last one, just one
""")
_MORE_LEFT = phrase_list("""
    i have one more, i've got one more, there's one more, there is one more, one more thing, one more order, one more
    question, one more, another one, i have another, i've got another, there's another, there is another, i have two
    more, two more, i have a few more
""")
_NO_SUCH_THING = word_set("question questions thing things")
_IT_IS_NOT = phrase_list("it's not, it is not, it isn't, that's not my, that's not, that is not, that isn't")
_THE_LAST = phrase_list("""
    everything, all, the only one, the only order, the only thing, my only one, my only order, the last one, the last,
    quite, it, quite everything, done, over
""")
_FINE = word_set("right good fine okay ok correct")
"""Behind "that's all" these make praise of it."""
_THANKS = phrase_list("thanks, thank you")
_ALL_SAID = phrase_list("""
    that's all, that is all, that's everything, that is everything, that'll be all, that will be all, that's all i need,
    that's all i needed, that's all i want, that's all i wanted, that's all i have, that's all i had, that's all i know,
    that's all for now, that's all for today
""")
_WITHOUT = phrase_list("""
    skip, skip that, skip it, skip this, i don't have one, don't have an, don't have a, i don't have any, don't have
    that, i'd rather not, rather not say, prefer not to, i don't want to give, leave it out, leave that out, not right
    now, no email, without one, i don't have it, don't have it, i don't know it, don't know it, i lost it, can't find
    it, i don't remember it, i don't remember
""")
_BARE_NO = phrase_list("no, nope, none, no thanks, no thank you")
_PASSES = phrase_list("""
    skip, skip that, skip it, skip this, skip that one, skip this one, skip that question, skip this question,
    skip the question, you can skip it, you can skip that, let's skip it, let's skip that, can we skip it,
    can we skip that, can you skip it, can you skip that, leave it out, leave that out, i'd rather not,
    i'd rather not say, i'd prefer not to, i'd prefer not to say
""")
_UNSURE = phrase_list("""
    i don't know, i do not know, i really don't know, don't know, i wouldn't know, i'm not sure, i am not sure,
    not sure, i have no idea, no idea
""")
_NO_WISH = phrase_list("""
    no, nope, nah, naw, none, none at all, nothing, nothing else, nothing more, nothing special, nothing in particular,
    nothing particular, nothing specific, nothing at all, nothing really, nothing that i can think of, nothing i can
    think of, not really, not particularly, not especially, not at all, not that i know of, not that i can think of, not
    that i'm aware of, i don't think so, i do not think so, that's it, that is it, that's about it, that's about all
""")
_BESIDE = phrase_list("for now, for today, for me, at this time, at the moment, you too")
_THINKS = phrase_list("i think, i guess, i believe")
_FAREWELLS = phrase_list("""
    bye, bye bye, goodbye, good bye, have a good day, have a nice day, have a great day, have a good night, have a nice
    night, have a good evening, have a good one
""")
_COURTESY = FILLERS | word_set("thanks thank you very much sir ma'am ma'm just really and")
_REFUSALS = phrase_list("""
    rather not, prefer not to, don't want to give, don't want to say, don't want to tell, none of those, none of these,
    none of that, none of them, none of your business, not your business, it's private, that's private, that is private,
    it is private, that's personal, it's personal, something else
""")
_SHORT = 7
_UNCLEAR = phrase_list("no doubt, no question, no worries, without a doubt")
_ASK_AGAIN: _Meaning = (None, None)
_DENIED: _Meaning = (None, False)
_ALL: _Meaning = (True, True)
_NO_MORE: _Meaning = (False, False)

_OF_NOTHING: Mapping[Asking, _Meaning] = {
    Asking.READ_BACK: _ASK_AGAIN,
    Asking.REVIEW: _ASK_AGAIN,
    Asking.DONE: _ALL,
    Asking.MORE: _NO_MORE,
}
_OF_NONE: Mapping[Asking, _Meaning] = {
    Asking.READ_BACK: _ASK_AGAIN,
    Asking.REVIEW: _ASK_AGAIN,
    Asking.DONE: _ASK_AGAIN,
    Asking.MORE: _NO_MORE,
    Asking.FACT: _NO_MORE,
}
_OF_NO_FAULT: Mapping[Asking, _Meaning] = {
    Asking.READ_BACK: _ALL,
    Asking.REVIEW: _ALL,
    Asking.MORE: _DENIED,
    Asking.FACT: _DENIED,
}
_APPROVED = frozenset({Asking.READ_BACK, Asking.REVIEW, Asking.DONE})
"""Under these "no, that's fine" finds no fault."""


@dataclass(frozen=True, slots=True)
class Meant:
    """`yes` is None when the caller must be asked again; `rest` is what was said besides."""

    yes: bool | None
    rest: Words


def meant_by_nothing(words: Words, asking: Asking, prompt: str = "") -> Meant | None:
    """What the words at the front mean under this question; None where that is the same under every question.

    >>> meant_by_nothing(("no", "nothing", "like", "that"), Asking.FACT)
    Meant(yes=False, rest=())
    """
    words = _without(words, _BEFORE)
    behind = _without(words, _NO | _BEFORE)
    led = len(behind) < len(words)
    thanked = _front(behind, _THANKS) if led else ()
    if asking is Asking.REVIEW and (said := _front(behind, _ALL_SAID)) and closes(behind[len(said) :]):
        return Meant(True, ())
    behind = behind[len(thanked) :]
    if thanked and not behind and asking is Asking.DONE:
        return Meant(None, ())
    if _front(words, _UNCLEAR) or (asking is Asking.FACT and words[:2] == ("no", "problem")):
        return Meant(None, ())
    faultless = _front(words, _NO_FAULT) or _front(behind, _NO_FAULT)
    if faultless:
        rest = words if _front(words, _NO_FAULT) else behind
        return Meant(_OF_NO_FAULT.get(asking, _ASK_AGAIN)[led], rest[len(faultless) :])
    if none := _front(behind, _NONE):
        return Meant(_OF_NONE.get(asking, _DENIED)[led], behind[len(none) :])
    if nothing := _front(behind, _NOTHING):
        further = asking is Asking.REVIEW and len(nothing) > 1
        return Meant(further or _OF_NOTHING.get(asking, _DENIED)[led], behind[len(nothing) :])
    done = _whether_done(words, behind, prompt) if asking is Asking.DONE else None
    return done or _approval(behind, asking, led=led)


def leaves_out(words: Words) -> bool:
    """Whether the caller would rather go without what may be left out.

    >>> leaves_out(("skip", "that")), leaves_out(("no", "smoking", "room"))
    (True, False)
    """
    plain = tuple(word for word in words if word not in FILLERS)
    return says_any(words, _WITHOUT) or plain in _BARE_NO


def wants_nothing(words: Words) -> bool:
    """Whether nothing is said but that there is nothing to say, or that it is not known: "no, that's all, thanks". A
    farewell may stand beside it, but not alone."""
    beside = _BESIDE + _THINKS + _FAREWELLS + (_ENOUGH + _PRAISE if says_any(words, _NO_WISH) else ())
    return _is_only(words, _NO_WISH + _ALL_SAID + _UNSURE, beside)


def refuses(words: Words) -> bool:
    """Whether the caller would rather not answer, or takes none of what was offered: no more is meant by it."""
    plain = tuple(word for word in words if word not in FILLERS)
    return len(plain) <= _SHORT and says_any(words, _REFUSALS)


def passes(words: Words, *, unsure: bool) -> bool:
    """Whether nothing is said but that the question is to be left out; where `unsure`, or that it is not known."""
    return _is_only(words, _PASSES + (_UNSURE if unsure else ()), _BESIDE)


def says_all(words: Words) -> bool:
    """Whether nothing is said but that this is all, and no farewell: "no thanks, that's all"."""
    return _is_only(words, _ALL_SAID, _BESIDE + _THINKS + _NO_WISH)


def says_little(words: Words) -> bool:
    """Whether nothing is said that a question other than the open one could mean: "no", "I'm good", "not sure"."""
    return wants_nothing(words) or _is_only(words, _ENOUGH + _PRAISE, _BESIDE + _THINKS)


def _is_only(words: Words, phrases: tuple[Words, ...], beside: tuple[Words, ...]) -> bool:
    """Whether one of the phrases is said, and nothing else but what may stand beside them and courtesies."""
    leads = tuple(sorted(phrases + beside, key=len, reverse=True))
    return says_any(words, phrases) and not strip_lead(words, leads, _COURTESY)


def _whether_done(words: Words, behind: Words, prompt: str) -> Meant | None:
    """What is meant where it is asked whether that was all: "no I'm all set", "I have one more". One more
    question is no further order where "is that the only order?" was asked."""
    if enough := _front(behind, _ENOUGH) or _front(behind, _ONLY):
        rest = behind[len(enough) :]
        praised = enough[-1] == "all" and rest[:1] != () and rest[0] in _FINE
        return Meant(True if closes(rest) and not praised else None, rest)
    if more := _front(words, _MORE_LEFT):
        rest = words[len(more) :]
        if counts_things(prompt) and not _NO_SUCH_THING.isdisjoint((more[-1], *rest[:1])):
            return Meant(None, words)
        return None if rest[:1] == ("time",) else Meant(False, rest)
    if other := _front(words, _IT_IS_NOT):
        rest = words[len(other) :]
        if _front(rest, _THE_LAST):
            return Meant(False, ())
        return None if closes(rest) else Meant(None, words)
    return None


def _approval(behind: Words, asking: Asking, *, led: bool) -> Meant | None:
    """What it means that something is fine, with or without a "no" before it."""
    if asking is Asking.MORE and (enough := _front(behind, _ENOUGH)):
        return Meant(False, behind[len(enough) :])
    if not led or asking in _APPROVED:
        return None
    praise, agrees = _front(behind, _PRAISE), _front(behind, _AGREES)
    own = asking in (Asking.OFFER, Asking.OTHER) and behind[:1] in (("i'm",), ("we're",))
    if praise and (asking in (Asking.FACT, Asking.MORE) or own):
        return Meant(False, behind[len(praise) :])
    return Meant(None, behind) if praise or agrees else None


def _without(words: Words, front: frozenset[str]) -> Words:
    """`words` without those of `front` at the front."""
    at = next((at for at, word in enumerate(words) if word not in front), len(words))
    return words[at:]


def _front(words: Words, phrases: tuple[Words, ...]) -> Words:
    """The longest of the phrases that stands at the front."""
    return next((phrase for phrase in phrases if words[: len(phrase)] == phrase), ())
