"""The kinds of values that stand in `switchboard.yaml`: numbers, days, addresses, names of variables.

A value that won't do raises a PydanticCustomError that says what is wrong and, as `remedy`, how to mend it; neither
quotes the value, which may be a secret in the wrong place.
"""

import ipaddress
import re
from datetime import date
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from sop.hours import is_country, parse_stretch

VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")
_DATABASE = re.compile(r"sqlite(\+aiosqlite)?:///\S+|postgres(ql)?(\+asyncpg)?://\S+")
_CONDITION = re.compile(r"\s*([a-z_]\w*)\s*==\s*([\w-]+)\s*")


def wrong(message: str, remedy: str) -> PydanticCustomError:
    """A mistake in a value and how to mend it."""
    return PydanticCustomError("wrong", "{message}", {"message": message, "remedy": remedy})


def is_loopback(host: str) -> bool:
    """Whether a host's name or address means this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def minutes(clock: str) -> int:
    """ "17:30" in minutes of the day. Raises ValueError for anything else.

    >>> minutes("17:30")
    1050
    """
    found = _CLOCK.fullmatch(clock)
    if found is None or (minute := int(found[1]) * 60 + int(found[2])) > 24 * 60:
        raise ValueError("no time of day")
    return minute


def condition(text: str) -> tuple[str, str]:
    """ "gas_smell == yes" as slot and value. Raises ValueError for anything else.

    >>> condition("gas_smell == yes")
    ('gas_smell', 'yes')
    """
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError("no condition")
    return found[1], found[2]


def _phone(text: str) -> str:
    mistake = wrong(
        "this is no telephone number in E.164 form", 'write it like "+14155550123", with + and country code'
    )
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise mistake from None
    if text != phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164):
        raise mistake
    if not phonenumbers.is_valid_number(parsed):
        raise wrong("there can be no such telephone number", "look for a digit that is wrong, missing or too many")
    return text


def _callers(text: str) -> str:
    if not text.endswith("*"):
        return _phone(text)
    if not re.fullmatch(r"\+[1-9][0-9]{0,13}\*", text):
        raise wrong("this is no beginning of telephone numbers", 'write it like "+1900*"')
    return text


def _variable(text: str) -> str:
    if not VARIABLE.fullmatch(text):
        raise wrong(
            "this is no name of an environment variable",
            "write the variable's name, such as TWILIO_AUTH_TOKEN, never the secret itself",
        )
    return text


def _account(text: str) -> str:
    if not re.fullmatch(r"AC[0-9a-fA-F]{32}", text):
        raise wrong("this is no account SID", "copy it from the account's console: AC and 32 hexadecimal digits")
    return text


def _split(text: str, remedy: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - a port that is none is only found out by asking for it
    except ValueError:
        raise wrong("this is no address", remedy) from None
    if not parts.hostname or parts.scheme not in ("http", "https") or re.search(r"\s", text):
        raise wrong("this is no address", remedy)
    return parts


def _web(text: str) -> str:
    remedy = "write it with https://, or with http:// for this machine"
    parts = _split(text, remedy)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise wrong("what is sent there could be read on its way", remedy)
    return text


def _any_web(text: str) -> str:
    _split(text, "write an address with https:// or http://")
    return text


def _public(text: str) -> str:
    remedy = "write scheme and host alone, such as https://agent.example.com"
    parts = _split(text, remedy)
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise wrong("there is more here than scheme and host", remedy)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise wrong(
            "calls can't come over http://", "write https:// (a reverse proxy ends TLS); http:// is for this machine"
        )
    return text.rstrip("/")


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise wrong("there is no such time zone", "write for example America/New_York") from None
    return text


def _country(text: str) -> str:
    if text and not is_country(text):
        raise wrong("no holidays are known for this country", "use a country's ISO code, such as US")
    return text


def _day(text: str) -> str:
    try:
        good = date.fromisoformat(text).isoformat() == text
    except ValueError:
        good = False
    if not good:
        raise wrong("this is no date", "write for example 2026-12-24")
    return text


def _clock(text: str) -> str:
    try:
        minutes(text)
    except ValueError:
        raise wrong("this is no time of day", 'write hours and minutes, such as "17:30"') from None
    return text


def _stretch(text: str) -> str:
    if parse_stretch(text) is None:
        raise wrong("this is no stretch of a day", 'write for example "08:00-17:30"')
    return text


def _conditional(text: str) -> str:
    try:
        condition(text)
    except ValueError:
        raise wrong("this is no condition", "write a slot and the value it must have: `gas_smell == yes`") from None
    return text


def _database(text: str) -> str:
    if not _DATABASE.fullmatch(text) or ":memory:" in text:
        raise wrong("this is no database that keeps anything", "write sqlite:///FILE or postgresql://user@host/name")
    return text


def _mailbox(text: str) -> str:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        raise wrong("this is no e-mail address", "write for example office@example.com") from None
    return text


def _whole_percent(value: Any) -> Any:
    return value.removesuffix("%").rstrip() if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Phone = Annotated[str, AfterValidator(_phone), Field(examples=["+14155550123"])]
Callers = Annotated[str, AfterValidator(_callers), Field(examples=["+14155550123", "+1900*"])]
Variable = Annotated[str, AfterValidator(_variable), Field(examples=["TWILIO_AUTH_TOKEN"])]
Account = Annotated[str, AfterValidator(_account)]
Web = Annotated[str, AfterValidator(_web)]
AnyWeb = Annotated[str, AfterValidator(_any_web)]
Public = Annotated[str, AfterValidator(_public)]
Zone = Annotated[str, AfterValidator(_zone), Field(examples=["America/New_York"])]
Country = Annotated[str, AfterValidator(_country)]
Day = Annotated[str, AfterValidator(_day), Field(examples=["2026-12-24"])]
Clock = Annotated[str, AfterValidator(_clock), Field(examples=["17:30"])]
Conditional = Annotated[str, AfterValidator(_conditional), Field(examples=["gas_smell == yes"])]
Database = Annotated[str, AfterValidator(_database)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Stretches = Annotated[
    tuple[Annotated[str, AfterValidator(_stretch)], ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Share = Annotated[
    int,
    BeforeValidator(_whole_percent),
    Field(ge=0, le=100),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": 100},
                {"type": "string", "pattern": "^[0-9]{1,3} ?%$"},
            ]
        }
    ),
]
