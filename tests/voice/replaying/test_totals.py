"""Many calls in a few numbers."""

import pytest

from sop.graph import Graph
from sop.loader import load
from tests.voice.replaying.made import result, slot, tool, transfer, turn
from voice.replaying.expected import Expected
from voice.replaying.result import CallResult, Difference, Timings, TurnTiming, Wer, failed
from voice.replaying.totals import Judged, gaps, totals


@pytest.fixture(scope="module")
def hvac() -> Graph:
    return load("after_hours_hvac")


def judged(call: CallResult, expected: Expected | None = None, graph: Graph | None = None) -> Judged:
    return Judged(call, expected, graph)


def test_nothing_comes_to_nothing() -> None:
    found = totals([])
    assert (found["calls"], found["ujcs"], found["containment"]) == (0, None, None)
    assert found["wer"] == {"errors": 0, "words": 0, "rate": None}
    assert "last" not in found


def test_verdicts_and_what_was_right() -> None:
    right = result(expected=True, verdict="same")
    wrong = result(expected=True, verdict="worse", faults=("outcome a, expected b",))
    found = totals([judged(right), judged(wrong), judged(result()), judged(failed("x", "journal", "audio", "gone"))])
    assert (found["calls"], found["failed"], found["expected"], found["right"]) == (4, 1, 2, 1)
    assert found["verdicts"] == {"new": 1, "same": 1, "worse": 2}


def test_words_are_added_up_over_all_calls() -> None:
    found = totals([judged(result(wer=Wer(1, 10))), judged(result(wer=Wer(2, 20))), judged(result())])
    assert found["wer"] == {"errors": 3, "words": 30, "rate": 0.1}


def test_steps_that_calls_left_out_or_passed_anew() -> None:
    differs = (Difference(1, "entered", "check", "save"), Difference(-1, "steps", "check, read_back", "survey"))
    calls = [result(differences=differs), result(differences=differs[1:]), result()]
    calls.append(result(differences=(Difference(-1, "steps", "check", ""),)))
    assert totals([judged(call) for call in calls])["steps"] == {
        "left_out": {"check": 3, "read_back": 2},
        "new": {"survey": 2},
    }


def test_slots_right_wrong_missing_and_wrong_for_sure() -> None:
    call = result(slots={"name": slot("Ann"), "when": slot("today", confirmed=True), "other": slot("x")})
    wanted = Expected(slots={"name": ("Ann", "Anne"), "when": "asap", "address": "4 Elm"})
    assert totals([judged(call, wanted)])["slots"] == {"right": 1, "wrong": 1, "missing": 1, "wrong_confirmed": 1}


def test_a_call_that_could_not_be_run_lacks_all_its_slots() -> None:
    wanted = Expected(lead={"name": "Ann"})
    assert totals([judged(failed("x", "journal", "audio", "gone"), wanted)])["slots"] == {
        "right": 0,
        "wrong": 0,
        "missing": 1,
        "wrong_confirmed": 0,
    }


def test_who_had_to_be_fetched_and_who_was(hvac: Graph) -> None:
    fetched, not_fetched = result(transfers=(transfer("desk"),)), result()
    must, must_not = Expected(transfers=("desk",)), Expected(transfers=())
    calls = [judged(fetched, must, hvac), judged(fetched, must_not, hvac), judged(not_fetched, must, hvac)]
    found = totals([*calls, judged(not_fetched, must_not, hvac), judged(fetched, Expected(), hvac)])
    assert found["escalation"] == {"calls": 4, "precision": 0.5, "recall": 0.5}
    assert found["containment"] == 0.4


def test_a_path_says_whether_somebody_had_to_be_fetched(hvac: Graph) -> None:
    by_path = Expected(path=("triage", "gas_safety", "on_call"))
    assert totals([judged(result(transfers=(transfer("on_call"),)), by_path, hvac)])["escalation"] == {
        "calls": 1,
        "precision": 1.0,
        "recall": 1.0,
    }


def test_tools_that_had_to_be_called(hvac: Graph) -> None:
    called = result(tools=(tool("create_lead"),))
    assert totals([judged(called, Expected(tools=("create_lead",)), hvac)])["ujcs"] == 1.0
    assert totals([judged(result(), Expected(tools=("create_lead",)), hvac)])["ujcs"] == 0.0
    assert totals([judged(called, Expected(outcome="lead_saved"), hvac)])["ujcs"] is None


def test_the_last_run_stands_beside_it() -> None:
    found = totals([judged(result(wer=Wer(1, 10)))], [result(wer=Wer(2, 10))])
    assert found["last"] == {
        "verdicts": {"new": 1},
        "expected": 0,
        "right": 0,
        "wer": {"errors": 2, "words": 10, "rate": 0.2},
        "containment": 1.0,
    }


def test_how_long_callers_waited() -> None:
    timings = Timings(1.0, tuple(TurnTiming(n, gap, {}) for n, gap in enumerate((500, 600, None, 700))))
    assert gaps([result(turn(0), timings=timings)]) == {"p50": 600.0, "p95": 700.0, "n": 3}
    assert gaps([]) == {"p50": None, "p95": None, "n": 0}
