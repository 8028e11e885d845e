"""The procedure as a picture, with the way that the call took through it, and where it went another way.

A procedure of more than a few steps is drawn twice: the way alone, each fork that was not taken ending in a small box,
and the whole.
"""

from dataclasses import replace

from sop.graph import Graph
from sop.picture import svg
from sop.shapes import plain
from sop.steps import Edge, EndStep, ReturnStep, Step, TransferStep, edges_of
from voice.replaying.page.faults import stray_of
from voice.replaying.page.markup import safe, step_name
from voice.replaying.result import CallResult

_AT_A_GLANCE = 20
"""Steps that are readable in one picture."""
_FORKS = 2
"""Ways not taken that are drawn at a step of the way alone."""
_MOST_STEPS = 120
"""A whole procedure beyond this is a poster: it is left to `sop draw`."""


def parted_step(call: CallResult) -> str:
    """The step at which the call left the expected path, or went another way than before; empty where it did not."""
    stray, parts = stray_of(call), call.parts_at
    if stray is not None:
        return stray.step or stray.came
    if parts is None:
        return ""
    turn = next((turn for turn in call.turns if turn.turn == parts.turn), None)
    if turn is None:
        return call.path[-1] if call.path else ""
    return turn.at_step or next(iter(turn.entered), "")


def path_picture(call: CallResult, graph: Graph | None) -> str:
    """The picture, the path as text below it; the text alone where the procedure is not at hand."""
    parted = parted_step(call)
    return (_pictures(call, graph, parted) if graph is not None else "") + _as_text(call.path, parted)


def _pictures(call: CallResult, graph: Graph, parted: str) -> str:
    stray = stray_of(call)
    wanted = stray.wanted if stray is not None else ""
    legend = _legend(parted, wanted, strayed=stray is not None)
    if len(graph.steps) <= _AT_A_GLANCE or not call.path:
        return _chart("The procedure’s picture", svg(graph, call.path), parted, wanted) + legend
    alone = svg(way_alone(graph, call.path, wanted), call.path)
    way = _chart("The way the call took", alone, parted, wanted) + legend
    if len(graph.steps) > _MOST_STEPS:
        return way
    whole = _chart("The procedure’s picture", svg(graph, call.path), parted, wanted)
    title = f"<summary>The whole procedure, {len(graph.steps)} steps</summary>"
    return f"{way}<details class=whole>{title}{whole}</details>"


def _legend(parted: str, wanted: str, *, strayed: bool) -> str:
    if not parted:
        return ""
    where = "left the expected path" if strayed else "went another way, or said something else"
    expected = "; dashed: the step that was expected" if wanted else ""
    return f'<p class="legend">Orange: where the call {where}{expected}</p>'


def way_alone(graph: Graph, path: tuple[str, ...], wanted: str = "") -> Graph:
    """The steps of a path, and the step that was expected: a graph to be drawn, not to be run.

    Of the ways that were not taken a few are left, and the number of the others.
    """
    names = [name for name in dict.fromkeys((*path, wanted)) if name in graph.steps]
    steps = {name: _pruned(graph.steps[name], frozenset(names)) for name in names}
    escalations = tuple(
        one if one.otherwise in steps else replace(one, otherwise=one.to)
        for one in graph.escalations
        if one.to in steps
    )
    goodbye = graph.goodbye if graph.goodbye in steps else None
    return replace(graph, steps=steps, escalations=escalations, asides=(), goodbye=goodbye)


def _pruned(step: Step, drawn: frozenset[str]) -> Step:
    edges = edges_of(step)
    left_out = [edge for edge in edges if edge.go not in drawn]
    if len(left_out) <= _FORKS or isinstance(step, TransferStep | EndStep | ReturnStep):
        return step
    kept = [edge for edge in edges if edge.go in drawn or edge in left_out[: _FORKS - 1]]
    others = Edge(f"{len(edges) - len(kept)} others")
    return replace(step, edges=(*kept, others))


def _chart(about: str, picture: str, parted: str, wanted: str) -> str:
    for step, mark in ((parted, 'data-parts="here"'), (wanted, "data-wanted")):
        place = f'data-step="{safe(plain(step))}"'
        picture = picture.replace(place, f"{mark} {place}") if step else picture
    button = '<button type="button" class="resize" hidden>Full size</button>'
    frame = f'<div class="chart" tabindex="0" role="group" aria-label="{about}">{picture}</div>'
    return f'<div class="drawn">{button}{frame}</div>'


def _as_text(path: tuple[str, ...], parted: str) -> str:
    steps = "".join(f"<li{' class=parts' if step == parted else ''}>{step_name(step)}</li>" for step in path)
    return f'<ol class="path" aria-label="The path">{steps}</ol>' if path else "<p>No step was entered.</p>"
