"""Answers that mean a yes under one question and a no under another: "nothing", "no, that's fine", "no changes"."""

from collections.abc import Mapping
from dataclasses import dataclass

from sop.slots.yes_no_question import Asking
from sop.words import Words, phrase_list, word_set

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
    we're all set, all good, all set
""")
_THANKS = phrase_list("thanks, thank you")
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


def meant_by_nothing(words: Words, asking: Asking) -> Meant | None:
    """What the words at the front mean under this question; None where that is the same under every question.

    >>> meant_by_nothing(("no", "nothing", "like", "that"), Asking.FACT)
    Meant(yes=False, rest=())
    """
    words = _without(words, _BEFORE)
    behind = _without(words, _NO | _BEFORE)
    led = len(behind) < len(words)
    thanked = _front(behind, _THANKS) if led else ()
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
    return _approval(behind, asking, led=led)


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
