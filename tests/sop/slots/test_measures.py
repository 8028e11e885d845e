"""Numbers that measure something else than what the question counts."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.slot_spec import SlotSpec
from sop.slots.number import Number
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

KIND = Number()
MONTHS = replace(
    SPEC,
    prompt="How many months have you been there? For two years, say twenty four.",
    label="the months on the job",
    names=("the months", "months employed", "time on the job"),
    low=0,
    high=720,
)
ACCIDENTS = replace(
    SPEC,
    prompt="How many accidents have you had in the last three years? If none, say none.",
    label="the number of accidents",
    names=("number of accidents", "accidents", "claims"),
    low=0,
    high=9,
)
YEARS = replace(SPEC, prompt="How many years have you lived there?", label="the years", names=("the years",))


def read(text: str, spec: SlotSpec) -> str | None:
    match KIND.parse(split_words(text), spec, Context(NOW)):
        case Found(value=value):
            return value
        case Doubt(reason=reason):
            return f"?{reason}"
        case None:
            return None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("twenty four", "24"),
        ("twenty four months", "24"),
        ("two years", "24"),
        ("about two years now", "24"),
        ("ten years", "120"),
        ("one year", "12"),
        ("a year", "12"),
        ("i've been there a year", "12"),
        ("a year and a half", "18"),
        ("two and a half years", "30"),
        ("two years and three months", "27"),
        ("half a year", "6"),
        ("two years twenty four months", "24"),
        ("two years so twenty four months", "24"),
        ("a year twelve months", "12"),
        ("a year or two months", "?several"),
        ("not even a year", None),
        ("not quite two years", None),
        ("just under two years", "24"),
        ("2 years", "24"),
        ("not two years three years", "36"),
        ("eighty years", "?range"),
        ("two or three years", "?several"),
        ("two years and a week", None),
        ("two weeks", None),
        ("thirty days", None),
        ("two years ago", "24"),
        ("twenty years old", None),
        ("last year", None),
        ("this year", None),
        ("years", None),
        ("no", None),
        ("nothing", None),
    ],
)
def test_years_where_months_are_asked_for(text: str, value: str | None) -> None:
    assert read(text, MONTHS) == value


def test_years_made_months_are_asked_about() -> None:
    assert KIND.parse(split_words("two years"), MONTHS, Context(NOW)) == Found("24", 0.5)
    assert KIND.parse(split_words("twenty four months"), MONTHS, Context(NOW)) == Found("24")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two years", "2"),
        ("two and a half years", "2.5"),
        ("two", "2"),
        ("six months", None),
        ("two weeks", None),
    ],
)
def test_months_are_no_years(text: str, value: str | None) -> None:
    assert read(text, YEARS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("one", "1"),
        ("just one", "1"),
        ("two accidents", "2"),
        ("two in the last three years", "2"),
        ("in the last three years two", "2"),
        ("i had one", "1"),
        ("no i had two", "2"),
        ("one in two years", None),
        ("two in the last five years", None),
        ("i had one last year", "1"),
        ("one last year", "1"),
        ("one in the last year", "1"),
        ("one in the past year", "1"),
        ("two last year", "2"),
        ("just one a year ago", "1"),
        ("one last month", "1"),
        ("last year", None),
        ("a year ago", None),
        ("none in the last year", None),
        ("i had one last year and one the year before", None),
        ("three years", None),
        ("three years ago", None),
        ("in the last three years", None),
        ("i had one two years ago", None),
        ("five years without one", None),
        ("i've never caused one", None),
        ("i haven't had three accidents", None),
        ("i haven't had any no wait one", "1"),
        ("i didn't have two only one", "?several"),
        ("one no none", "?several"),
        ("none no wait one", "1"),
    ],
)
def test_the_time_that_is_asked_about_is_no_count(text: str, value: str | None) -> None:
    assert read(text, ACCIDENTS) == value


NAUGHT = [
    "none",
    "no",
    "nope",
    "nothing",
    "no accidents",
    "no accidents at all",
    "i've had no accidents",
    "zero accidents",
    "no claims",
    "no accidents or claims",
    "never",
    "never had one",
    "never been in one",
    "i've never had an accident",
    "i haven't had one",
    "we haven't had any",
    "i have not had any accidents",
    "there weren't any",
    "no i haven't",
    "none knock on wood",
    "not that i know of",
    "none that i know of",
    "none in the last three years",
    "no accidents in the last three years",
    "nothing in the last three years",
    "not in the last three years",
    "not in over three years",
    "haven't had an accident in ten years",
    "um no none thank god",
    "two tickets but no accidents",
    "no accidents one ticket",
    "just one speeding ticket no accidents",
]
NOT_NAUGHT = [
    "no accidents two",
    "no accidents in two years",
    "no two accidents",
    "two tickets",
    "haven't had an accident in two years",
    "not this year",
    "not in the last year",
    "no idea",
    "i don't know",
    "i don't know the number",
    "i don't remember any accidents",
    "not sure",
    "never mind",
    "no thanks",
    "no wait",
    "no sorry",
    "not one",
    "none that were my fault",
    "no one",
    "nothing serious",
    "no more than one or so i think but",
    "not yet i need to look that up",
    "i don't have the number",
    "no i had",
]


@pytest.mark.parametrize("text", NAUGHT)
def test_says_that_there_were_none(text: str) -> None:
    assert read(text, ACCIDENTS) == "0"


@pytest.mark.parametrize("text", NOT_NAUGHT)
def test_other_words_with_a_no_are_no_count(text: str) -> None:
    assert read(text, ACCIDENTS) != "0"


@pytest.mark.parametrize("text", ["no", "nothing", "never", "i don't have a job"])
def test_a_plain_no_counts_only_where_none_is_an_answer(text: str) -> None:
    assert read(text, MONTHS) is None


def test_a_plain_no_counts_only_where_the_question_is_open() -> None:
    beside = Context(NOW, "3", asked=False)
    assert KIND.parse(("never",), ACCIDENTS, beside) is None
    assert KIND.parse(("no", "accidents"), ACCIDENTS, beside) == Found("0")


def test_none_below_the_smallest_is_no_answer() -> None:
    assert read("no vehicles", replace(SPEC, prompt="How many vehicles are there?", low=1)) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("more than two", "?vague"),
        ("over two years", "?vague"),
        ("less than three", "?vague"),
        ("two or more", "?vague"),
        ("no more than two", "2"),
        ("at least two", "2"),
    ],
)
def test_a_number_to_one_side_is_vague(text: str, value: str) -> None:
    assert read(text, YEARS) == value


PIECES = (
    "a no not none never haven't i had one two three half years months in the last past accidents and over or of so"
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES.split()), max_size=10))
def test_never_raises(words: list[str]) -> None:
    for spec in (ACCIDENTS, MONTHS):
        found = KIND.parse(tuple(words), spec, Context(NOW))
        assert not isinstance(found, Found) or 0 <= float(found.value) <= (spec.high or 0)
        KIND.find(tuple(words), spec, Context(NOW))
