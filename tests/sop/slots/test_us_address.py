"""Addresses as people say them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.reading import Completeness
from sop.slots.slot_type import Context, Found
from sop.slots.us_address import UsAddress
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC, understood, volunteered

KIND = UsAddress()

SAID = [
    (
        "twenty two seventeen maple street apartment four springfield",
        "2217 Maple Street, Apartment 4, Springfield",
    ),
    ("2217 Maple St., Apt 4", "2217 Maple Street, Apartment 4"),
    ("2217 Maple Street, Apartment 4, Springfield.", "2217 Maple Street, Apartment 4, Springfield"),
    ("one oh five north elm avenue", "105 North Elm Avenue"),
    ("four oh five oak road", "405 Oak Road"),
    ("one hundred twenty pine lane", "120 Pine Lane"),
    ("one hundred and four birchwood terrace", "104 Birchwood Terrace"),
    ("twelve hundred lake drive", "1200 Lake Drive"),
    ("eighty eight fifth avenue", "88 5th Avenue"),
    ("88 5th Ave", "88 5th Avenue"),
    ("one two three four washington boulevard", "1234 Washington Boulevard"),
    ("i live at forty two west park place", "42 West Park Place"),
    (
        "the address is six twenty one cobblestone way boise idaho eight three seven oh two",
        "621 Cobblestone Way, Boise, ID 83702",
    ),
    ("it's ten sycamore circle knoxville tennessee", "10 Sycamore Circle, Knoxville, TN"),
    ("nine ninety nine saint charles avenue", "999 St. Charles Avenue"),
    ("three sixteen magnolia street in tallahassee", "316 Magnolia Street, Tallahassee"),
    ("fifty five west eleventh street unit six", "55 West 11th Street, Unit 6"),
    ("two twenty four b harrison place", "224B Harrison Place"),
    ("one twenty three main street number seven", "123 Main Street, Unit 7"),
    ("fourteen sixty willow road apartment twelve d as in david", "1460 Willow Road, Apartment 12D"),
    ("three three one seven martin luther king drive", "3317 Martin Luther King Drive"),
    ("five oak street", "5 Oak Street"),
    ("two thousand eleven pemberton drive springfield illinois", "2011 Pemberton Drive, Springfield, IL"),
    ("four five oh nine county road eighteen", "4509 County Road 18"),
    ("fifteen hundred broadway", "1500 Broadway"),
    ("um it's uh seven thirty nine old mill road", "739 Old Mill Road"),
    ("thirty three wharf street second floor", "33 Wharf Street, 2nd Floor"),
    ("350 5th Ave, New York, NY 10118", "350 5th Avenue, New York, NY 10118"),
    ("unit twelve at forty one pine street", "41 Pine Street, Unit 12"),
    ("four fifty fifth avenue", "450 5th Avenue"),
    ("forty one pine street the zip is oh seven eight oh one", "41 Pine Street, 07801"),
    ("twelve oak road stopped working this morning", "12 Oak Road"),
    ("seven eighty nine o'connor lane", "789 O'Connor Lane"),
    (
        "twenty two seventeen maple street and my number is four one five five five five oh one nine nine",
        "2217 Maple Street",
    ),
    ("eighty one forty two southeast foster boulevard", "8142 Southeast Foster Boulevard"),
    ("sixty one spring court thank you", "61 Spring Court"),
    ("I'm at 1200 N. Lake Shore Dr., Chicago, IL 60610", "1200 North Lake Shore Drive, Chicago, IL 60610"),
    ("sixteen oh one cherry lane please", "1601 Cherry Lane"),
    ("nine seventy five court street dover", "975 Court Street, Dover"),
    ("twenty five twenty fifth street", "25 25th Street"),
    ("one oh five twenty third street", "105 23rd Street"),
    ("three hundred forty six walnut street", "346 Walnut Street"),
    ("seven hundred church road", "700 Church Road"),
    ("twenty three oh four jefferson avenue", "2304 Jefferson Avenue"),
]
UNUSABLE = [
    ("2219 maple", "?street_type"),
    ("twenty two seventeen", "?street"),
    ("twenty two seventeen maple springfield", "?street_type"),
    ("maple street", "?number"),
    ("i live on maple avenue", "?number"),
]
NOTHING = [
    "hello",
    "my furnace is broken",
    "karen mitchell",
    "tomorrow morning",
    "why do you need that",
    "as soon as possible",
    "four one five five five five oh one nine nine",
    "yes",
    "at five tomorrow",
    "about twelve thousand miles a year",
    "area code seven one eight then three eight eight",
    "zip code is oh two one three nine",
    "it's on the corner",
    "",
    "two kids and a dog are freezing here",
    "i have been waiting two hours",
]


@pytest.mark.parametrize(("text", "address"), SAID + UNUSABLE)
def test_says(text: str, address: str) -> None:
    assert understood(KIND, text) == address


@pytest.mark.parametrize("text", NOTHING)
def test_no_address(text: str) -> None:
    assert (understood(KIND, text) or "?").startswith("?")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("no it's 2219 maple", "2219 Maple Street, Apartment 4, Springfield"),
        ("it's twenty two nineteen maple street", "2219 Maple Street, Apartment 4, Springfield"),
        (
            "no it's twenty two nineteen not twenty two seventeen",
            "2219 Maple Street, Apartment 4, Springfield",
        ),
        ("apartment five", "2217 Maple Street, Apartment 5, Springfield"),
        ("that should be avenue instead of street", "2217 Maple Avenue, Apartment 4, Springfield"),
        ("no it's twelve oak road", "12 Oak Road"),
        ("twenty two nineteen", "2219 Maple Street, Apartment 4, Springfield"),
    ],
)
def test_corrects_only_what_is_named(text: str, address: str) -> None:
    assert understood(KIND, text, current="2217 Maple Street, Apartment 4, Springfield") == address


@pytest.mark.parametrize(
    "text",
    [
        "no the furnace is in the basement",
        "yes but there's a dog in the yard",
        "no it's in the attic",
        "no the unit is in the garage",
        "it's in the back",
        "in the morning",
        "the furnace is in bad shape",
        "it's in good condition",
        "it's in front",
        "it's in back",
        "in fact it's wrong",
        "we're in trouble",
        "it's in town",
        "no it's in downtown",
        "yes we're in the city",
        "we're in a hurry",
        "it's in my name",
        "call me in december",
        "the water is in our kitchen",
        "it's not in dover",
        "the city is wrong",
        "no the town is wrong",
        "no there's nobody in",
    ],
)
def test_not_everything_behind_in_is_a_town(text: str) -> None:
    assert understood(KIND, text, current="2217 Maple Street, Apartment 4, Springfield") is None


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("in dover", "Dover"),
        ("no in dover", "Dover"),
        ("no it's in dover", "Dover"),
        ("that's in dover", "Dover"),
        ("it's actually in dover", "Dover"),
        ("we're in dover", "Dover"),
        ("no i live in dover", "Dover"),
        ("the house is in dover", "Dover"),
        ("no the address is in dover", "Dover"),
        ("no that address is in dover", "Dover"),
        ("maple street in dover", "Dover"),
        ("it's in dover not springfield", "Dover"),
        ("it isn't in springfield it's in dover", "Dover"),
        ("it's in the town of franklin", "Franklin"),
        ("no in the city of dover", "Dover"),
        ("it's in the bronx", "Bronx"),
        ("it's in west springfield", "West Springfield"),
        ("it's in front royal", "Front Royal"),
        ("the city is dover", "Dover"),
        ("the town should be dover", "Dover"),
    ],
)
def test_corrects_the_town(text: str, city: str) -> None:
    current = "2217 Maple Street, Apartment 4, Springfield"
    assert understood(KIND, text, current=current) == f"2217 Maple Street, Apartment 4, {city}"


def test_corrects_the_town_beside_another_part() -> None:
    current = "2217 Maple Street, Apartment 4, Springfield"
    assert understood(KIND, "apartment five in dover", current=current) == "2217 Maple Street, Apartment 5, Dover"
    assert understood(KIND, "apartment five in the back", current=current) == (
        "2217 Maple Street, Apartment 5, Springfield"
    )


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("twelve oak street in the basement", "12 Oak Street"),
        ("twelve oak street in the back", "12 Oak Street"),
        ("twelve oak street in the bronx", "12 Oak Street, Bronx"),
        ("twelve oak street springfield in the basement", "12 Oak Street, Springfield"),
        ("twelve oak street in the village of dover", "12 Oak Street, Dover"),
        ("twelve oak street apartment two in the basement", "12 Oak Street, Apartment 2"),
        ("twelve oak street in front royal", "12 Oak Street, Front Royal"),
    ],
)
def test_a_place_in_the_house_is_no_town(text: str, address: str) -> None:
    assert understood(KIND, text) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("it's seventy not seventeen", "2270 Maple Street, Apartment 4, Springfield"),
        ("seventy instead of seventeen", "2270 Maple Street, Apartment 4, Springfield"),
        ("seventeen not seventy", "2217 Maple Street, Apartment 4, Springfield"),
        ("nineteen not seventeen", "2219 Maple Street, Apartment 4, Springfield"),
        ("twenty two nineteen not seventeen", "2219 Maple Street, Apartment 4, Springfield"),
        ("nineteen not eighteen", None),
        ("it's ten not twenty two seventeen", "10 Maple Street, Apartment 4, Springfield"),
    ],
)
def test_corrects_the_end_of_the_house_number(text: str, address: str | None) -> None:
    assert understood(KIND, text, current="2217 Maple Street, Apartment 4, Springfield") == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("seven twenty won larkspur lane", "?number"),
        ("forty ate maple street", "?number"),
        ("seven twenty north won larkspur lane", "?number"),
        ("forty won street", "40 Won Street"),
        ("twelve treetop lane", "12 Treetop Lane"),
        ("twelve tree top lane", "12 Tree Top Lane"),
        ("nine fore river road", "9 Fore River Road"),
    ],
)
def test_a_digit_misheard_is_no_part_of_the_street(text: str, address: str) -> None:
    assert understood(KIND, text) == address


def test_a_street_that_may_begin_with_a_digit_is_less_sure() -> None:
    found = KIND.parse(split_words("twenty tree maple lane"), SPEC, Context(NOW))
    assert isinstance(found, Found)
    assert found.certainty < 0.6


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("twelve oak street tomorrow morning", "12 Oak Street"),
        ("twelve oak street monday at nine", "12 Oak Street"),
        ("twelve oak street tonight", "12 Oak Street"),
        ("twelve oak street in the town of franklin", "12 Oak Street, Franklin"),
        ("twelve oak street city of dover", "12 Oak Street, Dover"),
        ("twelve oak street town", "12 Oak Street, Town"),
        ("fifteen oak street that's one five", "15 Oak Street"),
        ("fifteen oak street dover that's one five", "15 Oak Street, Dover"),
        ("fifteen oak street that's five oh", "?zip"),
        ("six fifty martin luther king junior boulevard", "650 Martin Luther King Junior Boulevard"),
        ("six fifty doctor martin luther king junior boulevard", "650 Doctor Martin Luther King Junior Boulevard"),
        ("four fifteen avenue b", "415 Avenue B"),
        ("four fifteen avenue b apartment two", "415 Avenue B, Apartment 2"),
        ("four fifteen a street", "415 A Street"),
        ("four fifteen b street dover", "415 B Street, Dover"),
        ("four fifteen b oak street", "415B Oak Street"),
        ("four fifteen avenue b springfield", "415 Avenue B, Springfield"),
        ("fifteen oak street that's fifteen oak street", "?zip"),
        ("one hundred north a street", "100 North A Street"),
        ("1200 K St NW", "1200 K Street Northwest"),
        ("four fifteen a", None),
    ],
)
def test_other_forms_of_streets_and_tails(text: str, address: str | None) -> None:
    assert understood(KIND, text) == address


def test_a_street_of_one_letter_is_less_sure() -> None:
    for text in ("four fifteen a street", "four fifteen avenue b"):
        found = KIND.parse(split_words(text), SPEC, Context(NOW))
        assert isinstance(found, Found)
        assert found.certainty < 0.6


def test_volunteered() -> None:
    assert volunteered(KIND, "my heat is out at twenty two seventeen maple street") == "2217 Maple Street"
    assert volunteered(KIND, "i've been waiting two hours") is None
    assert volunteered(KIND, "there are two a street away") is None
    assert volunteered(KIND, "my mother is eighty two and has no heat") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twenty two seventeen", Completeness.PARTIAL),
        ("twenty two seventeen maple", Completeness.PARTIAL),
        ("twenty two seventeen maple street", Completeness.OPEN),
        ("twenty two seventeen maple street springfield", Completeness.COMPLETE),
        ("twenty two seventeen maple street apartment", Completeness.PARTIAL),
    ],
)
def test_completeness(text: str, expected: Completeness) -> None:
    assert KIND.completeness(split_words(text), SPEC) is expected


def test_speaks_numbers_in_words() -> None:
    spoken = KIND.speak("2217 Maple Street, Apartment 4, Springfield, IL 62704", SPEC)
    assert spoken == "twenty two seventeen Maple Street, Apartment four, Springfield, Illinois 6 2 7 0 4"
    assert KIND.speak("405 5th Avenue", SPEC) == "four oh five fifth Avenue"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("sixteen birch street no sorry eighteen birch street", "18 Birch Street"),
        ("sixteen birch street i mean eighteen", "18 Birch Street"),
        ("sixteen birch street dover no wait in salem", "16 Birch Street, Salem"),
        ("sixteen birch street in dover no wait salem", "?several"),
        ("sixteen birch street or eighteen birch street", "?several"),
        ("sixteen birch street sixteen birch street", "16 Birch Street"),
        ("sixteen birch street and i have no heat", "16 Birch Street"),
    ],
)
def test_takes_the_address_said_last(text: str, address: str) -> None:
    assert understood(KIND, text) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("sixteen birch birch street street", "16 Birch Street"),
        ("sixteen birch street walla walla washington", "16 Birch Street, Walla Walla, WA"),
        ("to forty birch street", "240 Birch Street"),
        ("one won one birch street", "111 Birch Street"),
        ("sixteen birch rode", "16 Birch Road"),
        ("sixteen birch street sweet two", "16 Birch Street, Suite 2"),
        ("sixteen birch street apartment for", "16 Birch Street, Apartment 4"),
        ("sixteen birch street dover delaware one nine nine oh for", "16 Birch Street, Dover, DE 19904"),
        ("16 Birch St, Dover, DE 19904-1234", "16 Birch Street, Dover, DE 19904"),
        ("16 Birch St, Dover, DE.", "16 Birch Street, Dover, DE"),
        ("sixteen birch street dover okay", "16 Birch Street, Dover"),
        ("sixteen birch street boston mass", "16 Birch Street, Boston, MA"),
        ("sixteen birch street that's b i r c h", "16 Birch Street"),
        ("sixteen birch street is the address", "16 Birch Street"),
    ],
)
def test_repairs(text: str, address: str) -> None:
    assert understood(KIND, text) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sixteen birch street dover delaware one nine nine oh", "?zip"),
        ("sixteen birch street one nine nine nine oh one", "?zip"),
        ("sixteen birch street zip code one nine down oh one", "?zip"),
        ("sixteen birch street apartment", "?unit"),
        ("sixteen birch street department two b", "?zip"),
        ("sixteen birch street dover this", "?city"),
        ("sixteen birch street apartment two then plano texas", "?city"),
        ("sixteen birch street were dover delaware", "?city"),
        ("two plenty one birch street", "?number"),
        ("seven who nine birch street", "?number"),
        ("line four birch street", "?number"),
        ("thirty into birch street", "?street"),
        ("two same forty second street", "?street"),
        ("two hundred street", "?street"),
        ("one sixteen birch apartment four", "?street_type"),
        ("two hundred birch", "?street_type"),
    ],
)
def test_a_part_that_was_not_understood_is_not_dropped(text: str, reason: str) -> None:
    assert understood(KIND, text) == reason
    assert volunteered(KIND, text) is None


def test_a_type_that_may_be_a_name_is_less_sure() -> None:
    sure = KIND.parse(split_words("three fox hollow road"), SPEC, Context(NOW))
    less = KIND.parse(split_words("three fox hollow"), SPEC, Context(NOW))
    assert sure == Found("3 Fox Hollow Road")
    assert isinstance(less, Found)
    assert less.certainty < 0.6


PIECES = st.lists(
    st.sampled_from(
        (
            "twelve two for to oh 22 62704 maple oak street rode hollow north apartment sweet b in dover de illinois "
            "no sorry wait i mean and or that's is zip code county road fifth second floor my the county walla st ok"
        ).split()
    ),
    max_size=14,
)


@given(PIECES, st.sampled_from(["", "2217 Maple Street, Apartment 4, Springfield"]))
@settings(max_examples=200)
def test_never_raises(words: list[str], current: str) -> None:
    heard = tuple(words)
    context = Context(NOW, current)
    for found in (KIND.parse(heard, SPEC, context), KIND.find(heard, SPEC, context)):
        if isinstance(found, Found):
            assert found.value == found.value.strip() != ""
            assert 0 < found.certainty <= 1
    KIND.completeness(heard, SPEC)
