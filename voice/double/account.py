"""What an account of the service holds: its numbers, calls, conferences, recordings and messages."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from voice.double.clock import Clock
from voice.double.conference import Conference
from voice.double.faults import Faults
from voice.double.leg import Leg
from voice.double.people import Person
from voice.double.recording import Recording


def new_sid(prefix: str) -> str:
    """As the service names things: two letters and 32 hexadecimal digits."""
    return prefix + uuid.uuid4().hex


@dataclass(slots=True)
class Number:
    """A telephone number of the account and what it does with a call."""

    sid: str
    number: str
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    friendly_name: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A text message that was sent."""

    sid: str
    from_: str
    to: str
    body: str


@dataclass(frozen=True, slots=True)
class RestRequest:
    """A request to the REST API, and the status of its answer."""

    method: str
    path: str
    parameters: Mapping[str, tuple[str, ...]]
    status: int


@dataclass(slots=True)
class Account:
    """Everything by its sid; `numbers` and `people` by telephone number."""

    sid: str
    auth_token: str
    clock: Clock
    faults: Faults
    rest_url: str = ""
    numbers: dict[str, Number] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    calls: dict[str, Leg] = field(default_factory=dict)
    conferences: dict[str, Conference] = field(default_factory=dict)
    recordings: dict[str, Recording] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    requests: list[RestRequest] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def warn(self, violation: str, leg: Leg | None = None) -> None:
        """Notes what the service would have refused or warned about."""
        self.violations.append(violation)
        if leg is not None:
            leg.violations.append(violation)

    def conference(self, name: str) -> Conference | None:
        """The one under way with that sid or name."""
        for conference in self.conferences.values():
            if name in {conference.sid, conference.name} and conference.status != "completed":
                return conference
        return None

    def owns(self, caller_id: str, token: str = "") -> bool:
        """Whether a call may show this number: one of ours, or the caller's of a call that `token` came with."""
        if caller_id in self.numbers:
            return True
        return bool(token) and any(leg.token == token and leg.from_ == caller_id for leg in self.calls.values())
