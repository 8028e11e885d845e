import numpy as np
import pytest

from voice.audio import FRAME, LINE_RATE, SILENCE, decode, encode
from voice.ear import LineEar, Listened


class Loud:
    """Calls speech whatever is above -40 dBFS."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def speech(self, mulaw: bytes) -> float:
        """1 or 0."""
        self.heard.append(mulaw)
        return float(np.abs(decode(mulaw).astype(np.int32)).max() > 328)


def noise(seed: int, seconds: float, db: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Noise that rises and falls as a voice does: 300 ms at so many dBFS, 200 ms at 10 dB less."""
    wave = np.random.default_rng(seed).standard_normal(int(seconds * LINE_RATE))
    soft = np.arange(wave.size) // 800 % 5 > 2
    voice = np.convolve(wave, np.ones(3) / np.sqrt(3), mode="same") * np.where(soft, 0.3, 1.0)
    return np.asarray(voice * 32768 * 10 ** (db / 20))


def coded(wave: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bytes:
    return encode(np.clip(np.rint(wave), -32768, 32767).astype(np.int16))


def frames(mulaw: bytes) -> list[bytes]:
    return [mulaw[at : at + FRAME] for at in range(0, len(mulaw), FRAME)]


def test_odd_pieces_become_frames_and_the_detector_hears_each() -> None:
    detector = Loud()
    ear, line = LineEar(detector), coded(noise(1, 0.1, -20))
    heard = [one for at in range(0, len(line), 37) for one in ear.hear(line[at : at + 37])]
    assert [one.line for one in heard] == frames(line)
    assert detector.heard == frames(line)
    assert all(one == Listened(one.line, one.line, 1.0) for one in heard)


def test_the_agents_echo_is_no_speech_and_the_line_is_kept_as_it_came() -> None:
    agent = noise(2, 3, -15)
    line = coded(np.concatenate((np.zeros(1440), agent))[: len(agent)] * 10 ** (-20 / 20))
    ear = LineEar(Loud())
    ear.agent(coded(agent))
    heard = list(ear.hear(line))
    assert Loud().speech(heard[100].line) == 1.0
    assert b"".join(one.line for one in heard) == line
    assert not any(one.speech for one in heard)


def test_what_is_sent_while_a_piece_is_heard_plays_from_the_next_frame_on() -> None:
    agent = noise(3, 3, -15)
    line = SILENCE * (5 * FRAME) + coded(agent * 0.1)
    ear, heard = LineEar(Loud()), []
    for number, one in enumerate(ear.hear(line)):
        if number == 4:
            ear.agent(coded(agent))
        heard.append(one)
    assert not any(one.speech for one in heard)


def test_what_was_cleared_is_not_expected_back() -> None:
    agent, caller = noise(4, 3, -15), coded(noise(4, 3, -15) * 0.2)
    ear = LineEar(Loud())
    ear.agent(coded(agent))
    ear.cleared()
    assert all(one.speech and one.mulaw == one.line for one in ear.hear(caller))


def test_a_voice_far_behind_the_callers_is_no_speech() -> None:
    ear = LineEar(Loud())
    line = coded(np.concatenate((noise(5, 2, -10), np.zeros(LINE_RATE), noise(6, 1, -36))))
    speech = [one.speech for one in ear.hear(line)]
    assert all(speech[:100])
    assert not any(speech[150:])


@pytest.mark.parametrize("cleans", [True, False])
def test_frames_that_are_no_sound_are_left_alone(cleans: bool) -> None:
    agent = noise(7, 2, -15)
    line = coded(agent * 0.1)
    ear = LineEar(Loud(), cleans=cleans)
    ear.agent(coded(agent))
    heard = list(ear.hear(line))
    assert (b"".join(one.mulaw for one in heard) == line) is not cleans
    assert any(one.speech for one in heard) is not cleans
