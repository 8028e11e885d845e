"""The whole stack on recorded audio: real sockets, detector, faster-whisper, Piper and database.

Callers are paced by processing, not by the clock, so that no test depends on how fast the machine is.
"""

import asyncio
import dataclasses
import os
import signal
import wave
from pathlib import Path

import pytest

from voice import recorded
from voice.asr import WhisperRecogniser
from voice.commands import Command, Transcribe, Urgency
from voice.demo import CALLERS, Demonstrated, DemoSettings, demonstrate, heard_gaps, latency, load_flow
from voice.events import CallStarted, Event
from voice.replay import replay
from voice.session import Listener


def run(folder: Path, names: tuple[str, ...], listener: Listener | None = None) -> list[Demonstrated]:
    """Has these callers ring at once."""
    graph, source = load_flow("after_hours_hvac")
    callers = [recorded.load(name) for name in names]
    settings = DemoSettings(home=folder, prompts=folder / "prompts", fast=True)

    def listening(start: CallStarted) -> Listener:
        assert listener is not None
        return listener

    return asyncio.run(
        demonstrate(graph, source, callers, settings, listener=listening if listener is not None else None)
    )


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> list[Demonstrated]:
    """Every recorded caller, once."""
    return run(tmp_path_factory.mktemp("calls"), CALLERS)


def test_every_recorded_caller_leaves_the_right_lead(calls: list[Demonstrated]) -> None:
    assert len(calls) >= 6
    assert {call.rang.scenario: call.faults for call in calls if call.faults} == {}


def test_point_38_every_journal_replays_to_the_same_commands(calls: list[Demonstrated]) -> None:
    for call in calls:
        result = replay(call.journal)
        assert result.identical, result.first_difference
        assert result.path == tuple(call.report.path) and result.outcome == call.report.outcome


def test_point_39_of_callers_at_once_every_reply_is_timed_and_every_stage_of_it(
    calls: list[Demonstrated],
) -> None:
    figures = latency([call.report for call in calls])
    heard = heard_gaps(calls)["n"]
    assert figures["gap_ms"]["n"] >= 4 * len(calls)
    assert heard is not None and heard >= 4 * len(calls)
    assert {"endpoint", "asr", "reader", "save", "tts"} <= set(figures["stages"])


def test_every_recording_has_both_sides(calls: list[Demonstrated]) -> None:
    for call in calls:
        with wave.open(str(call.journal.with_suffix(".wav"))) as file:
            assert file.getnchannels() == 2
            assert file.getnframes() / 8000 == pytest.approx(call.report.duration_s, abs=0.1)


def test_the_carrier_would_not_have_complained(calls: list[Demonstrated]) -> None:
    assert [v for call in calls for v in call.rang.violations] == []


def test_the_greeting_is_interrupted_and_the_gas_line_is_not(calls: list[Demonstrated]) -> None:
    by_name = {call.rang.scenario: call for call in calls}
    assert by_name["barge_in"].rang.barge_ins == 1
    assert by_name["gas_emergency"].rang.barge_ins == 0
    assert by_name["gas_emergency"].report.path[:3] == ["triage", "gas_safety", "on_call"]


def test_a_caller_who_hangs_up_half_way_leaves_what_was_said(calls: list[Demonstrated]) -> None:
    call = next(call for call in calls if call.rang.scenario == "hang_up")
    assert call.report.outcome == "caller_hung_up"
    assert call.lead_status == "partial" and call.lead


class _Killer:
    """Kills the recogniser's process in the middle of its second job."""

    def __init__(self) -> None:
        self.asked = 0
        self.failed: list[Event] = []
        self.killed: int | None = None
        self.engine: WhisperRecogniser | None = None

    def event(self, event: Event) -> None:
        if type(event).__name__ == "TranscriptionFailed":
            self.failed.append(event)

    def command(self, command: Command) -> None:
        if isinstance(command, Transcribe) and command.urgency is not Urgency.PROBE:
            self.asked += 1
            if self.asked == 2:
                asyncio.get_running_loop().call_later(0.002, self.kill)

    def kill(self) -> None:
        """SIGKILL, as an out-of-memory killer would."""
        assert self.engine is not None and self.engine.worker.pid is not None
        self.killed = self.engine.worker.pid
        os.kill(self.killed, signal.SIGKILL)


def test_a_recogniser_killed_in_mid_turn_does_not_end_the_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killer = _Killer()
    made = WhisperRecogniser.__init__

    def remember(self: WhisperRecogniser, *args: object, **kwargs: object) -> None:
        made(self, *args, **kwargs)  # type: ignore[arg-type]
        killer.engine = self

    monkeypatch.setattr(WhisperRecogniser, "__init__", remember)
    (call,) = run(tmp_path, ("plain",), killer)
    assert killer.killed is not None and killer.failed
    assert call.report.outcome == "lead_saved"
    assert call.lead == recorded.load("plain").scenario.expect.lead


def test_twice_the_same_call_is_the_same_call(tmp_path: Path) -> None:
    (first,) = run(tmp_path / "one", ("gas_emergency",))
    (second,) = run(tmp_path / "two", ("gas_emergency",))
    heard = [[(t.heard, t.step, t.said) for t in call.report.turns] for call in (first, second)]
    assert heard[0] == heard[1]
    assert dataclasses.asdict(first.rang) == dataclasses.asdict(second.rang)
