"""From two channels to turns: tones and noise at known times in, spans and timings out."""

import numpy as np
import pytest

from voice.audio import Pcm, decode, is_audible, samples
from voice.replaying.channels import Crosstalk
from voice.replaying.turn_finding import FoundTurns, find_turns
from voice.scenario import After, Over


def tone(length_s: float, *spans_s: tuple[float, float], loud: int = 8000, hertz: int = 400) -> Pcm:
    """A tone in those seconds of a channel that is silent otherwise."""
    out = np.zeros(round(length_s * 8000), dtype=np.int16)
    for begin, end in spans_s:
        at = np.arange(round(begin * 8000), round(end * 8000))
        out[at] = (loud * np.cos(2 * np.pi * hertz * (at - at[0]) / 8000)).astype(np.int16)
    return out


def energy(mulaw: bytes) -> float:
    return float(is_audible(mulaw))


def whens(found: FoundTurns) -> list[After | Over]:
    return [turn.when for turn in found.turns]


def test_waits_for_the_end_of_the_prompt() -> None:
    found = find_turns(tone(6, (3.5, 4.5)), tone(6, (0.5, 2.5)), energy)
    assert whens(found) == [After(quiet_ms=700, pause_ms=100)], "1000 ms less the 200 ms before the voice"
    assert found.spans == ((28000, 36000),)
    assert found.turns[0].clip == "01.wav"
    assert found.turns[0].says == ""
    assert found.turns[0].voice_ends_ms == 1200
    assert len(found.clips["01.wav"]) == samples(1400)
    assert found.between is None
    assert found.notes == ()


def test_answers_at_once() -> None:
    found = find_turns(tone(6, (2.6, 3.5)), tone(6, (0.5, 2.5)), energy)
    assert whens(found) == [After(quiet_ms=20, pause_ms=0)], "the clip's beginning gives way to the agent's end"
    assert found.turns[0].voice_ends_ms == 980


def test_speaks_over_the_prompt() -> None:
    found = find_turns(tone(6, (2.0, 3.0)), tone(6, (0.5, 2.3)), energy)
    assert whens(found) == [Over(over="prompt", at_ms=1300)]


def test_speaks_in_a_pause_of_a_prompt_that_goes_on() -> None:
    found = find_turns(tone(6, (2.0, 3.0)), tone(6, (0.5, 1.7), (2.2, 4.0)), energy)
    assert whens(found) == [Over(over="prompt", at_ms=1300)]


def test_a_prompts_own_pauses_are_shorter_than_the_callers_waiting() -> None:
    found = find_turns(tone(6, (3.5, 4.0)), tone(6, (0.5, 1.0), (1.6, 3.0)), energy)
    assert whens(found) == [After(quiet_ms=640, pause_ms=0)], "300 ms would fall into the pause of 600"
    assert "pauses" in found.notes[0]


def test_behind_a_pause_that_seems_an_end_the_place_in_the_prompt_counts() -> None:
    found = find_turns(tone(8, (5.5, 6.0)), tone(8, (0.5, 1.0), (4.0, 5.0)), energy)
    assert whens(found) == [Over(over="prompt", at_ms=4800)]


def test_a_pause_in_which_the_agent_says_nothing_stays_in_the_clip() -> None:
    found = find_turns(tone(9, (3.0, 3.5), (5.5, 6.0)), tone(9, (0.5, 2.0), (7.0, 8.0)), energy)
    assert found.spans == ((24000, 48000),)
    assert found.turns[0].voice_ends_ms == 3200


def test_a_pause_in_which_the_agent_speaks_parts_two_turns() -> None:
    found = find_turns(tone(9, (3.0, 3.5), (5.5, 6.0)), tone(9, (0.5, 2.0), (4.0, 4.5)), energy)
    assert found.spans == ((24000, 28000), (44000, 48000))
    assert whens(found) == [After(quiet_ms=700, pause_ms=100), After(quiet_ms=700, pause_ms=100)]
    assert sorted(found.clips) == ["01.wav", "02.wav"]


def test_what_an_interrupted_agent_still_says_parts_nothing() -> None:
    found = find_turns(tone(9, (2.0, 2.3), (3.5, 4.5)), tone(9, (0.5, 2.6), (5.5, 6.5)), energy)
    assert found.spans == ((16000, 36000),)


def test_after_an_interruption_the_next_prompt_counts_not_the_rest_of_the_last() -> None:
    found = find_turns(tone(9, (2.0, 2.3), (5.0, 6.0)), tone(9, (0.5, 3.0), (4.0, 7.0)), energy)
    assert whens(found) == [Over(over="prompt", at_ms=1300), Over(over="prompt", at_ms=800)]


def test_an_agent_that_talks_on_is_counted_from_the_clips_end() -> None:
    found = find_turns(tone(9, (2.0, 2.5), (6.0, 7.0)), tone(9, (0.5, 8.0)), energy)
    assert whens(found) == [Over(over="prompt", at_ms=1300), Over(over="prompt", at_ms=3100)]


def test_a_caller_who_speaks_first_comes_with_the_agents_first_sound() -> None:
    found = find_turns(tone(5, (0.5, 1.0)), tone(5, (2.0, 4.0)), energy)
    assert whens(found) == [Over(over="prompt", at_ms=0)]
    assert found.notes == ("turn 1: the agent had not spoken since; it comes with the agent's next sound",)


def test_sounds_too_short_for_a_word_are_left_out_and_counted() -> None:
    found = find_turns(tone(6, (3.0, 3.06), (4.0, 5.0)), tone(6, (0.5, 2.0)), energy)
    assert found.spans == ((32000, 40000),)
    assert found.notes == ("1 sound of the caller's, shorter than 100 ms, left out",)


def test_keys() -> None:
    pressed = [(samples(3000), "4"), (samples(3500), "1"), (samples(6000), "#")]
    found = find_turns(tone(8), tone(8, (0.5, 2.0), (4.0, 5.0)), energy, keys=pressed)
    assert [turn.keys for turn in found.turns] == ["41", "#"]
    assert whens(found) == [After(quiet_ms=700, pause_ms=300), After(quiet_ms=700, pause_ms=300)]
    assert found.spans == ((24000, 28160), (48000, 48160))
    assert not found.clips


def test_hangs_up_in_the_middle_of_a_prompt_or_behind_it() -> None:
    within = find_turns(tone(3), tone(3, (0.5, 3.0)), energy, hung_up=True)
    behind = find_turns(tone(3), tone(3, (0.5, 2.0)), energy, hung_up=True)
    assert [turn.hang_up for turn in (*within.turns, *behind.turns)] == [True, True]
    assert whens(within) == [Over(over="prompt", at_ms=2500)]
    assert whens(behind) == [After(quiet_ms=700, pause_ms=300)]
    assert within.spans == ((24000, 24000),)


def test_times_beyond_what_a_scenario_can_say() -> None:
    found = find_turns(tone(40, (35.0, 36.0)), tone(40, (0.5, 2.0)), energy)
    assert whens(found) == [After(quiet_ms=700, pause_ms=30_000)]
    over = find_turns(tone(70, (65.0, 66.0)), tone(70, (0.5, 69.0)), energy)
    assert whens(over) == [Over(over="prompt", at_ms=60_000)]
    assert "earlier" in found.notes[0]
    assert "earlier" in over.notes[0]


@pytest.mark.parametrize("agent", [None, tone(10)])
def test_without_an_agent_pauses_part_the_turns(agent: Pcm | None) -> None:
    found = find_turns(tone(10, (1.0, 2.0), (3.0, 4.0), (6.0, 7.0)), agent, energy, hung_up=True)
    assert found.spans == ((8000, 32000), (48000, 56000), (80000, 80000))
    assert whens(found) == [After(), After(), After()]


def test_nobody_speaks() -> None:
    assert find_turns(tone(2), tone(2, (0.5, 1.0)), energy) == FoundTurns((), {}, None, ())
    assert find_turns(tone(0), None, energy).turns == ()


def test_the_agents_voice_in_the_callers_channel_is_not_the_caller() -> None:
    agent = tone(6, (0.5, 2.0))
    caller = tone(6, (3.0, 4.0))
    caller[400:] += agent[:-400] // 10
    assert find_turns(caller, agent, energy).spans == ((4400, 32000),), "as if the caller had echoed the prompt"
    echo = Crosstalk("caller", delay_ms=50, db=20)
    assert find_turns(caller, agent, energy, crosstalk=echo).spans == ((24000, 32000),)


def test_the_lines_noise_goes_on_between_the_clips_and_does_not_click() -> None:
    noise = (np.random.default_rng(7).standard_normal(8000 * 12) * 60).astype(np.int16)
    agent = tone(12, (0.5, 2.0), (6.0, 6.5))
    found = find_turns(noise + tone(12, (3.0, 4.0)), agent, lambda mulaw: float(abs(decode(mulaw)).max() > 2000))
    assert found.between == "line.wav"
    line = decode(found.clips["line.wav"]).astype(np.int32)
    assert len(line) == 32000, "four seconds of the five after the agent's last word"
    assert abs(float(line.std()) - 60) < 4
    assert abs(float(line[:200].std()) - 60) < 15, "where it begins again it is as loud as elsewhere"
    assert int(abs(line).max()) < 400
