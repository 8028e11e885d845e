"""A run as one document."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.voice.replaying.made import options, result, turn
from voice.replaying.depth import Depth
from voice.replaying.document import difference, document, junit, passed, why_not
from voice.replaying.result import CallResult, Difference, Timings, Versus, failed
from voice.replaying.running import Done
from voice.replaying.totals import Judged

PARTS = Difference(2, "said", "Your name?", "Who is it?", "the prompt's text")
SAME = result(verdict="same", against="journal")
GONE = failed("y", "journal", "audio", "its sound is gone\x00")


def done(*calls: CallResult) -> Done:
    return Done(tuple(Judged(call, None, None) for call in calls), (SAME,))


@pytest.mark.parametrize(
    ("call", "well"),
    [
        (SAME, True),
        (result(verdict="better", against="last"), True),
        (result(verdict="new"), True),
        (result(verdict="different", against="journal"), False),
        (result(verdict="worse", against="journal"), False),
        (result(verdict="same", faults=("outcome a, expected b",)), False),
        (result(verdict="same", timings=Timings(1.0, faults=("the reply (p95) comes later than 9 ms",))), False),
        (result(verdict="same", identical=False), False),
        (result(verdict="same", identical=True), True),
        (GONE, False),
    ],
)
def test_what_passes(call: CallResult, well: bool) -> None:
    assert passed(call) is well
    assert (why_not(call) == "") is well


def test_why_a_call_does_not_pass() -> None:
    call = result(verdict="different", against="accepted", parts_at=PARTS, faults=("outcome a, expected b",))
    assert why_not(call).splitlines() == [
        "outcome a, expected b",
        "other than the accepted run: turn 2, said: was 'Your name?', is 'Who is it?' (the prompt's text)",
    ]
    assert difference(Difference(-1, "outcome", "a", "b")) == "the call, outcome: was 'a', is 'b'"


def test_the_document_of_one_journal_has_its_facts_at_the_top(tmp_path: Path) -> None:
    call = result(identical=True, events=7, commands=9, duration_s=40.0, timings=Timings(0.02))
    found = document(done(call), options(tmp_path, Depth.JOURNAL), 0.5)
    assert (found["identical"], found["events"], found["commands"], found["first_difference"]) == (True, 7, 9, None)
    assert (found["real_time_factor"], found["timings"]["real_time_factor"]) == (2000.0, 80.0)


def test_many_journals_are_identical_when_each_is(tmp_path: Path) -> None:
    same, other = result(identical=True), result(identical=False)
    at_journal = options(tmp_path, Depth.JOURNAL)
    assert document(done(same, same), at_journal, 1.0)["identical"] is True
    assert document(done(same, other), at_journal, 1.0)["identical"] is False
    assert document(done(same, GONE), at_journal, 1.0)["identical"] is False
    assert "identical" not in document(done(same), options(tmp_path, Depth.JOURNAL, flow="other"), 1.0)
    assert "identical" not in document(done(same), options(tmp_path), 1.0)


def test_earlier_runs_stand_in_it_only_when_they_are_asked_for(tmp_path: Path) -> None:
    call = result(last=Versus("better", (PARTS,)))
    without = document(done(call), options(tmp_path), 1.0)
    assert without["calls"][0]["last"] is None and "last" not in without["totals"]
    asked = document(done(call), options(tmp_path, last=True), 1.0)
    assert asked["calls"][0]["last"]["verdict"] == "better" and asked["totals"]["last"]["expected"] == 0


def test_junit(tmp_path: Path) -> None:
    wrong = result(turn(0), call="w<1>", verdict="worse", faults=('says "\x0b\ufffe"',), against="journal")
    suite = ET.fromstring(junit(done(SAME, wrong, GONE), options(tmp_path), 2.0))[0]  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    right, failure, error = suite
    assert [right.get("name"), list(right)] == ["x", []]
    assert failure.get("name") == "w<1>" and failure[0].tag == "failure" and failure[0].get("message") == 'says "??"'
    assert error[0].tag == "error" and error[0].text == "its sound is gone?"
