"""Every way through a procedure, by its written edges alone, with the values that lead along it.

This walks the graph, never the engine, so that a journey says what the engine should do. Values are chosen where a
branch needs them (`satisfy.candidates`), results of tools are pinned, and each step is passed at most twice.

Three scenarios, after JourneyBench's: *complete*; *missing*, where the caller never gives one value that a tool needs,
so that no tool behind it may be called; *failing*, where one tool fails for good.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from sop.conditions import Value, holds
from sop.graph import Graph, ToolSpec
from sop.names import derived, known_names, types
from sop.names import values as values_of
from sop.samples import canonical_text, sample_value
from sop.satisfy import ANYTHING, all_conditions, assignments
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
from sop.tool_fields import BUILT_IN

MOMENTS = (
    "2026-11-22T19:30:00-05:00",
    "2026-11-23T10:00:00-05:00",
    "2026-11-24T20:15:00-05:00",
    "2026-11-28T11:00:00-05:00",
)
"""Sunday evening, Monday morning, Tuesday evening, Saturday morning."""
_PROFILES: tuple[Mapping[str, str], ...] = ({}, {"vip": "yes", "calls_before": "3"})
_TWICE = 2
_MOST_WAYS = 3000
CALLER = "+14155550134"


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


@dataclass(frozen=True, slots=True)
class _Way:
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


def journeys(graph: Graph, *, most: int = 40) -> tuple[Journey, ...]:
    """The complete and failing journeys, each at most `most`, and one with a value missing for each complete one."""
    found: dict[tuple[object, ...], Journey] = {}
    for way in _ways(graph, _MOST_WAYS):
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


def _ways(graph: Graph, most: int) -> Iterator[_Way]:
    """Whole walks from the start, under every moment and profile that some condition tells apart."""
    names = {name for condition in all_conditions(graph) for name in condition.names}
    seen: set[tuple[Value, ...]] = set()
    count = 0
    for now in MOMENTS:
        for profile in _PROFILES:
            state = State(graph.name, graph.version, CALLER, now, profile=profile)
            moment = values_of(graph, state)
            told = tuple(moment.get(name) for name in sorted(names & set(moment)))
            if told in seen or _escalates(graph, moment):
                continue
            seen.add(told)
            for way in _walk(graph, _Way(now, profile, moment), graph.start):
                yield way
                count += 1
                if count >= most:
                    return


def _walk(graph: Graph, way: _Way, name: str) -> Iterator[_Way]:
    """Every way on from a step."""
    if way.path.count(name) >= _TWICE or len(way.path) > 80:
        return
    step = graph.steps[name]
    for guarded, target in _guarded(graph, way, step):
        if target is not None:
            yield from _walk(graph, guarded, target)
            continue
        yield from _on(graph, replace(guarded, path=(*guarded.path, name)), step)


def _guarded(graph: Graph, way: _Way, step: Step) -> Iterator[tuple[_Way, str | None]]:
    """The way into a step where its guards hold, and the way around where one does not."""
    tool = graph.tools.get(step.tool) if isinstance(step, ToolStep) else None
    guards = [graph.guards[name] for name in (step.guard, tool.guard if tool else "") if name in graph.guards]
    if not guards:
        yield way, None
        return
    edges = (Edge("in", guards[0].condition), Edge("around"))
    for chosen, target in _branches(graph, way, edges):
        yield chosen, None if target == "in" else guards[0].otherwise


def _on(graph: Graph, way: _Way, step: Step) -> Iterator[_Way]:  # noqa: C901, PLR0912 - one case a kind of step
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


def _asking(graph: Graph, way: _Way, slots: tuple[str, ...], *, anew: bool) -> _Way:
    chosen = {name: value for name, value in way.chosen.items() if not anew or name not in slots}
    return replace(way, asked=tuple(dict.fromkeys((*way.asked, *slots))), chosen=chosen)


def _calling(graph: Graph, way: _Way, step: ToolStep) -> Iterator[_Way]:
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


def _along(graph: Graph, way: _Way, edges: tuple[Edge, ...]) -> Iterator[_Way]:
    for chosen, target in _branches(graph, way, edges):
        yield from _walk(graph, chosen, target)


def _branches(graph: Graph, way: _Way, edges: tuple[Edge, ...]) -> Iterator[tuple[_Way, str]]:
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


def _known(graph: Graph, way: _Way) -> dict[str, Value]:
    return {**way.fixed, **{name: value for name, value in way.chosen.items() if not name.startswith("?")}}


def _free(graph: Graph, way: _Way, name: str) -> bool:
    """Whether a name has a value that can still be chosen: it was asked or told, and no branch has used it."""
    source = derived(graph).get(name, name)
    return source in way.asked or source in way.told


def _pinned(graph: Graph, way: _Way, values: Mapping[str, Value]) -> _Way:
    """The way with these values chosen; results go to the last call of their tool."""
    pinned = list(way.pinned)
    for name, value in values.items():
        for at in range(len(pinned) - 1, -1, -1):
            tool, told = pinned[at]
            if name in graph.tools[tool].results if tool in graph.tools else False:
                pinned[at] = (tool, {**told, name: value})
                break
    return replace(way, chosen={**way.chosen, **values}, pinned=tuple(pinned))


def _journey(graph: Graph, way: _Way) -> Journey | None:
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
    if _escalates(graph, values_of(graph, state) | _amounts(graph, values, facts)):
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


def _value(graph: Graph, way: _Way, slot: str, today: date) -> str:
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


def _escalates(graph: Graph, values: Mapping[str, Value]) -> bool:
    """Whether a trigger would fire on values alone."""
    counters = {name: 0 for one in graph.escalations for name in one.when.names - known_names(graph)}
    quiet: dict[str, Value] = {**counters, "said": (), "topic": (), "amount": None, "asked_for_person": False}
    return any(holds(one.when, {**quiet, **values}) for one in graph.escalations)


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
