"""What a journal tells of a call."""

from sop.reading import Expectation, Hypothesis
from voice.commands import CallTool, Command, End, Ring, Speak, Transcribe, Urgency
from voice.events import (
    Bridged,
    CallStarted,
    Event,
    Heard,
    Keyed,
    LegChanged,
    LegState,
    Spoken,
    Stopped,
    ToolFinished,
    Transcribed,
)
from voice.replaying.past import Sentence, Stretch, past_of

START = CallStarted(0, "CA1", "MZ1", "+14155550123", "2026-11-22T19:40:00-05:00")
HEARD = (Hypothesis("yes", 0.9),)


def asks(turn: int, start: int, end: int) -> Transcribe:
    return Transcribe(turn, start, end, Urgency.FINAL, Expectation("triage", "nothing"))


def test_words_belong_to_the_stretch_that_was_asked_for() -> None:
    past = past_of([START, asks(1, 320, 960), asks(1, 320, 1600), Transcribed(1600, 1, 960, HEARD)])
    assert past.stretches == [Stretch(320, 960, HEARD)]


def test_every_frame_counts_and_a_hole_in_the_line_is_silence() -> None:
    past = past_of([START, Heard(160, 160, 0.1), Heard(320, 160, 0.9), Heard(800, 480, 0.0), Heard(960, 160, 0.7)])
    assert past.frames == [0.1, 0.9, 0.0, 0.0, 0.0, 0.7]
    assert past.samples == 960


def test_frames_that_the_journal_lacks_are_silence() -> None:
    assert past_of([START, Heard(160, 160, 0.5), Heard(640, 160, 0.9)]).frames == [0.5, 0.0, 0.0, 0.9]


def test_a_sentence_is_as_long_as_its_pieces() -> None:
    past = past_of([Speak(3, "Hello.", True), Spoken(0, 3, 800, False, 240), Spoken(0, 3, 1600, True, 240)])
    assert past.sentences == {"Hello.": Sentence(2400, 240, whole=True)}


def test_a_sentence_that_was_broken_off_once_is_known_from_the_other_time() -> None:
    whole: list[Event | Command] = [Speak(1, "Hello.", True), Spoken(0, 1, 2400, True, 240)]
    broken: list[Event | Command] = [Speak(2, "Hello.", True), Spoken(0, 2, 800, False, 240)]
    for entries in (whole + broken, broken + whole):
        assert past_of(entries).sentences["Hello."] == Sentence(2400, 240, whole=True)
    assert not past_of(broken).sentences["Hello."].whole


def test_a_tool_has_its_answer_and_its_time() -> None:
    call = CallTool("1", "find_claim", {"claim": "7"}, 5.0)
    answer = ToolFinished(4000, "1", True, {"status": "paid"})
    past = past_of([Heard(160, 160, 0.0), call, ToolFinished(320, "9", True, {}), answer])
    assert past.tools == [(call, answer)]
    assert past.took == {"1": 3840}


def test_a_person_s_telephone_is_timed_from_the_ringing() -> None:
    entries: list[Event | Command] = [
        Heard(160, 160, 0.0),
        Ring(1, 7, "Ann", "+14155550190", 20),
        LegChanged(960, 7, LegState.RINGING),
    ]
    assert past_of([*entries, LegChanged(1760, 8, LegState.BUSY)]).legs == [[(800, LegState.RINGING)]]


def test_who_ended_the_call() -> None:
    assert past_of([Stopped(0, "stop")]).hung_up
    assert past_of([Stopped(0, "socket closed")]).hung_up
    assert not past_of([Stopped(0, "line dead")]).hung_up
    assert not past_of([]).hung_up
    assert not past_of([Stopped(0, "stop"), Bridged(0, 1, True)]).hung_up, "the caller is with a person"
    assert past_of([Stopped(0, "stop"), Bridged(0, 1, False)]).hung_up


def test_a_journal_without_the_end_was_cut_short() -> None:
    assert past_of([Stopped(0, "stop"), End("caller_hung_up")]).ended
    assert not past_of([Stopped(0, "stop")]).ended


def test_keys_are_kept_with_their_times_and_shown_nowhere() -> None:
    past = past_of([Keyed(320, "4"), Keyed(640, "1")])
    assert past.keys == [(320, "4"), (640, "1")]
    assert "'4'" not in repr(past)
