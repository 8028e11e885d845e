"""What surrounds the sound of a call, with stand-ins in it."""

import os
from dataclasses import replace
from functools import cache

import pytest

from sop import loader
from sop.graph import Graph
from sop.state import Line, Phase, SlotValue, State, state_from_json, state_to_json
from voice.commands import CallTool
from voice.events import CallStarted, OnDuty, ToolFinished
from voice.recorded import load
from voice.replaying.expected import Beside
from voice.replaying.past import Past
from voice.replaying.scrub.holdings import held_in_expectation, held_in_journal, held_in_scenario
from voice.replaying.scrub.permission import AGREED
from voice.replaying.scrub.plain_words import vocabulary
from voice.replaying.scrub.rewriting import Rewriter, to_the_minute
from voice.replaying.scrub.stand_ins import TEXT, Held, stand_ins

NOW = "2026-11-22T19:40:23.123-05:00"
HELD = (
    Held("person_name", "Karen Mitchell", "name"),
    Held("phone", "+12125550188", "number"),
    Held("digits", "4539", "claim"),
    Held("date", "1984-03-12", "born"),
    Held("date", "2026-09-15", "accident"),
    Held("money", "85250.00", "income"),
    Held(TEXT, "Quartz Inc", "answer"),
)


@cache
def graph() -> Graph:
    return loader.load("after_hours_hvac")


@cache
def rewriter() -> Rewriter:
    own = vocabulary(loader.bundle("after_hours_hvac"))
    return Rewriter(graph(), stand_ins(HELD, now=NOW, own=own), own, HELD)


def of(value: str) -> str:
    return rewriter().stands.of(value)


def test_keys_of_a_value_are_its_stand_ins() -> None:
    assert rewriter().keys(["2125550188#"]) == [of("+12125550188")[2:] + "#"]
    assert rewriter().keys(["12125550188"]) == [of("+12125550188")[1:]]
    assert rewriter().keys(["4539"]) == [of("4539")]


def test_keys_in_pieces_are_one_value() -> None:
    other = of("+12125550188")[2:]
    assert rewriter().keys(["212", "5550", "188#"]) == [other[:3], other[3:7], other[7:] + "#"]


def test_keys_of_what_stays_stay() -> None:
    assert rewriter().keys(["1", "2", "#"]) == ["1", "2", "#"]
    assert rewriter().keys(["09152026"]) == ["09152026"]
    assert rewriter().keys(["85250#"]) == ["85250#"]


def test_other_keys_are_others() -> None:
    (pin,) = rewriter().keys(["7712#"])
    assert len(pin) == 5 and pin.endswith("#") and pin != "7712#"
    born = of("1984-03-12")
    assert rewriter().keys(["03121984"]) == [born[5:7] + born[8:] + born[:4]]


def test_the_beginning_of_a_call() -> None:
    start = CallStarted(0, "CAkaren", "MZ1", "+12125550188", NOW, {"vip": "yes", "company": "Quartz Inc"})
    found = rewriter().start(start, "call-01")
    assert found.caller == of("+12125550188") and found.now == "2026-11-22T19:40:00-05:00"
    assert found.profile == {"vip": "yes", "company": of("Quartz Inc")} and "Quartz" not in of("Quartz Inc")
    assert found.call == rewriter().start(replace(start, call="CAother"), "call-01").call


def test_what_an_earlier_stream_left() -> None:
    state = State(
        flow="after_hours_hvac",
        version=1,
        caller="+12125550188",
        now=NOW,
        phase=Phase.CONFIRMING,
        values={
            "name": SlotValue("Karen Mitchell", "Karen Mitchell", 0.9),
            "callback": SlotValue("+12125550188", "2 1 2, 5 5 5, 0 1 8 8", 1.0, True),
        },
        bound="Karen Mitchell",
        told={"check": "Karen Mitchell, at 2 1 2, 5 5 5, 0 1 8 8."},
        question=(Line("Is the number ending in 0 1 8 8 right, Karen?", False),),
    )
    start = CallStarted(0, "CA1", "MZ1", "+12125550188", NOW, resumed=state_to_json(state))
    held = list(held_in_journal([start], graph()))
    assert {one.value for one in held} == {"Karen Mitchell", "+12125550188"}
    text = rewriter().start(start, "call-01").resumed
    other = state_from_json(text)
    assert other.values["name"].value == other.bound == of("Karen Mitchell")
    assert other.values["callback"].value == of("+12125550188") and other.values["callback"].confirmed
    ending = " ".join(of("+12125550188")[-4:])
    first = of("Karen Mitchell").split()[0]
    assert other.question[0].text == f"Is the number ending in {ending} right, {first}?"
    assert other.told["check"].startswith(of("Karen Mitchell")) and other.told["check"].endswith(f"{ending}.")
    assert not any(part in text for part in ("Karen", "Mitchell", "0188", "0 1 8 8"))


def test_the_world_around_a_call() -> None:
    past = Past(
        tools=[
            (
                CallTool("t1", "find", {"name": "Karen Mitchell"}, 5.0),
                ToolFinished(9, "t1", True, {"company": "Quartz Inc", "status": "open"}),
            )
        ],
        duties=[OnDuty(9, 1, (("Karen Mitchell", "+12125550188"),))],
    )
    found = rewriter().past(past)
    asked, told = found.tools[0]
    assert asked.arguments == {"name": of("Karen Mitchell")}
    assert told.result == {"company": of("Quartz Inc"), "status": "open"}
    assert found.duties[0].people == ((of("Karen Mitchell"), of("+12125550188")),)


def test_an_expectation() -> None:
    beside = Beside(
        outcome="lead_saved",
        slots={"name": ("Karen Mitchell", "Karen"), "problem": "no_heat"},
        never_said=("karen mitchell", "jessica", "a price"),
        says=("this is karen",),
        caller="+12125550188",
        consent="Karen Mitchell wrote to us",
        flow=f"{os.sep}home{os.sep}karen/flows/mine.yaml",
        now=NOW,
        recording="karen.wav",
    )
    assert "Karen" in {one.value for one in held_in_expectation(beside, graph())}
    found = rewriter().beside(beside, ["This is somebody."])
    assert found.slots == {"name": (of("Karen Mitchell"), "Karen"), "problem": "no_heat"}
    assert [text.lower() for text in found.never_said] == [of("Karen Mitchell").lower(), "a price"]
    assert (found.says, found.consent, found.recording) == (("This is somebody.",), AGREED, None)
    assert (found.caller, found.flow, found.now) == (of("+12125550188"), "mine.yaml", "2026-11-22T19:40:00-05:00")


def test_no_lead_is_still_none() -> None:
    found = rewriter().beside(Beside.model_validate({"lead": None}), None)
    assert found.no_lead and found.model_dump(exclude_unset=True) == {"lead": None}


def test_a_scenario() -> None:
    scenario = load("plain").scenario.model_copy(
        update={"description": "Karen rings", "parameters": {"who": "Quartz Inc"}}
    )
    assert "Quartz Inc" in {one.value for one in held_in_scenario(scenario, graph())}
    answered = [
        (CallTool("1", "find", {"claim": "4539"}, 5.0), ToolFinished(0, "1", True, {"who": "Quartz Inc"})),
        (CallTool("2", "find", {"claim": "1"}, 5.0), ToolFinished(0, "2", False, {})),
    ]
    found = rewriter().scenario(scenario, "call-07", answered)
    assert (found.name, found.called) == ("call_07", "+14155550100")
    assert "Karen" not in found.description and found.parameters == {"who": of("Quartz Inc")}
    assert found.tools == {
        "find": [
            {"if": {"claim": of("4539")}, "answer": {"who": of("Quartz Inc")}},
            {"if": {"claim": "1"}, "fail": True},
        ]
    }


@pytest.mark.parametrize(
    "now", ["2026-11-22T19:40:23-05:00", "2026-11-22T19:40:23.5-05:00", "2026-11-22T19:40:00-05:00"]
)
def test_to_the_minute(now: str) -> None:
    assert to_the_minute(now) == "2026-11-22T19:40:00-05:00"
