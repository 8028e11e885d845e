"""A call beside another run of it: where the two part, and every difference."""

from collections.abc import Sequence

from voice.replaying.page.markup import counted, head, safe, shown, turn_link
from voice.replaying.page.standing import badge
from voice.replaying.page.word_marks import marked
from voice.replaying.result import CallResult, Difference

WHAT = {
    "by": "moved by",
    "heard": "heard",
    "at_step": "at step",
    "set": "values set",
    "entered": "steps entered",
    "said": "agent says",
    "unheard": "never heard",
    "cut": "broke off",
    "barge_in": "barge-in",
    "endpoint": "end of the turn",
    "turn": "whole turn",
    "transfers": "people rung",
    "tools": "tools called",
    "confirmed": "counts as confirmed",
    "steps": "steps passed",
}
"""As `voice.replaying.comparison` names them; what is not here is called as it is."""
_OTHER = {
    "journal": "the call as it was recorded",
    "accepted": "the run that was accepted",
    "last": "the last run",
    "expectation": "what is expected of it",
}
_WORDS = ("heard", "said", "entered", "set", "turn", "tools", "transfers")
_GRAVITY = (
    *("outcome", "transfers", "tools", "unheard", "confirmed", "steps", "set", "turn", "by", "entered", "at_step"),
    *("heard", "said", "cut", "barge_in", "endpoint", "commands"),
)
_FOLLOWS = "follows from turn"
"""As `voice.replaying.comparison` begins the reason of what only follows from an earlier difference."""
_SHORT = 8
"""Differences shown before the rest is folded away."""


def other(against: str) -> str:
    """What a verdict compares with."""
    return _OTHER.get(against, against)


def what(difference: Difference) -> str:
    """What differs, not escaped."""
    return WHAT.get(difference.what, difference.what)


def gravest(differences: Sequence[Difference]) -> Difference | None:
    """The one that matters most to whoever has to decide: what came of the call before what was done, taken down,
    heard and said. Of two alike the first; what only follows from an earlier one is left out."""
    return min((one for one in differences if not one.why.startswith(_FOLLOWS)), key=gravity, default=None)


def gravity(one: Difference) -> int:
    """Less is graver."""
    return _GRAVITY.index(one.what) if one.what in _GRAVITY else 0


def banner(number: int, call: CallResult) -> str:
    """Where the call went another way, with links to the turn and to the list."""
    parts = call.parts_at
    if parts is None:
        return ""
    was, now = _both(parts)
    more = len(call.differences) - 1
    rest = f' <a href="#call-{number}-differences">and {counted(more, "more difference")}</a>' if more > 0 else ""
    return (
        f'<div class="banner"><p><b>Parts from {safe(other(call.against))} at {turn_link(number, parts.turn)}</b>: '
        f"{safe(what(parts))}{rest}</p><dl><dt>was</dt><dd>{was}</dd><dt>is</dt><dd>{now}</dd>{_why(parts)}"
        f"{_most(number, call, parts)}</dl></div>"
    )


def _most(number: int, call: CallResult, parts: Difference) -> str:
    """What matters most, where the calls did not part in that: a prompt may have been changed on purpose."""
    most = gravest(call.differences)
    if most is None or gravity(most) >= gravity(parts):
        return ""
    was, now = safe(shown(most.was)), safe(shown(most.now))
    where = f"{turn_link(number, most.turn)}, {safe(what(most))}"
    return f"<dt>gravest</dt><dd>{where}: <del>{was}</del> → <ins>{now}</ins></dd>"


def _why(difference: Difference) -> str:
    return f'<dt>why</dt><dd dir="auto">{safe(difference.why)}</dd>' if difference.why else ""


def _both(difference: Difference) -> tuple[str, str]:
    """Was and is, as HTML."""
    if difference.what in _WORDS and difference.was and difference.now:
        found = marked(difference.was, difference.now)
        return found.was, found.now
    return safe(shown(difference.was)), safe(shown(difference.now))


def differences_part(number: int, call: CallResult) -> str:
    """Every difference from what the verdict compares with."""
    every = call.differences
    if not every:
        return ""
    title = f"<h3>Differences from {safe(other(call.against))} <small>{len(every)}</small></h3>"
    table = _table(number, every, call.parts_at)
    return f'<section class="part" id="call-{number}-differences">{title}{table}</section>'


def last_part(number: int, call: CallResult) -> str:
    """Beside the last run, where the verdict is about something else."""
    last = call.last
    if last is None or call.against == "last" or not last.differences:
        return ""
    about = (
        f"{counted(len(last.differences), 'difference')}, the first at {turn_link(number, last.differences[0].turn)}"
    )
    title = f"<summary><b>Beside the last run</b> {badge(last.verdict)} <small>{about}</small></summary>"
    return f'<details class="part last">{title}{_table(number, last.differences, None)}</details>'


def _table(number: int, every: Sequence[Difference], parts: Difference | None) -> str:
    """Those that only follow from an earlier one are folded away, and those beyond a few."""
    lead = [one for one in every if not one.why.startswith(_FOLLOWS)][:_SHORT]
    rest = [one for one in every if one not in lead]
    if len(rest) < 2:
        lead, rest = list(every), []
    shown_first = "".join(_row(number, one, first=one == parts) for one in lead)
    table = f'<table class="differences">{head("Where", "What", "Was", "Is")}<tbody>{shown_first}</tbody></table>'
    if not rest:
        return table
    folded = "".join(_row(number, one, first=one == parts) for one in rest)
    follow = ", which follow from these" if all(one.why.startswith(_FOLLOWS) for one in rest) else ""
    return (
        f'{table}<details class="more"><summary>{len(rest)} more{follow}</summary>'
        f'<table class="differences"><tbody>{folded}</tbody></table></details>'
    )


def _row(number: int, one: Difference, *, first: bool) -> str:
    was, now = _both(one)
    mark = ' <b class="here">parts here</b>' if first else ""
    why = f'<small class="why" dir="auto">{safe(one.why)}</small>' if one.why else ""
    return (
        f"<tr{' class=first' if first else ''}><td>{turn_link(number, one.turn)}{mark}</td><td>{safe(what(one))}</td>"
        f'<td class="long" dir="auto">{was}</td><td class="long" dir="auto">{now}{why}</td></tr>'
    )
