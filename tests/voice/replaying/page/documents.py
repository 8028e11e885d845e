"""Documents and recordings for the tests of the page: one call that parted, and what becomes of it in a folder."""

import io
import wave
from collections.abc import Sequence
from typing import Any

import numpy as np

RATE = 8000

GREETING = "Thank you for calling Northside Heating."
ASK = "May I have your name, please?"


def turn(number: int, by: str = "speech", **given: Any) -> dict[str, Any]:
    """A turn as the document has it; what is not given is empty."""
    blank: dict[str, Any] = {
        "turn": number,
        "by": by,
        "heard": "",
        "confidence": None,
        "says": None,
        "keys": 0,
        "at_step": "contact",
        "said": "",
        "entered": [],
        "set": {},
        "barge_in": False,
        "caller": None,
        "agent": [],
    }
    return blank | given


TURNS = [
    turn(0, "begin", at_step="", said=GREETING, entered=["triage"], agent=[[0.2, 3.0, GREETING, False]]),
    turn(
        1,
        heard="my furnace is out",
        confidence=0.91,
        says="my furnace is out",
        at_step="triage",
        said=f"All right. {ASK}",
        entered=["contact_intro", "contact"],
        set={"problem": "no_heat"},
        caller=[4.0, 5.5],
        agent=[[6.1, 6.6, "All right.", False], [6.6, 8.0, ASK, True]],
    ),
    turn(
        2,
        heard="daniel faster",
        confidence=0.52,
        says="Daniel Foster.",
        said="What's the best number to reach you?",
        set={"name": "Daniel Faster"},
        barge_in=True,
        caller=[7.8, 9.0],
        agent=[[9.6, 11.5, "What's the best number to reach you?", False]],
    ),
    turn(3, "keys", keys=10, said="Goodbye.", entered=["goodbye"], agent=[[14.0, 15.0, "Goodbye.", False]]),
    turn(4, "end", at_step="goodbye"),
]

PARTS = {
    "turn": 2,
    "what": "said",
    "was": "What's the best number to call?",
    "is": "What's the best number to reach you?",
}


def call(name: str = "plain", **given: Any) -> dict[str, Any]:
    """A call of five turns whose second answer was different before."""
    return {
        "call": name,
        "kind": "journal",
        "depth": "audio",
        "flow": "after_hours_hvac",
        "version": 1,
        "outcome": "lead_saved",
        "path": ["triage", "contact_intro", "contact", "goodbye"],
        "slots": {
            "name": {
                "value": "Daniel Faster",
                "spoken": "Daniel Faster",
                "confidence": 0.52,
                "confirmed": False,
                "turn": 2,
            }
        },
        "transfers": [{"target": "on_call", "reason": "asked_for_person", "outcome": "no_answer", "turn": 3}],
        "tools": [{"name": "create_lead", "arguments": {"name": "Daniel Faster"}, "ok": True, "turn": 3}],
        "barge_ins": 1,
        "turns": TURNS,
        "wer": {"errors": 1, "words": 6},
        "faults": ["slot name is 'Daniel Faster', expected 'Daniel Foster'"],
        "verdict": "different",
        "against": "journal",
        "parts_at": PARTS,
        "differences": [PARTS, {"turn": None, "what": "outcome", "was": "hung_up", "is": "lead_saved"}],
        "journal": "calls/plain.jsonl",
        "recording": "calls/plain.wav",
        "timings": {
            "duration_s": 16.0,
            "elapsed_s": 0.4,
            "budget_ms": 800,
            "turns": [
                {"turn": 1, "gap_ms": 600, "stages": {"endpoint": 260, "asr": 80, "reader": 4, "save": 6, "tts": 20}},
                {"turn": 2, "gap_ms": 1100, "stages": {"endpoint": 640, "asr": 90, "reader": 2, "tts": 15}},
            ],
        },
    } | given


def quiet(name: str, **given: Any) -> dict[str, Any]:
    """A call that went as before."""
    return call(name, verdict="same", faults=[], parts_at=None, differences=[]) | given


TOTALS: dict[str, Any] = {
    "calls": 60,
    "verdicts": {"same": 57, "different": 2, "worse": 1},
    "right": 57,
    "wer": {"errors": 12, "words": 400},
    "slots": {"right": 190, "wrong": 6, "missing": 4},
    "ujcs": None,
    "containment": 0.71,
    "escalation": {"precision": 0.9, "recall": 1.0},
    "gap_ms": {"p50": 420, "p95": 910},
    "last": {
        "calls": 60,
        "verdicts": {"same": 60},
        "right": 60,
        "wer": {"errors": 14, "words": 400},
        "slots": {"right": 190, "wrong": 6, "missing": 4},
        "ujcs": None,
        "containment": 0.71,
        "escalation": {"precision": None, "recall": 1.0},
        "gap_ms": {"p50": 400, "p95": 1010},
    },
}


def document(*calls: dict[str, Any], totals: dict[str, Any] | None = None) -> dict[str, Any]:
    """What `switchboard replay --json` prints."""
    return {"depth": "audio", "calls": list(calls), "totals": totals or {}, "timings": {"elapsed_s": 2.5}}


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
    agent = [(1, begin, end, 9000) for one in TURNS for begin, end, *_ in one["agent"]]
    caller = [(0, *one["caller"], 12000) for one in TURNS if one["caller"]]
    return recording(16.0, [*agent, *caller])
