"""Stand-ins for what is outside a procedure: tools that answer from the flow's examples, or from a file.

A file is YAML: the tool's name, then cases; the first whose `if` agrees with the arguments answers.

    claim_status:
      - {if: {claim: "1234567"}, answer: {status: denied, balance: 812.00}}
      - {fail: true}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sop.fields import Fields, Notes, suggest
from sop.graph import Graph, ToolSpec
from sop.problems import FlowError
from sop.reading import Expectation, Hypothesis, Reading
from sop.tool_fields import BUILT_IN
from sop.yaml_source import Node, SourceError, read_yaml


class Reader(Protocol):
    """Makes of words what they mean under an expectation."""

    def read(self, heard: tuple[Hypothesis, ...], expecting: Expectation, now: str) -> Reading:
        """The best reading of an n-best list. Never raises."""
        ...


class Tools(Protocol):
    """Answers for the tools of a procedure."""

    def call(self, name: str, arguments: Mapping[str, str]) -> Mapping[str, object] | None:
        """The tool's answer; None when it fails."""
        ...


@dataclass(frozen=True, slots=True)
class ExampleTools:
    """Every tool answers with the example that stands in the flow."""

    graph: Graph
    failing: frozenset[str] = frozenset()

    def call(self, name: str, arguments: Mapping[str, str]) -> Mapping[str, object] | None:
        """The example; nothing for a tool that is to fail."""
        if name in self.failing:
            return None
        tool = self.graph.tools.get(name)
        return dict(tool.example) if tool else {}


@dataclass(frozen=True, slots=True)
class Case:
    """An answer, and the arguments it is for."""

    arguments: Mapping[str, str]
    answer: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class FileTools:
    """Tools that answer from a file, and from the flow's examples where it has no case."""

    graph: Graph
    cases: Mapping[str, tuple[Case, ...]]

    def call(self, name: str, arguments: Mapping[str, str]) -> Mapping[str, object] | None:
        """The first case that agrees."""
        for case in self.cases.get(name, ()):
            if all(arguments.get(key) == value for key, value in case.arguments.items()):
                return case.answer
        return ExampleTools(self.graph).call(name, arguments)


def tools_from(text: str, graph: Graph, file: str = "tools.yaml") -> FileTools:
    """The tools that a file's text describes. Raises FlowError with every mistake in it."""
    notes = Notes(file)
    try:
        root = read_yaml(text)
    except SourceError as error:
        notes.add(error.line, "", "", error.message, error.remedy)
        raise FlowError(tuple(notes.problems)) from error
    if not isinstance(root.value, dict):
        notes.add(root.line, "", "", "this must be a mapping", "write `name of a tool:` and its cases")
    cases: dict[str, tuple[Case, ...]] = {}
    for name, node in (root.value if isinstance(root.value, dict) else {}).items():
        if name not in graph.tools and name not in BUILT_IN:
            notes.add(node.line, name, "", "the flow has no such tool", suggest(name, {*graph.tools, *BUILT_IN}))
            continue
        listed = node.value if isinstance(node.value, list) else [node]
        cases[name] = tuple(_case(one, graph.tools.get(name), name, notes) for one in listed)
    if notes.problems:
        raise FlowError(tuple(notes.problems))
    return FileTools(graph, cases)


def _case(node: Node, tool: ToolSpec | None, name: str, notes: Notes) -> Case:
    fields = Fields(node, notes, name)
    arguments = _plain(fields, "if", notes)
    answer = _plain(fields, "answer", notes)
    if tool is not None and tool.arguments is not None:
        known = {*tool.arguments, *tool.constants}
        for argument in sorted(set(arguments) - known):
            fields.wrong("if", f"the tool has no argument {argument!r}", suggest(argument, known))
    if tool is not None:
        for field in sorted(set(answer) - set(tool.results)):
            fields.wrong("answer", f"{field!r} is no result of this tool", suggest(field, tool.results))
    fails = fields.flag("fail")
    fields.done()
    return Case(arguments, None if fails else answer)


def _plain(fields: Fields, name: str, notes: Notes) -> dict[str, str]:
    """Texts by name; what is written as `true` or `false` counts as such a text, and nothing as no entry."""
    found: dict[str, str] = {}
    for part, node in fields.children(name).items():
        if isinstance(node.value, list | dict):
            notes.add(node.line, fields.place, name, "this must be text", f"write `{part}: some text`")
        elif node.value is not None:
            found[part] = node.written
    return found
