"""The boxes of a picture: their texts, the room these need, and an outline for each kind of step.

Shape tells the kinds apart; the pale colours only help, and print as light greys. The blue of what a call went through
is Okabe and Ito's (2008), which the colour-blind see as well.
"""

import textwrap
import unicodedata
from dataclasses import dataclass
from html import escape

from sop.draw import guards_of
from sop.graph import Graph
from sop.layers import Size
from sop.layout import Box
from sop.steps import (
    AnswerStep,
    AskStep,
    CallStep,
    DecideStep,
    EndStep,
    ReturnStep,
    ReviewStep,
    SayStep,
    Step,
    ToolStep,
    TransferStep,
)

INK = "#222222"
TAKEN = "#0072b2"
TITLE, BODY, SMALL = 13, 12, 11
"""Sizes of letters."""
_LETTERS = 27
_FILLS = {
    "say": "#ffffff",
    "answer": "#f1ede2",
    "ask": "#e1eefa",
    "review": "#e1eefa",
    "decide": "#fdf4c9",
    "tool": "#ebebeb",
    "call": "#f0e6f4",
    "transfer": "#fde3d0",
    "end": "#dcf0e6",
    "return": "#ffffff",
    "anywhere": "#ffffff",
    "stub": "#efefec",
    "begin": INK,
}

_CORNERED = ("ask", "review", "decide", "transfer", "anywhere")


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in a box; `titles` are bold, and `size` is the room that all of it needs."""

    kind: str
    titles: tuple[str, ...]
    lines: tuple[str, ...]
    size: Size


def plain(text: str) -> str:
    """Text on one line, without signs that XML refuses."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def width_of(text: str, size: float) -> float:
    """About how wide a text is in a broad sans-serif."""
    return size * sum(1.0 if unicodedata.east_asian_width(sign) in "WF" or sign in "mwMW@%" else 0.66 for sign in text)


def fitted(kind: str, title: str, texts: tuple[str, ...], letters: int = _LETTERS, most: int = 3) -> Words:
    """A box around a title and some texts, each wrapped to at most `most` lines."""
    titles = _wrapped(title, letters, most)
    lines = tuple(line for text in texts for line in _wrapped(text, letters, most))
    width = max((*(width_of(line, TITLE + 1) for line in titles), *(width_of(line, BODY) for line in lines), 20.0))
    height = len(titles) * (TITLE + 4.0) + len(lines) * (BODY + 3.0)
    return Words(kind, titles, lines, _room(kind, width, height))


def words_of(graph: Graph, step: Step, flow: str = "") -> Words:
    """A step's box; inside a frame the step goes by the rest of its name."""
    kind, text = _kind(step)
    notes = ("must be heard" if isinstance(step, SayStep) else "must be passed",) if step.mandatory else ()
    guards = tuple(f"only if {plain(name)}" for name in guards_of(graph, step))
    name = plain(step.name.removeprefix(f"{flow}.") if flow else step.name)
    return fitted(kind, name, tuple(filter(None, (text, *guards, *notes))))


def _kind(step: Step) -> tuple[str, str]:  # noqa: C901, PLR0911 - one text a kind of step
    match step:
        case SayStep():
            return "say", f"“{plain(step.text)}”"
        case DecideStep():
            return "decide", ""
        case AskStep():
            return "ask", f"asks for {plain(', '.join(step.slots))}"
        case ReviewStep():
            return "review", f"reads back {plain(', '.join(step.slots))}"
        case AnswerStep():
            return "answer", f"answers {plain(step.slot)}"
        case ToolStep():
            return "tool", f"calls {plain(step.tool)}"
        case CallStep():
            return "call", f"runs {plain(step.flow)}"
        case TransferStep():
            return "transfer", f"hands over to {plain(step.target)}"
        case EndStep():
            return "end", f"ends: {plain(step.outcome)}"
        case ReturnStep():
            return "return", "goes back"


def _wrapped(text: str, letters: int, most: int) -> tuple[str, ...]:
    lines = textwrap.wrap(plain(text)[: letters * most * 3], letters)
    if len(lines) <= most:
        return tuple(lines)
    closing = "…”" if text.endswith("”") else "…"
    return (*lines[: most - 1], lines[most - 1][: letters - 2].rstrip(" ,.") + closing)


def _room(kind: str, width: float, height: float) -> Size:
    """The outline's size around a text's."""
    match kind:
        case "decide":
            return Size(width * 1.5 + 50, height * 1.9 + 22, 0)
        case "ask" | "review" | "transfer" | "end" | "return" | "anywhere":
            return Size(width + 44, height + 16, 0.4)
        case "stub":
            return Size(width + 12, height + 8)
        case _:
            return Size(width + 28, height + 16)


def outline(kind: str, box: Box, stroke: str, weight: float) -> list[str]:
    """The box's outline; its first element is as large as the box."""
    look = f'fill="{_FILLS[kind]}" stroke="{stroke}" stroke-width="{weight:.1f}"'
    if kind in _CORNERED:
        dashes = ' stroke-dasharray="5 4"' if kind == "anywhere" else ""
        return [_polygon(_corners(kind, box), look + dashes)]
    thin = f'stroke="{stroke}" stroke-width="1"'
    right, top = box.x + box.width, box.y
    match kind:
        case "tool":
            inner = Box(box.x + 4, box.y + 4, box.width - 8, box.height - 8)
            return [_rect(box, 0, look), _rect(inner, 0, f'fill="none" {thin}')]
        case "call":
            return [_rect(box, 0, look), _rect(Box(box.x, box.y, 7, box.height), 0, f'fill="{stroke}"')]
        case "answer":
            fold = ((right - 10, top), (right - 10, top + 10), (right, top + 10))
            return [_rect(box, 0, look), _polygon(fold, f'fill="#fff" {thin}')]
        case "stub":
            return [_rect(box, 4, f'fill="{_FILLS[kind]}"')]
        case _:
            return [_rect(box, 6 if kind == "say" else box.height / 2, look)]


def _corners(kind: str, box: Box) -> tuple[tuple[float, float], ...]:
    x, y, right, below = box.x, box.y, box.x + box.width, box.y + box.height
    level, edge = y + box.height / 2, min(14.0, box.height / 2)
    match kind:
        case "decide":
            return ((box.middle, y), (right, level), (box.middle, below), (x, level))
        case "transfer":
            return ((x, y), (right - edge, y), (right, level), (right - edge, below), (x, below))
        case "anywhere":
            return (
                (x + edge, y),
                (right - edge, y),
                (right, level),
                (right - edge, below),
                (x + edge, below),
                (x, level),
            )
        case _:
            return ((x + edge, y), (right, y), (right - edge, below), (x, below))


def text_block(words: Words, box: Box) -> list[str]:
    """The box's texts, in its middle."""
    height = len(words.titles) * (TITLE + 4.0) + len(words.lines) * (BODY + 3.0)
    y = box.y + (box.height - height) / 2
    found = []
    for line in words.titles:
        y += TITLE + 4.0
        found.append(_text(box.middle, y - 4, line, f'font-size="{TITLE}" font-weight="bold"'))
    for line in words.lines:
        y += BODY + 3.0
        found.append(_text(box.middle, y - 4, line, f'font-size="{BODY}"'))
    return found


def marker(visits: tuple[int, ...], box: Box) -> list[str]:
    """The numbers of the visits, at the box's upper left corner."""
    text = ", ".join(map(str, visits[:3])) + (" …" if len(visits) > 3 else "")
    width = max(20.0, width_of(text, SMALL) + 10)
    badge = Box(box.x - 9, box.y - 9, width, 18)
    look = f'font-size="{SMALL}" font-weight="bold" fill="#fff"'
    return [_rect(badge, 9, f'class="visit" fill="{TAKEN}"'), _text(badge.middle, badge.y + 13, text, look)]


def _rect(box: Box, round_by: float, look: str) -> str:
    corners = f' rx="{round_by:.1f}"' if round_by else ""
    return f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"{corners} {look}/>'


def _polygon(corners: tuple[tuple[float, float], ...], look: str) -> str:
    return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in corners)}" {look}/>'


def _text(x: float, y: float, text: str, look: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" {look}>{escape(text)}</text>'
