"""What a yes-or-no question asks for, by its words: "no, nothing" is a no to a danger, and a yes to "was that all?"."""

import re
from enum import Enum, auto

from sop.words import Words, phrase_list, says_any, split_words


class Asking(Enum):
    """Kinds of yes-or-no questions."""

    READ_BACK = auto()
    """One value: "Is that right?"."""
    REVIEW = auto()
    """All values: "Is everything right?"."""
    OFFER = auto()
    """A consent: "May I ...?", "Does that work for you?"."""
    FACT = auto()
    """How things are: "Is there heavy bleeding?"."""
    DONE = auto()
    """ "Was that everything?" """
    MORE = auto()
    """ "Is there anything else?" """
    OTHER = auto()


_MORE = phrase_list("anything else, something else, any other, another")
_RIGHT = frozenset({"right", "correct", "accurate"})
_BEST = phrase_list("the best one, the best number, the right number, the right one")
_DONE = phrase_list("""
    everything, that all, that all for, the only, the last one, that it for today, all for today, all you need
""")
_OFFER = phrase_list("""
    may i, may we, shall i, shall we, can i, can we, could i, could we, should i, should we, would you like, do you
    want, would you want, do you agree, do you consent, work for you, works for you, that work, okay with, ok with,
    fine with, it okay, it ok, it all right if, that okay, that ok, is it fine, that fine, sound good, sounds good
""")
_FACT = phrase_list("""
    is there, are there, was there, were there, is anyone, is anybody, is someone, is somebody, was anyone, was
    anybody, was someone, was somebody, are you, were you, could it be, might it be, do you have, do you need, do you
    own, do you know, do you smell, do you see, do you feel, do you already, have you, has a, has an, has the, has
    anyone, has anybody, has somebody, has someone, did you, did anyone, did anybody, does it, does anyone, does
    anybody, can you
""")
_SENTENCE = re.compile(r"[^.?!]*\?")


def asking_of(prompt: str) -> Asking:
    """What the last question of a prompt asks for.

    >>> asking_of("I have {value}. Is that right?")
    <Asking.READ_BACK: 1>
    """
    asked = _SENTENCE.findall(prompt)
    words: Words = split_words(asked[-1]) if asked else ()
    if says_any(words, _MORE):
        return Asking.MORE
    if words[-1:] and (words[-1] in _RIGHT or says_any(words, _BEST)):
        return Asking.READ_BACK
    if says_any(words, _DONE):
        return Asking.DONE
    if says_any(words, _OFFER):
        return Asking.OFFER
    return Asking.FACT if says_any(words, _FACT) else Asking.OTHER
