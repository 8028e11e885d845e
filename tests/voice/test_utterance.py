"""Sentences, and how much of one was heard."""

from hypothesis import given
from hypothesis import strategies as st

from voice.utterance import heard_part, sentences


def test_sentences() -> None:
    text = "Thank you for calling. I have 4 1 5, 5 5 5, 0 1 3 4. Is that right?"
    assert sentences(text) == ("Thank you for calling.", "I have 4 1 5, 5 5 5, 0 1 3 4.", "Is that right?")
    assert sentences("  ") == ()
    assert sentences("It costs 3.50 dollars.") == ("It costs 3.50 dollars.",)


@given(st.text(max_size=200))
def test_no_word_is_lost_or_added(text: str) -> None:
    assert " ".join(sentences(text)).split() == text.split()


def test_heard_part_by_share_of_the_sound() -> None:
    text = "one two three four"
    assert heard_part(text, 0, 1000) == ""
    assert heard_part(text, 500, 1000) == "one two"
    assert heard_part(text, 1000, 1000) == text
    assert heard_part(text, 10, 0) == ""
