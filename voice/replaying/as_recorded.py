"""The caller's side of a recording, played as it was: on its own clock, whatever the agent says meanwhile."""

from collections.abc import Sequence

from voice.audio import FRAME, LINE_RATE, SILENCE, first_audible, padded, samples
from voice.caller import BREATH, Reply, Said


class AsRecorded:
    """Plays one channel; used as a `voice.caller.Caller` is. It hears the agent only to time its answers."""

    def __init__(
        self,
        mulaw: bytes,
        *,
        keys: Sequence[tuple[int, str]] = (),
        spans: Sequence[tuple[int, int]] = (),
        tail_ms: int = 5000,
    ) -> None:
        """`mulaw`: the whole channel. `keys` and the samples at which they are pressed. `spans`: when each turn begins
        and ends, in samples, as `FoundTurns.spans`. It hangs up `tail_ms` of silence after the end."""
        self._mulaw = padded(mulaw)
        self._keys = sorted(keys)
        self._spans = spans
        self._leaves = len(self._mulaw) + samples(tail_ms)
        self._at = 0
        self._pressed = 0
        self._last_audible: int | None = None
        self._waiting: int | None = None
        self._replies: dict[int, Reply] = {}
        self.begun: list[int] = []
        """When each turn so far began, in samples."""

    @property
    def replies(self) -> tuple[Reply, ...]:
        """The agent's answers so far, in order."""
        return tuple(self._replies.values())

    @property
    def turn(self) -> int:
        """Turns begun so far."""
        return len(self.begun)

    def cut(self) -> None:
        """The agent broke off: nothing that it has said is an answer."""
        self._last_audible = None
        if self.begun:
            self._waiting = self.turn - 1
            self._replies.pop(self._waiting, None)

    def frame(self, heard: bytes) -> Said:
        """Hears 160 samples and says 160, both of the same 20 ms."""
        self._hear(heard)
        while self.turn < len(self._spans) and self._spans[self.turn][0] < self._at + FRAME:
            self._waiting = self.turn
            self.begun.append(self._spans[self.turn][0])
        said = self._mulaw[self._at : self._at + FRAME] or SILENCE * FRAME
        key = self._key()
        hangs_up = self._at >= self._leaves and self._pressed == len(self._keys)
        self._at += FRAME
        return Said(said, key, hangs_up)

    def _hear(self, heard: bytes) -> None:
        first = first_audible(heard)
        if first is None:
            return
        at = self._at + first
        if self._waiting is not None and (self._last_audible is None or at - self._last_audible > BREATH):
            gap = at - self._spans[self._waiting][1]
            self._replies[self._waiting] = Reply(self._waiting, gap * 1000 // LINE_RATE)
            self._waiting = None
        self._last_audible = self._at + FRAME - (first_audible(heard[::-1]) or 0)

    def _key(self) -> str:
        """One a frame."""
        if self._pressed == len(self._keys) or self._keys[self._pressed][0] >= self._at + FRAME:
            return ""
        self._pressed += 1
        return self._keys[self._pressed - 1][1]
