"""What a leg is connected with while a verb runs, other than a stream or a conference."""

import asyncio

from voice.audio import FRAME, LINE_RATE, is_audible, padded
from voice.double.leg import Leg
from voice.double.parties import QUIET

FRAME_S = FRAME / LINE_RATE


class Playback:
    """Plays sound; `played` is set when there is nothing left of it."""

    connected = False

    def __init__(self, mulaw: bytes = b"") -> None:
        self._left = b""
        self.played = asyncio.Event()
        self.load(mulaw)

    def load(self, mulaw: bytes) -> None:
        """Instead of what is still to be played."""
        self._left = padded(mulaw)
        if self._left:
            self.played.clear()
        else:
            self.played.set()

    def hear(self) -> bytes:
        frame, self._left = self._left[:FRAME], self._left[FRAME:]
        if not self._left:
            self.played.set()
        return frame or QUIET

    def say(self, frame: bytes) -> None: ...

    def key(self, key: str) -> None: ...


class Keypad(Playback):
    """A <Gather>: prompts, then a wait for keys. `done` is set by the last key or when no more come in time."""

    def __init__(self, *, most: int | None, finish: str, timeout_s: float) -> None:
        self._most = most
        self._finish = finish
        self._patience = timeout_s
        self._waited = 0.0
        self.waits_for_keys = False
        """The prompts are over."""
        self.keys = ""
        self.done = asyncio.Event()
        super().__init__()

    def load(self, mulaw: bytes) -> None:
        """A prompt; nothing once a key has been pressed."""
        super().load(b"" if self.keys or self.done.is_set() else mulaw)

    def hear(self) -> bytes:
        if self.waits_for_keys or self.keys:
            self._waited += FRAME_S
            if self._waited >= self._patience:
                self.done.set()
        return super().hear()

    def key(self, key: str) -> None:
        if self.done.is_set():
            return
        self._waited = 0.0
        if key in self._finish:
            self.done.set()
        else:
            self.keys += key
        self.load(b"")
        if self._most is not None and len(self.keys) >= self._most:
            self.done.set()


class Recorder(Playback):
    """A <Record>: a beep, then the party alone. `done` is set by a key, by silence or at the greatest length."""

    def __init__(self, beep: bytes, *, silence_s: float, longest_s: float, finish: str) -> None:
        super().__init__(beep)
        self._silence = silence_s
        self._longest = longest_s
        self._finish = finish
        self._quiet = self._length = 0.0
        self.key_pressed = ""
        self.spoke = False
        self.done = asyncio.Event()

    def say(self, frame: bytes) -> None:
        if not self.played.is_set() or self.done.is_set():
            return
        self._length += FRAME_S
        audible = is_audible(frame)
        self.spoke |= audible
        self._quiet = 0.0 if audible else self._quiet + FRAME_S
        too_quiet = 0 < self._silence <= self._quiet
        if too_quiet or self._length >= self._longest:
            self.done.set()

    def key(self, key: str) -> None:
        if self.played.is_set() and key in self._finish:
            self.key_pressed = key
            self.done.set()


class Bridge:
    """Another leg, as it was 20 ms ago."""

    connected = True

    def __init__(self, other: Leg) -> None:
        self._other = other

    def hear(self) -> bytes:
        return self._other.last_said

    def say(self, frame: bytes) -> None: ...

    def key(self, key: str) -> None: ...
