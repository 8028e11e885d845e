"""A `websockets` client that rings a server as Twilio does and plays a recorded caller into it.

One task receives, one sends a frame of 160 bytes each 20 ms; what becomes of our messages is `voice.far_end`,
what the caller says is `voice.caller`. The only clock is the frames sent: a `Pace` says when the next one is
due, so the same call runs in real time (`RealTime`), or as fast as the server works (`LockStep`).
"""

import asyncio
import base64
import json
import uuid
import wave
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from voice.audio import FRAME, LINE_RATE, decode
from voice.caller import Caller, Reply
from voice.errors import OperatorError
from voice.far_end import FarEnd
from voice.recorded import Recorded

FRAME_S = FRAME / LINE_RATE
FIRST_TIMESTAMP_MS = 155
"""Of the first media message; captures of real streams begin at 155 or 171, not at 0."""
ACCOUNT = "AC" + "0" * 32
_FAREWELLS = {1000: "agent", 1001: "agent", 1005: "agent", 1008: "refused"}
"""Close code, RFC 6455 section 7.4.1 → who ended the call."""


@dataclass(frozen=True, slots=True)
class Rang:
    """What the caller noticed of a call."""

    scenario: str
    call: str
    """The CallSid that the server was given."""
    frames: int
    """Frames of 20 ms sent."""
    replies: tuple[Reply, ...]
    """One for each of the caller's turns that got an answer."""
    turns: int
    """Turns that the caller came to."""
    barge_ins: int
    """Times the agent broke off what was buffered."""
    violations: tuple[str, ...]
    """Messages that Twilio would have warned about or refused."""
    begun: tuple[int, ...]
    """When each of those turns began, in samples since the stream did."""
    ended_by: str
    """"agent", "caller" (hung up), "limit" (the caller gave up), "refused" or "fault" (the socket broke)."""
    duration_s: float


class Pace(Protocol):
    """When the next frame is due."""

    async def before_frame(self, sent: int, received: int) -> None:
        """Returns when a frame may be sent.

        `sent` and `received` count the messages since `start`, marks and keys included. When another message
        comes while this waits, it is cancelled and called again with the new counts.
        """


class RealTime:
    """Frames on an absolute schedule by the event loop's clock; after a late one the next comes sooner."""

    def __init__(self) -> None:
        self._due: float | None = None

    async def before_frame(self, sent: int, received: int) -> None:
        now = asyncio.get_running_loop().time()
        due = now if self._due is None else self._due
        if due > now:
            await asyncio.sleep(due - now)
        self._due = due + FRAME_S


class LockStep:
    """Frames as fast as the server deals with them: `settled(sent, received)` says when it has."""

    def __init__(self, settled: Callable[[int, int], Awaitable[None]]) -> None:
        self._settled = settled

    async def before_frame(self, sent: int, received: int) -> None:
        await self._settled(sent, received)


class _Stream:
    """Our messages as Twilio writes them: numbers are strings, and numbered from `start`."""

    def __init__(self, socket: ClientConnection, stream: str, call: str) -> None:
        self._socket = socket
        self._stream = stream
        self._call = call
        self._sequence = 0
        self._chunk = 0
        self.since_start = 0

    async def open(self, parameters: Mapping[str, str]) -> None:
        await self._socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
        start = {
            "accountSid": ACCOUNT,
            "streamSid": self._stream,
            "callSid": self._call,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": dict(parameters),
        }
        await self._send("start", start)
        self.since_start = 0

    async def media(self, mulaw: bytes) -> None:
        timestamp = FIRST_TIMESTAMP_MS + self._chunk * FRAME * 1000 // LINE_RATE
        self._chunk += 1
        payload = base64.b64encode(mulaw).decode("ascii")
        part = {
            "track": "inbound",
            "chunk": str(self._chunk),
            "timestamp": str(timestamp),
            "payload": payload,
        }
        await self._send("media", part)

    async def key(self, digit: str) -> None:
        await self._send("dtmf", {"track": "inbound_track", "digit": digit})

    async def mark(self, name: str) -> None:
        await self._send("mark", {"name": name})

    async def stop(self) -> None:
        await self._send("stop", {"accountSid": ACCOUNT, "callSid": self._call})

    async def _send(self, event: str, part: dict[str, Any]) -> None:
        # Counted and numbered before the first await: two tasks send.
        self._sequence += 1
        self.since_start += 1
        message = {
            "event": event,
            "sequenceNumber": str(self._sequence),
            event: part,
            "streamSid": self._stream,
        }
        await self._socket.send(json.dumps(message, separators=(",", ":")))


class _Ringing:
    """One call under way."""

    def __init__(self, recorded: Recorded, socket: ClientConnection, call: str, pace: Pace) -> None:
        self._scenario = recorded.scenario
        self._socket = socket
        self._pace = pace
        name = "MZ" + uuid.uuid5(uuid.NAMESPACE_URL, call).hex
        self._stream = _Stream(socket, name, call)
        self._asking: asyncio.Task[None] | None = None
        self._received = 0
        self.far_end = FarEnd(name)
        self.caller = Caller(recorded.scenario, recorded.clips)
        self.frames = 0
        self.heard: list[bytes] = []
        self.said: list[bytes] = []

    async def run(self) -> str:
        """The whole call; returns who ended it."""
        scenario = self._scenario
        given = {"caller": scenario.caller, "called": scenario.called, "now": scenario.now}
        await self._stream.open(given | scenario.parameters)
        receiving = asyncio.create_task(self._receive())
        try:
            ended_by = await self._send_frames(receiving)
            if ended_by in {"caller", "limit"}:
                await self._stream.stop()
                await self._socket.close()
        except ConnectionClosed:
            ended_by = "agent"
        finally:
            receiving.cancel()
            await asyncio.gather(receiving, return_exceptions=True)
        if ended_by != "agent":
            return ended_by
        return _FAREWELLS.get(self._socket.close_code or 0, "fault")

    async def _receive(self) -> None:
        """Takes messages as they come, until the server closes."""
        try:
            async for message in self._socket:
                await self._take(message)
                self._ask_again()
        except ConnectionClosed:
            pass
        finally:
            self._ask_again()

    async def _take(self, message: str | bytes) -> None:
        cuts = self.far_end.cuts
        names = self.far_end.receive(message)
        self._received += 1
        if self.far_end.cuts > cuts:
            self.caller.cut()
        for name in names:
            await self._stream.mark(name)

    async def _send_frames(self, receiving: asyncio.Task[None]) -> str:
        limit = int(self._scenario.limit_s / FRAME_S)
        while self.frames < limit:
            await self._due(receiving)
            if receiving.done():
                return "agent"
            heard, names = self.far_end.play()
            said = self.caller.frame(heard)
            self.heard.append(heard)
            self.said.append(said.mulaw)
            self.frames += 1
            for name in names:
                await self._stream.mark(name)
            if said.key:
                await self._stream.key(said.key)
            await self._stream.media(said.mulaw)
            if said.hangs_up:
                return "caller"
        return "limit"

    async def _due(self, receiving: asyncio.Task[None]) -> None:
        """Returns when the next frame is due, or when there is nobody left to send it to."""
        while not receiving.done():
            due = self._pace.before_frame(self._stream.since_start, self._received)
            self._asking = asyncio.ensure_future(due)
            try:
                await self._asking
            except asyncio.CancelledError:
                if (task := asyncio.current_task()) is None or task.cancelling():
                    raise
            else:
                return
            finally:
                self._asking = None

    def _ask_again(self) -> None:
        """The counts that the pace was asked with are out of date, or the call is over."""
        if self._asking is not None:
            self._asking.cancel()


async def ring(
    recorded: Recorded, url: str, *, pace: Pace, call: str | None = None, record: Path | None = None
) -> Rang:
    """Rings the server at `url` (ws://host:port/path) and stays on the line to the call's end.

    `call` is the CallSid, by default a new one. `record` is where to write both sides of the line
    as the caller heard them: a stereo WAV, the caller left, the agent right.

    Raises:
        OperatorError: nobody answers at the address.
    """
    call = call or "CA" + uuid.uuid4().hex
    try:
        # As Twilio: no compression offered, no pings. No proxy: the server is ours.
        connecting = connect(url, compression=None, ping_interval=None, max_size=None, proxy=None)
        async with connecting as socket:
            ringing = _Ringing(recorded, socket, call, pace)
            ended_by = await ringing.run()
    except (OSError, InvalidHandshake, InvalidURI) as error:
        raise OperatorError(f"no server answers at {url}: {error}") from None
    if record is not None:
        _write_stereo(record, b"".join(ringing.said), b"".join(ringing.heard))
    violations = ringing.far_end.violations
    if ended_by == "agent" and ringing.far_end.buffered:
        violations += (f"closed with {ringing.far_end.buffered} samples that the caller never heard",)
    return Rang(
        scenario=recorded.scenario.name,
        call=call,
        frames=ringing.frames,
        replies=ringing.caller.replies,
        turns=ringing.caller.turn,
        barge_ins=ringing.far_end.cuts,
        violations=violations,
        begun=tuple(ringing.caller.begun),
        ended_by=ended_by,
        duration_s=round(ringing.frames * FRAME_S, 2),
    )


def _write_stereo(path: Path, left: bytes, right: bytes) -> None:
    """Two µ-law tracks of equal length as one WAV of 16 bits."""
    frames = np.column_stack((decode(left), decode(right))).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(LINE_RATE)
        file.writeframes(frames.tobytes())
