"""What a yes-or-no question asks for, by its words: "no, nothing" is a no to a danger, and a yes to "was that all?"."""

import re
from enum import Enum, auto

from sop.slots.misheard import SMALL
from sop.slots.yes_words import SOFT
from sop.words import FILLERS, Words, find_phrase, phrase_list, says_any, singular, split_words, strip_lead, word_set


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
_CONSENT = phrase_list("may i, may we, do you agree, do you consent, would you like to talk")
_SHALL = phrase_list("may i, may we, shall i, shall we, can i, can we, could i, could we, should i, should we")
_OBJECTS = word_set("it that this me us")
_DO_YOU_HAVE = phrase_list("do you have, do you already have, do you currently have")
_HAVE = phrase_list(
    "i have, i do have, i already have, i've got, i got, we have, we do have, we already have, we've got"
)
_HAVE_NOT = phrase_list("""
    i don't have, i do not have, i haven't got, i have no, i've got no, we don't have, we do not have, we haven't got,
    we have no, i don't currently have
""")
_LITTLE = FILLERS | word_set("a an the my our any some own this that such right now yet")
_PRAISED = word_set("good great excellent decent full")
_OF = word_set("for with from to about of")
_PAST = phrase_list("was, were, did, had, has, have you")
_NAMED = phrase_list("the only, the last, my only, your only")
_NO_THING = word_set("""
    question questions about to but if no not never problem who who's whose from for with card number time idea
""")
_MOST_THINGS = 3
"""Words that name what one has: "Delta dental insurance"; what is longer tells of more."""
_BE = word_set("am is are was were")
_PAST_BE = word_set("was were")
_SPREAD = {
    "i'm": "i am", "we're": "we are", "it's": "it is", "they're": "they are", "he's": "he is", "she's": "she is",
    "there's": "there is", "everyone's": "everyone is", "everybody's": "everybody is", "isn't": "is not",
    "aren't": "are not", "wasn't": "was not", "weren't": "were not", "everybody": "everyone",
}  # fmt: skip
_BEFORE_BE = FILLERS | word_set("and but now first then also")
_YES = word_set("yes yep yup")
_UNWEIGHTY = _LITTLE | word_set("your still currently actually too also thanks sir ma'am")
_EVERY = word_set("all both")
_PRONOUNS = word_set("it they he she")
_SAME_SUBJECT = _PRONOUNS | word_set("there everyone")
_KINDS = word_set("place spot area location somewhere someplace customer client member patient")
"""What says little beside a word that tells which: "a safe place"."""
_DOES = word_set("do go run pull use also always certainly definitely absolutely sure")
WELL = word_set("okay ok well fine good safe alright")
"""How somebody is who came to no harm."""
_CHANCE = phrase_list("could it be, might it be, could that be, might that be, could this be, might this be")
_MAY_BE = phrase_list("""
    it could be, it might be, it may be, that could be, that might be, it could, it might, could be, might be, maybe,
    possibly, maybe it's, maybe it is, it's possible, it is possible, could well be, it could well be
""")
_THINKS = phrase_list("i think, i guess, i suppose, i believe, i don't know, i'm not sure but, not sure but")
_LIKE_THAT = phrase_list("something like that, something like this")
_SOME = word_set("some kind sort of any leak smell leaking maybe possibly guess think suppose")
_WEIGHTLESS = SMALL | _LITTLE | word_set("or before already soon also something anyone someone somebody anybody hard")
_SENTENCE = re.compile(r"[^.?!]*\?")


def asking_of(prompt: str) -> Asking:
    """What the last question of a prompt asks for.

    >>> asking_of("I have {value}. Is that right?")
    <Asking.READ_BACK: 1>
    """
    words = _last_question(prompt)
    if says_any(words, _MORE):
        return Asking.MORE
    if words[-1:] and (words[-1] in _RIGHT or says_any(words, _BEST)):
        return Asking.READ_BACK
    if says_any(words, _DONE):
        return Asking.DONE
    if says_any(words, _OFFER):
        return Asking.OFFER
    return Asking.FACT if says_any(words, _FACT) else Asking.OTHER


def told_of_having(words: Words, prompt: str) -> bool | None:
    """The answer of a caller who tells what they have where a prompt asks "do you have ...?", or says the question
    back where it asks "are you ...?"; None for no such answer. What they have must share a word with what is asked
    for: who has medical insurance may have no dental insurance.

    >>> told_of_having(("i", "have", "delta", "dental"), "Do you have dental insurance?")
    True
    """
    asked = _last_question(prompt)
    at = next((find_phrase(asked, phrase) + len(phrase) for phrase in _DO_YOU_HAVE if says_any(asked, (phrase,))), 0)
    wanted = tuple(word for word in asked[at:] if word not in _LITTLE) if at else ()
    words = strip_lead(words, (), FILLERS)
    being = _told_of_being(words, prompt)
    if being is not None:
        return being
    for answer, phrases in ((False, _HAVE_NOT), (True, _HAVE)):
        told = next((phrase for phrase in phrases if words[: len(phrase)] == phrase), ())
        if not told:
            continue
        named = tuple(word for word in words[len(told) :] if word not in _LITTLE)
        fits = len(named) <= _MOST_THINGS and _NO_THING.isdisjoint(named) and not frozenset(wanted).isdisjoint(named)
        return answer if fits and not _of_another_kind(named, wanted) else None
    return None


def _of_another_kind(named: Words, wanted: Words) -> bool:
    """Whether the thing that is asked for is named, but by another kind: medical instead of dental insurance."""
    thing = wanted[: next((at for at, word in enumerate(wanted) if word in _OF), len(wanted))]
    if len(thing) < 2 or thing[-1] not in named:
        return False
    kind = frozenset(named[: named.index(thing[-1])]) - _PRAISED
    return bool(kind) and kind.isdisjoint(thing)


def _told_of_being(words: Words, prompt: str) -> bool | None:
    """The answer of a caller who says the question back: "we're not safe" where it asks "are you in a safe place?".
    Every word of weight must be said again, in the same order."""
    clause, others = _being_asked(prompt)
    words = _spread(strip_lead(words, (), FILLERS | _YES))
    words = words[:-2] if words[-2:] == ("thank", "you") else words
    at = next((index for index, word in enumerate(words) if word in _BE), 0)
    if not clause or not at or (words[at] in _PAST_BE) != (clause[0] in _PAST_BE):
        return None
    told = _weighty(words[at + 1 :])
    denied = told[:1] == ("not",) or (words[:at] == ("there",) and told[:1] == ("no",))
    told = told[1:] if denied else tuple(word for word in told if word not in _EVERY)
    split = ("or" if denied else "and") in others
    asked = (clause[1:] + others,) if split else (clause[1:], clause[1:] + others)
    wanted = {_core(one) for each in asked for one in _asked_of(words[:at], each)}
    fits = told != () and _core(told) in wanted
    return not denied if fits else None


def _being_asked(prompt: str) -> tuple[Words, Words]:
    """The part of the last question, between commas, that begins with "is" or "are", and the words behind it; nothing
    where another question follows."""
    parts = [split_words(part) for part in "".join(_SENTENCE.findall(prompt)[-1:]).split(",")]
    begun = [strip_lead(part, (), _BEFORE_BE) for part in parts]
    at = next((index for index, part in enumerate(begun) if part[:1] != () and part[0] in _BE), len(parts))
    again = any(part[:1] != () and part[0] in _BE for part in parts[at + 1 :])
    if at == len(parts) or again or asking_of(prompt) not in (Asking.FACT, Asking.OTHER):
        return (), ()
    return _spread(begun[at]), tuple(word for part in parts[at + 1 :] for word in part)


def _asked_of(subject: Words, asked: Words) -> list[Words]:
    """What is asked of a subject by words such as "you in a safe place" or "your neighbors out", in every way they can
    be divided; nothing where they ask of another subject."""
    if asked[:1] == ("you",):
        return [_weighty(asked[1:])] if subject in (("i",), ("we",)) else []
    if asked[:1] != () and asked[0] in _SAME_SUBJECT:
        return [_weighty(asked[1:])] if subject == asked[:1] else []
    whole, named = _weighty(asked), _weighty(subject)
    if subject[:1] != () and subject[0] in _PRONOUNS:
        return [whole[at:] for at in range(1, len(whole))] if len(subject) == 1 else []
    return [whole[len(named) :]] if named and whole[: len(named)] == named else []


def _core(told: Words) -> Words:
    """The words without the kind of thing they tell about: "safe" of "in safe place"; plurals as singulars."""
    kept = tuple(singular(word) for word in told if word not in _KINDS)
    kept = kept[1:] if len(kept) < len(told) and kept[:1] in (("in",), ("at",)) else kept
    return kept or told


def _weighty(words: Words) -> Words:
    return tuple(word for word in words if word not in _UNWEIGHTY)


def _spread(words: Words) -> Words:
    """`words` with contractions written out."""
    return tuple(part for word in words for part in _SPREAD.get(word, word).split())


def told_of_chance(words: Words, prompt: str) -> bool:
    """Whether it is granted that something could be, where just that is asked: "it might be", "it could be gas".

    >>> told_of_chance(("it", "could", "be"), "Could it be gas?"), told_of_chance(("maybe",), "Is there bleeding?")
    (True, False)
    """
    asked = _last_question(prompt)
    words = strip_lead(words, _THINKS, FILLERS | _YES)
    said = next((phrase for phrase in _MAY_BE if words[: len(phrase)] == phrase), ())
    if not said or not says_any(asked, _CHANCE):
        return False
    rest = words[len(said) :]
    rest = next((rest[len(phrase) :] for phrase in _LIKE_THAT if rest[: len(phrase)] == phrase), rest)
    kept = tuple(word for word in rest if word not in SOFT | _YES | _SOME)
    named = frozenset(singular(word) for word in kept)
    return not kept or (named <= {singular(word) for word in asked} and not named.isdisjoint(weighty_of(prompt)))


def weighty_of(prompt: str) -> frozenset[str]:
    """The words of the last question that tell what it asks about, as singulars.

    >>> sorted(weighty_of("Could it be gas, or something like rotten eggs?"))
    ['egg', 'gas', 'rotten']
    """
    return frozenset(singular(word) for word in _last_question(prompt) if word not in _WEIGHTLESS)


def asks_of_having(prompt: str) -> bool:
    """Whether the last question is "do you have ...?"."""
    return says_any(_last_question(prompt), _DO_YOU_HAVE)


def asks_whether_well(prompt: str) -> bool:
    """Whether the last question is answered by "we are okay": "are you safe?"."""
    return not WELL.isdisjoint(_last_question(prompt))


def is_allowed(verb: str, prompt: str) -> bool:
    """Whether "you can" before that word takes what is offered: "you can call" where it asks "may I call you?"."""
    return verb in _DOES or verb in _last_question(prompt)


def is_one_of_several(verb: str, prompt: str) -> bool:
    """Whether the word is a part of what is offered: "text" where it asks "may I call or text you?"."""
    asked = _last_question(prompt)
    return "or" in asked and verb in asked


def asks_of_the_past(prompt: str) -> bool:
    """Whether the last question is of what was: "Were you hurt?", not "Is anyone in the hospital right now?"."""
    return says_any(_last_question(prompt), _PAST)


def counts_things(prompt: str) -> bool:
    """Whether "was that all?" is asked of things of one kind: "Is that the only order?"."""
    return says_any(_last_question(prompt), _NAMED)


def is_guarded(prompt: str) -> bool:
    """Whether the last question asks for a consent, which needs clearer words than another offer."""
    return says_any(_last_question(prompt), _CONSENT)


def is_echoed(tail: Words, prompt: str) -> bool:
    """Whether the words do what the last question offers to do: "text me" where it asks "may I text you?".

    >>> is_echoed(("cancel", "it"), "Shall I cancel it?")
    True
    """
    asked = _last_question(prompt)
    at = next((find_phrase(asked, phrase) + len(phrase) for phrase in _SHALL if says_any(asked, (phrase,))), 0)
    if not at or tail[:1] != asked[at : at + 1]:
        return False
    named = SOFT | _OBJECTS | {"my"} | frozenset(asked)
    return tail[1:2] != () and tail[1] in _OBJECTS | {"my"} and named.issuperset(tail[2:]) and tail[-1] != "my"


def _last_question(prompt: str) -> Words:
    asked = _SENTENCE.findall(prompt)
    return split_words(asked[-1]) if asked else ()
