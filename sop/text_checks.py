"""Whether everything that a flow says can be said."""

from sop.fields import Notes, suggest
from sop.graph import Graph, Text, all_texts
from sop.problems import Places
from sop.wording import places

OWN_PLACES = frozenset({"value", "label", "choices", "caller_ending", "business", "agent"})
"""Places that stand for no slot."""
_ANYWHERE = frozenset({"caller_ending", "business", "agent"})
_ONLY = {
    ("slots", "confirm_prompt"): frozenset({"value"}),
    ("steps", "changed"): frozenset({"value", "label"}),
    ("wording", "bridge"): frozenset({"label"}),
    ("wording", "cut_off"): frozenset({"label"}),
    ("wording", "which"): frozenset({"choices"}),
}
"""What stands for something in these texts alone."""


def check_texts(graph: Graph, notes: Notes, where: Places) -> None:
    """Note every {place} that stands for nothing, or for what nobody may hear."""
    facts = graph.facts
    for one in all_texts(graph):
        own = _ANYWHERE | _ONLY.get((one.kind, one.name if one.kind == "wording" else one.key), frozenset())
        known = own | set(graph.slots) | set(facts)
        for place in places(one.text):
            if place in facts and facts[place].private:
                _wrong(notes, where, one, f"{{{place}}} is private", "leave it out of the text")
            elif place in OWN_PLACES - own:
                _wrong(notes, where, one, f"{{{place}}} stands for nothing in this text", "leave it out of the text")
            elif place not in known:
                _wrong(notes, where, one, f"a text names {{{place}}}, which is no slot", suggest(place, known))
        left = one.text
        for place in places(one.text):
            left = left.replace(f"{{{place}}}", "", 1)
        if "{" in left or "}" in left:
            _wrong(notes, where, one, "a brace in a text is no {place}", "write one word between { and }")


def _wrong(notes: Notes, where: Places, text: Text, message: str, remedy: str) -> None:
    spot = where.of(text.kind, text.name, text.key)
    notes.at(spot, text.name, text.key, f"{message}: {text.text[:40]!r}", remedy)
