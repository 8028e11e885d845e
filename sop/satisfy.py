"""Values that could make a condition true: for the checks of a flow, and for walking all its ways.

A candidate is a value that matters to some condition: each option of a choice, both sides of every number that is
compared and one between every two. No two values that all conditions treat alike are both candidates.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, pairwise, product

from sop.conditions import Value, constants_compared, holds, names_compared, numbers_compared
from sop.graph import Graph
from sop.names import ANSWERED, derived, types
from sop.steps import Condition, edges_of

ANYTHING = "something else"
"""A text that no condition names."""
_MOST = 5000
"""Combinations that are tried."""
_FLAGS = frozenset({"open", "day_off", "known_caller", "vip", "asked_for_person"})
_SEVERAL = frozenset({"said", "topic"})
_RANGES = {"weekday": (0.0, 6.0), "hour": (0.0, 23.0)}
"""Names that are neither slots nor results count something, from 0 on; these no further than this."""


def candidates(graph: Graph, name: str, conditions: Iterable[Condition]) -> tuple[Value, ...]:
    """The values of a name that the conditions can tell apart, None (not known) last."""
    kind = types(graph).get(name, "")
    conditions = tuple(conditions)
    words = {word for condition in conditions for word in constants_compared(condition, name)}
    if name in _FLAGS:
        return (True, False)
    if name in _SEVERAL:
        together = (tuple(sorted(words)),) if len(words) > 1 else ()
        return (*((word,) for word in sorted(words)), *together, ())
    if kind == "yes_no" or name == ANSWERED:
        return ("yes", "no", None)
    if kind == "choice":
        return (*_options(graph, name), None)
    if kind in ("number", "money") or name in derived(graph) or not kind:
        whole = kind not in ("number", "money") and name != "amount"
        return (*_numbers(_limits(graph, name), _compared(graph, name, conditions), whole=whole), None)
    return (*sorted(words), ANYTHING, None)


def _compared(graph: Graph, name: str, conditions: tuple[Condition, ...]) -> set[float]:
    """The numbers that matter to a name; where names are compared with one another, all numbers beside them."""
    found = {number for condition in conditions for number in numbers_compared(condition, name)}
    for condition in conditions:
        if name in condition.names and names_compared(condition):
            beside = {number for other in condition.names for number in numbers_compared(condition, other)} | {0.0}
            beside |= {end for other in condition.names for end in _limits(graph, other) if math.isfinite(end)}
            found |= beside | {max(beside) + step for step in range(1, len(condition.names))}
    return found


def _numbers(limits: tuple[float, float], compared: set[float], *, whole: bool) -> list[float]:
    """Each number within the limits, one between every two neighbours, and one beyond either end."""
    low, high = limits
    if not compared:
        return []
    inside = sorted(number for number in compared if low <= number <= high)
    inside = inside or [next((end for end in limits if math.isfinite(end)), 0.0)]
    found = {*inside, max(low, inside[0] - 1), min(high, inside[-1] + 1)}
    found |= {(one + other) / 2 for one, other in pairwise(inside)}
    found = {math.floor(one) for one in found} | {math.ceil(one) for one in found} if whole else found
    return [float(number) for number in sorted(found) if low <= number <= high]


def _options(graph: Graph, name: str) -> tuple[str, ...]:
    if name in graph.slots:
        return tuple(option.name for option in graph.slots[name].options)
    return graph.facts[name].options


def _limits(graph: Graph, name: str) -> tuple[float, float]:
    if (source := derived(graph).get(name)) is not None:
        period = graph.slots[source].period if source in graph.slots else "any"
        return (0 if period == "past" else -math.inf, 0 if period == "future" else math.inf)
    spec = graph.slots.get(name) or graph.facts.get(name)
    if spec is None:
        return _RANGES.get(name, (0, math.inf))
    return (-math.inf if spec.low is None else spec.low, math.inf if spec.high is None else spec.high)


def assignments(
    graph: Graph, names: Iterable[str], fixed: Mapping[str, Value], conditions: Iterable[Condition]
) -> Iterator[dict[str, Value]]:
    """Every combination of candidates for the names that are not fixed, at most five thousand."""
    free, tables = _tables(graph, names, fixed, tuple(conditions))
    for values in islice(product(*tables), _MOST):
        yield dict(fixed) | dict(zip(free, values, strict=True))


def _tables(
    graph: Graph, names: Iterable[str], fixed: Mapping[str, Value], conditions: tuple[Condition, ...]
) -> tuple[list[str], list[tuple[Value, ...]]]:
    free = sorted(name for name in names if name not in fixed)
    return free, [candidates(graph, name, conditions) for name in free]


def can_hold(graph: Graph, condition: Condition, before: tuple[Condition, ...] = ()) -> bool:
    """Whether some values make it true where none of those before it is. True as well where the combinations are too
    many to be tried."""
    every = (*before, condition)
    names = {name for one in every for name in one.names}
    free, tables = _tables(graph, names, {}, every)
    if math.prod(map(len, tables)) > _MOST:
        return True
    tried = (dict(zip(free, values, strict=True)) for values in product(*tables))
    return any(holds(condition, values) and not any(holds(one, values) for one in before) for values in tried)


def all_conditions(graph: Graph) -> tuple[Condition, ...]:
    """Every condition on an edge or a guard."""
    edges = (edge.condition for step in graph.steps.values() for edge in edges_of(step))
    guards = (guard.condition for guard in graph.guards.values())
    return tuple(condition for condition in (*edges, *guards) if condition is not None)
