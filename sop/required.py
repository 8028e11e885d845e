"""What lies on the ways through a flow: the mandatory steps before a sensitive tool, the slots still ahead, and the
circles that nobody gets out of."""

from collections.abc import Mapping
from dataclasses import replace

from sop.conditions import Value, holds
from sop.graph import Graph, following, needs_of, reachable
from sop.satisfy import assignments
from sop.steps import (
    AnswerStep,
    AskStep,
    CallStep,
    DecideStep,
    ReturnStep,
    SayStep,
    Step,
    ToolStep,
    TransferStep,
    edges_of,
    targets,
)

_SILENT = (SayStep, DecideStep, CallStep, ReturnStep, AnswerStep)
"""Steps that wait for nobody."""


def required_steps(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Step of a sensitive tool -> the mandatory steps without which no path from the start reaches it."""
    sensitive = [
        name
        for name, step in graph.steps.items()
        if isinstance(step, ToolStep) and step.tool in graph.tools and graph.tools[step.tool].sensitive
    ]
    mandatory = [name for name, step in graph.steps.items() if step.mandatory]
    ways = successors(graph) if sensitive else {}
    without = {name: _reached(graph, ways, name) for name in mandatory} if sensitive else {}
    found = {
        tool: tuple(name for name in mandatory if name != tool and tool not in without[name]) for tool in sensitive
    }
    return {tool: steps for tool, steps in found.items() if steps}


def _reached(graph: Graph, ways: Mapping[str, tuple[str, ...]], removed: str) -> frozenset[str]:
    """The steps that a call reaches from its start when one step is taken out. A sub-flow's return leads to where
    its callers go on, and what follows a call is reached only through that return."""
    seen: set[str] = set()
    waiting = [graph.start]
    while waiting:
        name = waiting.pop()
        if name not in seen and name != removed and name in graph.steps:
            seen.add(name)
            waiting += ways[name]
    return frozenset(seen)


def slots_ahead(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Step -> the slots that it and whatever can follow it ask for, in the order of the flow."""
    ways = successors(graph)
    before: dict[str, list[str]] = {name: [] for name in graph.steps}
    for name, after in ways.items():
        for target in after:
            if target in before:
                before[target].append(name)
    asking: dict[str, list[str]] = {name: [] for name in graph.slots}
    for name, step in graph.steps.items():
        for slot in needs_of(graph, step):
            if slot in asking:
                asking[slot].append(name)
    found: dict[str, list[str]] = {name: [] for name in graph.steps}
    for slot, steps in asking.items():
        for name in _led(before, steps):
            found[name].append(slot)
    return {name: tuple(slots) for name, slots in found.items()}


def _led(ways: Mapping[str, list[str]], origins: list[str]) -> set[str]:
    """Whatever the ways lead to."""
    seen: set[str] = set()
    waiting = list(origins)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += ways[name]
    return seen


def successors(graph: Graph) -> Mapping[str, tuple[str, ...]]:
    """Step -> what can be entered right after it, sub-flows followed into and out of."""
    after: dict[str, list[str]] = {}
    for step in graph.steps.values():
        if isinstance(step, CallStep) and step.flow in graph.flows:
            after.setdefault(graph.flows[step.flow], []).extend(edge.go for edge in edges_of(step))
    returns: dict[str, list[str]] = {}
    for first, steps in after.items():
        for name in reachable(graph, (first,)):
            if isinstance(graph.steps[name], ReturnStep):
                returns.setdefault(name, []).extend(steps)
    found: dict[str, tuple[str, ...]] = {}
    for name, step in graph.steps.items():
        if isinstance(step, CallStep):
            found[name] = (graph.flows[step.flow],) if step.flow in graph.flows else ()
        elif isinstance(step, ReturnStep):
            found[name] = tuple(returns.get(name, ()))
        else:
            found[name] = targets(step)
    return found


def open_returns(graph: Graph) -> frozenset[str]:
    """The returns that a call comes to without having entered a sub-flow, or that no sub-flow leads to."""
    inside = {name for first in graph.flows.values() for name in reachable(graph, (first,))}
    outside = replace(graph, flows={})
    reached = reachable(outside, (graph.start,))
    return frozenset(
        name
        for name, step in graph.steps.items()
        if isinstance(step, ReturnStep) and (name in reached or name not in inside)
    )


def silent_circles(graph: Graph) -> frozenset[str]:
    """Steps on a circle that never waits for the caller: what fails, or finds nobody, again and again, is on one."""
    ways = {name: _silent_ways(graph, step) for name, step in graph.steps.items()}
    ways = {name: [step for step in after if step in ways] for name, after in ways.items()}
    return frozenset(name for name, after in ways.items() if name in _led(ways, after))


def _silent_ways(graph: Graph, step: Step) -> list[str]:
    """What can be entered from a step before the caller has said a word."""
    if isinstance(step, _SILENT):
        return list(following(graph, step))
    if isinstance(step, ToolStep):
        return [step.on_failure]
    return [step.on_no_answer] if isinstance(step, TransferStep) else []


def endless_circles(graph: Graph) -> frozenset[str]:
    """Steps that come round to themselves once everything that is asked on the way is known: no value changes any more,
    so that every edge is taken as it was before, and a tool that is called again answers as it did."""
    passing = {
        name: step
        for name, step in graph.steps.items()
        if isinstance(step, SayStep | DecideStep | ToolStep) or (isinstance(step, AskStep) and not step.again)
    }
    ways = {name: [edge.go for edge in edges_of(step) if edge.go in passing] for name, step in passing.items()}
    circling = {name for name, after in ways.items() if name in _led(ways, after)}
    return frozenset(name for name in circling if _comes_back(graph, name, _led(ways, ways[name]) & circling))


def _comes_back(graph: Graph, origin: str, circle: set[str]) -> bool:
    """Whether some values lead from the step round the circle to itself."""
    steps = [graph.steps[name] for name in circle]
    conditions = tuple(edge.condition for step in steps for edge in edges_of(step) if edge.condition)
    names = {name for condition in conditions for name in condition.names}
    asked = {slot for step in steps for slot in needs_of(graph, step)}
    known = {slot for slot in names & asked if slot in graph.slots and not graph.slots[slot].optional}
    return any(
        all(values[slot] is not None for slot in known) and _walks_back(graph, origin, circle, values)
        for values in assignments(graph, names, {}, conditions)
    )


def _walks_back(graph: Graph, origin: str, circle: set[str], values: Mapping[str, Value]) -> bool:
    at: str | None = origin
    for _ in circle:
        edges = edges_of(graph.steps[at]) if at is not None else ()
        at = next((edge.go for edge in edges if edge.condition is None or holds(edge.condition, values)), None)
        if at == origin:
            return True
        if at not in circle:
            return False
    return False
