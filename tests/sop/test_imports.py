"""Flows as parts of others, and the files that a flow is read from."""

from pathlib import Path

import pytest

import sop
from sop.loader import bundle, load, load_text, shipped

OUTER = """\
sop: outer
business: Outer
import: [inner]
slots:
  name: {type: person_name, prompt: Your name?}
start: first
steps:
  first: {ask: name, go: over}
  over: {call: inner, go: bye}
  desk: {transfer: desk, on_no_answer: bye}
  bye: {end: done}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
"""
INNER = """\
sop: inner
business: Inner
slots:
  name: {type: person_name, prompt: Who is calling?}
  account: {type: digits, prompt: Which account?, depends_on: [left_out]}
  left_out: {type: number, prompt: How many?}
start: look
steps:
  look: {tool: look_up, on_failure: out, go: out}
  out: {return: true}
  desk: {ask: left_out, go: desk_itself}
  desk_itself: {transfer: desk, on_no_answer: out}
tools:
  look_up:
    url: https://inner.example.com/{account}
    arguments: [account]
    results: {note: text}
    example: {note: fine}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "outer.yaml").write_text(OUTER, encoding="utf-8")
    (tmp_path / "inner.yaml").write_text(INNER, encoding="utf-8")
    return tmp_path


def problems(path: Path) -> list[sop.Problem]:
    with pytest.raises(sop.FlowError) as caught:
        load(path)
    return list(caught.value.problems)


def change(path: Path, right: str, wrong: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")


def test_what_only_a_tool_needs_comes_along_and_what_nothing_needs_stays_behind(folder: Path) -> None:
    graph = load(folder / "outer.yaml")
    assert set(graph.slots) == {"name", "account"}
    assert graph.slots["account"].depends_on == ()
    assert graph.slots["name"].prompt == "Your name?"
    assert "inner.desk" not in graph.steps
    assert graph.ahead["first"] == ("name", "account")


@pytest.mark.parametrize("name", [name for name in shipped() if name != "after_hours_hvac"])
def test_a_bundle_is_the_flow(name: str) -> None:
    assert load_text(bundle(name)) == load(name)


@pytest.mark.parametrize(
    ("right", "wrong", "line", "message"),
    [
        ("go: out}", "go: outt}", 9, "there is no step"),
        ("arguments: [account]", "arguments: [acount]", 16, "there is no slot 'acount'"),
        ("prompt: Which account?", "prompt: 'Which {account_no}?'", 5, "a text names {account_no}"),
        ("type: digits", "type: digit", 5, "unknown slot type 'digit'"),
        ("start: look\n", "start: [\n", 9, "not YAML"),
    ],
)
def test_a_mistake_in_an_imported_flow_has_its_file_and_line(
    folder: Path, right: str, wrong: str, line: int, message: str
) -> None:
    change(folder / "inner.yaml", right, wrong)
    found = [one for one in problems(folder / "outer.yaml") if message in one.message]
    assert {one.file for one in found} == {"inner.yaml"}
    assert line in {one.line for one in found}


def test_mistakes_of_two_files_stand_file_by_file(folder: Path) -> None:
    change(folder / "inner.yaml", "type: digits", "type: digit")
    change(folder / "outer.yaml", "bye: {end: done}", "bye: {end: done, sy: Bye}")
    assert [one.file for one in problems(folder / "outer.yaml")] == ["outer.yaml", "inner.yaml"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("import: [iner]", "there is no flow 'iner' to import"),
        ("import: [inner, ../inner]", "'../inner' is no name of a flow"),
        ("import: [inner, inner.yaml]", "'inner.yaml' is no name of a flow"),
        ('import: [inner, "a\\0b"]', "is no name of a flow"),
        ("import: [inner, [inner]]", "is no name of a flow"),
        ("import: [inner, outer]", "there is no flow 'outer' to import"),
        ("import: inner", "this must be a list"),
    ],
)
def test_what_cannot_be_imported(folder: Path, wrong: str, message: str) -> None:
    change(folder / "outer.yaml", "import: [inner]", wrong)
    found = problems(folder / "outer.yaml")
    assert any(message in one.message and one.line == 3 for one in found), [str(one) for one in found]


def test_flows_that_import_each_other_are_a_mistake(folder: Path) -> None:
    change(folder / "inner.yaml", "business: Inner", "business: Inner\nimport: [outer]")
    assert any("'outer'" in one.message for one in problems(folder / "outer.yaml"))


def test_the_same_name_for_two_things(folder: Path) -> None:
    change(folder / "inner.yaml", "name: {type: person_name", "name: {type: free_text")
    change(folder / "inner.yaml", "arguments: [account]", "arguments: [account, name]")
    assert any("the slot 'name' is another one in inner" in one.message for one in problems(folder / "outer.yaml"))


def test_a_sub_flow_with_the_name_of_an_import(folder: Path) -> None:
    with (folder / "outer.yaml").open("a", encoding="utf-8") as file:
        file.write("flows:\n  inner: {start: out, steps: {out: {return: true}}}\n")
    assert any("there is a flow 'inner' already" in one.message for one in problems(folder / "outer.yaml"))


def test_the_importing_flows_tone_holds_for_all(folder: Path) -> None:
    toned = "prompt: {default: Which account?, formal: Which account may I look up?, plain: Account?}"
    change(folder / "inner.yaml", "prompt: Which account?", toned)
    change(folder / "inner.yaml", "business: Inner", "business: Inner\ntone: plain")
    assert load(folder / "outer.yaml").slots["account"].prompt == "Account?"
    change(folder / "outer.yaml", "business: Outer", "business: Outer\ntone: formal")
    assert load(folder / "outer.yaml").slots["account"].prompt == "Which account may I look up?"


def test_a_file_that_is_too_large_is_not_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text(INNER + "# " + "é" * 140_000 + "\n", encoding="utf-8")
    assert "is larger than 256 KiB" in problems(path)[0].message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("sop: café".encode("latin-1"))
    (tmp_path / "folder.yaml").mkdir()
    assert "UTF-8" in problems(tmp_path / "latin.yaml")[0].message
    assert "cannot be read" in problems(tmp_path / "folder.yaml")[0].message
    assert "cannot be read" in problems(Path("a\0b.yaml"))[0].message
