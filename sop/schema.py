"""The flow file as a JSON Schema, draft 2020-12: what an editor completes, explains and underlines.

It knows the form of a file; whether names exist and every step leads to an end only the loader knows.
`flow.schema.json` beside this module is `schema_text()`. An editor with yaml-language-server takes it from the first
line of a flow:

    # yaml-language-server: $schema=flow.schema.json
"""

import json
from typing import Any

from sop.graph import Wording
from sop.hours import WEEKDAYS
from sop.names import COUNTERS, MOMENT, PROFILE
from sop.schema_steps import condition, flag, limit, listed, mapping, name, names, step, text, texts, wordings
from sop.slot_spec import Confirm
from sop.slots import TYPE_NAMES
from sop.tool_fields import BUILT_IN, METHODS, RESULT_TYPES
from sop.topics import TOPICS

Json = dict[str, Any]


def schema_text() -> str:
    """The schema as `flow.schema.json` holds it."""
    return json.dumps(flow_schema(), indent=2, sort_keys=True) + "\n"


def flow_schema() -> dict[str, object]:
    """The schema of a whole flow file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A telephone procedure",
        **mapping("One business's procedure, as `sop check` reads it.", _top(), ("sop", "business", "start", "steps")),
        "$defs": {
            "text": {
                "title": "Text",
                "description": "What is spoken. A mapping gives one wording for each tone; `default` is for the rest.",
                "anyOf": [
                    {"type": ["string", "number"]},
                    {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
                ],
            },
            "texts": {
                "title": "Texts",
                "anyOf": [
                    {"type": ["string", "number"]},
                    {"type": "array", "items": {"type": ["string", "number"]}},
                ],
            },
            "wordings": {
                "title": "Wordings",
                "description": "What is spoken, a new wording each time; each of them, or the whole, by tone.",
                "anyOf": [
                    {"$ref": "#/$defs/text"},
                    {"type": "array", "items": {"$ref": "#/$defs/text"}},
                    {"type": "object", "additionalProperties": {"$ref": "#/$defs/texts"}, "minProperties": 1},
                ],
            },
            "name": {"title": "Name", "type": ["string", "integer"], "minLength": 1},
            "condition": {
                "title": "Condition",
                "description": "Comparisons, `in [...]`, `and`, `or`, `not` over slots, tool results, "
                + ", ".join((*MOMENT, *PROFILE))
                + "; a DATE also as DATE_days_ago and DATE_years_ago.",
                "type": "string",
                "minLength": 1,
                "maxLength": 500,
            },
            "slot": _slot(),
            "step": step(),
            "tool": _tool(),
            "result": _result(),
        },
    }


def _top() -> Json:
    return {
        "sop": name("The procedure's name."),
        "version": {
            "description": "A call keeps the version it began with.",
            "type": "integer",
            "minimum": 1,
            "maximum": 1_000_000,
            "default": 1,
        },
        "language": text("BCP 47; en-US by default."),
        "business": text("What {business} stands for in texts."),
        "agent": text("What {agent} stands for: the name the agent goes by."),
        "tone": text("Which wording is used where a text is a mapping."),
        "greeting": text("Said first."),
        "start": name("The first step."),
        "goodbye": name("The `end` step for a caller who takes leave."),
        "hours": _hours(),
        "words": listed("Word groups: `<group>` in an option's phrases stands for any of its entries.", texts("")),
        "slots": listed("What is to be found out.", {"$ref": "#/$defs/slot"}),
        "steps": {**listed("The steps by their names.", {"$ref": "#/$defs/step"}), "minProperties": 1},
        "flows": listed("Sub-flows, run by `call:` steps and by asides.", _flow()),
        "asides": listed("Sub-flows that a caller may ask for at any question.", _aside()),
        "tools": {
            **listed("What is outside and can be called.", {"$ref": "#/$defs/tool", "required": ["url"]}),
            "properties": {one: {"$ref": "#/$defs/tool"} for one in sorted(BUILT_IN)},
        },
        "guards": listed("Conditions that must hold before a step or a tool.", _guard()),
        "knowledge": listed("What is answered in the middle of a step.", _article()),
        "escalate": {"description": "When a person takes over.", "type": "array", "items": _escalation()},
        "wording": _wording(),
        "import": {
            "description": "Other flows, as sub-flows of this one.",
            "type": "array",
            "items": {"$ref": "#/$defs/name"},
        },
    }


def _hours() -> Json:
    stretch = {"type": "string", "pattern": r"^\s*\d{1,2}:\d\d\s*-\s*\d{1,2}:\d\d\s*$"}
    days = {
        weekday: {
            "description": f'When it is open on {weekday.title()}: "08:00-17:00", or a list of stretches.',
            "anyOf": [stretch, {"type": "array", "items": stretch}],
        }
        for weekday in WEEKDAYS
    }
    day = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
    more = {
        "time_zone": text("IANA name, such as America/New_York; by default the offset of the call's begin."),
        "holidays": text("Country whose public holidays are days off, ISO 3166: US."),
        "closed": {
            "description": "Further days off, ISO 8601.",
            "anyOf": [day, {"type": "array", "items": day}],
        },
    }
    return mapping("When the business is open.", days | more)


def _flow() -> Json:
    steps = {**listed("Its steps; their names are its own.", {"$ref": "#/$defs/step"}), "minProperties": 1}
    return mapping("A sub-flow.", {"start": name("Its first step."), "steps": steps}, ("start", "steps"))


def _aside() -> Json:
    fields = {"call": name("The sub-flow."), "phrases": texts("What callers say when they want it.")}
    return mapping("Something a caller may ask for; then the open question comes again.", fields, ("call", "phrases"))


def _guard() -> Json:
    fields = {"if": condition("What must hold."), "otherwise": name("The step that is entered when it does not.")}
    return mapping("A guard.", fields, ("if", "otherwise"))


def _article() -> Json:
    fields = {
        "questions": texts("How callers ask for it."),
        "words": texts("Other words that callers use for its subject."),
        "answer": text("What is said."),
    }
    return mapping("A piece of the knowledge base.", fields, ("questions", "answer"))


def _escalation() -> Json:
    counters = f"Besides what every condition reads: {', '.join(COUNTERS)}. Topics: {', '.join(TOPICS)}."
    examples = ["asked_for_person", "misunderstood >= 3", *(f"topic in [{topic}]" for topic in TOPICS)]
    fields = {
        "when": {**condition(counters), "examples": examples},
        "to": name("The step to go to."),
        "otherwise": name("Where a caller goes whom nobody answered; the same step by default."),
        "offer": flag("Ask the caller first, once in a call."),
    }
    return mapping("When a person takes over.", fields, ("when", "to"))


def _wording() -> Json:
    default = Wording()
    fields = {
        one: {**text(f"Instead of '{getattr(default, one)}'"), "default": getattr(default, one)}
        for one in Wording.__slots__
    }
    return mapping("What the engine says on its own account.", fields)


def _slot() -> Json:
    fields = {
        "type": {"description": "What kind of value it is.", "enum": sorted(TYPE_NAMES)},
        "label": text("As the agent names it: 'the number'."),
        "names": texts("What callers call it when they correct it."),
        "prompt": text("The question."),
        "why": text("The answer to 'why do you ask'."),
        "reprompt": wordings("When nothing was understood: a new wording each time."),
        "silence": wordings("When nothing was said."),
        "invalid": wordings("When the value could not be used."),
        "reasons": listed("Why a value could not be used, and what is said then.", text("")),
        "keypad": text("Said from the second failure on, where the slot can be keyed."),
        "confirm": {
            "description": "When the value is read back and asked about.",
            "enum": [one.value for one in Confirm],
            "default": Confirm.WHEN_UNSURE.value,
        },
        "sure": {
            "description": "Confidence from which when_unsure does not ask.",
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "default": 0.6,
        },
        "confirm_prompt": text("How it is read back; {value} is the value."),
        "offer": {"description": "The caller's own number is offered first.", "enum": ["caller_number"]},
        "offer_prompt": text("How it is offered; {caller_ending} is the end of the number."),
        "options": listed("Of a choice: what each option is called by callers.", _option()),
        "depends_on": names("Slots and tool results whose change empties this one."),
        "low": limit("Of a number or an amount: the smallest that can be meant."),
        "high": limit("Of a number or an amount: the greatest that can be meant."),
        "lengths": {
            "description": "Of digits: how many there may be.",
            "anyOf": [_length(), {"type": "array", "items": _length()}],
        },
        "check": {"description": "Of digits: luhn for card numbers.", "enum": ["", "luhn"]},
        "period": {"description": "Of a date.", "enum": ["any", "past", "future"], "default": "any"},
        "private": flag("Never read aloud in full and never shown."),
        "volunteer": {**flag("Whether it is taken when something else was asked."), "default": True},
        "optional": flag("Whether the caller may go without."),
    }
    return {
        **mapping("One thing to find out.", fields, ("type",)),
        "dependentRequired": {"offer": ["offer_prompt"]},
        **_choice_needs_options(),
    }


def _length() -> Json:
    return {"type": "integer", "minimum": 1, "maximum": 40}


def _choice_needs_options() -> Json:
    chosen = {"properties": {"type": {"const": "choice"}}, "required": ["type"]}
    return {"if": chosen, "then": {"required": ["options"]}}


def _option() -> Json:
    fields = {
        "spoken": text("As the agent names it; its name by default."),
        "phrases": texts("What callers say. `<group>` is a word group, `=...` the whole of what is said."),
        "anytime": flag("Heard at any moment, it is taken at once: an emergency."),
    }
    return {"anyOf": [{"$ref": "#/$defs/texts"}, mapping("An option.", fields)]}


def _tool() -> Json:
    fields = {
        "method": {"description": "Of the request.", "enum": list(METHODS), "default": "POST"},
        "url": {
            "description": "Where it is; {argument} stands for an argument.",
            "type": "string",
            "pattern": r"^(https://[\w.\-]|http://(localhost|127\.0\.0\.1)(:|/|$))",
        },
        "arguments": {
            "description": "Argument: slot or result; or a list of names. Without it, every slot that holds a value.",
            "anyOf": [{"$ref": "#/$defs/texts"}, listed("", {"$ref": "#/$defs/name"})],
        },
        "constants": listed("Arguments that are always the same.", text("")),
        "secrets": listed(
            "Header: the environment variable that holds it, never the secret itself.",
            {"type": "string", "pattern": r"^[A-Z][A-Z0-9_]*$"},
        ),
        "timeout_s": {"description": "Seconds.", "type": "number", "minimum": 0.1, "maximum": 120, "default": 10},
        "retries": {
            "description": "Further tries, with the same Idempotency-Key.",
            "type": "integer",
            "minimum": 0,
            "maximum": 5,
            "default": 0,
        },
        "sensitive": flag("It reads or changes somebody's account: a guard is required."),
        "guard": name("The guard that must hold."),
        "filler": text("Said while it runs."),
        "results": listed("What it answers; texts and conditions may name these.", {"$ref": "#/$defs/result"}),
        "example": listed("A right answer, for trying the flow out.", {"type": ["string", "number"]}),
    }
    gated = {"properties": {"sensitive": {"const": True}}, "required": ["sensitive"]}
    return {**mapping("A tool.", fields), "if": gated, "then": {"required": ["guard"]}}


def _result() -> Json:
    kinds = [kind for kind in RESULT_TYPES if kind != "choice"]
    fields = {
        "type": {"description": "What kind of value it is.", "enum": list(RESULT_TYPES), "default": "text"},
        "options": texts("Of a choice: every value there may be."),
        "required": {**flag("Whether an answer without it is a failure."), "default": True},
        "low": limit("The smallest there may be."),
        "high": limit("The greatest there may be."),
        "private": flag("Conditions may read it, no text may."),
    }
    return {"anyOf": [{"enum": kinds}, {**mapping("A field of the answer.", fields), **_choice_needs_options()}]}
