"""What no longer holds when a value changes: the slots that depend on it, the answers of tools that were asked with it,
and whatever depends on those; nothing else."""

from dataclasses import dataclass

from sop.graph import Graph


@dataclass(frozen=True, slots=True)
class Stale:
    """Names of what must be asked or called again."""

    slots: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    tools: frozenset[str] = frozenset()


def stale_after(graph: Graph, changed: str) -> Stale:
    """Everything that rests on a slot or fact, itself left out."""
    slots: set[str] = set()
    facts: set[str] = set()
    tools: set[str] = set()
    waiting = [changed]
    while waiting:
        name = waiting.pop()
        for spec in graph.slots.values():
            if name in spec.depends_on and spec.name not in slots and spec.name != changed:
                slots.add(spec.name)
                waiting.append(spec.name)
        for tool in graph.tools.values():
            if name in (tool.arguments or {}).values() and tool.name not in tools:
                tools.add(tool.name)
                facts.update(tool.results)
                waiting += tool.results
    return Stale(frozenset(slots), frozenset(facts), frozenset(tools))
