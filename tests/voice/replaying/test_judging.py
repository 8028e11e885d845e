"""A call held against what it must come to."""

from dataclasses import replace

import pytest

from tests.voice.replaying.made import result, slot, tool, transfer, turn
from voice.replaying.expected import Budget, Expected
from voice.replaying.judging import about, faults, taken_for_sure, unspoken
from voice.replaying.result import Timings, TurnTiming

CALL = result(
    turn(0, "begin", said="Thank you for calling. This is no DIAGNOSIS."),
    turn(1, heard="no heat", endpoint_ms=600),
    turn(2, heard="ann smith", endpoint_ms=1200),
    path=("triage", "contact", "save"),
    slots={"name": slot("Ann Smith", confirmed=True), "when": slot("today")},
    transfers=(transfer("desk", "asked_for_person"),),
    tools=(tool("find_claim"), tool("create_lead")),
    barge_ins=1,
    timings=Timings(1.0, (TurnTiming(1, 900, {}), TurnTiming(2, 1600, {}))),
)


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"outcome": "lead_saved"},
        {"path": ["triage", "contact", "save"]},
        {"milestones": ["triage", "save"]},
        {"lead": {"name": "Ann Smith", "when": ["asap", "today"]}},
        {"slots": {"when": "today"}},
        {"transfers": ["desk"], "escalations": ["asked_for_person"], "tools": ["find_claim", "create_lead"]},
        {"never_said": ["I promise"], "barge_ins": 1},
        {"latency": {"gap_p95_ms": 1600, "endpoint_p95_ms": 1200}},
    ],
)
def test_right(expected: dict[str, object]) -> None:
    assert faults(CALL, Expected.model_validate(expected)) == ()


@pytest.mark.parametrize(
    ("expected", "fault"),
    [
        ({"outcome": "transferred"}, "outcome lead_saved, expected transferred"),
        ({"path": ["triage", "save"]}, "path triage contact save, expected triage save"),
        (
            {"milestones": ["save", "contact"]},
            "path triage contact save does not pass contact in the order save contact",
        ),
        (
            {"milestones": ["contact", "contact"]},
            "path triage contact save does not pass contact in the order contact contact",
        ),
        ({"lead": None}, "saved name, when, expected no lead"),
        ({"lead": {"name": "Ann Smith"}}, "slot when is 'today', expected none"),
        ({"slots": {"name": "Anne Smith"}}, "slot name is 'Ann Smith', expected 'Anne Smith', and counts as confirmed"),
        ({"slots": {"when": ["asap", "monday"]}}, "slot when is 'today', expected one of 'asap', 'monday'"),
        ({"slots": {"address": "4 Elm"}}, "slot address is missing, expected '4 Elm'"),
        ({"transfers": []}, "transfers desk, expected none"),
        ({"escalations": ["emergency"]}, "escalations asked_for_person, expected emergency"),
        ({"tools": ["create_lead", "find_claim"]}, "tools find_claim, create_lead, expected create_lead, find_claim"),
        ({"never_said": ["diagnosis"]}, "turn 0 says 'diagnosis', which must never be said"),
        ({"barge_ins": 0}, "1 barge-ins, expected 0"),
        ({"latency": {"gap_p95_ms": 1599}}, "the reply (p95) comes later than 1599 ms"),
        ({"latency": {"endpoint_p95_ms": 1199}}, "the end of a turn (p95) comes later than 1199 ms"),
    ],
)
def test_wrong(expected: dict[str, object], fault: str) -> None:
    assert faults(CALL, Expected.model_validate(expected)) == (fault,)


def test_a_whole_lead_and_a_value_too_many_that_counts_as_confirmed() -> None:
    found = faults(CALL, Expected(lead={"when": "today"}))
    assert found == ("slot name is 'Ann Smith', expected none, and counts as confirmed",)
    assert taken_for_sure(found) == ("slot name",)


def test_every_fault_is_named_at_once() -> None:
    wanted = Expected(
        outcome="transferred", slots={"name": "B", "when": "C"}, barge_ins=0, latency=Budget(gap_p95_ms=1)
    )
    assert [about(fault) for fault in faults(CALL, wanted)] == [
        "outcome",
        "slot name",
        "slot when",
        "barge-ins",
        "reply",
    ]


def test_a_fault_is_about_the_same_whatever_the_wrong_value_is() -> None:
    assert about("slot name is 'a b', expected 'c'") == about("slot name is missing, expected 'c'") == "slot name"
    assert about("turn 3 says 'no', which must never be said") == about("turn 9 says 'no', which must never be said")
    assert about("2 barge-ins, expected 0") == about("1 barge-ins, expected 0")
    assert about("path a b, expected c") != about("outcome a, expected c")


def test_a_sentence_that_could_not_be_spoken_is_a_fault_where_it_was_spoken_anew() -> None:
    lost = result(turn(0, "begin", said="Hello. We record calls.", unheard=("We record calls.",)))
    (fault,) = unspoken(lost)
    assert fault == "turn 0 says 'We record calls.', which could not be spoken: the caller did not hear it"
    assert about(fault) != about("turn 0 says 'We record calls.', which must never be said")
    assert unspoken(replace(lost, depth="journal")) == (), "it is the recorded call's"
    assert unspoken(CALL) == ()
