"""When a person takes over, whatever the flow was doing."""

from sop.conditions import Value, holds
from sop.graph import Escalation, Graph
from sop.state import State

COUNTERS = ("asked_for_person", "misunderstood", "invalid", "silences", "unheard")
"""Names that an escalation's condition may use besides the slots."""


def triggered(graph: Graph, state: State, *, asked_for_person: bool = False) -> Escalation | None:
    """The first escalation of the flow that applies now."""
    failures = state.failures
    values: dict[str, Value] = {name: held.value for name, held in state.values.items()}
    values |= {
        "asked_for_person": asked_for_person,
        "misunderstood": failures.misunderstood,
        "invalid": failures.invalid,
        "silences": failures.silences,
        "unheard": failures.unheard,
    }
    return next((escalation for escalation in graph.escalations if holds(escalation.when, values)), None)
