"""A replay's results as one HTML file that opens anywhere, without a network: totals, calls, sound, pictures.

The file holds what callers said: keep it as a recording is kept.
"""

import hashlib
import os
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from voice.replaying.page.call_page import call_section
from voice.replaying.page.calls_table import calls_table, worst_first
from voice.replaying.page.markup import clock, counted, safe
from voice.replaying.page.material import Material
from voice.replaying.page.sound import LONGEST_S, mp3
from voice.replaying.page.totals_table import totals_table
from voice.replaying.page.waveform import Stereo, Waveform, opened, waveform
from voice.replaying.result import CallResult

__all__ = ["Material", "page"]

_MOST_SOUND_S = 3 * 60 * 60
"""Sound in the whole page: the calls further down the list go without."""
_SILENT = Material(None, None)
_PARTS = ("page.css", "player.js", "table.js", "page.js")


@dataclass(frozen=True, slots=True)
class _Heard:
    """A call's material with its sound worked up."""

    material: Material
    wave: Waveform | None
    player: str


def page(
    document: Mapping[str, Any],
    results: Sequence[CallResult],
    material: Callable[[CallResult], Material | None],
    told: Callable[[int, int], None] = lambda done, calls: None,
) -> str:
    """The page of a run: what `voice.replaying.document.document` says of it, and what came of its calls.

    `material` is asked once for each call, from several threads; `told` hears how many calls of how many are done. A
    recording of more than 30 minutes is drawn and not carried, and so are those beyond three hours altogether, the
    worst calls first.
    """
    calls = worst_first(results)
    several = len(calls) != 1
    sections = _sections(calls, material, told, several=several)
    title = f"Replay of {counted(len(calls), 'call')}" if several else f"Replay of {calls[0].call}"
    overview = totals_table(document, calls) + calls_table(calls) if several else ""
    style, *scripts = (files(__package__).joinpath(name).read_text(encoding="utf-8") for name in _PARTS)
    script = "\n".join(scripts)
    policy = "; ".join(
        (
            "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; media-src data: blob:",
            f"img-src data:; script-src 'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode('ascii')}'",
        )
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><title>{safe(title)}</title>
<style>{style}</style><script>{script}</script></head>
<body class="{"several" if several else "one"}"><header class="top"><h1>{safe(title)}</h1>
<p class="about">{_about(document, calls)}</p></header>
<main>{f'<div id="all">{overview}</div>' if several else ""}
{sections}
</main></body></html>
"""


def _about(document: Mapping[str, Any], calls: Sequence[CallResult]) -> str:
    """What was run, with what in place of what the calls were taken with, and how long it took."""
    flows = list(dict.fromkeys(f"{call.flow}, version {call.version}" for call in calls if call.flow))
    took, speed = document["timings"]["elapsed_s"], document["timings"]["real_time_factor"]
    ran = took >= max((call.timings.elapsed_s for call in calls), default=0.0)  # else these were only looked up
    facts = [
        "" if len(calls) == 1 else " and ".join(flows) if len(flows) < 4 else f"{len(flows)} procedures",
        f"depth {document['depth']}",
        f"tried: procedure {document['flow']}" if document["flow"] else "",
        *(f"tried: {name} = {value}" for name, value in document["changes"].items()),
        f"took {took:.1f} s, {speed:.0f} times real time" if ran and speed >= 1 else "",
        "holds callers’ words and voices",
    ]
    return " · ".join(f"<span>{safe(fact)}</span>" for fact in facts if fact)


def _sections(
    calls: Sequence[CallResult],
    material: Callable[[CallResult], Material | None],
    told: Callable[[int, int], None],
    *,
    several: bool,
) -> str:
    found = []
    for number, (call, heard) in enumerate(_all_heard(calls, material), 1):
        way = _way(number, calls) if several else ""
        found.append(call_section(number, call, heard.wave, heard.material, heard.player, way))
        told(number, len(calls))
    return "\n".join(found)


def _all_heard(
    calls: Sequence[CallResult], material: Callable[[CallResult], Material | None]
) -> Iterator[tuple[CallResult, _Heard]]:
    """Every call with its sound, in order. The encoder works outside Python's lock."""

    def heard(call: CallResult, *, room: bool) -> _Heard:
        given = material(call) or _SILENT
        sound = opened(given.recording) if given.recording else None
        return _Heard(
            replace(given, recording=None), waveform(sound) if sound is not None else None, _player(sound, room=room)
        )

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        room = float(_MOST_SOUND_S)
        asked = []
        for call in calls:
            fits = call.duration_s <= room
            room -= call.duration_s if fits and call.duration_s <= LONGEST_S else 0.0
            asked.append(pool.submit(heard, call, room=fits))
        for call, one in zip(calls, asked, strict=True):
            yield call, one.result()


def _player(sound: Stereo | None, *, room: bool) -> str:
    """The sound, or why there is none."""
    if sound is None:
        return '<span class="note">no recording at hand</span>'
    if sound.seconds > LONGEST_S:
        return f'<span class="note">{clock(sound.seconds)} of sound is too long to carry; play the recording</span>'
    if not room:
        return '<span class="note">this page carries enough sound already; play the recording</span>'
    data = b64encode(mp3(sound)).decode("ascii")
    return f'<audio controls preload="none" aria-label="The call" src="data:audio/mpeg;base64,{data}"></audio>'


def _way(number: int, calls: Sequence[CallResult]) -> str:
    """Links to all calls, and to the neighbours in the table."""
    before = f'<a rel="prev" href="#call-{number - 1}">‹ {safe(calls[number - 2].call)}</a>' if number > 1 else ""
    last = number == len(calls)
    after = "" if last else f'<a rel="next" href="#call-{number + 1}">{safe(calls[number].call)} ›</a>'
    return f'<nav aria-label="Calls"><a href="#all">« all calls</a><span>{before}{after}</span></nav>'
