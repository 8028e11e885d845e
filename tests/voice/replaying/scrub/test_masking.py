"""A caller's words without what tells who spoke."""

import pytest

from voice.replaying.scrub.masking import in_words, masked, number_runs
from voice.replaying.scrub.plain_words import PLAIN, vocabulary
from voice.replaying.scrub.stand_ins import StandIns

STANDS = StandIns(
    {},
    {"foster": "morgan", "daniel": "peter", "maple": "walnut", "will": "henry", "price": "carter"},
    {"4155550123": "4155550140", "2217": "1846"},
)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("my name is daniel foster", "my name is peter morgan"),
        ("It's Foster, F, O, S, T, E, R.", "it's morgan m o r g a n"),
        ("that's foster's house", "that's morgan's house"),
        ("my friend jessica said to call", "my friend said to call"),
        ("four one five five five five oh one two three", "four one five five five five zero one four zero"),
        ("415-555-0123", "four one five five five five zero one four zero"),
        ("twenty two seventeen maple street", "eighteen forty six walnut street"),
        ("i will be home", "i will be home"),
        ("this is will price", "this is henry carter"),
        ("in twenty two minutes", "in twenty two minutes"),
        ("q u a r t z is my company", "is my company"),
    ],
)
def test_masked(said: str, left: str) -> None:
    assert masked(said, STANDS, PLAIN) == left


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("the 12th of march 84", "the sixth of december eighty three"),
        (
            "my birthday is march twelfth nineteen eighty four",
            "my birthday is december sixth nineteen eighty three",
        ),
        ("i was born 3/12/84", "i was born december sixth eighty three"),
        ("come on march thirteenth", "come on march thirteenth"),
        ("tomorrow the twelfth", "tomorrow the twelfth"),
    ],
)
def test_a_day_that_is_replaced_is_another_however_it_is_said(said: str, left: str) -> None:
    stands = StandIns({"1984-03-12": "1983-12-06"}, {}, {})
    assert masked(said, stands, PLAIN | {"birthday", "born"}) == left


@pytest.mark.parametrize("said", ["oh three one two eight four", "three one two one nine eight four"])
@pytest.mark.parametrize("longest", [3, 9])
def test_its_digits_are_others_as_well(said: str, longest: int) -> None:
    left = masked(said, StandIns({"1984-03-12": "1983-12-06"}, {}, {}), PLAIN, longest=longest)
    assert left in ("one two zero six eight three", "one two zero six one nine eight three")


@pytest.mark.parametrize("name", ["Price", "Price Jr."])
def test_a_name_that_is_a_plain_word_and_nothing_else_is_another_everywhere(name: str) -> None:
    stands = StandIns({name: name.replace("Price", "Carter")}, {"price": "carter"}, {})
    assert masked("my name is price", stands, PLAIN) == "my name is carter"
    assert masked("doctor price, p r i c e", stands, PLAIN) == "doctor carter c a r t e r"


@pytest.mark.parametrize("said", ["my pin is nine four one seven", "it's 9417", "call 212 555 7788", "since 9417a"])
def test_a_number_that_is_no_values_is_another(said: str) -> None:
    left = masked(said, STANDS, PLAIN)
    digits = "".join(run.digits for run in number_runs(tuple(left.split())))
    assert "9417" not in left and "9417" not in digits and "7788" not in digits


def test_shorter_numbers_go_where_numbers_are_asked_for() -> None:
    assert "four one five" not in masked("four one five", STANDS, PLAIN, longest=1)


def test_in_words() -> None:
    assert in_words("4150") == "four one five zero"


def test_given_names_are_no_plain_words() -> None:
    names = "karen daniel jessica robert maria foster mitchell lopez johnson susan kevin emma liam noah olivia".split()
    assert not PLAIN & set(names)


def test_the_procedures_own_words_may_stay() -> None:
    assert "furnace" in vocabulary("prompt: Is it the furnace?\nname: four")
    assert "four" not in vocabulary("prompt: Is it the furnace?\nname: four")
