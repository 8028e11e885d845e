"""Whether everything that a flow says can be said."""

from sop.condition_checks import Place
from sop.fields import Notes, suggest
from sop.graph import Graph, templates
from sop.wording import places

OWN_PLACES = frozenset({"value", "label", "choices", "caller_ending", "business", "agent"})
"""Places that stand for no slot."""


def check_texts(graph: Graph, notes: Notes, line_of: Place) -> None:
    """Note every {place} that stands for nothing, or for what nobody may hear."""
    facts = graph.facts
    known = OWN_PLACES | set(graph.slots) | set(facts)
    for text in templates(graph):
        for place in places(text):
            if place not in known:
                message = f"a text names {{{place}}}, which is no slot: {text[:40]!r}"
                notes.add(line_of(""), "", "", message, suggest(place, known))
            elif place in facts and facts[place].private:
                message = f"a text names {{{place}}}, which is private: {text[:40]!r}"
                notes.add(line_of(""), "", "", message, "leave it out of the text")
