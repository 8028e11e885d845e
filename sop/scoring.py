"""Every journey of a flow, driven by scripted callers and scored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sop.audit import Audit, audit, coverage, moments_of, ujcs
from sop.callers import Caller, Manner
from sop.graph import Graph
from sop.journeys import Call, Journey, journeys
from sop.tool_fields import BUILT_IN


@dataclass(frozen=True, slots=True)
class Run:
    """One journey, as one caller made it."""

    journey: Journey
    manner: Manner
    audit: Audit
    coverage: float
    """0..1; see `audit.coverage`."""
    outcome: str


def run_all(graph: Graph, *, most: int = 40) -> Iterator[Run]:
    """Every journey in every manner, one after the other."""
    for journey in journeys(graph, most=most):
        for manner in Manner:
            talk = Caller(graph, journey, manner).run()
            found = audit(graph, moments_of(talk.trace))
            score = coverage(journey.calls, _counted(journey, found.calls))
            yield Run(journey, manner, found, score, talk.state.outcome or "")


def _counted(journey: Journey, calls: tuple[Call, ...]) -> tuple[Call, ...]:
    """The calls that are held against the journey. Where a value is missing, a message left with the rest of what is
    known is no mistake."""
    if not journey.missing:
        return calls
    return tuple(call for call in calls if call.tool not in BUILT_IN or journey.missing in call.arguments)


def scores(runs: Sequence[Run]) -> dict[str, dict[str, float]]:
    """UJCS by scenario and manner."""
    scenarios = dict.fromkeys(run.journey.scenario for run in runs)
    return {
        scenario: {
            manner.value: round(ujcs([run.coverage for run in runs if _is(run, scenario, manner)]), 4)
            for manner in Manner
        }
        for scenario in scenarios
    }


def _is(run: Run, scenario: str, manner: Manner) -> bool:
    return run.journey.scenario == scenario and run.manner is manner
