"""A flow as Mermaid's text."""

import re

import pytest

import sop
from sop.draw import ANYWHERE, BEGIN, Arrow, arrows_of, flow_of, mermaid, taken
from sop.loader import shipped
from sop.steps import targets

FLOW = sop.load("after_hours_hvac")
BANK = sop.load_text("""\
sop: bank
business: Acme Bank
greeting: Hello.
start: hello
slots:
  want: {type: choice, prompt: What is it?, options: {balance: [balance], block: [block my card], other: [other]}}
  name: {type: person_name, prompt: Your name?}
  again: {type: yes_no, prompt: Anything else?}
goodbye: end
guards:
  verified: {if: identity == "yes", otherwise: check_first}
tools:
  verify_identity:
    url: https://x.example.com/v
    arguments: [name]
    results: {identity: yes_no}
    example: {identity: yes}
  balance: {url: "https://x.example.com/b", arguments: [name], sensitive: true, guard: verified}
asides:
  hours: {call: hours_flow, phrases: [opening hours]}
flows:
  verify:
    start: who
    steps:
      who: {ask: name, go: look_up}
      look_up:
        tool: verify_identity
        on_failure: failed
        next:
          - {if: identity == "yes", go: done}
          - {go: failed}
      failed: {say: That did not match., go: desk}
      done: {return: true}
  hours_flow:
    start: tell
    steps:
      tell: {say: We are open from eight to five., go: out}
      out: {return: true}
steps:
  hello: {ask: want, go: sort}
  sort:
    decide:
      - {if: want == "balance", go: disclosure}
      - {if: want == "block", go: desk}
      - {go: desk}
  disclosure: {say: "This call is recorded, and nothing on it is advice.", mandatory: true, go: check_first}
  check_first: {call: verify, go: read-it}
  read-it: {tool: balance, on_failure: desk, go: more}
  more:
    ask: again
    next:
      - {if: again == "yes", go: hello}
      - {go: end}
  desk: {transfer: desk, on_no_answer: more}
  end: {end: done, say: Bye}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: end}
""")
PATH = (
    *"hello sort disclosure check_first verify.who verify.look_up verify.done".split(),
    "read-it",
    *"more hello desk".split(),
)


def statements(text: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Identifier -> bracketed text, and the (from, to) of the arrows, of a Mermaid text."""
    boxes = dict(re.findall(r'^ {4}([A-Za-z]\w*)([\[({>].*".*[\])}])$', text, re.MULTILINE))
    arrows = re.findall(r'^ {4}(\w+)(?:\(\( \)\)|{{"any step"}})? -\.?->(?:\|"[^"|]*"\|)? (\w+)$', text, re.MULTILINE)
    return boxes, arrows


def test_the_arrows_of_a_flow_with_everything() -> None:
    found = set(arrows_of(BANK))
    assert {
        Arrow(BEGIN, "hello"),
        Arrow("sort", "disclosure", 'want == "balance"'),
        Arrow("sort", "desk", 'want == "block"\nelse'),
        Arrow("check_first", "read-it"),
        Arrow("check_first", "verify.who", "runs", dashed=True),
        Arrow("read-it", "more", "works"),
        Arrow("read-it", "desk", "fails"),
        Arrow("read-it", "check_first", 'unless identity == "yes"', dashed=True),
        Arrow("verify.look_up", "verify.failed", "else\nfails"),
        Arrow("verify.failed", "desk"),
        Arrow("desk", "more", "no answer"),
        Arrow(ANYWHERE, "end", "nobody was there\ntakes leave", dashed=True),
        Arrow(ANYWHERE, "hours_flow.tell", "asks for hours", dashed=True),
    } <= found
    assert len(found) == len(arrows_of(BANK)) == 21


@pytest.mark.parametrize("name", shipped())
def test_every_edge_of_every_flow_is_an_arrow(name: str) -> None:
    graph = sop.load(name)
    pairs = {(arrow.origin, arrow.target) for arrow in arrows_of(graph)}
    assert {(one, target) for one, step in graph.steps.items() for target in targets(step)} <= pairs
    text = mermaid(graph)
    boxes, drawn = statements(text)
    assert len(boxes) == len(graph.steps)
    assert len(drawn) == len(arrows_of(graph))
    assert {target for _, target in drawn} <= set(boxes)


def test_identifiers_are_words_that_mean_nothing_to_mermaid() -> None:
    text = mermaid(BANK)
    boxes, drawn = statements(text)
    assert len(boxes) == len(BANK.steps)
    assert len(drawn) == 21
    assert "end" not in boxes
    assert {"hello", "step_end", "step_verify_who", "step_read_it"} <= set(boxes)
    assert "&" not in text
    assert boxes["step_read_it"] == '[["read-it: balance, only if verified"]]'


def test_names_that_look_alike_stay_apart() -> None:
    text = """\
sop: s
business: b
start: a-b
steps:
  a-b: {say: One, go: step_a_b}
  step_a_b: {end: done}
  desk: {transfer: desk, on_no_answer: step_a_b}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk}
"""
    boxes, drawn = statements(mermaid(sop.load_text(text)))
    assert sorted(boxes) == ["desk", "step_a_b", "step_a_b_2"]
    assert ("step_a_b_2", "step_a_b") in drawn


def test_sub_flows_are_framed() -> None:
    lines = mermaid(BANK).splitlines()
    start = next(place for place, line in enumerate(lines) if '["verify"]' in line)
    frame = lines[start : lines.index("    end", start)]
    assert [line.split("[")[0].split("(")[0].strip() for line in frame[1:]] == [
        "step_verify_who",
        "step_verify_look_up",
        "step_verify_failed",
        "step_verify_done",
    ]
    assert flow_of(BANK, "verify.who") == "verify"
    assert flow_of(BANK, "hello") == ""


def test_mandatory_steps_and_guards_are_marked() -> None:
    text = mermaid(FLOW)
    assert "class gas_safety,carbon_monoxide_safety mandatory" in text
    assert "mandatory" not in mermaid(sop.load_text(BANK_LIKE))


BANK_LIKE = """\
sop: s
business: b
start: desk
steps:
  desk: {transfer: desk, on_no_answer: bye}
  bye: {end: done}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk}
"""


def test_a_path_is_coloured() -> None:
    along = taken(BANK, PATH)
    assert along == {
        (BEGIN, "hello"),
        ("hello", "sort"),
        ("sort", "disclosure"),
        ("disclosure", "check_first"),
        ("check_first", "verify.who"),
        ("verify.who", "verify.look_up"),
        ("verify.look_up", "verify.done"),
        ("check_first", "read-it"),
        ("read-it", "more"),
        ("more", "hello"),
        (ANYWHERE, "desk"),
    }
    text = mermaid(BANK, PATH)
    numbers = re.findall(r"linkStyle ([\d,]+) ", text)[0].split(",")
    ways = arrows_of(BANK)
    assert {(ways[int(number)].origin, ways[int(number)].target) for number in numbers} == along
    assert "step_verify_look_up" in re.findall(r"class (\S+) taken", text)[0].split(",")
    assert "taken" not in mermaid(BANK)
    assert mermaid(BANK, ("gone", "away")) == mermaid(BANK)


def test_the_path_of_a_call_is_drawn_from_its_state() -> None:
    call = sop.Conversation(FLOW, now="2026-11-22T19:30:00-05:00", people=lambda target: True)
    call.hear("i smell gas")
    assert taken(FLOW, call.state.path) == {(BEGIN, "triage"), ("triage", "gas_safety"), ("gas_safety", "on_call")}
