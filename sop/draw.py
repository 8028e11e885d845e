"""A flow as a Mermaid picture, drawn from the same edges that the engine follows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from sop.graph import Graph
from sop.steps import (
    AnswerStep,
    AskStep,
    CallStep,
    DecideStep,
    EndStep,
    ReturnStep,
    ReviewStep,
    SayStep,
    Step,
    ToolStep,
    TransferStep,
    edges_of,
)

BEGIN = "(begin)"
"""Where the arrow to the first step comes from."""
ANYWHERE = "(any step)"
"""Where the arrows come from that can be taken at any step."""
_RESERVED = frozenset(
    """
    end graph subgraph flowchart style linkstyle classdef class click default direction begin anywhere call href
    interpolate
""".split()
)
_PLAIN = re.compile(r"[A-Za-z]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Arrow:
    """One way from a step, from BEGIN or from ANYWHERE to a step."""

    origin: str
    target: str
    label: str = ""
    """When; several reasons stand on lines of their own."""
    dashed: bool = False
    """Not an edge of the step itself: a guard, a sub-flow, an escalation, an aside, a farewell."""


def mermaid(graph: Graph, path: tuple[str, ...] = ()) -> str:
    """The flowchart's source text; `path`, a call's `State.path`, colours what the call went through."""
    ids = _identifiers(graph)
    lines = ["flowchart TD"]
    for flow in ("", *dict.fromkeys(filter(None, (flow_of(graph, name) for name in graph.steps)))):
        steps = [step for name, step in graph.steps.items() if flow_of(graph, name) == flow]
        drawn = [f"    {ids[step.name]}{_shape(graph, step)}" for step in steps]
        lines += [f'    subgraph flow_{len(lines)} ["{_plain(flow)}"]', *drawn, "    end"] if flow else drawn
    ways = arrows_of(graph)
    lines += [_line(arrow, ids) for arrow in ways]
    mandatory = [ids[name] for name, step in graph.steps.items() if step.mandatory]
    if mandatory:
        lines += ["    classDef mandatory stroke-width:4px", f"    class {','.join(mandatory)} mandatory"]
    return "\n".join([*lines, *_coloured(ways, path, ids, graph)])


def arrows_of(graph: Graph) -> tuple[Arrow, ...]:
    """Every way between steps, in the order of the flow; the dashed ones lead into a step from elsewhere."""
    found = [Arrow(BEGIN, graph.start)]
    for name, step in graph.steps.items():
        otherwise = "else" if any(edge.condition for edge in edges_of(step)) else _without_failing(step)
        found += [Arrow(name, target, label or otherwise) for label, target in arrows(step)]
        if isinstance(step, CallStep) and step.flow in graph.flows:
            found.append(Arrow(name, graph.flows[step.flow], "runs", dashed=True))
        found += [
            Arrow(name, guard.otherwise, f"unless {guard.condition.text}", dashed=True)
            for guard in (graph.guards.get(one) for one in guards_of(graph, step))
            if guard is not None
        ]
    for one in graph.escalations:
        found.append(Arrow(ANYWHERE, one.to, one.when.text + (" (offered)" if one.offer else ""), dashed=True))
        if one.otherwise != one.to:
            found.append(Arrow(ANYWHERE, one.otherwise, "nobody was there", dashed=True))
    found += [
        Arrow(ANYWHERE, graph.flows[aside.flow], f"asks for {aside.name}", dashed=True)
        for aside in graph.asides
        if aside.flow in graph.flows
    ]
    if graph.goodbye:
        found.append(Arrow(ANYWHERE, graph.goodbye, "takes leave", dashed=True))
    return _merged(found)


def _without_failing(step: Step) -> str:
    """The word for going on from a step that has another way out for failing."""
    return "works" if isinstance(step, ToolStep) else "known" if isinstance(step, AnswerStep) else ""


def _merged(found: list[Arrow]) -> tuple[Arrow, ...]:
    """Each pair of steps once for each kind of line, with every reason."""
    labels: dict[tuple[str, str, bool], list[str]] = {}
    for one in found:
        labels.setdefault((one.origin, one.target, one.dashed), []).append(one.label)
    return tuple(
        Arrow(origin, target, "\n".join(dict.fromkeys(filter(None, reasons))), dashed)
        for (origin, target, dashed), reasons in labels.items()
    )


def guards_of(graph: Graph, step: Step) -> tuple[str, ...]:
    """The guards before a step: its own, and its tool's."""
    tool = graph.tools.get(step.tool) if isinstance(step, ToolStep) else None
    return tuple(dict.fromkeys(filter(None, (step.guard, tool.guard if tool else ""))))


def arrows(step: Step) -> tuple[tuple[str, str], ...]:
    """What follows a step: (why, where to), in the order written."""
    written = tuple((edge.condition.text if edge.condition else "", edge.go) for edge in edges_of(step))
    match step:
        case ToolStep():
            return (*written, ("fails", step.on_failure))
        case AnswerStep():
            return (*written, ("no answer known", step.on_failure))
        case TransferStep():
            return (("no answer", step.on_no_answer),)
        case _:
            return written


def flow_of(graph: Graph, step: str) -> str:
    """The sub-flow that a step belongs to by its name; empty for the flow itself."""
    return max((flow for flow in graph.flows if step.startswith(f"{flow}.")), key=len, default="")


def taken(graph: Graph, path: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """The (origin, target) of the arrows that a call with this path went along.

    What follows a sub-flow is reached from its call; what no arrow explains was reached from anywhere.
    """
    known = {(arrow.origin, arrow.target) for arrow in arrows_of(graph)}
    callers = [name for name in path if isinstance(graph.steps.get(name), CallStep)]
    found = {(BEGIN, path[0])} if path else set()
    for one, following in pairwise(path):
        ways = [(one, following)]
        if isinstance(graph.steps.get(one), ReturnStep):
            ways = [(caller, following) for caller in reversed(callers)]
        found.add(next((way for way in ways if way in known), (ANYWHERE, following)))
    return frozenset(found & known)


def _line(arrow: Arrow, ids: Mapping[str, str]) -> str:
    origin = {BEGIN: "begin(( ))", ANYWHERE: 'anywhere{{"any step"}}'}.get(arrow.origin) or ids[arrow.origin]
    label = f'|"{"<br>".join(map(_plain, arrow.label.splitlines()))}"|' if arrow.label else ""
    return f"    {origin} {'-.->' if arrow.dashed else '-->'}{label} {ids[arrow.target]}"


def _coloured(ways: tuple[Arrow, ...], path: tuple[str, ...], ids: Mapping[str, str], graph: Graph) -> tuple[str, ...]:
    passed = tuple(dict.fromkeys(ids[name] for name in path if name in ids))
    if not passed:
        return ()
    along = taken(graph, path)
    links = [str(place) for place, arrow in enumerate(ways) if (arrow.origin, arrow.target) in along]
    lines = ["    classDef taken fill:#cfe5f5,stroke:#0072b2", f"    class {','.join(passed)} taken"]
    return (*lines, *([f"    linkStyle {','.join(links)} stroke:#0072b2,stroke-width:3px"] if links else []))


def _identifiers(graph: Graph) -> dict[str, str]:
    """Step -> what Mermaid calls it: the name itself where that is a plain word and means nothing to Mermaid."""
    found: dict[str, str] = {}
    used = {name for name in graph.steps if _is_free(name)}
    for name in graph.steps:
        if name in used:
            found[name] = name
            continue
        stem = "step_" + re.sub(r"\W", "_", name, flags=re.ASCII)
        fresh, number = stem, 2
        while fresh in used:
            fresh, number = f"{stem}_{number}", number + 1
        used.add(fresh)
        found[name] = fresh
    return found


def _is_free(name: str) -> bool:
    return bool(_PLAIN.fullmatch(name)) and name.lower() not in _RESERVED and not name.startswith("flow_")


def _shape(graph: Graph, step: Step) -> str:
    """A step's brackets and text."""
    first, last = _brackets(step)
    guard = "".join(f", only if {name}" for name in guards_of(graph, step))
    return f'{first}"{_plain(_text(step) + guard)}"{last}'


def _brackets(step: Step) -> tuple[str, str]:
    match step:
        case DecideStep():
            return "{", "}"
        case AskStep() | ReviewStep():
            return "[/", "/]"
        case ToolStep() | CallStep():
            return "[[", "]]"
        case TransferStep():
            return ">", "]"
        case EndStep() | ReturnStep():
            return "([", "])"
        case SayStep() | AnswerStep():
            return "[", "]"


def _text(step: Step) -> str:  # noqa: PLR0911 - one text a kind of step
    match step:
        case AskStep():
            return f"{step.name}: {', '.join(step.slots)}?"
        case ReviewStep():
            return f"{step.name}: all right?"
        case AnswerStep():
            return f"{step.name}: knowledge"
        case ToolStep():
            return f"{step.name}: {step.tool}"
        case CallStep():
            return f"{step.name}: {step.flow}"
        case TransferStep():
            return f"{step.name}: {step.target}"
        case EndStep():
            return f"{step.name}: {step.outcome}"
        case ReturnStep():
            return f"{step.name}: return"
        case SayStep() | DecideStep():
            return step.name


def _plain(text: str) -> str:
    """Text that can stand between quotation marks in Mermaid, whatever is in it."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split()).replace('"', "'")
    for sign, name in (("#", "#35;"), ("&", "#amp;"), ("<", "#lt;"), (">", "#gt;"), ("`", "'")):
        plain = plain.replace(sign, name)
    return plain
