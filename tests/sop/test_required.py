"""What lies on the ways through a flow."""

import pytest

import sop
from sop.graph import Graph
from sop.loader import shipped
from sop.required import slots_ahead, successors
from sop.steps import AnswerStep, AskStep, ReviewStep, ToolStep

FLOW = sop.load_text("""\
sop: bank
business: Acme
slots:
  name: {type: person_name, prompt: Your name?}
  pin: {type: digits, prompt: Your code?}
  more: {type: yes_no, prompt: Anything else?}
start: told
steps:
  told: {say: This call is recorded., mandatory: true, go: begin}
  begin: {ask: name, next: [{if: name == "Ann", go: short}, {go: long}]}
  short: {call: verify, go: pay}
  long: {say: One more thing., mandatory: true, go: asked}
  asked: {call: verify, go: pay}
  pay: {tool: pay, on_failure: desk, go: more}
  more: {ask: more, go: bye}
  desk: {transfer: desk, on_no_answer: bye}
  bye: {end: done}
flows:
  verify:
    start: who
    steps:
      who: {ask: pin, go: warn}
      warn: {say: Never tell anybody your code., mandatory: true, go: out}
      out: {return: true}
guards:
  known: {if: pin != None, otherwise: short}
tools:
  pay:
    url: https://bank.example.com/pay
    arguments: [pin]
    sensitive: true
    guard: known
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
""")


def test_only_what_every_way_passes_is_required() -> None:
    assert FLOW.required == {"pay": ("told", "verify.warn")}


def test_a_return_leads_on_behind_every_call() -> None:
    assert successors(FLOW)["verify.out"] == ("pay", "pay")
    assert successors(FLOW)["short"] == ("verify.who",)


def test_slots_that_are_ahead() -> None:
    assert FLOW.ahead["told"] == ("name", "pin", "more")
    assert FLOW.ahead["verify.out"] == ("pin", "more")
    assert FLOW.ahead["more"] == ("more",)
    assert FLOW.ahead["bye"] == ()


def asked(graph: Graph, name: str) -> set[str]:
    """The slots of one step, written down a second time."""
    match graph.steps[name]:
        case AskStep() | ReviewStep() as step:
            return set(step.slots)
        case AnswerStep(slot=slot):
            return {slot}
        case ToolStep(tool=tool) if tool in graph.tools:
            return set((graph.tools[tool].arguments or {}).values()) & set(graph.slots)
        case _:
            return set()


@pytest.mark.parametrize("name", shipped())
def test_ahead_is_what_is_asked_here_and_ahead_of_whatever_follows(name: str) -> None:
    graph = sop.load(name)
    ahead, ways = slots_ahead(graph), successors(graph)
    for step in graph.steps:
        wanted = asked(graph, step).union(*(ahead[after] for after in ways[step]))
        assert set(ahead[step]) == wanted, step
        assert list(ahead[step]) == [slot for slot in graph.slots if slot in wanted]
