"""The dental practice: every scripted call, emergencies first, and nobody's appointment without name and date of
birth."""

from importlib.resources import files

import pytest

import sop
from sop.acts import Act, CallTool, Say, TransferTo
from sop.conversation import Conversation
from sop.graph import Graph
from sop.script import parse_script, play

NAME = "dental_booking"
SCRIPTS = {one.name: one for one in (files("sop") / "flows" / "scripts" / NAME).iterdir() if one.name.endswith(".txt")}
MONDAY = "2026-11-23T10:00:00-05:00"


@pytest.fixture(scope="module")
def graph() -> Graph:
    return sop.load(NAME)


def acts(talk: Conversation) -> list[Act]:
    return [act for exchange in talk.trace for act in exchange.acts]


def tools(talk: Conversation) -> list[str]:
    return [act.name for act in acts(talk) if isinstance(act, CallTool)]


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_scripts(graph: Graph, script: str) -> None:
    _, misses = play(graph, parse_script(SCRIPTS[script].read_text()))
    assert not misses, "\n".join(map(str, misses))


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 10


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("i can't breathe my face is all swollen", "call_911"),
        ("my daughter has a hard time breathing and her cheek is huge", "call_911"),
        ("i had surgery yesterday and it won't stop bleeding", "bleeding_safety"),
        ("there's blood everywhere", "bleeding_safety"),
        ("my kid knocked his front tooth out on the slide", "tooth_safety"),
        ("it's an emergency", "emergency_safety"),
    ],
)
@pytest.mark.parametrize("before", [(), ("book an appointment",), ("cancel my appointment", "karen mitchell")])
def test_an_emergency_wins_at_any_moment(graph: Graph, said: str, step: str, before: tuple[str, ...]) -> None:
    talk = Conversation(graph, now=MONDAY)
    for one in before:
        talk.hear(one)
    given = talk.hear(said)
    spoken = [at for at, act in enumerate(given) if isinstance(act, Say) and "9 1 1" in act.text]
    rung = [at for at, act in enumerate(given) if isinstance(act, TransferTo) and act.target == "on_call_dentist"]
    assert step in talk.state.path
    assert step == "tooth_safety" or spoken
    assert spoken and rung and spoken[0] < rung[0]
    assert all(not act.interruptible for act in given if isinstance(act, Say))


@pytest.mark.parametrize(
    "said",
    ["i need a cleaning no trouble breathing or anything", "my gums bleed a little when i brush", "a filling fell out"],
)
def test_what_can_wait_is_no_emergency(graph: Graph, said: str) -> None:
    talk = Conversation(graph, now=MONDAY)
    talk.hear("book an appointment")
    talk.hear(said)
    assert not [act for act in acts(talk) if isinstance(act, TransferTo)]


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("i can not breathe", "call_911"),
        ("i can not swallow", "call_911"),
        ("i can hardly breathe", "call_911"),
        ("i can hardly swallow anything", "call_911"),
        ("i can barely swallow", "call_911"),
        ("she is struggling to breathe", "call_911"),
        ("i'm choking", "call_911"),
        ("i feel like i'm choking", "call_911"),
        ("he stopped breathing", "call_911"),
        ("he's not breathing", "call_911"),
        ("the blood is not stopping", "bleeding_safety"),
        ("the bleeding is not stopping", "bleeding_safety"),
        ("the bleeding isn't stopping", "bleeding_safety"),
    ],
)
@pytest.mark.parametrize("before", [(), ("book an appointment",), ("cancel my appointment", "karen mitchell")])
def test_a_danger_in_other_words(graph: Graph, said: str, step: str, before: tuple[str, ...]) -> None:
    talk = Conversation(graph, now=MONDAY)
    for one in (*before, said):
        talk.hear(one)
    assert step in talk.state.path


@pytest.mark.parametrize(
    "said",
    [
        "no trouble breathing",
        "no trouble swallowing",
        "no i can breathe fine",
        "i'm not having trouble breathing",
        "i'm not choking",
        "i can swallow",
        "no the bleeding stopped",
        "no i'm not struggling to breathe",
        "i have no trouble breathing",
    ],
)
def test_a_danger_that_is_denied_rings_nobody(graph: Graph, said: str) -> None:
    talk = Conversation(graph, now=MONDAY)
    for one in ("book an appointment", "i have a toothache", said):
        talk.hear(one)
    assert not [act for act in acts(talk) if isinstance(act, TransferTo)]


@pytest.mark.parametrize("said", ["my tooth hurts", "i broke a tooth", "my cheek is swollen"])
def test_pain_is_asked_about_before_a_time_is_sought(graph: Graph, said: str) -> None:
    talk = Conversation(graph, now=MONDAY)
    talk.hear("book an appointment")
    talk.hear(said)
    assert talk.state.step == "danger_check"
    talk.hear("yes")
    assert "9 1 1" in talk.said
    assert talk.state.path[-2:] == ("emergency_safety", "on_call")


def test_the_day_of_the_old_appointment_is_not_taken_for_the_new_one(graph: Graph) -> None:
    talk = Conversation(graph, now=MONDAY)
    for said in ("i have to move my appointment tomorrow", "karen mitchell", "march third nineteen eighty five"):
        talk.hear(said)
    assert talk.state.slot == "dental_new_when"
    assert "dental_find_new_time" not in tools(talk)


def test_an_appointment_is_looked_up_with_both_name_and_birth_date(graph: Graph) -> None:
    talk = Conversation(graph, now=MONDAY)
    talk.hear("cancel my appointment")
    assert tools(talk) == []
    talk.hear("karen mitchell")
    assert tools(talk) == []
    talk.hear("march third nineteen eighty five")
    assert tools(talk) == ["dental_find_appointment"]
    assert graph.required["find_appointment"] == ("identify",)
    assert graph.required["cancel"] == ("identify", "cancel_notice")


def test_the_fee_is_told_before_anything_is_cancelled(graph: Graph) -> None:
    talk = Conversation(graph, now=MONDAY)
    for said in ("cancel my appointment", "karen mitchell", "march third nineteen eighty five"):
        talk.hear(said)
    assert "fifty dollars" in talk.said
    assert "dental_cancel_appointment" not in tools(talk)
    talk.hear("yes")
    assert tools(talk)[-2:] == ["dental_cancel_appointment", "dental_notify_waiting_list"]


def test_a_waiting_list_that_fails_changes_nothing_for_the_caller(graph: Graph) -> None:
    spoken = []
    for script in ("cancel.txt", "waiting_list_fails.txt"):
        talk, _ = play(graph, parse_script(SCRIPTS[script].read_text()))
        spoken.append(talk.said)
        assert talk.state.outcome == "appointment_cancelled"
    assert spoken[0] == spoken[1]


def test_nothing_is_booked_without_a_yes(graph: Graph) -> None:
    talk = Conversation(graph, now=MONDAY, caller="+14155550134")
    for said in ("book an appointment", "a cleaning", "thursday morning", "karen mitchell", "yes"):
        talk.hear(said)
    for said in ("march third nineteen eighty five", "yes", "yes", "no"):
        talk.hear(said)
    assert talk.state.step == "check"
    assert "dental_book_appointment" not in tools(talk)
    talk.hear("yes")
    assert tools(talk)[-2:] == ["dental_book_appointment", "create_lead"], "what is booked is a complete lead"


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("yes", "yes"),
        ("sure that'd be great", "yes"),
        ("Yes, please.", "yes"),
        ("no", "no"),
        ("no thank you", "no"),
        ("please don't", "no"),
    ],
)
def test_a_text_is_sent_only_to_those_who_want_one(graph: Graph, said: str, sent: str) -> None:
    talk = Conversation(graph, now=MONDAY, caller="+14155550134")
    for line in ("book an appointment", "a cleaning", "thursday morning", "karen mitchell", "yes"):
        talk.hear(line)
    for line in ("march third nineteen eighty five", "yes"):
        talk.hear(line)
    assert "text_ok" not in talk.state.values
    talk.hear("yes")
    assert talk.state.slot == "text_ok"
    talk.hear(said)
    assert talk.state.values["text_ok"].value == sent
    assert talk.state.step == "check"


def test_an_appointment_that_is_moved_or_cancelled_is_not_texted_about(graph: Graph) -> None:
    for wish in ("cancel my appointment", "i need to move my appointment"):
        talk = Conversation(graph, now=MONDAY)
        for said in (wish, "karen mitchell", "march third nineteen eighty five", "friday morning", "yes"):
            talk.hear(said)
        assert "text_ok" not in talk.state.values
        assert talk.state.outcome in ("appointment_cancelled", "appointment_moved")


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("i have dental insurance", "yes"),
        ("i have delta dental", "yes"),
        ("i don't have insurance", "no"),
        ("i don't have any", "no"),
    ],
)
def test_whether_there_is_insurance_is_told_in_the_words_of_the_question(said: str, held: str) -> None:
    talk = sop.Conversation(sop.load("dental_booking"), caller="+13125550134", now="2026-11-24T10:00:00-06:00")
    for earlier in ("book a cleaning", "as soon as possible", "dan reed", "yes", "april twelfth nineteen eighty one"):
        talk.hear(earlier)
    assert talk.expecting.slot == "dental_insured"
    talk.hear(said)
    assert talk.state.values["dental_insured"].value == held


def offered(graph: Graph) -> Conversation:
    """Tuesday, December first, at ten has been offered to somebody who asked for Thursday."""
    talk = Conversation(graph, now=MONDAY, caller="+14155550134")
    for one in ("book an appointment", "a cleaning", "thursday morning", "karen mitchell", "yes"):
        talk.hear(one)
    for one in ("may fifth nineteen eighty", "yes"):
        talk.hear(one)
    assert "Tuesday, December first, at ten in the morning" in talk.said
    return talk


@pytest.mark.parametrize("said", ["tuesday at ten is perfect", "yes tuesday at ten", "december first works for me"])
def test_an_offered_time_is_taken_in_its_own_words(graph: Graph, said: str) -> None:
    talk = offered(graph)
    asked_for = talk.state.values["when"]
    talk.hear(said)
    assert talk.state.values["dental_slot_ok"].value == "yes"
    assert talk.state.values["when"] == asked_for


@pytest.mark.parametrize(("said", "day"), [("wednesday is fine", "2026-11-25"), ("yes but on friday", "2026-11-27")])
def test_another_time_than_the_offered_one_is_looked_for(graph: Graph, said: str, day: str) -> None:
    talk = offered(graph)
    talk.hear(said)
    assert "dental_slot_ok" not in talk.state.values
    assert talk.state.values["when"].value.startswith(day)
