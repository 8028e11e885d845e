"""A transfer that nobody takes: every flow takes a message with a number, or has the caller's number already."""

import pytest

import sop
from sop.acts import CallTool
from sop.conversation import Conversation
from sop.graph import following, reachable
from sop.loader import shipped
from sop.steps import ToolStep, TransferStep

MONDAY = "2026-11-23T10:00:00-05:00"
SUNDAY = "2026-11-22T19:30:00-05:00"
ANSWERS = {
    "person_name": "karen mitchell",
    "phone": "four one five five five five oh one nine nine",
    "us_address": "twelve oak road springfield",
    "time_window": "tomorrow morning",
    "free_text": "please ask them to call me about tuesday",
    "yes_no": "yes",
    "choice": "something else",
}
LEAD_IS_SAVED_BEFORE = {"lawyer_review"}
"""Transfers that come after the lead."""


@pytest.mark.parametrize("flow", shipped())
def test_behind_every_transfer_a_lead_can_be_taken(flow: str) -> None:
    graph = sop.load(flow)
    for step in graph.steps.values():
        if isinstance(step, TransferStep) and step.name.rpartition(".")[2] not in LEAD_IS_SAVED_BEFORE:
            after = (graph.steps[name] for name in reachable(graph, (step.on_no_answer,)))
            assert any(isinstance(one, ToolStep) and one.tool == "create_lead" for one in after), step.name


def test_a_lawyer_who_is_not_reached_has_the_case() -> None:
    graph = sop.load("law_intake")
    saving = [name for name, step in graph.steps.items() if isinstance(step, ToolStep) and step.tool == "create_lead"]
    without = dict(graph.steps)
    for name in saving:
        del without[name]
    found, waiting = set[str](), [graph.start]
    while waiting:
        name = waiting.pop()
        if name in without and name not in found:
            found.add(name)
            waiting += following(graph, graph.steps[name])
    assert "lawyer_review" in reachable(graph, (graph.start,))
    assert "lawyer_review" not in found


@pytest.mark.parametrize("now", [MONDAY, SUNDAY])
@pytest.mark.parametrize("flow", shipped())
def test_who_asks_for_a_person_in_vain_leaves_a_message(flow: str, now: str) -> None:
    talk = Conversation(sop.load(flow), people=lambda target: False, caller="+14155550134", now=now)
    talk.hear("can i talk to a person please")
    for _ in range(10):
        if talk.state.outcome is not None:
            break
        talk.hear(ANSWERS[talk.expecting.kind])
    leads = [
        act
        for exchange in talk.trace
        for act in exchange.acts
        if isinstance(act, CallTool) and act.name == "create_lead"
    ]
    assert len(leads) == 1
    if flow != "order_status":  # which has no use for it: the order is what is looked for
        assert leads[0].arguments["name"] == "Karen Mitchell"
    assert leads[0].arguments["callback"] == "+14155550134"
    assert talk.state.outcome
