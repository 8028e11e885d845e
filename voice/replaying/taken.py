"""A call that can be run again: what it was taken with, who speaks in it, and what must come of it."""

import functools
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from sop import loader
from sop.graph import Graph
from sop.stub import tools_from
from voice import replay
from voice.audio import LINE_RATE
from voice.call import CallSettings
from voice.caller import Caller
from voice.errors import OperatorError
from voice.events import CallStarted
from voice.journal import read_entries, read_header
from voice.recorded import Recorded
from voice.replaying.course import Course, course_of
from voice.replaying.expected import Beside, Expected
from voice.replaying.outside import AsBefore, Outside, Scripted
from voice.replaying.past import Past, past_of
from voice.replaying.rerun import Sayer
from voice.replaying.result import CallResult, result_of

SCENARIO, JOURNAL, RECORDING = "scenario", "journal", "recording"
MORE_S = 120
"""A call that is run again may last so much longer than it did."""
STREAM = "MZ" + "0" * 32


CUT_SHORT = "the journal breaks off before the call's end: what happened after that is not known"


class Told:
    """What a journal tells, read when it is first asked for: to run it again unchanged takes none of it."""

    def __init__(self, path: Path, name: str, graph: Graph) -> None:
        self._path = path
        self._name = name
        self._graph = graph

    @functools.cached_property
    def _read(self) -> tuple[Past, Course]:
        """Raises OperatorError."""
        try:
            entries = list(read_entries(self._path))
            return past_of(entries), course_of(entries)
        except DAMAGE as error:
            raise damaged(self._path, error) from None

    @property
    def past(self) -> Past:
        """What the caller did, and what came from outside. Raises OperatorError where the journal is damaged."""
        return self._read[0]

    @property
    def course(self) -> Course:
        """What happened turn by turn. Raises OperatorError where the journal is damaged."""
        return self._read[1]

    @functools.cached_property
    def result(self) -> CallResult:
        """What came of the call. Raises OperatorError where the journal is damaged."""
        graph = self._graph
        return result_of(
            self.course, call=self._name, kind=JOURNAL, depth="journal", flow=graph.name, version=graph.version
        )


DAMAGE = (ValueError, KeyError, TypeError, AttributeError)
"""What reading a damaged journal raises."""


def damaged(path: Path, error: Exception) -> OperatorError:
    """The same in words, without the error's own: those may quote the call."""
    return OperatorError(f"{path} is damaged, or of another version ({type(error).__name__})")


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
    longest_s: float | None = None
    """The caller gives up after so long; None: its journal tells."""
    recorded: Recorded | None = None
    """The caller, turn by turn; None where there is no audio."""
    as_recorded: Callable[[], Sayer] | None = None
    """The caller on the recording's own clock."""
    told: Told | None = None
    """What its journal tells."""
    expected: Expected | None = None
    notes: tuple[str, ...] = ()

    @property
    def past(self) -> Past | None:
        """What its journal tells. Raises OperatorError where that is damaged."""
        return self.told.past if self.told is not None else None

    @property
    def before(self) -> CallResult | None:
        """What came of it when it was taken. Raises OperatorError where its journal is damaged."""
        return self.told.result if self.told is not None else None

    @property
    def against(self) -> str:
        """What `before` is."""
        return "journal" if self.told is not None else ""

    @property
    def limit_s(self) -> float:
        """The caller gives up after so long."""
        past = self.past if self.longest_s is None else None
        return self.longest_s if self.longest_s is not None else (past.samples if past else 0) / LINE_RATE + MORE_S

    def outside(self, graph: Graph) -> Outside:
        """The world of the call; a fresh one each time."""
        if (past := self.past) is not None:
            return AsBefore(Scripted(graph), past.tools, past.took, past.duties, past.legs, past.bridges)
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


def near(flow: str, folder: Path) -> str:
    """A procedure as a file in that folder names it: the file that lies there, else as it is named."""
    path = folder / flow
    return str(path) if path.suffix in (".yaml", ".yml") and path.is_file() else flow


def from_scenario(name: str, path: Path, recorded: Recorded, expected: Expected | None) -> Taken:
    """A caller as a scenario describes them. Raises FlowError where its flow is unknown."""
    scenario = recorded.scenario
    graph, source = read_flow(near(scenario.flow, path))
    caller = None if scenario.caller == "anonymous" else scenario.caller
    return Taken(
        name=name,
        kind=SCENARIO,
        path=path,
        start=CallStarted(0, call_sid(name), STREAM, caller, scenario.now),
        flow=source,
        graph=graph,
        settings=CallSettings(),
        longest_s=scenario.limit_s,
        recorded=recorded,
        expected=_both(scenario.expect, expected),
    )


def _both(expect: Expected, beside: Expected | None) -> Expected:
    """What a scenario expects, and in its place what lies beside it, field by field."""
    if beside is None:
        return expect
    ours = {name: getattr(expect, name) for name in expect.model_fields_set | {"barge_ins"}}
    theirs = {name: getattr(beside, name) for name in beside.model_fields_set}
    for one, other in (("path", "milestones"), ("milestones", "path"), ("lead", "slots"), ("slots", "lead")):
        if one in theirs:
            ours.pop(other, None)
    return Beside(**(ours | theirs))


def call_sid(name: str) -> str:
    """A carrier's name for the call, the same every time."""
    return "CA" + hashlib.md5(name.encode(errors="surrogateescape"), usedforsecurity=False).hexdigest()


def shown(text: str) -> str:
    """A text in which a file's name may stand, with the bytes of one that is not UTF-8 as `\\xe9`."""
    return re.sub("[\udc80-\udcff]", lambda odd: f"\\x{ord(odd[0]) & 0xFF:02x}", text)


def from_journal(name: str, path: Path, beside: Beside | None) -> Taken:
    """A call of our own, by its journal alone. Raises OperatorError where it can't be read."""
    head = read_header(path)
    try:
        start = next((entry for entry in read_entries(path) if isinstance(entry, CallStarted)), None)
        settings = replay.settings_of(head["settings"])
        graph = replay.with_hours(graph_of(head["source"], head["flow"]), head)
    except DAMAGE as error:
        raise damaged(path, error) from None
    if start is None:
        raise OperatorError(f"{path} has no beginning: a journal without CallStarted is of no use; was it cut short?")
    return Taken(
        name=name,
        kind=JOURNAL,
        path=path,
        start=replace(start, call=call_sid(name), stream=STREAM),
        flow=head["source"],
        graph=graph,
        settings=settings,
        told=Told(path, name, graph),
        expected=beside,
    )
