"""A yes that is said in passing: taking leave, "okay text me", "great I'll be home", and a yes with its reason."""

from dataclasses import replace

import pytest

import sop
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.yes_no import YesNo, read_verdict
from sop.slots.yes_no_question import Asking
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

DANGER = "Before we go on, is there heavy bleeding, or swelling that makes it hard to breathe or swallow?"
GAS = "Could it be gas, or something like rotten eggs?"
HOSPITAL = "Is anyone in the hospital right now because of it?"
HURT = "Were you or somebody with you hurt?"
INSURED = "Do you have dental insurance?"
WORKS = "I can offer you Monday. Does that work for you?"
MOVE = "I could move you to Monday. Shall I do that?"
CANCEL = "I see your appointment on Monday. Shall I cancel it?"
TEXT = "May I text you a confirmation?"
CREDIT = "May I check your credit? It's a soft inquiry, so it doesn't change your score."
AGENT = "Would you like to talk to a licensed agent about it now?"
RIGHT = "I have Dana Whitfield. Is that right?"
DONE = "Was that everything for today? If not, just tell me what else you need."
ONLY = "Is that the only order you're calling about?"


def understood(prompt: str, text: str) -> str | None:
    spec = replace(SPEC, type="yes_no", prompt=prompt)
    found = YesNo().parse(split_words(text), spec, Context(NOW))
    assert not isinstance(found, Doubt)
    return found.value if isinstance(found, Found) else None


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("okay thank you have a good night", True),
        ("okay thank you very much bye bye", True),
        ("okay that's all thank you", True),
        ("great see you later", True),
        ("great talk to you soon", True),
        ("okay i have to go", True),
        ("okay i can make that", True),
        ("good bye", None),
        ("good question", None),
        ("okay hold on", None),
        ("okay let me get my wife", None),
        ("okay i have to go get my wallet", None),
        ("okay what day was that", None),
    ],
)
def test_leave_is_taken_where_a_review_offers_to_book(text: str, yes: bool | None) -> None:
    assert read_verdict(split_words(text), Asking.OFFER).yes is yes


@pytest.mark.parametrize("text", ["okay thank you have a good night", "great see you later", "okay i have to go"])
def test_an_appointment_is_booked_by_who_takes_leave(text: str) -> None:
    call = sop.Conversation(sop.load("dental_booking"), caller="+14155550134", now="2026-11-23T10:00:00-05:00")
    for said in (
        "i'd like to book an appointment",
        "a cleaning",
        "thursday morning",
        "karen mitchell",
        "yes",
        "may fifth nineteen eighty",
        "yes",
        "yes",
        "yes",
    ):
        call.hear(said)
    call.hear(text)
    assert call.state.outcome == "appointment_booked"


@pytest.mark.parametrize("prompt", [WORKS, MOVE, CANCEL, TEXT, CREDIT, AGENT])
@pytest.mark.parametrize(
    "text",
    [
        "yes do that",
        "please do that",
        "sure do that",
        "okay do it",
        "yes could you please",
        "yes would you please",
        "yes can you do that",
        "fine by me",
        "okay by me",
        "good idea",
        "sounds like a good idea",
        "didn't i just say yes",
    ],
)
def test_an_offer_is_taken(prompt: str, text: str) -> None:
    assert understood(prompt, text) == "yes"


@pytest.mark.parametrize("prompt", [WORKS, MOVE])
@pytest.mark.parametrize(
    "text",
    [
        "okay i'll be there",
        "great i can do that",
        "perfect i'm off that day",
        "all right i can make that",
        "okay monday works",
        "okay that should work",
        "okay i appreciate it",
        "yes i don't have anything that day",
        "yes i'm not busy then",
        "yes i don't see a problem",
        "yes let me write that down",
        "well i don't have anything then so yes",
    ],
)
def test_a_time_is_taken(prompt: str, text: str) -> None:
    assert understood(prompt, text) == "yes"


@pytest.mark.parametrize("prompt", [WORKS, MOVE, CANCEL, TEXT, CREDIT, AGENT])
@pytest.mark.parametrize(
    "text",
    [
        "okay i'll be in touch",
        "okay i'm off to work",
        "okay i can do friday",
        "okay i can make it at noon",
        "okay that's too early",
        "okay nothing works",
        "okay do it later",
        "good idea i'll think about it",
        "yes i'll call you back",
        "yes i don't have time",
        "yes i don't want that",
        "yes i'm not sure",
        "yes let me think",
        "yes let me ask my wife",
        "yes give me a second",
        "yes leave it",
        "yes leave it like that",
        "yes can you",
        "yes can you tell me why",
        "yes do that if it's free",
        "yes cancel it if there's no fee",
        "i don't want that so yes",
    ],
)
def test_an_offer_stays_open(prompt: str, text: str) -> None:
    assert understood(prompt, text) is None


@pytest.mark.parametrize(
    ("prompt", "text", "expected"),
    [
        (TEXT, "okay text me", "yes"),
        (CREDIT, "okay please check it", "yes"),
        (CREDIT, "okay check my credit", "yes"),
        (CANCEL, "okay cancel it", "yes"),
        (TEXT, "okay text my wife", None),
        (CREDIT, "okay text me", None),
        (CREDIT, "yes let me know if it's free", None),
        (CREDIT, "yes do that if you like", "yes"),
        (CREDIT, "okay check it with my wife", None),
        (CREDIT, "okay i'll be there", None),
        (CREDIT, "great i gotta go", None),
        (CREDIT, "okay i have to go", None),
        (CANCEL, "okay i have to go", None),
        (RIGHT, "good to go", "yes"),
        (RIGHT, "great i'll be home", "yes"),
        (RIGHT, "great send somebody over", "yes"),
        (RIGHT, "great see you tomorrow", "yes"),
        (RIGHT, "great i gotta go", "yes"),
        (RIGHT, "yes leave it like that", "yes"),
        (RIGHT, "yes let me know when", "yes"),
        (RIGHT, "yes give me a call", "yes"),
        (RIGHT, "yes i don't have another number", "yes"),
        (RIGHT, "yeah if i don't answer leave a message", "yes"),
        (RIGHT, "well i don't have another so yes", "yes"),
        (RIGHT, "good it works now", None),
        (RIGHT, "okay can you please", None),
        (RIGHT, "yes let me spell it", None),
        (INSURED, "i have medical insurance", None),
        (INSURED, "i have health insurance", None),
        (INSURED, "i don't have medical insurance", None),
        (INSURED, "i have good insurance", "yes"),
        (INSURED, "i have delta dental insurance", "yes"),
        (INSURED, "i have insurance through work", "yes"),
        (INSURED, "i don't have dental insurance", "no"),
        (HOSPITAL, "he was", None),
        (HOSPITAL, "i was", None),
        (HOSPITAL, "she wasn't", None),
        (HURT, "he was", "yes"),
        (HURT, "she wasn't", "no"),
        (GAS, "my wife says yes", "yes"),
        (DANGER, "my husband said yes", "yes"),
        (HOSPITAL, "i'd say yes", "yes"),
        (GAS, "should i say yes", None),
        (GAS, "what if i say yes", None),
        (GAS, "he didn't say yes", None),
        (CREDIT, "my wife says yes", None),
    ],
)
def test_a_yes_by_its_question(prompt: str, text: str, expected: str | None) -> None:
    assert understood(prompt, text) == expected


@pytest.mark.parametrize(
    ("prompt", "text", "expected"),
    [
        (ONLY, "yes it's the only one", "yes"),
        (ONLY, "yes one order", "yes"),
        (DONE, "okay i'll wait for the letter", "yes"),
        (DONE, "okay i'll pay it online", "yes"),
        (DONE, "yes that helps a lot", "yes"),
        (DONE, "good to know", "yes"),
        (DONE, "yes nothing else", "yes"),
        (DONE, "yes thank you and have a nice weekend", "yes"),
        (DONE, "yes i have everything", "yes"),
        (DONE, "yes and the deductible", None),
        (DONE, "yes my balance", None),
        (DONE, "yes can you please", None),
        (DONE, "yes i have a claim", None),
        (DONE, "yes another order", None),
        (DONE, "okay let me see", None),
        (DONE, "good question", None),
        (DONE, "one more question", "no"),
        (ONLY, "yes two orders", None),
        (ONLY, "one more question", None),
        (ONLY, "i have another question", None),
        (ONLY, "i have another order", "no"),
        (ONLY, "i have one more", "no"),
    ],
)
def test_whether_more_is_left(prompt: str, text: str, expected: str | None) -> None:
    assert understood(prompt, text) == expected
