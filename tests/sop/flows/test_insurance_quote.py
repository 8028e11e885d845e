"""The insurance quote as calls: no premium without its disclaimer, no call without consent."""

from pathlib import Path

import pytest

import sop
from sop.script import parse_script, play

GRAPH = sop.load("insurance_quote")
SCRIPTS = sorted((Path(sop.__file__).parent / "flows" / "scripts" / "insurance_quote").glob("*.txt"))
TUESDAY = "2026-11-24T10:00:00-06:00"
RENTER = ("renters insurance", "six oh six one four", "april ninth nineteen ninety nine", "skip", "basic")


def call(*said: str, nobody: bool = False) -> sop.Conversation:
    talk = sop.Conversation(GRAPH, caller="+13125550134", now=TUESDAY, people=lambda target: not nobody)
    for text in said:
        talk.hear(text)
    return talk


def targets(talk: sop.Conversation) -> list[str]:
    return [act.target for one in talk.trace for act in one.acts if isinstance(act, sop.TransferTo)]


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 6


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_script(path: Path) -> None:
    _, misses = play(GRAPH, parse_script(path.read_text()))
    assert [str(miss) for miss in misses] == []


def test_every_premium_comes_with_its_disclaimer() -> None:
    talk = call(*RENTER)
    said = [act for act in talk.trace[-1].acts if isinstance(act, sop.Say)]
    premium = next(at for at, act in enumerate(said) if "eighteen dollars and seventy five cents" in act.text)
    assert "This is an estimate, not a binding offer" in said[premium + 1].text
    assert not said[premium].interruptible
    assert not said[premium + 1].interruptible


def test_no_number_is_asked_for_without_consent() -> None:
    talk = call(*RENTER, "no", "no")
    assert talk.state.values["call_consent"].value == "no"
    for said in ("dana whitfield", "dana at whitfield dot com", "yes", "yes"):
        talk.hear(said)
    assert talk.state.outcome == "lead_saved"
    assert "callback" not in talk.state.values
    assert "no call" in talk.said


@pytest.mark.parametrize("heard", ["maybe", "what was that", "well it depends", "blue banana"])
def test_only_a_yes_is_consent(heard: str) -> None:
    talk = call(*RENTER, "no", heard)
    assert "call_consent" not in talk.state.values
    assert "May we call or text you" in talk.said


def test_somebody_who_wants_no_mail_either_is_left_alone() -> None:
    talk = call(*RENTER, "no", "no", "dana whitfield", "skip")
    assert talk.state.outcome == "no_contact"
    assert not any(
        isinstance(act, sop.CallTool) and act.name == "create_lead" for one in talk.trace for act in one.acts
    )


def home(value: str) -> sop.Conversation:
    return call(
        *("home insurance", "nine four three oh one", "may second nineteen seventy", "yes"),
        *("two thousand and five", value, "skip", "full coverage"),
    )


@pytest.mark.parametrize(
    ("value", "agent"),
    [("one million dollars", False), ("one million one hundred dollars", True), ("two million dollars", True)],
)
def test_more_than_a_million_goes_to_an_agent(value: str, agent: bool) -> None:
    assert targets(home(value)) == (["licensed_agent"] if agent else [])


def test_a_home_that_is_not_ones_own_gets_no_rate() -> None:
    talk = call("home insurance", "six oh six one four", "may second nineteen seventy", "no i rent it")
    assert targets(talk) == ["licensed_agent"]
    assert "monthly_premium" not in talk.state.facts


def test_an_agent_who_does_not_answer_does_not_make_up_for_consent() -> None:
    talk = call(*RENTER, "yes", nobody=True)
    assert targets(talk) == ["licensed_agent"]
    assert talk.state.step == "consent"


@pytest.mark.parametrize("said", ["two cars and a truck", "one or two cars", "two cars and two motorcycles"])
def test_vehicles_that_were_not_counted_up_are_asked_for_again(said: str) -> None:
    talk = call("auto insurance", "six two seven oh four", "march third nineteen eighty", said)
    assert "vehicles" not in talk.state.values
    talk.hear("three")
    assert talk.state.values["vehicles"].value == "3"
