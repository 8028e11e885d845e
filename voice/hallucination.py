"""What Whisper writes without having heard it: loops, echoes of its bias, inventions under noise.

What to do about each is the decoder's to decide (voice.whisper).
"""

import re
import zlib
from collections.abc import Sequence

_INVENTED = frozenset({
    "thanks for watching", "thank you for watching", "thank you so much for watching", "please subscribe",
    "like and subscribe", "subscribe to my channel", "see you in the next video", "see you next time",
    "subtitles by the amara org community", "transcribed by https otter ai", "transcription by castingwords",
})  # fmt: skip
"""What Whisper writes under noise because its training films ended so; nobody says it to a business."""
_SUSPECT = frozenset({"you", "thank you", "thanks", "bye", "so", "okay", "the", "i", "oh", "hmm", "um", "uh"})
"""What it writes under noise as well, and callers do say: kept when the model is sure."""


def compression(text: str) -> float:
    """Whisper's own measure of a loop: how much smaller zlib makes the text."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw))


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.casefold())


def echoes(text: str, bias: Sequence[str], seconds: float) -> bool:
    """Whether a transcript repeats the bias with more words than fit into the time."""
    words = _words(text)
    hurried = len(words) >= 3 and len(words) > 4.5 * seconds
    return hurried and f" {' '.join(words)} " in f" {' '.join(_words(' '.join(bias)))} "


def invented(text: str, log_probability: float, no_speech: float) -> bool:
    """Whether nobody said it: it has no words, or is known from noise and too little speaks for it.

    `log_probability` is the mean over the transcript's tokens; `no_speech`, 0..1, is the model's own.
    """
    said = " ".join(_words(text))
    if not said or said in _INVENTED:
        return True
    return said in _SUSPECT and (no_speech > 0.3 or log_probability < -0.8)
