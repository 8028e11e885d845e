"""A flow as one SVG file that a browser shows without anything else: no script, no font, no link.

The flow stands at the left, each sub-flow in a frame of its own beside it. A line that leaves a frame, or shows where
a guard sends a call, ends in a small box that names the step. Steps carry `data-step`, lines `data-from` and `data-to`;
sizes are pixels.
"""

from dataclasses import dataclass, replace
from html import escape

from sop.draw import ANYWHERE, BEGIN, Arrow, arrows_of, flow_of, taken
from sop.graph import Graph
from sop.layers import Link, Size
from sop.layout import Box, Layout, Route, lay_out
from sop.shapes import INK, SMALL, TAKEN, Words, fitted, marker, outline, plain, text_block, width_of, words_of
from sop.steps import CallStep

_MARGIN = 24.0
_HEADING = 40.0
_BETWEEN = 60.0
"""Between panels."""
_STUB = "(to) "
_LABEL_LETTERS = 30
_FRAME = "#f7f7f4"


@dataclass(frozen=True, slots=True)
class _Panel:
    """The flow, or one sub-flow, laid out on its own."""

    flow: str
    """Empty for the flow itself."""
    arrows: tuple[Arrow, ...]
    layout: Layout
    words: dict[str, Words]
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        return max(self.layout.size.width, width_of(self.flow, 14) + 20)


def svg(graph: Graph, path: tuple[str, ...] = ()) -> str:
    """The picture; `path`, a call's `State.path`, is drawn over it with the numbers of the order visited."""
    flows = tuple(dict.fromkeys(flow_of(graph, name) for name in graph.steps))
    panels = _placed([_panel(graph, flow) for flow in sorted(flows, key=bool)])
    width = max((panel.x + panel.width for panel in panels), default=0.0) + _MARGIN
    height = max((panel.y + panel.layout.size.height for panel in panels), default=_HEADING) + _MARGIN
    heading = f"{plain(graph.name)}, version {graph.version}"
    width = max(width, width_of(heading, 16) + 2 * _MARGIN)
    about = f"Flowchart of the procedure {heading}: {len(graph.steps)} steps"
    room = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    look = f'role="img" aria-label="{escape(about)}" font-family="sans-serif" fill="{INK}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {room} {look}>',
        f"<title>{escape(heading)}</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
        f'<text x="{_MARGIN:.0f}" y="28" font-size="16" font-weight="bold">{escape(heading)}</text>',
    ]
    along = taken(graph, path)
    for panel in panels:
        lines += _panel_lines(graph, panel, path, along)
    return "\n".join([*lines, "</svg>"])


def _panel(graph: Graph, flow: str) -> _Panel:
    """One flow's boxes and lines, where they go."""
    own = [name for name in graph.steps if flow_of(graph, name) == flow]
    first = graph.flows[flow] if flow else graph.start
    arrows = [] if first not in own else [Arrow(BEGIN, first)]
    words = {name: words_of(graph, graph.steps[name], flow) for name in own}
    for arrow in arrows_of(graph):
        here = arrow.origin in words if arrow.origin != ANYWHERE else not flow
        runs = arrow.dashed and isinstance(graph.steps.get(arrow.origin), CallStep) and arrow.label == "runs"
        if here and not runs:
            arrows.append(arrow)
    named: dict[str, Words] = {}
    if arrows and arrows[0].origin == BEGIN:
        named[BEGIN] = Words("begin", (), (), Size(14, 14, 0))
    if any(arrow.origin == ANYWHERE for arrow in arrows):
        named[ANYWHERE] = fitted("anywhere", "any step", ())
    words = named | words
    links = []
    for number, arrow in enumerate(arrows):
        guard = arrow.dashed and arrow.origin in graph.steps
        target = f"{_STUB}{number}" if guard or arrow.target not in words else arrow.target
        if target not in words:
            words[target] = fitted("stub", "", (f"→ {_short(graph, arrow.target)}",))
        links.append(Link(arrow.origin, target, _label_size(arrow.label)))
    return _Panel(flow, tuple(arrows), lay_out({name: one.size for name, one in words.items()}, links), words)


def _short(graph: Graph, target: str) -> str:
    """What a line out of a frame leads to: a sub-flow by its name, else the step."""
    return next((flow for flow, first in graph.flows.items() if first == target), target)


def _label_lines(label: str) -> tuple[str, ...]:
    return tuple(line for reason in label.splitlines() for line in fitted("", "", (reason,), _LABEL_LETTERS, 4).lines)


def _label_size(label: str) -> Size:
    lines = _label_lines(label)
    return Size(max((width_of(line, SMALL) + 8 for line in lines), default=0.0), len(lines) * (SMALL + 3.0))


def _placed(panels: list[_Panel]) -> list[_Panel]:
    """The sub-flows' panels in columns at the right of the flow's own."""
    heights = [panel.layout.size.height + _BETWEEN + 36 for panel in panels]
    limit = max(*heights, sum(heights[1:]) / 3, 0.0) if panels else 0.0
    found: list[_Panel] = []
    x, y, widest = _MARGIN, 0.0, 0.0
    for place, (panel, height) in enumerate(zip(panels, heights, strict=True)):
        if place == 1 or y + height > limit + 1:
            x, y, widest = x + widest + _BETWEEN, 0.0, 0.0
        found.append(replace(panel, x=x, y=y + _HEADING + (36 if panel.flow else 0)))
        y += height
        widest = max(widest, panel.width)
    return found


def _panel_lines(graph: Graph, panel: _Panel, path: tuple[str, ...], along: frozenset[tuple[str, str]]) -> list[str]:
    lines = [f'<g transform="translate({panel.x:.1f} {panel.y:.1f})">']
    if panel.flow:
        room = f'width="{panel.width + 32:.1f}" height="{panel.layout.size.height + 50:.1f}"'
        name = escape(plain(panel.flow))
        lines += [
            f'<g class="frame" data-flow="{name}">',
            f'<rect x="-16" y="-34" {room} rx="8" fill="{_FRAME}" stroke="#b8b8b0"/>',
            f'<text x="-4" y="-14" font-size="14" font-weight="bold">{name}</text></g>',
        ]
    for arrow, route in zip(panel.arrows, panel.layout.routes, strict=True):
        first_of_flow = arrow.origin == BEGIN and panel.flow and arrow.target in path
        passed = bool(first_of_flow) or (arrow.origin, arrow.target) in along
        lines += _edge(arrow, route, passed, _FRAME if panel.flow else "#ffffff")
    for name, box in panel.layout.boxes.items():
        words = panel.words[name]
        if name in graph.steps:
            visits = tuple(number for number, one in enumerate(path, 1) if one == name)
            lines += _step(name, box, words, visits, mandatory=graph.steps[name].mandatory)
        else:
            lines += [f'<g class="{words.kind}">', *outline(words.kind, box, INK, 1.3), *text_block(words, box), "</g>"]
    return [*lines, "</g>"]


def _step(name: str, box: Box, words: Words, visits: tuple[int, ...], *, mandatory: bool) -> list[str]:
    stroke = TAKEN if visits else INK
    weight = (4.0 if mandatory else 1.3) + (1.2 if visits else 0)
    return [
        f'<g class="step {words.kind}" data-step="{escape(plain(name))}"><title>{escape(plain(name))}</title>',
        *outline(words.kind, box, stroke, weight),
        *text_block(words, box),
        *(marker(visits, box) if visits else ()),
        "</g>",
    ]


def _edge(arrow: Arrow, route: Route, passed: bool, paper: str) -> list[str]:
    """A line with its head and its label."""
    colour, weight = (TAKEN, 3.0) if passed else ("#5a5a5a", 1.3)
    dashes = ' stroke-dasharray="5 4"' if arrow.dashed else ""
    (x, y), side = route.points[-1], 5.5 if passed else 4.5
    ends = f'data-from="{escape(plain(arrow.origin))}" data-to="{escape(plain(arrow.target))}"'
    look = f'fill="none" stroke="{colour}" stroke-width="{weight}" stroke-linejoin="round"{dashes}'
    head = f"{x:.1f},{y:.1f} {x - side:.1f},{y - 9:.1f} {x + side:.1f},{y - 9:.1f}"
    lines = [
        f'<g class="edge{" taken" if passed else ""}" {ends}>',
        f'<path d="{_curve(route.points)}" {look}/>',
        f'<polygon points="{head}" fill="{colour}"/>',
    ]
    if arrow.label:
        box = route.label
        lines.append(
            f'<rect class="label" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
            f'fill="{paper}" fill-opacity="0.92"/>'
        )
        for number, line in enumerate(_label_lines(arrow.label)):
            lines.append(
                f'<text x="{box.middle:.1f}" y="{box.y + (number + 1) * (SMALL + 3.0) - 4:.1f}" font-size="{SMALL}" '
                f'text-anchor="middle">{escape(line)}</text>'
            )
    return [*lines, "</g>"]


def _curve(points: tuple[tuple[float, float], ...]) -> str:
    """Straight where two corners are level or upright, else a curve that is upright at both ends."""
    (x, y), *rest = points
    parts = [f"M{x:.1f} {y:.1f}"]
    for right, below in rest:
        if abs(right - x) < 0.05 or abs(below - y) < 0.05:
            parts.append(f"L{right:.1f} {below:.1f}")
        else:
            half = (y + below) / 2
            parts.append(f"C{x:.1f} {half:.1f} {right:.1f} {half:.1f} {right:.1f} {below:.1f}")
        x, y = right, below
    return " ".join(parts)
