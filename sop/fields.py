"""Reading the fields of a YAML mapping, with every mistake noted instead of raised."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from keyword import iskeyword

from rapidfuzz import process

from sop.problems import Problem, Spot
from sop.yaml_source import Node

_NAME = re.compile(r"[\w-]+")
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(slots=True)
class Notes:
    """The mistakes found so far in one file."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    tones: tuple[str, ...] = ()
    """The brand's tone, and that of the flow itself where it is imported: picks among the wordings of a text."""
    worded: set[str] = field(default_factory=set)
    """The tones that some text has a wording for."""

    def add(self, line: int, step: str, name: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, step, name, message, remedy))

    def at(self, spot: Spot, step: str, name: str, message: str, remedy: str) -> None:
        """Note a mistake that may stand in another file."""
        self.problems.append(Problem(spot.file, spot.line, step, name, message, remedy))


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
        chosen = self._in_tone(name, found)
        written = None if chosen is None else _written(chosen)
        if chosen is not None and written is None:
            self.notes.add(chosen.line, self.place, name, "this must be text", f"write `{name}: some text`")
        return default if written is None else written

    def _in_tone(self, name: str, node: Node) -> Node | None:
        """The wording for the flow's tone, where a mapping from tone to wording stands; else the node itself."""
        if not isinstance(node.value, dict):
            return node
        self.notes.worded |= set(node.value)
        for variant in node.value.values():
            if isinstance(variant.value, dict | bool | None):
                self.notes.add(variant.line, self.place, name, "this must be text", "write `tone: some text`")
                return None
        chosen = next((node.value[tone] for tone in (*self.notes.tones, "default") if tone in node.value), None)
        if chosen is None:
            tone = self.notes.tones[0] if self.notes.tones else ""
            remedy = "add `default: some text`, or set `tone:` to one of: " + (", ".join(node.value) or "nothing")
            self.notes.add(node.line, self.place, name, f"there is no wording for the tone {tone!r}", remedy)
        return chosen

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, or one text."""
        found = self.node(name)
        return () if found is None or found.value is None else self._listed(name, found)

    def wordings(self, name: str) -> tuple[str, ...]:
        """What is spoken, one wording after another: a list of texts or one text. The whole may be a mapping from tone
        to such a list, and each text one from tone to text."""
        found = self.node(name)
        chosen = None if found is None or found.value is None else self._in_tone(name, found)
        if chosen is None:
            return ()
        nodes = chosen.value if isinstance(chosen.value, list) else [chosen]
        toned = [self._in_tone(name, node) for node in nodes]
        return self._listed(name, Node([node for node in toned if node is not None], chosen.line))

    def _listed(self, name: str, found: Node) -> tuple[str, ...]:
        kept = []
        for node in found.value if isinstance(found.value, list) else [found]:
            written = _written(node)
            if written is None:
                self.notes.add(node.line, self.place, name, "this must be text", "write a text, or a list of texts")
            elif not written:
                self.notes.add(node.line, self.place, name, "this text is empty", "write something, or remove it")
            else:
                kept.append(written)
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

    def whole(self, name: str, default: int, *, low: int, high: int) -> int:
        """A number without a fraction."""
        found = float(self.number(name, default, low=low, high=high))
        if not found.is_integer():
            self.wrong(name, "this must be a whole number", f"write `{name}: {found:.0f}`")
        return int(found)

    def children(self, name: str, *, words: bool = False) -> dict[str, Node]:
        """The named parts of a mapping field. `words`: conditions and texts name them, so that each is one word."""
        found = self._children(name)
        for part, node in found.items():
            if words and (_WORD.fullmatch(part) is None or iskeyword(part)):
                remedy = "use letters, digits and _, and begin with a letter"
                self.notes.add(node.line, self.place, name, f"{part!r} is no name that can be used", remedy)
            elif _NAME.fullmatch(part) is None:
                remedy = "use letters, digits, _ and -"
                self.notes.add(node.line, self.place, name, f"{part!r} is no name that can be used", remedy)
        return found

    def _children(self, name: str) -> dict[str, Node]:
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


def _written(node: Node) -> str | None:
    """A text on one line, a number as it stands in the file; None for anything else."""
    if isinstance(node.value, str | int | float) and not isinstance(node.value, bool):
        return " ".join((node.written or str(node.value)).split())
    return None


def suggest(name: str, known: Iterable[str]) -> str:
    """A remedy for an unknown name."""
    names = sorted(known)
    near = process.extractOne(name, names, score_cutoff=60)
    return f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(names) or 'nothing'}"
