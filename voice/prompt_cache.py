"""Rendered prompts by key: the recent in memory, the fixed in a folder."""

import hashlib
import logging
import struct
import tempfile
from collections import OrderedDict
from pathlib import Path

log = logging.getLogger(__name__)


class AudioStore:
    """Rendered audio by key: recent in memory, fixed in a folder.

    A file is its audio's length (8 bytes), the SHA-256 of that audio, and the audio. One that does not agree
    with itself is deleted and counts as absent. Files appear whole or not at all.
    """

    _HEAD = struct.Struct(">Q32s")

    def __init__(self, folder: Path | None, memory_mb: float, disk_mb: float) -> None:
        self._folder = folder
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._memory_bytes = int(memory_mb * 2**20)
        self._disk_bytes = int(disk_mb * 2**20)
        self._remembered = 0

    def has(self, key: str) -> bool:
        """Whether it is in memory, or there is a file."""
        file = self._file(key)
        return key in self._memory or (file is not None and file.is_file())

    def in_memory(self, key: str) -> bytes | None:
        """What memory holds; it becomes the most recent."""
        audio = self._memory.get(key)
        if audio is not None:
            self._memory.move_to_end(key)
        return audio

    def remember(self, key: str, audio: bytes) -> None:
        """Into memory; the least recent make room."""
        self._remembered += len(audio) - len(self._memory.pop(key, b""))
        self._memory[key] = audio
        while self._remembered > self._memory_bytes:
            self._remembered -= len(self._memory.popitem(last=False)[1])

    def read(self, key: str) -> bytes | None:
        """From the folder; None when absent or damaged."""
        file = self._file(key)
        if file is None:
            return None
        try:
            data = file.read_bytes()
        except OSError:
            return None
        head, audio = data[: self._HEAD.size], data[self._HEAD.size :]
        if head == self._head(audio):
            return audio
        log.warning("a damaged file in the cache of prompts is rendered again", extra={"file": str(file)})
        file.unlink(missing_ok=True)
        return None

    def write(self, key: str, audio: bytes) -> None:
        """Into the folder. A folder that can't be written is logged: the call needs only the audio."""
        file = self._file(key)
        if file is None:
            return
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
                part.write(self._head(audio) + audio)
            Path(part.name).replace(file)
        except OSError as error:
            log.warning("the cache of prompts can't be written", extra={"reason": str(error)})

    def prune(self) -> None:
        """Delete what was never finished, and the oldest until the folder is within its size."""
        if self._folder is None or not self._folder.is_dir():
            return
        for part in self._folder.glob("*/*.part"):
            part.unlink(missing_ok=True)
        newest_first = sorted(self._folder.glob("*/*.ulaw"), key=lambda file: -file.stat().st_mtime)
        total = 0
        for file in newest_first:
            total += file.stat().st_size
            if total > self._disk_bytes:
                file.unlink(missing_ok=True)

    def _head(self, audio: bytes) -> bytes:
        return self._HEAD.pack(len(audio), hashlib.sha256(audio).digest())

    def _file(self, key: str) -> Path | None:
        return self._folder / key[:2] / f"{key}.ulaw" if self._folder else None
