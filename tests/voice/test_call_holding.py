"""The caller while a person is rung: never long in silence, and nothing they say is lost."""

import pytest

from sop.graph import Graph
from sop.loader import load
from sop.state import Phase
from tests.line import ANN, BOB, Line, outcome
from tests.voice.test_call_transfer import BOTH, NAME, SILENT, gas, report, silences
from voice.audio import samples
from voice.commands import SlowAnswer, Speak
from voice.events import Keyed, LegState, Understood
from voice.holding import Holding, HoldingSettings


@pytest.fixture(scope="module")
def graph() -> Graph:
    return load("after_hours_hvac")


def test_the_agent_is_never_long_silent_while_it_rings_and_never_says_the_same_twice_running(graph: Graph) -> None:
    line = gas(Line(graph, on_duty=BOTH, people={ANN: SILENT, BOB: SILENT}))
    told = len(line.said)
    line.wait(49_000)
    said = [text for text in line.said[told:] if text != NAME]
    assert "Still trying to reach someone." in said
    assert len(set(said)) >= 5
    assert 8 < max(silences(line)) <= 12
    assert not [text for text in said if "Ann" in text or "Bob" in text]


def test_the_agent_speaks_on_although_the_caller_does(graph: Graph) -> None:
    line = gas(Line(graph, people={ANN: SILENT})).say("blah " * 100, 22_000)
    assert max(silences(line)) <= 12


def test_the_agent_does_not_speak_over_itself(graph: Graph) -> None:
    line = gas(Line(graph, ms_per_character=200, people={ANN: SILENT}))
    before = len(line.commands(Speak))
    line.wait(23_000)
    said = [e.text for e in line.commands(Speak)[before:] if isinstance(e, Speak)]
    assert said == ["Still trying to reach someone.", "Thank you for holding."]


def test_who_speaks_is_let_finish_for_a_moment() -> None:
    holding = Holding(HoldingSettings(lines=("One.", "Two.")))
    holding.begin(0)
    assert holding.tick(samples(8900), playing=False, caller_speaks=False) is None
    assert holding.tick(samples(9000), playing=False, caller_speaks=True) is None
    assert holding.tick(samples(10_900), playing=False, caller_speaks=True) is None
    assert holding.tick(samples(11_000), playing=False, caller_speaks=True) == "One."
    assert holding.tick(samples(19_000), playing=True, caller_speaks=False) is None
    assert holding.tick(samples(27_000), playing=False, caller_speaks=False) is None
    assert holding.tick(samples(28_000), playing=False, caller_speaks=False) == "Two."


def test_a_voice_that_fails_meanwhile_does_not_hang_up_on_somebody_who_is_on_the_way(graph: Graph) -> None:
    line = gas(Line(graph, people={ANN: ((15_000, LegState.ACCEPTED), (15_200, LegState.JOINED))}))
    line.tts_fails = 1000
    line.wait(25_000)
    assert outcome(line) == "transferred"


def test_what_the_caller_says_while_it_rings_is_kept_and_moves_nothing(graph: Graph) -> None:
    line = gas(Line(graph, people={ANN: ((9000, LegState.BUSY),)}))
    before = line.call.state
    line.say("my name is daniel foster and please hurry").wait(1500)
    assert line.call.state == before
    assert report(line).turns[-1].heard == "my name is daniel foster and please hurry"
    line.wait(12_000).until_quiet()
    assert line.said[-1] == NAME
    assert "name" not in line.call.state.values


def test_words_read_only_after_the_transfer_failed_answer_nothing(graph: Graph) -> None:
    line = gas(Line(graph, reader_ms=3000, people={ANN: ((4000, LegState.BUSY),)}))
    line.say("daniel foster").wait(8000).until_quiet()
    assert [e for e in line.entries if isinstance(e, Understood)]
    assert "name" not in line.call.state.values
    assert line.call.state.failures.misunderstood == 0
    assert line.answer("karen mitchell").wait(4000).call.state.values["name"].value == "Karen Mitchell"


def test_point_10_keys_during_a_transfer_are_ignored(graph: Graph) -> None:
    line = gas(Line(graph, people={ANN: ((6000, LegState.BUSY),)}))
    for key in "0123#*":
        line.post(Keyed(line.at, key)).wait(100)
    line.wait(8000).until_quiet()
    assert line.said[-1] == NAME
    assert line.call.state.phase is Phase.ASKING


def test_a_slow_answer_is_told_once(graph: Graph) -> None:
    line = gas(Line(graph, on_duty=BOTH, people={ANN: SILENT, BOB: SILENT})).wait(50_000)
    (slow,) = line.commands(SlowAnswer)
    assert isinstance(slow, SlowAnswer)
    assert (slow.transfer, 30 <= slow.seconds <= 30.2) == (1, True)
    assert not gas(Line(graph)).wait(12_000).commands(SlowAnswer)
