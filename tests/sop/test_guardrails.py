"""What may be read aloud of a text that the flow's author did not write."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.guardrails import promises, speakable

NUMBER = "a number I can't read out"
ADDRESS = "an address I can't read out"

AS_IS = [
    "Your appointment is on Tuesday at nine.",
    "The technician comes between 8 and 10 on 12/25/2024.",
    "It opened on 2024-12-25, at 10:30.",
    "That would be $1,250.00 plus tax.",
    "It comes to $1,234,567,890 in all.",
    "It costs 89 dollars for the visit, and 123456789 dollars for the building.",
    "Your order number is 48213.",
    "We have rooms 12, 14, 16, 18 and 20.",
    "The zip code is 94110-1234.",
    "We serve 1,234,567,890 people.",
    "We are at 2217 Maple Street, suite 300.",
    "We open at 8, and we close at 5 30.",
    "It has been there since 1998, 2004 and 2011.",
    "One of the four of us comes at five.",
    "The town is Scunthorpe.",
    "Dick Johnson will assess the damage.",
    "Mr. Dick will call you.",
    "He brings a cocktail of cleaners, and fire retardant.",
    "We leave it spic and span.",
    "Ask for Mrs. Hancock in Essex.",
    "Send it back, it's in the classic glass case.",
    "The lot number is 1234 5678.",
    "We charge 10% & no more.",
]
NOT_AT_ALL = [
    "",
    "   ",
    "Hello\x07 there",
    "Line one\nline two",
    "Hello <b>there</b>",
    "<script>alert(1)</script>",
    "Use <break time='3s'/> please",
    "Dear {name}, hello",
    "See https://example.com/?q=<script>",
    "Go to javascript:alert(1)",
    "Read **this**",
    "Take `this`",
    "See [our page](example)",
    "What the fuck",
    "That's bullshit.",
    "You ASSHOLE.",
    "Don't be a dick.",
    "f*ck that",
    "f_u_c_k is a word, fuck_you",
    "A zero width \u200bspace",
    "right to left \u202eoverride",
    "Call ٤١٥٥٥٥٠١٩٩",
    "word " * 61,
]
HIDDEN = [
    ("Her number is 123-45-6789.", f"Her number is {NUMBER}."),
    ("It's 123 45 6789, I think.", f"It's {NUMBER}, I think."),
    ("The social is 123456789.", f"The social is {NUMBER}."),
    ("The card is 4111 1111 1111 1111.", f"The card is {NUMBER}."),
    ("Card 4111-1111-1111-1111 is on file.", f"Card {NUMBER} is on file."),
    ("It's 378282246310005.", f"It's {NUMBER}."),
    ("Call 415-555-0199.", f"Call {NUMBER}."),
    ("Call (415) 555-0199 now.", f"Call {NUMBER} now."),
    ("Call +1 415 555 0199.", f"Call {NUMBER}."),
    ("Call 1-415-555-0199.", f"Call {NUMBER}."),
    ("Call 415.555.0199.", f"Call {NUMBER}."),
    ("Call 4155550199.", f"Call {NUMBER}."),
    ("Call 4 1 5, 5 5 5, 0 1 9 9.", f"Call {NUMBER}."),
    ("Call four one five, five five five, oh one nine nine.", f"Call {NUMBER}."),
    ("Call four one five fifty five five oh one ninety nine.", f"Call {NUMBER}."),
    ("Call 41 55 55 01 99.", f"Call {NUMBER}."),
    ("Call 555-0199.", f"Call {NUMBER}."),
    ("Call +44 20 7946 0958.", f"Call {NUMBER}."),
    ("Call ４１５-５５５-０１９９.", f"Call {NUMBER}."),
    ("Write to karen@example.com.", f"Write to {ADDRESS}."),
    ("Write to karen.m+x@mail.example.co.uk please.", f"Write to {ADDRESS} please."),
    ("Write to karen at example dot com.", f"Write to {ADDRESS}."),
    ("On 12/25/2024 call 415-555-0199.", f"On 12/25/2024 call {NUMBER}."),
    ("Pay $89 or call 415-555-0199.", f"Pay $89 or call {NUMBER}."),
]


@pytest.mark.parametrize("text", AS_IS)
def test_harmless_text_is_spoken_as_it_is(text: str) -> None:
    assert speakable(text) == text


@pytest.mark.parametrize("text", NOT_AT_ALL)
def test_what_must_not_be_spoken_at_all(text: str) -> None:
    assert speakable(text) == ""


@pytest.mark.parametrize(("text", "spoken"), HIDDEN)
def test_personal_data_is_hidden(text: str, spoken: str) -> None:
    assert speakable(text) == spoken


@pytest.mark.parametrize(
    "text",
    [
        "Call us at 415-555-0199.",
        "Call us at (415) 555-0199.",
        "Call us at 4 1 5, 5 5 5, 0 1 9 9.",
        "Press 1, 4 1 5, 5 5 5, 0 1 9 9.",
        "Call us at +1 415 555 0199 or write to Office@Acme.com.",
    ],
)
def test_our_own_number_and_address_are_spoken(text: str) -> None:
    assert speakable(text, own=frozenset({"+14155550199", "office@acme.com"})) == text


def test_only_our_own_is_spoken() -> None:
    own = frozenset({"(415) 555-0199", "OFFICE@acme.com", "5"})
    assert speakable("415-555-0199, 415-555-0198", own=own) == f"415-555-0199, {NUMBER}"
    assert speakable("office@acme.com or karen@acme.com", own=own) == f"office@acme.com or {ADDRESS}"
    assert speakable("4 1 5, 5 5 5, 0 1 9 8", own=own) == NUMBER


def test_three_hundred_characters_are_the_most() -> None:
    assert speakable("a" * 300) == "a" * 300
    assert speakable("a" * 301) == ""
    assert speakable("Call 415-555-0199. " + "a" * 275) == ""


OWN = frozenset({"+14155550199", "office@acme.com"})
PIECES = st.sampled_from(
    "4 1 5 415 555 0199 4155550199 , . - ( ) + @ a.com @acme.com 123-45-6789 one five oh at dot com $ é ´ ̈ \x00".split(
        " "
    )
)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80) | st.lists(PIECES, max_size=25).map(" ".join) | st.lists(PIECES, max_size=25).map("".join))
def test_the_filter_never_raises_and_is_idempotent(text: str) -> None:
    for own in (frozenset[str](), OWN):
        spoken = speakable(text, own=own)
        assert len(spoken) <= 300
        assert all(unicodedata.category(char) != "Cc" for char in spoken)
        assert speakable(spoken, own=own) == spoken


PROMISED = [
    ("We guarantee it.", "", ("guarantee",)),
    ("That's guaranteed by tomorrow.", "", ("guarantee",)),
    ("I promise he'll be there.", "", ("promise",)),
    ("You get a full refund.", "", ("refund",)),
    ("The visit is free of charge.", "", ("free of charge",)),
    ("We do that for free.", "", ("for free",)),
    ("You're approved.", "", ("approve",)),
    ("You will definitely get it.", "", ("definitely",)),
    ("There's no cost to you.", "", ("no cost",)),
    ("We'll waive the fee.", "", ("waive",)),
    ("You get a discount.", "", ("discount",)),
    ("You get ten percent off.", "", ("ten percent off",)),
    ("We will pay for the damage.", "", ("we pay",)),
    ("We'll cover that.", "", ("we cover",)),
    ("We'll reimburse you, I assure you.", "", ("reimburse", "assure")),
    ("We guarantee a refund.", "Ask about our refund policy.", ("guarantee",)),
    ("We guarantee it.", "We don't guarantee anything.", ("guarantee",)),
    ("You get twenty percent off.", "You get ten percent off.", ("twenty percent off",)),
    ("Don't worry we guarantee it.", "", ("guarantee",)),
    ("No. We guarantee it.", "", ("guarantee",)),
    ("It's not just free of charge.", "", ("free of charge",)),
]
NOT_PROMISED = [
    ("We guarantee our work.", "All our work is guaranteed for a year."),
    ("The estimate is free of charge.", "Estimates are FREE of charge."),
    ("You get ten percent off.", "Seniors get ten percent off."),
    ("Feel free to call back.", ""),
    ("The number is toll free.", ""),
    ("I can't promise a time.", ""),
    ("We don't guarantee that.", ""),
    ("I cannot approve that.", ""),
    ("There are no refunds.", ""),
    ("That isn't free of charge.", ""),
    ("I don't know whether you are approved.", ""),
    ("We sign a waiver.", ""),
    ("It was discontinued.", ""),
    ("That's a compromise.", ""),
    ("It looks promising.", ""),
    ("The technician pays for parking.", ""),
    ("I'm definitely a computer.", ""),
    ("", ""),
]


@pytest.mark.parametrize(("text", "allowed", "found"), PROMISED)
def test_a_promise_is_found(text: str, allowed: str, found: tuple[str, ...]) -> None:
    assert promises(text, allowed) == found


@pytest.mark.parametrize(("text", "allowed"), NOT_PROMISED)
def test_no_promise_or_one_of_the_flow(text: str, allowed: str) -> None:
    assert promises(text, allowed) == ()


@pytest.mark.parametrize("own", ["twenty thousand dollars", "twenty", "ninety nine", "twenty seventeen", "thirty what"])
def test_whatever_the_caller_said_before_hides_nothing(own: str) -> None:
    assert speakable("your order is on its way", own=frozenset({own})) == "your order is on its way"
