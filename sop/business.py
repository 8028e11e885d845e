"""Writes the business's name into a flow's texts, so that those texts are fixed and can be rendered ahead."""

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from sop.graph import Condition, Graph

_PLACE = "{business}"


def with_business(graph: Graph) -> Graph:
    """The graph with {business} replaced in every text."""
    found = _replaced(graph, graph.business)
    assert isinstance(found, Graph)
    return found


def _replaced(value: Any, business: str) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value.replace(_PLACE, business)
    if isinstance(value, tuple):
        return tuple(_replaced(part, business) for part in value)
    if isinstance(value, dict):
        return {name: _replaced(part, business) for name, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type | Condition):
        return replace(
            value, **{field.name: _replaced(getattr(value, field.name), business) for field in fields(value)}
        )
    return value
