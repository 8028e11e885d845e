"""What the agent says at a time, cut into sentences: the unit that is rendered, cached and played."""

import re

_END = re.compile(r"(?<=[.!?])[\"')]*\s+(?=\S)")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a prompt, in order and without surrounding space; empty for empty text."""
    return tuple(part for part in (piece.strip() for piece in _END.split(text)) if part)


def heard_part(text: str, heard: int, length: int) -> str:
    """The words of a sentence that were heard, by the share of its samples; a word half heard does not count."""
    if length <= 0 or heard >= length:
        return text if heard >= length > 0 else ""
    words = text.split()
    total = sum(len(w) + 1 for w in words)
    reach, count = heard / length * total, 0.0
    kept: list[str] = []
    for word in words:
        count += len(word) + 1
        if count > reach:
            break
        kept.append(word)
    return " ".join(kept)
