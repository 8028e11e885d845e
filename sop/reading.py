"""What was heard, what was expected, and what it was taken to mean: the values that travel between
recogniser, reader and engine.

Everything here is frozen and made of plain values, so that a journal can hold it and give it back
unchanged.
"""

from dataclasses import dataclass
from enum import StrEnum


class Completeness(StrEnum):
    """How far an answer has come, given what was asked."""

    EMPTY = "empty"
    """No words yet."""
    PARTIAL = "partial"
    """In the middle: six digits of ten, "my name is", "um hold on"."""
    OPEN = "open"
    """Usable as it is, but people often go on."""
    COMPLETE = "complete"
    """Nothing more is needed."""


class GlobalWord(StrEnum):
    """What a caller may say at any moment, whatever was asked."""

    PERSON = "person"
    REPEAT = "repeat"
    SLOWER = "slower"
    GO_BACK = "go_back"
    START_OVER = "start_over"
    HOLD_ON = "hold_on"
    WHY = "why"
    GOODBYE = "goodbye"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One transcript of an utterance."""

    text: str
    confidence: float
    """0..1"""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the current step is waiting for."""

    step: str
    kind: str
    """"nothing", "yes_no" or the name of a slot type."""
    slot: str | None = None
    """The slot asked for, offered or being confirmed; None in a read-back of everything."""
    candidates: tuple[str, ...] = ()
    """The options of a choice, by name."""
    filled: tuple[str, ...] = ()
    """Slots that hold a value now."""
    bias: tuple[str, ...] = ()
    """Lowercase phrases for the recogniser, fewer than 30 tokens all together."""
    keypad: int = 0
    """How many digits may be keyed; 0 when keys mean nothing here."""
    known: tuple[tuple[str, str], ...] = ()
    """(slot, canonical value) of every filled slot: "not Tuesday, Wednesday" needs what it corrects."""
    caller: str = ""
    """The caller's own number in E.164, or empty."""
    open: tuple[str, ...] = ()
    """Slots that the steps ahead may still ask for: what a caller may volunteer."""
    private: bool = False
    """Whether what the caller is about to say belongs to a private slot, or may mend one."""
    begun: str = ""
    """What is told so far of the value that is asked for: "--03-03" of a date without its year."""
    offered: str = ""
    """The part of an open yes-or-no question that was filled in for this call, as it is spoken: "I can offer you
    Tuesday, December first, at ten in the morning."; empty under any other question."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A value for a slot that was asked for, or given unasked."""

    slot: str
    value: str
    spoken: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Correction:
    """A slot's value is wrong. `value` is the new one, or None when the caller did not say it."""

    slot: str
    value: str | None
    spoken: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Affirm:
    """Yes."""


@dataclass(frozen=True, slots=True)
class Deny:
    """No."""


@dataclass(frozen=True, slots=True)
class Global:
    """One of the words that work everywhere."""

    word: GlobalWord


@dataclass(frozen=True, slots=True)
class Question:
    """The caller asks something that no slot and no global word answers."""

    text: str


@dataclass(frozen=True, slots=True)
class Skip:
    """The caller goes without an optional slot."""

    slot: str


@dataclass(frozen=True, slots=True)
class Digression:
    """The caller asks for one of the flow's asides."""

    aside: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """Recognisably an answer to the slot, but not a usable one. `reason` picks the wording; `choices` are the
    options that it could be, `begun` is what it told of the value."""

    slot: str
    reason: str
    choices: tuple[str, ...] = ()
    begun: str = ""


ReadingAct = Answer | Correction | Affirm | Deny | Global | Question | Skip | Digression | Unusable


@dataclass(frozen=True, slots=True)
class Reading:
    """One utterance, understood as far as the rules go. No acts: nothing was understood."""

    text: str
    confidence: float
    acts: tuple[ReadingAct, ...] = ()
    sentiment: float = 0.0
    """-1 very annoyed .. 1 pleased."""
    early: bool = False
    """It was spoken before its question could be known: no failed answer where it means nothing."""
