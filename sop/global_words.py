"""The words that work everywhere: a person, repeat, slower, go back, start over, hold on, why, goodbye,
cancel."""

from sop.reading import GlobalWord
from sop.words import FILLERS, Words, find_phrase, phrase_list, says_any, word_set

_PERSON = phrase_list("""
    talk to a person, talk to a human, talk to someone, talk to somebody, talk to a real person, talk to an
    agent, talk to a representative, talk to a live person, talk to an operator, talk to a manager, speak to
    a person, speak to a human, speak to someone, speak to somebody, speak to a real person, speak to an
    agent, speak to a representative, speak to a live person, speak to an operator, speak to a manager,
    speak with a person, speak with a human, speak with someone, speak with somebody, speak with a real
    person, speak with an agent, speak with a representative, speak with a manager, talk with a person, talk
    with someone, talk with a human, talk with somebody, real person, human being, live person, live agent,
    actual person, actual human, get me a person, get me a human, need a person, want a person, want a
    human, need a human, to an agent, customer service, transfer me, connect me, put me through, give me a
    person, give me a human, give me someone, person please, human please, agent please, operator please,
    representative please, somebody real, someone real, stop this robot, real human, talk to your manager,
    speak to your manager, talk to the technician, speak to the technician, speak to a technician, talk to a
    technician, talk to a supervisor, speak to a supervisor, a real operator, the operator, a manager, your
    manager, the manager, a supervisor, your supervisor
""")
_NOT_PERSON = phrase_list("""
    don't need to talk, don't need to speak, don't want to talk, don't want to speak, don't talk, didn't
    talk, didn't speak, don't need a, don't want a, don't transfer, don't connect
""")
_PERSON_ALONE = word_set("""
    person human agent operator representative someone somebody supervisor manager receptionist
""")
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
    wait
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
_SHORT_ONLY = frozenset({GlobalWord.GOODBYE, GlobalWord.CANCEL, GlobalWord.WHY, GlobalWord.REPEAT})
_OWN = word_set("my our his her their a an")
_THIS_CALL = word_set("call request")
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
        if word is GlobalWord.CANCEL and _cancels_something(words):
            continue
        if says_any(words, phrases):
            return word
    return None


def _cancels_something(words: Words) -> bool:
    """Whether it is not this call that is cancelled: "cancel my reservation"."""
    at = find_phrase(words, ("cancel",))
    own, what = (*words[at + 1 : at + 3], "", "")[:2]
    return at >= 0 and own in _OWN and what not in _THIS_CALL


def asks_for_person(words: Words) -> bool:
    """Whether the caller wants a human being on the line."""
    plain = tuple(
        word
        for word in words
        if word not in FILLERS and word not in ("a", "an", "the", "get", "me", "just", "now", "yes", "no")
    )
    if plain and len(plain) <= 2 and all(word in _PERSON_ALONE for word in plain):
        return True
    return says_any(words, _PERSON) and not says_any(words, _NOT_PERSON)


def is_question(words: Words) -> bool:
    """Whether `words` ask something."""
    plain = tuple(word for word in words if word not in FILLERS)
    return len(plain) >= 3 and plain[0] in _QUESTION_STARTS
