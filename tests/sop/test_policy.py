"""When a person takes over: each trigger with a call that fires it, and with one beside it that does not."""

from collections.abc import Sequence

import pytest

import sop
from sop.reading import Reading
from tests.sop.conversation import NOW, Call

FLOW = """\
sop: office
business: Acme
greeting: Welcome.
slots:
  color: {type: choice, label: the color, names: [color], prompt: Which color,
    options: {red: [red], blue: [blue]}, confirm_prompt: "{value}. Is that right?"}
  price: {type: money, label: the price, names: [price], prompt: How much, confirm: never, high: 100000}
  phone: {type: phone, label: the number, names: [number], prompt: Which number, confirm: never}
  note: {type: yes_no, label: note, prompt: Anything else, confirm: never}
tools:
  find:
    url: https://office.example.com/find
    arguments: [color]
    results: {cost: money}
    example: {cost: 12}
knowledge:
  hours: {questions: [when are you open, what are your hours], words: [open, hours], answer: We are always open.}
start: one
steps:
  one: {ask: [color, price, phone], go: find}
  find: {tool: find, on_failure: more, go: more}
  more:
    ask: note
    again: true
    next:
      - {if: note == "yes", go: bye}
      - {go: find}
  bye: {end: left, say: Goodbye.}
  desk: {say: One moment., transfer: desk, on_no_answer: leave, no_answer: Nobody is free.}
  leave: {ask: phone, prompt: Which number can we call, go: kept}
  kept: {end: message, say: Thank you.}
  give_up: {end: callback, say: We will call you back.}
escalate:
  - {when: asked_for_person, to: desk, otherwise: give_up}
  - {when: misunderstood >= 9 or silences >= 9 or unheard >= 9, to: desk, otherwise: give_up}
"""


def call_of(*triggers: str, profile: dict[str, str] | None = None, text: str = FLOW) -> Call:
    """A call with these triggers before those that every flow has."""
    told = [one.removeprefix("when: ").partition(", offer") for one in triggers]
    listed = "".join(
        f'  - {{when: "{when}", to: desk, otherwise: give_up{offer}{rest}}}\n' for when, offer, rest in told
    )
    graph = sop.load_text(text.replace("escalate:\n", f"escalate:\n{listed}"))
    call = Call(graph, caller=None)
    call.state = sop.start(graph, caller=None, now=NOW, profile=profile)
    call.feed(sop.Begin())
    return call


def rung(call: Call) -> bool:
    """Whether a person is being rung."""
    return call.state.phase is sop.Phase.TRANSFERRING


def play(call: Call, events: Sequence[str]) -> bool:
    """Whether a person is rung by the last of the events, and by none before it."""
    for event in events[:-1]:
        one(call, event)
        assert not rung(call), event
    one(call, events[-1])
    return rung(call)


def one(call: Call, event: str) -> None:
    if event.startswith("cost "):
        call.feed(sop.ToolFinished(call.state.tool, True, {"cost": event[5:]}))
    elif event in ("silence", "unheard", "tool fails") or event.startswith("keys: "):
        call.play(event)
    else:
        call.hear(event)


NUMBER = "four one five five five five oh one nine nine"
NEGATIVE = ("this is ridiculous you are useless", "i hate this stupid robot")


@pytest.mark.parametrize(
    ("trigger", "events", "fires"),
    [
        ("when: misunderstood >= 2", ["la la la", "la la la"], True),
        ("when: misunderstood >= 2", ["la la la", "red", "la la la"], False),
        ("when: misunderstood >= 2", ["la la la", "what was that", "hold on"], False),
        ("when: invalid >= 2", ["red", "five dollars", "four one five five", "four one five five"], True),
        ("when: invalid >= 2", ["red", "five dollars", "four one five five", "la la la"], False),
        ("when: silences >= 2", ["silence", "silence"], True),
        ("when: silences >= 2", ["silence", "red", "silence"], False),
        ("when: silences >= 2", ["hold on", "silence", "silence", "silence"], False),
        ("when: unheard >= 2", ["unheard", "unheard"], True),
        ("when: unheard >= 2", ["unheard", "la la la", "unheard"], False),
        ("when: unheard >= 2", ["unheard", "silence", "unheard"], False),
        ("when: negative_turns >= 2", NEGATIVE, True),
        ("when: negative_turns >= 2", [NEGATIVE[0], "red"], False),
        ("when: negative_turns >= 2", ["my furnace is broken and it is awful", "my dog is dead"], False),
        ("when: said in [lawyer]", ["i will call my lawyer"], True),
        ("when: said in [lawyer]", ["i will call my sister"], False),
        ("when: said in ['cancel my account']", ["please cancel my account now"], True),
        ("when: said in ['cancel my account']", ["my account was about to cancel"], False),
        ("when: topic in [fraud]", ["somebody stole my credit card"], True),
        ("when: topic in [fraud]", ["i paid with my credit card"], False),
        ("when: topic in [legal]", ["i am going to sue you"], True),
        ("when: topic in [legal]", ["sue is my sister"], False),
        ("when: topic in [dispute]", ["i was charged twice"], True),
        ("when: topic in [dispute]", ["i want it charged to my card"], False),
        ("when: topic in [health]", ["i was diagnosed with cancer"], True),
        ("when: topic in [health]", ["it is a healthy color"], False),
        ("when: topic in [bereavement]", ["my mother passed away"], True),
        ("when: topic in [bereavement]", ["my furnace died"], False),
        ("when: topic in [legal]", ["i was charged twice"], False),
        ("when: amount > 500", ["red", "five hundred and one dollars"], True),
        ("when: amount > 500", ["red", "five hundred dollars"], False),
        ("when: amount > 500", ["red", "keys: 501#"], True),
        ("when: amount > 500", ["red", "keys: 500#"], False),
        (
            "when: amount > 500",
            ["red", "five dollars", NUMBER, "cost 500.01"],
            True,
        ),
        (
            "when: amount > 500",
            ["red", "five dollars", NUMBER, "cost 500"],
            False,
        ),
        ("when: turns_without_progress >= 3", ["la la la", "why", "go back"], True),
        ("when: turns_without_progress >= 3", ["la la la", "why", "red", "go back"], False),
        ("when: turns_without_progress >= 3", ["what was that", "hold on", "what was that", "slow down please"], False),
        ("when: turns_without_progress >= 3", ["what are your hours"] * 4, False),
        ("when: turns_without_progress >= 3", ["why", "why", "silence", "silence"], False),
        (
            "when: tool_failures >= 1",
            ["red", "five dollars", NUMBER, "tool fails"],
            True,
        ),
        (
            "when: tool_failures >= 2",
            ["red", "five dollars", NUMBER, "tool fails"],
            False,
        ),
    ],
)
def test_a_trigger(trigger: str, events: Sequence[str], fires: bool) -> None:
    assert play(call_of(trigger), events) == fires


@pytest.mark.parametrize(
    ("trigger", "profile", "fires"),
    [
        ("when: vip", {"vip": "yes"}, True),
        ("when: vip", {"vip": "no"}, False),
        ("when: vip", {}, False),
        ("when: calls_before >= 3", {"calls_before": "3"}, True),
        ("when: calls_before >= 3", {"calls_before": "2"}, False),
        ("when: calls_before >= 3", {"calls_before": "many"}, False),
    ],
)
def test_a_trigger_on_the_caller(trigger: str, profile: dict[str, str], fires: bool) -> None:
    assert rung(call_of(trigger, profile=profile)) == fires


@pytest.mark.parametrize("events", [[], ["blue"], ["la la la"], ["red", "five dollars"], ["red", "hold on"]])
def test_who_asks_for_a_person_gets_one_at_once(events: list[str]) -> None:
    call = call_of()
    for event in events:
        one(call, event)
    call.play("caller: let me talk to a person\nbot: One moment.\nstep: desk")
    call = call_of()
    for event in events:
        one(call, event)
    call.play("keys: 0\nstep: desk")


def test_also_in_the_middle_of_a_confirmation() -> None:
    call = call_of()
    call.confidence = 0.5
    call.play("caller: red\nbot: red. Is that right?\ncaller: get me a human\nstep: desk")


def test_what_was_said_along_with_the_trigger_is_kept() -> None:
    call = call_of("when: topic in [legal]")
    call.hear("five hundred dollars for the red one or my lawyer calls you")
    assert rung(call)
    call = call_of("when: amount > 500")
    call.play("caller: red\ncaller: six hundred dollars\nstep: desk")
    assert call.values == {"color": "red", "price": "600.00"}


def test_nobody_picks_up() -> None:
    call = call_of()
    call.play("""
        caller: operator
        no answer
        bot: Nobody is free. Which number can we call
        caller: operator
        bot: nobody is free to pick up
        bot: Which number can we call
        caller: operator
        bot: We will call you back.
        ends: callback
    """)


OFFER = "when: negative_turns >= 2, offer: true"


def offered(call: Call) -> bool:
    return "Would you like me to connect you to a person?" in call.said


def angry(trigger: str = OFFER) -> Call:
    """A caller who was just offered a person."""
    call = call_of(trigger)
    call.hear("red")
    for text in NEGATIVE:
        assert not offered(call)
        call.hear(text)
    assert offered(call)
    return call


def test_an_offer_is_accepted() -> None:
    angry().play("caller: yes please\nbot: One moment.\nstep: desk")
    angry().play("keys: 1\nstep: desk")


@pytest.mark.parametrize("reply", ["caller: no", "keys: 2", "caller: no thank you"])
def test_an_offer_is_declined_and_not_made_again(reply: str) -> None:
    call = angry()
    call.play(f"{reply}\nbot: All right, let's carry on. How much\nstep: one")
    for text in (*NEGATIVE, *NEGATIVE):
        call.hear(text)
        assert not offered(call)


def test_an_offer_is_ignored_by_answering_the_question() -> None:
    call = angry()
    call.play("caller: the price is forty dollars\nbot: Which number\nstep: one")
    assert call.values["price"] == "40.00"
    call.play("keys: 4155550199#\nstep: find")


def test_an_offer_is_put_again_to_who_says_nothing() -> None:
    call = angry()
    call.play("silence\nbot: Are you still there? Would you like me to connect you to a person?")
    call.play("caller: la la la\nbot: Would you like me to connect you to a person?\ncaller: no\nbot: How much")


def test_two_offers_are_one() -> None:
    graph = "when: topic in [legal], offer: true"
    call = call_of(OFFER, graph)
    call.play("caller: i will sue you\nbot: connect you to a person?\ncaller: no")
    for text in NEGATIVE:
        call.hear(text)
        assert not offered(call)


def test_an_offer_before_the_first_question() -> None:
    for reply, step in (("yes", "desk"), ("no", "one"), ("la la la", ""), ("start over", "one")):
        call = call_of("when: vip, offer: true", profile={"vip": "yes"})
        assert call.said == "Welcome. Would you like me to connect you to a person?"
        call.hear(reply)
        assert call.state.step == step
    for event in ("silence", "unheard", "keys: 5", "caller: go back", "caller: why", "caller: what are your hours"):
        call = call_of("when: vip, offer: true", profile={"vip": "yes"})
        call.play(event)
        assert call.said


@pytest.mark.parametrize("reply", ["no", "the price is forty dollars", "what are your hours"])
def test_an_offer_behind_a_tool_calls_nothing_twice(reply: str) -> None:
    for event in ("cost 12", "tool fails"):
        call = call_of("when: tool_failures >= 1 or cost == 12, offer: true")
        for said in ("red", "five dollars", NUMBER, event):
            one(call, said)
        assert offered(call)
        call.hear(reply)
        if reply == "what are your hours":
            assert offered(call)
            call.hear("no")
        assert call.state.step == "more"
        assert len([act for act in call.trace if isinstance(act, sop.CallTool)]) == 1


def test_an_argument_that_changes_under_an_offer_calls_the_tool_again() -> None:
    call = call_of("when: tool_failures >= 1, offer: true")
    for said in (
        "red",
        "five dollars",
        NUMBER,
        "tool fails",
        "the color is blue",
    ):
        one(call, said)
    assert call.state.tool == "find-2"
    assert call.state.phase is sop.Phase.WAITING


FRONT = """\
steps:
  front: {decide: [{if: open, go: desk}, {go: closed}]}
  closed: {say: We are closed., go: one}
"""
CLOSED = (
    FLOW.replace("steps:\n", FRONT, 1)
    .replace("to: desk", "to: front")
    .replace("otherwise: give_up", "otherwise: front")
    .replace("start: one", 'hours: {time_zone: America/New_York, monday: "08:00-17:00"}\nstart: one')
    .replace("  give_up: {end: callback, say: We will call you back.}\n", "")
)


@pytest.mark.parametrize("event", ["silence", "caller: operator", "caller: la la la", "unheard", "keys: 0"])
def test_a_closed_office_that_leads_back_to_the_question_is_no_endless_loop(event: str) -> None:
    call = Call(sop.load_text(CLOSED), caller=None)
    for _ in range(60):
        if call.state.outcome:
            break
        call.play(event)
        assert call.said
    assert call.state.outcome == "gave_up"


def test_a_condition_on_the_hour_that_does_not_hold_hangs_up_on_nobody() -> None:
    text = FLOW.replace("when: asked_for_person,", "when: asked_for_person and hour < 9,")
    call = call_of(text=text)
    call.play("caller: operator\nbot: nobody is free\nbot: Which color\ncaller: operator\nbot: Goodbye\nends: gave_up")


def test_a_reading_without_sense_is_no_number() -> None:
    call = call_of("when: negative_turns >= 1")
    call.feed(Reading("", float("nan"), (), float("nan")))
    assert call.state.mood.negative == 0
