"""Two runs of one call side by side: in what they differ, from which turn on, and which of them is better."""

from collections.abc import Iterator
from dataclasses import replace

from voice.replaying.result import CallResult, Difference, TurnResult

ENDPOINT_MS = 100
"""A turn that ends so much earlier or later ends otherwise."""
_MOST = 40
"""Differences that are listed: behind the first ones most follow from those."""


def compared(
    now: CallResult, was: CallResult | None, *, against: str, endpoint_ms: int | None = ENDPOINT_MS
) -> CallResult:
    """`now` with its verdict, and its differences from `was`.

    `endpoint_ms`: how much a turn's end may move; None where one of the runs was paced by the clock, and it moves with
    the machine's load.
    """
    if was is None:
        if not now.expected:
            return replace(now, verdict="new", against="")
        return replace(now, verdict="worse" if now.faults else "same", against="expectation")
    differences = tuple(_differences(now, was, endpoint_ms))[:_MOST]
    return replace(
        now,
        against=against,
        differences=differences,
        parts_at=differences[0] if differences else None,
        verdict=_verdict(now, was, differences),
    )


def _verdict(now: CallResult, was: CallResult, differences: tuple[Difference, ...]) -> str:
    """Faults weigh most, then words misheard; where only turns end earlier or later, the wait."""
    if not differences and now.faults == was.faults:
        return "same"
    if len(now.faults) != len(was.faults):
        return "better" if len(now.faults) < len(was.faults) else "worse"
    if now.wer is not None and was.wer is not None and now.wer.errors != was.wer.errors:
        return "better" if now.wer.errors < was.wer.errors else "worse"
    if differences and all(one.what == "endpoint" for one in differences):
        return "better" if _waits(now) < _waits(was) else "worse"
    return "different"


def _waits(result: CallResult) -> int:
    """Milliseconds that the caller waited for the end of their turns."""
    return sum(turn.endpoint_ms for turn in result.turns if turn.endpoint_ms is not None)


def _differences(now: CallResult, was: CallResult, endpoint_ms: int | None) -> Iterator[Difference]:
    for turn, before in zip(now.turns, was.turns, strict=False):
        yield from _of_turn(turn, before, endpoint_ms)
    shared = min(len(now.turns), len(was.turns))
    yield from (Difference(turn.turn, "turn", "", _shown(turn)) for turn in now.turns[shared:])
    yield from (Difference(shared, "turn", _shown(turn), "") for turn in was.turns[shared:])
    for what, mine, theirs in (
        ("outcome", now.outcome or "", was.outcome or ""),
        ("transfers", _list(one.target for one in now.transfers), _list(one.target for one in was.transfers)),
        ("tools", _list(one.name for one in now.tools), _list(one.name for one in was.tools)),
    ):
        if mine != theirs:
            yield Difference(-1, what, theirs, mine)


def _of_turn(now: TurnResult, was: TurnResult, endpoint_ms: int | None) -> Iterator[Difference]:
    for what, mine, theirs in (
        ("by", now.by, was.by),
        ("heard", now.heard, was.heard),
        ("at_step", now.at_step, was.at_step),
        ("set", _pairs(now), _pairs(was)),
        ("entered", " ".join(now.entered), " ".join(was.entered)),
        ("said", now.said, was.said),
        ("barge_in", str(now.barge_in), str(was.barge_in)),
    ):
        if mine != theirs:
            yield Difference(now.turn, what, theirs, mine)
    if endpoint_ms is None or now.endpoint_ms is None or was.endpoint_ms is None or now.heard != was.heard:
        return
    if abs(now.endpoint_ms - was.endpoint_ms) >= endpoint_ms:
        yield Difference(now.turn, "endpoint", f"{was.endpoint_ms} ms", f"{now.endpoint_ms} ms")


def _pairs(turn: TurnResult) -> str:
    return ", ".join(f"{slot} = {value or 'nothing'}" for slot, value in sorted(turn.set.items()))


def _list(names: Iterator[str]) -> str:
    return ", ".join(names)


def _shown(turn: TurnResult) -> str:
    heard = f"{turn.heard!r} → " if turn.heard else ""
    return f"{turn.by}: {heard}{turn.said}".strip()
