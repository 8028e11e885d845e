"""Free text keeps what was said."""

import pytest

from sop.slot_spec import SlotSpec
from sop.slots.free_text import FreeText
from sop.slots.slot_type import Context, Found
from sop.words import split_words
from tests.sop.spoken import NOW, understood

EMPLOYER = SlotSpec("employer", "free_text", "Who do you work for?", "the employer", names=("the company",))
INSURER = SlotSpec("insurer", "free_text", "Which company insures you today?", "the insurer", names=("my insurer",))
RECIPIENT = SlotSpec("recipient", "free_text", "Whom is the message for?", "whom it is for")
MESSAGE = SlotSpec("message", "free_text", "What's the message?", "the message", names=("my message",))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("um the gate is uh open", "the gate is open"),
        ("please ring the bell twice", "please ring the bell twice"),
        ("i would like a copy", "i would like a copy"),
        ("it sounds like a dog please hurry", "it sounds like a dog please hurry"),
        ("okay so well the gate is open", "the gate is open"),
        ("the water is not okay so call me", "the water is not okay so call me"),
        ("um", None),
        ("well um", None),
        ("", None),
    ],
)
def test_keeps_the_words(text: str, kept: str | None) -> None:
    assert understood(FreeText(), text) == kept


def test_is_bounded() -> None:
    found = FreeText().parse(split_words("word " * 190), MESSAGE, Context(NOW))
    assert isinstance(found, Found) and len(found.value) <= 300


@pytest.mark.parametrize(
    ("spec", "text", "kept"),
    [
        (EMPLOYER, "i work for walmart", "walmart"),
        (EMPLOYER, "for walmart", "walmart"),
        (EMPLOYER, "the company is acme trucking", "acme trucking"),
        (EMPLOYER, "well it's called acme trucking", "acme trucking"),
        (EMPLOYER, "the name is acme", "acme"),
        (EMPLOYER, "i think it's acme", "acme"),
        (EMPLOYER, "acme trucking it's a small company", "acme trucking it's a small company"),
        (INSURER, "i'm with geico", "geico"),
        (INSURER, "my insurer is state farm", "state farm"),
        (INSURER, "for now it's geico", "for now it's geico"),
        (RECIPIENT, "for bob", "bob"),
        (RECIPIENT, "it's for the dentist", "the dentist"),
        (RECIPIENT, "it's called", None),
        (MESSAGE, "it's for my mother she can't come", "it's for my mother she can't come"),
        (MESSAGE, "i work for the city and i need a permit", "i work for the city and i need a permit"),
        (MESSAGE, "i think the back door is open", "i think the back door is open"),
    ],
)
def test_what_stands_before_a_name_is_not_kept(spec: SlotSpec, text: str, kept: str | None) -> None:
    found = FreeText().parse(split_words(text), spec, Context(NOW))
    assert (found.value if isinstance(found, Found) else None) == kept
