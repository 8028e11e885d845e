"""Boxes and lines in layers from top to bottom: which layer, in what order, how far to the right.

After Sugiyama, Tagawa and Toda (1981): a box stands in the layer of its longest path from the top, and a line has a
place of its own in each layer that it passes. The order within a layer is the barycentre's; the positions are the
nearest to the neighbours' that keep the distances. Lengths are pixels, x grows to the right.
"""

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

_SWEEPS = 8
_GAP = 26.0
"""Between boxes side by side."""

_FAR = 1e9


@dataclass(frozen=True, slots=True)
class Size:
    """Of a box or a label."""

    width: float
    height: float
    ports: float = 0.5
    """The share of a box's width, about its middle, where lines may leave it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A line to be drawn; `label` is what its text needs."""

    origin: str
    target: str
    label: Size = Size(0, 0)


@dataclass(frozen=True, slots=True)
class Item:
    """A box, or the place where a line passes a row. Boxes are in even rows, labels in the odd rows below them."""

    row: int
    size: Size
    box: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that has a place, by number."""

    items: tuple[Item, ...]
    chains: Mapping[int, tuple[int, ...]]
    """Link that leads down -> its items from origin to target."""
    above: Mapping[int, tuple[int, ...]]
    below: Mapping[int, tuple[int, ...]]
    rows: tuple[tuple[int, ...], ...] = ()
    """The items of each row from left to right."""
    xs: Mapping[int, float] = field(default_factory=dict)
    """The middle of each item; the leftmost edge of all is 0."""


def arranged(sizes: Mapping[str, Size], links: Sequence[Link]) -> Sheet:
    """The boxes and the lines between them, which name only boxes that there are."""
    back = _leading_back(sizes, links)
    drafted = _sheet(sizes, links, back, _layers(sizes, links, back))
    rows = _ordered(drafted)
    return replace(drafted, rows=tuple(map(tuple, rows)), xs=_positions(drafted, rows))


def _leading_back(sizes: Mapping[str, Size], links: Sequence[Link]) -> frozenset[int]:
    """The links that close a circle when the boxes are visited depth first, those without an ancestor first."""
    leaving: dict[str, list[int]] = {name: [] for name in sizes}
    for place, link in enumerate(links):
        leaving[link.origin].append(place)
    led_to = {link.target for link in links if link.target != link.origin}
    back: set[int] = set()
    begun: set[str] = set()
    done: set[str] = set()
    for root in sorted(sizes, key=lambda name: name in led_to):
        waiting = [(root, iter(leaving[root]))] if root not in begun else []
        begun.add(root)
        while waiting:
            name, rest = waiting[-1]
            for place in rest:
                target = links[place].target
                if target not in begun:
                    begun.add(target)
                    waiting.append((target, iter(leaving[target])))
                    break
                if target not in done:
                    back.add(place)
            else:
                done.add(name)
                waiting.pop()
    return frozenset(back)


def _layers(sizes: Mapping[str, Size], links: Sequence[Link], back: frozenset[int]) -> dict[str, int]:
    """The length of the longest path that leads to each box."""
    forward = [link for place, link in enumerate(links) if place not in back]
    open_links = dict.fromkeys(sizes, 0)
    leaving: dict[str, list[str]] = {name: [] for name in sizes}
    for link in forward:
        open_links[link.target] += 1
        leaving[link.origin].append(link.target)
    layers = dict.fromkeys(sizes, 0)
    ready = [name for name, count in open_links.items() if not count]
    for name in ready:
        for target in leaving[name]:
            layers[target] = max(layers[target], layers[name] + 1)
            open_links[target] -= 1
            if not open_links[target]:
                ready.append(target)
    return layers


def _sheet(sizes: Mapping[str, Size], links: Sequence[Link], back: frozenset[int], layers: Mapping[str, int]) -> Sheet:
    """Boxes and the places between them."""
    items = [Item(2 * layers[name], size, True) for name, size in sizes.items()]
    numbers = {name: number for number, name in enumerate(sizes)}
    chains: dict[int, tuple[int, ...]] = {}
    for place, link in enumerate(links):
        if place in back:
            continue
        first, last = 2 * layers[link.origin], 2 * layers[link.target]
        between = range(len(items), len(items) + last - first - 1)
        items += [Item(row, link.label if row == first + 1 else Size(0, 0), False) for row in range(first + 1, last)]
        chains[place] = (numbers[link.origin], *between, numbers[link.target])
    above: dict[int, list[int]] = {number: [] for number in range(len(items))}
    below: dict[int, list[int]] = {number: [] for number in range(len(items))}
    for chain in chains.values():
        for upper, lower in pairwise(chain):
            above[lower].append(upper)
            below[upper].append(lower)
    return Sheet(
        tuple(items),
        chains,
        {number: tuple(found) for number, found in above.items()},
        {number: tuple(found) for number, found in below.items()},
    )


def _ordered(sheet: Sheet) -> list[list[int]]:
    """The rows with few crossings."""
    rows: list[list[int]] = [[] for _ in range(max((item.row for item in sheet.items), default=-1) + 1)]
    for number, item in enumerate(sheet.items):
        rows[item.row].append(number)
    best, fewest = [list(row) for row in rows], _crossings(sheet, rows)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        near = sheet.above if down else sheet.below
        for index in range(1, len(rows)) if down else range(len(rows) - 2, -1, -1):
            before = {number: place for place, number in enumerate(rows[index - 1 if down else index + 1])}
            own = {number: place for place, number in enumerate(rows[index])}
            rows[index].sort(key=lambda number: _barycentre(near[number], before, own[number]))
        count = _crossings(sheet, rows)
        if count < fewest:
            best, fewest = [list(row) for row in rows], count
    return best


def _barycentre(near: tuple[int, ...], places: Mapping[int, int], own: int) -> float:
    return sum(places[one] for one in near) / len(near) if near else float(own)


def _crossings(sheet: Sheet, rows: list[list[int]]) -> int:
    """How often lines cross between neighbouring rows."""
    total = 0
    for upper, lower in pairwise(rows):
        places = {number: place for place, number in enumerate(lower)}
        seen: list[int] = []
        for number in upper:
            ends = sorted(places[one] for one in sheet.below[number])
            total += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _positions(sheet: Sheet, rows: list[list[int]]) -> dict[int, float]:
    """The middle of each item: near its neighbours, at the proper distances from those beside it."""
    xs: dict[int, float] = {}
    for row in rows:
        xs |= _spread(sheet, row, dict.fromkeys(row, 0.0), dict.fromkeys(row, 1.0))
    for sweep in range(4 * _SWEEPS):
        down, both = sweep % 2 == 0, sweep >= 2 * _SWEEPS
        for row in rows if down else reversed(rows):
            wanted, weights = {}, {}
            for number in row:
                near = sheet.above[number] if down or both else ()
                near += sheet.below[number] if not down or both else ()
                wanted[number], weights[number] = _wish(sheet, number, near, xs)
            xs |= _spread(sheet, row, wanted, weights)
    for thread in _threads(sheet):
        _straighten(sheet, rows, thread, xs)
    least = min((xs[number] - item.size.width / 2 for number, item in enumerate(sheet.items)), default=0.0)
    return {number: x - least for number, x in xs.items()}


def _threads(sheet: Sheet) -> list[list[int]]:
    """The items one below another that have only each other, the longest threads first."""

    def only_below(number: int) -> int | None:
        below = sheet.below[number]
        return below[0] if len(below) == 1 and len(sheet.above[below[0]]) == 1 else None

    inner = {only_below(number) for number in range(len(sheet.items))}
    found = []
    for number in range(len(sheet.items)):
        thread, further = [number], only_below(number)
        while number not in inner and further is not None:
            thread.append(further)
            further = only_below(further)
        found.append(thread)
    return sorted((thread for thread in found if len(thread) > 1), key=len, reverse=True)


def _straighten(sheet: Sheet, rows: list[list[int]], thread: list[int], xs: dict[int, float]) -> None:
    """Move a thread's items, as far as those beside them allow, into as few upright stretches as possible."""
    stretch: list[int] = []
    least, most = -_FAR, _FAR
    for number in [*thread, -1]:
        low, high = _slack(sheet, rows, number, xs) if number >= 0 else (_FAR, -_FAR)
        if stretch and max(least, low) > min(most, high):
            middle = sum(xs[one] for one in stretch) / len(stretch)
            xs |= dict.fromkeys(stretch, min(max(middle, least), most))
            stretch, least, most = [], -_FAR, _FAR
        stretch.append(number)
        least, most = max(least, low), min(most, high)


def _slack(sheet: Sheet, rows: list[list[int]], number: int, xs: Mapping[int, float]) -> tuple[float, float]:
    """From where to where an item can be moved alone."""
    row = rows[sheet.items[number].row]
    place, half = row.index(number), sheet.items[number].size.width / 2 + _GAP
    low, high = -_FAR, _FAR
    if place:
        low = xs[row[place - 1]] + sheet.items[row[place - 1]].size.width / 2 + half
    if place + 1 < len(row):
        high = xs[row[place + 1]] - sheet.items[row[place + 1]].size.width / 2 - half
    return min(low, xs[number]), max(high, xs[number])


def _wish(sheet: Sheet, number: int, near: tuple[int, ...], xs: Mapping[int, float]) -> tuple[float, float]:
    """Where an item would like to be, and how much: a line that passes a row wants to be straight."""
    if not near:
        return xs[number], 0.1
    pulls = [1.0 if sheet.items[number].box or sheet.items[one].box else 8.0 for one in near]
    total = sum(pulls)
    return sum(xs[one] * pull for one, pull in zip(near, pulls, strict=True)) / total, total


def _spread(
    sheet: Sheet, row: list[int], wanted: Mapping[int, float], weights: Mapping[int, float]
) -> dict[int, float]:
    """The positions nearest to those wanted, by weighted squares, that keep order and distances: pool adjacent
    violators (Ayer et al., 1955)."""
    shifts, at = [], 0.0
    for left, right in zip([None, *row], row, strict=False):
        if left is not None:
            at += (sheet.items[left].size.width + sheet.items[right].size.width) / 2 + _GAP
        shifts.append(at)
    pools: list[tuple[float, float, int]] = []
    for number, shift in zip(row, shifts, strict=True):
        mean, weight, count = wanted[number] - shift, weights[number], 1
        while pools and pools[-1][0] > mean:
            last, heavy, several = pools.pop()
            mean = (mean * weight + last * heavy) / (weight + heavy)
            weight, count = weight + heavy, count + several
        pools.append((mean, weight, count))
    means = [mean for mean, _, count in pools for _ in range(count)]
    return {number: mean + shift for number, mean, shift in zip(row, means, shifts, strict=True)}
