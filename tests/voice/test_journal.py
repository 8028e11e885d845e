"""Journals and recordings on a real disk."""

import resource
import signal
import wave
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from voice.audio import SILENCE, encode
from voice.commands import Enter
from voice.errors import OperatorError
from voice.events import Event, Heard, Marked, Stopped
from voice.journal import Journal, Recording, read_entries, read_header


def test_what_was_noted_is_read_back_in_order(tmp_path: Path) -> None:
    entries: list[Event | Enter] = [
        *(Heard(160 * i, 160, 0.01 * i) for i in range(1, 60)),
        Enter("triage"),
        Heard(60 * 160, 160, 0.6),
        Marked(9600, "u0:1"),
        Heard(61 * 160, 80, 0.0),
        Stopped(9600, "stop"),
    ]
    journal = Journal(tmp_path / "new" / "call.jsonl", {"flow": "x"})
    for entry in entries:
        journal.command(entry) if isinstance(entry, Enter) else journal.event(entry)
    journal.close()
    assert list(read_entries(journal.path)) == entries
    assert read_header(journal.path)["flow"] == "x"
    assert len(journal.path.read_text().splitlines()) == 7  # frames in a row share a line


def test_a_line_that_a_crash_cut_short_is_left_out(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "call.jsonl", {})
    journal.event(Marked(1, "a"))
    journal.event(Marked(2, "b"))
    journal.close()
    journal.path.write_text(journal.path.read_text()[:-5])
    assert list(read_entries(journal.path)) == [Marked(1, "a")]


@pytest.mark.parametrize("text", ["", "hello", "[]", '{"_":"Journal","format":99}'])
def test_what_is_no_journal_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    with pytest.raises(OperatorError, match=r"x\.jsonl"):
        read_header(path)


def stereo(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).reshape(-1, 2)


def test_caller_left_agent_right_on_the_calls_clock(tmp_path: Path) -> None:
    loud = encode(np.full(1600, 8000, dtype=np.int16))
    recording = Recording(tmp_path / "call.wav")
    for at in range(0, 24_000, 160):
        if at == 9600:
            recording.agent(at, loud)
            recording.agent(at, loud)  # plays behind the first, though sent at once
        recording.caller(loud[:160] if at < 1600 else SILENCE * 160)
    recording.close()
    left, right = stereo(tmp_path / "call.wav").T
    assert len(left) == 24_000
    assert np.flatnonzero(left).tolist() == list(range(1600))
    assert np.flatnonzero(right).tolist() == list(range(9600, 12_800))


def test_what_a_clear_threw_away_is_not_in_the_recording(tmp_path: Path) -> None:
    loud = encode(np.full(8000, 8000, dtype=np.int16))
    recording = Recording(tmp_path / "call.wav")
    recording.agent(0, loud)
    recording.caller(SILENCE * 3200)
    recording.cleared(3200)
    recording.agent(3360, loud[:160])
    recording.caller(SILENCE * 9600)
    recording.close()
    right = stereo(tmp_path / "call.wav")[:, 1]
    assert np.flatnonzero(right).tolist() == [*range(3200), *range(3360, 3520)]


def test_a_full_disk_ends_no_call_and_is_logged_once_for_each_file() -> None:
    full = Path("/dev/full")  # every write to it fails for want of space
    with capture_logs() as logs:
        journal, recording = Journal(full, {"flow": "x" * 20_000}), Recording(full)
        for at in range(0, 24_000, 160):
            journal.event(Heard(at, 160, 0.5))
            journal.event(Marked(at, "u0:1" * 500))
            recording.agent(at, SILENCE * 160)
            recording.caller(SILENCE * 160)
        journal.close()
        recording.close()
    assert [line["event"] for line in logs] == ["a call goes on without its file"] * 2


def test_a_folder_that_can_t_be_made_ends_no_call(tmp_path: Path) -> None:
    (tmp_path / "calls").write_text("a file")
    with capture_logs() as logs:
        journal, recording = Journal(tmp_path / "calls" / "a.jsonl", {}), Recording(tmp_path / "calls" / "a.wav")
        journal.event(Marked(1, "a"))
        recording.caller(SILENCE * 8000)
        journal.close()
        recording.close()
        recording.erase()
        journal.erase()
    failures = [line["event"] for line in logs]
    assert failures[:2] == ["a call goes on without its file"] * 2
    assert failures[2:] == ["a call's file could not be erased"] * 2


def test_what_was_written_before_the_disk_was_full_is_read(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    journal = Journal(tmp_path / "call.jsonl", {"flow": "x"})
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
        for at in range(100):
            journal.event(Marked(at, "u" * 100))
        journal.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    entries = list(read_entries(journal.path))
    assert 10 <= len(entries) < 40
    assert entries == [Marked(at, "u" * 100) for at in range(len(entries))]


def test_a_recording_and_a_journal_are_for_this_user_alone(tmp_path: Path) -> None:
    journal, recording = Journal(tmp_path / "a.jsonl", {}), Recording(tmp_path / "a.wav")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    journal.close()
    recording.close()
    journal.erase()
    recording.erase()
    assert list(tmp_path.iterdir()) == []
