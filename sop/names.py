"""The names that conditions may read, and the values they have.

Slots and the facts that tools answered, by their own names; `SLOT_days_ago` and `SLOT_years_ago` of every date; what is
known of the moment and of the caller; and, for escalations, what went wrong so far.
"""

import math
from collections.abc import Mapping
from datetime import date, datetime

from sop.conditions import Value
from sop.graph import Graph
from sop.hours import is_day_off, is_open, local_time
from sop.state import State

MOMENT = ("open", "day_off", "weekday", "hour")
"""Whether the business is open and has a day off; 0 = Monday; 0..23: all at the call's begin, by
the clock of the business's time zone."""
PROFILE = ("known_caller", "vip", "calls_before")
COUNTERS = (
    "asked_for_person",
    "misunderstood",
    "invalid",
    "silences",
    "unheard",
    "negative_turns",
    "turns_without_progress",
    "tool_failures",
    "amount",
    "said",
    "topic",
)
"""Names that an escalation's condition may use besides. `amount` is the greatest amount of money in the call;
`said` and `topic` are what the last utterance held: `said in [lawyer, "my attorney"]`, `topic in [fraud]`."""
ANSWERED = "answered"
"""Whether the knowledge base had an answer, after an `answer` step: "yes" or "no"."""
_NUMERIC = ("number", "money")


def types(graph: Graph) -> dict[str, str]:
    """Type of every slot and fact by its name."""
    found = {name: spec.type for name, spec in graph.slots.items()}
    return found | {name: spec.type for name, spec in graph.facts.items()}


def derived(graph: Graph) -> dict[str, str]:
    """Derived name -> the date that it is counted from."""
    dates = [name for name, kind in types(graph).items() if kind == "date"]
    return {f"{name}_{unit}_ago": name for name in dates for unit in ("days", "years")}


def known_names(graph: Graph) -> frozenset[str]:
    """Every name that an edge's condition may read."""
    own = (ANSWERED,) if any(type(step).__name__ == "AnswerStep" for step in graph.steps.values()) else ()
    moment = MOMENT if graph.hours else MOMENT[2:]
    return frozenset((*types(graph), *derived(graph), *moment, *PROFILE, *own))


def values(graph: Graph, state: State) -> dict[str, Value]:
    """What every name stands for now; a slot without a value is not among them."""
    held = {name: value.value for name, value in state.values.items()} | dict(state.facts)
    kinds = types(graph)
    found: dict[str, Value] = {
        name: _number(value) if kinds.get(name) in _NUMERIC else value for name, value in held.items()
    }
    moment = _moment(state.now)
    for name, source in derived(graph).items():
        if source in held and moment is not None:
            found[name] = _ago(held[source], moment.date(), years=name.endswith("years_ago"))
    if moment is not None:
        local = moment if graph.hours is None else local_time(graph.hours, moment)
        found |= {"weekday": local.weekday(), "hour": local.hour}
        if graph.hours is not None:
            found |= {"open": is_open(graph.hours, moment), "day_off": is_day_off(graph.hours, local.date())}
    return found | _of_the_caller(state.profile)


def _of_the_caller(profile: Mapping[str, str]) -> dict[str, Value]:
    """Somebody of whom no more is known than that they never called before is no known caller."""
    before = _number(profile.get("calls_before", "0")) or 0
    known = bool(before) or any(value for name, value in profile.items() if (name, value) != ("calls_before", "0"))
    return {"known_caller": known, "vip": profile.get("vip") == "yes", "calls_before": before}


def amount(graph: Graph, state: State) -> float | None:
    """The greatest amount of money among slots and facts."""
    kinds = types(graph)
    held: Mapping[str, str] = {name: value.value for name, value in state.values.items()} | dict(state.facts)
    amounts = [found for name, value in held.items() if kinds.get(name) == "money" and (found := _number(value))]
    return max(amounts, default=None)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _moment(now: str) -> datetime | None:
    try:
        return datetime.fromisoformat(now)
    except ValueError:
        return None


def _ago(text: str, today: date, *, years: bool) -> int | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if not years:
        return (today - day).days
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
