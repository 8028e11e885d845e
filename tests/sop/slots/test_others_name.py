"""Names of people other than the caller, told beside the caller's or in its place."""

from dataclasses import replace

import pytest

from sop.slots.person_name import PersonName
from sop.slots.slot_type import Context, Found
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC, understood

KIND = PersonName()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is karen mitchell and my husband's name is greg", "Karen Mitchell"),
        ("my name is karen mitchell and my husband's first name is greg", "Karen Mitchell"),
        ("it's karen mitchell and my landlord's name is bob stone", "Karen Mitchell"),
        ("karen mitchell his name is greg", "Karen Mitchell"),
        ("my name is karen mitchell and my dogs name is peanut", "Karen Mitchell"),
        ("my dog's name is peanut and my name is karen mitchell", "Karen Mitchell"),
        ("my husband's name is greg stone and mine is private", "Greg Stone"),
        ("my husband's name is greg stone", "Greg Stone"),
        ("my landlord's name is bob stone", "Bob Stone"),
        ("greg no sorry my husband's name is greg stone", "Greg Stone"),
        ("i'm not the owner my husband's name is greg stone", "Greg Stone"),
        ("for my mother her name is dorothy lane", "Dorothy Lane"),
        ("my name is karen mitchell i'm calling for my mother her name is dorothy lane", "Dorothy Lane"),
        ("my name is karen mitchell and the patient's name is emma stone", "Emma Stone"),
        ("my dog's name is peanut", None),
        ("no my pet's name is mack", None),
    ],
)
def test_the_name_of_somebody_else_is_not_the_callers(text: str, name: str | None) -> None:
    assert understood(KIND, text) == name


def test_a_name_of_somebody_who_may_not_be_meant_has_to_be_confirmed() -> None:
    found = KIND.parse(split_words("my landlord's name is bob stone"), SPEC, Context(NOW))
    assert isinstance(found, Found)
    assert found.certainty < 0.5


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("yes and my husband's name is greg he'll be there", None),
        ("no my pet's name is mack", None),
        ("my wife's name is rosa ruiz", None),
        ("yes my name is karen mitchum and my husband's name is greg", "Karen Mitchum"),
        ("her name is dorothy lane", "Dorothy Lane"),
    ],
)
def test_under_another_question_a_name_is_not_a_relatives(text: str, name: str | None) -> None:
    found = KIND.find(split_words(text), SPEC, Context(NOW, "Karen Mitchell", asked=False))
    assert (found.value if found else None) == name


def test_a_slot_that_goes_by_an_owner_takes_that_name() -> None:
    spec = replace(SPEC, names=("the dog's name", "other driver's name", "his name"))
    for text, name in (
        ("my dog's name is peanut", "Peanut"),
        ("the other driver's name is bob stone", "Bob Stone"),
        ("my name is karen mitchell and his name is bob stone", "Bob Stone"),
    ):
        found = KIND.parse(split_words(text), spec, Context(NOW))
        assert isinstance(found, Found)
        assert found.value == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the name is karen mitchel without the second l", "Karen Mitchel"),
        ("karen mitchell without a hyphen", "Karen Mitchell"),
        ("my name is greg he'll be there", "Greg"),
        ("my name is greg stone we'll both be there", "Greg Stone"),
        ("siobhan d'angelo", "Siobhan D'Angelo"),
    ],
)
def test_a_name_ends_before_words_that_are_no_names(text: str, name: str) -> None:
    assert understood(KIND, text) == name
