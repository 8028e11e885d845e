"""Yes and no as people say them, where a value is read back."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.slots.slot_type import Context, Found
from sop.slots.yes_no import YesNo, read_verdict
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

READ_BACK = replace(SPEC, prompt="Is that right?")

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
    "yes and my name is karen mitchell",
    "i guess",
    "no yeah that's right",
    "no yeah",
    "sure why not",
    "why not",
    "mmhmm",
    "for sure",
    "you are correct",
    "nothing's wrong",
    "no there's nothing wrong",
    "i did",
    "we do",
    "sure thing",
    "no wait yes",
    "that's write",
    "of of course",
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
    "yeah no",
    "no yeah no",
    "no yeah it's wrong",
    "i don't think so",
    "i don't believe so",
    "that's not right",
    "not at all",
    "nuh uh",
    "not yet",
    "never",
    "i haven't",
    "no i don't know",
    "i'm afraid not",
    "it is is not",
    "yes no sorry no",
    "know ma'am",
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
    "yep, but the street is wrong",
    "i don't know",
    "i don't remember",
    "i'm not sure",
    "not sure",
    "maybe",
    "why",
    "i have a leak",
    "i am calling about the furnace",
    "uh uh",
    "yes wait no",
    "yes and no",
    "that is long",
    "yes see sorry no",
]


def understood(text: str) -> str | None:
    found = YesNo().parse(split_words(text), READ_BACK, Context(NOW))
    return found.value if isinstance(found, Found) else None


@pytest.mark.parametrize("text", YES)
def test_yes(text: str) -> None:
    assert understood(text) == "yes"


@pytest.mark.parametrize("text", NO)
def test_no(text: str) -> None:
    assert understood(text) == "no"


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text: str) -> None:
    assert understood(text) is None


def test_what_is_said_after_it_remains() -> None:
    verdict = read_verdict(split_words("no it's 2219 maple"))
    assert verdict.yes is False
    assert verdict.rest[-2:] == ("2219", "maple")


def test_a_name_after_yes_remains() -> None:
    assert read_verdict(split_words("yes and my name is karen")).rest == ("my", "name", "is", "karen")


def test_keys() -> None:
    assert YesNo().press("1", SPEC) == Found("yes")
    assert YesNo().press("2#", SPEC) == Found("no")
    assert YesNo().press("3", SPEC) is None
    assert YesNo().press("", SPEC) is None


@pytest.mark.parametrize("value", ["yes", "no"])
def test_what_is_spoken_is_understood(value: str) -> None:
    assert understood(YesNo().speak(value, SPEC)) == value


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from("yes no yeah but i don't know not nothing wrong uh huh mm that's right".split())))
def test_never_raises(words: list[str]) -> None:
    assert YesNo().parse(tuple(words), SPEC, Context(NOW)) in (None, Found("yes"), Found("no"))
