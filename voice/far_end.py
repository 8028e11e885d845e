"""Twilio's end of a stream, without a socket: what it does with our messages, on its own playback clock.

Source: Twilio's "Media Streams - WebSocket messages" and its error pages; the buffer is `voice.playout`. A message with
a missing or an extra field gets warning 31951 and is dropped, a binary one 31950, audio beyond ten minutes of buffer
31931: each is noted as a violation.
"""

import base64
import binascii
import json
from typing import Any

from voice.audio import LINE_RATE
from voice.playout import Playout

BUFFER_LIMIT = 600 * LINE_RATE
"""Samples that Twilio buffers at most (error 31931)."""

_SHAPES: dict[str, tuple[frozenset[str], str]] = {
    "media": (frozenset({"event", "streamSid", "media"}), "payload"),
    "mark": (frozenset({"event", "streamSid", "mark"}), "name"),
    "clear": (frozenset({"event", "streamSid"}), ""),
}
"""Event → its keys, and the one key of its part of the same name."""


class FarEnd:
    """One stream. `receive` takes our messages, `play` is called once for each 20 ms of the line."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._playout = Playout()
        self._violations: list[str] = []

    @property
    def violations(self) -> tuple[str, ...]:
        """Every message that Twilio would have warned about or refused."""
        return tuple(self._violations)

    @property
    def buffered(self) -> int:
        """Samples that wait to be played."""
        return self._playout.buffered

    @property
    def cuts(self) -> int:
        """How many times a `clear` threw away audio that had not been played."""
        return self._playout.cuts

    def receive(self, message: str | bytes) -> tuple[str, ...]:
        """Takes one message; returns the names of the marks that go back at once."""
        fault, event, content = _read(message, self._stream)
        if fault:
            self._violations.append(fault)
            return ()
        match event:
            case "media":
                self._media(content)
                return ()
            case "mark":
                return self._playout.mark(content)
            case _:
                return self._playout.clear()

    def _media(self, payload: str) -> None:
        try:
            mulaw = base64.b64decode(payload, validate=True)
        except binascii.Error:
            self._violations.append("31951: the payload is not base64")
            return
        if mulaw[:4] in {b"RIFF", b".snd"}:
            self._violations.append("the payload has a file header: it would be played as noise")
        if self._playout.buffered + len(mulaw) > BUFFER_LIMIT:
            self._violations.append("31931: more than ten minutes buffered")
            return
        self._playout.send(mulaw)

    def play(self) -> tuple[bytes, tuple[str, ...]]:
        """The next 160 samples that the caller hears, and the names of the marks that they complete."""
        return self._playout.play()


def _read(message: str | bytes, stream: str) -> tuple[str, str, str]:
    """(what is wrong or "", event, payload or name) of a message to Twilio."""
    if isinstance(message, bytes):
        return "31950: a binary message", "", ""
    try:
        fields = json.loads(message)
    except ValueError:
        return "31951: not JSON", "", ""
    event = fields.get("event") if isinstance(fields, dict) else None
    if not isinstance(event, str) or event not in _SHAPES:
        return f"31951: unknown event {str(event)[:40]}", "", ""
    fault = _fault(fields, event, stream)
    inner = _SHAPES[event][1]
    return fault, event, fields[event][inner] if inner and not fault else ""


def _fault(fields: dict[str, Any], event: str, stream: str) -> str:
    """What is wrong with the fields of an event; "" for nothing."""
    keys, inner = _SHAPES[event]
    if set(fields) != keys:
        return f"31951: {event} has the keys {', '.join(sorted(fields))}"
    if fields["streamSid"] != stream:
        return f"31951: {event} for another stream"
    if inner:
        part = fields[event]
        if not isinstance(part, dict) or set(part) != {inner}:
            return f"31951: {event}.{event} is not an object with {inner} alone"
        if not isinstance(part[inner], str) or not part[inner]:
            return f"31951: {event}.{event}.{inner} is not a text"
    return ""
