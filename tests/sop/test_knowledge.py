"""Which article answers a caller, in a knowledge base of a heating company and in one of a dentist."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.graph import Article
from sop.knowledge import best_article, find_article
from sop.words import split_words

HEATING = (
    Article(
        "hours",
        ("what are your opening hours", "when are you open", "are you open on weekends", "what time do you close"),
        "We are open Monday to Friday, eight to five.",
        ("business hours", "office hours", "closed", "holidays"),
    ),
    Article(
        "prices",
        ("how much does a visit cost", "what are your prices", "what do you charge for a service call"),
        "A visit is eighty nine dollars.",
        ("rate", "rates", "expensive", "estimate", "quote", "hourly", "how much"),
    ),
    Article(
        "area",
        ("what area do you serve", "do you come out to my town", "how far do you travel"),
        "We serve Alameda county.",
        ("service area", "county", "zip code", "come out to", "out here", "cover"),
    ),
    Article(
        "payment",
        ("how can i pay", "do you take credit cards", "do you accept cash or checks"),
        "Cash, check and every card.",
        ("visa", "mastercard", "american express", "venmo", "paypal", "financing", "payment plan", "debit"),
    ),
    Article(
        "parking",
        ("where can i park", "is there parking at your office"),
        "There is parking behind the building.",
        ("garage", "parking lot", "parking space", "street parking"),
    ),
    Article(
        "cancellation",
        ("what is your cancellation policy", "can i cancel my appointment", "is there a fee for cancelling"),
        "Up to a day before it costs nothing.",
        ("reschedule", "no show", "late cancellation"),
    ),
    Article(
        "warranty",
        ("do you have a warranty", "how long is the warranty on repairs", "is your work guaranteed"),
        "A year on every repair.",
        ("guarantee", "covered by warranty"),
    ),
    Article(
        "emergency",
        ("is there an emergency fee", "do you charge extra at night", "what does an emergency visit cost"),
        "After hours it is fifty dollars more.",
        ("after hours", "surcharge", "middle of the night", "overtime"),
    ),
)

ASKED = [
    ("what hours are you guys open", "hours"),
    ("can you tell me your business hours", "hours"),
    ("when do you open", "hours"),
    ("how late are you open tonight", "hours"),
    ("are you guys closed on sunday", "hours"),
    ("um hi i was just wondering what time you close", "hours"),
    ("do you work on weekends", "hours"),
    ("are you open on christmas holidays", "hours"),
    ("how much is it going to cost me", "prices"),
    ("what's it cost to have someone look at it", "prices"),
    ("can you give me a price", "prices"),
    ("what do you guys charge", "prices"),
    ("what's your hourly rate", "prices"),
    ("could i get a quote", "prices"),
    ("are you expensive", "prices"),
    ("how much for a visit", "prices"),
    ("do you serve oakland county", "area"),
    ("do you guys come out to berkeley", "area"),
    ("what's your service area", "area"),
    ("is my zip code in your area", "area"),
    ("how far out do you travel", "area"),
    ("do you cover san leandro", "area"),
    ("do you take visa", "payment"),
    ("can i pay with a credit card", "payment"),
    ("do you guys accept checks", "payment"),
    ("what kinds of payment do you take", "payment"),
    ("is there a payment plan", "payment"),
    ("do you offer financing", "payment"),
    ("can i just pay cash", "payment"),
    ("is there somewhere to park", "parking"),
    ("do you have a parking lot", "parking"),
    ("where do i park my car", "parking"),
    ("is there street parking", "parking"),
    ("what happens if i need to cancel", "cancellation"),
    ("do you charge for cancelling", "cancellation"),
    ("what's the policy on cancellations", "cancellation"),
    ("can i reschedule my appointment", "cancellation"),
    ("is there a warranty", "warranty"),
    ("do you guarantee your work", "warranty"),
    ("do repairs come with a warranty", "warranty"),
    ("how long is it guaranteed", "warranty"),
    ("is there a surcharge for coming after hours", "emergency"),
    ("do you charge more for an emergency", "emergency"),
    ("what's the emergency fee", "emergency"),
    ("is it extra if you come at night", "emergency"),
    ("i'd like to know about your warranty", "warranty"),
    ("i have a question about parking", "parking"),
    ("tell me about your prices please", "prices"),
    ("how much would it be for an emergency visit", "emergency"),
    ("what days are you open", "hours"),
    ("where should i park when i get there", "parking"),
]

SILENT = """
four one five five five five oh one nine nine
tomorrow morning
karen mitchell
yes that's right
twenty two seventeen maple street
my furnace died
no
it's an emergency
i smell gas
between eight and ten
i'd like to pay by credit card
on the weekend
after hours
the garage
it's in the garage
we parked the car outside
at night it gets cold
cash
visa
no i want to cancel
it's still under warranty
my area code is four one five
i called you last night
the office is closed
can you repeat that
what did you say
who is this
are you a robot
do you sell plane tickets
what's the weather like
can i talk to a person
do you have any jobs
how old are you
what's your name
is there an emergency exit
do you fix dishwashers
can you come tomorrow morning
what's the capital of france
why do you need my address
is the technician bringing his dog
where did you get my number
do you take dogs
how do i relight the pilot light
can i get a copy of my invoice
do you like it here
who's going to be there
how do you spell that
what brand of furnace is best
can you call me at night
can you come on the weekend
can i make an appointment
is my appointment confirmed
is this an emergency
can i get an emergency appointment
should i open the windows
can you cancel my newspaper
did my payment go through
how far away is the technician
how do i charge my phone
""".strip().splitlines()

DENTIST = (
    Article(
        "insurance",
        ("do you take my insurance", "which insurance plans do you accept"),
        "Most.",
        (
            "delta dental",
            "ppo",
        ),
    ),
    Article(
        "children",
        ("do you see children", "is there a children's dentist"),
        "From three on.",
        (
            "kids",
            "pediatric",
        ),
    ),
    Article(
        "whitening",
        ("do you offer teeth whitening", "how does whitening work"),
        "Yes.",
        ("bleaching",),
    ),
    Article(
        "location",
        ("where are you located", "what is your address"),
        "Elm Street.",
        (
            "directions",
            "get there",
        ),
    ),
    Article(
        "first_visit",
        ("what should i bring to my first visit", "are you taking new patients"),
        "Yes.",
        ("paperwork",),
    ),
    Article(
        "sedation",
        ("do you offer sedation", "will i be asleep"),
        "Gas.",
        (
            "laughing gas",
            "put me under",
            "numb",
        ),
    ),
)

ASKED_DENTIST = [
    ("do you guys accept delta dental", "insurance"),
    ("is my insurance accepted there", "insurance"),
    ("what insurance do you take", "insurance"),
    ("do you see kids", "children"),
    ("do you do pediatric dentistry", "children"),
    ("do you do whitening", "whitening"),
    ("can you whiten my teeth", "whitening"),
    ("where's your office located", "location"),
    ("how do i get there", "location"),
    ("can you give me directions", "location"),
    ("what's the address there", "location"),
    ("are you accepting new patients", "first_visit"),
    ("what do i need to bring", "first_visit"),
    ("do you have laughing gas", "sedation"),
    ("can you put me under for it", "sedation"),
    ("do you do sedation", "sedation"),
]
SILENT_DENTIST = """
my tooth hurts
delta dental
my kids are fine
it's for my son he's seven
do you sell toothbrushes
can i bring my cat
what's your favorite color
is it going to hurt
do you know what time it is
are you located in my computer
how long have you been a machine
elm street
next tuesday
""".strip().splitlines()


def found(articles: tuple[Article, ...], text: str) -> str | None:
    article = find_article(articles, split_words(text))
    return article.name if article else None


@pytest.mark.parametrize(
    ("articles", "asked", "least"), [(HEATING, ASKED, 46), (DENTIST, ASKED_DENTIST, 15)], ids=["heating", "dentist"]
)
def test_nine_of_ten_paraphrases_are_found_and_no_other_is_wrong(
    articles: tuple[Article, ...], asked: list[tuple[str, str]], least: int
) -> None:
    answers = [(text, name, found(articles, text)) for text, name in asked]
    assert [answer for answer in answers if answer[2] not in (answer[1], None)] == []
    missed = [answer for answer in answers if answer[2] is None]
    assert len(asked) - len(missed) >= least, missed


@pytest.mark.parametrize(
    ("articles", "text"), [(HEATING, text) for text in SILENT] + [(DENTIST, text) for text in SILENT_DENTIST]
)
def test_what_no_article_answers(articles: tuple[Article, ...], text: str) -> None:
    assert found(articles, text) is None


@pytest.mark.parametrize("articles", [HEATING, DENTIST], ids=["heating", "dentist"])
def test_every_example_finds_its_own_article(articles: tuple[Article, ...]) -> None:
    for article in articles:
        for question in article.questions:
            assert found(articles, question) == article.name


def test_a_question_between_two_articles_finds_neither() -> None:
    assert found(HEATING, "can i pay for parking") is None
    assert found(HEATING, "do you have parking or a warranty") is None


def test_the_score_is_a_share() -> None:
    best = best_article(HEATING, split_words("is there parking at your office"))
    assert best is not None
    article, score = best
    assert article.name == "parking" and 0.9 < score <= 1
    assert best_article(HEATING, split_words("karen mitchell")) is None
    assert best_article((), split_words("when are you open")) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("four one five tomorrow morning karen mitchell yes that's right what is the".split())))
def test_answers_find_nothing(words: list[str]) -> None:
    assert find_article(HEATING, tuple(words)) is None
