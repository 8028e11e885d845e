"""Text, times and values as the report writes them, escaped. Everything that a caller or a flow may have said passes
through `safe` on its way into the page."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

VERDICTS = ("worse", "different", "new", "better", "same")
"""Worst first."""
WHAT = {
    "said": "agent says",
    "heard": "heard",
    "at_step": "step",
    "entered": "steps entered",
    "set": "values set",
    "endpoint": "end of the turn",
    "outcome": "outcome",
}


def safe(value: object) -> str:
    """Text for the page, also inside a quoted attribute: escaped, on one line, without signs that do not print."""
    return escape("".join(sign if sign.isprintable() else " " for sign in str(value)))


def shown(value: Any) -> str:
    """A value of the document as plain text, not escaped yet."""
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {shown(one)}" for name, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " → ".join(shown(one) for one in value)
    return str(value)


def clock(seconds: float) -> str:
    """A time in the call to a tenth of a second: "1:04.2", "1:02:05.5"."""
    tenths = max(0, round(seconds * 10))
    minutes, rest = divmod(tenths, 600)
    hours = f"{minutes // 60}:{minutes % 60:02d}" if minutes >= 60 else f"{minutes}"
    return f"{hours}:{rest // 10:02d}.{rest % 10}"


def percent(share: float) -> str:
    """ "97.5 %"; whole ones without a decimal."""
    value = round(share * 100, 1)
    return f"{value:.0f} %" if value == int(value) else f"{value:.1f} %"


def verdict(name: str) -> str:
    """A verdict's badge."""
    kind = name if name in VERDICTS else "new"
    return f'<span class="verdict {kind}">{safe(name or "new")}</span>'


def turn_id(call: int, turn: object) -> str:
    """What a turn's place in the page is called."""
    return f"call-{call}-turn-{safe(turn)}"


def turn_link(call: int, turn: object) -> str:
    """A link to a turn of the same call; a dash where there is none."""
    return "–" if turn is None else f'<a href="#{turn_id(call, turn)}">turn {safe(turn)}</a>'
