"""A human being who is asked for: in plain words, as someone in charge, or by "put me through"."""

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
    human, need a human, give me a person, give me a human, give me someone, person please, human please,
    agent please, operator please, representative please, somebody real, someone real, stop this robot, real
    human, talk to the technician, speak to the technician, speak to a technician, talk to a technician
""")
_IN_CHARGE = phrase_list("""
    customer service, a real operator, the operator, an operator, an agent, a manager, your manager, the manager, a
    supervisor, your supervisor, the supervisor
""")
"""People whom a story may name as well: they are asked for behind a word such as "speak", or with little else said."""
_ASKS_FOR = word_set("""
    talk speak get want need transfer transferred connect connected give put switch asking demand insist prefer
""")
_TOWARDS = word_set("to with me us in touch over through for straight directly please just on")
_SAID_SO = phrase_list("i asked for, i've asked for, i already asked for, i said, i just said, i already said")
_WHERE_IS = phrase_list("how about, where's, where is")
"""Before a person with nothing else of weight said, these ask for one."""
_MAY = word_set("may can could")
_CALLS = word_set("call phone ring contact")
_ESCALATED = word_set("this it that my call case us me to")
_UNNEEDED = tuple(
    (*asked, *needed)
    for asked in phrase_list("do i, do we, did i, will i, would i, should i")
    for needed in phrase_list(
        "need a, need an, need the, need to talk, need to speak, have to talk, have to speak, want an"
    )
)
"""Whether a person is needed is asked, and none is asked for."""
_CONNECT = phrase_list("connect me, put me through, transfer me")
_TOWARDS_WHOM = _TOWARDS | word_set("""
    now right away immediately already or and because before i'm i've then back there sir ma'am thanks thank if
""")
"""What may follow "connect me"; "put me through a lot" is none."""
_OTHERS = word_set("they he she it who which that we people has had did does insurance hospital")
"""Before "put me through": it is told who did."""
_OWNERS = word_set("my the your our his her their this")
_BIDS = word_set("can could will would should if to please")
_BESIDE_PERSON = FILLERS | word_set("""
    to with a an the your now right away immediately over there back then if you can could thanks thank i'd i want need
    yes no just already directly straight me is are available in around would like may get have talk speak let us this
    sir ma'am sorry not all
""")
_NOT_PERSON = phrase_list("""
    don't need to talk, don't need to speak, don't want to talk, don't want to speak, don't talk, didn't
    talk, didn't speak, don't need a, don't want a, don't transfer, don't connect, don't put me
""")
_PERSON_ALONE = word_set("""
    person human agent operator representative someone somebody supervisor manager receptionist
""")
_NEGATIONS = word_set("don't not didn't never won't can't doesn't cannot")
_WANTING = word_set("to want need wanna going gonna trying mean meant like just really you me please have")


def asks_for_person(words: Words) -> bool:
    """Whether the caller wants a human being on the line."""
    plain = tuple(
        word
        for word in words
        if word not in FILLERS and word not in ("a", "an", "the", "get", "me", "just", "now", "yes", "no")
    )
    if plain and len(plain) <= 2 and all(word in _PERSON_ALONE for word in plain):
        return True
    if says_any(words, _NOT_PERSON + _UNNEEDED):
        return False
    return says_any(words, _PERSON) or _asks_for_charge(words) or _asks_to_connect(words)


def _asks_for_charge(words: Words) -> bool:
    """Whether a manager or the like is asked for, not only told of: "the manager wrote a report" asks for none."""
    places = [(at, at + len(phrase)) for phrase in _IN_CHARGE if (at := find_phrase(words, phrase)) >= 0]
    return any(_is_asked_for(words[:at], words[after:]) for at, after in places)


def _is_asked_for(before: Words, behind: Words) -> bool:
    """Whether the person named between these words is asked for."""
    if before[-1:] == ("not",) or taken_back(before) or ("have" in before[-2:] and _MAY.isdisjoint(before)):
        return _is_to_call(before, behind)
    lead = next((phrase for phrase in (*_SAID_SO, *_WHERE_IS) if before[-len(phrase) :] == phrase), ())
    if _BESIDE_PERSON.issuperset((*before[: len(before) - len(lead)], *behind)):
        return True
    at = len(before)
    while at and before[at - 1] in _ESCALATED:
        at -= 1
    if at < len(before) and at and before[at - 1] in ("escalate", "escalated"):
        return True
    at = len(before)
    while at and before[at - 1] in _TOWARDS:
        at -= 1
    return at > 0 and before[at - 1] in _ASKS_FOR and not taken_back(before[: at - 1])


def _is_to_call(before: Words, behind: Words) -> bool:
    """Whether the person is to call: "have the manager call me"."""
    return before[-1:] == ("have",) and behind[:1] != () and behind[0] in _CALLS and behind[1:2] == ("me",)


def _asks_to_connect(words: Words) -> bool:
    """Whether the caller wants to be put through, to whomever; "they put me through" tells of it."""
    for phrase in _CONNECT:
        at = find_phrase(words, phrase)
        if at >= 0 and not _tells_of_connecting(words[:at]):
            behind = words[at + len(phrase) :]
            return behind == () or behind[0] in FILLERS or behind[0] in _TOWARDS_WHOM
    return False


def _tells_of_connecting(before: Words) -> bool:
    """Whether what stands before "put me through" names another who did, or denies it."""
    while before and before[-1] in ("just", "then", "please", "now"):
        before = before[:-1]
    last, second = before[-1:], before[-2:-1]
    if not last:
        return False
    if last == ("you",):
        return not second or second[0] not in _BIDS
    if second in (("can",), ("could",)):
        return False
    return last[0] in _OTHERS | _NEGATIONS or (second != () and second[0] in _OWNERS)


def department(words: Words) -> Words:
    """To whom or what the caller wants to be put through, where no person's own word says so: the words behind
    "connect me"; empty where a person is asked for, or nobody is named."""
    if says_any(words, _PERSON) or _asks_for_charge(words) or not _asks_to_connect(words):
        return ()
    behind = next(words[at + len(phrase) :] for phrase in _CONNECT if (at := find_phrase(words, phrase)) >= 0)
    return behind if _PERSON_ALONE.isdisjoint(behind) else ()


def taken_back(before: Words) -> bool:
    """Whether what stands before a phrase denies it: "i don't want to" before "cancel"."""
    at = len(before)
    while at and before[at - 1] in _WANTING:
        at -= 1
    return before[at - 1 : at] != () and before[at - 1] in _NEGATIONS
