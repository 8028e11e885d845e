"""What stands beside a yes and leaves it none: "what happens if I say yes", "okay, what does that mean"."""

from itertools import pairwise

from sop.slots.yes_no_question import (
    Asking,
    asks_of_having,
    is_allowed,
    is_echoed,
    is_guarded,
    is_one_of_several,
    weighty_of,
)
from sop.slots.yes_words import READ_YES, SOFT, SPARSE
from sop.words import FILLERS, Words, find_phrase, phrase_list, singular, strip_lead, word_set

_READ = frozenset({Asking.READ_BACK, Asking.REVIEW})
_SAYING = word_set("say says saying said")
_OWN_WORD = phrase_list("""
    i said, i already said, i just said, i did say, i say, i'd say, i would say, like i said, as i said, didn't i say,
    didn't i just say, didn't i already say, haven't i said, haven't i already said
""")
_WHAT_IS = phrase_list("what you, what i")
"""They begin a statement: "what you said is correct"."""
_NEGATIONS = word_set("""
    not don't didn't won't can't cannot never isn't wasn't doesn't wouldn't shouldn't couldn't haven't hasn't ain't
""")
_ASKS = word_set("what what's when when's where where's who who's how how's why why's which")
_ASKS_BEFORE = word_set("is are was were do does did can could will would should may")
_DO_WHAT = word_set("it that so this")
_ASKED = word_set("you i we it that this there they the my he she someone somebody anybody anyone")
_WAITS = phrase_list("""
    hold on, hang on, hold up, one moment, one second, one sec, one minute, just a moment, just a second, just a sec,
    just a minute, give me a second, give me a sec, give me a minute, give me a moment, give me a min, give me a bit,
    give me a chance, give me a couple, give me one, give me two, give me some, give me time, a moment, wait, let me, i
    need to check, i need to ask, i need to think, i need to look, i need to talk, i have to check, i have to ask, i
    have to think, i have to look, i have to talk, i want to ask, i wanted to ask, i'd like to ask, i would like to ask
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
    if you would, if i may, if you say so, if i don't answer, if i don't pick up, if i do not answer, if i can't answer,
    if i miss, if there's no answer, if nobody answers, if no one answers, if you can't reach me, if i'm not home, if
    i'm not there, if i'm not in
""")
_REFUSES = phrase_list("""
    i don't, i do not, i won't, i will not, i can't, i cannot, i'm not, i am not, i wouldn't, i would not, i didn't,
    i never, we don't, we won't, we can't, we're not, i haven't, maybe, perhaps, i'd rather, i would rather
""")
_PUTS_OFF = phrase_list("""
    i'll think, i will think, i'll have to think, i'll call back, i'll call you back, i'll call again, i'll get back, i
    will call back, i'll let you know, i'll have to ask, i'll have to check, i'll ask my
""")
_ALLOWS = phrase_list("""
    i don't mind, i do not mind, i don't see why not, i don't care, i don't have a problem, i don't have any problem,
    i wouldn't mind, i can't wait, i don't have anything, i don't have another, i don't have any other, i don't have any
    plans, i don't have plans, i don't have a different, i don't have work, i don't have school, i don't have to work,
    i don't work, i don't see a problem, i don't see any problem, i don't see any reason not, i'm not busy, i'm not
    working, i'm not doing anything, i am not busy, i am not working, we don't have anything, we don't have another,
    we don't have any other, we don't have plans, we don't mind, we're not busy, let me know, let me write, let me note,
    let me jot
""")
_KEEPS = phrase_list("""
    leave it like that, leave it like this, leave it like it is, leave it as it is, leave it as is, leave it at that,
    leave it that way, leave it the way
""")
_QUALIFIES = word_set("but what why whether first before unless")
_CLOSES = tuple(
    sorted(
        (
            *((word,) for word in SOFT),
            *phrase_list("""
    that's it, that's all, that is all, that is it, that will be all, that'll be all, that was it, that was all, that's
    everything, that is everything, that was everything, that'll do it, that will do it, that does it, that'll do, i'm
    good, i'm fine, i'm all set, i'm set, i'm done, i'm finished, i am done, i am all set, we're good, we're fine, we're
    all set, we're done, we're finished, we are done, all good, all set, all done, of them, of it, of that, it was, it
    is, it does, it did, that was, that's the only one, that's the only order, just the one, just that one, just this
    one, only the one, only that one, the only one, the only order, that's the last one, that was the last one, the last
    one, it's the only one, it is the only one, it's the only order, it's the last one, nothing else, nothing more,
    there's nothing else, there's nothing more, no more, no more questions, no other questions, no further questions, no
    questions, all i need, all i needed, all i wanted, everything i need, everything i needed, everything i wanted, for
    today, for now, for me, for your help, for everything, for your time, you've been very helpful, you've been helpful,
    you've been great, you too, appreciate it, i appreciate it, i think so, i think, i believe, everything, have a good
    day, have a nice day, have a good night, have a good one, have a good evening, have a great day, have a good
    weekend, have a great night, have a great evening, goodbye, good bye, bye bye, bye, see you, see you then, see you
    there, see you soon, see you later, see you tomorrow, see you all tomorrow, i have everything,
    i've got everything, i got everything, talk to you, talk to you soon, talk
    to you later, talk to you then, talk to you tomorrow, talk soon, talk later, i gotta go, gotta go, i gotta run,
    gotta run, i got to go, i've got to go, i got to run, i've got to run, i have to go, i have to run, i have to go
    now, i need to go, i need to run, i must go, i better go, i'd better go, i should go, take care, good, great, fine,
    perfect, right, correct, yes, yeah, yep, no, nope, sure, indeed, that's right, that is right, that's correct, that
    is correct, no problem, at all, needed, wanted, today, for
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
_TAKES = phrase_list("""
    i'll be there, i'll be here, i'll be home, i'll be around, i'll be ready, i'll be waiting, i will be there,
    i will be home, we'll be there, we'll be home, we'll be here, i'll do that, i'll do it,
    i can do that, i can do it, i can make that, i can make it, i can be there, we can do that, we can make that, we
    can make it, i'm off that, i'm free that, i'm free then, i'm available then, i'm home then, i'm home that, that
    should work, that would work, that's a good time, that's a great time, that's what i want, that's what i need,
    that's what i wanted, that's when i'm off, that's when i'm free, i appreciate, appreciate, send somebody, send
    someone, send him, send her, send them
""")
"""They take up what was offered or read back."""
_DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday tomorrow")
_SUITS = phrase_list("works, is fine, is good, is great, is perfect, is okay, sounds good, sounds great, will work")
_LEAVING = word_set("go run gotta")
_GOES_AHEAD = phrase_list("do it, do that, do so, by me")
_MANY = 6
_UNLESS = word_set("""
    if unless but not don't won't can't isn't doesn't nothing never only first later wait until till except other
    another different instead next earlier maybe before after what where why how who which question think rather
    ask at on monday tuesday wednesday thursday friday saturday sunday tomorrow morning afternoon evening noon
""")
"""In what follows an "okay" they leave it open."""
_FURTHER = _ASKS | word_set("""
    more another also else other want wants wanted need needs but if unless question questions wondering wonder about
    calling help change check repeat tell add too i'd not don't can't didn't two three four five six several few both
    many
""")
_JOINS = word_set("and then just thanks thank you")
_HAS = phrase_list("i have, i've got, i got, we have, there's, there is, i forgot, it's about")
_TOPIC = word_set("my the a an your our")
_MODAL = word_set("could would can will")
_PLEASE = FILLERS | word_set("do that it this so for me thank thanks you just go ahead")
_ASKED_LAST = word_set("please that it this so me thanks you ahead")

_HELD = word_set("but not don't no nope only never except cannot can't won't wouldn't")
_NO_FAULT = phrase_list("""
    no problem, not a problem, no worries, no objection, no objections, no issue, no issues, no trouble, no doubt,
    why not, not at all
""")
_BUT = word_set("but except although however")
_THANKS = FILLERS | word_set("thanks thank you very much for the that your asking checking sir ma'am")
_ONLY = word_set("only just")
_SLIGHTLY = word_set("""
    a an the my our some little bit of minor slight slightly light small heavy very for it's there's is when if while i
""")
_PEOPLE = word_set("""
    me him her them us myself himself herself wife husband son daughter mother father mom dad mum brother sister kid
    kids child children baby boy girl friend boyfriend girlfriend partner passenger driver grandmother grandfather
    grandma grandpa one someone somebody
""")
_TELLS = phrase_list("""
    it's, it is, that's, there's, there is, there are, it smells, it sounds, it feels, i smell, i see, i feel, maybe,
    probably, possibly, i have, we have, i've got, a little, a bit of, some, slight, a slight
""")
_OWNERS = word_set("my his her our the")
_BEFORE_TELLING = FILLERS | word_set("no nope nah naw i think believe guess actually sorry sir ma'am and now")
_AGAINST = word_set("no not nothing without never isn't aren't wasn't don't doesn't didn't none nobody")
_NEAR = 5
"""Words behind "it's" or "there is" among which that stands which is asked about."""


def restricts(words: Words, prompt: str) -> bool:
    """Whether a consent is held to a part, or given to something that was not asked for: "yes, text but don't call",
    "yes, you can e-mail me"."""
    for phrase in _POLITE + _ALLOWS + _NO_FAULT:
        words = _without(words, phrase)
    if not _HELD.isdisjoint(words) or any(
        before == "just" and is_one_of_several(word, prompt) for before, word in pairwise(words)
    ):
        return True
    allowed = next((at + 2 for at in range(len(words)) if words[at : at + 2] in (("you", "can"), ("you", "may"))), 0)
    verb = next((word for word in words[allowed:] if word not in SOFT), "") if allowed else ""
    return verb != "" and not is_allowed(verb, prompt)


def denied_in_part(words: Words, prompt: str) -> bool:
    """Whether a no to how things are may hide a danger: "no, but my wife was", "no, only bleeding", "no, it's gas"."""
    behind = next((words[at + 1 :] for at, word in enumerate(words) if word in _BUT), ("thanks",))
    if not behind or not _THANKS.issuperset(behind):
        return True
    if any(words[at : at + 2] == ("more", "like") for at in range(len(words) - 2)):
        return True
    named = weighty_of(prompt)
    for at, word in enumerate(words):
        first = next((after for after in words[at + 1 :] if after not in _SLIGHTLY), "")
        if word in _ONLY and (first in _PEOPLE or singular(first) in named):
            return True
    return _tells_of(words, named, having=asks_of_having(prompt))


def _tells_of(words: Words, named: frozenset[str], *, having: bool) -> bool:
    """Whether a thing that is asked about is said to be so right behind a no: "no, I think it's gas"."""
    at = next((at for at, word in enumerate(words) if word not in _BEFORE_TELLING or _tells(words[at:])), len(words))
    told = _tells(words[at:])
    if not told or (having and told[-1] in ("have", "got")):
        return False
    near = words[at + len(told) :][:_NEAR]
    denied = next((index for index, word in enumerate(near) if word in _AGAINST), len(near))
    return not named.isdisjoint(singular(word) for word in near[:denied])


def _tells(words: Words) -> Words:
    if words[:1] != () and words[0] in _OWNERS and words[2:3] in (("is",), ("are",)):
        return words[:3]
    return next((phrase for phrase in _TELLS if words[: len(phrase)] == phrase), ())


def _without(words: Words, phrase: Words) -> Words:
    """`words` without the phrase, wherever it stands."""
    at = find_phrase(words, phrase)
    return words if at < 0 else _without(words[:at] + words[at + len(phrase) :], phrase)


def told_of(before: Words, asking: Asking) -> bool:
    """Whether the words before a yes at the end speak of it, ask, or deny: "what happens if I say", "I don't know if I
    should say". How things are is told by "my wife says yes" too, and only a yes that is doubted is none."""
    plain = tuple(word for word in before if word not in FILLERS)
    if plain in _OWN_WORD or plain[:2] in _WHAT_IS:
        return False
    doubted = wonders(plain) or "if" in plain or not _NEGATIONS.isdisjoint(plain)
    if not _SAYING.isdisjoint(plain):
        return doubted or asking is not Asking.FACT
    if before[-1:] == ("so",) and _starts(plain, _ALLOWS):
        return False
    return asking is not Asking.FACT and doubted


def tells_of_harm(words: Words) -> bool:
    """Whether a "not" tells of a danger instead of denying it: "it's not stopping"."""
    words = strip_lead(words, (), FILLERS)
    first = next((phrase for phrase in _IT_IS_NOT if words[: len(phrase)] == phrase), ())
    return bool(first) and not _BETTER.isdisjoint(words[len(first) : len(first) + 2])


def wonders(words: Words) -> bool:
    """Whether the words begin to ask something: "what does that mean", "can you text me"; not "what you said" or
    "do that"."""
    first, second = (*words, "", "")[:2]
    if first == "what":
        return (first, second) not in _WHAT_IS
    return first in _ASKS or (first in _ASKS_BEFORE and second in _ASKED and not (first == "do" and second in _DO_WHAT))


def leaves_open(said: Words, tail: Words, asking: Asking, prompt: str = "") -> bool:
    """Whether a yes, `said`, is none because of what follows it. How things are, and whether there is more, stay
    told. An offer without a `prompt` of its own stands at the end of a review."""
    if asking in (Asking.FACT, Asking.MORE):
        return False
    if asking is Asking.DONE:
        return _goes_on(tail)
    if _starts(tail, _KEEPS) and (asking is not Asking.OFFER or not prompt):
        return False
    if _starts(tail, _ALLOWS) and _QUALIFIES.isdisjoint(tail):
        limited = any(_limits(tail[at:]) for at in range(len(tail)))
        return (limited or _is_sparse(said)) and asking is Asking.OFFER and is_guarded(prompt)
    if _holds_back(tail, asking):
        return True
    sparse = _is_sparse(said) and not _is_taken_up(said, tail, asking, prompt)
    if asking is not Asking.OFFER:
        return sparse and (wonders(tail) or (asking in _READ and said in _ADJECTIVES))
    asks = wonders(tail) and not _asks_for_it(tail)
    return sparse or asks or _starts(tail, _REFUSES + _PUTS_OFF)


def _asks_for_it(tail: Words) -> bool:
    """Whether the question only asks for what was offered: "could you please", "can you do that"."""
    rest = tail[2:]
    return (
        tail[0] in _MODAL and tail[1] == "you" and rest != () and rest[-1] in _ASKED_LAST and _PLEASE.issuperset(rest)
    )


def _holds_back(tail: Words, asking: Asking) -> bool:
    """Whether a wait, a question or a condition follows, or whatever was offered or read back is called off."""
    if asking is Asking.OFFER and tail[1:2] != () and tail[1] in _DO_WHAT and _limits(tail[2:]):
        return True
    off = asking in _READ and _starts(tail, _CANCELS)
    return off or _limits(tail) or _starts(tail, _WAITS + _LEAVES + _INQUIRES)


def _limits(tail: Words) -> bool:
    """Whether a condition stands at the front that is no mere courtesy: "if it's free", not "if you like"."""
    return _starts(tail, _LIMITS) and not _starts(tail, _POLITE)


def _goes_on(tail: Words) -> bool:
    """Whether a yes to "was that everything?" may not be the last word: "yes, one more thing"."""
    if closes(tail):
        return False
    words = strip_lead(tail, (), FILLERS | _JOINS)
    asks = wonders(words) or not _FURTHER.isdisjoint(words) or words[0] in _TOPIC
    return asks or _starts(words, _WAITS + _LEAVES + _INQUIRES + _LIMITS + _HAS)


def _is_taken_up(said: Words, tail: Words, asking: Asking, prompt: str) -> bool:
    """Whether what follows a mere "okay" or "great" makes a yes of it: "great thanks bye", "okay text me"."""
    guarded = is_guarded(prompt)
    pleased = not _PLEASED.isdisjoint(said) or (asking is Asking.OFFER and not prompt)
    leaves = (said[-1], tail[0]) == ("good", "bye") or (guarded and not _LEAVING.isdisjoint(tail))
    if pleased and closes(tail) and not leaves:
        return True
    words = strip_lead(tail, (), FILLERS)
    if is_echoed(words, prompt) or any(words[:2] == done and closes(words[2:]) for done in _GOES_AHEAD):
        return True
    if guarded or len(words) > _MANY:
        return False
    suits = words[:1] != () and words[0] in _DAYS and _starts(words[1:], _SUITS)
    return (suits or _starts(words, _TAKES)) and _UNLESS.isdisjoint(words[1:] if suits else words)


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
