"""Pacing, marks, cuts and what was heard; numbers name points of the conformance checklist."""

from hypothesis import given
from hypothesis import strategies as st

from voice.commands import Cancel, Clear, SendAudio, SendMark
from voice.playback import Playback, PlaybackSettings

F = 160
CHUNK = 1600
LEAD = 8000


def playing(length: int, *, interruptible: bool = True) -> Playback:
    playback = Playback(PlaybackSettings())
    playback.add(0, interruptible=interruptible)
    playback.rendered(0, length, last=True)
    return playback


def audio(commands: list[SendAudio | SendMark]) -> list[tuple[int, int, int]]:
    return [(c.utterance, c.start, c.end) for c in commands if isinstance(c, SendAudio)]


def test_point_15_each_chunk_has_its_mark_behind_it() -> None:
    commands = playing(4000).tick(F)
    assert commands == [
        SendAudio(0, 0, 1600), SendMark("u0:1600"),
        SendAudio(0, 1600, 3200), SendMark("u0:3200"),
        SendAudio(0, 3200, 4000), SendMark("u0:4000"),
    ]  # fmt: skip


def test_point_16_no_more_than_the_lead_is_sent_ahead_and_the_buffer_never_runs_dry() -> None:
    playback = playing(80_000)
    sent = 0
    for at in range(F, 80_000, F):
        for _, start, end in audio(playback.tick(at)):
            sent += end - start
        assert sent - (at - F) <= LEAD + CHUNK
        assert sent >= min(80_000, at - F + LEAD - CHUNK)


def test_point_16_a_short_piece_is_sent_only_when_the_buffer_runs_low() -> None:
    playback = Playback(PlaybackSettings())
    playback.add(0, interruptible=True)
    assert playback.tick(F) == []
    playback.rendered(0, 320, last=False)
    assert audio(playback.tick(F)) == [(0, 0, 320)]  # nothing is buffered
    playback.rendered(0, 1600, last=False)
    assert audio(playback.tick(F)) == [(0, 320, 1920)]
    playback.rendered(0, 320, last=False)
    assert audio(playback.tick(F + 1120)) == []  # 100 ms are buffered
    assert audio(playback.tick(F + 1280)) == [(0, 1920, 2240)]


def test_point_17_a_cut_stops_producers_then_the_queue_then_clears() -> None:
    playback = playing(20_000)
    playback.add(1, interruptible=True)
    playback.tick(F)
    commands, unheard = playback.cut(5 * F)
    assert commands == [Cancel((1,)), Clear()]
    assert unheard == (0, 1)
    assert playback.tick(6 * F) == [] and not playback.is_playing(6 * F)
    assert not playback.rendered(1, 800, last=False)  # what the producer still brings is refused
    assert playback.tick(7 * F) == []


def test_point_17_nothing_is_cleared_when_nothing_was_sent() -> None:
    playback = Playback(PlaybackSettings())
    playback.add(0, interruptible=True)
    assert playback.cut(F) == ([Cancel((0,))], (0,))


def test_point_18_marks_echoed_by_the_clear_are_not_heard() -> None:
    playback = playing(8000)
    playback.tick(F)
    playback.marked("u0:1600", F + 1600)
    assert playback.heard(0) == 1600
    playback.cut(F + 2000)
    for name in ("u0:3200", "u0:4800", "u0:8000"):
        playback.marked(name, F + 2100)
    assert playback.heard(0) == 1600


def test_point_18_an_echo_proves_no_more_than_the_time_that_has_passed() -> None:
    playback = playing(8000)
    playback.tick(F)
    playback.marked("u0:8000", F + 800)  # a tenth of a second later all of it is said to have been played
    assert playback.heard(0) <= 800 + 2400
    assert playback.is_playing(F + 800)


def test_point_19_unknown_repeated_and_disordered_marks_change_nothing() -> None:
    playback = playing(3200)
    playback.tick(F)
    for name in ("", "nonsense", "u9:1600", "u0:3200", "u0:1600", "u0:3200"):
        playback.marked(name, F + 3200)
    assert playback.heard(0) == 3200 and not playback.is_playing(F + 3200)


def test_point_21_playback_ends_with_the_mark_not_with_the_sending() -> None:
    playback = playing(1600)
    playback.tick(F)
    assert playback.is_playing(F + 1600)
    assert playback.is_playing(F + 1600 + 400)
    playback.marked("u0:1600", F + 2100)
    assert not playback.is_playing(F + 2100)


def test_point_21_a_carrier_that_echoes_no_marks_does_not_stop_the_call() -> None:
    playback = playing(1600)
    playback.tick(F)
    playback.tick(F + 1600 + 16_001)
    assert not playback.is_playing(F + 1600 + 16_001)
    assert playback.heard(0) == 0  # ended, but nothing is proven


def test_point_20_what_must_be_heard_protects_everything_before_it() -> None:
    playback = playing(1600)
    playback.add(1, interruptible=False)
    playback.tick(F)
    assert not playback.interruptible


def test_nothing_new_begins_while_held_but_what_has_begun_goes_on() -> None:
    playback = playing(12_000)
    playback.add(1, interruptible=True)
    playback.rendered(1, 1600, last=True)
    playback.tick(F)
    playback.held = True
    later = [c for at in range(2 * F, 20_000, F) for c in audio(playback.tick(at))]
    assert {u for u, _, _ in later} == {0}
    playback.held = False
    assert audio(playback.tick(20_000)) == [(1, 0, 1600)]


def test_an_utterance_that_fails_lets_the_next_one_through() -> None:
    playback = Playback(PlaybackSettings())
    playback.add(0, interruptible=True)
    playback.add(1, interruptible=True)
    playback.rendered(1, 160, last=True)
    assert playback.tick(F) == []
    playback.fail(0)
    assert audio(playback.tick(F)) == [(1, 0, 160)]


@given(st.lists(st.tuples(st.integers(1, 3000), st.booleans()), min_size=1, max_size=8), st.data())
def test_every_sample_is_sent_once_and_in_order(pieces: list[tuple[int, bool]], data: st.DataObject) -> None:
    playback = Playback(PlaybackSettings())
    expected: list[tuple[int, int]] = []
    for number, (length, _) in enumerate(pieces):
        playback.add(number, interruptible=True)
        expected.append((number, length))
    sent: dict[int, int] = {}
    at = F
    for number, (length, split) in enumerate(pieces):
        if split:
            playback.rendered(number, length // 2, last=False)
        for _ in range(data.draw(st.integers(0, 3))):
            at += F
            for u, start, end in audio(playback.tick(at)):
                assert sent.get(u, 0) == start < end
                sent[u] = end
        playback.rendered(number, length - (length // 2 if split else 0), last=True)
    for at in range(at, at + 40_000, F):  # noqa: B020
        for u, start, end in audio(playback.tick(at)):
            assert sent.get(u, 0) == start < end
            sent[u] = end
    assert list(sent.items()) == expected
