"""Whether an offer is taken in its own words: "Tuesday at ten is perfect" where Tuesday at ten was offered."""

import re

from sop.slots.spoken_numbers import speak_below_hundred, speak_ordinal
from sop.words import FILLERS, Words, word_set

_APPROVALS = word_set("""
    yes yeah yep yup sure perfect great good fine wonderful excellent awesome works work okay ok alright right
    absolutely definitely lovely ideal suits sounds
""")
_LIGHT = (FILLERS - {"like"}) | word_set("""
    the a an at on in for me to of my it it's that that's this i i'll we we'll will would be is so very just really
    think thanks thank you then sir ma'am and with does let's do us book take
""")
_AGAINST = word_set("""
    no not nope nah never don't doesn't isn't aren't can't cannot won't wouldn't but or instead rather except only
""")
_ASKS = word_set("is are does do can could would will may what when where which how why who")
_HALVES_OF_DAY = {"am": frozenset({"morning"}), "pm": frozenset({"afternoon", "evening", "night"})}
_WRITTEN = re.compile(r"(\d{1,2})(st|nd|rd|th)?(?::(\d\d))?")


def takes_offer(words: Words, offered: Words) -> bool | None:
    """True where the words approve of what was offered and say nothing that was not; False where they only say it
    again, which may be a thought or a question; None where they say anything else, or nothing of the offer."""
    content = tuple(part for word in words for part in _spoken(word) if part not in _LIGHT | _APPROVALS)
    said = tuple(part for part in content if not _is_in_half(part, offered))
    if not content or not set(said) <= set(offered) or not _AGAINST.isdisjoint(words):
        return None
    first = next((word for word in words if word not in FILLERS), "")
    return first not in _ASKS and not _APPROVALS.isdisjoint(words)


def _spoken(word: str) -> Words:
    """A written number as it is spoken: "10:30" is "ten thirty", "1st" is "first"."""
    written = _WRITTEN.fullmatch(word)
    if written is None:
        return (word,)
    number, ordinal, minutes = written.groups()
    head = speak_ordinal(int(number)) if ordinal else speak_below_hundred(int(number))
    tail = speak_below_hundred(int(minutes)) if minutes and minutes != "00" else ""
    return tuple(f"{head} {tail}".split())


def _is_in_half(word: str, offered: Words) -> bool:
    """Whether "am" or "pm" is the half of the day that was offered."""
    return not _HALVES_OF_DAY.get(word, frozenset()).isdisjoint(offered)
