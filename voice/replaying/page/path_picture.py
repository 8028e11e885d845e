"""The procedure as a picture, with the way that the call took through it, and where it went another way than before."""

from collections.abc import Mapping
from typing import Any

from sop.graph import Graph
from sop.picture import svg
from sop.shapes import plain
from voice.replaying.page.markup import safe

_RESIZE = '<button type="button" class="resize" hidden>Full size</button>'


def parted_step(call: Mapping[str, Any]) -> str:
    """The step at which the call went another way; empty where it did not, or none is known."""
    parts = call.get("parts_at")
    if not parts:
        return ""
    turns = {turn.get("turn"): turn for turn in call.get("turns") or ()}
    turn = turns.get(parts.get("turn"))
    path = call.get("path") or ()
    return str((turn or {}).get("at_step") or (path[-1] if path else ""))


def path_picture(call: Mapping[str, Any], graph: Graph | None) -> str:
    """The picture, the path as text below it; the text alone where the procedure is not at hand."""
    path = tuple(call.get("path") or ())
    parted = parted_step(call)
    drawn = ""
    if graph is not None:
        picture = svg(graph, path)
        if parted:
            place = f'data-step="{safe(plain(parted))}"'
            picture = picture.replace(place, f'data-parts="here" {place}')
        drawn = (
            _RESIZE
            + f'<div class="chart" tabindex="0" role="group" aria-label="The procedure’s picture">{picture}</div>'
        )
    return drawn + _as_text(path, parted)


def _as_text(path: tuple[str, ...], parted: str) -> str:
    steps = "".join(f"<li{' class=parts' if step == parted else ''}>{safe(step)}</li>" for step in path)
    return f'<ol class="path" aria-label="The path">{steps}</ol>' if path else "<p>No step was entered.</p>"
