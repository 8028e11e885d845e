"""What a run came to becomes what is expected of the next: `<call>.yaml`, marked as written by a machine."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from voice.errors import OperatorError
from voice.replaying.course import Slot, ToolCall
from voice.replaying.expected import AcceptedTurn, Beside
from voice.replaying.result import CallResult, Timings, TransferResult, TurnResult

_HEAD = """\
# Written by `switchboard replay --accept` from a run that somebody has listened to; change it where it asks too much.
# What each field means stands in voice/replaying/expected.py.
"""
_KEPT = ("recording", "flow", "caller", "now", "says", "consent", "never_said", "latency")
"""What no run can tell, and what somebody has written there before."""


def accepted(result: CallResult, before: Beside | None, *, on: str) -> str:
    """The text of a `<call>.yaml`. `before`: what stood there; `on`: today, ISO 8601.

    Raises:
        OperatorError: the call could not be run.
    """
    if result.failed:
        raise OperatorError(f"{result.call} can't be accepted: {result.failed}")
    kept = before.model_dump(mode="json", include=set(_KEPT), exclude_unset=True, exclude_none=True) if before else {}
    values: dict[str, Any] = {
        **kept,
        "outcome": result.outcome,
        "path": list(result.path),
        "lead": {name: slot.value for name, slot in result.slots.items()} or None,
        "transfers": [one.target for one in result.transfers],
        "escalations": [one.reason for one in result.transfers],
        "tools": [one.name for one in result.tools],
        "barge_ins": result.barge_ins,
        "turns": [
            AcceptedTurn(**_shared(turn)).model_dump(mode="json", exclude_defaults=True) for turn in result.turns
        ],
        "accepted": {"on": on, "flow": result.flow, "version": result.version},
    }
    return _HEAD + yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=110)


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
