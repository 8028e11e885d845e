"""What a call's journal and recording give to the page."""

from dataclasses import replace
from pathlib import Path

import pytest

from sop.loader import bundle
from tests.voice.replaying.page.documents import call, quiet
from voice.audio import SILENCE
from voice.commands import Enter
from voice.events import CallStarted, Heard, Keyed, Marked, Stopped
from voice.journal import Journal, Recording
from voice.replaying.material import material_of
from voice.replaying.page.material import Material
from voice.replaying.result import CallResult, failed

NOTHING = Material(None, None)


@pytest.fixture
def result(tmp_path: Path) -> CallResult:
    """A call of a second, with a key and a mark in it."""
    source = bundle("after_hours_hvac")
    journal = Journal(tmp_path / "call.jsonl", {"flow": "after_hours_hvac", "source": source, "settings": {}})
    journal.event(CallStarted(0, "CA1", "MZ1", None, "2026-11-22T19:40:00-05:00"))
    journal.command(Enter("triage"))
    journal.event(Marked(2000, "u0:1600"))
    journal.event(Keyed(4000, "7"))
    journal.event(Heard(8000, 160, 0.0))
    journal.event(Stopped(8000, "stop"))
    journal.close()
    recording = Recording(tmp_path / "call.wav")
    recording.caller(SILENCE * 8000)
    recording.close()
    return call(journal=str(journal.path), recording=str(recording.path))


def test_a_call_has_its_sound_its_procedure_its_marks_and_its_keys(result: CallResult) -> None:
    found = material_of(result)
    assert found.recording is not None
    assert found.recording.startswith(b"RIFF")
    assert found.flow_svg_source is not None
    assert found.flow_svg_source.name == "after_hours_hvac"
    assert found.marks == ((0.25, "u0:1600"),)
    assert found.keys == (0.5,)
    assert "7" not in repr(found.keys)


def test_a_call_that_could_not_be_run_has_nothing(result: CallResult) -> None:
    lost = failed("lost", "journal", "audio", "lost.wav is gone")
    assert material_of(lost) == NOTHING
    assert material_of(replace(lost, journal=result.journal, recording=result.recording)) == NOTHING
    assert material_of(quiet("a", journal="")) == NOTHING


def test_files_that_are_gone_or_damaged_leave_the_rest(result: CallResult) -> None:
    Path(result.recording).unlink()
    assert material_of(result).recording is None
    assert material_of(result).flow_svg_source is not None
    whole = Path(result.journal).read_text(encoding="utf-8")
    for text in ("", "no journal", whole.replace("steps:", "stairs:")):
        Path(result.journal).write_text(text, encoding="utf-8")
        assert material_of(result) == NOTHING
    Path(result.journal).unlink()
    assert material_of(result) == NOTHING
