"""What a listener says while the agent speaks is no answer to a question that was not heard yet."""

from dataclasses import dataclass
from typing import TypeVar

import pytest

from sop.graph import Graph
from sop.loader import load
from sop.reading import Hypothesis
from tests.line import Line, outcome
from voice.call import CallSettings
from voice.commands import Clear, Transcribe, Understand, Urgency
from voice.events import Keyed, Transcribed

TO_REVIEW = (
    "my furnace stopped working",
    "daniel foster",
    "yes it is",
    "twenty two seventeen maple street springfield",
    "tomorrow morning",
)
NUMBER = "Daniel Foster, at 4 1 5, 5 5 5, 0 1 2 3."
QUESTION = "Is that all right?"


@pytest.fixture(scope="module")
def graph() -> Graph:
    return load("after_hours_hvac")


@dataclass
class Misheard(Line):
    """Its recogniser hears other words in the middle of an utterance, and several at its end."""

    probes: str = ""
    ends: tuple[str, ...] = ()

    def _transcribe(self, command: Transcribe) -> None:
        texts = (self.probes,) if command.urgency is Urgency.PROBE else self.ends
        if not texts or not texts[0]:
            super()._transcribe(command)
            return
        turn, end = command.turn, command.end
        heard = tuple(Hypothesis(text, 0.7 - 0.1 * at) for at, text in enumerate(texts))
        self._later(self.asr_ms, lambda: Transcribed(self.at, turn, end, heard))


AnyLine = TypeVar("AnyLine", bound=Line)


def to_review(line: AnyLine) -> AnyLine:
    """The last answer is given, and the agent begins to read everything back."""
    line.ring()
    for text in TO_REVIEW[:-1]:
        line.answer(text)
    line.until_quiet().wait(300).say(TO_REVIEW[-1]).wait(1200)
    assert line.talking and line.call.expecting.step == "check"
    return line


def hearing(line: AnyLine, text: str, share: float) -> AnyLine:
    """Lets the agent speak until that share of a sentence was heard."""
    playback = line.call._playback
    number = max(one for one, said in line._texts.items() if said == text)
    for _ in range(3000):
        if playback.heard(number) >= max(1, share * playback.length(number)):
            return line
        line.wait(20)
    raise AssertionError("never heard")


def understood(line: Line) -> int:
    return len(line.commands(Understand))


ASSENTS = ["uh huh", "uh-huh", "mm hmm", "yes", "okay", "yes that's right", "sounds good", "yeah sure"]


@pytest.mark.parametrize("text", ASSENTS)
def test_assent_before_the_question_is_no_answer(graph: Graph, text: str) -> None:
    line = hearing(to_review(Line(graph)), "Let me read that back.", 0.5)
    before = understood(line)
    line.say(text, 600).wait(2500).until_quiet()
    assert understood(line) == before
    assert line.said[-1] == QUESTION
    assert not any(held.confirmed for name, held in line.call.state.values.items() if name == "address")
    line.answer("yes")
    assert outcome(line) == "lead_saved"


@pytest.mark.parametrize("text", ["uh huh", "yes", "okay", "right"])
def test_assent_does_not_even_stop_the_read_back(graph: Graph, text: str) -> None:
    line = hearing(to_review(Line(graph)), "Let me read that back.", 0.5)
    cut = len(line.commands(Clear))
    line.say(text, 600).wait(2500)
    assert len(line.commands(Clear)) == cut


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_assent_at_the_beginning_of_the_question_is_no_answer(graph: Graph, share: float) -> None:
    line = hearing(to_review(Line(graph)), QUESTION, share)
    before = understood(line)
    line.say("uh huh", 400).wait(1500)
    assert understood(line) == before
    assert outcome(line) is None


@pytest.mark.parametrize("text", ["yes that's right", "yes", "sounds good"])
def test_a_yes_over_the_end_of_the_question_is_an_answer(graph: Graph, text: str) -> None:
    line = hearing(to_review(Line(graph)), QUESTION, 0.55)
    assert line.talking
    line.say(text, 700).wait(1500).until_quiet()
    assert outcome(line) == "lead_saved"


@pytest.mark.parametrize("text", ["no wait", "no", "no it's daniel forster", "hold on"])
def test_a_no_is_an_answer_at_any_moment(graph: Graph, text: str) -> None:
    line = hearing(to_review(Line(graph)), "Let me read that back.", 0.5)
    before, cut = understood(line), len(line.commands(Clear))
    line.say(text, 900).wait(1500)
    assert len(line.commands(Clear)) == cut + 1
    assert understood(line) == before + 1


@pytest.mark.parametrize("ends", [("uh huh",), ("a huh", "uh huh", "aheah", "a had"), ("uhh uhh", "uh huh")])
def test_what_a_half_heard_backchannel_stopped_is_said_again(graph: Graph, ends: tuple[str, ...]) -> None:
    line = hearing(to_review(Misheard(graph)), NUMBER, 0.2)
    before, cut = understood(line), len(line.commands(Clear))
    line.probes, line.ends = "a hat", ends
    line.say("uh huh", 700).wait(2000).until_quiet()
    assert len(line.commands(Clear)) == cut + 1
    assert understood(line) == before
    assert line.said.count(NUMBER) == 2
    assert line.said[-1] == QUESTION
    line.probes, line.ends = "", ()
    line.answer("yes")
    assert outcome(line) == "lead_saved"


def test_what_it_stopped_in_the_middle_of_the_question_is_said_again_too(graph: Graph) -> None:
    question = "Is the number you're calling from, ending in 0 1 2 3, the best one to reach you?"
    line = Misheard(graph)
    line.ring().answer(TO_REVIEW[0]).until_quiet().wait(300).say(TO_REVIEW[1]).wait(900)
    hearing(line, question, 0.6)
    line.probes, line.ends = "a hat", ("a huh", "uh huh")
    line.say("uh huh", 700)
    assert line.commands(Clear)
    line.wait(2000).until_quiet()
    assert line.said.count(question) == 2
    assert "callback" not in line.call.state.values
    line.probes, line.ends = "", ()
    assert line.answer("yes").call.state.values["callback"].confirmed


def test_what_a_half_heard_okay_stopped_is_said_again_under_an_open_question(graph: Graph) -> None:
    line = Misheard(graph, probes="oak hay", ends=("okay",)).ring().wait(1000)
    line.say("okay", 700).wait(2000).until_quiet()
    assert line.commands(Clear) and not line.commands(Understand)
    assert line.said[-1] == "What's going on with your system?"


def test_an_assent_among_other_guesses_is_no_answer_either(graph: Graph) -> None:
    line = hearing(to_review(Misheard(graph)), "Let me read that back.", 0.5)
    line.probes, line.ends = "uh hurt", ("uh hurt", "uh huh", "yes")
    line.say("uh huh", 700).wait(2000).until_quiet()
    assert outcome(line) is None
    assert line.call.expecting.step == "check"


def test_the_callers_own_words_are_no_backchannel_though_the_probe_was(graph: Graph) -> None:
    line = Misheard(graph, probes="book", ends=("my furnace stopped working",)).ring().wait(1000)
    line.say("my furnace stopped working", 1500).wait(2000)
    assert line.call.state.values["problem"].value == "no_heat"


def test_a_question_once_heard_may_be_answered_over_what_comes_after_it(graph: Graph) -> None:
    line = to_review(Line(graph)).until_quiet()
    while not line.talking:
        line.wait(20)
    line.wait(300).say("yes", 500).wait(1500).until_quiet()
    assert outcome(line) == "lead_saved"


def test_a_question_that_a_key_has_answered_is_not_the_next_one(graph: Graph) -> None:
    line = Line(graph).ring().answer(TO_REVIEW[0]).answer(TO_REVIEW[1])
    assert line.call.expecting.slot == "callback"
    for key in "2#4155550188":
        line.post(Keyed(line.at, key)).wait(150)
    line.wait(600)
    assert line.talking and line.call.expecting.kind == "yes_no"
    line.say("yeah", 400).wait(2500).until_quiet()
    assert not line.call.state.values["callback"].confirmed
    assert line.said[-1] == "Is that right?"


def test_without_marks_a_yes_behind_the_question_is_an_answer(graph: Graph) -> None:
    line = Line(graph, echoes_marks=False).ring()
    for text in (*TO_REVIEW, "yes"):
        playback = line.call._playback
        line.wait(400)
        while line.at < playback.dry_at:
            line.wait(20)
        line.wait(300).say(text).wait(1500)
    assert outcome(line) == "lead_saved" or "save" in line.call.state.path


def test_a_yes_behind_an_echo_of_the_question_is_an_answer(graph: Graph) -> None:
    """On a line that carries the agent's voice back a turn may begin with the question itself."""
    line = hearing(to_review(Line(graph)), QUESTION, 0.1)
    line.say("all right", 600).say("yes that's right", 1000).wait(1500).until_quiet()
    assert outcome(line) == "lead_saved"


def test_a_yes_that_outlasts_an_unheard_question_by_little_is_none(graph: Graph) -> None:
    line = hearing(to_review(Line(graph)), "The time is Monday, November twenty third, in the morning.", 0.7)
    before = understood(line)
    line.say("yes yes yes yes", 1000).wait(2500)
    assert understood(line) == before


SHORT_MS = 80
"""More than starts a turn, less than the detector takes for one."""


def test_an_answer_too_short_for_the_detector_counts_if_the_recogniser_is_sure_of_it(graph: Graph) -> None:
    line = to_review(Line(graph)).until_quiet()
    line.wait(500).say("yes", ms=SHORT_MS).wait(2000)
    assert line.call.expecting.step != "check"
    assert outcome(line.until_quiet()) == "lead_saved"


@pytest.mark.parametrize("heard", ["so", "i want", ""])
def test_a_sound_too_short_for_the_detector_that_is_no_whole_answer_is_a_noise(graph: Graph, heard: str) -> None:
    line = to_review(Line(graph)).until_quiet()
    understood = len(line.commands(Understand))
    line.wait(500).say(heard, ms=SHORT_MS).wait(2000)
    assert len(line.commands(Understand)) == understood


def test_a_short_sound_over_the_agent_is_never_an_answer(graph: Graph) -> None:
    line = hearing(to_review(Line(graph)), NUMBER, 0.5)
    understood = len(line.commands(Understand))
    line.say("yes", ms=SHORT_MS).wait(1000)
    assert len(line.commands(Understand)) == understood


# ---- before the question, over a text that can't be talked over ----------------------------------------------------

RECORDED = "I'm the automated assistant, and this call may be recorded."
ASKED_FIRST = "What's going on with your system?"
ANNOUNCES = CallSettings(consent="announce", consent_script="this call may be recorded")
CHATTER = "lovely evening over there"


def test_words_that_mean_nothing_before_the_question_are_no_failed_answer_to_it(graph: Graph) -> None:
    line = hearing(Line(graph, settings=ANNOUNCES).ring(), RECORDED, 0.1)
    line.say(CHATTER, 900).until_quiet().wait(500)
    assert understood(line) == 1 and not line.commands(Clear)
    assert line.said[-1] == ASKED_FIRST and line.said.count(ASKED_FIRST) == 1
    assert line.call.state.failures.misunderstood == 0
    line.say("my furnace stopped working").wait(2500)
    assert line.call.state.values["problem"].value == "no_heat"


def test_an_answer_before_its_question_is_one(graph: Graph) -> None:
    line = hearing(Line(graph, settings=ANNOUNCES).ring(), RECORDED, 0.1)
    line.say("my furnace stopped working", 900).until_quiet()
    assert line.call.state.values["problem"].value == "no_heat"
    assert "May I have your name, please?" in line.said


def test_words_that_mean_nothing_over_the_question_are_a_failed_answer(graph: Graph) -> None:
    line = hearing(Line(graph, settings=ANNOUNCES).ring(), ASKED_FIRST, 0.7)
    line.say(CHATTER, 900).wait(3000)
    assert line.call.state.failures.misunderstood == 1


def test_a_yes_over_what_follows_such_words_answers_only_what_was_heard(graph: Graph) -> None:
    """The words were no answer, so the question that was open when they were said still is."""
    line = hearing(Line(graph, settings=ANNOUNCES).ring(), RECORDED, 0.1)
    line.say(CHATTER, 900).until_quiet()
    line.say("my furnace stopped working").wait(2500)
    line = hearing(line, "Let me take your details so that we can send somebody.", 0.2)
    before = understood(line)
    line.say("uh huh", 500).wait(1500)
    assert understood(line) == before
