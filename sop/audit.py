"""A call held against its procedure: duties done, ways that do not exist, what it cost the caller; and UJCS over many.

UJCS is the User Journey Coverage Score of JourneyBench ("Beyond IVR", 2026). Our reading of it: a conversation whose
tools were not called exactly in the expected order scores 0; any other scores the share of expected parameters that
were right (1 where no tool has any); the score is the mean over conversations. A tool tried again with the same key
counts once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sop.acts import Act, CallTool, Enter, Finish, Say, TransferTo
from sop.conversation import Exchange
from sop.graph import Graph, entries, following
from sop.journeys import Call
from sop.slot_spec import Confirm
from sop.steps import ReturnStep, ToolStep


@dataclass(frozen=True, slots=True)
class Moment:
    """Acts at a point of a call; `at_s` is seconds from its begin, or None where nobody kept the time."""

    acts: tuple[Act, ...]
    at_s: float | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """What a call did, by its trace."""

    flow: str
    steps: tuple[str, ...]
    mandatory_reached: tuple[str, ...]
    """Mandatory steps that were entered."""
    violations: tuple[str, ...]
    """Each in a sentence; none in a call that followed the graph."""
    calls: tuple[Call, ...]
    outcome: str
    """Empty when the caller left."""
    last_step: str
    """Where it was when it was over."""
    prompts: Mapping[str, int] = field(default_factory=dict)
    """Step -> things said at it: more than its questions means that it had to ask again."""
    seconds: Mapping[str, float] = field(default_factory=dict)


def audit(graph: Graph, moments: Iterable[Moment]) -> Audit:
    """The audit of one call."""
    steps: list[str] = []
    calls: dict[str, Call] = {}
    violations: list[str] = []
    prompts: Counter[str] = Counter()
    seconds: dict[str, float] = {}
    outcome, since = "", 0.0
    for moment in moments:
        if moment.at_s is not None:
            if steps:
                seconds[steps[-1]] = seconds.get(steps[-1], 0.0) + moment.at_s - since
            since = moment.at_s
        for act in moment.acts:
            match act:
                case Enter(step):
                    violations += _unwritten(graph, steps, step)
                    steps.append(step)
                case Say():
                    prompts[steps[-1] if steps else ""] += 1
                case CallTool(name=name):
                    violations += _ungated(graph, steps, name)
                    calls.setdefault(act.key or act.id, Call(name, dict(act.arguments)))
                case TransferTo(target):
                    outcome = outcome or f"to {target}"
                case Finish(ended):
                    outcome = ended
    reached = tuple(dict.fromkeys(step for step in steps if step in graph.steps and graph.steps[step].mandatory))
    return Audit(
        flow=graph.name,
        steps=tuple(steps),
        mandatory_reached=reached,
        violations=tuple(violations),
        calls=tuple(calls.values()),
        outcome=outcome,
        last_step=steps[-1] if steps else "",
        prompts=dict(prompts),
        seconds={step: round(time, 2) for step, time in seconds.items()},
    )


def moments_of(trace: Sequence[Exchange]) -> tuple[Moment, ...]:
    """A conversation's trace, for `audit`."""
    return tuple(Moment(exchange.acts) for exchange in trace)


def _unwritten(graph: Graph, steps: list[str], step: str) -> list[str]:
    """A step that the one before does not lead to, by any edge, entry or return of the flow."""
    if step not in graph.steps:
        return [f"{step!r} is no step of the flow"]
    if not steps or step in entries(graph) or step in graph.steps[steps[-1]].name:
        return []
    before = graph.steps[steps[-1]]
    if step in following(graph, before) or isinstance(before, ReturnStep) or step in steps:
        return []
    branches = {target for passed in steps for target in following(graph, graph.steps[passed])}
    return [] if step in branches else [f"{steps[-1]} does not lead to {step}"]


def _ungated(graph: Graph, steps: list[str], tool: str) -> list[str]:
    """A tool called without the mandatory steps before it."""
    here = steps[-1] if steps else ""
    step = graph.steps.get(here)
    if not isinstance(step, ToolStep) or step.tool != tool:
        return [f"{tool} was called at {here!r}, which does not call it"]
    missing = [name for name in graph.required.get(here, ()) if name not in steps]
    return [f"{tool} was called without {name}" for name in missing]


def unconfirmed(graph: Graph, confirmed: Mapping[str, bool]) -> tuple[str, ...]:
    """Slots that the flow wants confirmed always and that are not."""
    return tuple(
        name
        for name, sure in confirmed.items()
        if name in graph.slots and graph.slots[name].confirm is Confirm.ALWAYS and not sure
    )


def coverage(expected: Sequence[Call], called: Sequence[Call]) -> float:
    """One conversation's part of the UJCS, 0..1."""
    if [call.tool for call in expected] != [call.tool for call in called]:
        return 0.0
    wanted = sum(len(call.arguments) for call in expected)
    right = sum(
        called[at].arguments.get(name) == value
        for at, call in enumerate(expected)
        for name, value in call.arguments.items()
    )
    return right / wanted if wanted else 1.0


def ujcs(scores: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(scores) / len(scores) if scores else 0.0


@dataclass(frozen=True, slots=True)
class Summary:
    """Many calls of one flow."""

    calls: int
    violations: int
    outcomes: Mapping[str, int]
    dropped_at: Mapping[str, int]
    """Step -> calls whose caller left there."""
    reached: Mapping[str, int]
    """Step -> calls that came to it."""
    prompts_a_visit: Mapping[str, float]
    seconds_a_visit: Mapping[str, float]


def summary(audits: Sequence[Audit]) -> Summary:
    """What many audits say together."""
    visits = Counter(step for one in audits for step in one.steps)
    prompts = Counter[str]()
    seconds: dict[str, float] = {}
    for one in audits:
        prompts.update(one.prompts)
        for step, time in one.seconds.items():
            seconds[step] = seconds.get(step, 0.0) + time
    return Summary(
        calls=len(audits),
        violations=sum(bool(one.violations) for one in audits),
        outcomes=dict(Counter(one.outcome or "caller left" for one in audits)),
        dropped_at=dict(Counter(one.last_step for one in audits if not one.outcome)),
        reached=dict(Counter(step for one in audits for step in set(one.steps))),
        prompts_a_visit={step: round(prompts[step] / count, 2) for step, count in visits.items()},
        seconds_a_visit={step: round(seconds[step] / count, 2) for step, count in visits.items() if step in seconds},
    )
