"""What a caller says about one thing never changes another: whole calls in the flows that ship."""

import pytest

import sop
from sop.acts import CallTool, Enter
from sop.state import Phase

SUNDAY = "2026-11-22T19:30:00-05:00"
MONDAY = "2026-11-23T10:00:00-05:00"
OWN = "+14155550134"


def talked(flow: str, *said: str, now: str = MONDAY) -> sop.Conversation:
    talk = sop.Conversation(sop.load(flow), caller=OWN, now=now)
    for text in said:
        talk.hear(text)
    return talk


def held(talk: sop.Conversation, slot: str) -> str | None:
    value = talk.state.values.get(slot)
    return value.value if value else None


HOME = (
    "i'm buying a house and i need homeowners insurance",
    "six oh six one four",
    "june tenth nineteen seventy eight",
    "yes we close next month",
    "nineteen eighty five",
    "three hundred fifty thousand dollars",
    "i don't have one",
    "standard",
    "no",
)


@pytest.mark.parametrize("said", ["no i don't want any calls", "no thank you", "nope please don't"])
def test_no_answers_the_question_that_is_open(said: str) -> None:
    talk = talked("insurance_quote", *HOME)
    assert talk.expecting.slot == "call_consent"
    talk.hear(said)
    assert (held(talk, "call_consent"), held(talk, "owns_home"), held(talk, "wants_agent")) == ("no", "yes", "no")


LAW = ("i was rear ended on the highway", "nope", "dana whitfield")


def test_no_thank_god_is_about_injuries() -> None:
    talk = talked("law_intake", *LAW, "no i don't know", "last friday", "yes it is", "that was in new jersey")
    if talk.state.phase is Phase.CONFIRMING:
        talk.hear("yes")
    assert talk.expecting.slot == "injured"
    talk.hear("no thank god")
    assert (held(talk, "injured"), held(talk, "other_known")) == ("no", "no")


def test_another_persons_name_is_not_the_callers() -> None:
    talk = talked("law_intake", *LAW, "yes i do", "an individual")
    assert talk.expecting.slot == "other_party"
    talk.hear("no actually it's bob stone")
    assert held(talk, "name") == "Dana Whitfield"
    assert held(talk, "other_party") in ("Bob Stone", None)


@pytest.mark.parametrize(
    "said", ["can you repeat that", "hold on let me look", "why do you ask", "say that again please"]
)
def test_words_for_the_agent_are_no_text(said: str) -> None:
    talk = talked("law_intake", *LAW, "yes i do", "it was a business")
    assert talk.expecting.slot == "other_company"
    talk.hear(said)
    assert held(talk, "other_company") is None
    talk.hear("fresh harvest market")
    assert held(talk, "other_company") == "fresh harvest market"


def test_a_question_about_an_option_is_no_choice() -> None:
    talk = talked("insurance_quote", *HOME[:7])
    assert talk.expecting.slot == "coverage_level"
    talk.hear("what does full coverage mean")
    assert held(talk, "coverage_level") is None
    assert "As for" in talk.said


def test_help_that_did_not_help_keeps_the_question() -> None:
    talk = talked("saas_support", "i'd like to know how to export my reports")
    asked = held(talk, "question")
    talk.hear("no it didn't")
    assert held(talk, "question") == asked
    assert "Let's look further." in talk.said


def test_another_day_is_no_birthday() -> None:
    talk = talked(
        "dental_booking",
        "hi i need to reschedule my appointment",
        "karen mitchell",
        "march third nineteen eighty five",
        "friday the fourth in the morning",
    )
    born = held(talk, "birth_date")
    assert born == "1985-03-03"
    talk.hear("no how about monday")
    assert held(talk, "birth_date") == born


LOAN = (
    "yes",
    "dana whitfield",
    "march third nineteen eighty five",
    "four one two three",
    "twenty two seventeen maple street springfield",
    "i'm salaried",
    "fresh harvest market",
    "four thousand two hundred dollars a month",
    "thirty six",
    "nine thousand dollars",
    "for a car",
)


def at_loan_review() -> sop.Conversation:
    talk = talked("loan_application", *LOAN)
    for _ in range(8):
        if talk.state.phase is Phase.REVIEWING:
            return talk
        talk.hear("yes")
    raise AssertionError(f"no read-back: {talk.state.step} {talk.state.phase} {talk.said}")


@pytest.mark.parametrize(
    "said", ["no it's for a wedding", "no make it ten thousand dollars", "no it's five thousand dollars"]
)
def test_a_no_in_the_read_back_never_takes_consent_back(said: str) -> None:
    talk = at_loan_review()
    before = {name: value.value for name, value in talk.state.values.items()}
    talk.hear(said)
    after = {name: value.value for name, value in talk.state.values.items()}
    assert after["credit_consent"] == "yes"
    assert {name for name in before if before[name] != after.get(name)} <= {"loan_amount", "loan_purpose"}


def test_a_new_zip_is_rated_anew_and_the_notice_is_heard_again() -> None:
    talk = talked("insurance_quote", *HOME, "no thank you", "dana whitfield", "dana at whitfield dot com", "yes")
    assert talk.state.phase is Phase.REVIEWING
    start = len(talk.trace)
    talk.hear("no the zip code is nine four one oh three")
    acts = [act for exchange in talk.trace[start:] for act in exchange.acts]
    assert [act.arguments["zip_code"] for act in acts if isinstance(act, CallTool) and "zip_code" in act.arguments] == [
        "94103"
    ]
    assert "This is an estimate, not a binding offer" in talk.said
    assert talk.state.phase is Phase.REVIEWING


def test_a_branch_that_was_left_is_not_gone_back_to() -> None:
    talk = talked("law_intake", *LAW, "yes i do", "it was a business", "fresh harvest market", "yes")
    assert talk.expecting.slot == "accident_date"
    start = len(talk.trace)
    talk.hear("actually i was wrong it was an individual")
    if held(talk, "other_side") == "individual":
        assert talk.expecting.slot == "other_party"
    steps = [act.step for exchange in talk.trace[start:] for act in exchange.acts if isinstance(act, Enter)]
    assert "company_conflict_check" not in steps


def test_another_tenants_emergency_does_not_interrupt() -> None:
    talk = talked("front_desk", "i need a lawyer i was in a car accident", now=SUNDAY)
    for text in ("nope", "dana whitfield", "no i don't know", "last friday", "yes it is", "that was in new jersey"):
        talk.hear(text)
    assert talk.state.step.startswith("law_intake.")
    talk.hear("yes there was a lot of blood and my tooth was knocked out")
    assert talk.state.step.startswith("law_intake.")
