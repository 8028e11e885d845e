"""What every way through a procedure should do: the tools to be called, with which values, and how it ends.

`ways` walks the graph, never the engine, so that a journey says what the engine should do. Three scenarios, after
JourneyBench's: *complete*; *missing*, where the caller never gives one value that a tool needs, so that no tool behind
it may be called; *failing*, where one tool fails for good.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from sop.conditions import Value
from sop.graph import Graph, ToolSpec
from sop.names import derived, types
from sop.names import values as values_of
from sop.samples import canonical_text, sample_value
from sop.satisfy import ANYTHING
from sop.state import State
from sop.tool_fields import BUILT_IN
from sop.ways import CALLER, Way, escalates, ways

_MOST_WAYS = 3000


@dataclass(frozen=True, slots=True)
class Call:
    """A tool as it should be called."""

    tool: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Journey:
    """One way, and everything that leads along it."""

    scenario: str
    now: str
    profile: Mapping[str, str]
    path: tuple[str, ...]
    values: Mapping[str, str]
    """Slot -> canonical value, in the order of asking."""
    answers: Mapping[str, tuple[Mapping[str, str], ...]]
    """Tool -> its answers, first call first."""
    calls: tuple[Call, ...]
    ends: str
    """Outcome of the end step, or "transferred"."""
    missing: str = ""
    failing: str = ""
    unreachable: frozenset[str] = frozenset()
    """Targets of transfers where nobody picks up."""


def journeys(graph: Graph, *, most: int = 40) -> tuple[Journey, ...]:
    """The complete and failing journeys, each at most `most`, and one with a value missing for each complete one."""
    found: dict[tuple[object, ...], Journey] = {}
    for way in ways(graph, _MOST_WAYS):
        journey = _journey(graph, way)
        if journey is not None:
            found.setdefault((journey.path, journey.failing, tuple(sorted(journey.unreachable))), journey)
    everything = tuple(found.values())
    complete = _spread(tuple(one for one in everything if not one.failing), most)
    failing = _spread(tuple(one for one in everything if one.failing), most)
    answered = _spread(tuple(one for one in everything if not one.failing and not one.unreachable), most)
    missing = (short for one in answered if (short := _without(graph, one)) is not None)
    return (*complete, *missing, *failing)


def _spread(found: tuple[Journey, ...], most: int) -> tuple[Journey, ...]:
    """At most so many, those first that pass an edge which none before has passed; shorter ones before longer."""
    seen: set[tuple[str, str]] = set()
    fresh: list[Journey] = []
    other: list[Journey] = []
    for journey in sorted(found, key=lambda one: (len(one.path), one.path)):
        edges = set(pairwise((*journey.path, journey.ends)))
        (other if edges <= seen else fresh).append(journey)
        seen |= edges
    return (*fresh, *other)[:most]


def _journey(graph: Graph, way: Way) -> Journey | None:
    """A whole walk with every value filled in; None when its values would bring a person in before its end."""
    today = datetime.fromisoformat(way.now).date()
    values = {name: _value(graph, way, name, today) for name in way.asked}
    answers: dict[str, tuple[Mapping[str, str], ...]] = {}
    facts: dict[str, str] = {}
    for tool, told in way.pinned:
        given = {
            name: text if told.get(name) in (None, ANYTHING) else canonical_text(graph, name, told[name])
            for name, text in (graph.tools[tool].example if tool in graph.tools else {}).items()
        }
        answers[tool] = (*answers.get(tool, ()), given)
        facts |= given
    state = State(graph.name, graph.version, CALLER, way.now, profile=way.profile, facts=facts)
    if escalates(graph, values_of(graph, state) | _amounts(graph, values, facts)):
        return None
    return Journey(
        scenario="failing" if way.failing else "complete",
        now=way.now,
        profile=way.profile,
        path=way.path,
        values=values,
        answers=answers,
        calls=tuple(_call(graph, tool, slots, values, facts) for tool, slots in way.calls),
        ends=way.ends,
        failing=way.failing,
        unreachable=way.unreachable,
    )


def _value(graph: Graph, way: Way, slot: str, today: date) -> str:
    """A slot's value: chosen, counted back from today, or any."""
    if way.chosen.get(slot) not in (None, ANYTHING):
        return canonical_text(graph, slot, way.chosen[slot])
    for name, source in derived(graph).items():
        number = way.chosen.get(name)
        if source == slot and isinstance(number, int | float):
            days = number * 365.25 + 30 if name.endswith("years_ago") else number
            return (today - timedelta(days=int(days))).isoformat()
    looked_up = way.chosen.get(f"?{slot}")
    if looked_up == "yes" and graph.knowledge:
        return graph.knowledge[0].questions[0]
    return sample_value(graph, graph.slots[slot], today)


def _amounts(graph: Graph, values: Mapping[str, str], facts: Mapping[str, str]) -> dict[str, Value]:
    kinds = types(graph)
    amounts = [float(value) for name, value in {**values, **facts}.items() if kinds.get(name) == "money"]
    return {"amount": max(amounts, default=None), **_numbers(graph, values)}


def _numbers(graph: Graph, values: Mapping[str, str]) -> dict[str, Value]:
    kinds = types(graph)
    return {name: float(text) if kinds[name] in ("number", "money") else text for name, text in values.items()}


def _call(graph: Graph, tool: str, slots: tuple[str, ...], values: Mapping[str, str], facts: Mapping[str, str]) -> Call:
    spec = graph.tools.get(tool) or ToolSpec(tool)
    if spec.arguments is None:
        return Call(tool, {slot: values[slot] for slot in slots})
    held = {**facts, **{slot: values[slot] for slot in slots}}
    return Call(
        tool, {name: held[source] for name, source in spec.arguments.items() if source in held} | dict(spec.constants)
    )


def _without(graph: Graph, journey: Journey) -> Journey | None:
    """The journey whose caller never gives the last value that its first own tool needs; None where no tool needs any.
    No tool that comes behind that question may be called."""
    for at, call in enumerate(journey.calls):
        tool = graph.tools.get(call.tool)
        sources = tuple((tool.arguments or {}).values()) if tool else ()
        given = [slot for slot in journey.values if _can_be_missing(graph, slot)]
        wanted = given if call.tool in BUILT_IN and not sources else [slot for slot in sources if slot in given]
        if wanted:
            return replace(
                journey, scenario="missing", missing=wanted[-1], calls=journey.calls[:at], ends="transferred"
            )
    return None


def _can_be_missing(graph: Graph, slot: str) -> bool:
    """Whether a caller can fail to give it: not where anything said is an answer, or none is needed."""
    spec = graph.slots[slot]
    return not spec.optional and spec.offer is None and spec.type != "free_text"
