"""Stand-ins for what is outside a procedure: tools that answer from the flow's examples, or from a file.

A file is YAML: the tool's name, then cases; the first whose `if` agrees with the arguments answers.

    claim_status:
      - {if: {claim: "1234567"}, answer: {status: denied, balance: 812.00}}
      - {fail: true}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sop.graph import Graph
from sop.problems import FlowError, Problem
from sop.reading import Expectation, Hypothesis, Reading
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
    """The tools that a file's text describes. Raises FlowError for a file that isn't of this kind."""
    try:
        root = read_yaml(text)
    except SourceError as error:
        raise FlowError((Problem(file, error.line, "", "", error.message, error.remedy),)) from error
    problems: list[Problem] = []
    cases: dict[str, tuple[Case, ...]] = {}
    for name, node in (root.value if isinstance(root.value, dict) else {}).items():
        if name not in graph.tools and name != "create_lead":
            problems.append(
                Problem(file, node.line, name, "", "the flow has no such tool", "use the flow's name for it")
            )
            continue
        listed = node.value if isinstance(node.value, list) else [node]
        cases[name] = tuple(_case(one) for one in listed)
    if problems:
        raise FlowError(tuple(problems))
    return FileTools(graph, cases)


def _case(node: Node) -> Case:
    parts = node.value if isinstance(node.value, dict) else {}
    if "fail" in parts and parts["fail"].value:
        return Case(_plain(parts.get("if")), None)
    return Case(_plain(parts.get("if")), _plain(parts.get("answer")))


def _plain(node: Node | None) -> dict[str, str]:
    if node is None or not isinstance(node.value, dict):
        return {}
    return {name: str(inner.value) for name, inner in node.value.items()}
