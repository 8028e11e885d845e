"""What goes into the engine and what comes out of it: two closed unions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sop.reading import Reading


@dataclass(frozen=True, slots=True)
class Begin:
    """The call is connected."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The caller said nothing for as long as the shell waits."""


@dataclass(frozen=True, slots=True)
class Keys:
    """A whole keypad entry: digits, `*` and `#`. Not shown in any log."""

    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unheard:
    """The caller spoke and our recogniser failed: our fault, not theirs."""


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """The tool called as `id` is done."""

    id: str
    ok: bool
    result: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TransferFinished:
    """The transfer was answered (`ok`) or not."""

    ok: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """The caller is back after the line was cut; the state is the one that was kept. `reason`: a person was to take
    over and could not be reached, as in `TransferFinished`; empty when the line just broke."""

    reason: str = ""


Input = Begin | Reading | Silence | Keys | Unheard | ToolFinished | TransferFinished | Resume


@dataclass(frozen=True, slots=True)
class Field:
    """One slot's value as it is to be saved."""

    slot: str
    value: str
    """Canonical."""
    spoken: str
    """As it is read aloud."""
    confidence: float
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Enter:
    """The procedure is now at this step."""

    step: str


@dataclass(frozen=True, slots=True)
class Say:
    """Speak. `fixed`: no slot value is in the text, so its sound can be kept for ever."""

    text: str
    fixed: bool
    interruptible: bool = True


@dataclass(frozen=True, slots=True)
class Save:
    """Make these values durable before whatever follows is spoken. A field without a value is no longer held."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class CallTool:
    """Run a tool; answer with ToolFinished of the same id."""

    id: str
    name: str
    arguments: Mapping[str, str]
    timeout_s: float
    key: str = ""
    """The same for every try of one call with one set of arguments: whoever receives it does the work once."""


@dataclass(frozen=True, slots=True)
class TransferTo:
    """Hand the caller to a person; answer with TransferFinished."""

    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The procedure is over; hang up when everything is spoken."""

    outcome: str


Act = Enter | Say | Save | CallTool | TransferTo | Finish
