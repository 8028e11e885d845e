"""A recording of a leg, frame by frame, and its WAV."""

import io
import wave
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from voice.audio import LINE_RATE, decode
from voice.double.parties import QUIET


class Recording:
    """`frame` is a leg's tap. `on_end` is called once, when no frame more will come."""

    def __init__(self, sid: str, call: str, *, source: str, channels: int, track: str = "both") -> None:
        self.sid = sid
        self.call = call
        self.source = source
        """StartCallRecordingAPI, StartCallRecordingTwiML or RecordVerb."""
        self.channels = channels
        self.track = track
        self.status = "in-progress"
        self.started = datetime.now(UTC)
        self.on_end: Callable[[Recording], None] = lambda recording: None
        self._skips = True
        self._in = bytearray()
        self._out = bytearray()

    @property
    def over(self) -> bool:
        return self.status in {"completed", "absent"}

    @property
    def duration_s(self) -> int:
        """Whole seconds, begun ones counted."""
        return -(-len(self._in) // LINE_RATE)

    @property
    def said(self) -> bytes:
        """µ-law of the leg's own party."""
        return bytes(self._in)

    def frame(self, heard: bytes, said: bytes) -> None:
        """What the party heard and said in the same 20 ms."""
        paused = self.status == "paused"
        if self.over or (paused and self._skips):
            return
        self._in += QUIET if paused or self.track == "outbound" else said
        self._out += QUIET if paused or self.track == "inbound" else heard

    def pause(self, behaviour: str) -> None:
        """`behaviour`: "skip" leaves the pause out, "silence" keeps its length."""
        self.status, self._skips = "paused", behaviour != "silence"

    def resume(self) -> None:
        self.status = "in-progress"

    def forget(self) -> None:
        """Nothing worth keeping was recorded."""
        self._in.clear()
        self._out.clear()

    def end(self) -> None:
        """No more frames; a recording without any is absent."""
        if not self.over:
            self.status = "completed" if self._in else "absent"
            self.on_end(self)

    def wav(self) -> bytes:
        """PCM of 16 bits at 8000 Hz; of two channels the first has the leg's own party."""
        said, heard = decode(bytes(self._in)), decode(bytes(self._out))
        if self.channels == 2:
            pcm = np.column_stack((said, heard)).astype("<i2")
        else:
            pcm = np.clip(said.astype(np.int32) + heard.astype(np.int32), -32768, 32767).astype("<i2")
        into = io.BytesIO()
        with wave.open(into, "wb") as file:
            file.setnchannels(self.channels)
            file.setsampwidth(2)
            file.setframerate(LINE_RATE)
            file.writeframes(pcm.tobytes())
        return into.getvalue()
