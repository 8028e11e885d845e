"""The after-hours line as scripted calls; its details are in tests/sop/test_after_hours.py."""

from pathlib import Path

import pytest

import sop
from sop.loader import shipped
from sop.script import parse_script, play
from tests.sop.turns import held, talked

SCRIPTS = Path(sop.__file__).with_name("flows") / "scripts"
OWN = sorted((SCRIPTS / "after_hours_hvac").glob("*.txt"))


@pytest.mark.parametrize("script", OWN, ids=lambda path: path.stem)
def test_script(script: Path) -> None:
    _, misses = play(sop.load("after_hours_hvac"), parse_script(script.read_text("utf-8")))
    assert [str(miss) for miss in misses] == []


def test_a_husbands_name_beside_the_callers_is_not_taken() -> None:
    talk = talked("after_hours_hvac", "i have no heat", "my name is karen mitchell and my husband's name is greg")
    assert held(talk)["name"] == "Karen Mitchell"


def test_the_name_of_a_dog_is_asked_again() -> None:
    talk = talked("after_hours_hvac", "i have no heat", "my dog's name is peanut")
    assert "name" not in held(talk)
    assert "name" in talk.said


def test_what_does_not_matter_under_another_question_leaves_the_time_that_was_agreed() -> None:
    talk = talked(
        "after_hours_hvac", "i have no heat can you come tomorrow morning", "karen mitchell", "it doesn't matter"
    )
    assert held(talk)["when"] == "2026-11-24T08:00/2026-11-24T12:00"
    assert "number" in talk.said


def test_a_time_asked_for_behind_what_happened_is_taken() -> None:
    talk = talked("after_hours_hvac", "my furnace quit can you come tomorrow morning")
    assert held(talk)["when"] == "2026-11-24T08:00/2026-11-24T12:00"


@pytest.mark.parametrize("said", ["the furnace is on fire", "help my heater caught fire", "it's on fire"])
@pytest.mark.parametrize("before", [(), ("my furnace quit",), ("there's a weird smell",)])
def test_a_fire_is_told_to_leave_the_building(said: str, before: tuple[str, ...]) -> None:
    assert "call 9 1 1 from outside" in talked("after_hours_hvac", *before, said).said


@pytest.mark.parametrize("said", ["it could be", "i think it could be", "seven", "thanks it could be"])
def test_what_could_be_is_not_cold(said: str) -> None:
    assert held(talked("after_hours_hvac", "there's a weird smell", said))["problem"] == "smell"


@pytest.mark.parametrize("flow", shipped())
def test_every_flow_has_scripted_calls(flow: str) -> None:
    assert len(list((SCRIPTS / flow).glob("*.txt"))) >= 6
