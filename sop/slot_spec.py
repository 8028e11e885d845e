"""One thing to find out: its type, its questions, its limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Confirm(StrEnum):
    """When a slot's value is read back and asked about."""

    ALWAYS = "always"
    WHEN_UNSURE = "when_unsure"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice."""

    name: str
    spoken: str
    """As the agent names it: "no heat"."""
    phrases: tuple[str, ...]
    """What callers say; `<group>` stands for any phrase of a word group."""
    anytime: bool = False
    """Heard at any moment, it is taken at once and wins over every other option: an emergency."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Wordings for a question that was not answered, in the order they are used; the last one is used
    again."""

    no_match: tuple[str, ...] = ()
    silence: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why a value was unusable -> wording for its first occurrence."""
    keypad: str = ""
    """Said from the second failure on, where the slot can be keyed."""


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """One thing to find out."""

    name: str
    type: str
    prompt: str
    label: str
    """As the agent names the slot: "the address"."""
    names: tuple[str, ...] = ()
    """What callers call it when they correct it: "number", "phone"."""
    ladder: Ladder = Ladder()
    confirm: Confirm = Confirm.WHEN_UNSURE
    sure: float = 0.6
    """Confidence from which WHEN_UNSURE does not ask."""
    confirm_prompt: str = "I have {value}. Is that right?"
    offer: str | None = None
    """"caller_number": the caller's own number is offered first."""
    offer_prompt: str = ""
    why: str = ""
    """The answer to "why do you ask"."""
    options: tuple[Option, ...] = ()
    depends_on: tuple[str, ...] = ()
    """Slots whose change empties this one."""
    low: float | None = None
    """Smallest number or amount that can be meant."""
    high: float | None = None
    lengths: tuple[int, ...] = ()
    """How many digits a `digits` slot may have; empty: any number of them."""
    check: str = ""
    """"luhn": the last digit must be right by ISO/IEC 7812-1 annex B."""
    period: str = "any"
    """Of a date: "past", "future" or "any"."""
    private: bool = False
    """Never read aloud in full and never shown: all but the last two characters are masked."""
    volunteer: bool = True
    """Whether it is taken from an utterance that answered something else."""
    optional: bool = False
    """Whether the caller may go without: "skip that", "I don't have one"."""
