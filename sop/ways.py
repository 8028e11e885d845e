"""Walks over a procedure's graph, by its written edges alone, with the values that lead along each.

Values are chosen where a branch needs them (`satisfy.candidates`), what tools answer is pinned, and each step is passed
at most twice. Nothing here knows the engine.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sop.conditions import Value, holds
from sop.graph import Graph, ToolSpec
from sop.names import derived, known_names
from sop.names import values as values_of
from sop.satisfy import all_conditions, assignments
from sop.state import State
from sop.steps import (
    AnswerStep,
    AskStep,
    CallStep,
    DecideStep,
    Edge,
    EndStep,
    ReturnStep,
    ReviewStep,
    SayStep,
    Step,
    ToolStep,
    TransferStep,
)

MOMENTS = (
    "2026-11-22T19:30:00-05:00",
    "2026-11-23T10:00:00-05:00",
    "2026-11-24T20:15:00-05:00",
    "2026-11-28T11:00:00-05:00",
)
"""Sunday evening, Monday morning, Tuesday evening, Saturday morning."""
_PROFILES: tuple[Mapping[str, str], ...] = ({}, {"vip": "yes", "calls_before": "3"})
_TWICE = 2
CALLER = "+14155550134"


@dataclass(frozen=True, slots=True)
class Way:
    """A walk so far. `chosen` holds the values that branches needed; what was asked and is not chosen is free."""

    now: str
    profile: Mapping[str, str]
    fixed: Mapping[str, Value]
    """The moment and the profile, as conditions see them."""
    path: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    told: frozenset[str] = frozenset()
    """Results that a tool has answered."""
    chosen: Mapping[str, Value] = field(default_factory=dict)
    pinned: tuple[tuple[str, Mapping[str, Value]], ...] = ()
    """(tool, the results that a branch needed) for each call, in order."""
    stack: tuple[str, ...] = ()
    failing: str = ""
    unreachable: frozenset[str] = frozenset()
    ends: str = ""
    calls: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(tool, the slots that held a value) for each call."""


def ways(graph: Graph, most: int) -> Iterator[Way]:
    """Whole walks from the start, under every moment and profile that some condition tells apart."""
    names = {name for condition in all_conditions(graph) for name in condition.names}
    seen: set[tuple[Value, ...]] = set()
    count = 0
    for now in MOMENTS:
        for profile in _PROFILES:
            state = State(graph.name, graph.version, CALLER, now, profile=profile)
            moment = values_of(graph, state)
            told = tuple(moment.get(name) for name in sorted(names & set(moment)))
            if told in seen or escalates(graph, moment):
                continue
            seen.add(told)
            for way in _walk(graph, Way(now, profile, moment), graph.start):
                yield way
                count += 1
                if count >= most:
                    return


def _walk(graph: Graph, way: Way, name: str) -> Iterator[Way]:
    """Every way on from a step."""
    if way.path.count(name) >= _TWICE or len(way.path) > 80:
        return
    step = graph.steps[name]
    for guarded, target in _guarded(graph, way, step):
        if target is not None:
            yield from _walk(graph, guarded, target)
            continue
        yield from _on(graph, replace(guarded, path=(*guarded.path, name)), step)


def _guarded(graph: Graph, way: Way, step: Step) -> Iterator[tuple[Way, str | None]]:
    """The way into a step where its guards hold, and the way around where one does not."""
    tool = graph.tools.get(step.tool) if isinstance(step, ToolStep) else None
    guards = [graph.guards[name] for name in (step.guard, tool.guard if tool else "") if name in graph.guards]
    if not guards:
        yield way, None
        return
    edges = (Edge("in", guards[0].condition), Edge("around"))
    for chosen, target in _branches(graph, way, edges):
        yield chosen, None if target == "in" else guards[0].otherwise


def _on(graph: Graph, way: Way, step: Step) -> Iterator[Way]:  # noqa: C901, PLR0912 - one case a kind of step
    match step:
        case SayStep() | DecideStep():
            yield from _along(graph, way, step.edges)
        case AskStep() | ReviewStep():
            anew = isinstance(step, AskStep) and step.again and way.path.count(step.name) > 1
            yield from _along(graph, _asking(graph, way, step.slots, anew=anew), step.edges)
        case AnswerStep():
            for found in ("yes", "no"):
                answered = replace(way, chosen={**way.chosen, "answered": found, f"?{step.slot}": found})
                if way.chosen.get(f"?{step.slot}", found) != found:
                    continue
                if found == "yes":
                    yield from _along(graph, answered, step.edges)
                else:
                    yield from _walk(graph, answered, step.on_failure)
        case ToolStep():
            yield from _calling(graph, way, step)
        case TransferStep():
            yield replace(way, ends="transferred")
            if step.target not in way.unreachable:
                alone = replace(way, unreachable=way.unreachable | {step.target})
                yield from _walk(graph, alone, step.on_no_answer)
        case EndStep():
            yield replace(way, ends=step.outcome)
        case CallStep():
            yield from _walk(graph, replace(way, stack=(*way.stack, step.name)), graph.flows[step.flow])
        case ReturnStep():
            if way.stack:
                caller = graph.steps[way.stack[-1]]
                assert isinstance(caller, CallStep)
                yield from _along(graph, replace(way, stack=way.stack[:-1]), caller.edges)


def _asking(graph: Graph, way: Way, slots: tuple[str, ...], *, anew: bool) -> Way:
    chosen = {name: value for name, value in way.chosen.items() if not anew or name not in slots}
    return replace(way, asked=tuple(dict.fromkeys((*way.asked, *slots))), chosen=chosen)


def _calling(graph: Graph, way: Way, step: ToolStep) -> Iterator[Way]:
    """A tool that answers, and the same tool failing, unless another fails on this way already."""
    tool = graph.tools.get(step.tool) or ToolSpec(step.tool)
    needed = tuple(slot for slot in (tool.arguments or {}).values() if slot in graph.slots)
    way = _asking(graph, way, needed, anew=False)
    called = replace(way, calls=(*way.calls, (tool.name, way.asked)))
    if way.failing == tool.name:
        yield from _walk(graph, called, step.on_failure)
        return
    free = {name: value for name, value in way.chosen.items() if name not in tool.results}
    told = replace(called, chosen=free, told=way.told | set(tool.results), pinned=(*way.pinned, (tool.name, {})))
    yield from _along(graph, told, step.edges)
    if not way.failing and tool.name not in {name for name, _ in way.pinned}:
        yield from _walk(graph, replace(called, failing=tool.name), step.on_failure)


def _along(graph: Graph, way: Way, edges: tuple[Edge, ...]) -> Iterator[Way]:
    for chosen, target in _branches(graph, way, edges):
        yield from _walk(graph, chosen, target)


def _branches(graph: Graph, way: Way, edges: tuple[Edge, ...]) -> Iterator[tuple[Way, str]]:
    """Each edge that can be the first to hold, with values that make it so."""
    conditions = [edge.condition for edge in edges if edge.condition]
    if not conditions:
        yield way, edges[0].go
        return
    names = {name for condition in conditions for name in condition.names}
    known = _known(graph, way)
    free = {name for name in names if name not in known and _free(graph, way, name)}
    fixed = {name: known.get(name) for name in names - free}
    taken: set[int] = set()
    relevant = (*conditions, *all_conditions(graph))
    for values in assignments(graph, free, fixed, relevant):
        if any(values[name] is None for name in free):
            continue
        place = next(at for at, edge in enumerate(edges) if edge.condition is None or holds(edge.condition, values))
        if place not in taken:
            taken.add(place)
            yield _pinned(graph, way, {name: values[name] for name in free}), edges[place].go


def _known(graph: Graph, way: Way) -> dict[str, Value]:
    return {**way.fixed, **{name: value for name, value in way.chosen.items() if not name.startswith("?")}}


def _free(graph: Graph, way: Way, name: str) -> bool:
    """Whether a name has a value that can still be chosen: it was asked or told, and no branch has used it."""
    source = derived(graph).get(name, name)
    return source in way.asked or source in way.told


def _pinned(graph: Graph, way: Way, values: Mapping[str, Value]) -> Way:
    """The way with these values chosen; results go to the last call of their tool."""
    pinned = list(way.pinned)
    for name, value in values.items():
        for at in range(len(pinned) - 1, -1, -1):
            tool, told = pinned[at]
            if name in graph.tools[tool].results if tool in graph.tools else False:
                pinned[at] = (tool, {**told, name: value})
                break
    return replace(way, chosen={**way.chosen, **values}, pinned=tuple(pinned))


def escalates(graph: Graph, values: Mapping[str, Value]) -> bool:
    """Whether a trigger would fire on values alone."""
    counters = {name: 0 for one in graph.escalations for name in one.when.names - known_names(graph)}
    quiet: dict[str, Value] = {**counters, "said": (), "topic": (), "amount": None, "asked_for_person": False}
    return any(holds(one.when, {**quiet, **values}) for one in graph.escalations)
