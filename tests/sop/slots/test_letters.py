"""Letters said one by one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.slots.letters import read_letter, spelled_out


@pytest.mark.parametrize(
    ("text", "letters", "after"),
    [
        ("m", "m", 1),
        ("m i t", "m", 1),
        ("s as in sam", "s", 4),
        ("s for sierra", "s", 3),
        ("s like sam", "s", 3),
        ("s is for sam", "s", 4),
        ("double l", "ll", 2),
        ("double t as in tom", "tt", 5),
        ("double u", "w", 2),
        ("double you", "w", 2),
        ("letter o", "o", 2),
        ("the letter o", "o", 3),
        ("capital k", "k", 2),
        ("m as in nancy", "n", 4),
        ("b as in david", "d", 4),
        ("f as in sam", "s", 4),
        ("k as in knight", "k", 4),
        ("c as in knight", "c", 4),
        ("s as in", "s", 3),
        ("s as", "s", 1),
        ("k for you", "k", 1),
        ("sam", "", 0),
        ("double", "", 0),
        ("double trouble", "", 0),
        ("letter", "", 0),
        ("ñ", "", 0),
        ("4", "", 0),
        ("", "", 0),
    ],
)
def test_one_letter(text: str, letters: str, after: int) -> None:
    assert read_letter(tuple(text.split()), 0) == (letters, after)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("k bee t", "k b t"),
        ("em i tee see h", "em i t see h"),
        ("m i tee", "m i t"),
        ("kilo alpha romeo", "k a r"),
        ("kilo alpha romeo echo november at gmail", "k a r e n at gmail"),
        ("mike november", "mike november"),
        ("jay m i t", "jay m i t"),
        ("a jay m", "a j m"),
        ("dee dee smith", "dee dee smith"),
        ("s as in sierra t as in tango m as in mike", "s as in sierra t as in tango m as in mike"),
        ("", ""),
    ],
)
def test_letters_that_are_written_as_words(text: str, plain: str) -> None:
    assert " ".join(spelled_out(tuple(text.split()))) == plain


@given(
    st.lists(st.sampled_from("a as in sam double u l letter the capital for like bee kilo is ñ".split()), max_size=8)
)
@settings(max_examples=200)
def test_every_reading_goes_on(words: list[str]) -> None:
    heard = tuple(words)
    for at in range(len(heard)):
        letters, after = read_letter(heard, at)
        assert at <= after <= len(heard)
        assert bool(letters) == (after > at)
    assert len(spelled_out(heard)) == len(heard)


@pytest.mark.parametrize("example", ["as in sam", "as and sam", "in sam", "is in sam", "as sam"])
def test_an_example_heard_in_part(example: str) -> None:
    words = ("s", *example.split(), "m")
    assert read_letter(words, 0) == ("s", len(words) - 1)


def test_an_example_that_was_lost() -> None:
    assert read_letter(("s", "as", "in", "m"), 0) == ("s", 3)
    assert read_letter(("s", "in", "town"), 0) == ("s", 1)
