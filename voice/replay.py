"""A journal → the same call again: the core runs on the recorded events, without models, sockets or a clock.

The call is identical when each event brings forth exactly the commands that the journal has behind it. The flow's
text and the settings travel in the journal, so a replay needs nothing else.
"""

import dataclasses
import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, get_type_hints

from sop.graph import Graph
from sop.hours import hours_from_plain, hours_to_plain
from sop.loader import load_text
from voice.audio import LINE_RATE
from voice.call import Call, CallSettings
from voice.codec import encode
from voice.commands import Command
from voice.errors import OperatorError
from voice.events import Event
from voice.journal import events_of, read_header, read_lines
from voice.report import Report


class Follower(Protocol):
    """Is told what happens in a replay, as it happens."""

    def event(self, event: Event) -> None:
        """An event of the journal."""

    def command(self, command: Command) -> None:
        """What the core makes of it now."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of a replay."""

    identical: bool
    events: int
    commands: int
    duration_s: float
    """Length of the call."""
    elapsed_s: float
    """What the replay took."""
    first_difference: str | None
    """Both sides of the first difference, in one line; None where there is none."""
    outcome: str | None
    path: tuple[str, ...]
    cut_short: bool = False
    """The journal breaks off before the call's end, with the machine or the disk; what its last event brought forth
    may lack, and is no difference."""

    @property
    def real_time_factor(self) -> float:
        """Seconds of call per second of replay."""
        return round(self.duration_s / self.elapsed_s, 1) if self.elapsed_s else 0.0


def header(graph: Graph, flow_source: str, settings: CallSettings) -> dict[str, Any]:
    """What a journal's first line holds."""
    hours = {} if graph.hours is None else {"hours": hours_to_plain(graph.hours)}
    return {
        "flow": graph.name,
        "version": graph.version,
        "settings": dataclasses.asdict(settings),
        "source": flow_source,
        **hours,
    }


def graph_of(head: dict[str, Any]) -> Graph:
    """The procedure in a header, with the hours that held for the call. Raises FlowError, KeyError or ValueError."""
    return with_hours(load_text(head["source"], head["flow"]), head)


def with_hours(graph: Graph, head: dict[str, Any]) -> Graph:
    """The procedure with the hours of a header, where it has some. Raises KeyError or ValueError."""
    return dataclasses.replace(graph, hours=hours_from_plain(head["hours"])) if "hours" in head else graph


def settings_of(values: dict[str, Any]) -> CallSettings:
    """The settings in a header; ones that the journal does not know keep their default."""
    hints = get_type_hints(CallSettings)
    return CallSettings(**{k: hints[k](**v) if isinstance(v, dict) else v for k, v in values.items() if k in hints})


def replay(path: Path, *, graph: Graph | None = None, follower: Follower | None = None) -> Replay:
    """Runs a journal's events through a fresh core and compares every command.

    `graph`: the procedure in the journal, where somebody has read it already.

    Raises:
        OperatorError: it is no journal of this format, or one that holds something unknown.
    """
    head = read_header(path)
    with _reading(path, 1):
        graph = graph or graph_of(head)
        settings = settings_of(head["settings"])
    return _replay(path, Call(graph, settings), follower)


def _replay(path: Path, call: Call, follower: Follower | None) -> Replay:
    began = time.perf_counter()
    report = Report()
    followers = (report,) if follower is None else (report, follower)
    events = commands = at = 0
    due: list[str] = []
    difference: str | None = None
    ended = False
    for line, happened in _entries(path):
        if line.startswith(">"):
            commands += 1
            ended = ended or line.startswith(_END)
            difference = difference or _compare(line[1:], due)
        for event in happened:
            difference = difference or _leftover(due)
            events += 1
            at = max(at, event.at)
            if follower is not None:
                follower.event(event)
            produced = call.receive(event)
            due = [encode(c) for c in produced]
            for command in produced:
                for one in followers:
                    one.command(command)
    if ended:
        difference = difference or _leftover(due)
    elapsed = time.perf_counter() - began
    return Replay(
        difference is None,
        events,
        commands,
        round(at / LINE_RATE, 2),
        round(elapsed, 4),
        difference,
        report.outcome,
        tuple(report.path),
        not ended,
    )


def _entries(path: Path) -> Iterator[tuple[str, Sequence[Event]]]:
    """Each line, and the events in it. Raises OperatorError."""
    lines = read_lines(path)
    for number in itertools.count(2):
        with _reading(path, number):
            line = next(lines, None)
            happened = () if line is None or line.startswith(">") else tuple(events_of(line))
        if line is None:
            return
        yield line, happened


@contextmanager
def _reading(path: Path, line: int) -> Iterator[None]:
    """What goes wrong in here is the journal's fault, and told by the line's number: the text of an error may quote
    what was said. Raises OperatorError."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        kind = type(error).__name__
        raise OperatorError(f"{path} is damaged, or of another version: line {line} ({kind})") from None


_END = '>{"_":"End"'
"""Begins the line of the command that ends every call."""


def _compare(recorded: str, due: list[str]) -> str | None:
    if not due:
        return f"recorded {recorded[:200]}, replayed nothing"
    replayed = due.pop(0)
    return None if replayed == recorded else f"recorded {recorded[:200]}, replayed {replayed[:200]}"


def _leftover(due: list[str]) -> str | None:
    return f"recorded nothing, replayed {due[0][:200]}" if due else None
