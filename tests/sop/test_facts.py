"""What a tool's answer may hold, field by field, and how it is read aloud."""

from collections.abc import Mapping

import pytest

import sop
from sop.facts import canonical, facts_of, spoken_fact
from sop.graph import ResultSpec, ToolSpec
from tests.sop.conversation import FLOW


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ("number", "5", "5"),
        ("number", 5, "5"),
        ("number", "2.5", "2.5"),
        ("number", 2.3456789, "2.345679"),
        ("number", "999999.5", "999999.5"),
        ("number", 1234567, "1234567"),
        ("number", "1e3", "1000"),
        ("number", "-0", "0"),
        ("number", 0.00001, "0.00001"),
        ("number", "1_000", None),
        ("number", "٣", None),
        ("number", "0x10", None),
        ("number", "NaN", None),
        ("number", "Infinity", None),
        ("number", "1e300", None),
        ("number", float("nan"), None),
        ("number", float("inf"), None),
        ("number", "five", None),
        ("number", "", None),
        ("number", True, None),
        ("money", "12.5", "12.50"),
        ("money", 1250, "1250.00"),
        ("money", "-0.001", "0.00"),
        ("money", "$5", None),
        ("yes_no", True, "yes"),
        ("yes_no", "No", "no"),
        ("yes_no", 1, "yes"),
        ("yes_no", "maybe", None),
        ("date", "2026-11-23", "2026-11-23"),
        ("date", "2026-11-23T10:00:00-05:00", "2026-11-23"),
        ("date", "2026-11-23T10:00:00Z", "2026-11-23"),
        ("date", "2026-11-23<script>", None),
        ("date", "2026-13-45", None),
        ("date", "tomorrow", None),
        ("choice", "open", "open"),
        ("choice", "Open", None),
        ("choice", "open; drop table", None),
        ("text", " Blue Line Parcel ", "Blue Line Parcel"),
        ("text", "<html>", None),
        ("text", "see https://x.example", None),
        ("text", "x" * 301, None),
        ("text", "a\x1bb", None),
        ("text", None, None),
        ("text", ["a"], None),
        ("text", {"a": 1}, None),
    ],
)
def test_a_field(kind: str, given: object, wanted: str | None) -> None:
    assert canonical(ResultSpec("x", kind, options=("open", "paid")), given) == wanted


def test_a_number_without_end_is_none() -> None:
    assert canonical(ResultSpec("x", "number"), 10**5000) is None


@pytest.mark.parametrize(("given", "fits"), [("0", True), ("100", True), ("100.01", False), ("-0.01", False)])
def test_limits_are_within(given: str, fits: bool) -> None:
    assert (canonical(ResultSpec("x", "money", low=0, high=100), given) is not None) == fits


def test_an_answer_is_taken_as_a_whole_or_not_at_all() -> None:
    tool = ToolSpec("t", results={"a": ResultSpec("a", "number"), "b": ResultSpec("b", "text", required=False)})
    assert facts_of(tool, {"a": "1", "b": "x", "c": "y"}) == {"a": "1", "b": "x"}
    assert facts_of(tool, {"a": "1"}) == {"a": "1"}
    assert facts_of(tool, {"b": "x"}) is None
    assert facts_of(tool, {"a": "1", "b": "<b>"}) is None
    assert facts_of(ToolSpec("none"), {"a": "1"}) == {}


def test_what_is_private_or_unknown_is_not_read_aloud() -> None:
    assert spoken_fact(FLOW, "unknown", "x") == ""
    graph = sop.load("claims_billing")
    told = {name: spoken_fact(graph, name, "5") for name, spec in graph.facts.items() if spec.private}
    assert set(told.values()) <= {""}


NOTED = """\
sop: noted
business: Acme
start: look
tools:
  status: {url: "https://x.example.com/s", results: {note: text}, example: {note: on its way}}
steps:
  look: {tool: status, on_failure: desk, go: told}
  told: {say: "Your order is {note}. Lost parcels get a refund. Goodbye.", go: bye}
  bye: {end: done}
  desk: {transfer: desk, on_no_answer: bye}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk}
"""


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("on its way", "Your order is on its way. Lost parcels get a refund. Goodbye."),
        ("late and you will get a refund", "Your order is late and you will get a refund. Lost parcels get a refund."),
        ("late and free of charge for you", "Lost parcels get a refund. Goodbye."),
        ("guaranteed to arrive", "Lost parcels get a refund. Goodbye."),
        ("at card 4111 1111 1111 1111", "Your order is at card a number I can't read out. Lost parcels"),
        ("with +14155550134", "Your order is with +14155550134. Lost parcels"),
        ("with +12025550167", "Your order is with a number I can't read out. Lost parcels"),
    ],
)
def test_what_a_tool_may_have_the_agent_say(note: str, said: str) -> None:
    graph = sop.load_text(NOTED)
    talk = sop.Conversation(
        graph, tools=Answering({"note": note}), caller="+14155550134", now="2026-11-22T19:30:00-05:00"
    )
    assert talk.said.startswith(said)


class Answering:
    """A tool that answers this."""

    def __init__(self, answer: dict[str, object]) -> None:
        self._answer = answer

    def call(self, name: str, arguments: Mapping[str, str]) -> Mapping[str, object] | None:
        return self._answer
