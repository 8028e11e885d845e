"""Names as people give them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.reading import Completeness
from sop.slots.person_name import PersonName
from sop.slots.slot_type import Context, Found
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC, understood, volunteered

KIND = PersonName()

SAID = [
    ("karen mitchell", "Karen Mitchell"),
    ("um my name is karen mitchell", "Karen Mitchell"),
    ("It's Karen Mitchell.", "Karen Mitchell"),
    ("uh yeah it's karen mitchell", "Karen Mitchell"),
    ("hi this is karen mitchell", "Karen Mitchell"),
    ("sure my name is karen", "Karen"),
    ("mine is james walker", "James Walker"),
    ("yes mine's karen mitchell", "Karen Mitchell"),
    ("karen", "Karen"),
    ("the name's bond james bond", "Bond James Bond"),
    ("you can call me bob", "Bob"),
    ("first name karen last name mitchell", "Karen Mitchell"),
    ("my last name is mitchell and my first name is karen", "Karen Mitchell"),
    ("mitchell m i t c h e l l", "Mitchell"),
    ("karen mitchell m i t c h e l l", "Karen Mitchell"),
    ("karen mitchel that's m i t c h e l l", "Karen Mitchell"),
    ("s m i t h", "Smith"),
    ("john smyth s as in sam m as in mary i as in ida t as in tom h as in harry", "John Smith"),
    ("yeah i'm will smith", "Will Smith"),
    ("this is mark hill speaking", "Mark Hill"),
    ("grace young", "Grace Young"),
    ("my name is april may", "April May"),
    ("siobhan o'leary", "Siobhan O'Leary"),
    ("Siobhan O’Leary.", "Siobhan O'Leary"),
    ("fiona mcallister", "Fiona McAllister"),
    ("maria de la cruz", "Maria de la Cruz"),
    ("karen mitchell thank you", "Karen Mitchell"),
    ("karen karen mitchell", "Karen Mitchell"),
    ("my name is karen mitchell and my number is four one five", "Karen Mitchell"),
    ("oh sure it's victor nguyen", "Victor Nguyen"),
    ("mister abernathy", "Abernathy"),
    ("it's jeanette with two ts", "Jeanette"),
    ("put it under leroy jenkins", "Leroy Jenkins"),
    ("yes my name is diana prince and i live on oak street", "Diana Prince"),
    ("José García", "José García"),
    ("mary ann wood", "Mary Ann Wood"),
    ("last name mitchell", "Mitchell"),
    ("karen mitchell yes", "Karen Mitchell"),
    ("sean s e a n murphy", "Sean Murphy"),
    ("yes ma'am it's betty lou", "Betty Lou"),
    ("name is frank", "Frank"),
    ("okay karen mitchell", "Karen Mitchell"),
    ("john smyth s for sierra m for mike i for india t for tango h for hotel", "John Smith"),
    ("karen mitchel m i t c h e double l", "Karen Mitchell"),
    ("dana whitfeld w h i t f i e l d", "Dana Whitfield"),
    ("scot s c o double t brown", "Scott Brown"),
    ("harriet barret b a double r e double t", "Harriet Barrett"),
    ("catherine with a k k a t h e r i n e jones", "Katherine Jones"),
    ("first name jon j o n last name snow", "Jon Snow"),
    ("john woods double u o o d s", "John Woods"),
    ("karen brand b r a n d t as in tom", "Karen Brandt"),
    ("karen brant b as in boy r a m as in nancy d t", "Karen Brandt"),
    ("sierra mike india tango hotel", "Smith"),
    ("mike victor", "Mike Victor"),
]
NO_NAME = [
    "my furnace is broken",
    "why do you need my name",
    "i don't want to say",
    "what",
    "hold on",
    "can i talk to a person",
    "yes",
    "no",
    "tomorrow morning",
    "four one five five five five oh one nine nine",
    "my name is",
    "it's freezing in here",
    "i smell gas",
    "twenty two seventeen maple street",
    "none of your business",
    "how much does it cost",
    "the heat is out",
    "i already told you",
    "is this a robot",
    "let me think",
    "",
    "um",
    "please send someone",
    "i'm locked out",
    "could you repeat that",
    "go back",
    "this is ridiculous",
    "it is urgent",
    "no heat",
    "area code three oh three",
    "highway nine",
    "noon",
    "uh huh",
    "nah",
    "mine is broken",
    "mine is private",
    "negative",
    "i'm self employed",
    "a tree fell on my car",
    "the hail damaged my roof",
    "sales please",
    "extension four one seven",
    "tenant",
    "the weather is nice",
    "may i ask why",
    "will you call me back",
    "hello hello",
    "as soon as possible",
]


@pytest.mark.parametrize(("text", "name"), SAID)
def test_says(text: str, name: str) -> None:
    assert understood(KIND, text) == name


@pytest.mark.parametrize("text", NO_NAME)
def test_no_name(text: str) -> None:
    assert understood(KIND, text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my furnace is out this is dana whitfield at 415 555 0199", "Dana Whitfield"),
        ("hi i'm dana whitfield and my heat is out", "Dana Whitfield"),
        ("this is dana calling my heat is out", "Dana"),
        ("actually my name is karen", "Karen"),
        ("this is urgent my heat is out", None),
        ("this is the third time i'm calling", None),
        ("i'm freezing", None),
        ("i'm really worried about the kids", None),
        ("my furnace is broken", None),
        ("it's karen mitchell's house", None),
        ("i'm calling about my furnace", None),
        ("this is an emergency", None),
    ],
)
def test_volunteered(text: str, name: str | None) -> None:
    assert volunteered(KIND, text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("no my last name is brandt", "Karen Brandt"),
        ("the last name is brandt", "Karen Brandt"),
        ("my first name is carrie", "Carrie Mitchell"),
    ],
)
def test_half_a_name_corrects_half(text: str, name: str) -> None:
    assert understood(KIND, text, current="Karen Mitchell") == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my name is", Completeness.PARTIAL),
        ("um", Completeness.PARTIAL),
        ("karen", Completeness.OPEN),
        ("karen mitchell", Completeness.COMPLETE),
        ("my name is karen mitchell", Completeness.COMPLETE),
        ("it's", Completeness.PARTIAL),
    ],
)
def test_completeness(text: str, expected: Completeness) -> None:
    assert KIND.completeness(split_words(text), SPEC) is expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("brian no sorry ryan", "Ryan"),
        ("dana white i mean dana weiss", "Dana Weiss"),
        ("karen mitchel no wait mitchell", "Karen Mitchell"),
        ("karen smith no wait mitchell", None),
        ("it's dana no it's donna", "Donna"),
        ("sorry dana whitfield", "Dana Whitfield"),
        ("dana white sorry who weiss", None),
        ("karen mitchell i'm karen michaels", None),
    ],
)
def test_takes_the_name_said_last(text: str, name: str | None) -> None:
    assert understood(KIND, text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("dana um whitfield", "Dana Whitfield"),
        ("just dana", "Dana"),
        ("let me see dana whitfield", "Dana Whitfield"),
        ("dana is fine", "Dana"),
        ("carlos works", "Carlos"),
        ("me llamo carlos ruiz", "Carlos Ruiz"),
        ("Sure, Victor Price.", "Victor Price"),
        ("it's under my wife's name rosa ruiz", "Rosa Ruiz"),
        ("rosa r o s a ruiz r u i z", "Rosa Ruiz"),
        ("last name whitfield name dana", "Dana Whitfield"),
        ("just checking", None),
        ("that is fine", None),
        ("what's the price", None),
        ("good price", None),
        ("it's under my wife's name", None),
    ],
)
def test_small_words_around_a_name(text: str, name: str | None) -> None:
    assert understood(KIND, text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my names is dana whitfield", "Dana Whitfield"),
        ("this as dana whitfield", "Dana Whitfield"),
        ("my my name is dana", "Dana"),
        ("us yeah dana whitfield", "Dana Whitfield"),
        ("first name such dana last name whitfield", "Dana Whitfield"),
        ("dana at", None),
        ("my name is dana were", None),
        ("put me down as dana we please", None),
        ("first name dana last name is has", None),
        ("first name dana and my last good is whitfield", None),
        ("ruiz r u all z", None),
        ("w e that i s s", None),
        ("weiss w e i s and", None),
    ],
)
def test_one_word_misheard(text: str, name: str | None) -> None:
    assert understood(KIND, text) == name


@pytest.mark.parametrize(
    "text",
    [
        "my name is mary a lopez",
        "my name is mary and lopez",
        "my name is mary the lopez",
        "my name is mary it lopez",
        "my name is mary ann a lopez",
        "my name is mary now lopez thank you",
        "hi there my name is mary a lopez please",
        "you can call me mary a",
        "my name is karen make mitchell",
        "first name mary a last name lopez",
        "first name karen last name mitch all",
        "first name karen last name of brandt",
    ],
)
def test_a_name_of_which_words_were_not_understood_is_asked_for_again(text: str) -> None:
    assert understood(KIND, text) is None
    assert volunteered(KIND, text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is karen and i live on oak street", "Karen"),
        ("my name is karen and my heat is out", "Karen"),
        ("my name is karen i need a plumber", "Karen"),
        ("my name is karen from accounting", "Karen"),
        ("my name is karen with a k", "Karen"),
        ("my name is karen the heat is out", "Karen"),
        ("my name is karen mitchell and my husband is dan", "Karen Mitchell"),
        ("my name is john q public", "John Q Public"),
        ("my name is dana not donna", "Dana"),
        ("my name is mary lopez and thank you", "Mary Lopez"),
        ("first name karen and last name mitchell", "Karen Mitchell"),
        ("first name is karen the last name is mitchell thanks", "Karen Mitchell"),
    ],
)
def test_what_stands_behind_a_name_is_none_of_it(text: str, name: str) -> None:
    assert understood(KIND, text) == name


PIECES = st.lists(
    st.sampled_from(
        (
            "dana whitfield price my name names is as first last no sorry wait it's this um just fine works under "
            "w h i t as in and with a double the spelled oh seven de la jr may will yeah calling"
        ).split()
    ),
    max_size=14,
)


@given(PIECES, st.sampled_from(["", "Dana Whitfield"]))
@settings(max_examples=200)
def test_never_raises(words: list[str], current: str) -> None:
    heard = tuple(words)
    context = Context(NOW, current)
    for found in (KIND.parse(heard, SPEC, context), KIND.find(heard, SPEC, context)):
        if isinstance(found, Found):
            assert found.value == found.value.strip() != ""
            assert 0 < found.certainty <= 1
    KIND.completeness(heard, SPEC)
