"""How much a call looks like one nobody wants, from what the carrier says about it.

Never a reason for silence: a high score is met with a spoken challenge, behind which voicemail waits. What carriers
attest (SHAKEN/STIR) says that a number was not forged, not who calls, and never lowers a score.
"""

import re
from dataclasses import dataclass

import phonenumbers

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_WITHHELD = frozenset({"", "anonymous", "restricted", "blocked", "unknown", "unavailable", "private"})
_SPELT = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""The same words, ANONYMOUS, RESTRICTED and so on, as keys of a telephone: what `From` holds instead of a number."""
_PASSED = re.compile(r"TN-Validation-Passed-([ABC])(?:-Diverted)?")
LATELY = ((16, 80), (8, 45), (4, 20))
"""(calls in the last hour before this one, points), highest first."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """0 is an ordinary call; 100 and more is nearly certain."""

    points: int
    reasons: tuple[str, ...] = ()


def is_withheld(raw: str) -> bool:
    """Whether the caller hides their number."""
    return raw.strip().lower() in _WITHHELD or raw.strip() in _SPELT


def caller_number(raw: str) -> str | None:
    """`From` of a webhook → E.164; None when withheld, and for what can't be a telephone number.

    >>> caller_number("+14155550199")
    '+14155550199'
    >>> caller_number("anonymous") is None
    True
    """
    text = raw.strip()
    if is_withheld(text) or not _E164.fullmatch(text):
        return None
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number)
    return text if possible == phonenumbers.ValidationResult.IS_POSSIBLE else None


def attestation(verstat: str) -> str:
    """`StirVerstat` of a webhook → "A", "B" or "C" where it was verified, "failed", or "" where nothing is said.
    Source: Twilio's "Trusted Calling with SHAKEN/STIR".

    >>> attestation("TN-Validation-Passed-A"), attestation("TN-Validation-Failed-A"), attestation("No-TN-Validation")
    ('A', 'failed', '')
    """
    passed = _PASSED.fullmatch(verstat)
    if passed:
        return passed[1]
    return "failed" if verstat.startswith("TN-Validation-Failed") else ""


def suspicion(caller: str | None, *, withheld: bool, called: str, attested: str, recent: int) -> Suspicion:
    """`recent`: calls from this number in the last hour, this one not counted."""
    found: list[tuple[int, str]] = []
    if caller is None:
        found.append((25, "withheld") if withheld else (40, "no number"))
    elif caller == called:
        found.append((100, "calls from our own number"))
    elif not phonenumbers.is_valid_number(phonenumbers.parse(caller)):
        found.append((30, "number not in use"))
    if attested == "failed":
        found.append((25, "attestation failed"))
    found += [(points, "calls often") for calls, points in LATELY if caller is not None and recent >= calls][:1]
    return Suspicion(sum(points for points, _ in found), tuple(reason for _, reason in found))
