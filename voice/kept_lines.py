"""A file of writes that a database still has to take: JSON lines, each synced, readable by its owner alone."""

import fcntl
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from voice.errors import OperatorError

log = structlog.get_logger()

_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Write:
    """One call of a writing method. `key` counts the lines of a file."""

    key: int
    call: str
    name: str
    given: tuple[Any, ...]
    named: Mapping[str, Any]


class KeptLines:
    """The file. Its methods wait for the disk, and raise OSError where that fails; a line is in it wholly or not."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handle: int | None = None

    def open(self) -> list[Write]:
        """What an earlier process left. Raises OperatorError where the file can't be used, or another process does."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self._file, os.O_RDWR | os.O_APPEND | os.O_CREAT, _OWNER_ONLY)
            os.fchmod(self._handle, _OWNER_ONLY)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _sync_folder(self._file.parent)
            return self._read()
        except BlockingIOError:
            self.close()
            raise OperatorError(f"{self._file} is in use: another server keeps its writes there") from None
        except OSError as error:
            self.close()
            raise OperatorError(f"{self._file} can't be written: {error.strerror}") from None

    def append(self, write: Write) -> None:
        """One more."""
        named = dict(write.named)
        row = {"key": write.key, "call": write.call, "write": write.name, "given": [list(write.given), named]}
        _append(self._open(), row)

    def done(self, key: int) -> None:
        """That write needs no entering any more."""
        _append(self._open(), {"done": key})

    def clear(self) -> None:
        """None of them does."""
        os.ftruncate(self._open(), 0)
        os.fsync(self._open())

    def set_aside(self, write: Write) -> None:
        """Into a file beside this one, for somebody to look at."""
        beside = self._file.with_name(self._file.name + ".refused")
        handle = os.open(beside, os.O_RDWR | os.O_APPEND | os.O_CREAT, _OWNER_ONLY)
        try:
            row = {"call": write.call, "write": write.name, "given": [list(write.given), dict(write.named)]}
            _append(handle, row)
        finally:
            os.close(handle)

    def close(self) -> None:
        """Gives the file free; closing twice is no error."""
        if self._handle is not None:
            os.close(self._handle)
        self._handle = None

    def _open(self) -> int:
        if self._handle is None:
            raise OSError(None, "the file is not open")
        return self._handle

    def _read(self) -> list[Write]:
        text = self._file.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        if len(whole) < len(text):
            log.error("a damaged last line is dropped", file=str(self._file))
            os.ftruncate(self._open(), len(whole))
        writes: dict[int, Write] = {}
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                row = json.loads(line)
                if "done" in row:
                    writes.pop(row["done"], None)
                    continue
                given, named = row["given"]
                writes[row["key"]] = Write(row["key"], row["call"], row["write"], tuple(given), dict(named))
            except (ValueError, KeyError, TypeError):
                log.error("a damaged line is dropped", file=str(self._file), line=number)
        return list(writes.values())


def _append(handle: int, row: Mapping[str, Any]) -> None:
    before = os.fstat(handle).st_size
    rest = memoryview(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    try:
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    except OSError:
        # Half a line would spoil the next one.
        with suppress(OSError):
            os.ftruncate(handle, before)
        raise


def _sync_folder(folder: Path) -> None:
    """A new file's name is on the disk only with its folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
