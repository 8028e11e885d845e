"""Whether the parts of a flow fit together: names exist, steps are reached and lead to an end, tools are gated."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from sop.business import with_business
from sop.condition_checks import check_conditions
from sop.fields import Notes, suggest
from sop.graph import Graph, ToolSpec, ending, entries, needs_of, reachable, templates
from sop.guardrails import promises
from sop.names import ANSWERED, COUNTERS, MOMENT, PROFILE, derived
from sop.problems import Places
from sop.required import endless_circles, open_returns, required_steps, silent_circles, slots_ahead
from sop.steps import (
    AnswerStep,
    AskStep,
    CallStep,
    EndStep,
    ReturnStep,
    Step,
    ToolStep,
    TransferStep,
    edges_of,
    slots_of,
)
from sop.text_checks import OWN_PLACES, check_texts
from sop.tool_fields import BUILT_IN
from sop.wording import places as places_in

_GROUP = re.compile(r"<([^<>]*)>")
_OWN_NAMES = {*MOMENT, *PROFILE, *COUNTERS, ANSWERED, *OWN_PLACES}
"""Names that conditions and texts have already."""


@dataclass(frozen=True, slots=True)
class _Check:
    """A flow, where its parts stand, and the mistakes in it."""

    graph: Graph
    notes: Notes
    places: Places

    def wrong(self, kind: str, name: str, key: str, message: str, remedy: str, *, inner: str = "") -> None:
        """Note a mistake in a part's field; `inner` is the field's path where it is not its name."""
        self.notes.at(self.places.of(kind, name, inner or key), name, key, message, remedy)

    def known(
        self, kind: str, name: str, key: str, what: str, wanted: str, names: Collection[str], *, inner: str = ""
    ) -> None:
        """Note a name that nothing has."""
        if wanted not in names:
            self.wrong(kind, name, key, f"there is no {what} {wanted!r}", suggest(wanted, names), inner=inner)


def check(graph: Graph, notes: Notes, places: Places) -> Graph:
    """Note every mistake; the graph with its business's name in every text, and its required steps."""
    found = _Check(graph, notes, places)
    for name, step in graph.steps.items():
        _step(found, name, step)
    _entries(found)
    _escalations(found)
    for tool in graph.tools.values():
        _tool(found, tool)
    _guards(found)
    _own_names(found)
    _slots(found)
    _ways(found)
    _subflows(found)
    check_conditions(graph, notes, places)
    check_texts(graph, notes, places)
    promised = frozenset(promises(" ".join(templates(graph)), ""))
    whole = replace(graph, required=required_steps(graph), ahead=slots_ahead(graph), promised=promised)
    return with_business(whole)


def _step(check: _Check, name: str, step: Step) -> None:
    """Every step, slot, tool, guard and sub-flow that it names exists."""
    graph = check.graph
    edges = edges_of(step)
    for index, edge in enumerate(edges):
        if edge.go:
            inner = "go" if len(edges) == 1 and edge.condition is None else f"next.{index}"
            check.known("steps", name, "go", "step", edge.go, graph.steps, inner=inner)
    if isinstance(step, ToolStep | AnswerStep) and step.on_failure:
        check.known("steps", name, "on_failure", "step", step.on_failure, graph.steps)
    if isinstance(step, TransferStep) and step.on_no_answer:
        check.known("steps", name, "on_no_answer", "step", step.on_no_answer, graph.steps)
    if step.guard:
        check.known("steps", name, "guard", "guard", step.guard, graph.guards)
    _kind(check, name, step)


def _kind(check: _Check, name: str, step: Step) -> None:
    """What only some kinds of step name."""
    graph = check.graph
    for slot in slots_of(step):
        check.known("steps", name, "ask" if isinstance(step, AskStep) else "review", "slot", slot, graph.slots)
    match step:
        case AskStep():
            _ask(check, name, step)
        case AnswerStep():
            check.known("steps", name, "answer", "slot", step.slot, graph.slots)
            if not graph.knowledge:
                check.wrong("steps", name, "answer", "there is no article to answer from", "add `knowledge:`")
        case ToolStep():
            check.known("steps", name, "tool", "tool", step.tool, {*graph.tools, *BUILT_IN})
        case CallStep():
            check.known("steps", name, "call", "flow", step.flow, graph.flows)
        case _:
            return


def _ask(check: _Check, name: str, step: AskStep) -> None:
    if not step.slots:
        check.wrong("steps", name, "ask", "it asks for nothing", "name a slot")
    for key, given in (("prompt", step.prompt), ("reprompt", step.reprompts)):
        if len(step.slots) > 1 and given:
            message = "this is for a step that asks for one slot"
            check.wrong("steps", name, key, message, "write it at the slots, or split the step")


def _entries(check: _Check) -> None:
    graph = check.graph
    if graph.start:
        check.known("start", "", "start", "step", graph.start, graph.steps)
    if graph.goodbye:
        check.known("goodbye", "", "goodbye", "step", graph.goodbye, graph.steps)
        if not isinstance(graph.steps.get(graph.goodbye, EndStep("", "")), EndStep):
            check.wrong("goodbye", "", "goodbye", f"{graph.goodbye!r} does not end the call", "name an `end` step")


def _escalations(check: _Check) -> None:
    """Somebody who asks for a person, or whom nobody understands, must get somewhere."""
    graph = check.graph
    for index, escalation in enumerate(graph.escalations):
        spot = check.places.of("escalate", str(index))
        for key, target in (("to", escalation.to), ("otherwise", escalation.otherwise)):
            if target and target not in graph.steps and (key == "to" or target != escalation.to):
                message = f"there is no step {target!r}"
                check.notes.at(spot, "escalate", key, message, suggest(target, graph.steps))
    people = {name for name, step in graph.steps.items() if isinstance(step, TransferStep)}
    spot = check.places.of("escalate")
    for counter in ("asked_for_person", "misunderstood", "silences", "unheard"):
        found = [escalation for escalation in graph.escalations if counter in escalation.when.names]
        if not found:
            remedy = f"add `- {{when: {counter}{'' if counter == 'asked_for_person' else ' >= 3'}, to: ...}}`"
            check.notes.at(spot, "escalate", "when", f"nothing happens on {counter}", remedy)
        elif counter == "asked_for_person" and not any(people & reachable(graph, (one.to,)) for one in found):
            message = "a caller who asks for a person reaches none"
            check.notes.at(spot, "escalate", "to", message, "lead to a `transfer` step")


def _tool(check: _Check, tool: ToolSpec) -> None:
    """A tool is gated, called, and given what there is."""
    graph, name = check.graph, tool.name
    if tool.guard:
        check.known("tools", name, "guard", "guard", tool.guard, graph.guards)
    for argument, source in (tool.arguments or {}).items():
        known = {*graph.slots, *graph.facts}
        check.known("tools", name, "arguments", "slot", source, known, inner=f"arguments.{argument}")
    given = {*(graph.slots if tool.arguments is None else tool.arguments), *tool.constants}
    for place in dict.fromkeys(places_in(tool.url)):
        check.known("tools", name, "url", "argument", place, given)
    for result, spec in tool.results.items():
        if result in graph.slots:
            message = f"{result!r} is a slot already"
            check.wrong("tools", name, "results", message, "give the result another name", inner=f"results.{result}")
        other = graph.facts[result]
        if (other.type, other.options, other.private) != (spec.type, spec.options, spec.private):
            message = f"{result!r} is another kind of result elsewhere"
            check.wrong("tools", name, "results", message, "give the result another name", inner=f"results.{result}")
    if not any(isinstance(step, ToolStep) and step.tool == name for step in graph.steps.values()):
        check.wrong("tools", name, "", "no step calls this tool", "call it, or remove it")


def _guards(check: _Check) -> None:
    """A guard is used, and leads somewhere that it does not bar itself."""
    graph = check.graph
    for name, guard in graph.guards.items():
        check.known("guards", name, "otherwise", "step", guard.otherwise, graph.steps)
        behind = graph.steps.get(guard.otherwise)
        tool = graph.tools.get(behind.tool) if isinstance(behind, ToolStep) else None
        if behind is not None and name in (behind.guard, tool.guard if tool else ""):
            message = f"{guard.otherwise!r} stands behind this very guard"
            check.wrong("guards", name, "otherwise", message, "lead to a step outside of it")
        used = {step.guard for step in graph.steps.values()} | {one.guard for one in graph.tools.values()}
        if name not in used and "." not in name:
            check.wrong("guards", name, "", "no step and no tool has this guard", "add `guard:` there, or remove it")


def _slots(check: _Check) -> None:
    """Every slot is asked for, with words, and each option of a choice can be said."""
    graph = check.graph
    asked = {slot for step in graph.steps.values() for slot in needs_of(graph, step)}
    single = (step for step in graph.steps.values() if isinstance(step, AskStep) and len(step.slots) == 1)
    prompted = {step.slots[0] for step in single if step.prompt}
    for name, spec in graph.slots.items():
        if name not in asked:
            check.wrong("slots", name, "", "no step asks for this slot", "ask for it, or remove it")
        elif not spec.prompt and name not in prompted:
            check.wrong("slots", name, "prompt", "there is no question for this slot", "add `prompt: ...`")
        for other in spec.depends_on:
            check.known("slots", name, "depends_on", "slot", other, {*graph.slots, *graph.facts})
        for option in spec.options:
            for group in (group for phrase in option.phrases for group in _GROUP.findall(phrase)):
                inner = f"options.{option.name}"
                check.known("slots", name, "options", "group of words", group, graph.words, inner=inner)


def _own_names(check: _Check) -> None:
    """Slots and results have names of their own."""
    graph, taken = check.graph, {*_OWN_NAMES, *derived(check.graph)}
    for name in graph.slots:
        if name in taken:
            check.wrong("slots", name, "", f"{name!r} has a meaning of its own", "give the slot another name")
    for tool in graph.tools.values():
        for result in sorted(taken.intersection(tool.results)):
            message = f"{result!r} has a meaning of its own"
            inner = f"results.{result}"
            check.wrong("tools", tool.name, "results", message, "give the result another name", inner=inner)


def _ways(check: _Check) -> None:
    """Every step is reached, leads to an end, and is on no circle that never waits."""
    graph = check.graph
    reached, good = reachable(graph, entries(graph)), ending(graph)
    for name, step in graph.steps.items():
        if name not in reached:
            check.wrong("steps", name, "", "no path leads to this step", "lead an edge here, or remove it")
        elif name not in good:
            message = "no end and no person can be reached from here"
            check.wrong("steps", name, "", message, "lead a path to an `end` or `transfer` step")
        if isinstance(step, ToolStep) and step.on_failure == name:
            check.wrong(
                "steps", name, "on_failure", "a tool that fails would be called again at once", "lead elsewhere"
            )
    silent = silent_circles(graph)
    for name in sorted(silent):
        message = "this step can be reached from itself without the caller or a tool in between"
        check.wrong("steps", name, "", message, "put an ask into the circle")
    for name in sorted(endless_circles(graph) - silent):
        message = "this step comes back to itself once everything is answered, and nobody is asked again"
        check.wrong("steps", name, "", message, "add `again: true` to the ask, or lead out of the circle")


def _subflows(check: _Check) -> None:
    """A return stands in a sub-flow, an aside's sub-flow returns, and something follows a call."""
    graph = check.graph
    for name in sorted(open_returns(graph)):
        check.wrong("steps", name, "return", "there is no sub-flow to return from", "end the call with `end:`")
    for aside in graph.asides:
        check.known("asides", aside.name, "call", "flow", aside.flow, graph.flows)
        first = graph.flows.get(aside.flow)
        inside = reachable(graph, (first,)) if first is not None else frozenset()
        if inside and not any(isinstance(graph.steps[step], ReturnStep) for step in inside):
            message = f"the flow {aside.flow!r} never returns to the open question"
            check.wrong("asides", aside.name, "call", message, "end it with `return: true`")
