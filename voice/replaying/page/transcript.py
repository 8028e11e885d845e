"""What was said in a call, turn by turn: the words, how sure they are, where the procedure stood and what it took."""

from voice.replaying.page.faults import turns_at_fault
from voice.replaying.page.markup import clock, counted, percent, safe, shown, step_name, turn_id
from voice.replaying.page.timeline import extent
from voice.replaying.page.word_marks import marked
from voice.replaying.result import CallResult, TurnResult

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


def transcript(number: int, call: CallResult) -> str:
    """The table; each turn is a `tbody` of its own, named `markup.turn_id`."""
    notes = _notes(call)
    unsaid = "no reference words here" if call.wer is not None else ""
    body = "\n".join(_turn(number, turn, notes.get(turn.turn, ("", "")), unsaid) for turn in call.turns)
    return f"""<table class="talk"><caption class="unseen">Transcript</caption><thead><tr>{_HEAD}</tr></thead>
{body}
</table>"""


def _notes(call: CallResult) -> dict[int, tuple[str, str]]:
    """Turn → its look, and what is written beside it: faults come before differences."""
    found = {one.turn: ("differs", "differs") for one in call.differences}
    if call.parts_at is not None:
        found[call.parts_at.turn] = ("parts", "parts here")
    return found | {turn: ("parts", note) for turn, note in turns_at_fault(call).items()}


def _turn(number: int, turn: TurnResult, noted: tuple[str, str], unsaid: str) -> str:
    """One or two rows: the caller, the agent. `unsaid`: what to say of words that no reference knows."""
    look, note = noted
    times = extent(turn)
    data = f' data-from="{times[0]:.3f}" data-to="{times[1]:.3f}"' if times else ""
    rows = []
    if turn.by != "begin" or not turn.said:
        who = "Caller" if turn.heard or turn.caller or turn.keys or turn.by == "speech" else ""
        when = clock(turn.caller[0]) if turn.caller else ""
        rows.append(("caller", (when, who, _heard(turn, unsaid), _sure(turn.confidence))))
    if turn.said:
        rows.append(("agent", (clock(turn.agent[0].begins_s) if turn.agent else "", "Agent", _said(turn), _sure(None))))
    both = f' rowspan="{len(rows)}"'
    tail = f'<td class="step"{both}>{_steps(turn)}</td><td class="sets"{both}>{_sets(turn)}</td>'
    lines = []
    for place, (who, (when, name, words, sure)) in enumerate(rows):
        first = "" if place else _number(turn.turn, len(rows), note, playable=times is not None)
        rest = f'<td class="when">{when}</td><td class="who">{name}</td><td class="words">{words}</td>{sure}'
        lines.append(f'<tr class="{who}">{first}{rest}{"" if place else tail}</tr>')
    opening = f'<tbody id="{turn_id(number, turn.turn)}" class="turn {look}" data-turn="{turn.turn}"{data}>'
    return f"{opening}{''.join(lines)}</tbody>"


def _number(turn: int, rows: int, note: str, *, playable: bool) -> str:
    inner = (
        f'<button type="button" class="play" aria-label="Play turn {turn}">{turn}</button>' if playable else str(turn)
    )
    return f'<th scope="rowgroup" rowspan="{rows}">{inner}{f"<b>{safe(note)}</b>" if note else ""}</th>'


def _heard(turn: TurnResult, unsaid: str) -> str:
    """The caller's words, and below them what they really were where that is known and differs."""
    heard, says = turn.heard, turn.says
    notes = [_WITHOUT_WORDS.get(turn.by, "")] if not heard and not turn.keys else []
    if turn.keys:
        notes.append(f"{counted(turn.keys, 'key')} pressed")
    if turn.barge_in:
        notes.append("barge-in")
    if turn.heard and turn.says is None:
        notes.append(unsaid)
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


def _said(turn: TurnResult) -> str:
    """The agent's words; those that a barge-in cut off, and those that were never played, look it."""
    rest = turn.said.strip()
    parts = []
    for one in turn.agent:
        if one.text and rest.startswith(one.text):
            rest = rest[len(one.text) :].lstrip()
        note = ' <em class="note">cut short</em>' if one.cut else ""
        times = f"{clock(one.begins_s)} – {clock(one.ends_s)}"
        parts.append(f'<span{" class=cut" if one.cut else ""} title="{times}">{safe(one.text)}</span>{note}')
    if rest and parts:
        parts.append(f'<span class="unplayed">{safe(rest)}</span> <em class="note">not played</em>')
    elif rest:
        parts.append(safe(rest))
    return " ".join(parts)


def _steps(turn: TurnResult) -> str:
    entered = (f'<div class="to">→\u00a0{step_name(step)}</div>' for step in turn.entered)
    return step_name(turn.at_step) + "".join(entered)


def _sets(turn: TurnResult) -> str:
    return "".join(
        f"<div><b>{safe(slot)}</b> {safe(shown(value)) if value else '<em>taken back</em>'}</div>"
        for slot, value in turn.set.items()
    )
