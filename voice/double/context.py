"""What a verb has at hand while it runs: the leg, the network, the document's address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from voice.double.account import Account
from voice.double.conference import Conference
from voice.double.leg import Leg
from voice.double.orders import Callback, Order, RecordingOrder, Source
from voice.double.recording import Recording
from voice.double.twiml import DocumentError, Verb
from voice.double.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Next:
    """Another document takes over."""

    source: Source
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over, with this status."""

    status: str


Step = Next | Ended | None
"""What comes after a verb; None: the next one in the document."""


class Switch(Protocol):
    """What verbs ask of the network."""

    account: Account
    webhooks: Webhooks

    def answer(self, leg: Leg) -> None: ...

    def place(self, order: Order) -> Leg: ...

    async def until_ready(self, leg: Leg) -> bool: ...

    def hang_up(self, leg: Leg, status: str = "completed") -> None: ...

    def record(self, leg: Leg, order: RecordingOrder) -> Recording: ...

    def conference(self, name: str, callback: Callback) -> Conference: ...

    def parameters(self, leg: Leg) -> dict[str, str]: ...


class Context:
    """One leg and the document that it runs."""

    def __init__(self, switch: Switch, leg: Leg) -> None:
        self.switch = switch
        self.leg = leg
        self.current = Source()
        """Of the document that runs."""
        self.farewell: Callable[[], None] | None = None
        """What a verb still does when the party hangs up in the middle of it."""

    def warn(self, violation: str) -> None:
        self.switch.account.warn(violation, self.leg)

    def resolve(self, url: str) -> str:
        """Absolute. Raises: DocumentError: a relative URL in a document that has none."""
        absolute = urljoin(self.current.url, url.strip()) if url else ""
        if absolute and not urlsplit(absolute).netloc:
            raise DocumentError(11100, f"{url} is relative to nothing")
        return absolute

    def callback(self, verb: Verb, name: str, default: str) -> Callback:
        """Of the attributes `name`, `name`Method and `name`Event."""
        events = frozenset(verb.get(f"{name}Event", default).split())
        return Callback(self.resolve(verb.get(name)), verb.get(f"{name}Method", "POST"), events)

    def action(self, verb: Verb, more: Mapping[str, str], *, current: bool = False) -> Next | None:
        """The verb's action; without one, None or (`current`) the document that runs."""
        if url := verb.get("action"):
            return Next(Source(self.resolve(url), verb.get("method", "POST")), more)
        return Next(self.current, more) if current else None

    def told_on_hang_up(self, verb: Verb, more: Callable[[], Mapping[str, str]]) -> None:
        """If the party hangs up before the verb is over, its action is requested and the answer ignored."""
        following = self.action(verb, {})
        if following is None:
            return
        source = following.source

        def tell() -> None:
            form = self.switch.parameters(self.leg) | dict(more())
            self.switch.webhooks.tell(self.leg.sid, source.url, source.method, form)

        self.farewell = tell
