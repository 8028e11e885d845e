"""What one turn means where it holds more, or less, than the answer to the question."""

import pytest

from sop.acts import CallTool
from sop.state import Phase
from tests.sop.turns import CARS, DISPUTE, HVAC, LOAN, MEMBER, MESSAGE, OWN, changes, talked


@pytest.mark.parametrize("said", ["i'd rather not say", "it's private", "none of those", "something else"])
def test_a_refusal_answers_no_other_question(said: str) -> None:
    assert changes(talked("loan_application", *LOAN[:2]), said) == {}
    assert changes(talked("loan_application", *LOAN[:6]), said) == {}


@pytest.mark.parametrize("said", ["i'd rather not say", "something else"])
def test_a_refusal_answers_the_question_that_offers_it(said: str) -> None:
    assert changes(talked("loan_application", *LOAN[:10]), said) == {"loan_purpose": "other"}


RENTERS = ("renters", "six oh six one four", "march third nineteen eighty five", "skip", "full")


@pytest.mark.parametrize(
    ("flow", "calls", "said", "values"),
    [
        ("loan_application", (), "sure my name is karen mitchell", {"credit_consent": "yes", "name": "Karen Mitchell"}),
        (
            "insurance_quote",
            ("home", "six oh six one four", "march third nineteen eighty five"),
            "yes and it was built in nineteen eighty five",
            {"owns_home": "yes", "year_built": "1985"},
        ),
        (
            "insurance_quote",
            RENTERS,
            "no but you can email me at bob at gmail dot com",
            {"wants_agent": "no", "email": "bob@gmail.com"},
        ),
        (
            "after_hours_hvac",
            HVAC[:2],
            "yes and the address is twelve main street",
            {"callback": OWN, "address": "12 Main Street"},
        ),
        (
            "saas_support",
            ("how do i export my data",),
            "no i forgot my password",
            {"support_helped": "no", "support_area": "password"},
        ),
    ],
)
def test_a_yes_or_no_counts_beside_other_values(
    flow: str, calls: tuple[str, ...], said: str, values: dict[str, str]
) -> None:
    assert changes(talked(flow, *calls), said) == values


def test_a_no_beside_another_value_refuses_what_was_offered() -> None:
    talk = talked("after_hours_hvac", *HVAC[:2])
    assert changes(talk, "no and the address is twelve main street") == {"address": "12 Main Street"}
    assert (talk.state.phase, talk.state.slot) == (Phase.ASKING, "callback")


def test_a_new_wish_is_no_yes_to_was_that_everything() -> None:
    talk = talked("saas_support", "how do i export my data", "yes")
    assert changes(talk, "yes i forgot my password").get("support_all") is None
    assert talk.state.outcome is None


@pytest.mark.parametrize("said", ["yes and i also want a payment plan", "yes and can you tell me my balance too"])
def test_a_yes_to_everything_counts_before_another_wish(said: str) -> None:
    talk = talked("claims_billing", *DISPUTE, said)
    called = [act.name for exchange in talk.trace for act in exchange.acts if isinstance(act, CallTool)]
    assert called[-1] == "open_dispute"
    assert talk.said.endswith("If not, just tell me what else you need.")


@pytest.mark.parametrize(
    ("flow", "calls", "said", "values"),
    [
        (
            "claims_billing",
            ("what's my balance", MEMBER[0]),
            "four one seven two two oh nine eight eight eight",
            {},
        ),
        ("insurance_quote", CARS[:1], "six oh six one four or six oh six one five", {}),
        ("insurance_quote", CARS[:1], "six oh six one four no wait six oh six one five", {"zip_code": "60615"}),
        ("order_status", ("where is my order",), "four four two one seven seven no wait seven eight five five", {}),
        (
            "saas_support",
            ("i forgot my password", "bob at gmail dot com", "yes"),
            "the last four of my phone number is four one five five",
            {"phone_last_four": "4155"},
        ),
        (
            "order_status",
            ("where is my order",),
            "my phone number is four one five five five five oh one nine nine",
            {"callback": "+14155550199"},
        ),
        (
            "order_status",
            ("where is my order",),
            "four four two one seven seven five five and my cell is four one five five five five oh one nine nine",
            {"order_number": "44217755", "callback": "+14155550199"},
        ),
    ],
)
def test_digits_and_a_telephone_number(flow: str, calls: tuple[str, ...], said: str, values: dict[str, str]) -> None:
    assert changes(talked(flow, *calls), said) == values


def test_too_many_digits_are_told_so() -> None:
    talk = talked("claims_billing", "what's my balance", MEMBER[0], "four one seven two two oh nine eight eight eight")
    assert talk.said == "A member number has nine digits. Please say the whole number again."


@pytest.mark.parametrize("said", ["cancel it", "i said cancel"])
def test_cancel_is_no_goodbye_where_something_is_to_be_cancelled(said: str) -> None:
    talk = talked("dental_booking", "cancel my appointment", "dan reed", "april twelfth nineteen eighty one")
    if talk.state.slot != "dental_cancel_ok":
        talk.hear("yes")
    assert talk.state.slot == "dental_cancel_ok"
    talk.hear(said)
    assert talk.state.outcome is None
    talk.hear("never mind")
    assert talk.state.outcome == "caller_left"


@pytest.mark.parametrize("said", ["sorry wrong number", "i have the wrong number sorry"])
def test_a_wrong_number_is_no_complaint(said: str) -> None:
    assert talked("front_desk", said).state.outcome == "caller_left"


@pytest.mark.parametrize("said", ["i have a wrong number on my bill", "i want to cancel"])
def test_a_wish_with_such_words_does_not_end_the_call(said: str) -> None:
    assert talked("front_desk", said).state.outcome is None


@pytest.mark.parametrize(
    "flow", ["after_hours_hvac", "order_status", "saas_support", "claims_billing", "insurance_quote", "dental_booking"]
)
@pytest.mark.parametrize("said", ["i need to cancel", "hi i want to cancel please", "can i cancel", "i need cancel"])
def test_who_begins_with_a_wish_to_cancel_is_not_hung_up_on(flow: str, said: str) -> None:
    assert talked(flow, said).state.outcome is None


def test_later_a_wish_to_cancel_ends_the_call() -> None:
    assert talked("after_hours_hvac", "my furnace quit", "i want to cancel").state.outcome == "caller_left"


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("why does it matter", {}),
        ("hold on let me look at my card", {}),
        ("do i have to say", {}),
        ("no it's one accident actually", {"accidents": "1"}),
        ("state farm", {"insurer": "state farm"}),
        ("the general", {"insurer": "the general"}),
    ],
)
def test_a_name_that_is_asked_for_is_no_sentence(said: str, values: dict[str, str]) -> None:
    assert changes(talked("insurance_quote", *CARS), said) == values


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("do you call them", {}),
        ("who me", {}),
        ("what a burger", {"employer": "what a burger"}),
        ("will call roofing", {"employer": "will call roofing"}),
    ],
)
def test_a_question_is_no_employer(said: str, values: dict[str, str]) -> None:
    assert changes(talked("loan_application", *LOAN[:6]), said) == values


def test_a_message_may_be_a_question() -> None:
    assert changes(talked("front_desk", *MESSAGE), "when can he come by") == {"desk_message": "when can he come by"}


@pytest.mark.parametrize("said", ["what was the amount again", "can you repeat that"])
def test_what_was_told_before_the_question_is_told_again(said: str) -> None:
    talk = talked("claims_billing", "what's my balance", *MEMBER)
    assert "Your balance is" in talk.said
    for _ in range(2):
        talk.hear(said)
        assert talk.said.startswith("Your balance is one hundred eighty two dollars and forty cents.")
        assert talk.said.endswith("If not, just tell me what else you need.")
    talk.hear("no")
    talk.hear("a payment plan")
    talk.hear("can you repeat that")
    assert "Your balance is" not in talk.said


def test_a_rate_is_not_told_again_without_its_disclaimer() -> None:
    talk = talked(
        "insurance_quote", "renters", "six oh six one four", "march third nineteen eighty five", "skip", "full"
    )
    assert "not a binding offer" in talk.said
    talk.hear("can you repeat that")
    assert "not a binding offer" in talk.said
    assert talk.said.index("a month") < talk.said.index("not a binding offer")
