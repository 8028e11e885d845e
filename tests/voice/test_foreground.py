import numpy as np
import pytest

from voice.audio import FRAME, encode
from voice.foreground import Foreground

SECOND = 50


def frame(db: float) -> bytes:
    """20 ms at so many dBFS."""
    phase = np.arange(FRAME) * 2 * np.pi * 10 / FRAME
    return encode(np.rint(np.sin(phase) * np.sqrt(2) * 32768 * 10 ** (db / 20)).astype(np.int16))


def says(foreground: Foreground, db: float, frames: int, *, over_agent: bool = False) -> list[bool]:
    """Speech of one level."""
    return [foreground.is_near(frame(db), 0.9, over_agent=over_agent) for _ in range(frames)]


def pauses(foreground: Foreground, frames: int = SECOND) -> list[bool]:
    return [foreground.is_near(frame(-70), 0.0, over_agent=False) for _ in range(frames)]


@pytest.mark.parametrize("below", [22, 26, 32])
def test_a_voice_far_below_the_callers_is_not_the_caller(below: int) -> None:
    foreground = Foreground()
    says(foreground, -20, 2 * SECOND)
    pauses(foreground)
    assert not any(says(foreground, -20 - below, 2 * SECOND, over_agent=True))


@pytest.mark.parametrize("below", [0, 6, 12, 17])
def test_a_caller_who_grows_softer_is_heard(below: int) -> None:
    foreground = Foreground()
    says(foreground, -20, 2 * SECOND)
    pauses(foreground)
    assert all(says(foreground, -20 - below, 5 * SECOND))


def test_before_a_second_of_speech_everybody_is_heard() -> None:
    foreground = Foreground()
    assert all(says(foreground, -15, SECOND - 1))
    assert says(foreground, -60, 1) == [True]
    pauses(foreground)
    assert not any(says(foreground, -60, SECOND))


def test_a_caller_who_speaks_after_somebody_in_the_room_sets_the_level() -> None:
    foreground = Foreground()
    assert all(says(foreground, -48, 2 * SECOND))
    pauses(foreground)
    assert all(says(foreground, -20, SECOND))
    pauses(foreground)
    assert not any(says(foreground, -48, SECOND))


def test_a_caller_who_fades_away_slowly_is_heard_to_the_end() -> None:
    foreground = Foreground()
    heard = [near for step in range(60) for near in says(foreground, -15 - step / 2, SECOND)]
    assert all(heard)


def test_soft_sounds_count_with_the_syllables_before_them() -> None:
    foreground = Foreground()
    says(foreground, -20, 2 * SECOND)
    assert all(says(foreground, -50, 10))


def test_who_goes_on_speaking_softly_while_the_agent_waits_is_the_caller_in_the_end() -> None:
    foreground = Foreground()
    says(foreground, -20, 2 * SECOND)
    heard = []
    for _ in range(4):
        pauses(foreground)
        heard.append(all(says(foreground, -45, SECOND)))
    assert heard == [False, False, False, True]


def test_who_only_speaks_while_the_agent_does_is_never_the_caller() -> None:
    foreground = Foreground()
    says(foreground, -20, 2 * SECOND)
    for _ in range(20):
        pauses(foreground)
        assert not any(says(foreground, -44, SECOND, over_agent=True))


def test_what_is_no_speech_is_left_to_the_detector() -> None:
    foreground = Foreground()
    says(foreground, -20, 2 * SECOND)
    assert all(pauses(foreground))
