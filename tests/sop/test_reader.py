"""Free sentences at the triage question, and the choice between several transcripts."""

import pytest

import sop
from tests.sop.conversation import FLOW, NOW, Call, to_callback, to_review

TRIAGE = [
    ("yeah hi my furnace quit and the kids are freezing", "no_heat"),
    ("the heat's been out since last night", "no_heat"),
    ("my furnace won't turn on", "no_heat"),
    ("there is no heat in the house", "no_heat"),
    ("we don't have any heat", "no_heat"),
    ("i think the pilot light went out", "no_heat"),
    ("the boiler shut down an hour ago", "no_heat"),
    ("it's freezing in here", "no_heat"),
    ("my heater is blowing cold air", "no_heat"),
    ("no hot water", "no_heat"),
    ("furnace isn't working", "no_heat"),
    ("My furnace stopped working.", "no_heat"),
    ("my heat is not coming on and it's really cold in here", "no_heat"),
    ("um so the heat pump just died on us", "no_heat"),
    ("my furnice quit", "no_heat"),
    ("my mother is eighty two and she has no heat", "no_heat"),
    ("the heating isn't working upstairs", "no_heat"),
    ("my air conditioner is blowing warm air", "no_cooling"),
    ("the a c isn't cooling", "no_cooling"),
    ("The AC went out.", "no_cooling"),
    ("our air conditioning quit", "no_cooling"),
    ("no cold air coming out", "no_cooling"),
    ("central air is not working", "no_cooling"),
    ("water is leaking from my furnace", "water_leak"),
    ("there's water all over the floor next to the boiler", "water_leak"),
    ("my water heater is leaking", "water_leak"),
    ("the basement is flooding", "water_leak"),
    ("a pipe burst", "water_leak"),
    ("the ac is dripping water through the ceiling", "water_leak"),
    ("my furnace is making a loud banging noise", "noise"),
    ("there's a horrible grinding noise coming from the basement", "noise"),
    ("the fan is rattling like crazy", "noise"),
    ("it makes a weird squealing sound", "noise"),
    ("the thermostat is blank", "thermostat"),
    ("my thermostat screen went dark", "thermostat"),
    ("the breaker keeps tripping", "electrical"),
    ("i smell something burning", "electrical"),
    ("i need a tune up", "maintenance"),
    ("i'd like to schedule my annual maintenance", "maintenance"),
    ("just want to get the filter changed", "maintenance"),
    ("i need an estimate for a new furnace", "estimate"),
    ("how much for a new air conditioner", "estimate"),
    ("something else", "other"),
    ("i have a question about my bill", "other"),
    ("i smell gas", "gas"),
    ("I smell gas in my house.", "gas"),
    ("i think we have a gas leak", "gas"),
    ("gas", "gas"),
    ("uh gas please", "gas"),
    ("it smells like rotten eggs in the basement", "gas"),
    ("there's a strong smell of gas near the water heater", "gas"),
    ("my husband says he smells propane", "gas"),
    ("hi yes i'm smelling a lot of gas by the furnace", "gas"),
    ("i can smell something like sulfur by the stove", "gas"),
    ("no heat and i smell gas", "gas"),
    ("my carbon monoxide detector is beeping", "carbon_monoxide"),
    ("the c o alarm went off", "carbon_monoxide"),
]
NO_PROBLEM = [
    "hello",
    "yes",
    "my name is karen",
    "what time is it",
    "purple monkey dishwasher",
    "tomorrow",
    "four one five",
    "um",
    "is this northside",
    "the weather is nice",
    "i have a doctor's appointment",
]


@pytest.mark.parametrize(("text", "problem"), TRIAGE)
def test_triage(text: str, problem: str) -> None:
    call = Call()
    call.hear(text)
    assert call.values.get("problem") == problem


@pytest.mark.parametrize("text", NO_PROBLEM)
def test_no_problem_named(text: str) -> None:
    call = Call()
    call.hear(text)
    assert "problem" not in call.values


@pytest.mark.parametrize(
    "text",
    ["twelve gaslight road", "i live at 12 gas works road", "the gas man was here", "my gas bill is high"],
)
def test_a_word_is_no_emergency(text: str) -> None:
    call = Call()
    call.play("caller: no heat\ncaller: karen mitchell\ncaller: yes")
    call.hear(text)
    assert call.values["problem"] == "no_heat"


def test_the_transcript_that_the_step_can_use_wins() -> None:
    call = to_callback()
    call.play("caller: no")
    call.hear("four one five five five five oh one nine", "four one five five five five oh one nine nine")
    assert call.values["callback"] == "+14155550199"


def test_disagreeing_transcripts_are_less_sure() -> None:
    call = Call()
    call.play("caller: no heat")
    call.hear("karen mitchell", "karen mitchum")
    assert call.values["name"] == "Karen Mitchell"
    assert call.state.values["name"].confidence == pytest.approx(0.72)


def test_a_transcript_that_loses_half_the_name_is_not_preferred() -> None:
    call = Call()
    call.play("caller: no heat")
    call.hear("my name is mary a lopez", "my name is maria lopez", "my name is marie a lopez")
    assert call.values["name"] == "Maria Lopez"
    call = Call()
    call.play("caller: no heat")
    call.hear("my name is mary a lopez")
    assert "name" not in call.values


DENTAL = sop.load("dental_booking")
DANGER = sop.Expectation("danger_check", "yes_no", "dental_danger")
CHECK = sop.Expectation("check", "yes_no", filled=("name",), known=(("name", "Dana Whitfield"),))


@pytest.mark.parametrize(
    ("expecting", "text", "act"),
    [
        (DANGER, "no nothing like that", sop.Deny()),
        (DANGER, "no nothing", sop.Deny()),
        (DANGER, "nothing", None),
        (DANGER, "no that's right", None),
        (DANGER, "all good", None),
        (DANGER, "yes there is", sop.Affirm()),
        (CHECK, "no that's fine", None),
        (CHECK, "nothing", None),
        (CHECK, "yes please", sop.Affirm()),
        (CHECK, "sure go ahead", sop.Affirm()),
    ],
)
def test_an_answer_is_read_by_what_is_asked(expecting: sop.Expectation, text: str, act: sop.ReadingAct | None) -> None:
    acts = sop.RuleReader(DENTAL).read((sop.Hypothesis(text, 0.9),), expecting, NOW).acts
    assert acts == ((act,) if act else ())


def test_nothing_heard_is_no_reading() -> None:
    reader = sop.RuleReader(FLOW)
    expecting = sop.expect(FLOW, Call().state)
    assert reader.read((), expecting, NOW) == sop.Reading("", 0.0)
    assert reader.read((sop.Hypothesis("   ", 0.5),), expecting, "not a time").acts == ()
    reading = reader.read((sop.Hypothesis("no heat", float("nan")),), expecting, NOW)
    assert reading == sop.Reading("no heat", 0.0, (sop.Answer("problem", "no_heat", "no heat", 0.0),))


@pytest.mark.parametrize(
    "text",
    [
        "i need to cancel my reservation",
        "can you cancel an order for me",
        "i'd like to cancel our dinner",
        "cancel my tuesday",
    ],
)
def test_cancelling_something_named_ends_no_call(text: str) -> None:
    call = Call()
    call.hear(text)
    assert call.state.outcome is None
    assert call.state.step == "triage"


@pytest.mark.parametrize("text", ["cancel", "just cancel it", "cancel that please", "cancel my call", "oh never mind"])
def test_cancelling_the_call_ends_it(text: str) -> None:
    call = Call()
    call.hear(text)
    assert call.state.outcome == "caller_left"


LEFT_BY = {
    "that's all right thank you": "lead_saved",
    "okay never mind i'll call back tomorrow thanks": "caller_left",
    "that's all": "lead_saved",
    "that's all i need": "lead_saved",
    "that's everything thank you": "lead_saved",
    "i think that's all": None,
    "that's all but the name is wrong": None,
    "that's all i want to change": None,
    "that's not all": None,
    "that's all wrong": None,
    "goodbye": "caller_left",
    "i have to go get my calendar": None,
    "don't hang up i'm looking": None,
}


@pytest.mark.parametrize(("text", "outcome"), LEFT_BY.items())
def test_how_a_read_back_is_left(text: str, outcome: str | None) -> None:
    call = Call()
    for said in ("my furnace quit", "karen mitchell", "yes", "twelve main street", "tomorrow morning"):
        call.hear(said)
    call.hear(text)
    if outcome == "lead_saved":
        assert call.state.tool
    else:
        assert call.state.outcome == outcome


@pytest.mark.parametrize("text", ["that's all", "that's all i need", "nothing to change", "that's everything thanks"])
def test_nothing_to_change_reads_everything_back_again(text: str) -> None:
    call = to_review()
    call.play("caller: no\nbot: What should I change?")
    call.hear(text)
    assert "Let me read that back. Karen Mitchell" in call.said
    assert (call.state.step, call.state.outcome) == ("check", None)


@pytest.mark.parametrize("text", ["that's all", "that's all thank you", "i think that's all"])
def test_that_is_all_is_no_answer_to_an_offer_and_no_farewell(text: str) -> None:
    call = to_callback()
    call.hear(text)
    assert "callback" not in call.values
    assert call.state.outcome is None


@pytest.mark.parametrize(
    ("text", "department"),
    [("connect me to the shop", "shop"), ("put me through to the dentist please", "dental")],
)
def test_a_department_that_is_asked_for_is_no_person(text: str, department: str) -> None:
    call = Call(sop.load("front_desk"))
    call.hear(text)
    assert call.values["department"] == department


@pytest.mark.parametrize(
    "text", ["what happens if i say yes", "good question", "okay hold on", "yes i have a question"]
)
def test_no_consent_is_recorded_from_small_talk(text: str) -> None:
    call = Call(sop.load("loan_application"))
    call.hear(text)
    assert "credit_consent" not in call.values
