"""Calls that are made up: sounds that stand for words, an ear and a voice that know them, results and journals."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sop.reading import Hypothesis
from voice.commands import Speak, Transcribe
from voice.recorded import Recorded
from voice.replaying.course import Slot, ToolCall
from voice.replaying.depth import Depth
from voice.replaying.options import Options
from voice.replaying.result import CallResult, TransferResult, TurnResult
from voice.scenario import Expect, Scenario, Turn, wav_of_mulaw

FLOW = "after_hours_hvac"
NOW = "2026-11-22T19:40:00-05:00"
QUIET = b"\xff" * 160
AGENT = 0x30
WORDS = {
    0x10: "my furnace stopped working",
    0x11: "daniel foster",
    0x12: "yes",
    0x13: "i smell gas",
    0x14: "four one five five five five zero one nine nine",
}
"""A sound, by its µ-law magnitude, and the words that it stands for."""
PROBLEM, NAME, YES, GAS, NUMBER = WORDS


def sound(which: int, ms: int = 600) -> bytes:
    """That sound for so long, and 200 ms of nothing."""
    return bytes([which, which | 0x80]) * (ms * 4) + b"\xff" * 1600


class Ear:
    """Hears every sound."""

    def speech(self, mulaw: bytes) -> float:
        """1 or 0."""
        return float(any(byte & 0x7F in WORDS for byte in set(mulaw)))


class Senses:
    """Knows the sounds; `mishears` gives other words for some."""

    def __init__(self, mishears: dict[str, str] | None = None) -> None:
        self.mishears = mishears or {}

    def ear(self) -> Ear:
        """Hears every sound."""
        return Ear()

    async def transcribe(self, mulaw: bytes, command: Transcribe) -> tuple[Hypothesis, ...]:
        """The words of the sounds, in order."""
        heard = dict.fromkeys(byte & 0x7F for byte in mulaw if byte & 0x7F in WORDS)
        text = " ".join(WORDS[one] for one in heard)
        return (Hypothesis(self.mishears.get(text, text), 0.9),) if text else ()

    async def speak(self, command: Speak) -> bytes:
        """Another sound, 20 ms a letter."""
        return bytes([AGENT, AGENT | 0x80]) * (80 * len(command.text)) + b"\xff" * 800


@asynccontextmanager
async def models(_: Options) -> AsyncIterator[Senses]:
    """In place of `voice.replaying.audio_depth.models`."""
    yield Senses()


def turns(*sounds: int, hangs_up: bool = True) -> tuple[Turn, ...]:
    """A caller who says this, answer by answer."""
    said = tuple(Turn(clip=f"{which:02x}.wav", says=WORDS[which]) for which in sounds)
    return (*said, Turn(hang_up=True)) if hangs_up else said


def recorded(*sounds: int, hangs_up: bool = True, expect: Expect | None = None, **more: Any) -> Recorded:
    """The same as a scenario."""
    scenario = Scenario(
        name="made",
        description="x",
        flow=FLOW,
        caller="+14155550123",
        now=NOW,
        voice="x",
        turns=turns(*sounds, hangs_up=hangs_up),
        expect=expect or Expect(outcome="caller_hung_up"),
        limit_s=120,
        **more,
    )
    return Recorded(scenario, {f"{which:02x}.wav": sound(which) for which in WORDS})


def scenario_folder(folder: Path, *sounds: int, expect: str = "{outcome: caller_hung_up}", more: str = "") -> Path:
    """The same as a folder."""
    folder.mkdir(parents=True)
    lines = [
        *("name: made", "description: x", f"flow: {FLOW}", 'caller: "+14155550123"', f'now: "{NOW}"', "voice: x"),
        *(("limit_s: 120", more) if more else ("limit_s: 120",)),
        "turns:",
    ]
    for which in sounds:
        lines.append(f"  - {{clip: {which:02x}.wav, says: {WORDS[which]}}}")
        (folder / f"{which:02x}.wav").write_bytes(wav_of_mulaw(sound(which)))
    lines += ["  - {hang_up: true}", f"expect: {expect}", ""]
    (folder / "scenario.yaml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def options(folder: Path, depth: Depth = Depth.AUDIO, **more: Any) -> Options:
    """With everything that is kept in the folder."""
    return Options(depth, folder / "asr", folder / "voice.onnx", folder / "prompts", folder / "results", **more)


class Watching:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.begun = (0, 0)
        self.names: list[str] = []

    def begin(self, calls: int, done: int) -> None:
        """So many calls."""
        self.begun = (calls, done)

    def finished(self, result: CallResult) -> None:
        """One of them."""
        self.names.append(result.call)


def turn(number: int, by: str = "speech", **more: Any) -> TurnResult:
    """A turn of a result."""
    return TurnResult(turn=number, by=by, **({"at_step": "triage"} | more))


def result(*of: TurnResult, **more: Any) -> CallResult:
    """A result that is nothing out of the ordinary."""
    given: dict[str, Any] = {
        "call": "x",
        "kind": "journal",
        "depth": "audio",
        "flow": FLOW,
        "version": 1,
        "duration_s": 40.0,
        "outcome": "lead_saved",
        "path": ("triage", "contact"),
        "slots": {},
        "transfers": (),
        "tools": (),
        "barge_ins": 0,
    }
    return CallResult(turns=of, **(given | more))


def slot(value: str, *, confirmed: bool = False, turn: int = 1) -> Slot:
    """A slot's last value."""
    return Slot(value, value, 0.9, confirmed, turn)


def tool(called: str, *, ok: bool = True, turn: int = 1, **arguments: str) -> ToolCall:
    """A tool that was called."""
    return ToolCall(called, arguments, ok, turn)


def transfer(target: str, reason: str = "asked", outcome: str = "connected") -> TransferResult:
    """A transfer."""
    return TransferResult(target, reason, outcome, 1)
