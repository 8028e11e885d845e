"""Anything said, as it was said."""

from dataclasses import dataclass

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.mending import without_hesitations
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import FILLERS, Words, strip_lead, word_set

_OPENERS = FILLERS - word_set("please like")
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class FreeText:
    """Canonical: the words without hesitations and without what people begin with ("well", "okay so"), at most 300
    characters."""

    bias: tuple[str, ...] = ()

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        told = strip_lead(without_hesitations(words), (), _OPENERS)
        kept = " ".join(told)[:_LONGEST].strip()
        return Found(kept) if kept else None

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        return None

    def keys(self, spec: SlotSpec) -> int:
        return 0

    def sample(self, spec: SlotSpec) -> str:
        return "something else"

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        return None

    def speak(self, value: str, spec: SlotSpec) -> str:
        return value

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        return Completeness.OPEN
