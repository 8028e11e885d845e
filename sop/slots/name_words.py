"""The words around a name, and the words that are none."""

from collections.abc import Sequence

from sop.slots.day_words import MONTHS
from sop.slots.misheard import RESTART, SMALL
from sop.slots.spoken_numbers import is_number_word, read_ordinal
from sop.words import FILLERS, Words, capitalised, phrase_list, says, strip_lead, word_set

STRONG_LEADS = phrase_list("""
    my name is, my name's, the name is, the name's, name is, name's, my full name is, full name is, you can
    call me, call me, they call me, everyone calls me, everybody calls me, account is under,
    people call me, put it under, put me down as, it's
    under, it is under, it should be under, i go by, you're speaking with, you're talking to, my husband's
    name is, my wife's name is, make it out to, my name, the account is under, name is actually, me llamo,
    mi nombre es, would be under, my husband's name, my wife's name
""")
LEADS = tuple(
    sorted(
        (
            *STRONG_LEADS,
            *phrase_list("""
    but, yes but, except, ma'am, sir, yes ma'am, yes sir, mine is, mine's, this is, it's, it is, its, i am, i'm, im,
    that's, that is, that would be, that'd be, it would be, it'd be, it'll be, it will be, should be, you can put,
    yes, yeah, sure, sure thing, no problem, of course, no, nope, sorry, actually, good evening, good
    morning, good afternoon, good night, hi there, hello there, hey there, thanks, thank you, you, alright,
    all right, absolutely, my, name, the, yep, right, mister, mr, missus, mrs, ms, miss, doctor, dr, i said,
    i mean, i meant, to, is, not, a, let me see, let's see, would be, owe
"""),
        ),
        key=len,
        reverse=True,
    )
)
ENDERS = word_set("""
    yes yeah yep and at my from on calling here speaking with the i i'm it's its it that's that this please
    thanks thank you but so we we're i've in for is was because about over to of your who whose right sir
    ma'am okay ok um uh there's there or phone number address live lives if when what can could do are our without
    within
""")
AFTER_ONE = word_set(
    "and here speaking calling please thanks thank that's my sir ma'am okay ok at from um uh with right"
)
"""What may follow a single word that is a name though nothing announced it."""
SENTENCE = word_set("is was are can could do did if what when how who whose because so of")
"""After these the word before was no name but the beginning of a sentence."""
SPLITS = word_set("and i the it this that is was for to or so")
"""Between two names these may be the end of the first one: "mary and lopez" for Marian Lopez."""
NOT_NAMES = word_set("""
    area code extension negative positive noon midnight sales billing support highway route huh self
    nah naw private employed retired insurance dental package password email yard roof storm hail tree dash mailbox box
    tenant owner landlord renter homeowner wife husband son daughter mother father mom dad neighbor resident
    spelled spelling misspelled pronounced written kids baby family boss guest weather dinner dog cat tv
    water a about above after again ago all almost already also always am an and another any anybody anyone
    anything are aren't around as asap ask asking at available away back bad be because been before behind
    being better big both bring broke broken but buy by bye call called calling calls can can't cancel
    cannot care carbon cause ceiling change charge check clean cleaning close clicking coming cooling
    correct cost could couldn't customer day days dead deal degrees detector did didn't do does doesn't
    doing don't done down drip dripping drive during each early else emergency estimate even evening ever
    every everybody everyone everything everywhere explain fan far feel filter fine fire fix fixed floor for
    forget freezing frozen from front full furnace gas get gets getting give go goes going gone gonna good
    goodbye got great guess guy had happen happened happening has hasn't have haven't having he heat heated
    heater heating heats hello help her here hey hi him his hold hot hour hours house how hurry i i'd i'll
    i'm i've icy if ill important in information install instead into is isn't it it's its job just keep
    keeps kids kind know last late later leak leaking leaks leave leaving left let let's lets like line
    listen little live lot loud machine made maintenance make makes making manager many matter maybe me mean
    message might mine minute minutes moment monoxide monday more morning most much must my need needs never
    new next night no nobody noise noises none nope not nothing now number o'clock of off office ok okay on
    once one only open operator or order other our out outside over pardon people person phone pick pipe
    please price problem put question quick quit quite rather ready real really reason recorded repair
    repeat representative right robot running said same saturday say saying says schedule second see send
    service set several she should shut sick silly slow slower smell smells so some somebody someone
    something sometimes somewhere soon sorry sound speak speaking spell start started still stop stopped
    street stuff sunday super supposed sure system take talk talking technician tell ten than thank thanks
    that that's the their them then there there's thermostat these they they're thing things think this
    those though thursday time to today told tomorrow tonight too tried trouble try trying tuesday turn
    turned two unit until up upstairs urgent us use very wait waiting wanna want wanted wants warm was
    wasn't water way we we're we've wednesday week weekend well went were weren't what what's when where
    where's which while who who's whole whom whose why won't wondering work worked working works would
    wouldn't wrong yeah year years yep yes yesterday yet you you'll you're you've your yours zip friday
    afternoon anytime apartment address avenue road human agent ridiculous unacceptable frustrated
    conditioner conditioning air boiler cold basement kitchen alarm beeping burning power electricity ice
    anonymous private business company sir ma'am absolutely actually completely totally account again able
    afraid angry busy confused driving done fed hungry lost locked pretty scared stuck worried tired upset
    crazy serious kidding joke stupid mistake difference privacy personal none
    whatever either cash text mail curious best lower lowest christmas such than
    member policy policyholder claim id unknown apostrophe hyphen hyphenated brother sister aunt uncle friend
    grandmother grandfather grandma grandpa girlfriend boyfriend partner coworker child born birthday birthdate birth
    dob patient client caller legal given full maiden married current official preferred actual
""") | {"first", "middle", "initial"}
_OTHERS = phrase_list("""
    it's for, this is for, i'm calling for, i am calling for, calling for, i'm calling about, calling about, for,
    i'm calling on behalf of, calling on behalf of, on behalf of, she's called, he's called, she is called,
    he is called, the patient is, the patient's name is, it's, this is, that's, it was
""")
_RELATIVES = tuple(
    ("my", word)
    for word in word_set("""
        mother father mom dad daughter son wife husband neighbor brother sister aunt uncle friend boss landlord tenant
        grandmother grandfather grandma grandpa girlfriend boyfriend partner coworker
    """)
)
_OWNERS = word_set("his her their")
BEFORE_OWNERS = word_set("my our the his her their")
_PETS = word_set("dog cat pet puppy kitten bird rabbit hamster horse pony parrot animal")
_ASKED_FOR = word_set("""
    customer caller account patient client insured policyholder member subscriber order policy card cardholder applicant
    borrower contact person
""")
"""Owners of a name who are the one that is asked for: "the customer's name is"."""
_NO_KIN = word_set("neighbor friend boss landlord tenant coworker")
PARTS_OF_NAMES = word_set("first last full middle")
_JOINS = word_set("and but also")
_NUMBERED = word_set("member policy claim order account customer case group reference confirmation subscriber patient")
_SHORTENED = ("'s", "'ll", "'ve", "'re", "'d")
_LONGEST_KING = 5
_FULL = 2
"""Words that a name has at least, told of somebody else: "my mother fell" is none."""
PART_LEADS = phrase_list("is, it's")
PARTICLES = word_set("de la del van von der den da di du le st bin al el dos")
TITLES = {"junior": "Jr.", "jr": "Jr.", "senior": "Sr.", "sr": "Sr."}
NAMES_IN_ED = frozenset({"mohamed", "mohammed", "muhammed", "mohammad"})
EITHER = frozenset({"will", "may", "skip"})
"""Names that begin a question or refuse one as well: alone they are no name."""
POLITE = word_set("yes yeah yep here speaking calling please thanks thank sir ma'am okay ok um uh er right")
"""The only single words that may stand behind a first name at the very end; another may be the family name."""
SURNAMES = word_set("price little day guest noon child friend born given")
"""Words that are family names behind a first name."""
_SMALL_NAMES = word_set("an do my so him")
HESITATIONS = word_set("um uh er erm hmm")
APPROVALS = phrase_list("""
    is fine, is good, is okay, is ok, is great, is alright, is all right, is enough, works, will do, would be fine,
    will be fine
""")
"""Behind a name that the agent may use: "thomas is fine"."""


def nameable(word: str) -> bool:
    """Whether a word may be a part of a name."""
    plain = word.replace("'", "")
    if len(plain) > 5 and plain.endswith("ed") and plain not in NAMES_IN_ED:
        return False
    if read_ordinal((word,), 0)[0] is not None:
        return False
    if word in NOT_NAMES or word in SMALL - _SMALL_NAMES or is_number_word(word):
        return False
    return plain.isalpha() and not word.endswith(_SHORTENED) and len(word) <= 20


def ends_at(words: Words, at: int) -> bool:
    """Whether something else than a name begins at `at`: a month before its day, "member number", "id number"."""
    behind = words[at + 1 : at + 2]
    if words[at] in MONTHS:
        numeric = behind != () and (is_number_word(behind[0]) or behind[0].isdecimal())
        return numeric or read_ordinal(words, at + 1)[0] is not None
    numbered = behind in (("number",), ("id",))
    return (words[at] in _NUMBERED and numbered) or (words[at] == "id" and behind == ("number",))


def written(words: Sequence[str]) -> str:
    """A name in title case: "Karen Mitchell", "Maria de la Cruz", "John Smith Jr."."""
    return " ".join(_capital(word, index) for index, word in enumerate(words))


def _capital(word: str, index: int) -> str:
    if word in TITLES and index:
        return TITLES[word]
    if word in PARTICLES and index:
        return word
    return capitalised(word)


def _is_doing(word: str) -> bool:
    """ "Cleaning", but not "king"."""
    return len(word) > _LONGEST_KING and word.endswith("ing")


def somebody_else(words: Words) -> Words:
    """The whole name of the person for whom or of whom the caller speaks ("it's for my mother dorothy lane"), where
    nothing else is said; else ()."""
    body = strip_lead(words, _OTHERS, FILLERS)
    of = next((len(kin) for kin in _RELATIVES if body[: len(kin)] == kin), 0)
    if len(body) == len(words) and not of:
        return ()
    body = body[of:]
    while body and body[-1] in POLITE:
        body = body[:-1]
    named = all(nameable(word) and word not in ENDERS and not _is_doing(word) for word in body)
    return body if named and _FULL <= len(body) <= _FULL + 1 else ()


def after_lead(words: Words) -> Words | None:
    """What follows the last "my name is" or the like; None when nobody said that."""
    lead = _last_lead(words)
    return words[lead[1] :] if lead else None


def _last_lead(words: Words) -> tuple[int, int] | None:
    """Where the last "my name is" or the like begins, and the index behind it; None when nobody said that."""
    for index in range(len(words) - 1, -1, -1):
        for lead in STRONG_LEADS:
            if words[index : index + len(lead)] == lead:
                return index, index + len(lead)
    return None


def apart(words: Words, names: tuple[str, ...], *, asked: bool) -> tuple[Words, Words]:
    """`words` up to where the name of somebody else is told last ("and my landlord's name is ..."), and from there on.
    Of the second nothing is left where it cannot be the name that is wanted: that of an animal, or one behind the
    caller's own. All words and () where nobody else's is told, where the caller speaks for that person, and, `asked`
    for a name, where a relative's is all that is given. The slot goes by `names`."""
    lead = _last_lead(words)
    start, owner = _owner(words, lead) if lead else (0, "")
    known = _ASKED_FOR.union(*({word, _bare(word)} for name in names for word in name.split()))
    if not owner or owner in known or _speaks_for(words):
        return words, ()
    before = words[:start]
    while before and before[-1] in _JOINS:
        before = before[:-1]
    pet = owner in _PETS
    kin = owner in _OWNERS or (("my", owner) in _RELATIVES and owner not in _NO_KIN)
    alone = not strip_lead(before, LEADS, FILLERS) or before[-1] in RESTART
    if kin and alone and (asked or owner in _OWNERS):
        return words, ()
    return before, words[start:] if asked and not pet and _last_lead(before) is None else ()


def _owner(words: Words, lead: tuple[int, int]) -> tuple[int, str]:
    """Where it is said whose name is told by the lead-in, and who that is: "his", "dog" of "my dog's name is"; (0, "")
    where nobody else is."""
    at = next((at for at in range(*lead) if words[at] in ("name", "name's")), 0)
    if at and words[at - 1] in PARTS_OF_NAMES:
        at -= 1
    last = words[at - 1] if at else ""
    if last in _OWNERS:
        return at - 1, last
    marked = last.endswith("s") and at > 1 and words[at - 2] in BEFORE_OWNERS
    return (at - 2, _bare(last)) if marked else (0, "")


def _bare(word: str) -> str:
    """ "dog" of "dog's" and "dogs"."""
    return word.removesuffix("s").removesuffix("'")


def _speaks_for(words: Words) -> bool:
    """Whether the caller says for whom the call is: "for my mother"."""
    return any(says(words, f"{word} {' '.join(kin)}") for word in ("for", "of", "about") for kin in _RELATIVES)


def without_refused(words: Words, held: str) -> Words:
    """`words` without "not mitchell", where that is a part of the name held now; of "not" and other names nothing is
    left, since what is refused by them is not known."""
    parts = held.lower().split()
    kept: list[str] = []
    at = 0
    while at < len(words):
        end = at + 1
        while words[at] == "not" and end < len(words) and words[end] in parts:
            end += 1
        if parts and words[at] == "not" and end == at + 1:
            break
        if end == at + 1:
            kept.append(words[at])
        at = end
    return tuple(kept)
