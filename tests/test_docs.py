"""Documents that could rot, held against the code."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from docs import conformance
from docs.drawing import picture
from sop import cli as sop_cli
from sop.conversation import Conversation
from sop.loader import load, shipped
from sop.picture import svg
from voice import cli

ROOT = Path(__file__).parent.parent
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("package", ["voice", "sop"])
def test_the_design_names_every_module_and_no_other(package: str) -> None:
    table = DESIGN.split("## The modules")[1].split("## One turn")[0]
    there = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}
    rows = [row.split("|")[2] for row in table.splitlines() if row.startswith("| ") and "---" not in row][1:]
    named: set[str] = set()
    for part in (part for row in rows for part in re.split(r" · |, then ", row)):
        if (single := re.fullmatch(rf"\s*`{package}\.(\w+)`\s*", part)) is not None:
            named.add(single[1])
        elif (many := re.fullmatch(rf"\s*`{package}`: (.*?)\s*", part)) is not None:
            named |= {re.sub(r" \(.*\)", "", name).strip() for name in re.split(r", (?![^(]*\))", many[1])}
    assert named == there | ({"slots"} if package == "sop" else set())


def test_the_picture_is_what_its_script_draws() -> None:
    assert (ROOT / "docs" / "way-of-data.svg").read_text(encoding="utf-8") == picture()


def test_the_page_of_points_is_what_the_tests_are_named() -> None:
    assert (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8") == conformance.page(), (
        "write it again: python -m docs.conformance"
    )


def test_every_point_has_a_test() -> None:
    named = conformance.tests_of_points()
    assert [number for number in range(1, len(conformance.POINTS) + 1) if number not in named] == []
    assert len(conformance.POINTS) == 39


def test_the_drawn_procedure_is_what_the_command_draws() -> None:
    drawn = (ROOT / "docs" / "after_hours_hvac.svg").read_text(encoding="utf-8")
    assert drawn.strip() == svg(load("after_hours_hvac")).strip()


def test_the_readmes_conversation() -> None:
    talk = Conversation(load("after_hours_hvac"), caller="+14155550134", now="2026-11-22T19:30:00-05:00")
    talk.hear("my furnace quit and this is dana whitfield")
    printed = re.search(r"print\(talk\.said\) +# (.*?) \.\.\. (.*)", README)
    assert printed is not None
    assert talk.said.startswith(printed[1])
    assert talk.said.endswith(printed[2])


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^sop (\w+)", README, re.MULTILINE))))
def test_every_sop_command_in_the_readme_exists(command: str) -> None:
    assert CliRunner().invoke(sop_cli.app, [command, "--help"]).exit_code == 0


def test_the_readme_names_every_flow_that_ships() -> None:
    assert all(f"`{flow}`" in README for flow in shipped())


@pytest.mark.parametrize("command", sorted(set(re.findall(r"switchboard (\w+)", README))))
def test_every_command_in_the_readme_exists(command: str) -> None:
    assert CliRunner().invoke(cli.app, [command, "--help"]).exit_code == 0


def test_every_make_target_in_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make (\w+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
