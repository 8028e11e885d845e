"""A call's journal: every event and command in order (JSONL), and what both sides heard (stereo WAV).

    {"_":"Journal","format":1,"flow":…,"settings":…}           first line: all that a replay needs
    {"_":"Run","at":320,"samples":160,"speech":[0.01,0.02]}    so many frames in a row, nothing between them
    {"_":"Transcribed","at":…}                                 an event
    >{"_":"Speak",…}                                           a command that followed from the event above it

Frames are by far the most numerous, hence runs. The WAV is 8000 Hz PCM16, the caller left and the agent right, on
the call's clock: what a `clear` threw away is not in it. Both are the caller's words: keep them as such.
"""

import contextlib
import io
import json
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast, get_args

import numpy as np
import structlog

from voice.audio import LINE_RATE, SILENCE, decode
from voice.codec import decode as decode_value
from voice.codec import encode
from voice.commands import Command
from voice.errors import OperatorError
from voice.events import Event, Heard

log = structlog.get_logger()

FORMAT = 1
_EVENTS = frozenset(get_args(Event))
_LONGEST_RUN = 250
"""Frames in a run at most: five seconds of a call may be lost with the machine."""


def _private(path: Path) -> BinaryIO:
    """Makes an empty file that only this user reads: it will hold a caller's words. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    return path.open("wb")


class _Sheet(io.RawIOBase):
    """A file that takes what the disk takes. From the first failure on, which is logged, it takes all and keeps
    nothing: a full disk ends no call."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        with self._going_on():
            self._file = _private(path)

    @contextlib.contextmanager
    def _going_on(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            log.error("a call goes on without its file", file=self._path.name, error=error.strerror)
            file, self._file = self._file, None
            with contextlib.suppress(OSError):
                if file is not None:
                    file.close()

    def write(self, data: Any) -> int:
        """As a file's; all of it is taken."""
        with self._going_on():
            if self._file is not None:
                self._file.write(data)
        return memoryview(data).nbytes

    def flush(self) -> None:
        """As a file's."""
        with self._going_on():
            if self._file is not None:
                self._file.flush()

    def seek(self, offset: int, whence: int = 0) -> int:
        """As a file's; 0 without one."""
        with self._going_on():
            if self._file is not None:
                return self._file.seek(offset, whence)
        return 0

    def tell(self) -> int:
        """As a file's; 0 without one."""
        return self.seek(0, 1)

    def close(self) -> None:
        """As a file's."""
        with self._going_on():
            if self._file is not None:
                self._file.close()
                self._file = None
        super().close()

    def erase(self) -> None:
        """Leaves nothing of it."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.error("a call's file could not be erased", file=self._path.name, error=error.strerror)


class Journal:
    """Writes one call's journal as it happens, as far as the disk lets it."""

    def __init__(self, path: Path, header: dict[str, Any]) -> None:
        self.path = path
        self._file = _Sheet(path)
        self._run: list[float] = []
        self._run_start = 0
        self._run_samples = 0
        self._run_end = 0
        self._line(json.dumps({"_": "Journal", "format": FORMAT, **header}))

    def _line(self, text: str) -> None:
        self._file.write(f"{text}\n".encode())

    def event(self, event: Event) -> None:
        """Notes what has happened."""
        if type(event) is Heard:
            self._heard(event)
            return
        self._end_run()
        self._line(encode(event))

    def command(self, command: Command) -> None:
        """Notes what followed from the event before."""
        self._end_run()
        self._line(">" + encode(command))

    def _heard(self, event: Heard) -> None:
        continues = event.samples == self._run_samples and event.at == self._run_end + event.samples
        if self._run and (not continues or len(self._run) >= _LONGEST_RUN):
            self._end_run()
        if not self._run:
            self._run_start, self._run_samples = event.at, event.samples
        self._run.append(event.speech)
        self._run_end = event.at

    def _end_run(self) -> None:
        if not self._run:
            return
        line = {"_": "Run", "at": self._run_start, "samples": self._run_samples, "speech": self._run}
        self._line(json.dumps(line, separators=(",", ":")))
        self._run = []
        self._file.flush()

    def close(self) -> None:
        """The call is over."""
        self._end_run()
        self._file.close()

    def erase(self) -> None:
        """Leaves nothing of it; after `close`."""
        self._file.erase()


Entry = Event | Command
"""A line of a journal; a run of frames gives one event each."""


def read_header(path: Path) -> dict[str, Any]:
    """The first line of a journal.

    Raises:
        OperatorError: it is no journal, or of a format that this version does not read.
    """
    try:
        with path.open(encoding="utf-8") as file:
            header = json.loads(file.readline())
    except (OSError, ValueError) as error:
        raise OperatorError(f"{path} can't be read as a journal: {error}") from None
    if not isinstance(header, dict) or header.get("_") != "Journal" or header.get("format") != FORMAT:
        raise OperatorError(f"{path} is no journal of format {FORMAT}; name a calls/*.jsonl file of this version")
    return header


def read_lines(path: Path) -> Iterator[str]:
    """The lines behind the header; one that a crash cut short is left out."""
    with path.open(encoding="utf-8") as file:
        next(file)
        for line in file:
            if line.endswith("\n"):
                yield line[:-1]


def events_of(line: str) -> Iterator[Event]:
    """The events of one line that holds no command."""
    value = json.loads(line)
    if value["_"] != "Run":
        event = decode_value(value)
        if type(event) not in _EVENTS:
            raise ValueError(f"not an event: {value['_']}")
        yield event
        return
    at, count = value["at"], value["samples"]
    for speech in value["speech"]:
        yield Heard(at, count, speech)
        at += count


def read_entries(path: Path) -> Iterator[Entry]:
    """Every event and command of a journal, in order."""
    for line in read_lines(path):
        if line.startswith(">"):
            command: Command = decode_value(json.loads(line[1:]))
            yield command
        else:
            yield from events_of(line)


class Recording:
    """The call as both heard it, written a second at a time, as far as the disk lets it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = _Sheet(path)
        self._wave = wave.open(cast("BinaryIO", self._file), "wb")  # noqa: SIM115 - closed by close()
        self._wave.setnchannels(2)
        self._wave.setsampwidth(2)
        self._wave.setframerate(LINE_RATE)
        self._caller = bytearray()
        self._agent = bytearray()
        self._agent_end = 0
        self._written = 0
        self.masked = False
        """While true silence stands for what both sides say."""

    def caller(self, mulaw: bytes) -> None:
        """The next piece of the caller's audio."""
        self._caller += SILENCE * len(mulaw) if self.masked else mulaw
        if len(self._caller) >= LINE_RATE:
            self._write(len(self._caller))

    def agent(self, at: int, mulaw: bytes) -> None:
        """A piece sent to the caller at this time; it plays when what was sent before it has played."""
        begins = max(self._agent_end, at, self._written)
        missing = begins - self._written - len(self._agent)
        self._agent += SILENCE * max(0, missing) + (SILENCE * len(mulaw) if self.masked else mulaw)
        self._agent_end = self._written + len(self._agent)

    def cleared(self, at: int) -> None:
        """What has not been played by now never is."""
        del self._agent[max(0, at - self._written) :]
        self._agent_end = min(self._agent_end, at)

    def _write(self, count: int) -> None:
        left, right = bytes(self._caller[:count]), bytes(self._agent[:count])
        right += SILENCE * (count - len(right))
        self._wave.writeframes(np.column_stack((decode(left), decode(right))).tobytes())
        del self._caller[:count], self._agent[:count]
        self._written += count

    def close(self) -> None:
        """The call is over."""
        self._write(len(self._caller))
        self._wave.close()
        self._file.close()

    def erase(self) -> None:
        """Leaves nothing of it; after `close`."""
        self._file.erase()
