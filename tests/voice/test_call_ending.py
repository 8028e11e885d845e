"""How we end a call: after the last word, within bounds; numbers name points of the conformance checklist."""

import pytest

from sop.graph import Graph
from sop.loader import load
from tests.line import ANN, Line, outcome
from voice.audio import samples
from voice.call import CallSettings
from voice.commands import CallTool, Clear, End, SendAudio, SendMark, Transcribe, Understand
from voice.events import LegState, Stopped
from voice.playback import Playback, PlaybackSettings

PLAIN = (
    "my furnace stopped working",
    "daniel foster",
    "yes it is",
    "twenty two seventeen maple street springfield",
    "tomorrow morning",
)
SORRY = "I'm sorry, we have reached the end of the time for this call."
SHORT = CallSettings(longest_ms=25_000)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return load("after_hours_hvac")


def nearly_done(line: Line) -> Line:
    line.ring()
    for text in PLAIN:
        line.answer(text)
    return line


def test_point_22_marks_that_never_come_back_do_not_keep_the_line_open(graph: Graph) -> None:
    line = nearly_done(Line(graph, echoes_marks=False)).answer("yes that's right")
    last = max(line.entries.index(e) for e in line.commands(SendMark))
    assert outcome(line) == "lead_saved"
    assert line.entries.index(End("lead_saved")) > last


def test_point_22_a_last_sentence_that_is_never_rendered_is_given_up(graph: Graph) -> None:
    line = nearly_done(Line(graph)).until_quiet()
    line.tts_ms = 10**7
    line.wait(300).say("yes that's right").wait(3500)
    assert outcome(line) is None
    line.wait(3000)
    assert outcome(line) == "lead_saved"


def test_point_22_a_long_last_sentence_is_heard_to_its_end(graph: Graph) -> None:
    line = nearly_done(Line(graph)).until_quiet()
    line.ms_per_character = 300
    line.wait(300).say("yes that's right", 900)
    line.wait(6000)
    assert outcome(line) is None and line.talking
    line.until_quiet()
    assert outcome(line) == "lead_saved"


def test_point_37_a_call_that_takes_too_long_is_told_so_and_ended(graph: Graph) -> None:
    line = Line(graph, settings=SHORT).ring().answer("my furnace stopped working")
    assert outcome(line.until(24_900)) is None
    assert SORRY not in line.said
    line.wait(300).say("wait i am not done yet please wait", 2500).until_quiet()
    assert line.said[-3:] == [SORRY, "I have kept what you told me.", "Goodbye."]
    assert outcome(line) == "too_long"
    apology = next(n for n, text in line._texts.items() if text == SORRY)
    first = next(i for i, e in enumerate(line.entries) if isinstance(e, SendAudio) and e.utterance == apology)
    assert Clear() not in line.entries[first:]
    assert line.call.state.values["problem"].value == "no_heat"


def test_point_37_words_that_are_cut_short_by_the_end_are_not_said_again(graph: Graph) -> None:
    line = Line(graph, settings=CallSettings(longest_ms=2000)).ring().wait(1900)
    assert line.talking
    line.wait(200).until_quiet()
    assert line.said[-3:] == [SORRY, "I have kept what you told me.", "Goodbye."]
    assert outcome(line) == "too_long"


def test_point_37_words_that_are_being_read_when_it_ends_move_nothing(graph: Graph) -> None:
    line = Line(graph, settings=CallSettings(longest_ms=14_000), reader_ms=7000).ring().until_quiet().wait(300)
    line.say("my furnace stopped working").wait(1500)
    assert line.commands(Understand) and line.at < samples(14_000)
    line.until(15_000).until_quiet()
    assert "problem" not in line.call.state.values
    assert line.said[-3:] == [SORRY, "I have kept what you told me.", "Goodbye."]


def test_point_37_a_person_who_is_being_rung_is_rung_out_first(graph: Graph) -> None:
    settings = CallSettings(longest_ms=25_000)
    line = Line(graph, settings=settings, people={ANN: ((100, LegState.RINGING),)}).ring()
    line.until_quiet().wait(300).say("i smell gas in my kitchen").wait(10_000)
    assert line.legs_up and line.at < samples(25_000)
    line.until(34_000)
    assert line.legs_up and outcome(line) is None
    line.wait(25_000).until_quiet()
    assert not line.legs_up
    assert SORRY in line.said
    assert outcome(line) == "too_long"


def test_point_37_even_a_database_that_never_answers_does_not_keep_a_call_for_ever(graph: Graph) -> None:
    line = Line(graph, settings=SHORT, saved_ms=10**8).ring().until_quiet().wait(300).say("my furnace stopped working")
    assert outcome(line.until(84_900)) is None
    line.wait(200)
    assert outcome(line) == "too_long"


def test_point_37_the_default_is_half_an_hour() -> None:
    assert CallSettings().longest_ms == 30 * 60 * 1000


def test_point_12_a_stream_that_stops_while_we_say_goodbye_keeps_the_outcome(graph: Graph) -> None:
    line = nearly_done(Line(graph)).until_quiet().wait(300).say("yes that's right").wait(1500)
    assert line.talking
    line.post(Stopped(line.at, "stop"))
    assert outcome(line) == "lead_saved"


def test_a_caller_who_speaks_into_the_goodbye_is_no_longer_listened_to(graph: Graph) -> None:
    line = nearly_done(Line(graph)).until_quiet().wait(300).say("yes that's right").wait(1500)
    before = len(line.commands(Transcribe))
    line.say("thank you bye", 900).until_quiet()
    assert len(line.commands(Transcribe)) == before


def test_point_18_heard_out_means_every_sample_by_marks() -> None:
    playback = Playback(PlaybackSettings())
    playback.add(0, interruptible=False)
    playback.rendered(0, 3200, last=False)
    playback.tick(160)
    playback.marked("u0:3200", 3400)
    assert not playback.heard_out(0)  # there is more to come
    playback.rendered(0, 1600, last=True)
    playback.tick(3560)
    assert not playback.heard_out(0)
    playback.marked("u0:4800", 5200)
    assert playback.heard_out(0)
    playback.add(1, interruptible=False)
    playback.rendered(1, 8000, last=True)
    playback.tick(5360)
    playback.marked("u1:8000", 5520)  # an echo too early to be true
    assert not playback.heard_out(1)
    assert not playback.heard_out(7)


# ---- who hangs up behind their last word ---------------------------------------------------------------------------


def at_the_review(graph: Graph) -> Line:
    line = Line(graph, asr_ms=250).ring()
    for text in PLAIN:
        line.answer(text)
    assert line.call.expecting.step == "check"
    return line.wait(300)


def tools(line: Line) -> list[str]:
    return [one.name for one in line.commands(CallTool) if isinstance(one, CallTool)]


@pytest.mark.parametrize("after_ms", [0, 40, 100, 300, 400, 600])
@pytest.mark.parametrize("reader_ms", [0, 700])
def test_a_yes_before_the_hang_up_counts(graph: Graph, after_ms: int, reader_ms: int) -> None:
    line = at_the_review(graph)
    line.reader_ms = reader_ms
    line.say("yes that's right", 900).wait(after_ms)
    said = len(line.said)
    line.post(Stopped(line.at, "stop")).post(Stopped(line.at, "socket closed")).wait(2000)
    assert tools(line) == ["create_lead"]
    assert outcome(line) in ("caller_hung_up", "lead_saved")
    assert len(line.said) == said, "nobody is there to hear it"


def test_what_is_never_understood_is_waited_for_no_longer_than_that(graph: Graph) -> None:
    line = at_the_review(graph)
    line.asr_ms = 60_000
    line.say("yes that's right", 900).post(Stopped(line.at, "stop")).wait(2900)
    assert outcome(line) is None
    assert outcome(line.wait(200)) == "caller_hung_up"


def test_a_recogniser_that_fails_on_the_last_words_ends_the_call(graph: Graph) -> None:
    line = at_the_review(graph)
    line.asr_fails = 3
    line.say("yes that's right", 900).post(Stopped(line.at, "stop")).wait(1000)
    assert outcome(line) == "caller_hung_up" and not tools(line)


@pytest.mark.parametrize("reason", ["socket broken", "line dead", "server stopping"])
def test_a_line_that_breaks_is_not_waited_for(graph: Graph, reason: str) -> None:
    """The caller may be back on another one at once."""
    line = at_the_review(graph).say("yes that's right", 900)
    assert outcome(line.post(Stopped(line.at, reason))) is not None


def test_who_hangs_up_in_silence_is_gone_at_once(graph: Graph) -> None:
    line = at_the_review(graph)
    assert outcome(line.post(Stopped(line.at, "stop"))) == "caller_hung_up"
