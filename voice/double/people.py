"""People on other numbers: whom our server rings, and what they do about it."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from voice.audio import FRAME, LINE_RATE, padded
from voice.caller import Said
from voice.double.leg import Leg
from voice.double.parties import QUIET
from voice.double.tones import tone

Answers = Literal["accept", "decline", "no_answer", "busy", "failed", "voicemail", "silent", "hangs_up", "wrong_key"]
REACTION_S = 0.3
"""From the end of a prompt to the key."""
PATIENCE_S = 0.5
"""How long somebody who hangs up in the brief listens."""
GREETING_S = 6.0
"""Of a voicemail box, which talks over the brief."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's telephone."""

    answers: Answers = "accept"
    """accept presses 1 once the prompt is over, decline 2, wrong_key 5; silent presses nothing; hangs_up does so
    during the prompt; voicemail picks up and talks over it."""
    after_s: float = 0.5
    """From ringing to picking up, or to the busy signal."""
    says: bytes = b""
    """µ-law, said once another party can be heard."""
    stays_s: float | None = None
    """Hangs up so long after that; None: stays until the other end hangs up."""
    hangs_up_when: asyncio.Event | None = None


class PersonOnLine:
    """The party of a leg to a person."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._leg: Leg | None = None
        self._at = 0
        self._connected_at: int | None = None
        self._asked_at: int | None = None
        self._pressed = False
        self._greeting = _greeting() if person.answers == "voicemail" else b""

    def meet(self, leg: Leg) -> None:
        self._leg = leg

    def frame(self, heard: bytes) -> Said:
        leg = self._leg
        assert leg is not None
        if self._connected_at is None and leg.connected:
            self._connected_at = self._at
        key = self._key(leg)
        said = Said(self._sound(), key, hangs_up=self._leaves())
        self._at += FRAME
        return said

    def _sound(self) -> bytes:
        if self._greeting:
            return self._greeting[self._at : self._at + FRAME] or QUIET
        if self._connected_at is None:
            return QUIET
        place = self._at - self._connected_at
        return padded(self._person.says[place : place + FRAME]) or QUIET

    def _key(self, leg: Leg) -> str:
        key = {"accept": "1", "decline": "2", "wrong_key": "5"}.get(self._person.answers, "")
        if not getattr(leg.channel, "waits_for_keys", False):
            self._asked_at, self._pressed = None, False
            return ""
        self._asked_at = self._at if self._asked_at is None else self._asked_at
        if self._pressed or self._at - self._asked_at < REACTION_S * LINE_RATE:
            return ""
        self._pressed = True
        return key

    def _leaves(self) -> bool:
        if self._person.answers == "hangs_up" and self._at >= PATIENCE_S * LINE_RATE:
            return True
        if self._person.hangs_up_when is not None and self._person.hangs_up_when.is_set():
            return True
        stays, since = self._person.stays_s, self._connected_at
        return stays is not None and since is not None and self._at - since >= stays * LINE_RATE


def _greeting() -> bytes:
    """Something like speech, then a beep: tones with pauses, µ-law."""
    words = (tone(310, 0.3) + tone(0, 0.1)) * int(GREETING_S / 0.4)
    return words + tone(1400, 0.3)
