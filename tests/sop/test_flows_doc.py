"""The guide to writing procedures: its examples load, and its keys are the loader's."""

import re
from pathlib import Path

import pytest

import sop
from sop.graph import Graph, Wording
from sop.hours import WEEKDAYS
from sop.names import COUNTERS, MOMENT, PROFILE
from sop.slots import TYPE_NAMES
from sop.step_fields import STEP_KINDS
from sop.text_checks import OWN_PLACES
from sop.tool_fields import BUILT_IN, RESULT_TYPES
from sop.topics import TOPICS

GUIDE = (Path(__file__).parents[2] / "docs" / "flows.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?:^    .*\n|^\n(?=    ))+", GUIDE, re.MULTILINE)
FLOW = "".join(re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in BLOCKS)
EXAMPLE = sop.load_text(FLOW)

KINDS = {
    "top": "zzz: 1",
    "slot": "slots: {zzz: {type: phone, zzz: 1}}",
    "option": "slots: {a: {type: choice, options: {b: {zzz: 1}}}}",
    "tool": "tools: {zzz: {zzz: 1}}",
    "result": "tools: {a: {results: {b: {zzz: 1}}}}",
    "guard": "guards: {a: {zzz: 1}}",
    "aside": "asides: {a: {zzz: 1}}",
    "article": "knowledge: {a: {zzz: 1}}",
    "escalation": "escalate: [{zzz: 1}]",
    "hours": "hours: {zzz: 1}",
    "edge": "steps: {a: {say: b, next: [{zzz: 1}]}}",
    "sub-flow": "flows: {a: {zzz: 1}}",
    **{kind: f"steps: {{a: {{{kind}: b, zzz: 1}}}}" for kind in STEP_KINDS if kind != "decide"},
    "decide": "steps: {a: {decide: [{go: b}], zzz: 1}}",
}


def keys_of(kind: str) -> set[str]:
    """What the loader knows there, out of its remedy for a key that it does not know."""
    with pytest.raises(sop.FlowError) as caught:
        sop.load_text(KINDS[kind])
    remedy = next(one.remedy for one in caught.value.problems if one.message == "unknown field 'zzz'")
    assert remedy.startswith("use one of: ")
    return set(remedy.removeprefix("use one of: ").split(", "))


def rows(header: str) -> list[list[str]]:
    """The cells of the table under a header."""
    table = GUIDE.split(header, 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.strip().splitlines()[1:]]


def ticked(text: str) -> set[str]:
    """The words that begin what stands in backticks."""
    return set(re.findall(r"`(\w+)", text))


def test_the_examples_are_one_flow() -> None:
    assert EXAMPLE.greeting == "Thank you for calling Maple Billing. My name is Ann."
    assert EXAMPLE.required == {"find_claim": ("welcome",)}
    assert len(BLOCKS) == 7


def test_the_example_can_be_called() -> None:
    talk = sop.Conversation(EXAMPLE, now="2026-11-23T10:00:00-05:00")
    talk.hear("it's about my invoice")
    assert talk.said == "First I have to know who you are. May I have your first and last name?"


def test_the_table_of_the_top() -> None:
    written = {key for key, _ in rows("| key | what it says |") for key in ticked(key)}
    assert written == keys_of("top")


def test_the_table_of_slot_types() -> None:
    table = rows("| type | value | further keys |")
    assert {key for kind, _, _ in table for key in ticked(kind)} == set(TYPE_NAMES)
    for kind, _, further in table:
        name = kind.strip("`")
        for key in ("offer", "offer_prompt", "period", "low", "high", "options", "lengths", "check"):
            value = {"options": "{a: [b]}", "period": "past", "check": "luhn", "offer": "caller_number"}.get(key, "1")
            with pytest.raises(sop.FlowError) as caught:
                sop.load_text(f"slots: {{zzz: {{type: {name}, {key}: {value}}}}}")
            refused = any(f"has no {key!r}" in one.message for one in caught.value.problems)
            assert refused != (key in ticked(further)), (name, key)


def test_the_table_of_steps() -> None:
    table = rows("| step | what it does | keys |")
    assert [kind.strip("`").split(":")[0] for kind, _, _ in table] == [
        *("say", "ask", "review", "decide", "answer", "tool", "call", "transfer", "end", "return")
    ]
    assert {kind.strip("`").split(":")[0] for kind, _, _ in table} == set(STEP_KINDS)
    for cell, _, keys in table:
        kind = cell.strip("`").split(":")[0]
        ways = {"go"} if kind == "decide" else {"go", "next"} if kind not in ("transfer", "end", "return") else set()
        written = ticked(keys.replace("sets `answered`", ""))
        assert written | {kind, "mandatory", "guard"} | ways == keys_of(kind), kind


@pytest.mark.parametrize("kind", KINDS)
def test_no_key_is_left_out(kind: str) -> None:
    shown = set(re.findall(r"(\w+): ", GUIDE)) | set(re.findall(r"`(\w+)", GUIDE)) | set(WEEKDAYS)
    assert keys_of(kind) <= shown


@pytest.mark.parametrize(
    "names",
    [MOMENT, PROFILE, COUNTERS, RESULT_TYPES, TOPICS, OWN_PLACES, BUILT_IN, ("answered", "DATE_days_ago")],
)
def test_no_name_is_left_out(names: tuple[str, ...]) -> None:
    assert {name for name in names if re.search(rf"\b{name}\b", GUIDE) is None} == set()


def test_the_wordings_that_it_names_are_there() -> None:
    row = next(what for key, what in rows("| key | what it says |") if key == "`wording`")
    assert ticked(row) <= set(Wording.__slots__)


def test_what_it_says_of_names_and_conditions() -> None:
    with pytest.raises(sop.FlowError, match="'value' has a meaning of its own"):
        sop.load_text(FLOW.replace("  name: {type", "  value: {type, prompt: What is it worth?}\n  name: {type", 1))
    graph: Graph = sop.load_text(FLOW.replace("balance > 500 and open", "birth_date_days_ago > 7 and not open"))
    assert graph.steps.keys() == EXAMPLE.steps.keys()
