"""Steps under other names: those of a sub-flow or an imported flow, whose names stand behind the flow's."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sop.steps import AnswerStep, CallStep, Step, ToolStep, TransferStep, edges_of


def prefixed_step(
    step: Step, names: Mapping[str, str], flows: Mapping[str, str] | None = None, guard: str = ""
) -> Step:
    """The step with every step it names under its new name; `flows` renames the sub-flows it calls, `guard` is put
    before the name of its guard."""
    changes: dict[str, Any] = {"name": names[step.name]}
    if edges := edges_of(step):
        changes["edges"] = tuple(replace(edge, go=names.get(edge.go, edge.go)) for edge in edges)
    if isinstance(step, ToolStep | AnswerStep):
        changes["on_failure"] = names.get(step.on_failure, step.on_failure)
    if isinstance(step, TransferStep):
        changes["on_no_answer"] = names.get(step.on_no_answer, step.on_no_answer)
    if isinstance(step, CallStep) and flows:
        changes["flow"] = flows.get(step.flow, step.flow)
    if step.guard and guard:
        changes["guard"] = guard + step.guard
    return replace(step, **changes)
