"""A flow file into a checked `Graph`, or every mistake in it at once.

`load_text` is pure; `load` reads a file or a flow that ships with the package. A flow may `import` others: `bundle`
gives all of them as one YAML stream, the flow first, and `load_text` takes such a stream. So a journal that holds the
bundle can rebuild the graph without any file.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from sop.checks import check
from sop.fields import Notes
from sop.graph import Graph
from sop.graph_fields import read_graph
from sop.imports import with_imports
from sop.problems import FlowError, Problem
from sop.yaml_source import LARGEST, Node, SourceError, read_yaml

_FLOWS = Path(__file__).with_name("flows")
_NEXT = re.compile(r"^--- # flow (\S+)\n", re.MULTILINE)
"""Between the flows of a bundle."""
_MOST_FLOWS = 40


def shipped() -> tuple[str, ...]:
    """The names of the flows that ship with the package."""
    return tuple(sorted(flow.stem for flow in _FLOWS.glob("*.yaml")))


def find(source: str | Path) -> Path:
    """The file of a flow: the path itself, or the shipped flow of this name. It may not exist."""
    path = Path(source)
    if path.suffix not in (".yaml", ".yml") and not path.is_file():
        path = _FLOWS / f"{str(source).replace('-', '_')}.yaml"
    return path


def load(source: str | Path) -> Graph:
    """The flow in a file, or a shipped one by its name (`after_hours_hvac`). Raises FlowError with every
    problem."""
    return load_text(bundle(source), find(source).name)


def bundle(source: str | Path) -> str:
    """The text of a flow with all that it imports behind it. Raises FlowError for a file that can't be read."""
    path = find(source)
    texts = {path.stem: _read(path, str(source))}
    waiting = [(path, texts[path.stem])]
    while waiting:
        origin, text = waiting.pop(0)
        for name in _imported(text):
            if name in texts or len(texts) > _MOST_FLOWS:
                continue
            beside = origin.with_name(f"{name}.yaml")
            inner = beside if beside.is_file() else find(name)
            if inner.is_file():
                texts[name] = _read(inner, name)
                waiting.append((inner, texts[name]))
    first, *others = texts
    return texts[first] + "".join(f"\n--- # flow {name}\n{texts[name]}" for name in others)


def _read(path: Path, source: str) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1).decode()
    except OSError as error:
        remedy = f"give the path of a flow file, or one of: {', '.join(shipped())}"
        raise FlowError((Problem(source, 1, "", "", f"cannot be read ({error.strerror})", remedy),)) from error
    except UnicodeDecodeError as error:
        raise FlowError((Problem(path.name, 1, "", "", "is not UTF-8 text", "save it as UTF-8"),)) from error


def _imported(text: str) -> tuple[str, ...]:
    """The flows that a text imports; none when it can't be read, which `load_text` reports."""
    try:
        value = read_yaml(text).value
    except SourceError:
        return ()
    listed = value.get("import") if isinstance(value, dict) else None
    nodes = listed.value if listed is not None and isinstance(listed.value, list) else []
    return tuple(node.value for node in nodes if isinstance(node.value, str))


def load_text(text: str, file: str = "flow.yaml") -> Graph:
    """The flow in `text`, with the flows it imports behind it. Raises FlowError with every problem."""
    first, *others = _NEXT.split(text)
    drafts = {name: _draft(inner, f"{name}.yaml") for name, inner in zip(others[::2], others[1::2], strict=True)}
    main = _draft(first, file)
    problems = [problem for draft in drafts.values() for problem in draft.notes.problems]
    if main.graph is None:
        raise FlowError((*main.notes.problems, *problems))
    graph = with_imports(
        main.graph, main.imports, {name: (d.graph, d.imports) for name, d in drafts.items() if d.graph}, main.notes
    )
    graph = check(graph, main.notes, main.lines)
    if main.notes.problems or problems:
        raise FlowError((*main.notes.problems, *problems))
    return graph


@dataclass(frozen=True, slots=True)
class _Draft:
    """One file's graph before it is checked."""

    graph: Graph | None
    notes: Notes
    imports: tuple[tuple[str, int], ...] = ()
    """Names and lines."""
    lines: dict[str, int] = field(default_factory=dict)


def _draft(text: str, file: str) -> _Draft:
    notes = Notes(file)
    try:
        root = read_yaml(text)
    except SourceError as error:
        notes.add(error.line, "", "", error.message, error.remedy)
        return _Draft(None, notes)
    graph, imports = read_graph(root, notes)
    return _Draft(graph, notes, imports, _lines(root))


def _lines(node: Node, path: str = "") -> dict[str, int]:
    """The line of each part by its path: "steps.triage", "slots.name", "steps.triage.next.0"."""
    found = {path: node.line}
    children = list(node.value.items()) if isinstance(node.value, dict) else []
    if isinstance(node.value, list):
        children = [(str(index), child) for index, child in enumerate(node.value)]
    for name, child in children:
        found |= _lines(child, f"{path}.{name}" if path else name)
    return found
