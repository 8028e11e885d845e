"""The recorded caller: when it speaks, and what it makes of the agent's answers. Every frame is 20 ms."""

from collections.abc import Iterable

import numpy as np
import pytest

from voice.audio import decode
from voice.caller import Caller, Reply
from voice.scenario import Echo, Expect, Scenario, Turn

VOICE = b"\x10" * 160
QUIET = b"\xff" * 160
CLIP = b"\x20" * 1600 + b"\xff" * 320
"""200 ms of voice, 40 ms of nothing behind it."""


def caller(*turns: dict[str, object], between: str | None = None, echo: Echo | None = None) -> Caller:
    scenario = Scenario(
        name="x",
        description="x",
        flow="x",
        caller="anonymous",
        now="2026-11-22T19:40:00-05:00",
        voice="x",
        between=between,
        echo=echo,
        turns=tuple(Turn.model_validate({"clip": "a.wav", "says": "hello"} | turn) for turn in turns),
        expect=Expect(outcome="x"),
    )
    return Caller(scenario, {"a.wav": CLIP, "line.wav": bytes(range(100)) * 4})


def hears(who: Caller, frames: Iterable[bytes]) -> list[int]:
    """Indices of the frames in which the caller says something."""
    return [index for index, heard in enumerate(frames) if who.frame(heard).mulaw != QUIET]


def gaps(who: Caller) -> list[int]:
    return [reply.gap_ms for reply in who.replies]


def test_waits_until_the_agent_has_been_quiet_for_700_ms() -> None:
    assert hears(caller({}), [QUIET] * 50 + [VOICE] * 20 + [QUIET] * 60) == list(range(105, 115))


def test_says_nothing_before_the_agent_has() -> None:
    assert hears(caller({}), [QUIET] * 500) == []


def test_a_short_pause_of_the_agent_is_no_end() -> None:
    frames = [VOICE] * 10 + [QUIET] * 30 + [VOICE] * 10 + [QUIET] * 40
    assert hears(caller({}), frames)[0] == 85


def test_thinks_before_it_answers() -> None:
    frames = [VOICE] * 10 + [QUIET] * 100
    assert hears(caller({"when": {"quiet_ms": 300, "pause_ms": 500}}), frames)[0] == 50


def test_speaks_over_the_agent_so_long_after_it_began() -> None:
    frames = [QUIET] * 7 + [VOICE] * 80
    assert hears(caller({"when": {"over": "prompt", "at_ms": 400}}), frames)[0] == 27


def test_the_second_turn_waits_for_a_new_prompt() -> None:
    who = caller({}, {})
    assert hears(who, [VOICE] * 10 + [QUIET] * 200) == list(range(45, 55))
    assert who.turn == 1
    assert hears(who, [VOICE] * 10 + [QUIET] * 40)[0] == 45


def test_the_gap_is_from_the_last_word_to_the_first_audible_sample() -> None:
    who = caller({})
    # The clip begins at frame 45, its voice ends at frame 55, the answer begins in frame 70.
    hears(who, [VOICE] * 10 + [QUIET] * 60 + [b"\xff" * 80 + b"\x10" * 80] + [VOICE] * 5)
    assert gaps(who) == [(70 - 55) * 20 + 10]


def test_where_the_scenario_says_the_voice_ends_counts() -> None:
    who = caller({"voice_ends_ms": 150})
    hears(who, [VOICE] * 10 + [QUIET] * 60 + [VOICE])
    assert gaps(who) == [(70 - 45) * 20 - 150]


def test_an_agent_that_does_not_wait_has_a_negative_gap() -> None:
    who = caller({})
    hears(who, [VOICE] * 10 + [QUIET] * 37 + [VOICE] * 20)
    assert gaps(who) == [(47 - 55) * 20]


def test_the_rest_of_an_interrupted_prompt_is_no_answer() -> None:
    who = caller({"when": {"over": "prompt", "at_ms": 400}}, {})
    hears(who, [VOICE] * 25)
    who.cut()
    assert gaps(who) == []
    assert hears(who, [QUIET] * 20) == list(range(5))
    assert hears(who, [QUIET] * 100) == [], "a prompt that was broken off is not waited for"
    hears(who, [VOICE] * 5)
    assert gaps(who) == [(145 - 30) * 20]


def test_what_seemed_an_answer_before_the_agent_broke_off_was_none() -> None:
    who = caller({"when": {"over": "prompt", "at_ms": 400}})
    hears(who, [VOICE] * 20 + [QUIET] * 12 + [VOICE] * 3)
    assert len(gaps(who)) == 1
    who.cut()
    assert gaps(who) == []
    hears(who, [QUIET] * 5 + [VOICE])
    assert gaps(who) == [(40 - 30) * 20]


def test_keys_come_one_after_another_and_then_the_gap_begins() -> None:
    who = caller({"keys": "41#", "clip": None, "says": None})
    keys = [(index, said.key) for index in range(100) if (said := who.frame(VOICE if index < 10 else QUIET)).key]
    assert keys == [(45, "4"), (57, "1"), (69, "#")]
    who.frame(VOICE)
    assert who.replies == (Reply(turn=0, gap_ms=(100 - 69) * 20),)


def test_hangs_up() -> None:
    who = caller({"hang_up": True, "clip": None, "says": None, "when": {"over": "prompt", "at_ms": 100}})
    said = [who.frame(VOICE) for _ in range(8)]
    assert [one.hangs_up for one in said][:6] == [False] * 5 + [True]


def test_the_noise_of_the_line_goes_on_between_the_clips() -> None:
    who = caller({}, between="line.wav")
    said = b"".join(who.frame(QUIET).mulaw for _ in range(10))
    looped = bytes(range(100)) * 4 + b"\xff" * 80
    assert said == (looped * 4)[:1600]


# ---- the telephone carries the agent's voice back --------------------------------------------------------------------


def rms(mulaw: bytes) -> float:
    return float(np.sqrt(np.mean(decode(mulaw).astype(np.float64) ** 2)))


LOUD = bytes([0x10, 0x90]) * 80
"""A sound of 4 kHz, without an offset."""


@pytest.mark.parametrize(("delay_ms", "db"), [(180, 24), (20, 12), (1000, 40)])
def test_the_agent_comes_back_later_and_quieter(delay_ms: int, db: float) -> None:
    who = caller({"when": {"quiet_ms": 5000}}, echo=Echo(delay_ms=delay_ms, db=db))
    said = b"".join(who.frame(LOUD if index < 5 else QUIET).mulaw for index in range(80))
    begins = delay_ms * 8
    assert rms(said[:begins]) == 0.0
    back = said[begins : begins + 800]
    assert 20 * np.log10(rms(LOUD) / rms(back)) == pytest.approx(db, abs=1.5)
    assert rms(said[begins + 800 : begins + 1600]) == 0.0


def test_the_caller_s_own_voice_is_there_as_well() -> None:
    quiet, echoing = caller({}), caller({}, echo=Echo(delay_ms=100, db=40))
    frames = [VOICE] * 10 + [QUIET] * 50
    alone, both = ([who.frame(heard).mulaw for heard in frames] for who in (quiet, echoing))
    assert alone[45:55] == both[45:55], "the echo is long gone when the caller answers"
    assert alone[:40] != both[:40]


def test_an_echo_is_nothing_that_the_caller_said() -> None:
    who = caller({}, echo=Echo(delay_ms=100, db=12))
    assert [who.frame(VOICE if index < 10 else QUIET).key for index in range(30)] == [""] * 30
    assert (who.turn, who.turns_left) == (0, 1)


# ---- parts of clips, and clips without words -------------------------------------------------------------------------


def test_a_part_of_a_clip_has_its_own_beginning_and_end() -> None:
    who = caller({"from_ms": 100, "to_ms": 220})
    # 120 ms are played; the voice of the clip ends at 200 ms of it, so 100 ms into the part.
    assert hears(who, [VOICE] * 10 + [QUIET] * 60 + [VOICE]) == list(range(45, 50))
    assert gaps(who) == [(70 - 50) * 20]


def test_a_sound_without_words_is_played_as_any_other() -> None:
    assert hears(caller({"says": ""}), [VOICE] * 10 + [QUIET] * 60) == list(range(45, 55))


def test_turns_that_were_not_come_to() -> None:
    who = caller({}, {}, {"hang_up": True, "clip": None, "says": None})
    assert who.turns_left == 2
    hears(who, [VOICE] * 10 + [QUIET] * 60)
    assert who.turns_left == 1
