"""What a person hears when they pick up, before they are connected: the brief and the two keys, at most 12 s of it.

Speech is reckoned at 150 words a minute (`sop.handoff.whisper` reckons the same way), a figure as one word for each of
its digits. A voice that is slower than that shows in the rendered audio; then the brief is made shorter.
"""

import re
from dataclasses import replace

from sop.handoff import Packet, whisper

LONGEST_MS = 12_000
_WORDS_A_MINUTE = 150
MOST_WORDS = LONGEST_MS * _WORDS_A_MINUTE // 60_000
KEYS = "Press 1 to take the call, 2 to decline."
_SAYS_SOMETHING = 3
"""Words of a headline that is cut."""
_DIGIT = re.compile(r"[0-9]")
_LETTER = re.compile(r"[^\W\d_]")


def brief(given: Packet, most_words: int = MOST_WORDS) -> str:
    """The text, of at most `most_words` words, but the keys in any case. What matters least goes first:
    what is not known yet, what has been done, the mood, the name, the address of an emergency."""
    room = most_words - words_spoken(KEYS)
    said = next((text for text in map(whisper, _ever_shorter(given)) if words_spoken(text) <= room), "")
    return f"{said or _cut(whisper(_headline_only(given)), room)} {KEYS}".strip()


def fits(audio_ms: float) -> bool:
    """Whether a brief that lasts so long may be played."""
    return audio_ms <= LONGEST_MS


def shorter(given: Packet, said: str, audio_ms: float) -> str:
    """A brief for a voice that takes `audio_ms` over `said`: as many words as it can say in the time, and always
    fewer than in `said`, until nothing is left but the keys."""
    words = words_spoken(said)
    return brief(given, min(words - 1, int(words * LONGEST_MS / max(audio_ms, 1.0))))


def words_spoken(text: str) -> int:
    """How many words it takes to say it: 4155550199 takes ten, "12B" three.

    >>> words_spoken("Press 1 to take the call, 2 to decline.")
    9
    """
    return sum(max(1, len(_DIGIT.findall(word)) + bool(_LETTER.search(word))) for word in text.split())


def _ever_shorter(given: Packet) -> tuple[Packet, ...]:
    """The packet with less and less to say about it."""
    no_gaps = replace(given, missing=())
    no_past = replace(no_gaps, done=())
    no_mood = replace(no_past, mood="calm")
    no_name = replace(no_mood, name="")
    return (given, no_gaps, no_past, no_mood, no_name, replace(no_mood, details=()), _headline_only(given))


def _headline_only(given: Packet) -> Packet:
    return replace(given, missing=(), done=(), mood="calm", name="", details=())


def _cut(text: str, room: int) -> str:
    """As many of its words as there is room for, unless they are too few to say anything."""
    kept: list[str] = []
    for word in text.split():
        if words_spoken(" ".join((*kept, word))) > room:
            break
        kept.append(word)
    return " ".join(kept).rstrip(".,:; ") + "." if len(kept) >= _SAYS_SOMETHING else ""
