"""Helpers for the lists of spoken forms."""

from datetime import datetime

from sop.slot_spec import SlotSpec
from sop.slots import Context, Doubt, Found, SlotType
from sop.words import split_words

NOW = datetime.fromisoformat("2026-11-22T19:30:00-05:00")
"""A Sunday evening."""
SPEC = SlotSpec("slot", "free_text", "What?", "the slot")


def understood(
    kind: SlotType,
    text: str,
    spec: SlotSpec = SPEC,
    *,
    current: str = "",
    caller: str = "",
    begun: str = "",
    now: datetime = NOW,
) -> str | None:
    """The canonical value; "?reason" for an unusable answer; None for no answer."""
    match kind.parse(split_words(text), spec, Context(now, current, caller, begun=begun)):
        case Found(value=value):
            return value
        case Doubt(reason=reason):
            return f"?{reason}"
        case None:
            return None


def volunteered(kind: SlotType, text: str, *, current: str = "", now: datetime = NOW) -> str | None:
    """The value found in other words, or None."""
    found = kind.find(split_words(text), SPEC, Context(now, current))
    return found.value if found else None
