"""Tools that answer from a file, or from a flow's examples."""

import pytest

import sop
from sop.stub import ExampleTools, tools_from

FLOW = sop.load_text("""\
sop: claims
business: Acme
slots:
  claim: {type: digits, prompt: Which claim?}
start: look
steps:
  look: {tool: status, on_failure: desk, go: bye}
  desk: {transfer: desk, on_no_answer: bye}
  bye: {end: done}
tools:
  status:
    url: https://acme.example.com/{number}
    arguments: {number: claim}
    constants: {channel: phone}
    results: {status: {type: choice, options: [open, denied]}, balance: money, note: {type: text, required: false}}
    example: {status: open, balance: 120.50}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
""")
FILE = """\
status:
  - {if: {number: 0042, channel: phone}, answer: {status: denied, balance: 812.00, note: null}}
  - {if: {number: "7"}, fail: true}
  - {if: {number: 8}, answer: {}}
create_lead: {fail: true}
"""


def test_the_first_case_that_agrees_answers() -> None:
    tools = tools_from(FILE, FLOW)
    assert tools.call("status", {"number": "0042", "channel": "phone"}) == {"status": "denied", "balance": "812.00"}
    assert tools.call("status", {"number": "7", "channel": "phone"}) is None
    assert tools.call("status", {"number": "8"}) == {}
    assert tools.call("create_lead", {}) is None


def test_without_a_case_the_example_answers() -> None:
    tools = tools_from(FILE, FLOW)
    example = {"status": "open", "balance": "120.50"}
    assert tools.call("status", {"number": "42", "channel": "phone"}) == example
    assert tools.call("status", {"number": "0042", "channel": "chat"}) == example
    assert ExampleTools(FLOW, frozenset({"status"})).call("status", {}) is None
    assert ExampleTools(FLOW).call("create_lead", {}) == {}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "the file is empty"),
        ("- status", 1, "this must be a mapping"),
        ("status: }", 1, "not YAML"),
        ("stauts: {fail: true}", 1, "no such tool; did you mean 'status'?"),
        ("status:\n  - {if: {claim: 7}, answer: {}}", 2, "the tool has no argument 'claim'"),
        ("status:\n  - {answer: {stauts: open}}", 2, "'stauts' is no result of this tool; did you mean 'status'?"),
        ("status:\n  - {anwser: {status: open}}", 2, "unknown field 'anwser'"),
        ("status:\n  - {answer: {status: [open]}}", 2, "this must be text"),
        ("status:\n  - fails", 2, "this must be a mapping"),
        ("status: {fail: maybe}", 1, "this must be true or false"),
        ("status: {if: 7}", 1, "this must be a mapping"),
    ],
)
def test_mistakes(text: str, line: int, message: str) -> None:
    with pytest.raises(sop.FlowError) as caught:
        tools_from(text, FLOW, "answers.yaml")
    found = [one for one in caught.value.problems if message in str(one)]
    assert [(one.file, one.line) for one in found] == [("answers.yaml", line)] * len(found) != []


def test_every_mistake_at_once() -> None:
    with pytest.raises(sop.FlowError) as caught:
        tools_from("status: {anwser: {}}\nother: {fail: true}\n", FLOW)
    assert [one.line for one in caught.value.problems] == [1, 2]
