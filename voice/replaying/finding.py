"""What is named on the command line → the calls to be run again.

A folder is gone through as deep as it goes. In it a call is a folder with a scenario.yaml, a journal, a recording
without a journal beside it, or a `<call>.yaml` that names a recording elsewhere.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

import audio_fixtures
from sop import FlowError
from voice import recorded
from voice.errors import OperatorError, SwitchboardError
from voice.journal import read_header
from voice.replaying.depth import Depth
from voice.replaying.expected import Beside, ExpectationError, parse_beside
from voice.replaying.recording import from_journal_and_audio, from_recording
from voice.replaying.taken import (
    JOURNAL,
    RECORDING,
    SCENARIO,
    Taken,
    from_journal,
    from_scenario,
    near,
    read_flow,
    shown,
)

SOUNDS = (".wav", ".mp3", ".ogg", ".opus", ".flac", ".m4a")
YAML = (".yaml", ".yml")
SCENARIO_FILE = "scenario.yaml"
NOTHING = "nothing"
"""Kind of a call of which only an expectation is there."""


@dataclass(frozen=True, slots=True)
class Found:
    """A call, not yet opened."""

    name: str
    path: Path
    kind: str
    beside: Path
    """Where its expectation lies, or would."""


def find(named: Iterable[str]) -> list[Found]:
    """Every call that is named, once for each expectation of it, in order. Raises OperatorError where something named
    is none."""
    calls = (replace(call, name=shown(call.name)) for name in named for call in _named(name))
    unique = {(call.path.resolve(), call.beside.resolve()): call for call in calls}
    with_expectation = {path for (path, _), call in unique.items() if call.beside.is_file()}
    found = [call for (path, _), call in unique.items() if call.beside.is_file() or path not in with_expectation]
    names = Counter(call.name for call in found)
    paths = Counter(call.path for call in found)
    return [call if names[call.name] == 1 else replace(call, name=_full(call, paths)) for call in found]


def _full(call: Found, paths: Counter[Path]) -> str:
    return shown(str(call.path if paths[call.path] == 1 else call.beside))


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
    if path.suffix.lower() in YAML and path.is_file():
        _parsed(path)
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
        if path.name.startswith("."):
            continue
        call = _call(path) or _without_call(path)
        if call is not None:
            relative = call.beside.with_suffix("").relative_to(root) if root in call.beside.parents else Path(call.name)
            yield Found(relative.as_posix(), call.path, call.kind, call.beside)
        elif path.is_dir():
            yield from _inside(path, root)


def _call(path: Path) -> Found | None:
    """The call that a path stands for; None for a folder of calls, and for what lies beside another."""
    if path.is_dir():
        if not (path / SCENARIO_FILE).is_file():
            return None
        return Found(path.name, path, SCENARIO, _beside(path.with_name(path.name + ".yaml")))
    match path.suffix.lower():
        case ".jsonl":
            return Found(path.stem, path, JOURNAL, _beside(path.with_suffix(".yaml")))
        case suffix if suffix in SOUNDS:
            journal = path.with_suffix(".jsonl")
            kind = JOURNAL if journal.is_file() else RECORDING
            return Found(path.stem, journal if kind == JOURNAL else path, kind, _beside(path.with_suffix(".yaml")))
        case suffix if suffix in YAML and path.name == SCENARIO_FILE:
            return _call(path.parent)
        case suffix if suffix in YAML:
            return _elsewhere(path)
        case _:
            return None


def _beside(path: Path) -> Path:
    """Where the expectation lies: as .yml, where somebody has written that."""
    other = path.with_suffix(".yml")
    return other if other.is_file() and not path.is_file() else path


def _elsewhere(path: Path) -> Found | None:
    """The call that an expectation names, where it does not lie beside it; one that can't be opened where it names
    none."""
    named = _fields(path).get("recording")
    if named is None:
        return None
    there = path.parent / str(named)
    call = _call(there) if there.exists() else None
    return Found(path.stem, there, NOTHING, path) if call is None else Found(path.stem, call.path, call.kind, path)


def _without_call(path: Path) -> Found | None:
    """An expectation whose call is gone, or that can't be read: a test that would be missed by nobody. It can't be
    opened."""
    if path.suffix.lower() not in YAML or path.with_suffix("").is_dir() or path.name == SCENARIO_FILE:
        return None
    if any(one.stem == path.stem and one.suffix.lower() in (".jsonl", *SOUNDS) for one in path.parent.iterdir()):
        return None
    if _is_damaged(path):
        return Found(path.stem, path, NOTHING, path)
    fields = _fields(path)
    known = [name for name in fields if name in Beside.model_fields]
    expects = bool(known) and len(fields) - len(known) <= 1 and "sop" not in fields
    return Found(path.stem, path, NOTHING, path) if expects else None


def _fields(path: Path) -> dict[str, Any]:
    """The fields of a YAML file; nothing of one that can't be read, or holds something else."""
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return given if isinstance(given, dict) else {}


def _is_damaged(path: Path) -> bool:
    """Whether a file is no YAML, and has a line as an expectation has and a procedure has not."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    try:
        yaml.safe_load(content.decode())
    except (ValueError, yaml.YAMLError):
        plain = content.lstrip(_MARKS).replace(b"\0", b"")
        return _OURS.search(plain) is not None and _PROCEDURE.search(plain) is None
    return False


_MARKS = b"\xef\xbb\xbf\xff\xfe"
"""Bytes that may begin a file and say how it is encoded: UTF-8, UTF-16."""
_OURS = re.compile(
    rb"^(recording|outcome|milestones|path|slots|lead|transfers|escalations|never_said|barge_ins):", re.MULTILINE
)
_PROCEDURE = re.compile(rb"^sop:", re.MULTILINE)


def expectation(found: Found) -> Beside | None:
    """What stands beside a call; None for nothing. Raises ExpectationError or OSError."""
    return _parsed(found.beside) if found.beside.is_file() else None


def _parsed(path: Path) -> Beside:
    try:
        return parse_beside(path.read_text(encoding="utf-8"), source=str(path))
    except UnicodeDecodeError:
        raise ExpectationError(f"{path}: not UTF-8; save it as such") from None
    except ValueError as error:
        raise ExpectationError(f"{path}: not YAML: {error}") from None


def opened(found: Found, depth: Depth, flow: str | None = None) -> Taken:
    """The call itself. `flow`: the procedure that is tried, which is also that of a recording that names none.

    Raises:
        OperatorError: it can't be run again at that depth; says why, and what would help.
        FlowError: its procedure has mistakes.
        OSError: its expectation can't be read.
    """
    beside = expectation(found)
    if found.kind == NOTHING:
        named = f"recording: {found.path} is no call"
        gone = "its call is gone: none lies beside it, and no `recording:` names one"
        raise OperatorError(f"{found.beside}: {gone if found.path == found.beside else named}")
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
    if beside is not None and beside.flow is not None:
        beside = beside.model_copy(update={"flow": near(beside.flow, found.beside.parent)})
    return from_recording(found.name, found.path, beside, flow)


def flow_name(found: Found) -> str | None:
    """The name of the procedure that a call was taken with, as far as it says; None where it can't be read."""
    try:
        match found.kind:
            case kind if kind == SCENARIO:
                return read_flow(near(recorded.load(found.path).scenario.flow, found.path))[0].name
            case kind if kind == JOURNAL:
                return str(read_header(found.path)["flow"])
            case _:
                beside = expectation(found)
                named = beside.flow if beside is not None else None
                return read_flow(near(named, found.beside.parent))[0].name if named is not None else None
    except (SwitchboardError, FlowError, OSError, KeyError):
        return None
