"""What the carrier has been sent and the caller has not yet heard: audio and marks, on the caller's playback clock.

Source: Twilio's "Media Streams - WebSocket messages". Media is buffered and played in order; a mark comes back when
what was queued before it has been played, at once if nothing is buffered, and with all others when `clear` empties
the buffer.
"""

from collections import deque

from voice.audio import FRAME, SILENCE


class Playout:
    """One stream's buffer. `play` is called once for each 20 ms of the line."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._taken = 0
        self._played = 0
        self._marks: deque[tuple[int, str]] = deque()
        self.cuts = 0
        """How many times a `clear` threw away audio that had not been played."""

    @property
    def buffered(self) -> int:
        """Samples that wait to be played."""
        return len(self._buffer)

    def send(self, mulaw: bytes) -> None:
        """Audio to be played after what was sent before it."""
        self._buffer += mulaw
        self._taken += len(mulaw)

    def mark(self, name: str) -> tuple[str, ...]:
        """A mark behind what was sent before it; returns the names of the marks that go back at once."""
        self._marks.append((self._taken, name))
        return self._reached()

    def clear(self) -> tuple[str, ...]:
        """What was not played never is; returns the names of the marks that go back."""
        self.cuts += bool(self._buffer)
        self._buffer.clear()
        self._played = self._taken
        return self._reached()

    def play(self) -> tuple[bytes, tuple[str, ...]]:
        """The next 160 samples that the caller hears, and the names of the marks that they complete."""
        heard = bytes(self._buffer[:FRAME])
        del self._buffer[:FRAME]
        self._played += len(heard)
        return heard + SILENCE * (FRAME - len(heard)), self._reached()

    def _reached(self) -> tuple[str, ...]:
        names = []
        while self._marks and self._marks[0][0] <= self._played:
            names.append(self._marks.popleft()[1])
        return tuple(names)
