"""What stands beside a yes and leaves it none: "what happens if I say yes", "okay, what does that mean"."""

from sop.slots.yes_no_question import Asking
from sop.slots.yes_words import READ_YES, SOFT, SPARSE
from sop.words import FILLERS, Words, phrase_list, strip_lead, word_set

_READ = frozenset({Asking.READ_BACK, Asking.REVIEW})
_SAYING = word_set("say says saying said")
_OWN_WORD = phrase_list(
    "i said, i already said, i just said, i did say, i say, i'd say, i would say, like i said, as i said"
)
_WHAT_IS = phrase_list("what you, what i")
"""They begin a statement: "what you said is correct"."""
_NEGATIONS = word_set("""
    not don't didn't won't can't cannot never isn't wasn't doesn't wouldn't shouldn't couldn't haven't hasn't ain't
""")
_ASKS = word_set("what what's when when's where where's who who's how how's why why's which")
_ASKS_BEFORE = word_set("is are was were do does did can could will would should may")
_ASKED = word_set("you i we it that this there they the my he she someone somebody anybody anyone")
_WAITS = phrase_list("""
    hold on, hang on, hold up, one moment, one second, one sec, one minute, just a moment, just a second, just a sec,
    just a minute, give me a, a moment, wait, let me, i need to check, i need to ask, i need to think, i need to look,
    i need to talk, i have to check, i have to ask, i have to think, i have to look, i have to talk, i want to ask,
    i wanted to ask, i'd like to ask, i would like to ask
""")
_LEAVES = phrase_list("""
    never mind, nevermind, forget it, forget about it, i changed my mind, don't bother, i've changed my mind,
    skip, leave it, leave that
""")
_CANCELS = phrase_list("cancel")
_INQUIRES = phrase_list("""
    i have a question, i have one question, i have another question, i have some questions, i have questions, i had a
    question, i've got a question, i got a question, i do have a question, quick question, one question, a question,
    question
""")
_LIMITS = phrase_list("if, unless, only, as long as, provided, depending, depends, it depends, that depends")
_POLITE = phrase_list("""
    if you like, if you can, if you could, if you want, if you want to, if you please, if you will, if you don't mind,
    if you wish, if you need to, if you have to, if you must, if possible, if it's possible, if that's possible, if
    that's okay, if that's ok, if that's all right, if that's fine, if it's okay, if it's ok, if needed, if necessary,
    if you would, if i may, if you say so
""")
_REFUSES = phrase_list("""
    i don't, i do not, i won't, i will not, i can't, i cannot, i'm not, i am not, i wouldn't, i would not, i didn't,
    i never, we don't, we won't, we can't, we're not, i haven't, maybe, perhaps, i'd rather, i would rather
""")
_ALLOWS = phrase_list("""
    i don't mind, i do not mind, i don't see why not, i don't care, i don't have a problem, i don't have any problem,
    i wouldn't mind, i can't wait
""")
_CLOSES = tuple(
    sorted(
        (
            *((word,) for word in SOFT),
            *phrase_list("""
    that's it, that's all, that is all, that is it, that will be all, that'll be all, that was it, that was all,
    that's everything, that is everything, that was everything, that'll do it, that will do it, that does it, that'll
    do, i'm good, i'm fine, i'm all set, i'm set, i'm done, i'm finished, i am done, i am all set, we're good, we're
    fine, we're all set, we're done, we're finished, we are done, all good, all set, all done, of them, of it, of
    that, it was, it is, it does, it did, that was, that's the only one, that's the only order, just the one, just
    that one, just this one, only the one, only that one, the only one, the only order, that's the last one, that was
    the last one, the last one, all i need, all i needed, all i wanted, everything i need, everything i needed,
    everything i wanted, for today, for now, for me, for your help, for everything, for your time, you've been very
    helpful, you've been helpful, you've been great, you too, appreciate it, i appreciate it, i think so, i think, i
    believe, everything, have a good day, have a nice day, have a good night, have a good one, have a good evening,
    have a great day, goodbye, good bye, bye bye, bye, see you, take care, good, great, fine, perfect, right, correct,
    yes, yeah, yep, no, nope, sure, indeed, that's right, that is right, that's correct, that is correct, no problem,
    at all, needed, wanted, today, for
"""),
        ),
        key=len,
        reverse=True,
    )
)
"""What is said where all is said, longest first."""
_IT_IS_NOT = phrase_list("it's not, it is not, it isn't, that's not, that is not, that isn't, no it's not, no it isn't")
_BETTER = word_set("stopping slowing clearing healing better improving good okay ok normal right fine well safe")
_PLEASED = word_set("good great perfect fine")
_ADJECTIVES = phrase_list("good, great, fine")


def told_of(before: Words, asking: Asking) -> bool:
    """Whether the words before a yes at the end speak of it, ask, or deny: "what happens if I say", "I don't know if I
    should say". To a danger only a yes that is spoken of is none."""
    plain = tuple(word for word in before if word not in FILLERS)
    if plain in _OWN_WORD or plain[:2] in _WHAT_IS:
        return False
    if not _SAYING.isdisjoint(plain):
        return True
    return asking is not Asking.FACT and (wonders(plain) or not _NEGATIONS.isdisjoint(plain) or "if" in plain)


def tells_of_harm(words: Words) -> bool:
    """Whether a "not" tells of a danger instead of denying it: "it's not stopping"."""
    words = strip_lead(words, (), FILLERS)
    first = next((phrase for phrase in _IT_IS_NOT if words[: len(phrase)] == phrase), ())
    return bool(first) and not _BETTER.isdisjoint(words[len(first) : len(first) + 2])


def wonders(words: Words) -> bool:
    """Whether the words begin to ask something: "what does that mean", "can you text me"; not "what you said"."""
    first, second = (*words, "", "")[:2]
    if first == "what":
        return (first, second) not in _WHAT_IS
    return first in _ASKS or (first in _ASKS_BEFORE and second in _ASKED and (first, second) != ("do", "it"))


def leaves_open(said: Words, tail: Words, asking: Asking) -> bool:
    """Whether a yes, `said`, is none because of what follows it. How things are, and whether there is more, stay
    told."""
    if asking in (Asking.FACT, Asking.MORE):
        return False
    if asking is Asking.DONE:
        return not closes(tail)
    if _starts(tail, _WAITS + _LEAVES + _INQUIRES) or (_starts(tail, _LIMITS) and not _starts(tail, _POLITE)):
        return True
    if asking in _READ and _starts(tail, _CANCELS):
        return True
    pleased = not _PLEASED.isdisjoint(said) and closes(tail) and (said[-1], tail[0]) != ("good", "bye")
    sparse = _is_sparse(said) and not pleased
    if asking is not Asking.OFFER:
        return sparse and (wonders(tail) or (asking in _READ and said in _ADJECTIVES))
    return sparse or wonders(tail) or (_starts(tail, _REFUSES) and not _starts(tail, _ALLOWS))


def closes(words: Words) -> bool:
    """Whether the words only say that all is said: "that's everything thanks"."""
    return not strip_lead(words, _CLOSES, frozenset())


def _is_sparse(said: Words) -> bool:
    """Whether a yes is made of nothing but words such as "okay" and "good"."""
    while said:
        phrase = next((phrase for phrase in READ_YES if said[: len(phrase)] == phrase), said[:1])
        if phrase in READ_YES and phrase not in SPARSE:
            return False
        said = said[len(phrase) :]
    return True


def _starts(words: Words, phrases: tuple[Words, ...]) -> bool:
    return any(words[: len(phrase)] == phrase for phrase in phrases)
