"""A run with everything that is held against it."""

import asyncio
from pathlib import Path

import pytest

from tests.voice.replaying.made import NAME, PROBLEM, Senses, options, recorded, result, turn
from voice.commands import Speak
from voice.errors import EngineError
from voice.replaying import audio_depth
from voice.replaying.document import passed
from voice.replaying.expected import parse_beside
from voice.replaying.judged import judged
from voice.replaying.result import CallResult
from voice.replaying.taken import from_scenario

CALL = result(turn(0, "begin"))


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("milestones: []", False),
        ("slots: {}", False),
        ("never_said: []", False),
        ("latency: {}", False),
        ("barge_ins:", False),
        ("flow: f", False),
        ("barge_ins: 0", True),
        ("transfers: []", True),
        ("path: []", True),
        ("lead: null", True),
        ("lead: {}", True),
        ("latency: {gap_p95_ms: 900}", True),
        ("milestones: [triage]", True),
    ],
)
def test_whether_anything_is_expected(text: str, asks: bool) -> None:
    assert judged(CALL, parse_beside(text, source="x"), None, against="").expected is asks


class Mute(Senses):
    """Can't speak one of the sentences."""

    async def speak(self, command: Speak) -> bytes:
        if command.text == "May I have your name, please?":
            raise EngineError("it broke down")
        return await super().speak(command)


def run(folder: Path, senses: Senses) -> CallResult:
    folder.mkdir()
    taken = from_scenario("x", folder, recorded(PROBLEM, NAME), None)
    return asyncio.run(audio_depth.run(taken, options(folder), senses, folder))


def test_a_call_in_which_a_sentence_could_not_be_spoken_never_passes(tmp_path: Path) -> None:
    was, mute = run(tmp_path / "a", Senses()), run(tmp_path / "b", Mute())
    assert passed(judged(was, None, was, against="last"))
    assert [one.said for one in mute.turns][:2] == [one.said for one in was.turns][:2], "the procedure said it"
    for before in (None, was, mute):
        found = judged(mute, None, before, against="last")
        assert not passed(found) and found.verdict != "better"
        assert found.faults == (
            "turn 1 says 'May I have your name, please?', which could not be spoken: the caller did not hear it",
        )
    assert judged(mute, None, was, against="last").verdict == "worse"
    assert judged(was, None, mute, against="last").verdict == "better"
