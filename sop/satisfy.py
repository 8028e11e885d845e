"""Values that could make a condition true: for the checks of a flow, and for walking all its ways.

A candidate is a value that matters to some condition: each option of a choice, both sides of every number that is
compared. No two values that all conditions treat alike are both candidates.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from sop.conditions import Value, constants_compared, holds, numbers_compared
from sop.graph import Graph
from sop.names import ANSWERED, MOMENT, PROFILE, derived, types
from sop.steps import Condition, edges_of

ANYTHING = "something else"
"""A text that no condition names."""
_MOST = 5000
"""Combinations that are tried."""
_FLAGS = frozenset({"open", "day_off", "known_caller", "vip", "asked_for_person"})
_SEVERAL = frozenset({"said", "topic"})


def candidates(graph: Graph, name: str, conditions: Iterable[Condition]) -> tuple[Value, ...]:
    """The values of a name that the conditions can tell apart, None (not known) last."""
    kinds = types(graph)
    kind = kinds.get(name, "")
    conditions = tuple(conditions)
    words = {word for condition in conditions for word in constants_compared(condition, name)}
    if name in _FLAGS:
        return (True, False)
    if name in _SEVERAL:
        return (*((word,) for word in sorted(words)), ())
    if kind == "yes_no" or name == ANSWERED:
        return ("yes", "no", None)
    if kind == "choice":
        return (*_options(graph, name), None)
    numeric = kind in ("number", "money") or name in derived(graph) or name in (*MOMENT, *PROFILE) or not kind
    if numeric:
        numbers = {number for condition in conditions for number in numbers_compared(condition, name)}
        low, high = _limits(graph, name)
        around = {number + shift for number in numbers for shift in (-1.0, 0.0, 1.0)}
        inside = sorted(number for number in around if low <= number <= high)
        return (*inside, None)
    return (*sorted(words), ANYTHING, None)


def _options(graph: Graph, name: str) -> tuple[str, ...]:
    if name in graph.slots:
        return tuple(option.name for option in graph.slots[name].options)
    return graph.facts[name].options


def _limits(graph: Graph, name: str) -> tuple[float, float]:
    spec = graph.slots.get(name) or graph.facts.get(name)
    low = spec.low if spec is not None and spec.low is not None else float("-inf")
    high = spec.high if spec is not None and spec.high is not None else float("inf")
    return low, high


def assignments(
    graph: Graph, names: Iterable[str], fixed: Mapping[str, Value], conditions: Iterable[Condition]
) -> Iterator[dict[str, Value]]:
    """Every combination of candidates for the names that are not fixed, at most five thousand."""
    conditions = tuple(conditions)
    free = sorted(name for name in names if name not in fixed)
    tables = [candidates(graph, name, conditions) for name in free]
    for count, values in enumerate(product(*tables)):
        if count >= _MOST:
            return
        yield dict(fixed) | dict(zip(free, values, strict=True))


def can_hold(graph: Graph, condition: Condition) -> bool:
    """Whether some values make it true."""
    return any(holds(condition, values) for values in assignments(graph, condition.names, {}, (condition,)))


def all_conditions(graph: Graph) -> tuple[Condition, ...]:
    """Every condition on an edge or a guard."""
    edges = (edge.condition for step in graph.steps.values() for edge in edges_of(step))
    guards = (guard.condition for guard in graph.guards.values())
    return tuple(condition for condition in (*edges, *guards) if condition is not None)
