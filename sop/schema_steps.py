"""The steps of a flow file as a part of its JSON Schema, and the pieces that its other parts are made of."""

from collections.abc import Mapping
from typing import Any

from sop.step_fields import STEP_KINDS

Json = dict[str, Any]


def mapping(description: str, fields: Mapping[str, Any], required: tuple[str, ...] = ()) -> Json:
    """A mapping with these keys and no others."""
    return {
        "description": description,
        "type": "object",
        "properties": dict(fields),
        "required": list(required),
        "additionalProperties": False,
    }


def listed(description: str, value: Json) -> Json:
    """A mapping from names of the author's own to one kind of value."""
    return _told({"type": "object", "additionalProperties": value}, description)


def text(description: str) -> Json:
    """Something spoken, in one wording or one for each tone."""
    return _told({"$ref": "#/$defs/text"}, description)


def texts(description: str) -> Json:
    """A text or a list of them."""
    return _told({"$ref": "#/$defs/texts"}, description)


def wordings(description: str) -> Json:
    """A text or a list of them, each or all by tone."""
    return _told({"$ref": "#/$defs/wordings"}, description)


def name(description: str) -> Json:
    """The name of something in the file."""
    return _told({"$ref": "#/$defs/name"}, description)


def names(description: str) -> Json:
    """A name or a list of them."""
    return _told({"$ref": "#/$defs/texts"}, description)


def condition(description: str) -> Json:
    """An expression."""
    return _told({"$ref": "#/$defs/condition"}, description)


def flag(description: str) -> Json:
    """true or false; false where nothing is written."""
    return {"description": description, "type": "boolean", "default": False}


def limit(description: str) -> Json:
    """A number of any size."""
    return {"description": description, "type": "number", "minimum": -1e12, "maximum": 1e12}


def _told(value: Json, description: str) -> Json:
    return {"description": description, **value} if description else value


def step() -> Json:
    """A step: exactly one of the kinds."""
    fields = _spoken() | _silent()
    return {
        "title": "Step",
        "description": "A step is exactly one of: " + ", ".join(STEP_KINDS) + ".",
        "oneOf": [_kind(kind, _ABOUT[kind], fields[kind]) for kind in STEP_KINDS],
    }


def _kind(kind: str, about: str, fields: Json) -> Json:
    """One kind's schema. `needs` in `fields` are the further keys that must be there."""
    own = {key: value for key, value in fields.items() if key != "needs"}
    every = {
        "mandatory": flag("A sensitive tool behind the step is never called without it."),
        "guard": name("The guard that must hold to enter the step."),
    }
    schema = {"title": kind, **mapping(about, own | every, (kind, *fields.get("needs", ())))}
    if "go" in own:
        ways = kind if kind == "decide" else "next"
        last = {"contains": {"not": {"required": ["if"]}}}
        schema["anyOf"] = [{"required": ["go"]}, {"required": [ways], "properties": {ways: last}}]
    return schema


def _ways(description: str) -> Json:
    edge = mapping(
        "A way out of the step.",
        {"if": condition("When it is taken."), "go": name("The step that follows.")},
        ("go",),
    )
    return {"description": description, "type": "array", "items": edge}


def _on() -> Json:
    return {
        "go": name("The step that follows."),
        "next": _ways("The ways on; the first whose condition holds is taken, and the last has none."),
    }


def _spoken() -> dict[str, Json]:
    """The keys of the steps that talk to the caller."""
    say, again, on = _told_on_entering(), wordings("When nothing was understood: a new wording each time."), _on()
    return {
        "say": {
            "say": text("What is said."),
            "interruptible": {**flag("Whether it can be talked over."), "default": True},
        }
        | on,
        "decide": {
            "decide": _ways("The ways; the first whose condition holds is taken."),
            "go": on["go"],
        },
        "ask": {
            "ask": names("The slots that are asked for, those not known yet."),
            "prompt": text("Instead of the slot's own question, where one slot is asked."),
            "reprompt": again,
            "say": say,
            "again": flag("Whether coming here once more asks everything anew."),
        }
        | on,
        "review": {
            "review": names("The slots that are read back."),
            "prompt": text("How everything is read back."),
            "changed": text("Read instead after a correction; {label} and {value} are the corrected slot's."),
            "ask_what": text("Said after a bare no."),
            "reprompt": again,
            "needs": ("prompt", "ask_what"),
        }
        | on,
    }


def _silent() -> dict[str, Json]:
    """The keys of the others."""
    say, failure, on = _told_on_entering(), name("The step that follows when it fails."), _on()
    return {
        "answer": {
            "answer": name("The slot that holds the question."),
            "on_failure": failure,
            "needs": ("on_failure",),
        }
        | on,
        "tool": {"tool": name("The tool."), "on_failure": failure, "say": say, "needs": ("on_failure",)} | on,
        "transfer": {
            "transfer": name("Whom the caller is handed over to."),
            "on_no_answer": name("The step that follows when nobody answers."),
            "no_answer": text("Said when nobody answers."),
            "reason": text("What the person is told."),
            "say": say,
            "needs": ("on_no_answer",),
        },
        "end": {"end": name("The call's outcome."), "say": say},
        "call": {"call": name("The sub-flow."), "say": say} | on,
        "return": {"return": {"description": "Always true.", "const": True}, "say": say},
    }


def _told_on_entering() -> Json:
    return text("Said on entering.")


_ABOUT = {
    "say": "Speaks and goes on.",
    "decide": "Branches without a word.",
    "ask": "Asks for slots, one after the other.",
    "review": "Reads everything back, mends what is wrong.",
    "answer": "Reads the article that answers what a slot holds; sets `answered`.",
    "tool": "Calls a tool; what it needs is asked for first.",
    "transfer": "Hands the caller over to a person.",
    "end": "Takes leave.",
    "call": "Runs a sub-flow, then goes on.",
    "return": "Goes back out of a sub-flow.",
}
