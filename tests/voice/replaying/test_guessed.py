"""What a recorded world does not know is guessed, and at every depth that is said."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.voice.replaying.made import NAME, PROBLEM, Senses, options, recorded
from voice.commands import Transfer
from voice.replaying import audio_depth, journal_depth, wire_depth
from voice.replaying.depth import Depth
from voice.replaying.outside import AsBefore
from voice.replaying.recording import from_journal_and_audio
from voice.replaying.taken import Taken, from_journal, from_scenario

GUESSED = "nobody was sent for in the recorded call: here it goes well"


@pytest.fixture
def taken(tmp_path: Path) -> Taken:
    """A call in which nobody was rung, with its sound."""
    folder = tmp_path / "was"
    folder.mkdir()
    caller = from_scenario("x", folder, recorded(PROBLEM, NAME), None)
    asyncio.run(audio_depth.run(caller, options(folder), Senses(), folder))
    return from_journal_and_audio(from_journal("x", folder / "call.jsonl", None), None)


def test_at_depth_audio(taken: Taken, tmp_path: Path) -> None:
    senses = Senses({"my furnace stopped working": "i smell gas"})
    found = asyncio.run(audio_depth.run(taken, options(tmp_path), senses, tmp_path))
    assert found.outcome == "transferred"
    assert next(note for note in found.notes if "in the recorded call" in note) == GUESSED
    assert len(set(found.notes)) == len(found.notes)


def test_nothing_is_said_where_nothing_was_guessed(taken: Taken, tmp_path: Path) -> None:
    found = asyncio.run(audio_depth.run(taken, options(tmp_path), Senses(), tmp_path))
    assert not any("recorded call" in note for note in found.notes)


def test_at_depth_wire(taken: Taken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = tmp_path / "kept" / "x.jsonl"
    journal.parent.mkdir()
    for suffix in (".jsonl", ".wav"):
        shutil.copy(taken.path.with_suffix(suffix), journal.with_suffix(suffix))

    class Server:
        async def ended(self, _: str) -> Any:
            return SimpleNamespace(journal_path=journal)

    board = wire_depth.Board()
    exchange: Any = SimpleNamespace(port=1, server=Server())
    running = wire_depth.Running(exchange, board, SimpleNamespace(), {})  # type: ignore[arg-type]

    async def ring(*_: object, call: str, **__: object) -> Any:
        for number in (1, 2):
            board.calls[call].outside.answer(Transfer(number, "on_call", "asked"))
        return SimpleNamespace(ended_by="agent", begun=(), violations=())

    monkeypatch.setattr(wire_depth, "ring", ring)
    how = options(tmp_path, Depth.WIRE)
    found = asyncio.run(wire_depth.run(taken, how, running, tmp_path))
    assert found.notes == (GUESSED,)


def test_at_depth_journal(taken: Taken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def knows_nothing(_: Taken, graph: Any) -> AsBefore:
        world = AsBefore(otherwise=SimpleNamespace())  # type: ignore[arg-type]
        world.guessed += ["one", "two", "one"]
        return world

    monkeypatch.setattr(Taken, "outside", knows_nothing)
    how = replace(options(tmp_path, Depth.JOURNAL), changes={"endpointing.open_ms": "700"})
    found = asyncio.run(journal_depth.run(taken, how, tmp_path))
    assert [note for note in found.notes if note in ("one", "two")] == ["one", "two"]
