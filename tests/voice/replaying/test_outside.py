"""Tools and people of a call that is run again."""

import pytest

from sop.graph import Graph
from sop.loader import load
from sop.stub import tools_from
from voice.commands import Bridge, CallTool, DropLeg, Ring, Transfer
from voice.events import Bridged, LegChanged, LegState, OnDuty, Stopped, ToolFinished
from voice.performer import LEAD_TOOL
from voice.replaying.outside import AsBefore, Later, Scripted


@pytest.fixture(scope="module")
def claims() -> Graph:
    return load("claims_billing")


def call(name: str = "find_claim", number: str = "9", **arguments: str) -> CallTool:
    return CallTool(number, name, arguments, 5.0)


def answered(*later: Later) -> list[tuple[int, bool, dict[str, str]]]:
    found = []
    for one in later:
        assert isinstance(one.event, ToolFinished)
        found.append((one.after, one.event.ok, dict(one.event.result)))
    return found


RING = Ring(1, 1, "Ann", "+14155550190", 20)


def ring(does: str, graph: Graph) -> list[LegState]:
    world = Scripted(graph, people={"desk": does})
    world.answer(Transfer(1, "desk", "asked"))
    return [one.event.to for one in world.answer(RING) if isinstance(one.event, LegChanged)]


def test_people_do_what_the_scenario_says(claims: Graph) -> None:
    assert ring("accept", claims)[-1] is LegState.JOINED
    assert ring("decline", claims)[-1] is LegState.DECLINED
    assert ring("no_answer", claims)[-1] is LegState.NO_ANSWER
    assert ring("busy", claims) == [LegState.BUSY]


def test_whoever_is_up_can_be_dropped_and_nobody_else(claims: Graph) -> None:
    world = Scripted(claims, people={"desk": "accept"})
    world.answer(Transfer(1, "desk", "asked"))
    world.answer(RING)
    assert world.answer(DropLeg(1)) == [Later(0, LegChanged(0, 1, LegState.ENDED))]
    assert world.answer(DropLeg(1)) == []


def test_the_stream_ends_when_the_caller_is_sent_to_a_person(claims: Graph) -> None:
    assert [type(one.event) for one in Scripted(claims).answer(Bridge(1, 1))] == [Stopped, Bridged]


def test_a_scenario_s_tools(claims: Graph) -> None:
    tools = tools_from(
        "verify_member: [{if: {birth_date: 1980-05-01}, answer: {identity: verified}}, {fail: true}]", claims
    )
    world = Scripted(claims, tools)
    assert answered(*world.answer(call("verify_member", birth_date="1980-05-01"))) == [
        (0, True, {"identity": "verified"})
    ]
    assert answered(*world.answer(call("verify_member", birth_date="1980-05-02")))[0][1] is False


def test_our_own_tool_succeeds(claims: Graph) -> None:
    assert answered(*Scripted(claims).answer(call(LEAD_TOOL))) == [(0, True, {})]


def before(graph: Graph, *told: tuple[CallTool, bool, str], **more: object) -> AsBefore:
    tools = [(asked, ToolFinished(0, asked.tool, ok, {"status": status})) for asked, ok, status in told]
    return AsBefore(Scripted(graph), tools, **more)  # type: ignore[arg-type]


def test_a_tool_that_failed_and_then_answered_does_so_again(claims: Graph) -> None:
    world = before(claims, (call(claim="7", number="1"), False, ""), (call(claim="7", number="2"), True, "paid"))
    found = [answered(*world.answer(call(claim="7")))[0][1:] for _ in range(3)]
    assert found == [(False, {"status": ""}), (True, {"status": "paid"}), (True, {"status": "paid"})]
    assert world.guessed == []


def test_other_arguments_get_the_tool_s_last_answer_and_a_note(claims: Graph) -> None:
    world = before(claims, (call(claim="7", number="1"), True, "paid"), (call(claim="8", number="2"), True, "denied"))
    assert answered(*world.answer(call(claim="9"))) == [(0, True, {"status": "denied"})]
    assert world.guessed == ["the tool find_claim was never called so: it answers as it did"]


def test_a_tool_that_was_never_called_gives_its_example_and_a_note(claims: Graph) -> None:
    tool = next(iter(claims.tools))
    world = before(claims)
    assert answered(*world.answer(call(tool)))[0][1] is True
    assert world.guessed == [f"the tool {tool} was never called so: it answers with its example"]


def test_a_tool_takes_as_long_as_it_did(claims: Graph) -> None:
    world = before(claims, (call(claim="7", number="1"), True, "paid"), took={"1": 12_000})
    assert answered(*world.answer(call(claim="7", number="5"))) == [(12_000, True, {"status": "paid"})]
    (later,) = world.answer(call(claim="7", number="6"))
    assert isinstance(later.event, ToolFinished) and later.event.tool == "6"


def test_a_lead_that_could_not_be_completed_is_not_completed_this_time_either(claims: Graph) -> None:
    world = before(claims, (call(LEAD_TOOL, number="1"), False, ""))
    assert answered(*world.answer(call(LEAD_TOOL)))[0][1] is False
    assert answered(*before(claims).answer(call(LEAD_TOOL))) == [(0, True, {})]
    assert world.guessed == []


def test_people_do_what_they_did_in_order(claims: Graph) -> None:
    world = AsBefore(
        Scripted(claims),
        duties=[OnDuty(0, 3, (), "nobody on duty")],
        legs=[[(800, LegState.RINGING), (8000, LegState.NO_ANSWER)]],
        bridges=[(Bridged(0, 3, False, "gone"), False)],
    )
    assert world.answer(Transfer(1, "desk", "asked")) == [Later(0, OnDuty(0, 1, (), "nobody on duty"))]
    assert [(one.after, one.event) for one in world.answer(RING)] == [
        (800, LegChanged(0, 1, LegState.RINGING)),
        (8000, LegChanged(0, 1, LegState.NO_ANSWER)),
    ]
    assert world.answer(Bridge(1, 1)) == [Later(0, Bridged(0, 1, False, "gone"))]
    assert world.guessed == []


def test_what_was_never_asked_for_goes_well_and_is_noted(claims: Graph) -> None:
    world = AsBefore(Scripted(claims))
    (duty,) = world.answer(Transfer(1, "desk", "asked"))
    assert isinstance(duty.event, OnDuty) and duty.event.people == (("desk", "+14155550199"),)
    world.answer(RING)
    world.answer(Bridge(1, 1))
    assert world.guessed == [
        "nobody was sent for in the recorded call: here it goes well",
        "nobody was rung in the recorded call: here it goes well",
        "the caller was not sent to anybody in the recorded call: here it goes well",
    ]
