"""A call along its time: both channels, and over them who spoke when, and what happened on the line."""

import json
from collections.abc import Iterator

from voice.replaying.page.faults import turns_at_fault
from voice.replaying.page.markup import clock, safe
from voice.replaying.page.material import Material
from voice.replaying.page.waveform import Waveform
from voice.replaying.result import CallResult, TurnResult

_MOST_MARKS = 8000


def length_of(call: CallResult, wave: Waveform | None) -> float:
    """Seconds from the call's begin to the last thing known of it; never 0."""
    ends = [end for turn in call.turns for _, end in _spans(turn)]
    return max(*ends, call.duration_s, wave.seconds if wave else 0.0, 0.1)


def _spans(turn: TurnResult) -> list[tuple[float, float]]:
    caller = [] if turn.caller is None else [turn.caller]
    return [*caller, *((said.begins_s, said.ends_s) for said in turn.agent)]


def extent(turn: TurnResult) -> tuple[float, float] | None:
    """From the first sound of a turn to its last; None for a turn without any."""
    spans = _spans(turn)
    return (min(begin for begin, _ in spans), max(end for _, end in spans)) if spans else None


def timeline(call: CallResult, wave: Waveform | None, material: Material, player: str) -> str:
    """The picture with its controls; `player` is the HTML below it."""
    seconds = length_of(call, wave)
    caller, agent = wave.as_text() if wave else ("", "")
    marks = json.dumps([[round(at, 2), name] for at, name in material.marks[:_MOST_MARKS]], separators=(",", ":"))
    reading = f'aria-valuemin="0" aria-valuemax="{seconds:.1f}" aria-valuenow="0" aria-valuetext="{clock(0)}"'
    pieces = "\n".join(_pieces(call, material, seconds))
    data = f'data-seconds="{seconds:.3f}" data-caller="{caller}" data-agent="{agent}" data-marks="{safe(marks)}"'
    return f"""<div class="player" {data}>
<div class="tools" role="group" aria-label="Sound and zoom">{player}
<span class="now" aria-hidden="true">{clock(0)}</span><span class="of">of {clock(seconds)}</span>
<span class="zooms"><button type="button" data-zoom="out" aria-label="Zoom out">−</button
><button type="button" data-zoom="fit">Fit</button
><button type="button" data-zoom="in" aria-label="Zoom in">+</button></span></div>
<div class="lanes"><div class="names" aria-hidden="true"><b class="caller">Caller</b><b class="agent">Agent</b></div>
<div class="scroll" tabindex="0" role="slider" aria-label="Position in the call" {reading}>
<div class="wide"><canvas height="180"></canvas><div class="over" aria-hidden="true">
{pieces}
<i class="cursor"></i></div></div></div></div>
<p class="key" aria-hidden="true"><span class="hint">click to seek · ← → a second · space plays · + − zoom</span>
<span><i class="k-barge"></i>barge-in</span><span><i class="k-cut"></i>agent cut short</span>
<span><i class="k-key"></i>key pressed</span><span><i class="k-mark"></i>mark</span></p>
</div>"""


def _pieces(call: CallResult, material: Material, seconds: float) -> Iterator[str]:
    marked = set(turns_at_fault(call)) | ({call.parts_at.turn} if call.parts_at is not None else set())
    for turn in call.turns:
        here = " parts" if turn.turn in marked else ""
        if turn.caller is not None:
            about = f"turn {turn.turn}, caller: {turn.heard or 'no words'}"
            yield _span("caller" + here, turn.turn, turn.caller, turn.heard, about, seconds)
            if turn.barge_in:
                place = _at(turn.caller[0], seconds)
                yield f'<i class="barge" title="barge-in, turn {turn.turn}" style="{place}"></i>'
        for said in turn.agent:
            about = f"turn {turn.turn}, agent{', cut short' if said.cut else ''}: {said.text}"
            look = "agent" + here + (" cut" if said.cut else "")
            yield _span(look, turn.turn, (said.begins_s, said.ends_s), said.text, about, seconds)
    for at in material.keys:
        yield f'<i class="pressed" title="a key, {clock(at)}" style="{_at(at, seconds)}"></i>'


def _at(at: float, seconds: float) -> str:
    return f"left:{at / seconds * 100:.3f}%"


def _span(kind: str, turn: int, when: tuple[float, float], text: str, about: str, seconds: float) -> str:
    """A stretch of speech. Its words share its length by their letters: nobody has timed each of them."""
    words = " ".join(f'<i style="flex-grow:{len(word)}">{safe(word)}</i>' for word in text.split())
    begin, end = when
    place = f"{_at(begin, seconds)};width:{max(0.0, end - begin) / seconds * 100:.3f}%"
    look = f'class="span {kind}" data-turn="{turn}" title="{safe(about)}" style="{place}"'
    return f"<div {look}><span>{words}</span></div>"
