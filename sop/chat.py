"""A call in the terminal: lines in, what the agent says out, and what the procedure makes of it beside it."""

import json
from collections.abc import Callable
from typing import Any

from sop.acts import Act, CallTool, Enter, Finish, Save, Say, TransferTo
from sop.conversation import Conversation, Exchange
from sop.reading import Hypothesis, Reading
from sop.script import Miss
from sop.slots import slot_type
from sop.state import State

Show = Callable[[str], None]


def chat(talk: Conversation, read_line: Callable[[], str], say: Show, note: Show) -> None:
    """Until it is over, or `read_line` raises EOFError. An empty line is silence; digits with # or * are the keypad."""
    _show(talk.opening, say, note)
    while talk.state.outcome is None:
        try:
            line = read_line().strip()
        except EOFError:
            break
        if not line:
            acts = talk.silence()
        elif is_keys(line):
            acts = talk.press(line)
        else:
            reading = talk.read((Hypothesis(line, 0.9),))
            note(f"understood: {', '.join(map(str, reading.acts)) or 'nothing'}")
            acts = talk.feed(reading)
        _show(acts, say, note)


def is_keys(line: str) -> bool:
    """Whether a line is the keypad: one or two keys, or a whole entry with # or * behind it."""
    return set(line) <= set("0123456789*#") and (len(line) < 3 or line[-1] in "#*")


def held(talk: Conversation) -> list[str]:
    """The values as lines; private ones masked."""
    lines = []
    for name, value in talk.state.values.items():
        spec = talk.graph.slots[name]
        shown = slot_type(talk.graph, spec).speak(value.value, spec) if spec.private else value.value
        lines.append(f"{name}: {shown}{'' if value.confirmed else ' (not confirmed)'}")
    return lines


def _show(acts: list[Act], say: Show, note: Show) -> None:
    for act in acts:
        match act:
            case Say(text):
                say(text)
            case Enter(step):
                note(f"[{step}]")
            case Save(fields):
                for field in fields:
                    told = field.value or "nothing any more"
                    note(f"{field.slot} = {told}{' (confirmed)' if field.confirmed else ''}")
            case CallTool(name=name):
                note(f"tool {name} {json.dumps(dict(act.arguments))}")
            case TransferTo(target, reason):
                note(f"transfer to {target}: {reason}")
            case Finish(outcome):
                note(f"finished: {outcome}")


def as_json(talk: Conversation, misses: tuple[Miss, ...] = ()) -> dict[str, Any]:
    """A whole call: turns with what was understood and done, and where it stands at the end."""
    return {
        "flow": talk.graph.name,
        "version": talk.graph.version,
        "turns": [_turn(exchange) for exchange in talk.trace],
        "step": talk.state.step,
        "outcome": talk.state.outcome,
        "path": list(talk.state.path),
        "values": _values(talk.state),
        "facts": dict(talk.state.facts),
        "misses": [str(miss) for miss in misses],
    }


def _turn(exchange: Exchange) -> dict[str, Any]:
    given = exchange.given
    found: dict[str, Any] = {"given": type(given).__name__}
    if isinstance(given, Reading):
        found |= {"heard": given.text, "understood": [str(act) for act in given.acts], "sentiment": given.sentiment}
    found["said"] = [act.text for act in exchange.acts if isinstance(act, Say)]
    found["steps"] = [act.step for act in exchange.acts if isinstance(act, Enter)]
    found["tools"] = [
        {"name": a.name, "arguments": dict(a.arguments)} for a in exchange.acts if isinstance(a, CallTool)
    ]
    found["transfers"] = [act.target for act in exchange.acts if isinstance(act, TransferTo)]
    return found


def _values(state: State) -> dict[str, dict[str, Any]]:
    return {
        name: {"value": held.value, "confidence": held.confidence, "confirmed": held.confirmed}
        for name, held in state.values.items()
    }
