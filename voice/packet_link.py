"""Links to a packet's page: signed, good for a day, and with nothing of the caller's in them.

    https://agent.example.com/packet/CA42/1?e=1764000000&s=5f0c…

`e` is the second of Unix time until which it opens; `s` is HMAC-SHA256 over the call, the transfer and `e`, in hex.
Whoever has the link can open the page, so that a person can hand it on; nobody can make one, or make one last longer.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

LIFETIME_S = 24 * 3600
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_LINK = re.compile(
    rf"(?:/.*)?/packet/(?P<call>{_NAME.pattern})/(?P<part>{_NAME.pattern})"
    r"\?e=(?P<expires>[1-9][0-9]{0,11})&s=(?P<sign>[0-9a-f]{64})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class PacketRef:
    """Which packet a link opens: a call's, as of one of its transfers."""

    call: str
    part: str


def link(base: str, call: str, part: str | int, secret: str, expires: int) -> str:
    """The link to the packet of `call` at its transfer or leg `part`. `base`: the public URL; `expires`: Unix time, s.

    Raises:
        ValueError: there is no secret, or a name is not one of a link's (letters, digits, _ and -).
    """
    name = str(part)
    if not secret:
        raise ValueError("a link needs a secret")
    if not (_NAME.fullmatch(call) and _NAME.fullmatch(name)) or expires <= 0:
        raise ValueError("a link holds names of 1 to 64 letters, digits, _ and -, and a time")
    return f"{base.rstrip('/')}/packet/{call}/{name}?e={expires}&s={_signed(call, name, expires, secret)}"


def opened(path_and_query: str, secret: str, now: float) -> PacketRef | None:
    """What the link opens; None when it is not ours, was altered, or has expired. `now`: Unix time, s."""
    found = _LINK.fullmatch(path_and_query)
    if found is None or not secret:
        return None
    expires = int(found["expires"])
    right = hmac.compare_digest(found["sign"], _signed(found["call"], found["part"], expires, secret))
    return PacketRef(found["call"], found["part"]) if right and now < expires else None


def _signed(call: str, part: str, expires: int, secret: str) -> str:
    # "packet" keeps a signature made for something else with the same secret from opening a page
    return hmac.new(secret.encode(), f"packet\n{call}\n{part}\n{expires}".encode(), hashlib.sha256).hexdigest()
