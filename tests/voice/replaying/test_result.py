"""What came of a call, as JSON and back."""

import json

import pytest

from tests.voice.replaying.made import result, slot, tool, transfer, turn
from voice.replaying.course import By, Course, CourseTurn, Slot
from voice.replaying.result import (
    Difference,
    Timings,
    TurnTiming,
    Versus,
    failed,
    from_json,
    result_of,
    to_json,
    with_words,
)
from voice.replaying.speeches import Speech

DIFFERENCE = Difference(1, "said", "Yes?", "Well?", "the prompt's text")
CALL = result(
    turn(0, "begin", said="Who is it?"),
    turn(1, heard="ann – \u202e smith", confidence=0.9, says="ann smith", set={"name": "Ann"}, caller=(4.0, 5.5)),
    slots={"name": slot("Ann")},
    transfers=(transfer("desk"),),
    tools=(tool("find_claim", claim="7"),),
    differences=(DIFFERENCE,),
    parts_at=DIFFERENCE,
    last=Versus("better", (DIFFERENCE,)),
    timings=Timings(1.5, (TurnTiming(1, 612, {"asr": 81.0}),)),
)


def test_comes_back_from_its_json() -> None:
    assert from_json(json.dumps(to_json(CALL))) == CALL


def test_what_was_run_before_is_left_out_unless_it_is_asked_for() -> None:
    assert to_json(CALL, last=False)["last"] is None
    assert to_json(CALL)["last"]["verdict"] == "better"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"call": "x"}', "not json"])
def test_what_another_version_wrote_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        from_json(text)


def test_of_a_call_that_could_not_be_run_there_is_only_why() -> None:
    found = failed("x", "journal", "audio", "its sound is gone")
    assert (found.failed, found.verdict, found.turns, found.outcome) == ("its sound is gone", "worse", (), None)
    assert from_json(json.dumps(to_json(found))) == found


def test_samples_become_seconds() -> None:
    spoken = CourseTurn(By.SPEECH, 16000, "triage", heard="yes", caller=(8000, 12000), gap_ms=500, stages={"asr": 80.0})
    spoken.agent.append(Speech("Thank you.", 17000, 21000, cut=True))
    spoken.unheard.append("We record calls.")
    course = Course(
        *(None, "lead_saved", ("triage",), (CourseTurn(By.BEGIN, 0, ""), spoken)),
        slots={"name": Slot("Ann", "ann", 0.83333, True, 1)},
        transfers=(),
        tools=(),
        barge_ins=(21000,),
        marks=(),
        keys=(),
        samples=24000,
    )
    found = result_of(course, call="x", kind="journal", depth="audio", flow="f", version=2)
    assert (found.duration_s, found.barge_ins, found.slots["name"].confidence) == (3.0, 1, 0.833)
    assert (found.turns[1].caller, found.turns[1].unheard) == ((1.0, 1.5), ("We record calls.",))
    ((begins, ends, text, cut),) = ((one.begins_s, one.ends_s, one.text, one.cut) for one in found.turns[1].agent)
    assert (begins, ends, text, cut) == (2.125, 2.625, "Thank you.", True)
    assert found.timings.turns == (TurnTiming(1, 500, {"asr": 80.0}),), "the begin has no timing"


# ---- the words that were really said ---------------------------------------------------------------------------------

TURNS = result(turn(0, "begin"), turn(1, caller=(4.0, 6.0)), turn(2, caller=(10.0, 12.0)))


def says(*spans: tuple[float, float, str]) -> tuple[list[str | None], tuple[str, ...]]:
    found = with_words(TURNS, tuple((int(a * 8000), int(b * 8000), words) for a, b, words in spans))
    return [one.says for one in found.turns], found.notes


def test_words_go_to_the_turn_in_which_they_were_heard() -> None:
    assert says((3.9, 6.2, "yes"), (10.1, 12.0, "no")) == ([None, "yes", "no"], ())


def test_two_clips_in_one_turn() -> None:
    assert says((4.0, 4.8, "four one five"), (5.0, 6.0, "oh one")) == ([None, "four one five oh one", None], ())


def test_words_that_no_turn_came_of_are_noted() -> None:
    assert says((7.0, 8.5, "wait")) == ([None] * 3, ("at 7.0 s the caller said 'wait', and no turn came of it",))


def test_a_clip_without_words_is_not_missed() -> None:
    assert says((7.0, 8.5, ""), (4.0, 6.0, "")) == ([None] * 3, ())
