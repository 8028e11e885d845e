"""Account, policy and order numbers as people say them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.reading import Completeness
from sop.slots.digits import Digits, passes_luhn
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC

KIND = Digits()
FREE = replace(SPEC, type="digits", names=("order number", "account number", "account"))
SEVEN = replace(FREE, lengths=(7,))
SIX_TO_TEN = (6, 7, 8, 9, 10)
FOUR = replace(FREE, lengths=(4,))
FOUR_OR_SIX = replace(FREE, lengths=(6, 4))
CARD = replace(FREE, lengths=(16,), check="luhn")


def understood(text: str, lengths: tuple[int, ...] = (), current: str = "", check: str = "") -> str | None:
    spec = replace(FREE, lengths=lengths, check=check)
    match KIND.parse(split_words(text), spec, Context(NOW, current)):
        case Found(value=value):
            return value
        case Doubt(reason=reason):
            return f"?{reason}"
        case None:
            return None


SAID = [
    ("four two one seven zero zero nine", (7,), "4217009"),
    ("four two one seven double oh nine", (7,), "4217009"),
    ("forty two seventeen double oh nine", (7,), "4217009"),
    ("it's four two one seven zero zero nine thanks", (7,), "4217009"),
    ("um my order number is four two one um seven oh oh nine", (7,), "4217009"),
    ("4217009.", (7,), "4217009"),
    ("4217-009", (7,), "4217009"),
    ("421 7009", (7,), "4217009"),
    ("four two one dash seven zero zero nine", (7,), "4217009"),
    ("four two one and then seven oh oh nine", (7,), "4217009"),
    ("four two one seven and oh oh nine", (7,), "4217009"),
    ("okay so four two one seven oh oh nine", (7,), "4217009"),
    ("for two one seven oh oh nine", (7,), "4217009"),
    ("four too one seven oh oh nine", (7,), "4217009"),
    ("the account is four two one seven oh oh nine", (7,), "4217009"),
    ("four two one seven oh oh eight no sorry four two one seven oh oh nine", (7,), "4217009"),
    ("four two one no wait four two one seven oh oh nine", (7,), "4217009"),
    ("four two one seven oh oh nine i mean four two one seven oh oh eight", (7,), "4217008"),
    ("four two one seven oh oh nine again four two one seven oh oh nine", (7,), "4217009"),
    ("no it's four two one seven oh oh nine", (7,), "4217009"),
    ("forty two seventeen", (4,), "4217"),
    ("forty two hundred", (4,), "4200"),
    ("two thousand eleven", (4,), "2011"),
    ("double oh seven", (), "007"),
    ("triple five one", (4,), "5551"),
    ("nine two oh six", (4,), "9206"),
    ("the last four are nine two oh six", (4,), "9206"),
    ("last four of my social are nine two oh six", (4,), "9206"),
    ("the last 4 is 9206", (4,), "9206"),
    ("last four nine two oh six", (4,), "9206"),
    ("it ends in nine two oh six", (4,), "9206"),
    ("oh nine two oh six", (4,), "9206"),
    ("oh it's nine two oh six", (4,), "9206"),
    ("nine two oh six", (4, 6), "9206"),
    ("nine two oh six one one", (4, 6), "920611"),
    ("policy four one eight hundred five five", (), "4180055"),
    ("the one i have here is four two one seven", (4,), "4217"),
    ("one second um four two one seven", (4,), "4217"),
    ("this one is four two one seven", (4,), "4217"),
    ("one two three four five six seven eight nine zero one two", (), "123456789012"),
    ("seventeen seventy six", (4,), "1776"),
    ("one hundred and four", (3,), "104"),
    ("4111 1111 1111 1111", (16,), "4111111111111111"),
    ("1,234", (4,), "1234"),
    ("it's not four two one seven it's four two one eight", (4,), "4218"),
    ("four hundred twenty one seven", (4,), "4217"),
]
UNUSABLE = [
    ("four two one seven", (7,), "?length"),
    ("four two one seven zero zero nine nine", (7,), "?length"),
    ("four two", (7,), "?length"),
    ("four two one seven nope eight", (4,), "?length"),
    ("four two one seven zero zero nine no eight", (7,), "?length"),
    ("four two one seven zero zero nine no oh oh eight", (), "?several"),
    ("four two one seven or four two one eight", (4,), "?several"),
    ("four two one seven and four two one eight", (4,), "?several"),
    ("forty two seventeen and fifty five eighteen", (), "?several"),
    ("b four two one seven", (4,), "?letters"),
    ("four two one seven x", (4,), "?letters"),
    ("4217b", (4,), "?letters"),
    ("it's a four two one seven", (4,), "?letters"),
    ("it ends in nine two oh six", (16,), "?length"),
    ("nine two oh six one", (4, 6), "?length"),
    ("one two three four five six seven eight nine zero one two three four five six seven eight nine zero one", (),
     "?length"),
]  # fmt: skip
NOTHING = [
    ("", (4,)),
    ("um", (4,)),
    ("i don't have one", (4,)),
    ("this one", (4,)),
    ("one moment please", (4,)),
    ("karen mitchell", (4,)),
    ("tomorrow at five", (4,)),
    ("what number", (4,)),
    ("twenty two seventeen maple street", (4,)),
    ("i live at forty two seventeen north maple avenue", (4,)),
    ("it cost twelve hundred dollars", (4,)),
    ("at 4:30", (4,)),
    ("12/31", (4,)),
    ("four two one seven no wait", (4,)),
    ("it isn't four two one seven", (4,)),
    ("for you to decide", (2,)),
    ("i called two thousand eleven times", (4,)),
    ("the last four", (4,)),
    ("hold on let me find it", ()),
]


@pytest.mark.parametrize(("text", "lengths", "digits"), SAID + UNUSABLE)
def test_says(text: str, lengths: tuple[int, ...], digits: str) -> None:
    assert understood(text, lengths) == digits


def test_digits_among_other_words_are_less_sure() -> None:
    def certainty(text: str) -> float:
        found = KIND.parse(split_words(text), FOUR, Context(NOW))
        assert isinstance(found, Found)
        return found.certainty

    assert certainty("it's four two one seven") == 1.0
    assert certainty("the plumber said four two one seven") < 0.6


@pytest.mark.parametrize(("text", "lengths"), NOTHING)
def test_no_digits(text: str, lengths: tuple[int, ...]) -> None:
    assert understood(text, lengths) is None


@pytest.mark.parametrize(
    ("text", "lengths", "current", "digits"),
    [
        ("no the last four are nine two oh six", (7,), "4217009", "4219206"),
        ("it ends in double oh eight", (7,), "4217009", "4217008"),
        ("the last two are one eight", (7,), "4217009", "4217018"),
        ("nine two oh six", (7,), "4217009", "4219206"),
        ("the last four are nine two", (7,), "4217009", "?length"),
        ("no it's four two one seven oh oh eight", (7,), "4217009", "4217008"),
        ("nine two oh six", (4, 7), "4217009", "9206"),
    ],
)
def test_an_ending_corrects_known_digits(text: str, lengths: tuple[int, ...], current: str, digits: str) -> None:
    assert understood(text, lengths, current) == digits


def test_the_check_digit_of_iso_7812() -> None:
    assert passes_luhn("79927398713")
    assert passes_luhn("4111111111111111")
    assert not passes_luhn("79927398710")
    assert not passes_luhn("4111111111111112")
    assert understood("4539 1488 0343 6467", (16,), check="luhn") == "4539148803436467"
    assert understood("4539 1488 0343 6468", (16,), check="luhn") == "?check"
    assert understood("4539 1488 0343 6476", (16,), check="luhn") == "?check"
    assert understood("the last two are six eight", (16,), "4539148803436467", "luhn") == "?check"


def test_of_two_numbers_the_one_that_checks_is_right_only_when_alone() -> None:
    two = "4539 1488 0343 6467 or 4111 1111 1111 1111"
    assert understood(two, (16,), check="luhn") == "?several"


@given(st.text("0123456789", min_size=15, max_size=15), st.integers(0, 14))
@settings(max_examples=60)
def test_a_wrong_digit_never_passes(body: str, place: int) -> None:
    right = next(body + check for check in "0123456789" if passes_luhn(body + check))
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    assert KIND.press(right, CARD) == Found(right)
    assert KIND.press(wrong, CARD) == Doubt("check")


@pytest.mark.parametrize(
    ("text", "lengths", "digits"),
    [
        ("my furnace is out my order number is four two one seven", (4,), "4217"),
        ("hi the account number um is 4217 and my name is karen", (4,), "4217"),
        ("order number four two one seven", (), "4217"),
        ("four two one seven", (4,), None),
        ("my order number is four two one", (4,), None),
        ("my order number is four two one seven eight", (4,), None),
        ("four two one seven is my zip code not my order number", (4,), None),
        ("i lost my order number i live at twenty two seventeen maple street", (4,), None),
        ("my account is at twenty two seventeen maple street", (4,), None),
        ("my order number is four two one seven or four two one eight", (4,), None),
        ("order number four two one seven no order number four two one eight", (4,), "4218"),
        ("order number b four two one seven", (4,), None),
    ],
)
def test_volunteered(text: str, lengths: tuple[int, ...], digits: str | None) -> None:
    found = KIND.find(split_words(text), replace(FREE, lengths=lengths), Context(NOW))
    assert (found.value if found else None) == digits


def test_nothing_is_volunteered_without_a_name_or_with_a_wrong_check() -> None:
    heard = split_words("account number 4539 1488 0343 6467")
    assert KIND.find(heard, CARD, Context(NOW)) == Found("4539148803436467")
    assert KIND.find(heard, replace(CARD, names=()), Context(NOW)) is None
    assert KIND.find(split_words("account number 4539 1488 0343 6468"), CARD, Context(NOW)) is None


def test_keypad() -> None:
    assert KIND.keys(SEVEN) == 7
    assert KIND.keys(FOUR_OR_SIX) == 6
    assert KIND.keys(FREE) == 20
    assert KIND.press("4217009#", SEVEN) == Found("4217009")
    assert KIND.press("421700", SEVEN) == Doubt("length")
    assert KIND.press("42170091", SEVEN) == Doubt("length")
    assert KIND.press("", SEVEN) == Doubt("length")
    assert KIND.press("12", FREE) == Doubt("length")
    assert KIND.press("123", FREE) == Found("123")


@pytest.mark.parametrize(
    ("digits", "spoken"),
    [
        ("4217009", "4 2 1 7, 0 0 9"),
        ("4217", "4 2 1 7"),
        ("12345", "1 2 3, 4 5"),
        ("123456", "1 2 3, 4 5 6"),
        ("123456789", "1 2 3, 4 5 6, 7 8 9"),
        ("1234567890", "1 2 3 4, 5 6 7, 8 9 0"),
        ("4111111111111111", "4 1 1 1, 1 1 1 1, 1 1 1 1, 1 1 1 1"),
        ("42", "4 2"),
    ],
)
def test_speaks_in_groups(digits: str, spoken: str) -> None:
    assert KIND.speak(digits, FREE) == spoken


def test_private_digits_are_not_read_aloud() -> None:
    assert KIND.speak("4217009", replace(FREE, private=True)) == "ending in 0 9"


@given(st.text("0123456789", min_size=3, max_size=20))
@settings(max_examples=100)
def test_what_is_read_back_is_what_was_taken(digits: str) -> None:
    assert understood(KIND.speak(digits, FREE)) == digits
    assert understood(f"my order number is {digits} thanks", (len(digits),)) == digits


@pytest.mark.parametrize(
    "spec", [FREE, SEVEN, FOUR_OR_SIX, CARD, replace(CARD, lengths=()), replace(CARD, lengths=(1,))]
)
def test_the_sample_is_valid(spec: object) -> None:
    assert isinstance(spec, type(SPEC))
    assert KIND.press(KIND.sample(spec), spec) == Found(KIND.sample(spec))


@pytest.mark.parametrize(
    ("text", "lengths", "expected"),
    [
        ("four two one", (7,), Completeness.PARTIAL),
        ("four two one seven oh oh nine", (7,), Completeness.COMPLETE),
        ("four two one", (4, 6), Completeness.PARTIAL),
        ("four two one seven", (4, 6), Completeness.OPEN),
        ("four two one seven one one", (4, 6), Completeness.COMPLETE),
        ("four two one seven", (), Completeness.OPEN),
        ("four two", (), Completeness.PARTIAL),
        ("i don't have it", (7,), Completeness.OPEN),
        ("four two one seven oh oh nine no four two", (7,), Completeness.PARTIAL),
        ("the last four are nine two", (4,), Completeness.PARTIAL),
    ],
)
def test_completeness(text: str, lengths: tuple[int, ...], expected: Completeness) -> None:
    assert KIND.completeness(split_words(text), replace(FREE, lengths=lengths)) is expected


@given(
    st.lists(
        st.sampled_from(
            "four oh double triple hundred thousand twenty no sorry last four ends in and or b a order number 4217 "
            "4217b for to one moment street dash the are x ² ٤".split()
        ),
        max_size=12,
    ),
    st.sampled_from([FREE, SEVEN, FOUR_OR_SIX, CARD]),
    st.sampled_from(["", "4217009", "1"]),
)
@settings(max_examples=300)
def test_never_raises_and_gives_only_allowed_digits(words: list[str], spec: object, current: str) -> None:
    assert isinstance(spec, type(SPEC))
    context = Context(NOW, current)
    for found in (KIND.parse(tuple(words), spec, context), KIND.find(tuple(words), spec, context)):
        if isinstance(found, Found):
            assert KIND.press(found.value, spec) == Found(found.value)
    KIND.completeness(tuple(words), spec)


@pytest.mark.parametrize(
    ("text", "lengths", "digits"),
    [
        ("four two one seven oh oh eight no wait oh oh nine", (7,), "4217009"),
        ("four two one seven oh oh eight i mean seven oh oh nine", (7,), "4217009"),
        ("seven two four oh five one six no sorry five one eight", SIX_TO_TEN, "7240518"),
        ("six free one eight four seven two oh six no wait two oh five", SIX_TO_TEN, "?length"),
    ],
)
def test_a_last_group_said_anew(text: str, lengths: tuple[int, ...], digits: str) -> None:
    assert understood(text, lengths) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("ate one seven two four oh five", "8172405"),
        ("sure to zero four eight one nine three", "2048193"),
        ("seven two four owe five one eight", "7240518"),
        ("okay ready seven two four you got that oh five one eight", "7240518"),
        ("ninety nine hundred twelve thirty four", "99001234"),
        ("plenty seven two four oh five one eight", "?length"),
        ("eleven two four oh five one eight", "?length"),
        ("eleven twenty four oh five one eight", "11240518"),
        ("seven two four oh five one eight said", "?length"),
        ("seven two house four oh five one eight two", "?length"),
        ("seven two four again oh five one eight six two", "?length"),
    ],
)
def test_no_digit_is_lost_where_the_length_is_free(text: str, digits: str) -> None:
    assert understood(text, SIX_TO_TEN) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("one two thirty for", "1234"),
        ("twelve thirty animal", "?length"),
        ("four eight house two one", "4821"),
        ("4-8-2-1 4-8-2-1", "4821"),
        ("three triple triple zero", "3000"),
        ("oh oh seven two two", "?length"),
        ("oh nine nine two six", "?length"),
        ("the last four r 9163", "9163"),
    ],
)
def test_four_digits_with_one_word_misheard(text: str, digits: str) -> None:
    assert understood(text, (4,)) == digits
