"""What happened turn by turn, out of calls on a line in virtual time."""

import pytest

from sop.graph import Graph
from sop.loader import load
from tests.line import Line
from voice.commands import Cancel, Clear, Command, SendAudio, Speak
from voice.events import CallStarted, Event, Heard, Keyed, SpeechFailed, Stopped
from voice.replaying.course import By, Course, CourseTurn, course_of
from voice.report import Report


@pytest.fixture(scope="module")
def hvac() -> Graph:
    return load("after_hours_hvac")


def course(line: Line) -> Course:
    return course_of(line.entries)


def kinds(line: Line) -> list[str]:
    return [turn.by.value for turn in course(line).turns]


def last(line: Line, by: By) -> CourseTurn:
    return [turn for turn in course(line).turns if turn.by is by][-1]


def test_what_the_caller_says_and_all_that_follows_is_a_turn(hvac: Graph) -> None:
    line = Line(hvac).ring().answer("my furnace stopped working").answer("daniel foster")
    begin, problem, name = course(line).turns
    assert (begin.by, begin.at_step, begin.entered) == (By.BEGIN, "", ["triage"])
    assert (problem.by, problem.at_step, problem.heard) == (By.SPEECH, "triage", "my furnace stopped working")
    assert (problem.entered, problem.set) == (["contact_intro", "contact"], {"problem": "no_heat"})
    assert problem.said[-1] == "May I have your name, please?"
    assert (name.at_step, name.set, name.confidence) == ("contact", {"name": "Daniel Foster"}, 0.9)
    assert problem.caller is not None and problem.caller[0] < problem.caller[1] <= problem.at
    assert problem.endpoint_ms == (problem.at - problem.caller[1]) // 8


def test_a_silence_owns_the_step_that_it_leads_to(hvac: Graph) -> None:
    line = Line(hvac, on_duty=()).ring().until_quiet().wait(35_000)
    silences = [turn for turn in course(line).turns if turn.by is By.SILENCE]
    assert [turn.entered for turn in silences] == [[], [], ["front_desk"]]
    assert [turn.at_step for turn in silences] == ["triage"] * 3
    assert "I'm listening." in silences[0].said


def test_a_person_who_is_fetched_is_a_turn_of_its_own(hvac: Graph) -> None:
    line = Line(hvac).ring().answer("i smell gas").wait(8000)
    assert kinds(line) == ["begin", "speech", "person", "end"]
    ((handover, turn),) = course(line).transfers
    assert (handover.target, handover.outcome, turn) == ("on_call_line", "connected", 1)
    assert course(line).outcome == "transferred"


def test_keys_that_their_count_ends(hvac: Graph) -> None:
    line = Line(hvac).ring().answer("my furnace stopped working").answer("daniel foster").until_quiet()
    for key in "4155550199":
        line.post(Keyed(line.at, key)).wait(200)
    line.until_quiet()
    keys = last(line, By.KEYS)
    assert (keys.keys, keys.set) == (10, {"callback": "+14155550199"})
    assert len(course(line).keys) == 10


def test_keys_that_a_pause_ends_are_one_turn(hvac: Graph) -> None:
    line = Line(hvac).ring().answer("my furnace stopped working").answer("daniel foster").until_quiet()
    for key in "41555":
        line.post(Keyed(line.at, key)).wait(200)
    line.wait(4000).until_quiet()
    assert kinds(line) == ["begin", "speech", "speech", "keys"]
    assert last(line, By.KEYS).keys == 5 and last(line, By.KEYS).said


def test_a_silence_long_after_a_key_that_meant_nothing_is_one(hvac: Graph) -> None:
    line = Line(hvac).ring().answer("my furnace stopped working").answer("daniel foster").until_quiet()
    line.entries.append(Keyed(line.at, "#"))
    line.wait(9000)
    assert kinds(line)[-1] == "silence"


def test_a_caller_who_speaks_over_the_agent_cuts_it_short(hvac: Graph) -> None:
    line = Line(hvac).ring().wait(1500).say("my furnace stopped working", 1500).wait(2000).until_quiet()
    turn = last(line, By.SPEECH)
    assert turn.barge_in
    cut = [speech for speech in course(line).turns[0].agent if speech.cut]
    assert cut and cut[-1].ends == course(line).barge_ins[0]
    assert len(course(line).barge_ins) == 1


def test_a_noise_that_cuts_the_agent_has_it_say_the_same_again(hvac: Graph) -> None:
    line = Line(hvac, asr_ms=2000).ring().wait(1000)
    for _ in range(80):  # 1.6 s of a sound, and before anybody knows that there are no words in it the agent stops
        line._frame(0.95)
    line.wait(5000).until_quiet()
    turns = course(line).turns
    assert [turn.by for turn in turns] == [By.BEGIN, By.NOISE]
    assert turns[1].said and set(turns[1].said) <= set(turns[0].said)
    line.asr_ms = 100
    line.answer("my furnace stopped working")
    assert not course(line).turns[-1].barge_in, "the noise cut it, not these words"


def test_a_silence_after_which_the_same_is_asked_is_no_noise(hvac: Graph) -> None:
    line = Line(hvac).ring().answer("my furnace stopped working").answer("daniel foster").until_quiet()
    for key in "4155550199":
        line.post(Keyed(line.at, key)).wait(200)
    line.until_quiet().wait(9000)
    keys, silence = course(line).turns[-2:]
    assert silence.by is By.SILENCE
    assert silence.said[-1] == keys.said[-1] == "Is that right?"


def test_a_sentence_that_is_tried_twice_is_said_once(hvac: Graph) -> None:
    line = Line(hvac, tts_fails=1).ring().until_quiet()
    said = course(line).turns[0].said
    assert len(said) == len(set(said)) == 3


def test_a_sentence_that_fails_twice_is_skipped_and_noted(hvac: Graph) -> None:
    assert course(Line(hvac, tts_fails=1).ring().until_quiet()).turns[0].unheard == []
    entries: list[Event | Command] = [
        *(CallStarted(0, "CA1", "MZ1", None, "2026-11-22T19:40:00-05:00"), Speak(0, "Hello.", True)),
        *(Speak(1, "We record calls.", True), SendAudio(0, 0, 1600), SpeechFailed(0, 1, "EngineCrashed")),
        *(Speak(1, "We record calls.", True), SpeechFailed(0, 1, "EngineCrashed"), Heard(4000, 4000, 0.0)),
    ]
    (begin,) = course_of(entries).turns
    assert begin.said == ["Hello.", "We record calls."]
    assert ([one.text for one in begin.agent], begin.unheard) == (["Hello."], ["We record calls."])


def test_a_sentence_that_the_caller_cut_off_did_not_fail() -> None:
    entries: list[Event | Command] = [
        *(CallStarted(0, "CA1", "MZ1", None, "2026-11-22T19:40:00-05:00"), Speak(0, "Hello.", True)),
        *(SpeechFailed(0, 0, "EngineCrashed"), Speak(0, "Hello.", True), Cancel((0,)), SpeechFailed(9, 0, "x")),
    ]
    assert course_of(entries).turns[0].unheard == []


def test_a_recogniser_that_fails(hvac: Graph) -> None:
    line = Line(hvac, asr_fails=4).ring().answer("my furnace stopped working")
    assert kinds(line) == ["begin", "unheard"]


def test_a_value_that_is_corrected_is_the_later_turns(hvac: Graph) -> None:
    line = Line(hvac).ring().answer("my furnace stopped working").answer("daniel foster")
    line.answer("no my name is laura bennett")
    found = course(line)
    turn = next(number for number, one in enumerate(found.turns) if one.set.get("name") == "Laura Bennett")
    assert (found.slots["name"].value, found.slots["name"].turn) == ("Laura Bennett", turn)
    assert found.slots["problem"].turn == 1


def test_agrees_with_the_report_of_the_call(hvac: Graph) -> None:
    line = Line(hvac).ring().answer("my furnace stopped working").wait(1000).answer("daniel foster").answer("yes")
    report = Report()
    for entry in line.entries:
        if isinstance(entry, Event):
            report.event(entry)
        else:
            report.command(entry)
    found = course(line)
    spoken = [turn for turn in found.turns if turn.by is By.SPEECH]
    assert [(turn.gap_ms, turn.stages) for turn in spoken] == [(turn.gap_ms, turn.stages) for turn in report.turns]
    assert found.path == tuple(report.path)
    assert len(found.barge_ins) == report.barge_ins
    assert all(turn.gap_ms is not None and turn.gap_ms > 0 for turn in spoken)


def test_what_was_not_played_any_more_was_not_said() -> None:
    entries: list[Event | Command] = [
        *(CallStarted(0, "CA1", "MZ1", None, "2026-11-22T19:40:00-05:00"), Speak(0, "Hello.", True)),
        *(SendAudio(0, 0, 800), SendAudio(0, 800, 1600), Speak(1, "Who is it?", True), SendAudio(1, 0, 1600)),
        *(Heard(160 * n, 160, 0.0) for n in range(1, 5)),
        *(Clear(), Stopped(640, "stop")),
    ]
    found = course_of(entries)
    begin, end = found.turns
    assert [(one.begins, one.ends, one.cut) for one in begin.agent] == [(0, 640, True), (640, 640, True)]
    assert end.by is By.END and found.samples == 640 and found.barge_ins == (640,)
