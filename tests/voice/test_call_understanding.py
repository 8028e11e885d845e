"""Finished turns on their way through the reader."""

from sop.reading import Expectation, Global, GlobalWord, Hypothesis, Reading
from voice.commands import Understand
from voice.events import Understood
from voice.listening import Finished
from voice.understanding import Understanding

FIRST, SECOND = (Hypothesis("karen mitchell", 0.9),), (Hypothesis("four one five", 0.9),)
NAME, PHONE = Expectation("contact", "person_name", "name"), Expectation("contact", "phone", "callback")
HEARD = Reading("karen mitchell", 0.9)


def test_turns_are_read_one_at_a_time_each_under_what_is_expected_by_then() -> None:
    turns = Understanding()
    assert turns.next(NAME) == ()
    turns.add(Finished(1, FIRST))
    turns.add(Finished(2, SECOND))
    assert turns.next(NAME) == (Understand(1, FIRST, NAME),)
    assert turns.busy and turns.next(NAME) == ()
    assert turns.understood(Understood(0, 2, HEARD)) is None
    assert turns.understood(Understood(0, 1, HEARD)) == HEARD
    assert turns.next(PHONE) == (Understand(2, SECOND, PHONE),)


def test_what_was_said_before_a_key_no_longer_counts() -> None:
    turns = Understanding()
    turns.add(Finished(1, FIRST))
    turns.add(Finished(2, SECOND))
    turns.next(NAME)
    turns.drop()
    assert turns.understood(Understood(0, 1, HEARD)) is None
    assert turns.next(NAME) == () and not turns.busy


def test_what_was_said_aside_is_read_and_means_nothing() -> None:
    turns = Understanding()
    turns.add(Finished(1, FIRST), aside=True)
    assert turns.next(NAME) == (Understand(1, FIRST, NAME),)
    assert turns.understood(Understood(0, 1, HEARD)) is None
    assert not turns.busy


def test_what_came_before_its_question_counts_where_it_means_something() -> None:
    turns = Understanding()
    turns.add(Finished(1, FIRST, early=True))
    turns.add(Finished(2, SECOND, early=True))
    turns.next(NAME)
    assert turns.understood(Understood(0, 1, HEARD)) is None
    turns.next(NAME)
    answer = Reading("a person please", 0.9, (Global(GlobalWord.PERSON),))
    assert turns.understood(Understood(0, 2, answer)) == answer
