"""The tools and guards of a flow file into their values."""

import re
from dataclasses import replace

from sop.facts import facts_of
from sop.fields import Fields, Notes, suggest
from sop.graph import Guard, ResultSpec, ToolSpec
from sop.step_fields import read_condition
from sop.yaml_source import Node

BUILT_IN = frozenset({"create_lead"})
"""Tools that every shell has: `create_lead` marks the call's lead as complete."""
RESULT_TYPES = ("text", "number", "money", "date", "yes_no", "choice")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_URL = re.compile(r"https://[\w.-]+(:\d+)?(/\S*)?|http://(localhost|127\.0\.0\.1)(:\d+)?(/\S*)?")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


def read_tool(name: str, node: Node, notes: Notes) -> ToolSpec:
    """A tool; every mistake is noted."""
    fields = Fields(node, notes, name)
    tool = ToolSpec(
        name=name,
        arguments=_arguments(fields, notes),
        constants=_texts(fields, "constants", notes),
        results={
            field: _result(field, inner, notes) for field, inner in fields.children("results", words=True).items()
        },
        method=fields.one_of("method", METHODS, "POST"),
        url=fields.text("url"),
        secrets=_texts(fields, "secrets", notes),
        timeout_s=fields.number("timeout_s", 10, low=0.1, high=120),
        retries=fields.whole("retries", 0, low=0, high=5),
        sensitive=fields.flag("sensitive"),
        guard=fields.text("guard"),
        filler=fields.text("filler"),
        example=_texts(fields, "example", notes),
    )
    if tool.results and facts_of(tool, tool.example) is None:
        wrong = sorted(
            name for name in tool.results if facts_of(replace(tool, results=_only(tool, name)), tool.example) is None
        )
        fields.wrong(
            "example", f"the example is no right answer: {', '.join(wrong)}", "give every result a value of its type"
        )
    if name not in BUILT_IN and not tool.url:
        fields.wrong("url", "the tool is nowhere", "add `url: https://...`")
    elif tool.url and not _URL.fullmatch(tool.url):
        fields.wrong("url", f"{tool.url!r} is no safe address", "use https://, or http:// to this machine")
    for field in sorted(set(tool.example) - set(tool.results)):
        fields.wrong("example", f"{field!r} is no result of this tool", suggest(field, tool.results))
    for header, variable in tool.secrets.items():
        if not _VARIABLE.fullmatch(variable):
            message = f"what stands at {header!r} is no name of an environment variable"
            fields.wrong("secrets", message, "write the variable's name, such as API_TOKEN, never the secret")
    if tool.sensitive and not tool.guard:
        fields.wrong("sensitive", "a sensitive tool needs a gate", "add `guard:` with the name of a guard")
    fields.done()
    return tool


def _only(tool: ToolSpec, name: str) -> dict[str, ResultSpec]:
    return {name: tool.results[name]}


def _arguments(fields: Fields, notes: Notes) -> dict[str, str] | None:
    """A list of slots, or a mapping from argument to slot; None where there is no `arguments`."""
    found = fields.node("arguments")
    if found is None:
        return None
    if isinstance(found.value, dict):
        return _texts(fields, "arguments", notes)
    return {name: name for name in fields.texts("arguments")}


def _texts(fields: Fields, name: str, notes: Notes) -> dict[str, str]:
    return {
        key: Fields(Node({key: node}, node.line), notes, fields.place).text(key)
        for key, node in fields.children(name).items()
    }


def _result(name: str, node: Node, notes: Notes) -> ResultSpec:
    """A field of the answer: its type alone, or a mapping."""
    if not isinstance(node.value, dict):
        node = Node({"type": node}, node.line)
    fields = Fields(node, notes, name)
    spec = ResultSpec(
        name=name,
        type=fields.one_of("type", RESULT_TYPES, "text"),
        options=fields.texts("options"),
        required=fields.flag("required", True),
        low=fields.limit("low"),
        high=fields.limit("high"),
        private=fields.flag("private"),
    )
    if spec.type == "choice" and not spec.options:
        fields.wrong("options", "a choice needs options", "add `options: [...]`")
    if spec.low is not None and spec.high is not None and spec.low > spec.high:
        fields.wrong("low", "low is greater than high", "swap the two")
    fields.done()
    return spec


def read_guard(name: str, node: Node, notes: Notes) -> Guard | None:
    """A guard; None when it has no condition."""
    fields = Fields(node, notes, name)
    condition = read_condition(fields, "if", required=True)
    otherwise = fields.text("otherwise", required=True)
    fields.done()
    return None if condition is None else Guard(name, condition, otherwise)
