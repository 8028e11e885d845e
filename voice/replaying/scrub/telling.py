"""What the caller of a call said, turn by turn, as its journal tells: the words, when, and what they were taken for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sop.reading import Hypothesis
from voice.audio import FRAME, Pcm, samples
from voice.commands import Command, Transcribe, Understand
from voice.events import Event, Transcribed, Understood
from voice.replaying.activity import Span
from voice.replaying.course import Course
from voice.replaying.past import Past
from voice.replaying.scrub.restating import Uttered
from voice.replaying.turn_finding import find_turns
from voice.scenario import QUIET_MS, After, Over, Turn

_SPEECH = 0.5
_LOUD = 8000
"""PCM16 magnitude of what counts as sound."""
_LATE = samples(600)
"""A caller who begins so shortly before the agent ends did not speak over anything."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of the caller's. Samples on the call's clock."""

    begins: int
    ends: int
    text: str
    uttered: Uttered | None
    """None for words that the call made nothing of."""


@dataclass(frozen=True, slots=True)
class CallerTurn:
    """One turn of a scenario, and the words in it."""

    turn: Turn
    phrases: tuple[Phrase, ...] = ()


def phrases_of(entries: Iterable[Event | Command]) -> tuple[Phrase, ...]:
    """Everything that was put into words, in order: what the call understood, and what it heard in turns that came to
    nothing."""
    asked: dict[int, Transcribe] = {}
    expecting: dict[int, Understand] = {}
    heard: dict[int, tuple[Transcribe, tuple[Hypothesis, ...]]] = {}
    done: list[Phrase] = []
    for entry in entries:
        match entry:
            case Transcribe(turn):
                asked[turn] = entry
            case Transcribed(_, turn, _, hypotheses) if hypotheses and turn in asked:
                heard[turn] = asked[turn], hypotheses
            case Understand(turn):
                expecting[turn] = entry
            case Understood(_, turn, reading) if turn in expecting and turn in asked:
                command, hypotheses = asked[turn], expecting[turn].hypotheses
                sure = next((one.confidence for one in hypotheses if one.text == reading.text), reading.confidence)
                uttered = Uttered(reading.text, sure, expecting[turn].expecting, reading)
                if reading.text:
                    done.append(Phrase(command.start, command.end, reading.text, uttered))
                heard.pop(turn, None)
            case _:
                pass
    lost = [Phrase(command.start, command.end, found[0].text, None) for command, found in heard.values()]
    return tuple(sorted([*done, *lost], key=lambda phrase: phrase.begins))


def in_turns(turns: Sequence[Turn], spans: Sequence[Span], phrases: Iterable[Phrase]) -> tuple[CallerTurn, ...]:
    """The phrases in the turns that they overlap most; one that overlaps none is left out. `spans`: each turn's first
    and last sample; turns without one have no words."""
    found: list[list[Phrase]] = [[] for _ in turns]
    for phrase in phrases:
        shared = [
            min(end, phrase.ends) - max(begin, phrase.begins) if turn.clip is not None else 0
            for turn, (begin, end) in zip(turns, spans, strict=False)
        ]
        if shared and max(shared) > 0:
            found[shared.index(max(shared))].append(phrase)
    return tuple(CallerTurn(turn, tuple(within)) for turn, within in zip(turns, found, strict=True))


def turns_of_journal(past: Past, course: Course, phrases: Iterable[Phrase]) -> tuple[CallerTurn, ...]:
    """The caller's turns by the journal alone: where the detector heard speech, and when the agent was played."""
    speech = [probability for _, _, probability in past.speech]
    agent = np.zeros(past.samples, dtype=np.int16)
    sentences = [one for turn in course.turns for one in turn.agent]
    for one in sentences:
        agent[one.begins : one.ends] = _LOUD
    frames = iter(speech)
    found = find_turns(_sound(speech), agent, lambda _: next(frames, 0.0), keys=tuple(past.keys), hung_up=past.hung_up)
    ends = [one.ends for one in sentences if not one.cut]
    turns = [
        _unhurried(turn, span[0], ends, course.barge_ins) for turn, span in zip(found.turns, found.spans, strict=True)
    ]
    return in_turns(turns, found.spans, phrases)


def _unhurried(turn: Turn, begins: int, ends: Sequence[int], barge_ins: Sequence[int]) -> Turn:
    """The turn without haste: the journal knows when a sentence's sound ends, not its voice, so what was said in its
    last moments, or right behind it, comes when the caller has heard it out."""
    if isinstance(turn.when, Over):
        spoken_out = any(0 <= end - begins <= _LATE for end in ends)
        cut = any(0 <= at - begins <= samples(2000) for at in barge_ins)
        return turn.model_copy(update={"when": After()}) if spoken_out and not cut else turn
    waited = turn.when.quiet_ms + turn.when.pause_ms
    return turn.model_copy(update={"when": After(quiet_ms=QUIET_MS, pause_ms=max(0, waited - QUIET_MS))})


def _sound(speech: Sequence[float]) -> Pcm:
    """A channel that sounds where there was speech."""
    loud = np.array(speech) >= _SPEECH
    wave = np.where(np.arange(FRAME) % 2, _LOUD, -_LOUD).astype(np.int16)
    return np.where(np.repeat(loud, FRAME), np.tile(wave, len(speech)), 0).astype(np.int16)
