"""Draws docs/way-of-data.svg: `python docs/drawing.py`."""

from pathlib import Path

WIDTH, HEIGHT = 1060, 430
ROWS = (
    (
        "the caller",
        70,
        (
            "Twilio frame",
            "twilio.parse\nµ-law, 20 ms",
            "vad\nWebRTC, Silero",
            "asr\nfaster-whisper",
            "sop.reader\nwhat was meant",
        ),
    ),
    (
        "the agent",
        330,
        (
            "Twilio frame",
            "line\npaced, marked",
            "playback\nheard = marked",
            "tts\nPiper, 8 kHz",
            "store\nlead committed",
        ),
    ),
)
CORE = ("turns", "endpointing", "barge-in", "transcript", "sop.engine", "playback")


def box(x: int, y: int, text: str, fill: str, width: int = 150, height: int = 54) -> str:
    """A labelled box with its upper left corner at (x, y)."""
    lines = text.split("\n")
    first = y + height / 2 + 5 - 9 * (len(lines) - 1)
    words = "".join(
        f'<text x="{x + width / 2}" y="{first + 18 * i}" class="{"name" if i == 0 else "note"}">{line}</text>'
        for i, line in enumerate(lines)
    )
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="{fill}"/>{words}'


def arrow(x1: int, y1: int, x2: int, y2: int) -> str:
    """A line with a head at its second end."""
    return f'<path d="M{x1} {y1} L{x2} {y2}" class="arrow" marker-end="url(#head)"/>'


def picture() -> str:
    """The whole drawing."""
    parts = []
    for label, y, names in ROWS:
        parts.append(f'<text x="20" y="{y - 14}" class="row">{label}</text>')
        for i, name in enumerate(names):
            parts.append(box(20 + i * 205, y, name, "#e8f0fe" if i else "#fde8d7"))
            if i:
                ends = (20 + i * 205 - 55, 20 + i * 205) if y < 200 else (20 + i * 205, 20 + i * 205 - 55)
                parts.append(arrow(ends[0], y + 27, ends[1], y + 27))
    parts.append('<rect x="20" y="176" width="970" height="102" rx="12" fill="#e6f4ea"/>')
    parts.append(
        '<text x="36" y="200" class="row">call.receive(event) → commands: pure, clocked by the caller\'s audio</text>'
    )
    parts += [box(36 + i * 158, 212, name, "#ffffff", 146, 48) for i, name in enumerate(CORE)]
    for i in (2, 3, 4):
        parts.append(arrow(95 + i * 205, 126, 95 + i * 205, 174))
    for i in (1, 3, 4):
        parts.append(arrow(95 + i * 205, 280, 95 + i * 205, 328))
    style = (
        "text{font-family:system-ui,sans-serif;fill:#202124}.name{font-size:15px;text-anchor:middle;font-weight:600}"
        ".note{font-size:12px;text-anchor:middle}.row{font-size:14px;fill:#5f6368}"
        ".arrow{stroke:#5f6368;stroke-width:1.6;fill:none}rect{stroke:#9aa0a6;stroke-width:1}"
    )
    head = (
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L10 5 L0 10 z" fill="#5f6368"/></marker></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<style>{style}</style>{head}<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff" stroke="none"/>'
        f"{''.join(parts)}</svg>\n"
    )


if __name__ == "__main__":
    Path(__file__).with_name("way-of-data.svg").write_text(picture(), encoding="utf-8")
