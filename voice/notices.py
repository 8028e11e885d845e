"""A packet as it is sent to a screen: a webhook's JSON, an e-mail, a line in a chat.

Whatever stands in a packet is data: it cannot add a header to an e-mail, nor a link or a mention to a chat.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP

from sop.handoff import Packet, as_json

_LONGEST_SUBJECT = 120
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def as_webhook(given: Packet, link: str) -> bytes:
    """{"event": "handoff", "link", "packet": as `sop.handoff.as_json`}, UTF-8."""
    body = {"event": "handoff", "link": link, "packet": json.loads(as_json(given))}
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The header X-Switchboard-Signature: "v1=" and HMAC-SHA256 of "timestamp.body", in hex."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def as_mail(given: Packet, link: str, sender: str, to: Sequence[str]) -> EmailMessage:
    """Plain text. The transcript stays behind the link.

    Raises:
        ValueError: an address has a line break in it.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Subject"] = _line(given.headline)[:_LONGEST_SUBJECT]
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join((*_lines(given), "", f"The whole call: {link}", "")))
    return message


def as_chat(given: Packet, link: str) -> dict[str, str]:
    """{"text"}, in the mark-up of Slack's incoming webhooks: &, < and > are escaped, so that no link, channel or
    person can be named by what a caller says."""
    headline, *rest = (line.translate(_ESCAPED) for line in _lines(given))
    return {"text": "\n".join((f"*{headline}*", *rest, f"<{link.translate(_ESCAPED)}|The whole call>"))}


def alarm_as_webhook(text: str, link: str) -> bytes:
    """{"event": "alarm", "text", "link"}, UTF-8."""
    return json.dumps({"event": "alarm", "text": text, "link": link}, ensure_ascii=False).encode("utf-8", "replace")


def alarm_as_mail(text: str, link: str, sender: str, to: Sequence[str]) -> EmailMessage:
    """Plain text. Raises ValueError: an address has a line break in it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Subject"] = _line(text)[:_LONGEST_SUBJECT]
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{_line(text)}\n\nThe call: {link}\n")
    return message


def alarm_as_chat(text: str, link: str) -> dict[str, str]:
    """{"text"}, as `as_chat`."""
    return {"text": f"*{_line(text).translate(_ESCAPED)}*\n<{link.translate(_ESCAPED)}|The call>"}


def _lines(given: Packet) -> list[str]:
    """What a person needs at a glance, a line for each."""
    who = " · ".join(filter(None, (given.name, given.number))) or "withheld number"
    mood = "" if given.mood == "calm" else f"The caller is {given.mood}."
    known = [f"{one.label}: {one.spoken}{'' if one.confirmed else ' (not confirmed)'}" for one in given.details]
    missing = f"Not known yet: {', '.join(given.missing)}" if given.missing else ""
    urgent = "URGENT: " if given.urgent else ""
    return [_line(line) for line in (urgent + given.headline, who, mood, *known, *given.done, missing) if line]


def _line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
