"""Point 34: the words about recording precede it, no is no, and what is private is left out."""

import pytest

from sop.graph import Graph
from sop.loader import load
from sop.reading import Expectation
from sop.state import state_to_json
from tests.line import Line
from voice.call import CallSettings
from voice.commands import Clear, Command, NoteConsent, Record, Recorder, SendAudio
from voice.consent import Consent
from voice.events import Event, Keyed, Marked
from voice.playback import Playback, PlaybackSettings
from voice.replay import settings_of

MAY_BE = "this call may be recorded"
QUESTION = "May we record this call for training? Please say yes or no."
START, PAUSE, RESUME = Record(Recorder.START), Record(Recorder.PAUSE), Record(Recorder.RESUME)
ANNOUNCES = CallSettings(consent="announce", consent_script=MAY_BE)
ASKS = CallSettings(consent="ask", consent_script=QUESTION)
WELCOME = "Thank you for calling Northside Heating."


@pytest.fixture(scope="module")
def hvac() -> Graph:
    return load("after_hours_hvac")


@pytest.fixture(scope="module")
def loan() -> Graph:
    return load("loan_application")


def recording(line: Line) -> list[Event | Command]:
    return line.commands(NoteConsent, Record)


# ---- announced -------------------------------------------------------------------------------------------------


def test_point_34_recording_starts_when_the_announcement_has_been_heard(hvac: Graph) -> None:
    line = Line(hvac, settings=ANNOUNCES).ring().until_quiet()
    assert recording(line) == [NoteConsent("announced", True, MAY_BE), START]
    first = line.entries.index(START)
    second = line._texts[1]
    assert MAY_BE in second
    sent = [e for e in line.entries[:first] if isinstance(e, SendAudio) and e.utterance == 1]
    last = f"u1:{sent[-1].end}"
    assert sent[-1].end == line.call._playback.length(1)
    assert last in [e.name for e in line.entries[:first] if isinstance(e, Marked)]
    assert WELCOME in line.said


def test_point_34_a_caller_who_speaks_over_the_announcement_hears_it_out(hvac: Graph) -> None:
    line = Line(hvac, settings=ANNOUNCES).ring().wait(500).say("my furnace stopped working", 1500)
    assert not line.commands(Clear) and not recording(line)
    line.until_quiet()
    assert recording(line)[-1] == START
    assert line.call.state.values["problem"].value == "no_heat"


def test_point_34_what_follows_the_announcement_can_be_spoken_over(hvac: Graph) -> None:
    line = Line(hvac, settings=ANNOUNCES).ring()
    while not line.commands(Record):
        line.wait(20)
    line.say("my furnace stopped working", 900).wait(1500)
    assert line.commands(Clear)
    assert recording(line) == [NoteConsent("announced", True, MAY_BE), START]


def test_point_34_keys_over_the_announcement_count_and_do_not_cut_it(loan: Graph) -> None:
    line = Line(loan, settings=ANNOUNCES).ring().wait(300)
    line.post(Keyed(line.at, "1")).wait(300)
    assert not line.commands(Clear)
    assert line.call.state.values["credit_consent"].value == "yes"
    assert START in recording(line.until_quiet())


def test_point_34_without_proof_that_it_was_heard_nothing_is_recorded(hvac: Graph) -> None:
    line = Line(hvac, settings=ANNOUNCES, echoes_marks=False).ring().answer("my furnace stopped working")
    assert not recording(line)


def test_point_34_an_announcement_that_cannot_be_spoken_starts_nothing(hvac: Graph) -> None:
    line = Line(hvac, settings=ANNOUNCES, tts_fails=4).ring().wait(20)
    assert START not in recording(line.wait(8000))


def test_point_34_an_announcement_that_the_greeting_lacks_follows_it(loan: Graph) -> None:
    told = CallSettings(consent="announce", consent_script="This call may be recorded.")
    line = Line(loan, settings=told).ring().until_quiet()
    assert line.said[:3] == [
        "Thank you for calling Harbor Community Lending.",
        "I'm the automated assistant.",
        "This call may be recorded.",
    ]
    assert recording(line) == [NoteConsent("announced", True, "This call may be recorded."), START]


def test_point_34_without_a_script_all_of_the_greeting_is_the_announcement(hvac: Graph) -> None:
    line = Line(hvac, settings=CallSettings(consent="announce")).ring().until_quiet()
    (note, start) = recording(line)
    assert isinstance(note, NoteConsent) and start == START
    assert note.script.startswith(WELCOME) and MAY_BE in note.script


# ---- asked -----------------------------------------------------------------------------------------------------


def asked(hvac: Graph) -> Line:
    return Line(hvac, settings=ASKS).ring().until_quiet()


def test_point_34_it_is_asked_before_anything_else_and_nothing_runs_meanwhile(hvac: Graph) -> None:
    line = asked(hvac)
    assert line.said == ["May we record this call for training?", "Please say yes or no."]
    assert not recording(line)
    assert line.call.state.step == ""


def test_point_34_a_yes_starts_it(hvac: Graph) -> None:
    line = asked(hvac).answer("yes that's fine")
    assert recording(line) == [NoteConsent("asked", True, QUESTION), START]
    assert line.said[2] == WELCOME
    assert line.answer("my furnace stopped working").call.state.values["problem"].value == "no_heat"


def test_point_34_a_no_is_a_no_and_the_call_goes_on(hvac: Graph) -> None:
    line = asked(hvac).answer("no")
    assert recording(line) == [NoteConsent("asked", False, QUESTION)]
    for text in ("my furnace stopped working", "daniel foster", "yes it is"):
        line.answer(text)
    assert line.call.state.values["name"].value == "Daniel Foster"
    assert START not in recording(line)


@pytest.mark.parametrize("reply", ["purple elephants", "what", ""])
def test_point_34_no_answer_is_asked_once_more_and_then_a_no(hvac: Graph, reply: str) -> None:
    line = asked(hvac)
    for expected in (0, 1):
        if reply:
            line.answer(reply)
        else:
            line.wait(8000).until_quiet()
        assert len(recording(line)) == expected
    assert recording(line) == [NoteConsent("asked", False, QUESTION)]
    assert line.said.count("May we record this call for training?") == 2
    assert WELCOME in line.said


def test_point_34_a_yes_at_the_second_try_counts(hvac: Graph) -> None:
    line = asked(hvac).answer("purple elephants").answer("yes")
    assert recording(line) == [NoteConsent("asked", True, QUESTION), START]


@pytest.mark.parametrize(("key", "granted"), [("1", True), ("2", False)])
def test_point_34_keys_answer_it_even_while_it_is_asked(hvac: Graph, key: str, granted: bool) -> None:
    line = Line(hvac, settings=ASKS).ring().wait(400)
    line.post(Keyed(line.at, key)).wait(100)
    assert not line.commands(Clear)  # the question is heard out all the same
    assert recording(line) == [NoteConsent("asked", granted, QUESTION), *([START] if granted else [])]


def test_point_34_a_recogniser_that_fails_is_no_yes(hvac: Graph) -> None:
    line = Line(hvac, settings=ASKS, asr_fails=4).ring().answer("yes").answer("yes")
    assert recording(line) == [NoteConsent("asked", False, QUESTION)]


def test_point_34_an_emergency_is_not_answered_with_the_question_again(hvac: Graph) -> None:
    line = asked(hvac).answer("there is a smell of gas in my kitchen")
    assert recording(line) == [NoteConsent("asked", False, QUESTION)]
    assert "Please leave the building now, and call 9 1 1 from outside." in line.said


# ---- neither, and what is private ------------------------------------------------------------------------------


def test_point_34_by_default_nobody_is_told_and_nothing_starts(hvac: Graph) -> None:
    line = Line(hvac).ring()
    for text in ("my furnace stopped working", "daniel foster", "yes it is"):
        line.answer(text)
    assert not recording(line)


def test_point_34_what_is_private_is_left_out(loan: Graph) -> None:
    line = Line(loan, settings=ANNOUNCES).ring().answer("yes you may")
    assert recording(line)[-1] == START
    line.answer("daniel foster")
    assert recording(line)[2:] == [PAUSE]
    # Paused before the question that asks for it was heard, and until it is understood.
    question = next(n for n, text in line._texts.items() if text == "What's your date of birth?")
    sent = next(i for i, e in enumerate(line.entries) if isinstance(e, SendAudio) and e.utterance == question)
    assert line.entries.index(PAUSE) < sent
    line.answer("purple elephants")
    assert recording(line)[2:] == [PAUSE]
    line.answer("march third nineteen eighty five").answer("four one two two")
    assert line.call.state.values.keys() >= {"birth_date", "ssn_last_four"}
    assert recording(line)[2:] == [PAUSE, RESUME]


def test_point_34_recording_that_starts_while_something_private_is_asked_is_paused_at_once() -> None:
    consent, playback = Consent("announce", MAY_BE), Playback(PlaybackSettings())
    (said,) = consent.greeting("Hello, this call may be recorded.", fixed=True, interruptible=True)
    assert not said.interruptible
    assert consent.expect(Expectation(step="verify", kind="date", private=True)) == [PAUSE]
    playback.add(0, interruptible=False)
    playback.rendered(0, 1600, last=True)
    playback.tick(160)
    assert consent.follow(playback) == []
    playback.marked("u0:1600", 1760)
    assert consent.follow(playback) == [NoteConsent("announced", True, MAY_BE), START, PAUSE]
    assert consent.expect(Expectation(step="verify", kind="digits")) == [RESUME]


def test_point_34_a_call_resumed_at_something_private_is_paused_at_once(loan: Graph) -> None:
    first = Line(loan).ring().answer("yes you may").answer("daniel foster")
    line = Line(loan, start={"resumed": state_to_json(first.call.state), "recorded": True}, settings=ANNOUNCES).ring()
    assert recording(line) == [PAUSE]


def test_point_34_a_call_that_is_resumed_is_neither_told_nor_asked_again(hvac: Graph) -> None:
    first = Line(hvac, settings=ASKS).ring().until_quiet().answer("yes").answer("my furnace stopped working")
    state = state_to_json(first.call.state)
    for settings in (ASKS, ANNOUNCES):
        for recorded in (True, False):
            line = Line(hvac, settings=settings, start={"resumed": state, "recorded": recorded}).ring().until_quiet()
            # an earlier stream may have left the recording paused
            assert recording(line) == ([RESUME] if recorded else [])
            assert "May we record this call for training?" not in line.said


def test_point_34_a_call_cut_off_while_it_is_asked_is_asked_again(hvac: Graph) -> None:
    state = state_to_json(Line(hvac, settings=ASKS).ring().wait(500).call.state)
    line = Line(hvac, settings=ASKS, start={"resumed": state}).ring().until_quiet()
    assert line.said == ["May we record this call for training?", "Please say yes or no."]


def test_the_settings_travel_in_a_journal() -> None:
    assert settings_of({"consent": "ask", "consent_script": QUESTION}) == ASKS
