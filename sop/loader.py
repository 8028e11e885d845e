"""A flow file into a checked `Graph`, or every mistake in it at once.

`load_text` is pure; `load` reads a file or a flow that ships with the package. A flow may `import` others: `bundle`
gives all of them as one YAML stream, the flow first, and `load_text` takes such a stream. So a journal that holds the
bundle can rebuild the graph without any file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sop.checks import check
from sop.fields import Notes
from sop.graph import Graph
from sop.graph_fields import read_graph
from sop.imports import is_flow_name, with_imports
from sop.problems import FlowError, Places, Problem
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
            inner = beside if beside.is_file() else _FLOWS / f"{name}.yaml"
            if inner.is_file():
                texts[name] = _read(inner, name)
                waiting.append((inner, texts[name]))
    first, *others = texts
    return texts[first] + "".join(f"\n--- # flow {name}\n{texts[name]}" for name in others)


def _read(path: Path, source: str) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise _unreadable(path.name, f"is larger than {LARGEST // 1024} KiB", "split it into several flows")
        return data.decode()
    except UnicodeDecodeError as error:
        raise _unreadable(path.name, "is not UTF-8 text", "save it as UTF-8") from error
    except (OSError, ValueError) as error:
        remedy = f"give the path of a flow file, or one of: {', '.join(shipped())}"
        reason = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise _unreadable(source, f"cannot be read ({reason})", remedy) from error


def _unreadable(source: str, message: str, remedy: str) -> FlowError:
    return FlowError((Problem(source, 1, "", "", message, remedy),))


def _imported(text: str) -> tuple[str, ...]:
    """The flows that a text imports; none when it can't be read, which `load_text` reports."""
    if "import" not in text:
        return ()
    try:
        value = read_yaml(text).value
    except SourceError:
        return ()
    listed = value.get("import") if isinstance(value, dict) else None
    nodes = listed.value if listed is not None and isinstance(listed.value, list) else []
    return tuple(node.written for node in nodes if is_flow_name(node.written))


def load_text(text: str, file: str = "flow.yaml") -> Graph:
    """The flow in `text`, with the flows it imports behind it. Raises FlowError with every problem."""
    first, *others = _NEXT.split(text)
    main = _draft(first, file)
    inner = dict(zip(others[::2], others[1::2], strict=True))
    drafts = {name: _draft(part, f"{name}.yaml", main.notes.tones) for name, part in inner.items()}
    if main.graph is None:
        raise FlowError(_problems(main, drafts))
    parts = {name: (draft.graph, draft.imports) for name, draft in drafts.items() if draft.graph}
    broken = frozenset(drafts) - frozenset(parts)
    graph = with_imports(main.graph, main.imports, parts, main.notes, broken)
    places = Places(file, main.lines, {name: Places(f"{name}.yaml", one.lines) for name, one in drafts.items()})
    graph = check(graph, main.notes, places)
    if found := _problems(main, drafts):
        raise FlowError(found)
    return graph


@dataclass(frozen=True, slots=True)
class _Draft:
    """One file's graph before it is checked."""

    graph: Graph | None
    notes: Notes
    imports: tuple[tuple[str, int], ...] = ()
    """Names and lines."""
    lines: dict[str, int] = field(default_factory=dict)


def _problems(main: _Draft, drafts: Mapping[str, _Draft]) -> tuple[Problem, ...]:
    return tuple(problem for draft in (main, *drafts.values()) for problem in draft.notes.problems)


def _draft(text: str, file: str, tones: tuple[str, ...] = ()) -> _Draft:
    notes = Notes(file, tones=tones)
    try:
        root = read_yaml(text)
    except SourceError as error:
        notes.add(error.line, "", "", error.message, error.remedy)
        return _Draft(None, notes)
    graph, imports = read_graph(root, notes)
    return _Draft(graph, notes, imports, _lines(root))


def _lines(root: Node) -> dict[str, int]:
    """The line of each part by its path: "steps.triage", "slots.name", "steps.triage.next.0"."""
    found: dict[str, int] = {}
    waiting = [("", root)]
    while waiting:
        path, node = waiting.pop()
        found[path] = node.line
        children = node.value.items() if isinstance(node.value, dict) else ()
        waiting += [(f"{path}.{name}" if path else name, child) for name, child in children]
        listed = node.value if isinstance(node.value, list) else ()
        waiting += [(f"{path}.{index}", child) for index, child in enumerate(listed)]
    return found
