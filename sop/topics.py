"""Topics that change how a call is handled: what may be said aloud or written down, and when a person takes over.

A topic is heard by its phrases, after the phrases that only look like one have been blotted out. A death is heard
by who died and what became of them together, so that a furnace may die without condolences.
"""

from collections.abc import Mapping
from functools import lru_cache
from itertools import product

from sop.words import Words, find_phrase, says_any, word_set

TOPICS = ("health", "dispute", "fraud", "legal", "bereavement")
"""Every topic, in the order in which they are told."""

_PHRASES: Mapping[str, str] = {
    "health": """
        diabetes, diabetic, cancer, chemo, chemotherapy, radiation treatment, medication, medications, medicine,
        medicines, my/a/the/his/her prescription, prescriptions, test results, lab results, blood
        test/tests/pressure/sugar/work, surgery, pregnant, pregnancy, miscarriage, asthma, heart
        attack/condition/disease/problem/problems/failure/surgery, a stroke, allergic to, allergy, allergies,
        diagnosis, diagnosed, dialysis, insulin, on oxygen, oxygen tank/machine, physical therapy, my therapist,
        my/have/with depression, anxiety, symptoms, a fever, infection, hiv, seizure, seizures, epilepsy, dementia,
        alzheimer's, medical/health condition/problem/problems/issue/issues/history/records, mental health, my
        health, biopsy, mri, x ray, x rays, injured, my/an injury, chest pain/pains, back pain, migraine, migraines,
        my doctor, my doctor's, disability, i'm/am disabled, kidney/liver disease/failure/stone/stones, my
        kidney/kidneys/liver, covid, back/neck/head/knee/shoulder injury
    """,
    "dispute": """
        dispute, disputing, disputed, contest this/that/the/a/my charge/bill/fee/fine/invoice, charged/billed me/us
        twice, charged/billed twice, double charged/billed, overcharged, overcharging, overbilled, was/were/got
        charged/billed for/too, charged/billed me/us for/too, wrong/incorrect charge/charges/amount/bill,
        bill/invoice/statement is wrong/incorrect, charge/charges is/are wrong/incorrect, mistake/error on
        my/the/this bill/invoice/statement, don't/didn't/not owe, never ordered/bought, chargeback, charge isn't
        mine, charge is not mine, charge/transaction/payment i don't/didn't recognize, charge back, not my
        debt/bill, isn't my debt/bill, don't/didn't/not recognize/recognise this/that/these/those/the/a
        charge/charges
    """,
    "fraud": """
        fraud, fraudulent, scam, scammed, scammer, scammers, phishing, hacked, hacker, hackers, identity theft,
        stole/stolen/stealing my identity, stole/stolen/stealing my/credit/debit/bank card/information, identity
        was/got stolen, stole/stolen my credit/debit/bank card, card was/got/is/been stolen, card has been stolen,
        unauthorized charge/charges/transaction/transactions/payment/payments/purchase/withdrawal, didn't/never/not
        authorize/authorise/authorized/authorised, didn't/never make/made this/that/these/those
        purchase/purchases/charge/charges/transaction/transactions/payment/payments, someone/somebody used/using my
        card/account/information/name, someone/somebody used/using my credit/debit/bank card/account,
        someone's/somebody's/is using my card/account/identity, someone/somebody opened an/a account/card,
        someone/somebody got/broke/hacked into my account, account in my name, account was/is/got/been compromised,
        suspicious charge/charges/activity/transaction/transactions, forged, counterfeit
    """,
    "legal": """
        lawyer, lawyers, lawyer's, attorney, attorneys, attorney's, lawsuit, lawsuits, litigation, suing, sued,
        want/going/like/have/need/planning/plan/able/trying/threatening/ready to sue,
        gonna/will/i'll/we'll/can/could/should sue, can/could/should i/we sue, sue you/them, legal
        action/advice/team/counsel/representation/rights/matter/help/aid, press/pressing charges, small claims, take
        this/it to court, legal department, you/me/them/him/her/us to court, go/going/went to court, in court, court
        date/case/order/hearing, subpoena, subpoenaed, restraining order
    """,
    "bereavement": """
        death in the family, death in my/our family, funeral, funerals, deceased, death certificate, bereaved,
        bereavement, he/she/they/who/he's/she's passed away, he/she has/had/just/recently passed away, he/she died,
        the/my/a death/passing of my/our/his/her, mourning, widow, widowed, widower
    """,
}
_NEAR = """
    health insurance/department/food/club/plan/inspector/inspection, heart attack when, gave me a heart attack, gave
    us a heart attack, almost/nearly had a heart attack, a stroke of, water/radon/soil/mold/emissions/air test
    results, medicine cabinet/ball/chest, allergic to phones/robots/computers, cancer street/road, dispute with my
    neighbor/neighbour/neighbors/ex, property/boundary line dispute, labor dispute, charged for the night, was
    charged for a few/couple, hacked up/down/off/at, hacked the/a/some/through, died on me/us, sue
    street/lane/avenue, court street/road/avenue/lane/drive/place, funeral home/street/parlor road, in court
    street/road/avenue, go/going to court street/road/avenue, computer/tree infection
"""

_PERSON = word_set("""
    mother mom mum mama father dad daddy papa husband wife spouse partner son daughter brother sister sibling baby
    child kid grandmother grandma granny nana grandfather grandpa grandson granddaughter uncle aunt auntie cousin nephew
    niece fiance fiancee boyfriend girlfriend friend neighbor neighbour roommate parents stepfather stepmother stepdad
    stepmom stepson godmother godfather ex boss coworker client patient law
""")
_PET = word_set("dog cat puppy kitten")
_OF_MINE = word_set("my our his her their your the a")
_BETWEEN = word_set("""
    just has have had recently suddenly sadly unexpectedly unfortunately who also in law he she they both finally
    and was is been actually did best old of mine are
""")
_PASSED = word_set("passed passing")
_AFTER_PASSED = word_set("""
    away last yesterday today tonight in two three four five six this recently suddenly from a and so i but we on
    sunday monday tuesday wednesday thursday friday saturday
""")
_AFTER_PASSED_ON = word_set("""
    last yesterday today this recently suddenly and so i but we sunday monday tuesday wednesday thursday friday saturday
    january february march april may june july august september october november december christmas
""")
_LOST = word_set("""
    mother mom mum father dad husband wife brother sister son daughter baby grandmother grandma grandfather grandpa
""")
_THINGS = word_set("""
    car truck phone laptop plants computer tablet battery furnace heater boiler tv plant fridge ac unit tree engine
    watch
    the my a his her their our that it everything
""")
"""Between a person and "died" any other one word may be a name: "my friend tom died"."""
_STOP = "|"


def find_topics(words: Words) -> tuple[str, ...]:
    """The topics that `words` touch, in the order of `TOPICS`.

    >>> find_topics(("my", "bank", "account", "was", "hacked"))
    ('fraud',)
    """
    plain = _blotted(words)
    table = _table()
    return tuple(
        topic for topic in TOPICS if says_any(plain, table[topic]) or (topic == "bereavement" and _somebody_died(plain))
    )


@lru_cache(maxsize=1)
def _table() -> Mapping[str, tuple[Words, ...]]:
    return {topic: _spread(text) for topic, text in _PHRASES.items()} | {"": _spread(_NEAR)}


def _spread(text: str) -> tuple[Words, ...]:
    """Phrases with commas between them, each alternative written out: "court date/case" is two phrases."""
    return tuple(
        words for phrase in text.split(",") for words in product(*(place.split("/") for place in phrase.split()))
    )


def _blotted(words: Words) -> Words:
    """`words` with near misses taken out."""
    present = frozenset(words)
    for phrase in _table()[""]:
        while phrase[0] in present and (at := find_phrase(words, phrase)) >= 0:
            words = (*words[:at], _STOP, *words[at + len(phrase) :])
    return words


def _somebody_died(words: Words) -> bool:
    return any(_dies(words, at) for at in range(1, len(words)))


def _dies(words: Words, at: int) -> bool:
    """Whether the word at `at` is somebody of whom it is said that they are no more."""
    word, before = words[at], words[at - 1]
    person = word in _PERSON
    if before == "late" and word.removesuffix("'s") in _PERSON:
        return True
    if word in _LOST and before in ("my", "our", "her", "his") and _lost(words, at):
        return True
    if not (person or word in _PET) or _OF_MINE.isdisjoint(words[max(0, at - 3) : at]):
        return False
    behind = at + 1
    while behind < len(words) and words[behind] in _BETWEEN:
        behind += 1
    named = person and behind < len(words) and words[behind] not in _THINGS
    return _gone(words, behind) or (named and _gone(words, behind + 1))


def _lost(words: Words, at: int) -> bool:
    """Whether "my wife" at `at` is what somebody lost, and not in a shop."""
    following = words[at + 1 : at + 3]
    return "lost" in words[max(0, at - 2) : at] and following[:2] not in (("in", "the"), ("at", "the"))


def _gone(words: Words, at: int) -> bool:
    if at >= len(words):
        return False
    word, following = words[at], words[at + 1 : at + 3]
    if word == "died" or (word == "dead" and words[at - 1] in ("is", "are")):
        return True
    if word == "killed":
        return words[at - 1] in ("was", "were")
    if word not in _PASSED:
        return False
    if following[:1] == ("on",):
        return len(following) == 1 or following[1] in _AFTER_PASSED_ON
    return not following or following[0] in _AFTER_PASSED
