"""Flow files with mistakes: every mistake at once, each with its line and a remedy."""

import re
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sop
from sop.loader import find
from sop.steps import AskStep, EndStep
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


SHIPPED = {name: find(name).read_text(encoding="utf-8") for name in ("order_status", "after_hours_hvac", "law_intake")}
WORDS = sorted({word for text in SHIPPED.values() for word in re.findall(r"[\w.]+|[^\w\s]", text)})


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A flow that ships, with lines and words lost, doubled, moved or exchanged."""
    lines = SHIPPED[draw(st.sampled_from(sorted(SHIPPED)))].split("\n")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("lose", "double", "move", "word", "indent"))):
            case "lose":
                del lines[at : at + draw(st.integers(1, 5))]
                lines = lines or [""]
            case "double":
                lines[at:at] = [lines[at]] * 2
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "word":
                words = re.findall(r"\s+|[\w.]+|[^\w\s]", lines[at]) or [""]
                words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(WORDS) | st.text(max_size=6))
                lines[at] = "".join(words)
            case _:
                lines[at] = " " * draw(st.integers(0, 8)) + lines[at].lstrip()
    return "\n".join(lines)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_flow_is_a_graph_or_problems_that_say_where(text: str) -> None:
    last = text.count("\n") + 2
    for one in problems_of(text):
        assert one.file == "one.yaml"
        assert 1 <= one.line <= last
        assert one.message and one.remedy


def problems_of(text: str) -> tuple[sop.Problem, ...]:
    """The problems, if there are any."""
    try:
        sop.load_text(text, "one.yaml")
    except sop.FlowError as error:
        return error.problems
    return ()


PIECES = st.one_of(
    st.sampled_from(("a", "sop", "steps", "ask", "go", "next", "slots", "", "- ", "{", "}", "[", "]", ": ", ",", "\n  ",
                     "\n", "\n- ", "&x ", "*x", "!!map ", "? ", "|", ">", "'", '"', "#", "---", "true", "null", "1.5")),
    st.characters(codec="utf-8"),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_pieces_of_yaml_are_a_graph_or_problems(text: str) -> None:
    with suppress(sop.FlowError):
        assert sop.load_text(text).steps


KEYS = ("sop", "business", "start", "slots", "steps", "flows", "asides", "tools", "guards", "knowledge", "escalate",
        "hours", "words", "wording", "import", "tone", "goodbye", "a", "ask", "say", "go", "next",
        "options", "results", "example", "arguments", "to", "when", "call", "return", "reprompt",
        "reasons", "decide", "if", "type")  # fmt: skip
LEAVES = st.sampled_from(("null", "true", "1", "-0.5", "a", '"a > 1"', "'[a]'", "choice", "money", "money.a", '""'))


def written(value: object) -> str:
    """Nested lists and mappings as YAML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {written(part)}" for name, part in value.items()) + "}"
    return "[" + ", ".join(map(written, value)) + "]" if isinstance(value, list) else str(value)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(KEYS),
        st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner)),
        max_size=12,
    )
)
def test_any_values_at_any_keys_are_a_graph_or_problems(flow: dict[str, object]) -> None:
    with suppress(sop.FlowError):
        assert sop.load_text(written(flow)).steps


TONED = """\
  bye: {end: done, say: {default: Goodbye., formal: "Thank you, and goodbye."}}
"""


@pytest.mark.parametrize(
    ("tone", "said", "asked_again"),
    [
        ("", "Goodbye.", ("Your name again?", "And your name?")),
        ("tone: formal\n", "Thank you, and goodbye.", ("May I have your name?", "And your name?")),
        ("tone: brief\n", "Goodbye.", ("Name?",)),
    ],
)
def test_texts_and_lists_of_them_by_tone(tone: str, said: str, asked_again: tuple[str, ...]) -> None:
    lists = (
        """{default: [{default: Your name again?, formal: May I have your name?}, "And your name?"], brief: Name?}"""
    )
    text = tone + GOOD.replace("  bye: {end: done, say: Goodbye from Acme.}\n", TONED)
    graph = sop.load_text(text.replace("prompt: Your name}", f"prompt: Your name, reprompt: {lists}}}"))
    bye = graph.steps["bye"]
    assert isinstance(bye, EndStep)
    assert bye.text == said
    assert graph.slots["name"].ladder.no_match == asked_again


@pytest.mark.parametrize(
    ("toned", "message"),
    [
        ("{formal: Goodbye.}", "there is no wording for the tone ''; add `default: some text`, or set `tone:`"),
        ("{default: Bye., formal: {a: b}}", "this must be text"),
        ("{default: [Bye.]}", "this must be text"),
        ("{}", "there is no wording for the tone"),
    ],
)
def test_wordings_that_are_none(toned: str, message: str) -> None:
    found = problems(GOOD.replace("say: Goodbye from Acme.", f"say: {toned}"))
    assert any(message in str(one) and one.line == 15 for one in found), [str(one) for one in found]


def test_numbers_in_texts_stay_as_they_are_written() -> None:
    graph = sop.load_text(GOOD.replace("[blue]", "[blue, 007, 1.10, 00]").replace("business: Acme", "business: 02134"))
    assert graph.slots["color"].options[1].phrases == ("blue", "007", "1.10", "00")
    assert graph.business == "02134"


@pytest.mark.parametrize("text", ["sop: a\n---\nsop: b\n", "sop: a\n--- # flow\n- b\n"])
def test_a_second_document_is_a_mistake(text: str) -> None:
    assert "a second document begins here" in problems(text)[0].message
    assert problems(text)[0].line == 2


def test_yaml_that_goes_too_deep() -> None:
    found = problems("sop:\n" + "".join(" " * depth + "- \n" for depth in range(1, 40)))
    assert "nested deeper than 20 levels" in found[0].message
    assert found[0].line == 21
