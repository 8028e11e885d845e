"""Which of two runs of a call is better."""

from collections.abc import Iterable
from itertools import repeat

from voice.replaying.course import ToolCall
from voice.replaying.judging import about, taken_for_sure
from voice.replaying.result import CallResult, Difference

ACCEPTED = "accepted"
STRUCTURE = frozenset({"by", "at_step", "entered"})
"""In one of these a call goes another way: what comes later follows from it."""
_WAY = STRUCTURE | {"turn", "outcome", "steps", "transfers", "unheard", "commands"}
"""In one of these a call came to something else, or came to it otherwise; of tools and what is confirmed see below."""


def verdict(now: CallResult, was: CallResult, differences: tuple[Difference, ...], against: str) -> str:
    """A wrong value that counts as confirmed weighs most, then what else is wrong; then, where the call came to the
    same, words misheard; where only turns end earlier or later, the wait. No call is better that went another way."""
    sure, were_sure = (set(taken_for_sure(one.faults)) for one in (now, was))
    wrong, were_wrong = ({about(fault) for fault in one.faults} for one in (now, was))
    if sure - were_sure or wrong > were_wrong:
        return "worse"
    if wrong - were_wrong:
        return "different"
    if gone := (were_wrong - wrong) | (were_sure - sure):
        return "better" if _came_to_the_same(now, was, differences, against, gone) else "different"
    if not differences:
        return "same" if now.faults == was.faults else "different"
    if all(map(_heard_now, differences)):
        return "better"
    if now.wer is not None and was.wer is not None and now.wer.errors != was.wer.errors:
        alike = _came_to_the_same(now, was, differences, against, set())
        return "different" if not alike else "better" if now.wer.errors < was.wer.errors else "worse"
    if all(one.what == "endpoint" for one in differences) and _waits(now) != _waits(was):
        return "better" if _waits(now) < _waits(was) else "worse"
    return "different"


def _came_to_the_same(
    now: CallResult, was: CallResult, differences: Iterable[Difference], against: str, gone: set[str]
) -> bool:
    """Whether the way through the procedure, outcome, people fetched, tools and values are alike, whatever was said on
    the way. `gone`: faults, as `about` names them; values that were wrong may differ, and what a tool is told of them.
    """
    righted = {name.removeprefix("slot ") for name in gone if name.startswith("slot ")}
    if now.path != was.path or any(_of_the_way(one, righted) for one in differences):
        return False
    mine, theirs = ({name: slot.value for name, slot in result.slots.items()} for result in (now, was))
    if any(mine.get(name) != theirs.get(name) for name in (mine.keys() | theirs.keys()) - righted):
        return False
    if against == ACCEPTED:
        return [one.name for one in now.tools] == [one.name for one in was.tools]
    moved = {(theirs.get(name), mine.get(name)) for name in righted}
    return len(now.tools) == len(was.tools) and all(map(_alike, now.tools, was.tools, repeat(moved)))


def _of_the_way(one: Difference, righted: set[str]) -> bool:
    """Whether a call came to something else in this, or came to it otherwise. `righted`: slots that were wrong."""
    if one.what == "confirmed":
        return not righted.issuperset(f"{one.was}, {one.now}".strip(", ").split(", "))
    return one.what in _WAY and not _heard_now(one)


def _heard_now(one: Difference) -> bool:
    """Whether a sentence is heard that was not, and none is lost for it."""
    return one.what == "unheard" and not one.now


def _alike(now: ToolCall, was: ToolCall, moved: set[tuple[str | None, str | None]]) -> bool:
    """Whether a tool is told the same and came to the same. `moved`: values that were, and are now, others."""
    pairs = ((was.arguments.get(name), now.arguments.get(name)) for name in now.arguments.keys() | was.arguments.keys())
    return (now.name, now.ok) == (was.name, was.ok) and all(old == new or (old, new) in moved for old, new in pairs)


def _waits(result: CallResult) -> int:
    """Milliseconds that the caller waited for the end of their turns."""
    return sum(turn.endpoint_ms for turn in result.turns if turn.endpoint_ms is not None)
