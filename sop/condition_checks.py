"""Whether the conditions of a flow can be read, and can ever hold."""

from sop.conditions import constants_compared, names_beside, names_beside_truths, standing_alone
from sop.fields import Notes, suggest
from sop.graph import Graph
from sop.names import ANSWERED, COUNTERS, known_names, types
from sop.problems import Places, Spot
from sop.satisfy import can_hold, candidates
from sop.steps import Condition, DecideStep, Step, edges_of
from sop.topics import TOPICS

_TRUTHS = {"true": "yes", "false": "no"}
_SEVERAL = ("said", "topic")


def check_conditions(graph: Graph, notes: Notes, places: Places) -> None:
    """Note every condition that names what is not there or can never hold, and every edge that is never taken."""
    known = known_names(graph)
    for step in graph.steps.values():
        _edges(graph, notes, places, step, known)
    for name, guard in graph.guards.items():
        _condition(graph, notes, places.of("guards", name, "if"), name, guard.condition, known)
    for index, escalation in enumerate(graph.escalations):
        spot = places.of("escalate", str(index))
        _condition(graph, notes, spot, "escalate", escalation.when, known | {*COUNTERS})
        for topic in sorted(constants_compared(escalation.when, "topic") - {*TOPICS}):
            notes.at(spot, "escalate", "when", f"there is no topic {topic!r}", suggest(topic, TOPICS))


def _edges(graph: Graph, notes: Notes, places: Places, step: Step, known: frozenset[str]) -> None:
    """The conditions of a step's edges, each where those before it have not been taken."""
    listed = "decide" if isinstance(step, DecideStep) else "next"
    before: list[Condition] = []
    always = False
    for index, edge in enumerate(edges_of(step)):
        spot = places.of("steps", step.name, f"{listed}.{index}")
        if always:
            notes.at(spot, step.name, listed, "an edge before this one is always taken", "move this edge up")
            return
        if edge.condition is None:
            always = True
            continue
        if any(edge.condition.text == one.text for one in before):
            message = f"the condition {edge.condition.text!r} stands twice"
            notes.at(spot, step.name, listed, message, "remove one of the two")
        elif _condition(graph, notes, spot, step.name, edge.condition, known):
            sound = tuple(one for one in before if one.names <= known)
            if not can_hold(graph, edge.condition, sound):
                message = f"this is never reached, because edges before it are taken: {edge.condition.text}"
                notes.at(spot, step.name, listed, message, "move this edge up, or remove it")
        before.append(edge.condition)


def _condition(graph: Graph, notes: Notes, spot: Spot, place: str, condition: Condition, known: frozenset[str]) -> bool:
    """Whether the condition is sound; every mistake in it is noted."""
    unknown = sorted(condition.names - known)
    for name in unknown:
        message = f"the condition names {name!r}, which is neither a slot nor a result"
        notes.at(spot, place, "if", message, _meant(graph, condition, name) or suggest(name, known))
    alone = _alone(graph, notes, spot, place, condition, frozenset(unknown))
    impossible = False
    for name in sorted(condition.names - set(unknown)):
        options = _options(graph, name)
        for constant in sorted(constants_compared(condition, name) - options - condition.names):
            if options:
                impossible = True
                message = f"this can never hold: {name} has no option {constant!r}"
                notes.at(spot, place, "if", message, suggest(constant, options))
    if unknown or alone or impossible:
        return False
    if not can_hold(graph, condition):
        message = f"this can never hold: {condition.text}"
        notes.at(spot, place, "if", message, "mend the condition, or remove the edge")
        return False
    return True


def _alone(graph: Graph, notes: Notes, spot: Spot, place: str, condition: Condition, unknown: frozenset[str]) -> bool:
    """Whether anything but a flag is taken as true or false; each is noted."""
    found = {
        one: 'any value would do, even "no"' if one.isidentifier() else "it is compared with nothing"
        for one in standing_alone(condition) - unknown
        if not _is_flag(graph, one)
    }
    for one, flaw in sorted(found.items()):
        notes.at(spot, place, "if", f"{one} stands alone in the condition: {flaw}", _compared(graph, one))
    never = sorted(one for one in names_beside_truths(condition) - unknown if not _is_flag(graph, one))
    for one in never:
        notes.at(spot, place, "if", f"{one} is never True or False", _compared(graph, one))
    return bool(found or never)


def _is_flag(graph: Graph, name: str) -> bool:
    """Whether a name is true or false by itself: `open`, `vip`."""
    return candidates(graph, name, ()) == (True, False)


def _meant(graph: Graph, condition: Condition, unknown: str) -> str:
    """A remedy for a text without quotes: `x == yes`, `x == true`; empty where it looks like none."""
    for name in sorted(names_beside(condition, unknown)):
        options = _options(graph, name)
        word = _TRUTHS.get(unknown.lower(), unknown.lower())
        if _is_flag(graph, name) and word in ("yes", "no"):
            return f"write {name}" if word == "yes" else f"write not {name}"
        text = next((option for option in sorted(options) if option.lower() in (word, unknown.lower())), "")
        if text:
            return f'write {name} == "{text}"'
    return ""


def _compared(graph: Graph, alone: str) -> str:
    """A remedy for what stands alone."""
    if not alone.isidentifier():
        return f'compare a name with it: x == "a" or x == {alone}'
    if alone in _SEVERAL:
        return f"write {alone} in [a, b]"
    if _options(graph, alone) == {"yes", "no"}:
        return f'write {alone} == "yes", or {alone} != None for any answer'
    return f"compare it with a value; for any value, write {alone} != None"


def _options(graph: Graph, name: str) -> frozenset[str]:
    """The words that a name can be; empty when it can be anything."""
    if types(graph).get(name) == "yes_no" or name == ANSWERED:
        return frozenset({"yes", "no"})
    if name in graph.slots:
        return frozenset(option.name for option in graph.slots[name].options)
    return frozenset(graph.facts[name].options) if name in graph.facts else frozenset()
