"""Text cut into words."""

import pytest

from sop.words import split_words, without_points


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$12.50", ("12.50",)),
        ("It's 2.5.", ("it's", "2.5")),
        ("$1,250.75", ("1250.75",)),
        ("1.5k or 1.2 million", ("1.5k", "or", "1.2", "million")),
        (".5", ("0.5",)),
        ("415.555.0123", ("415", "555", "0123")),
        ("415.5550123", ("415", "5550123")),
        ("3.14.85", ("3", "14", "85")),
        ("2217 Maple St. Apt. 4.", ("2217", "maple", "st", "apt", "4")),
        ("john.5@mail.com", ("john", "dot", "5", "at", "mail", "dot", "com")),
        ("4:30 p.m.", ("4:30", "pm")),
        ("I can not breathe", ("i", "cannot", "breathe")),
        ("Can I not?", ("can", "i", "not")),
    ],
)
def test_splits(text: str, words: tuple[str, ...]) -> None:
    assert split_words(text) == words


def test_points_can_be_cut() -> None:
    assert without_points(("on", "3.14")) == ("on", "3", "14")
