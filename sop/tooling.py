"""Tools: called with the values that the flow names, never with one missing; their answers checked; tried again with
the same key; and where they fail, the flow's own way out."""

import hashlib
import json
from collections.abc import Mapping

from sop.acts import CallTool, ToolFinished
from sop.asking import ask
from sop.facts import facts_of
from sop.graph import ToolSpec
from sop.state import Phase
from sop.steps import ToolStep
from sop.turn import Turn


def tool_of(turn: Turn, step: ToolStep) -> ToolSpec:
    """The step's tool; one that is built in has no entry of its own in a flow."""
    return turn.graph.tools.get(step.tool) or ToolSpec(step.tool)


def arguments_of(turn: Turn, tool: ToolSpec) -> dict[str, str]:
    """What the tool is called with now; optional slots that the caller goes without are left out."""
    held = {name: value.value for name, value in turn.state.values.items()} | dict(turn.state.facts)
    if tool.arguments is None:
        return {name: value.value for name, value in turn.state.values.items()} | dict(tool.constants)
    return {name: held[source] for name, source in tool.arguments.items() if source in held} | dict(tool.constants)


def holds_still(turn: Turn, step: ToolStep) -> bool:
    """Whether the tool's last success was with the very arguments that it would get now."""
    tool = tool_of(turn, step)
    told = turn.state.called.get(step.tool)
    if told is None:
        return False
    return tool.arguments is None or told == _as_json(arguments_of(turn, tool))


def call(turn: Turn, step: ToolStep) -> None:
    """Call the tool, or first ask for what it needs."""
    tool = tool_of(turn, step)
    for source in (tool.arguments or {}).values():
        if source in turn.graph.slots and turn.is_open(source):
            ask(turn, turn.graph.slots[source])
            return
    if step.text or tool.filler:
        turn.say(step.text or tool.filler)
    turn.change(phase=Phase.WAITING, slot="", question=(), attempt=0)
    _try(turn, step)


def _try(turn: Turn, step: ToolStep) -> None:
    tool = tool_of(turn, step)
    number, attempt = turn.state.tools + 1, turn.state.attempt + 1
    arguments = arguments_of(turn, tool)
    identity = f"{tool.name}-{number}"
    turn.change(tools=number, tool=identity, attempt=attempt)
    key = idempotency_key(turn.state.flow, tool.name, number - attempt + 1, arguments)
    turn.acts.append(CallTool(identity, tool.name, arguments, tool.timeout_s, key))


def idempotency_key(flow: str, tool: str, number: int, arguments: Mapping[str, str]) -> str:
    """32 hexadecimal digits: the same for each try of one call of a tool within one telephone call."""
    told = f"{flow}\n{tool}\n{number}\n{_as_json(arguments)}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def finished(turn: Turn, event: ToolFinished) -> bool | None:
    """Take a result: True when the tool has answered, False when it has failed for good, None when it is tried again
    or nobody waits for it (late, or doubled)."""
    if turn.state.phase is not Phase.WAITING or event.id != turn.state.tool:
        return None
    step = turn.step()
    assert isinstance(step, ToolStep)
    tool = tool_of(turn, step)
    facts = facts_of(tool, event.result) if event.ok else None
    if facts is None and turn.state.attempt <= tool.retries:
        _try(turn, step)
        return None
    turn.change(tool="", attempt=0)
    if facts is None:
        turn.change(tool_failures=turn.state.tool_failures + 1)
        return False
    arguments = _as_json(arguments_of(turn, tool))
    turn.change(facts={**turn.state.facts, **facts}, called={**turn.state.called, tool.name: arguments})
    return True


def _as_json(arguments: Mapping[str, str]) -> str:
    return json.dumps(dict(sorted(arguments.items())), ensure_ascii=False)
