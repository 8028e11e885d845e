"""What a caller says or keys before a question is no answer to it, and answers one thing once."""

import pytest

from sop.graph import Graph
from sop.loader import load, load_text
from tests.line import Line
from voice.call import CallSettings
from voice.commands import Clear
from voice.events import Keyed, Spoken

FILLER = "One moment while I look."
OFFER = "Tuesday at nine is free. Does that work for you?"
FLOW = f"""\
sop: visits
business: Acme
start: begin
slots:
  problem: {{type: free_text, label: the problem, prompt: What is wrong?, confirm: never}}
  ok: {{type: yes_no, label: the time, prompt: "{OFFER}", confirm: never}}
  callback: {{type: phone, label: the number, prompt: Which number?, confirm: always}}
tools:
  look:
    url: https://acme.example/look
    filler: {FILLER}
    example: {{}}
steps:
  begin: {{ask: problem, go: find}}
  find: {{tool: look, on_failure: desk, go: offer}}
  offer: {{ask: ok, go: number}}
  number: {{ask: callback, go: bye}}
  bye: {{say: Thank you. Goodbye., end: done}}
  desk: {{transfer: desk_line, on_no_answer: bye}}
escalate:
  - {{when: asked_for_person or misunderstood >= 3 or silences >= 4 or unheard >= 3, to: desk}}
"""
ANNOUNCES = CallSettings(consent="announce", consent_script="this call may be recorded")
DIGITS = "four one five five five five zero one two three"


@pytest.fixture(scope="module")
def visits() -> Graph:
    return load_text(FLOW)


@pytest.fixture(scope="module")
def hvac() -> Graph:
    return load("after_hours_hvac")


def while_it_looks(line: Line) -> Line:
    """The problem is told, and the filler has been heard; the tool still works."""
    line.ring().until_quiet().wait(300).say("the furnace is broken")
    for _ in range(400):
        if FILLER in line.said and not line.call._playback.is_playing(line.at):
            return line
        line.wait(20)
    raise AssertionError("no filler")


def values(line: Line) -> dict[str, str]:
    return {name: held.value for name, held in line.call.state.values.items()}


# ---- a yes to what was said before -----------------------------------------------------------------------------------


@pytest.mark.parametrize("tool_ms", [1200, 1500, 1800, 2100, 2400])
@pytest.mark.parametrize("text", ["okay", "yes", "sounds good"])
def test_an_okay_to_the_filler_is_no_yes_to_the_offer(visits: Graph, tool_ms: int, text: str) -> None:
    line = while_it_looks(Line(visits, tool_ms=tool_ms))
    line.say(text, 450).wait(2500).until_quiet()
    assert "ok" not in values(line)
    assert OFFER.endswith(line.said[-1])
    line.answer("yes")
    assert values(line)["ok"] == "yes"


def test_a_yes_that_is_read_after_the_question_has_changed_is_none(visits: Graph) -> None:
    """The reader takes its time over the number; meanwhile the caller says yeah, and then hears it read back."""
    line = while_it_looks(Line(visits, tool_ms=3000)).until_quiet().answer("yes")
    assert line.call.expecting.slot == "callback"
    line.reader_ms = 2500
    line.wait(300).say(DIGITS).wait(900).say("yeah", 300)
    line.wait(6000).until_quiet()
    assert not line.call.state.values["callback"].confirmed
    assert line.call.state.step == "number"


def test_what_is_said_while_the_tool_works_is_an_answer_where_it_is_one(visits: Graph) -> None:
    line = while_it_looks(Line(visits, tool_ms=1500))
    line.say("no that's too late", 900).wait(2500)
    assert values(line).get("ok") == "no"


# ---- before the question, over a text that can't be talked over ------------------------------------------------------


@pytest.mark.parametrize(
    ("flow", "text", "step"),
    [
        ("front_desk", "there is smoke in the building", "building_emergency"),
        ("law_intake", "i have a court date", "deadline_urgent"),
        ("after_hours_hvac", "my lawyer will sue you", "front_desk"),
    ],
)
def test_what_brings_a_person_in_does_so_before_the_question_too(flow: str, text: str, step: str) -> None:
    line = Line(load(flow), settings=ANNOUNCES).ring().wait(500).say(text, 1200).wait(3000)
    assert step in line.call.state.path


def test_a_question_that_was_answered_before_it_began_is_not_asked(hvac: Graph) -> None:
    line = Line(hvac, settings=ANNOUNCES).ring().wait(500).say("my furnace stopped working", 1200).until_quiet()
    assert [text for text in line.said if text.endswith("?")] == ["May I have your name, please?"]
    assert "this call may be recorded" in " ".join(line.said)


def test_a_question_before_which_the_caller_asked_for_a_moment_is_asked(hvac: Graph) -> None:
    line = Line(hvac, settings=ANNOUNCES).ring().wait(500).say("hold on a second", 1200).until_quiet()
    assert line.said[-2:] == ["What's going on with your system?", "Take your time."]


def test_words_that_mean_nothing_are_asked_about_once_the_agent_is_silent(hvac: Graph) -> None:
    """They went on after the question: who waits for a reply gets one."""
    line = Line(hvac, settings=ANNOUNCES).ring().wait(500)
    line.say("lovely evening over there and so on", 6500).wait(2500)
    assert line.call.state.failures.misunderstood == 1


# ---- what a noise cut short ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tool_ms", [800, 1000, 1200])
def test_what_a_noise_cut_short_comes_before_what_is_new(visits: Graph, tool_ms: int) -> None:
    line = Line(visits, tool_ms=tool_ms).ring().until_quiet().wait(300).say("the furnace is broken")
    while FILLER not in line.said:
        line.wait(20)
    line.say("wait", 600)
    line._speech.clear()
    line.wait(6000).until_quiet()
    assert line.commands(Clear), "it was cut short"
    assert line.said[-1] == "Does that work for you?"


# ---- keys beside speech ----------------------------------------------------------------------------------------------


def asked_for_a_number(graph: Graph) -> Line:
    line = while_it_looks(Line(graph, tool_ms=3000)).until_quiet().answer("yes").wait(300)
    assert line.call.expecting.slot == "callback"
    return line


def test_point_10_a_key_brushed_before_the_answer_was_said_answers_nothing(visits: Graph) -> None:
    line = asked_for_a_number(visits)
    line.post(Keyed(line.at, "1")).wait(200).say(DIGITS, 2000).wait(2000).until_quiet().wait(3500)
    held = line.call.state.values["callback"]
    assert (held.value, held.confirmed) == ("+14155550123", False)


def test_point_10_an_unfinished_entry_waits_while_the_caller_speaks(visits: Graph) -> None:
    line = asked_for_a_number(visits)
    said = len(line.said)
    line.post(Keyed(line.at, "4")).wait(2400).say(DIGITS, 2500)
    assert len(line.said) == said and line.call.state.failures.invalid == 0


@pytest.mark.parametrize("after_ms", [100, 300, 600, 1200])
def test_point_10_a_pound_key_behind_a_spoken_answer_is_nothing(visits: Graph, after_ms: int) -> None:
    line = asked_for_a_number(visits)
    line.say(DIGITS).wait(after_ms)
    cut = len(line.commands(Clear))
    line.post(Keyed(line.at, "#")).wait(2500).until_quiet().wait(3500)
    assert values(line)["callback"] == "+14155550123"
    assert line.call.state.failures.invalid == line.call.state.failures.misunderstood == 0
    assert len(line.commands(Clear)) == cut and "Is that right?" in " ".join(line.said)


def test_point_10_a_pound_key_into_the_silence_is_asked_about(visits: Graph) -> None:
    line = asked_for_a_number(visits)
    line.post(Keyed(line.at, "#")).wait(4000)
    assert line.call.state.failures.misunderstood == 1
    assert [one for one in line.entries if isinstance(one, Spoken)]
