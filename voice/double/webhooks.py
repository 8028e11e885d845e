"""Requests from the service to our server: documents, files and status callbacks, signed over the public URL."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from aiohttp import ClientError, ClientSession, ClientTimeout
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from yarl import URL

from voice.double.account import Account

CEILING_S = 15.0
"""How long the service waits for an answer."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FetchFailed(Exception):
    """No usable answer; `code` is of the error dictionary."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request that was sent, and the status of its answer; 0 for none."""

    url: str
    method: str
    parameters: Mapping[str, str]
    status: int = 0


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer with a status below 400."""

    url: str
    status: int
    content_type: str
    body: bytes


def signed_url(url: str) -> str:
    """What the signature is over: no fragment; of an https or wss URL neither port nor user."""
    parts = urlsplit(url)
    host = parts.netloc
    if parts.scheme in {"https", "wss"}:
        host = host.rpartition("@")[2]
        host = host if host.endswith("]") else host.partition(":")[0]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


class Webhooks:
    """`routes` has public base → address of the server behind it; a URL under no base can't be reached."""

    def __init__(self, account: Account, routes: Mapping[str, str]) -> None:
        self._account = account
        self._routes = routes
        self._session = ClientSession()
        self._validator = RequestValidator(account.auth_token)
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: dict[str, asyncio.Task[None]] = {}
        self._held: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {}
        self.sent: list[Webhook] = []

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    def behind(self, url: str) -> str:
        """The server's own address of a public URL. Raises: FetchFailed (11205)."""
        for base, real in self._routes.items():
            if url == base or url.startswith((f"{base}/", f"{base}?")):
                return real + url[len(base) :]
        raise FetchFailed(11205, f"nothing can be reached at {url}")

    def signature(self, url: str, parameters: Mapping[str, str]) -> str:
        return str(self._validator.compute_signature(signed_url(url), dict(parameters)))

    async def fetch(self, url: str, method: str, parameters: Mapping[str, str], *, signed: bool = True) -> Fetched:
        """A document or a file.

        Raises:
            FetchFailed: 11200 for a status of 400 and above or no answer in 15 s, 11205 for no connection.
        """
        url = url.partition("#")[0]
        if method == "GET" and parameters:
            url += ("&" if "?" in url else "?") + urlencode(parameters)
        try:
            ceiling = self._account.clock.real(CEILING_S)
            fetched = await self._request(url, method, parameters, uuid.uuid4().hex, ceiling, signed=signed)
        except TimeoutError:
            raise FetchFailed(11200, f"{url} gave no answer in {CEILING_S:g} s") from None
        except (ClientError, OSError) as error:
            raise FetchFailed(11205, f"{url}: {type(error).__name__}") from None
        if fetched.status >= 400:
            raise FetchFailed(11200, f"{url} answered {fetched.status}")
        return fetched

    async def _request(
        self,
        url: str,
        method: str,
        parameters: Mapping[str, str],
        token: str,
        ceiling_s: float,
        *,
        signed: bool = True,
        hops: int = 3,
    ) -> Fetched:
        headers = {"User-Agent": "TwilioProxy/1.1", "Accept": "*/*", "I-Twilio-Idempotency-Token": token}
        headers |= self._signed(url, parameters if method == "POST" else {}) if signed else {}
        real = URL(self.behind(url), encoded=True)
        headers["Host"] = urlsplit(url).netloc.rpartition("@")[2]
        headers["X-Forwarded-Proto"] = urlsplit(url).scheme
        data = None
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
            data = urlencode(parameters).encode()
        limit = ClientTimeout(total=ceiling_s)
        asking = self._session.request(method, real, data=data, headers=headers, allow_redirects=False, timeout=limit)
        place = len(self.sent)
        self.sent.append(Webhook(url, method, dict(parameters)))
        async with asking as answer:
            body = await answer.read()
            self.sent[place] = replace(self.sent[place], status=answer.status)
            location = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or location is None or not hops:
                return Fetched(url, answer.status, answer.content_type, body)
        self._account.warn(f"{url} answered with a redirect: the parameters are lost")
        return await self._request(urljoin(url, location), "GET", {}, token, ceiling_s, signed=signed, hops=hops - 1)

    def _signed(self, url: str, parameters: Mapping[str, str]) -> dict[str, str]:
        faults = self._account.faults
        if faults.take("webhooks_unsigned"):
            return {}
        wrong = "wrong" if faults.take("webhooks_missigned") else ""
        return {"X-Twilio-Signature": self.signature(url + wrong, parameters)}

    def tell(self, key: str, url: str, method: str, parameters: Mapping[str, str]) -> None:
        """Sends a status callback; those of the same `key` arrive in order unless a fault is due."""
        if not url:
            return
        faults, token = self._account.faults, uuid.uuid4().hex
        times = 2 if faults.take("callbacks_doubled") else 1

        async def deliver() -> None:
            for _ in range(times):
                await self._notify(url.partition("#")[0], method, parameters, token)

        if faults.take("callbacks_late"):
            self._spawn(self._late(faults.late_s, deliver))
        elif faults.take("callbacks_swapped"):
            self._let_go(key)
            self._held[key] = deliver
            self._spawn(self._late(faults.late_s, partial(self._overdue, key, deliver)))
        else:
            self._behind_others(key, deliver)
            self._let_go(key)

    async def settled(self) -> None:
        """Returns when every callback has been sent, those included that wait to be overtaken."""
        for key in tuple(self._held):
            self._let_go(key)
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def _let_go(self, key: str) -> None:
        if key in self._held:
            self._behind_others(key, self._held.pop(key))

    async def _overdue(self, key: str, deliver: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """What nothing has overtaken comes all the same: the next one may be waiting for it."""
        if self._held.get(key) is deliver:
            self._let_go(key)

    def _behind_others(self, key: str, deliver: Callable[[], Coroutine[Any, Any, None]]) -> None:
        before = self._last.get(key)

        async def in_turn() -> None:
            if before is not None:
                await asyncio.wait([before])
            await deliver()

        self._last[key] = self._spawn(in_turn())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _late(self, seconds: float, deliver: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await self._account.clock.sleep(seconds)
        await deliver()

    async def _notify(self, url: str, method: str, parameters: Mapping[str, str], token: str) -> None:
        """No part of a call waits for it, so its ceiling is of the loop's seconds: a server is no faster because its
        calls are."""
        if method == "GET":
            url += ("&" if "?" in url else "?") + urlencode(parameters)
        try:
            fetched = await self._request(url, method, parameters, token, CEILING_S)
        except (ClientError, OSError, TimeoutError, FetchFailed) as error:
            self._account.warn(f"11200: callback {url}: {type(error).__name__}")
            return
        if fetched.status >= 400:
            self._account.warn(f"11200: callback {url} answered {fetched.status}")
