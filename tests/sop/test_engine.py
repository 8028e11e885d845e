"""What every procedure gets from the engine: global words, ladders, escalation, saving."""

import pytest

import sop
from tests.sop.conversation import FLOW, NOW, Call, to_callback, to_review


def test_person_is_reached_at_once() -> None:
    call = Call()
    call.play("caller: can i talk to a real person please\nbot: connecting you to a person\nstep: front_desk")
    assert isinstance(call.acts[-1], sop.TransferTo)
    call.play("answered\nends: transferred")


def test_nobody_free_takes_the_details_and_never_loops() -> None:
    Call().play("""
        caller: operator
        no answer
        bot: nobody is free
        bot: May I have your name
        caller: representative
        bot: nobody is free
        bot: May I have your name
        caller: agent
        bot: somebody will call you back
        ends: callback_needed
    """)


def test_zero_key_is_a_person() -> None:
    Call().play("keys: 0\nstep: front_desk")


@pytest.mark.parametrize("text", ["what was that", "can you repeat that", "slow down please", "say that again"])
def test_repeat(text: str) -> None:
    call = to_callback()
    call.hear(text)
    assert call.said == "Is the number you're calling from, ending in 0 1 3 4, the best one to reach you?"
    assert call.state.failures == sop.start(FLOW, caller=None, now=NOW).failures


def test_hold_on_costs_nothing() -> None:
    to_callback().play("""
        caller: um hold on
        bot: Take your time.
        silence
        bot: I'm still here.
        silence
        bot: I'm still here.
        silence
        bot: Are you still there?
        bot: Is the number
        caller: yes
        bot: What's the address
    """)


def test_why() -> None:
    to_callback().play(
        "caller: why do you need my number\nbot: so that we can call you back\nbot: Is the number you're calling from"
    )


def test_go_back_asks_the_slot_before() -> None:
    call = to_callback()
    call.play("caller: go back\nbot: let's go back\nbot: May I have your name\ncaller: carol smith\nbot: Is the number")
    assert call.values["name"] == "Carol Smith"
    call = Call()
    call.play(
        "caller: my furnace quit\ncaller: go back\nbot: What's going on\n"
        "caller: my ac is broken\nbot: May I have your name"
    )
    Call().play("caller: go back\nbot: We're at the beginning.\nbot: What's going on")


def test_start_over() -> None:
    call = to_callback()
    call.play("caller: start over\nbot: let's start again\nbot: What's going on")
    assert call.values == {}


@pytest.mark.parametrize("text", ["goodbye", "never mind", "i have to go bye", "forget it"])
def test_leaving_keeps_the_partial_lead(text: str) -> None:
    call = to_callback()
    call.hear(text)
    assert call.state.outcome == "caller_left"
    assert call.values["name"] == "Karen Mitchell"


def test_silences_climb_the_ladder_to_a_person() -> None:
    Call().play("""
        silence
        bot: I'm listening.
        silence
        bot: You can say, for example
        silence
        step: front_desk
    """)


def test_misunderstandings_climb_the_ladder_to_a_person() -> None:
    Call().play("""
        caller: purple monkey dishwasher
        bot: Tell me in a few words what's wrong.
        caller: la la la
        bot: You can say, for example
        caller: la la la
        step: front_desk
        no answer
        caller: the weather is nice
        caller: la la la
        caller: la la la
        ends: callback_needed
    """)


def test_understanding_forgives_earlier_failures() -> None:
    call = Call()
    call.play(
        "caller: la la la\ncaller: la la la\ncaller: no heat\ncaller: the weather is nice\ncaller: it is what it is"
    )
    assert call.state.step == "contact"


def test_second_unheard_in_a_row_is_a_person() -> None:
    Call().play("unheard\nbot: problem on my side\nbot: What's going on\nunheard\nstep: front_desk")
    Call().play("unheard\ncaller: no heat\nunheard\nbot: May I have your name\nstep: contact")


def test_two_numbers_refused_offer_the_keys_then_a_person() -> None:
    to_callback().play("""
        caller: no
        caller: four one five five five five oh one nine nine
        caller: no
        bot: Sorry about that.
        bot: best number
        caller: four one five five five five oh one eight eight
        caller: nope
        bot: keypad
        caller: four one five five five five oh one eight seven
        caller: no
        step: front_desk
    """)


def test_an_unsure_name_is_confirmed() -> None:
    call = Call(confidence=0.3)
    call.play(
        "caller: no heat\nbot: It sounds like no heat. Is that right?\ncaller: yes\ncaller: karen mitchell\n"
        "bot: I have the name Karen Mitchell. Is that right?\n"
        "caller: no it's karen mitchum\nbot: Karen Mitchum. Is that right?\n"
        "caller: yes\nbot: Is the number"
    )
    assert call.state.values["name"].confirmed


def test_two_problems_at_once_are_asked_about() -> None:
    call = Call()
    call.play("caller: there's a leak and a noise\nbot: Which is it,\ncaller: the leak\nbot: May I have your name")
    assert call.values["problem"] == "water_leak"


def test_save_comes_before_the_next_prompt() -> None:
    call = Call()
    for text in ("no heat", "karen mitchell", "yes", "twelve oak road", "tomorrow"):
        call.hear(text)
        kinds = [type(act) for act in call.acts]
        assert sop.Save in kinds
        assert kinds.index(sop.Save) < kinds.index(sop.Say)


def test_a_yes_confirms_only_what_was_read_back() -> None:
    call = to_review()
    state = call.state
    changed = sop.SlotValue("1 Other Street", "one Other Street", 0.9)
    tampered = sop.State(
        **{name: getattr(state, name) for name in sop.State.__slots__}
        | {"values": {**state.values, "address": changed}}
    )
    after, _ = sop.advance(FLOW, tampered, sop.Reading("yes", 0.9, (sop.Affirm(),)))
    assert after.step == "check"
    assert not after.values["address"].confirmed


def test_late_and_foreign_results_are_dropped() -> None:
    call = to_review()
    call.feed(sop.ToolFinished("create_lead-1", True))
    call.feed(sop.TransferFinished(True))
    assert call.acts == ()
    call.hear("yes")
    call.feed(sop.ToolFinished("create_lead-9", True))
    assert call.state.step == "save"
    call.play("tool ok\nends: lead_saved\ncaller: hello\nsilence\nunheard\nkeys: 0")
    assert call.acts == ()


def test_readings_that_name_what_the_graph_lacks_do_nothing() -> None:
    call = Call()
    call.feed(
        sop.Reading(
            "x",
            1.0,
            (
                sop.Answer("credit_limit", "1000000", "a million", 1.0),
                sop.Answer("problem", "approve", "approve", 1.0),
            ),
        )
    )
    assert call.values == {}
    assert call.state.step == "triage"


def test_likely_texts_are_spoken_next() -> None:
    call = to_callback()
    ahead = sop.likely(FLOW, call.state)
    call.hear("yes")
    assert call.said in ahead
    assert len(ahead) <= 6


def test_every_fixed_text_is_known_ahead() -> None:
    prompts = set(sop.fixed_prompts(FLOW))
    call = to_review()
    call.play(
        "caller: no\ncaller: the name\nsilence\nsilence\ncaller: hold on\ncaller: carol smith\ncaller: yes\ntool ok"
    )
    spoken = {act.text for act in call.trace if isinstance(act, sop.Say) and act.fixed}
    assert spoken <= prompts
    assert not any("{" in text for text in prompts)


def test_anonymous_callers_are_asked() -> None:
    for caller in (None, "anonymous", "+15", ""):
        call = Call(caller=caller)
        call.play("caller: no heat\ncaller: karen mitchell\nbot: What's the best number")


@pytest.mark.parametrize(("confidence", "problem"), [(0.9, "water_leak"), (0.5, "no_heat")])
def test_a_doubtful_aside_changes_nothing_that_is_held(confidence: float, problem: str) -> None:
    call = Call()
    call.hear("my furnace stopped working")
    call.hear("daniel foster")
    call.confidence = confidence
    call.hear("actually a pipe burst in the basement")
    assert call.values["problem"] == problem


def test_an_emergency_is_taken_even_when_it_is_doubtful() -> None:
    call = Call()
    call.hear("my furnace stopped working")
    call.confidence = 0.4
    call.hear("i smell gas")
    assert "gas_safety" in call.state.path


def test_a_yes_to_what_to_change_confirms_nothing() -> None:
    call = to_review()
    call.play("caller: no\nbot: What should I change?\ncaller: yes\nstep: check\nbot: Let me read that back.")
    assert not any(isinstance(act, sop.CallTool) for act in call.trace)
    call.play("caller: yes\nstep: save")
