"""What a person hears before they are connected: bounded, the most important first, the keys always."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.handoff import Detail, Packet
from voice.brief import KEYS, LONGEST_MS, MOST_WORDS, brief, fits, shorter, words_spoken

PACKET = Packet(
    headline="Emergency: no heat",
    reason="emergency",
    wants="no heat",
    urgent=True,
    name="Ann Smith",
    number="+14155550199",
    details=(Detail("address", "address", "12 Elm Street", "twelve Elm Street", 0.9, True),),
    facts=(),
    done=(),
    missing=("gas smell",),
    mood="upset",
    moods=(-0.8,),
    profile=(),
    earlier=(),
    call="CA42",
    procedure="after_hours_hvac 3",
    step="transfer",
    began="2026-11-24T21:00:00-08:00",
    transcript=(("caller", "the heating is off"),),
)


def test_a_brief_says_everything_that_fits_into_twelve_seconds() -> None:
    assert MOST_WORDS == 30  # 12 s at 150 words a minute
    assert brief(PACKET) == (
        "Emergency: no heat. From Ann Smith. At twelve Elm Street. The caller is upset. "
        "Not known yet: gas smell. Press 1 to take the call, 2 to decline."
    )


def test_what_matters_least_goes_first() -> None:
    said = "Emergency: no heat. From Ann Smith. At twelve Elm Street. The caller is upset."
    unknown = replace(PACKET, missing=("gas smell", "age of the furnace"))
    assert brief(unknown) == f"{said} {KEYS}"
    assert brief(PACKET, 22) == f"Emergency: no heat. From Ann Smith. At twelve Elm Street. {KEYS}"
    assert brief(PACKET, 18) == f"Emergency: no heat. At twelve Elm Street. {KEYS}"
    assert brief(PACKET, 15) == f"Emergency: no heat. From Ann Smith. {KEYS}"
    assert brief(PACKET, 13) == f"Emergency: no heat. {KEYS}"


def test_a_headline_without_end_is_cut() -> None:
    long = replace(PACKET, headline="A " + "very " * 40 + "long story", name="", details=(), missing=(), mood="calm")
    text = brief(replace(long, urgent=False))
    assert text.startswith("A very very very")
    assert text.endswith(f"very. {KEYS}")
    assert words_spoken(text) == 30


def test_nothing_of_no_use_is_read_out() -> None:
    assert brief(PACKET, 10) == KEYS
    assert brief(PACKET, 0) == KEYS
    assert brief(replace(PACKET, headline="", urgent=False, name="", mood="calm", missing=())) == KEYS


def test_figures_take_a_word_for_each_digit() -> None:
    assert words_spoken("Order 4155550199") == 11
    assert words_spoken("Unit 12B, please") == 5
    assert words_spoken("") == 0
    many = replace(PACKET, headline="Order 4155550199 4155550199 4155550199")
    assert words_spoken(brief(many)) <= 30


def test_a_slow_voice_gets_fewer_words() -> None:
    assert fits(12_000) and not fits(12_020)
    text = brief(PACKET)
    slow_ms = words_spoken(text) * 600.0  # 100 words a minute
    again = shorter(PACKET, text, slow_ms)
    assert again == f"Emergency: no heat. From Ann Smith. At twelve Elm Street. {KEYS}"
    assert fits(words_spoken(again) * 600.0)


def test_shortening_comes_to_an_end() -> None:
    text = brief(PACKET)
    seen = [text]
    while (next_one := shorter(PACKET, seen[-1], LONGEST_MS + 1)) != seen[-1]:
        assert words_spoken(next_one) < words_spoken(seen[-1])
        seen.append(next_one)
    assert seen[-2:] == [f"Emergency: no heat. {KEYS}", KEYS]


@settings(max_examples=60, deadline=None)
@given(
    headline=st.text(max_size=200),
    name=st.text(max_size=60),
    mood=st.sampled_from(("calm", "annoyed", "upset")),
    urgent=st.booleans(),
    missing=st.lists(st.text(max_size=30), max_size=4),
)
def test_point_33_whatever_is_in_the_packet_the_brief_is_bounded_and_ends_with_the_keys(
    headline: str, name: str, mood: str, urgent: bool, missing: list[str]
) -> None:
    given_packet = replace(
        PACKET, headline=headline, name=name, mood=mood, urgent=urgent, missing=tuple(missing), details=()
    )
    text = brief(given_packet)
    assert text.endswith(KEYS)
    assert words_spoken(text) <= MOST_WORDS


@pytest.mark.parametrize("audio_ms", [0.0, -5.0])
def test_an_odd_length_of_audio_harms_nothing(audio_ms: float) -> None:
    assert words_spoken(shorter(PACKET, brief(PACKET), audio_ms)) < words_spoken(brief(PACKET))
