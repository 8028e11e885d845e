"""The two directions of one call's line: the caller's audio as it came, and what goes out to the carrier."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from voice import twilio
from voice.audio import LINE_RATE, padded
from voice.journal import Recording

log = structlog.get_logger()


class Wire(Protocol):
    """The carrier's socket, as far as a session needs it."""

    async def send(self, text: str) -> None:
        """Sends one text message."""

    async def close(self) -> None:
        """Closes the stream; closing twice is no error."""


class CallerAudio:
    """The caller's µ-law by the call's clock, as far back as a turn can reach."""

    _KEEP = 120 * LINE_RATE

    def __init__(self) -> None:
        self._data = bytearray()
        self._base = 0

    @property
    def end(self) -> int:
        """The call's clock: samples received."""
        return self._base + len(self._data)

    def push(self, mulaw: bytes) -> None:
        """The next piece."""
        self._data += mulaw
        if len(self._data) > 2 * self._KEEP:
            drop = len(self._data) - self._KEEP
            del self._data[:drop]
            self._base += drop

    def stretch(self, start: int, end: int) -> bytes:
        """The samples `start`..`end`, as far as they are still kept."""
        return bytes(self._data[max(0, start - self._base) : max(0, end - self._base)])


class Outbound:
    """Messages to the carrier, in order, by a task of their own: a slow line never holds up listening."""

    def __init__(
        self,
        wire: Wire,
        stream: str,
        recording: Recording,
        limit_s: float,
        *,
        dead: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        """`dead` is called when a send fails or takes longer than `limit_s`, `changed` after each send."""
        self._wire = wire
        self._stream = stream
        self._recording = recording
        self._limit_s = limit_s
        self._dead = dead
        self._changed = changed
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._sending = False
        self.sent = 0
        """Messages that the carrier has taken."""

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is on its way."""
        return self._queue.empty() and not self._sending

    def audio(self, at: int, mulaw: bytes) -> None:
        """Queues audio, padded with silence to a whole frame."""
        whole = padded(mulaw)
        self._recording.agent(at, whole)
        self._queue.put_nowait(twilio.media(self._stream, whole))

    def mark(self, name: str) -> None:
        """Queues a mark."""
        self._queue.put_nowait(twilio.mark(self._stream, name))

    def clear(self, at: int) -> None:
        """Nothing of the turn that was cut may follow the clear: what still waits here is dropped first."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._recording.cleared(at)
        self._queue.put_nowait(twilio.clear(self._stream))

    def finish(self) -> None:
        """Nothing more will come; `run` returns when all is sent."""
        self._queue.put_nowait(None)

    async def run(self) -> None:
        """Sends until it is finished or the line is dead."""
        while (text := await self._queue.get()) is not None:
            self._sending = True
            try:
                async with asyncio.timeout(self._limit_s):
                    await self._wire.send(text)
                self.sent += 1
            except ConnectionError:
                log.info("the line was closed while the agent spoke", stream=self._stream)
                self._dead()
                return
            except TimeoutError:
                log.error("line dead", stream=self._stream)
                self._dead()
                return
            finally:
                self._sending = False
                self._changed()
