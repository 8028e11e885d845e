"""YAML text as plain nodes that know their line. Only the safe core of YAML: no aliases, no tags, bounded
size and depth."""

from collections.abc import Iterator
from dataclasses import dataclass

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
    written: str = ""
    """A scalar as it stands in the file: "02134", "1.10"."""


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
    root: Node | None = None
    try:
        events = yaml.parse(text, Loader=_LOADER)
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise SourceError(_line(event), "a second document begins here", "remove the line `---`")
            if isinstance(event, yaml.NodeEvent):
                root = _node(event, events, 1)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        remedy = "mend the syntax; a text that holds [ ] { } , # or a colon needs quotation marks"
        line = mark.line + 1 if mark else 1
        raise SourceError(line, f"not YAML: {error.problem or error.context}", remedy) from error
    except (yaml.YAMLError, ValueError) as error:
        raise SourceError(
            1, "not YAML: it holds characters that YAML forbids", "save the file as UTF-8 text"
        ) from error
    if root is None:
        raise SourceError(1, "the file is empty", "begin with `sop: name`")
    return root


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _node(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
    """The node that begins with `event`; takes the rest of it from `events`."""
    line, tag = _line(event), getattr(event, "tag", None)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise SourceError(line, "anchors and aliases are not allowed", "write the value out")
    if tag:
        raise SourceError(line, f"the tag {tag!r} is not allowed", "remove it")
    if isinstance(event, yaml.ScalarEvent):
        return Node(_scalar(event), line, event.value)
    if depth > _DEEPEST:
        raise SourceError(line, f"nested deeper than {_DEEPEST} levels", "flatten it")
    if isinstance(event, yaml.MappingStartEvent):
        return Node(_mapping(events, depth), line)
    found = []
    while not isinstance(inner := next(events), yaml.SequenceEndEvent):
        found.append(_node(inner, events, depth + 1))
    return Node(found, line)


def _mapping(events: Iterator[yaml.Event], depth: int) -> dict[str, Node]:
    found: dict[str, Node] = {}
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        name = _node(key, events, depth + 1)
        if not isinstance(key, yaml.ScalarEvent):
            raise SourceError(name.line, "a key must be a word", "write `name: value`")
        if name.written in found:
            raise SourceError(name.line, f"the key {name.written!r} stands twice", "remove one of them")
        value = _node(next(events), events, depth + 1)
        found[name.written] = Node(value.value, name.line, value.written)
    return found


def _scalar(event: yaml.ScalarEvent) -> str | int | float | bool | None:
    """The scalars a flow needs; everything else (dates, octal, `on` and `no`) stays text."""
    text = str(event.value)
    if event.style in ("'", '"', "|", ">"):
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
