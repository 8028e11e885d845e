"""A channel on its own clock. Every frame is 20 ms."""

from voice.caller import Reply
from voice.replaying.as_recorded import AsRecorded

VOICE = b"\x10" * 160
QUIET = b"\xff" * 160
CHANNEL = b"".join(bytes([index]) * 160 for index in range(100))


def test_says_the_channel_frame_by_frame_whatever_it_hears() -> None:
    who = AsRecorded(CHANNEL)
    said = b"".join(who.frame(VOICE if index % 3 else QUIET).mulaw for index in range(100))
    assert said == CHANNEL


def test_hangs_up_after_the_quiet_behind_the_end() -> None:
    who = AsRecorded(CHANNEL[:1000], tail_ms=100)
    said = [who.frame(QUIET) for _ in range(14)]
    assert [one.hangs_up for one in said] == [False] * 12 + [True] * 2, "seven frames, then five of quiet"
    assert said[6].mulaw == CHANNEL[960:1000] + b"\xff" * 120
    assert [one.mulaw for one in said[7:]] == [QUIET] * 7


def test_presses_keys_at_their_times_one_a_frame() -> None:
    who = AsRecorded(CHANNEL[:1600], keys=[(480, "4"), (490, "1"), (2000, "#")], tail_ms=0)
    said = [who.frame(QUIET) for _ in range(15)]
    assert [(index, one.key) for index, one in enumerate(said) if one.key] == [(3, "4"), (4, "1"), (12, "#")]
    assert [one.hangs_up for one in said] == [False] * 10 + [False, False, True, True, True], "keys first"


def test_counts_turns_and_times_the_answers() -> None:
    who = AsRecorded(CHANNEL, spans=[(1600, 3200), (8000, 9600)])
    turns = []
    for index in range(100):
        who.frame(VOICE if 30 <= index < 40 or 57 <= index < 70 else QUIET)
        turns.append(who.turn)
    assert [turns.index(count) for count in (1, 2)] == [10, 50]
    assert who.begun == [1600, 8000]
    assert who.replies == (Reply(0, (30 - 20) * 20), Reply(1, (57 - 60) * 20))


def test_what_the_agent_goes_on_saying_is_no_answer() -> None:
    who = AsRecorded(CHANNEL, spans=[(1600, 3200)])
    for index in range(60):
        who.frame(VOICE if index < 25 or 27 <= index < 30 or index >= 50 else QUIET)
    assert who.replies == (Reply(0, (50 - 20) * 20),)


def gaps(who: AsRecorded) -> list[int]:
    return [reply.gap_ms for reply in who.replies]


def test_what_seemed_an_answer_before_the_agent_broke_off_was_none() -> None:
    who = AsRecorded(CHANNEL, spans=[(1600, 3200)])
    who.cut()
    for _ in range(12):
        who.frame(QUIET)
    for _ in range(5):
        who.frame(VOICE)
    assert gaps(who) == [(12 - 20) * 20]
    who.cut()
    assert gaps(who) == []
    who.frame(VOICE)
    assert gaps(who) == [(17 - 20) * 20]
