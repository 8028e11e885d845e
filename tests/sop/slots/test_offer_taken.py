"""Answers to an offer in its own words."""

import pytest

from sop.slots.offer_taken import takes_offer
from sop.words import split_words

OFFERED = split_words("I can offer you Tuesday, December first, at ten thirty in the morning.")


@pytest.mark.parametrize(
    "text",
    [
        "tuesday at ten thirty is perfect",
        "yes tuesday at ten thirty",
        "okay tuesday morning then",
        "December 1st at 10:30 works for me.",
        "Tuesday at 10:30 a.m. sounds good, thank you.",
        "the morning is fine",
        "ten thirty would be great",
        "um yes please the first",
    ],
)
def test_taken(text: str) -> None:
    assert takes_offer(split_words(text), OFFERED) is True


@pytest.mark.parametrize("text", ["tuesday at ten thirty", "is tuesday good", "does the morning work", "the first"])
def test_only_said_again(text: str) -> None:
    assert takes_offer(split_words(text), OFFERED) is False


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "no",
        "no tuesday is fine",
        "tuesday is not good",
        "tuesday is fine but later",
        "tuesday at eleven is perfect",
        "wednesday is fine",
        "yes friday at ten thirty",
        "tuesday afternoon is fine",
        "10:30 pm is good",
        "10:45 is good",
        "ten thirty is too early",
        "i don't know",
        "",
    ],
)
def test_something_else(text: str) -> None:
    assert takes_offer(split_words(text), OFFERED) is None


def test_a_no_is_one_though_the_offer_holds_the_word() -> None:
    offered = split_words("There is no fee, and I can offer you Tuesday.")
    assert takes_offer(("no",), offered) is None
    assert takes_offer(("no", "not", "tuesday"), offered) is None
