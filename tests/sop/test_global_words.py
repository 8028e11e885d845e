"""Words that end a call or hand it over, and the same words inside what a caller has to say."""

import pytest

from sop.global_words import find_global
from sop.person_request import department
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
        "never mind it's fixed",
        "no never mind it's working again",
        "never mind i found it",
        "never mind i'll call someone else",
        "never mind my husband fixed it",
        "forget it this is taking too long",
        "forget it i can't wait that long",
        "i changed my mind it's too much",
        "it's too expensive never mind",
        "i have to go my baby is crying",
        "sorry i have to go someone's at the door",
        "my wife is calling i have to go",
        "i have to hang up",
        "i have to hang up now",
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
        "never mind it's the second one",
        "never mind it still doesn't work",
        "never mind it's leaking again",
        "never mind i smell gas",
        "never mind yes that's right",
        "never mind i have it here",
        "never mind i'll take the second one",
        "never mind let's do friday",
        "never mind what i said",
        "never mind i'll wait",
        "i want the cheap one i changed my mind",
        "don't forget it",
        "i'll never forget it",
        "tell him never mind",
        "he said never mind",
        "do i have to go",
        "if i have to go",
        "i have to go tomorrow",
        "i have to go through the lobby",
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
        "connect me to the front desk",
        "put me through to the office",
        "transfer me to bob",
        "could you please connect me with an engineer",
        "transfer me now or i'm hanging up",
        "connect me please i'm tired of this",
        "i demand a supervisor",
        "i insist on a supervisor",
        "i asked for a supervisor",
        "i'd prefer a supervisor",
        "i said a manager",
        "where's the manager",
        "how about a manager",
        "have the manager call me",
        "escalate this to a supervisor",
        "i don't want this i want a manager",
        "why do i have to wait so long get me a person",
        "can they put me through to the doctor",
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
        "they put me through to the office",
        "he put me through a lot",
        "my insurance put me through to you",
        "why did you transfer me to the office",
        "you put me through to the wrong office",
        "don't transfer me to the office",
        "the app doesn't connect me to the server",
        "transfer me the money",
        "i don't need an agent",
        "i don't want an agent",
        "do i need an agent",
        "do i have to talk to an agent",
        "not an agent",
        "i already have an agent",
        "i asked a manager",
        "he asked for a manager",
        "what is a manager",
    ],
)
def test_a_person_is_only_told_of_or_not_wanted(text: str) -> None:
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


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("connect me to the shop", "to the shop"),
        ("please put me through to the dentist", "to the dentist"),
        ("connect me", ""),
        ("transfer me to a person", ""),
        ("transfer me to customer service", ""),
        ("they put me through to the shop", ""),
        ("the shop", ""),
    ],
)
def test_to_whom_the_caller_wants_to_be_put_through(text: str, named: str) -> None:
    assert department(split_words(text)) == split_words(named)
