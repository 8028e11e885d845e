"""Tickets: what binds a media stream to the call whose webhook asked for it.

The webhook, whose signature is checked, puts a fresh token into its document; the stream's `start` brings it back with
the call's and the account's name. A ticket serves once, soon, and for that call only.
"""

import hashlib
import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CallOrder:
    """What the webhook learnt, and what the stream shall be."""

    number: str
    """The business's number that was called, E.164."""
    flow: str
    """The procedure that the number runs at this hour."""
    caller: str | None = field(default=None, repr=False)
    """E.164; None when withheld or no number at all."""
    attestation: str = ""
    """What the carriers vouch for: "A", "B", "C", "failed" or "". Noted, never taken for proof of who calls."""
    arm: str = "agent"
    """The caller's arm of a soft launch."""
    returned: str = ""
    """Why the caller is back although a person was to take over, as in `CallStarted.returned`."""


@dataclass(frozen=True, slots=True)
class _Ticket:
    token: bytes
    call: str
    account: str
    issued: float
    order: CallOrder


class Tickets:
    """Issued and not yet redeemed; the oldest goes when there are too many."""

    def __init__(self, ttl_s: float = 60.0, *, most: int = 4096) -> None:
        self._ttl_s = ttl_s
        self._most = most
        self._waiting: dict[bytes, _Ticket] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def issue(self, token: str, call: str, account: str, now: float, order: CallOrder) -> None:
        """`token` is random, 128 bits or more; `now` in seconds of any clock that does not go back."""
        self._forget(now)
        while len(self._waiting) >= self._most:
            del self._waiting[next(iter(self._waiting))]
        secret = _digest(token)
        self._waiting[secret] = _Ticket(secret, call, account, now, order)

    def redeem(self, token: str, call: str, account: str, now: float) -> CallOrder | None:
        """The order, once. None for a token that is unknown, spent or expired, and for another call's, which is spent
        by that: whoever shows it has it from somewhere. The call's other tickets are spent as well."""
        secret = _digest(token)
        ticket = self._waiting.pop(secret, None)
        if ticket is None:
            return None
        same = hmac.compare_digest(ticket.token, secret)
        same &= hmac.compare_digest(_digest(ticket.call), _digest(call))
        same &= hmac.compare_digest(_digest(ticket.account), _digest(account))
        if not same or not 0 <= now - ticket.issued <= self._ttl_s:
            return None
        for other in [key for key, one in self._waiting.items() if one.call == call]:
            del self._waiting[other]
        return ticket.order

    def _forget(self, now: float) -> None:
        """Drops what has expired; the oldest stand first."""
        while self._waiting:
            first = next(iter(self._waiting))
            if now - self._waiting[first].issued <= self._ttl_s:
                return
            del self._waiting[first]


def _digest(text: str) -> bytes:
    """What is kept of a token: looked up by its digest, it is found or not in a time that says nothing about it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
