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
