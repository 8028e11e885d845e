"""Depth *audio*: the caller's channel again through detector, recogniser, reader, core and voice."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from voice import replay
from voice.asr import WhisperRecogniser
from voice.caller import Caller
from voice.events import SpeechFailed, TranscriptionFailed
from voice.journal import Journal, Recording, read_entries
from voice.piper_voice import TtsSettings
from voice.replaying.course import course_of
from voice.replaying.depth import Depth
from voice.replaying.options import Options, changed
from voice.replaying.outside import AsBefore, Outside
from voice.replaying.rerun import Given, Rerun, Senses
from voice.replaying.result import CallResult, Timings, result_of, with_words
from voice.replaying.senses import Models
from voice.replaying.taken import Taken, read_flow
from voice.tts import PiperSynthesiser
from voice.whisper import AsrSettings


@asynccontextmanager
async def models(options: Options) -> AsyncIterator[Models]:
    """The models, loaded. Raises ModelMissing, EngineCrashed or EngineTimedOut."""
    recogniser = WhisperRecogniser(AsrSettings(model=options.asr, threads=options.threads))
    synthesiser = PiperSynthesiser(TtsSettings(voice=options.voice, cache=options.prompts))
    try:
        await asyncio.gather(recogniser.start(), synthesiser.start())
        yield Models(recogniser, synthesiser)
    finally:
        await recogniser.close()
        await synthesiser.close()


@dataclass(frozen=True, slots=True)
class Conduct:
    """With what a call is conducted: its own procedure and settings, or what is tried in their place."""

    given: Given
    source: str

    @classmethod
    def of(cls, taken: Taken, options: Options) -> "Conduct":
        """Raises FlowError, or OperatorError for a setting that there is not."""
        graph, source = read_flow(options.flow) if options.flow is not None else (taken.graph, taken.flow)
        settings = changed(taken.settings, options.changes)
        return cls(Given(taken.start, graph, settings, taken.limit_s), source)


async def run(taken: Taken, options: Options, senses: Senses, folder: Path) -> CallResult:
    """One call; its journal and recording are left in the folder.

    Raises:
        OperatorError: there is no audio of the caller, or a setting or the flow is none.
    """
    began = time.perf_counter()
    conduct = Conduct.of(taken, options)
    caller = taken.as_recorded() if options.as_recorded and taken.as_recorded is not None else taken.caller()
    given = conduct.given
    path = folder / "call.jsonl"
    header = replay.header(given.graph, conduct.source, given.settings)
    wave = path.with_suffix(".wav")
    outside = taken.outside(given.graph)
    rerun = Rerun(given, caller, senses, outside, Journal(path, header), Recording(wave))
    ended_by = await rerun.run()
    result = read_back(path, taken, options)
    notes = list(result.notes)
    if isinstance(caller, Caller):
        result = with_words(result, words_said(taken, caller.begun))
        notes += how_it_ended(ended_by, caller)
    if options.as_recorded and taken.as_recorded is None:
        notes.append("a scenario has no clock of its own: --as-recorded changes nothing in it")
    notes += guessed(outside)
    result = replace(result, notes=tuple(notes))
    elapsed = round(time.perf_counter() - began, 3)
    return replace(result, timings=Timings(elapsed, result.timings.turns))


def how_it_ended(ended_by: str, caller: Caller) -> list[str]:
    """What there is to say where a call did not end as calls do."""
    notes = ["the caller gave up at the longest time for a call"] if ended_by == "limit" else []
    if left := caller.turns_left:
        notes.append(f"the call was over before the last {left} of the caller's turns" if left > 1 else _LAST)
    return notes


_LAST = "the call was over before the caller's last turn"


def guessed(outside: Outside) -> list[str]:
    """What was asked of a recorded world that it does not know, each once, in order; nothing of a scenario's."""
    return list(dict.fromkeys(outside.guessed)) if isinstance(outside, AsBefore) else []


def read_back(path: Path, taken: Taken, options: Options) -> CallResult:
    """What the journal that a run has left says."""
    graph = read_flow(options.flow)[0] if options.flow is not None else taken.graph
    entries = list(read_entries(path))
    course = course_of(entries, clock_stands=options.depth is Depth.AUDIO or options.fast)
    result = result_of(
        course, call=taken.name, kind=taken.kind, depth=options.depth.value, flow=graph.name, version=graph.version
    )
    failures = Counter(entry.reason for entry in entries if isinstance(entry, TranscriptionFailed | SpeechFailed))
    notes = (f"speech engines failed: {name}, {count} times" for name, count in sorted(failures.items()))
    return replace(result, journal=str(path), recording=str(path.with_suffix(".wav")), notes=(*taken.notes, *notes))


def words_said(taken: Taken, begun: list[int]) -> tuple[tuple[int, int, str], ...]:
    """(first sample, last sample, words) of each of the caller's turns that were come to."""
    if taken.recorded is None:
        return ()
    scenario, clips = taken.recorded.scenario, taken.recorded.clips
    return tuple(
        (at, at + len(turn.sound(clips)), turn.says or "")
        for turn, at in zip(scenario.turns, begun, strict=False)
        if turn.clip is not None
    )
