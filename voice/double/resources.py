"""The REST API's JSON forms of what an account holds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from voice.double.account import Account, Message, Number
from voice.double.clock import rfc2822
from voice.double.conference import Conference, Participant
from voice.double.leg import Leg
from voice.double.recording import Recording

VERSION = "2010-04-01"


def base(account: Account) -> str:
    """Path of everything of the account."""
    return f"/{VERSION}/Accounts/{account.sid}"


def date(at: datetime | None) -> str | None:
    return None if at is None else rfc2822(at)


def call(account: Account, leg: Leg) -> dict[str, Any]:
    over = leg.over
    return {
        "sid": leg.sid,
        "account_sid": account.sid,
        "parent_call_sid": leg.parent or None,
        "to": leg.to,
        "to_formatted": leg.to,
        "from": leg.from_,
        "from_formatted": leg.from_,
        "phone_number_sid": None,
        "status": leg.status,
        "start_time": date(leg.began),
        "end_time": date(leg.finished),
        "duration": str(leg.duration_s) if over and leg.began else None,
        "price": None,
        "price_unit": "USD",
        "direction": leg.direction,
        "answered_by": leg.answered_by or None,
        "api_version": VERSION,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "date_created": date(leg.created),
        "date_updated": date(leg.finished or leg.created),
        "uri": f"{base(account)}/Calls/{leg.sid}.json",
        "subresource_uris": {"recordings": f"{base(account)}/Calls/{leg.sid}/Recordings.json"},
    }


def recording(account: Account, of: Recording, *, below_call: bool = False) -> dict[str, Any]:
    place = f"{base(account)}/Calls/{of.call}" if below_call else base(account)
    form = {
        "sid": of.sid,
        "account_sid": account.sid,
        "call_sid": of.call,
        "conference_sid": None,
        "status": of.status,
        "channels": of.channels,
        "source": of.source,
        "track": of.track,
        "duration": str(of.duration_s) if of.over else None,
        "start_time": date(of.started),
        "date_created": date(of.started),
        "date_updated": date(of.started),
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "encryption_details": None,
        "api_version": VERSION,
        "uri": f"{place}/Recordings/{of.sid}.json",
    }
    return form if below_call else form | {"media_url": recording_url(account, of)}


def recording_url(account: Account, of: Recording) -> str:
    """Where its WAV is, with `.wav` behind it."""
    return f"{account.rest_url}{base(account)}/Recordings/{of.sid}"


def conference(account: Account, of: Conference) -> dict[str, Any]:
    return {
        "sid": of.sid,
        "account_sid": account.sid,
        "friendly_name": of.name,
        "status": of.status,
        "region": "us1",
        "reason_conference_ended": of.ended_why or None,
        "call_sid_ending_conference": of.ended_by or None,
        "api_version": VERSION,
        "date_created": date(of.created),
        "date_updated": date(of.created),
        "uri": f"{base(account)}/Conferences/{of.sid}.json",
        "subresource_uris": {"participants": f"{base(account)}/Conferences/{of.sid}/Participants.json"},
    }


def participant(account: Account, room: Conference, leg: Leg, of: Participant | None) -> dict[str, Any]:
    """`of` is None while the leg is still being rung."""
    seat = of or Participant(leg)
    return {
        "account_sid": account.sid,
        "call_sid": leg.sid,
        "conference_sid": room.sid,
        "label": seat.label or None,
        "call_sid_to_coach": None,
        "coaching": False,
        "muted": seat.muted,
        "hold": seat.hold,
        "start_conference_on_enter": seat.starts,
        "end_conference_on_exit": seat.ends,
        "status": "queued" if of is None else "connected",
        "queue_time": None,
        "date_created": date(seat.joined),
        "date_updated": date(seat.joined),
        "uri": f"{base(account)}/Conferences/{room.sid}/Participants/{leg.sid}.json",
    }


def message(account: Account, of: Message) -> dict[str, Any]:
    return {
        "sid": of.sid,
        "account_sid": account.sid,
        "body": of.body,
        "from": of.from_,
        "to": of.to,
        "status": "queued",
        "direction": "outbound-api",
        "num_segments": str(max(1, -(-len(of.body) // 153) if len(of.body) > 160 else 1)),
        "num_media": "0",
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "messaging_service_sid": None,
        "api_version": VERSION,
        "date_created": rfc2822(),
        "date_updated": rfc2822(),
        "date_sent": None,
        "uri": f"{base(account)}/Messages/{of.sid}.json",
        "subresource_uris": {},
    }


def number(account: Account, of: Number) -> dict[str, Any]:
    return {
        "sid": of.sid,
        "account_sid": account.sid,
        "phone_number": of.number,
        "friendly_name": of.friendly_name or of.number,
        "voice_url": of.voice_url,
        "voice_method": of.voice_method,
        "voice_fallback_url": of.voice_fallback_url,
        "voice_fallback_method": of.voice_fallback_method,
        "status_callback": of.status_callback,
        "status_callback_method": of.status_callback_method,
        "voice_application_sid": "",
        "voice_caller_id_lookup": False,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "api_version": VERSION,
        "beta": False,
        "date_created": rfc2822(),
        "date_updated": rfc2822(),
        "uri": f"{base(account)}/IncomingPhoneNumbers/{of.sid}.json",
    }


def page(key: str, forms: Sequence[dict[str, Any]], uri: str) -> dict[str, Any]:
    """A list, all on one page."""
    return {
        key: list(forms),
        "page": 0,
        "page_size": max(50, len(forms)),
        "start": 0,
        "end": max(0, len(forms) - 1),
        "uri": uri,
        "first_page_uri": uri,
        "next_page_uri": None,
        "previous_page_uri": None,
    }
