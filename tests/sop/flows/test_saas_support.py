"""The software company's support line: every scripted call, and no password reset before the account is checked."""

from importlib.resources import files

import pytest

import sop
from sop.acts import CallTool, Say, TransferTo
from sop.conversation import Conversation
from sop.graph import Graph
from sop.script import parse_script, play

NAME = "saas_support"
SCRIPTS = {one.name: one for one in (files("sop") / "flows" / "scripts" / NAME).iterdir() if one.name.endswith(".txt")}
MONDAY = "2026-11-23T10:00:00-08:00"


@pytest.fixture(scope="module")
def graph() -> Graph:
    return sop.load(NAME)


def tools(talk: Conversation) -> list[str]:
    return [act.name for exchange in talk.trace for act in exchange.acts if isinstance(act, CallTool)]


def targets(talk: Conversation) -> list[str]:
    return [act.target for exchange in talk.trace for act in exchange.acts if isinstance(act, TransferTo)]


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_scripts(graph: Graph, script: str) -> None:
    _, misses = play(graph, parse_script(SCRIPTS[script].read_text()))
    assert not misses, "\n".join(map(str, misses))


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 10


def test_a_reset_has_a_gate(graph: Graph) -> None:
    assert graph.tools["saas_send_password_reset"].sensitive
    assert graph.required["send_reset"] == ("identity",)


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_no_reset_before_the_account_is_checked(graph: Graph, script: str) -> None:
    talk, _ = play(graph, parse_script(SCRIPTS[script].read_text()))
    called = tools(talk)
    if "saas_send_password_reset" in called:
        assert "saas_verify_account" in called[: called.index("saas_send_password_reset")]
        assert talk.state.facts["account_verified"] == "yes"


def test_an_account_that_does_not_match_gets_no_reset(graph: Graph) -> None:
    talk, _ = play(graph, parse_script(SCRIPTS["not_verified.txt"].read_text()))
    assert tools(talk) == ["saas_verify_account"]
    assert targets(talk) == ["support_team"]


def test_the_four_digits_are_never_read_aloud(graph: Graph) -> None:
    talk, _ = play(graph, parse_script(SCRIPTS["password.txt"].read_text()))
    spoken = " ".join(act.text for exchange in talk.trace for act in exchange.acts if isinstance(act, Say))
    assert "0 1 3 4" not in spoken
    assert talk.state.values["phone_last_four"].value == "0134"


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("i forgot my password", "identity"),
        ("i'm locked out of my account", "identity"),
        ("the dashboard is down", "outage_known"),
        ("my payment failed", "billing"),
        ("i keep getting an error message", "bug_details"),
        ("i want to speak with sales something else i guess", "support_line"),
    ],
)
def test_the_first_sentence_finds_its_place(graph: Graph, said: str, step: str) -> None:
    talk = Conversation(graph, now=MONDAY)
    talk.hear(said)
    assert talk.state.step == step


@pytest.mark.parametrize(("profile", "target"), [({"vip": "yes"}, ["engineer"]), ({"vip": "no"}, [])])
def test_a_priority_customer_gets_an_engineer_at_once(graph: Graph, profile: dict[str, str], target: list[str]) -> None:
    talk = Conversation(graph, now=MONDAY, profile=profile)
    assert targets(talk) == target


def test_a_disputed_charge_goes_to_billing_from_anywhere(graph: Graph) -> None:
    talk = Conversation(graph, now=MONDAY)
    talk.hear("i forgot my password")
    talk.hear("and by the way i was charged twice")
    assert targets(talk) == ["billing_team"]
