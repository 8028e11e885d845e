"""What every slot type can do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sop.graph import Hours
from sop.reading import Completeness
from sop.slot_spec import SlotSpec
from sop.words import Words


@dataclass(frozen=True, slots=True)
class Context:
    """What an answer may refer to."""

    now: datetime
    current: str = ""
    """The canonical value that the slot holds, which an answer may correct in part; empty when none."""
    caller: str = ""
    """The caller's own number in E.164; empty when unknown."""
    asked: bool = True
    """Whether the open question is about this slot; else its value stands among others that were read back."""
    hours: Hours | None = None
    """When the business is open; None when the flow doesn't say."""
    begun: str = ""
    """What the last answer told of the value: "--03-03" of a date without its year (ISO 8601); empty when none."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value. `certainty` 0..1 scales the recogniser's confidence: how far the form allows a doubt."""

    value: str
    certainty: float = 1.0


@dataclass(frozen=True, slots=True)
class Doubt:
    """An answer to the question, but not a usable one."""

    reason: str
    choices: tuple[str, ...] = ()
    begun: str = ""
    """What was told of the value, for the next answer to complete."""


class SlotType(Protocol):
    """One kind of value: from spoken words to its canonical text and back. No method raises, whatever the
    words."""

    @property
    def bias(self) -> tuple[str, ...]:
        """Phrases that help the recogniser."""

    def keys(self, spec: SlotSpec) -> int:
        """How many digits can be keyed; 0 for none."""

    def sample(self, spec: SlotSpec) -> str:
        """A valid canonical value."""

    def parse(self, words: Words, spec: SlotSpec, context: Context) -> Found | Doubt | None:
        """The answer to the slot's own question; None when it is none."""

    def find(self, words: Words, spec: SlotSpec, context: Context) -> Found | None:
        """A value given unasked, in the middle of other words: only what can be nothing else."""

    def press(self, digits: str, spec: SlotSpec) -> Found | Doubt | None:
        """A keypad entry."""

    def speak(self, value: str, spec: SlotSpec) -> str:
        """The value as a synthesizer reads it well."""

    def completeness(self, words: Words, spec: SlotSpec) -> Completeness:
        """How far an answer has come; called on partial transcripts, so it is quick."""
