"""Every value that a call held, wherever it came from: what was said, keyed, known before, answered by tools, and who
was rung."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import ValidationError

from sop.graph import Graph
from sop.names import PROFILE
from sop.reading import Answer, Correction
from sop.state import State, state_from_json
from sop.steps import AnswerStep
from voice.commands import CallTool, Command, Save
from voice.errors import OperatorError
from voice.events import CallStarted, Event, OnDuty, ToolFinished, Understood
from voice.replaying.expected import Expected
from voice.replaying.scrub.stand_ins import KEPT, STAFF, TEXT, Held
from voice.scenario import Scenario

_CALLER = "the caller's number"
_KNOWN = "what was known of the caller"


def held_in_journal(entries: Iterable[Event | Command], graph: Graph) -> Iterator[Held]:
    """What a journal's entries hold.

    Raises:
        OperatorError: the state that an earlier stream left can't be read.
    """
    asked: dict[str, str] = {}
    for entry in entries:
        match entry:
            case CallStarted():
                yield from _of_start(entry, graph)
            case Understood(reading=reading):
                for act in reading.acts:
                    if isinstance(act, Answer | Correction) and act.value:
                        yield of_slot(graph, act.slot, act.value)
            case Save(fields=given):
                yield from (of_slot(graph, one.slot, one.value) for one in given if one.value)
            case CallTool(tool, name, arguments):
                asked[tool] = name
                yield from _of_arguments(graph, name, arguments)
            case ToolFinished(_, tool, _, result):
                yield from _of_result(graph, asked.get(tool, ""), result)
            case OnDuty(people=people):
                yield from of_people(people)
            case _:
                pass


def held_in_scenario(scenario: Scenario, graph: Graph) -> Iterator[Held]:
    """What a scenario says of its caller and its world."""
    if scenario.caller != "anonymous":
        yield Held("phone", scenario.caller, _CALLER)
    yield from (Held(TEXT, value, _KNOWN) for value in scenario.parameters.values())
    for name, cases in (scenario.tools or {}).items():
        for case in cases:
            yield from _of_arguments(graph, name, _texts(case.get("if")))
            yield from _of_result(graph, name, _texts(case.get("answer")))


def held_in_expectation(expected: Expected, graph: Graph) -> Iterator[Held]:
    """What an expectation says of the slots."""
    for given in (expected.lead, expected.slots):
        for slot, values in (given or {}).items():
            for value in (values,) if isinstance(values, str) else values:
                yield of_slot(graph, slot, value)
    number = getattr(expected, "caller", None)
    if number:
        yield Held("phone", number, _CALLER)


def of_slot(graph: Graph, slot: str, value: str) -> Held:
    """A slot's value; of a slot that the procedure has not, any text."""
    spec = graph.slots.get(slot)
    if spec is None:
        return Held(TEXT, value, slot)
    asks = any(isinstance(step, AnswerStep) and step.slot == slot for step in graph.steps.values())
    return Held(spec.type, value, spec.label or slot, spec.private, spec.check == "luhn", asks)


def state_of(start: CallStarted) -> State | None:
    """Where an earlier stream of the call left off. Raises OperatorError where that can't be read."""
    if not start.resumed:
        return None
    try:
        return state_from_json(start.resumed)
    except ValidationError:
        raise OperatorError("what the call's earlier stream left can't be read; it is of another version") from None


def of_people(people: Iterable[tuple[str, str]]) -> Iterator[Held]:
    """Who may be rung."""
    for name, number in people:
        yield Held(STAFF, name, "the name of somebody who was rung")
        yield Held("phone", number, "the number of somebody who was rung")


def _of_start(start: CallStarted, graph: Graph) -> Iterator[Held]:
    if start.caller:
        yield Held("phone", start.caller, _CALLER)
    yield from _of_profile(start.profile)
    state = state_of(start)
    if state is not None:
        yield from (of_slot(graph, slot, given.value) for slot, given in state.values.items())
        yield from _of_result(graph, "", state.facts)
        yield from _of_profile(state.profile)


def _of_profile(profile: Mapping[str, str]) -> Iterator[Held]:
    yield from (Held(TEXT, value, _KNOWN) for name, value in profile.items() if name not in PROFILE)


def _of_arguments(graph: Graph, tool: str, arguments: Mapping[str, str]) -> Iterator[Held]:
    """What a tool was called with; the procedure's own constants are no values of the call."""
    spec = graph.tools.get(tool)
    sources = dict(spec.arguments or {}) if spec else {}
    for name, value in arguments.items():
        if spec is not None and name in spec.constants:
            continue
        source = sources.get(name, name)
        yield from _of_result(graph, "", {source: value}) if source in graph.facts else (of_slot(graph, source, value),)


def _of_result(graph: Graph, tool: str, result: Mapping[str, str]) -> Iterator[Held]:
    """What a tool answered, but for what tells nobody who spoke."""
    spec = graph.tools.get(tool)
    known = spec.results if spec else graph.facts
    for name, value in result.items():
        kind = known[name].type if name in known else TEXT
        if kind not in KEPT:
            yield Held(kind, value, f"what {tool or 'a tool'} answered")


def _texts(given: object) -> dict[str, str]:
    return {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}
