"""Where turns start, pause and end, on literal probabilities."""

from hypothesis import given
from hypothesis import strategies as st

from voice.turns import Dropped, Ended, Paused, Resumed, Signal, Started, Turns, TurnSettings

F = 160
WAIT = 40 * F  # 800 ms


def signals(speech: list[float], wait: int = WAIT, settings: TurnSettings | None = None) -> list[tuple[int, Signal]]:
    """(frame number, signal), frames counted from 1."""
    turns = Turns(settings or TurnSettings())
    found = []
    for i, p in enumerate(speech, start=1):
        if (signal := turns.hear(i * F, F, p, wait)) is not None:
            found.append((i, signal))
    return found


def test_a_turn_from_start_to_end() -> None:
    found = signals([0.0] * 20 + [0.9] * 50 + [0.0] * 45)
    # 60 ms of speech start it, its audio reaches 240 ms back; 160 ms of silence are a pause, 800 ms the end.
    assert found == [(23, Started(20 * F - 12 * F)), (78, Paused(70 * F)), (110, Ended(70 * F))]


def test_the_wait_is_asked_with_every_frame() -> None:
    turns = Turns(TurnSettings())
    for i in range(1, 31):
        turns.hear(i * F, F, 0.9, WAIT)
    assert turns.hear(31 * F, F, 0.0, WAIT) is None
    assert [turns.hear((31 + k) * F, F, 0.0, 12 * F) for k in range(1, 12)][-1] == Ended(30 * F)


def test_speech_after_a_pause_resumes_the_turn() -> None:
    found = signals([0.9] * 20 + [0.0] * 10 + [0.9] * 10 + [0.0] * 40)
    assert [s for _, s in found] == [Started(0), Paused(20 * F), Resumed(), Paused(40 * F), Ended(40 * F)]


def test_clicks_start_nothing() -> None:
    assert signals(([1.0] + [0.0] * 9) * 20) == []


def test_point_20_a_turn_too_short_for_words_is_dropped() -> None:
    assert [s for _, s in signals([0.0] * 20 + [0.9] * 4 + [0.0] * 50)] == [
        Started(20 * F - 12 * F),
        Paused(24 * F),
        Dropped(),
    ]


def test_within_a_turn_a_weak_frame_goes_on_but_does_not_resume() -> None:
    assert [s for _, s in signals([0.9] * 10 + [0.4] * 20 + [0.0] * 45)] == [
        Started(0),
        Paused(30 * F),
        Ended(30 * F),
    ]
    assert [s for _, s in signals([0.9] * 10 + [0.0] * 10 + [0.4] * 40)] == [
        Started(0),
        Paused(10 * F),
        Ended(10 * F),
    ]


def test_point_11_continuous_silence_costs_nothing_and_stalls_nothing() -> None:
    found = signals([0.0] * 5000 + [0.9] * 20 + [0.0] * 50)
    assert [type(s) for _, s in found] == [Started, Paused, Ended]


def test_an_endless_turn_is_ended_at_the_limit() -> None:
    found = signals([0.9] * 100, settings=TurnSettings(longest_ms=1000))
    assert found[1] == (50, Ended(50 * F))


@given(st.lists(st.floats(0, 1), max_size=300), st.integers(0, 60))
def test_signals_come_in_a_sensible_order_whatever_is_heard(speech: list[float], wait: int) -> None:
    active = paused = False
    for _, signal in signals(speech, wait * F):
        match signal:
            case Started():
                assert not active
                active, paused = True, False
            case Paused():
                assert active and not paused
                paused = True
            case Resumed():
                assert active and paused
                paused = False
            case Ended() | Dropped():
                assert active
                active = False
