"""Where the boxes and lines of a picture go, from top to bottom.

A line passes each layer of boxes in a place of its own, wide enough for its label, so it never crosses a box; what
leads back up goes round at the right-hand side. Lengths are pixels; x grows to the right, y downwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sop.layers import Link, Sheet, Size, arranged

_LAYER_GAP = 24.0
"""Between a layer of boxes and the layer of labels below it."""
_LANE = 7.0
"""Between lines that run side by side."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Route:
    """A line's corners, the last at its target, and where its label stands. Two corners that differ in x and y are
    joined by a curve that is upright at both."""

    points: tuple[tuple[float, float], ...]
    label: Box


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole; everything lies between 0 and `size`."""

    boxes: Mapping[str, Box]
    routes: tuple[Route, ...]
    """One for each link, in their order."""
    size: Size


def lay_out(sizes: Mapping[str, Size], links: Sequence[Link]) -> Layout:
    """The layout of boxes and the links between them, which name only boxes that there are."""
    return _drawn(sizes, links, arranged(sizes, links))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the rows and the lines that lead back up stand."""

    tops: tuple[float, ...]
    heights: tuple[float, ...]
    lanes: Mapping[int, tuple[float, float, float]]
    """Link that leads back -> y below its origin, x beside everything, y above its target."""
    size: Size

    def bottom(self, row: int) -> float:
        return self.tops[row] + self.heights[row]


def _drawn(sizes: Mapping[str, Size], links: Sequence[Link], sheet: Sheet) -> Layout:
    grid = _grid(sizes, links, sheet)
    numbers = {name: number for number, name in enumerate(sizes)}
    boxes = {}
    for name, number in numbers.items():
        size, row = sizes[name], sheet.items[number].row
        y = grid.tops[row] + (grid.heights[row] - size.height) / 2
        boxes[name] = Box(sheet.xs[number] - size.width / 2, y, size.width, size.height)
    ports = _ports(boxes, sizes, links, sheet)
    routes = []
    for place, link in enumerate(links):
        start = (ports[place], boxes[link.origin].y + boxes[link.origin].height)
        finish = (boxes[link.target].middle, boxes[link.target].y)
        if place in grid.lanes:
            routes.append(_back_up(link.label, start, finish, grid.lanes[place], grid.size.height))
        else:
            routes.append(_down(link.label, start, finish, sheet, sheet.chains[place], grid))
    return Layout(boxes, tuple(routes), grid.size)


def _grid(sizes: Mapping[str, Size], links: Sequence[Link], sheet: Sheet) -> _Grid:
    heights = tuple(max((sheet.items[number].size.height for number in row), default=0.0) for row in sheet.rows)
    row_of = {name: sheet.items[number].row for number, name in enumerate(sizes)}
    back = sorted(
        (place for place in range(len(links)) if place not in sheet.chains),
        key=lambda place: (row_of[links[place].origin] - row_of[links[place].target], place),
    )
    leaving, entering = [0] * (len(sheet.rows) + 1), [0] * (len(sheet.rows) + 1)
    steps = {}
    for place in back:
        below, target = row_of[links[place].origin] + 1, row_of[links[place].target]
        leaving[below] += 1
        entering[target] += 1
        steps[place] = (leaving[below], entering[target])
    tops, y = [], 0.0
    for row, height in enumerate(heights):
        y += (_LAYER_GAP if row else 6.0) + _LANE * (leaving[row] + entering[row])
        tops.append(y)
        y += height
    rights = [max((_right(sheet, number) for number in row), default=0.0) for row in sheet.rows]
    lanes = {}
    for place in back:
        link, (below, above) = links[place], steps[place]
        origin, target = row_of[link.origin], row_of[link.target]
        beside = slice(max(0, target - 1), origin + 2)
        lane = max(rights[beside]) + 14 + link.label.width / 2
        rights[beside] = [lane + link.label.width / 2] * len(rights[beside])
        lanes[place] = (
            tops[origin] + heights[origin] + _LANE * below,
            lane,
            tops[target] - 6 - _LANE * above,
        )
    lowest = y + 6 + _LANE * leaving[len(sheet.rows)]
    tallest = max((links[place].label.height for place in back), default=0.0)
    return _Grid(tuple(tops), heights, lanes, Size(max(rights, default=0.0) + 2, max(lowest, tallest)))


def _right(sheet: Sheet, number: int) -> float:
    return sheet.xs[number] + sheet.items[number].size.width / 2


def _ports(
    boxes: Mapping[str, Box], sizes: Mapping[str, Size], links: Sequence[Link], sheet: Sheet
) -> dict[int, float]:
    """The x at which each link leaves its box: side by side, in the order of where they go."""
    leaving: dict[str, list[tuple[float, int]]] = {name: [] for name in boxes}
    for place, link in enumerate(links):
        chain = sheet.chains.get(place)
        leaving[link.origin].append((sheet.xs[chain[1]] if chain else float("inf"), place))
    found = {}
    for name, several in leaving.items():
        apart = min(18.0, sizes[name].width * sizes[name].ports / max(1, len(several) - 1))
        for order, (_, place) in enumerate(sorted(several)):
            found[place] = boxes[name].middle + (order - (len(several) - 1) / 2) * apart
    return found


def _down(
    label: Size,
    start: tuple[float, float],
    finish: tuple[float, float],
    sheet: Sheet,
    chain: tuple[int, ...],
    grid: _Grid,
) -> Route:
    points = [start, (start[0], grid.bottom(sheet.items[chain[0]].row))]
    for number in chain[1:-1]:
        row = sheet.items[number].row
        points += [(sheet.xs[number], grid.tops[row]), (sheet.xs[number], grid.bottom(row))]
    points += [(finish[0], grid.tops[sheet.items[chain[-1]].row]), finish]
    row = sheet.items[chain[1]].row
    middle = grid.tops[row] + grid.heights[row] / 2
    place = Box(sheet.xs[chain[1]] - label.width / 2, middle - label.height / 2, label.width, label.height)
    return Route(tuple(dict.fromkeys(points)), place)


def _back_up(
    label: Size,
    start: tuple[float, float],
    finish: tuple[float, float],
    lane: tuple[float, float, float],
    height: float,
) -> Route:
    below, x, above = lane
    points = (start, (start[0], below), (x, below), (x, above), (finish[0], above), finish)
    y = min(max((below + above - label.height) / 2, 0.0), height - label.height)
    return Route(points, Box(x - label.width / 2, y, label.width, label.height))
