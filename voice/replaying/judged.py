"""A result with everything that is held against it: expectations, words, and the run before."""

from dataclasses import replace

from voice.replaying.comparison import ENDPOINT_MS, compared
from voice.replaying.depth import Depth
from voice.replaying.expected import Beside, Expected
from voice.replaying.judging import faults, unspoken
from voice.replaying.result import CallResult
from voice.replaying.words import word_errors

_OF_A_LIVE_CALL_MS = 300
"""A turn of a live call ends so much later at most because the recogniser was busy."""


def judged(
    result: CallResult, expected: Expected | None, was: CallResult | None, *, against: str, says: tuple[str, ...] = ()
) -> CallResult:
    """The result with faults, word errors, verdict and differences. `says`: the caller's words, turn by turn."""
    beside = expected.says if isinstance(expected, Beside) else None
    reference = list(beside if beside is not None else says)
    result = replace(result, differences=(), parts_at=None, last=None)
    result = replace(_measured(result, expected, reference), expected=expected is not None and _asks(expected))
    was = _measured(was, expected, reference) if was is not None else None
    return compared(result, was, against=against, endpoint_ms=_endpoint_ms(result, was))


def _measured(result: CallResult, expected: Expected | None, reference: list[str]) -> CallResult:
    """The result with faults and word errors; the faults that depend on the machine's speed are apart."""
    at_once = replace(result, timings=replace(result.timings, turns=()))
    wrong = (*unspoken(result), *(faults(at_once, expected) if expected is not None else ()))
    late = tuple(fault for fault in faults(result, expected) if fault not in wrong) if expected is not None else ()
    return replace(
        result,
        faults=wrong,
        timings=replace(
            result.timings, faults=late, budget_ms=expected.latency.gap_p95_ms if expected is not None else None
        ),
        wer=word_errors(reference, [turn.heard for turn in result.turns]) if any(reference) else None,
    )


def _asks(expected: Expected) -> bool:
    """Whether anything is expected; an empty list of what all calls come to asks nothing."""
    wanted = (expected.outcome, expected.path, expected.lead, expected.transfers, expected.escalations, expected.tools)
    some = (expected.milestones, expected.slots, expected.never_said)
    limits = (expected.barge_ins, expected.latency.gap_p95_ms, expected.latency.endpoint_p95_ms)
    return expected.no_lead or any(map(bool, some)) or any(one is not None for one in (*wanted, *limits))


def _endpoint_ms(now: CallResult, was: CallResult | None) -> int | None:
    """How much the end of a turn may move; None where the clock ran in one of them and not in the other."""
    if was is None or Depth.WIRE in (now.depth, was.depth):
        return None
    return ENDPOINT_MS if now.depth == was.depth else _OF_A_LIVE_CALL_MS
