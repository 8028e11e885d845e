"""Who may open a stream, and what its call is conducted with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from aiohttp import web

from voice import twilio
from voice.plan import CallPlan

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class Admitted:
    """A stream that may become a call, and with what."""

    plan: CallPlan
    caller: str | None
    """E.164, or None when withheld."""
    now: str
    """ISO 8601 with the business's offset."""
    profile: Mapping[str, str] = field(default_factory=dict)
    returned: str = ""
    """As `CallStarted.returned`."""
    supersedes: bool = False
    """Whether the carrier itself has opened this stream in the place of one that may still look alive to us."""


class Gate(Protocol):
    """Says who may open a stream."""

    def routes(self, app: web.Application) -> None:
        """Adds what else the address answers."""
        ...

    def upgrade(self, request: web.Request) -> bool:
        """Whether the socket may be opened at all."""
        ...

    async def admit(self, start: twilio.Start) -> Admitted | None:
        """What the stream's call is conducted with; None: refused."""
        ...


class LoopbackGate:
    """Takes every stream, and its word for who calls and when: on loopback only."""

    def __init__(self, plan: CallPlan) -> None:
        self._plan = plan

    def routes(self, app: web.Application) -> None:
        """Nothing else."""

    def upgrade(self, request: web.Request) -> bool:
        """Anybody on this machine."""
        return True

    async def admit(self, start: twilio.Start) -> Admitted:
        """With the `caller` and `now` of the stream's parameters."""
        caller = start.parameters.get("caller", "")
        now = moment(start.parameters.get("now", ""))
        return Admitted(self._plan, caller if _E164.fullmatch(caller) else None, now)


def moment(text: str) -> str:
    """The given time, or the present one where none or an unreadable one is given; always with its offset."""
    try:
        given = datetime.fromisoformat(text)
        return (given if given.tzinfo else given.astimezone()).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return datetime.now().astimezone().isoformat(timespec="seconds")
