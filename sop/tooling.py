"""Tools: called with the values that the flow names, never with one missing; their answers checked; tried again with
the same key; and where they fail, the flow's own way out."""

import hashlib
import json
from collections.abc import Mapping

from sop.acts import CallTool, ToolFinished
from sop.asking import ask_open
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
    if not told:
        return False
    return tool.arguments is None or told == _as_json(arguments_of(turn, tool))


def failed(turn: Turn, step: ToolStep) -> bool:
    """Whether the tool's last call failed for good."""
    return turn.state.called.get(step.tool) == ""


def call(turn: Turn, step: ToolStep) -> bool:
    """Call the tool, or first ask for what it needs; False when it needs a result that nothing has answered."""
    tool = tool_of(turn, step)
    turn.change(called={name: told for name, told in turn.state.called.items() if name != step.tool})
    if ask_open(turn, tuple(one for one in (tool.arguments or {}).values() if one in turn.graph.slots)):
        return True
    if _lacks(turn, tool):
        _fail(turn, tool)
        return False
    if step.text or tool.filler:
        turn.say(step.text or tool.filler)
    turn.change(phase=Phase.WAITING, slot="", question=(), attempt=0)
    _try(turn, step)
    return True


def call_again(turn: Turn, step: ToolStep) -> None:
    """The running tool's last call once more, as it was: nobody may have made it, or its answer may have been lost."""
    tool = tool_of(turn, step)
    turn.say(step.text or tool.filler or turn.graph.wording.still_working)
    _order(turn, tool, turn.state.tool)


def _lacks(turn: Turn, tool: ToolSpec) -> bool:
    """Whether a result is missing that the tool is called with; one that may be absent is left out, but not of a
    URL."""
    facts = turn.graph.facts
    return any(
        source in facts and source not in turn.state.facts and (facts[source].required or f"{{{argument}}}" in tool.url)
        for argument, source in (tool.arguments or {}).items()
    )


def _fail(turn: Turn, tool: ToolSpec) -> None:
    turn.change(called={**turn.state.called, tool.name: ""}, tool_failures=turn.state.tool_failures + 1)


def _try(turn: Turn, step: ToolStep) -> None:
    tool = tool_of(turn, step)
    number = turn.state.tools + 1
    identity = f"{tool.name}-{number}"
    turn.change(tools=number, tool=identity, attempt=turn.state.attempt + 1)
    _order(turn, tool, identity)


def _order(turn: Turn, tool: ToolSpec, identity: str) -> None:
    state, arguments = turn.state, arguments_of(turn, tool)
    telephone_call = f"{state.flow}\n{state.now}\n{state.caller}"
    key = idempotency_key(telephone_call, tool.name, state.tools - state.attempt + 1, arguments)
    turn.acts.append(CallTool(identity, tool.name, arguments, tool.timeout_s, key))


def idempotency_key(telephone_call: str, tool: str, number: int, arguments: Mapping[str, str]) -> str:
    """32 hexadecimal digits: the same for each try of one call of a tool within one telephone call, and no other."""
    told = f"{telephone_call}\n{tool}\n{number}\n{_as_json(arguments)}"
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
        _fail(turn, tool)
        return False
    arguments = _as_json(arguments_of(turn, tool))
    kept = {name: fact for name, fact in turn.state.facts.items() if name not in tool.results}
    turn.change(facts={**kept, **facts}, called={**turn.state.called, tool.name: arguments})
    return True


def _as_json(arguments: Mapping[str, str]) -> str:
    return json.dumps(dict(sorted(arguments.items())), ensure_ascii=False)
