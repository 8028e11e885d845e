"""Word errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.replaying.words import plain, word_errors

TEXT = st.text("abc d'0,.-’", max_size=30)


@pytest.mark.parametrize(
    ("said", "heard", "errors", "words"),
    [
        (["my furnace stopped working"], ["my furnace stopped working"], 0, 4),
        (["four one five"], ["415"], 0, 3),
        (["four one five oh"], ["4-1-5 0."], 0, 4),
        (["it's off"], ["It’s off!"], 0, 2),
        (["yes", "no"], ["yes no"], 0, 2),
        (["daniel foster"], ["damien foster"], 1, 2),
        (["daniel foster"], ["daniel"], 1, 2),
        (["daniel"], ["uh daniel foster"], 2, 1),
        (["one two", "three"], [], 3, 3),
        ([""], ["hello there"], 2, 0),
    ],
)
def test_errors(said: list[str], heard: list[str], errors: int, words: int) -> None:
    found = word_errors(said, heard)
    assert (found.errors, found.words) == (errors, words)


@given(TEXT)
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert plain(" ".join(plain(text))) == plain(text)


@given(TEXT, TEXT)
def test_never_more_errors_than_words_of_both_and_none_with_oneself(said: str, heard: str) -> None:
    assert word_errors([said], [said]).errors == 0
    assert word_errors([said], [heard]).errors <= max(len(plain(said)), len(plain(heard)))
    assert word_errors([said], [heard]).errors == word_errors([heard], [said]).errors
