"""Amounts of money as people say them."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.money import Money
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

KIND = Money()
RENT = replace(SPEC, prompt="What is your monthly rent?", label="the rent", names=("rent",), low=100, high=20000)


def read(text: str, spec: SlotSpec = SPEC) -> str | None:
    match KIND.parse(split_words(text), spec, Context(NOW)):
        case Found(value=value):
            return value
        case Doubt(reason=reason):
            return f"?{reason}"
        case None:
            return None


SAID = [
    ("twelve dollars and fifty cents", "12.50"),
    ("twelve dollars fifty cents", "12.50"),
    ("twelve dollars and fifty", "12.50"),
    ("twelve dollars fifty", "12.50"),
    ("a dollar fifty", "1.50"),
    ("a buck fifty", "1.50"),
    ("one dollar", "1.00"),
    ("a dollar", "1.00"),
    ("fifty cents", "0.50"),
    ("five cents", "0.05"),
    ("five hundred", "500.00"),
    ("five hundred bucks", "500.00"),
    ("Five hundred dollars.", "500.00"),
    ("$500", "500.00"),
    ("$1,250.50", "1250.50"),
    ("$1,250", "1250.00"),
    ("1250", "1250.00"),
    ("twenty five hundred a month", "2500.00"),
    ("about twenty five hundred per month", "2500.00"),
    ("sixty k", "60000.00"),
    ("60k", "60000.00"),
    ("$60K a year", "60000.00"),
    ("sixty thousand", "60000.00"),
    ("around sixty five thousand a year", "65000.00"),
    ("one point two million", "1200000.00"),
    ("$1.2 million", "1200000.00"),
    ("1.5k", "1500.00"),
    ("half a million", "500000.00"),
    ("a million and a half", "1500000.00"),
    ("a grand", "1000.00"),
    ("five grand", "5000.00"),
    ("two and a half grand", "2500.00"),
    ("two and a half thousand", "2500.00"),
    ("a couple hundred bucks", "200.00"),
    ("a hundred and twenty", "120.00"),
    ("a hundred and twenty dollars", "120.00"),
    ("one thousand two hundred fifty dollars and fifty cents", "1250.50"),
    ("one thousand two hundred and fifty", "1250.00"),
    ("one hundred twenty five fifty", "125.50"),
    ("one twenty five fifty", "125.50"),
    ("twelve hundred", "1200.00"),
    ("twelve hundred and fifty dollars", "1250.00"),
    ("ten dollars", "10.00"),
    ("it was ninety nine dollars and ninety nine cents", "99.99"),
    ("zero", "0.00"),
    ("nothing", "0.00"),
    ("zero dollars", "0.00"),
    ("i pay eight hundred no nine hundred", "900.00"),
    ("not five hundred six hundred", "600.00"),
    ("my budget is five thousand dollars", "5000.00"),
    ("twelve fifty", "?ambiguous"),
    ("twelve fifty dollars", "?ambiguous"),
    ("twelve oh five", "?ambiguous"),
    ("$12.50", "12.50"),
    ("three twenty five", "?ambiguous"),
    ("one two five zero", "?ambiguous"),
    ("two million three", "?ambiguous"),
    ("five or six hundred", "?several"),
    ("between five hundred and six hundred dollars", "?several"),
    ("a few hundred", "?vague"),
    ("a lot", "?vague"),
    ("five dollars and two hundred cents", None),
]
NOTHING = [
    "",
    "um",
    "hello",
    "i don't know",
    "dollars",
    "cents",
    "a",
    "this one",
    "one moment",
    "four one five five five five oh one nine nine",
    "415-555-0199",
    "2217 maple street",
    "five o'clock",
    "five thirty p m",
    "three bedrooms and two bathrooms in the house",
    "twenty years",
    "two point five percent",
    "fifty percent",
    "the fifth",
    "k",
    "grand",
    "five euros",
    "five hundred pounds",
    "five dollars dollars ten twenty",
    "one hundred thousand thousand dollars",
    "99999999999999999999999",
]


@pytest.mark.parametrize(("text", "value"), SAID)
def test_says(text: str, value: str | None) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$15.50", "15.50"),
        ("$9.99", "9.99"),
        ("fifteen point five dollars", "15.50"),
        ("fifty fifty dollars", "50.00"),
        ("fifty dollars dollars", "50.00"),
        ("fifty dollars and fifty cents cents", "50.50"),
        ("to hundred dollars", "200.00"),
        ("won and a half thousand dollars", "1500.00"),
        ("two and a half thousand collars", "2500.00"),
        ("the plumber charged me five hundred dollars", "500.00"),
        ("seventy seventy five thousand", None),
        ("fifty dollars n fifty cents", "50.50"),
        ("fifty books", "50.00"),
        ("two hundred and seventy seventy five dollars", None),
        ("two brand", None),
        ("two thousand five window", None),
        ("window five hundred dollars", None),
        ("year five hundred dollars", None),
        ("five more", None),
    ],
)
def test_what_was_not_heard_whole_is_no_amount(text: str, value: str | None) -> None:
    assert read(text) == value


def test_a_number_said_twice_is_less_sure() -> None:
    assert KIND.parse(split_words("fifty fifty dollars"), SPEC, Context(NOW)) == Found("50.00", 0.5)


@pytest.mark.parametrize("text", NOTHING)
def test_is_no_amount(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("twelve fifty", "1250.00"),
        ("twelve oh five", "1205.00"),
        ("eight fifty", "850.00"),
        ("one fifty", "150.00"),
        ("fifty dollars", "?range"),
        ("a hundred dollars", "100.00"),
        ("twenty thousand", "20000.00"),
        ("twenty thousand and one dollars", "?range"),
        ("zero", "?range"),
        ("thirty k", "?range"),
    ],
)
def test_bounds_decide(text: str, value: str) -> None:
    assert read(text, RENT) == value


def test_small_amounts() -> None:
    spec = replace(SPEC, low=0, high=100)
    assert read("twelve fifty", spec) == "12.50"
    assert read("three oh five", spec) == "3.05"
    assert read("$12.50", spec) == "12.50"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("fifty dollars on december fifth", "50.00"),
        ("fifty dollars on december 5", "50.00"),
        ("fifty dollars a month starting december fifth", "50.00"),
        ("one hundred dollars by friday", "100.00"),
        ("fifty dollars and fifty cents on monday", "50.50"),
        ("fifty on friday", None),
        ("fifty dollars every friday", None),
        ("i paid fifty dollars last friday", None),
        ("fifty dollars in december", None),
        ("december two hundred dollars", None),
        ("march fifth nineteen eighty five dollars", None),
        ("two hundred on friday and fifty dollars on monday", "?several"),
    ],
)
def test_the_day_on_which_it_is_due_stands_beside_it(text: str, value: str | None) -> None:
    assert read(text, replace(SPEC, prompt="How much could you pay each month?")) == value


def test_another_period_than_the_one_asked_for_is_a_doubt() -> None:
    assert read("twelve thousand a year", RENT) == "?per"
    assert read("twelve hundred a month", RENT) == "1200.00"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("i make sixty thousand dollars a year", "60000.00"),
        ("i owe about five hundred bucks", "500.00"),
        ("they want two k for it", "2000.00"),
        ("my furnace is twenty years old", None),
        ("i have five hundred square feet", None),
        ("four one five five five five oh one nine nine", None),
        ("twelve fifty dollars", None),
        ("five hundred or six hundred dollars", None),
    ],
)
def test_volunteered_only_with_its_unit(text: str, value: str | None) -> None:
    found = KIND.find(split_words(text), SPEC, Context(NOW))
    assert (found.value if found else None) == value


def test_volunteered_beside_its_name() -> None:
    assert KIND.find(split_words("my rent is twelve hundred"), RENT, Context(NOW)) == Found("1200.00")
    assert KIND.find(split_words("the rent is late and i have two kids"), RENT, Context(NOW)) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("minus ten thousand", "?range"),
        ("negative five thousand", "?range"),
        ("negative about five thousand", "?range"),
        ("i had a loss of ten thousand", "?range"),
        ("we lost about ten thousand dollars", "?range"),
        ("a ten thousand dollar loss", "?range"),
        ("ten thousand in the red", "?range"),
        ("ten thousand", "10000.00"),
    ],
)
def test_a_loss_is_no_profit(text: str, value: str) -> None:
    assert read(text, replace(SPEC, prompt="What was your profit last year?", low=0)) == value


def test_a_loss_is_an_amount_where_one_is_asked_for() -> None:
    spec = replace(SPEC, prompt="How large was the loss?", low=0)
    assert read("a loss of ten thousand", spec) == "10000.00"
    assert read("i lost ten thousand", replace(SPEC, prompt="How much money did you lose?")) == "10000.00"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("more than twenty five thousand", "?vague"),
        ("over twenty five thousand dollars", "?vague"),
        ("a little over a million", "?vague"),
        ("under ten thousand", "?vague"),
        ("less than five hundred dollars", "?vague"),
        ("above five hundred", "?vague"),
        ("upwards of five thousand", "?vague"),
        ("five thousand or more", "?vague"),
        ("not more than five thousand", "5000.00"),
        ("no more than five thousand", "5000.00"),
        ("nothing over five thousand", "5000.00"),
        ("at least five thousand", "5000.00"),
        ("up to five thousand", "5000.00"),
        ("about five thousand", "5000.00"),
        ("over the year it was five thousand", "5000.00"),
    ],
)
def test_an_amount_to_one_side_is_vague(text: str, value: str) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "just over four thousand",
        "just under four thousand dollars",
        "slightly more than four thousand",
        "a little under four thousand",
    ],
)
def test_nearly_an_amount_is_asked_about(text: str) -> None:
    assert KIND.parse(split_words(text), SPEC, Context(NOW)) == Found("4000.00", 0.5)


def test_an_amount_to_one_side_is_not_volunteered() -> None:
    assert KIND.find(split_words("i need more than two thousand dollars"), SPEC, Context(NOW)) is None


def test_keys() -> None:
    assert KIND.press("1250", SPEC) == Found("1250.00")
    assert KIND.press("1250*50#", SPEC) == Found("1250.50")
    assert KIND.press("5*5", SPEC) == Found("5.50")
    assert KIND.press("", SPEC) is None
    assert KIND.press("*", SPEC) is None
    assert KIND.press("1*2*3", SPEC) is None
    assert KIND.press("1*234", SPEC) is None
    assert KIND.press("50", RENT) == Doubt("range")
    assert KIND.keys(SPEC) >= 7


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("1250.50", "one thousand two hundred fifty dollars and fifty cents"),
        ("500.00", "five hundred dollars"),
        ("1.00", "one dollar"),
        ("0.01", "one cent"),
        ("0.50", "fifty cents"),
        ("0.00", "zero dollars"),
        ("1200000.00", "one million two hundred thousand dollars"),
    ],
)
def test_speaks(value: str, spoken: str) -> None:
    assert KIND.speak(value, SPEC) == spoken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Completeness.EMPTY),
        ("twelve dollars and", Completeness.PARTIAL),
        ("one point", Completeness.PARTIAL),
        ("a", Completeness.PARTIAL),
        ("twelve hundred", Completeness.OPEN),
        ("twelve dollars", Completeness.OPEN),
        ("twelve dollars and fifty cents", Completeness.COMPLETE),
        ("five hundred bucks", Completeness.COMPLETE),
    ],
)
def test_completeness(text: str, expected: Completeness) -> None:
    assert KIND.completeness(split_words(text), SPEC) is expected


def test_sample_is_in_range() -> None:
    for spec in (SPEC, RENT, replace(SPEC, high=50)):
        sample = float(KIND.sample(spec))
        assert (spec.low is None or sample >= spec.low) and (spec.high is None or sample <= spec.high)


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.integers(0, 200_000), st.integers(0, 10**11 - 1), st.integers(0, 10**7).map(lambda n: n * 100)))
def test_what_is_spoken_is_understood(cents: int) -> None:
    value = f"{Decimal(cents) / 100:.2f}"
    assert KIND.parse(split_words(KIND.speak(value, SPEC)), SPEC, Context(NOW)) == Found(value)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from("a and half oh one two fifty hundred grand k point 5 60k dollars cents not no".split()))
)
def test_never_raises(words: list[str]) -> None:
    for spec in (SPEC, RENT):
        found = KIND.parse(tuple(words), spec, Context(NOW))
        assert not isinstance(found, Found) or Decimal(found.value) >= 0
        KIND.find(tuple(words), spec, Context(NOW))
        KIND.completeness(tuple(words), spec)
        KIND.press("".join(words), spec)
