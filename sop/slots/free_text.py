"""Anything said, as it was said."""

from dataclasses import dataclass

from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.slots.mending import without_hesitations
from sop.slots.slot_type import Context, Doubt, Found
from sop.words import FILLERS, Words, phrase_list, split_words, strip_lead, word_set

_OPENERS = FILLERS - word_set("please like")
_LONGEST = 300
_NAMED = word_set("who whom name company employer insurer")
"""In its question a slot that wants a name, whatever people say before it."""
_LEADS = phrase_list("""
    i work for, i work at, i'm working for, i'm working at, i'm with, i am with, i'm employed by, i'm insured with,
    i'm insured by, it's called, it is called, they're called, they are called, it's, it is, that's, that is,
    that would be, it would be, they're, the name is, the name's, name is, its name is, i think it's, i think it is,
    i think, i believe it's, i believe it is, i believe
""")
_FOR = phrase_list("for, it's for, it is for, this is for, that's for, it would be for, that would be for")


@dataclass(frozen=True, slots=True)
class FreeText:
    """Canonical: the words without hesitations and without what people begin with ("well", "okay so"; before a name
    also "it's called"), at most 300 characters."""

    bias: tuple[str, ...] = ()

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        told = strip_lead(without_hesitations(words), _leads(spec), _OPENERS)
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


def _leads(spec: SlotSpec) -> tuple[Words, ...]:
    """What may stand before the answer and is none of it, longest first."""
    asked = split_words(f"{spec.prompt} {spec.label}")
    if _NAMED.isdisjoint(asked):
        return ()
    named = tuple((*split_words(name), "is") for name in spec.names)
    leads = (*_LEADS, *named, *(_FOR if "for" in asked else ()))
    return tuple(sorted(leads, key=len, reverse=True))
