"""What a dead server has left on the disk: its database, what waits beside it, and its calls' journals."""

import json
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sop.state import Phase, state_from_json
from voice import codec
from voice.commands import Save, Speak
from voice.events import CallStarted, Saved
from voice.journal import read_lines


@dataclass(frozen=True, slots=True)
class Kept:
    """What a dead server has kept."""

    fields: dict[tuple[str, str], str]
    """(call, slot) → value"""
    states: dict[str, str]
    """Calls that are not over → where the procedure stands; none that only has its goodbye to say."""
    outcomes: dict[str, str | None]
    """Calls that the agent took."""


def kept(home: Path) -> Kept:
    """The database as it lies on the disk, with what waits beside it to be entered; nothing is touched."""
    with tempfile.TemporaryDirectory() as folder:
        for file in home.glob("switchboard.db*"):
            shutil.copy(file, folder)
        with closing(sqlite3.connect(Path(folder) / "switchboard.db")) as database:
            found = database.execute("SELECT call, slot, value FROM lead_fields").fetchall()
            calls = database.execute("SELECT call, state, outcome FROM calls WHERE flow != ''").fetchall()
    fields = {(call, slot): value for call, slot, value in found}
    rows = [json.loads(line) for line in (home / "unsaved.jsonl").read_text().splitlines(keepends=True) if "\n" in line]
    done = {row["done"] for row in rows if "done" in row}
    for row in rows:
        if row.get("write") == "save_fields" and row["key"] not in done:
            fields |= {(row["call"], slot): held[0] for slot, held in row["given"][0][1].items()}
    open_ones = {call: state for call, state, outcome in calls if state and outcome is None}
    states = {call: state for call, state in open_ones.items() if state_from_json(state).phase is not Phase.FINISHED}
    return Kept(fields, states, {call: outcome for call, _, outcome in calls})


def age_leases(home: Path, seconds: float) -> None:
    """What a dead worker was at is free so much sooner."""
    with closing(sqlite3.connect(home / "switchboard.db")) as database, database:
        database.execute("UPDATE deliveries SET leased_until = leased_until - ?", (seconds,))


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """One stream of a call, out of its journal."""

    call: str
    resumed: bool | None
    """Whether it went on where another left off; None: it did not get as far as to say."""
    first_words: str
    seconds: float
    saves: tuple[tuple[Mapping[str, str], bool], ...]
    """(slot → value, whether the database was said to have them), in order."""


def streams(home: Path) -> list[StreamRecord]:
    """Every stream of every call that has a journal, in the order in which they ended."""
    files = sorted((home / "calls").glob("*.jsonl"), key=lambda file: file.stat().st_mtime)
    return [_stream(file) for file in files]


def _stream(file: Path) -> StreamRecord:
    said, at = "", 0
    resumed: bool | None = None
    saves: dict[int, dict[str, str]] = {}
    certain: set[int] = set()
    for line in read_lines(file):
        value = json.loads(line.removeprefix(">"))
        at = max(at, value.get("at", 0))
        if value["_"] not in {"CallStarted", "Speak", "Save", "Saved"}:
            continue
        match codec.decode(value):
            case CallStarted() as started:
                resumed = started.resumed != ""
            case Speak() as speak:
                said = said or speak.text
            case Save() as save:
                saves[save.save] = {one.slot: one.value for one in save.fields}
            case Saved() as saved if saved.ok:
                certain.add(saved.save)
    ordered = tuple((fields, number in certain) for number, fields in saves.items())
    return StreamRecord(file.stem.partition("_")[0], resumed, said, at / 8000, ordered)


def lost(records: list[StreamRecord], fields: Mapping[tuple[str, str], str]) -> list[str]:
    """Fields that a server said it had and that are gone, or older than it said."""
    histories: dict[tuple[str, str], list[tuple[str, bool]]] = defaultdict(list)
    for record in records:
        for saved, certain in record.saves:
            for slot, value in saved.items():
                histories[record.call, slot].append((value, certain))
    found = []
    for (call, slot), history in histories.items():
        last = max((n for n, (_, certain) in enumerate(history) if certain), default=-1)
        newer = {value for value, _ in history[max(last, 0) :]}
        held = fields.get((call, slot), "")
        older = {"", *(value for value, _ in history[: max(last, 0)])} - newer
        if last >= 0 and held in older:
            found.append(f"{slot} of {call}: {held!r} instead of one of {sorted(newer)}")
    return found
