"""E-mail addresses as people say them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.reading import Completeness
from sop.slots.email import Email
from sop.slots.slot_type import Context, Found
from sop.words import split_words
from tests.sop.spoken import NOW, SPEC, understood, volunteered

KIND = Email()

SAID = [
    ("karen dot dot mitchell at gmail dot com", "karen.mitchell@gmail.com"),
    ("karen dot mitchell at gmail dot com", "karen.mitchell@gmail.com"),
    ("k mitchell at yahoo dot com", "kmitchell@yahoo.com"),
    ("j underscore doe ninety nine at outlook dot com", "j_doe99@outlook.com"),
    ("dana dash whitfield at north side heating dot org", "dana-whitfield@northsideheating.org"),
    ("k a r e n at gmail dot com", "karen@gmail.com"),
    ("karen that's k a r e n at gmail dot com", "karen@gmail.com"),
    ("caryn c a r y n dot mitchell at gmail dot com", "caryn.mitchell@gmail.com"),
    ("s as in sam m as in mary i t h at gmail dot com", "smith@gmail.com"),
    ("s for sierra t for tango at aol dot com", "st@aol.com"),
    ("h a double l at comcast dot net", "hall@comcast.net"),
    ("m i t c h e double l at gmail dot com", "mitchell@gmail.com"),
    ("w double o d at gmail dot com", "wood@gmail.com"),
    ("double u i l l at gmail dot com", "will@gmail.com"),
    ("double oh seven at gmail dot com", "007@gmail.com"),
    ("karen one two three at gmail dot com", "karen123@gmail.com"),
    ("karen twenty two at hotmail dot com", "karen22@hotmail.com"),
    ("karen nineteen eighty four at hotmail dot com", "karen1984@hotmail.com"),
    ("karen oh five at hotmail dot com", "karen05@hotmail.com"),
    ("karen the number two at hotmail dot com", "karen2@hotmail.com"),
    ("karen at sign gmail dot com", "karen@gmail.com"),
    ("karen at symbol gmail period com", "karen@gmail.com"),
    ("karen at bt internet dot co dot u k", "karen@btinternet.co.uk"),
    ("karen at company dot co dot uk", "karen@company.co.uk"),
    ("karen at state dot tx dot us", "karen@state.tx.us"),
    ("karen at north dash side dot com", "karen@north-side.com"),
    ("karen at mail dot north side dot org", "karen@mail.northside.org"),
    ("all lowercase karen mitchell at gmail dot com", "karenmitchell@gmail.com"),
    ("karen mitchell all one word at gmail dot com", "karenmitchell@gmail.com"),
    ("karen mitchell at gmail dot com all lowercase no spaces", "karenmitchell@gmail.com"),
    ("my email is karen at gmail dot com", "karen@gmail.com"),
    ("um sure my email address is karen dot mitchell at gmail dot com thanks", "karen.mitchell@gmail.com"),
    ("you can reach me at karen at gmail dot com", "karen@gmail.com"),
    ("uh yeah it's karen um dot uh mitchell at gmail dot com", "karen.mitchell@gmail.com"),
    ("that's karen at gmail dot com", "karen@gmail.com"),
    ("Karen.Mitchell@gmail.com.", "karen.mitchell@gmail.com"),
    ("It's karen.mitchell@gmail.com, thanks.", "karen.mitchell@gmail.com"),
    ("j_doe99@outlook.com", "j_doe99@outlook.com"),
    ("k.mitchell-2@north-side.co.uk", "k.mitchell-2@north-side.co.uk"),
    ("dana+heat@gmail.com", "dana+heat@gmail.com"),
    ("Karen.Mitchell at gmail.com.", "karen.mitchell@gmail.com"),
    ("Karen dot Mitchell at gmail.com", "karen.mitchell@gmail.com"),
    ("karen plus heat at gmail dot com", "karen+heat@gmail.com"),
    ("karen at g mail dot com", "karen@gmail.com"),
    ("karen at gee mail dot com", "karen@gmail.com"),
    ("karen at hot mail dot com", "karen@hotmail.com"),
    ("karen at hot male dot com", "karen@hotmail.com"),
    ("karen at yahoo dot calm", "karen@yahoo.com"),
    ("karen at out look dot com", "karen@outlook.com"),
    ("karen at i cloud dot com", "karen@icloud.com"),
    ("karen at a o l dot com", "karen@aol.com"),
    ("karen at gmail com", "karen@gmail.com"),
    ("karen at gmail dot c o m", "karen@gmail.com"),
    ("hello at north side heating dot com", "hello@northsideheating.com"),
    ("info at north side heating dot com", "info@northsideheating.com"),
    ("karen at gmail dot com no sorry karen at yahoo dot com", "karen@yahoo.com"),
    ("karen at gmail dot com no wait at yahoo dot com", "karen@yahoo.com"),
    ("no it's caryn at gmail dot com", "caryn@gmail.com"),
    ("karen at gmail dot com again that's karen at gmail dot com", "karen@gmail.com"),
    ("karen at gmail dot com that's c a r y n", "caryn@gmail.com"),
    ("karen at gmail dot com that's k a r e n", "karen@gmail.com"),
    ("capital k a r e n at gmail dot com", "karen@gmail.com"),
    ("kilo alpha romeo echo november at gmail dot com", "karen@gmail.com"),
    ("josé at gmail dot com", "jose@gmail.com"),
    ("karen at gmail dot com and my number is four one five five five five oh one nine nine", "karen@gmail.com"),
    ("my email is the letter k then mitchell then the number nine at gmail dot com", "kmitchell9@gmail.com"),
    ("karen at yahoo dot co dot uk", "karen@yahoo.co.uk"),
    ("i'm not sure it's karen at gmail dot com", "karen@gmail.com"),
    ("karen with a k at gmail dot com", "karen@gmail.com"),
    ("karen mitchell with two ls at gmail dot com", "karenmitchell@gmail.com"),
    ("karen under score mitchell at gmail dot com", "karen_mitchell@gmail.com"),
    ("karen at the hill dot com", "karen@thehill.com"),
    ("X1Y-Z.O5@A1.CO.UK", "x1y-z.o5@a1.co.uk"),
    ("one two one two at gmail dot com", "1212@gmail.com"),
    ("k a r e n one at gmail dot com", "karen1@gmail.com"),
]
UNUSABLE = [
    ("karen dot mitchell", "?incomplete"),
    ("my email is karen mitchell gmail dot com", "?incomplete"),
    ("karen at gmail", "?incomplete"),
    ("karen at gmail dot", "?incomplete"),
    ("at gmail dot com", "?incomplete"),
    ("it's at gmail dot com", "?incomplete"),
    ("k a r e n", "?incomplete"),
    ("karen dot at gmail dot com", "?incomplete"),
    ("karen dot mitchell no underscore mitchell at gmail dot com", "?incomplete"),
    ("karen at home at gmail dot com", "?incomplete"),
    ("karen with a c at gmail dot com", "?incomplete"),
    ("karen that's karen dot m at gmail dot com", "?incomplete"),
    ("karen mitchell no dot at gmail dot com", "?incomplete"),
    ("karen at gmail dot mitchell", "?invalid"),
    ("karen at gmail dot co", "?invalid"),
    ("karen at gmail dot net", "?invalid"),
    ("karen at yahoo dot co", "?invalid"),
    ("karen at www dot north side dot com", "?invalid"),
    ("karen at dash dot com", "?invalid"),
    ("karen at gmail dot com or karen at yahoo dot com", "?several"),
    ("karen at gmail dot com and dana at gmail dot com", "?several"),
    ("karen at gmail dot com that's d a n a", "?several"),
]
NOTHING = [
    "",
    "um",
    "hello",
    "no",
    "yes",
    "i don't have one",
    "why do you need my email",
    "karen mitchell",
    "i work at google dot com",
    "you can look at amazon dot com",
    "i'm looking at your website at north side dot com",
    "my email",
    "what email",
    "first initial k last name mitchell at gmail dot com",
    "the website is at north side dot com",
    "four one five five five five oh one nine nine",
    "twenty two seventeen maple street",
    "tomorrow at five",
    "meet me at noon",
    "at",
    "dot com",
    "i already sent it at nine",
    "my furnace is out",
]


@pytest.mark.parametrize(("text", "address"), SAID + UNUSABLE)
def test_says(text: str, address: str) -> None:
    assert understood(KIND, text) == address


@pytest.mark.parametrize("text", NOTHING)
def test_no_address(text: str) -> None:
    assert understood(KIND, text) is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("my furnace is out and my email is karen dot mitchell at gmail dot com", "karen.mitchell@gmail.com"),
        ("you can email me at karen at north side dot org about it", "karen@northside.org"),
        ("karen.mitchell@gmail.com", "karen.mitchell@gmail.com"),
        ("i'm at gmail dot com", None),
        ("i bought it at amazon dot com", None),
        ("i saw your number at north side heating dot com", None),
        ("this is dana at gmail", None),
        ("my furnace quit karen at gmail dot com", None),
        ("i live at twenty two seventeen maple street", None),
        ("my email is karen at gmail dot com or dana at gmail dot com", None),
    ],
)
def test_volunteered(text: str, address: str | None) -> None:
    assert volunteered(KIND, text) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("no it's at yahoo dot com", "karen@yahoo.com"),
        ("it's yahoo dot com", "karen@yahoo.com"),
        ("no caryn c a r y n at gmail dot com", "caryn@gmail.com"),
        ("no at yahoo", "?incomplete"),
    ],
)
def test_a_domain_corrects_a_known_address(text: str, address: str) -> None:
    assert understood(KIND, text, current="karen@gmail.com") == address


def test_what_could_be_written_otherwise_is_less_sure() -> None:
    def certainty(text: str) -> float:
        found = KIND.parse(split_words(text), SPEC, Context(NOW))
        assert isinstance(found, Found)
        return found.certainty

    spelled = certainty("k a r e n at gmail dot com")
    assert spelled == 1.0
    assert certainty("karen at gmail dot com") < spelled
    assert certainty("k a r e n nine o five at gmail dot com") < certainty("k a r e n nine oh five at gmail dot com")
    assert certainty("karen for you at gmail dot com") < certainty("karen at gmail dot com")
    assert certainty("karen and mike at gmail dot com") < certainty("karen at gmail dot com")


@pytest.mark.parametrize(
    ("address", "spoken"),
    [
        ("kmitchell@gmail.com", "K, M, I, T, C, H, E, L, L, at gmail dot com"),
        ("j_doe99@outlook.com", "J, underscore, D, O, E, 9, 9, at outlook dot com"),
        ("a-o5@north-side.co.uk", "A, dash, letter O, 5, at N, O, R, T, H, dash, S, I, D, E, dot co dot U, K"),
        ("info@aol.com", "info, at A, O, L, dot com"),
    ],
)
def test_speaks_so_that_it_can_be_checked(address: str, spoken: str) -> None:
    assert KIND.speak(address, SPEC) == spoken
    assert understood(KIND, spoken) == address


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Karen.Mitchell@gmail.com.", "karen dot mitchell at gmail dot com"),
        ("it's k_m-2+x@a-b.org, yes", "it's k underscore m dash 2 plus x at a dash b dot org yes"),
        ("k.m at gmail.com", "k dot m at gmail dot com"),
        ("o5@gmail.com", "letter o 5 at gmail dot com"),
        ("come at 4:30 p.m.", "come at 4:30 pm"),
        ("I live at St.Louis, Apt.4", "i live at st louis apt 4"),
        ("415.555.0199 and 1,200", "415 555 0199 and 1200"),
        ("@", "at"),
    ],
)
def test_written_symbols_become_words(text: str, words: str) -> None:
    assert " ".join(split_words(text)) == words


def test_a_private_address_is_not_read_aloud() -> None:
    assert KIND.speak("karen@gmail.com", replace(SPEC, private=True)) == "the address at gmail dot com"


ORDINARY = st.from_regex(
    r"[a-z0-9]{1,8}([._+-][a-z0-9]{1,6}){0,2}@"
    r"([a-z0-9]{1,8}(-[a-z0-9]{1,4})?\.(com|net|org|co\.uk|io|us|edu)|gmail\.com|yahoo\.co\.uk|comcast\.net)",
    fullmatch=True,
)


@given(ORDINARY)
@settings(max_examples=150)
def test_what_is_read_back_is_what_was_taken(address: str) -> None:
    assert understood(KIND, KIND.speak(address, SPEC)) == address


def test_the_sample_is_an_address() -> None:
    assert understood(KIND, KIND.speak(KIND.sample(SPEC), SPEC)) == KIND.sample(SPEC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my email is", Completeness.PARTIAL),
        ("karen", Completeness.PARTIAL),
        ("k a r", Completeness.PARTIAL),
        ("karen dot mitchell at", Completeness.PARTIAL),
        ("karen dot mitchell at gmail", Completeness.PARTIAL),
        ("karen at gmail dot com", Completeness.COMPLETE),
        ("karen.mitchell@gmail.com", Completeness.COMPLETE),
        ("karen at company dot co", Completeness.OPEN),
        ("karen at company dot co dot u k", Completeness.COMPLETE),
        ("karen at gmail dot com that's c a", Completeness.OPEN),
        ("i don't have one", Completeness.OPEN),
    ],
)
def test_completeness(text: str, expected: Completeness) -> None:
    assert KIND.completeness(split_words(text), SPEC) is expected


def test_no_keys() -> None:
    assert KIND.keys(SPEC) == 0
    assert KIND.press("123", SPEC) is None


PIECES = st.lists(
    st.sampled_from(
        "karen dot at gmail com no sorry and double u o oh seven l as in sam for the letter number dash underscore "
        "plus that's it's my email is k a hundred two co uk with at sign capital or josé 3rd 9 99 ñ 12/3".split()
    ),
    max_size=14,
)


@given(PIECES, st.sampled_from(["", "karen@gmail.com"]))
@settings(max_examples=300)
def test_never_raises_and_gives_only_addresses(words: list[str], current: str) -> None:
    heard = tuple(words)
    context = Context(NOW, current)
    for found in (KIND.parse(heard, SPEC, context), KIND.find(heard, SPEC, context)):
        if isinstance(found, Found):
            local, _, domain = found.value.partition("@")
            assert local and "." in domain and found.value == found.value.lower()
            assert understood(KIND, KIND.speak(found.value, SPEC)) == found.value
    KIND.completeness(heard, SPEC)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("dana dana dot whitfield at gmail dot com", "dana.whitfield@gmail.com"),
        ("dana at at yahoo yahoo dot dot com", "dana@yahoo.com"),
        ("dana nine nine at gmail dot com", "dana99@gmail.com"),
        ("w as as in whiskey o at gmail dot com", "wo@gmail.com"),
        ("w as in o at gmail dot com", "wo@gmail.com"),
        ("my gmail is dana at gmail dot com", "dana@gmail.com"),
        ("dana oh oh people at gmail dot com", "?incomplete"),
        ("dana seven fine at gmail dot com", "?incomplete"),
        ("dana seven seventh at gmail dot com", "?incomplete"),
        ("dana ninety our at gmail dot com", "?incomplete"),
        ("dana ninety whitfield at gmail dot com", "?incomplete"),
        ("into dot whitfield at gmail dot com", "?incomplete"),
        ("you whitfield at gmail dot com", "?incomplete"),
        ("too dana dot whitfield at gmail dot com", "?incomplete"),
        ("dana at here dot com", "?incomplete"),
        ("dana at such law dot com", "?incomplete"),
        ("w e you s at gmail dot com", "?incomplete"),
        ("dana at me dot com", "dana@me.com"),
        ("the real dana at gmail dot com", "therealdana@gmail.com"),
    ],
)
def test_one_word_misheard(text: str, address: str) -> None:
    assert understood(KIND, text) == address


def test_a_doubled_word_is_less_sure() -> None:
    found = KIND.parse(split_words("duran duran at gmail dot com"), SPEC, Context(NOW))
    assert isinstance(found, Found)
    assert found.certainty <= 0.6
