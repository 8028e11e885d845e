"""The packet on its way to the people's screens, before their telephone rings.

All screens at once; the ring waits 1.5 s at most. What has failed or is slow then goes on by itself and is tried again
a few times. Logs and counts say which screen and why, never what was on it.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import aiohttp
import aiosmtplib
import stamina
import structlog

from sop.handoff import Packet
from voice.notices import (
    alarm_as_chat,
    alarm_as_mail,
    alarm_as_webhook,
    as_chat,
    as_mail,
    as_webhook,
    signature,
)

log = structlog.get_logger()

Send = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class WebhookScreen:
    """An address that takes the packet as JSON, signed (`voice.notices`)."""

    url: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MailScreen:
    """A mail server and who gets the packet."""

    host: str
    sender: str
    to: tuple[str, ...]
    port: int = 587
    security: str = "starttls"
    """ "starttls", "tls", or "none" for a server on this machine."""
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ChatScreen:
    """An incoming webhook of Slack, or of what understands the same. Whoever knows the URL can post."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """Which screens there are, and how long is waited for them."""

    webhook: WebhookScreen | None = None
    mail: MailScreen | None = None
    chat: ChatScreen | None = None
    limit_s: float = 1.5
    """How long the ring waits."""
    try_s: float = 10.0
    attempts: int = 4
    wait_s: float = 1.0
    """Before the second try; doubled for each further one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What became of one screen by the time the ring went out. `why`: "" if it is there, "slow" if it is under way,
    else what went wrong with the first try, such as "status 503"; it is tried again where that may help."""

    screen: str
    ok: bool
    why: str
    took_ms: float


@dataclass(frozen=True, slots=True)
class _Notice:
    """What is said, in each screen's own form; put into words when it is sent."""

    webhook: Callable[[], bytes]
    mail: Callable[[MailScreen], EmailMessage]
    chat: Callable[[], dict[str, str]]


class _Failed(Exception):
    def __init__(self, why: str, again: bool = True) -> None:
        super().__init__(why)
        self.why = why
        self.again = again


class Screens:
    """Sends packets. One for a process."""

    def __init__(self, settings: ScreenSettings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self.counts: Counter[tuple[str, str]] = Counter()
        """(screen, outcome) of every packet that is done with: "shown", "late" (after the ring) or "lost"."""

    async def show(self, packet: Packet, link: str) -> tuple[Shown, ...]:
        """Sends it everywhere; raises nothing and is back within the limit. `link`: of the packet's page."""
        return await self._everywhere(
            _Notice(
                lambda: as_webhook(packet, link),
                lambda to: as_mail(packet, link, to.sender, to.to),
                lambda: as_chat(packet, link),
            )
        )

    async def alarm(self, text: str, link: str) -> tuple[Shown, ...]:
        """The same with one line that somebody should look at at once. `link`: of the call's packet."""
        return await self._everywhere(
            _Notice(
                lambda: alarm_as_webhook(text, link),
                lambda to: alarm_as_mail(text, link, to.sender, to.to),
                lambda: alarm_as_chat(text, link),
            )
        )

    async def _everywhere(self, notice: _Notice) -> tuple[Shown, ...]:
        began = time.monotonic()
        loop = asyncio.get_running_loop()
        first: dict[str, asyncio.Future[tuple[str, float]]] = {}
        for name, send in self._sends(notice).items():
            first[name] = loop.create_future()
            task = asyncio.create_task(self._deliver(name, send, first[name], began))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        if first:
            await asyncio.wait(first.values(), timeout=self._settings.limit_s)
        results = tuple(_shown(name, outcome, began) for name, outcome in first.items())
        for outcome in first.values():
            outcome.cancel()
        return results

    async def _deliver(self, name: str, send: Send, first: asyncio.Future[tuple[str, float]], began: float) -> None:
        """Tries until it is there or no longer worth it; the first try's outcome goes to `first`."""
        settings = self._settings
        tries = 0
        try:
            async for attempt in stamina.retry_context(
                on=lambda error: isinstance(error, _Failed) and error.again,
                attempts=settings.attempts,
                timeout=None,
                wait_initial=settings.wait_s,
                wait_max=8 * settings.wait_s,
                wait_jitter=settings.wait_s / 2,
            ):
                with attempt:
                    tries += 1
                    await self._once(send, first, began)
        except _Failed as error:
            self.counts[name, "lost"] += 1
            log.error("packet not shown", screen=name, why=error.why, tries=tries)
            return
        except asyncio.CancelledError:
            self.counts[name, "lost"] += 1
            raise
        late = tries > 1 or first.cancelled()
        self.counts[name, "late" if late else "shown"] += 1
        if late:
            log.warning("packet shown late", screen=name, tries=tries, took_ms=_ms_since(began))

    async def _once(self, send: Send, first: asyncio.Future[tuple[str, float]], began: float) -> None:
        """One try of bounded length, every way in which it can go wrong as one exception."""
        try:
            async with asyncio.timeout(self._settings.try_s):
                await _explained(send)
        except TimeoutError:
            failed = _Failed("no answer")
        except _Failed as error:
            failed = error
        else:
            _tell(first, "", began)
            return
        _tell(first, failed.why, began)
        raise failed

    def _sends(self, notice: _Notice) -> dict[str, Send]:
        """What is to be done for each screen, by its name. Nothing is put into words before it is sent."""
        webhook, mail, chat = self._settings.webhook, self._settings.mail, self._settings.chat
        sends: dict[str, Send] = {}
        if webhook is not None:
            sends["webhook"] = lambda: self._post_signed(webhook, notice.webhook())
        if mail is not None:
            sent = formatdate(), make_msgid(domain=_domain(mail.sender))
            sends["mail"] = lambda: _mail(mail, notice.mail(mail), sent)
        if chat is not None:
            sends["chat"] = lambda: self._post(chat.url, json.dumps(notice.chat()).encode(), {})
        return sends

    async def _post_signed(self, to: WebhookScreen, body: bytes) -> None:
        timestamp = str(int(time.time()))
        signed = signature(to.secret, timestamp, body)
        await self._post(to.url, body, {"X-Switchboard-Timestamp": timestamp, "X-Switchboard-Signature": signed})

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        headers = {"Content-Type": "application/json", **headers}
        async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            if not 200 <= response.status < 300:
                again = response.status >= 500 or response.status in (408, 425, 429)
                raise _Failed(f"status {response.status}", again)

    async def close(self, grace_s: float = 2.0) -> None:
        """What is under way gets so long; the rest is lost."""
        under_way = tuple(self._under_way)
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            if late:
                log.error("packets not shown: the server stops", packets=len(late))
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _mail(to: MailScreen, message: EmailMessage, sent: tuple[str, str]) -> None:
    """One message; every try is the same one by its Message-ID."""
    message["Date"], message["Message-ID"] = sent
    await aiosmtplib.send(
        message,
        hostname=to.host,
        port=to.port,
        username=to.username or None,
        password=to.password or None,
        use_tls=to.security == "tls",
        start_tls=to.security == "starttls",
        local_hostname=_domain(to.sender),  # else the library looks its own name up, and that blocks
    )


async def _explained(send: Send) -> None:
    """What libraries raise, as one short word: their own texts quote addresses."""
    try:
        await send()
    except aiosmtplib.SMTPResponseException as error:
        raise _Failed(f"status {error.code}", again=error.code < 500) from None
    except aiosmtplib.SMTPRecipientsRefused:
        raise _Failed("recipients refused", again=False) from None
    except (aiosmtplib.SMTPConnectError, aiohttp.ClientConnectorError):
        raise _Failed("unreachable") from None
    except (ValueError, TypeError):
        raise _Failed("can't be written", again=False) from None
    except (aiosmtplib.SMTPException, aiohttp.ClientError, OSError) as error:
        raise _Failed(type(error).__name__) from None


def _tell(first: asyncio.Future[tuple[str, float]], why: str, began: float) -> None:
    if not first.done():
        first.set_result((why, _ms_since(began)))


def _shown(name: str, outcome: asyncio.Future[tuple[str, float]], began: float) -> Shown:
    why, took_ms = outcome.result() if outcome.done() else ("slow", _ms_since(began))
    return Shown(name, not why, why, took_ms)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip("> ") or "localhost"


def _ms_since(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 2)
