"""Twilio Media Streams, both directions: JSON text ↔ values. No socket here.

Source: Twilio's "Media Streams - WebSocket messages". What the pages leave open is taken as loosely as is safe:
numbers may be strings or integers, fields may come in any order, unknown fields and events are no error, and a
payload may have any size. What we send is exact: three events, their documented keys and nothing else, since one
extra key makes Twilio drop the audio silently (warning 31951).
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from voice.audio import samples
from voice.errors import BadFrame

_LATEST = 10**12
"""A timestamp beyond this, some thirty years in milliseconds, is none."""
KEYS = frozenset("0123456789*#ABCD")


@dataclass(frozen=True, slots=True)
class Connected:
    """The first message; the stream has no name yet."""


@dataclass(frozen=True, slots=True)
class Start:
    """The second message: which stream of which call, and what the document's `<Parameter>`s said."""

    stream: str
    call: str
    account: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Media:
    """A piece of the caller's audio, µ-law at 8000 Hz."""

    stream: str
    timestamp: int | None
    """Milliseconds since the stream began; the first is rarely 0. None where the message has none."""
    payload: bytes


@dataclass(frozen=True, slots=True)
class Dtmf:
    """One key press."""

    stream: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of ours comes back."""

    stream: str
    name: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The last message."""

    stream: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message that means nothing to us: an unknown event, or the agent's own track."""

    event: str


Frame = Connected | Start | Media | Dtmf | Mark | Stop | Ignored


def parse(text: str) -> Frame:
    """One text message → one frame.

    Raises:
        BadFrame: nobody can read it; its `kind` says what is wrong in a fixed word.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame("not JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("event"), str):
        raise BadFrame("no event")
    event = message["event"]
    match event:
        case "media":
            return _media(message)
        case "mark":
            return Mark(_text(message, "streamSid"), _text(_part(message, "mark"), "name"))
        case "dtmf":
            return _dtmf(message)
        case "start":
            return _start(message)
        case "connected":
            return Connected()
        case "stop":
            return Stop(_text(message, "streamSid"))
        case _:
            return Ignored(event[:40])


def _part(message: dict[str, Any], name: str) -> dict[str, Any]:
    part = message.get(name)
    if not isinstance(part, dict):
        raise BadFrame(f"{name} missing")
    return part


def _text(part: dict[str, Any], name: str) -> str:
    value = part.get(name)
    if not isinstance(value, str) or not value:
        raise BadFrame(f"{name} missing")
    if not value.isprintable():
        raise BadFrame(f"{name} unreadable")
    return value


def _start(message: dict[str, Any]) -> Start:
    start = _part(message, "start")
    form = start.get("mediaFormat")
    if isinstance(form, dict) and form.get("encoding", "audio/x-mulaw") != "audio/x-mulaw":
        raise BadFrame("encoding is not audio/x-mulaw")
    given = start.get("customParameters")
    parameters = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
    stream = start.get("streamSid") or message.get("streamSid")
    if not isinstance(stream, str):
        raise BadFrame("streamSid missing")
    return Start(stream, _text(start, "callSid"), str(start.get("accountSid", "")), parameters)


def _media(message: dict[str, Any]) -> Media | Ignored:
    media = _part(message, "media")
    if media.get("track", "inbound") != "inbound":
        return Ignored("outbound track")
    try:
        payload = base64.b64decode(_text(media, "payload"), validate=True)
    except ValueError:
        raise BadFrame("bad base64") from None
    return Media(_text(message, "streamSid"), _whole(media.get("timestamp")), payload)


def _whole(value: object) -> int | None:
    """A count that Twilio writes as a string; integers are taken too. Anything else counts as absent."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        count = int(value)
    except ValueError:
        return None
    return count if 0 <= count < _LATEST else None


def _dtmf(message: dict[str, Any]) -> Dtmf:
    key = _text(_part(message, "dtmf"), "digit")
    if key not in KEYS:
        raise BadFrame("no such key")
    return Dtmf(_text(message, "streamSid"), key)


def media(stream: str, payload: bytes) -> str:
    """Audio to play, raw µ-law without any header."""
    coded = base64.b64encode(payload).decode("ascii")
    return f'{{"event":"media","streamSid":{json.dumps(stream)},"media":{{"payload":"{coded}"}}}}'


def mark(stream: str, name: str) -> str:
    """A mark behind everything sent so far."""
    return json.dumps({"event": "mark", "streamSid": stream, "mark": {"name": name}})


def clear(stream: str) -> str:
    """Throw away what has not been played; every outstanding mark comes back."""
    return json.dumps({"event": "clear", "streamSid": stream})


class LineClock:
    """Timestamps of media frames → samples lost on the way.

    A timestamp counts from the start of the stream, the first one is its origin here, and it says when the
    payload's first sample was heard. Messages do not get lost inside a WebSocket, so a jump is the only sign of
    loss. Timestamps wander by some milliseconds, hence a tolerance; one that lies behind the audio already
    received is the line catching up, no reason to move the clock.
    """

    TOLERANCE = samples(100)
    LONGEST = samples(30_000)
    """A larger jump is a broken timestamp: it becomes the new origin."""

    def __init__(self) -> None:
        self._origin: int | None = None
        self._received = 0

    def gap(self, timestamp: int | None, payload: int) -> int:
        """Samples of silence to put before a payload of so many samples."""
        if timestamp is None:
            self._received += payload
            return 0
        position = samples(timestamp)
        if self._origin is None:
            self._origin = position - self._received
        lost = position - self._origin - self._received
        if abs(lost) > self.LONGEST:
            self._origin, lost = position - self._received, 0
        if lost <= self.TOLERANCE:
            lost = 0
        self._received += lost + payload
        return lost

    def fill(self, silence: int) -> None:
        """Silence was put in while nothing came; frames that arrive late must not count as lost again."""
        self._received += silence
