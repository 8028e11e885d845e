"""The words that work everywhere: a person, repeat, slower, go back, start over, hold on, why, goodbye,
cancel."""

from sop.reading import GlobalWord
from sop.words import FILLERS, Words, find_phrase, phrase_list, says_any, strip_lead, word_set

_PERSON = phrase_list("""
    talk to a person, talk to a human, talk to someone, talk to somebody, talk to a real person, talk to an
    agent, talk to a representative, talk to a live person, talk to an operator, talk to a manager, speak to
    a person, speak to a human, speak to someone, speak to somebody, speak to a real person, speak to an
    agent, speak to a representative, speak to a live person, speak to an operator, speak to a manager,
    speak with a person, speak with a human, speak with someone, speak with somebody, speak with a real
    person, speak with an agent, speak with a representative, speak with a manager, talk with a person, talk
    with someone, talk with a human, talk with somebody, real person, human being, live person, live agent,
    actual person, actual human, get me a person, get me a human, need a person, want a person, want a
    human, need a human, give me a person, give me a human, give me someone, person please, human please,
    agent please, operator please, representative please, somebody real, someone real, stop this robot, real
    human, talk to the technician, speak to the technician, speak to a technician, talk to a technician
""")
_IN_CHARGE = phrase_list("""
    customer service, a real operator, the operator, an operator, an agent, a manager, your manager, the manager, a
    supervisor, your supervisor, the supervisor
""")
"""People whom a story may name as well: they are asked for behind a word such as "speak", or with little else said."""
_ASKS_FOR = word_set("talk speak get want need transfer transferred connect connected give put switch asking")
_TOWARDS = word_set("to with me us in touch over through for straight directly please just")
_CONNECT = phrase_list("connect me, put me through, transfer me")
"""Behind these a department may be named instead of a person."""
_TO_PERSON = FILLERS | word_set("""
    to with a an the your now right away immediately over there back then if you can could thanks thank i'd i want need
    yes no just already directly straight
""")
_BESIDE_PERSON = _TO_PERSON | word_set("""
    me is are available in around would like may get have talk speak let us this sir ma'am sorry not all
""")
_NOT_PERSON = phrase_list("""
    don't need to talk, don't need to speak, don't want to talk, don't want to speak, don't talk, didn't
    talk, didn't speak, don't need a, don't want a, don't transfer, don't connect
""")
_PERSON_ALONE = word_set("""
    person human agent operator representative someone somebody supervisor manager receptionist
""")
_PERSON_NAMED = _PERSON_ALONE | word_set("technician officer specialist adviser advisor rep")
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
    i said, for me, see you tomorrow, call back tomorrow, call you back tomorrow, call again tomorrow, try again
    tomorrow, call you tomorrow, call back monday, call back on monday, call back, call you back, call again, call
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
_NEGATIONS = word_set("don't not didn't never won't can't doesn't cannot")
_WANTING = word_set("to want need wanna going gonna trying mean meant like just really you me please have")
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
    return GlobalWord.GOODBYE if _bids_farewell(words) else None


def _ends(words: Words, phrases: tuple[Words, ...]) -> bool:
    """Whether one of the phrases ends the call: nothing of weight is said beside it. "cancel my reservation" and
    "don't hang up" do not."""
    words = _without_likes(words)
    if not says_any(words, phrases) or strip_lead(words, _LEAVING, frozenset()):
        return False
    places = [at for at in range(len(words)) for phrase in phrases if words[at : at + len(phrase)] == phrase]
    return any(not _taken_back(words[:at]) for at in places)


def _taken_back(before: Words) -> bool:
    """Whether what stands before a phrase denies it: "i don't want to" before "cancel"."""
    at = len(before)
    while at and before[at - 1] in _WANTING:
        at -= 1
    return before[at - 1 : at] != () and before[at - 1] in _NEGATIONS


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


def asks_for_person(words: Words) -> bool:
    """Whether the caller wants a human being on the line."""
    plain = tuple(
        word
        for word in words
        if word not in FILLERS and word not in ("a", "an", "the", "get", "me", "just", "now", "yes", "no")
    )
    if plain and len(plain) <= 2 and all(word in _PERSON_ALONE for word in plain):
        return True
    if says_any(words, _NOT_PERSON):
        return False
    return says_any(words, _PERSON) or _asks_for_charge(words) or _asks_to_connect(words)


def _asks_for_charge(words: Words) -> bool:
    """Whether a manager or the like is asked for, not only told of: "the manager wrote a report" asks for none."""
    for phrase in _IN_CHARGE:
        at = find_phrase(words, phrase)
        if at < 0:
            continue
        if _BESIDE_PERSON.issuperset((*words[:at], *words[at + len(phrase) :])):
            return True
        while at and words[at - 1] in _TOWARDS:
            at -= 1
        if at and words[at - 1] in _ASKS_FOR:
            return True
    return False


def _asks_to_connect(words: Words) -> bool:
    """Whether the caller wants to be put through to a person, or does not say to whom. "connect me to the shop" names
    a department."""
    for phrase in _CONNECT:
        at = find_phrase(words, phrase)
        if at < 0:
            continue
        behind = words[at + len(phrase) :]
        if _TO_PERSON.issuperset(behind) or not _PERSON_NAMED.isdisjoint(behind[:4]):
            return True
    return False


def is_question(words: Words) -> bool:
    """Whether `words` ask something."""
    plain = tuple(word for word in words if word not in FILLERS)
    return len(plain) >= 3 and plain[0] in _QUESTION_STARTS
