"""Topics that change how a call is handled, and the words that only look like them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.topics import TOPICS, find_topics
from sop.words import split_words

HITS = [
    ("i have diabetes", "health"),
    ("i'm calling about my test results", "health"),
    ("i ran out of my blood pressure medication", "health"),
    ("my mother had a stroke last year", "health"),
    ("i need to refill a prescription", "health"),
    ("she's having surgery on friday", "health"),
    ("my daughter was diagnosed with asthma", "health"),
    ("i'm six months pregnant", "health"),
    ("i've been having chest pains", "health"),
    ("he's on dialysis and we have no power", "health"),
    ("i want to dispute this charge", "dispute"),
    ("i'm disputing a charge on my statement", "dispute"),
    ("you charged me twice for the same visit", "dispute"),
    ("i was overcharged", "dispute"),
    ("i don't owe you that money", "dispute"),
    ("there's a mistake on my bill", "dispute"),
    ("i was billed for something i never ordered", "dispute"),
    ("my bill is wrong", "dispute"),
    ("that's not my debt", "dispute"),
    ("my bank account was hacked", "fraud"),
    ("somebody stole my identity", "fraud"),
    ("i think i got scammed", "fraud"),
    ("i didn't make that purchase", "fraud"),
    ("there are charges i didn't authorize", "fraud"),
    ("someone used my credit card in florida", "fraud"),
    ("my debit card was stolen", "fraud"),
    ("i want to report fraud on my account", "fraud"),
    ("someone opened an account in my name", "fraud"),
    ("i'll call my lawyer", "legal"),
    ("i need a lawyer", "legal"),
    ("you'll be hearing from my attorney", "legal"),
    ("i'm going to sue you people", "legal"),
    ("i'm being sued by my landlord", "legal"),
    ("i'll see you in court", "legal"),
    ("i have a court date on monday", "legal"),
    ("we're taking legal action", "legal"),
    ("i'd like to press charges", "legal"),
    ("i'll take you to small claims", "legal"),
    ("my mother passed away", "bereavement"),
    ("my husband died last week", "bereavement"),
    ("my dad just passed", "bereavement"),
    ("my late husband had an account with you", "bereavement"),
    ("i lost my wife in march", "bereavement"),
    ("there's been a death in the family", "bereavement"),
    ("i have a funeral on thursday", "bereavement"),
    ("my grandmother recently passed away and i'm closing her account", "bereavement"),
    ("the account holder is deceased", "bereavement"),
    ("he passed away on sunday", "bereavement"),
    ("our dog died yesterday", "bereavement"),
    ("my mother in law passed away", "bereavement"),
    ("i just lost my father", "bereavement"),
    ("my best friend tom died", "bereavement"),
    ("both my parents are dead", "bereavement"),
    ("it was in my late mother's name", "bereavement"),
    ("a friend of mine died", "bereavement"),
    ("there's a transaction i don't recognize", "dispute"),
    ("i'll take this to court", "legal"),
    ("i have a back injury", "health"),
]

NEAR = """
i have my health insurance card right here
i live in the heart of the city
it's on heart lake road
this nearly gave me a heart attack when i saw the water
it was a stroke of luck
i got the water test results
i'm calling from the health department
the leak is behind the medicine cabinet
the alarm is disabled
there's a depression in the driveway
it's by the health food store
i was looking at the oxygen sensor
how much do you charge
i need to charge my phone
the battery won't hold a charge
who's in charge there
is there a service charge
it was charged last year with refrigerant
the bill is on the table
my bike was stolen
someone stole my car
i have a hacking cough
they hacked the tree down
my name is sue
this is sue miller i'd like to talk to dan
can i talk to sue please
i live on elm court
we have a tennis court
turn on to court street
it takes legal size paper
i need a legal pad
my battery passed away
the furnace died
my husband's car died
my wife's phone is dead
it's a dead end street
my mother passed the phone to me
the inspection passed
my dad passed his driving test
i lost my wallet
i lost my wife's ring
i paid the late fee
my husband is running late
it died on me
my son laptop died
our water heater died my son is freezing
my husband passed his physical
the line went dead
the car died my husband is with it
four one five five five five oh one nine nine
tomorrow morning
yes that's right
""".strip().splitlines()


@pytest.mark.parametrize(("text", "topic"), HITS)
def test_a_topic_is_heard(text: str, topic: str) -> None:
    assert find_topics(split_words(text)) == (topic,)


@pytest.mark.parametrize("text", NEAR)
def test_a_near_miss_is_none(text: str) -> None:
    assert find_topics(split_words(text)) == ()


def test_several_topics_stand_in_the_order_of_the_list() -> None:
    assert TOPICS == ("health", "dispute", "fraud", "legal", "bereavement")
    said = split_words("my husband passed away of cancer and my lawyer says i don't owe that")
    assert find_topics(said) == ("health", "dispute", "legal", "bereavement")
    assert find_topics(split_words("i don't recognize this charge i think it's fraud")) == ("dispute", "fraud")
    assert find_topics(split_words("i need a personal injury lawyer")) == ("legal",)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from("my husband died passed on the court sue charge stole card heart a".split())))
def test_topics_are_some_of_the_list_in_its_order(words: list[str]) -> None:
    found = find_topics(tuple(words))
    assert found == tuple(topic for topic in TOPICS if topic in found)
