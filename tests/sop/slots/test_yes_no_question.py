"""One and the same answer under different questions: "no, nothing" to a danger is a no, to "was that everything?" a
yes."""

from dataclasses import replace

import pytest

from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.yes_no import YesNo
from sop.slots.yes_no_question import Asking, asking_of
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

DANGER = "Before we go on, is there heavy bleeding, or swelling that makes it hard to breathe or swallow?"
GAS = "Could it be gas, or something like rotten eggs?"
HURT = "Were you or somebody with you hurt?"
LAWYER = "Do you already have a lawyer for this accident?"
TEXT = "May I text you a confirmation?"
BOOK = "Let me read that back. Dana, at four. Shall I book it?"
WORKS = "I can offer you Monday. Does that work for you?"
RIGHT = "I have Dana Whitfield. Is that right?"
DONE = "Was that everything for today? If not, just tell me what else you need."
MORE = "Is there anything else I can help you with?"
HELPED = "Did that help?"
SAFE = "Are you in a safe place, away from traffic?"
NEIGHBORS = "Are your neighbors out too?"
PET = "Are you bringing a pet?"
HURT_BOTH = "Are you hurt, or is anyone with you hurt?"


def understood(prompt: str, text: str) -> str | None:
    spec = replace(SPEC, type="yes_no", prompt=prompt)
    found = YesNo().parse(split_words(text), spec, Context(NOW))
    assert not isinstance(found, Doubt)
    return found.value if isinstance(found, Found) else None


@pytest.mark.parametrize(
    ("prompt", "asking"),
    [
        (DANGER, Asking.FACT),
        (GAS, Asking.FACT),
        (HURT, Asking.FACT),
        (LAWYER, Asking.FACT),
        ("Is anyone in the hospital right now because of it?", Asking.FACT),
        (TEXT, Asking.OFFER),
        (BOOK, Asking.OFFER),
        (WORKS, Asking.OFFER),
        ("May I check your credit? It's a soft inquiry, so it doesn't change your score.", Asking.OFFER),
        ("So you would pay ten dollars a month. Do you agree to that?", Asking.OFFER),
        (RIGHT, Asking.READ_BACK),
        ("Let me read that back. Is that all right?", Asking.READ_BACK),
        ("Is the number you're calling from, ending in {caller_ending}, the best one to reach you?", Asking.READ_BACK),
        (DONE, Asking.DONE),
        ("Is that the only order you're calling about?", Asking.DONE),
        ("Is that all for today?", Asking.DONE),
        (MORE, Asking.MORE),
        (HELPED, Asking.OTHER),
        ("What?", Asking.OTHER),
        ("", Asking.OTHER),
    ],
)
def test_what_is_asked(prompt: str, asking: Asking) -> None:
    assert asking_of(prompt) is asking


@pytest.mark.parametrize("prompt", [DANGER, GAS, HURT, LAWYER])
@pytest.mark.parametrize(
    "text",
    [
        "no nothing like that",
        "No, nothing like that.",
        "nothing like that",
        "nope nothing",
        "no nothing",
        "no nothing at all",
        "none of that",
        "no none of those",
        "no it's fine",
        "no all good",
        "no there's nothing wrong",
        "never",
        "of course not",
        "absolutely not",
        "certainly not",
        "there sure isn't",
        "sure isn't",
        "i don't think so",
        "no nothing like that just a toothache",
    ],
)
def test_no_danger(prompt: str, text: str) -> None:
    assert understood(prompt, text) == "no"


@pytest.mark.parametrize("prompt", [DANGER, GAS, HURT])
@pytest.mark.parametrize(
    "text",
    [
        "nothing",
        "nothing else",
        "nothing's wrong",
        "it's fine",
        "everything is fine",
        "all good",
        "fine",
        "good",
        "okay",
        "no problem",
        "not a problem",
        "no that's right",
        "no doubt",
        "no worries",
        "no nothing like that but it is swollen",
        "no nothing well yes a bit",
    ],
)
def test_unclear_under_a_danger(prompt: str, text: str) -> None:
    assert understood(prompt, text) is None


@pytest.mark.parametrize("prompt", [DANGER, GAS, HURT, LAWYER])
@pytest.mark.parametrize("text", ["yes", "yeah there is", "yes please hurry", "uh huh", "i think so", "definitely"])
def test_a_danger(prompt: str, text: str) -> None:
    assert understood(prompt, text) == "yes"


@pytest.mark.parametrize(
    ("prompt", "text", "expected"),
    [
        (TEXT, "that's fine", "yes"),
        (TEXT, "no problem", "yes"),
        (TEXT, "not a problem", "yes"),
        (TEXT, "sure", "yes"),
        (TEXT, "no that's fine", None),
        (TEXT, "no that's okay", None),
        (TEXT, "no nothing", "no"),
        (TEXT, "no i'm good", "no"),
        (TEXT, "nothing", None),
        (TEXT, "no worries", None),
        (TEXT, "certainly not", "no"),
        (WORKS, "no that's fine", None),
        (WORKS, "that's perfect", "yes"),
        (WORKS, "nothing's wrong", None),
        (WORKS, "sure doesn't", "no"),
        (BOOK, "no nothing else", "no"),
        (RIGHT, "no that's right", "yes"),
        (RIGHT, "no that's fine", "yes"),
        (RIGHT, "no there's nothing wrong", "yes"),
        (RIGHT, "no changes", "yes"),
        (RIGHT, "nothing", None),
        (RIGHT, "no nothing", None),
        (RIGHT, "no nothing like that", None),
        (RIGHT, "none", None),
        (RIGHT, "no doubt", None),
        (RIGHT, "sure isn't", "no"),
        (DONE, "nothing else", "yes"),
        (DONE, "no nothing else thank you", "yes"),
        (DONE, "no that's all", "yes"),
        (DONE, "no that's it", "yes"),
        (DONE, "nothing else but my name is wrong", None),
        (DONE, "no thanks nothing else", "yes"),
        (DONE, "no thank you", None),
        (TEXT, "no thank you", "no"),
        (RIGHT, "no thank you", "no"),
        (DONE, "none of that", None),
        (MORE, "nothing else", "no"),
        (MORE, "no nothing else", "no"),
        (MORE, "nothing", "no"),
        (MORE, "that's it thanks", "no"),
        (MORE, "that's all", "no"),
        (MORE, "no that's it", "no"),
        (MORE, "no i'm good", "no"),
        (MORE, "yes please", "yes"),
        (HELPED, "perfect", "yes"),
        (HELPED, "nothing", None),
        (HELPED, "no nothing", "no"),
        (HELPED, "sure didn't", "no"),
    ],
)
def test_what_an_answer_means_depends_on_the_question(prompt: str, text: str, expected: str | None) -> None:
    assert understood(prompt, text) == expected


@pytest.mark.parametrize(
    ("prompt", "text", "expected"),
    [
        (SAFE, "i'm not in a safe place", "no"),
        (SAFE, "we're not safe", "no"),
        (SAFE, "we are not safe", "no"),
        (SAFE, "we aren't safe", "no"),
        (SAFE, "um i'm not in a safe spot right now", "no"),
        (SAFE, "yeah i'm not in a safe place", "no"),
        (SAFE, "yes we're not safe", "no"),
        (SAFE, "no we're not safe", "no"),
        (SAFE, "i'm in a safe place", "yes"),
        (SAFE, "I'm in a safe place, away from traffic.", "yes"),
        (SAFE, "we're safe", "yes"),
        (SAFE, "we're safe now thank you", "yes"),
        (SAFE, "we're somewhere safe", "yes"),
        (SAFE, "we're all safe", "yes"),
        (SAFE, "i'm in traffic", None),
        (SAFE, "i'm in a place", None),
        (SAFE, "i'm in a", None),
        (SAFE, "i'm in a safe place but the car isn't", None),
        (SAFE, "i was safe", None),
        (SAFE, "i'm not far from traffic", None),
        (SAFE, "we're almost safe", None),
        (SAFE, "my wife is safe", None),
        (SAFE, "is it a safe place", None),
        (SAFE, "am i safe", None),
        ("Are you hurt?", "i'm hurt", "yes"),
        ("Are you hurt?", "we're not hurt", "no"),
        ("Are you hurt?", "we're not all hurt", None),
        ("Are you hurt?", "i'm not badly hurt", None),
        ("Are you hurt?", "i'm not hurt but my wife is", None),
        ("Are you and your family safe?", "i'm safe", None),
        ("Are you safe, and is everyone out of the house?", "we're safe", None),
        ("Are you safe, and is everyone out of the house?", "we're not safe", "no"),
        ("Are you okay, is anyone hurt?", "we're okay", None),
        (HURT_BOTH, "i'm hurt", "yes"),
        (HURT_BOTH, "i'm not hurt", None),
        (NEIGHBORS, "my neighbors are out", "yes"),
        (NEIGHBORS, "our neighbors are out too", "yes"),
        (NEIGHBORS, "my neighbors are not out", "no"),
        (NEIGHBORS, "the neighbors aren't out", "no"),
        (NEIGHBORS, "they're out too", "yes"),
        (NEIGHBORS, "they are not out", "no"),
        (NEIGHBORS, "my lights are out", None),
        (NEIGHBORS, "they are", None),
        (NEIGHBORS, "they're not home", None),
        ("Is the bleeding heavy?", "the bleeding is heavy", "yes"),
        ("Is the bleeding heavy?", "the bleeding isn't heavy", "no"),
        ("Is the bleeding heavy?", "it's heavy", "yes"),
        ("Is everyone out of the house?", "everybody is out of the house", "yes"),
        ("Is everyone out of the house?", "not everyone is out of the house", None),
        ("Is it an emergency?", "it's an emergency", "yes"),
        ("Is there a dog in the yard?", "there's a dog in the yard", "yes"),
        ("Is there a dog in the yard?", "there is no dog in the yard", "no"),
        ("Is there a dog in the yard?", "there's a dog", None),
        (PET, "we are not bringing a pet", "no"),
        (PET, "i'm not bringing any pets", "no"),
        (PET, "we're bringing our pet", "yes"),
        (PET, "we're bringing", None),
        (PET, "we're bringing a child", None),
        ("Were you in the car?", "i was in the car", "yes"),
        ("Were you in the car?", "i wasn't in the car", "no"),
        ("Were you in the car?", "i'm in the car", None),
        ("Are you a new patient?", "i'm new", "yes"),
        ("Are you a new patient?", "i'm a patient", None),
        ("Are you home alone?", "i'm home", None),
        ("Are you calling from your cell phone?", "i'm calling about my cell phone", None),
        ("Where are you?", "i'm safe", None),
        (RIGHT, "it's right", "yes"),
    ],
)
def test_the_question_said_back(prompt: str, text: str, expected: str | None) -> None:
    assert understood(prompt, text) == expected
