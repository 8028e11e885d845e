"""A call held against what it must come to: every fault in a sentence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from voice.replaying.course import Slot
from voice.replaying.depth import Depth
from voice.replaying.expected import Expected, Values
from voice.replaying.result import CallResult
from voice.report import percentile


def faults(result: CallResult, expected: Expected) -> tuple[str, ...]:
    """In what the call is not what was expected; empty when all is right."""
    return (
        *_where_it_went(result, expected),
        *_what_was_saved(result, expected),
        *_what_was_done(result, expected),
        *_what_was_said(result, expected),
        *_how_long_it_took(result, expected),
    )


def unspoken(result: CallResult) -> tuple[str, ...]:
    """The sentences that failed, whatever was expected. Of the journal alone nothing is spoken anew: they are the
    recorded call's."""
    if result.depth == Depth.JOURNAL.value:
        return ()
    return tuple(
        f"turn {turn.turn} says {text!r}, which could not be spoken: the caller did not hear it"
        for turn in result.turns
        for text in turn.unheard
    )


def about(fault: str) -> str:
    """What a fault is about, whatever the wrong value is: two runs of a call are compared by it.

    >>> about("slot name is 'Damien Foster', expected 'Daniel Foster'")
    'slot name'
    """
    words = fault.split()
    if words[0] == "slot":
        return " ".join(words[:2])
    if words[0] == "turn":
        return fault.partition(" says ")[2]
    return "barge-ins" if words[0].isdigit() else words[1] if words[0] == "the" else words[0]


def taken_for_sure(faults: Iterable[str]) -> tuple[str, ...]:
    """The wrong values among the faults that count as confirmed, as `about` names them."""
    return tuple(about(fault) for fault in faults if fault.endswith(_SURE))


_SURE = ", and counts as confirmed"


def _where_it_went(result: CallResult, expected: Expected) -> Iterator[str]:
    if expected.outcome is not None and result.outcome != expected.outcome:
        yield f"outcome {result.outcome}, expected {expected.outcome}"
    if expected.path is not None and result.path != expected.path:
        yield f"path {' '.join(result.path)}, expected {' '.join(expected.path)}"
    if expected.milestones is not None and (missed := _first_missed(result.path, expected.milestones)):
        yield f"path {' '.join(result.path)} does not pass {missed} in the order {' '.join(expected.milestones)}"


def _first_missed(path: Sequence[str], milestones: Sequence[str]) -> str:
    """The first milestone that does not come after the one before it; empty for none."""
    way = iter(path)
    return next((milestone for milestone in milestones if milestone not in way), "")


def _what_was_saved(result: CallResult, expected: Expected) -> Iterator[str]:
    if expected.no_lead and result.slots:
        yield f"saved {', '.join(sorted(result.slots))}, expected no lead"
    wanted = expected.lead if expected.lead is not None else expected.slots
    if wanted is None:
        return
    names = set(wanted) | (set(result.slots) if expected.lead is not None else set())
    for name in sorted(names):
        if (fault := _of_slot(name, result.slots.get(name), wanted.get(name))) is not None:
            yield fault


def _of_slot(name: str, got: Slot | None, wanted: Values | None) -> str | None:
    if got is None:
        return f"slot {name} is missing, expected {_shown(wanted)}"
    if wanted is None:
        return f"slot {name} is {got.value!r}, expected none" + (_SURE if got.confirmed else "")
    if got.value in ((wanted,) if isinstance(wanted, str) else wanted):
        return None
    sure = _SURE if got.confirmed else ""
    return f"slot {name} is {got.value!r}, expected {_shown(wanted)}{sure}"


def _shown(wanted: Values | None) -> str:
    return repr(wanted) if isinstance(wanted, str) or wanted is None else "one of " + ", ".join(map(repr, wanted))


def _what_was_done(result: CallResult, expected: Expected) -> Iterator[str]:
    done: Mapping[str, tuple[tuple[str, ...], tuple[str, ...] | None]] = {
        "transfers": (tuple(one.target for one in result.transfers), expected.transfers),
        "escalations": (tuple(one.reason for one in result.transfers), expected.escalations),
        "tools": (tuple(one.name for one in result.tools), expected.tools),
    }
    for name, (got, wanted) in done.items():
        if wanted is not None and got != wanted:
            yield f"{name} {', '.join(got) or 'none'}, expected {', '.join(wanted) or 'none'}"
    if expected.barge_ins is not None and result.barge_ins != expected.barge_ins:
        yield f"{result.barge_ins} barge-ins, expected {expected.barge_ins}"


def _what_was_said(result: CallResult, expected: Expected) -> Iterator[str]:
    for never in expected.never_said:
        for turn in result.turns:
            if never.lower() in turn.said.lower():
                yield f"turn {turn.turn} says {never!r}, which must never be said"


def _how_long_it_took(result: CallResult, expected: Expected) -> Iterator[str]:
    """Without the times measured: those stand in the timings."""
    gaps = [float(turn.gap_ms) for turn in result.timings.turns if turn.gap_ms is not None]
    ends = [float(turn.endpoint_ms) for turn in result.turns if turn.endpoint_ms is not None]
    for what, values, limit in (
        ("reply", gaps, expected.latency.gap_p95_ms),
        ("end of a turn", ends, expected.latency.endpoint_p95_ms),
    ):
        measured = percentile(values, 0.95)
        if limit is not None and measured is not None and measured > limit:
            yield f"the {what} (p95) comes later than {limit} ms"
