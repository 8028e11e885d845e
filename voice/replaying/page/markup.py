"""Text, times and values as the report writes them, escaped. Everything that a caller or a flow may have said passes
through `safe` on its way into the page."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any


def safe(value: object) -> str:
    """Text for the page, also inside a quoted attribute: escaped, on one line, without signs that do not print."""
    return escape("".join(sign if sign.isprintable() else " " for sign in str(value)))


def shown(value: Any) -> str:
    """A value of a result as plain text, not escaped yet."""
    if value is None or value == "" or (isinstance(value, Mapping | Sequence) and not value):
        return "nothing"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {shown(one)}" for name, one in value.items())
    return str(value)


def step_name(name: str) -> str:
    """A step's name, escaped, which may be broken where it is put together."""
    return re.sub(r"([._])", r"\1<wbr>", safe(name))


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


def counted(number: int, noun: str) -> str:
    """ "1 turn", "2 turns"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def turn_id(call: int, turn: int) -> str:
    """What a turn's place in the page is called."""
    return f"call-{call}-turn-{turn}"


def turn_link(call: int, turn: int) -> str:
    """A link to a turn of the same call; -1 is the call as a whole."""
    return "the call" if turn < 0 else f'<a href="#{turn_id(call, turn)}">turn {turn}</a>'


def head(*names: str, numbers: Sequence[str] = ()) -> str:
    """A table's head; those in `numbers` stand at the right."""
    cells = "".join(f'<th scope="col"{" class=n" if name in numbers else ""}>{name}</th>' for name in names)
    return f"<thead><tr>{cells}</tr></thead>"
