"""In what a call is not what was expected: what came beside what was expected, and the turn to look at."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voice.replaying.page.markup import safe, turn_link
from voice.replaying.page.word_marks import marked
from voice.replaying.result import CallResult

_SHORT = 5
"""Rows of a table before the rest is folded away."""
_FORMS = tuple(
    map(
        re.compile,
        (
            r"(?P<what>path) (?P<came>.*?)(?:, expected | does not pass (?P<missed>\S+) in the order )(?P<wanted>.*)",
            r"(?P<what>outcome|transfers|escalations|tools|saved) (?P<came>.*?), expected (?P<wanted>.*)",
            r"slot (?P<what>\S+) is (?P<came>.*?), expected (?P<wanted>.*?)(?P<sure>, and counts as confirmed)?",
            r"(?P<came>\d+) (?P<what>barge-ins), expected (?P<wanted>\d+)",
        ),
    )
)
"""The sentences of `voice.replaying.judging`."""
_SAYS = re.compile(r"turn (\d+) says ")


@dataclass(frozen=True, slots=True)
class Fault:
    """A sentence taken apart; `what` is empty where it is shown as it is."""

    sentence: str
    what: str = ""
    came: str = ""
    wanted: str = ""
    missed: str = ""
    """The step that an expected order lacks."""
    sure: str = ""
    """Not empty for a wrong value that counts as confirmed."""


@dataclass(frozen=True, slots=True)
class Stray:
    """Where a call left the way that was expected of it."""

    turn: int
    step: str
    """Where it stood; empty at the very beginning."""
    came: str
    """The step it went to; empty where it ended instead."""
    wanted: str


def faults_of(call: CallResult) -> tuple[Fault, ...]:
    """Every fault of a call, those that may be the machine's last."""
    return tuple(map(_parsed, (*call.faults, *call.timings.faults)))


def _parsed(sentence: str) -> Fault:
    for form in _FORMS:
        if (found := form.fullmatch(sentence)) is not None:
            return Fault(sentence, **{name: value or "" for name, value in found.groupdict().items()})
    return Fault(sentence)


def stray_of(call: CallResult) -> Stray | None:
    """Where it left the expected path; None where it kept to it, or none is expected."""
    fault = next((one for one in faults_of(call) if one.what == "path"), None)
    if fault is None or not call.turns:
        return None
    wanted = fault.wanted.split()
    place, expected = (_passed if fault.missed else _followed)(call.path, wanted)
    came = call.path[place] if place < len(call.path) else ""
    return Stray(_entering(call, place), call.path[place - 1] if place else "", came, expected)


def _followed(path: Sequence[str], wanted: Sequence[str]) -> tuple[int, str]:
    """How far a path is the expected one, and the step that is expected there."""
    place = next((one for one, pair in enumerate(zip(path, wanted, strict=False)) if pair[0] != pair[1]), None)
    place = min(len(path), len(wanted)) if place is None else place
    return place, wanted[place] if place < len(wanted) else ""


def _passed(path: Sequence[str], milestones: Sequence[str]) -> tuple[int, str]:
    """The place behind the last milestone passed, and the one that is missed."""
    way, place = iter(enumerate(path, 1)), 0
    for milestone in milestones:
        behind = next((behind for behind, step in way if step == milestone), None)
        if behind is None:
            return place, milestone
        place = behind
    return place, ""


def _entering(call: CallResult, place: int) -> int:
    """The turn in which the step at `place` of the path was entered; the last one for what never was."""
    entered = 0
    for turn in call.turns:
        entered += len(turn.entered)
        if entered > place:
            return turn.turn
    return call.turns[-1].turn


def turns_at_fault(call: CallResult) -> dict[int, str]:
    """Turn → what is wrong there, in two or three words."""
    found: dict[int, str] = {}
    for fault in faults_of(call):
        note = "barge-in" if fault.what == "barge-ins" else "wrong value" if fault.what else "never to be said"
        if fault.what not in ("transfers", "escalations"):
            found = dict.fromkeys(_turns(call, fault), note) | found
    stray = stray_of(call)
    return found if stray is None else found | {stray.turn: "off the path"}


def _turns(call: CallResult, fault: Fault) -> tuple[int, ...]:
    """The turns that a fault can be seen at."""
    if (says := _SAYS.match(fault.sentence)) is not None:
        return (int(says.group(1)),)
    match fault.what:
        case "barge-ins":
            return tuple(turn.turn for turn in call.turns if turn.barge_in)
        case "transfers" | "escalations":
            return tuple(dict.fromkeys(one.turn for one in call.transfers))
        case what:
            slot = call.slots.get(what)
            return () if slot is None else (slot.turn,)


def fault_line(fault: Fault) -> str:
    """A fault in few words, not escaped: of a path, only what it lacks."""
    if fault.what != "path":
        return fault.sentence
    return f"path does not pass {fault.missed}" if fault.missed else "another path than expected"


def faults_part(number: int, call: CallResult) -> str:
    """What is wrong with the call: where it left the expected path, and every fault."""
    found = faults_of(call)
    if not found:
        return ""
    rows = list(_rows(number, call, found))
    more = len(rows) - _SHORT
    rest = (
        f'<details><summary>{more} more</summary><table class="faulty">{"".join(rows[_SHORT:])}</table></details>'
        if more > 1
        else ""
    )
    first = "".join(rows[:_SHORT] if rest else rows)
    heads = '<tr><th scope="col">Not as expected</th><th scope="col">Is</th><th scope="col">Expected</th></tr>'
    top = f"<thead>{heads}</thead>" if any(fault.what for fault in found) else ""
    table = f'<table class="faulty">{top}<tbody>{first}</tbody></table>'
    return f'<div class="faults">{_strayed(number, call)}{table}{rest}</div>'


def _strayed(number: int, call: CallResult) -> str:
    stray = stray_of(call)
    if stray is None:
        return ""
    came = f"went to <b>{safe(stray.came)}</b>" if stray.came else "ended"
    wanted = f" where <b>{safe(stray.wanted)}</b> was expected" if stray.wanted else ""
    step = f" from {safe(stray.step)}" if stray.step else ""
    heard = call.turns[stray.turn].heard if stray.turn < len(call.turns) else ""
    words = f", having heard “<span dir=auto>{safe(heard)}</span>”" if heard else ""
    return f"<p>Off the expected path at {turn_link(number, stray.turn)}: the call {came}{step}{wanted}{words}.</p>"


def _rows(number: int, call: CallResult, faults: tuple[Fault, ...]) -> Iterator[str]:
    for fault in faults:
        if not fault.what:
            yield f'<tr><td colspan="3" class="long">{_linked(number, call, fault, fault.sentence)}</td></tr>'
            continue
        came, wanted = safe(fault.came), safe(fault.wanted)
        if fault.what in ("path", "tools", "transfers"):
            both = marked(fault.wanted, fault.came)
            came, wanted = both.now, both.was
        sure = ' <b class="alarm">counts as confirmed</b>' if fault.sure else ""
        yield (
            f'<tr><th scope="row">{_linked(number, call, fault, fault.what)}</th>'
            f'<td class="long" dir="auto">{came}{sure}</td><td class="long" dir="auto">{wanted}</td></tr>'
        )


def _linked(number: int, call: CallResult, fault: Fault, text: str) -> str:
    links = " ".join(turn_link(number, turn) for turn in _turns(call, fault))
    return safe(text) + (f" <small>{links}</small>" if links else "")
