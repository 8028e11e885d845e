"""The words that work everywhere: a person, repeat, slower, go back, start over, hold on, why, goodbye,
cancel."""

from sop.person_request import asks_for_person, taken_back
from sop.reading import GlobalWord
from sop.words import FILLERS, Words, find_phrase, phrase_list, says_any, strip_lead, word_set

_PHRASES: dict[GlobalWord, tuple[Words, ...]] = {
    GlobalWord.START_OVER: phrase_list("""
    start over, start again, start from the beginning, from the beginning, begin again, restart, start all
    over, from the top
"""),
    GlobalWord.GO_BACK: phrase_list("""
    go back, back up, previous question, last question, one step back, go to the previous
"""),
    GlobalWord.SLOWER: phrase_list("slower, slow down, more slowly, too fast, speak slowly"),
    GlobalWord.REPEAT: phrase_list("""
    repeat, say that again, say it again, say again, come again, one more time, once more, what did you say,
    what was that, was that again, is that again, what was the question, didn't hear you, did not hear you,
    didn't catch that, didn't hear
    that, couldn't hear you, can't hear you, pardon, pardon me, excuse me, what do you mean, i don't
    understand, didn't understand, i didn't get that, can you hear me, are you there, anybody there, anyone
    there, do you hear me, what was the, what were the, did you say, what is the address, what address
"""),
    GlobalWord.HOLD_ON: phrase_list("""
    hold on, hang on, one moment, just a moment, one second, one sec, just a second, just a sec, just a
    minute, one minute, a moment please, give me a second, give me a minute, give me a moment, wait a
    second, wait a minute, wait a moment, wait a sec, hold please, please hold, let me check, let me look,
    let me think, let me get, let me find, let me grab, give me a sec, bear with me, hold the line, please
    wait, don't hang up, do not hang up, let me ask my, let me ask him, let me ask her, let me go get, i have to go get,
    i need to go get, i have to go find, i'll go get
"""),
    GlobalWord.WHY: phrase_list("""
    why do you ask, why do you need, why do you want, why are you asking, why would you need, what do you
    need that for, what do you need it for, what's that for, what is that for, what for, why is that, why
    does that matter, do you need that
"""),
    GlobalWord.GOODBYE: phrase_list("""
    goodbye, good bye, bye, bye bye, see you, have a good night, have a nice day, have a good day, have a
    good evening, i have to go, i've got to go, i gotta go, hang up, that's all, talk to you later
"""),
    GlobalWord.CANCEL: phrase_list("""
    cancel, never mind, nevermind, forget it, forget about it, i changed my mind, not interested, wrong
    number, cancel that, don't bother, stop calling, i'm done
"""),
}
_ALONE = {
    "what": GlobalWord.REPEAT,
    "sorry": GlobalWord.REPEAT,
    "huh": GlobalWord.REPEAT,
    "wait": GlobalWord.HOLD_ON,
    "hold": GlobalWord.HOLD_ON,
    "back": GlobalWord.GO_BACK,
    "quit": GlobalWord.CANCEL,
    "stop": GlobalWord.CANCEL,
    "later": GlobalWord.GOODBYE,
    "again": GlobalWord.REPEAT,
    "moment": GlobalWord.HOLD_ON,
    "exit": GlobalWord.CANCEL,
    "why": GlobalWord.WHY,
}
_TELL = word_set("say read tell repeat")
_QUESTION_STARTS = word_set("""
    what when where who how why which can could do does is are will would should may
""")
_SHORT_ONLY = frozenset({GlobalWord.WHY, GlobalWord.REPEAT})
_ENDINGS = _PHRASES[GlobalWord.GOODBYE] + _PHRASES[GlobalWord.CANCEL]
_FAREWELLS = phrase_list("""
    goodbye, good bye, bye, have a good night, have a nice day, have a good day, have a good evening, talk to you later,
    see you later
""")
"""These end a call though more is said before them."""
_COURTESIES = FILLERS | word_set("thanks thank you very much so sir ma'am now then sorry again")
_LIGHT = _COURTESIES | word_set("""
    yes yep yup no nope nah i i'm i'd i'll i've am we we're we'll let's let just really think guess actually and but
    anyway wait it that this everything me to want need would like will can could cool great good fine all right alright
    going gonna go ahead be later soon
""")
_LEAVING = tuple(
    sorted(
        (
            *_ENDINGS,
            *((word,) for word in _LIGHT),
            *phrase_list("""
    i said, have to, for me, see you tomorrow, call back tomorrow, call you back tomorrow, call again tomorrow, try
    again tomorrow, call you tomorrow, call back monday, call back on monday, call back, call you back, call again, call
    later, call another time, call some other time, call tomorrow, try again, try back, try another time, you know
    what, for now, for today, for your help, for your time, to know, don't want it, don't need it, don't need
    anything, anymore, any more, don't have time, no time, in a hurry, my call, the call, this call, my request, the
    request, this request, the whole thing, all of it, take care, wasting my time, i needed, i wanted, have the, have
    a, must have the, must have a, dialed the, dialed a, got the, called the, called a, with this, with you, i don't
    care, it's okay, it's fine, that's it, some other time, another time, in the morning, next week, in a bit
"""),
        ),
        key=len,
        reverse=True,
    )
)
"""What is said beside a goodbye, longest first."""
_NO_ENDINGS = phrase_list("""
    that's all right, that's all good, that's all fine, that's all okay, that's all ok, that's all correct, that's all
    very, i forget it, to see you, i see you, can see you, could see you
""")
"""These hold the words of an ending and are none."""
_WAITS = phrase_list("i'll wait, i will wait, i can wait, we'll wait, we can wait")
_TAKES_BACK = phrase_list("never mind, nevermind, forget it, forget about it, i changed my mind, i've changed my mind")
_MUST_GO = phrase_list("""
    i have to go, i've got to go, i gotta go, i have to hang up, i've got to hang up, i gotta hang up
""")
_FRONT = phrase_list(
    "no, oh, wait, actually, sorry, you know what, okay, yeah, well, and, but, look, listen, hey, um, uh"
)
_CLAUSE = word_set("""
    i i'm i'll i've i'd we we're we'll we've he he's she she's they they're you you're it it's its it'll that's this my
    our someone somebody someone's somebody's nobody everything everything's there's thanks thank
""")
"""How a reason for leaving begins."""
_THINGS = word_set("it it's its it'll that's this there's everything everything's")
_SETTLED = word_set("""
    fixed working works worked fine okay good solved resolved gone done over stopped expensive late long much silly slow
    ridiculous nothing deal worth important waste back
""")
"""One of these is said of a thing that needs the call no more."""
_UNSETTLED = word_set("still isn't doesn't won't worse wrong leaking")
_UNWORTHY = word_set("important worth deal")
_STAYS = phrase_list("""
    i want, i'd like, i would like, i need, i'd rather, i do want, i'll take, i'll have, i'll keep, i'll wait,
    i'll hold, i'll give, i'll tell, i'll spell, i'll go with, i'll use, i'll repeat, i'll start, i'll be, i was,
    i am, i meant, i mean, i said, make it, let's, let me, keep, can you, could you, can we, can i, could i,
    how, what, when, where, which, instead, know it, know that, know the, know my, don't know, don't remember,
    i remember, i have it, i got it, i don't have, i can't find, i can't see, i can't read, go ahead, yes, is right,
    correct, about, that is, continue, my question, my last, my name, my number, my address, i think it, i think i,
    i see it, i smell, i hear
""")
"""With one of these in it what follows goes on with the call."""
_GOING = word_set("""
    to get find on in into out back through up down over with by for home see check look ask pick grab tomorrow today
    next again ahead monday tuesday wednesday thursday friday saturday sunday every and at
""")
"""Behind "i have to go" these tell of going elsewhere."""
_REPORTED = word_set("""
    say said says saying tell told tells asked ask if when whether that because do think thought where why how what to
    him her message
""")
"""Before the words of an ending: they are told of or asked about."""
_DENIED = word_set("don't didn't never can't won't not wouldn't couldn't")
"""Right before "forget it" and its like."""
_SPOKEN_OF = word_set("say said says saying to a the her his their not")
"""Before a farewell: it is told of, not bidden."""
_SHORT = 9
"""Words: in a longer utterance "why" or "bye" is likelier a part of a story."""


def find_global(words: Words) -> GlobalWord | None:
    """The global word that `words` say, the most far-reaching first; None for none.

    >>> find_global(("can", "i", "talk", "to", "a", "person"))
    <GlobalWord.PERSON: 'person'>
    """
    if asks_for_person(words):
        return GlobalWord.PERSON
    plain = tuple(word for word in words if word not in FILLERS)
    if plain == ("huh",) and len(words) > 1:
        return None
    if len(plain) == 1 and plain[0] in _ALONE:
        return _ALONE[plain[0]]
    if "again" in words and not _TELL.isdisjoint(words):
        return GlobalWord.REPEAT
    for word, phrases in _PHRASES.items():
        if word in _SHORT_ONLY and len(plain) > _SHORT:
            continue
        if word in (GlobalWord.GOODBYE, GlobalWord.CANCEL):
            if _ends(words, phrases):
                return word
        elif says_any(words, phrases):
            return word
    return GlobalWord.GOODBYE if _bids_farewell(words) else _leaves_with_reason(words)


def _leaves_with_reason(words: Words) -> GlobalWord | None:
    """What a short utterance that begins or ends with taking leave and gives a reason for it means: "never mind it's
    fixed", "it's too expensive forget it", "i have to go my baby is crying". What goes on with the call does not."""
    said = strip_lead(words, _FRONT, FILLERS)
    while said and said[-1] in _COURTESIES - {"much"}:
        said = said[:-1]
    if len(said) > _SHORT or says_any(said, _NO_ENDINGS):
        return None
    for phrases, meant in ((_TAKES_BACK, GlobalWord.CANCEL), (_MUST_GO, GlobalWord.GOODBYE)):
        for phrase in phrases:
            size = len(phrase)
            if said[:size] == phrase and _is_reason(said[size:], going=meant is GlobalWord.GOODBYE):
                return meant
            if said[-size:] == phrase and _ends_with_it(said[:-size], phrase):
                return meant
    return None


def _ends_with_it(before: Words, phrase: Words) -> bool:
    """Whether `phrase` behind these words is meant for the call; "i want the other one i changed my mind" wishes."""
    if not _REPORTED.isdisjoint(before) or not _DENIED.isdisjoint(before[-2:]) or is_question(before):
        return False
    return "mind" not in phrase or "never" in phrase or not says_any(before, _STAYS)


def _is_reason(behind: Words, *, going: bool) -> bool:
    """Whether what follows "never mind", or "i have to go" where `going`, tells why, and goes on with nothing."""
    while behind and behind[0] in _COURTESIES:
        behind = behind[1:]
    if not behind:
        return True
    first = behind[0]
    if going:
        return first not in _GOING and (first in _CLAUSE or first in ("the", "bye"))
    if first not in _CLAUSE or says_any(behind, _STAYS):
        return False
    if first in _THINGS:
        settled = not _SETTLED.isdisjoint(behind) and _UNSETTLED.isdisjoint(behind)
        return settled and not ("not" in behind and _UNWORTHY.isdisjoint(behind))
    return first not in ("my", "our") or len(behind) > 2


def _ends(words: Words, phrases: tuple[Words, ...]) -> bool:
    """Whether one of the phrases ends the call: nothing of weight is said beside it. "cancel my reservation" and
    "don't hang up" do not."""
    words = _without_likes(words)
    if not says_any(words, phrases) or strip_lead(words, _LEAVING, frozenset()) or says_any(words, _WAITS):
        return False
    places = [at for at in range(len(words)) for phrase in phrases if words[at : at + len(phrase)] == phrase]
    return any(not taken_back(words[:at]) for at in places)


def _without_likes(words: Words) -> Words:
    """`words` with "that's all right" and its like as one light word."""
    for phrase in _NO_ENDINGS:
        at = find_phrase(words, phrase)
        if at >= 0:
            words = (*words[:at], "fine", *words[at + len(phrase) :])
    return words


def _bids_farewell(words: Words) -> bool:
    """Whether a short utterance ends with a farewell: "i'll think about it bye"."""
    end = len(words)
    while end and words[end - 1] in _COURTESIES:
        end -= 1
    said = next((phrase for phrase in _FAREWELLS if words[max(0, end - len(phrase)) : end] == phrase), ())
    before = words[: end - len(said)]
    return bool(said) and len(before) <= _SHORT and (not before or before[-1] not in _SPOKEN_OF)


def is_question(words: Words) -> bool:
    """Whether `words` ask something."""
    plain = tuple(word for word in words if word not in FILLERS)
    return len(plain) >= 3 and plain[0] in _QUESTION_STARTS
