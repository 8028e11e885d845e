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

What is absent is not looked at. Times are milliseconds.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from voice.errors import OperatorError

Values = str | tuple[str, ...]
"""One canonical value, or any of several."""


class ExpectationError(OperatorError):
    """An expectation that cannot be used; the message names the file, the place in it, the mistake."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Budget(_Model):
    """What a caller may be kept waiting, in milliseconds."""

    gap_p95_ms: Annotated[int, Field(gt=0)] | None = None
    """From the caller's last word to the reply: includes what the machine takes."""
    endpoint_p95_ms: Annotated[int, Field(gt=0)] | None = None
    """From the caller's last word to the end of their turn: on the call's clock alone."""


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


class Beside(Expected):
    """The whole of `<call>.yaml`: what is expected, and what the recording alone does not tell."""

    recording: str | None = None
    """Path to the call from this file, where it does not lie beside it under the same name."""
    flow: str | None = None
    """The procedure that the call was taken with, for a recording without a journal."""
    caller: str | None = None
    now: str | None = None
    says: tuple[str, ...] | None = None
    """The caller's words, turn by turn."""
    consent: str | None = None
    """How the caller agreed to be recorded, where no journal tells: without it a copy can't be shared."""
    accepted: Accepted | None = None
    turns: tuple[AcceptedTurn, ...] | None = None
    """The accepted run turn by turn: what the next one is compared with."""


def parse_beside(text: str, *, source: str) -> Beside:
    """The text of a `<call>.yaml`. Raises ExpectationError with every mistake at once, one line each."""
    try:
        given: Any = yaml.safe_load(text)
        return Beside.model_validate({} if given is None else given)
    except yaml.YAMLError as error:
        raise ExpectationError(f"{source}: not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise ExpectationError("\n".join(mistakes(error, source))) from None


def mistakes(error: ValidationError, source: str) -> list[str]:
    """One line for each mistake: the file, the place in it, what is wrong."""
    faults = error.errors()
    texts = {_place(fault["loc"]) for fault in faults if fault["type"] == "string_type"}
    told = (fault for fault in faults if fault["type"] != "tuple_type" or _place(fault["loc"]) not in texts)
    return list(dict.fromkeys(f"{source}: {_place(fault['loc'])}{fault['msg']}" for fault in told))


def _place(where: tuple[int | str, ...]) -> str:
    """`turns.2.when: `, without the names that pydantic gives the members of a union."""
    kept = (str(part) for part in where if not str(part)[:1].isupper() and "[" not in str(part))
    place = ".".join(part for part in kept if part not in ("str", "constrained-str"))
    return f"{place}: " if place else ""
