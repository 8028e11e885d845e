"""What lies outside a call that is run again: the procedure's tools, and the people who may be rung.

Both answer as the recording or the scenario says they did; where neither says anything, tools answer with the flow's
examples and people take the call at once.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sop.graph import Graph
from sop.stub import ExampleTools, Tools
from voice.audio import samples
from voice.carrier import COURSE
from voice.commands import Bridge, CallTool, DropLeg, PassOn, Ring, Transfer
from voice.events import Bridged, Event, LegChanged, LegState, OnDuty, Stopped, ToolFinished
from voice.performer import LEAD_TOOL

FICTION = "+14155550199"
"""Set aside for fiction: nobody is rung."""
_UP = frozenset({LegState.RINGING, LegState.ANSWERED, LegState.ACCEPTED, LegState.JOINED, LegState.MACHINE})


@dataclass(frozen=True, slots=True)
class Later:
    """An event, so many samples after the command that it answers."""

    after: int
    event: Event


Order = CallTool | Transfer | Ring | DropLeg | Bridge | PassOn


class Outside(Protocol):
    """Answers what a call asks of the world."""

    def answer(self, command: Order) -> Sequence[Later]:
        """What comes of a command, in order."""
        ...


@dataclass(slots=True)
class Scripted:
    """The world of a scenario: everybody does at once what it says."""

    graph: Graph
    tools: Tools | None = None
    people: Mapping[str, str] = field(default_factory=dict)
    """Target → "accept", "decline", "no_answer" or "busy"."""
    _target: str = ""
    _up: set[int] = field(default_factory=set)

    def answer(self, command: Order) -> Sequence[Later]:
        """What comes of a command."""
        match command:
            case CallTool():
                return [Later(0, self._tool(command))]
            case Transfer(transfer, target):
                self._target = target
                return [Later(0, OnDuty(0, transfer, ((target.replace("_", " "), FICTION),)))]
            case Ring(leg=leg):
                course = COURSE[self.people.get(self._target, "accept")]
                if course[-1] in _UP:
                    self._up.add(leg)
                return [Later(0, LegChanged(0, leg, to)) for to in course]
            case DropLeg(leg):
                gone = leg in self._up
                self._up.discard(leg)
                return [Later(0, LegChanged(0, leg, LegState.ENDED))] if gone else []
            case Bridge(transfer) | PassOn(transfer):
                return [Later(0, Stopped(0, "stop")), Later(0, Bridged(0, transfer, True))]

    def _tool(self, command: CallTool) -> ToolFinished:
        if command.name == LEAD_TOOL:
            return ToolFinished(0, command.tool, True, {})
        answer = (self.tools or ExampleTools(self.graph)).call(command.name, command.arguments)
        result = {name: str(value) for name, value in (answer or {}).items()}
        return ToolFinished(0, command.tool, answer is not None, result)


_NEVER = {
    Transfer: "nobody was sent for",
    Ring: "nobody was rung",
    Bridge: "the caller was not sent to anybody",
    PassOn: "the caller was not passed on",
}


@dataclass(slots=True)
class AsBefore:
    """The world of a recorded call: its tools' answers by name and arguments, its people's doings in order."""

    otherwise: Scripted
    """For what the recording knows nothing of."""
    tools: Sequence[tuple[CallTool, ToolFinished]] = ()
    took: Mapping[str, int] = field(default_factory=dict)
    """Number of a recorded tool call → samples until it answered."""
    duties: Sequence[OnDuty] = ()
    legs: Sequence[Sequence[tuple[int, LegState]]] = ()
    """For each leg that was rung, what it went through and how long after the ringing began, in samples."""
    bridges: Sequence[tuple[Bridged, bool]] = ()
    """Each with whether the stream had ended by then."""
    guessed: list[str] = field(default_factory=list)
    """What was asked for that the recording does not know."""
    _called: Counter[str] = field(default_factory=Counter)
    _asked: int = 0
    _rung: int = 0
    _bridged: int = 0

    def answer(self, command: Order) -> Sequence[Later]:
        """What comes of a command."""
        match command:
            case CallTool():
                return self._tool(command)
            case Transfer(transfer) if self._asked < len(self.duties):
                duty = self.duties[self._asked]
                self._asked += 1
                return [Later(0, OnDuty(0, transfer, duty.people, duty.reason))]
            case Ring(leg=leg) if self._rung < len(self.legs):
                course = self.legs[self._rung]
                self._rung += 1
                return [Later(after, LegChanged(0, leg, to)) for after, to in course]
            case Bridge(transfer) | PassOn(transfer) if self._bridged < len(self.bridges):
                bridged, stopped = self.bridges[self._bridged]
                self._bridged += 1
                end = [Later(0, Stopped(0, "stop"))] if stopped else []
                return [*end, Later(0, Bridged(0, transfer, bridged.ok, bridged.reason))]
            case DropLeg():
                return [Later(samples(20), LegChanged(0, command.leg, LegState.ENDED))]
            case _:
                self.guessed.append(f"{_NEVER[type(command)]} in the recorded call: here it goes well")
                return self.otherwise.answer(command)

    def _tool(self, command: CallTool) -> Sequence[Later]:
        """The answers to the same arguments one after the other, then the last of them again; where there is none the
        last one that this tool gave."""
        same_name = [(asked, answered) for asked, answered in self.tools if asked.name == command.name]
        same = [answered for asked, answered in same_name if asked.arguments == command.arguments]
        if same:
            key = repr((command.name, sorted(command.arguments.items())))
            answered = same[min(self._called[key], len(same) - 1)]
            self._called[key] += 1
            return self._answered(command, answered)
        if command.name != LEAD_TOOL:
            as_it_did = "answers as it did" if same_name else "answers with its example"
            self.guessed.append(f"the tool {command.name} was never called so: it {as_it_did}")
        return self._answered(command, same_name[-1][1]) if same_name else self.otherwise.answer(command)

    def _answered(self, command: CallTool, answered: ToolFinished) -> Sequence[Later]:
        after = self.took.get(answered.tool, 0)
        return [Later(after, ToolFinished(0, command.tool, answered.ok, answered.result))]
