"""YAML text as plain nodes that know their line. Only the safe core of YAML: no aliases, no tags, bounded
size and depth."""

from dataclasses import dataclass, replace

import yaml

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""The same language either way; libyaml's parser is ten times as fast, and a replay begins with it."""
LARGEST = 256 * 1024
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its line (1-based); a value in a mapping has the line of its key."""

    value: "str | int | float | bool | list[Node] | dict[str, Node] | None"
    line: int


class SourceError(Exception):
    """The text is not usable YAML. `line` is 1-based."""

    def __init__(self, line: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.remedy = remedy


def read_yaml(text: str) -> Node:
    """The document's nodes. Raises SourceError with the line of the first thing that is not plain YAML."""
    if len(text) > LARGEST:
        raise SourceError(1, f"the file is larger than {LARGEST // 1024} KiB", "split it into several flows")
    try:
        _check_events(text)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SourceError(
            mark.line + 1 if mark else 1, f"not YAML: {error.problem or error.context}", "mend the syntax"
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise SourceError(
            1, "not YAML: it holds characters that YAML forbids", "save the file as UTF-8 text"
        ) from error
    if root is None:
        raise SourceError(1, "the file is empty", "begin with `sop: name`")
    return _node(root)


def _check_events(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise SourceError(line, "anchors and aliases are not allowed", "write the value out")
        tag = getattr(event, "tag", None)
        if tag:
            raise SourceError(line, f"the tag {tag!r} is not allowed", "remove it")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                raise SourceError(line, f"nested deeper than {_DEEPEST} levels", "flatten it")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _node(node: yaml.Node) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise SourceError(key.start_mark.line + 1, "a key must be a word", "write `name: value`")
            if key.value in found:
                raise SourceError(key.start_mark.line + 1, f"the key {key.value!r} stands twice", "remove one of them")
            found[key.value] = replace(_node(value), line=key.start_mark.line + 1)
        return Node(found, line)
    if isinstance(node, yaml.SequenceNode):
        return Node([_node(child) for child in node.value], line)
    assert isinstance(node, yaml.ScalarNode)
    return Node(_scalar(node), line)


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    """The scalars a flow needs; everything else (dates, octal, `on` and `no`) stays text."""
    text = str(node.value)
    if node.style in ("'", '"', "|", ">"):
        return text
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "~", "null"):
        return None
    if len(text) < 12 and text.removeprefix("-").isascii():
        if text.removeprefix("-").isdecimal():
            return int(text)
        if text.removeprefix("-").replace(".", "", 1).isdecimal():
            return float(text)
    return text
