"""The command `sop`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sop.cli import app
from sop.loader import bundle, shipped

RUN = CliRunner()


def test_check_a_good_flow() -> None:
    result = RUN.invoke(app, ["check", "after_hours_hvac"])
    assert result.exit_code == 0
    assert "no mistakes" in result.stdout


def test_check_names_every_mistake(tmp_path: Path) -> None:
    flow = tmp_path / "bad.yaml"
    flow.write_text("sop: bad\nbusiness: Acme\nstart: nowhere\nsteps:\n  only: {end: done, sya: Hello}\n")
    result = RUN.invoke(app, ["check", str(flow)])
    assert result.exit_code == 1
    assert "bad.yaml:3: start: there is no step 'nowhere'" in result.stderr
    assert "bad.yaml:5: only.sya: unknown field 'sya'; did you mean 'say'?" in result.stderr


def test_a_missing_flow_is_one_line() -> None:
    result = RUN.invoke(app, ["check", "nothing_here"])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_draw() -> None:
    result = RUN.invoke(app, ["draw", "after_hours_hvac"])
    assert result.stdout.startswith("flowchart TD")
    assert "triage -->|\"problem == 'gas'\"| gas_safety" in result.stdout


def test_chat_to_the_end() -> None:
    lines = ["my furnace quit", "karen mitchell", "", "4155550199#", "yes", "12 oak road", "tomorrow", "yes"]
    result = RUN.invoke(
        app, ["chat", "after_hours_hvac", "--now", "2026-11-22T19:30:00-05:00"], input="\n".join(lines) + "\n"
    )
    assert result.exit_code == 0
    assert "callback: +14155550199" in result.stdout
    assert "Your request is in" in result.stdout


def test_chat_with_failing_tools_and_an_early_end() -> None:
    result = RUN.invoke(app, ["chat", "after_hours_hvac", "--fail", "--caller", ""], input="i smell gas\ndana\n")
    assert result.exit_code == 0
    assert "Our technician is on another call" in result.stdout
    assert "name: Dana (not confirmed)" in result.stdout


def test_check_all_that_ship() -> None:
    result = RUN.invoke(app, ["check"])
    assert result.exit_code == 0
    assert result.stdout.count("no mistakes") == len(shipped()) >= 9


def test_a_script_that_holds_and_one_that_does_not(tmp_path: Path) -> None:
    script = tmp_path / "call.txt"
    script.write_text(
        "from: +14155550134\ncaller: my furnace quit\nbot: May I have your name\nslot: problem = no_heat\n"
    )
    result = RUN.invoke(app, ["chat", "after_hours_hvac", "--script", str(script), "--json"])
    assert result.exit_code == 0
    call = json.loads(result.stdout)
    assert (call["step"], call["values"]["problem"]["value"], call["misses"]) == ("contact", "no_heat", [])
    assert call["turns"][1]["heard"] == "my furnace quit"
    script.write_text("caller: my furnace quit\nslot: problem = gas\n")
    result = RUN.invoke(app, ["chat", "after_hours_hvac", "--script", str(script)])
    assert result.exit_code == 1
    assert "line 2: slot: 'problem = gas', but it is 'no_heat'" in result.stderr
    script.write_text("collar: my furnace quit\n")
    result = RUN.invoke(app, ["chat", "after_hours_hvac", "--script", str(script)])
    assert result.exit_code == 1
    assert "line 1: no such line: 'collar'" in result.stderr


def test_tools_from_a_file(tmp_path: Path) -> None:
    tools = tmp_path / "tools.yaml"
    tools.write_text("order_find_by_number:\n  - {fail: true}\n")
    lines = ["where is my order", "four four two one seven seven five five"]
    result = RUN.invoke(app, ["chat", "order_status", "--tools", str(tools)], input="\n".join(lines) + "\n")
    assert "tool order_find_by_number" in result.stderr
    assert "protect your order" not in result.stdout
    tools.write_text("no_such_tool: {fail: true}\n")
    result = RUN.invoke(app, ["chat", "order_status", "--tools", str(tools)])
    assert result.exit_code == 1
    assert "the flow has no such tool" in result.stderr


def test_journeys_listed_and_scored() -> None:
    listed = RUN.invoke(app, ["journeys", "after_hours_hvac"])
    assert "complete: triage > gas_safety > on_call > transferred" in listed.stdout
    scored = RUN.invoke(app, ["journeys", "after_hours_hvac", "--score", "--json", "--most", "3"])
    assert scored.exit_code == 0
    result = json.loads(scored.stdout)
    assert result["ujcs_all"] == 1.0
    assert result["ujcs"]["complete"] == {"plain": 1.0, "chatty": 1.0, "correcting": 1.0}
    assert result["violations"] == 0


def test_draw_an_svg_with_a_calls_path(tmp_path: Path) -> None:
    journal = tmp_path / "call.jsonl"
    head = {"_": "Journal", "format": 1, "flow": "after_hours_hvac", "source": bundle("after_hours_hvac")}
    lines = [head, {"_": "CallStarted", "at": 0}]
    steps = [">" + json.dumps({"_": "Enter", "step": step}) for step in ("triage", "gas_safety", "on_call")]
    journal.write_text("\n".join([*(json.dumps(line) for line in lines), *steps]) + "\n")
    plain = RUN.invoke(app, ["draw", "after_hours_hvac", "--svg"]).stdout
    traced = RUN.invoke(app, ["draw", "after_hours_hvac", "--svg", "--trace", str(journal)]).stdout
    assert plain.startswith("<svg")
    assert traced.startswith("<svg")
    assert plain != traced
    audited = RUN.invoke(app, ["audit", str(journal), "--json"])
    (call,) = json.loads(audited.stdout)["calls"]
    assert call["steps"] == ["triage", "gas_safety", "on_call"]
    assert call["violations"] == []


def test_audit_of_what_is_no_journal(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello\n")
    result = RUN.invoke(app, ["audit", str(path)])
    assert result.exit_code == 1
    assert "can't be read as a journal" in result.stderr


def test_a_journal_whose_flow_cant_be_read_any_more(tmp_path: Path) -> None:
    journal = tmp_path / "call.jsonl"
    head = {"_": "Journal", "format": 1, "flow": "old", "source": "sop: old\nbusiness: Acme\nbegin: here\n"}
    journal.write_text(json.dumps(head) + "\n")
    for command in (["draw", "after_hours_hvac", "--trace", str(journal)], ["audit", str(journal)]):
        result = RUN.invoke(app, command)
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit)
        assert "its flow can't be read any more; name a journal that this release wrote" in result.stderr
        assert result.stdout == ""


@pytest.mark.parametrize("now", ["nonsense", "2026-11-22", "2026-11-22T19:30:00", "tomorrow"])
def test_a_moment_that_is_none(now: str, tmp_path: Path) -> None:
    result = RUN.invoke(app, ["chat", "after_hours_hvac", "--now", now], input="hello\n")
    assert result.exit_code == 1
    assert f"--now '{now}' is no moment; write it like 2026-11-22T19:30:00-05:00" in result.stderr
    assert result.stdout == ""
    script = tmp_path / "call.txt"
    script.write_text(f"now: {now}\ncaller: hello\n")
    result = RUN.invoke(app, ["chat", "after_hours_hvac", "--script", str(script)])
    assert result.exit_code == 1
    assert "line 1: write the moment like 2026-11-22T19:30:00-05:00" in result.stderr


def test_a_script_for_another_flow(tmp_path: Path) -> None:
    script = tmp_path / "call.txt"
    script.write_text("fails: credit_score\ncaller: hello\n")
    result = RUN.invoke(app, ["chat", "after_hours_hvac", "--script", str(script)])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "the flow has no such tool: 'credit_score'" in result.stderr
