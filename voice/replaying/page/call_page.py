"""One call's section of the report."""

from collections.abc import Mapping
from typing import Any

from voice.replaying.page.latency_bars import latency_bars
from voice.replaying.page.markup import WHAT, clock, percent, safe, shown, turn_link, verdict
from voice.replaying.page.material import Material
from voice.replaying.page.path_picture import path_picture
from voice.replaying.page.timeline import timeline
from voice.replaying.page.transcript import transcript
from voice.replaying.page.waveform import Waveform
from voice.replaying.page.word_marks import marked

Call = Mapping[str, Any]

_AGAINST = {
    "journal": "against the call as it was recorded",
    "last": "against the last run",
    "expectation": "against what is expected of it",
}


def call_section(number: int, call: Call, wave: Waveform | None, material: Material, player: str, way: str) -> str:
    """The section `call-N`. `player` is the sound's HTML, `way` the links to other calls."""
    name = f"call-{number}"
    timings = call.get("timings") or {}
    return f"""<section class="call" id="{name}" aria-labelledby="{name}-title">{way}
<header><h2 id="{name}-title">{safe(call.get("call"))} {verdict(str(call.get("verdict") or "new"))}</h2>
<p class="about">{_about(call)}</p>{_banner(number, call)}{_faults(call)}</header>
{_part("Sound", timeline(call, wave, material, player), "listen")}
{_part("Transcript", transcript(number, call))}
{_differences(number, call)}
<div class="pair">{_part("What it took down", _slots(number, call))}{_part("What it did", _deeds(number, call))}</div>
{_part("Waiting for a reply", latency_bars(number, timings, timings.get("budget_ms")))}
{_part("Way through the procedure", path_picture(call, material.flow_svg_source))}
{_files(call)}
</section>"""


def _part(title: str, content: str, kind: str = "") -> str:
    return f'<section class="part {kind}"><h3>{title}</h3>{content}</section>' if content else ""


def _about(call: Call) -> str:
    version = "" if call.get("version") is None else f", version {call['version']}"
    duration = (call.get("timings") or {}).get("duration_s")
    wer = call.get("wer")
    facts = [
        f"{call.get('flow') or 'no procedure'}{version}",
        str(call.get("kind") or ""),
        f"depth {call['depth']}" if call.get("depth") else "",
        f"outcome {call.get('outcome') or 'none'}",
        f"{len(call.get('turns') or ())} turns",
        "" if duration is None else clock(duration),
        f"{call['barge_ins']} barge-in{'s' if call['barge_ins'] != 1 else ''}" if call.get("barge_ins") else "",
        f"{percent(wer['errors'] / wer['words'])} of {wer['words']} words wrong" if wer and wer.get("words") else "",
        _AGAINST.get(str(call.get("against")), ""),
    ]
    return " · ".join(f"<span>{safe(fact)}</span>" for fact in facts if fact)


def _banner(number: int, call: Call) -> str:
    """Where the call went another way, with links to the turn and to the list."""
    parts = call.get("parts_at")
    if not parts:
        return ""
    was, now = _both(parts)
    where = "" if parts.get("turn") is None else f" at {turn_link(number, parts['turn'])}"
    more = len(call.get("differences") or ()) - 1
    rest = f' <a href="#call-{number}-differences">and {more} more</a>' if more > 0 else ""
    return (
        f'<div class="banner"><p><b>Parts{where}</b>: {safe(WHAT.get(str(parts.get("what")), parts.get("what")))}{rest}'
        f"</p><dl><dt>was</dt><dd>{was}</dd><dt>is</dt><dd>{now}</dd></dl></div>"
    )


def _both(difference: Call) -> tuple[str, str]:
    """Was and is, as HTML."""
    was, now = difference.get("was"), difference.get("is")
    if difference.get("what") in ("said", "heard") and was and now:
        found = marked(shown(was), shown(now))
        return found.was, found.now
    return safe(shown(was)), safe(shown(now))


def _faults(call: Call) -> str:
    faults = "".join(f"<li>{safe(fault)}</li>" for fault in call.get("faults") or ())
    return f'<div class="faults"><p><b>Not as expected</b></p><ul>{faults}</ul></div>' if faults else ""


def _differences(number: int, call: Call) -> str:
    every = list(call.get("differences") or ())
    if not every:
        return ""
    first = call.get("parts_at")
    rows = []
    for one in every:
        here = first is not None and one == first
        was, now = _both(one)
        mark = ' <b class="here">parts here</b>' if here else ""
        rows.append(
            f"<tr{' class=first' if here else ''}><td>{turn_link(number, one.get('turn'))}{mark}</td>"
            f'<td>{safe(WHAT.get(str(one.get("what")), one.get("what")))}</td><td class="long" dir="auto">{was}</td>'
            f'<td class="long" dir="auto">{now}</td></tr>'
        )
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Where", "What", "Was", "Is"))
    return (
        f'<section class="part" id="call-{number}-differences"><h3>Differences <small>{len(every)}</small></h3>'
        f'<table class="differences"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table></section>'
    )


def _slots(number: int, call: Call) -> str:
    slots = call.get("slots") or {}
    if not slots:
        return "<p>Nothing.</p>"
    rows = "".join(
        f'<tr><th scope="row">{safe(name)}</th>'
        f'<td class="long" dir="auto">{safe(shown(slot.get("value")))}{_spoken(slot)}</td>'
        f'<td class="n">{_share(slot.get("confidence"))}</td><td>{"yes" if slot.get("confirmed") else "no"}</td>'
        f"<td>{turn_link(number, slot.get('turn'))}</td></tr>"
        for name, slot in slots.items()
    )
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Slot", "Value", "Sure", "Confirmed", "From"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _spoken(slot: Call) -> str:
    spoken = slot.get("spoken")
    return f"<small>{safe(spoken)}</small>" if spoken and spoken != slot.get("value") else ""


def _share(confidence: float | None) -> str:
    return "–" if confidence is None else percent(round(confidence, 2))


def _deeds(number: int, call: Call) -> str:
    """Tools called, people rung."""
    rows = [
        (
            one.get("turn"),
            f"tool {one.get('name')}",
            shown(one.get("arguments")),
            "worked" if one.get("ok") else "failed",
        )
        for one in call.get("tools") or ()
    ] + [
        (one.get("turn"), f"person {one.get('target')}", shown(one.get("reason")), shown(one.get("outcome")))
        for one in call.get("transfers") or ()
    ]
    if not rows:
        return "<p>No tool was called, and nobody was rung.</p>"
    rows.sort(key=lambda row: -1 if row[0] is None else row[0])
    lines = "".join(
        f'<tr><td>{turn_link(number, turn)}</td><th scope="row">{safe(name)}</th><td class="long">{safe(about)}</td>'
        f"<td>{safe(came)}</td></tr>"
        for turn, name, about, came in rows
    )
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Where", "Deed", "With", "Came of it"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def _files(call: Call) -> str:
    names = [f"{kind} <code>{safe(call[kind])}</code>" for kind in ("journal", "recording") if call.get(kind)]
    return f'<p class="files">{" · ".join(names)}</p>' if names else ""
