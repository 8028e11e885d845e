"""The sound of a copy's caller, and a recogniser that knows its words."""

import asyncio
from dataclasses import dataclass, field

import numpy as np
import pytest

from sop.reading import Expectation, Hypothesis, Reading
from voice.audio import SILENCE, decode, encode
from voice.caller import Caller
from voice.commands import Command, Speak, Transcribe, Understand, Urgency
from voice.events import Event, Transcribed, Understood
from voice.recorded import load
from voice.replaying.scrub.clips import Wording, line_like, noise_like, spoken
from voice.replaying.scrub.known_words import KnownWords, Part
from voice.replaying.scrub.telling import in_turns, phrases_of
from voice.scenario import Turn
from voice.vad import Detector

ANY = Expectation(step="x", kind="nothing")


@dataclass
class Voice:
    """Says every text as a tenth of a second of sound a word, within silence."""

    said: list[str] = field(default_factory=list)

    def ear(self) -> Detector:
        return Detector()

    async def speak(self, command: Speak) -> bytes:
        self.said.append(command.text)
        assert not command.fixed
        return SILENCE * 333 + b"\x10" * 800 * len(command.text.split()) + SILENCE * 333

    async def transcribe(self, mulaw: bytes, command: Transcribe) -> tuple[Hypothesis, ...]:
        return (Hypothesis("something else", 0.61),)


def asked(start: int, end: int, turn: int = 1) -> Transcribe:
    return Transcribe(turn, start, end, Urgency.FINAL, ANY)


def heard(start: int, end: int, confidence: float | None = 0.9) -> tuple[Hypothesis, ...]:
    recorded = load("plain")
    caller = Caller(recorded.scenario, recorded.clips)
    caller.begun += [10_000, 40_000]
    words = {0: (Part(1600, 9600, "one two three four", confidence),), 1: (Part(0, 8000, "five", confidence),)}
    return asyncio.run(KnownWords(Voice(), caller, words).transcribe(b"", asked(start, end)))


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (10_000, 22_000, "one two three four"),
        (11_000, 19_400, "one two three four"),
        (10_000, 15_600, "one two"),
        (15_600, 22_000, "three four"),
        (10_000, 50_000, "one two three four five"),
        (41_000, 48_000, "five"),
    ],
)
def test_words_of_a_stretch(start: int, end: int, words: str) -> None:
    assert heard(start, end) == (Hypothesis(words, 0.9),)


@pytest.mark.parametrize(("start", "end"), [(0, 9_000), (22_000, 39_000), (10_000, 11_700)])
def test_no_words_where_nobody_speaks(start: int, end: int) -> None:
    assert heard(start, end) == ()


def test_how_sure_it_is_may_be_measured() -> None:
    assert heard(10_000, 22_000, None) == (Hypothesis("one two three four", 0.61),)


def test_a_turns_words_follow_one_another_as_they_did() -> None:
    voice = Voice()
    clip = asyncio.run(spoken([Wording("hi there", 0.9, 500), Wording("yes", 0.8, 4000)], voice))
    assert voice.said == ["Hi there.", "Yes."]
    assert [(part.begins, part.ends, part.text) for part in clip.parts] == [
        (1600, 3200, "hi there"),
        (7200, 8000, "yes"),
    ]
    assert len(clip.mulaw) % 160 == 0 and clip.voice_ends_ms == 1000
    loud = np.flatnonzero(np.abs(decode(clip.mulaw).astype(int)) > 164)
    assert (loud[0], loud[-1]) == (1600, 7999)


def test_noise_is_as_loud_and_otherwise_unlike() -> None:
    tone = (8000 * np.sin(np.arange(8000) / 3)).astype(np.int16)
    tone[4000:] //= 20
    made = decode(noise_like(encode(tone))).astype(float)
    for part in (slice(0, 4000), slice(4000, 8000)):
        assert np.std(made[part]) == pytest.approx(np.std(tone[part].astype(float)), rel=0.1)
    assert abs(np.corrcoef(made[:4000], tone[:4000])[0, 1]) < 0.1


def test_a_silent_line_has_no_noise() -> None:
    assert line_like(SILENCE * 1600) is None
    noise = np.random.default_rng(1).normal(0, 300, 16_000).astype(np.int16)
    made = line_like(encode(noise))
    assert made is not None and np.std(decode(made).astype(float)) == pytest.approx(300, rel=0.1)


def test_what_was_said_is_told_by_the_journal() -> None:
    sure = (Hypothesis("my name is karen", 0.8), Hypothesis("my name is caren", 0.7))
    phrases = phrases_of(
        [
            asked(100, 900, 1),
            Transcribed(900, 1, 900, (Hypothesis("my name", 0.5),)),
            asked(100, 1500, 1),
            Transcribed(1500, 1, 1500, sure),
            Understand(1, sure, ANY),
            Understood(1600, 1, Reading("my name is caren", 0.7)),
            asked(5000, 6000, 2),
            Transcribed(6000, 2, 6000, (Hypothesis("uh huh", 0.4),)),
            asked(7000, 8000, 3),
            Transcribed(8000, 3, 8000, ()),
        ]
    )
    assert [(one.begins, one.ends, one.text) for one in phrases] == [
        (100, 1500, "my name is caren"),
        (5000, 6000, "uh huh"),
    ]
    assert phrases[0].uttered is not None and phrases[0].uttered.confidence == 0.7
    assert phrases[1].uttered is None


def test_phrases_belong_to_the_turn_that_they_overlap_most() -> None:
    turns = [Turn(clip="01.wav", says=""), Turn(keys="1"), Turn(clip="02.wav", says="")]
    said: list[Event | Command] = []
    for turn, (start, end, text) in enumerate([(100, 1500, "a"), (1900, 4000, "b"), (9000, 9500, "c")]):
        said += [asked(start, end, turn), Understand(turn, (), ANY), Understood(end, turn, Reading(text, 0.9))]
    phrases = phrases_of(said)
    found = in_turns(turns, [(0, 2000), (2000, 3900), (3500, 5000)], phrases)
    assert [[one.text for one in turn.phrases] for turn in found] == [["a"], [], ["b"]]
