"""A yes or a no that is taken back, held to a part, or doubted by what stands behind it."""

from dataclasses import replace

import pytest

import sop
from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.yes_no import YesNo
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

DANGER = "Before we go on, is there heavy bleeding, or swelling that makes it hard to breathe or swallow?"
GAS = "Could it be gas, or something like rotten eggs?"
HURT = "Were you or somebody with you hurt?"
HOSPITAL = "Is anyone in the hospital right now because of it?"
TREATED = "Has a doctor treated the injuries?"
LAWYER = "Do you already have a lawyer for this accident?"
OWNS = "Do you own the home, or will you soon?"
INSURED = "Do you have dental insurance?"
SAFE = "Are you in a safe place, away from traffic?"
WORKS = "I can offer you Monday. Does that work for you?"
RIGHT = "I have Dana Whitfield. Is that right?"
CREDIT = "May I check your credit? It's a soft inquiry, so it doesn't change your score."
CALLS = "May we call or text you back, also with automated calls? You don't have to agree. Please say yes or no."
TEXT = "May I text you a confirmation?"
CANCEL = "I see your appointment on Monday. Shall I cancel it?"


def understood(prompt: str, text: str) -> str | None:
    spec = replace(SPEC, type="yes_no", prompt=prompt)
    found = YesNo().parse(split_words(text), spec, Context(NOW))
    assert not isinstance(found, Doubt)
    return found.value if isinstance(found, Found) else None


@pytest.mark.parametrize("prompt", [CANCEL, CREDIT, CALLS, TEXT, WORKS, OWNS, HURT])
@pytest.mark.parametrize(
    "text",
    [
        "yes i mean no",
        "yes i mean no don't",
        "yeah i mean no don't do that",
        "yes i meant no",
        "yes i meant no i don't",
        "sure i mean no thanks",
        "yes yes i mean no sorry",
        "yes please i mean no i'd rather not",
    ],
)
def test_a_yes_is_taken_back(prompt: str, text: str) -> None:
    assert understood(prompt, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "yes i mean don't cancel it",
        "yes i mean keep it",
        "yes i mean i want to move it",
        "yes cancel it i mean no don't cancel it",
        "yes cancel it no wait don't cancel it",
        "yes cancel it actually don't",
        "yes cancel it sorry not that one",
        "yes keep it",
        "yes i want to keep it",
    ],
)
def test_an_appointment_is_not_cancelled(text: str) -> None:
    assert understood(CANCEL, text) is None


@pytest.mark.parametrize("prompt", [CANCEL, CREDIT, WORKS, RIGHT])
@pytest.mark.parametrize(
    "text",
    ["yes i mean yes", "yes i mean sure", "yeah i mean that's fine", "yes i mean it", "yes please"],
)
def test_a_yes_is_said_again(prompt: str, text: str) -> None:
    assert understood(prompt, text) == "yes"


@pytest.mark.parametrize(
    ("prompt", "text", "expected"),
    [
        (CALLS, "yes text but don't call", None),
        (CALLS, "yes text me only", None),
        (CALLS, "yes text no calls", None),
        (CALLS, "yes but not with automated calls", None),
        (CALLS, "yes you can email me", None),
        (CALLS, "you can write me a letter", None),
        (CALLS, "call no text yes", None),
        (CALLS, "yes just text me", None),
        (CALLS, "yes just do it", "yes"),
        (TEXT, "yes just text me", "yes"),
        (CALLS, "texting is fine but no calls", None),
        (CALLS, "yes you can call me", "yes"),
        (CALLS, "yes you can text or call", "yes"),
        (CALLS, "yes you can go ahead", "yes"),
        (CALLS, "yes that's no problem", "yes"),
        (CREDIT, "yes you can check my credit", "yes"),
        (CREDIT, "yes check it if you don't mind", "yes"),
        (CREDIT, "yes check it but not today", None),
        (CREDIT, "no issue", None),
        (CREDIT, "no issues", None),
        (CREDIT, "no objection", None),
        (TEXT, "yes you can text me", "yes"),
        (TEXT, "yes you can call me", None),
        (DANGER, "no issues", "no"),
    ],
)
def test_a_consent_is_held_to_what_is_said(prompt: str, text: str, expected: str | None) -> None:
    assert understood(prompt, text) == expected


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        (DANGER, "no but i can hardly swallow"),
        (DANGER, "no but the bleeding is heavy"),
        (DANGER, "no but my throat feels tight"),
        (DANGER, "i don't think so but i feel like i'm choking"),
        (DANGER, "no only bleeding"),
        (DANGER, "no just a little bleeding"),
        (DANGER, "no just some swelling"),
        (DANGER, "no there is some swelling"),
        (DANGER, "no nothing like that only swelling"),
        (DANGER, "no idea"),
        (HURT, "no but my wife was"),
        (HURT, "no but"),
        (HURT, "no nobody but me"),
        (HURT, "no but i think so"),
        (GAS, "no but it could be"),
        (DANGER, "no but it is"),
        (DANGER, "no my face is swelling"),
        (DANGER, "no a little bleeding"),
        (DANGER, "no only when i swallow"),
        (CREDIT, "yes no objection"),
        (HURT, "no i wasn't but my wife was"),
        (HURT, "no only me"),
        (HURT, "no just my daughter"),
        (HURT, "no but my daughter broke her leg"),
        (HOSPITAL, "no but my mother is"),
        (HOSPITAL, "no not me but my son is"),
        (HOSPITAL, "no only my mother"),
        (TREATED, "no but the hospital did"),
        (GAS, "no i think it's gas"),
        (GAS, "no it's gas"),
        (GAS, "no it smells like eggs"),
        (GAS, "no more like eggs"),
        (GAS, "no it's more like sulfur"),
        (GAS, "no idea"),
        (GAS, "no idea what it is"),
        (GAS, "no clue"),
        (INSURED, "no but my husband does"),
    ],
)
def test_a_no_leaves_it_open(prompt: str, text: str) -> None:
    assert understood(prompt, text) is None


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        (DANGER, "no just a toothache"),
        (DANGER, "no only a toothache"),
        (DANGER, "no nothing like that just a toothache"),
        (DANGER, "no there's no bleeding or swelling"),
        (DANGER, "no bleeding no swelling"),
        (DANGER, "no but thank you"),
        (DANGER, "no i think it's just a cavity"),
        (HURT, "no nobody was hurt"),
        (HURT, "no i wasn't hurt"),
        (HURT, "no we were lucky"),
        (DANGER, "no only when i brush"),
        (DANGER, "no my gums are fine"),
        (DANGER, "no but thanks for asking"),
        (HOSPITAL, "no nobody is in the hospital"),
        (HOSPITAL, "no they're all home"),
        (GAS, "no it's not gas"),
        (GAS, "no i don't think it's gas"),
        (GAS, "no it's more of a burnt smell"),
        (GAS, "no i think it's just dust"),
        (LAWYER, "no i don't have a lawyer"),
        (LAWYER, "no lawyer"),
        (OWNS, "no i don't own it"),
        (OWNS, "no i rent"),
        (INSURED, "no dental insurance"),
        (INSURED, "no just cash"),
    ],
)
def test_a_no_stays_a_no(prompt: str, text: str) -> None:
    assert understood(prompt, text) == "no"


@pytest.mark.parametrize("prompt", [HURT, HOSPITAL, GAS, DANGER, INSURED])
@pytest.mark.parametrize(
    "text",
    [
        "we are okay",
        "i am okay",
        "we are well",
        "i was okay",
        "it is okay",
        "he is ok",
        "she is fine",
        "yes we are okay",
        "we are okay thank you",
        "they were okay",
    ],
)
def test_who_is_well_does_not_say_yes(prompt: str, text: str) -> None:
    assert understood(prompt, text) is None


@pytest.mark.parametrize(
    ("prompt", "text", "expected"),
    [
        (HURT, "okay we were", "yes"),
        (HURT, "well i was", "yes"),
        (HURT, "um we are", "yes"),
        (HURT, "yes i was", "yes"),
        (GAS, "it is", "yes"),
        (SAFE, "yes we are okay", "yes"),
        (RIGHT, "it is okay", "yes"),
        (TEXT, "i am okay", None),
        (TEXT, "we are okay thanks", None),
        (WORKS, "well i am", "yes"),
    ],
)
def test_a_filler_before_an_answer(prompt: str, text: str, expected: str | None) -> None:
    assert understood(prompt, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "it could be",
        "it could",
        "yes it could be",
        "i think it could be",
        "it might be",
        "it might",
        "could be",
        "might be",
        "maybe",
        "possibly",
        "maybe it's gas",
        "it could be i guess",
        "maybe yes",
        "it may be",
        "it could be gas",
        "i think it could be gas",
        "it could be rotten eggs",
        "it could be something like that",
        "well it could be a gas leak",
    ],
)
def test_it_could_be(text: str) -> None:
    assert understood(GAS, text) == "yes"


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        (GAS, "it could be something else"),
        (GAS, "it could be the neighbors"),
        (GAS, "it could be something"),
        (GAS, "maybe not"),
        (GAS, "maybe later"),
        (GAS, "it could be gas or not"),
        (GAS, "it couldn't be"),
        (GAS, "could it be"),
        (DANGER, "it could be"),
        (DANGER, "maybe"),
        (CREDIT, "maybe"),
        (CREDIT, "it could be"),
        (CANCEL, "possibly"),
        (RIGHT, "it could be"),
        (RIGHT, "it might be"),
    ],
)
def test_it_could_be_says_no_more_than_that(prompt: str, text: str) -> None:
    assert understood(prompt, text) != "yes"


@pytest.mark.parametrize("text", ["yes i mean no don't cancel", "yes i mean keep it", "yes i meant no"])
def test_a_call_goes_on_where_a_cancelling_is_taken_back(text: str) -> None:
    call = sop.Conversation(sop.load("dental_booking"), caller="+14155550134", now="2026-11-23T10:00:00-05:00")
    for said in ("i need to cancel my appointment", "karen mitchell", "may fifth nineteen eighty"):
        call.hear(said)
    call.hear(text)
    assert call.state.outcome is None


@pytest.mark.parametrize("text", ["it could be", "it might be", "it could be gas", "yes it could be"])
def test_gas_is_heard(text: str) -> None:
    call = sop.Conversation(sop.load("after_hours_hvac"), caller="+14155550134", now="2026-11-23T10:00:00-05:00")
    call.hear("there's a weird smell")
    call.hear(text)
    assert call.state.step == "on_call"
