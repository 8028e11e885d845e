"""What came of one call that was run again: the JSON of `switchboard replay --json`, as values.

Whatever depends on how fast the machine is stands in `timings` and nowhere else, so that two runs of one call are
alike to the byte without it. Times that are not in `timings` are on the call's clock.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter

from voice.audio import LINE_RATE
from voice.replaying.course import Course, CourseTurn, Slot, ToolCall


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the agent's. Seconds."""

    begins_s: float
    ends_s: float
    text: str
    cut: bool


@dataclass(frozen=True, slots=True)
class TurnResult:
    """One turn; fields as in `voice.replaying.course`."""

    turn: int
    by: str
    at_step: str
    heard: str = ""
    confidence: float | None = None
    says: str | None = None
    """The words that were really said, where they are known."""
    keys: int = 0
    said: str = ""
    entered: tuple[str, ...] = ()
    set: Mapping[str, str] = field(default_factory=dict)
    barge_in: bool = False
    endpoint_ms: int | None = None
    caller: tuple[float, float] | None = None
    agent: tuple[Said, ...] = ()
    unheard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TransferResult:
    """A transfer to a person."""

    target: str
    reason: str
    outcome: str
    turn: int


@dataclass(frozen=True, slots=True)
class Wer:
    """Word errors against what was really said."""

    errors: int
    words: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a call went another way. `turn` is this run's; -1: the call as a whole."""

    turn: int
    what: str
    was: str
    now: str
    why: str = ""
    """As far as the journal tells."""


@dataclass(frozen=True, slots=True)
class Versus:
    """A run beside the one before it."""

    verdict: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class TurnTiming:
    """How long a caller waited; depends on the machine."""

    turn: int
    gap_ms: int | None
    stages: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Timings:
    """What depends on the machine."""

    elapsed_s: float = 0.0
    turns: tuple[TurnTiming, ...] = ()
    budget_ms: int | None = None
    """What a gap may be, where the expectation says so."""
    faults: tuple[str, ...] = ()
    """Limits of a caller's wait that this machine did not keep; they make no verdict, but the call fails."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """One call."""

    call: str
    kind: str
    """"journal", "recording" or "scenario"."""
    depth: str
    flow: str
    version: int
    duration_s: float
    outcome: str | None
    path: tuple[str, ...]
    slots: Mapping[str, Slot]
    transfers: tuple[TransferResult, ...]
    tools: tuple[ToolCall, ...]
    barge_ins: int
    turns: tuple[TurnResult, ...]
    wer: Wer | None = None
    faults: tuple[str, ...] = ()
    """In what it is not what was expected."""
    expected: bool = False
    """Whether anything was."""
    verdict: str = "new"
    against: str = ""
    """What the verdict compares with: "accepted", "journal", "last", "expectation" or nothing."""
    parts_at: Difference | None = None
    differences: tuple[Difference, ...] = ()
    last: Versus | None = None
    """Beside the last run of the same call, where there was one; left out of the JSON unless it is asked for."""
    notes: tuple[str, ...] = ()
    """What was odd about the recording, and what was done about it."""
    identical: bool | None = None
    """At depth journal with nothing changed: whether every command was the same."""
    events: int = 0
    commands: int = 0
    failed: str = ""
    """Why it could not be run at all."""
    journal: str = ""
    recording: str = ""
    timings: Timings = Timings()


_ADAPTER = TypeAdapter(CallResult)


def to_json(result: CallResult, *, last: bool = True) -> dict[str, Any]:
    """Plain values; without `last` they don't depend on what was run before."""
    return asdict(result if last else replace(result, last=None))


def from_json(text: str | bytes) -> CallResult:
    """Raises ValueError where it is no result of this version."""
    return _ADAPTER.validate_json(text)


def failed(call: str, kind: str, depth: str, why: str) -> CallResult:
    """A call that could not be run."""
    return CallResult(call, kind, depth, "", 0, 0.0, None, (), {}, (), (), 0, (), verdict="worse", failed=why)


def result_of(course: Course, *, call: str, kind: str, depth: str, flow: str, version: int) -> CallResult:
    """What a course says; without expectations and verdict."""
    return CallResult(
        call=call,
        kind=kind,
        depth=depth,
        flow=flow,
        version=version,
        duration_s=_seconds(course.samples),
        outcome=course.outcome,
        path=course.path,
        slots={name: replace(slot, confidence=round(slot.confidence, 3)) for name, slot in course.slots.items()},
        transfers=tuple(TransferResult(one.target, one.reason, one.outcome, turn) for one, turn in course.transfers),
        tools=course.tools,
        barge_ins=len(course.barge_ins),
        turns=tuple(_turn(number, turn) for number, turn in enumerate(course.turns)),
        timings=Timings(
            0.0,
            tuple(
                TurnTiming(number, turn.gap_ms, dict(turn.stages))
                for number, turn in enumerate(course.turns)
                if turn.stages
            ),
        ),
    )


def _turn(number: int, turn: CourseTurn) -> TurnResult:
    return TurnResult(
        turn=number,
        by=turn.by.value,
        at_step=turn.at_step,
        heard=turn.heard,
        confidence=turn.confidence,
        keys=turn.keys,
        said=" ".join(turn.said),
        entered=tuple(turn.entered),
        set=dict(turn.set),
        barge_in=turn.barge_in,
        endpoint_ms=turn.endpoint_ms,
        caller=None if turn.caller is None else (_seconds(turn.caller[0]), _seconds(turn.caller[1])),
        agent=tuple(Said(_seconds(one.begins), _seconds(one.ends), one.text, one.cut) for one in turn.agent),
        unheard=tuple(turn.unheard),
    )


def _seconds(samples: int) -> float:
    return round(samples / LINE_RATE, 3)


def with_words(result: CallResult, spans: tuple[tuple[int, int, str], ...]) -> CallResult:
    """The result with what was really said at its turns, and a note of what was said and made no turn. `spans`: (first
    sample, last sample, words) of each clip."""
    said: dict[int, list[str]] = {}
    for begins, ends, words in spans:
        place = _nearest(result.turns, begins / LINE_RATE, ends / LINE_RATE)
        if place is not None and words:
            said.setdefault(place, []).append(words)
        elif words:
            note = f"at {begins / LINE_RATE:.1f} s the caller said {words!r}, and no turn came of it"
            result = replace(result, notes=(*result.notes, note))
    turns = tuple(replace(turn, says=" ".join(said[turn.turn])) if turn.turn in said else turn for turn in result.turns)
    return replace(result, turns=turns)


def _nearest(turns: tuple[TurnResult, ...], begins: float, ends: float) -> int | None:
    """The turn in which most of a clip was heard."""
    overlaps = [
        (min(ends, turn.caller[1]) - max(begins, turn.caller[0]), turn.turn)
        for turn in turns
        if turn.caller is not None and min(ends, turn.caller[1]) > max(begins, turn.caller[0])
    ]
    return max(overlaps)[1] if overlaps else None
