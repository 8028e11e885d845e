"""Dates among a caller's words, however they are said."""

import pytest

from sop.words import split_words
from voice.replaying.scrub.said_dates import Day, days_said, digit_forms, instead

BORN = Day("1984", 3, 12)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("my birthday is march twelfth nineteen eighty four", "march twelfth nineteen eighty four"),
        ("the 12th of march 84", "12th of march 84"),
        ("March 12, 1984.", "march 12 1984"),
        ("march 12", "march 12"),
        ("march the twelfth", "march the twelfth"),
        ("on the twelfth of march", "twelfth of march"),
        ("twelve march eighty four", "twelve march eighty four"),
        ("the twelfth day of march", "twelfth day of march"),
        ("mar 12th", "mar 12th"),
        ("it's 3/12/84 i think", "3/12/84"),
        ("03/12", "03/12"),
        ("born three twelve eighty four", "three twelve eighty four"),
        ("three slash twelve slash nineteen eighty four", "three slash twelve slash nineteen eighty four"),
        ("march twelfth of nineteen eighty four", "march twelfth of nineteen eighty four"),
    ],
)
def test_a_day_is_found(text: str, date: str) -> None:
    words = split_words(text)
    assert [" ".join(words[one.begins : one.ends]) for one in days_said(words, (BORN,))] == [date]


@pytest.mark.parametrize(
    "text",
    [
        "march thirteenth",
        "april twelfth",
        "i may be there at twelve",
        "march on and wait twelve minutes",
        "four one five three one two",
        "three twelve maple street",
        "4/12/84",
        "the twelfth",
        "march",
    ],
)
def test_no_day_is_found(text: str) -> None:
    assert days_said(split_words(text), (BORN,)) == ()


@pytest.mark.parametrize("day", [2, 20])
@pytest.mark.parametrize("text", ["march twenty second", "the twenty second of march", "twenty two march"])
def test_the_twenty_second_is_neither_the_second_nor_the_twentieth(text: str, day: int) -> None:
    assert days_said(split_words(text), (Day("1984", 3, day),)) == ()
    assert len(days_said(split_words(text), (Day("1984", 3, 22),))) == 1


def test_twenty_before_a_year_that_begins_with_two() -> None:
    words = split_words("march twenty two thousand four")
    assert [(one.begins, one.ends) for one in days_said(words, (Day("2004", 3, 20),))] == [(0, 5)]


def test_another_day_in_the_same_form() -> None:
    other = Day("1983", 12, 6)

    def said(text: str) -> list[str]:
        words = split_words(text)
        return [instead(words, one, other) for one in days_said(words, (BORN,))]

    assert said("march twelfth nineteen eighty four") == ["december sixth nineteen eighty three"]
    assert said("the 12th of march 84") == ["sixth of december eighty three"]
    assert said("march twelfth") == ["december sixth"]
    assert said("3/12/84") == ["december sixth eighty three"]


def test_digits_of_a_day() -> None:
    found = set(digit_forms(BORN))
    assert {"03121984", "3121984", "031284", "31284", "19840312"} == found
    assert {"030484", "3484", "03484", "30484"} <= set(digit_forms(Day("1984", 3, 4)))
