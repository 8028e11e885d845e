"""What a run came to becomes what is expected of the next: `<call>.yaml`, marked as written by a machine."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from voice.errors import OperatorError
from voice.replaying.course import Slot, ToolCall
from voice.replaying.expected import AcceptedTurn, Beside, Expected
from voice.replaying.judging import faults, unspoken
from voice.replaying.result import CallResult, Timings, TransferResult, TurnResult

_HEAD = """\
# Written by `switchboard replay --accept` from a run that somebody has listened to; change it where it asks too much.
# What each field means stands in voice/replaying/expected.py.
"""
_KEPT = ("recording", "flow", "caller", "now", "says", "consent", "never_said", "latency")
"""What no run can tell, and what somebody has written there before."""
_NOT_EXPECTED = (
    "is not what somebody has written that is expected of it; where that no longer holds, take it out and accept again:"
)


def accepted(result: CallResult, before: Beside | None, *, on: str, text: str = "") -> str:
    """The text of a `<call>.yaml`. `before`: what stood there, as `text` says; `on`: today, ISO 8601.

    Raises:
        OperatorError: the call could not be run, or not all of it be spoken, or it is not what somebody has written
            that is expected of it.
    """
    if why := result.failed or "; ".join(unspoken(result)):
        raise OperatorError(f"{result.call} can't be accepted: {why}")
    if result.faults and (before is None or before.accepted is None):
        raise OperatorError("\n    ".join((f"{result.call} {_NOT_EXPECTED}", *result.faults)))
    kept = before.model_dump(mode="json", include=set(_KEPT), exclude_unset=True, exclude_none=True) if before else {}
    values: dict[str, Any] = {
        **kept,
        **({"outcome": result.outcome} if result.outcome is not None else {}),
        **_way(result, before),
        "lead": _lead(result, before) or None,
        "transfers": [one.target for one in result.transfers],
        "escalations": [one.reason for one in result.transfers],
        "tools": [one.name for one in result.tools],
        "barge_ins": result.barge_ins,
        "turns": [
            AcceptedTurn(**_shared(turn)).model_dump(mode="json", exclude_defaults=True) for turn in result.turns
        ],
        "accepted": {"on": on, "flow": result.flow, "version": result.version},
    }
    return _HEAD + _comments(text) + yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=110)


def _way(result: CallResult, before: Beside | None) -> dict[str, list[str]]:
    """Every step, or the milestones that somebody has written and the call has passed."""
    milestones = before.milestones if before is not None else None
    if milestones is None or faults(result, Expected(milestones=milestones)):
        return {"path": list(result.path)}
    return {"milestones": list(milestones)}


def _lead(result: CallResult, before: Beside | None) -> dict[str, str | list[str]]:
    """What was saved; where somebody has written several values that are as good, all of them."""
    wanted = {**(before.slots or {}), **(before.lead or {})} if before is not None else {}
    return {
        name: list(several) if isinstance(several := wanted.get(name), tuple) and slot.value in several else slot.value
        for name, slot in result.slots.items()
    }


def _comments(text: str) -> str:
    """The comments in a YAML file: a line each, with what they stand behind."""
    tokens = yaml.scan(text)
    texts = [(one.start_mark.index, one.end_mark.index) for one in tokens if isinstance(one, yaml.ScalarToken)]
    found: list[str] = []
    begins = 0
    for line in text.splitlines(keepends=True):
        marks = (begins + place.start() for place in _COMMENT.finditer(line))
        if any(all(not start <= mark < end for start, end in texts) for mark in marks):
            found.append(line.strip() if line.lstrip().startswith("#") else f"# {line.strip()}")
        begins += len(line)
    return "".join(f"{line}\n" for line in found if line not in _HEAD.splitlines())


_COMMENT = re.compile(r"(?:^|(?<=\s))#")


def as_result(beside: Beside, result: CallResult) -> CallResult | None:
    """The accepted run of the call, as far as it was kept; None where none was. `result` is another run of it."""
    if beside.turns is None:
        return None
    turns = tuple(TurnResult(turn=number, **_shared(turn)) for number, turn in enumerate(beside.turns))
    reasons = (*(beside.escalations or ()), *[""] * len(beside.transfers or ()))
    return replace(
        result,
        outcome=beside.outcome,
        path=tuple(step for turn in turns for step in turn.entered),
        slots=_slots(turns),
        transfers=tuple(TransferResult(*one, "", 0) for one in zip(beside.transfers or (), reasons, strict=False)),
        tools=tuple(ToolCall(name, {}, True, 0) for name in beside.tools or ()),
        barge_ins=sum(turn.barge_in for turn in turns) if beside.barge_ins is None else beside.barge_ins,
        turns=turns,
        timings=Timings(),
        identical=None,
    )


def _shared(turn: TurnResult | AcceptedTurn) -> dict[str, Any]:
    """What is kept of a turn."""
    return {name: getattr(turn, name) for name in AcceptedTurn.model_fields}


def _slots(turns: tuple[TurnResult, ...]) -> dict[str, Slot]:
    """What was held at the end; nothing that was accepted was wrong, so none of it counts as wrongly confirmed."""
    held: dict[str, Slot] = {}
    for turn in turns:
        for name, value in turn.set.items():
            held.pop(name, None)
            if value:
                held[name] = Slot(value, value, 1.0, confirmed=False, turn=turn.turn)
    return held


def write(path: Path, text: str) -> None:
    """Whole or not at all. Raises OSError."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
