"""`switchboard.yaml` as it is written: parts that know their place and line, whether or not they make sense."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sop.problems import Problem
from sop.yaml_source import Node


@dataclass(frozen=True, slots=True)
class Part:
    """A value in the file and the keys that lead to it; positions in a list count from 0."""

    file: str
    node: Node
    path: tuple[str | int, ...] = ()

    def part(self, *keys: str | int) -> "Part":
        """What stands under the keys; an absent part is empty and has the line of what it should stand in."""
        here = self
        for key in keys:
            value = here.node.value
            if isinstance(value, dict) and key in value:
                node = value[str(key)]
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                node = value[key]
            else:
                node = Node(None, here.node.line)
            here = Part(self.file, node, (*here.path, key))
        return here

    def parts(self) -> tuple["Part", ...]:
        """The parts of a mapping or list; none of anything else."""
        value = self.node.value
        keys: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        return tuple(self.part(key) for key in keys)

    def all(self) -> Iterator["Part"]:
        """It and every part within."""
        yield self
        for inner in self.parts():
            yield from inner.all()

    @property
    def name(self) -> str:
        """Its key."""
        return str(self.path[-1]) if self.path else ""

    @property
    def names(self) -> tuple[str, ...]:
        """The keys of a mapping."""
        return tuple(self.node.value) if isinstance(self.node.value, dict) else ()

    @property
    def text(self) -> str:
        """A scalar as it is written; empty for anything else."""
        return "" if isinstance(self.node.value, dict | list | None) else self.node.written

    def wrong(self, message: str, remedy: str) -> Problem:
        """A mistake in it."""
        return mistake(self.file, self.node.line, self.path, message, remedy)


def mistake(file: str, line: int, path: tuple[str | int, ...], message: str, remedy: str) -> Problem:
    """A mistake at a path, which is shown as "screens 2.url": positions are counted from 1."""
    place: list[str] = []
    for key in path:
        if isinstance(key, int) and place:
            place[-1] += f" {key + 1}"
        else:
            place.append(str(key))
    return Problem(file, line, ".".join(place[:-1]), place[-1] if place else "", message, remedy)


def plain(node: Node) -> Any:
    """The values alone. Numbers stay as they are written, "02134" and "1.10"; who wants a number reads them."""
    value = node.value
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value if value is None or isinstance(value, bool) else node.written
