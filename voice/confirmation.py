"""A text to the caller about what was agreed: only where they have said yes to one, only when all is complete."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from voice.envelope import DeliveryFailed, Envelope
from voice.errors import CarrierError

LONGEST = 300
"""Characters; two messages of the network's."""
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_PLACE = re.compile(r"\{(\w+)\}")
_PERMANENT = frozenset({21610, 30034})
"""The recipient opted out; the sender is not registered."""


@dataclass(frozen=True, slots=True)
class ConfirmationSettings:
    """What is sent, to whom, and on which answer."""

    text: str
    """{slot} stands for what the caller said, as it is read aloud."""
    to: str = "caller"
    """The slot that holds the number; "caller": the number that calls."""
    slot: str = ""
    """The slot that holds the consent."""
    value: str = "yes"
    """What it must hold."""


class ConfirmationTarget:
    """Sends one text a lead."""

    def __init__(
        self,
        settings: ConfirmationSettings,
        send: Callable[[str, str, str], Awaitable[object]],
        welcome: Callable[[str], Awaitable[bool]],
    ) -> None:
        """`send(to, body, sender)` raises CarrierError; the sender is the number that was rung, or empty where that
        isn't known. `welcome(number)` says whether texts are, to that number."""
        self._settings = settings
        self._send = send
        self._welcome = welcome

    async def deliver(self, envelope: Envelope) -> None:
        """Sends it; a lead without the caller's yes, or of somebody who has texted STOP, needs none."""
        lead = envelope.payload
        to = number(self._settings, lead)
        if not _agreed(self._settings, lead) or not to or not await self._welcome(to):
            return
        if lead["status"] != "complete":
            raise DeliveryFailed("nothing is confirmed that is not complete", permanent=True)
        try:
            await self._send(to, body(self._settings, lead), rung(lead))
        except CarrierError as error:
            code = getattr(error, "code", 0)
            raise DeliveryFailed(f"the text was refused: {code}", permanent=code in _PERMANENT) from None

    async def close(self) -> None:
        """The sender is not ours."""


def number(settings: ConfirmationSettings, lead: Mapping[str, Any]) -> str:
    """Where the text goes; empty for a withheld number or one that is none."""
    found = lead.get("caller") if settings.to == "caller" else _field(lead, settings.to, "value")
    return found if isinstance(found, str) and _NUMBER.fullmatch(found) else ""


def rung(lead: Mapping[str, Any]) -> str:
    """The number of ours that the caller rang, which a text about the call comes from; empty where none is known."""
    found = lead.get("called")
    return found if isinstance(found, str) and _NUMBER.fullmatch(found) else ""


def body(settings: ConfirmationSettings, lead: Mapping[str, Any]) -> str:
    """The text with what the caller said written in.

    >>> lead = {"fields": {"when": {"value": "2026-11-24T13:00", "spoken": "Tuesday afternoon"}}}
    >>> body(ConfirmationSettings("We come {when}."), lead)
    'We come Tuesday afternoon.'
    """
    written = _PLACE.sub(lambda place: _field(lead, place[1], "spoken"), settings.text)
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in written).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _agreed(settings: ConfirmationSettings, lead: Mapping[str, Any]) -> bool:
    return bool(settings.slot) and _field(lead, settings.slot, "value") == settings.value


def _field(lead: Mapping[str, Any], slot: str, part: str) -> str:
    held = lead.get("fields", {}).get(slot)
    return str(held[part]) if held else ""
