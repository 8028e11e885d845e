"""A yes and what is said beside it: a question, a refusal or a condition is no consent, and "yes, one more thing" does
not say that all is said."""

from dataclasses import replace

import pytest

from sop.slots.slot_type import Context, Doubt, Found
from sop.slots.yes_no import YesNo
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

DANGER = "Before we go on, is there heavy bleeding, or swelling that makes it hard to breathe or swallow?"
HURT = "Were you or somebody with you hurt?"
LAWYER = "Do you already have a lawyer for this accident?"
WORKS = "I can offer you Monday. Does that work for you?"
RIGHT = "I have Dana Whitfield. Is that right?"
DONE = "Was that everything for today? If not, just tell me what else you need."
MORE = "Is there anything else I can help you with?"
HELPED = "Did that help?"
ONLY = "Is that the only order you're calling about?"
CREDIT = "May I check your credit? It's a soft inquiry, so it doesn't change your score."
CALLS = "May we call or text you back, also with automated calls? You don't have to agree. Please say yes or no."
AGENT = "Would you like to talk to a licensed agent about it now?"
CANCEL = "I see your appointment on Monday. Shall I cancel it?"
PLAN = "So you would pay ten dollars a month. Do you agree to that?"
INSURED = "Do you have dental insurance?"


def understood(prompt: str, text: str) -> str | None:
    spec = replace(SPEC, type="yes_no", prompt=prompt)
    found = YesNo().parse(split_words(text), spec, Context(NOW))
    assert not isinstance(found, Doubt)
    return found.value if isinstance(found, Found) else None


@pytest.mark.parametrize("prompt", [CREDIT, CALLS])
@pytest.mark.parametrize(
    "text",
    [
        "what happens if i say yes",
        "i'm not going to say yes",
        "i don't know if i should say yes",
        "my wife said yes",
        "is that a yes",
        "okay what does that mean",
        "okay hold on",
        "okay i see",
        "okay bye",
        "good bye",
        "okay never mind",
        "yes never mind",
        "good question",
        "good morning",
        "that's good to know",
        "all right let me get my wife",
        "all right i have a question first",
        "yes i have a question",
        "yes when will you do it",
        "yeah i don't want that",
        "okay i don't want to do that",
        "yeah i'm not sure",
        "sure but not now",
        "yes if it's free",
        "yes unless it costs something",
        "that's okay",
        "you can forget it",
        "okay you can skip it",
        "maybe",
    ],
)
def test_no_consent(prompt: str, text: str) -> None:
    assert understood(prompt, text) is None


@pytest.mark.parametrize("prompt", [CREDIT, CALLS])
@pytest.mark.parametrize(
    "text",
    [
        "i'd rather not",
        "yeah i'd rather not",
        "i'm not interested",
        "not interested thank you",
        "i don't agree",
        "i do not consent",
        "i disagree",
        "no what does that mean",
    ],
)
def test_a_consent_is_refused(prompt: str, text: str) -> None:
    assert understood(prompt, text) == "no"


@pytest.mark.parametrize("prompt", [CREDIT, CALLS])
@pytest.mark.parametrize(
    "text",
    [
        "i agree",
        "yes i agree to that",
        "i consent",
        "i accept",
        "agreed",
        "you may",
        "yes you can",
        "okay",
        "all right thank you",
        "okay yes",
        "i already said yes",
        "that would be a yes",
        "yes if you like",
        "sure if you need to",
        "yes if you don't mind",
        "yes i don't mind",
        "that's fine you can do it",
        "sure my name is karen mitchell",
    ],
)
def test_a_consent(prompt: str, text: str) -> None:
    assert understood(prompt, text) == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "yes what do i do",
        "yes hold on",
        "yes i have a question",
        "well i don't know maybe yes",
        "yeah if i touch it",
    ],
)
def test_a_danger_is_heard_beside_what_else_is_said(text: str) -> None:
    assert understood(DANGER, text) == "yes"


@pytest.mark.parametrize(
    ("prompt", "text", "expected"),
    [
        (DANGER, "yes i don't feel well", None),
        (DANGER, "it's not stopping", None),
        (DANGER, "it's not good", None),
        (DANGER, "it's not an emergency", "no"),
        (DANGER, "i agree", None),
        (DANGER, "that's all right", None),
        (DANGER, "what happens if i say yes", None),
        (DANGER, "nobody knows", None),
        (DANGER, "i don't have any", "no"),
        (HURT, "i was", "yes"),
        (HURT, "we were", "yes"),
        (HURT, "nobody was hurt", "no"),
        (HURT, "no one was hurt", "no"),
        (RIGHT, "i was", None),
        (RIGHT, "that's all right", "yes"),
        (RIGHT, "that's all right thank you", "yes"),
        (RIGHT, "that's all good", "yes"),
        (RIGHT, "that's okay", "yes"),
        (RIGHT, "it's alright", "yes"),
        (RIGHT, "everything's all right", "yes"),
        (RIGHT, "what you said is correct", "yes"),
        (RIGHT, "yes how soon can you come", "yes"),
        (RIGHT, "yeah how soon can you come", "yes"),
        (RIGHT, "great thanks bye", "yes"),
        (WORKS, "great thanks bye", "yes"),
        (RIGHT, "is that right", None),
        (RIGHT, "good question", None),
        (RIGHT, "good bye", None),
        (RIGHT, "okay what does that mean", None),
        (RIGHT, "how is that correct", None),
        (RIGHT, "okay hold on", None),
        (RIGHT, "okay never mind i'll call back tomorrow thanks", None),
        (WORKS, "perfect see you then", "yes"),
        (WORKS, "i'll take it", "yes"),
        (WORKS, "great what time was that", None),
        (CANCEL, "yes if it's free", None),
        (CANCEL, "yes unless there's a fee", None),
        (CANCEL, "yes only if it's free", None),
        (CANCEL, "yes if you can", "yes"),
        (CANCEL, "yes cancel it", "yes"),
        (AGENT, "i'm not interested in an agent", "no"),
        (PLAN, "i agree", "yes"),
        (PLAN, "i agree to the plan", "yes"),
        (PLAN, "no i don't accept that", "no"),
        (HELPED, "it did", "yes"),
        (HELPED, "it didn't", "no"),
        (HELPED, "okay what does that mean", None),
        (INSURED, "i have dental insurance", "yes"),
        (INSURED, "i have delta dental", "yes"),
        (INSURED, "we have insurance", "yes"),
        (INSURED, "i have one", "yes"),
        (INSURED, "i don't have insurance", "no"),
        (INSURED, "i don't have any", "no"),
        (INSURED, "i have no insurance", "no"),
        (INSURED, "i have a question about insurance", None),
        (INSURED, "i have an appointment", None),
        (INSURED, "i have insurance but it expired", None),
        (INSURED, "i don't have time", None),
        (LAWYER, "i have a lawyer", "yes"),
        (LAWYER, "i don't have a lawyer yet", "no"),
        (LAWYER, "i have a friend who's a lawyer", None),
        (LAWYER, "i have a headache", None),
    ],
)
def test_an_answer_is_weighed_with_what_stands_beside_it(prompt: str, text: str, expected: str | None) -> None:
    assert understood(prompt, text) == expected


@pytest.mark.parametrize(
    ("prompt", "text", "expected"),
    [
        (DONE, "no i'm good", "yes"),
        (DONE, "no i'm all set", "yes"),
        (DONE, "nope that's everything", "yes"),
        (DONE, "no that was all", "yes"),
        (DONE, "no that'll do it", "yes"),
        (DONE, "that was everything", "yes"),
        (DONE, "i'm all set", "yes"),
        (DONE, "we're done", "yes"),
        (DONE, "yes that's everything i needed", "yes"),
        (DONE, "yes thank you very much", "yes"),
        (DONE, "yes it was", "yes"),
        (DONE, "yes that's all of them", "yes"),
        (DONE, "yes one more thing", None),
        (DONE, "yes i have a question about my balance", None),
        (DONE, "yes can you repeat the amount", None),
        (DONE, "yes what about my deductible", None),
        (DONE, "that's it what's my deductible", None),
        (DONE, "that's all right", None),
        (DONE, "one more time", None),
        (DONE, "one more thing", "no"),
        (DONE, "that's not all", "no"),
        (DONE, "no what's my balance", "no"),
        (ONLY, "that's the only one", "yes"),
        (ONLY, "yes just that one", "yes"),
        (ONLY, "i have one more", "no"),
        (ONLY, "there's another one", "no"),
        (ONLY, "it's not the only one", "no"),
        (ONLY, "it's not", "no"),
        (ONLY, "it's not the right address", None),
        (MORE, "i'm all set", "no"),
        (MORE, "yes what's my balance", "yes"),
    ],
)
def test_whether_that_was_all(prompt: str, text: str, expected: str | None) -> None:
    assert understood(prompt, text) == expected
