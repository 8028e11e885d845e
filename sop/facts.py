"""What a tool answers, made into facts or refused as a whole.

An answer comes from outside: every field must be of its declared type and within its limits, and nothing else is taken.
A text is plain, at most 300 characters, and fit to be read aloud.
"""

import math
from collections.abc import Mapping
from datetime import date

from sop.graph import Graph, ResultSpec, ToolSpec
from sop.guardrails import speakable
from sop.slot_spec import SlotSpec
from sop.slots import type_named

_LONGEST = 300
_YES = frozenset({"yes", "true", "1"})
_NO = frozenset({"no", "false", "0"})


def facts_of(tool: ToolSpec, result: Mapping[str, object]) -> dict[str, str] | None:
    """Canonical facts by name; None when a field is missing or is not what it should be."""
    found: dict[str, str] = {}
    for name, spec in tool.results.items():
        given = result.get(name)
        if given is None:
            if spec.required:
                return None
            continue
        value = canonical(spec, given)
        if value is None:
            return None
        found[name] = value
    return found


def canonical(spec: ResultSpec, given: object) -> str | None:
    """One field's canonical value; None when it is none of its type."""
    if isinstance(given, bool):
        text = "yes" if given else "no"
    elif isinstance(given, str | int | float):
        text = str(given).strip()
    else:
        return None
    if not text or len(text) > _LONGEST:
        return None
    match spec.type:
        case "number" | "money":
            return _number(spec, text)
        case "yes_no":
            return "yes" if text.lower() in _YES else "no" if text.lower() in _NO else None
        case "date":
            return _date(text)
        case "choice":
            return text if text in spec.options else None
        case _:
            return text if speakable(text) else None


def _number(spec: ResultSpec, text: str) -> str | None:
    try:
        value = float(text)
    except ValueError:
        return None
    low = spec.low if spec.low is not None else -math.inf
    high = spec.high if spec.high is not None else math.inf
    if not math.isfinite(value) or not low <= value <= high:
        return None
    return f"{value:.2f}" if spec.type == "money" else f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


def _date(text: str) -> str | None:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None


def spoken_fact(graph: Graph, name: str, value: str) -> str:
    """A fact as it is read aloud; empty when it must not be."""
    spec = graph.facts.get(name)
    if spec is None or spec.private:
        return ""
    if spec.type in ("number", "money", "date"):
        return type_named(spec.type).speak(value, SlotSpec(name, spec.type, "", name))
    return speakable(value) if spec.type == "text" else value.replace("_", " ")
