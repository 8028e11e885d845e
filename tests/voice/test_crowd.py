"""Many voices behind one: told by their steadiness, from real clips of the recorded callers."""

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from voice.audio import FRAME, decode, encode
from voice.crowd import Crowd
from voice.recorded import load

Wave = npt.NDArray[np.float64]
VOICES = (
    "plain",
    "barge_in",
    "corrected_name",
    "hang_up",
    "dental_move",
    "saas_password",
    "law_hospital",
    "loan_large",
)


def voice(caller: str, db: float = 0.0) -> Wave:
    """What a caller says, clip after clip, so many dB louder."""
    recorded = load(caller)
    clips = [recorded.clips[turn.clip] for turn in recorded.scenario.turns if turn.clip is not None and turn.says]
    wave: Wave = np.concatenate([decode(clip).astype(np.float64) for clip in clips])
    return levelled(wave, db)


def crowd(seconds: float, db: float) -> Wave:
    """Eight voices at once."""
    size = int(seconds * 8000)
    mixed = np.zeros(size)
    for place, name in enumerate(VOICES):
        mixed += np.resize(np.roll(voice(name), 4001 * place), size)
    return levelled(mixed, db)


def levelled(wave: Wave, db: float) -> Wave:
    """Of one loudness, and so many dB more."""
    loud: Wave = wave / np.sqrt((wave**2).mean()) * 3000 * 10 ** (db / 20)
    return loud


def held(listener: Crowd, wave: Wave, speech: float = 0.9) -> list[bool]:
    """Frame by frame; all of it is speech for the detector."""
    mulaw = encode(np.clip(np.rint(wave), -32768, 32767).astype(np.int16))
    frames = (mulaw[at : at + FRAME] for at in range(0, len(mulaw) - FRAME + 1, FRAME))
    return [listener.holds(frame, speech) for frame in frames]


@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize("db", [0.0, -18.0])
def test_one_voice_is_no_crowd_however_soft(name: str, db: float) -> None:
    assert not any(held(Crowd(), voice(name, db)))


@pytest.mark.parametrize("db", [-10.0, -15.0, -25.0])
def test_many_voices_are_one_within_two_seconds(db: float) -> None:
    told = held(Crowd(), crowd(6, db))
    assert not any(told[:55]), "nobody can know so soon"
    assert np.mean(told[100:]) > 0.95


@pytest.mark.parametrize("below", [12.0, 15.0, 25.0])
def test_who_speaks_out_of_a_crowd_is_heard_and_the_crowd_is_not_when_they_have_finished(below: float) -> None:
    listener = Crowd()
    behind = crowd(9, -below)
    said = voice("plain")[: 2 * 8000]
    wave = behind.copy()
    wave[4 * 8000 : 6 * 8000] += said
    told = held(listener, wave)
    assert np.mean(told[210:300]) < 0.05, "the caller's two seconds but their soft beginning"
    assert np.mean(told[320:]) > 0.9
    assert list(itertools.islice(told, 100, 195)).count(True) > 80


def test_a_crowd_that_falls_silent_was_none() -> None:
    listener = Crowd()
    held(listener, crowd(4, 0.0))
    assert held(listener, voice("plain", -3.0))[0]
    held(listener, np.zeros(3 * 8000), speech=0.0)
    assert not any(held(listener, voice("plain", -3.0)))


def test_a_steady_noise_that_is_no_speech_is_no_crowd() -> None:
    noise = np.random.default_rng(1).normal(0, 300, 6 * 8000)
    assert not any(held(Crowd(), noise, speech=0.1))
