"""Many calls in a few numbers: verdicts, what was right, words, slots, UJCS, containment, escalations, latency."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sop.audit import coverage, ujcs
from sop.graph import Graph
from sop.journeys import Call
from sop.steps import ToolStep, TransferStep
from voice.replaying.expected import Expected
from voice.replaying.result import CallResult
from voice.report import percentile


@dataclass(frozen=True, slots=True)
class Judged:
    """A call with what it was judged by."""

    result: CallResult
    expected: Expected | None
    graph: Graph | None


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    of: int

    @property
    def share(self) -> float | None:
        """0..1; None of nothing."""
        return round(self.part / self.of, 4) if self.of else None


def totals(calls: Sequence[Judged], last: Sequence[CallResult] = ()) -> dict[str, object]:
    """The numbers of a run, and those of the last run of the same calls that are known of it."""
    results = [call.result for call in calls]
    return {
        "calls": len(results),
        "failed": sum(bool(result.failed) for result in results),
        **_of_results(results),
        "steps": _steps(results),
        "slots": _slots(calls),
        "ujcs": _ujcs(calls),
        "escalation": _escalation(calls),
    } | ({"last": _of_results(last)} if last else {})


def _of_results(results: Sequence[CallResult]) -> dict[str, object]:
    """What the results alone tell."""
    ran = [result for result in results if not result.failed]
    errors = sum(result.wer.errors for result in ran if result.wer)
    words = sum(result.wer.words for result in ran if result.wer)
    contained = Share(sum(not result.transfers for result in ran), len(ran))
    return {
        "verdicts": dict(sorted(Counter(result.verdict for result in results).items())),
        "expected": sum(result.expected for result in results),
        "right": sum(result.expected and not result.faults for result in ran),
        "wer": {"errors": errors, "words": words, "rate": Share(errors, words).share},
        "containment": contained.share,
    }


def _steps(results: Sequence[CallResult]) -> dict[str, dict[str, int]]:
    """Steps → in how many calls they were passed before and are not now, and the other way round."""
    differences = [one for result in results for one in result.differences if one.what == "steps"]
    return {
        "left_out": _counted(one.was for one in differences),
        "new": _counted(one.now for one in differences),
    }


def _counted(lists: Iterable[str]) -> dict[str, int]:
    return dict(Counter(step for steps in lists for step in steps.split(", ") if step).most_common())


def gaps(results: Sequence[CallResult]) -> dict[str, float | int | None]:
    """p50 and p95 of how long callers waited, in milliseconds: a timing."""
    found = [float(one.gap_ms) for result in results for one in result.timings.turns if one.gap_ms is not None]
    return {"p50": percentile(found, 0.5), "p95": percentile(found, 0.95), "n": len(found)}


def _slots(calls: Sequence[Judged]) -> dict[str, int]:
    """Expected values that were saved, saved otherwise, or not saved; and wrong ones that count as confirmed."""
    found = Counter(right=0, wrong=0, missing=0, wrong_confirmed=0)
    for call in calls:
        wanted = _wanted(call.expected)
        for name, values in wanted.items():
            got = call.result.slots.get(name)
            if got is None:
                found["missing"] += 1
            elif got.value in ((values,) if isinstance(values, str) else values):
                found["right"] += 1
            else:
                found["wrong"] += 1
                found["wrong_confirmed"] += got.confirmed
    return dict(found)


def _wanted(expected: Expected | None) -> Mapping[str, str | tuple[str, ...]]:
    if expected is None:
        return {}
    return expected.lead or expected.slots or {}


def _ujcs(calls: Sequence[Judged]) -> float | None:
    """The User Journey Coverage Score (`sop.audit`) of the calls whose tools are known beforehand."""
    scores = [
        coverage(wanted, [Call(one.name, dict(one.arguments)) for one in call.result.tools])
        for call in calls
        if (wanted := _wanted_calls(call)) is not None
    ]
    return round(ujcs(scores), 4) if scores else None


def _wanted_calls(call: Judged) -> list[Call] | None:
    """The tools that must be called, out of `tools` or the tool steps of `path`; their arguments out of the lead."""
    if call.expected is None or call.graph is None:
        return None
    names = call.expected.tools
    if names is None and call.expected.path is not None:
        steps = (call.graph.steps.get(name) for name in call.expected.path)
        names = tuple(step.tool for step in steps if isinstance(step, ToolStep))
    if names is None:
        return None
    lead = {name: value for name, value in _wanted(call.expected).items() if isinstance(value, str)}
    return [Call(name, _arguments(call.graph, name, lead)) for name in names]


def _arguments(graph: Graph, tool: str, lead: Mapping[str, str]) -> dict[str, str]:
    spec = graph.tools.get(tool)
    if spec is None or spec.arguments is None:
        return dict(lead)
    return {argument: lead[slot] for argument, slot in spec.arguments.items() if slot in lead}


def _escalation(calls: Sequence[Judged]) -> dict[str, float | int | None]:
    """Calls that were handed to a person against those that had to be."""
    known = [(bool(call.result.transfers), must) for call in calls if (must := _must_escalate(call)) is not None]
    both = sum(did and must for did, must in known)
    return {
        "calls": len(known),
        "precision": Share(both, sum(did for did, _ in known)).share,
        "recall": Share(both, sum(must for _, must in known)).share,
    }


def _must_escalate(call: Judged) -> bool | None:
    """Whether a person had to be fetched; None where nobody said."""
    if call.expected is None or call.graph is None:
        return None
    if call.expected.transfers is not None:
        return bool(call.expected.transfers)
    if call.expected.path is not None:
        return any(isinstance(call.graph.steps.get(name), TransferStep) for name in call.expected.path)
    return None
