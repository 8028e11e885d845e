"""Whether the conditions of a flow can be read, and can ever hold."""

from collections.abc import Callable

from sop.conditions import constants_compared
from sop.fields import Notes, suggest
from sop.graph import Graph
from sop.names import ANSWERED, COUNTERS, known_names, types
from sop.satisfy import can_hold
from sop.steps import Condition, edges_of
from sop.topics import TOPICS

Place = Callable[[str], int]


def check_conditions(graph: Graph, notes: Notes, line_of: Place) -> None:
    """Note every condition that names what is not there or can never hold, and every edge that is never taken."""
    known = known_names(graph)
    for name, step in graph.steps.items():
        seen: set[str] = set()
        for index, edge in enumerate(edges_of(step)):
            line = line_of(f"steps.{name}.next.{index}")
            if "" in seen:
                notes.add(line, name, "next", "an edge before this one is always taken", "move this edge up")
                break
            text = edge.condition.text if edge.condition else ""
            if text in seen:
                notes.add(line, name, "next", f"the condition {text!r} stands twice", "remove one of the two")
            seen.add(text)
            if edge.condition:
                _condition(graph, notes, line, name, edge.condition, known)
    for name, guard in graph.guards.items():
        _condition(graph, notes, line_of(f"guards.{name}"), name, guard.condition, known)
    for index, escalation in enumerate(graph.escalations):
        line = line_of(f"escalate.{index}")
        _condition(graph, notes, line, "escalate", escalation.when, known | {*COUNTERS})
        for topic in sorted(constants_compared(escalation.when, "topic") - {*TOPICS}):
            notes.add(line, "escalate", "when", f"there is no topic {topic!r}", suggest(topic, TOPICS))


def _condition(graph: Graph, notes: Notes, line: int, place: str, condition: Condition, known: frozenset[str]) -> None:
    unknown = sorted(condition.names - known)
    for name in unknown:
        message = f"the condition names {name!r}, which is neither a slot nor a result"
        notes.add(line, place, "if", message, suggest(name, known))
    impossible = False
    for name in sorted(condition.names - set(unknown)):
        options = _options(graph, name)
        for constant in sorted(constants_compared(condition, name) - options):
            if options:
                impossible = True
                message = f"this can never hold: {name} has no option {constant!r}"
                notes.add(line, place, "if", message, suggest(constant, options))
    if not unknown and not impossible and not can_hold(graph, condition):
        notes.add(line, place, "if", f"this can never hold: {condition.text}", "mend the condition, or remove the edge")


def _options(graph: Graph, name: str) -> frozenset[str]:
    """The words that a name can be; empty when it can be anything."""
    if types(graph).get(name) == "yes_no" or name == ANSWERED:
        return frozenset({"yes", "no"})
    if name in graph.slots:
        return frozenset(option.name for option in graph.slots[name].options)
    return frozenset(graph.facts[name].options) if name in graph.facts else frozenset()
