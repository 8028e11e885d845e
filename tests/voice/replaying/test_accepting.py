"""From a run to a `<call>.yaml`, and back to what the next one is compared with."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.voice.replaying.made import result, slot, tool, transfer, turn
from voice.errors import OperatorError
from voice.replaying.accepting import accepted, as_result, write
from voice.replaying.expected import Beside, parse_beside
from voice.replaying.judged import judged
from voice.replaying.judging import faults
from voice.replaying.result import CallResult, TurnResult, failed
from voice.scenario import Expect

CALL = result(
    turn(0, "begin", at_step="", said="What's going on?", entered=("triage",)),
    turn(1, heard="no heat", said="Your name?", entered=("contact",), set={"problem": "no_heat"}),
    turn(2, heard="ann", at_step="contact", said="Thank you.", set={"name": "Ann Smith"}, barge_in=True),
    slots={"problem": slot("no_heat"), "name": slot("Ann Smith", turn=2)},
    transfers=(transfer("desk", "asked"),),
    tools=(tool("create_lead", name="Ann Smith"),),
    barge_ins=1,
)
EXPECTED_OTHERWISE = (
    "is not what somebody has written that is expected of it; where that no longer holds, take it out and accept again:"
)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff"), max_size=20)


def again(call: CallResult, before: Beside | None = None) -> Beside:
    return parse_beside(accepted(call, before, on="2026-11-23"), source="x")


def verdict(now: CallResult, beside: Beside) -> str:
    return judged(now, beside, as_result(beside, now), against="accepted").verdict


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=3))
def test_an_accepted_run_is_the_same_as_itself(words: list[tuple[str, str, str]]) -> None:
    turns = tuple(turn(n, heard=a, said=b, set={"name": c} if c else {}) for n, (a, b, c) in enumerate(words))
    value = next((one for *_, one in reversed(words) if one), "")
    call = result(*turns, path=(), slots={"name": slot(value)} if value.strip() == value != "" else {})
    beside = again(call)
    assert as_result(beside, call) is not None
    found = judged(call, beside, as_result(beside, call), against="accepted")
    assert found.differences == ()


def test_all_of_it_is_expected_from_now_on() -> None:
    beside = again(CALL)
    assert faults(CALL, beside) == ()
    assert verdict(CALL, beside) == "same"
    assert beside.accepted is not None
    assert (beside.accepted.on, beside.accepted.version) == ("2026-11-23", 1)
    assert (beside.lead, beside.tools, beside.escalations) == (
        {"problem": "no_heat", "name": "Ann Smith"},
        ("create_lead",),
        ("asked",),
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"outcome": "caller_hung_up"}, "worse"),
        ({"slots": {"problem": slot("no_heat"), "name": slot("Nan Smith")}}, "worse"),
        ({"slots": {}}, "worse"),
        ({"path": ("triage",)}, "worse"),
        ({"tools": ()}, "worse"),
        ({"transfers": ()}, "worse"),
        ({"barge_ins": 0}, "worse"),
        ({"turns": CALL.turns[:2]}, "different"),
    ],
)
def test_a_run_that_came_to_something_else(changed: dict[str, object], expected: str) -> None:
    now = result(*CALL.turns, **({name: getattr(CALL, name) for name in ("slots", "transfers", "tools", "barge_ins")}))
    now = CallResult(**({name: getattr(now, name) for name in CallResult.__slots__} | changed))
    assert verdict(now, again(CALL)) == expected


def test_a_call_without_a_lead_must_stay_without() -> None:
    none = result(TurnResult(0, "begin", ""), path=())
    assert again(none).no_lead
    assert faults(CALL, again(none))


def test_what_somebody_has_written_stays() -> None:
    before = parse_beside(
        "says: [no heat]\nnever_said: [diagnosis]\nlatency: {gap_p95_ms: 900}\nflow: f\noutcome: other\n"
        "accepted: {'on': '2026-11-22', flow: f, version: 1}",
        source="x",
    )
    beside = again(CALL, before)
    assert (beside.says, beside.never_said, beside.flow) == (("no heat",), ("diagnosis",), "f")
    assert beside.latency.gap_p95_ms == 900
    assert beside.outcome == "lead_saved", "what a run tells is the run's"


def measured(call: CallResult, beside: Beside) -> CallResult:
    return judged(call, beside, None, against="")


def test_what_somebody_expects_and_has_not_come_is_not_thrown_away() -> None:
    before = parse_beside("outcome: transferred\nmilestones: [triage, save]\nslots: {name: Ann Smith}", source="x")
    with pytest.raises(OperatorError) as refused:
        accepted(measured(CALL, before), before, on="2026-11-23")
    assert str(refused.value).splitlines() == [
        f"x {EXPECTED_OTHERWISE}",
        "    outcome lead_saved, expected transferred",
        "    path triage contact does not pass save in the order triage save",
    ]


def test_what_a_scenario_expects_and_has_not_come_is_not_thrown_away() -> None:
    with pytest.raises(OperatorError, match="barge-ins, expected 0"):
        accepted(judged(CALL, Expect(outcome="lead_saved"), None, against=""), None, on="2026-11-23")


def test_what_was_accepted_before_gives_way_to_what_is_now() -> None:
    before = again(CALL)
    now = replace(CALL, outcome="caller_hung_up")
    assert again(measured(now, before), before).outcome == "caller_hung_up"


def test_a_sentence_that_could_not_be_spoken_is_not_accepted() -> None:
    lost = replace(CALL, turns=(replace(CALL.turns[0], unheard=("What's going on?",)), *CALL.turns[1:]))
    with pytest.raises(OperatorError, match="could not be spoken"):
        accepted(judged(lost, None, None, against=""), again(CALL), on="2026-11-23")
    of_the_journal = again(replace(lost, depth="journal"))
    assert verdict(replace(lost, depth="journal"), of_the_journal) == "same"
    assert verdict(CALL, of_the_journal) == "better"
    assert verdict(lost, again(CALL)) == "worse"


def test_milestones_and_alternatives_that_still_hold_stay() -> None:
    for before in (
        parse_beside("milestones: [triage]\nslots: {name: [Anne Smith, Ann Smith], problem: no_heat}", source="x"),
        parse_beside(
            "milestones: [triage]\nlead: {name: [Anne Smith, Ann Smith], problem: no_heat}\n"
            "accepted: {'on': '2026-11-22', flow: f, version: 1}",
            source="x",
        ),
    ):
        beside = again(measured(CALL, before), before)
        assert (beside.milestones, beside.path) == (("triage",), None)
        assert beside.lead == {"problem": "no_heat", "name": ("Anne Smith", "Ann Smith")}
        assert verdict(CALL, beside) == "same"


def test_milestones_and_alternatives_that_do_not_hold_go_with_the_run_that_was_accepted() -> None:
    before = parse_beside(
        "milestones: [save]\nslots: {name: [Nan, Nancy]}\naccepted: {'on': '2026-11-22', flow: f, version: 1}",
        source="x",
    )
    beside = again(measured(CALL, before), before)
    assert (beside.milestones, beside.path) == (None, ("triage", "contact"))
    assert beside.lead == {"problem": "no_heat", "name": "Ann Smith"}


def test_comments_stay() -> None:
    text = (
        "# Tuesday's complaint\n"
        "milestones: [triage]  # the gas check comes first\n"
        "never_said: ['# 1 in town']\n"
        "consent: |\n"
        "  # no comment\n"
        "outcome: lead_saved\n"
    )
    before = parse_beside(text, source="x")
    once = accepted(measured(CALL, before), before, on="2026-11-23", text=text)
    kept = ["# Tuesday's complaint", "# milestones: [triage]  # the gas check comes first"]
    assert once.splitlines()[2:4] == kept
    twice = accepted(CALL, parse_beside(once, source="x"), on="2026-11-24", text=once)
    assert [line for line in twice.splitlines() if line.startswith("#")] == once.splitlines()[:4]


def test_a_call_without_an_outcome_leaves_it_open() -> None:
    none = replace(CALL, outcome=None)
    assert "outcome" not in yaml.safe_load(accepted(none, None, on="2026-11-23"))
    assert verdict(CALL, again(none)) == "different"


def test_a_call_that_could_not_be_run_is_not_accepted() -> None:
    with pytest.raises(OperatorError, match="x can't be accepted: its sound is gone"):
        accepted(failed("x", "journal", "audio", "its sound is gone"), None, on="2026-11-23")


def test_an_expectation_that_people_wrote_has_no_run_in_it() -> None:
    assert as_result(Beside(outcome="lead_saved"), CALL) is None


def test_the_file_is_whole_or_not_there(tmp_path: Path) -> None:
    write(tmp_path / "x.yaml", accepted(CALL, None, on="2026-11-23"))
    assert yaml.safe_load((tmp_path / "x.yaml").read_text(encoding="utf-8"))["outcome"] == "lead_saved"
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]
