"""What the service has been asked to do with a call: plain values between the REST API, TwiML and the network."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document comes from: a URL, or the text itself."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""


@dataclass(frozen=True, slots=True)
class Callback:
    """Where to tell of what happens, and of which events."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True, slots=True)
class Machine:
    """Answering machine detection."""

    mode: str = ""
    """"", Enable or DetectMessageEnd."""
    asynchronous: bool = False
    callback: Callback = field(default_factory=Callback)


@dataclass(frozen=True, slots=True)
class Order:
    """A call to be made."""

    to: str
    from_: str
    source: Source = field(default_factory=Source)
    """Run once it is answered; empty for a leg that is bridged right away."""
    fallback: Source = field(default_factory=Source)
    status: Callback = field(default_factory=Callback)
    machine: Machine = field(default_factory=Machine)
    timeout_s: float = 60
    time_limit_s: float = 14_400
    direction: str = "outbound-api"
    parent: str = ""
    """CallSid of the leg whose <Dial> makes it."""


@dataclass(frozen=True, slots=True)
class RecordingOrder:
    """A recording to be begun."""

    source: str
    channels: int = 1
    track: str = "both"
    callback: Callback = field(default_factory=Callback)
