"""A media stream from the service's side: the socket, its messages, and the leg's sound in both directions."""

import asyncio
import base64
import json
import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from voice.audio import FRAME, LINE_RATE
from voice.double.account import Account
from voice.double.leg import Leg
from voice.double.orders import Callback
from voice.double.webhooks import CEILING_S, FetchFailed, Webhooks
from voice.far_end import FarEnd

FIRST_TIMESTAMP_MS = 155
"""Of the first media message, as in captures of real streams."""
BEHIND = 500
"""Messages that wait for a server which reads too slowly."""
FAREWELL_S = 2.0
"""How long a server may take over the end of a stream, in real seconds."""


class Stream:
    """The leg's channel while it is connected with our server."""

    connected = False

    def __init__(self, account: Account, webhooks: Webhooks, leg: Leg, url: str, name: str, callback: Callback) -> None:
        self.sid = "MZ" + uuid.uuid4().hex
        self._account = account
        self._webhooks = webhooks
        self._leg = leg
        self._url = url
        self._name = name or self.sid
        self._callback = callback
        self._far = FarEnd(self.sid)
        self._out: asyncio.Queue[str | None] = asyncio.Queue()
        self._open = False
        self._sequence = 0
        self._chunk = 0
        self._slow = False
        self._socket: ClientConnection | None = None
        cut, account.faults.cut_after_frames = account.faults.cut_after_frames, None
        self._cut_after = cut

    # ---- the leg's channel --------------------------------------------------------------------------------------

    def hear(self) -> bytes:
        heard, names = self._far.play()
        self._echo(names)
        return heard

    def say(self, frame: bytes) -> None:
        if not self._open or self._fell_behind():
            return
        timestamp = FIRST_TIMESTAMP_MS + self._chunk * FRAME * 1000 // LINE_RATE
        self._chunk += 1
        payload = base64.b64encode(frame).decode("ascii")
        form = {"track": "inbound", "chunk": str(self._chunk), "timestamp": str(timestamp), "payload": payload}
        self._put("media", form)
        if self._cut_after is not None and self._chunk >= self._cut_after and self._socket is not None:
            self._open = False
            self._socket.transport.abort()

    def key(self, key: str) -> None:
        self._put("dtmf", {"track": "inbound_track", "digit": key})

    def _echo(self, names: tuple[str, ...]) -> None:
        for name in names:
            self._put("mark", {"name": name})

    def _fell_behind(self) -> bool:
        """31930: the caller's sound is discarded while the server doesn't read."""
        if self._out.qsize() < BEHIND:
            return False
        if not self._slow:
            self._slow = True
            self._account.warn("31930: the server reads too slowly", self._leg)
        return True

    def _put(self, event: str, form: Mapping[str, Any]) -> None:
        if not self._open:
            return
        self._sequence += 1
        message = {"event": event, "sequenceNumber": str(self._sequence), event: form, "streamSid": self.sid}
        self._out.put_nowait(json.dumps(message, separators=(",", ":")))

    # ---- the socket ---------------------------------------------------------------------------------------------

    async def run(self, parameters: Mapping[str, str]) -> None:
        """Connects and stays so until the server closes; cancelled, it says stop and closes."""
        try:
            self._socket = await self._connect()
        except (OSError, InvalidHandshake, FetchFailed, TimeoutError) as error:
            self._failed(error)
            return
        self._begin(parameters)
        self._tell("stream-started")
        sending = asyncio.create_task(self._send(self._socket))
        try:
            await self._receive(self._socket)
        except asyncio.CancelledError:
            self._put("stop", {"accountSid": self._account.sid, "callSid": self._leg.sid})
            raise
        finally:
            self._open = False
            self._out.put_nowait(None)
            await self._part(self._socket, sending)

    async def _connect(self) -> ClientConnection:
        """Raises: FetchFailed, OSError, InvalidHandshake, TimeoutError."""
        real = urlsplit(self._webhooks.behind(self._url.replace("wss://", "https://", 1)))
        headers = {} if (signature := self._signature()) is None else {"x-twilio-signature": signature}
        # The name is the public one, the address the server's own: what a reverse proxy passes on.
        return await connect(
            self._url.replace("wss://", "ws://", 1),
            host=real.hostname,
            port=real.port,
            additional_headers=headers,
            user_agent_header="Twilio.TmeWs/1.0",
            compression=None,
            ping_interval=None,
            max_size=None,
            proxy=None,
            open_timeout=self._account.clock.real(CEILING_S),
        )

    def _signature(self) -> str | None:
        faults = self._account.faults
        if faults.take("sockets_unsigned"):
            return None
        slash = "/" if faults.slash_signed and not self._url.endswith("/") else ""
        wrong = "wrong" if faults.take("sockets_missigned") else ""
        return self._webhooks.signature(self._url + slash + wrong, {})

    def _begin(self, parameters: Mapping[str, str]) -> None:
        self._open = True
        self._out.put_nowait('{"event":"connected","protocol":"Call","version":"1.0.0"}')
        start = {
            "accountSid": self._account.sid,
            "streamSid": self.sid,
            "callSid": self._leg.sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": LINE_RATE, "channels": 1},
            "customParameters": dict(parameters),
        }
        self._put("start", start)

    async def _send(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while (message := await self._out.get()) is not None:
                await socket.send(message)

    async def _receive(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for message in socket:
                cuts = self._far.cuts
                names = self._far.receive(message)
                if self._far.cuts > cuts and (cut := getattr(self._leg.party, "cut", None)) is not None:
                    cut()
                self._echo(names)

    async def _part(self, socket: ClientConnection, sending: asyncio.Task[None]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await asyncio.wait([sending])
                await socket.close()
        sending.cancel()
        socket.transport.abort()
        for violation in self._far.violations:
            self._account.warn(violation, self._leg)
        self._leg.unheard += 0 if self._leg.over else self._far.buffered
        code = socket.close_code
        if code in {1000, 1001, 1005} or self._leg.over:
            self._tell("stream-stopped")
        else:
            self._account.warn(f"31921: the socket closed with {code}", self._leg)
            self._tell("stream-error", f"31921: the socket closed with {code}")

    def _failed(self, error: Exception) -> None:
        code = 31904
        if isinstance(error, InvalidStatus):
            code = 31920
        elif isinstance(error, TimeoutError):
            code = 31901
        elif isinstance(error, ConnectionRefusedError):
            code = 31902
        why = f"{code}: the stream did not open: {error}"
        self._account.warn(why, self._leg)
        self._tell("stream-error", why)

    def _tell(self, event: str, error: str = "") -> None:
        form = {
            "AccountSid": self._account.sid,
            "CallSid": self._leg.sid,
            "StreamSid": self.sid,
            "StreamName": self._name,
            "StreamEvent": event,
            "Timestamp": datetime.now(UTC).isoformat(),
        }
        form |= {"StreamError": error} if error else {}
        self._webhooks.tell(self._leg.sid, self._callback.url, self._callback.method, form)
