"""The command `sop`."""

from pathlib import Path

from typer.testing import CliRunner

from sop.cli import app

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
