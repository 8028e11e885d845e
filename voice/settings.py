"""The settings of a server that answers a telephone: one file, `switchboard.yaml`, checked as a whole.

    settings = load(Path("switchboard.yaml"))            # SettingsError: every mistake, file:line
    settings.numbers["+14155550123"].flow

Secrets are never in the file; it names the environment variables that hold them. Relative paths are taken from the
file's folder. docs/configuration.md explains every key; `switchboard.schema.json` beside this module is for editors.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sop.fields import suggest
from sop.graph import Graph, Hours
from sop.hours import WEEKDAYS, parse_stretch
from sop.loader import find, shipped
from sop.loader import load as load_flow
from sop.problems import FlowError, Problem
from sop.yaml_source import LARGEST, SourceError, read_yaml
from voice import config
from voice.config import default_home
from voice.errors import OperatorError
from voice.roster import Person, Roster, Shift
from voice.settings_channels import JsonlDelivery
from voice.settings_form import Number, Settings, ShiftForm
from voice.settings_mistakes import unfit_texts, validated
from voice.settings_references import disagreements, missing_secrets
from voice.settings_tree import Part, plain
from voice.settings_values import minutes

__all__ = [
    "FILE",
    "Settings",
    "SettingsError",
    "database",
    "hours_of",
    "json_schema",
    "load",
    "load_text",
    "roster_of",
    "schema_text",
    "secret_names",
]

FILE = "switchboard.yaml"
_GROUPS = {"weekdays": range(5), "weekend": range(5, 7), "every_day": range(7)}
_RELATIVE = re.compile(r"(sqlite(?:\+aiosqlite)?:///)([^/].*)")


class SettingsError(OperatorError):
    """A settings file with mistakes: all of them, in the order of their lines; a flow's behind them."""

    def __init__(self, problems: tuple[Problem, ...], file: str) -> None:
        once = dict.fromkeys(problems)
        self.problems = tuple(sorted(once, key=lambda one: (one.file != file, one.file, one.line)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def load(path: Path, environment: Mapping[str, str] | None = os.environ) -> Settings:
    """The settings in a file. Without an `environment`, nobody looks whether the secrets are there.

    Raises:
        SettingsError: with every mistake in it, in the flows that it names, and in the environment.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1).decode()
    except UnicodeDecodeError:
        raise _unusable(path.name, 1, "is not UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        remedy = "name the file with --config, or write one with `switchboard init`"
        raise _unusable(str(path), 1, f"cannot be read ({error.strerror})", remedy) from None
    return load_text(text, path.name, path.parent, environment)


def load_text(text: str, file: str, folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in a text; `folder` is where relative paths begin. Raises SettingsError."""
    if len(text) > LARGEST:
        raise _unusable(file, 1, f"is larger than {LARGEST // 1024} KiB", "leave out what is not needed")
    try:
        root = Part(file, read_yaml(text))
    except SourceError as error:
        empty = error.message == "the file is empty"
        remedy = "write one with `switchboard init`" if empty else error.remedy
        raise _unusable(file, error.line, error.message, remedy) from None
    settings, refused = validated(plain(root.node), root, json_schema())
    flows, broken = _flows(root, folder)
    further = [*broken, *disagreements(root, flows)]
    if environment is not None:
        further += missing_secrets(root, flows, environment)
    # What is still to be filled in, or a secret, is that and nothing else; what has no form agrees with nothing.
    unfit = unfit_texts(root)
    unfit += [(path, problem) for path, problem in refused if path not in {path for path, _ in unfit}]
    spots = {_spot(problem) for _, problem in unfit}
    problems = [problem for _, problem in unfit] + [problem for problem in further if _spot(problem) not in spots]
    if problems or settings is None:
        raise SettingsError(tuple(problems), file)
    return _placed(settings, folder, default_home(os.environ if environment is None else environment))


def _spot(problem: Problem) -> tuple[str, int, str, str]:
    return problem.file, problem.line, problem.step, problem.field


def _flows(root: Part, folder: Path) -> tuple[dict[str, Graph | None], list[Problem]]:
    """The flows that the numbers name, as the file names them, and what is wrong with them."""
    graphs: dict[str, Graph | None] = {}
    problems: list[Problem] = []
    for number in root.part("numbers").parts():
        for part in (number.part("flow"), number.part("open_flow")):
            source = _flow_in(folder, part.text)
            if not part.text or part.text in graphs:
                continue
            graphs[part.text] = None
            if not find(source).is_file():
                remedy = f"{suggest(part.text, shipped())}, or write the path of a flow file"
                problems.append(part.wrong(f"there is no flow {part.text!r}", remedy))
                continue
            try:
                graphs[part.text] = load_flow(source)
            except FlowError as error:
                problems += error.problems
    return graphs, problems


def _flow_in(folder: Path, source: str) -> str:
    return str(folder / source) if (folder / source).is_file() else source


def _placed(settings: Settings, folder: Path, home: Path) -> Settings:
    """The same with every path where it is."""

    def placed(name: str) -> str:
        path = Path(name).expanduser()
        return str(folder / path) if (folder / path).exists() else name

    models = settings.models.model_copy(
        update={"ears": placed(settings.models.ears), "voice": placed(settings.models.voice)}
    )
    numbers = {
        number: one.model_copy(
            update={"flow": _flow_in(folder, one.flow), "open_flow": one.open_flow and _flow_in(folder, one.open_flow)}
        )
        for number, one in settings.numbers.items()
    }
    deliveries = {
        name: one.model_copy(update={"path": str(folder / one.path)}) if isinstance(one, JsonlDelivery) else one
        for name, one in settings.deliveries.items()
    }
    given = "home" in settings.model_fields_set
    update = {
        "home": folder / settings.home.expanduser() if given else home,
        "store": settings.store and _RELATIVE.sub(lambda found: f"{found[1]}{folder / found[2]}", settings.store),
    }
    return settings.model_copy(update={**update, "models": models, "numbers": numbers, "deliveries": deliveries})


def _unusable(file: str, line: int, message: str, remedy: str) -> SettingsError:
    return SettingsError((Problem(file, line, "", "", message, remedy),), file)


def hours_of(number: Number, *graphs: Graph) -> Hours:
    """The clock and calendar of a number: its own, else those of the first of its flows that has any. Further days off
    are of all; the week is empty where nothing says when the business is open."""
    flows = [graph.hours for graph in graphs if graph.hours is not None]
    week = next((hours.week for hours in flows), {})
    if number.hours is not None:
        week = {day: _stretches(getattr(number.hours, weekday)) for day, weekday in enumerate(WEEKDAYS)}
    return Hours(
        week,
        number.time_zone or next((hours.time_zone for hours in flows if hours.time_zone), ""),
        number.holidays or next((hours.holidays for hours in flows if hours.holidays), ""),
        tuple(sorted({*number.closed, *(day for hours in flows for day in hours.closed)})),
    )


def _stretches(texts: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    return tuple(found for text in texts if (found := parse_stretch(text)) is not None)


def roster_of(settings: Settings, name: str, hours: Hours) -> Roster:
    """An on-call list by a number's clock and calendar. Raises KeyError for a list that is none."""
    shifts = tuple(_shift(settings, one) for one in settings.lists[name])
    return Roster(shifts, hours.time_zone, hours.holidays, hours.closed)


def _shift(settings: Settings, one: ShiftForm) -> Shift:
    people = tuple(Person(settings.people[name].name, settings.people[name].number) for name in one.people)
    days: set[int] = set()
    for day in one.days:
        days |= {WEEKDAYS.index(day)} if day in WEEKDAYS else set(_GROUPS.get(day, ()))
    return Shift(people, frozenset(days), minutes(one.from_), minutes(one.to), "closed_days" in one.days)


def database(file: Path | None) -> str:
    """The URL of the database that a settings file names; without a file, here or named, that of a server on loopback.
    Raises SettingsError."""
    found = file or Path(FILE)
    return load(found, None).store_url if file is not None or found.is_file() else config.load().store_url


def secret_names(settings: Settings) -> tuple[str, ...]:
    """The environment variables that the file names. Those of the flows' tools are `voice.tools.secrets_needed`."""
    return tuple(sorted(set(_variables(settings))))


def _variables(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        for name, inner in value:
            if name.endswith("_env"):
                yield from (inner,) if inner else ()
            else:
                yield from _variables(inner)
    elif isinstance(value, dict | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _variables(inner)


def json_schema() -> dict[str, Any]:
    """The file's form as a JSON Schema, draft 2020-12: what an editor completes, explains and underlines."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Settings.model_json_schema()}


def schema_text() -> str:
    """The schema as `switchboard.schema.json` holds it."""
    return json.dumps(json_schema(), indent=2, sort_keys=True) + "\n"
