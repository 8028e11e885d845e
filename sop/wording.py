"""Texts with {slot} places, made into what is spoken: sentence by sentence, so that whatever holds no slot
value is one fixed text that can be rendered ahead. A sentence that names an unfilled slot is left out."""

import re
from collections.abc import Mapping

from sop.graph import Graph, templates
from sop.state import Line

_PLACE = re.compile(r"\{(\w+)\}")
_SENTENCE = re.compile(r"[^.!?]+(?:[.!?]+|$)\s*")


def places(text: str) -> tuple[str, ...]:
    """The names of the {slot} places in a text."""
    return tuple(_PLACE.findall(text))


def render(text: str, values: Mapping[str, str]) -> tuple[Line, ...]:
    """The text with its places filled; neighbouring sentences of one kind are one line.

    >>> [line.text for line in render("Thank you. Is {n} right? Say yes.", {"n": "4 1 5"})]
    ['Thank you.', 'Is 4 1 5 right?', 'Say yes.']
    """
    lines: list[Line] = []
    dropped = False
    for sentence in _SENTENCE.findall(" ".join(text.split())):
        wanted = places(sentence)
        if any(not values.get(name) for name in wanted):
            dropped = True
            continue
        said = _PLACE.sub(lambda place: values[place[1]], sentence).strip()
        if not said:
            continue
        last = lines[-1] if lines else None
        if last is not None and last.fixed == (not wanted) and not dropped:
            lines[-1] = Line(f"{last.text} {said}", last.fixed)
        else:
            lines.append(Line(said, not wanted))
        dropped = False
    return tuple(lines)


def fixed_prompts(graph: Graph) -> tuple[str, ...]:
    """Every text that can be spoken without a slot value, in the order of the flow."""
    everything = {name: "x" for text in templates(graph) for name in places(text)}
    bridges = (line for spec in graph.slots.values() for line in render(graph.wording.bridge, {"label": spec.label}))
    lines = (line for text in templates(graph) for line in render(text, everything))
    fixed = (line.text for line in lines if line.fixed)
    return tuple(dict.fromkeys((*fixed, *(line.text for line in bridges))))
