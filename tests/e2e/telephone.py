"""The whole service at the end of a telephone network: our server out of its settings, and the Twilio double.

Everything between the two goes over sockets: REST, signed webhooks, signed streams.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from voice import recorded
from voice import settings as configuration
from voice.audio import decode
from voice.caller import Said
from voice.demo import PIPER, WHISPER
from voice.double import Faults, Leg, Person, RecordedCaller, Twilio
from voice.double.parties import QUIET
from voice.exchange import Exchange
from voice.plans import present
from voice.recorded import Recorded
from voice.service import service

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "an auth token of nobody's"
PUBLIC = "https://agent.example.com"
BUSINESS = "+14155550100"
CALLER = "+14155550123"
MIKE, ANA = "+14155550111", "+14155550112"
ENVIRONMENT = {"TWILIO_AUTH_TOKEN": TOKEN}


def line(on_call: str = "on_call", **changes: Any) -> dict[str, Any]:
    """A number's settings; `on_call` is the list behind every transfer."""
    return {
        "flow": "after_hours_hvac",
        "time_zone": "America/New_York",
        "transfers": {"on_call_line": on_call, "front_desk": on_call},
        "fallback": on_call,
        "deliveries": ["file"],
    } | changes


def settings(folder: Path, **changes: Any) -> dict[str, Any]:
    """A settings file as a mapping; `changes` replace what stands at its top."""
    return {
        "public_url": PUBLIC,
        "listen": {"host": "127.0.0.1", "port": 0},
        "home": str(folder),
        "models": {"ears": str(WHISPER), "voice": str(PIPER), "threads": 1},
        "twilio": {"account": ACCOUNT, "auth_token_env": "TWILIO_AUTH_TOKEN"},
        "limits": {"ring_seconds": 5},
        "people": {"mike": {"name": "Mike", "number": MIKE}, "ana": {"name": "Ana", "number": ANA}},
        "lists": {"on_call": [{"people": ["mike", "ana"]}]},
        "deliveries": {"file": {"kind": "jsonl", "path": "leads.jsonl", "partial": True}},
        "numbers": {BUSINESS: line()},
    } | changes


@dataclass(frozen=True, slots=True)
class Town:
    """The server and the network around it."""

    twilio: Twilio
    running: Exchange
    folder: Path

    def legs_to(self, number: str) -> list[Leg]:
        """Every call to that number."""
        return [leg for leg in self.twilio.calls.values() if leg.to == number]

    def is_ringing(self, call: str) -> bool:
        """Whether the call waits for a person."""
        session = self.running.server.sessions.get(call)
        return session is not None and bool(session.report.path) and session.report.path[-1] == "on_call"


@asynccontextmanager
async def town(
    folder: Path,
    people: Mapping[str, Person],
    *,
    given: Mapping[str, Any] | None = None,
    faults: Faults | None = None,
    speed: float = 1.0,
    clock: Callable[[], datetime] = present,
) -> AsyncIterator[Town]:
    """A server that answers its numbers, and `people` behind others. Nobody may have complained at the end."""
    async with Twilio(account=ACCOUNT, auth_token=TOKEN, faults=faults, speed=speed) as twilio:
        wanted = dict(given or settings(folder))
        wanted["twilio"] = wanted["twilio"] | {"api_url": twilio.rest_url}
        loaded = configuration.load_text(yaml.safe_dump(wanted), "switchboard.yaml", folder, ENVIRONMENT)
        async with service(loaded, ENVIRONMENT, example_tools=True, clock=clock) as running:
            twilio.routes[PUBLIC] = f"http://127.0.0.1:{running.port}"
            twilio.people.update(people)
            for number in loaded.numbers:
                twilio.number(
                    number,
                    voice_url=f"{PUBLIC}/twilio/voice",
                    voice_fallback_url="",
                    status_callback=f"{PUBLIC}/twilio/call-status",
                )
            yield Town(twilio, running, folder)
            await twilio.settled()
        assert twilio.violations == []


def smells_gas(then: str = "") -> Recorded:
    """The recorded caller of an emergency, who goes on with another one's answers where nobody takes the call."""
    gas = recorded.load("gas_emergency")
    if not then:
        return gas
    other = recorded.load(then)
    turns = (gas.scenario.turns[0].model_copy(update={"clip": "gas.wav"}), *other.scenario.turns[1:])
    clips = dict(other.clips) | {"gas.wav": gas.clips["01.wav"]}
    return Recorded(gas.scenario.model_copy(update={"turns": turns}), clips)


class Patient:
    """A caller who listens without a word while somebody is being rung."""

    def __init__(self, caller: Recorded, is_ringing: Callable[[str], bool]) -> None:
        self._party = RecordedCaller(caller)
        self._is_ringing = is_ringing
        self._call = ""

    def meet(self, leg: Leg) -> None:
        self._call = leg.sid
        self._party.meet(leg)

    def cut(self) -> None:
        self._party.cut()

    def frame(self, heard: bytes) -> Said:
        return Said(QUIET) if self._is_ringing(self._call) else self._party.frame(heard)


async def until(holds: Callable[[], bool]) -> None:
    """Returns when it does; looks every 20 ms."""
    while not holds():  # noqa: ASYNC110 - what is waited for is another process's or library's
        await asyncio.sleep(0.02)


def hears(heard: bytes, said: bytes) -> float:
    """How much of what somebody said (µ-law) is in what another heard: the highest normalised correlation, 0..1."""
    wanted, found = decode(said).astype(float), decode(heard).astype(float)
    if len(found) < len(wanted) or not wanted.any():
        return 0.0
    size = 1 << (len(found) + len(wanted)).bit_length()
    product = np.fft.irfft(np.fft.rfft(found, size) * np.conj(np.fft.rfft(wanted, size)), size)
    begins = len(found) - len(wanted) + 1
    sums = np.concatenate(([0.0], np.cumsum(found**2)))
    energy = np.sqrt(sums[len(wanted) :] - sums[:begins])
    loud = energy > 0.1 * np.linalg.norm(wanted)
    return float(np.max(product[:begins][loud] / (energy[loud] * np.linalg.norm(wanted)), initial=0.0))
