"""The steps of a flow file into their values."""

from collections.abc import Callable

from sop.conditions import ConditionError, parse_condition
from sop.fields import Fields, Notes
from sop.steps import (
    AnswerStep,
    AskStep,
    CallStep,
    Condition,
    DecideStep,
    Edge,
    EndStep,
    ReturnStep,
    ReviewStep,
    SayStep,
    Step,
    ToolStep,
    TransferStep,
)
from sop.yaml_source import Node

_ALWAYS = Condition("True", frozenset())


def read_step(name: str, node: Node, notes: Notes) -> Step | None:
    """The step; None when it is no step at all. Every mistake is noted."""
    fields = Fields(node, notes, name)
    named = [kind for kind in STEP_KINDS if kind in fields]
    kinds = [kind for kind in named if kind != "say" or len(named) == 1]
    if len(kinds) != 1:
        fields.wrong(
            kinds[1] if len(kinds) > 1 else "",
            "a step is exactly one of " + ", ".join(STEP_KINDS),
            "split the step" if kinds else "add one of them",
        )
        return None
    step = _READERS[kinds[0]](name, fields, notes)
    fields.done()
    return step


def read_condition(fields: Fields, name: str, *, required: bool = False) -> Condition | None:
    """The condition in a field; one that can't be read is noted, and counts as always true."""
    text = fields.text(name, required=required)
    if not text:
        return None
    try:
        return parse_condition(text)
    except ConditionError as error:
        fields.wrong(name, f"the condition cannot be read: {error}", 'write for example `problem == "gas"`')
        return _ALWAYS


def _edges(fields: Fields, notes: Notes, listed: str = "next") -> tuple[Edge, ...]:
    """`go: step`, or a list with conditions; the first that holds is taken."""
    found = []
    for node in fields.items(listed):
        inner = Fields(node, notes, fields.place)
        found.append(Edge(inner.text("go", required=True), read_condition(inner, "if")))
        inner.done()
    go = fields.text("go")
    if go:
        found.append(Edge(go))
    if not found:
        fields.wrong("go", "the step leads nowhere", f"add `go: step`, or `{listed}:` with conditions")
    elif all(edge.condition for edge in found):
        fields.wrong(listed, "no edge is left when no condition holds", "end with an edge without `if`")
    return tuple(found)


def _say(name: str, fields: Fields, notes: Notes) -> Step:
    return SayStep(
        name,
        fields.text("say", required=True),
        _edges(fields, notes),
        fields.flag("interruptible", True),
        fields.flag("mandatory"),
        fields.text("guard"),
    )


def _decide(name: str, fields: Fields, notes: Notes) -> Step:
    return DecideStep(name, _edges(fields, notes, "decide"), fields.flag("mandatory"), fields.text("guard"))


def _ask(name: str, fields: Fields, notes: Notes) -> Step:
    return AskStep(
        name,
        fields.texts("ask"),
        _edges(fields, notes),
        fields.text("prompt"),
        fields.wordings("reprompt"),
        fields.text("say"),
        fields.flag("again"),
        fields.flag("mandatory"),
        fields.text("guard"),
    )


def _review(name: str, fields: Fields, notes: Notes) -> Step:
    return ReviewStep(
        name,
        fields.texts("review"),
        fields.text("prompt", required=True),
        fields.text("changed"),
        fields.text("ask_what", required=True),
        _edges(fields, notes),
        fields.wordings("reprompt"),
        fields.flag("mandatory"),
        fields.text("guard"),
    )


def _answer(name: str, fields: Fields, notes: Notes) -> Step:
    return AnswerStep(
        name,
        fields.text("answer", required=True),
        _edges(fields, notes),
        fields.text("on_failure", required=True),
        fields.flag("mandatory"),
        fields.text("guard"),
    )


def _tool(name: str, fields: Fields, notes: Notes) -> Step:
    return ToolStep(
        name,
        fields.text("tool", required=True),
        _edges(fields, notes),
        fields.text("on_failure", required=True),
        fields.text("say"),
        fields.flag("mandatory"),
        fields.text("guard"),
    )


def _transfer(name: str, fields: Fields, notes: Notes) -> Step:
    return TransferStep(
        name,
        fields.text("transfer", required=True),
        fields.text("on_no_answer", required=True),
        fields.text("reason", name.replace("_", " ")),
        fields.text("say"),
        fields.text("no_answer"),
        fields.flag("mandatory"),
        fields.text("guard"),
    )


def _end(name: str, fields: Fields, notes: Notes) -> Step:
    return EndStep(
        name,
        fields.text("end", required=True),
        fields.text("say"),
        fields.flag("mandatory"),
        fields.text("guard"),
    )


def _call(name: str, fields: Fields, notes: Notes) -> Step:
    return CallStep(
        name,
        fields.text("call", required=True),
        _edges(fields, notes),
        fields.text("say"),
        fields.flag("mandatory"),
        fields.text("guard"),
    )


def _return(name: str, fields: Fields, notes: Notes) -> Step:
    if not fields.flag("return"):
        fields.wrong("return", "a step returns or it doesn't", "write `return: true`")
    return ReturnStep(name, fields.text("say"), fields.flag("mandatory"), fields.text("guard"))


_READERS: dict[str, Callable[[str, Fields, Notes], Step]] = {
    "say": _say,
    "decide": _decide,
    "ask": _ask,
    "review": _review,
    "answer": _answer,
    "tool": _tool,
    "transfer": _transfer,
    "end": _end,
    "call": _call,
    "return": _return,
}
STEP_KINDS = tuple(_READERS)
