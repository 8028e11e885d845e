"""What changes a value that is held, and what does not: whole calls in the flows that ship."""

import pytest

import sop
from sop.state import Phase
from tests.sop.turns import COMPANY, DISPUTE, HVAC, LAW, LOAN, MESSAGE, MONDAY, OWN, PLAN, changes, held, talked

VET = sop.load_text("""\
sop: vet
business: Acme
slots:
  trouble:
    type: choice
    label: the trouble
    prompt: What is the matter?
    options:
      flood: {phrases: [flooding, burst pipe, the water is rising], anytime: true}
      leak: [a leak]
  animal: {type: free_text, label: the animal's name, names: [the dog's name], prompt: What is its name?}
  owner: {type: person_name, label: your name, names: [my name, the name, name], prompt: Your name?, confirm: never}
  party: {type: number, label: the party, names: [party size, people], prompt: How many are you?}
  callback: {type: phone, label: the number, names: [my number, phone], prompt: What number?, confirm: never}
start: first
steps:
  first: {ask: [trouble, animal, owner, party, callback], go: check}
  check:
    review: [animal, owner, party, callback]
    prompt: "{animal} of {owner}, for {party}, at {callback}. Is that right?"
    changed: "Now {label} is {value}. Is that right?"
    ask_what: What should I change?
    go: bye
  desk: {transfer: desk, on_no_answer: bye}
  bye: {end: done}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
""")

EVENT = sop.load_text("""\
sop: event
business: Acme
slots:
  day: {type: date, period: future, label: the day, prompt: What day?, confirm: never}
  party: {type: number, label: the party size, names: [party size, people], prompt: How many?, confirm: never}
  budget: {type: money, label: the budget, prompt: What is your budget?, confirm: never}
start: first
steps:
  first: {ask: [day, party, budget], go: check}
  check:
    review: [day, party, budget]
    prompt: "{day}, for {party}, for {budget}. Is that right?"
    changed: "Now {label} is {value}. Is that right?"
    ask_what: What should I change?
    go: bye
  desk: {transfer: desk, on_no_answer: bye}
  bye: {end: done}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
""")


STAY = sop.load_text("""\
sop: stay
business: Acme
slots:
  rooms: {type: number, high: 9, label: the rooms, names: [rooms], prompt: How many rooms?, confirm: never}
  nights: {type: number, high: 30, label: the nights, names: [nights], prompt: How many nights?, confirm: never}
  guests: {type: number, high: 20, label: the guests, names: [guests], prompt: How many guests?, confirm: never}
start: first
steps:
  first: {ask: [rooms, nights, guests], go: check}
  check:
    review: [rooms, nights, guests]
    prompt: "{rooms} rooms, {nights} nights, {guests} guests. Is that right?"
    changed: "Now {label} is {value}. Is that right?"
    ask_what: What should I change?
    go: bye
  desk: {transfer: desk, on_no_answer: bye}
  bye: {end: done}
escalate:
  - {when: asked_for_person or misunderstood >= 3 or silences >= 3 or unheard >= 2, to: desk, otherwise: bye}
""")


def called_in(*said: str) -> sop.Conversation:
    talk = sop.Conversation(VET, caller=OWN, now=MONDAY)
    for text in said:
        talk.hear(text)
    return talk


@pytest.mark.parametrize(
    "said", ["it's not gas", "no gas smell", "it's not a gas leak", "no rotten eggs", "i don't smell gas", "no no gas"]
)
def test_a_danger_that_is_denied_is_none(said: str) -> None:
    assert changes(talked("after_hours_hvac", "there's a strange smell"), said) == {"gas_smell": "no"}


@pytest.mark.parametrize(
    "said",
    [
        "no it's a gas leak",
        "no it's gas",
        "nope gas",
        "not really i smell gas",
        "no gas smell but it's hissing",
    ],
)
def test_a_danger_after_a_no_is_heard(said: str) -> None:
    assert changes(talked("after_hours_hvac", "there's a strange smell"), said) == {"problem": "gas"}


def test_another_danger_than_the_one_asked_about_is_not_denied_by_the_no_before_it() -> None:
    talk = talked("after_hours_hvac", "there's a strange smell")
    assert changes(talk, "no carbon monoxide") == {"problem": "carbon_monoxide"}


@pytest.mark.parametrize(
    ("said", "slot", "value"),
    [
        ("no heavy bleeding", "dental_danger", "no"),
        ("no trouble breathing or swallowing", "dental_danger", "no"),
        ("it's not bleeding a lot", "dental_danger", "no"),
        ("it's not an emergency", "dental_danger", "no"),
        ("no i can't breathe", "dental_reason", "breathing"),
        ("no but my mouth won't stop bleeding", "dental_reason", "bleeding"),
    ],
)
def test_a_no_before_a_danger(said: str, slot: str, value: str) -> None:
    assert changes(talked("dental_booking", "book an appointment", "my tooth hurts"), said) == {slot: value}


def test_a_danger_denied_in_a_read_back_sends_nobody() -> None:
    talk = talked("after_hours_hvac", *HVAC)
    assert changes(talk, "no gas smell") == {}
    assert changes(talk, "no it's a gas leak") == {"problem": "gas"}


@pytest.mark.parametrize(
    "said",
    [
        "no twelve thousand",
        "it's twelve thousand not ten",
        "no it's forty five hundred",
        "no thirty not twenty four",
        "no it's target",
        "i meant eight thousand",
    ],
)
def test_what_is_not_read_back_is_not_changed_by_words_only_begun(said: str) -> None:
    talk = talked("loan_application", *LOAN)
    assert changes(talk, said) == {}
    assert talk.state.phase is Phase.REVIEWING


@pytest.mark.parametrize(
    ("said", "slot", "value"),
    [
        ("no my name is karen miller", "name", "Karen Miller"),
        ("no my address is twelve elm street", "address", "12 Elm Street"),
        ("no my salary is five thousand", "monthly_salary", "5000.00"),
    ],
)
def test_what_is_named_is_changed(said: str, slot: str, value: str) -> None:
    assert changes(talked("loan_application", *LOAN), said)[slot] == value


@pytest.mark.parametrize(
    ("calls", "said", "slot", "value"),
    [
        (PLAN, "no make it forty", "plan_amount", "40.00"),
        (PLAN, "no the tenth", "plan_start", "2026-12-10"),
        (PLAN, "december tenth instead", "plan_start", "2026-12-10"),
        (DISPUTE, "no it's four hundred", "dispute_amount", "400.00"),
    ],
)
def test_a_no_and_a_value_that_only_one_slot_read_back_can_hold(
    calls: tuple[str, ...], said: str, slot: str, value: str
) -> None:
    assert changes(talked("claims_billing", *calls), said) == {slot: value}


@pytest.mark.parametrize("said", ["no i need two weeks", "no fifty is too much", "no in two months"])
def test_a_no_and_a_reason_change_nothing(said: str) -> None:
    assert changes(talked("claims_billing", *PLAN), said) == {}


@pytest.mark.parametrize(
    ("said", "values"),
    [
        (
            "the salary is four thousand five hundred and the loan is for twelve thousand",
            {"monthly_salary": "4500.00", "loan_amount": "12000.00"},
        ),
        (
            "the months should be thirty and the amount should be eight thousand",
            {"months_employed": "30", "loan_amount": "8000.00"},
        ),
        (
            "the loan amount is eight thousand and my employer is target",
            {"loan_amount": "8000.00", "employer": "target"},
        ),
        (
            "five thousand dollars is the salary and twelve thousand dollars is the amount",
            {"monthly_salary": None, "loan_amount": None},
        ),
    ],
)
def test_each_slot_that_is_named_has_its_own_value(said: str, values: dict[str, str | None]) -> None:
    assert changes(talked("loan_application", *LOAN), said) == values


@pytest.mark.parametrize("said", ["actually i do have a lawyer already", "i have a lawyer", "wait i have a lawyer"])
def test_the_contrary_of_an_earlier_answer_is_asked_again(said: str) -> None:
    assert changes(talked("law_intake", *LAW), said) == {"represented": None}


@pytest.mark.parametrize("said", ["i don't have a lawyer", "do i have to have a lawyer"])
def test_what_was_answered_before_stays(said: str) -> None:
    assert changes(talked("law_intake", *LAW), said) == {}


def test_no_lead_is_made_of_a_caller_who_has_a_lawyer_after_all() -> None:
    facts = ("no", "march third twenty twenty six", "new york", "no", "i was rear ended", "yes", "skip")
    talk = talked("law_intake", *LAW, *facts)
    assert talk.state.phase is Phase.REVIEWING
    assert changes(talk, "yes and i already have a lawyer") == {"represented": None}


@pytest.mark.parametrize("said", ["yes that's the name", "right that's them", "correct that's the company"])
def test_a_text_that_is_pointed_at_is_confirmed(said: str) -> None:
    talk = talked("law_intake", *COMPANY, "acme trucking", said)
    assert held(talk)["other_company"] == "acme trucking"
    assert talk.state.slot == "accident_date"


@pytest.mark.parametrize(
    ("said", "company"),
    [
        ("that's what it's called", "acme trucking"),
        ("no it's acme towing", "acme towing"),
        ("no acme towing", "acme towing"),
    ],
)
def test_another_text_is_read_back(said: str, company: str) -> None:
    talk = talked("law_intake", *COMPANY, "acme trucking", said)
    assert (held(talk)["other_company"], talk.state.phase) == (company, Phase.CONFIRMING)


@pytest.mark.parametrize(
    "said", ["no the message should say the front door is broken", "the message is the front door is broken"]
)
def test_a_text_holds_words_that_introduce(said: str) -> None:
    talk = talked("front_desk", *MESSAGE, "the back door is broken")
    assert changes(talk, said) == {"desk_message": "the front door is broken"}


READ_BACK = ("a leak", "max", "karen mitchell", "four", "four one five five five five oh one nine nine")


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("the animal's name is maxine", {"animal": "maxine"}),
        ("no the animal's name is maxine", {"animal": "maxine"}),
        ("the animal's name is wrong", {"animal": None}),
        ("no the dog's name is maxine", {"animal": "maxine"}),
        ("the animal's name is fine but the name is karen miller", {"owner": "Karen Miller"}),
        ("no the name is karen miller", {"owner": "Karen Miller"}),
        ("the number is wrong", {"callback": None}),
        ("no the number of people is ten", {"party": "10"}),
    ],
)
def test_a_slot_goes_by_the_label_that_the_agent_reads_back(said: str, changed: dict[str, str | None]) -> None:
    talk = called_in(*READ_BACK)
    assert talk.state.phase is Phase.REVIEWING
    assert changes(talk, said) == changed


@pytest.mark.parametrize("said", ["it's flooding", "flooding", "this is flooding", "flooding here"])
def test_an_emergency_of_one_word_is_no_name(said: str) -> None:
    talk = called_in("a leak", "max")
    assert changes(talk, said) == {}
    assert talk.state.slot == "owner"


@pytest.mark.parametrize(
    ("said", "owner"),
    [
        ("karen flood", "Karen Flood"),
        ("this is karen mitchell", "Karen Mitchell"),
        ("my name is flood", "Flood"),
        ("floyd waters", "Floyd Waters"),
    ],
)
def test_a_name_that_only_ends_like_an_emergency_is_one(said: str, owner: str) -> None:
    assert changes(called_in("a leak", "max"), said) == {"owner": owner}


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        (
            "it's twenty two nineteen maple street and the time is friday afternoon",
            {"address": "2219 Maple Street", "when": "2026-11-27T12:00/2026-11-27T17:00"},
        ),
        (
            "no it's wednesday morning and the name is karen miller",
            {"when": "2026-11-25T08:00/2026-11-25T12:00", "name": "Karen Miller"},
        ),
        (
            "no the name is karen miller and it's twenty two nineteen maple street",
            {"address": "2219 Maple Street", "name": "Karen Miller"},
        ),
        (
            "the name is karen miller and it's wednesday between nine and eleven",
            {"when": "2026-11-25T09:00/2026-11-25T11:00", "name": "Karen Miller"},
        ),
        ("the name is karen miller and there's a gas smell now", {"problem": "gas", "name": "Karen Miller"}),
    ],
)
def test_what_stands_beside_a_named_slot_is_changed_too(said: str, changed: dict[str, str]) -> None:
    assert changes(talked("after_hours_hvac", *HVAC), said) == changed


@pytest.mark.parametrize(
    "said",
    [
        "no the name is karen miller and not friday morning",
        "no it's not wednesday morning and the name is karen miller",
        "no it's monday or tuesday and the name is karen miller",
        "the name is karen miller and the furnace was installed last friday",
        "the name is karen miller and the plumber comes on friday morning",
        "no uh the plumber is here friday and the name is karen miller",
        "the name is karen miller and i was home yesterday afternoon",
        "the name is karen miller and everything else is right",
        "it's an old house and the name is karen miller",
    ],
)
def test_what_is_only_told_beside_a_named_slot_changes_nothing(said: str) -> None:
    assert changes(talked("after_hours_hvac", *HVAC), said) == {"name": "Karen Miller"}


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("the address is wrong and it's ten thirty", {"address": "1030 Main Street"}),
        ("the number is wrong and it's four one five", {"callback": None}),
        ("the time is friday and saturday", {"when": None}),
    ],
)
def test_words_that_may_belong_to_the_named_slot_change_no_other(said: str, changed: dict[str, str | None]) -> None:
    assert changes(talked("after_hours_hvac", *HVAC), said) == changed


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("no it's forty people and three thousand dollars", {"party": "40", "budget": "3000.00"}),
        ("no it's december sixth and forty people", {"party": "40", "day": "2026-12-06"}),
        ("no it's forty people and december sixth", {"party": "40", "day": "2026-12-06"}),
        ("no the budget is five hundred and twenty dollars", {"budget": "520.00"}),
        ("no the party size is a hundred and twenty", {"party": "120"}),
        ("no it's forty people and it's the last time", {"party": "40"}),
        ("no it's december sixth and the budget is wrong", {"budget": None}),
        ("no the day is december sixth and seventh", {"day": None}),
        ("no forty people and twenty vegetarians", {"party": "40"}),
    ],
)
def test_quantities_and_days_beside_a_named_slot(said: str, changed: dict[str, str | None]) -> None:
    talk = sop.Conversation(EVENT, caller=OWN, now=MONDAY)
    for text in ("december fifth", "fifty people", "two thousand dollars"):
        talk.hear(text)
    assert talk.state.phase is Phase.REVIEWING
    assert changes(talk, said) == changed


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("no i need two rooms and four guests", {"rooms": "2", "guests": "4"}),
        ("no it's four guests and six nights", {"guests": "4", "nights": "6"}),
        ("no two rooms six nights and four guests", {"rooms": "2", "nights": "6", "guests": "4"}),
        ("no i need two rooms", {"rooms": "2"}),
        ("no the guests are four and the rooms are two", {"rooms": "2", "guests": "4"}),
        ("the rooms and the guests are wrong", {"rooms": None, "guests": None}),
    ],
)
def test_two_counts_in_one_breath(said: str, changed: dict[str, str | None]) -> None:
    talk = sop.Conversation(STAY, caller=OWN, now=MONDAY)
    for text in ("one", "five", "three"):
        talk.hear(text)
    assert talk.state.phase is Phase.REVIEWING
    assert changes(talk, said) == changed
