"""What is named on the command line, and the calls that it stands for."""

import os
from pathlib import Path

import pytest

from sop.loader import find as find_flow
from tests.voice.replaying.made import PROBLEM, scenario_folder
from voice.errors import OperatorError
from voice.replaying.depth import Depth
from voice.replaying.finding import Found, expectation, find, flow_name, opened


def touched(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def wrote(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def told(found: list[Found], root: Path) -> list[tuple[str, str, str]]:
    return [(one.name, one.path.relative_to(root).as_posix(), one.kind) for one in found]


def test_a_folder_is_gone_through_as_deep_as_it_goes(tmp_path: Path) -> None:
    touched(tmp_path / "a.jsonl", tmp_path / "a.wav", tmp_path / "b" / "c" / "d.MP3", tmp_path / "b" / "e.jsonl")
    touched(tmp_path / "notes.txt", tmp_path / ".hidden" / "x.wav", tmp_path / "b" / "._d.wav")
    scenario_folder(tmp_path / "s" / "plain", PROBLEM)
    assert told(find([str(tmp_path)]), tmp_path) == [
        ("a", "a.jsonl", "journal"),
        ("b/c/d", "b/c/d.MP3", "recording"),
        ("b/e", "b/e.jsonl", "journal"),
        ("s/plain", "s/plain", "scenario"),
    ]


def test_a_call_that_is_named_twice_is_one(tmp_path: Path) -> None:
    touched(tmp_path / "a.jsonl", tmp_path / "a.wav")
    named = [tmp_path / "a.jsonl", tmp_path / "a.wav", tmp_path, tmp_path / "." / "a.jsonl"]
    assert [one.path.name for one in find(map(str, named))] == ["a.jsonl"]


def test_two_calls_of_one_name_are_told_apart(tmp_path: Path) -> None:
    touched(tmp_path / "x" / "a.wav", tmp_path / "y" / "a.wav", tmp_path / "b.wav")
    named = (tmp_path / "x" / "a.wav", tmp_path / "y" / "a.wav", tmp_path / "b.wav")
    assert [one.name for one in find(map(str, named))] == [str(named[0]), str(named[1]), "b"]


def test_a_shipped_caller_by_name_and_a_scenario_by_its_file(tmp_path: Path) -> None:
    (found,) = find(["gas_emergency"])
    assert (found.name, found.kind, (found.path / "scenario.yaml").is_file()) == ("gas_emergency", "scenario", True)
    folder = scenario_folder(tmp_path / "plain", PROBLEM)
    assert find([str(folder / "scenario.yaml")]) == find([str(folder)])


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("nothing.wav", "is not there: name a journal"),
        ("notes.txt", "is no call: a journal ends in .jsonl"),
        ("empty", "holds no calls"),
    ],
)
def test_what_is_no_call(tmp_path: Path, name: str, complaint: str) -> None:
    touched(tmp_path / "notes.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(OperatorError) as refused:
        find([str(tmp_path / name)])
    assert complaint in str(refused.value)


# ---- expectations ----------------------------------------------------------------------------------------------------


def test_an_expectation_lies_beside_its_call(tmp_path: Path) -> None:
    touched(tmp_path / "a.wav", tmp_path / "b.wav")
    wrote(tmp_path / "a.yaml", "outcome: lead_saved")
    a, b = find([str(tmp_path)])
    found = expectation(a)
    assert found is not None and found.outcome == "lead_saved"
    assert expectation(b) is None


def test_an_expectation_beside_a_file_in_capital_letters(tmp_path: Path) -> None:
    touched(tmp_path / "Büro & Söhne 3.MP3")
    wrote(tmp_path / "Büro & Söhne 3.yaml", "outcome: lead_saved")
    (found,) = find([str(tmp_path)])
    assert (found.path.name, found.beside.name) == ("Büro & Söhne 3.MP3", "Büro & Söhne 3.yaml")


def test_a_procedure_is_named_from_where_the_file_lies_that_names_it(tmp_path: Path) -> None:
    wrote(tmp_path / "flows" / "mine.yaml", find_flow("after_hours_hvac").read_text(encoding="utf-8"))
    folder = scenario_folder(tmp_path / "calls" / "s", PROBLEM)
    text = (folder / "scenario.yaml").read_text(encoding="utf-8")
    wrote(folder / "scenario.yaml", text.replace("flow: after_hours_hvac", "flow: ../../flows/mine.yaml"))
    touched(tmp_path / "calls" / "r.wav")
    wrote(tmp_path / "calls" / "r.yaml", "flow: ../flows/mine.yaml")
    recording, scenario = find([str(tmp_path / "calls")])
    assert (flow_name(recording), flow_name(scenario)) == ("after_hours_hvac", "after_hours_hvac")
    assert opened(scenario, Depth.AUDIO).graph.name == "after_hours_hvac"
    with pytest.raises(OperatorError, match=r"r\.wav is empty"):
        opened(recording, Depth.AUDIO)


def test_a_yml_counts_as_well(tmp_path: Path) -> None:
    touched(tmp_path / "a.wav")
    wrote(tmp_path / "a.yml", "outcome: lead_saved")
    (a,) = find([str(tmp_path)])
    found = expectation(a)
    assert found is not None and found.outcome == "lead_saved"


@pytest.mark.parametrize("folder", ["aaa", "zzz"])
def test_an_expectation_that_lies_elsewhere_is_not_lost(tmp_path: Path, folder: str) -> None:
    touched(tmp_path / "calls" / "x.wav")
    wrote(tmp_path / folder / "strict.yaml", "recording: ../calls/x.wav\noutcome: lead_saved")
    (found,) = find([str(tmp_path)])
    assert (found.path.resolve(), found.beside.name) == ((tmp_path / "calls" / "x.wav").resolve(), "strict.yaml")


def test_two_expectations_of_one_call_are_both_kept(tmp_path: Path) -> None:
    touched(tmp_path / "x.wav")
    for name in ("strict", "mild"):
        wrote(tmp_path / f"{name}.yaml", f"recording: x.wav\noutcome: {name}")
    assert [(one.name, one.beside.name) for one in find([str(tmp_path)])] == [
        ("mild", "mild.yaml"),
        ("strict", "strict.yaml"),
    ]


def test_a_typo_in_an_expectation_is_its_call_s_matter_alone(tmp_path: Path) -> None:
    touched(tmp_path / "a.wav", tmp_path / "b.wav")
    wrote(tmp_path / "a.yaml", "outcom: lead_saved")
    wrote(tmp_path / "c.yaml", "recording: b.wav\nbarge_ins: many")
    a, b = find([str(tmp_path)])
    assert [a.name, b.name] == ["a", "c"]
    with pytest.raises(OperatorError, match="outcom: there is no such field"):
        opened(a, Depth.AUDIO)
    with pytest.raises(OperatorError, match="barge_ins: Input should be a valid integer"):
        opened(b, Depth.AUDIO)


@pytest.mark.parametrize(
    "text",
    [
        "outcomes: [",
        "sop: x\nslots: [",
        "services: [\npaths: x",
        "\x00",
        "- a\n- b",
        "sop: x\nslots: {}\nsteps: {}",
        "version: 2\nservices: {}",
    ],
)
def test_other_yaml_among_the_calls_is_left_alone(tmp_path: Path, text: str) -> None:
    touched(tmp_path / "a.wav")
    wrote(tmp_path / "other.yaml", text)
    assert [one.name for one in find([str(tmp_path)])] == ["a"]


def test_an_expectation_whose_call_is_gone_is_a_call_that_fails(tmp_path: Path) -> None:
    touched(tmp_path / "a.wav")
    wrote(tmp_path / "gone.yaml", "outcome: lead_saved\nlead: {name: Ann}")
    wrote(tmp_path / "lost.yaml", "recording: nowhere.wav\noutcome: lead_saved")
    names = {one.name: one for one in find([str(tmp_path)])}
    assert list(names) == ["a", "gone", "lost"]
    with pytest.raises(OperatorError, match=r"gone\.yaml: its call is gone"):
        opened(names["gone"], Depth.AUDIO)
    with pytest.raises(OperatorError, match=r"lost\.yaml: recording: .*nowhere\.wav is no call"):
        opened(names["lost"], Depth.AUDIO)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"recording: ../taken/x.wav\noutcome: [lead_saved\n", r"strict\.yaml: not YAML"),
        (b"recording: ../taken/x.wav\nlead:\n\tname: Ann\n", r"strict\.yaml: not YAML"),
        (b"recording: ../taken/x.wav\nlead: {name: J\xfcrgen}\n", r"strict\.yaml: not UTF-8"),
        (b"outcome: lead_saved\nnow: 2026-13-45\n", r"strict\.yaml: not YAML: month must be"),
        ("outcome: lead_saved\n".encode("utf-16"), r"strict\.yaml: not UTF-8"),
        (b"\xef\xbb\xbfnever_said: [diagnosis\n", r"strict\.yaml: not YAML"),
    ],
)
def test_an_expectation_that_can_t_be_read_is_a_call_that_fails(tmp_path: Path, text: bytes, complaint: str) -> None:
    touched(tmp_path / "taken" / "x.wav", tmp_path / "calls" / "a.wav")
    (tmp_path / "calls" / "strict.yaml").write_bytes(text)
    names = {one.name: one for one in find([str(tmp_path / "calls")])}
    assert list(names) == ["a", "strict"]
    with pytest.raises(OperatorError, match=complaint):
        opened(names["strict"], Depth.AUDIO)


@pytest.mark.parametrize("beside", ["a.wav", "a.jsonl", "a/scenario.yaml"])
def test_one_that_can_t_be_read_and_lies_beside_its_call_is_that_call_s(tmp_path: Path, beside: str) -> None:
    touched(tmp_path / beside)
    wrote(tmp_path / "a.yaml", "outcome: [")
    (found,) = find([str(tmp_path)])
    assert found.beside.name == "a.yaml" and found.kind != "nothing"
    with pytest.raises(OperatorError, match=r"a\.yaml: not YAML"):
        opened(found, Depth.AUDIO)


def test_a_name_that_is_not_utf_8_is_shown_by_its_bytes(tmp_path: Path) -> None:
    for name in (b"caf\xe9.wav", b"caf\xe8.wav"):
        touched(tmp_path / os.fsdecode(name))
    touched(tmp_path / os.fsdecode(b"\xff") / "x.wav", tmp_path / os.fsdecode(b"\xfe") / "x.wav")
    names = ["caf\\xe8", "caf\\xe9", "\\xfe/x", "\\xff/x"]
    assert sorted(one.name for one in find([str(tmp_path)])) == sorted(names)
    both = find(str(tmp_path / os.fsdecode(part) / "x.wav") for part in (b"\xff", b"\xfe"))
    assert [one.name for one in both] == [f"{tmp_path}/\\xff/x.wav", f"{tmp_path}/\\xfe/x.wav"]


def test_a_bad_file_that_is_named_itself_is_complained_of(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="outcom: there is no such field"):
        find([str(wrote(tmp_path / "a.yaml", "outcom: x"))])
    (tmp_path / "b.yaml").write_bytes(b"outcome: \xff")
    with pytest.raises(OperatorError, match="not UTF-8"):
        find([str(tmp_path / "b.yaml")])


# ---- depths ----------------------------------------------------------------------------------------------------------


def test_without_a_journal_there_is_no_depth_journal(tmp_path: Path) -> None:
    touched(tmp_path / "a.wav")
    scenario_folder(tmp_path / "plain", PROBLEM)
    recording, scenario = find([str(tmp_path)])
    with pytest.raises(OperatorError, match="has no journal beside it; use --depth audio or wire"):
        opened(recording, Depth.JOURNAL)
    with pytest.raises(OperatorError, match="is a scenario and has no journal; use --depth audio or wire"):
        opened(scenario, Depth.JOURNAL)
