"""The telephone company's side of a call that is not its audio: connecting the caller to a person."""

from dataclasses import dataclass, field
from typing import Protocol


class Carrier(Protocol):
    """Moves a live call."""

    async def transfer(self, call: str, target: str, reason: str) -> tuple[bool, str]:
        """Connects the caller to `target`; (answered, why not)."""


@dataclass(slots=True)
class LoopbackCarrier:
    """No telephone network: every transfer is answered unless its target is listed as unanswered, and is noted."""

    unanswered: frozenset[str] = frozenset()
    transfers: list[tuple[str, str, str]] = field(default_factory=list)
    """(call, target, reason) of each, in order."""

    async def transfer(self, call: str, target: str, reason: str) -> tuple[bool, str]:
        """Answers at once."""
        self.transfers.append((call, target, reason))
        return (False, "no answer") if target in self.unanswered else (True, "")
