"""Writes the business's and the agent's name into a flow's texts, so that those are fixed and can be rendered ahead."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from sop.graph import Graph
from sop.steps import Condition


def with_business(graph: Graph) -> Graph:
    """The graph with {business} and {agent} replaced in every text."""
    found = _replaced(graph, {"{business}": graph.business, "{agent}": graph.agent or "the automated assistant"})
    assert isinstance(found, Graph)
    return found


def _replaced(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        for place, name in names.items():
            value = value.replace(place, name)
        return value
    if isinstance(value, tuple):
        return tuple(_replaced(part, names) for part in value)
    if isinstance(value, dict):
        return {name: _replaced(part, names) for name, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type | Condition):
        return replace(value, **{field.name: _replaced(getattr(value, field.name), names) for field in fields(value)})
    return value
