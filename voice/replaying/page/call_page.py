"""One call's section of the report."""

from collections.abc import Mapping

from voice.replaying.course import Slot
from voice.replaying.page.comparison import banner, differences_part, last_part, other
from voice.replaying.page.faults import faults_part
from voice.replaying.page.latency_bars import latency_bars
from voice.replaying.page.markup import clock, counted, head, percent, safe, shown, turn_link
from voice.replaying.page.material import Material
from voice.replaying.page.path_picture import path_picture
from voice.replaying.page.standing import badges
from voice.replaying.page.timeline import timeline
from voice.replaying.page.transcript import transcript
from voice.replaying.page.waveform import Waveform
from voice.replaying.result import CallResult


def call_section(
    number: int, call: CallResult, wave: Waveform | None, material: Material, player: str, way: str
) -> str:
    """The section `call-N`. `player` is the sound's HTML, `way` the links to other calls."""
    name = f"call-{number}"
    title = f'<h2 id="{name}-title">{safe(call.call)} {badges(call)}</h2>'
    frame = f'<section class="call" id="{name}" aria-labelledby="{name}-title">{way}\n<header>{title}'
    if call.failed:
        why = f'<div class="banner"><p><b>Could not be run</b>: <span dir="auto">{safe(call.failed)}</span></p></div>'
        about = f'<p class="about">{safe(call.kind)}, depth {safe(call.depth)}</p>'
        return f"{frame}{about}{why}{_notes(call)}</header></section>"
    return f"""{frame}
<p class="about">{_about(call)}</p>{faults_part(number, call)}{banner(number, call)}{_notes(call)}</header>
{_part("Sound", timeline(call, wave, material, player), "listen")}
{_part("Transcript", transcript(number, call))}
{differences_part(number, call)}
{last_part(number, call)}
<div class="pair">{_part("What it took down", _slots(number, call))}{_part("What it did", _deeds(number, call))}</div>
{_part("Waiting for a reply", latency_bars(number, call.timings))}
{_part("Way through the procedure", path_picture(call, material.flow_svg_source))}
{_files(call)}
</section>"""


def _part(title: str, content: str, kind: str = "") -> str:
    return f'<section class="part {kind}"><h3>{title}</h3>{content}</section>' if content else ""


def _about(call: CallResult) -> str:
    wer = call.wer
    facts = [
        f"{call.flow or 'no procedure'}, version {call.version}",
        f"{call.kind}, depth {call.depth}",
        f"outcome {call.outcome or 'none'}",
        counted(len(call.turns), "turn"),
        clock(call.duration_s),
        counted(call.barge_ins, "barge-in") if call.barge_ins else "",
        f"{counted(wer.errors, 'word error')} in {wer.words} words" if wer is not None and wer.words else "",
        f"compared with {other(call.against)}" if call.against else "nothing to compare with",
        {True: "every command identical", False: "not identical", None: ""}[call.identical],
        "same as the last run" if _as_last(call) else "",
    ]
    return " · ".join(f"<span>{safe(fact)}</span>" for fact in facts if fact)


def _as_last(call: CallResult) -> bool:
    return call.last is not None and call.against != "last" and not call.last.differences


def _notes(call: CallResult) -> str:
    """What was odd about the recording."""
    notes = "".join(f'<li dir="auto">{safe(note)}</li>' for note in call.notes)
    return f'<ul class="notes" aria-label="Notes">{notes}</ul>' if notes else ""


def _slots(number: int, call: CallResult) -> str:
    if not call.slots:
        return "<p>Nothing.</p>"
    rows = "".join(
        f'<tr><th scope="row">{safe(name)}</th>'
        f'<td class="long" dir="auto">{safe(shown(slot.value))}{_spoken(slot)}</td>'
        f'<td class="n">{percent(round(slot.confidence, 2))}</td><td>{"yes" if slot.confirmed else "no"}</td>'
        f"<td>{turn_link(number, slot.turn)}</td></tr>"
        for name, slot in call.slots.items()
    )
    return f"<table>{head('Slot', 'Value', 'Sure', 'Confirmed', 'From', numbers=['Sure'])}<tbody>{rows}</tbody></table>"


def _spoken(slot: Slot) -> str:
    return f"<small>{safe(slot.spoken)}</small>" if slot.spoken and slot.spoken != slot.value else ""


def _deeds(number: int, call: CallResult) -> str:
    """Tools called, people rung."""
    rows = [
        (one.turn, f"tool {one.name}", _arguments(one.arguments), "worked" if one.ok else "failed")
        for one in call.tools
    ] + [(one.turn, f"person {one.target}", safe(shown(one.reason)), shown(one.outcome)) for one in call.transfers]
    if not rows:
        return "<p>No tool was called, and nobody was rung.</p>"
    rows.sort(key=lambda row: row[0])
    lines = "".join(
        f'<tr><td>{turn_link(number, turn)}</td><th scope="row">{safe(name)}</th><td class="long">{about}</td>'
        f"<td>{safe(came)}</td></tr>"
        for turn, name, about, came in rows
    )
    return f"<table>{head('Where', 'Deed', 'With', 'Came of it')}<tbody>{lines}</tbody></table>"


def _arguments(arguments: Mapping[str, str]) -> str:
    return "".join(f"<div>{safe(name)} <b>{safe(value)}</b></div>" for name, value in arguments.items()) or "nothing"


def _files(call: CallResult) -> str:
    names = [f"{kind} <code>{safe(path)}</code>" for kind, path in _paths(call) if path]
    return f'<p class="files">{" · ".join(names)}</p>' if names else ""


def _paths(call: CallResult) -> tuple[tuple[str, str], ...]:
    return ("journal", call.journal), ("recording", call.recording)
