"""What a call came to, on literal entries."""

import pytest

from sop.acts import Field
from sop.reading import Reading
from voice.commands import Clear, End, Enter, Save, SendAudio, Speak
from voice.events import Heard, Spoken, Transcribed, Understood
from voice.report import Report, percentile


def answered(*, clock_stands: bool = False, stray: bool = False) -> Report:
    """A turn that ends at 1 s, is understood at 1.25 s and answered at 1.3 s, audible 20 ms later."""
    report = Report(clock_stands=clock_stands)
    report.command(Enter("triage"))
    report.event(Heard(8000, 160, 0.9))
    report.event(Heard(8160, 160, 0.1))
    report.event(Transcribed(9800, 1, 9600, (), 300.0))
    report.event(Understood(10_000, 1, Reading("no heat", 0.9), 4.0))
    if stray:
        report.event(Heard(10_160, 160, 0.6))
    report.command(Speak(0, "All right.", True))
    report.event(Spoken(10_400, 0, 1600, True, 160, 50.0))
    report.command(SendAudio(0, 0, 1600))
    return report


def test_the_gap_runs_from_the_last_speech_to_the_first_audible_sample() -> None:
    assert answered().turns[0].gap_ms == 320


def test_a_noise_after_the_turn_does_not_shorten_the_gap() -> None:
    assert answered(stray=True).turns[0].gap_ms == 320


def test_where_the_clock_stands_the_processing_is_added() -> None:
    # 300 ms of recognition, of which the wait of 250 ms after a pause of 160 ms hides 90; reader 4; voice 50.
    assert answered(clock_stands=True).turns[0].gap_ms == 320 + 210 + 4 + 50


def test_audio_that_is_still_playing_delays_the_reply() -> None:
    report = Report()
    report.command(SendAudio(9, 0, 16_000))
    report.event(Heard(8000, 160, 0.9))
    report.event(Understood(8000, 1, Reading("no", 0.9), 0.0))
    report.command(Speak(0, "All right.", True))
    report.event(Spoken(8000, 0, 1600, True, 0, 0.0))
    report.command(SendAudio(0, 0, 1600))
    assert report.turns[0].gap_ms == 1000


def test_a_turn_is_a_barge_in_only_if_it_cut_the_agent_itself() -> None:
    report = answered()
    report.command(Clear())
    report.event(Understood(20_000, 2, Reading("wait", 0.9), 0.0))
    report.command(Clear())
    report.command(SendAudio(5, 0, 160))
    report.event(Understood(30_000, 3, Reading("yes", 0.9), 0.0))
    assert [turn.barge_in for turn in report.turns] == [False, True, False]
    assert report.barge_ins == 2


def test_path_fields_and_outcome() -> None:
    report = answered()
    report.command(Save(1, (Field("problem", "no_heat", "no heat", 0.9, False),)))
    report.command(End("lead_saved"))
    assert (report.path, report.outcome, report.duration_s) == (["triage"], "lead_saved", 1.3)
    assert report.fields == {"problem": ("no_heat", "no heat", 0.9, False)}
    assert report.turns[0].said == "All right."


@pytest.mark.parametrize(("share", "value"), [(0.5, 50.0), (0.95, 95.0), (0.0, 1.0), (1.0, 100.0)])
def test_percentiles_are_values_that_occurred(share: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value
    assert percentile([], share) is None
