"""A lead's payload (`voice.lead_rows`) as text for people: mail, SMS, chat, spreadsheet.

A value is one line of printable characters wherever it goes: it can pose neither as a header nor as another field.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

SMS_CHARACTERS = 300
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes a cell that begins with for a formula (OWASP, "CSV Injection")."""


def one_line(text: str) -> str:
    """Control, format and separator characters become single spaces.

    >>> one_line("Karen\\r\\nBcc: all@example.com")
    'Karen Bcc: all@example.com'
    """
    printable = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return " ".join(printable.split())


def guarded(value: str) -> str:
    """A spreadsheet's cell that is text and no formula.

    >>> guarded("+14155550123"), guarded("Karen")
    ("'+14155550123", 'Karen')
    """
    return f"'{value}" if value.startswith(_FORMULA) else value


def values_of(payload: Mapping[str, Any]) -> dict[str, str]:
    """Slot → value, one line each."""
    return {one_line(slot): one_line(str(field["value"])) for slot, field in payload["fields"].items()}


def subject(payload: Mapping[str, Any], heading: str) -> str:
    """A line that says which lead it is."""
    parts = (heading, payload["flow"], payload["caller"] or "number withheld", payload["status"])
    return one_line(" - ".join(str(part) for part in parts if part))


def mail_body(payload: Mapping[str, Any]) -> str:
    """One line a field, then the call."""
    lines = [f"{slot}: {_with_doubt(payload['fields'], slot, value)}" for slot, value in values_of(payload).items()]
    about = {
        "Lead": f"{payload['status']}, version {payload['version']}",
        "Caller": payload["caller"] or "number withheld",
        "Number called": payload["called"] or "unknown",
        "Call began": payload["times"]["started"],
        "Procedure": f"{payload['flow']}, version {payload['flow_version']}",
        "Call": payload["call"],
    }
    lines += ["", *(f"{name}: {one_line(str(value))}" for name, value in about.items())]
    return "\n".join(lines) + "\n"


def sms_text(payload: Mapping[str, Any], heading: str) -> str:
    """At most `SMS_CHARACTERS`; what is more is cut, and ends in dots."""
    text = f"{one_line(heading)}: " + "; ".join(f"{slot}: {value}" for slot, value in values_of(payload).items())
    return text if len(text) <= SMS_CHARACTERS else text[: SMS_CHARACTERS - 3].rstrip() + "..."


def slack_text(payload: Mapping[str, Any], heading: str) -> str:
    """Slack's mrkdwn; a value in it is text, and mentions nobody."""
    head = f"*{_escaped(subject(payload, heading))}*"
    return "\n".join((head, *(f"{_escaped(slot)}: {_escaped(value)}" for slot, value in values_of(payload).items())))


def _with_doubt(fields: Mapping[str, Any], slot: str, value: str) -> str:
    field = fields.get(slot, {})
    return value if field.get("confirmed", True) else f"{value} (not confirmed)"


def _escaped(text: str) -> str:
    """The three characters that Slack's documentation has escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
