"""Results and recordings for the tests of the page: one call that parted, and what becomes of it in a folder.

The results are made as the product makes them: values of `voice.replaying.result`, judged by `voice.replaying.judging`,
in the document of `voice.replaying.document`.
"""

import io
import wave
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from voice.replaying.course import Slot, ToolCall
from voice.replaying.depth import Depth
from voice.replaying.document import document
from voice.replaying.expected import Expected
from voice.replaying.judging import faults
from voice.replaying.options import Options
from voice.replaying.result import CallResult, Difference, Said, Timings, TransferResult, TurnResult, TurnTiming, Wer
from voice.replaying.running import Done
from voice.replaying.totals import Judged

RATE = 8000

GREETING = "Thank you for calling Northside Heating."
ASK = "May I have your name, please?"
NUMBER = "What's the best number to reach you?"


def turn(number: int, by: str = "speech", **given: Any) -> TurnResult:
    """A turn; what is not given is empty."""
    return replace(TurnResult(number, by, "contact"), **given)


TURNS = (
    turn(0, "begin", at_step="", said=GREETING, entered=("triage",), agent=(Said(0.2, 3.0, GREETING, False),)),
    turn(
        1,
        heard="my furnace is out",
        confidence=0.91,
        says="my furnace is out",
        at_step="triage",
        said=f"All right. {ASK}",
        entered=("contact_intro", "contact"),
        set={"problem": "no_heat"},
        caller=(4.0, 5.5),
        agent=(Said(6.1, 6.6, "All right.", False), Said(6.6, 8.0, ASK, True)),
    ),
    turn(
        2,
        heard="daniel faster",
        confidence=0.52,
        says="Daniel Foster.",
        said=NUMBER,
        set={"name": "Daniel Faster"},
        barge_in=True,
        caller=(7.8, 9.0),
        agent=(Said(9.6, 11.5, NUMBER, False),),
    ),
    turn(3, "keys", keys=10, said="Goodbye.", entered=("goodbye",), agent=(Said(14.0, 15.0, "Goodbye.", False),)),
    turn(4, "end", at_step="goodbye"),
)

PARTS = Difference(2, "said", "What's the best number to call?", NUMBER, "the prompt's text")
EXPECTED = Expected(slots={"name": "Daniel Foster"})

CALL = CallResult(
    call="plain",
    kind="journal",
    depth="audio",
    flow="after_hours_hvac",
    version=1,
    duration_s=16.0,
    outcome="lead_saved",
    path=("triage", "contact_intro", "contact", "goodbye"),
    slots={"name": Slot("Daniel Faster", "Daniel Faster", 0.52, False, 2)},
    transfers=(TransferResult("on_call", "asked_for_person", "no_answer", 3),),
    tools=(ToolCall("create_lead", {"name": "Daniel Faster"}, True, 3),),
    barge_ins=1,
    turns=TURNS,
    wer=Wer(1, 6),
    expected=True,
    verdict="different",
    against="journal",
    parts_at=PARTS,
    differences=(PARTS, Difference(-1, "outcome", "hung_up", "lead_saved")),
    journal="calls/plain.jsonl",
    recording="calls/plain.wav",
    timings=Timings(
        elapsed_s=0.4,
        budget_ms=800,
        turns=(
            TurnTiming(1, 600, {"endpoint": 260.0, "asr": 80.0, "reader": 4.0, "save": 6.0, "tts": 20.0}),
            TurnTiming(2, 1100, {"endpoint": 640.0, "asr": 90.0, "reader": 2.0, "tts": 15.0}),
        ),
    ),
)
"""It heard a name wrongly, and says otherwise what it said before."""


def expecting(expected: Expected, **given: Any) -> CallResult:
    """The call with what is wrong with it when so much is expected of it, and nothing to compare with."""
    result = replace(CALL, parts_at=None, differences=(), verdict="worse", against="expectation", **given)
    return replace(result, faults=faults(result, expected))


def call(name: str = "plain", **given: Any) -> CallResult:
    """The call, which nothing is wrong with but that it differs."""
    return replace(CALL, call=name, **given)


def wrong(name: str = "plain", **given: Any) -> CallResult:
    """The call, which has a value that is wrong."""
    return replace(CALL, call=name, faults=faults(CALL, EXPECTED), **given)


def quiet(name: str, **given: Any) -> CallResult:
    """A call that went as before."""
    return replace(CALL, **{"call": name, "verdict": "same", "parts_at": None, "differences": (), **given})


def whole(*calls: CallResult, last: Sequence[CallResult] = (), **given: Any) -> dict[str, Any]:
    """The document of a run, `given` over it."""
    nowhere = Path("nowhere")
    options = Options(Depth.AUDIO, nowhere, nowhere, nowhere, nowhere, last=True)
    done = Done(tuple(Judged(one, EXPECTED, None) for one in calls), tuple(last))
    return document(done, options, 2.5) | given


def everywhere(result: CallResult, text: str) -> CallResult:
    """The same with another text for every string, and before every name of a slot."""
    found = _everywhere(result, text)
    assert isinstance(found, CallResult)
    return found


def _everywhere(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(_everywhere(one, text) for one in value)
    if isinstance(value, dict):
        timed = all(isinstance(one, float) for one in value.values())
        return {key if timed else text + key: _everywhere(one, text) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _everywhere(getattr(value, one.name), text) for one in fields(value)})
    return value


def recording(seconds: float, tones: Sequence[tuple[int, float, float, int]] = ()) -> bytes:
    """A stereo WAV of silence with tones in it: (channel, from, to, loudest sample)."""
    pcm = np.zeros((round(seconds * RATE), 2), dtype="<i2")
    for channel, begin, end, loudest in tones:
        first, last = round(begin * RATE), round(end * RATE)
        wobble = np.sin(2 * np.pi * 440 * np.arange(last - first) / RATE)
        pcm[first:last, channel] = np.round(wobble * loudest)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(pcm.tobytes())
    return file.getvalue()


def spoken() -> bytes:
    """A recording that fits `call`."""
    agent = [(1, said.begins_s, said.ends_s, 9000) for one in TURNS for said in one.agent]
    caller = [(0, *one.caller, 12000) for one in TURNS if one.caller]
    return recording(16.0, [*agent, *caller])
