"""A call along its time: both channels, and over them who spoke when, and what happened on the line."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from voice.replaying.page.markup import clock, safe
from voice.replaying.page.material import Material
from voice.replaying.page.waveform import Waveform

_MOST_MARKS = 8000
Call = Mapping[str, Any]


def length_of(call: Call, wave: Waveform | None) -> float:
    """Seconds from the call's begin to the last thing known of it; never 0."""
    ends = [end for turn in call.get("turns") or () for _, end, *_ in _spans(turn)]
    duration = (call.get("timings") or {}).get("duration_s") or 0.0
    return max(*ends, duration, wave.seconds if wave else 0.0, 0.1)


def _spans(turn: Call) -> list[tuple[float, float]]:
    caller = turn.get("caller")
    return [*([(caller[0], caller[1])] if caller else []), *((one[0], one[1]) for one in turn.get("agent") or ())]


def extent(turn: Call) -> tuple[float, float] | None:
    """From the first sound of a turn to its last; None for a turn without any."""
    spans = _spans(turn)
    return (min(begin for begin, _ in spans), max(end for _, end in spans)) if spans else None


def timeline(call: Call, wave: Waveform | None, material: Material, player: str) -> str:
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


def _pieces(call: Call, material: Material, seconds: float) -> Iterator[str]:
    parted = (call.get("parts_at") or {}).get("turn")
    for turn in call.get("turns") or ():
        number = turn.get("turn")
        here = " parts" if parted is not None and number == parted else ""
        if caller := turn.get("caller"):
            about = f"turn {number}, caller: {turn.get('heard') or 'no words'}"
            yield _span("caller" + here, number, caller[0], caller[1], turn.get("heard") or "", about, seconds)
            if turn.get("barge_in"):
                yield f'<i class="barge" title="barge-in, turn {safe(number)}" style="{_at(caller[0], seconds)}"></i>'
        for begin, end, text, cut in turn.get("agent") or ():
            about = f"turn {number}, agent{', cut short' if cut else ''}: {text}"
            yield _span("agent" + here + (" cut" if cut else ""), number, begin, end, text, about, seconds)
    for at in material.keys:
        yield f'<i class="pressed" title="a key, {clock(at)}" style="{_at(at, seconds)}"></i>'


def _at(at: float, seconds: float) -> str:
    return f"left:{at / seconds * 100:.3f}%"


def _span(kind: str, number: object, begin: float, end: float, text: str, about: str, seconds: float) -> str:
    """A stretch of speech. Its words share its length by their letters: nobody has timed each of them."""
    words = " ".join(f'<i style="flex-grow:{len(word)}">{safe(word)}</i>' for word in text.split())
    place = f"{_at(begin, seconds)};width:{max(0.0, end - begin) / seconds * 100:.3f}%"
    look = f'class="span {kind}" data-turn="{safe(number)}" title="{safe(about)}" style="{place}"'
    return f"<div {look}><span>{words}</span></div>"
