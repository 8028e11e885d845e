"""Two runs of one call side by side: in what they differ, from which turn on and why, and which of them is better."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from voice.replaying.result import CallResult, Difference, TurnResult
from voice.replaying.verdict import ACCEPTED, STRUCTURE, verdict

ENDPOINT_MS = 100
"""A turn that ends so much earlier or later ends otherwise."""
_HEARD_S, _CUT_S = 0.8, 1.0
"""A sentence is heard in one run alone, or to its end in one alone, where it is so much: more than a moment by which
a barge-in or the end of a call may move."""
_FOLLOWERS = 8
"""Differences that are listed of those which only follow from an earlier one."""


def compared(
    now: CallResult, was: CallResult | None, *, against: str, endpoint_ms: int | None = ENDPOINT_MS
) -> CallResult:
    """`now` with its verdict, and its differences from `was`.

    `endpoint_ms`: how much a turn's end may move; None where one of the runs was paced by the clock, and it moves with
    the machine's load. `against`: of an "accepted" run less is kept than of others, and less is compared.
    """
    if was is None:
        if not now.expected:
            word = "different" if now.identical is False else "worse" if now.faults else "new"
            return replace(now, verdict=word, against="")
        return replace(now, verdict="worse" if now.faults else "same", against="expectation")
    found = [*_turns(now, was, endpoint_ms, against), *_whole(now, was, against)]
    if now.identical is False and not found:
        found = [Difference(-1, "commands", "those of the journal", "others", "the notes have the first one")]
    differences = tuple(_capped(found))
    return replace(
        now,
        against=against,
        differences=differences,
        parts_at=next((one for one in differences if one.what != "endpoint"), next(iter(differences), None)),
        verdict=verdict(now, was, differences, against),
    )


# ---- in what they differ -------------------------------------------------------------------------------------


def _capped(found: Sequence[Difference]) -> Iterator[Difference]:
    """All but most of those that only follow from an earlier one; the call as a whole is never left out."""
    followers = [one for one in found if one.turn >= 0 and one.why.startswith(FOLLOWS)]
    kept, left = followers[:_FOLLOWERS], len(followers) - _FOLLOWERS
    for one in found:
        if one in followers and one not in kept:
            continue
        last = left > 0 and one is kept[-1]
        yield replace(one, why=f"{one.why}, as do {left} more that are not listed") if last else one


def _turns(now: CallResult, was: CallResult, endpoint_ms: int | None, against: str) -> Iterator[Difference]:
    parted = valued = -1
    for turn, before in zip(now.turns, was.turns, strict=False):
        heard, before_heard = _Heard.of(turn, now), None if against == ACCEPTED else _Heard.of(before, was)
        found = [*_of_turn(turn, before, endpoint_ms), *_of_voice(turn, before, heard, before_heard)]
        if parted >= 0:
            yield from (replace(one, why=f"{FOLLOWS} {parted}") for one in found)
            continue
        what = {one.what: one for one in found}
        if valued < 0 and "set" in what:
            valued = turn.turn
        tools = any(one.turn == turn.turn for one in (*now.tools, *was.tools))
        around = _Around(turn.by, what, valued, tools, bool(turn.unheard), now.depth == was.depth)
        yield from (replace(one, why=_why(one, around)) for one in found)
        if not what.keys().isdisjoint(STRUCTURE):
            parted = turn.turn
    shared = min(len(now.turns), len(was.turns))
    why = f"{FOLLOWS} {parted}" if parted >= 0 else ""
    yield from (Difference(turn.turn, "turn", "", _shown(turn), why) for turn in now.turns[shared:])
    yield from (Difference(shared, "turn", _shown(turn), "", why) for turn in was.turns[shared:])


def _whole(now: CallResult, was: CallResult, against: str) -> Iterator[Difference]:
    """What is not one turn's. Of an accepted run only names are kept."""
    names_only = against == ACCEPTED
    for what, mine, theirs in (
        ("outcome", now.outcome or "", was.outcome or ""),
        ("steps", _only(now.path, was.path), _only(was.path, now.path)),
        ("transfers", *(", ".join(_transfers(one, names_only)) for one in (now, was))),
        ("tools", *(", ".join(_tools(one, names_only)) for one in (now, was))),
        ("confirmed", *("" if names_only else _confirmed(*pair) for pair in ((now, was), (was, now)))),
    ):
        if mine != theirs:
            yield Difference(-1, what, theirs, mine)


def _only(path: Sequence[str], other: Sequence[str]) -> str:
    """The steps of a path that the other does not pass at all."""
    return ", ".join(step for step in dict.fromkeys(path) if step not in other)


def _transfers(result: CallResult, names_only: bool) -> list[str]:
    return [
        one.target if names_only else f"{one.target} ({one.reason}): {one.outcome or 'under way'}"
        for one in result.transfers
    ]


def _tools(result: CallResult, names_only: bool) -> list[str]:
    return [
        one.name if names_only else f"{one.name}({_pairs(one.arguments.items())}){'' if one.ok else ' failed'}"
        for one in result.tools
    ]


def _confirmed(result: CallResult, other: CallResult) -> str:
    """The slots of a value that both have which count as confirmed in this one."""
    return ", ".join(
        sorted(
            name
            for name, slot in result.slots.items()
            if slot.confirmed and name in other.slots and other.slots[name].value == slot.value
        )
    )


def _of_turn(now: TurnResult, was: TurnResult, endpoint_ms: int | None) -> Iterator[Difference]:
    for what, mine, theirs in (
        ("by", now.by, was.by),
        ("heard", now.heard, was.heard),
        ("at_step", now.at_step, was.at_step),
        ("set", _pairs(now.set.items()), _pairs(was.set.items())),
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


@dataclass(frozen=True, slots=True)
class _Heard:
    """How much of each sentence of a turn was played until the call was over, in seconds."""

    played: Mapping[str, float]
    whole: Mapping[str, float]
    """Those that were played to their end."""

    @classmethod
    def of(cls, turn: TurnResult, call: CallResult) -> Self:
        played: dict[str, float] = {}
        for one in turn.agent:
            seconds = max(0.0, min(one.ends_s, call.duration_s) - one.begins_s)
            played[one.text] = played.get(one.text, 0.0) + seconds
        short = {one.text for one in turn.agent if one.cut or one.ends_s > call.duration_s}
        return cls(played, {text: seconds for text, seconds in played.items() if text not in short})


def _of_voice(now: TurnResult, was: TurnResult, mine: _Heard, theirs: _Heard | None) -> Iterator[Difference]:
    """What the caller heard of the sentences that both say. `theirs`: None where that was not kept."""
    lost, gained = ([one for one in a.unheard if one not in b.unheard] for a, b in ((now, was), (was, now)))
    if theirs is not None:
        lost += _not_played(now, mine, theirs)
        gained += _not_played(was, theirs, mine)
    if lost or gained:
        yield Difference(now.turn, "unheard", " ".join(gained), " ".join(lost))
    if theirs is not None and (pair := (_cut(theirs, mine), _cut(mine, theirs))) != ("", ""):
        yield Difference(now.turn, "cut", *pair)


def _not_played(turn: TurnResult, mine: _Heard, theirs: _Heard) -> list[str]:
    """The sentences of a turn of which nothing was played, and in the other run more than a moment."""
    return [
        text
        for text, seconds in theirs.played.items()
        if seconds >= _HEARD_S and not mine.played.get(text) and text in turn.said and text not in turn.unheard
    ]


def _cut(mine: _Heard, theirs: _Heard) -> str:
    """The sentences that broke off, and went on for long in the other run."""
    return " ".join(text for text, whole in theirs.whole.items() if 0 < mine.played.get(text, 0.0) <= whole - _CUT_S)


def _pairs(values: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name} = {value or 'nothing'}" for name, value in sorted(values))


def _shown(turn: TurnResult) -> str:
    heard = f"{turn.heard!r} → " if turn.heard else ""
    return f"{turn.by}: {heard}{turn.said}".strip()


# ---- and why -------------------------------------------------------------------------------------------------


FOLLOWS = "follows from turn"
"""The reason of what only follows from an earlier difference begins so."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What else is known of the turn of a difference."""

    by: str
    what: Mapping[str, Difference]
    """All differences of the turn."""
    valued: int
    """The first turn that set another value, -1 for none."""
    tools: bool
    unspoken: bool
    """Whether a sentence could not be spoken."""
    same_depth: bool


def _why(one: Difference, around: _Around) -> str:
    """Why a difference is there, as far as the two courses tell; empty where they don't."""
    heard = around.what.get("heard")
    if "by" in around.what:
        return ""
    match one.what:
        case "heard":
            return _why_heard(one)
        case "set" | "entered" | "said" if heard is not None:
            return f"heard {_short(heard.now)} instead of {_short(heard.was)}"
        case "set":
            return {"speech": "the same words were read as another value", "keys": "the keys were read otherwise"}.get(
                around.by, ""
            )
        case "entered":
            return _why_entered(around)
        case "said":
            return _why_said(around)
        case "endpoint":
            return "endpointing" if around.same_depth else "endpointing, or the recogniser's time in the recorded call"
        case _:
            return _why_unheard(around) if one.what == "unheard" and one.now else ""


def _why_heard(one: Difference) -> str:
    if not one.now or not one.was:
        return "nothing was put into words" if one.was else "nothing was put into words then"
    if f"{one.was} ".startswith(f"{one.now} "):
        return "the turn was over before the last words"
    if f"{one.now} ".startswith(f"{one.was} "):
        return "the turn went on for longer"
    return "the same sound was put into other words"


def _why_unheard(around: _Around) -> str:
    return "it could not be spoken" if around.unspoken else "nothing of it was played"


def _why_entered(around: _Around) -> str:
    if "set" in around.what:
        return "another value led to another step"
    came = "the same words" if around.by == "speech" else "the same"
    tool = ", or a tool's answer" if around.tools else ""
    return f"{came} led to another step: the flow's edge or a slot rule{tool}"


def _why_said(around: _Around) -> str:
    if "entered" in around.what or "at_step" in around.what:
        return "another step's words"
    if around.valued >= 0:
        return f"the value set at turn {around.valued}, or the prompt's text"
    return "the prompt's text"


def _short(text: str) -> str:
    return repr(text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…") if text else "nothing"


_MOST_LETTERS = 60
