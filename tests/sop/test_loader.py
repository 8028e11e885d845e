"""Flow files with mistakes: every mistake at once, each with its line and a remedy."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sop
from sop.steps import AskStep
from tests.sop.conversation import FLOW

GOOD = """\
sop: tiny
business: Acme
greeting: Welcome to {business}.
slots:
  color: {type: choice, prompt: Which color, options: {red: [red, crimson], blue: [blue]}}
  name: {type: person_name, prompt: Your name}
start: first
steps:
  first:
    ask: color
    next:
      - {if: color == "red", go: second}
      - {go: bye}
  second: {ask: name, go: bye}
  bye: {end: done, say: Goodbye from Acme.}
  desk: {transfer: desk, on_no_answer: bye}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
"""


def problems(text: str) -> list[sop.Problem]:
    with pytest.raises(sop.FlowError) as caught:
        sop.load_text(text, "flow.yaml")
    return list(caught.value.problems)


def test_good_flow() -> None:
    graph = sop.load_text(GOOD)
    assert graph.greeting == "Welcome to Acme."
    assert isinstance(graph.steps["first"], AskStep)
    assert graph.steps["first"].edges[0].condition is not None


def test_shipped_flow_by_name_and_path() -> None:
    assert FLOW.name == "after_hours_hvac"
    assert FLOW.version == 1
    assert sop.load("after-hours-hvac") == FLOW


def test_every_mistake_at_once_with_its_line() -> None:
    text = """\
sop: broken
business: Acme
slots:
  color: {type: choise, prompt: Which}
  name: {type: person_name, prompt: Your name, confirm: sometimes}
start: frist
steps:
  first:
    ask: colour
    next:
      - {if: color = "red", go: secnd}
  island: {say: Hello, go: first}
  loop: {say: Round, go: loop}
  odd: {ask: name, transfer: desk, on_no_answer: first}
  tool: {tool: create_lead, go: first}
  extra: {end: done, colour: red}
"""
    found = problems(text)
    lines = {(problem.line, problem.step) for problem in found}
    assert {(4, "color"), (5, "name"), (6, ""), (11, "first"), (15, "tool"), (16, "extra")} <= lines
    messages = "\n".join(str(problem) for problem in found)
    for piece in (
        "unknown slot type 'choise'; did you mean 'choice'?",
        "unknown confirm 'sometimes'",
        "there is no step 'frist'",
        "there is no slot 'colour'; did you mean 'color'?",
        "the condition cannot be read",
        "there is no step 'secnd'",
        "no path leads to this step",
        "a step is exactly one of",
        "on_failure is missing",
        "unknown field 'colour'",
        "nothing happens on asked_for_person",
        "can be reached from itself",
        "no edge is left",
    ):
        assert piece in messages, piece
    assert all(problem.remedy and problem.file == "flow.yaml" for problem in found)
    assert [problem.line for problem in found] == sorted(problem.line for problem in found)


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (('color == "red"', 'color == "green"'), 12, "this can never hold"),
        (('color == "red"', 'shade == "red"'), 12, "names 'shade', which is neither"),
        (('color == "red"', "__import__('os')"), 12, "is not allowed"),
        (("go: bye}\n  bye", "go: nowhere}\n  bye"), 14, "there is no step 'nowhere'"),
        (("prompt: Your name", "why: so"), 6, "there is no question for this slot"),
        (("ask: color\n", "ask: color\n    prompt: What of {that}?\n"), 11, "a text names {that}"),
        (("start: first", "start: first\nstart: second"), 8, "stands twice"),
        (("business: Acme", "business: &a Acme"), 2, "anchors and aliases"),
        (("business: Acme", "business: *a"), 2, "anchors and aliases"),
        (("business: Acme", "business: !!python/object:os.system Acme"), 2, "the tag"),
        (("business: Acme", "business: [Acme"), 3, "not YAML"),
        (("start: first", "start: [first]"), 7, "this must be text"),
        (("options: {red: [red, crimson], blue: [blue]}", "options: {}"), 5, "a choice needs options"),
        (("ask: name, go: bye", "ask: name, go: second"), 14, "no end and no person"),
    ],
)
def test_single_mistakes(change: tuple[str, str], line: int, message: str) -> None:
    found = problems(GOOD.replace(*change))
    assert any(message in problem.message for problem in found), [str(problem) for problem in found]
    assert next(problem.line for problem in found if message in problem.message) == line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n- b",
        "just text",
        "a: " + "[" * 5000,
        "{" * 5000,
        "x" * 300_000,
        "sop: \x00",
        "? [a]\n: b",
        "steps: 3",
    ],
)
def test_hostile_files_are_problems(text: str) -> None:
    assert problems(text)


def test_a_bomb_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(20)
    )
    assert "anchors" in problems(bomb)[0].message


def test_missing_file_names_the_shipped_flows() -> None:
    with pytest.raises(sop.FlowError, match="after_hours_hvac"):
        sop.load("no_such_flow")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_a_graph_or_problems(text: str) -> None:
    with suppress(sop.FlowError):
        assert sop.load_text(text).steps


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 40), st.text(max_size=12))
def test_any_damage_is_a_graph_or_problems(at: int, length: int, put: str) -> None:
    with suppress(sop.FlowError):
        assert sop.load_text(GOOD[:at] + put + GOOD[at + length :]).steps
