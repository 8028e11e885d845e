"""Draws docs/warm-transfer.svg from the table in voice.transfer: `python -m docs.warm_transfer`."""

from collections.abc import Iterator
from pathlib import Path

from voice.transfer import TABLE, Stage

WIDTH, HEIGHT = 1500, 620
LEFT, COLUMN, BOX = 170, 228, 120
ROW = (Stage.RINGING, Stage.BRIEFING, Stage.JOINING, Stage.TELLING, Stage.CONNECTING, Stage.CONNECTED)
X = {stage: LEFT + i * COLUMN for i, stage in enumerate(ROW)} | {Stage.PASSING_ON: LEFT + 5 * COLUMN}
TOP, MIDDLE, LOW, BOTTOM = 20, 210, 400, 550
TALL = 46
BARS = {
    Stage.ABANDONED: (20, TOP, WIDTH - 40),
    Stage.LOOKING: (LEFT, LOW, 3 * COLUMN + BOX),
    Stage.FAILED: (LEFT, BOTTOM, 5 * COLUMN + BOX),
}
GREEN, RED, BLUE, GREY = "#e6f4ea", "#fce8e6", "#e8f0fe", "#f1f3f4"
FILLS = {Stage.CONNECTED: GREEN, Stage.FAILED: RED, Stage.ABANDONED: GREY}
STYLE = (
    "text{font-family:system-ui,sans-serif;fill:#202124}.name{font-size:15px;font-weight:600;text-anchor:middle}"
    ".label{font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:3px}.middle{text-anchor:middle}"
    ".arrow{stroke:#5f6368;stroke-width:1.4;fill:none}rect{stroke:#9aa0a6;stroke-width:1}"
)
HEAD = (
    '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 L10 5 L0 10 z" fill="#5f6368"/></marker></defs>'
)


def labels(origin: Stage, to: Stage) -> list[str]:
    """What leads from one stage to the other, and what is done on the way."""
    return [
        happening.value + "".join(f" → {action.value}" for action in actions)
        for (stage, happening), (target, actions) in TABLE.items()
        if stage is origin and target is to
    ]


def words(x: float, y: float, lines: list[str], *, middle: bool = False) -> str:
    """Lines of small text; the first one's baseline is at y."""
    kind = "label middle" if middle else "label"
    return "".join(f'<text x="{x}" y="{y + 14 * i}" class="{kind}">{line}</text>' for i, line in enumerate(lines))


def box(stage: Stage) -> str:
    """A stage."""
    low = {Stage.PASSING_ON: LOW}.get(stage, MIDDLE)
    x, y, wide = BARS.get(stage) or (X[stage], low, BOX)
    name = f'<text x="{x + wide / 2}" y="{y + TALL / 2 + 5}" class="name">{stage.value.replace("_", " ")}</text>'
    return f'<rect x="{x}" y="{y}" width="{wide}" height="{TALL}" rx="8" fill="{FILLS.get(stage, BLUE)}"/>{name}'


def path(points: str) -> str:
    """A line with a head at its end."""
    return f'<path d="{points}" class="arrow" marker-end="url(#head)"/>'


def edge(origin: Stage, to: Stage) -> str:
    """An arrow and its labels, wherever the two stages lie."""
    text = labels(origin, to)
    x: float
    y: float
    if to is Stage.ABANDONED and origin in ROW:
        x = X[origin] + 18
        return path(f"M{x} {MIDDLE} V{TOP + TALL}") + words(x + 6, TOP + TALL + 20, text)
    if to is Stage.ABANDONED:
        left = origin is Stage.LOOKING
        x, side = (36, LEFT) if left else (WIDTH - 40, X[origin] + BOX)
        label = words(x + 6 if left else x - 4, MIDDLE + 60 if left else LOW - 40, text)
        return path(f"M{side} {LOW + TALL / 2} H{x} V{TOP + TALL}") + (label if left else label.replace("<text", END))
    if to is Stage.LOOKING:
        x = X[origin] + 28
        return path(f"M{x} {MIDDLE + TALL} V{LOW}") + words(x + 6, MIDDLE + TALL + 30, text)
    if to is Stage.FAILED:
        x, y = (X.get(origin, LEFT) + 18), (MIDDLE if origin in ROW else LOW) + TALL
        return path(f"M{x} {y} V{BOTTOM}") + words(x + 6, LOW + TALL + 30, text)
    if origin is Stage.LOOKING and to is Stage.RINGING:
        x = X[to] + 6
        return path(f"M{x} {LOW} V{MIDDLE + TALL}") + words(x - 6, LOW - 60, text).replace("<text", END)
    if origin is Stage.LOOKING:
        x, y = LEFT + 3 * COLUMN + BOX, LOW + TALL / 2
        return path(f"M{x} {y} H{X[to]}") + words((x + X[to]) / 2, y - 8, text, middle=True)
    if origin is Stage.PASSING_ON:
        x = X[origin] + BOX / 2
        return path(f"M{x} {LOW} V{MIDDLE + TALL}") + words(x + 6, LOW - 90, text)
    return along(origin, to, text)


END = '<text text-anchor="end"'


def along(origin: Stage, to: Stage, text: list[str]) -> str:
    """An arrow within the row: straight to the neighbour, bent over those between."""
    steps = ROW.index(to) - ROW.index(origin)
    x1, x2, y = X[origin] + BOX, X[to], MIDDLE + TALL / 2
    if steps == 1:
        return path(f"M{x1} {y} H{x2}") + above((x1 + x2) / 2, y - 8, text)
    rise, x1, x2 = MIDDLE - 26 * steps + 4 * ROW.index(origin), x1 - 10 * steps, x2 + 30 - 10 * ROW.index(origin)
    return path(f"M{x1} {MIDDLE} C{x1} {rise} {x2} {rise} {x2} {MIDDLE}") + words(
        (x1 + x2) / 2, (MIDDLE + 3 * rise) / 4 - 4, text, middle=True
    )


def above(x: float, y: float, lines: list[str]) -> str:
    """Small text over an arrow: what is done has a line of its own, the last one's baseline is at y."""
    parts = [part for line in lines for part in line.replace(" → ", "\n→ ", 1).split("\n")]
    return words(x, y - 14 * (len(parts) - 1), parts, middle=True)


def edges() -> Iterator[tuple[Stage, Stage]]:
    """Every pair of stages that the table joins, once."""
    yield from dict.fromkeys((stage, to) for (stage, _), (to, _) in TABLE.items())


def picture() -> str:
    """The whole drawing."""
    parts = [edge(origin, to) for origin, to in edges()] + [box(stage) for stage in Stage]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<style>{STYLE}</style>{HEAD}<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff" stroke="none"/>'
        f"{''.join(parts)}</svg>\n"
    )


if __name__ == "__main__":
    Path(__file__).with_name("warm-transfer.svg").write_text(picture(), encoding="utf-8")
