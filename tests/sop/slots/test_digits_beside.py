"""Digits that are followed by those of something else."""

from dataclasses import replace

import pytest

from sop.slots.digits import Digits
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

ORDER = replace(
    SPEC, type="digits", prompt="What's your order number?", names=("order number",), lengths=(6, 7, 8, 9, 10)
)
ZIP = replace(SPEC, type="digits", prompt="What's your ZIP code?", names=("my zip", "zip code"), lengths=(5,))


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("four four two one seven seven five five and my zip is six oh six one four", "44217755"),
        ("44217755 zip code 60614", "44217755"),
        ("four four two one seven seven five five my phone number is 415 555 0199", "44217755"),
        ("order number 44217755 and the zip is 60614", "44217755"),
        ("44217755 and my date of birth is march third nineteen eighty five", "44217755"),
        ("four four two one and my zip is six oh six one four", None),
        ("44217755 or 44217756 and my zip is 60614", None),
        ("four four two one seven seven house five five and my zip is six oh six one four", None),
    ],
)
def test_the_digits_of_something_else_are_cut(text: str, digits: str | None) -> None:
    found = Digits().parse(split_words(text), ORDER, Context(NOW))
    assert (found.value if isinstance(found, Found) else None) == digits


@pytest.mark.parametrize(
    "text",
    [
        "it's my zip code six oh six one four",
        "one zip code 60614",
        "my zip is six oh six one four and my phone number is 415 555 0199",
    ],
)
def test_digits_behind_the_slots_own_name_stay(text: str) -> None:
    found = Digits().parse(split_words(text), ZIP, Context(NOW))
    assert isinstance(found, Found)
    assert found.value == "60614"


def test_a_number_that_is_only_something_elses_is_not_cut_to_nothing() -> None:
    assert Digits().parse(split_words("my zip is six oh six one four"), ORDER, Context(NOW)) == Doubt("length")
