"""A choice by its phrases, by its place and by a key."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.slot_spec import Option, SlotSpec
from sop.slots.choice import Choice
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

KIND = Choice()
OPTIONS = (
    Option("no_heat", "no heat", ("furnace quit", "no heat")),
    Option("leak", "a leak", ("leaking", "water")),
    Option("second_floor", "the upper unit", ("second floor",)),
    Option("other", "something else", ("something else",)),
)
FOUR = replace(SPEC, type="choice", options=OPTIONS)
TWO = replace(FOUR, options=(Option("day", "by day", ("daytime",)), Option("evening", "in the evening", ("evening",))))
THREE = replace(FOUR, options=OPTIONS[:3])


def read(text: str, spec: SlotSpec = FOUR) -> str | tuple[str, ...] | None:
    match KIND.parse(split_words(text), spec, Context(NOW)):
        case Found(value=value):
            return value
        case Doubt(reason="ambiguous", choices=choices):
            return choices
        case Doubt() as doubt:
            raise AssertionError(doubt)
        case None:
            return None


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("the first", "no_heat"),
        ("the first one", "no_heat"),
        ("the first one please", "no_heat"),
        ("uh the second one", "leak"),
        ("second", "leak"),
        ("i'll take the second", "leak"),
        ("the second option", "leak"),
        ("the 2nd one", "leak"),
        ("that would be the third one", "second_floor"),
        ("number two", "leak"),
        ("number 2", "leak"),
        ("option three", "second_floor"),
        ("choice four please", "other"),
        ("the last one", "other"),
        ("the last", "other"),
        ("my furnace quit", "no_heat"),
        ("it is on the second floor", "second_floor"),
        ("the first or the second", ("no_heat", "leak")),
        ("either", ("no_heat", "leak", "second_floor")),
        ("either one is fine", ("no_heat", "leak", "second_floor")),
        ("both", ("no_heat", "leak", "second_floor")),
        ("both of them", ("no_heat", "leak", "second_floor")),
        ("the furnace quit and it is leaking water", ("no_heat", "leak")),
        ("both of them are cold the furnace quit", "no_heat"),
        ("the fifth one", None),
        ("number nine", None),
        ("number zero", None),
        ("not the first one", None),
        ("neither", None),
        ("one second", None),
        ("just a second", None),
        ("give me a second", None),
        ("wait a second please", None),
        ("this is the second time", None),
        ("it's the first time i am calling about it", None),
        ("the first two", None),
        ("one", None),
        ("the one", None),
        ("my number two daughter", None),
        ("last week", None),
        ("third street", None),
        ("both my kids are sick", None),
        ("the third of march", None),
        ("the latter", None),
        ("the middle one", None),
        ("hello", None),
        ("", None),
    ],
)
def test_says(text: str, option: str | tuple[str, ...] | None) -> None:
    assert read(text) == option


def test_two_and_three_options() -> None:
    assert read("the former", TWO) == "day"
    assert read("the latter", TWO) == "evening"
    assert read("the third one", TWO) is None
    assert read("the middle one", THREE) == "leak"
    assert read("the last one", THREE) == "second_floor"


def test_the_same_words_for_two_options_are_asked_about() -> None:
    spec = replace(FOUR, options=(Option("a", "a pipe", ("leaking",)), Option("b", "a roof", ("leaking",))))
    assert read("it is leaking", spec) == ("a", "b")


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("three", "second_floor"),
        ("number to", "leak"),
        ("the second won", "leak"),
        ("a second one please", "leak"),
        ("number four four", "other"),
        ("no heat no sorry something else", "other"),
        ("water i mean the furnace quit", "no_heat"),
        ("not water the furnace quit", "no_heat"),
        ("not water", None),
    ],
)
def test_corrections_and_numbers(text: str, option: str | None) -> None:
    assert read(text) == option


COLD = Option("cold", "that it's cold", ("it's cold", "seen before", "more than", "person"))


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("it could be", None),
        ("i think it could be", None),
        ("seven before", None),
        ("more thanks", None),
        ("it's cold", "cold"),
        ("it is colde in here it's colld", "cold"),
        ("the furnece quit", "no_heat"),
    ],
)
def test_a_common_word_is_not_taken_for_another(text: str, option: str | None) -> None:
    assert read(text, replace(FOUR, options=(*OPTIONS, COLD))) == option


LEVELS = replace(
    FOUR,
    prompt="Basic, standard, or full coverage?",
    options=(
        Option("basic", "basic coverage", ("basic", "cheapest")),
        Option("standard", "standard coverage", ("standard",)),
        Option("full", "full coverage", ("full",)),
    ),
)


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("basic is too little", None),
        ("i think basic coverage is too little", None),
        ("full isn't necessary", None),
        ("full is not necessary", None),
        ("full coverage is too expensive", None),
        ("the cheapest is not good", None),
        ("basic isn't enough", None),
        ("full is too expensive basic please", "basic"),
        ("basic is too little so standard", "standard"),
        ("basic is enough", "basic"),
        ("basic is fine", "basic"),
        ("full is necessary", "full"),
        ("full", "full"),
        ("full is not too expensive", "full"),
    ],
)
def test_an_option_that_is_found_wanting_is_not_chosen(text: str, option: str | None) -> None:
    assert read(text, LEVELS) == option


def test_a_complaint_about_ones_own_thing_is_no_refusal() -> None:
    assert read("the water isn't good") == "leak"


SEVERITY = replace(
    FOUR,
    options=(
        Option("stuck", "that you're stuck", ("can't work", "losing money")),
        Option("around", "that you can work around it", ("work around",)),
        Option("minor", "that it's a small thing", ("not that bad", "small thing")),
    ),
)


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("not that bad but i can't work", ("minor", "stuck")),
        ("it's not that bad but i can not work", ("minor", "stuck")),
        ("i can't work but it's a small thing", ("stuck", "minor")),
        ("it's a small thing but we're losing money", ("minor", "stuck")),
        ("it's a small thing but i don't like it", "minor"),
        ("it's annoying but not that bad", "minor"),
        ("but it's a small thing", "minor"),
        ("it's a small thing but really a small thing", "minor"),
    ],
)
def test_a_but_between_two_options_leaves_both(text: str, option: str | tuple[str, ...] | None) -> None:
    assert read(text, SEVERITY) == option


def test_a_longer_phrase_holds_a_shorter_one() -> None:
    options = (
        Option("smell", "a smell", ("there's a smell", "it smells")),
        Option("burning", "burning", ("burning smell", "smells burning")),
        Option("gas", "gas", ("=it's gas",)),
        Option("unit", "the unit", ("<unit> <dead>",)),
        Option("thermostat", "the thermostat", ("thermostat <dead>",)),
    )
    groups = (("unit", ("thermostat", "fan")), ("dead", ("isn't working", "quit")))
    spec, kind = replace(FOUR, options=options), Choice(groups)
    said = {
        "there's a burning smell from the furnace": "burning",
        "it smells like burning plastic": "burning",
        "it smells in here": "smell",
        "it's gas please hurry": "gas",
        "the thermostat isn't working": "thermostat",
        "the fan isn't working": "unit",
    }
    for text, option in said.items():
        found = kind.parse(split_words(text), spec, Context(NOW))
        assert isinstance(found, Found) and found.value == option, text


def test_a_place_is_never_volunteered() -> None:
    for text in ("the second one", "number two", "either"):
        assert KIND.find(split_words(text), FOUR, Context(NOW)) is None


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("none", None),
        ("oh none of them", None),
        ("gas", None),
        ("no heat", None),
        ("no heat at all", None),
        ("the furnace quit last night", "no_heat"),
    ],
)
def test_what_must_be_all_that_is_said_is_never_volunteered(text: str, option: str | None) -> None:
    options = (
        Option("no_heat", "cold", ("furnace quit", "=no heat")),
        Option("cold_water", "no warm water", ("=no heat at all", "heat at all")),
        Option("gas", "gas", ("=gas",)),
        Option("other", "other", ("=none", "=none of them")),
    )
    found = KIND.within(split_words(text), replace(FOUR, options=options), Context(NOW, asked=False))
    assert (found.value if found else None) == option


def test_an_emergency_may_be_all_that_is_said() -> None:
    spec = replace(FOUR, options=(Option("smoke", "smoke", ("=gas", "=carbon monoxide"), anytime=True), *OPTIONS))
    assert KIND.urgent(split_words("gas please hurry"), spec) == "smoke"
    for text in ("gas", "carbon monixide please"):
        assert KIND.within(split_words(text), spec, Context(NOW, asked=False)) == Found("smoke")


def test_keys() -> None:
    assert KIND.keys(FOUR) == 1
    assert KIND.press("1", FOUR) == Found("no_heat")
    assert KIND.press("4#", FOUR) == Found("other")
    assert [KIND.press(keys, FOUR) for keys in ("", "0", "5", "12", "*", "#", "11")] == [None] * 7
    nine = tuple(Option(f"o{n}", f"option {n}", ()) for n in range(9))
    assert KIND.press("9", replace(FOUR, options=nine)) == Found("o8")
    ten = replace(FOUR, options=(*nine, Option("o9", "ten", ())))
    assert KIND.keys(ten) == 0
    assert KIND.press("1", ten) is None
    assert KIND.keys(replace(FOUR, options=())) == 0


@pytest.mark.parametrize("option", [option.name for option in OPTIONS])
def test_what_is_spoken_is_understood(option: str) -> None:
    assert read(KIND.speak(option, FOUR)) == option


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("the first second last one number two either both a not option furnace quit".split())))
def test_never_raises(words: list[str]) -> None:
    for spec in (FOUR, TWO, replace(FOUR, options=())):
        found = KIND.parse(tuple(words), spec, Context(NOW))
        assert not isinstance(found, Found) or found.value in {option.name for option in spec.options}
