"""The core of a call, in virtual time; numbers name points of the conformance checklist."""

import pytest

from sop.graph import Graph
from sop.loader import load
from tests.line import Line, outcome
from voice.audio import samples
from voice.call import CallSettings
from voice.commands import (
    CallTool,
    Cancel,
    Clear,
    End,
    Enter,
    Save,
    SendAudio,
    SendMark,
    Speak,
    Transcribe,
    Transfer,
    Understand,
    Urgency,
)
from voice.events import Heard, Keyed, Saved, Spoken, Stopped, Transcribed, Understood

PLAIN = (
    "my furnace stopped working",
    "daniel foster",
    "yes it is",
    "twenty two seventeen maple street springfield",
    "tomorrow morning",
    "yes that's right",
)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return load("after_hours_hvac")


def test_a_whole_call(graph: Graph) -> None:
    line = Line(graph).ring()
    for text in PLAIN:
        line.answer(text)
    assert outcome(line) == "lead_saved"
    assert {slot: v.value for slot, v in line.call.state.values.items()} == {
        "problem": "no_heat",
        "name": "Daniel Foster",
        "callback": "+14155550123",
        "address": "2217 Maple Street, Springfield",
        "when": "2026-11-23T08:00/2026-11-23T12:00",
    }
    assert line.call.receive(Stopped(line.at, "stop")) == ()  # over is over


def test_no_field_is_followed_by_speech_before_it_is_saved(graph: Graph) -> None:
    line = Line(graph, saved_ms=400).ring()
    for text in PLAIN[:5]:
        line.answer(text)
    unsaved: set[int] = set()
    began: set[int] = set()
    saves = 0
    for entry in line.entries:
        match entry:
            case Save(save, _):
                unsaved.add(save)
                saves += 1
            case Saved(_, save, _):
                unsaved.discard(save)
            case SendAudio(utterance, 0, _):
                assert not unsaved or utterance in began
                began.add(utterance)
            case _:
                pass
    assert saves >= 5


def test_a_database_that_is_down_does_not_silence_the_agent(graph: Graph) -> None:
    line = Line(graph, saves_ok=False, tool_ok=False).ring()
    for text in PLAIN:
        line.answer(text)
    assert outcome(line) == "lead_kept"
    assert "I'm sorry, I had trouble filing your request, but I have kept everything you told me." in line.said


def gap_after(line: Line, text: str) -> int:
    """Milliseconds from the end of this answer to the reply."""
    line.until_quiet().wait(300).say(text)
    spoke, sent = line.at, len(line.commands(SendAudio))
    while len(line.commands(SendAudio)) == sent:
        line.wait(20)
        assert line.at - spoke < samples(5000)
    return (line.at - spoke) * 1000 // 8000


def test_the_endpointer_waits_as_long_as_the_answer_is_incomplete(graph: Graph) -> None:
    line = Line(graph).ring().answer(PLAIN[0]).answer(PLAIN[1])
    assert 250 <= gap_after(line, "yes it is") <= 450  # complete

    line = Line(graph, caller=None).ring().answer(PLAIN[0]).answer(PLAIN[1]).until_quiet().wait(300)
    line.say("four one five five five five").wait(1300)
    assert len(line.commands(Understand)) == 2  # in the middle of a number 1.3 s are not the end
    line.say("oh one two three").wait(600)
    understood = [e for e in line.entries if isinstance(e, Understand)]
    assert understood[-1].hypotheses[0].text == "four one five five five five oh one two three"


def test_a_pause_is_transcribed_at_once_and_that_transcript_serves(graph: Graph) -> None:
    line = Line(graph).ring().until_quiet().wait(300).say(PLAIN[0]).wait(2000)
    assert [c.urgency for c in line.commands(Transcribe) if isinstance(c, Transcribe)] == [Urgency.SPECULATIVE]


def test_a_slow_recogniser_delays_the_turn_and_loses_nothing(graph: Graph) -> None:
    line = Line(graph, asr_ms=3000).ring()
    for text in PLAIN[:2]:
        line.answer(text)
    assert line.call.state.values["name"].value == "Daniel Foster"


def test_speech_that_goes_on_before_the_words_are_known_is_one_turn(graph: Graph) -> None:
    line = Line(graph, asr_ms=2000).ring().until_quiet().wait(300)
    line.say("my furnace").wait(1000).say("stopped working").wait(5000)
    read = [e.hypotheses[0].text for e in line.entries if isinstance(e, Understand)]
    assert read == ["my furnace stopped working"]


# ---- barge-in ------------------------------------------------------------------------------------------------


def barge(graph: Graph, text: str, tts_ms: int = 60) -> Line:
    ringing = Line(graph, tts_ms=tts_ms).ring().wait(1000)
    assert ringing.talking
    return ringing.say(text, 1500).wait(2500)


def test_point_17_barge_in_stops_producers_clears_and_sends_nothing_of_the_old_turn(graph: Graph) -> None:
    line = barge(graph, "my furnace stopped working", tts_ms=800)
    entries = [e for e in line.entries if isinstance(e, Cancel | Clear | SendAudio | SendMark | Understand)]
    cleared = next(i for i, e in enumerate(entries) if isinstance(e, Clear))
    assert isinstance(entries[cleared - 1], Cancel)  # producers stop first
    old = {e.utterance for e in entries[:cleared] if isinstance(e, SendAudio)}
    old |= {u for e in entries[:cleared] if isinstance(e, Cancel) for u in e.utterances}
    assert isinstance(entries[cleared + 1], Understand)  # the new turn, and nothing of the old one
    assert not old & {e.utterance for e in entries[cleared:] if isinstance(e, SendAudio)}
    assert line.call.state.values["problem"].value == "no_heat"


def test_point_17_what_a_stopped_producer_still_brings_is_dropped(graph: Graph) -> None:
    line = barge(graph, "my furnace stopped working")
    sent = len(line.commands(SendAudio))
    assert line.call.receive(Spoken(line.at, 0, 8000, last=False)) == ()
    assert len(line.commands(SendAudio)) == sent


def test_a_barge_in_is_quick(graph: Graph) -> None:
    line = barge(graph, "my furnace stopped working")
    began = next(e.at for i, e in enumerate(line.entries) if isinstance(e, Heard) and e.speech > 0.5)
    before = line.entries[: line.entries.index(Clear())]
    cleared = max(e.at for e in before if isinstance(e, Heard))
    assert (cleared - began) / 8 <= 500  # ms


@pytest.mark.parametrize("text", ["uh-huh", "okay"])
def test_point_20_a_backchannel_does_not_stop_the_agent_and_is_no_answer(graph: Graph, text: str) -> None:
    line = Line(graph).ring().wait(1000).say(text, 500).wait(2500)
    assert not line.commands(Clear, Understand)
    line.until_quiet()
    assert line.said[-1] == "What's going on with your system?"


def test_point_20_noise_without_words_does_not_stop_the_agent(graph: Graph) -> None:
    assert not barge(graph, "").commands(Clear)


def test_point_20_a_click_is_not_even_transcribed(graph: Graph) -> None:
    line = Line(graph).ring().until_quiet().wait(200).say("x", 40).wait(2000)
    assert not line.commands(Transcribe)


def test_point_20_the_gas_line_is_heard_to_its_end(graph: Graph) -> None:
    line = Line(graph).ring().answer("hello").until_quiet().wait(300).say("i smell gas").wait(1500)
    assert line.talking
    line.say("wait wait i have a question about that", 2000).until_quiet()
    cut = [i for i, e in enumerate(line.entries) if isinstance(e, Clear)]
    assert not cut
    assert "Please leave the building now, and call 9 1 1 from outside." in line.said


def test_point_18_only_what_was_heard_counts_as_heard(graph: Graph) -> None:
    line = Line(graph).ring().wait(1000).say("my furnace stopped working", 600).wait(100)
    playback = line.call._playback
    assert line.commands(Clear)
    cut_after = next(e.at for e in reversed(line.entries[: line.entries.index(Clear())]) if isinstance(e, Heard))
    assert 0 < playback.heard(0) + playback.heard(1) <= cut_after


def test_a_recogniser_that_hangs_does_not_keep_the_agent_talking(graph: Graph) -> None:
    line = Line(graph, asr_ms=60_000).ring().wait(500).say("stop stop stop", 1500)
    assert line.commands(Clear)


def test_what_a_noise_cut_short_is_said_again(graph: Graph) -> None:
    line = Line(graph, asr_ms=1500).ring().wait(500).say("", 1400).wait(4000).until_quiet()
    assert line.commands(Clear)
    assert line.said[-1] == "What's going on with your system?"


# ---- silence, keys, the end ------------------------------------------------------------------------------------


def test_point_21_the_silence_timer_starts_when_the_caller_has_heard_the_prompt(graph: Graph) -> None:
    line = Line(graph).ring().until_quiet()
    quiet = line.at
    before = len(line.commands(Speak))
    while len(line.commands(Speak)) == before:
        line.wait(20)
    assert abs((line.at - quiet) / 8 - CallSettings().no_input_ms) <= 400


def test_point_21_silence_for_ever_ends_with_a_person_and_not_with_a_loop(graph: Graph) -> None:
    line = Line(graph).ring()
    for _ in range(20):
        line.wait(10_000)
        if line.call.over:
            break
    assert outcome(line) is not None
    assert line.commands(Transfer)


def test_hold_on_is_given_its_time(graph: Graph) -> None:
    line = Line(graph).ring().answer("um hold on").until_quiet()
    asked = len(line.commands(Speak))
    line.wait(15_000)
    assert len(line.commands(Speak)) == asked
    line.wait(8_000)
    assert len(line.commands(Speak)) > asked


def test_point_10_a_key_stops_the_agent_and_ten_of_them_are_a_number(graph: Graph) -> None:
    line = Line(graph, caller=None).ring().answer(PLAIN[0]).answer(PLAIN[1]).wait(100)
    line.answer("what")  # not a number: the agent asks again
    line.wait(7500)
    assert line.talking
    for key in "4155550188":
        line.post(Keyed(line.at, key)).wait(200)
    assert line.commands(Clear)
    line.until_quiet()
    assert line.call.state.values["callback"].value == "+14155550188" or "0 1 8 8" in " ".join(line.said)


def test_point_22_the_line_is_closed_after_the_last_word_was_heard(graph: Graph) -> None:
    line = Line(graph).ring()
    for text in PLAIN:
        line.answer(text)
    last_mark = [i for i, e in enumerate(line.entries) if isinstance(e, SendMark)][-1]
    name = line.entries[last_mark].name  # type: ignore[union-attr]
    echoed = next(i for i, e in enumerate(line.entries) if getattr(e, "name", None) == name and i > last_mark)
    assert line.entries.index(End("lead_saved")) > echoed


def test_a_transfer_waits_for_the_hand_off_line_and_no_answer_goes_on(graph: Graph) -> None:
    line = Line(graph, answered=False).ring().answer("i smell gas in my kitchen")
    transfer = next(i for i, e in enumerate(line.entries) if isinstance(e, Transfer))
    marks = {e.name for e in line.entries[:transfer] if isinstance(e, SendMark)}
    echoed = {e.name for e in line.entries[:transfer] if type(e).__name__ == "Marked"}  # type: ignore[union-attr]
    assert marks == echoed
    line.wait(1000).until_quiet()
    assert line.said[-1] == "May I have your name, please?"
    answered = Line(graph).ring().answer("i smell gas in my kitchen").wait(2000).until_quiet()
    assert outcome(answered) == "transferred"


def test_point_12_a_caller_who_hangs_up_ends_the_call_once(graph: Graph) -> None:
    line = Line(graph).ring().answer(PLAIN[0]).wait(300)
    line.post(Stopped(line.at, "stop")).post(Stopped(line.at, "socket closed"))
    assert [c for c in line.entries if isinstance(c, End)] == [End("caller_hung_up")]


# ---- engines that fail -----------------------------------------------------------------------------------------


def test_a_recogniser_that_fails_costs_one_question_then_a_person(graph: Graph) -> None:
    line = Line(graph, asr_fails=2).ring().answer(PLAIN[0])
    assert "I'm sorry, I had a problem on my side and didn't hear that." in line.said
    line.answer(PLAIN[0])
    assert line.call.state.values["problem"].value == "no_heat"

    line = Line(graph, asr_fails=4).ring().answer(PLAIN[0]).answer(PLAIN[0]).wait(1500).until_quiet()
    assert line.commands(Transfer) == [Transfer(1, "front_desk", "asked for a person, or could not be understood")]


def test_a_speculative_failure_is_made_good_by_the_final_try(graph: Graph) -> None:
    line = Line(graph, asr_fails=1).ring().answer(PLAIN[0])
    assert line.call.state.values["problem"].value == "no_heat"


def test_a_sentence_is_rendered_at_the_second_try_and_a_mute_agent_hangs_up(graph: Graph) -> None:
    line = Line(graph, tts_fails=1).ring().until_quiet()
    assert line.said[0] == "Thank you for calling Northside Heating."  # tried again
    line = Line(graph, tts_fails=20).ring().wait(1000)
    assert outcome(line) == "voice_failed"


def test_results_of_a_turn_that_was_cut_are_dropped(graph: Graph) -> None:
    line = Line(graph, asr_ms=800).ring().until_quiet().wait(300)
    line.say("hello there").wait(300).say("my furnace stopped working").wait(3000)
    stale = Transcribed(line.at, 1, 10, ())
    before = line.call.state
    assert line.call.receive(stale) == ()
    assert line.call.receive(Understood(line.at, 99, line.reader.read((), line.call.expecting, ""))) == ()
    assert line.call.state == before


def test_a_turn_that_ends_while_the_one_before_is_read_waits_for_its_own_question(graph: Graph) -> None:
    line = Line(graph, reader_ms=2500).ring().until_quiet().wait(300)
    line.say("my furnace stopped working", 900).wait(900).say("this is karen mitchell calling", 900).wait(8000)
    first, second = line.commands(Understand)[:2]
    assert isinstance(first, Understand)
    assert isinstance(second, Understand)
    assert (first.expecting.slot, second.expecting.slot) == ("problem", "name")
    values = line.call.state.values
    assert (values["problem"].value, values["name"].value) == ("no_heat", "Karen Mitchell")


def test_a_caller_who_waits_for_a_tool_is_not_left_in_silence(graph: Graph) -> None:
    line = Line(graph, tool_ms=18_000).ring()
    for text in PLAIN:
        line.answer(text)
    line.wait(40_000)
    assert line.said.count("I'm still working on that.") == 2
    assert outcome(line) == "lead_saved"


def test_a_key_pressed_while_words_are_read_counts_and_the_words_do_not(graph: Graph) -> None:
    line = Line(graph, reader_ms=9000).ring().until_quiet().wait(300)
    line.say("my furnace stopped working", 900).wait(900)
    assert line.commands(Understand)
    line.post(Keyed(line.at, "0")).wait(12_000)
    assert "front_desk" in line.call.state.path
    assert "problem" not in line.call.state.values


def test_a_click_while_the_words_are_awaited_loses_nothing(graph: Graph) -> None:
    line = Line(graph, asr_ms=1000).ring().until_quiet().wait(300).say("there is no heat in the house")
    line.wait(920).say("", 80).wait(6000)
    assert line.call.state.values["problem"].value == "no_heat"


def test_a_pause_makes_no_turn_longer_than_the_recogniser_can_hear(graph: Graph) -> None:
    line = Line(graph, asr_ms=1500).ring().until_quiet().wait(300)
    line.say("blah " * 40, 22_000).wait(1000).say("blah " * 40, 22_000).wait(4000)
    longest = max(c.end - c.start for c in line.commands(Transcribe) if isinstance(c, Transcribe))
    assert longest <= samples(30_000)


@pytest.mark.parametrize(("noise_ms", "gap_ms"), [(240_000, 0), (900, 600), (900, 840)])
def test_a_noise_without_end_and_words_is_silence_in_the_end(graph: Graph, noise_ms: int, gap_ms: int) -> None:
    line = Line(graph).ring().until_quiet().wait(300)
    while line.at < samples(240_000) and not line.call.over:
        line.say("", noise_ms).wait(gap_ms)
    assert line.call.over or line.call._transfer.under_way
    assert "front_desk" in line.call.state.path or "give_up" in line.call.state.path


def test_speech_without_end_is_cut_into_turns_and_answered(graph: Graph) -> None:
    line = Line(graph).ring().until_quiet().wait(300).say("blah " * 200, 100_000)
    assert len(line.commands(Understand)) >= 2
    longest = max(c.end - c.start for c in line.commands(Transcribe) if isinstance(c, Transcribe))
    assert longest <= samples(30_000)


def test_noises_without_words_do_not_silence_the_agent(graph: Graph) -> None:
    line = Line(graph).ring().until_quiet()
    before = len(line.commands(Speak))
    for _ in range(20):
        line.say("", 300).wait(2700)
    assert len(line.commands(Speak)) > before


def test_a_listeners_okay_over_the_last_words_is_no_answer(graph: Graph) -> None:
    line = Line(graph).ring().wait(300)
    until = sum(40 * len(text) for text in [line._texts[n] for n in sorted(line._texts)])
    line.wait(until - 500).say("okay", 300).wait(3000)
    assert not line.commands(Understand)


def test_a_field_that_was_refused_goes_with_the_next_save(graph: Graph) -> None:
    line = Line(graph).ring().answer(PLAIN[0]).until_quiet().wait(300)
    line.saves_ok = False
    line.answer(PLAIN[1])
    line.saves_ok = True
    for text in PLAIN[2:]:
        line.answer(text)
    assert outcome(line) == "lead_saved"
    after = [s for s in line.commands(Save) if isinstance(s, Save)][2:]
    assert any(f.slot == "name" for s in after for f in s.fields)


def test_a_lead_is_not_complete_while_a_field_is_refused(graph: Graph) -> None:
    line = Line(graph).ring()
    for text in PLAIN[:5]:
        line.answer(text)
    line.saves_ok = False
    line.answer(PLAIN[5])
    assert outcome(line) == "lead_kept"


def test_hanging_up_after_the_last_yes_still_completes_the_lead(graph: Graph) -> None:
    line = Line(graph).ring()
    for text in PLAIN[:5]:
        line.answer(text)
    line.saved_ms = 60_000
    line.until_quiet().wait(300).say(PLAIN[5]).wait(1500)
    assert not line.commands(CallTool)
    line.post(Stopped(line.at, "stop"))
    assert [type(e) for e in line.entries[-2:]] == [CallTool, End]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("stop", "caller_hung_up"),
        ("line dead", "line_dead"),
        ("server stopping", "server_stopped"),
        ("our failure", "failed"),
    ],
)
def test_why_a_stream_stopped_is_its_outcome(graph: Graph, reason: str, expected: str) -> None:
    line = Line(graph).ring().wait(500)
    assert outcome(line.post(Stopped(line.at, reason))) == expected


def test_point_11_the_core_runs_on_silence_alone(graph: Graph) -> None:
    line = Line(graph).ring()
    for i in range(1, 2000):
        line.call.receive(Heard(i * 160, 160, 0.0))
    assert not line.call.over
    assert [e.step for e in line.entries if isinstance(e, Enter)] == ["triage"]
