"""A telephone call's journal as an audit sees it: steps, tools, prompts and the end, each at its second.

The format is JSON lines: a header with the flow's text, events, and behind each the commands that followed, which begin
with `>`. Only these are read: Enter, Speak, CallTool, Transfer and End, and the way so far of a call that goes on after
its line was cut; `at` counts samples of 8000 a second.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sop.acts import Act, CallTool, Enter, Finish, Say, TransferTo
from sop.audit import Moment

_RATE = 8000


class NotAJournal(ValueError):
    """The lines are no telephone journal; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One journal."""

    flow: str
    source: str
    """The flow's text, with what it imports."""
    moments: tuple[Moment, ...]


def read_call(lines: Iterable[str]) -> RecordedCall:
    """A journal's lines. A last line that a crash cut short is left out. Raises NotAJournal."""
    rest = iter(lines)
    try:
        header = json.loads(next(rest, ""))
        flow, source = str(header["flow"]), str(header["source"])
    except (ValueError, KeyError, TypeError):
        raise NotAJournal("its first line is no journal's header") from None
    moments: list[Moment] = []
    acts: list[Act] = []
    at = 0.0
    for line in rest:
        value = _value(line.removeprefix(">"))
        if value is None:
            continue
        if not line.startswith(">"):
            moments += [Moment(tuple(acts), at)] if acts else []
            acts = [] if moments else _way_before(value)
            at = max(at, _seconds(value))
        elif (act := _act(value)) is not None:
            acts.append(act)
    moments += [Moment(tuple(acts), at)] if acts else []
    return RecordedCall(flow, source, (*moments, Moment((), at)))


def _value(line: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _way_before(value: Mapping[str, Any]) -> list[Act]:
    """The steps of an earlier stream of the call, where this one goes on with its state."""
    state = _value(str(value.get("resumed") or "")) if value.get("_") == "CallStarted" else None
    path = (state or {}).get("path")
    return [Enter(str(step)) for step in path] if isinstance(path, list) else []


def _seconds(value: Mapping[str, Any]) -> float:
    """When an event happened; a run of frames ends behind its last one."""
    at = value.get("at", 0)
    frames = len(value["speech"]) - 1 if value.get("_") == "Run" and isinstance(value.get("speech"), list) else 0
    return float(at + frames * value.get("samples", 0)) / _RATE if isinstance(at, int) else 0.0


def _act(value: Mapping[str, Any]) -> Act | None:
    match value.get("_"):
        case "Enter":
            return Enter(str(value.get("step")))
        case "Speak":
            return Say(str(value.get("text")), bool(value.get("fixed")))
        case "CallTool":
            arguments = {str(name): str(given) for name, given in dict(value.get("arguments") or {}).items()}
            number = str(value.get("tool"))
            return CallTool(number, str(value.get("name")), arguments, 0.0, str(value.get("key") or number))
        case "Transfer":
            return TransferTo(str(value.get("target")), str(value.get("reason")))
        case "End":
            return Finish(str(value.get("outcome")))
        case _:
            return None
