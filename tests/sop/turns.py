"""Calls up to some point, and what one more turn changes."""

import sop

MONDAY = "2026-11-23T10:00:00-05:00"
OWN = "+14155550134"
HVAC = ("my furnace quit", "karen mitchell", "yes", "twelve main street", "tomorrow morning")
LOAN = (
    "yes",
    "karen mitchell",
    "march third nineteen eighty five",
    "four four two one",
    "twenty two main street springfield",
    "salaried",
    "walmart",
    "four thousand",
    "twenty four",
    "ten thousand",
    "for a car",
)
MEMBER = ("dana whitfield", "four one seven two two oh nine eight eight", "may fifth nineteen seventy nine")
DISPUTE = ("i want to dispute a charge", *MEMBER, "the amount is wrong", "one hundred twenty dollars")
PLAN = ("a payment plan", *MEMBER, "fifty dollars", "december fifth")
LAW = ("a car accident", "no", "karen mitchell")
COMPANY = ("i slipped on a wet floor", "no", "karen mitchell", "yes", "a business")
CARS = ("auto", "six oh six one four", "march third nineteen eighty five", "two", "none")
MESSAGE = ("can i leave a message", "dan reed", "yes", "bob")


def talked(flow: str, *said: str) -> sop.Conversation:
    talk = sop.Conversation(sop.load(flow), caller=OWN, now=MONDAY)
    for text in said:
        talk.hear(text)
    return talk


def held(talk: sop.Conversation) -> dict[str, str]:
    return {name: value.value for name, value in talk.state.values.items()}


def changes(talk: sop.Conversation, text: str) -> dict[str, str | None]:
    """What hearing `text` changes: slot -> its new value, None for one that is emptied."""
    before = held(talk)
    talk.hear(text)
    after = held(talk)
    return {name: after.get(name) for name in before | after if before.get(name) != after.get(name)}
