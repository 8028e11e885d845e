"""Where leads go: a webhook, a mailbox, a telephone, a file, a Slack channel.

A target delivers one envelope, or says why not and whether trying again makes sense. Each envelope has an idempotency
key, the same at every try: a target that gets one twice can tell. No error's message holds a value, an address, a URL
or a secret.
"""

import asyncio
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Any, Literal

import aiohttp
import aiosmtplib

from voice import lead_text
from voice.envelope import DeliveryFailed, Envelope
from voice.errors import CarrierError
from voice.notices import signature

_TRY_AGAIN = frozenset({408, 429})
"""Answers of the 4xx kind after which the same request may be taken."""
_SMS_PERMANENT = frozenset({"21610", "30034"})
"""The recipient opted out; the sender is not registered."""


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """`secret` signs each request; `limit_s` seconds are left to it."""

    url: str
    secret: str = field(repr=False)
    limit_s: float = 10.0


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """`url`: an incoming webhook's, which is a secret by itself."""

    url: str = field(repr=False)
    heading: str = "New lead"
    limit_s: float = 10.0


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The server that takes the mail, and who gets it."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    username: str = ""
    password: str = field(default="", repr=False)
    security: Literal["starttls", "tls", "none"] = "starttls"
    heading: str = "New lead"
    limit_s: float = 10.0


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """`to`: E.164."""

    to: str
    heading: str = "New lead"


@dataclass(frozen=True, slots=True)
class FileSettings:
    """A file of JSON lines, readable by its owner alone."""

    path: Path


class _Poster:
    """POST requests of JSON. Redirects are not followed, and there are no cookies."""

    def __init__(self, what: str, limit_s: float) -> None:
        self._what = what
        self._limit_s = limit_s
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Raises DeliveryFailed for anything but a 2xx within the limit."""
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        sent = {"Content-Type": "application/json", "User-Agent": "Switchboard", **headers}
        try:
            async with (
                asyncio.timeout(self._limit_s),
                self._session.post(url, data=body, headers=sent, allow_redirects=False) as response,
            ):
                status = response.status
        except TimeoutError:
            raise DeliveryFailed(f"{self._what} did not answer within {self._limit_s:g} s", permanent=False) from None
        except aiohttp.InvalidURL:
            raise DeliveryFailed(f"{self._what} has a URL that is none", permanent=True) from None
        except aiohttp.ClientError as error:
            raise DeliveryFailed(f"{self._what} can't be reached: {type(error).__name__}", permanent=False) from None
        if not 200 <= status < 300:
            raise DeliveryFailed(f"{self._what} answered {status}", permanent=status < 500 and status not in _TRY_AGAIN)

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()


class WebhookTarget:
    """POSTs {"id": …, "lead": payload}.

    X-Switchboard-Timestamp    Unix seconds
    X-Switchboard-Signature    "v1=" and the hexadecimal HMAC-SHA256, by the secret, of timestamp, a dot, and the body
    Idempotency-Key            call:version:target
    """

    def __init__(self, settings: WebhookSettings, *, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock
        self._poster = _Poster("the webhook", settings.limit_s)

    async def deliver(self, envelope: Envelope) -> None:
        """One request."""
        body = _json({"id": envelope.id, "lead": envelope.payload})
        timestamp = str(int(self._clock()))
        headers = {
            "X-Switchboard-Timestamp": timestamp,
            "X-Switchboard-Signature": signature(self._settings.secret, timestamp, body),
            "Idempotency-Key": envelope.key,
        }
        await self._poster.post(self._settings.url, body, headers)

    async def close(self) -> None:
        """Closes the connections."""
        await self._poster.close()


class SlackTarget:
    """POSTs {"text": …} to an incoming webhook."""

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings
        self._poster = _Poster("Slack", settings.limit_s)

    async def deliver(self, envelope: Envelope) -> None:
        """One message."""
        body = _json({"text": lead_text.slack_text(envelope.payload, self._settings.heading)})
        await self._poster.post(self._settings.url, body, {})

    async def close(self) -> None:
        """Closes the connections."""
        await self._poster.close()


class MailTarget:
    """One plain text mail to all recipients; a connection each."""

    def __init__(self, settings: MailSettings, *, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock

    async def deliver(self, envelope: Envelope) -> None:
        """Sends it. Once one recipient was taken it is delivered, for trying again would send it to them twice."""
        settings = self._settings
        try:
            await aiosmtplib.send(
                self.message(envelope),
                sender=settings.sender,
                recipients=settings.recipients,
                hostname=settings.host,
                port=settings.port,
                username=settings.username or None,
                password=settings.password or None,
                use_tls=settings.security == "tls",
                start_tls=settings.security == "starttls",
                timeout=settings.limit_s,
            )
        except aiosmtplib.SMTPAuthenticationError:
            # Mended in the settings or at the provider; the lead needn't suffer from it.
            raise DeliveryFailed("the mail server refuses the login", permanent=False) from None
        except aiosmtplib.SMTPRecipientsRefused as error:
            permanent = all(500 <= refused.code < 600 for refused in error.recipients)
            raise DeliveryFailed("the mail server refuses every recipient", permanent) from None
        except aiosmtplib.SMTPResponseException as error:
            raise DeliveryFailed(f"the mail server answered {error.code}", 500 <= error.code < 600) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryFailed(f"the mail server can't be reached: {type(error).__name__}", permanent=False) from None

    def message(self, envelope: Envelope) -> EmailMessage:
        """The mail."""
        sender = lead_text.one_line(self._settings.sender)
        domain = sender.rpartition("@")[2].strip("<> ") or "localhost"
        message = EmailMessage()
        message["Subject"] = lead_text.subject(envelope.payload, self._settings.heading)
        message["From"] = sender
        message["To"] = ", ".join(map(lead_text.one_line, self._settings.recipients))
        message["Date"] = formatdate(self._clock())
        message["Message-ID"] = f"<{hashlib.sha256(envelope.key.encode()).hexdigest()[:32]}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(lead_text.mail_body(envelope.payload))
        return message

    async def close(self) -> None:
        """Nothing is open."""


class SmsTarget:
    """One short message, of complete leads only."""

    def __init__(self, settings: SmsSettings, send: Callable[[str, str], Awaitable[object]]) -> None:
        """`send(to, body)` raises CarrierError; one that has a `code` is the service's."""
        self._settings = settings
        self._send = send

    async def deliver(self, envelope: Envelope) -> None:
        """Sends it."""
        if envelope.payload["status"] != "complete":
            raise DeliveryFailed("a lead that isn't complete goes to no telephone", permanent=True)
        try:
            await self._send(self._settings.to, lead_text.sms_text(envelope.payload, self._settings.heading))
        except CarrierError as error:
            code = str(getattr(error, "code", None) or "unknown")
            raise DeliveryFailed(f"the message was refused: {code}", permanent=code in _SMS_PERMANENT) from None

    async def close(self) -> None:
        """The sender is not ours."""


class FileTarget:
    """Appends {"id": …, "call": …, "version": …, "target": …, "lead": payload} as one synced line.

    An envelope that is in the file stays the only one of its id, whoever else writes to the file."""

    def __init__(self, settings: FileSettings) -> None:
        self._path = settings.path

    async def deliver(self, envelope: Envelope) -> None:
        """Appends it."""
        try:
            await asyncio.to_thread(self._append, envelope)
        except OSError as error:
            raise DeliveryFailed(f"the file can't be written: {error.strerror}", permanent=False) from None

    async def close(self) -> None:
        """Nothing is open."""

    def _append(self, envelope: Envelope) -> None:
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            written = file.read()
            if any(_id_of(line) == envelope.id for line in written.splitlines()):
                return
            row = {"id": envelope.id, "call": envelope.call, "version": envelope.version, "target": envelope.target}
            # A line that a crash cut off must not swallow this one.
            start = b"\n" if written and not written.endswith(b"\n") else b""
            file.write(start + _json(row | {"lead": envelope.payload}) + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _id_of(line: bytes) -> str | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row.get("id") if isinstance(row, dict) else None


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
