"""Events, commands and what they hold ↔ JSON values, for the journal.

A value of one of our classes becomes an object whose `_` names the class; tuples become arrays. Only the classes
listed here are ever built from a file.
"""

import dataclasses
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, get_args

from sop import acts, reading
from voice import commands, events

_CLASSES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        *get_args(events.Event),
        *get_args(commands.Command),
        *get_args(reading.ReadingAct),
        reading.Reading,
        reading.Hypothesis,
        reading.Expectation,
        acts.Field,
    )
}
_NAMES: dict[type, tuple[str, ...]] = {cls: tuple(f.name for f in dataclasses.fields(cls)) for cls in _CLASSES.values()}
_LATER = frozenset({"begun", "offered"})
"""Fields that are written only where they say something: a journal from before there were any stays as it is."""
_ENUMS = {
    "urgency": commands.Urgency,
    "word": reading.GlobalWord,
    "to": events.LegState,
    "recorder": commands.Recorder,
}
"""Fields that hold a member of an enumeration."""


def encode(value: object) -> str:
    """One value as one line of JSON; equal values give equal lines."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    names = _NAMES.get(type(value))
    if names is not None:
        plain = {"_": type(value).__name__}
        for name in names:
            if name not in _LATER or getattr(value, name):
                plain[name] = _plain(getattr(value, name))
        return plain
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    raise TypeError(f"no JSON form for {type(value).__name__}")


def decode(value: Any) -> Any:
    """A value parsed from JSON → ours.

    Raises:
        ValueError: it names a class that does not exist or a field that the class has not.
    """
    if isinstance(value, list):
        return tuple(decode(item) for item in value)
    if not isinstance(value, dict):
        return value
    if "_" not in value:
        return {key: decode(item) for key, item in value.items()}
    cls = _CLASSES.get(value["_"])
    if cls is None:
        raise ValueError(f"unknown kind of value: {value['_']!r}")
    fields = {k: _field(k, v) for k, v in value.items() if k != "_"}
    try:
        return cls(**fields)
    except TypeError as error:
        raise ValueError(str(error)) from None


def _field(name: str, value: Any) -> Any:
    kind = _ENUMS.get(name)
    return kind(value) if kind is not None else decode(value)
