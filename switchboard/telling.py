"""A call that is not as it should be, told to whoever must find out why."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voice.errors import OperatorError
from voice.replaying.depth import Depth
from voice.replaying.document import passed, why_not
from voice.replaying.expected import Expected, Values
from voice.replaying.finding import Found
from voice.replaying.options import Options
from voice.replaying.result import CallResult, TurnResult
from voice.replaying.taken import JOURNAL, RECORDING, from_journal
from voice.replaying.totals import Judged

_AROUND = 2
"""Turns that are shown before the one in question; one more behind it."""
_MARGIN_S = 1.0
"""What is played before a turn and behind it."""
_SHOWN = 78
"""Characters of what the agent said that are shown of other turns."""


@dataclass(frozen=True, slots=True)
class Told:
    """A call that was run."""

    call: Judged
    found: Found
    named: Path
    """The file that a person would name."""
    options: Options
    cwd: Path
    """Where the person is."""

    @property
    def command(self) -> str:
        """What runs this call alone."""
        options = self.options
        words = ["switchboard", "replay", self.short(self.named), "--depth", options.depth.value]
        words += ["--flow", options.flow] if options.flow is not None else []
        words += [word for name, value in options.changes.items() for word in ("--set", f"{name}={value}")]
        return shlex.join(words)

    def short(self, path: Path) -> str:
        """A path as somebody would type it."""
        return str(path.relative_to(self.cwd) if path.is_relative_to(self.cwd) else path)


def failure(told: Told) -> str:
    """What is wrong, where in the call, and what to type to see and hear it; empty when nothing is."""
    result = told.call.result
    if passed(result):
        return ""
    if result.failed:
        return result.failed
    place = turn_in_question(told.call)
    lines = [why_not(result), "", _heading(result)]
    lines += [line for turn in result.turns[max(0, place - _AROUND) : place + 2] for line in _turn(turn, place, told)]
    lines += [f"note: {note}" for note in result.notes]
    return "\n".join([*lines, "", *_commands(told, place)])


def _heading(result: CallResult) -> str:
    link = {"same": "as", "different": "from"}.get(result.verdict, "than")
    beside = {"journal": f" {link} the recorded call", "accepted": f" {link} the accepted run"}
    verdict = result.verdict + beside.get(result.against, "")
    outcome = f"outcome {result.outcome}" if result.outcome else "no outcome"
    return f"{result.call}, depth {result.depth}, {result.flow} version {result.version}: {verdict}, {outcome}"


def turn_in_question(call: Judged) -> int:
    """The turn at which to begin looking: the first that differs, else the first that is at fault, else the last."""
    result = call.result
    if result.parts_at is not None and result.parts_at.turn >= 0:
        return min(result.parts_at.turn, max(0, len(result.turns) - 1))
    at_fault = tuple(_at_fault(result, call.expected)) if call.expected is not None else ()
    spoken = [turn.turn for turn in result.turns if turn.heard or turn.said]
    return min(at_fault) if at_fault else max(spoken, default=0)


def _at_fault(result: CallResult, expected: Expected) -> Iterator[int]:
    """Turns in which something came about that was not expected."""
    wanted = expected.lead if expected.lead is not None else expected.slots or {}
    for name, slot in result.slots.items():
        if name in wanted and slot.value not in _any(wanted[name]):
            yield slot.turn
    nevers = [never.lower() for never in expected.never_said]
    yield from (turn.turn for turn in result.turns if any(never in turn.said.lower() for never in nevers))
    transfers = tuple(one.target for one in result.transfers)
    if expected.transfers is not None and transfers != expected.transfers:
        yield from (one.turn for one in result.transfers)


def _any(wanted: Values) -> tuple[str, ...]:
    return (wanted,) if isinstance(wanted, str) else wanted


def _turn(turn: TurnResult, place: int, told: Told) -> Iterator[str]:
    """What was heard in a turn and what came of it."""
    differences = told.call.result.differences
    was = {one.what: one.was for one in differences if one.turn == turn.turn == place}
    said: list[tuple[str, str]] = [("caller", _heard(turn))] if turn.by != "begin" else []
    if "heard" in was:
        said.append(("was", was["heard"] or "nothing"))
    if turn.says is not None and turn.turn == place:
        said.append(("really", turn.says))
    if turn.set:
        said.append(("sets", ", ".join(f"{name} = {value or 'nothing'}" for name, value in turn.set.items())))
    if "set" in was:
        said.append(("was", was["set"] or "nothing set"))
    said.append(("agent", _nearest(turn.said, turn.turn - place) or "says nothing"))
    if "said" in was:
        said.append(("was", was["said"] or "said nothing"))
    for number, (who, what) in enumerate(said):
        mark = (">" if turn.turn == place else " ") + f" turn {turn.turn}" if number == 0 else ""
        yield f"{mark:10} {who:7} {what}"


def _heard(turn: TurnResult) -> str:
    keys = f"{turn.keys} keys" if turn.keys else ""
    return ", ".join(part for part in (turn.heard, keys) if part) or f"({turn.by})"


def _nearest(text: str, behind: int) -> str:
    """What is nearest to the turn in question: the end of what was said before it, the beginning of what came after."""
    if behind == 0 or len(text) <= _SHOWN:
        return text
    return f"…{text[1 - _SHOWN :].lstrip()}" if behind < 0 else f"{text[: _SHOWN - 1].rstrip()}…"


def _commands(told: Told, place: int) -> Iterator[str]:
    """What plays the turn in this run and in the recording, and what makes a page of the whole call."""
    result, original = told.call.result, _original(told.found)
    now = result.turns[place] if place < len(result.turns) else None
    if result.recording:
        yield f"this run:  {_play(now, told.short(Path(result.recording)))}"
    if original is not None:
        as_it_was = result.depth == Depth.JOURNAL and not told.options.changed
        then = now if as_it_was else _recorded_turn(told.found, place)
        yield f"recording: {_play(then, told.short(original))}"
    yield f"report:    {told.command} --html --out report.html"


def _original(found: Found) -> Path | None:
    """The recording that the call was taken from, caller left and agent right; None for a scenario."""
    sound = found.path.with_suffix(".wav") if found.kind == JOURNAL else found.path
    return sound if found.kind in (JOURNAL, RECORDING) and sound.is_file() else None


def _recorded_turn(found: Found, place: int) -> TurnResult | None:
    """The turn when the call was taken, as far as a journal tells."""
    try:
        before = from_journal(found.name, found.path, None).before if found.kind == JOURNAL else None
    except OperatorError:
        return None
    return before.turns[place] if before is not None and place < len(before.turns) else None


def _play(turn: TurnResult | None, file: str) -> str:
    """The command that plays a turn; the whole file where nobody knows when that was."""
    spans = [turn.caller] if turn is not None and turn.caller is not None else []
    spans += [(one.begins_s, one.ends_s) for one in turn.agent] if turn is not None else []
    if not spans:
        return shlex.join(["ffplay", file])
    begins = max(0.0, min(begin for begin, _ in spans) - _MARGIN_S)
    length = max(end for _, end in spans) + _MARGIN_S - begins
    return shlex.join(["ffplay", "-ss", f"{begins:.1f}", "-t", f"{length:.1f}", file])
