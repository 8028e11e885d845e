"""What a tool answers, made into facts or refused as a whole.

An answer comes from outside: every field must be of its declared type and within its limits, and nothing else is taken.
A text is plain, at most 300 characters, and fit to be read aloud.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime

from sop.graph import Graph, ResultSpec, ToolSpec
from sop.guardrails import promises, speakable
from sop.slot_spec import SlotSpec
from sop.slots import type_named

_LONGEST = 300
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_LARGEST = 1e12
"""No business tells a caller of more than that."""
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
    elif isinstance(given, str):
        text = given.strip()
    elif isinstance(given, int | float) and abs(given) < _LARGEST:
        text = str(given)
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
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    low = spec.low if spec.low is not None else -math.inf
    high = spec.high if spec.high is not None else math.inf
    if abs(value) >= _LARGEST or not low <= value <= high:
        return None
    told = f"{value:.2f}" if spec.type == "money" else f"{value:.6f}".rstrip("0").rstrip(".")
    return told.removeprefix("-") if float(told) == 0 else told


def _date(text: str) -> str | None:
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        return None


def spoken_fact(graph: Graph, name: str, value: str, own: frozenset[str] = frozenset()) -> str:
    """A fact as it is read aloud; empty when it must not be: it is private, unfit, or promises what no text of the flow
    promises. `own` are the caller's own numbers and addresses; others are not read out."""
    spec = graph.facts.get(name)
    if spec is None or spec.private:
        return ""
    if spec.type in ("number", "money", "date"):
        return type_named(spec.type).speak(value, SlotSpec(name, spec.type, "", name))
    if spec.type != "text":
        return value.replace("_", " ")
    return "" if set(promises(value, "")).difference(graph.promised) else speakable(value, own=own)
