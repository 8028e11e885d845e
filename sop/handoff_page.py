"""A call's packet as one page: what it is about, what is known, what was said. No script, nothing from elsewhere."""

from html import escape

from sop.handoff import Detail, Packet

_SURE = 0.6
_STYLE = """
body{font:16px/1.45 sans-serif;color:#1c1c1c;background:#fff;max-width:52rem;margin:1.5rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0 0 .3rem} h2{font-size:1rem;margin:1.4rem 0 .3rem;color:#555}
.who{font-size:1.2rem;margin:0 0 .8rem} .urgent{border-left:.6rem solid #d55e00;padding-left:.8rem}
table{border-collapse:collapse} th,td{text-align:left;vertical-align:top;padding:.2rem 1.2rem .2rem 0}
th{font-weight:normal;color:#555} td{overflow-wrap:anywhere} small{color:#555} .said{margin:.25rem 0}
.said b{display:inline-block;min-width:4.5rem;font-weight:normal;color:#0072b2}
"""


def as_html(given: Packet) -> str:
    """The page, every word of the call escaped."""
    mood = "" if given.mood == "calm" else f" · {given.mood}"
    who = " · ".join(filter(None, (given.name, given.number))) or "withheld"
    parts = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(given.headline)}</title><style>{_STYLE}</style></head>",
        f'<body><header class="{"urgent" if given.urgent else "plain"}"><h1>{escape(given.headline)}</h1>',
        f'<p class="who">{escape(who)}{escape(mood)}</p></header>',
        _table("Known", [(one.label, one.spoken, _doubt(one)) for one in given.details]),
        _table("Looked up", [(name.replace("_", " "), value, "") for name, value in given.facts]),
        _list("Already done", given.done),
        _list("Not known yet", given.missing),
        _table("About the caller", [(key.replace("_", " "), value, "") for key, value in given.profile]),
        _list("Earlier calls", given.earlier),
        _said(given),
        f"<p><small>{escape(' · '.join(filter(None, (given.call, given.procedure, given.step, given.began))))}</small>",
        "</body></html>",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def _doubt(one: Detail) -> str:
    """A word where the caller has not said yes to the value."""
    return "" if one.confirmed else "not confirmed" if one.confidence >= _SURE else "not sure"


def _table(title: str, rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    lines = "\n".join(
        f"<tr><th>{escape(label)}<td>{escape(value)}{f' <small>{escape(note)}</small>' if note else ''}</tr>"
        for label, value, note in rows
    )
    return f"<h2>{escape(title)}</h2>\n<table>\n{lines}\n</table>"


def _list(title: str, entries: tuple[str, ...]) -> str:
    return f"<h2>{escape(title)}</h2>\n<p>{'<br>'.join(map(escape, entries))}</p>" if entries else ""


def _said(given: Packet) -> str:
    lines = "\n".join(f'<p class="said"><b>{escape(who)}</b> {escape(text)}</p>' for who, text in given.transcript)
    return f"<h2>What was said</h2>\n{lines}" if lines else ""
