"""Calls held against their procedure, from conversations and from telephone journals."""

import json

import pytest

import sop
from sop.acts import CallTool, Enter, Finish, Say, TransferTo
from sop.audit import Moment, audit, moments_of, summary
from sop.telephone_journal import NotAJournal, read_call
from tests.sop.conversation import NOW

GATED = """\
sop: gated
business: Acme
start: notice
slots:
  code: {type: digits, lengths: [4], prompt: Your code?}
guards:
  known: {if: identity == "yes", otherwise: who}
tools:
  check: {url: "https://x.example.com/c", arguments: [code], results: {identity: yes_no}, example: {identity: yes}}
  pay: {url: "https://x.example.com/p", arguments: [code], sensitive: true, guard: known}
steps:
  notice: {say: This call is recorded., mandatory: true, go: who}
  who: {ask: code, go: look}
  look: {tool: check, on_failure: desk, go: paying}
  paying: {tool: pay, on_failure: desk, go: bye}
  bye: {say: Paid., end: paid}
  desk: {transfer: desk, on_no_answer: sorry}
  sorry: {end: nobody}
escalate:
  - {when: asked_for_person, to: desk, otherwise: sorry}
  - {when: misunderstood >= 3, to: desk, otherwise: sorry}
  - {when: silences >= 3, to: desk, otherwise: sorry}
  - {when: unheard >= 2, to: desk, otherwise: sorry}
"""


def gated() -> sop.Graph:
    return sop.load_text(GATED)


def test_a_call_that_follows_its_flow() -> None:
    talk = sop.Conversation(gated(), now=NOW)
    talk.hear("four two one seven")
    found = audit(gated(), moments_of(talk.trace))
    assert found.violations == ()
    assert found.mandatory_reached == ("notice",)
    assert [(call.tool, dict(call.arguments)) for call in found.calls] == [
        ("check", {"code": "4217"}),
        ("pay", {"code": "4217"}),
    ]
    assert (found.outcome, found.last_step) == ("paid", "bye")
    assert found.prompts == {"notice": 1, "who": 1, "bye": 1}


def test_what_no_flow_allows_is_a_violation() -> None:
    graph = gated()
    jump = [Moment((Enter("notice"), Enter("paying"), CallTool("pay-1", "pay", {}, 1.0, "k"), Finish("paid")))]
    assert audit(graph, jump).violations == ("notice does not lead to paying",)
    unheard = [Moment((Enter("who"), Enter("look"), Enter("paying"), CallTool("pay-1", "pay", {}, 1.0, "k")))]
    assert audit(graph, unheard).violations == ("pay was called without notice",)
    elsewhere = [Moment((Enter("notice"), Enter("who"), CallTool("pay-1", "pay", {}, 1.0, "k")))]
    assert audit(graph, elsewhere).violations == ("pay was called at 'who', which does not call it",)
    assert audit(graph, [Moment((Enter("attic"),))]).violations == ("'attic' is no step of the flow",)


def test_a_tool_tried_again_counts_once() -> None:
    tries = tuple(CallTool(f"check-{number}", "check", {"code": "1"}, 1.0, "same") for number in (1, 2))
    found = audit(gated(), [Moment((Enter("notice"), Enter("who"), Enter("look"), *tries))])
    assert len(found.calls) == 1


def line(kind: str, **fields: object) -> str:
    return json.dumps({"_": kind, **fields})


def journal(*lines: str) -> list[str]:
    return [json.dumps({"_": "Journal", "format": 1, "flow": "gated", "source": GATED}), *lines]


def test_a_journal_gives_seconds_a_step() -> None:
    call = read_call(
        journal(
            line("CallStarted", at=0),
            ">" + line("Enter", step="notice"),
            ">" + line("Speak", text="This call is recorded.", fixed=True, utterance=0),
            ">" + line("Enter", step="who"),
            line("Run", at=160, samples=160, speech=[0.0] * 100),
            line("Understood", at=16_000),
            ">" + line("Speak", text="Your code?", fixed=True, utterance=1),
            line("Understood", at=40_000),
            ">" + line("Enter", step="look"),
            ">" + line("CallTool", tool="check-1", name="check", arguments={"code": "4217"}, timeout_s=1.0, key="k"),
            line("ToolFinished", at=44_000),
            ">" + line("Transfer", target="desk", reason="x"),
            ">" + line("End", outcome="transferred"),
            '{"_":"Understood","at":4',
        )
    )
    assert (call.flow, call.source) == ("gated", GATED)
    found = audit(gated(), call.moments)
    assert found.steps == ("notice", "who", "look")
    assert found.seconds == {"who": 5.0, "look": 0.5}
    assert (found.outcome, found.violations) == ("transferred", ())
    assert found.prompts == {"notice": 1, "who": 1}


def test_a_journal_of_a_call_that_went_on_knows_the_way_before() -> None:
    talk = sop.Conversation(gated(), now=NOW)
    state, acts = sop.advance(gated(), talk.state, talk.read((sop.Hypothesis("four two one seven", 0.9),)))
    assert isinstance(acts[-1], CallTool)
    again = ">" + line("CallTool", tool="check-1", name="check", arguments={"code": "4217"}, timeout_s=1.0, key="k")
    paying = ">" + line("CallTool", tool="pay-2", name="pay", arguments={"code": "4217"}, timeout_s=1.0, key="l")
    call = read_call(
        journal(
            line("CallStarted", at=0, resumed=sop.state_to_json(state)),
            ">" + line("Enter", step="look"),
            again,
            line("ToolFinished", at=8000),
            ">" + line("Enter", step="paying"),
            paying,
        )
    )
    found = audit(gated(), call.moments)
    assert found.violations == ()
    assert found.steps == ("notice", "who", "look", "look", "paying")
    assert found.mandatory_reached == ("notice",)


@pytest.mark.parametrize("resumed", ["", "no json", "[]", '{"path": 5}', None, 7])
def test_a_journal_without_a_way_before(resumed: object) -> None:
    call = read_call(journal(line("CallStarted", at=0, resumed=resumed), ">" + line("Enter", step="notice")))
    assert audit(gated(), call.moments).steps == ("notice",)


@pytest.mark.parametrize("lines", [[], [""], ["{}"], ["not json"], ['{"flow": "x"}'], ["[1]"]])
def test_no_journal(lines: list[str]) -> None:
    with pytest.raises(NotAJournal, match="header"):
        read_call(lines)


def test_many_calls_together() -> None:
    graph = gated()
    left = audit(graph, [Moment((Enter("notice"), Enter("who"), Say("a", True)), 0.0), Moment((), 8.0)])
    asked = audit(graph, [Moment((Enter("notice"), Enter("who"), Say("a", True), Say("b", True)), 0.0)])
    person = audit(graph, [Moment((Enter("desk"), TransferTo("desk", "asked")))])
    found = summary([left, asked, person])
    assert found.calls == 3
    assert found.outcomes == {"caller left": 2, "to desk": 1}
    assert found.dropped_at == {"who": 2}
    assert found.reached == {"notice": 2, "who": 2, "desk": 1}
    assert found.prompts_a_visit["who"] == 1.5
    assert found.seconds_a_visit["who"] == 4.0
