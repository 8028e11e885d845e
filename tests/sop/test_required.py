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


BOOKING = """\
sop: booking
business: Acme
slots:
  when: {type: time_window, prompt: For when?}
  party: {type: number, prompt: For how many?}
start: when
steps:
  when: {ask: when, go: free}
  free: {tool: free, on_failure: bye, next: [{if: table == "yes", go: bye}, {go: full}]}
  full: {say: That time is taken., go: other}
  other: {ask: when, again: true, go: free}
  desk: {transfer: desk, on_no_answer: bye}
  bye: {end: done}
tools:
  free:
    url: https://acme.example.com/
    arguments: [when, party]
    results: {table: yes_no}
    example: {table: yes}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "circle"),
    [
        ("ask: when, again: true, go: free", "ask: when, go: free", {"free", "full", "other"}),
        ("ask: when, again: true, go: free", "ask: party, next: [{if: party > 8, go: bye}, {go: free}]",
         {"free", "full", "other"}),
        ("{if: table == \"yes\", go: bye}", "{if: table == \"yes\", go: free}", {"free"}),
    ],
)  # fmt: skip
def test_a_tool_is_not_called_again_before_somebody_is_asked_again(right: str, wrong: str, circle: set[str]) -> None:
    assert right in BOOKING
    with pytest.raises(sop.FlowError) as caught:
        sop.load_text(BOOKING.replace(right, wrong))
    assert {one.step for one in caught.value.problems if "comes back to itself" in one.message} == circle


@pytest.mark.parametrize(
    "other",
    [
        "ask: when, again: true, go: free",
        "ask: party, again: true, go: free",
        "ask: party, next: [{if: party > 8, go: desk}, {go: bye}]",
    ],
)
def test_a_tool_that_somebody_was_asked_about_again_may_be_called_again(other: str) -> None:
    sop.load_text(BOOKING.replace("ask: when, again: true, go: free", other))
