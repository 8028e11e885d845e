"""Whether the parts of a flow fit together: names exist, steps are reached and lead to an end, texts can
be spoken."""

from collections.abc import Collection

from sop.conditions import constants_compared
from sop.fields import Notes, suggest
from sop.graph import (
    AskStep,
    Condition,
    EndStep,
    Graph,
    ReviewStep,
    SayStep,
    Step,
    ToolStep,
    TransferStep,
    ending,
    entries,
    reachable,
    targets,
    templates,
)
from sop.policy import COUNTERS
from sop.wording import places

_EXTRA_PLACES = frozenset({"value", "label", "choices", "caller_ending", "business"})


def check(graph: Graph, notes: Notes, lines: dict[str, int]) -> None:
    """Note every mistake."""
    _names(graph, notes, lines)
    _ways(graph, notes, lines)
    _conditions(graph, notes, lines)
    _texts(graph, notes, lines)
    _person(graph, notes, lines)


def _names(graph: Graph, notes: Notes, lines: dict[str, int]) -> None:
    for name, step in graph.steps.items():
        line = lines[f"steps.{name}"]
        for target in filter(None, targets(step)):
            _known(notes, line, name, "go", "step", target, graph.steps)
        for slot in step.slots if isinstance(step, AskStep | ReviewStep) else ():
            _known(notes, line, name, "ask", "slot", slot, graph.slots)
    for field, entry in (("start", graph.start), ("goodbye", graph.goodbye)):
        if entry:
            _known(notes, lines.get(field, 1), "", field, "step", entry, graph.steps)
    for index, escalation in enumerate(graph.escalations):
        for target in filter(None, dict.fromkeys((escalation.to, escalation.otherwise))):
            _known(notes, lines[f"escalate.{index}"], "escalate", "to", "step", target, graph.steps)
    for name, spec in graph.slots.items():
        for other in spec.depends_on:
            _known(notes, lines[f"slots.{name}"], name, "depends_on", "slot", other, graph.slots)


def _known(notes: Notes, line: int, place: str, field: str, what: str, name: str, names: Collection[str]) -> None:
    """Note a name that nothing has."""
    if name not in names:
        notes.add(line, place, field, f"there is no {what} {name!r}", suggest(name, names))


def _ways(graph: Graph, notes: Notes, lines: dict[str, int]) -> None:
    reached = reachable(graph.steps, entries(graph))
    good = ending(graph.steps)
    for name in graph.steps:
        line = lines[f"steps.{name}"]
        if name not in reached:
            notes.add(line, name, "", "no path leads to this step", "lead an edge here, or remove it")
        elif name not in good:
            notes.add(
                line,
                name,
                "",
                "no end and no person can be reached from here",
                "lead a path to an `end` or `transfer` step",
            )
    for name in sorted(_silent_circles(graph)):
        notes.add(
            lines[f"steps.{name}"],
            name,
            "",
            "this step can be reached from itself without the caller or a tool in between",
            "put an ask into the circle",
        )


def _silent_circles(graph: Graph) -> set[str]:
    """Steps on a circle that never waits for anybody."""
    silent = {name: step for name, step in graph.steps.items() if isinstance(step, SayStep)}
    return {name for name, step in silent.items() if name in reachable(silent, targets(step))}


def _conditions(graph: Graph, notes: Notes, lines: dict[str, int]) -> None:
    for name, step in graph.steps.items():
        for index, edge in enumerate(_edges(step)):
            if edge:
                line = lines.get(f"steps.{name}.next.{index}", lines[f"steps.{name}"])
                _condition(graph, notes, line, name, edge, frozenset(graph.slots))
    known = frozenset({*graph.slots, *COUNTERS})
    for index, escalation in enumerate(graph.escalations):
        line = lines.get(f"escalate.{index}", lines.get("escalate", 1))
        _condition(graph, notes, line, "escalate", escalation.when, known)


def _edges(step: Step) -> tuple[Condition | None, ...]:
    return () if isinstance(step, EndStep | TransferStep) else tuple(edge.condition for edge in step.edges)


def _condition(graph: Graph, notes: Notes, line: int, step: str, condition: Condition, known: frozenset[str]) -> None:
    for name in sorted(condition.names - known):
        notes.add(line, step, "if", f"the condition names {name!r}, which is no slot", suggest(name, known))
    for name in sorted(condition.names & set(graph.slots)):
        options = {option.name for option in graph.slots[name].options}
        for constant in sorted(constants_compared(condition, name) - options):
            if options:
                notes.add(
                    line,
                    step,
                    "if",
                    f"this can never hold: {name} has no option {constant!r}",
                    suggest(constant, options),
                )


def _texts(graph: Graph, notes: Notes, lines: dict[str, int]) -> None:
    known = _EXTRA_PLACES | set(graph.slots)
    for text in templates(graph):
        for place in places(text):
            if place not in known:
                notes.add(
                    1,
                    "",
                    "",
                    f"a text names {{{place}}}, which is no slot: {text[:40]!r}",
                    suggest(place, known),
                )
    asked = {slot for step in graph.steps.values() if isinstance(step, AskStep | ReviewStep) for slot in step.slots}
    prompted = {
        step.slots[0]
        for step in graph.steps.values()
        if isinstance(step, AskStep) and step.prompt and len(step.slots) == 1
    }
    for name, spec in graph.slots.items():
        if name not in asked:
            notes.add(lines[f"slots.{name}"], name, "", "no step asks for this slot", "ask for it, or remove it")
        elif not spec.prompt and name not in prompted:
            notes.add(
                lines[f"slots.{name}"],
                name,
                "prompt",
                "there is no question for this slot",
                "add `prompt: ...`",
            )
    for name, step in graph.steps.items():
        if isinstance(step, AskStep) and not step.slots:
            notes.add(lines[f"steps.{name}"], name, "ask", "it asks for nothing", "name a slot")
        if isinstance(step, ToolStep) and step.on_failure == name:
            notes.add(
                lines[f"steps.{name}"],
                name,
                "on_failure",
                "a tool that fails would be called again at once",
                "lead elsewhere",
            )


def _person(graph: Graph, notes: Notes, lines: dict[str, int]) -> None:
    """Somebody who asks for a person, or whom nobody understands, must get somewhere."""
    for counter in ("asked_for_person", "misunderstood", "silences", "unheard"):
        if not any(counter in escalation.when.names for escalation in graph.escalations):
            notes.add(
                lines.get("escalate", 1),
                "escalate",
                "when",
                f"nothing happens on {counter}",
                f"add `- {{when: {counter}{'' if counter == 'asked_for_person' else ' >= 3'}, to: ...}}`",
            )
