"""A replay's document as one HTML file that opens anywhere, without a network: totals, calls, sound, pictures.

The file holds what callers said: keep it as a recording is kept.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from voice.replaying.page.call_page import call_section
from voice.replaying.page.calls_table import calls_table, worst_first
from voice.replaying.page.markup import clock, safe
from voice.replaying.page.material import Material
from voice.replaying.page.sound import LONGEST_S, mp3
from voice.replaying.page.totals_table import totals_table
from voice.replaying.page.waveform import Stereo, opened, waveform

__all__ = ["Material", "page"]

Call = Mapping[str, Any]

_MOST_SOUND_S = 3 * 60 * 60
"""Sound in the whole page: the calls further down the list go without."""
_SILENT = Material(None, None)


def page(document: Mapping[str, Any], material: Callable[[str], Material | None]) -> str:
    """The page of what `switchboard replay --json` prints; `material` is asked once for each call, by its name.

    A recording of more than 30 minutes is drawn and not carried, and so are those beyond three hours altogether, the
    calls of the worst verdicts first.
    """
    calls = worst_first(document.get("calls") or ())
    several = len(calls) != 1
    sections = _sections(calls, material, several)
    title = f"Replay of {len(calls)} calls" if several else f"Replay of {calls[0].get('call')}"
    overview = totals_table(document.get("totals") or {}) + calls_table(calls) if several else ""
    style, script = (files(__package__).joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
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


def _about(document: Mapping[str, Any], calls: Sequence[Call]) -> str:
    flows = dict.fromkeys(f"{call.get('flow')}, version {call.get('version')}" for call in calls if call.get("flow"))
    elapsed = (document.get("timings") or {}).get("elapsed_s")
    facts = [
        "" if len(calls) == 1 else " and ".join(flows) if len(flows) < 4 else f"{len(flows)} procedures",
        f"depth {document['depth']}" if document.get("depth") else "",
        "" if elapsed is None else f"took {elapsed:.1f} s",
        "holds callers’ words and voices",
    ]
    return " · ".join(f"<span>{safe(fact)}</span>" for fact in facts if fact)


def _sections(calls: Sequence[Call], material: Callable[[str], Material | None], several: bool) -> str:
    found = []
    room = float(_MOST_SOUND_S)
    for number, call in enumerate(calls, 1):
        given = material(str(call.get("call"))) or _SILENT
        sound = opened(given.recording) if given.recording else None
        player = _player(sound, room)
        room -= sound.seconds if sound is not None and player.startswith("<audio") else 0.0
        wave = waveform(sound) if sound is not None else None
        found.append(call_section(number, call, wave, given, player, _way(number, calls) if several else ""))
    return "\n".join(found)


def _player(sound: Stereo | None, room: float) -> str:
    """The sound, or why there is none."""
    if sound is None:
        return '<span class="note">no recording at hand</span>'
    if sound.seconds > LONGEST_S:
        return f'<span class="note">{clock(sound.seconds)} of sound is too long to carry; play the recording</span>'
    if sound.seconds > room:
        return '<span class="note">this page carries enough sound already; play the recording</span>'
    data = b64encode(mp3(sound)).decode("ascii")
    return f'<audio controls preload="none" aria-label="The call" src="data:audio/mpeg;base64,{data}"></audio>'


def _way(number: int, calls: Sequence[Call]) -> str:
    """Links to all calls, and to the neighbours in the table."""
    before = (
        f'<a rel="prev" href="#call-{number - 1}">‹ {safe(calls[number - 2].get("call"))}</a>' if number > 1 else ""
    )
    last = number == len(calls)
    after = "" if last else f'<a rel="next" href="#call-{number + 1}">{safe(calls[number].get("call"))} ›</a>'
    return f'<nav aria-label="Calls"><a href="#all">« all calls</a><span>{before}{after}</span></nav>'
