"""Leads in envelopes, for the tests of deliveries."""

from contextlib import closing
from socket import socket
from typing import Any

from voice.envelope import Envelope

Field = tuple[str, str, float, bool]
KAREN: dict[str, Field] = {
    "name": ("Karen Mitchell", "karen mitchell", 0.91, True),
    "callback": ("+14155550123", "four one five five five five oh one two three", 0.8, False),
}


def envelope(
    fields: dict[str, Field] | None = None,
    *,
    status: str = "complete",
    call: str = "CA1",
    target: str = "webhook:crm",
    version: int = 1,
    caller: str | None = "+14155550199",
) -> Envelope:
    """A lead as the outbox gives it."""
    names = ("value", "spoken", "confidence", "confirmed")
    payload: dict[str, Any] = {
        "call": call,
        "version": version,
        "status": status,
        "flow": "after_hours_hvac",
        "flow_version": 4,
        "caller": caller,
        "called": "+14155550100",
        "outcome": None,
        "times": {"started": "2026-11-22T19:40:00-05:00", "enqueued": "2026-11-23T00:43:10+00:00", "duration_s": None},
        "fields": {
            slot: dict(zip(names, field, strict=True)) | {"turn": 2} for slot, field in (fields or KAREN).items()
        },
    }
    return Envelope(f"id-{call}-{version}", call, version, target, target.partition(":")[0], payload)


def unused_port() -> int:
    """A port of this machine that nobody listens on."""
    with closing(socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
