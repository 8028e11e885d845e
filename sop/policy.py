"""When a person takes over, whatever the flow was doing.

A trigger on a counter that starts again from nothing (misunderstood, silences ...) may fire again; every other fires
once, and a person is offered once in a call.
"""

from sop.conditions import Value, constants_compared, holds
from sop.graph import Escalation, Graph
from sop.names import amount, values
from sop.state import State
from sop.topics import find_topics
from sop.words import Words, says

_AGAIN = frozenset({"asked_for_person", "misunderstood", "invalid", "silences", "unheard"})


def triggered(
    graph: Graph, state: State, *, asked_for_person: bool = False, words: Words = ()
) -> tuple[int, Escalation] | None:
    """The first escalation of the flow that applies now, with its place; `words` are what was just said."""
    found: dict[str, Value] | None = None
    for place, escalation in enumerate(graph.escalations):
        if _spent(graph, state, place, escalation, asked_for_person=asked_for_person):
            continue
        if found is None:
            found = _values(graph, state, asked_for_person, words)
        if holds(escalation.when, found):
            return place, escalation
    return None


def _values(graph: Graph, state: State, asked: bool, words: Words) -> dict[str, Value]:
    failures = state.failures
    phrases = {word for one in graph.escalations for word in constants_compared(one.when, "said")}
    topical = any("topic" in one.when.names for one in graph.escalations)
    return {
        **values(graph, state),
        "asked_for_person": asked,
        "misunderstood": failures.misunderstood,
        "invalid": failures.invalid,
        "silences": failures.silences,
        "unheard": failures.unheard,
        "negative_turns": state.mood.negative,
        "turns_without_progress": state.idle,
        "tool_failures": state.tool_failures,
        "amount": amount(graph, state),
        "said": tuple(sorted(phrase for phrase in phrases if says(words, phrase.lower()))),
        "topic": find_topics(words) if topical and words else (),
    }


def _spent(graph: Graph, state: State, place: int, escalation: Escalation, *, asked_for_person: bool) -> bool:
    """Whether this escalation has had its turn."""
    if escalation.offer and not asked_for_person and any(graph.escalations[one].offer for one in state.fired):
        return True
    if _AGAIN & escalation.when.names:
        return False
    in_vain = state.person_tried and escalation.otherwise == escalation.to
    return place in state.fired or in_vain
