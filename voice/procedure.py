"""The procedure of one call, with the saves and tools that it asks for: what goes in is what happened to the caller,
what comes out is to be said or done, in order."""

from sop import acts, engine
from sop.expectation import expect
from sop.graph import Graph
from sop.reading import Expectation
from sop.state import Phase, State, state_from_json
from voice.commands import CallTool, Enter, Prepare, Save
from voice.events import CallStarted, Saved, ToolFinished
from voice.saving import Released, Saving
from voice.utterance import sentences

Step = Enter | Save | CallTool | acts.Say | acts.TransferTo | acts.Finish


class Procedure:
    """Where one call stands."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._saving = Saving()
        self._tools: set[str] = set()
        self.moves = 0
        """How often it has moved on."""
        self.state = engine.start(graph, caller=None, now="1970-01-01T00:00:00+00:00")

    @property
    def expecting(self) -> Expectation:
        """What the caller is to say next."""
        return expect(self._graph, self.state)

    @property
    def saving(self) -> bool:
        """Whether something said now could be lost."""
        return self._saving.under_way

    @property
    def working(self) -> bool:
        """Whether a save or a tool is under way."""
        return self.saving or bool(self._tools)

    def start(self, event: CallStarted) -> acts.Begin | acts.Resume:
        """A new call, or one that goes on where an earlier stream left off; the input that it begins with."""
        left_off = _left_off(event.resumed, self._graph)
        if left_off is not None:
            self.state = left_off
            return acts.Resume(event.returned)
        self.state = engine.start(self._graph, caller=event.caller, now=event.now, profile=event.profile)
        return acts.Begin()

    def advance(self, given: acts.Input) -> list[Step]:
        """Moves on by what has happened."""
        self.moves += 1
        self.state, made = engine.advance(self._graph, self.state, given)
        return [step for act in made for step in self._step(act)]

    def _step(self, act: acts.Act) -> list[Step]:
        match act:
            case acts.Enter(step):
                return [Enter(step)]
            case acts.Save(fields):
                return [self._saving.save(fields)]
            case acts.CallTool(_, name, arguments, timeout_s, key):
                tool = CallTool(act.id, name, arguments, timeout_s, key)
                self._tools.add(tool.tool)
                if not self._saving.under_way:
                    return [tool]
                self._saving.wait(tool)
                return []
            case acts.Say() | acts.TransferTo() | acts.Finish():
                return [act]

    def saved(self, event: Saved) -> list[Step]:
        """Takes the database's answer. Tools that waited for it run; they have failed if fields are missing."""
        match self._saving.saved(event):
            case Save() as again:
                return [again]
            case Released(tools, complete):
                if complete:
                    return list(tools)
                at = event.at
                return [step for tool in tools for step in self.finished(ToolFinished(at, tool.tool, False, {}))]
            case None:
                return []

    def finished(self, event: ToolFinished) -> list[Step]:
        """Takes a tool's answer, once."""
        if event.tool not in self._tools:
            return []
        self._tools.discard(event.tool)
        return self.advance(acts.ToolFinished(event.tool, event.ok, event.result))

    def hung_up(self) -> tuple[CallTool, ...]:
        """The tools that still wait, which complete what the caller has agreed to."""
        return self._saving.take_tools()

    def likely(self) -> tuple[Prepare, ...]:
        """Has rendered what may be said next."""
        texts = tuple(s for text in engine.likely(self._graph, self.state) for s in sentences(text))
        return (Prepare(texts),) if texts else ()


def _left_off(text: str, graph: Graph) -> State | None:
    """Where an earlier stream left off; None where there was none, or it cannot be gone on from."""
    try:
        state = state_from_json(text) if text else None
    except ValueError:
        return None
    if state is None or (state.flow, state.version) != (graph.name, graph.version) or state.phase is Phase.NEW:
        return None
    return state
