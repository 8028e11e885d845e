"""Depth *journal*: a call's events again, without its sound and without a model.

With nothing changed every command must be the same. With another procedure or other settings the journal stands in for
detector, recogniser and voice (`voice.replaying.tape`), and the caller speaks again after the new prompts.
"""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from voice import replay
from voice.audio import FRAME, Pcm, samples
from voice.caller import Caller
from voice.errors import OperatorError
from voice.journal import Journal, Recording
from voice.replaying.audio_depth import Conduct, guessed, how_it_ended, read_back
from voice.replaying.course import Course, CourseFold
from voice.replaying.options import Options
from voice.replaying.past import Past
from voice.replaying.recording import caller_of
from voice.replaying.rerun import Rerun
from voice.replaying.result import CallResult, Timings, result_of
from voice.replaying.taken import CUT_SHORT, Taken
from voice.replaying.tape import Tape, tape
from voice.replaying.turn_finding import find_turns
from voice.scenario import Turn


async def run(taken: Taken, options: Options, folder: Path) -> CallResult:
    """One call.

    Raises:
        OperatorError: the journal is damaged, or a setting or the flow is none.
    """
    began = time.perf_counter()
    if options.as_recorded:
        raise OperatorError("--as-recorded goes with --depth audio: a journal has no sound to keep the clock of")
    result = await _otherwise(taken, options, folder) if options.changed else _as_it_was(taken, options)
    return replace(result, timings=Timings(round(time.perf_counter() - began, 4), result.timings.turns))


def _as_it_was(taken: Taken, options: Options) -> CallResult:
    fold = CourseFold()
    found = replay.replay(taken.path, graph=taken.graph, follower=fold)
    result = result_of(
        fold.course(),
        call=taken.name,
        kind=taken.kind,
        depth=options.depth.value,
        flow=taken.graph.name,
        version=taken.graph.version,
    )
    return replace(
        result,
        identical=found.identical,
        events=found.events,
        commands=found.commands,
        journal=str(taken.path),
        notes=(
            *((f"first command that differs: {found.first_difference}",) if not found.identical else ()),
            *((CUT_SHORT,) if found.cut_short else ()),
        ),
    )


async def _otherwise(taken: Taken, options: Options, folder: Path) -> CallResult:
    conduct = Conduct.of(taken, options)
    assert taken.told is not None
    past = taken.told.past
    senses = Tape(past)
    given = conduct.given
    path = folder / "call.jsonl"
    header = replay.header(given.graph, conduct.source, given.settings)
    outside = taken.outside(given.graph)
    caller = caller_on_tape(past, taken.told.course)
    silent = Recording(path.with_suffix(".wav"))
    ended_by = await Rerun(given, caller, senses, outside, Journal(path, header), silent).run()
    silent.erase()
    result = read_back(path, taken, options)
    guesses = [*dict.fromkeys(senses.guessed), *guessed(outside)]
    cut_short = [CUT_SHORT] if not past.ended else []
    return replace(result, recording="", notes=(*result.notes, *cut_short, *how_it_ended(ended_by, caller), *guesses))


def caller_on_tape(past: Past, course: Course) -> Caller:
    """The caller of a journal: turns as they lay to the prompts, their clips on tape."""
    heard = past.frames
    agent = np.zeros(past.samples, dtype=np.int16)
    for turn in course.turns:
        for one in turn.agent:
            agent[one.begins : one.ends] = _LOUD
    frames = iter(heard)
    found = find_turns(_sound(heard), agent, lambda _: next(frames, 0.0), keys=tuple(past.keys), hung_up=past.hung_up)
    clips = {
        turn.clip: _on_tape(turn, span[1], len(found.clips[turn.clip]))
        for turn, span in zip(found.turns, found.spans, strict=True)
        if turn.clip is not None
    }
    recorded = caller_of(found.turns, clips, None, None)
    return Caller(recorded.scenario, recorded.clips)


_LOUD = 8000
"""PCM16 magnitude of what counts as sound."""


def _sound(speech: list[float]) -> Pcm:
    """A channel that sounds where there was speech."""
    loud = np.array(speech) >= 0.5
    wave = np.where(np.arange(FRAME) % 2, _LOUD, -_LOUD).astype(np.int16)
    return np.where(np.repeat(loud, FRAME), np.tile(wave, len(speech)), 0).astype(np.int16)


def _on_tape(turn: Turn, voice_end: int, length: int) -> bytes:
    """The frames of a found clip: `voice_end` is its last sound's place in the call, `length` its samples."""
    begins = voice_end - samples(turn.voice_ends_ms or 0)
    return tape(max(0, round(begins / FRAME)), length // FRAME)
