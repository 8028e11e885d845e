"""What came of calls, kept from run to run: a folder for each call and depth.

    CALL-1f3a9c02/audio/result.json     what came of it, and under "stamp" what it was run with
                       /last.json       what came of it the time before
                       /call.jsonl      its journal; /call.wav what both sides heard
                       /under_way       the same of a run that is not done, or was stopped
    runs/7d20….json                     a run that was stopped: which calls it has done

All of it is callers' words.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter

from sop import FlowError
from sop.loader import bundle
from voice.replaying.finding import SCENARIO_FILE, Found
from voice.replaying.options import Options, tried
from voice.replaying.result import CallResult, from_json, to_json
from voice.replaying.taken import near

_RESULT, _LAST, _WORK, CALL = "result.json", "last.json", "under_way", "call"
_LOOK_S = 0.05
"""How often a run looks whether another is done with a call."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a result was run with."""

    fingerprint: str
    flow: str | None = None
    """The procedure that was tried, and the settings: as in `Options`."""
    changes: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The same as somebody would type it."""
        return tried(self.flow, self.changes)


_STAMP = TypeAdapter(Stamp)


@dataclass(frozen=True, slots=True)
class Results:
    """The folder."""

    folder: Path

    def place(self, found: Found, options: Options) -> Path:
        """The folder of a call, made if it is not there; the same however the call was named."""
        named = f"{found.path.resolve()}\n{found.beside.resolve()}"
        key = hashlib.sha256(named.encode(errors="surrogateescape")).hexdigest()[:8]
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", found.beside.with_suffix("").name)[-60:]
        path = self.folder / f"{plain}-{key}" / options.depth.value
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    def work(self, place: Path) -> Path:
        """An empty folder for a run of the call: what the one before has left stays until this one is done."""
        path = place / _WORK
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(mode=0o700)
        return path

    def adopt(self, place: Path, work: Path, result: CallResult) -> CallResult:
        """Takes over the files of a run that is done; the result with their new place. Raises OSError."""
        for file in (place / f"{CALL}.jsonl", place / f"{CALL}.wav"):
            file.unlink(missing_ok=True)
        moved = {str(file): str(file.replace(place / file.name)) for file in sorted(work.iterdir())}
        shutil.rmtree(work, ignore_errors=True)
        return replace(
            result,
            journal=moved.get(result.journal, result.journal),
            recording=moved.get(result.recording, result.recording),
        )

    @asynccontextmanager
    async def alone(self, place: Path) -> AsyncIterator[None]:
        """Waits until no other run, of this process or another, has the call under way."""
        handle = os.open(place, os.O_RDONLY)
        try:
            while not _locked(handle):  # noqa: ASYNC110 - another process sets no event
                await asyncio.sleep(_LOOK_S)
            yield
        finally:
            with contextlib.suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_UN)
            os.close(handle)

    def kept(self, place: Path) -> CallResult | None:
        """What came of the call when it was last run; None for a first time, or where another version wrote it."""
        return _read(place / _RESULT)

    def stamp(self, place: Path) -> Stamp | None:
        """What it was run with; None where nobody knows."""
        try:
            return _STAMP.validate_python(json.loads((place / _RESULT).read_bytes())["stamp"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def earlier(self, place: Path) -> CallResult | None:
        """The same, where it could be run; else what came of it the time before."""
        found = self.kept(place)
        return found if found is not None and not found.failed else self.last(place)

    def keep(self, place: Path, result: CallResult, stamp: Stamp | None = None) -> None:
        """Keeps what came of a call, run with that; what came of it before becomes the last, unless that was not even
        run."""
        before = self.kept(place)
        if before is not None and not before.failed:
            _write(place / _LAST, (place / _RESULT).read_text(encoding="utf-8"))
        kept = to_json(result) | ({} if stamp is None else {"stamp": asdict(stamp)})
        _write(place / _RESULT, json.dumps(kept, ensure_ascii=False))

    def last(self, place: Path) -> CallResult | None:
        """What came of the call the time before."""
        return _read(place / _LAST)


class Run:
    """One run over many calls, which may be stopped and gone on with."""

    def __init__(self, results: Results, calls: Sequence[Found], options: Options, *, code: str, again: bool) -> None:
        """`code` names the version of the product; `again`: even what a stopped run has done is done again."""
        paths = "\n".join(str(call.path.resolve()) for call in calls)
        key = hashlib.sha256(paths.encode(errors="surrogateescape"))
        key.update(options.depth.value.encode())
        self._file = results.folder / "runs" / f"{key.hexdigest()[:16]}.json"
        self._fingerprint = fingerprint(calls, options, code)
        self._done: list[str] = [] if again else self._stopped()

    def _stopped(self) -> list[str]:
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            return list(kept["done"]) if kept["fingerprint"] == self._fingerprint else []
        except (OSError, ValueError, KeyError, TypeError):
            return []

    @property
    def done(self) -> frozenset[str]:
        """Calls that the stopped run has done with the same product, options and files."""
        return frozenset(self._done)

    def finished(self, name: str) -> None:
        """One more call is done."""
        self._done.append(name)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        _write(self._file, json.dumps({"fingerprint": self._fingerprint, "done": self._done}))

    def end(self) -> None:
        """All of them are."""
        self._file.unlink(missing_ok=True)


def stamp_of(call: Found, options: Options, code: str) -> Stamp:
    """What a call is run with; `code` names the version of the product."""
    return Stamp(fingerprint([call], options, code), options.flow, dict(options.changes))


def fingerprint(calls: Sequence[Found], options: Options, code: str) -> str:
    """Changes when anything does that a result depends on."""
    digest = hashlib.sha256(code.encode())
    for part in (options.depth, options.asr, options.voice, options.flow, sorted(options.changes.items())):
        digest.update(repr(part).encode())
    digest.update(repr((options.as_recorded, options.fast, options.aimed_at)).encode())
    files = [path for call in calls for path in (call.path, call.path.with_suffix(".wav"), call.beside)]
    for flow in sorted({flow for call in calls if (flow := _flow(call)) is not None} | {options.flow or ""}):
        with contextlib.suppress(FlowError):
            digest.update(bundle(flow).encode() if flow else b"")
    for path in (*files, options.asr / "model.bin", options.voice):
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            with contextlib.suppress(OSError):
                stat = file.stat()
                digest.update(f"{file}:{stat.st_size}:{stat.st_mtime_ns}".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _flow(call: Found) -> str | None:
    """The procedure that a scenario or an expectation names."""
    file = call.path / SCENARIO_FILE if call.path.is_dir() else call.beside
    try:
        named = re.search(r"^flow: *[\"']?([^\"'\s#]+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    except (OSError, ValueError):
        return None
    return near(named[1], file.parent) if named else None


def _locked(handle: int) -> bool:
    """Whether the lock is ours now; also where the file system knows none."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _read(path: Path) -> CallResult | None:
    try:
        return from_json(path.read_bytes())
    except (OSError, ValueError):
        return None


def _write(path: Path, text: str) -> None:
    """The whole file or nothing, readable by this user only; `?` for what is not UTF-8 in a path."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.touch(mode=0o600)
        part.write_text(text, encoding="utf-8", errors="replace")
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None
