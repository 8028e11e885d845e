"""A caller through the core, with the caller's audio as the only clock."""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sop.graph import Graph
from sop.loader import load
from sop.reading import Hypothesis
from tests.voice.replaying.made import AGENT, FLOW, GAS, NAME, NOW, PROBLEM, Ear, Senses, recorded, sound
from voice import replay
from voice.audio import decode
from voice.call import CallSettings
from voice.caller import Caller, Said
from voice.commands import Speak, Transcribe
from voice.errors import EngineCrashed
from voice.events import CallStarted, Heard, LegChanged, Saved, Transcribed
from voice.journal import Journal, Recording, read_entries
from voice.replaying.audio_file import read_call_audio
from voice.replaying.course import By, course_of
from voice.replaying.outside import AsBefore, Outside, Scripted
from voice.replaying.past import past_of
from voice.replaying.rerun import Given, Rerun, Sayer
from voice.replaying.rerun import Senses as AnySenses


@pytest.fixture(scope="module")
def hvac() -> Graph:
    return load(FLOW)


Run = Callable[..., tuple[Path, str]]


@pytest.fixture
def run(hvac: Graph, tmp_path: Path) -> Run:
    """Runs a caller; the journal that it leaves, and who ended the call."""
    numbers = itertools.count()

    def of(
        caller: Sayer, senses: AnySenses | None = None, outside: Outside | None = None, limit_s: float = 60
    ) -> tuple[Path, str]:
        path = tmp_path / f"{next(numbers)}.jsonl"
        given = Given(CallStarted(0, "CA1", "MZ1", "+14155550123", NOW), hvac, CallSettings(), limit_s)
        head = replay.header(hvac, "", CallSettings())
        files = Journal(path, head), Recording(path.with_suffix(".wav"))
        rerun = Rerun(given, caller, senses or Senses(), outside or Scripted(hvac), *files)
        return path, asyncio.run(rerun.run())

    return of


def caller(*sounds: int, hangs_up: bool = True) -> Caller:
    made = recorded(*sounds, hangs_up=hangs_up)
    return Caller(made.scenario, made.clips)


def test_the_same_caller_gives_the_same_call(run: Run) -> None:
    first, second = (run(caller(PROBLEM, NAME))[0] for _ in range(2))
    assert first.with_suffix(".wav").read_bytes() == second.with_suffix(".wav").read_bytes()
    assert course_of(read_entries(first)).turns[1].set == {"problem": "no_heat"}
    untimed = [
        [line for line in path.read_text(encoding="utf-8").splitlines() if "took_ms" not in line]
        for path in (first, second)
    ]
    assert untimed[0] == untimed[1]


def test_the_journal_that_it_leaves_is_one(run: Run, hvac: Graph) -> None:
    path, ended = run(caller(PROBLEM, NAME))
    assert ended == "caller"
    found = replay.replay(path, graph=hvac)
    assert (found.identical, found.outcome, found.cut_short) == (True, "caller_hung_up", False)


def test_the_recording_has_the_caller_left_and_the_agent_right(run: Run) -> None:
    path, _ = run(caller(PROBLEM))
    audio = read_call_audio(path.with_suffix(".wav"))
    assert audio.right is not None
    voice, agent = (int(abs(decode(bytes([one])).astype(np.int32))[0]) for one in (PROBLEM, AGENT))
    assert int(np.abs(audio.left.astype(np.int32)).max()) == voice
    assert int(np.abs(audio.right.astype(np.int32)).max()) == agent
    course = course_of(read_entries(path))
    begins = course.turns[0].agent[0].begins
    assert not audio.right[:begins].any() and audio.right[begins : begins + 160].any()


def test_the_clock_stands_while_engines_work(run: Run) -> None:
    entries = list(read_entries(run(caller(PROBLEM))[0]))
    frames = [entry for entry in entries if isinstance(entry, Heard)]
    assert [frame.at for frame in frames] == [160 * n for n in range(1, len(frames) + 1)]
    asked = {(e.turn, e.end): e.end for e in entries if isinstance(e, Transcribe)}
    for entry in entries:
        if isinstance(entry, Transcribed):
            assert entry.at == asked[entry.turn, entry.end]
    assert all(entry.ok for entry in entries if isinstance(entry, Saved))


def test_a_caller_who_never_leaves_gives_up(run: Run) -> None:
    path, ended = run(caller(PROBLEM, hangs_up=False), limit_s=9)
    assert ended == "limit"
    assert course_of(read_entries(path)).samples == 9 * 8000


def test_the_agent_ends_the_call(run: Run) -> None:
    path, ended = run(caller(GAS, hangs_up=False))
    assert ended == "agent"
    assert course_of(read_entries(path)).outcome == "transferred"


def test_people_take_their_time_on_the_call_s_clock(run: Run, hvac: Graph) -> None:
    first, _ = run(caller(GAS, hangs_up=False))
    past = past_of(read_entries(first))
    slow = [[(after + 8000 * n, to) for n, (after, to) in enumerate(leg)] for leg in past.legs]
    second, _ = run(caller(GAS, hangs_up=False), outside=AsBefore(Scripted(hvac), legs=slow, bridges=past.bridges))
    assert past_of(read_entries(second)).legs == slow
    legs = [entry.at for entry in read_entries(second) if isinstance(entry, LegChanged)]
    assert legs == sorted(legs) and legs[-1] - legs[0] == 8000 * (len(legs) - 1)


class Over:
    """Says one sound from the 60th frame on, and hears."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.cuts = 0
        self._clip = sound(PROBLEM, 1200)

    def frame(self, heard: bytes) -> Said:
        """As a caller."""
        self.heard.append(heard)
        place = (len(self.heard) - 61) * 160
        said = self._clip[max(0, place) : place + 160] if place >= 0 else b""
        return Said(said.ljust(160, b"\xff"), hangs_up=len(self.heard) >= 200)

    def cut(self) -> None:
        """The agent broke off."""
        self.cuts += 1


def test_what_is_cleared_is_not_heard(run: Run) -> None:
    who = Over()
    path, _ = run(who)
    course = course_of(read_entries(path))
    assert who.cuts == len(course.barge_ins) == 1
    frame = course.barge_ins[0] // 160
    assert any(byte != 0xFF for byte in who.heard[frame - 1])
    assert who.heard[frame] == b"\xff" * 160
    assert [turn.barge_in for turn in course.turns if turn.by is By.SPEECH] == [True]


class Failing(Senses):
    """Fails so many times first."""

    def __init__(self, asr: int = 0, tts: int = 0) -> None:
        super().__init__()
        self.asr, self.tts = asr, tts

    def ear(self) -> Ear:
        """As ever."""
        return Ear()

    async def transcribe(self, mulaw: bytes, command: Transcribe) -> tuple[Hypothesis, ...]:
        """Or crashes."""
        self.asr -= 1
        if self.asr >= 0:
            raise EngineCrashed
        return await super().transcribe(mulaw, command)

    async def speak(self, command: Speak) -> bytes:
        """Or crashes."""
        self.tts -= 1
        if self.tts >= 0:
            raise EngineCrashed
        return await super().speak(command)


def test_an_engine_that_fails_is_an_event_and_no_end(run: Run) -> None:
    path, _ = run(caller(PROBLEM, PROBLEM), Failing(asr=2))
    turns = course_of(read_entries(path)).turns
    assert [turn.by.value for turn in turns] == ["begin", "unheard", "speech", "end"]
    path, _ = run(caller(PROBLEM), Failing(tts=1))
    assert course_of(read_entries(path)).turns[0].agent[0].text.startswith("Thank you for calling")
