"""Finished turns on their way through the reader."""

from dataclasses import replace

from sop.reading import Expectation, Global, GlobalWord, Hypothesis, Reading
from voice.commands import Understand
from voice.events import Understood
from voice.listening import Finished
from voice.understanding import Understanding

FIRST, SECOND = (Hypothesis("karen mitchell", 0.9),), (Hypothesis("four one five", 0.9),)
NAME, PHONE = Expectation("contact", "person_name", "name"), Expectation("contact", "phone", "callback")
CONFIRM = Expectation("contact", "yes_no", "name")
HEARD = Reading("karen mitchell", 0.9)


def test_turns_are_read_one_at_a_time_each_under_what_is_expected_by_then() -> None:
    turns = Understanding()
    assert turns.next(NAME) == ()
    turns.add(Finished(1, FIRST), NAME)
    turns.add(Finished(2, SECOND), NAME)
    assert turns.next(NAME) == (Understand(1, FIRST, NAME),)
    assert turns.busy and turns.next(NAME) == ()
    assert turns.understood(Understood(0, 2, HEARD)) is None
    assert turns.understood(Understood(0, 1, HEARD)) == HEARD
    assert turns.next(PHONE) == (Understand(2, SECOND, PHONE),)


def test_a_yes_to_what_was_asked_before_is_not_read() -> None:
    turns = Understanding()
    yes = (Hypothesis("yeah", 0.9), Hypothesis("yeah no", 0.4))
    turns.add(Finished(1, FIRST), NAME)
    turns.add(Finished(2, yes), NAME)
    turns.add(Finished(3, yes[:1]), NAME)
    turns.add(Finished(4, yes[:1]), CONFIRM)
    turns.next(NAME)
    turns.understood(Understood(0, 1, HEARD))
    assert turns.next(CONFIRM) == (Understand(2, yes[1:], CONFIRM),)
    turns.understood(Understood(0, 2, HEARD))
    assert turns.next(CONFIRM) == (Understand(4, yes[:1], CONFIRM),)


def test_what_was_said_before_a_key_no_longer_counts() -> None:
    turns = Understanding()
    turns.add(Finished(1, FIRST), NAME)
    turns.add(Finished(2, SECOND), NAME)
    turns.next(NAME)
    turns.drop()
    assert turns.understood(Understood(0, 1, HEARD)) is None
    assert turns.next(NAME) == () and not turns.busy


def test_what_was_said_aside_is_read_and_means_nothing() -> None:
    turns = Understanding()
    turns.add(Finished(1, FIRST), NAME, aside=True)
    assert turns.next(NAME) == (Understand(1, FIRST, NAME),)
    assert turns.understood(Understood(0, 1, HEARD)) is None
    assert not turns.busy


def test_what_came_before_its_question_is_told() -> None:
    turns = Understanding()
    turns.add(Finished(1, FIRST, early=True), NAME)
    turns.add(Finished(2, SECOND, early=True), NAME)
    turns.next(NAME)
    assert turns.understood(Understood(0, 1, HEARD)) == replace(HEARD, early=True)
    turns.next(NAME)
    answer = Reading("a person please", 0.9, (Global(GlobalWord.PERSON),))
    assert turns.understood(Understood(0, 2, answer)) == replace(answer, early=True)
