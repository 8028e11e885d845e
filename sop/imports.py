"""Other flows as sub-flows of one: their steps, slots, tools and articles join the importing flow's.

A slot of the same name is the same slot, so that nobody is asked twice; the importing flow's wording of it is used. Its
greeting, farewell, hours and escalations hold for all. Steps of an imported flow that nothing leads to are left out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from sop.fields import Notes
from sop.graph import Article, Graph, ToolSpec, entries, needs_of, reachable
from sop.prefix import prefixed_step
from sop.slot_spec import SlotSpec
from sop.steps import ToolStep

_NAME = re.compile(r"[\w-]+")
_Value = TypeVar("_Value")
Parts = Mapping[str, tuple[Graph, tuple[tuple[str, int], ...]]]
"""Imported flow -> its graph and what that imports."""


def is_flow_name(text: str) -> bool:
    """Whether it can be the name of a flow that is imported: a word, never a path."""
    return _NAME.fullmatch(text) is not None


def with_imports(
    graph: Graph,
    imports: tuple[tuple[str, int], ...],
    parts: Parts,
    notes: Notes,
    broken: frozenset[str] = frozenset(),
) -> Graph:
    """The graph with the flows it imports; each of theirs is reached through them, once. Of the broken ones it is known
    what is wrong with them."""
    own = graph
    done: set[str] = set()
    waiting = list(imports)
    while waiting:
        name, line = waiting.pop(0)
        if name in done or name in broken:
            continue
        done.add(name)
        if name not in parts:
            _missing(name, line, notes)
            continue
        part, further = parts[name]
        graph = _joined(graph, name, part, notes, line)
        waiting += [(one, line) for one, _ in further]
    return _pruned(graph, own) if done else graph


def _missing(name: str, line: int, notes: Notes) -> None:
    if is_flow_name(name):
        message, remedy = f"there is no flow {name!r} to import", "name a flow file beside this one; none may lead back"
    else:
        message, remedy = f"{name!r} is no name of a flow", "write the file's name without `.yaml` and without a path"
    notes.add(line, "", "import", message, remedy)


def _joined(graph: Graph, name: str, part: Graph, notes: Notes, line: int) -> Graph:
    prefix = f"{name}."
    if name in graph.flows:
        notes.add(line, "", "import", f"there is a flow {name!r} already", "rename the sub-flow")
    names = {step: prefix + step for step in part.steps}
    inner = {flow: prefix + flow for flow in part.flows}
    steps = {names[one]: prefixed_step(step, names, inner, prefix) for one, step in part.steps.items()}
    flows = {inner[flow]: names[first] for flow, first in part.flows.items() if first in names}
    if part.start in names:
        flows[name] = names[part.start]
    guards = {
        prefix + guard.name: replace(
            guard, name=prefix + guard.name, otherwise=names.get(guard.otherwise, guard.otherwise)
        )
        for guard in part.guards.values()
    }
    tools = {tool.name: replace(tool, guard=prefix + tool.guard if tool.guard else "") for tool in part.tools.values()}
    asides = tuple(replace(one, name=prefix + one.name, flow=inner.get(one.flow, one.flow)) for one in part.asides)
    return replace(
        graph,
        steps={**steps, **graph.steps},
        flows={**flows, **graph.flows},
        slots=_same(part.slots, graph.slots, _slots_agree, "slot", name, notes, line),
        tools=_same(tools, graph.tools, _tools_agree, "tool", name, notes, line),
        guards={**guards, **graph.guards},
        words=_united(part.words, graph.words),
        asides=(*graph.asides, *asides),
        knowledge=_articles(graph.knowledge, part.knowledge),
    )


def _slots_agree(one: SlotSpec, other: SlotSpec) -> bool:
    return (one.type, one.options, one.lengths, one.period) == (other.type, other.options, other.lengths, other.period)


def _tools_agree(one: ToolSpec, other: ToolSpec) -> bool:
    return replace(one, guard="", filler="") == replace(other, guard="", filler="")


def _same(
    theirs: Mapping[str, _Value],
    ours: Mapping[str, _Value],
    agree: Callable[[_Value, _Value], bool],
    what: str,
    flow: str,
    notes: Notes,
    line: int,
) -> dict[str, _Value]:
    """Both together, ours where both have a name; they must mean the same by it."""
    for name in sorted(set(theirs) & set(ours)):
        if not agree(theirs[name], ours[name]):
            notes.add(line, "", "import", f"the {what} {name!r} is another one in {flow}", "rename one of the two")
    return {**theirs, **ours}


def _united(theirs: Mapping[str, tuple[str, ...]], ours: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    names = dict.fromkeys((*ours, *theirs))
    return {name: tuple(dict.fromkeys((*ours.get(name, ()), *theirs.get(name, ())))) for name in names}


def _articles(ours: tuple[Article, ...], theirs: tuple[Article, ...]) -> tuple[Article, ...]:
    held = {article.name for article in ours}
    return (*ours, *(article for article in theirs if article.name not in held))


def _pruned(graph: Graph, own: Graph) -> Graph:
    """Without the imported steps that nothing leads to, and what only those used."""
    reached = reachable(graph, entries(graph))
    steps = {name: step for name, step in graph.steps.items() if name in reached or name in own.steps}
    asked = {slot for step in steps.values() for slot in needs_of(graph, step)}
    called = {step.tool for step in steps.values() if isinstance(step, ToolStep)}
    slots = {name: spec for name, spec in graph.slots.items() if name in asked or name in own.slots}
    tools = {name: tool for name, tool in graph.tools.items() if name in called or name in own.tools}
    there = {*slots, *(result for tool in tools.values() for result in tool.results)}
    lost = {*graph.slots, *graph.facts} - there
    return replace(
        graph,
        steps=steps,
        slots={name: _without(spec, lost) if name not in own.slots else spec for name, spec in slots.items()},
        tools=tools,
        flows={name: first for name, first in graph.flows.items() if first in steps or name in own.flows},
        asides=tuple(aside for aside in graph.asides if aside in own.asides or graph.flows.get(aside.flow) in steps),
    )


def _without(spec: SlotSpec, lost: set[str]) -> SlotSpec:
    return replace(spec, depends_on=tuple(name for name in spec.depends_on if name not in lost))
