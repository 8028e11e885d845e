"""Texts about a call: to whom, and from which number of the business."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.voice.envelopes import envelope
from voice.channels import FromTheNumberRung
from voice.confirmation import LONGEST, ConfirmationSettings, ConfirmationTarget, body
from voice.delivery import SmsSettings
from voice.envelope import DeliveryFailed
from voice.errors import CarrierError

RUNG, CALLER = "+14155550133", "+14155550123"
YES = {"value": "yes", "spoken": "yes", "confidence": 0.9, "confirmed": True}
WHEN = {"value": "2026-11-24T13:00", "spoken": "Tuesday afternoon", "confidence": 0.9, "confirmed": True}
LEAD = {"status": "complete", "caller": CALLER, "called": RUNG, "fields": {"text_ok": YES, "when": WHEN}}
SETTINGS = ConfirmationSettings("We come {when}.", slot="text_ok")


def sent(lead: dict[str, Any], *, welcome: bool = True) -> list[tuple[str, str, str]]:
    """(to, body, sender) of what goes out."""
    found: list[tuple[str, str, str]] = []

    async def send(to: str, text: str, sender: str) -> None:
        found.append((to, text, sender))

    async def is_welcome(number: str) -> bool:
        assert number == CALLER
        return welcome

    target = ConfirmationTarget(SETTINGS, send, is_welcome)
    asyncio.run(target.deliver(replace(envelope(), payload=lead)))
    return found


def test_a_confirmation_comes_from_the_number_that_was_rung() -> None:
    assert sent(LEAD) == [(CALLER, "We come Tuesday afternoon.", RUNG)]


@pytest.mark.parametrize("called", [None, "", "sip:desk@example.com"])
def test_where_no_number_was_rung_the_carrier_chooses_the_sender(called: str | None) -> None:
    assert sent({**LEAD, "called": called}) == [(CALLER, "We come Tuesday afternoon.", "")]


def test_point_36_no_text_without_a_yes_and_none_after_stop() -> None:
    said_no = {**LEAD["fields"], "text_ok": {**YES, "value": "no"}}  # type: ignore[dict-item]
    assert sent({**LEAD, "fields": said_no}) == []
    assert sent(LEAD, welcome=False) == []
    assert sent({**LEAD, "caller": None}) == []


def test_an_incomplete_lead_is_never_confirmed() -> None:
    with pytest.raises(DeliveryFailed) as caught:
        sent({**LEAD, "status": "partial"})
    assert caught.value.permanent


def test_a_long_text_is_cut() -> None:
    written = body(replace(SETTINGS, text="x" * 400), LEAD)
    assert (len(written), written[-1]) == (LONGEST, "…")


def test_a_person_of_the_business_sees_by_the_sender_which_number_was_rung() -> None:
    found: list[tuple[str, str]] = []

    async def send(to: str, _text: str, sender: str) -> None:
        found.append((to, sender))

    given = envelope()
    target = FromTheNumberRung(SmsSettings("+14155550111"), send)
    asyncio.run(target.deliver(replace(given, payload={**given.payload, "called": RUNG})))
    assert found == [("+14155550111", RUNG)]


def test_a_refusal_of_such_a_text_is_the_delivery_s() -> None:
    async def send(_to: str, _text: str, _sender: str) -> None:
        raise CarrierError("refused")

    with pytest.raises(DeliveryFailed):
        asyncio.run(FromTheNumberRung(SmsSettings("+14155550111"), send).deliver(envelope()))
