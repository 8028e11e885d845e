"""Who takes a call that comes in: rules over one configured number, one caller, and how busy we are.

First that applies, in this order: the allow list (past the next two), the block list, a high score of `voice.spam`;
the other arm of a soft launch; out of hours without an agent; draining, not ready or too many calls; staff first; the
agent.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sop.graph import Hours
from sop.hours import is_open
from voice.spam import Suspicion, attestation, caller_number, is_withheld, suspicion
from voice.tickets import CallOrder
from voice.twiml import Texts


class Route(StrEnum):
    """What a call is answered with."""

    AGENT = "agent"
    STAFF = "staff"
    """Staff are rung first, then the agent."""
    HUMAN = "human"
    """The other arm of a soft launch."""
    CLOSED = "closed"
    BLOCKED = "blocked"
    CHALLENGE = "challenge"
    FALLBACK = "fallback"
    """The agent takes no calls: whoever is on call, then voicemail."""
    BUSY = "busy"
    """The same, because there are too many calls."""


@dataclass(frozen=True, slots=True)
class Line:
    """One number of the business."""

    number: str
    """E.164."""
    flow: str
    """The procedure of open hours."""
    after_hours: str = ""
    """The procedure out of hours; empty: no agent then, callers leave a message."""
    hours: Hours | None = None
    """None: always open."""
    share: float = 1.0
    """Part of the callers that the agent takes, 0..1; the rest goes to the human line."""
    salt: str = ""
    """Which callers they are; a new one draws them anew."""
    human: tuple[str, ...] = ()
    """The human line's numbers."""
    staff: tuple[str, ...] = ()
    """Rung before the agent in open hours."""
    press_one: bool = True
    """Staff are asked for a key, so that no mailbox takes a caller."""
    people: tuple[str, ...] = ()
    """On call where the agent can't answer."""
    ring_s: int = 15
    dial_s: int = 3600
    """The longest conversation with somebody who is dialled without the agent."""
    allow: frozenset[str] = frozenset()
    block: frozenset[str] = frozenset()
    """E.164, or the beginning of numbers with a star behind it: "+1900*"."""
    spam_limit: int = 70
    """Points of `voice.spam` from which on a key must be pressed."""
    texts: Texts = field(default_factory=Texts)


@dataclass(frozen=True, slots=True)
class Inbound:
    """What the carrier says of a call."""

    call: str
    account: str
    number: str
    """The number that was called."""
    caller: str | None = field(default=None, repr=False)
    """E.164; None when withheld or no number."""
    withheld: bool = False
    attested: str = ""
    recent: int = 0
    """Calls from this caller in the last hour, this one not counted."""
    passed: bool = False
    """They have pressed the challenge's key."""
    rung: bool = False
    """Staff were rung and did not take the call."""


@dataclass(frozen=True, slots=True)
class Load:
    """How busy we are."""

    live: int = 0
    most: int = 64
    draining: bool = False
    """The server is about to stop."""
    ready: bool = True
    """The engines are."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a call is answered with, and why."""

    route: Route
    why: str
    """In fixed words, for the record."""
    flow: str
    """The procedure, should the agent take the call."""
    arm: str = "agent"
    """"agent" or "human"; of every caller, whatever the route."""
    is_open: bool = True
    spam: int = 0


def inbound(fields: Mapping[str, str], recent: int = 0, *, passed: bool = False, rung: bool = False) -> Inbound:
    """A webhook's parameters → what matters of them. Names: Twilio's "TwiML Voice" request parameters."""
    raw = fields.get("From", "")
    return Inbound(
        call=fields.get("CallSid", ""),
        account=fields.get("AccountSid", ""),
        number=fields.get("To", ""),
        caller=caller_number(raw),
        withheld=is_withheld(raw),
        attested=attestation(fields.get("StirVerstat", "")),
        recent=recent,
        passed=passed,
        rung=rung,
    )


def decide(line: Line, call: Inbound, load: Load, now: str) -> Decision:
    """`now`: ISO 8601 with its offset.

    Raises:
        ValueError: a time that can't be read, or without an offset.
    """
    moment = datetime.fromisoformat(now)
    if moment.tzinfo is None:
        raise ValueError("the time carries no offset")
    opened = line.hours is None or is_open(line.hours, moment)
    doubt = suspicion(
        call.caller, withheld=call.withheld, called=line.number, attested=call.attested, recent=call.recent
    )
    arm = "agent" if not line.human or takes_agent(line, call) else "human"
    route, why = (
        _screened(line, call, doubt)
        or _without_agent(line, arm, opened=opened)
        or _with_agent(line, call, load, opened)
    )
    flow = line.flow if opened else line.after_hours or line.flow
    return Decision(route, why, flow, arm, opened, doubt.points)


def takes_agent(line: Line, call: Inbound) -> bool:
    """Whether the caller is in the agent's arm of the soft launch: the same caller always is, and stays in it when the
    share grows. Who withholds their number is drawn by the call."""
    drawn = hashlib.sha256(f"{line.salt}{call.caller or call.call}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") < line.share * 2**64


def is_listed(number: str | None, numbers: frozenset[str]) -> bool:
    """Whether a list names the number, or a beginning of it."""
    if number is None:
        return False
    return number in numbers or any(one.endswith("*") and number.startswith(one[:-1]) for one in numbers)


def challenge_key(call: str) -> str:
    """The key that this call's challenge asks for, 2 to 9: a dialler that presses 1 does not pass."""
    return str(2 + hashlib.sha256(call.encode()).digest()[0] % 8)


def order(line: Line, call: Inbound, decision: Decision, *, returned: str = "") -> CallOrder:
    """What the stream's ticket shall say."""
    return CallOrder(
        number=line.number,
        flow=decision.flow,
        caller=call.caller,
        attestation=call.attested,
        arm=decision.arm,
        returned=returned,
    )


def _screened(line: Line, call: Inbound, doubt: Suspicion) -> tuple[Route, str] | None:
    if is_listed(call.caller, line.allow):
        return None
    if is_listed(call.caller, line.block):
        return Route.BLOCKED, "block list"
    if doubt.points >= line.spam_limit and not call.passed:
        return Route.CHALLENGE, ", ".join(doubt.reasons)
    return None


def _without_agent(line: Line, arm: str, *, opened: bool) -> tuple[Route, str] | None:
    if arm == "human":
        return Route.HUMAN, "soft launch"
    if not opened and not line.after_hours:
        return Route.CLOSED, "out of hours"
    return None


def _with_agent(line: Line, call: Inbound, load: Load, opened: bool) -> tuple[Route, str]:
    if load.draining:
        return Route.FALLBACK, "draining"
    if not load.ready:
        return Route.FALLBACK, "not ready"
    if load.live >= load.most:
        return Route.BUSY, "too many calls"
    if opened and line.staff and not call.rung:
        return Route.STAFF, "staff first"
    return Route.AGENT, "open" if opened else "out of hours"
