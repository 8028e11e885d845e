"""Words that end a call or hand it over, and the same words inside what a caller has to say."""

import pytest

from sop.global_words import find_global
from sop.reading import GlobalWord
from sop.words import split_words


@pytest.mark.parametrize(
    "text",
    [
        "bye",
        "goodbye",
        "okay thank you bye bye",
        "that's all",
        "that's all for now",
        "that's all i need thank you",
        "i have to go",
        "sorry i have to go now",
        "please hang up",
        "thanks have a nice day",
        "i'll think about it and call you tomorrow bye",
        "see you tomorrow",
        "that's all right goodbye",
        "never mind",
        "okay never mind i'll call back tomorrow thanks",
        "never mind i don't need it anymore",
        "forget it",
        "you know what cancel",
        "i'd like to cancel please",
        "no wait cancel it",
        "cancel the whole thing",
        "i changed my mind i don't want it",
        "i'm not interested thank you",
        "sorry wrong number",
        "i think i have the wrong number",
        "i'll call you back later bye",
        "i'm done",
        "stop calling me",
    ],
)
def test_the_caller_leaves(text: str) -> None:
    assert find_global(split_words(text)) in (GlobalWord.GOODBYE, GlobalWord.CANCEL)


@pytest.mark.parametrize(
    "text",
    [
        "that's all right",
        "that's all right thank you",
        "that's all good",
        "that's all i know",
        "that's all i have",
        "i have to go to work tomorrow",
        "never mind the number",
        "never mind i don't know it",
        "never mind that how do i export",
        "never mind the claim what's my balance",
        "i'm done looking it's not there",
        "i changed my mind i want home insurance",
        "i changed my mind about the calls",
        "i'm not interested in an agent",
        "cancel that i want twelve thousand",
        "cancel the second one",
        "i hit cancel and it froze",
        "how do i cancel",
        "how do i cancel the import",
        "what happens if i cancel",
        "i don't want to cancel",
        "please don't cancel it",
        "i didn't mean to cancel",
        "i had to cancel the appointment",
        "i keep getting a wrong number error",
        "you sent it to the wrong number",
        "he said goodbye and drove off",
        "i never said goodbye",
        "did you hang up",
        "i need to see you",
    ],
)
def test_a_sentence_with_such_words_ends_nothing(text: str) -> None:
    assert find_global(split_words(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "connect me",
        "transfer me please",
        "just put me through already",
        "put me through to a person",
        "transfer me to customer service",
        "connect me to a loan officer",
        "customer service please",
        "i want customer service",
        "the operator please",
        "a manager",
        "is there a manager i can talk to",
        "look i've been on hold for an hour get me a supervisor",
        "i want to speak to the manager right now this is ridiculous",
        "can i be connected to an agent",
    ],
)
def test_a_person_is_asked_for(text: str) -> None:
    assert find_global(split_words(text)) is GlobalWord.PERSON


@pytest.mark.parametrize(
    "text",
    [
        "i slipped on a wet floor and the manager wrote a report",
        "my doctor said to call customer service about a claim",
        "how do i add a manager to my account",
        "i'm a manager",
        "i work in customer service",
        "an agent called me yesterday",
        "the operator of the other car ran a red light",
        "connect me to the shop",
        "put me through to the dentist please",
        "transfer me to the law firm",
    ],
)
def test_a_person_is_only_told_of_or_a_department_is_named(text: str) -> None:
    assert find_global(split_words(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "i have to go get my wallet",
        "don't hang up i'm looking",
        "please don't hang up",
        "don't hang up let me ask my wife",
        "let me ask my husband",
    ],
)
def test_the_caller_wants_a_moment(text: str) -> None:
    assert find_global(split_words(text)) is GlobalWord.HOLD_ON
