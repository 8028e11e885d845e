"""The after-hours line as scripted calls; its details are in tests/sop/test_after_hours.py."""

from pathlib import Path

import pytest

import sop
from sop.loader import shipped
from sop.script import parse_script, play

SCRIPTS = Path(sop.__file__).with_name("flows") / "scripts"
OWN = sorted((SCRIPTS / "after_hours_hvac").glob("*.txt"))


@pytest.mark.parametrize("script", OWN, ids=lambda path: path.stem)
def test_script(script: Path) -> None:
    _, misses = play(sop.load("after_hours_hvac"), parse_script(script.read_text("utf-8")))
    assert [str(miss) for miss in misses] == []


@pytest.mark.parametrize("flow", shipped())
def test_every_flow_has_scripted_calls(flow: str) -> None:
    assert len(list((SCRIPTS / flow).glob("*.txt"))) >= 6
