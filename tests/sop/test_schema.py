"""The schema of flow files: it says what the loader says about their form."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import sop
from sop.loader import find, shipped
from sop.schema import flow_schema, schema_text
from sop.step_fields import STEP_KINDS
from sop.yaml_source import Node, read_yaml

FILE = Path(sop.__file__).with_name("flow.schema.json")
SCHEMA: dict[str, Any] = flow_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
FLOW = """\
sop: small
business: Acme
agent: Ann
tone: formal
greeting: {default: Hi., formal: Good day.}
hours: {monday: "08:00-17:00", tuesday: ["08:00-12:00", "13:00-17:00"], holidays: US, closed: [2026-12-24]}
words: {shade: [red, crimson]}
slots:
  color:
    type: choice
    prompt: Which?
    options: {red: ["<shade>"], blue: {spoken: blue, phrases: [blue, navy], anytime: true}}
  number: {type: digits, lengths: [4], check: luhn, prompt: The number?, private: true, optional: true}
  callback: {type: phone, prompt: Your number?, offer: caller_number, offer_prompt: This one?, sure: 0.5}
start: first
goodbye: bye
steps:
  first:
    ask: color
    next:
      - {if: color == "red", go: second}
      - {go: told}
  second: {call: verify, go: told}
  told: {answer: color, on_failure: third, go: third}
  third: {tool: look, on_failure: desk, go: fourth, mandatory: true}
  fourth: {review: [callback], prompt: "{callback}?", ask_what: What else?, go: fifth}
  fifth:
    decide:
      - {if: balance > 10, go: desk}
      - {go: sixth}
  sixth: {say: Right., interruptible: false, go: bye}
  desk: {transfer: desk, on_no_answer: bye, no_answer: Nobody is there.}
  bye: {end: done, say: Goodbye from Acme.}
flows:
  verify:
    start: who
    steps:
      who: {ask: [number, callback], go: out}
      out: {return: true}
asides:
  verified: {call: verify, phrases: [check my number]}
tools:
  look:
    method: GET
    url: https://acme.example.com/{number}
    arguments: {number: number}
    constants: {channel: phone}
    secrets: {Authorization: ACME_TOKEN}
    timeout_s: 4
    retries: 1
    sensitive: true
    guard: known
    results: {balance: {type: money, low: 0}, note: text, state: {type: choice, options: [open, paid]}}
    example: {balance: 12.5, note: fine, state: open}
guards:
  known: {if: number != None, otherwise: second}
knowledge:
  opening: {questions: [when are you open], answer: From eight to five., words: [closing]}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
wording: {thanks: Thanks.}
"""


def plain(node: Node) -> Any:
    """A YAML node as JSON."""
    if isinstance(node.value, dict):
        return {name: plain(child) for name, child in node.value.items()}
    return [plain(child) for child in node.value] if isinstance(node.value, list) else node.value


def mistakes(text: str) -> list[str]:
    """What the schema says about a flow."""
    return [error.message for error in VALIDATOR.iter_errors(plain(read_yaml(text)))]


def test_the_file_is_the_schema() -> None:
    assert FILE.read_text(encoding="utf-8") == schema_text(), "write it again: see the module's text"
    assert json.loads(schema_text()) == SCHEMA


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", shipped())
def test_flows_that_ship_are_valid(name: str) -> None:
    assert mistakes(find(name).read_text(encoding="utf-8")) == []


def test_a_flow_with_everything_is_good_to_both() -> None:
    assert mistakes(FLOW) == []
    assert sop.load_text(FLOW).greeting == "Good day."


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("business: Acme\n", ""),
        ("start: first\n", ""),
        ("agent: Ann", "agnet: Ann"),
        ("agent: Ann", "agent: [Ann]"),
        ("sop: small", "sop: small\nversion: 0"),
        ("type: digits", "type: digit"),
        ("type: digits, ", ""),
        ("check: luhn", "check: loon"),
        ("check: luhn", "period: future-ish"),
        ("lengths: [4]", "lengths: [0]"),
        ("private: true", 'private: "yes"'),
        ("sure: 0.5", "sure: 1.5"),
        ("sure: 0.5", "confirm: sometimes"),
        ("offer: caller_number", "offer: home_number"),
        (", offer_prompt: This one?", ""),
        ("""    options: {red: ["<shade>"], blue: {spoken: blue, phrases: [blue, navy], anytime: true}}\n""", ""),
        ("anytime: true", "any_time: true"),
        ("ask: color\n", "ask: color\n    transfer: desk\n"),
        ("      - {go: told}\n", ""),
        ("{call: verify, go: told}", "{call: verify}"),
        ("on_failure: third, ", ""),
        ("on_failure: desk, ", ""),
        (", ask_what: What else?", ""),
        ("interruptible: false", "interruptible: 0"),
        (", on_no_answer: bye", ""),
        ("return: true", "return: false"),
        ("mandatory: true", "mandatory: true, retries: 2"),
        (", phrases: [check my number]", ""),
        ("method: GET", "method: FETCH"),
        ("url: https://acme.example.com/{number}", "url: http://acme.example.com/{number}"),
        ("    url: https://acme.example.com/{number}\n", ""),
        ("ACME_TOKEN", "s3cret"),
        ("timeout_s: 4", "timeout_s: 400"),
        ("retries: 1", "retries: 6"),
        ("    guard: known\n", ""),
        ("type: money", "type: dollars"),
        (", options: [open, paid]}", "}"),
        (", otherwise: second", ""),
        ("questions: [when are you open], ", ""),
        ("to: desk, otherwise", "otherwise"),
        ("wording: {thanks", "wording: {thank"),
        ('"08:00-17:00"', "all day"),
        ("monday:", "mon:"),
        ("2026-12-24", "christmas"),
    ],
)
def test_a_mistake_is_one_to_both(right: str, wrong: str) -> None:
    assert FLOW.count(right) == 1
    text = FLOW.replace(right, wrong)
    assert mistakes(text)
    with pytest.raises(sop.FlowError):
        sop.load_text(text)


# The keys that the loader knows are told in the remedy for one that it doesn't.

ODD = "zzzzzzzzzzzz"


def known_to_loader(text: str) -> list[set[str]]:
    """The keys that may stand beside the odd ones, in the order of the file."""
    with pytest.raises(sop.FlowError) as caught:
        sop.load_text(text)
    told = [problem.remedy for problem in caught.value.problems if f"unknown field {ODD!r}" in problem.message]
    return [set(remedy.removeprefix("use one of: ").split(", ")) for remedy in told]


def properties(*path: str | int) -> set[str]:
    found: Any = SCHEMA
    for part in path:
        found = found[part]
    return set(found["properties"])


def odd(marked: str) -> str:
    """The flow with an odd key where a mapping begins with `marked`."""
    assert len(re.findall(re.escape(marked), FLOW)) == 1
    return FLOW.replace(marked, marked + f"{ODD}: 1, ")


@pytest.mark.parametrize(
    ("marked", "path"),
    [
        ("hours: {", ("properties", "hours")),
        ("number: {type: digits, ", ("$defs", "slot")),
        ("blue: {", ("$defs", "slot", "properties", "options", "additionalProperties", "anyOf", 1)),
        ("- {if: balance > 10, ", ("$defs", "step", "oneOf", 0, "properties", "next", "items")),
        ("verified: {", ("properties", "asides", "additionalProperties")),
        ("balance: {", ("$defs", "result", "anyOf", 1)),
        ("known: {", ("properties", "guards", "additionalProperties")),
        ("opening: {", ("properties", "knowledge", "additionalProperties")),
        ("escalate:\n  - {", ("properties", "escalate", "items")),
        ("wording: {", ("properties", "wording")),
    ],
)
def test_keys_of_the_parts(marked: str, path: tuple[str | int, ...]) -> None:
    assert known_to_loader(odd(marked)) == [properties(*path)]


def test_keys_of_what_stands_on_lines() -> None:
    assert known_to_loader(f"{ODD}: 1\n{FLOW}") == [properties()]
    flow = FLOW.replace("    start: who", f"    start: who\n    {ODD}: 1")
    assert known_to_loader(flow) == [properties("properties", "flows", "additionalProperties")]
    tool = FLOW.replace("    method: GET", f"    method: GET\n    {ODD}: 1")
    assert known_to_loader(tool) == [properties("$defs", "tool")]


@pytest.mark.parametrize(("place", "kind"), list(enumerate(STEP_KINDS)))
def test_keys_of_the_steps(place: int, kind: str) -> None:
    text = f"sop: s\nbusiness: b\nstart: a\nsteps: {{a: {{{kind}: true, {ODD}: 1}}}}"
    assert SCHEMA["$defs"]["step"]["oneOf"][place]["title"] == kind
    assert known_to_loader(text) == [properties("$defs", "step", "oneOf", place)]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("slots: {s: {type: digits, check: zzz}}", ("slot", "properties", "check")),
        ("slots: {s: {type: date, period: zzz}}", ("slot", "properties", "period")),
        ("slots: {s: {type: zzz}}", ("slot", "properties", "type")),
        ("slots: {s: {type: phone, confirm: zzz}}", ("slot", "properties", "confirm")),
        ("tools: {t: {method: zzz}}", ("tool", "properties", "method")),
        ("tools: {t: {results: {r: zzz}}}", ("result", "anyOf", 1, "properties", "type")),
    ],
)
def test_words_of_the_lists(text: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(sop.FlowError) as caught:
        sop.load_text(text)
    told = next(problem.remedy for problem in caught.value.problems if "'zzz'" in problem.message)
    found: Any = SCHEMA["$defs"]
    for part in path:
        found = found[part]
    assert set(told.removeprefix("use one of: ").split(", ")) == set(found["enum"])


def test_every_key_is_explained() -> None:
    def unexplained(schema: Any, place: str) -> list[str]:
        if isinstance(schema, list):
            return [found for number, one in enumerate(schema) for found in unexplained(one, f"{place}.{number}")]
        if not isinstance(schema, dict):
            return []
        bare = [f"{place}.{key}" for key, one in schema.get("properties", {}).items() if not explained(one)]
        return bare + [found for key, one in schema.items() for found in unexplained(one, f"{place}.{key}")]

    def explained(one: dict[str, Any]) -> bool:
        return bool(one.get("description")) or set(one) <= {"const", "$ref", "contains"}

    assert unexplained(SCHEMA, "") == []


@pytest.mark.parametrize("flow", shipped())
def test_every_flow_names_its_schema(flow: str) -> None:
    path = find(flow)
    first = path.read_text("utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).is_file()
