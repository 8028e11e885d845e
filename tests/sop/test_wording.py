"""Texts with places, and texts as words."""

import pytest

from sop.global_words import find_global
from sop.reading import GlobalWord
from sop.state import Line
from sop.wording import fixed_prompts, render
from sop.words import LONGEST, capitalised, split_words
from tests.sop.conversation import FLOW


def test_sentences_are_grouped_by_whether_they_can_be_kept() -> None:
    assert render("Thank you. Please wait. Is {n} right? Say yes.", {"n": "4 1 5"}) == (
        Line("Thank you. Please wait.", True),
        Line("Is 4 1 5 right?", False),
        Line("Say yes.", True),
    )


def test_a_sentence_without_its_value_is_left_out() -> None:
    assert render("One. The {a} is {b}. Two.", {"a": "x"}) == (Line("One.", True), Line("Two.", True))
    assert render("", {}) == ()


def test_a_value_is_spoken_as_it_is() -> None:
    assert render("Hello {name}.", {"name": "{address} Dr. No!"}) == (Line("Hello {address} Dr. No!.", False),)


def test_fixed_prompts_are_unique_and_hold_the_business() -> None:
    prompts = fixed_prompts(FLOW)
    assert len(prompts) == len(set(prompts))
    assert any("Northside Heating" in text for text in prompts)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("415-555-0199.", ("415", "555", "0199")),
        ("2217 Maple St., Apt #4", ("2217", "maple", "st", "apt", "unit", "4")),
        ("It’s 4:30 p.m.", ("it's", "4:30", "pm")),
        ("12/3", ("12/3",)),
        ("the 3rd", ("the", "3rd")),
        ("1,200 Oak", ("1200", "oak")),
        ("", ()),
        ("?!", ()),
        ("3B", ("3b",)),
        ("O'Leary", ("o'leary",)),
    ],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    assert split_words(text) == words


def test_words_are_bounded() -> None:
    assert len(split_words("a " * 10_000)) == LONGEST // 2


def test_capitals() -> None:
    assert [capitalised(word) for word in ("o'leary", "mcallister", "karen", "mack", "smith's")] == [
        "O'Leary",
        "McAllister",
        "Karen",
        "Mack",
        "Smith's",
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("can i talk to a person", GlobalWord.PERSON),
        ("operator", GlobalWord.PERSON),
        ("i want a manager right now", GlobalWord.PERSON),
        ("let me talk to a real human being", GlobalWord.PERSON),
        ("agent", GlobalWord.PERSON),
        ("uh get me a person please", GlobalWord.PERSON),
        ("i'd rather speak to a person", GlobalWord.PERSON),
        ("i don't want to talk to a person", None),
        ("repeat that please", GlobalWord.REPEAT),
        ("sorry what was that", GlobalWord.REPEAT),
        ("what", GlobalWord.REPEAT),
        ("can you hear me", GlobalWord.REPEAT),
        ("slow down", GlobalWord.SLOWER),
        ("go back", GlobalWord.GO_BACK),
        ("start over", GlobalWord.START_OVER),
        ("um hold on", GlobalWord.HOLD_ON),
        ("give me a minute please", GlobalWord.HOLD_ON),
        ("just a second let me find it", GlobalWord.HOLD_ON),
        ("why do you need to know that", GlobalWord.WHY),
        ("why", GlobalWord.WHY),
        ("bye bye", GlobalWord.GOODBYE),
        ("that's all thanks so much", GlobalWord.GOODBYE),
        ("never mind", GlobalWord.CANCEL),
        ("karen mitchell", None),
        ("my furnace is broken", None),
        ("nobody told me why the furnace keeps shutting off at night", None),
        ("uh huh", None),
        ("", None),
        ("personal", None),
        ("the person who was here tuesday broke it", None),
    ],
)
def test_global_words(text: str, word: GlobalWord | None) -> None:
    assert find_global(split_words(text)) is word
