"""What lies on the ways through a flow: the mandatory steps before a sensitive tool, the slots that are still ahead."""

from collections.abc import Mapping

from sop.graph import Graph, following
from sop.steps import CallStep, ReturnStep, ToolStep, edges_of, slots_of, targets


def required_steps(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Step of a sensitive tool -> the mandatory steps without which no path from the start reaches it."""
    sensitive = [
        name
        for name, step in graph.steps.items()
        if isinstance(step, ToolStep) and step.tool in graph.tools and graph.tools[step.tool].sensitive
    ]
    mandatory = [name for name, step in graph.steps.items() if step.mandatory]
    without = {name: _reached(graph, name) for name in mandatory} if sensitive else {}
    found = {
        tool: tuple(name for name in mandatory if name != tool and tool not in without[name]) for tool in sensitive
    }
    return {tool: steps for tool, steps in found.items() if steps}


def _reached(graph: Graph, removed: str) -> frozenset[str]:
    """The steps that a call reaches from its start when one step is taken out. A sub-flow's return leads to where
    its callers go on, and what follows a call is reached only through that return."""
    ways = successors(graph)
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
    found: dict[str, tuple[str, ...]] = {}
    for origin in graph.steps:
        seen: set[str] = set()
        waiting = [origin]
        while waiting:
            name = waiting.pop()
            if name in graph.steps and name not in seen:
                seen.add(name)
                waiting += ways[name]
        asked = {slot for name in seen for slot in _needs(graph, name)}
        found[origin] = tuple(slot for slot in graph.slots if slot in asked)
    return found


def _needs(graph: Graph, name: str) -> tuple[str, ...]:
    """The slots of a step, and those that its tool is called with."""
    step = graph.steps[name]
    tool = graph.tools.get(step.tool) if isinstance(step, ToolStep) else None
    arguments = tuple((tool.arguments or {}).values()) if tool else ()
    return (*slots_of(step), *(slot for slot in arguments if slot in graph.slots))


def successors(graph: Graph) -> Mapping[str, tuple[str, ...]]:
    """Step -> what can be entered right after it, sub-flows followed into and out of."""
    returns = {
        name: tuple(edge.go for step in graph.steps.values() if _calls(graph, step, name) for edge in edges_of(step))
        for name, one in graph.steps.items()
        if isinstance(one, ReturnStep)
    }
    found: dict[str, tuple[str, ...]] = {}
    for name, step in graph.steps.items():
        if isinstance(step, CallStep):
            found[name] = (graph.flows[step.flow],) if step.flow in graph.flows else ()
        elif isinstance(step, ReturnStep):
            found[name] = returns[name]
        else:
            found[name] = targets(step)
    return found


def _calls(graph: Graph, step: object, returning: str) -> bool:
    """Whether the step calls a sub-flow that comes to this return."""
    return (
        isinstance(step, CallStep) and step.flow in graph.flows and returning in _inside(graph, graph.flows[step.flow])
    )


def _inside(graph: Graph, first: str) -> frozenset[str]:
    """The steps of a sub-flow: what is reached from its first step."""
    seen: set[str] = set()
    waiting = [first]
    while waiting:
        name = waiting.pop()
        if name in graph.steps and name not in seen:
            seen.add(name)
            waiting += following(graph, graph.steps[name])
    return frozenset(seen)
