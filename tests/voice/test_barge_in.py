"""Point 20: what stops the agent and what does not."""

import pytest

from sop.reading import Expectation
from voice.barge_in import interrupts, is_noise

OPEN = Expectation(step="triage", kind="choice", slot="problem")
YES_NO = Expectation(step="contact", kind="yes_no", slot="callback")


@pytest.mark.parametrize("text", ["", "uh-huh", "Mm-hmm.", "okay", "yeah, right", "um", "that's right", "yes it is"])
def test_point_20_a_listeners_noise_does_not_interrupt(text: str) -> None:
    assert not interrupts(text, OPEN, "What is going on with your system?")


@pytest.mark.parametrize("text", ["no", "wait", "my furnace is out", "okay but listen", "Stop."])
def test_words_interrupt(text: str) -> None:
    assert interrupts(text, OPEN, "What is going on with your system?")


def test_yes_is_an_answer_only_where_one_was_asked_for() -> None:
    assert interrupts("yes", YES_NO, "Is that right?")
    assert not interrupts("yes", OPEN, "Thank you for calling.")
    assert not interrupts("uh-huh", YES_NO, "Is that right?")


def test_point_20_the_agents_own_words_carried_back_do_not_interrupt() -> None:
    saying = "I'm the automated assistant, and this call may be recorded."
    assert not interrupts("this call may be", OPEN, saying)
    assert interrupts("this call is a mistake", OPEN, saying)


@pytest.mark.parametrize(
    "text",
    [
        *("uh huh", "a huh", "aheha", "aheah", "uhh uhh", "mm-hmm", "mmm", "hmm hm"),
        *("yes", "yes that's right", "sounds good", "okay", "perfect", "go ahead", "yeah sure", "got it"),
    ],
)
def test_before_the_question_was_heard_assent_is_a_listeners(text: str) -> None:
    assert is_noise(text, YES_NO, asked=False)
    assert not interrupts(text, YES_NO, "I have your number.", asked=False)


@pytest.mark.parametrize(
    "text", ["no", "nope", "no wait", "that's wrong", "what", "he is home", "yes but the name is wrong"]
)
def test_before_the_question_was_heard_other_words_interrupt(text: str) -> None:
    assert not is_noise(text, YES_NO, asked=False)
    assert interrupts(text, YES_NO, "I have your number.", asked=False)


@pytest.mark.parametrize("text", ["he", "m", "a", "home", "ham", "my"])
def test_letters_and_short_words_are_no_sounds(text: str) -> None:
    assert not is_noise(text, OPEN)
