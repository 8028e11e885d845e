"""What became of a caller who was handed to a person: the facts, the recordings, and what each heard of the other."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import audio_fixtures
from voice.audio import LINE_RATE, SILENCE, decode, samples
from voice.double import Leg, Person
from voice.double.people import Answers
from voice.double.recording import Recording
from voice.scenario import mulaw_of_wav

WORDS = {"person": "This is Mike. I'm on my way. Are you all outside?", "caller": "Yes, we are all outside. Thank you."}
"""What the two say to one another; `audio_fixtures/people` has it as sound."""
_HEARD = 0.9
"""Correlation from which somebody counts as heard."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What is found of somebody's words in what another one heard."""

    correlation: float
    """Normalised, 0..1: 1 for the very same sound."""
    level_db: float
    """Against the level at which they were said."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of the transfer."""

    call: str
    outcome: str
    path: tuple[str, ...]
    rung: tuple[tuple[str, str], ...]
    """(name, number) of the people who were rung, in order."""
    brief: str
    brief_s: float
    accepted: bool
    answer_s: float | None
    """From the caller's being told to the person's pressing 1, in seconds of the call."""
    caller_heard: Voice
    """Of the person."""
    person_heard: Voice
    """Of the caller."""
    packet: dict[str, Any]
    """As a screen got it before the person was rung, `sop.handoff.as_json`; empty if none came."""
    lead: dict[str, str]
    files: dict[str, Path]
    faults: tuple[str, ...]
    """What is not as it should be; empty when all is right."""


def clip(name: str) -> bytes:
    """What the person or the caller says once they are connected, µ-law."""
    path = audio_fixtures.ROOT / "people" / f"{name}.wav"
    return mulaw_of_wav(path.read_bytes(), source=path.name)


def in_turn(person: bytes, caller: bytes) -> bytes:
    """The caller's words, begun when the person has spoken."""
    return SILENCE * (len(person) + samples(400)) + caller


def answering(answers: Answers, person: bytes, caller: bytes) -> Person:
    """Somebody who does what `answers` says, and stays until both have spoken."""
    return Person(answers, after_s=1.0, says=person, stays_s=len(in_turn(person, caller)) / LINE_RATE + 0.5)


def judged(done: HandedOver, violations: list[str]) -> HandedOver:
    """The same with what is wrong with it."""
    wrong = {
        "nobody was rung": not done.rung,
        "nobody accepted": not done.accepted,
        f"the outcome is {done.outcome}, expected transferred": done.outcome != "transferred",
        "the caller did not hear the person": done.caller_heard.correlation < _HEARD,
        "the person did not hear the caller": done.person_heard.correlation < _HEARD,
        "no packet came": not done.packet,
        "the lead was not delivered": not done.lead,
    }
    faults = [fault for fault, so in wrong.items() if so]
    faults += [f"the carrier would have complained: {violation}" for violation in violations]
    return replace(done, faults=tuple(faults))


def found_in(heard: bytes, said: bytes) -> Voice:
    """How much of what somebody said is in what another one heard, where it fits best."""
    wanted, found = decode(said).astype(float), decode(heard).astype(float)
    if len(found) < len(wanted) or not wanted.any():
        return Voice(0.0, float("-inf"))
    size = 1 << (len(found) + len(wanted)).bit_length()
    product = np.fft.irfft(np.fft.rfft(found, size) * np.conj(np.fft.rfft(wanted, size)), size)
    product = product[: len(found) - len(wanted) + 1]
    place = int(np.argmax(product))
    energy = float(np.linalg.norm(found[place : place + len(wanted)]) * np.linalg.norm(wanted))
    gain = float(product[place]) / float(np.sum(wanted**2))
    if gain <= 0 or energy == 0:
        return Voice(0.0, float("-inf"))
    return Voice(round(float(product[place]) / energy, 3), round(20 * float(np.log10(gain)), 1))


def write_files(home: Path, call: Leg, person: Leg | None) -> dict[str, Path]:
    """Writes what both heard and said, left what they said: stereo WAVs."""
    files = {"packet": home / "packets" / f"{call.sid}_1.html", "leads": home / "leads.jsonl"}
    for name, leg in (("person", person), ("caller", call)):
        if leg is not None:
            sound = Recording("", leg.sid, source="", channels=2)
            sound.frame(leg.heard, leg.said)
            files[name] = home / f"{name}.wav"
            files[name].write_bytes(sound.wav())
    return {name: path for name, path in files.items() if path.is_file()}


def as_json(done: HandedOver) -> dict[str, Any]:
    """The transfer as one JSON value."""
    packet = {name: done.packet.get(name) for name in ("headline", "name", "number", "mood", "missing", "details")}
    return {
        "call": done.call,
        "outcome": done.outcome,
        "path": list(done.path),
        "rung": [{"name": name, "number": number} for name, number in done.rung],
        "brief": {"text": done.brief, "seconds": done.brief_s},
        "accepted": done.accepted,
        "seconds_to_answer": done.answer_s,
        "heard": {"person_by_caller": _voice(done.caller_heard), "caller_by_person": _voice(done.person_heard)},
        "packet": packet,
        "lead": done.lead,
        "files": {name: str(path) for name, path in done.files.items()},
        "faults": list(done.faults),
    }


def _voice(found: Voice) -> dict[str, float | None]:
    """JSON has no infinity."""
    return {name: value if np.isfinite(value) else None for name, value in asdict(found).items()}
