"""The front desk as calls: tenants while they are in, their own assistants when nobody is there."""

from pathlib import Path

import pytest

import sop
from sop.script import parse_script, play

GRAPH = sop.load("front_desk")
SCRIPTS = sorted((Path(sop.__file__).parent / "flows" / "scripts" / "front_desk").glob("*.txt"))
OPEN = "2026-11-24T10:00:00-05:00"
CLOSED = "2026-11-24T19:00:00-05:00"
THANKSGIVING = "2026-11-26T10:00:00-05:00"
TENANTS = [
    ("the dentist please", "maple_grove_dental", "dental_booking"),
    ("i need to speak with the lawyers", "calder_and_finch", "law_intake"),
    ("the insurance agency", "beacon_insurance", "insurance_quote"),
    ("i have a problem with my password", "ledgerly", "saas_support"),
    ("it's about something i ordered", "harbor_and_pine", "order_status"),
]


def call(now: str, *said: str, nobody: bool = False) -> sop.Conversation:
    talk = sop.Conversation(GRAPH, caller="+12125550134", now=now, people=lambda target: not nobody)
    for text in said:
        talk.hear(text)
    return talk


def targets(talk: sop.Conversation) -> list[str]:
    return [act.target for one in talk.trace for act in one.acts if isinstance(act, sop.TransferTo)]


def flow_of(talk: sop.Conversation) -> str:
    return talk.state.step.partition(".")[0]


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 6


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_script(path: Path) -> None:
    _, misses = play(GRAPH, parse_script(path.read_text()))
    assert [str(miss) for miss in misses] == []


@pytest.mark.parametrize(("said", "target", "flow"), TENANTS)
def test_open_is_put_through(said: str, target: str, flow: str) -> None:
    talk = call(OPEN, said, "karen mitchell")
    assert targets(talk) == [target]
    assert talk.state.outcome == "transferred"


@pytest.mark.parametrize(("said", "target", "flow"), TENANTS)
def test_no_answer_is_served_by_the_tenants_own_flow(said: str, target: str, flow: str) -> None:
    talk = call(OPEN, said, "karen mitchell", nobody=True)
    assert targets(talk) == [target]
    assert flow_of(talk) == flow
    assert talk.state.values["name"].value == "Karen Mitchell"


@pytest.mark.parametrize("now", [CLOSED, THANKSGIVING])
@pytest.mark.parametrize(("said", "target", "flow"), TENANTS)
def test_closed_rings_nobody(now: str, said: str, target: str, flow: str) -> None:
    talk = call(now, said)
    assert targets(talk) == []
    assert flow_of(talk) == flow
    assert "is closed right now, but I can help you." in talk.said


@pytest.mark.parametrize("now", [OPEN, CLOSED])
def test_the_law_firms_disclaimer_holds_here_too(now: str) -> None:
    talk = call(now, "a lawyer", *(["karen mitchell"] if now == OPEN else []), nobody=True)
    said = [act for one in talk.trace for act in one.acts if isinstance(act, sop.Say)]
    disclaimer = [act for act in said if "does not create an attorney-client relationship" in act.text]
    assert len(disclaimer) == 1
    assert not disclaimer[0].interruptible
    assert "law_intake.disclaimer" in GRAPH.required["law_intake.conflict_check"]


def test_ones_own_name_is_kept_apart_from_the_other_sides() -> None:
    talk = call(CLOSED, "i was in a car accident and need a lawyer", "no", "karen mitchell", "yes", "another driver")
    talk.hear("his name is bob stone")
    assert talk.state.values["name"].value == "Karen Mitchell"
    assert talk.state.values["other_party"].value == "Bob Stone"


MESSAGE = ("can i leave a message", "dan reed", "yes", "bob", "please call me back about the lease")


@pytest.mark.parametrize(
    ("said", "recipient", "message"),
    [
        ("no the message is for rob", "rob", MESSAGE[-1]),
        ("the message is for rob stone", "rob stone", MESSAGE[-1]),
        ("no the recipient is rob", "rob", MESSAGE[-1]),
        ("no the message is please hurry", "bob", "please hurry"),
        ("yes the message is for bob", "bob", MESSAGE[-1]),
    ],
)
def test_whom_the_message_is_for_is_not_the_message(said: str, recipient: str, message: str) -> None:
    values = call(CLOSED, *MESSAGE, said).state.values
    assert (values["desk_recipient"].value, values["desk_message"].value) == (recipient, message)


def test_a_message_may_begin_with_whom_it_is_for() -> None:
    values = call(CLOSED, *MESSAGE[:-1], "the message is for him to call me").state.values
    assert values["desk_recipient"].value == "bob"
    assert "him to call me" in values["desk_message"].value


@pytest.mark.parametrize(
    "said",
    [
        "there's a fire alarm going off",
        "we're stuck in the elevator",
        "there is a fire",
        "there's a fire in the lobby",
        "i smell smoke",
        "there is smoke on the third floor",
        "someone collapsed in the lobby",
        "a man has collapsed",
    ],
)
def test_an_emergency_in_the_building_is_told_to_call_for_help(said: str) -> None:
    talk = call(CLOSED, said)
    assert "call 9 1 1 now" in talk.said
    assert targets(talk) == ["lobby_desk"]


@pytest.mark.parametrize("said", ["there is no fire", "no i don't smell smoke", "the scaffolding collapsed last year"])
def test_no_emergency_in_the_building(said: str) -> None:
    assert "9 1 1" not in call(CLOSED, said).said
