"""How a call stands, in one word: not run, wrong, late, or what the comparison says."""

from voice.replaying.page.markup import safe
from voice.replaying.result import CallResult

STANDINGS = ("not run", "wrong", "worse", "different", "late", "new", "better", "same")
"""Worst first."""


def standing(call: CallResult) -> str:
    """One of `STANDINGS`."""
    if call.failed:
        return "not run"
    if call.faults:
        return "wrong"
    if call.timings.faults and call.verdict not in ("worse", "different"):
        return "late"
    return call.verdict if call.verdict in STANDINGS else "new"


def kind(name: str) -> str:
    """The CSS class of a standing."""
    return name.replace(" ", "") if name in STANDINGS else "new"


def badge(name: str) -> str:
    """A standing's badge."""
    return f'<span class="verdict {kind(name)}">{safe(name)}</span>'


def badges(call: CallResult) -> str:
    """How it stands; of a wrong call also how it compares with another run, where it was compared."""
    name = standing(call)
    compared = name in ("wrong", "late") and call.against not in ("", "expectation") and call.verdict in STANDINGS
    return badge(name) + (f" {badge(call.verdict)}" if compared else "")
