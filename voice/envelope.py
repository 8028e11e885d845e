"""A lead on its way out, whoever takes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Envelope:
    """One lead for one target; `payload` as `voice.lead_rows` describes it."""

    id: str
    call: str
    version: int
    target: str
    kind: str
    payload: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The idempotency key."""
        return f"{self.call}:{self.version}:{self.target}"


class DeliveryFailed(Exception):
    """The target did not take it. `permanent`: it won't take the same thing later either."""

    def __init__(self, message: str, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class Target(Protocol):
    """Takes envelopes."""

    async def deliver(self, envelope: Envelope) -> None:
        """Returns once the target has it. Raises DeliveryFailed."""
        ...

    async def close(self) -> None:
        """No more will come."""
        ...
