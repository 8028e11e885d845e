"""What the page makes of the sentences in which a call is told to be wrong."""

import re

import pytest

from tests.voice.replaying.page.documents import TURNS, call, expecting, quiet, turn
from voice.replaying.course import Slot
from voice.replaying.expected import Expected
from voice.replaying.page.faults import Fault, Stray, fault_line, faults_of, faults_part, stray_of, turns_at_fault
from voice.replaying.result import Timings


def parts(expected: Expected, **given: object) -> list[tuple[str, str, str]]:
    """What, is, expected of each fault."""
    return [(one.what, one.came, one.wanted) for one in faults_of(expecting(expected, **given))]


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (Expected(outcome="served"), ("outcome", "lead_saved", "served")),
        (
            Expected(path=("triage", "gas_safety")),
            ("path", "triage contact_intro contact goodbye", "triage gas_safety"),
        ),
        (Expected(slots={"callback": "+1415"}), ("callback", "missing", "'+1415'")),
        (Expected(slots={"name": ("Al, expected", "Bo")}), ("name", "'Daniel Faster'", "one of 'Al, expected', 'Bo'")),
        (Expected(lead={}), ("name", "'Daniel Faster'", "none")),
        (Expected(lead=None), ("saved", "name", "no lead")),
        (Expected(transfers=()), ("transfers", "on_call", "none")),
        (Expected(escalations=("gas",)), ("escalations", "asked_for_person", "gas")),
        (Expected(tools=("a", "b")), ("tools", "create_lead", "a, b")),
        (Expected(barge_ins=0), ("barge-ins", "1", "0")),
    ],
)
def test_every_kind_of_fault_is_taken_apart(expected: Expected, found: tuple[str, str, str]) -> None:
    assert parts(expected) == [found]


def test_a_sentence_of_another_form_is_shown_as_it_is() -> None:
    said = expecting(Expected(never_said=("all RIGHT",)))
    assert faults_of(said) == (Fault("turn 1 says 'all RIGHT', which must never be said"),)
    assert "which must never be said" in faults_part(1, said)
    assert "Expected</th>" not in faults_part(1, said)
    assert turns_at_fault(said) == {1: "never to be said"}


def test_a_wrong_value_that_counts_as_confirmed_says_so() -> None:
    slots = {"name": Slot("Daniel Faster", "Daniel Faster", 0.9, True, 2)}
    sure = expecting(Expected(slots={"name": "Daniel Foster"}), slots=slots)
    fault = faults_of(sure)[0]
    assert (fault.what, fault.came, fault.wanted) == ("name", "'Daniel Faster'", "'Daniel Foster'")
    assert fault_line(fault) == "slot name is 'Daniel Faster', expected 'Daniel Foster', and counts as confirmed"
    assert "counts as confirmed" in faults_part(1, sure)
    assert turns_at_fault(sure) == {2: "wrong value"}


def test_a_reply_that_came_late_is_a_fault_to_be_seen() -> None:
    late = quiet("a", timings=Timings(faults=("the reply (p95) comes later than 700 ms",)))
    assert "comes later than 700 ms" in faults_part(1, late)
    assert faults_part(1, quiet("a")) == ""


@pytest.mark.parametrize(
    ("expected", "stray"),
    [
        (Expected(path=("triage", "gas_safety", "on_call")), Stray(1, "triage", "contact_intro", "gas_safety")),
        (Expected(path=("triage", "contact_intro", "contact")), Stray(3, "contact", "goodbye", "")),
        (Expected(path=("triage", "contact_intro", "contact", "goodbye", "x")), Stray(4, "goodbye", "", "x")),
        (Expected(milestones=("triage", "check")), Stray(1, "triage", "contact_intro", "check")),
        (Expected(milestones=("contact", "contact")), Stray(3, "contact", "goodbye", "contact")),
        (Expected(milestones=("check",)), Stray(0, "", "triage", "check")),
    ],
)
def test_where_a_call_left_the_expected_path(expected: Expected, stray: Stray) -> None:
    strayed = expecting(expected)
    assert stray_of(strayed) == stray
    assert turns_at_fault(strayed) == {stray.turn: "off the path"}


def test_a_call_on_its_path_has_not_strayed() -> None:
    assert stray_of(expecting(Expected(outcome="served"))) is None
    assert stray_of(call()) is None


def test_it_is_told_in_a_sentence_what_was_heard_when_the_call_strayed() -> None:
    html = faults_part(1, expecting(Expected(path=("triage", "gas_safety"))))
    text = re.sub(r"<[^>]*>", "", html)
    assert (
        "Off the expected path at turn 1: the call went to contact_intro from triage where gas_safety was expected, "
        "having heard “my furnace is out”." in text
    )
    assert "triage <ins>contact_intro contact goodbye</ins>" in html
    assert "triage <del>gas_safety</del>" in html


def test_barge_ins_are_pointed_out() -> None:
    quick = expecting(Expected(barge_ins=0), turns=(*TURNS, turn(5, heard="yes", barge_in=True)))
    assert turns_at_fault(quick) == {2: "barge-in", 5: "barge-in"}
    assert '<a href="#call-7-turn-5">turn 5</a>' in faults_part(7, quick)


def test_many_faults_are_folded_away() -> None:
    many = expecting(Expected(slots={f"slot_{letter}": "x" for letter in "abcdefg"}))
    shown, folded = faults_part(1, many).split("<details>")
    assert shown.count('<th scope="row">slot_') == 5
    assert "<summary>2 more</summary>" in folded
    assert folded.count('<th scope="row">slot_') == 2
