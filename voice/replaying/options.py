"""How calls are run again: the depth, what is tried in place of what they were taken with, the models."""

import dataclasses
import shlex
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from voice.call import CallSettings
from voice.errors import OperatorError
from voice.replaying.depth import Depth


@dataclass(frozen=True, slots=True)
class Options:
    """How."""

    depth: Depth
    asr: Path
    """Folder of the Whisper."""
    voice: Path
    """The Piper voice."""
    prompts: Path
    """Folder of rendered prompts."""
    results: Path
    """Folder that keeps what came of the calls."""
    flow: str | None = None
    """A procedure in place of the one that the call was taken with; a shipped one's name, or a path."""
    aimed_at: str | None = None
    """The name of the procedures that it takes the place of: calls of other procedures keep their own. None: of all."""
    changes: Mapping[str, str] = field(default_factory=dict)
    """Settings in place of the ones that the call was taken with: endpointing.complete_ms → 400."""
    as_recorded: bool = False
    """Whether the caller keeps the recording's clock, whatever the agent does."""
    fast: bool = False
    """At depth wire: paced by processing instead of the clock."""
    last: bool = False
    """Whether the verdict is about the last run, not about the recording or what was accepted."""
    jobs: int = 4
    threads: int = 1

    @property
    def changed(self) -> bool:
        """Whether anything is tried that the call was not taken with."""
        return self.flow is not None or bool(self.changes)

    @property
    def words(self) -> str:
        """What is tried, as somebody would type it."""
        return tried(self.flow, self.changes)


def tried(flow: str | None, changes: Mapping[str, str]) -> str:
    """Another procedure and other settings, as somebody would type them."""
    words = [] if flow is None else ["--flow", flow]
    return shlex.join([*words, *(word for one in sorted(changes.items()) for word in ("--set", "=".join(one)))])


def changed(settings: CallSettings, changes: Mapping[str, str]) -> CallSettings:
    """The settings with some of them changed: names as in `CallSettings`, parts with a point between.

    >>> changed(CallSettings(), {"endpointing.complete_ms": "400"}).endpointing.complete_ms
    400

    Raises:
        OperatorError: there is no such setting, or the value is none for it.
    """
    for name, value in changes.items():
        settings = _with(settings, name.split("."), value, name)
    return settings


def _with(part: Any, way: list[str], value: str, name: str) -> Any:
    hints = get_type_hints(type(part))
    if way[0] not in hints:
        raise OperatorError(f"there is no setting {name!r}; here there are {', '.join(sorted(hints))}")
    held = getattr(part, way[0])
    if len(way) == 1 and dataclasses.is_dataclass(held):
        parts = ", ".join(f"{name}.{part.name}" for part in dataclasses.fields(held))
        raise OperatorError(f"{name!r} is no setting but several: {parts}")
    if len(way) > 1:
        if not dataclasses.is_dataclass(held):
            raise OperatorError(f"the setting {way[0]!r} has no parts, so there is no {name!r}")
        return replace(part, **{way[0]: _with(held, way[1:], value, name)})
    try:
        return replace(part, **{way[0]: _value(hints[way[0]], held, value, name)})
    except ValueError as error:
        raise OperatorError(f"the setting {name} can't be {value!r}: {error}") from None


def _value(hint: Any, held: object, value: str, name: str) -> object:
    """A text as what the setting holds."""
    kinds = [kind for kind in get_args(hint) if kind is not type(None)] if isinstance(hint, types.UnionType) else [hint]
    if value == "none" and isinstance(hint, types.UnionType):
        return None
    try:
        given = _read(kinds[0], value)
    except (KeyError, TypeError, ValueError):
        raise OperatorError(f"the setting {name} can't be {value!r}; it is {held!r}") from None
    if isinstance(given, int | float) and not 0 <= given < float("inf"):
        raise OperatorError(f"the setting {name} can't be {value!r}: not a length, a number or a share")
    return given


def _read(kind: Any, value: str) -> object:
    """Raises KeyError, TypeError or ValueError where it is none of that kind."""
    if get_origin(kind) is Literal:
        return {str(one): one for one in get_args(kind)}[value]
    if kind is bool:
        return {"true": True, "false": False}[value]
    if kind in (int, float, str):
        return kind(value)
    raise TypeError
