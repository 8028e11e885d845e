"""What was said in a call, turn by turn: the words, how sure they are, where the procedure stood and what it took."""

from collections.abc import Mapping, Sequence
from typing import Any

from voice.replaying.page.markup import clock, percent, safe, shown, turn_id
from voice.replaying.page.timeline import extent
from voice.replaying.page.word_marks import marked

Turn = Mapping[str, Any]

_DOUBTFUL = 0.6
_WITHOUT_WORDS = {
    "begin": "the call begins",
    "silence": "silence",
    "noise": "a noise without words",
    "unheard": "the recogniser failed",
    "person": "a person’s telephone",
    "end": "the call ends",
}
_HEAD = "".join(
    f'<th scope="col">{name}</th>' for name in ("Turn", "When", "Who", "Words", "Sure", "At step", "What it set")
)


def transcript(number: int, call: Mapping[str, Any]) -> str:
    """The table; each turn is a `tbody` of its own, named `markup.turn_id`."""
    parted = (call.get("parts_at") or {}).get("turn")
    changed = {one.get("turn") for one in call.get("differences") or ()} - {None}
    rows = []
    for turn in call.get("turns") or ():
        here = turn.get("turn")
        kind = "parts" if parted is not None and here == parted else "differs" if here in changed else ""
        rows.append(_turn(number, turn, kind))
    body = "\n".join(rows)
    return f"""<table class="talk"><caption class="unseen">Transcript</caption><thead><tr>{_HEAD}</tr></thead>
{body}
</table>"""


def _turn(number: int, turn: Turn, kind: str) -> str:
    """One or two rows: the caller, the agent."""
    name = turn_id(number, turn.get("turn"))
    times = extent(turn)
    data = f' data-from="{times[0]:.3f}" data-to="{times[1]:.3f}"' if times else ""
    caller, agent = turn.get("caller"), turn.get("agent") or ()
    rows = []
    if turn.get("by") != "begin" or not turn.get("said"):
        who = "Caller" if _moved_by_caller(turn) else ""
        rows.append(("caller", (_when(caller), who, _heard(turn), _sure(turn.get("confidence")))))
    if turn.get("said"):
        rows.append(("agent", (_when(agent[0] if agent else None), "Agent", _said(turn), _sure(None))))
    both = f' rowspan="{len(rows)}"'
    tail = f'<td class="step"{both}>{_steps(turn)}</td><td class="sets"{both}>{_sets(turn)}</td>'
    lines = []
    for place, (who, cells) in enumerate(rows):
        first = _number(turn, len(rows), kind, playable=times is not None) if not place else ""
        when, name_of, words, sure = cells
        rest = f'<td class="when">{when}</td><td class="who">{name_of}</td><td class="words">{words}</td>{sure}'
        lines.append(f'<tr class="{who}">{first}{rest}{"" if place else tail}</tr>')
    return f'<tbody id="{name}" class="turn {kind}" data-turn="{safe(turn.get("turn"))}"{data}>{"".join(lines)}</tbody>'


def _moved_by_caller(turn: Turn) -> bool:
    return bool(turn.get("heard") or turn.get("caller") or turn.get("keys") or turn.get("by") == "speech")


def _number(turn: Turn, rows: int, kind: str, *, playable: bool) -> str:
    number = safe(turn.get("turn"))
    inner = (
        f'<button type="button" class="play" aria-label="Play turn {number}">{number}</button>' if playable else number
    )
    note = {"parts": "<b>parts here</b>", "differs": "<b>differs</b>"}.get(kind, "")
    return f'<th scope="rowgroup" rowspan="{rows}">{inner}{note}</th>'


def _when(span: Sequence[Any] | None) -> str:
    return clock(span[0]) if span else ""


def _heard(turn: Turn) -> str:
    """The caller's words, and below them what they really were where that is known and differs."""
    heard, says, keys = turn.get("heard") or "", turn.get("says"), turn.get("keys") or 0
    notes = [_WITHOUT_WORDS.get(str(turn.get("by")), "")] if not heard and not keys else []
    if keys:
        notes.append(f"{keys} key{'s' if keys > 1 else ''} pressed")
    if turn.get("barge_in"):
        notes.append("barge-in")
    tail = "".join(f' <em class="note">{safe(note)}</em>' for note in notes if note)
    if says is None:
        return f'<span dir="auto">{safe(heard)}</span>{tail}'
    compared = marked(says, heard)
    if not compared.differs:
        right = ' <em class="right" title="as the reference has it">✓</em>' if heard else ""
        return f'<span dir="auto">{safe(heard)}</span>{right}{tail}'
    really = compared.was or "<em>no words</em>"
    return (
        f'<span dir="auto">{compared.now}</span>{tail}'
        f'<div class="says"><b>really said</b> <span dir="auto">{really}</span></div>'
    )


def _sure(confidence: float | None) -> str:
    if confidence is None:
        return "<td></td>"
    share = min(1.0, max(0.0, confidence))
    low = " low" if share < _DOUBTFUL else ""
    return f'<td class="sure{low}"><span style="--sure:{share * 100:.0f}%">{percent(round(share, 2))}</span></td>'


def _said(turn: Turn) -> str:
    """The agent's words; those that a barge-in cut off, and those that were never played, look it."""
    rest = str(turn.get("said") or "").strip()
    parts = []
    for begin, end, text, cut in turn.get("agent") or ():
        if text and rest.startswith(text):
            rest = rest[len(text) :].lstrip()
        note = ' <em class="note">cut short</em>' if cut else ""
        times = f"{clock(begin)} – {clock(end)}"
        parts.append(f'<span{" class=cut" if cut else ""} title="{times}">{safe(text)}</span>{note}')
    if rest and parts:
        parts.append(f'<span class="unplayed">{safe(rest)}</span> <em class="note">not played</em>')
    elif rest:
        parts.append(safe(rest))
    return " ".join(parts)


def _steps(turn: Turn) -> str:
    entered: Sequence[str] = turn.get("entered") or ()
    return safe(turn.get("at_step") or "") + "".join(f'<div class="to">→\u00a0{safe(step)}</div>' for step in entered)


def _sets(turn: Turn) -> str:
    values: Mapping[str, Any] = turn.get("set") or {}
    return "".join(
        f"<div><b>{safe(slot)}</b> {safe(shown(value)) if value not in ('', None) else '<em>taken back</em>'}</div>"
        for slot, value in values.items()
    )
