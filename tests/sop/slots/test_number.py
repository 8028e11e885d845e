"""Counts and quantities as people say them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.number import Number
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

KIND = Number()
ROOMS = replace(SPEC, prompt="How many bedrooms are there?", label="the number of bedrooms", names=("bedrooms",))


def read(text: str, spec: SlotSpec = SPEC) -> str | None:
    match KIND.parse(split_words(text), spec, Context(NOW)):
        case Found(value=value):
            return value
        case Doubt(reason=reason):
            return f"?{reason}"
        case None:
            return None


SAID = [
    ("three", "3"),
    ("3", "3"),
    ("Three.", "3"),
    ("uh three", "3"),
    ("oh three", "3"),
    ("about thirty five", "35"),
    ("i'd say around thirty five or so", "35"),
    ("two and a half", "2.5"),
    ("two and a quarter", "2.25"),
    ("one and three quarters", "1.75"),
    ("two point five", "2.5"),
    ("point five", "0.5"),
    ("zero point two five", "0.25"),
    ("one point two million", "1200000"),
    ("1.2 million", "1200000"),
    ("a half", "0.5"),
    ("a dozen", "12"),
    ("half a dozen", "6"),
    ("two dozen", "24"),
    ("a couple", "2"),
    ("just a couple", "2"),
    ("a couple of hundred", "200"),
    ("a hundred", "100"),
    ("a hundred and twenty", "120"),
    ("one hundred four", "104"),
    ("one oh five", "105"),
    ("twelve hundred", "1200"),
    ("twelve fifty", "1250"),
    ("nineteen eighty five", "1985"),
    ("twenty five hundred square feet", "2500"),
    ("one thousand two hundred", "1200"),
    ("one thousand and five", "1005"),
    ("two thousand eleven", "2011"),
    ("a thousand", "1000"),
    ("fifteen thousand five hundred", "15500"),
    ("two hundred fifty thousand", "250000"),
    ("half a million", "500000"),
    ("a million and a half", "1500000"),
    ("two and a half thousand", "2500"),
    ("1,200", "1200"),
    ("1200", "1200"),
    ("1200 square feet", "1200"),
    ("3 hundred", "300"),
    ("twenty k", "20000"),
    ("20k", "20000"),
    ("none", "0"),
    ("none at all", "0"),
    ("zero", "0"),
    ("we don't have any", "0"),
    ("just one", "1"),
    ("only one", "1"),
    ("there are five of us", "5"),
    ("it's four", "4"),
    ("three no four", "4"),
    ("three sorry i mean four", "4"),
    ("not three four", "4"),
    ("four not three", "4"),
    ("five five", "?ambiguous"),
    ("2.5", "2.5"),
    ("12.50", "12.5"),
    ("three or four", "?several"),
    ("between five and ten", "?several"),
    ("three to four", "?several"),
    ("a few", "?vague"),
    ("several", "?vague"),
    ("minus five", "?range"),
]
NOTHING = [
    "",
    "um",
    "just me",
    "hello",
    "a",
    "i don't know",
    "i don't have any idea",
    "this one",
    "the one on the left",
    "one moment please",
    "one second",
    "one more time",
    "no one",
    "what",
    "the second",
    "third",
    "four one five five five five oh one nine nine",
    "415-555-0199",
    "2217 maple street",
    "five o'clock",
    "two thirty p m",
    "apartment four",
    "i have lived here for twenty years",
    "i called three times already",
    "march third nineteen eighty five",
    "fifty dollars",
    "fifty percent",
    "3/3/85 five",
    "two three hundred",
    "three hundred and a half",
    "hundred hundred",
    "thousand",
    "five thousand thousand",
    "million two oh",
    "and a half",
    "point",
    "nine nine nine nine nine nine nine nine nine nine nine nine nine nine",
    "99999999999999999999999",
]


@pytest.mark.parametrize(("text", "value"), SAID)
def test_says(text: str, value: str) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ten years old", "10"),
        ("fifteen years", "15"),
        ("twelve units", "12"),
        ("sixty eight degrees", "68"),
        ("98.6", "98.6"),
        ("half", "0.5"),
        ("one and half", "1.5"),
        ("half dozen", "6"),
        ("only the one", "1"),
        ("i hundred", "100"),
        ("half i dozen", "6"),
        ("two at a half", "2.5"),
        ("two or a half", "?several"),
        ("three no wait window", None),
        ("the two", None),
        ("twenty all", None),
        ("to of them", "2"),
        ("forty to", "42"),
        ("thirty to forty", "?several"),
        ("eleven eleven", "11"),
        ("two and a a half", "2.5"),
        ("fifty employees", "50"),
        ("ninety ninety nine", None),
        ("one under", None),
        ("thirty was", None),
        ("seventy window", None),
        ("window two", None),
        ("a window and twenty", None),
        ("a hundred and window", None),
        ("two make four hundred", "?several"),
    ],
)
def test_what_was_not_heard_whole_is_no_number(text: str, value: str | None) -> None:
    assert read(text) == value


@pytest.mark.parametrize("text", NOTHING)
def test_is_no_number(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("three bedrooms", "3"),
        ("well the house has three bedrooms and two bathrooms on two floors", "3"),
        ("one bedroom", "1"),
        ("it is a four bedroom colonial from the nineteen twenties", "4"),
        ("three bathrooms", "3"),
        ("i have lived here for twenty years", None),
    ],
)
def test_counts_what_was_asked_for(text: str, value: str | None) -> None:
    assert read(text, ROOMS) == value


def test_years_count_where_years_are_asked_for() -> None:
    assert read("twenty years", replace(SPEC, prompt="How many years have you lived there?")) == "20"


def test_unknown_words_beside_it_make_it_less_sure() -> None:
    assert KIND.parse(split_words("three bathrooms"), ROOMS, Context(NOW)) == Found("3", 0.8)
    assert KIND.parse(split_words("three no four"), ROOMS, Context(NOW)) == Found("4")


def test_bounds() -> None:
    spec = replace(SPEC, low=1, high=20)
    assert [read(text, spec) for text in ("one", "twenty", "zero", "twenty one", "none")] == [
        "1",
        "20",
        "?range",
        "?range",
        "?range",
    ]
    assert read("minus five", replace(SPEC, low=-40)) == "-5"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("it's a house with three bedrooms", "3"),
        ("my furnace is three years old", None),
        ("the bedrooms are cold", None),
        ("three or four bedrooms", None),
        ("karen mitchell four one five", None),
    ],
)
def test_volunteered_only_beside_its_name(text: str, value: str | None) -> None:
    found = KIND.find(split_words(text), ROOMS, Context(NOW))
    assert (found.value if found else None) == value


def test_never_volunteered_without_a_name() -> None:
    assert KIND.find(("three",), SPEC, Context(NOW)) is None


def test_keys() -> None:
    assert KIND.press("12#", SPEC) == Found("12")
    assert KIND.press("007", SPEC) == Found("7")
    assert KIND.press("2*5", SPEC) == Found("2.5")
    assert KIND.press("", SPEC) is None
    assert KIND.press("*", SPEC) is None
    assert KIND.press("99", replace(SPEC, high=20)) == Doubt("range")
    assert KIND.keys(replace(SPEC, high=20)) == 2
    assert KIND.keys(SPEC) > 2


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("3", "three"),
        ("0", "zero"),
        ("2.5", "two and a half"),
        ("0.25", "zero point two five"),
        ("1200", "one thousand two hundred"),
        ("1000021", "one million twenty one"),
        ("2000003", "two million and three"),
        ("-5", "minus five"),
    ],
)
def test_speaks(value: str, spoken: str) -> None:
    assert KIND.speak(value, SPEC) == spoken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Completeness.EMPTY),
        ("two and", Completeness.PARTIAL),
        ("two point", Completeness.PARTIAL),
        ("a", Completeness.PARTIAL),
        ("about", Completeness.PARTIAL),
        ("three", Completeness.OPEN),
        ("hello", Completeness.OPEN),
    ],
)
def test_completeness(text: str, expected: Completeness) -> None:
    assert KIND.completeness(split_words(text), SPEC) is expected


def test_a_counted_thing_completes_it() -> None:
    assert KIND.completeness(("three", "bedrooms"), ROOMS) is Completeness.COMPLETE


def test_sample_is_in_range() -> None:
    for spec in (SPEC, replace(SPEC, low=5), replace(SPEC, high=-3), replace(SPEC, low=2.5, high=2.75)):
        sample = float(KIND.sample(spec))
        assert (spec.low is None or sample >= spec.low) and (spec.high is None or sample <= spec.high)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.integers(0, 12_000), st.integers(0, 4 * 10**9)))
def test_what_is_spoken_is_understood(quarters: int) -> None:
    value = f"{quarters / 4:.2f}".rstrip("0").rstrip(".")
    assert KIND.parse(split_words(KIND.speak(value, SPEC)), SPEC, Context(NOW)) == Found(value)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("a and half of oh one two twenty hundred thousand k point 5 60k not no dozen".split())))
def test_never_raises(words: list[str]) -> None:
    for spec in (SPEC, ROOMS):
        found = KIND.parse(tuple(words), spec, Context(NOW))
        assert not isinstance(found, Found) or float(found.value) >= 0
        KIND.find(tuple(words), spec, Context(NOW))
        KIND.completeness(tuple(words), spec)
        KIND.press("".join(words), spec)
