"""A journal in place of detector, recogniser and voice."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop.reading import Expectation, Hypothesis
from voice.commands import Speak, Transcribe, Urgency
from voice.replaying.past import Past, Sentence, Stretch
from voice.replaying.tape import Tape, frame, numbers, tape

HELLO, YES = (Hypothesis("hello", 0.9),), (Hypothesis("yes", 0.9),)
ASKS = Transcribe(4, 0, 0, Urgency.FINAL, Expectation("triage", "nothing"))


@given(st.integers(0, 1_000_000), st.integers(0, 6))
def test_frames_of_a_tape_know_their_numbers(first: int, count: int) -> None:
    assert numbers(tape(first, count)) == list(range(first, first + count))
    assert len(tape(first, count)) == 160 * count


def test_silence_has_no_numbers() -> None:
    assert numbers(b"\xff" * 320 + frame(7) + b"\xff" * 80) == [7]
    assert numbers(b"") == []


@pytest.fixture
def past() -> Past:
    """Speech in frames 10 to 29 and 50 to 59; a hole of three frames before the first."""
    speech = [(160 * (n + 1), 160, 0.9 if 10 <= n < 30 or 50 <= n < 60 else 0.1) for n in range(80) if not 2 <= n < 5]
    stretches = [Stretch(8 * 160, 32 * 160, HELLO), Stretch(48 * 160, 62 * 160, YES)]
    return Past(speech=speech, stretches=stretches, sentences={"Hi.": Sentence(800, 80, whole=True)})


def test_the_ear_says_what_the_detector_said(past: Past) -> None:
    ear = Tape(past).ear()
    assert [ear.speech(frame(number)) for number in (0, 3, 9, 10, 29, 30, 55)] == [0.1, 0.0, 0.1, 0.9, 0.9, 0.1, 0.9]
    assert ear.speech(b"\xff" * 160) == 0.0
    assert ear.speech(frame(500)) == 0.0, "behind the journal's end"


def words(known: Tape, first: int, count: int) -> str:
    found = asyncio.run(known.transcribe(tape(first, count), ASKS))
    return found[0].text if found else ""


def test_a_stretch_with_the_same_speech_has_the_same_words(past: Past) -> None:
    known = Tape(past)
    assert words(known, 8, 24) == "hello"
    assert words(known, 0, 45) == "hello", "more silence around it is none of the words"
    assert words(known, 45, 20) == "yes"
    assert words(known, 30, 20) == "", "no speech at all"
    assert known.guessed == []


def test_a_stretch_that_nobody_asked_for_is_guessed_and_that_is_noted(past: Past) -> None:
    known = Tape(past)
    assert words(known, 8, 12) == "hello"
    assert known.guessed == ["turn 4: these words were never asked for; the nearest stretch serves"]


def test_the_last_answer_about_a_stretch_counts(past: Past) -> None:
    past.stretches.append(Stretch(10 * 160, 30 * 160, YES))
    assert words(Tape(past), 8, 24) == "yes"


def say(known: Tape, text: str) -> bytes:
    return asyncio.run(known.speak(Speak(0, text, True)))


def test_a_sentence_is_as_long_as_it_was(past: Past) -> None:
    assert say(Tape(past), "Hi.") == b"\xff" * 80 + b"\x20" * 720


def test_a_sentence_that_nobody_has_said_yet_is_as_long_as_its_letters(past: Past) -> None:
    short, long = say(Tape(past), "Good."), say(Tape(past), "Good morning, how are you?")
    assert len(short) % 160 == 0 and 5 * 400 < len(short) < 5 * 700
    assert len(long) > 4 * len(short)


def test_a_sentence_that_was_broken_off_is_longer_than_what_was_heard(past: Past) -> None:
    past.sentences["Good morning to you."] = Sentence(800, 0, whole=False)
    assert len(say(Tape(past), "Good morning to you.")) > 8000
