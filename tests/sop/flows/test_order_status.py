"""The online shop: every scripted call, and nothing told about an order before its gate."""

from importlib.resources import files

import pytest

import sop
from sop.acts import CallTool
from sop.conversation import Conversation
from sop.graph import Graph
from sop.script import parse_script, play

NAME = "order_status"
SCRIPTS = {one.name: one for one in (files("sop") / "flows" / "scripts" / NAME).iterdir() if one.name.endswith(".txt")}
MONDAY = "2026-11-23T10:00:00-05:00"
SENSITIVE = {"order_carrier_status", "order_open_claim", "order_next_status"}


@pytest.fixture(scope="module")
def graph() -> Graph:
    return sop.load(NAME)


def tools(talk: Conversation) -> list[str]:
    return [act.name for exchange in talk.trace for act in exchange.acts if isinstance(act, CallTool)]


class Mismatch:
    """Every check fails to match; orders are found."""

    def call(self, name: str, arguments: object) -> dict[str, object] | None:
        if name.startswith("order_find"):
            return {"order_found": "yes", "order_ref": "O-1", "next_found": "yes", "next_ref": "O-2"}
        if name in ("order_check_zip", "order_check_email", "order_check_next"):
            return {"zip_match": "no", "email_match": "no", "next_match": "no"}
        return {"order_state": "shipped", "order_eta": "2026-11-25"}


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_scripts(graph: Graph, script: str) -> None:
    _, misses = play(graph, parse_script(SCRIPTS[script].read_text()))
    assert not misses, "\n".join(map(str, misses))


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 10


def test_what_is_sensitive_has_a_gate(graph: Graph) -> None:
    assert {name for name, tool in graph.tools.items() if tool.sensitive} == SENSITIVE
    assert graph.required["status"] == ("gate",)
    assert graph.required["open_claim"] == ("gate", "claim_notice")
    assert "next_gate" in graph.required["next_status"]


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_no_status_before_a_check_that_matched(graph: Graph, script: str) -> None:
    talk, _ = play(graph, parse_script(SCRIPTS[script].read_text()))
    called = tools(talk)
    for at, name in enumerate(called):
        if name in ("order_carrier_status", "order_open_claim"):
            assert {"order_check_zip", "order_check_email"} & set(called[:at])
        if name == "order_next_status":
            assert "order_check_next" in called[:at]


def test_nothing_is_told_when_nothing_matches(graph: Graph) -> None:
    talk = Conversation(graph, now=MONDAY, tools=Mismatch())
    for said in ("where is my order", "four four two one seven seven five five", "six two seven oh four"):
        talk.hear(said)
    talk.hear("pat at example dot com")
    talk.hear("yes")
    assert not SENSITIVE & set(tools(talk))
    assert talk.state.outcome == "transferred"
    assert "order_state" not in talk.state.facts


def test_another_order_number_takes_the_gate_again(graph: Graph) -> None:
    talk = Conversation(graph, now=MONDAY)
    for said in ("where is my order", "four four two one seven seven five five", "six two seven oh four"):
        talk.hear(said)
    before = len(tools(talk))
    talk.hear("no the order number is four four two one seven seven five six")
    again = tools(talk)[before:]
    assert again == ["order_find_by_number", "order_check_zip", "order_carrier_status"]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("processing", "are packing it"),
        ("shipped", "is on its way"),
        ("out_for_delivery", "should reach you today"),
        ("delayed", "I'm sorry, your order is running late."),
        ("delivered", "Do you have it?"),
        ("lost", "the carrier has lost your order"),
    ],
)
def test_every_state_is_told(graph: Graph, state: str, told: str) -> None:
    script = f"""
        now: {MONDAY}
        answers: order_carrier_status {{"order_state": "{state}", "order_eta": "2026-11-25"}}
        caller: where is my order
        caller: four four two one seven seven five five
        caller: six two seven oh four
        bot: {told}
    """
    _, misses = play(graph, parse_script(script))
    assert not misses, "\n".join(map(str, misses))


@pytest.mark.parametrize("said", ["where an order is", "the tracking", "about where my order is"])
def test_the_words_of_the_question_answer_it(graph: Graph, said: str) -> None:
    talk = Conversation(graph, now=MONDAY)
    talk.hear(said)
    assert talk.state.values["order_wish"].value == "track"
