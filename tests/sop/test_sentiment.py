"""The caller's feeling towards us, apart from the trouble they call about."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.sentiment import NEGATIVE, VaderSentiment

ANNOYED = """
this is ridiculous
this is the third time i'm calling about this
it's the fourth time i've had to call you people
for the third time my address is on maple street
this is useless
you're useless
stupid robot
i hate talking to these stupid machines
you're not listening to me
you are not even listening
i already told you my name
i just told you that
i told you already it's the furnace
what a waste of time
you're wasting my time
that is totally unacceptable
for the last time it's four one five
are you kidding me
are you freaking kidding me right now
i'm sick of this
i'm sick and tired of being put on hold
you have terrible service
this is the worst customer service i've ever had
i'm really angry right now
i'm getting very frustrated here
i've been on hold for forty five minutes
you keep asking me the same thing
how many times do i have to say it
what the hell is wrong with you
oh for god's sake
this is bullshit
shut up and get me a person
fuck you
you people are incompetent
no no no you stupid thing
i'm fed up with this company
you're a bunch of idiots
the lady i talked to was so rude
yeah right this is a joke
this is pathetic
i am extremely disappointed with you guys
i'm never using you again
stop asking me that
forget it this is pointless
i've called three times already and nobody calls me back
i want to speak to a human being not a damn robot
i don't have time for this
this system sucks
your service is really awful
""".strip().splitlines()

NEGATED_FINE = """
not bad
that's not bad at all
no problem
no problem at all
no worries
i'm not angry
i'm not angry at you
i'm not upset or anything
i am not mad it's okay
it's not useless
not useless
i don't think you're stupid
no you're not wasting my time
you're not rude at all
couldn't be happier
i couldn't be happier with the work
can't complain
i can't thank you enough
no complaints
nothing to complain about
it isn't ridiculous
don't worry about it
no that's perfect
no thank you
no thanks
nope that's great
no i don't thanks
it didn't work thank you though
not annoyed just in a hurry
i don't hate it
i'm not frustrated with you i'm just tired
this wasn't a waste of time
never been happier
nothing's wrong with you i just want the office
""".strip().splitlines()

NEGATED_ANNOYED = """
i'm not happy at all
not happy
we are not happy with you
isn't very helpful
that wasn't helpful
you're not being very helpful
that's not acceptable
this isn't acceptable
i'm not impressed
i am not satisfied with your service
i'm not very pleased
that's not good enough
this is no help
you're no help at all
you don't understand anything
you never listen
that is not what i said
i don't appreciate that
i do not appreciate your tone
""".strip().splitlines()

TROUBLE = """
my furnace died and the kids are freezing
my husband died last week
i was in an accident and broke my arm
there's a gas leak in my kitchen
the pipe burst and the basement is flooded
it's an emergency
i have a terrible headache and my back hurts really bad
i'm in a lot of pain
my car was stolen last night
they denied my claim
i want to cancel my appointment
i need to dispute a charge on my card
i think you have the wrong number
someone hacked my account
the water heater is broken and leaking everywhere
the battery is dead
my house caught fire
there's an awful smell coming from the vents
it's making a horrible noise
my stupid furnace won't start
i lost my job and i can't pay my debt
i'm worried about my mother she fell
he hit me from behind and the car is totaled
my landlord is angry about the noise
my wife is really upset
i got injured at work
the air conditioner quit and it's a hundred degrees
the toilet is clogged and it stinks
i need a lawyer i was arrested
i'm scared there's smoke coming out of the outlet
my tooth is killing me
my son is very sick he has a fever
it's the worst pain i've ever had
i need to report a death
she was attacked by a dog
we have no heat and no hot water
yes it's a problem with the drain
it's leaking really bad it's getting worse
i hate to bother you so late
no it's not working
it doesn't work at all
i'm sorry i missed your call
someone committed fraud on my account
the damn thing won't start
it keeps making the same noise over and over again
it's the second time i've had this leak
it's no good the pump is shot
i've told my husband about it
i already gave them my insurance card
i had enough time to look
it isn't working great
""".strip().splitlines()

PLAIN = """
four one five five five five oh one nine nine
karen mitchell
tomorrow morning
yes
no
yeah right
um so yeah that's right
nope
twenty two seventeen maple street
can i talk to a person
what kind of hours do you have
i'd like to make an appointment
could you repeat that
hello
""".strip().splitlines()

PLEASED = """
thank you so much
thank you
thanks a lot
that's perfect
you've been great
you've been very helpful
that's wonderful
oh great that works for me
i really appreciate it
awesome thanks
you guys are the best
that's such a relief
i love your company
excellent
sounds good
that would be lovely
you're very kind
""".strip().splitlines()

FEELING = VaderSentiment()


@pytest.mark.parametrize("text", ANNOYED + NEGATED_ANNOYED)
def test_annoyance_is_negative(text: str) -> None:
    assert FEELING.score(text) < NEGATIVE


@pytest.mark.parametrize("text", NEGATED_FINE)
def test_a_negated_complaint_is_none(text: str) -> None:
    assert FEELING.score(text) >= 0


@pytest.mark.parametrize("text", TROUBLE)
def test_trouble_is_not_annoyance(text: str) -> None:
    assert abs(FEELING.score(text)) < -NEGATIVE


@pytest.mark.parametrize("text", PLAIN)
def test_plain_answers_are_neutral(text: str) -> None:
    assert FEELING.score(text) == 0


@pytest.mark.parametrize("text", PLEASED)
def test_thanks_and_relief_are_positive(text: str) -> None:
    assert 0.1 < FEELING.score(text) <= 1


def test_more_annoyance_scores_lower() -> None:
    once = FEELING.score("this is ridiculous")
    twice = FEELING.score("this is ridiculous you stupid robot you're wasting my time")
    assert twice < once < NEGATIVE


def test_trouble_does_not_hide_annoyance() -> None:
    assert FEELING.score("my furnace died and this is the third time i'm calling") < NEGATIVE
    assert FEELING.score("thanks but you're not listening i already told you") < NEGATIVE


def test_written_style_reads_like_speech() -> None:
    assert FEELING.score("This is RIDICULOUS!") == FEELING.score("this is ridiculous")
    assert FEELING.score("I’m not angry.") == FEELING.score("i'm not angry")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from(["no", "not", "useless", "but", "great", "you"])).map(" ".join))
def test_every_text_has_a_score(text: str) -> None:
    assert -1 <= FEELING.score(text) <= 1
