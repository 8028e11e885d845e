"""A call that is to be copied: what was said in it, what came of it, and every value it held."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from voice import replay
from voice.audio import first_audible, samples
from voice.caller import Caller
from voice.commands import CallTool, Command
from voice.events import Event, ToolFinished
from voice.journal import Journal, Recording, read_entries
from voice.performer import LEAD_TOOL
from voice.replaying.course import Course, course_of
from voice.replaying.depth import Depth
from voice.replaying.expected import Beside
from voice.replaying.finding import Found, expectation, opened
from voice.replaying.past import past_of
from voice.replaying.rerun import Given, Rerun, Senses
from voice.replaying.scrub.holdings import held_in_expectation, held_in_journal, held_in_scenario
from voice.replaying.scrub.known_words import KnownWords, Part
from voice.replaying.scrub.permission import check_permission
from voice.replaying.scrub.stand_ins import TEXT, Held
from voice.replaying.scrub.telling import CallerTurn, Phrase, in_turns, phrases_of, turns_of_journal
from voice.replaying.taken import JOURNAL, RECORDING, SCENARIO, Taken
from voice.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Original:
    """A call as it was."""

    found: Found
    taken: Taken
    beside: Beside | None
    turns: tuple[CallerTurn, ...]
    course: Course
    held: tuple[Held, ...]
    tools: tuple[tuple[CallTool, ToolFinished], ...] = ()
    """What was asked of tools, and their answers."""


async def original_of(found: Found, senses: Senses, folder: Path) -> Original:
    """A call that may be copied. One without a journal is run once; what that leaves lies in the folder.

    Raises:
        OperatorError: it can't be opened, or nothing shows that its caller agreed to be recorded.
        FlowError: its procedure has mistakes.
    """
    beside = expectation(found)
    if found.kind == JOURNAL:
        taken = opened(found, Depth.JOURNAL)
        check_permission(found, taken, beside)
        return _of_entries(found, taken, beside, list(read_entries(found.path)))
    taken = opened(found, Depth.AUDIO)
    check_permission(found, taken, beside)
    caller = taken.caller()
    entries = await _run(taken, caller, senses, folder)
    return _of_entries(found, taken, beside, entries, caller)


def _of_entries(
    found: Found, taken: Taken, beside: Beside | None, entries: list[Event | Command], caller: Caller | None = None
) -> Original:
    course = course_of(entries, clock_stands=caller is not None)
    phrases = phrases_of(entries)
    held = list(held_in_journal(entries, taken.graph))
    if caller is not None and taken.recorded is not None:
        scenario, clips = taken.recorded.scenario, taken.recorded.clips
        spans = [(at, at + len(turn.sound(clips))) for turn, at in zip(scenario.turns, caller.begun, strict=False)]
        turns = tuple(map(_told, in_turns(scenario.turns, spans, phrases)))
    else:
        assert taken.past is not None
        turns = turns_of_journal(taken.past, course, phrases)
    if found.kind == SCENARIO and taken.recorded is not None:
        held += held_in_scenario(taken.recorded.scenario, taken.graph)
        held += held_in_expectation(taken.recorded.scenario.expect, taken.graph)
    if beside is not None:
        held += held_in_expectation(beside, taken.graph)
    if found.kind == RECORDING:  # its tools answer with the procedure's examples, in the copy as well
        held = [one for one in held if one.kind not in (TEXT, "date") or one.value not in taken.flow]
    tools = tuple((asked, told) for asked, told in past_of(entries).tools if asked.name != LEAD_TOOL)
    return Original(found, taken, beside, turns, course, tuple(dict.fromkeys(one for one in held if one.value)), tools)


def _told(turn: CallerTurn) -> CallerTurn:
    """A turn of which nothing was understood says what it is known to say."""
    if turn.turn.says and not any(phrase.uttered for phrase in turn.phrases):
        return replace(turn, phrases=(Phrase(0, 0, turn.turn.says, None),))
    return turn


async def _run(taken: Taken, caller: Caller, senses: Senses, folder: Path) -> list[Event | Command]:
    """The call's entries, run once: with the words that are known to be said, where they all are, and else with what
    the recogniser makes of the sound."""
    assert taken.recorded is not None
    scenario, clips = taken.recorded.scenario, taken.recorded.clips
    known = {place: _parts(scenario, clips, place) for place, turn in enumerate(scenario.turns) if turn.says}
    hears = KnownWords(senses, caller, known) if _all_told(taken) else senses
    given = Given(taken.start, taken.graph, taken.settings, taken.limit_s)
    path = folder / "original.jsonl"
    journal = Journal(path, replay.header(taken.graph, taken.flow, taken.settings))
    sound = Recording(path.with_suffix(".wav"))
    await Rerun(given, caller, hears, taken.outside(taken.graph), journal, sound).run()
    return list(read_entries(path))


def _all_told(taken: Taken) -> bool:
    """Whether the words of every clip are known; of a recording from elsewhere an empty text tells nothing."""
    assert taken.recorded is not None
    texts = [turn.says for turn in taken.recorded.scenario.turns if turn.clip is not None]
    return taken.kind == SCENARIO or all(texts)


def _parts(scenario: Scenario, clips: Mapping[str, bytes], place: int) -> tuple[Part, ...]:
    turn = scenario.turns[place]
    sound = turn.sound(clips)
    begins = first_audible(sound)
    if begins is None:
        return ()
    ends = samples(turn.voice_ends_ms) if turn.voice_ends_ms else len(sound) - (first_audible(sound[::-1]) or 0)
    return (Part(begins, max(begins + 1, ends), turn.says or ""),)
