"""Telephone numbers as people say them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.reading import Completeness
from sop.slots import Context, Doubt, Found
from sop.slots.phone import Phone, to_e164
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC, understood, volunteered

KIND = Phone()

SAID = [
    ("four one five five five five oh one nine nine", "+14155550199"),
    ("area code four one five five five five double oh one two", "+14155550012"),
    ("four one five, five five five, zero one three four", "+14155550134"),
    ("it's four one five five five five oh one two three", "+14155550123"),
    ("my number is six one seven five five five oh one four two", "+16175550142"),
    ("you can reach me at two oh two five five five zero one eight eight", "+12025550188"),
    ("415-555-0199.", "+14155550199"),
    ("(415) 555-0123", "+14155550123"),
    ("415.555.0123", "+14155550123"),
    ("4155550123", "+14155550123"),
    ("It's 415 555 0123, thanks.", "+14155550123"),
    ("+1 415 555 0123", "+14155550123"),
    ("one four one five five five five oh one nine nine", "+14155550199"),
    ("one eight hundred five five five twelve twelve", "+18005551212"),
    ("eight hundred five five five one two one two", "+18005551212"),
    ("six four six triple five oh nine seven eight", "+16465550978"),
    ("four one five two six eight ninety one thirty", "+14152689130"),
    ("six oh eight two nine nine seventeen fifty", "+16082991750"),
    ("three one two um five five five uh oh one seven seven", "+13125550177"),
    ("area code three one two and the number is five five five oh one seven seven", "+13125550177"),
    ("uh sure it's nine seven three five five five zero one zero zero", "+19735550100"),
    ("four one five five five five oh one nine nine that's my cell", "+14155550199"),
    (
        "four one five five five five oh one nine no four one five five five five oh one eight eight",
        "+14155550188",
    ),
    ("seven one eight then five five five then six double oh one", "+17185556001"),
    ("five oh three five five five twenty one hundred", "+15035552100"),
    ("no that's wrong the number is four one five five five five oh one nine eight", "+14155550198"),
    ("for one five five five five oh one nine nine", "+14155550199"),
    ("too oh two five five five zero one ate eight", "+12025550188"),
    ("call me at 312-555-0177 please", "+13125550177"),
    ("three oh three five five five seven seven one nine okay", "+13035557719"),
    ("four one five five five five oh one nine nine extension twelve", "+14155550199;ext=12"),
    ("four one five five five five oh one nine nine extension four oh seven please", "+14155550199;ext=407"),
    ("415-555-0199 ext. 12", "+14155550199;ext=12"),
    ("415-555-0199 x12", "+14155550199;ext=12"),
    ("415-555-0199x12", "+14155550199;ext=12"),
    ("four one five five five five oh one nine nine extension number is um double oh one", "+14155550199;ext=001"),
    ("four one five five five five oh one nine nine no extension", "+14155550199"),
    ("no extension four one five five five five oh one nine nine", "+14155550199"),
    ("four one five five five five oh one nine nine extension twelve no fourteen", "+14155550199;ext=14"),
    ("four one five five five five oh one nine nine extension twelve no extension fourteen", "+14155550199;ext=14"),
    (
        "415 555 0199 extension twelve no sorry four one five five five five oh one eight eight extension fourteen",
        "+14155550188;ext=14",
    ),
]
UNUSABLE = [
    ("five five five oh one nine nine", "?area_code"),
    ("555-0199", "?area_code"),
    ("four one five five five five oh one nine", "?length"),
    ("four one five five five five oh one nine nine two two", "?length"),
    ("zero one two three four five six seven eight nine", "?length"),
    (
        "four one five five five five oh one nine nine or four one five five five five oh one nine eight",
        "?several",
    ),
    ("four one five", "?length"),
    ("five five five oh one nine nine extension twelve", "?area_code"),
    ("extension twelve four one five five five five oh one nine nine", "?length"),
    ("415-555-0199 extension twelve or extension fourteen", "?several"),
    ("four one five five five five oh one nine nine extension one two three four five six seven eight", "?length"),
    (
        "415 555 0199 extension twelve or six one seven five five five oh one four two",
        "?several",
    ),
]
NOTHING = [
    "hello",
    "i don't know",
    "my number",
    "what number do you want",
    "yes",
    "karen mitchell",
    "tomorrow at five",
    "",
    "hold on let me find it",
    "extension",
    "extension twelve",
]


@pytest.mark.parametrize(("text", "number"), SAID + UNUSABLE)
def test_says(text: str, number: str) -> None:
    assert understood(KIND, text) == number


@pytest.mark.parametrize("text", NOTHING)
def test_no_number(text: str) -> None:
    assert understood(KIND, text) is None


@pytest.mark.parametrize("text", ["this number is fine", "the one i'm calling from", "same number", "use this one"])
def test_own_number(text: str) -> None:
    assert understood(KIND, text, caller="+14155550134") == "+14155550134"
    assert understood(KIND, text) is None


def test_last_four_digits_correct_a_known_number() -> None:
    assert understood(KIND, "no the last four are nine two oh six", current="+14155550134") == "+14155559206"
    assert understood(KIND, "it ends in oh one nine nine", current="+14155550134") == "+14155550199"


def test_the_ending_of_a_known_number_is_volunteered() -> None:
    known = "+14155550134"
    assert volunteered(KIND, "the last four digits are oh one nine eight", current=known) == "+14155550198"
    assert volunteered(KIND, "the extension is fourteen", current=known) == "+14155550134;ext=14"
    assert volunteered(KIND, "six oh six one four no wait six oh six one five", current=known) is None


def test_extension_of_a_known_number() -> None:
    known = "+14155550134;ext=12"
    assert understood(KIND, "no the last four are nine two oh six", current=known) == "+14155559206;ext=12"
    assert understood(KIND, "the extension is fourteen", current=known) == "+14155550134;ext=14"
    assert understood(KIND, "extension fourteen", current="+14155550134") == "+14155550134;ext=14"
    assert understood(KIND, "six one seven five five five oh one four two", current=known) == "+16175550142"


@given(st.from_regex(r"\+1[2-9][0-9]{9}(;ext=[0-9]{1,7})?", fullmatch=True))
@settings(max_examples=80)
def test_what_is_read_back_is_what_was_taken(number: str) -> None:
    assert understood(KIND, KIND.speak(number, SPEC)) == number


def test_volunteered_in_a_sentence() -> None:
    assert volunteered(KIND, "my furnace is out this is dana at 415 555 0199") == "+14155550199"
    assert volunteered(KIND, "i'm at twenty two seventeen maple street") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("six oh six one four no wait six oh six one five", None),
        ("six oh six one four or six oh six one five", None),
        ("six oh six one four six oh six one four", None),
        ("60614 60614", None),
        ("four four two one seven and six oh six one four", None),
        ("it's cold area code three one two um five five five oh one seven seven", "+13125550177"),
        ("four four two one seven seven no wait seven eight five five", None),
        ("my order number is four four two one seven seven no wait seven eight five five", None),
        ("four four two one seven house seven eight five five two", None),
        ("my number is three oh three five five five oh one two six i mean oh one two seven", "+13035550127"),
        ("my number is three oh three house five five five oh one two six", "+13035550126"),
        ("karen mitchell for one five five five five oh one nine nine", "+14155550199"),
        ("it's cold no wait call four one five five five five oh one nine nine", "+14155550199"),
        ("four one five five five five oh one nine no four one five five five five oh one eight eight", "+14155550188"),
        ("twelve main street and it's 415-555-0199", "+14155550199"),
        ("four one five five five five oh one nine nine extension twelve", "+14155550199;ext=12"),
    ],
)
def test_volunteered_digits_are_one_whole_number_as_they_stand(text: str, number: str | None) -> None:
    spec = replace(SPEC, names=("my phone number", "phone number", "my number", "number", "my cell"))
    found = KIND.find(split_words(text), spec, Context(NOW))
    assert (found.value if found else None) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("four one five five five five oh one nine nine", Completeness.COMPLETE),
        ("four one five five five five", Completeness.PARTIAL),
        ("it's four one five", Completeness.PARTIAL),
        ("415-555-0199", Completeness.COMPLETE),
        ("four one five five five five oh one nine nine extension", Completeness.PARTIAL),
        ("four one five five five five oh one nine nine extension twelve", Completeness.OPEN),
    ],
)
def test_completeness(text: str, expected: Completeness) -> None:
    assert KIND.completeness(split_words(text), SPEC) is expected


def test_keypad_and_speaking() -> None:
    assert KIND.press("4155550134#", SPEC) == Found("+14155550134")
    assert KIND.press("415#", SPEC) == Doubt("length")
    assert KIND.speak("+14155550134", SPEC) == "4 1 5, 5 5 5, 0 1 3 4"
    assert KIND.speak("+14155550199;ext=12", SPEC) == "4 1 5, 5 5 5, 0 1 9 9, extension 1 2"
    assert to_e164("14155550134") == "+14155550134"
    assert to_e164("415555013") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("three oh three five five five oh one two six i mean oh one two seven", "+13035550127"),
        ("three oh three five five five oh one two no oh one two seven", "+13035550127"),
        ("three oh three five five five oh one two six no five six seven eight", "?length"),
        ("303-555-0126 303-555-0126", "+13035550126"),
        ("303 303 555 0126", "+13035550126"),
        ("three oh three five double double five oh one two six", "+13035550126"),
        ("three owe three five five five oh one two six", "+13035550126"),
        ("three oh three house five five five oh one two six", "+13035550126"),
        ("six fifty five five five oh one two six", "+16505550126"),
        ("three oh three five five five oh one twenty tree", "+13035550123"),
        ("three oh three five five five oh one forty for", "+13035550144"),
        ("three oh three five five five zero one forty free", "?length"),
        ("three oh three five five five twenty three sixty eighth", "?length"),
    ],
)
def test_repairs_what_makes_ten_digits(text: str, number: str) -> None:
    assert understood(KIND, text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("303-555-0126 extension get", "?length"),
        ("303-555-0126 ext old oh five", "?length"),
        ("303-555-0126 extension four old five", "?length"),
        ("303-555-0126 attention three one", "?length"),
        ("303-555-0126 extension", "?length"),
        ("303-555-0126 extension for", "+13035550126;ext=4"),
        ("303-555-0126 extension to oh five thanks", "+13035550126;ext=205"),
        ("303-555-0126 but call after five", "+13035550126"),
        ("303-555-0126 i don't have an extension", "+13035550126"),
    ],
)
def test_an_extension_is_not_dropped(text: str, number: str) -> None:
    assert understood(KIND, text) == number
