"""A flow as an SVG, measured from the file itself."""

import re
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sop
from sop.draw import ANYWHERE, BEGIN, arrows_of
from sop.layers import Link, Size
from sop.layout import Layout, lay_out
from sop.loader import shipped
from sop.picture import svg
from tests.sop.test_draw import BANK, FLOW, PATH

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Rect:
    """A rectangle on the whole picture."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Rect") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: "Rect") -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def extent(element: ET.Element, dx: float, dy: float) -> Rect | None:
    """What an element covers; for a text only its place."""
    if element.tag == f"{SVG}rect":
        x, y = float(element.get("x", "0")), float(element.get("y", "0"))
        return Rect(
            x + dx, y + dy, x + float(element.get("width", "0")) + dx, y + float(element.get("height", "0")) + dy
        )
    found = numbers(element.get("points", "") or element.get("d", ""))
    if element.tag == f"{SVG}text":
        found = [float(element.get("x", "0")), float(element.get("y", "0"))]
    if not found:
        return None
    xs, ys = found[::2], found[1::2]
    return Rect(min(xs) + dx, min(ys) + dy, max(xs) + dx, max(ys) + dy)


@dataclass(frozen=True)
class Picture:
    """What a parsed picture holds."""

    view: Rect
    steps: dict[str, Rect]
    others: list[Rect]
    """Boxes that are no steps."""
    edges: list[tuple[str, str]]
    labels: list[Rect]
    visits: dict[str, str]
    taken: set[tuple[str, str]]
    everything: list[Rect]
    texts: list[str]


def parse(text: str) -> Picture:
    root = ET.fromstring(text)  # noqa: S314 - our own
    left, top, width, height = numbers(root.get("viewBox", ""))
    found = Picture(Rect(left, top, left + width, top + height), {}, [], [], [], {}, set(), [], [])
    visit(root, 0.0, 0.0, found)
    return found


def visit(element: ET.Element, dx: float, dy: float, found: Picture) -> None:
    """Note an element and all that is in it; (dx, dy) is how far it is moved."""
    moved = numbers(element.get("transform", "")) or [0.0, 0.0]
    dx, dy = dx + moved[0], dy + moved[1]
    covered = extent(element, dx, dy)
    if covered:
        found.everything.append(covered)
    if element.text and element.text.strip():
        found.texts.append(element.text)
    if element.get("class"):
        note(element, dx, dy, found)
    for child in element:
        visit(child, dx, dy, found)


def note(element: ET.Element, dx: float, dy: float, found: Picture) -> None:
    """Note what an element is by its class."""
    kinds = set(element.get("class", "").split())
    shapes = [shape for child in element if "text" not in child.tag and (shape := extent(child, dx, dy))]
    if "step" in kinds:
        name = element.get("data-step", "")
        assert name not in found.steps
        found.steps[name] = shapes[0]
        if any(child.get("class") == "visit" for child in element):
            found.visits[name] = element[-1].text or ""
    elif kinds & {"begin", "anywhere", "stub"}:
        found.others.append(shapes[0])
    elif "edge" in kinds:
        pair = (element.get("data-from", ""), element.get("data-to", ""))
        found.edges.append(pair)
        if "taken" in kinds:
            found.taken.add(pair)
    elif "label" in kinds and (label := extent(element, dx, dy)):
        found.labels.append(label)


def check(graph: sop.Graph, picture: Picture) -> None:
    """Everything is there, and nothing is in the way of anything."""
    assert set(picture.steps) == set(graph.steps)
    drawn = [(arrow.origin, arrow.target) for arrow in arrows_of(graph) if arrow.label != "runs"]
    assert [pair for pair in picture.edges if pair[0] != BEGIN] and set(drawn) <= set(picture.edges)
    boxes = [*picture.steps.values(), *picture.others]
    assert not [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])]
    assert not [pair for pair in combinations(picture.labels, 2) if pair[0].meets(pair[1])]
    assert not [(box, label) for box in boxes for label in picture.labels if box.meets(label)]
    assert all(picture.view.holds(one) for one in picture.everything)


@pytest.mark.parametrize("name", shipped())
def test_the_flows_that_ship(name: str) -> None:
    graph = sop.load(name)
    check(graph, parse(svg(graph)))


def test_a_flow_with_sub_flows_guards_and_odd_names() -> None:
    picture = parse(svg(BANK))
    check(BANK, picture)
    assert (ANYWHERE, "hours_flow.tell") in picture.edges
    assert {"→ hours_flow", "→ desk", "→ check_first"} <= set(picture.texts)
    assert {"verify", "hours_flow", "runs verify", "only if verified", "must be heard"} <= set(picture.texts)
    frames = re.findall(r'data-flow="(\w+)"', svg(BANK))
    assert sorted(frames) == ["hours_flow", "verify"]


@pytest.mark.parametrize("graph", [FLOW, BANK], ids=["plain", "sub-flows"])
def test_texts_lie_in_their_boxes(graph: sop.Graph) -> None:
    root = ET.fromstring(svg(graph))  # noqa: S314 - our own
    labelled = 0
    for group in root.iter(f"{SVG}g"):
        kinds = group.get("class", "").split()
        boxes = [one for one in group if "label" in one.get("class", "")] if "edge" in kinds else list(group[1:2])
        texts = [one for one in group if one.tag == f"{SVG}text"]
        if not ({"edge", "step"} & set(kinds)) or not texts:
            continue
        labelled += "edge" in kinds
        box = extent(boxes[0], 0, 0)
        assert box
        for text in texts:
            half = len(text.text or "") * float(text.get("font-size", "0")) * 0.27
            x, y = float(text.get("x", "0")), float(text.get("y", "0"))
            assert box.left <= x - half and x + half <= box.right
            assert box.top < y <= box.bottom
    assert labelled == sum(bool(arrow.label) and arrow.label != "runs" for arrow in arrows_of(graph))


def test_a_frame_holds_its_steps_and_no_others() -> None:
    root = ET.fromstring(svg(BANK))  # noqa: S314 - our own
    inside = {
        frame.get("data-flow"): {one.get("data-step") for one in panel.iter() if one.get("data-step")}
        for panel in root
        for frame in panel
        if frame.get("class") == "frame"
    }
    assert inside == {
        "verify": {"verify.who", "verify.look_up", "verify.failed", "verify.done"},
        "hours_flow": {"hours_flow.tell", "hours_flow.out"},
    }


def test_a_path_is_numbered_and_coloured() -> None:
    picture = parse(svg(BANK, PATH))
    check(BANK, picture)
    assert picture.visits["hello"] == "1, 10"
    assert picture.visits["verify.look_up"] == "6"
    assert picture.visits["desk"] == "11"
    assert "verify.failed" not in picture.visits
    assert ("more", "hello") in picture.taken
    assert (BEGIN, "verify.who") in picture.taken
    assert ("more", "end") not in picture.taken
    plain = parse(svg(BANK))
    assert not plain.visits
    assert not plain.taken


def test_it_stands_alone() -> None:
    text = svg(BANK, PATH)
    assert text == svg(BANK, PATH)
    for outside in ("<script", "href", "url(", "@import", "<image", "<foreignObject", "<style"):
        assert outside not in text
    assert re.findall(r"https?://\S+?(?=\")", text) == ["http://www.w3.org/2000/svg"]
    root = ET.fromstring(text)  # noqa: S314 - our own
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Flowchart of the procedure bank, version 1: 14 steps"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == "bank, version 1"


def test_mandatory_steps_have_a_thick_border() -> None:
    root = ET.fromstring(svg(FLOW))  # noqa: S314 - our own
    widths = {
        one.get("data-step", ""): float(one[1].get("stroke-width", "0")) for one in root.iter() if one.get("data-step")
    }
    assert widths["gas_safety"] >= 3 * widths["triage"] > 0
    assert {name for name, width in widths.items() if width >= 3} == {"gas_safety", "carbon_monoxide_safety"}


def test_hostile_and_long_texts() -> None:
    name = "x" * 200
    graph = sop.load_text(f"""\
sop: "s<&>"
business: b
start: "{name}"
steps:
  "{name}": {{say: "{"<b>word</b> " * 200}{"漢字" * 300}", go: bye}}
  bye: {{end: done}}
  desk: {{transfer: desk, on_no_answer: bye}}
escalate:
  - {{when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk}}
""")
    text = svg(graph)
    picture = parse(text)
    assert set(picture.steps) == {name, "bye", "desk"}
    assert all(picture.view.holds(one) for one in picture.everything)
    assert picture.view.right < 1500
    assert picture.view.bottom < 1500
    assert max(map(len, picture.texts)) <= len(name)


# The layout by itself


def links(pairs: list[tuple[int, int]], label: Size) -> list[Link]:
    return [Link(str(one), str(other), label) for one, other in pairs]


def crossed(layout: Layout) -> list[tuple[int, str]]:
    """The lines that go through a box, by their pieces' extents; a line may touch its own two."""
    found = []
    for number, route in enumerate(layout.routes):
        for (x, y), (right, below) in zip(route.points, route.points[1:], strict=False):
            piece = Rect(min(x, right), min(y, below), max(x, right), max(y, below))
            found += [
                (number, name)
                for name, box in layout.boxes.items()
                if piece.meets(Rect(box.x + 0.1, box.y + 0.1, box.x + box.width - 0.1, box.y + box.height - 0.1))
                or (x == right and box.x < x < box.x + box.width and y < box.y < box.y + box.height < below)
            ]
    return found


def test_a_chain_is_upright_and_a_circle_goes_round() -> None:
    sizes = {"0": Size(100, 40), "1": Size(60, 40), "2": Size(80, 40)}
    layout = lay_out(sizes, links([(0, 1), (1, 2), (2, 0), (1, 1)], Size(30, 14)))
    middles = {box.middle for box in layout.boxes.values()}
    assert max(middles) - min(middles) < 0.01
    tops = [layout.boxes[name].y for name in "012"]
    assert tops == sorted(tops)
    widest = max(box.x + box.width for box in layout.boxes.values())
    assert max(x for x, _ in layout.routes[2].points) > widest
    assert layout.routes[2].points[-1] == (layout.boxes["0"].middle, layout.boxes["0"].y)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=16),
    st.lists(st.tuples(st.integers(20, 300), st.integers(14, 120)), min_size=8, max_size=8),
    st.tuples(st.integers(0, 160), st.integers(0, 60)),
)
def test_no_two_boxes_meet_and_no_line_crosses_a_box(
    pairs: list[tuple[int, int]], boxes: list[tuple[int, int]], label: tuple[int, int]
) -> None:
    sizes = {str(number): Size(width, height) for number, (width, height) in enumerate(boxes)}
    layout = lay_out(sizes, links(pairs, Size(*label)))
    whole = Rect(-0.01, -0.01, layout.size.width + 0.01, layout.size.height + 0.01)
    drawn = [Rect(box.x, box.y, box.x + box.width, box.y + box.height) for box in layout.boxes.values()]
    labels = [
        Rect(one.label.x, one.label.y, one.label.x + one.label.width, one.label.y + one.label.height)
        for one in layout.routes
    ]
    assert len(layout.routes) == len(pairs)
    assert not [pair for pair in combinations(drawn, 2) if pair[0].meets(pair[1])]
    assert not [(box, one) for box in drawn for one in labels if box.meets(one)]
    assert all(whole.holds(one) for one in (*drawn, *labels))
    assert all(whole.holds(Rect(x, y, x, y)) for route in layout.routes for x, y in route.points)
    assert crossed(layout) == []
    for (one, other), route in zip(pairs, layout.routes, strict=True):
        start, finish = layout.boxes[str(one)], layout.boxes[str(other)]
        assert start.x <= route.points[0][0] <= start.x + start.width
        assert route.points[0][1] == start.y + start.height
        assert route.points[-1] == (finish.middle, finish.y)
