"""Reading the fields of a YAML mapping, with every mistake noted instead of raised."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import process

from sop.problems import Problem
from sop.yaml_source import Node


@dataclass(slots=True)
class Notes:
    """The mistakes found so far in one file."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    tone: str = ""
    """The brand's tone: picks among the wordings of a text."""

    def add(self, line: int, step: str, name: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, step, name, message, remedy))


class Fields:
    """One mapping. Each getter notes what is wrong and returns a harmless value; `done` notes the keys
    nobody asked for."""

    def __init__(self, node: Node, notes: Notes, place: str = "") -> None:
        self.line = node.line
        self.notes = notes
        self.place = place
        self._asked: set[str] = set()
        self._nodes: dict[str, Node] = {}
        if isinstance(node.value, dict):
            self._nodes = node.value
        else:
            notes.add(node.line, place, "", "this must be a mapping", "write `name: value` lines")

    def __contains__(self, name: str) -> bool:
        return name in self._nodes

    def node(self, name: str) -> Node | None:
        self._asked.add(name)
        return self._nodes.get(name)

    def line_of(self, name: str) -> int:
        found = self._nodes.get(name)
        return found.line if found else self.line

    def wrong(self, name: str, message: str, remedy: str) -> None:
        self.notes.add(self.line_of(name), self.place, name, message, remedy)

    def text(self, name: str, default: str = "", *, required: bool = False) -> str:
        """A text on one line, whatever its line breaks in the file."""
        found = self.node(name)
        if found is None or found.value is None:
            if required:
                self.wrong(name, f"{name} is missing", f"add `{name}: ...`")
            return default
        if isinstance(found.value, dict):
            return self._in_tone(name, found.value, default)
        if isinstance(found.value, str | int | float) and not isinstance(found.value, bool):
            return " ".join(str(found.value).split())
        self.wrong(name, "this must be text", f"write `{name}: some text`")
        return default

    def _in_tone(self, name: str, variants: dict[str, Node], default: str) -> str:
        """The wording for the flow's tone; a text may be a mapping from tone to wording."""
        chosen = variants.get(self.notes.tone) or variants.get("default")
        for variant in variants.values():
            if not isinstance(variant.value, str):
                self.notes.add(variant.line, self.place, name, "this must be text", "write `tone: some text`")
                return default
        if chosen is None or not isinstance(chosen.value, str):
            self.wrong(
                name,
                f"there is no wording for the tone {self.notes.tone!r}",
                "add `default: some text`, or set `tone:` to one of: " + ", ".join(variants),
            )
            return default
        return " ".join(chosen.value.split())

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, or one text."""
        found = self.node(name)
        if found is None or found.value is None:
            return ()
        nodes = found.value if isinstance(found.value, list) else [found]
        kept = []
        for node in nodes:
            if isinstance(node.value, str | int | float) and not isinstance(node.value, bool):
                kept.append(" ".join(str(node.value).split()))
            else:
                self.notes.add(node.line, self.place, name, "this must be text", "write a text, or a list of texts")
        return tuple(kept)

    def flag(self, name: str, default: bool = False) -> bool:
        found = self.node(name)
        if found is None:
            return default
        if isinstance(found.value, bool):
            return found.value
        self.wrong(name, "this must be true or false", f"write `{name}: true`")
        return default

    def limit(self, name: str) -> float | None:
        """A number of any size, or None where there is none."""
        return None if self.node(name) is None else self.number(name, 0, low=-1e12, high=1e12)

    def one_of(self, name: str, known: Iterable[str], default: str) -> str:
        """A word out of a list."""
        found, names = self.text(name, default), tuple(known)
        if found in names:
            return found
        self.wrong(name, f"unknown {name} {found!r}", suggest(found, names))
        return default

    def number(self, name: str, default: float, *, low: float, high: float) -> float:
        found = self.node(name)
        if found is None:
            return default
        if isinstance(found.value, int | float) and not isinstance(found.value, bool) and low <= found.value <= high:
            return float(found.value)
        self.wrong(name, f"this must be a number from {low:g} to {high:g}", f"write `{name}: {default:g}`")
        return default

    def children(self, name: str) -> dict[str, Node]:
        """The named parts of a mapping field."""
        found = self.node(name)
        if found is None or found.value is None:
            return {}
        if isinstance(found.value, dict):
            return found.value
        self.wrong(name, "this must be a mapping", f"write the parts under `{name}:`")
        return {}

    def items(self, name: str) -> list[Node]:
        """The elements of a list field."""
        found = self.node(name)
        if found is None or found.value is None:
            return []
        if isinstance(found.value, list):
            return found.value
        self.wrong(name, "this must be a list", f"write `- ...` lines under `{name}:`")
        return []

    def done(self) -> None:
        """Note every key that nothing reads."""
        for name, node in self._nodes.items():
            if name not in self._asked:
                self.notes.add(node.line, self.place, name, f"unknown field {name!r}", suggest(name, self._asked))


def suggest(name: str, known: Iterable[str]) -> str:
    """A remedy for an unknown name."""
    names = sorted(known)
    near = process.extractOne(name, names, score_cutoff=60)
    return f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(names) or 'nothing'}"
