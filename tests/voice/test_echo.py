import numpy as np
import numpy.typing as npt
import pytest

from voice.audio import FRAME, LINE_RATE, SILENCE, decode, encode, samples
from voice.echo import EchoCanceller
from voice.echo_path import PIECE, SPAN, echo_lag

Wave = npt.NDArray[np.float64]

QUIET = SILENCE * FRAME


def babble(seed: int, seconds: float, db: float = -20.0, *, low: float = 300, high: float = 3000) -> Wave:
    """Noise with a voice's band and syllables: 5 bursts a second, mean level in dBFS."""
    rng = np.random.default_rng(seed)
    count = int(seconds * LINE_RATE)
    bins = np.fft.rfft(rng.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / LINE_RATE)
    noise = np.fft.irfft(bins * (hertz > low) * (hertz < high) / (1 + hertz / 800), count)
    knots = rng.uniform(0.0, 1.0, int(seconds * 10) + 2) ** 2
    loud = np.interp(np.arange(count), np.arange(knots.size) * LINE_RATE / 10, knots)
    wave = noise * loud
    return np.asarray(wave / np.sqrt(np.mean(wave**2)) * 32768 * 10 ** (db / 20))


def silence(seconds: float) -> Wave:
    return np.zeros(int(seconds * LINE_RATE))


def hiss(seconds: float, db: float) -> Wave:
    return np.random.default_rng(99).standard_normal(int(seconds * LINE_RATE)) * 32768 * 10 ** (db / 20)


def back(agent: Wave, delay_ms: int, db: float) -> Wave:
    """The agent's sound as a telephone carries it back."""
    return np.concatenate((np.zeros(samples(delay_ms)), agent))[: len(agent)] * 10 ** (-db / 20)


def coded(wave: Wave) -> bytes:
    return encode(np.clip(np.rint(wave), -32768, 32767).astype(np.int16))


def cleaned(line: bytes, agent: bytes, canceller: EchoCanceller | None = None) -> tuple[bytes, list[bool]]:
    """The whole line through a canceller, and which of its frames were called echo."""
    canceller = canceller or EchoCanceller()
    frames = [canceller.clean(line[at : at + FRAME], agent[at : at + FRAME]) for at in range(0, len(line), FRAME)]
    return b"".join(one.mulaw for one in frames), [one.echo for one in frames]


def level(mulaw: bytes, since: float = 0.0, until: float | None = None) -> float:
    """dBFS of a stretch, in seconds."""
    pcm = decode(mulaw)[int(since * LINE_RATE) : None if until is None else int(until * LINE_RATE)].astype(np.float64)
    return float(10 * np.log10(np.mean(pcm**2) / 32768**2 + 1e-12))


@pytest.mark.parametrize("delay_ms", [0, 20, 80, 180, 350, 450])
@pytest.mark.parametrize("db", [15, 24, 36])
def test_after_a_second_the_echo_is_gone_at_any_level_and_delay(delay_ms: int, db: int) -> None:
    agent = babble(1, 4)
    line = coded(back(agent, delay_ms, db))
    clean, echo = cleaned(line, coded(agent))
    assert level(clean, 1.5) < level(line, 1.5) - 25
    assert all(echo[frame] for frame in range(75, len(echo)) if level(line[frame * FRAME : (frame + 1) * FRAME]) > -60)


def test_the_first_words_of_the_agent_are_called_echo_before_any_is_found() -> None:
    agent = babble(2, 0.6)
    _, echo = cleaned(coded(back(agent, 180, 20)), coded(agent))
    assert all(echo[9:])


def test_an_echo_through_a_room_is_called_echo() -> None:
    agent = babble(3, 6)
    ringing = np.random.default_rng(5).standard_normal(400) * np.exp(-np.arange(400) / 80) * 0.2
    ringing[0] = 1.0
    line = coded(np.convolve(back(agent, 120, 20), ringing)[: len(agent)] + hiss(6, -65))
    clean, echo = cleaned(line, coded(agent))
    assert level(clean, 2) < level(line, 2) - 15
    assert sum(echo[100:]) > 0.95 * len(echo[100:])


def test_an_echo_that_a_codec_has_roughened_is_called_echo() -> None:
    agent = babble(4, 6)
    rough = back(agent, 180, 24) * (1 + 0.3 * np.random.default_rng(6).standard_normal(len(agent)))
    _, echo = cleaned(coded(rough), coded(agent))
    assert sum(echo[100:]) > 0.95 * len(echo[100:])


def test_a_delay_that_changes_when_the_agent_speaks_again_is_found_again() -> None:
    agent = np.concatenate((babble(7, 3), silence(0.5), babble(8, 3)))
    line = back(agent, 180, 20)
    line[samples(3400) :] = back(agent, 200, 20)[samples(3400) :]
    clean, echo = cleaned(coded(line), coded(agent))
    assert all(echo[185:])
    assert level(clean, 4.5) < level(coded(line), 4.5) - 20


@pytest.mark.parametrize("db", [15, 24])
def test_the_caller_is_heard_over_the_agent_as_without_an_echo(db: int) -> None:
    agent, caller = babble(9, 6), np.concatenate((silence(3), babble(10, 2), silence(1)))
    line = coded(back(agent, 180, db) + caller)
    clean, echo = cleaned(line, coded(agent))
    spoken = slice(samples(3000), samples(5000))
    wrong = decode(clean)[spoken].astype(np.float64) - caller[spoken]
    assert np.mean(caller[spoken] ** 2) > 100 * np.mean(wrong**2)
    loud = [float(np.mean(caller[at : at + FRAME] ** 2)) for at in range(0, len(caller), FRAME)]
    spoken_loud = [frame for frame in range(150, 250) if loud[frame] > 0.03 * max(loud)]
    assert sum(not echo[frame] for frame in spoken_loud) > 0.95 * len(spoken_loud)


def test_less_of_the_echo_is_in_the_callers_words_than_on_the_line() -> None:
    agent, caller = babble(11, 6), np.concatenate((silence(3), babble(12, 3)))
    line = coded(back(agent, 180, 15) + caller)
    clean, _ = cleaned(line, coded(agent))
    spoken = slice(samples(3000), samples(6000))
    before = np.mean((decode(line)[spoken] - caller[spoken]) ** 2)
    after = np.mean((decode(clean)[spoken] - caller[spoken]) ** 2)
    assert after < before / 4


def test_the_echo_is_gone_again_after_the_caller_has_spoken_over_it() -> None:
    agent, caller = babble(13, 8), np.concatenate((silence(3), babble(14, 2), silence(3)))
    line = coded(back(agent, 180, 20) + caller)
    clean, echo = cleaned(line, coded(agent))
    assert level(clean, 5.6) < level(line, 5.6) - 20
    assert all(echo[280:])


def test_a_line_without_echo_goes_through_bit_for_bit() -> None:
    agent = babble(15, 6)
    line = coded(np.concatenate((silence(2), babble(16, 3), silence(1))) + hiss(6, -50))
    clean, echo = cleaned(line, coded(agent))
    assert clean == line
    assert not any(echo[100:])


def test_a_second_after_the_agent_has_fallen_silent_the_line_goes_through_bit_for_bit() -> None:
    agent = np.concatenate((babble(17, 3), silence(4)))
    line = coded(back(agent, 180, 15) + np.concatenate((silence(3), babble(18, 4))))
    clean, echo = cleaned(line, coded(agent))
    since = 4 * LINE_RATE
    assert clean[since:] == line[since:]
    assert not any(echo[200:])


def test_while_the_agent_has_never_spoken_nothing_is_touched() -> None:
    line = coded(babble(19, 2, db=-45))
    clean, echo = cleaned(line, QUIET * (len(line) // FRAME))
    assert clean == line
    assert not any(echo)


def test_a_caller_as_loud_as_the_agent_is_heard_over_its_first_words() -> None:
    agent, caller = babble(20, 1), babble(21, 1)
    clean, echo = cleaned(coded(caller), coded(agent))
    loud = [float(np.mean(caller[at : at + FRAME] ** 2)) for at in range(0, len(caller), FRAME)]
    assert not any(echo[frame] for frame in range(len(echo)) if loud[frame] > 0.5 * max(loud))
    assert clean == coded(caller)


def test_the_same_sounds_give_the_same_answer() -> None:
    agent = babble(22, 3)
    line = coded(back(agent, 130, 18) + babble(23, 3, db=-30))
    assert cleaned(line, coded(agent)) == cleaned(line, coded(agent))


@pytest.mark.parametrize("lag", [0, 1, 160, 1440, 3000])
def test_a_lag_is_found_to_the_sample(lag: int) -> None:
    agent = (babble(24, 1.5) / 32768).astype(np.float32)
    line = np.concatenate((np.zeros(lag, np.float32), agent))[: len(agent)] / np.float32(30)
    found, likeness = echo_lag(line[-PIECE:], agent[-SPAN:])
    assert found == lag
    assert likeness > 9


def test_no_lag_stands_out_between_two_voices() -> None:
    agent = (babble(25, 1.5) / 32768).astype(np.float32)
    line = (babble(26, 1.5) / 32768).astype(np.float32)
    assert echo_lag(line[-PIECE:], agent[-SPAN:])[1] < 9


@pytest.mark.parametrize("which", ["line", "agent"])
def test_silence_has_no_lag(which: str) -> None:
    sound = (babble(27, 1.5) / 32768).astype(np.float32)
    nothing = np.zeros_like(sound)
    line, agent = (nothing, sound) if which == "line" else (sound, nothing)
    assert echo_lag(line[-PIECE:], agent[-SPAN:]) == (0, 0.0)
