"""Found callers played again by `voice.caller.Caller`: the same words at the same time, and found again alike."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voice.replaying.test_turn_finding import energy, tone, whens
from voice.audio import FRAME, Pcm, decode, encode, samples
from voice.caller import Caller
from voice.recorded import load
from voice.replaying.turn_finding import FoundTurns, find_turns
from voice.scenario import Expect, Over, Scenario, Turn
from voice.vad import Detector


def scenario(*turns: Turn, between: str | None = None) -> Scenario:
    return Scenario(
        name="x",
        description="x",
        flow="x",
        caller="anonymous",
        now="2026-11-22T19:40:00-05:00",
        voice="x",
        between=between,
        turns=turns,
        expect=Expect(outcome="x"),
    )


def played(who: Caller, agent: bytes) -> Pcm:
    """What a caller says to an agent that speaks at known times."""
    return decode(b"".join(who.frame(agent[at : at + FRAME]).mulaw for at in range(0, len(agent), FRAME)))


def starts(turn: Turn, prompt: tuple[float, float]) -> float:
    """When a turn begins, in milliseconds, where the prompt has no pauses."""
    if isinstance(turn.when, Over):
        return 1000 * prompt[0] + turn.when.at_ms
    return 1000 * prompt[1] + turn.when.quiet_ms + turn.when.pause_ms


def apart(found: FoundTurns, other: FoundTurns) -> float:
    """The largest difference of two findings' spans, in milliseconds."""
    return float(abs(np.array(found.spans) - np.array(other.spans)).max()) / 8


@pytest.mark.parametrize(
    ("name", "noise", "late_ms"), [("plain", 164, 60), ("barge_in", 164, 60), ("noisy_line", 2108, 150)]
)
def test_a_shipped_caller_comes_back_as_it_was(name: str, noise: int, late_ms: int) -> None:
    """In noise 18 dB below the voice a soft ending is lost; the margin behind the voice still has it."""
    recorded = load(name)
    prompts = [(0.5 + 9 * turn, 4.5 + 9 * turn) for turn in range(len(recorded.scenario.turns))]
    agent = tone(prompts[-1][1] + 8, *prompts)
    mulaw = bytes(np.where(agent == 0, 0xFF, 0x10).astype(np.uint8))
    who = Caller(recorded.scenario, recorded.clips)
    first = played(who, mulaw)
    assert who.turn == len(recorded.scenario.turns)
    found = find_turns(first, agent, Detector().speech)
    assert [type(when) for when in whens(found)] == [type(turn.when) for turn in recorded.scenario.turns]
    for turn, again, (begin, end), prompt in zip(
        recorded.scenario.turns, found.turns, found.spans, prompts, strict=True
    ):
        assert turn.clip is not None and turn.voice_ends_ms is not None and again.voice_ends_ms is not None
        assert end / 8 == pytest.approx(starts(turn, prompt) + turn.voice_ends_ms, abs=late_ms)
        assert begin / 8 == pytest.approx(
            starts(turn, prompt) + first_above(noise, recorded.clips[turn.clip]), abs=late_ms
        )
        assert starts(again, prompt) + again.voice_ends_ms == pytest.approx(end / 8, abs=20)
    second = played(Caller(scenario(*found.turns, between=found.between), found.clips), mulaw)
    assert apart(find_turns(second, agent, Detector().speech), found) <= 60
    for begin, end in found.spans:
        alike = np.corrcoef(first[begin:end].astype(float), second[begin:end].astype(float))[0, 1]
        assert alike > 0.999, "the same samples at the same time"


def first_above(noise: int, mulaw: bytes) -> float:
    """Milliseconds to a clip's first sample louder than its line's noise."""
    return float(np.argmax(abs(decode(mulaw).astype(np.int32)) > noise)) / 8


def test_the_real_detector_finds_where_a_voice_begins_and_ends() -> None:
    clip = decode(load("plain").clips["02.wav"])
    caller = np.concatenate((tone(3), clip, tone(1)))
    ((begin, end),) = find_turns(caller, tone(len(caller) / 8000, (0.2, 2.0)), Detector().speech).spans
    loud = np.flatnonzero(abs(clip.astype(np.int32)) > 164)
    assert begin == pytest.approx(24000 + int(loud[0]), abs=samples(60))
    assert end == pytest.approx(24000 + int(loud[-1]), abs=samples(60))


@st.composite
def calls(draw: st.DrawFn) -> tuple[Pcm, Pcm]:
    """Caller and agent by turns: prompts of one sentence or two, answers over them or after them. Hundredths."""
    at, said, spoken = 30, [], []
    for _ in range(draw(st.integers(1, 4))):
        first, pause, second = draw(st.integers(40, 200)), draw(st.integers(5, 45)), draw(st.integers(0, 150))
        over, length = draw(st.booleans()), draw(st.integers(20, 150))
        sentences = [(at, at + first)] + [(at + first + pause, at + first + pause + second)] * (second > 10)
        if over:
            begins = at + draw(st.integers(25, first))
            stops = begins + draw(st.integers(10, 70))
            sentences = [(begin, min(end, stops)) for begin, end in sentences if begin < stops]
        else:
            begins = sentences[-1][1] + draw(st.integers(70, 250))
        said += sentences
        spoken.append((begins, begins + length))
        at = max(begins + length, sentences[-1][1]) + draw(st.integers(45, 200))
    total = at / 100 + 1

    def channel(spans: list[tuple[int, int]]) -> Pcm:
        return tone(total, *[(begin / 100, end / 100) for begin, end in spans])

    return channel(spoken), channel(said)


@settings(max_examples=40, deadline=None)
@given(calls())
def test_a_found_caller_says_the_same_at_the_same_time(call: tuple[Pcm, Pcm]) -> None:
    caller, agent = call
    found = find_turns(caller, agent, energy)
    mulaw = encode(agent) + b"\xff" * (-len(agent) % FRAME)
    again = played(Caller(scenario(*found.turns), found.clips), mulaw)
    assert apart(find_turns(again, agent, energy), found) <= 20
