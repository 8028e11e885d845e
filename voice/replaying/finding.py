"""What is named on the command line → the calls to be run again.

A folder is gone through as deep as it goes. In it a call is a folder with a scenario.yaml, a journal, a recording
without a journal beside it, or a `<call>.yaml` that names a recording elsewhere.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import audio_fixtures
from voice import recorded
from voice.errors import OperatorError
from voice.replaying.expected import Beside, parse_beside
from voice.replaying.options import Depth
from voice.replaying.recording import from_journal_and_audio, from_recording
from voice.replaying.taken import JOURNAL, RECORDING, SCENARIO, Taken, from_journal, from_scenario

SOUNDS = (".wav", ".mp3", ".ogg", ".opus", ".flac", ".m4a")
SCENARIO_FILE = "scenario.yaml"


@dataclass(frozen=True, slots=True)
class Found:
    """A call, not yet opened."""

    name: str
    path: Path
    kind: str
    beside: Path
    """Where its expectation lies, or would."""


def find(named: Iterable[str]) -> list[Found]:
    """Every call that is named, once, in order. Raises OperatorError where something named is none."""
    found = [call for name in named for call in _named(name)]
    unique = {call.path.resolve(): call for call in found}
    names = [call.name for call in unique.values()]
    if len(set(names)) == len(names):
        return list(unique.values())
    return [Found(str(call.path), call.path, call.kind, call.beside) for call in unique.values()]


def _named(name: str) -> Iterator[Found]:
    path = Path(name)
    if not path.exists() and name in recorded.shipped():
        path = audio_fixtures.ROOT / "calls" / name
    if not path.exists():
        raise OperatorError(f"{name} is not there: name a journal, a recording, a scenario, or a folder of them")
    call = _call(path)
    if call is not None:
        yield call
        return
    if not path.is_dir():
        raise OperatorError(
            f"{name} is no call: a journal ends in .jsonl, a recording in {', '.join(SOUNDS)}, a scenario is a folder "
            f"with {SCENARIO_FILE}"
        )
    inside = list(_inside(path, path))
    if not inside:
        raise OperatorError(f"{name} holds no calls: no {SCENARIO_FILE}, no journal, no recording")
    yield from inside


def _inside(folder: Path, root: Path) -> Iterator[Found]:
    for path in sorted(folder.iterdir()):
        call = _call(path)
        if call is not None:
            relative = call.beside.with_suffix("").relative_to(root) if root in call.beside.parents else Path(call.name)
            yield Found(relative.as_posix(), call.path, call.kind, call.beside)
        elif path.is_dir() and not path.name.startswith("."):
            yield from _inside(path, root)


def _call(path: Path) -> Found | None:
    """The call that a path stands for; None for a folder of calls, and for what lies beside another."""
    if path.is_dir():
        if not (path / SCENARIO_FILE).is_file():
            return None
        return Found(path.name, path, SCENARIO, path.with_name(path.name + ".yaml"))
    match path.suffix.lower():
        case ".jsonl":
            return Found(path.stem, path, JOURNAL, path.with_suffix(".yaml"))
        case suffix if suffix in SOUNDS:
            journal = path.with_suffix(".jsonl")
            if journal.is_file():
                return Found(path.stem, journal, JOURNAL, path.with_suffix(".yaml"))
            return Found(path.stem, path, RECORDING, path.with_suffix(".yaml"))
        case ".yaml" if path.name == SCENARIO_FILE:
            return _call(path.parent)
        case ".yaml":
            return _elsewhere(path)
        case _:
            return None


def _elsewhere(path: Path) -> Found | None:
    """The call that an expectation names, where it does not lie beside it."""
    beside = parse_beside(path.read_text(encoding="utf-8"), source=str(path))
    if beside.recording is None:
        return None
    there = path.parent / beside.recording
    call = _call(there) if there.exists() else None
    if call is None:
        raise OperatorError(f"{path}: recording: {beside.recording} is no call")
    return Found(path.stem, call.path, call.kind, path)


def expectation(found: Found) -> Beside | None:
    """What stands beside a call; None for nothing. Raises ExpectationError or OSError."""
    if not found.beside.is_file():
        return None
    return parse_beside(found.beside.read_text(encoding="utf-8"), source=str(found.beside))


def opened(found: Found, depth: Depth, flow: str | None = None) -> Taken:
    """The call itself. `flow`: the procedure that is tried, which is also that of a recording that names none.

    Raises:
        OperatorError: it can't be run again at that depth; says why, and what would help.
        FlowError: its procedure has mistakes.
    """
    beside = expectation(found)
    if found.kind == SCENARIO:
        if depth is Depth.JOURNAL:
            raise OperatorError(f"{found.path} is a scenario and has no journal; use --depth audio or wire")
        caller = recorded.load(found.path)
        return from_scenario(found.name, found.path, caller, beside)
    if found.kind == JOURNAL:
        taken = from_journal(found.name, found.path, beside)
        return taken if depth is Depth.JOURNAL else from_journal_and_audio(taken, beside)
    if depth is Depth.JOURNAL:
        raise OperatorError(f"{found.path} has no journal beside it; use --depth audio or wire")
    return from_recording(found.name, found.path, beside, flow)
