"""A call that goes on after its line was cut."""

from random import Random

import pytest

import sop
from sop.acts import Act
from sop.audit import Moment, audit, coverage, moments_of
from sop.callers import Caller, Manner, ScriptedTools
from sop.conversation import Exchange
from sop.journeys import Journey, journeys
from sop.loader import shipped
from sop.state import Phase
from tests.sop.conversation import FLOW, NOW, OWN, Call, to_callback, to_review

CUT_OFF = "Sorry, we were cut off."
PARCEL = """\
sop: parcel
business: Acme
slots:
  card: {type: digits, label: the card number, lengths: [4], prompt: Your card number?, private: true, confirm: always}
  town: {type: free_text, label: the town, prompt: Which town?, volunteer: false}
  insured: {type: yes_no, label: whether it was insured, prompt: Was it insured?}
tools:
  look:
    url: https://parcel.example.com/look
    arguments: [card]
    retries: 1
    filler: Let me look.
    results: {place: text}
    example: {place: Leeds}
start: card
steps:
  card: {ask: card, go: look}
  look: {tool: look, on_failure: desk, go: notice}
  notice: {say: "It is in {place}. It is kept for ten days.", mandatory: true, go: town}
  town: {ask: [town, insured], go: check}
  check:
    review: [card, town]
    prompt: Are the card and {town} right?
    changed: Now {label} is {value}. Right?
    ask_what: What is wrong?
    go: bye
  bye: {end: done, say: Goodbye.}
  desk: {transfer: desk, say: One moment., on_no_answer: sorry, no_answer: Nobody is there.}
  sorry: {end: unserved, say: We will call you back.}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: sorry}
"""
GRAPH = sop.load_text(PARCEL)


def parcel(script: str = "") -> Call:
    return Call(GRAPH, caller=None).play(script)


def tools(call: Call) -> list[sop.CallTool]:
    return [act for act in call.trace if isinstance(act, sop.CallTool)]


def test_a_call_before_its_greeting_begins() -> None:
    state = sop.start(FLOW, caller=OWN, now=NOW)
    assert sop.advance(FLOW, state, sop.Resume()) == sop.advance(FLOW, state, sop.Begin())
    assert sop.advance(FLOW, state, sop.Resume("no_answer")) == sop.advance(FLOW, state, sop.Begin())


def test_the_open_question_comes_again() -> None:
    call = Call()
    before = call.state
    call.event("cut off", "")
    assert call.said == f"{CUT_OFF} What's going on with your system?"
    assert call.state == before


def test_what_is_held_is_named_and_nothing_private() -> None:
    call = to_callback().play("caller: yes")
    call.event("cut off", "")
    assert call.said.startswith(f"{CUT_OFF} I have the name and the number. What's the address")
    assert call.values == {"problem": "no_heat", "name": "Karen Mitchell", "callback": OWN}
    call = parcel("caller: one two three four\ncaller: yes\ntool ok")
    call.feed(sop.ToolFinished(call.state.tool, True, {"place": "Leeds"}))
    call.event("cut off", "")
    assert "card" not in call.said


def test_no_more_than_three_things_are_named() -> None:
    call = to_review()
    call.event("cut off", "")
    assert call.said.startswith(f"{CUT_OFF} I have the name, the number and the address.")
    assert "karen mitchell" in call.said.lower()


def test_a_value_under_confirmation_is_read_back_again() -> None:
    call = parcel("caller: one two three four")
    bound, question = call.state.bound, call.said
    call.event("cut off", "")
    assert call.said == f"{CUT_OFF} {question}"
    assert (call.state.phase, call.state.bound) == (Phase.CONFIRMING, bound)
    call.play("caller: yes")
    assert call.state.values["card"].confirmed


def test_a_review_under_correction_stays_one() -> None:
    call = to_review().play("caller: no")
    before = call.state
    call.event("cut off", "")
    assert call.state == before
    call.play("caller: the address is twelve oak road\nbot: Now the address is twelve Oak Road.")
    assert call.state.phase is Phase.REVIEWING


def test_a_running_tool_is_called_again_with_the_same_key() -> None:
    call = parcel("caller: one two three four\ncaller: yes")
    call.event("cut off", "")
    assert call.said == f"{CUT_OFF} Let me look."
    first, second = tools(call)
    assert first == second
    call.feed(sop.ToolFinished(call.state.tool, False))
    call.event("cut off", "")
    assert [made.key for made in tools(call)] == [first.key] * 4
    call.feed(sop.ToolFinished(call.state.tool, True, {"place": "Leeds"}))
    assert "It is in Leeds." in call.said


def test_a_mandatory_text_is_said_again_until_the_caller_was_heard() -> None:
    call = parcel("caller: one two three four\ncaller: yes")
    call.feed(sop.ToolFinished(call.state.tool, True, {"place": "Leeds"}))
    for event in ("cut off", "silence", "cut off"):
        call.event(event, "")
    assert call.said == f"{CUT_OFF} It is in Leeds. It is kept for ten days. Which town?"
    call.play("caller: paris")
    call.event("cut off", "")
    assert call.said == f"{CUT_OFF} I have the town. Was it insured?"


def test_what_an_emergency_needs_is_said_again_and_the_person_rung_again() -> None:
    call = Call().play("caller: i smell gas")
    call.event("cut off", "")
    assert "Please leave the building now" in call.said
    assert call.acts[-1] == sop.TransferTo("on_call_line", "emergency")
    assert call.state.phase is Phase.TRANSFERRING


def test_back_from_a_person_who_was_not_reached() -> None:
    there, here = Call().play("caller: i smell gas"), Call().play("caller: i smell gas")
    there.feed(sop.TransferFinished(False, "no_answer"))
    here.feed(sop.Resume("no_answer"))
    assert (here.state, here.acts) == (there.state, there.acts)
    assert CUT_OFF not in here.said
    assert "Our technician is on another call" in here.said


def test_back_from_a_person_with_a_state_from_before_the_transfer() -> None:
    call = to_callback()
    call.feed(sop.Resume("no_answer"))
    assert call.said.startswith("I'm sorry, nobody is free to pick up right now. Is the number")
    assert call.state.person_tried


def test_a_finished_call_finishes() -> None:
    call = to_review().play("caller: yes\ntool ok")
    outcome = call.state.outcome
    assert outcome
    call.event("cut off", "")
    assert call.acts[-1] == sop.Finish(outcome)
    assert CUT_OFF not in call.said


def test_an_offered_person_is_offered_again_before_the_first_step() -> None:
    offering = sop.load_text(
        PARCEL.replace("escalate:\n", "escalate:\n  - {when: vip, to: desk, otherwise: sorry, offer: true}\n")
    )
    state = sop.start(offering, caller=OWN, now=NOW, profile={"vip": "yes"})
    state, _ = sop.advance(offering, state, sop.Begin())
    after, acts = sop.advance(offering, state, sop.Resume())
    assert after == state
    assert [act.text for act in acts if isinstance(act, sop.Say)][-1] == "Would you like me to connect you to a person?"


@pytest.mark.parametrize("reason", ["", "no_answer"])
def test_an_audit_finds_nothing_wrong_in_what_comes_after(reason: str) -> None:
    call = parcel("caller: one two three four\ncaller: yes")
    call.feed(sop.Resume(reason))
    call.feed(sop.ToolFinished(call.state.tool, True, {"place": "Leeds"}))
    call.feed(sop.Resume(reason))
    call.play("caller: paris\ncaller: no\ncaller: yes")
    found = audit(GRAPH, [Moment(tuple(call.trace))])
    assert found.violations == ()
    assert found.outcome == "done"
    assert len(found.calls) == 1


def test_the_words_can_be_the_flows_own() -> None:
    own = sop.load_text(PARCEL + "wording: {cut_off: 'There you are again.'}\n")
    call = Call(own, caller=None)
    call.event("cut off", "")
    assert call.said == "There you are again. Your card number?"


class CutOff(sop.Conversation):
    """A call whose line breaks after every other input or so: what was to be done then is lost."""

    def __init__(self, graph: sop.Graph, journey: Journey) -> None:
        self.draws = Random(len(journey.path))
        super().__init__(
            graph,
            tools=ScriptedTools(journey),
            people=lambda target: target not in journey.unreachable,
            caller=OWN,
            now=journey.now,
            profile=journey.profile,
        )

    def feed(self, given: sop.Input) -> list[Act]:
        self._last = []
        pending: sop.Input | None = given
        while pending is not None:
            self.state, acts = sop.advance(self.graph, self.state, pending)
            self.trace.append(Exchange(pending, acts))
            if self.draws.random() < 0.5:
                kept = sop.state_from_json(sop.state_to_json(self.state))
                self.state, acts = sop.advance(self.graph, kept, sop.Resume())
                self.trace.append(Exchange(sop.Resume(), acts))
            self._last += acts
            pending = next((answer for act in acts if (answer := self._outside(act)) is not None), None)
        return list(self._last)


@pytest.mark.parametrize("flow", shipped())
def test_every_journey_is_followed_on_a_line_that_breaks(flow: str) -> None:
    graph = sop.load(flow)
    cut = 0
    for journey in journeys(graph, most=6):
        if journey.missing:
            continue
        for manner in Manner:
            caller, talk = Caller(graph, journey, manner), CutOff(graph, journey)
            for _ in range(60):
                if talk.state.outcome is not None:
                    break
                talk.hear(caller.reply(talk))
            found = audit(graph, moments_of(talk.trace))
            assert found.violations == ()
            assert coverage(journey.calls, found.calls) == 1.0, (journey.path, found.steps)
            assert talk.state.outcome == journey.ends
            cut += sum(isinstance(exchange.given, sop.Resume) for exchange in talk.trace)
    assert cut > 40
