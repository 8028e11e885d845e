"""A change is planted, recorded callers ring again, and the first difference is shown at the turn where it belongs.

Real detector, recogniser and voice, at depth audio; each time beside the last run of the same callers.
"""

import asyncio
import shutil
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voice.demo import PIPER, WHISPER
from voice.replaying import running
from voice.replaying.depth import Depth
from voice.replaying.finding import find
from voice.replaying.options import Options
from voice.replaying.result import CallResult, Difference

FLOW = "after_hours_hvac"
CALLERS = ("plain", "gas_emergency", "corrected_number")


class Unwatched:
    def begin(self, calls: int, done: int) -> None:
        pass

    def finished(self, result: CallResult) -> None:
        pass


Replay = Callable[[Options], dict[str, CallResult]]


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Options:
    folder = tmp_path_factory.mktemp("planted")
    return Options(Depth.AUDIO, WHISPER, PIPER, folder / "prompts", folder / "results", last=True)


def replayed(options: Options) -> dict[str, CallResult]:
    done = asyncio.run(running.run(find(CALLERS), options, Unwatched(), code="test", again=True))
    return {result.call: result for result in done.results}


@pytest.fixture(scope="module")
def before(options: Options) -> dict[str, CallResult]:
    """The callers as they are today; kept as their last run."""
    found = replayed(options)
    assert {name: result.faults for name, result in found.items()} == dict.fromkeys(CALLERS, ())
    return found


@pytest.fixture
def again(options: Options, before: dict[str, CallResult], tmp_path: Path) -> Replay:
    """Runs them with other options beside the unplanted run."""

    def run(planted: Options) -> dict[str, CallResult]:
        shutil.copytree(options.results, tmp_path / "results")
        return replayed(replace(planted, results=tmp_path / "results"))

    return run


def edited(folder: Path, old: str, new: str) -> str:
    """The path of the flow with one place changed."""
    text = Path(f"sop/flows/{FLOW}.yaml")
    text = Path(__file__).parents[2] / text
    source = text.read_text(encoding="utf-8")
    assert source.count(old) == 1, f"{old!r} is to be found once"
    path = folder / f"{FLOW}.yaml"
    path.write_text(source.replace(old, new), encoding="utf-8")
    return str(path)


def first(result: CallResult) -> Difference:
    assert result.against == "last" and result.parts_at is not None
    return result.parts_at


def test_nothing_changed_is_the_same(again: Replay, options: Options) -> None:
    assert {name: result.verdict for name, result in again(options).items()} == dict.fromkeys(CALLERS, "same")


def test_a_prompt(again: Replay, options: Options, tmp_path: Path) -> None:
    flow = edited(tmp_path, "prompt: When would be a good time for us to come?", "prompt: Which day suits you?")
    found = again(replace(options, flow=flow))
    # plain: problem, name, number, address; the answer to the address is followed by the changed prompt.
    assert (first(found["plain"]).turn, first(found["plain"]).what) == (4, "said")
    assert first(found["plain"]).now == "Which day suits you?"
    assert found["plain"].verdict == "different" and found["plain"].faults == ()
    assert found["gas_emergency"].verdict == "same", "it never comes to that prompt"


def test_an_edge(again: Replay, options: Options, tmp_path: Path) -> None:
    flow = edited(tmp_path, '{if: problem == "gas", go: gas_safety}', '{if: problem == "gas", go: contact_intro}')
    found = again(replace(options, flow=flow))
    gas = found["gas_emergency"]
    assert gas.verdict == "worse" and any(fault.startswith("path ") for fault in gas.faults)
    assert (first(gas).turn, first(gas).what) == (1, "entered")
    assert (first(gas).was, first(gas).now) == ("gas_safety on_call", "contact_intro contact")
    assert found["plain"].verdict == "same"


def test_a_slot_rule(again: Replay, options: Options, tmp_path: Path) -> None:
    flow = edited(
        tmp_path,
        "    sure: 0.35\n    confirm_prompt: It sounds like {value}. Is that right?",
        "    sure: 0.99\n    confirm_prompt: It sounds like {value}. Is that right?",
    )
    found = again(replace(options, flow=flow))
    assert (first(found["plain"]).turn, first(found["plain"]).what) == (1, "entered")
    assert "It sounds like no heat. Is that right?" in found["plain"].turns[1].said
    assert found["plain"].verdict == "worse"


def test_endpointing(again: Replay, options: Options) -> None:
    found = again(replace(options, changes={"endpointing.complete_ms": "900"}))
    # The first answer is an open one; the name, with first and last, is complete.
    assert (first(found["plain"]).turn, first(found["plain"]).what) == (2, "endpoint")
    assert found["plain"].verdict == "worse" and found["plain"].faults == ()
    assert found["gas_emergency"].verdict == "same", "its only answer is an open one"


def test_a_worse_model(again: Replay, options: Options, tmp_path: Path) -> None:
    found = again(replace(options, asr=worse(WHISPER, tmp_path / "whisper")))
    assert any(result.verdict == "worse" for result in found.values())
    for result in found.values():
        if result.differences and result.parts_at is not None:
            turn = result.turns[result.parts_at.turn]
            assert result.parts_at.what in ("heard", "endpoint", "by")
            assert all(one.says is None or one.heard == before_words(one.says) for one in result.turns[1 : turn.turn])


def before_words(says: str) -> str:
    """A clip's words as the small model writes them."""
    return "".join(letter for letter in says.lower() if letter.isalpha() or letter in " '")


def worse(model: Path, copy: Path) -> Path:
    """A copy of the model whose decoder hears through noise: its int8 weights are moved at random.

    The file is CTranslate2's: for each variable a name, its shape, a type (1: int8), its size and its bytes.
    """
    shutil.copytree(model, copy)
    data = bytearray((copy / "model.bin").read_bytes())
    noise = np.random.default_rng(1)
    place = 4
    place += 2 + struct.unpack_from("<H", data, place)[0] + 4
    (count,) = struct.unpack_from("<I", data, place)
    place += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, place)
        name = bytes(data[place + 2 : place + 2 + length])
        place += 2 + length
        rank, place = data[place], place + 1 + 4 * data[place]
        kind, (size,) = data[place], struct.unpack_from("<I", data, place + 1)
        place += 5
        if kind == 1 and rank == 2 and name.startswith(b"decoder/layer"):
            weights = np.frombuffer(bytes(data[place : place + size]), dtype=np.int8).astype(np.float64)
            moved = np.clip(np.rint(weights + noise.normal(0, 16, size)), -127, 127).astype(np.int8)
            data[place : place + size] = moved.tobytes()
        place += size
    (copy / "model.bin").write_bytes(bytes(data))
    return copy
