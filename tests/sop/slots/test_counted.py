"""What else is counted beside a number: another one for the same thing, more of the same kind, other things."""

from dataclasses import replace

import pytest

from sop.slots.number import Number
from sop.slots.slot_type import Context
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC, understood

KIND = Number()
ROOMS = replace(SPEC, prompt="How many bedrooms are there?", label="the number of bedrooms", names=("bedrooms",))
NIGHTS = replace(SPEC, prompt="For how many nights?", label="the number of nights", names=("nights",))
GUESTS = replace(SPEC, prompt="And how many guests in all?", label="the number of guests", names=("guests", "people"))
CARS = replace(SPEC, prompt="How many vehicles would you like to insure?", names=("vehicles", "vehicle", "cars"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("one or two nights", "?several"),
        ("two to three nights", "?several"),
        ("one maybe two nights", "?several"),
        ("two nights or three", "?several"),
        ("between two and four nights", "?several"),
        ("three or maybe even four nights", "?several"),
        ("two nights and one of us is early", "2"),
        ("three nights and two", "?several"),
        ("two nights no three", "3"),
        ("three not four nights", "3"),
        ("two nights i said two", "2"),
        ("three nights and two rooms", "3"),
        ("three nights two rooms", "3"),
        ("two nights no four guests", "2"),
    ],
)
def test_a_number_that_stands_for_the_named_one_is_not_dropped(text: str, value: str) -> None:
    assert understood(KIND, text, NIGHTS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two cars and two motorcycles", "?several"),
        ("two cars and a truck", "?several"),
        ("a truck and two cars", "?several"),
        ("two cars plus my boat", "?several"),
        ("two plus a trailer", "?several"),
        ("two cars and i need a quote", "2"),
        ("two cars and a garage", "2"),
        ("two vehicles my car and my truck", "2"),
        ("three vehicles including a truck", "3"),
        ("one car and one driver", "1"),
    ],
)
def test_more_of_the_same_kind_is_not_left_out(text: str, value: str) -> None:
    assert understood(KIND, text, CARS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two adults and two kids", "?several"),
        ("two adults two kids", "?several"),
        ("two people with a baby", "?several"),
        ("me and my two kids", "?several"),
        ("me plus three", "?several"),
        ("my wife and two kids", "?several"),
        ("two of us and a baby", "?several"),
        ("two guests and me", "?several"),
        ("two and two", "?several"),
        ("me and my wife so two", "2"),
        ("four guests two rooms", "4"),
        ("two people and a dog", "2"),
        ("two guests and i have a question", "2"),
        ("two guests please and thank you", "2"),
    ],
)
def test_people_are_counted_all_together(text: str, value: str) -> None:
    assert understood(KIND, text, GUESTS) == value


def test_two_things_that_nobody_asked_for_are_not_one() -> None:
    spec = replace(SPEC, prompt="How many openings are there?", names=("openings",))
    assert understood(KIND, "two windows and two doors", spec) == "?several"


@pytest.mark.parametrize(
    ("text", "nights", "guests", "bedrooms"),
    [
        ("i need two bedrooms for four people", None, "4", "2"),
        ("no it's four guests and three nights", "3", "4", None),
        ("three nights two bedrooms", "3", None, "2"),
        ("the guests are four", None, "4", None),
        ("two or three nights for four guests", None, "4", None),
        ("three nights at two hundred dollars", "3", None, None),
    ],
)
def test_volunteered_beside_other_counts(
    text: str, nights: str | None, guests: str | None, bedrooms: str | None
) -> None:
    found = [KIND.find(split_words(text), spec, Context(NOW)) for spec in (NIGHTS, GUESTS, ROOMS)]
    assert [one.value if one else None for one in found] == [nights, guests, bedrooms]
