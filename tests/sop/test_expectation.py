"""What a state expects, and how far partial answers have come."""

from dataclasses import replace

import pytest

import sop
from sop import Completeness, Phase
from tests.sop.conversation import FLOW, Call, to_callback, to_review


def expecting(call: Call) -> sop.Expectation:
    return sop.expect(FLOW, call.state)


def test_each_step_says_what_it_expects() -> None:
    call = Call()
    first = expecting(call)
    assert (first.kind, first.slot, first.step) == ("choice", "problem", "triage")
    assert "no_heat" in first.candidates
    assert expecting(to_callback()).kind == "yes_no"
    assert expecting(to_callback()).slot == "callback"
    assert expecting(to_callback()).keypad == 10
    review = expecting(to_review())
    assert (review.kind, review.slot) == ("yes_no", None)
    assert set(review.filled) == {"problem", "name", "callback", "address", "when"}
    call.hear("i smell gas")
    assert expecting(call).kind == "nothing"


def test_bias_is_short_and_lowercase() -> None:
    for call in (Call(), to_callback(), to_review()):
        bias = expecting(call).bias
        assert bias
        assert sum(len(phrase.split()) for phrase in bias) < 20
        assert all(phrase == phrase.lower() for phrase in bias)


CASES = [
    ("triage", "", Completeness.EMPTY),
    ("triage", "um", Completeness.PARTIAL),
    ("triage", "um hold on", Completeness.PARTIAL),
    ("triage", "my furnace quit", Completeness.OPEN),
    ("triage", "my furnace quit and", Completeness.PARTIAL),
    ("triage", "can i talk to a person", Completeness.COMPLETE),
    ("name", "my name is", Completeness.PARTIAL),
    ("name", "karen", Completeness.OPEN),
    ("name", "karen mitchell", Completeness.COMPLETE),
    ("name", "karen mitchell and my number is", Completeness.PARTIAL),
    ("offer", "yes", Completeness.COMPLETE),
    ("offer", "yes that's right", Completeness.COMPLETE),
    ("offer", "no", Completeness.OPEN),
    ("offer", "no it's", Completeness.PARTIAL),
    ("offer", "no use four one five", Completeness.PARTIAL),
    ("offer", "no use four one five five five five oh one nine nine", Completeness.COMPLETE),
    ("number", "four one five five five five oh one", Completeness.PARTIAL),
    ("number", "four one five five five five oh one nine nine", Completeness.COMPLETE),
    ("number", "my number is", Completeness.PARTIAL),
    ("number", "hold on let me look", Completeness.PARTIAL),
    ("address", "twenty two", Completeness.PARTIAL),
    ("address", "twenty two seventeen maple", Completeness.PARTIAL),
    ("address", "twenty two seventeen maple street", Completeness.OPEN),
    ("address", "twenty two seventeen maple street springfield", Completeness.COMPLETE),
    ("when", "tomorrow", Completeness.OPEN),
    ("when", "tomorrow morning", Completeness.COMPLETE),
    ("when", "tomorrow morning or", Completeness.PARTIAL),
    ("review", "yes", Completeness.COMPLETE),
    ("review", "that's correct", Completeness.COMPLETE),
    ("review", "yes but", Completeness.PARTIAL),
    ("review", "no the address is", Completeness.PARTIAL),
]


def at(place: str) -> Call:
    if place == "review":
        return to_review()
    scripts = [
        "caller: no heat",
        "caller: karen mitchell",
        "caller: no",
        "caller: 415 555 0199\ncaller: yes",
        "caller: twelve oak road",
    ]
    places = ["triage", "name", "offer", "number", "address", "when"]
    call = Call()
    call.play("\n".join(scripts[: places.index(place)]))
    return call


@pytest.mark.parametrize(("place", "text", "expected"), CASES)
def test_completeness(place: str, text: str, expected: Completeness) -> None:
    assert sop.completeness(FLOW, expecting(at(place)), text) is expected


def test_what_belongs_to_a_private_slot_is_marked() -> None:
    loan = Call(sop.load("loan_application"))
    assert not sop.expect(loan.graph, loan.state).private
    private = replace(loan.state, phase=Phase.ASKING, slot="ssn_last_four")
    for phase in (Phase.ASKING, Phase.OFFERING, Phase.CONFIRMING):
        assert sop.expect(loan.graph, replace(private, phase=phase)).private
    assert not sop.expect(loan.graph, replace(private, phase=Phase.WAITING)).private
    assert not expecting(to_review()).private


def test_a_review_that_may_mend_a_private_slot_is_marked() -> None:
    flow = """\
sop: cards
business: Acme
slots:
  card: {type: digits, label: the card, lengths: [4], prompt: Your card?, private: true, confirm: never}
  town: {type: free_text, label: the town, prompt: Which town?, volunteer: false}
start: ask
steps:
  ask: {ask: [card, town], go: town_only}
  town_only: {review: town, prompt: "Is it {town}?", changed: "{value}?", ask_what: What is it?, go: both}
  both: {review: [card, town], prompt: "{card}, {town}?", changed: "{value}?", ask_what: What is wrong?, go: bye}
  bye: {end: done}
  desk: {transfer: desk, on_no_answer: bye}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
"""
    call = Call(sop.load_text(flow), caller=None)
    told = []
    for said in ("one two three four", "leeds", "yes", "no"):
        told.append((call.state.step, sop.expect(call.graph, call.state).private))
        call.hear(said)
    told.append((call.state.step, sop.expect(call.graph, call.state).private))
    assert told == [("ask", True), ("ask", False), ("town_only", False), ("both", True), ("both", True)]
