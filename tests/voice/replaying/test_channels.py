"""Who is on which side: speech-like noise at known times in, the order and what is said about it out."""

import numpy as np
import pytest

from voice.audio import Pcm
from voice.replaying.channels import Crosstalk, order_of

AGENT = ((0.5, 4.0), (7.0, 9.0), (13.0, 15.0))
CALLER = ((5.0, 6.5), (10.0, 12.0))
SPANS = tuple((round(begin * 8000), round(end * 8000)) for begin, end in AGENT)


def voice(seed: int, spans_s: tuple[tuple[float, float], ...], noise: float = 0) -> Pcm:
    """Bursts of noise as loud as speech, on a line with noise of that deviation."""
    source = np.random.default_rng(seed)
    out = source.standard_normal(16 * 8000) * noise
    for begin, end in spans_s:
        out[round(begin * 8000) : round(end * 8000)] += source.standard_normal(round((end - begin) * 8000)) * 3000
    return np.clip(out, -32768, 32767).astype(np.int16)


def returned(caller: Pcm, agent: Pcm, delay_ms: int, db: int) -> Pcm:
    """The caller's channel with the agent's voice in it."""
    out = caller.astype(np.float64)
    out[delay_ms * 8 :] += agent[: -delay_ms * 8] * 10 ** (-db / 20)
    return out.astype(np.int16)


CLEAN = voice(1, AGENT)
LINE = voice(2, CALLER, noise=25)


def test_as_stated() -> None:
    order = order_of(LINE, CLEAN)
    assert order.caller is LINE
    assert order.agent is CLEAN
    assert (order.swapped, order.crosstalk, order.notes) == (False, None, ())


def test_an_agent_that_is_left_speaks_first_and_is_silent_in_its_pauses() -> None:
    order = order_of(CLEAN, LINE)
    assert order.caller is LINE
    assert order.agent is CLEAN
    assert order.swapped
    assert order.notes == (
        "the channels are swapped: the left one is digitally silent in its pauses and speaks first, as an agent's does",
    )


def test_a_long_greeting_is_enough_where_no_channel_is_noisy() -> None:
    assert order_of(CLEAN, voice(2, CALLER)).swapped
    assert not order_of(voice(2, CALLER), CLEAN).swapped


def test_a_short_hello_at_the_beginning_swaps_nothing() -> None:
    caller = voice(2, ((0.1, 0.5), *CALLER))
    order = order_of(caller, voice(1, ((1.0, 4.0), *AGENT[1:])))
    assert order.caller is caller
    assert not order.swapped
    assert order.notes == ("which channel is the caller's can't be told from the sound: the left one is taken",)


def test_who_speaks_first_means_nothing_where_the_agent_does_not_greet() -> None:
    order = order_of(CLEAN, voice(2, CALLER), agent_first=False)
    assert not order.swapped
    assert "can't be told" in order.notes[0]


@pytest.mark.parametrize("late", [0, 2000])
def test_a_journal_decides_alone(late: int) -> None:
    agent, caller = voice(1, CALLER, noise=25), voice(2, AGENT)
    spans = tuple((round(begin * 8000) + late, round(end * 8000) + late) for begin, end in CALLER)
    assert order_of(agent, caller, agent_spans=spans).swapped
    assert order_of(caller, agent, agent_spans=spans).agent is agent


def test_a_journal_that_fits_neither_leaves_it_to_the_sound() -> None:
    assert order_of(CLEAN, LINE, agent_spans=((0, 128_000),)).swapped


def test_a_silent_agent() -> None:
    order = order_of(LINE, voice(1, ()))
    assert not order.swapped
    assert order.notes == (
        "which side has the sound can't be told: the caller is taken to be left",
        "the agent's channel is silent",
    )


def test_a_silent_caller() -> None:
    assert order_of(voice(1, ()), CLEAN).notes[-1] == "the caller's channel is silent"
    order = order_of(CLEAN, voice(1, (), noise=25), agent_spans=SPANS)
    assert order.agent is CLEAN
    assert order.notes == (
        "the channels are swapped: the journal's agent is left",
        "the caller's channel is silent",
    )


def test_no_sound_at_all() -> None:
    silent = np.zeros(8000, dtype=np.int16)
    assert order_of(silent, silent).notes == ("neither channel has any sound",)
    assert order_of(silent[:0], silent[:0]).notes == ("neither channel has any sound",)


def test_one_channel() -> None:
    order = order_of(LINE, None)
    assert order.agent is None
    assert order.notes == ("one channel: all of it is taken for the caller's",)


def test_one_channel_copied_into_both() -> None:
    mixed = voice(1, AGENT + CALLER)
    almost = mixed + np.random.default_rng(3).integers(-5, 6, mixed.size).astype(np.int16)
    order = order_of(mixed, almost)
    assert order.agent is None
    assert "both channels are the same" in order.notes[0]


@pytest.mark.parametrize(("delay_ms", "db"), [(120, 26), (30, 12), (400, 32)])
def test_crosstalk_of_the_agent(delay_ms: int, db: int) -> None:
    order = order_of(returned(LINE, CLEAN, delay_ms, db), CLEAN)
    assert order.crosstalk == Crosstalk("caller", delay_ms, db)
    assert order.notes == (
        f"crosstalk: the caller's channel carries the agent's voice, {db} dB lower and {delay_ms} ms later",
    )


def test_a_voice_that_comes_back_right_is_the_agents_left() -> None:
    caller = returned(LINE, CLEAN, 120, 20)
    order = order_of(CLEAN, caller)
    assert order.caller is caller
    assert order.swapped
    assert order.crosstalk == Crosstalk("caller", 120, 20)
