"""Every way through every flow that ships, driven by scripted callers; and engines that go wrong, which score lower."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

import sop
from sop.audit import audit, coverage, moments_of, ujcs
from sop.callers import Caller, Manner
from sop.journeys import Call, Journey, journeys
from sop.loader import shipped
from sop.scoring import run_all, scores
from sop.steps import DecideStep, Edge, Step, ToolStep

MOST = 14
"""Ways of each kind through a flow; the command walks more."""


@pytest.mark.parametrize("flow", shipped())
def test_every_journey_is_followed(flow: str) -> None:
    runs = list(run_all(sop.load(flow), most=MOST))
    missed = [(run.journey.scenario, run.manner, run.journey.path, run.audit.steps) for run in runs if run.coverage < 1]
    assert missed == []
    assert [run.audit.violations for run in runs if run.audit.violations] == []
    assert {run.journey.scenario for run in runs} == {"complete", "missing", "failing"}
    ends = [(run.journey.ends, run.outcome) for run in runs if run.journey.scenario != "missing"]
    assert [pair for pair in ends if pair[0] != pair[1]] == []
    assert all(run.outcome for run in runs)


def test_there_are_many() -> None:
    assert sum(len(journeys(sop.load(flow), most=MOST)) for flow in shipped()) * len(Manner) >= 400


SMALL = """\
sop: small
business: Acme
start: who
slots:
  name: {type: person_name, prompt: Your name?}
  kind: {type: choice, prompt: Which kind?, options: {old: [the old one], new: [the new one]}}
  size: {type: number, prompt: How many?, low: 1, high: 20, names: [pieces]}
tools:
  stock:
    url: https://stock.example.com/v1
    arguments: {item: kind, pieces: size}
    results: {left: {type: number, low: 0, high: 100}}
    example: {left: 7}
  reserve: {url: "https://stock.example.com/v1/reserve", arguments: [name, kind, size], retries: 1}
steps:
  who: {ask: [name, kind, size], go: look}
  look: {tool: stock, on_failure: desk, go: enough}
  enough:
    decide:
      - {if: left >= size_wanted, go: hold}
      - {go: desk}
  hold: {tool: reserve, on_failure: desk, go: bye}
  bye: {say: Done., end: reserved}
  desk: {transfer: desk, on_no_answer: sorry}
  sorry: {end: nobody}
escalate:
  - {when: asked_for_person, to: desk, otherwise: sorry}
  - {when: misunderstood >= 2, to: desk, otherwise: sorry}
  - {when: silences >= 2, to: desk, otherwise: sorry}
  - {when: unheard >= 2, to: desk, otherwise: sorry}
""".replace("left >= size_wanted", "left >= 5")


def small() -> sop.Graph:
    return sop.load_text(SMALL)


def test_the_ways_of_a_small_flow() -> None:
    found = journeys(small())
    ways = {(one.scenario, one.path, one.ends) for one in found}
    assert ("complete", ("who", "look", "enough", "hold", "bye"), "reserved") in ways
    assert ("complete", ("who", "look", "enough", "desk"), "transferred") in ways
    assert ("complete", ("who", "look", "enough", "desk", "sorry"), "nobody") in ways
    assert ("failing", ("who", "look", "desk"), "transferred") in ways
    assert ("failing", ("who", "look", "enough", "hold", "desk"), "transferred") in ways
    assert sum(one.scenario == "missing" for one in found) == 2
    assert len(found) == 3 + 2 + 4


def test_results_are_pinned_and_parameters_expected() -> None:
    (way,) = (one for one in journeys(small()) if one.scenario == "complete" and one.ends == "reserved")
    assert float(way.answers["stock"][0]["left"]) >= 5
    (short, *_) = (one for one in journeys(small()) if one.path == ("who", "look", "enough", "desk"))
    assert float(short.answers["stock"][0]["left"]) < 5
    assert [call.tool for call in way.calls] == ["stock", "reserve"]
    assert way.calls[0].arguments == {"item": way.values["kind"], "pieces": way.values["size"]}
    assert set(way.calls[1].arguments) == {"name", "kind", "size"}


def score_of(played: sop.Graph, wanted: tuple[Journey, ...]) -> float:
    """UJCS of the engine on one graph, held against the journeys of another."""
    found = []
    for journey in wanted:
        talk = Caller(played, journey, Manner.PLAIN).run()
        found.append(coverage(journey.calls, audit(played, moments_of(talk.trace)).calls))
    return ujcs(found)


def changed(graph: sop.Graph, step: str, edited: Step) -> sop.Graph:
    return replace(graph, steps={**graph.steps, step: edited})


def test_a_right_engine_scores_one_and_wrong_ones_less() -> None:
    graph = small()
    wanted = journeys(graph)
    assert score_of(graph, wanted) == 1.0

    decide = graph.steps["enough"]
    assert isinstance(decide, DecideStep)
    always_holds = changed(graph, "enough", replace(decide, edges=(Edge("hold"),)))
    look = graph.steps["look"]
    assert isinstance(look, ToolStep)
    ignores_failure = changed(graph, "look", replace(look, on_failure="hold"))
    skips_a_tool = changed(graph, "look", DecideStep("look", (Edge("desk"),)))
    wrong_parameter = replace(
        graph,
        tools={**graph.tools, "stock": replace(graph.tools["stock"], arguments={"item": "size", "pieces": "size"})},
    )
    for wrong in (always_holds, ignores_failure, skips_a_tool, wrong_parameter):
        assert score_of(wrong, wanted) < 0.95


class _Careless:
    """A reader that hears every number one too high."""

    def __init__(self, graph: sop.Graph) -> None:
        self._reader = sop.RuleReader(graph)

    def read(self, heard: tuple[sop.Hypothesis, ...], expecting: sop.Expectation, now: str) -> sop.Reading:
        reading = self._reader.read(heard, expecting, now)
        acts = tuple(
            replace(act, value=str(int(act.value) + 1)) if isinstance(act, sop.Answer) and act.slot == "size" else act
            for act in reading.acts
        )
        return replace(reading, acts=acts)


def test_a_wrong_value_costs_its_share() -> None:
    graph = small()
    journey = next(one for one in journeys(graph) if one.ends == "reserved")
    talk = sop.Conversation(graph, reader=_Careless(graph), caller="+14155550134", now=journey.now)
    for text in (journey.values["name"].lower(), "the old one", "three"):
        talk.hear(text)
    wanted = [Call("stock", {"item": "old", "pieces": "3"}), Call("reserve", values(journey))]
    called = audit(graph, moments_of(talk.trace)).calls
    assert coverage(wanted, called) == pytest.approx(3 / 5)


def values(journey: Journey) -> Mapping[str, str]:
    return {"name": journey.values["name"], "kind": "old", "size": "3"}


def test_scores_by_scenario_and_manner() -> None:
    found = scores(list(run_all(small())))
    assert set(found) == {"complete", "missing", "failing"}
    assert all(set(row) == {"plain", "chatty", "correcting"} for row in found.values())
    assert all(score == 1.0 for row in found.values() for score in row.values())


def test_nothing_scores_nothing() -> None:
    assert ujcs([]) == 0.0
    assert coverage([], []) == 1.0
    assert coverage([], [Call("x", {})]) == 0.0
