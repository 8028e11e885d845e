"""A call that can be run again: what it was taken with, who speaks in it, and what must come of it."""

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from sop import loader
from sop.graph import Graph
from sop.stub import tools_from
from voice import replay
from voice.audio import samples
from voice.call import CallSettings
from voice.caller import Caller
from voice.errors import OperatorError
from voice.events import CallStarted
from voice.journal import read_entries, read_header
from voice.recorded import Recorded
from voice.replaying.course import course_of
from voice.replaying.expected import Beside, Expected
from voice.replaying.outside import AsBefore, Outside, Scripted
from voice.replaying.past import Past, past_of
from voice.replaying.rerun import Sayer
from voice.replaying.result import CallResult, result_of

SCENARIO, JOURNAL, RECORDING = "scenario", "journal", "recording"
MORE_S = 120
"""A call that is run again may last so much longer than it did."""
STREAM = "MZ" + "0" * 32


@dataclass(frozen=True, slots=True)
class Taken:
    """One call."""

    name: str
    kind: str
    path: Path
    """The file or folder that was named."""
    start: CallStarted
    flow: str
    """The procedure's text with all it imports."""
    graph: Graph
    settings: CallSettings
    limit_s: float
    recorded: Recorded | None = None
    """The caller, turn by turn; None where there is no audio."""
    as_recorded: Callable[[], Sayer] | None = None
    """The caller on the recording's own clock."""
    past: Past | None = None
    """What its journal tells."""
    before: CallResult | None = None
    """What came of it when it was taken, or was accepted."""
    against: str = ""
    """What `before` is: "journal" or "accepted"."""
    expected: Expected | None = None
    notes: tuple[str, ...] = ()

    def outside(self, graph: Graph) -> Outside:
        """The world of the call; a fresh one each time."""
        if self.past is not None:
            past = self.past
            return AsBefore(Scripted(graph), past.tools, past.duties, past.legs, past.bridges)
        scenario = self.recorded.scenario if self.recorded else None
        if scenario is None:
            return Scripted(graph)
        text = yaml.safe_dump(scenario.tools) if scenario.tools is not None else None
        return Scripted(graph, tools_from(text, graph) if text else None, scenario.people)

    def caller(self) -> Caller:
        """The caller, turn by turn; a fresh one each time. Raises OperatorError where there is no audio."""
        if self.recorded is None:
            raise OperatorError(f"{self.path} has no audio of the caller; --depth journal goes without")
        return Caller(self.recorded.scenario, self.recorded.clips)


@functools.lru_cache(maxsize=64)
def graph_of(source: str, name: str) -> Graph:
    """The procedure of a text. Raises FlowError."""
    return loader.load_text(source, name)


def read_flow(name_or_path: str) -> tuple[Graph, str]:
    """A shipped flow by name, or one by path, and its text. Raises FlowError."""
    source = loader.bundle(name_or_path)
    return graph_of(source, loader.find(name_or_path).name), source


def from_scenario(name: str, path: Path, recorded: Recorded, expected: Expected | None) -> Taken:
    """A caller as a scenario describes them. Raises FlowError where its flow is unknown."""
    scenario = recorded.scenario
    graph, source = read_flow(scenario.flow)
    caller = None if scenario.caller == "anonymous" else scenario.caller
    return Taken(
        name=name,
        kind=SCENARIO,
        path=path,
        start=CallStarted(0, call_sid(name), STREAM, caller, scenario.now),
        flow=source,
        graph=graph,
        settings=CallSettings(),
        limit_s=scenario.limit_s,
        recorded=recorded,
        expected=expected or scenario.expect,
    )


def call_sid(name: str) -> str:
    """A carrier's name for the call, the same every time."""
    return "CA" + hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def from_journal(name: str, path: Path, beside: Beside | None) -> Taken:
    """A call of our own, by its journal alone. Raises OperatorError where it can't be read."""
    head = read_header(path)
    try:
        entries = list(read_entries(path))
        past = past_of(entries)
        settings = replay.settings_of(head["settings"])
        graph = graph_of(head["source"], head["flow"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OperatorError(f"{path} is damaged, or of another version: {error}") from None
    if past.start is None:
        raise OperatorError(f"{path} has no beginning: a journal without CallStarted is of no use; was it cut short?")
    result = result_of(
        course_of(entries), call=name, kind=JOURNAL, depth="journal", flow=graph.name, version=graph.version
    )
    return Taken(
        name=name,
        kind=JOURNAL,
        path=path,
        start=replace(past.start, call=call_sid(name), stream=STREAM),
        flow=head["source"],
        graph=replay.with_hours(graph, head),
        settings=settings,
        limit_s=past.samples / samples(1000) + MORE_S,
        past=past,
        before=result,
        against="journal",
        expected=beside,
    )
