"""`switchboard replay`, as it is typed."""

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from sop.loader import find as find_flow
from tests.voice.replaying.made import FLOW, GAS, NAME, PROBLEM, Senses, models, options, recorded, scenario_folder
from voice.cli import app
from voice.replaying import audio_depth
from voice.replaying.taken import from_scenario


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lead")
    taken = from_scenario("x", folder, recorded(PROBLEM, NAME), None)
    asyncio.run(audio_depth.run(taken, options(folder), Senses(), folder))
    return folder / "call.jsonl"


@pytest.fixture
def call(journal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(audio_depth, "models", models)
    monkeypatch.setenv("SWITCHBOARD_HOME", str(tmp_path / "home"))
    (tmp_path / "calls").mkdir()
    for suffix in (".jsonl", ".wav"):
        shutil.copy(journal.with_suffix(suffix), tmp_path / "calls" / f"lead{suffix}")
    return tmp_path / "calls" / "lead.jsonl"


def typed(*words: object) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, ["replay", *map(str, words)])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.exit_code, found.stdout, found.stderr


def document(*words: object) -> tuple[int, Any]:
    code, out, _ = typed(*words, "--json")
    return code, json.loads(out)


def test_a_journal_is_identical(call: Path) -> None:
    code, found = document(call)
    assert code == 0
    assert (found["identical"], found["depth"], found["outcome"]) == (True, "journal", "caller_hung_up")
    assert found["real_time_factor"] > 1 and found["events"] > 100 and found["first_difference"] is None


def test_a_journal_that_is_not_identical_fails(call: Path) -> None:
    lines = call.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if line.startswith('>{"_":"Prepare"'))
    call.write_text("".join(lines[:place] + lines[place + 1 :]), encoding="utf-8")
    code, found = document(call)
    assert (code, found["identical"], found["calls"][0]["verdict"]) == (1, False, "different")
    assert "Prepare" in found["first_difference"]
    code, out, _ = typed(call)
    assert code == 1 and "1/1 DIFFERENT lead" in out


def test_a_person_reads_lines(call: Path) -> None:
    code, out, _ = typed(call)
    assert code == 0 and out.startswith("1/1 identical lead: caller_hung_up, ")
    code, out, _ = typed(call, "--set", "endpointing.open_ms=900")
    assert code == 1
    assert "worse, beside the journal run: turn 1, endpoint: was '600 ms', is '900 ms' (endpointing)" in out


def test_a_fault_is_shown_before_that_all_commands_are_the_same(call: Path) -> None:
    call.with_suffix(".yaml").write_text("outcome: lead_saved", encoding="utf-8")
    code, out, _ = typed(call)
    assert code == 1
    assert out.splitlines()[0].startswith("1/1 WRONG     lead")
    assert "outcome caller_hung_up, expected lead_saved" in out


def test_scenarios_go_through_the_models(call: Path) -> None:
    scenario_folder(call.parent / "gas", GAS, expect="{outcome: transferred}")
    code, found = document(call.parent)
    assert (code, found["depth"]) == (0, "audio")
    assert [one["verdict"] for one in found["calls"]] == ["same", "same"]
    assert found["totals"]["right"] == 1 and "identical" not in found
    _, out, err = typed(call.parent)
    assert "2 calls: 2 same" in out and "speech models: the small ones" in err


def test_a_call_that_can_t_be_run_fails_the_whole_and_stops_nothing(call: Path) -> None:
    (call.parent / "bad.jsonl").write_bytes(b"")
    code, out, _ = typed(call.parent)
    assert code == 1
    assert "NOT RUN  bad: " in out and "identical lead" in out


def test_accepting(call: Path) -> None:
    (call.parent / "bad.jsonl").write_bytes(b"")
    code, _, err = typed(call.parent, "--accept")
    assert code == 1 and "not accepted: bad could not be run" in err
    assert "accepted: " in err and call.with_suffix(".yaml").is_file()
    assert not (call.parent / "bad.yaml").exists()
    code, found = document(call)
    assert (code, found["calls"][0]["against"], found["calls"][0]["verdict"]) == (0, "accepted", "same")


def test_what_somebody_has_written_and_the_run_is_not_is_left_as_it_is(call: Path) -> None:
    beside = call.with_suffix(".yaml")
    written = "# the caller must be saved\noutcome: lead_saved\n"
    beside.write_text(written, encoding="utf-8")
    shutil.copy(call, call.with_name("other.jsonl"))
    code, _, err = typed(call.parent, "--accept")
    assert code == 1 and beside.read_text(encoding="utf-8") == written
    assert "not accepted: lead is not what somebody has written that is expected of it" in err
    assert "outcome caller_hung_up, expected lead_saved" in err and call.with_name("other.yaml").is_file()
    beside.write_text(written.replace("lead_saved", "caller_hung_up"), encoding="utf-8")
    code, _, err = typed(call, "--accept")
    assert code == 0 and "# the caller must be saved" in beside.read_text(encoding="utf-8")


def test_junit_and_where_it_goes(call: Path, tmp_path: Path) -> None:
    code, out, err = typed(call, "--junit", "--out", tmp_path / "junit.xml")
    assert (code, out) == (0, "") and "wrote " in err
    suite = ET.parse(tmp_path / "junit.xml").getroot()[0]  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures"), suite[0].get("classname")) == ("1", "0", f"replay.{FLOW}")


def test_what_is_kept(call: Path) -> None:
    code, _, err = typed(call, "--kept", "--json")
    assert code == 1 and "not run at depth journal yet" in err
    assert typed(call)[0] == 0
    assert document(call, "--kept")[1]["identical"] is True


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--json", "--junit"), "one of --json, --html and --junit at a time"),
        (("--kept", "--again"), "--kept runs nothing"),
        (("--set", "no_input_ms"), "--set no_input_ms lacks a value: write --set no_input_ms=VALUE"),
        (("--set", "no_input=1"), "there is no setting 'no_input'"),
        (("--set", "endpointing.open_ms=soon"), "the setting endpointing.open_ms can't be 'soon'"),
        (("--out", "report.html"), "--out is for a document: add --json, --html or --junit"),
        (("--json", "--out", "nowhere/x.json"), "nowhere/x.json can't be written: its folder is not there"),
        (("--json", "--out", "."), ". can't be written: it is a folder"),
        (("--scrub", "copies", "--flow", FLOW), "--scrub goes alone"),
        (("--scrub", "copies", "--json"), "--scrub goes alone"),
        (("--scrub", "copies", "--asr", "x"), "--scrub goes alone"),
        (("--scrub", "copies", "--voice", "x"), "--scrub goes alone"),
        (("--scrub", "copies", "--results", "x"), "--scrub goes alone"),
        (("--scrub", "copies", "--jobs", "4"), "--scrub goes alone"),
        (("--scrub", "copies", "--fast"), "--scrub goes alone"),
        (("--fast",), "--fast goes with --depth wire: the other depths are never paced by the clock"),
    ],
)
def test_what_makes_no_sense(call: Path, words: tuple[str, ...], complaint: str) -> None:
    code, out, err = typed(call, *words)
    assert (code, out) == (1, "") and complaint in err


def test_a_flow_that_there_is_not(call: Path) -> None:
    code, out, err = typed(call, "--flow", "no_such_flow")
    assert code == 1 and "no_such_flow" in out + err


def test_a_procedure_takes_the_place_of_those_of_its_name(call: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = find_flow(FLOW).read_text(encoding="utf-8")
    other.write_text(text.replace(f"sop: {FLOW}", "sop: other"), encoding="utf-8")
    _, _, err = typed(call, "--flow", FLOW)
    assert "takes the place" not in err
    _, _, err = typed(call, "--flow", other)
    assert f"no call was taken with a procedure named other: {other} takes the place of each one's own" in err
    scenario = scenario_folder(call.parent / "gas", GAS) / "scenario.yaml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace(FLOW, str(other)), encoding="utf-8")
    _, _, err = typed(call.parent, "--flow", FLOW)
    assert f"{FLOW} takes the place of {FLOW} alone: calls of other procedures keep theirs (1 other)" in err


def test_the_document_alone_goes_to_standard_output_and_lines_have_no_gaps(call: Path) -> None:
    scenario_folder(call.parent / "gas", GAS, expect="{outcome: transferred}")
    _, out, err = typed(call.parent, "--json")
    assert json.loads(out)["totals"]["calls"] == 2
    assert len(err.splitlines()) == 3 and all(err.splitlines())
    _, out, err = typed(call.parent)
    assert all(out.splitlines()) and err.splitlines()[0].startswith("speech models: ") and len(err.splitlines()) == 1


def test_what_is_kept_is_listed_and_has_no_speed(call: Path) -> None:
    shutil.copy(call, call.with_name("b.jsonl"))
    code, ran, _ = typed(call.parent)
    assert code == 0 and "times real time" in ran
    code, kept, _ = typed(call.parent, "--kept")
    assert code == 0 and "times real time" not in kept
    assert kept.splitlines()[:3] == ran.splitlines()[:3]


def test_nothing_is_there(tmp_path: Path) -> None:
    code, _, err = typed(tmp_path)
    assert code == 1 and "holds no calls" in err


def test_what_is_kept_is_headed_by_what_it_was_run_with(call: Path) -> None:
    assert typed(call, "--set", "endpointing.open_ms=900")[0] == 1
    _, found = document(call, "--kept")
    assert (found["changes"], "identical" in found) == ({"endpointing.open_ms": "900"}, False)
    _, _, err = typed(call, "--kept")
    assert "kept from a run with --set endpointing.open_ms=900" in err
    assert document(call, "--kept", "--set", "endpointing.open_ms=900")[1]["changes"] == found["changes"]
    for other in (("--set", "endpointing.open_ms=800"), ("--flow", FLOW)):
        code, out, err = typed(call, "--kept", *other)
        assert (code, out) == (1, "") and "was run with --set endpointing.open_ms=900" in err


@pytest.mark.parametrize("form", [(), ("--json",), ("--junit",), ("--html",)])
def test_a_name_that_is_not_utf_8_is_shown_by_its_bytes(call: Path, tmp_path: Path, form: tuple[str, ...]) -> None:
    odd = call.parent / os.fsdecode(b"caf\xe9.jsonl")
    shutil.copy(call, odd)
    (call.parent / os.fsdecode(b"\xff.jsonl")).touch()
    out = tmp_path / "report"
    code, said, _ = typed(call.parent, *form, *(("--out", out) if form else ()))
    text = out.read_text(encoding="utf-8") if form else said
    assert code == 1 and "caf\\xe9" in text.replace("\\\\", "\\")
    assert typed(odd, *form)[0] == 0
