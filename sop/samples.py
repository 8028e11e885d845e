"""Values to try a procedure with: one for every slot, and the canonical text of a value that a condition needs."""

from datetime import date, timedelta

from sop.conditions import Value
from sop.graph import Graph
from sop.names import types
from sop.slot_spec import SlotSpec
from sop.slots import slot_type

_SAMPLES = {
    "person_name": "Dana Whitfield",
    "phone": "+14155550134",
    "email": "dana.whitfield@gmail.com",
    "us_address": "2217 Maple Street, Springfield",
    "time_window": "asap",
    "free_text": "the blue one by the window",
}


def sample_value(graph: Graph, spec: SlotSpec, today: date) -> str:
    """A canonical value that the slot takes."""
    if spec.type == "date":
        years = 0 if spec.period == "future" else 36
        return (today.replace(year=today.year - years) + timedelta(days=9 if not years else 0)).isoformat()
    if spec.type in _SAMPLES:
        return _SAMPLES[spec.type]
    return slot_type(graph, spec).sample(spec)


def canonical_text(graph: Graph, name: str, value: Value) -> str:
    """A value of a condition as the slot or the tool's result would hold it."""
    kind = types(graph).get(name, "")
    if kind == "money" and isinstance(value, int | float):
        return f"{value:.2f}"
    if isinstance(value, int | float):
        return f"{value:g}"
    return str(value)
