"""What a recorded call must come to: `expect:` in a scenario, or `<call>.yaml` beside a recording.

    outcome: lead_saved
    milestones: [triage, check, save]        # in this order, others between; `path:` is exact
    slots: {name: Karen Mitchell, when: [asap, today]}   # a list: any of these; `lead:` is the whole lead
    transfers: []                            # targets in order
    escalations: [asked_for_person]          # reasons of the transfers
    tools: [check_coverage, create_lead]     # called in this order, tries not counted
    never_said: [diagnosis]                  # part of a sentence of the agent's, in small or capital letters
    barge_ins: 1
    latency: {gap_p95_ms: 1500, endpoint_p95_ms: 900}
    says: [my furnace stopped working, yes]  # the caller's words, turn by turn: the reference for WER

What is absent is not looked at, and nothing behind a name is refused, but for `lead: null` and, where a scenario would
not have one, `barge_ins: null`: any number of them. Times are milliseconds.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from voice.errors import OperatorError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Values = str | tuple[str, ...]
"""One canonical value, or any of several."""


class ExpectationError(OperatorError):
    """An expectation that cannot be used; the message names the file, the place in it, the mistake."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _something(given: object) -> object:
    """Nothing behind a field's name is a slip: it would count as met whatever the call comes to."""
    if given is None:
        raise ValueError("nothing stands behind it; say what is expected, or leave it out")
    return given


class Budget(_Model):
    """What a caller may be kept waiting, in milliseconds."""

    gap_p95_ms: Annotated[int, Field(gt=0)] | None = None
    """From the caller's last word to the reply: includes what the machine takes."""
    endpoint_p95_ms: Annotated[int, Field(gt=0)] | None = None
    """From the caller's last word to the end of their turn: on the call's clock alone."""

    _written_out = field_validator("*", mode="before")(_something)


class Expected(_Model):
    """What a call must come to."""

    outcome: str | None = None
    path: tuple[str, ...] | None = None
    """Every step in order."""
    milestones: tuple[str, ...] | None = None
    """These steps in order, whatever lies between."""
    lead: Mapping[str, Values] | None = None
    """Every field that was saved, and no other; null: nothing was."""
    slots: Mapping[str, Values] | None = None
    """These fields; others are not looked at."""
    transfers: tuple[str, ...] | None = None
    """Targets of the transfers begun, in order."""
    escalations: tuple[str, ...] | None = None
    """Their reasons."""
    tools: tuple[str, ...] | None = None
    """Tools called, in order; a call tried again counts once."""
    never_said: tuple[str, ...] = ()
    barge_ins: Annotated[int, Field(ge=0)] | None = None
    latency: Budget = Budget()

    _written_out = field_validator(
        *("outcome", "path", "milestones", "slots", "transfers", "escalations", "tools", "never_said", "latency"),
        mode="before",
    )(_something)

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if self.path is not None and self.milestones is not None:
            raise ValueError("say either path (every step) or milestones (some of them)")
        if self.lead is not None and self.slots is not None:
            raise ValueError("say either lead (every field) or slots (some of them)")
        return self

    @property
    def no_lead(self) -> bool:
        """Whether the call must leave no lead: `lead: null`, written out."""
        return "lead" in self.model_fields_set and self.lead is None


class Accepted(_Model):
    """Where an expectation comes from that a machine has written."""

    on: str
    """Date, ISO 8601."""
    flow: str
    version: int
    by: str = "switchboard replay --accept"


class AcceptedTurn(_Model):
    """A turn of an accepted run; its texts are kept to the letter."""

    model_config = ConfigDict(str_strip_whitespace=False)

    by: str
    at_step: str = ""
    heard: str = ""
    said: str = ""
    entered: tuple[str, ...] = ()
    set: Mapping[str, str] = {}
    barge_in: bool = False
    unheard: tuple[str, ...] = ()


class Beside(Expected):
    """The whole of `<call>.yaml`: what is expected, and what the recording alone does not tell."""

    recording: str | None = None
    """Path to the call from this file, where it does not lie beside it under the same name."""
    flow: str | None = None
    """The procedure that the call was taken with, for a recording without a journal."""
    caller: str | None = None
    """E.164, or "anonymous"."""
    now: str | None = None
    """When it was taken, ISO 8601; without an offset in this machine's time zone."""
    says: tuple[str, ...] | None = None
    """The caller's words, turn by turn."""
    consent: str | None = None
    """How the caller agreed to be recorded, where no journal tells: without it a copy can't be shared."""
    accepted: Accepted | None = None
    turns: tuple[AcceptedTurn, ...] | None = None
    """The accepted run turn by turn: what the next one is compared with."""

    @model_validator(mode="before")
    @classmethod
    def _came_to_no_outcome(cls, given: object) -> object:
        """An accepted run may have had none."""
        if isinstance(given, dict) and given.get("accepted") and given.get("outcome", "") is None:
            return {name: value for name, value in given.items() if name != "outcome"}
        return given

    @field_validator("now", mode="before")
    @classmethod
    def _dated(cls, given: object) -> object:
        """YAML reads a date that stands without quotation marks as one."""
        return given.isoformat() if isinstance(given, date) else given

    @field_validator("now")
    @classmethod
    def _is_a_time(cls, given: str | None) -> str | None:
        try:
            datetime.fromisoformat(given or "2026-11-22")
        except ValueError:
            raise ValueError(f'{given!r} is no time; write it like "2026-11-22T19:40:00-05:00"') from None
        return given

    @field_validator("caller")
    @classmethod
    def _is_a_number(cls, given: str | None) -> str | None:
        if given not in (None, "anonymous") and not re.fullmatch(r"\+[1-9][0-9]{6,14}", given or ""):
            raise ValueError(f'{given!r} is no number; write it like "+14155550123", or anonymous')
        return given


def parse_beside(text: str, *, source: str) -> Beside:
    """The text of a `<call>.yaml`. Raises ExpectationError with every mistake at once, one line each."""
    try:
        given: Any = yaml.safe_load(text)
        return Beside.model_validate({} if given is None else given)
    except yaml.YAMLError as error:
        raise ExpectationError(f"{source}: not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise ExpectationError("\n".join(mistakes(error, source))) from None


_KNOWN = frozenset({*Beside.model_fields, *Budget.model_fields, *AcceptedTurn.model_fields, *Accepted.model_fields})


def mistakes(error: ValidationError, source: str, known: Iterable[str] = _KNOWN) -> list[str]:
    """One line for each mistake: the file, the place in it, what is wrong. `known`: names that fields have."""
    faults = error.errors()
    texts = {_place(fault["loc"]) for fault in faults if fault["type"] == "string_type"}
    told = (fault for fault in faults if fault["type"] != "tuple_type" or _place(fault["loc"]) not in texts)
    return list(dict.fromkeys(f"{source}: {_place(fault['loc'])}{_said(fault, known)}" for fault in told))


def _said(fault: "ErrorDetails", known: Iterable[str]) -> str:
    """What is wrong, in a YAML file's words."""
    match fault["type"]:
        case "extra_forbidden":
            near = difflib.get_close_matches(str(fault["loc"][-1]), sorted(known), n=1)
            return "there is no such field" + "".join(f"; did you mean {name!r}?" for name in near)
        case "string_type":
            quoted = isinstance(fault["input"], bool | int | float | date)
            return "must be a text; put it in quotation marks" if quoted else "must be one text"
        case "tuple_type":
            return "must be a list: [one, another]"
        case "dict_type" | "model_type" | "model_attributes_type":
            return "must be names and values: {name: value}"
        case _:
            return fault["msg"].removeprefix("Value error, ")


def _place(where: tuple[int | str, ...]) -> str:
    """`turns.2.when: `, without the names that pydantic gives the members of a union."""
    kept = (str(part) for part in where if not str(part)[:1].isupper() and "[" not in str(part))
    place = ".".join(part for part in kept if part not in ("str", "constrained-str"))
    return f"{place}: " if place else ""
