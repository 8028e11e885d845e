"""Tools: what they are called with, how often, and what becomes of what they answer."""

from collections.abc import Mapping

import pytest

import sop
from sop.reading import Answer, Correction, Reading
from tests.sop.conversation import NOW, Call

FLOW = """\
sop: parcels
business: Acme
slots:
  order: {type: digits, label: the order number, names: [order number], lengths: [4], prompt: Which order}
  code: {type: digits, label: the code, names: [code], lengths: [2], prompt: Your code, optional: true}
  note: {type: yes_no, label: note, prompt: Anything else}
tools:
  find:
    url: https://parcels.example.com/find
    arguments: {number: order, code: code}
    constants: {channel: phone}
    timeout_s: 4
    retries: 2
    filler: Let me look.
    results:
      state: {type: choice, options: [there, lost]}
      cost: {type: money, low: 0, high: 500, required: false}
      place: {type: text, required: false}
    example: {state: there, cost: 12.5, place: Leeds}
  trace:
    url: https://parcels.example.com/trace/{place}
    arguments: [place]
    results: {days: number}
    example: {days: 2}
start: look
steps:
  look:
    tool: find
    on_failure: broken
    next:
      - {if: state == "lost", go: lost}
      - {go: trace}
  trace: {tool: trace, on_failure: told, go: told}
  told: {say: "It is in {place}. It costs {cost}. It takes {days} days.", go: more}
  more: {ask: note, again: true, go: look}
  lost: {end: lost, say: It is lost.}
  broken: {say: That does not work right now., go: more}
  desk: {transfer: desk, on_no_answer: sorry}
  sorry: {end: unserved, say: We will call you back.}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: sorry}
  - {when: tool_failures >= 3, to: desk, otherwise: sorry}
"""
GRAPH = sop.load_text(FLOW)


def looking(now: str = NOW) -> Call:
    """A call in which the first tool runs."""
    call = Call(GRAPH, caller=None)
    call.state = sop.start(GRAPH, caller=None, now=now)
    call.feed(sop.Begin())
    call.play("bot: Which order\ncaller: one two three four\nbot: Your code\ncaller: skip that\nbot: Let me look.")
    return call


def calls(call: Call) -> list[sop.CallTool]:
    return [act for act in call.trace if isinstance(act, sop.CallTool)]


def answer(call: Call, result: Mapping[str, str] | None = None, *, ok: bool = True, **more: str) -> None:
    call.feed(sop.ToolFinished(call.state.tool, ok, {**(result or {}), **more}))


def test_what_is_missing_is_asked_for_and_what_was_skipped_left_out() -> None:
    (made,) = calls(looking())
    assert made.arguments == {"number": "1234", "channel": "phone"}
    assert (made.id, made.name, made.timeout_s) == ("find-1", "find", 4)


def test_a_doubtful_value_is_confirmed_before_the_tool_gets_it() -> None:
    call = Call(GRAPH, caller=None, confidence=0.4)
    call.play("caller: one two three four\nbot: I have 1 2 3 4. Is that right?")
    call.play("caller: no\nbot: Which order\ncaller: four three two one\nbot: I have 4 3 2 1.")
    assert calls(call) == []
    call.play("caller: yes\nbot: Your code\ncaller: skip that")
    assert calls(call)[0].arguments["number"] == "4321"


def test_it_is_tried_again_with_the_same_key_and_a_new_id() -> None:
    call = looking()
    answer(call, ok=False)
    answer(call, state="nonsense")
    assert [one.id for one in calls(call)] == ["find-1", "find-2", "find-3"]
    assert len({one.key for one in calls(call)}) == 1
    assert call.said == ""
    answer(call, ok=False)
    assert call.said.startswith("That does not work right now.")
    assert call.state.tool_failures == 1


def test_another_call_of_the_tool_has_another_key_and_so_has_another_telephone_call() -> None:
    call = looking()
    answer(call, state="there")
    call.hear("no")
    assert [one.name for one in calls(call)] == ["find", "find"]
    assert calls(call)[0].arguments == calls(call)[1].arguments
    later = looking("2026-11-22T19:30:01-05:00")
    assert len({one.key for one in (*calls(call), *calls(later))}) == 3
    assert calls(looking())[0].key == calls(call)[0].key


@pytest.mark.parametrize("identity", ["find-9", "trace-1", "", "find-2"])
def test_foreign_results_are_dropped(identity: str) -> None:
    call = looking()
    before = call.state
    call.feed(sop.ToolFinished(identity, True, {"state": "lost"}))
    assert (call.state, call.acts) == (before, ())


def test_late_and_doubled_results_are_dropped() -> None:
    call = looking()
    answer(call, ok=False)
    call.feed(sop.ToolFinished("find-1", True, {"state": "lost"}))
    assert call.acts == ()
    call.feed(sop.ToolFinished("find-2", True, {"state": "there"}))
    assert call.state.step == "more"
    call.feed(sop.ToolFinished("find-2", True, {"state": "lost"}))
    assert call.acts == ()
    assert call.state.facts == {"state": "there"}


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"state": "unheard of"},
        {"state": "<html><body>502 Bad Gateway</body></html>"},
        {"state": "there", "cost": "NaN"},
        {"state": "there", "cost": "501"},
        {"state": "there", "cost": "-1"},
        {"state": "there", "cost": "twelve"},
        {"state": "there", "place": "<b>Leeds</b>"},
        {"state": "there", "place": "x" * 2_000_000},
        {"state": "there", "place": "Leeds\x00"},
    ],
)
def test_an_answer_that_is_wrong_in_one_field_is_a_failure(result: dict[str, str]) -> None:
    call = looking()
    for _ in range(3):
        answer(call, result)
    assert call.said.startswith("That does not work right now.")
    assert call.state.facts == {}


def test_a_result_that_is_absent_this_time_is_not_the_last_one() -> None:
    call = looking()
    answer(call, state="there", cost="12.5", place="Leeds")
    answer(call, days="2")
    assert "It costs twelve dollars and fifty cents." in call.said
    call.hear("no")
    answer(call, state="there")
    assert "It costs" not in call.said
    assert "cost" not in call.state.facts


def test_a_tool_is_never_called_without_a_result_that_its_address_needs() -> None:
    call = looking()
    answer(call, state="there")
    assert [one.name for one in calls(call)] == ["find"]
    assert call.state.step == "more"
    assert call.state.tool_failures == 1


def test_a_failure_that_leads_on_is_not_tried_again_behind_the_callers_back() -> None:
    call = looking()
    answer(call, state="there", place="Leeds")
    answer(call, ok=False)
    call.feed(Reading("", 0.9, (Correction("code", "77", "7 7", 0.9),)))
    assert [one.name for one in calls(call)] == ["find", "trace", "find"]


def test_a_failed_call_with_everything_that_is_held_is_no_success_later() -> None:
    lead = sop.load_text(
        """\
sop: lead
business: Acme
slots:
  kind: {type: choice, label: the kind, prompt: Which kind?, options: {slow: [slow one], fast: [fast one]}}
  town: {type: yes_no, label: whether it is in town, prompt: Is it in town?}
start: ask
steps:
  ask: {ask: kind, next: [{if: kind == "fast", go: fast}, {go: slow}]}
  fast: {say: Fast it is., go: save}
  slow: {say: Slow it is., go: save}
  save: {tool: create_lead, on_failure: unsaved, go: saved}
  unsaved: {say: I could not note that., go: town}
  saved: {say: I have noted that., go: bye}
  town: {ask: town, go: bye}
  bye: {end: done, say: Goodbye.}
  desk: {transfer: desk, on_no_answer: bye}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
"""
    )
    call = Call(lead, caller=None).play("caller: the slow one\ntool fails\nbot: I could not note that. Is it in town?")
    call.feed(Reading("", 0.9, (Correction("kind", "fast", "fast", 0.9),)))
    assert "I have noted that." not in call.said
    assert [made.arguments for made in calls(call)] == [{"kind": "slow"}, {"kind": "fast"}]
    call.play("tool ok\nbot: I have noted that.")


def test_an_argument_given_later_calls_the_tool_again() -> None:
    call = looking()
    answer(call, state="there", place="Leeds")
    answer(call, days="2")
    call.feed(Reading("", 0.9, (Answer("code", "77", "7 7", 0.9),)))
    assert calls(call)[-1].name == "find"
    assert calls(call)[-1].arguments == {"number": "1234", "code": "77", "channel": "phone"}


def test_words_while_a_tool_runs_change_nothing_and_silence_is_bridged() -> None:
    call = looking()
    before = call.state
    call.play("caller: the order number is four three two one\nkeys: 0\nunheard")
    assert call.state == before
    call.play("silence\nbot: I'm still working on that.")
    assert call.state == before


def test_enough_failures_bring_a_person() -> None:
    call = looking()
    for _ in range(2):
        for _ in range(3):
            answer(call, ok=False)
        call.hear("no")
    for _ in range(2):
        answer(call, ok=False)
        assert call.state.phase is sop.Phase.WAITING
    answer(call, ok=False)
    assert call.state.step == "desk"
