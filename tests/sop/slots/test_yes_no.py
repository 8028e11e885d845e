"""Yes and no as people say them."""

import pytest

from sop.slots.yes_no import YesNo, read_verdict
from sop.words import split_words
from tests.sop.spoken import understood

YES = [
    "yes",
    "yeah",
    "yep",
    "yup",
    "correct",
    "yes that's right",
    "that's perfect",
    "uh huh",
    "mm hmm",
    "yes please",
    "sure",
    "that is correct",
    "Yes, that's right.",
    "yes ma'am that's right",
    "yep that's the one",
    "right right",
    "sounds good",
    "that's fine",
    "absolutely",
    "yes it is",
    "of course",
    "no that's right",
    "no that's fine",
    "yes everything is right",
    "perfect thank you",
    "okay",
    "yeah i guess so",
    "yes that's the best number",
    "yeah this number is fine",
    "that sounds right to me",
    "it's all good",
]
NO = [
    "no",
    "nope",
    "nah",
    "no it's not",
    "no that's wrong",
    "not really",
    "that's not right",
    "that's incorrect",
    "no sir",
    "No.",
    "definitely not",
    "negative",
    "nope not at all",
    "mm i don't think so",
    "no that's not what i said",
    "no thank you",
    "no it isn't",
    "wrong",
    "absolutely not",
]
NEITHER = [
    "hello",
    "tomorrow",
    "what",
    "yes but the address is wrong",
    "yep except the number is off",
    "my furnace is broken",
    "",
    "um",
    "karen",
]


@pytest.mark.parametrize("text", YES)
def test_yes(text: str) -> None:
    assert understood(YesNo(), text) == "yes"


@pytest.mark.parametrize("text", NO)
def test_no(text: str) -> None:
    assert understood(YesNo(), text) == "no"


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text: str) -> None:
    assert understood(YesNo(), text) is None


def test_what_is_said_after_it_remains() -> None:
    verdict = read_verdict(split_words("no it's 2219 maple"))
    assert verdict.yes is False
    assert verdict.rest[-2:] == ("2219", "maple")
