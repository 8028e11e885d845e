"""Other words that mean the same to the procedure."""

from functools import cache

import pytest

from sop import loader
from sop.graph import Graph
from sop.reader import RuleReader
from sop.reading import Answer, Expectation, Hypothesis
from voice.replaying.scrub.plain_words import vocabulary
from voice.replaying.scrub.restating import Restater, Uttered
from voice.replaying.scrub.stand_ins import Held, stand_ins

NOW = "2026-11-22T19:40:00-05:00"
HELD = (
    Held("person_name", "Karen Mitchell", "the name"),
    Held("phone", "+12125550188", "the number"),
    Held("us_address", "48 Fox Hollow Road, Salem", "the address"),
)


@cache
def graph() -> Graph:
    return loader.load("after_hours_hvac")


@cache
def restater() -> Restater:
    own = vocabulary(loader.bundle("after_hours_hvac"))
    return Restater(graph(), stand_ins(HELD, now=NOW, own=own), own, NOW)


def uttered(text: str, slot: str, kind: str) -> Uttered:
    expecting = Expectation(
        step="contact",
        kind=kind,
        slot=slot,
        filled=("name",),
        known=(("name", "Karen Mitchell"),),
        caller="+12125550188",
        open=("problem", "name", "callback", "address", "when"),
    )
    return Uttered(text, 0.9, expecting, RuleReader(graph()).read((Hypothesis(text, 0.9),), expecting, NOW))


@pytest.mark.parametrize(
    ("text", "slot", "kind", "gone"),
    [
        ("my name is karen mitchell", "name", "person_name", {"karen", "mitchell"}),
        ("it's karen mitchell m i t c h e l l", "name", "person_name", {"karen", "mitchell", "m", "c", "l"}),
        ("two one two five five five oh one eight eight", "callback", "phone", {"eight", "two"}),
        ("forty eight fox hollow road salem", "address", "us_address", {"fox", "salem", "hollow", "forty"}),
        ("tomorrow morning please, jessica is home", "when", "time_window", {"jessica"}),
        ("the furnace died says jessica", "problem", "choice", {"jessica"}),
    ],
)
def test_values_are_others_and_nothing_else_changes(text: str, slot: str, kind: str, gone: set[str]) -> None:
    said = uttered(text, slot, kind)
    assert said.reading.acts
    found = restater().restated(said)[0]
    assert not gone & set(found.text.split())
    again = RuleReader(graph()).read((found,), restater().expecting(said), NOW)
    assert [type(act) for act in again.acts] == [type(act) for act in said.reading.acts]
    for was, now in zip(said.reading.acts, again.acts, strict=True):
        assert isinstance(was, Answer) and isinstance(now, Answer)
        assert (now.slot, now.value) == (was.slot, restater().stands.of(was.value))
        assert now.confidence == pytest.approx(was.confidence, abs=0.01)


def test_words_that_mean_nothing_still_mean_nothing() -> None:
    said = uttered("jessica lopez zebra", "callback", "phone")
    assert said.reading.acts == ()
    assert restater().restated(said)[0].text == ""
    assert restater().loosely("well jessica said nine four one seven to me").split()[:2] == ["well", "said"]


def test_a_caller_who_is_upset_stays_upset() -> None:
    said = uttered("my furnace is dead and i hate this awful terrible company", "problem", "choice")
    assert said.reading.sentiment < -0.3
    found = restater().restated(said)
    readings = [RuleReader(graph()).read((one,), restater().expecting(said), NOW) for one in found]
    assert readings and all(reading.sentiment <= -0.3 for reading in readings)


def test_what_is_heard_is_held_against_what_is_meant() -> None:
    said = uttered("my name is karen mitchell", "name", "person_name")
    other = restater().stands.of("Karen Mitchell").lower()
    assert restater().is_heard(said, (Hypothesis(f"my name is {other}", 0.9),))
    assert not restater().is_heard(said, (Hypothesis("my name is karen mitchell", 0.9),))
    assert not restater().is_heard(said, ())
