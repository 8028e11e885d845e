"""What a caller says about one thing never changes another: whole calls in the flows that ship."""

import pytest

import sop
from sop.acts import CallTool, Enter
from sop.state import Phase
from tests.sop.conversation import to_review

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


PEOPLE = """
  desk: {transfer: desk, say: One moment., reason: a caller, no_answer: Nobody is free., on_no_answer: bye}
  bye: {end: done, say: Goodbye.}
escalate:
  - {when: asked_for_person, to: desk, otherwise: bye}
  - {when: misunderstood >= 5, to: desk, otherwise: bye}
  - {when: unheard >= 5, to: desk, otherwise: bye}
  - {when: silences >= 5, to: desk, otherwise: bye}
"""
SHOP = sop.load_text(
    """
sop: shop
business: Maple Paints
greeting: Hello.
start: order
goodbye: bye
slots:
  name: {type: person_name, label: the name, names: [name], prompt: What is your name?}
  people: {type: number, low: 1, high: 60, label: the party size, names: [people], prompt: For how many people?}
  colour: {type: choice, label: the colour, names: [color], prompt: Red or blue?, options: {red: [red], blue: [blue]}}
  gift: {type: yes_no, label: the gift question, prompt: Is it a gift?}
  pet: {type: free_text, label: the pet, names: [pet's name], prompt: What is the pet's name?, volunteer: false}
  day: {type: date, period: future, label: the day, prompt: For which day?}
steps:
  order: {ask: [name, colour, gift, people, pet, day], go: check}
  check:
    review: [name, colour, people, pet, day]
    prompt: "{name}, {colour}, {people}, {pet}, {day}. Is that right?"
    changed: Now {label} is {value}. Is that right?
    ask_what: What should I change?
    go: bye"""
    + PEOPLE
)
BORN = sop.load_text(
    """
sop: born
business: Maple Clinic
greeting: Hello.
start: who
goodbye: bye
slots:
  name: {type: person_name, label: the name, prompt: What is your name?}
  born: {type: date, period: past, label: the date of birth, prompt: When were you born?}
steps:
  who: {ask: [name, born], go: check}
  check:
    review: [name, born]
    prompt: "{name}, {born}. Is that right?"
    changed: Now {label} is {value}. Is that right?
    ask_what: What should I change?
    go: bye"""
    + PEOPLE
)
ORDER = ("dana whitfield", "blue", "no", "four", "biscuit", "december twelfth")


def ordered(answers: int, *said: str) -> sop.Conversation:
    talk = sop.Conversation(SHOP, caller=OWN, now=MONDAY)
    for text in (*ORDER[:answers], *said):
        talk.hear(text)
    return talk


@pytest.mark.parametrize(
    ("answers", "said", "slot", "value"),
    [
        (1, "red and my name is karen mitchell", "colour", "red"),
        (1, "blue and actually the name is karen mitchell", "colour", "blue"),
        (2, "yes and my name is karen mitchell", "gift", "yes"),
        (2, "no and the name is karen mitchell actually", "gift", "no"),
        (3, "six and the name is karen mitchell", "people", "6"),
    ],
)
def test_an_answer_beside_a_correction_counts(answers: int, said: str, slot: str, value: str) -> None:
    talk = ordered(answers, said)
    assert (held(talk, slot), held(talk, "name")) == (value, "Karen Mitchell")


@pytest.mark.parametrize(
    ("answers", "said", "slot"),
    [
        (1, "not red and the name is wrong", "colour"),
        (1, "listen the name is karen mitchell", "colour"),
        (4, "well hello and the name is karen mitchell", "pet"),
    ],
)
def test_words_before_a_correction_are_no_answer(answers: int, said: str, slot: str) -> None:
    assert held(ordered(answers, said), slot) is None


@pytest.mark.parametrize(
    "said",
    [
        "his name is max",
        "her name is luna",
        "my dog's name is luna",
        "my dogs name is luna",
        "their last name is stone",
        "the cat's name is max",
    ],
)
def test_the_name_of_somebody_else_changes_nobody(said: str) -> None:
    assert held(ordered(1, said), "name") == "Dana Whitfield"


def test_the_callers_own_name_is_still_corrected() -> None:
    assert held(ordered(6, "no the name's karen mitchell"), "name") == "Karen Mitchell"


@pytest.mark.parametrize(
    ("said", "slot", "value"),
    [
        ("no wait make it december thirteenth", "day", "2026-12-13"),
        ("make it december fourteenth", "day", "2026-12-14"),
        ("no it's friday", "day", "2026-11-27"),
        ("no the name is may carter", "day", "2026-12-12"),
        ("make that five people", "people", "5"),
        ("red not blue", "colour", "red"),
        ("not red", "colour", "blue"),
        ("the name is right and the color is red", "name", "Dana Whitfield"),
        ("the name is right and the color is red", "colour", "red"),
    ],
)
def test_a_correction_in_the_read_back(said: str, slot: str, value: str) -> None:
    assert held(ordered(6, said), slot) == value


def test_a_day_of_this_week_is_no_date_of_birth() -> None:
    talk = sop.Conversation(BORN, now=MONDAY)
    for text in ("dana whitfield", "march third nineteen eighty five", "no i need it today"):
        talk.hear(text)
    assert held(talk, "born") == "1985-03-03"
    talk.hear("no it's march fifth nineteen eighty five")
    assert held(talk, "born") == "1985-03-05"


@pytest.mark.parametrize(
    "said", ["what day was that again", "what's the name you have", "is the name dana", "is it red"]
)
def test_a_question_about_the_read_back_empties_nothing(said: str) -> None:
    talk = ordered(6)
    before = {name: value.value for name, value in talk.state.values.items()}
    talk.hear(said)
    assert {name: value.value for name, value in talk.state.values.items()} == before
    assert "Is that right?" in talk.said


@pytest.mark.parametrize(
    "said",
    ["the name is right but the day's wrong", "the name's right but the day is wrong", "the day's wrong"],
)
def test_what_is_praised_is_kept(said: str) -> None:
    talk = ordered(6, said)
    assert (held(talk, "name"), held(talk, "day")) == ("Dana Whitfield", None)


@pytest.mark.parametrize(
    ("said", "pet"),
    [
        ("the pet's name is wrong", None),
        ("the pet's name is not right", None),
        ("the pet's name is right", "biscuit"),
        ("the pet's name is max", "max"),
    ],
)
def test_wrong_is_no_text(said: str, pet: str | None) -> None:
    assert held(ordered(6, said), "pet") == pet


def test_a_long_request_to_repeat_is_no_text() -> None:
    talk = ordered(4, "can you tell me again what you asked")
    assert held(talk, "pet") is None
    assert talk.said == "What is the pet's name?"


@pytest.mark.parametrize(
    ("flow", "said", "slot", "value"),
    [
        ("loan_application", "change the employer to target", "employer", "target"),
        ("loan_application", "the employer should be target", "employer", "target"),
        ("loan_application", "the employer needs to be target", "employer", "target"),
        ("front_desk", "change the message to please call me tomorrow", "desk_message", "please call me tomorrow"),
        ("front_desk", "change the recipient to rob", "desk_recipient", "rob"),
        ("after_hours_hvac", "no the street number is fourteen not twelve", "address", "14 Main Street, Springfield"),
    ],
)
def test_a_new_value_behind_the_name_of_its_slot(flow: str, said: str, slot: str, value: str) -> None:
    answers = {
        "loan_application": (
            *("yes", "karen mitchell", "march third nineteen eighty five", "four four two one"),
            *("twenty two main street springfield", "salaried", "walmart", "four thousand", "twenty four"),
            *("ten thousand", "for a car"),
        ),
        "front_desk": ("can i leave a message", "dan reed", "yes", "bob", "please call me back about the lease"),
        "after_hours_hvac": (
            *("my furnace quit", "karen mitchell", "yes", "twelve main street springfield", "tomorrow morning"),
        ),
    }
    assert held(talked(flow, *answers[flow], said), slot) == value


@pytest.mark.parametrize("said", ["never mind it's working again", "i have to hang up now"])
def test_leave_is_taken_where_a_text_is_asked_for(said: str) -> None:
    talk = talked("saas_support", "how do i export my data", "no", "a bug", "i'm stuck", said)
    assert talk.state.outcome == "caller_left"


@pytest.mark.parametrize("said", ["put me through to the office", "connect me to your boss please"])
def test_a_read_back_is_left_for_a_person(said: str) -> None:
    answers = ("my furnace quit", "karen mitchell", "yes", "twelve main street springfield", "tomorrow morning")
    talk = talked("after_hours_hvac", *answers, said)
    assert held(talk, "problem") != "other"
    assert talk.state.outcome == "front_desk" or talk.state.step == "front_desk"


@pytest.mark.parametrize(
    "said",
    [
        "no my husband's name is greg",
        "yes and my husband's name is greg he'll be there",
        "no my dog's name is mack",
        "my landlord's name is bob stone",
    ],
)
def test_somebody_elses_name_in_a_read_back_is_not_the_callers(said: str) -> None:
    call = to_review()
    call.hear(said)
    assert call.values["name"] == "Karen Mitchell"


@pytest.mark.parametrize(
    "said", ["no my name is karen mitchum", "no the name is karen mitchum", "no it's karen mitchum"]
)
def test_the_callers_own_name_is_mended_in_a_read_back(said: str) -> None:
    call = to_review()
    call.hear(said)
    assert call.values["name"] == "Karen Mitchum"
