"""Whether the parts of a flow fit together: names exist, steps are reached and lead to an end, tools are gated."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sop.business import with_business
from sop.condition_checks import check_conditions
from sop.fields import Notes, suggest
from sop.graph import Graph, ending, entries, following, reachable
from sop.required import required_steps, slots_ahead
from sop.steps import (
    AnswerStep,
    AskStep,
    CallStep,
    DecideStep,
    ReturnStep,
    SayStep,
    Step,
    ToolStep,
    TransferStep,
    edges_of,
    slots_of,
    targets,
)
from sop.text_checks import check_texts
from sop.tool_fields import BUILT_IN

_SILENT = (SayStep, DecideStep, CallStep, ReturnStep, AnswerStep)
"""Steps that wait for nobody."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a flow stand in its file; what was imported stands at the import."""

    lines: dict[str, int]

    def of(self, path: str) -> int:
        """The line of "steps.triage", "slots.name", "escalate.0"."""
        if path in self.lines:
            return self.lines[path]
        kind, _, name = path.partition(".")
        flow, _, inner = name.partition(".")
        return self.lines.get(f"flows.{flow}.{kind}.{inner}", self.lines.get("import", self.lines.get(kind, 1)))


def check(graph: Graph, notes: Notes, lines: dict[str, int]) -> Graph:
    """Note every mistake; the graph with its business's name in every text, and its required steps."""
    places = Places(lines)
    _names(graph, notes, places)
    _uses(graph, notes, places)
    _ways(graph, notes, places)
    check_conditions(graph, notes, places.of)
    check_texts(graph, notes, places.of)
    _asks(graph, notes, places)
    _person(graph, notes, places)
    return with_business(replace(graph, required=required_steps(graph), ahead=slots_ahead(graph)))


def _names(graph: Graph, notes: Notes, places: Places) -> None:
    """Every step and slot that is named exists."""
    for name, step in graph.steps.items():
        line = places.of(f"steps.{name}")
        for target in filter(None, targets(step)):
            _known(notes, line, name, "go", "step", target, graph.steps)
        for slot in (*slots_of(step), *((step.slot,) if isinstance(step, AnswerStep) else ())):
            _known(notes, line, name, "ask", "slot", slot, graph.slots)
    for field, entry in (("start", graph.start), ("goodbye", graph.goodbye)):
        if entry:
            _known(notes, places.of(field), "", field, "step", entry, graph.steps)
    for index, escalation in enumerate(graph.escalations):
        for target in filter(None, dict.fromkeys((escalation.to, escalation.otherwise))):
            _known(notes, places.of(f"escalate.{index}"), "escalate", "to", "step", target, graph.steps)
    for name, guard in graph.guards.items():
        _known(notes, places.of(f"guards.{name}"), name, "otherwise", "step", guard.otherwise, graph.steps)


def _uses(graph: Graph, notes: Notes, places: Places) -> None:
    """Every tool, guard and sub-flow that is named exists."""
    for name, step in graph.steps.items():
        line = places.of(f"steps.{name}")
        if isinstance(step, ToolStep):
            _known(notes, line, name, "tool", "tool", step.tool, {*graph.tools, *BUILT_IN})
        if isinstance(step, CallStep):
            _known(notes, line, name, "call", "flow", step.flow, graph.flows)
        if step.guard:
            _known(notes, line, name, "guard", "guard", step.guard, graph.guards)
    for aside in graph.asides:
        _known(notes, places.of(f"asides.{aside.name}"), aside.name, "call", "flow", aside.flow, graph.flows)
    _tools(graph, notes, places)


def _tools(graph: Graph, notes: Notes, places: Places) -> None:
    """Tools are gated, called, and given what there is; slots depend on what there is."""
    known = {*graph.slots, *graph.facts}
    for name, spec in graph.slots.items():
        for other in spec.depends_on:
            _known(notes, places.of(f"slots.{name}"), name, "depends_on", "slot", other, known)
    for name, tool in graph.tools.items():
        line = places.of(f"tools.{name}")
        if tool.guard:
            _known(notes, line, name, "guard", "guard", tool.guard, graph.guards)
        for source in (tool.arguments or {}).values():
            _known(notes, line, name, "arguments", "slot", source, known)
        for result in sorted(set(tool.results) & set(graph.slots)):
            notes.add(line, name, "results", f"{result!r} is a slot already", "give the result another name")
        if not any(isinstance(step, ToolStep) and step.tool == name for step in graph.steps.values()):
            notes.add(line, name, "", "no step calls this tool", "call it, or remove it")


def _known(notes: Notes, line: int, place: str, field: str, what: str, name: str, names: Collection[str]) -> None:
    """Note a name that nothing has."""
    if name not in names:
        notes.add(line, place, field, f"there is no {what} {name!r}", suggest(name, names))


def _ways(graph: Graph, notes: Notes, places: Places) -> None:
    """Every step is reached and leads to an end."""
    reached = reachable(graph, entries(graph))
    good = ending(graph)
    for name in graph.steps:
        line = places.of(f"steps.{name}")
        if name not in reached:
            notes.add(line, name, "", "no path leads to this step", "lead an edge here, or remove it")
        elif name not in good:
            message = "no end and no person can be reached from here"
            notes.add(line, name, "", message, "lead a path to an `end` or `transfer` step")
    for name in sorted(_silent_circles(graph)):
        message = "this step can be reached from itself without the caller or a tool in between"
        notes.add(places.of(f"steps.{name}"), name, "", message, "put an ask into the circle")


def _silent_circles(graph: Graph) -> set[str]:
    """Steps on a circle that never waits for anybody."""
    silent = replace(
        graph, steps={name: step for name, step in graph.steps.items() if isinstance(step, _SILENT)}, asides=()
    )
    return {name for name, step in silent.steps.items() if name in reachable(silent, following(silent, step))}


def _asks(graph: Graph, notes: Notes, places: Places) -> None:
    """Every slot is asked for, with words; every tool can fail somewhere else."""
    asked = {slot for step in graph.steps.values() for slot in slots_of(step)}
    prompted = {
        step.slots[0]
        for step in graph.steps.values()
        if isinstance(step, AskStep) and step.prompt and len(step.slots) == 1
    }
    for name, spec in graph.slots.items():
        line = places.of(f"slots.{name}")
        if name not in asked:
            notes.add(line, name, "", "no step asks for this slot", "ask for it, or remove it")
        elif not spec.prompt and name not in prompted:
            notes.add(line, name, "prompt", "there is no question for this slot", "add `prompt: ...`")
    for name, step in graph.steps.items():
        line = places.of(f"steps.{name}")
        if isinstance(step, AskStep) and not step.slots:
            notes.add(line, name, "ask", "it asks for nothing", "name a slot")
        if isinstance(step, ToolStep) and step.on_failure == name:
            message = "a tool that fails would be called again at once"
            notes.add(line, name, "on_failure", message, "lead elsewhere")
        _returns(graph, name, step, notes, line)


def _returns(graph: Graph, name: str, step: Step, notes: Notes, line: int) -> None:
    """A return stands in a sub-flow, and an aside's sub-flow returns."""
    if isinstance(step, ReturnStep) and not any(name in reachable(graph, (first,)) for first in graph.flows.values()):
        notes.add(line, name, "return", "there is no sub-flow to return from", "end the call with `end:`")
    if isinstance(step, CallStep) and step.flow in graph.flows and not edges_of(step):
        notes.add(line, name, "go", "nothing follows when the flow returns", "add `go: step`")


def _person(graph: Graph, notes: Notes, places: Places) -> None:
    """Somebody who asks for a person, or whom nobody understands, must get somewhere."""
    people = {name for name, step in graph.steps.items() if isinstance(step, TransferStep)}
    for counter in ("asked_for_person", "misunderstood", "silences", "unheard"):
        found = [escalation for escalation in graph.escalations if counter in escalation.when.names]
        line = places.of("escalate")
        if not found:
            remedy = f"add `- {{when: {counter}{'' if counter == 'asked_for_person' else ' >= 3'}, to: ...}}`"
            notes.add(line, "escalate", "when", f"nothing happens on {counter}", remedy)
        elif counter == "asked_for_person" and not any(
            people & reachable(graph, (escalation.to,)) for escalation in found
        ):
            message = "a caller who asks for a person reaches none"
            notes.add(line, "escalate", "to", message, "lead to a `transfer` step")
