"""Only a call whose caller agreed to be recorded can be given away."""

from dataclasses import replace
from pathlib import Path

import pytest

from sop import loader
from voice import replay
from voice.call_settings import CallSettings
from voice.commands import Command, NoteConsent, Record, Recorder
from voice.consent import Way
from voice.errors import OperatorError
from voice.events import CallStarted
from voice.journal import Journal
from voice.replaying.depth import Depth
from voice.replaying.expected import Beside
from voice.replaying.finding import Found, find, opened
from voice.replaying.scrub.permission import check_permission
from voice.replaying.taken import RECORDING

START = CallStarted(0, "CA1", "MZ1", "+14155550123", "2026-11-22T19:40:00-05:00")
GRANTED = NoteConsent("announced", True, "this call may be recorded")
TOLD = Beside(consent="told by our website")


def check(folder: Path, way: Way, *commands: Command, recorded: bool = False, beside: Beside | None = None) -> None:
    graph, path = loader.load("after_hours_hvac"), folder / "call.jsonl"
    header = replay.header(graph, loader.bundle("after_hours_hvac"), CallSettings(consent=way))
    journal = Journal(path, header)
    journal.event(replace(START, recorded=recorded))
    for command in commands:
        journal.command(command)
    journal.close()
    found = find([str(path)])[0]
    check_permission(found, opened(found, Depth.JOURNAL), beside)


@pytest.mark.parametrize(
    ("way", "commands", "recorded", "beside"),
    [
        ("announce", (GRANTED, Record(Recorder.START)), False, None),
        ("ask", (NoteConsent("asked", True, "May we record?"),), False, None),
        ("ask", (), True, None),
        ("announce", (Record(Recorder.START),), False, None),
        ("none", (), False, TOLD),
    ],
)
def test_agreed(tmp_path: Path, way: Way, commands: tuple[Command, ...], recorded: bool, beside: Beside | None) -> None:
    check(tmp_path, way, *commands, recorded=recorded, beside=beside)


@pytest.mark.parametrize(
    ("way", "commands", "beside", "says"),
    [
        ("ask", (NoteConsent("asked", False, "May we record?"),), None, "did not agree"),
        ("ask", (NoteConsent("asked", False, "May we record?"),), TOLD, "did not agree"),
        ("ask", (GRANTED, NoteConsent("asked", False, "May we record?")), None, "did not agree"),
        ("announce", (), None, "told of the recording, and the journal shows no consent"),
        ("announce", (Record(Recorder.PAUSE),), TOLD, "shows no consent"),
        ("ask", (), TOLD, "asked about the recording, and the journal shows no consent"),
        ("none", (), None, "say how in call.yaml"),
        ("none", (), Beside(consent="  "), "say how in call.yaml"),
        ("none", (), Beside(outcome="lead_saved"), "say how in call.yaml"),
    ],
)
def test_not_agreed(tmp_path: Path, way: Way, commands: tuple[Command, ...], beside: Beside | None, says: str) -> None:
    with pytest.raises(OperatorError, match=says):
        check(tmp_path, way, *commands, beside=beside)


def test_a_recording_from_elsewhere_needs_somebodys_word(tmp_path: Path) -> None:
    found = Found("x", tmp_path / "x.wav", RECORDING, tmp_path / "x.yaml")
    taken = replace(opened(find(["plain"])[0], Depth.AUDIO), kind=RECORDING)
    with pytest.raises(OperatorError, match=r"say how in x\.yaml"):
        check_permission(found, taken, Beside(flow="after_hours_hvac"))
    check_permission(found, taken, TOLD)


def test_a_shipped_caller_needs_none_and_another_folder_does(tmp_path: Path) -> None:
    shipped = find(["plain"])[0]
    taken = opened(shipped, Depth.AUDIO)
    check_permission(shipped, taken, None)
    with pytest.raises(OperatorError, match=r"say how in plain\.yaml"):
        check_permission(replace(shipped, path=tmp_path / "plain"), taken, None)
