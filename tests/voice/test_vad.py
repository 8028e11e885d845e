"""The detector on the recorded callers, and on what a line carries that is no speech."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from voice.audio import FRAME, SILENCE, decode, encode
from voice.recorded import load
from voice.vad import Detector, VadSettings

Wave = npt.NDArray[np.float64]
SECONDS = 6
TIME = np.arange(SECONDS * 8000) / 8000


def probabilities(mulaw: bytes, detector: Detector | None = None) -> npt.NDArray[np.float64]:
    detector = detector or Detector()
    return np.array([detector.speech(mulaw[i : i + FRAME]) for i in range(0, len(mulaw) - FRAME + 1, FRAME)])


def mulaw(wave: Wave, level_db: float) -> bytes:
    scaled = wave / np.sqrt((wave**2).mean()) * 10 ** (level_db / 20) * 32768
    return encode(np.clip(scaled, -32768, 32767).astype(np.int16))


def white(seed: int = 1) -> Wave:
    return np.random.default_rng(seed).normal(size=TIME.size)


def pink() -> Wave:
    spectrum = np.fft.rfft(white())
    slope = np.sqrt(np.maximum(np.fft.rfftfreq(TIME.size, 1 / 8000), 30))
    return np.asarray(np.fft.irfft(spectrum / slope, TIME.size))


def hum() -> Wave:
    return np.asarray(sum(np.sin(2 * np.pi * 60 * n * TIME) / n for n in (1, 2, 3, 5, 7)))


def music() -> Wave:
    """Struck chords of three notes with five harmonics each, two a second."""
    random = np.random.default_rng(2)
    wave = np.zeros(TIME.size)
    for start in range(0, TIME.size, 4000):
        for note in random.choice([220, 247, 262, 294, 330, 392, 440, 523], 3, replace=False):
            for harmonic in range(1, 6):
                wave[start : start + 4000] += (
                    np.exp(-3 * TIME[:4000]) * np.sin(2 * np.pi * note * harmonic * TIME[:4000]) / harmonic
                )
    return wave


def clicks() -> Wave:
    wave = np.random.default_rng(3).normal(0, 0.002, TIME.size)
    for start in np.random.default_rng(4).integers(0, TIME.size - 40, 20):
        wave[start : start + 30] += np.exp(-np.arange(30) / 5)
    return wave


def keys() -> Wave:
    return np.asarray((np.sin(2 * np.pi * 770 * TIME) + np.sin(2 * np.pi * 1336 * TIME)) * (TIME % 0.25 < 0.1))


def breath() -> Wave:
    return np.asarray(pink() * np.clip(np.sin(np.pi * TIME), 0, 1) ** 2)


@pytest.mark.parametrize("caller", ["plain", "barge_in", "corrected_number", "gas_emergency", "hang_up"])
def test_a_callers_words_are_speech(caller: str) -> None:
    """Nine frames of ten that sound at all: those within 20 dB of the clip's loudest, on a quiet line."""
    sounding, heard = 0, 0
    for clip in load(caller).clips.values():
        whole = SILENCE * 1600 + clip
        said = probabilities(whole)
        frames = decode(whole)[: said.size * FRAME].reshape(-1, FRAME).astype(np.float64)
        power = (frames**2).mean(axis=1)
        sounds = power > power.max() / 100
        sounds[-1] = False
        sounding += int(sounds.sum())
        heard += int((said[1:][sounds[:-1]] > 0.5).sum())  # Silero answers a frame later, on average
    assert heard / sounding > 0.9


def test_words_on_a_noisy_line_are_speech_and_the_line_alone_is_not() -> None:
    clips = dict(load("noisy_line").clips)
    line = clips.pop("line.wav")
    assert probabilities(line).max() < 0.3
    for name, clip in clips.items():
        assert (probabilities(line + clip) > 0.5).sum() >= 8, name


NO_SPEECH = [(white, -50), (white, -30), (pink, -35), (pink, -25), (hum, -25), (music, -25)]
NO_SPEECH += [(clicks, -30), (keys, -15), (breath, -30)]


@pytest.mark.parametrize(("sound", "level_db"), NO_SPEECH)
def test_what_is_no_speech(sound: Callable[[], Wave], level_db: float) -> None:
    said = probabilities(mulaw(sound(), level_db))
    assert (said > 0.5).sum() == 0
    assert (said > 0.3).mean() < 0.02


def test_digital_silence_and_an_idle_lines_dither_never_reach_silero() -> None:
    dither = np.random.default_rng(5).integers(-8, 9, TIME.size).astype(np.int16)
    for idle in (SILENCE * TIME.size, encode(dither)):
        detector = Detector()
        assert (probabilities(idle, detector) == 0.0).all()
        assert detector._silero._probability == 0.0
        assert not detector._silero._heard.any()


def test_the_gate_opens_on_the_backlog_and_shuts_after_the_hold() -> None:
    """Frames before the gate opened are heard when it does; long after, silence is 0 again."""
    detector = Detector(VadSettings(hold_ms=200))
    clip = load("plain").clips["03.wav"]
    said = probabilities(SILENCE * 1600 + clip + SILENCE * 8000, detector)
    last = int(np.flatnonzero(said > 0)[-1])
    assert said[last + 1 :].size > 30
    assert np.flatnonzero(said > 0.5)[0] < 10 + 12
    assert said[:10].max() == 0.0


def test_two_detectors_share_no_state() -> None:
    clip = load("plain").clips["01.wav"]
    alone = probabilities(clip)
    one, other = Detector(), Detector()
    noise = mulaw(white(), -25)
    together = []
    for i in range(0, len(clip) - FRAME + 1, FRAME):
        together.append(one.speech(clip[i : i + FRAME]))
        other.speech(noise[i : i + FRAME])
    assert together == alone.tolist()


def test_a_probability_has_two_decimals() -> None:
    said = probabilities(load("plain").clips["01.wav"])
    assert said.max() <= 1.0
    assert said.tolist() == [round(p, 2) for p in said.tolist()]


@pytest.mark.parametrize("size", [0, 159, 161, 320])
def test_a_frame_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="a frame has 160 bytes"):
        Detector().speech(SILENCE * size)
