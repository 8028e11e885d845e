"""The carrier's REST interface: Twilio's own client, with the wire under it ours.

Ours are the address (so that a double can stand in, or a region's host), the time a request may take, what is tried
again, and what an error says: never a secret, a number or the text of a message, only what was attempted, the HTTP
status and the carrier's code. A request that makes something, such as a call, is tried again only if nothing of it was
sent; the others change nothing by being said twice.
"""

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit, urlunsplit

import aiohttp
import stamina
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from yarl import URL

from voice.errors import CarrierError, OperatorError

GONE = frozenset({20404, 21220})
"""Twilio's codes for a call that is over: no such resource; the call is not in progress."""
_PLAIN_ALLOWED = frozenset({"127.0.0.1", "localhost", "::1"})
_LARGEST = 1 << 20
_ACCOUNT = re.compile(r"[A-Za-z0-9]{2,64}", re.ASCII)
_AGAIN = frozenset({"unreachable", "no answer", "busy", "broken"})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RestSettings:
    """Where the interface is, and who asks.

    Raises:
        OperatorError: the base is no URL, or would carry the secret over an open network; or the account is none.
    """

    account: str
    secret: str = field(repr=False)
    """The account's auth token, or the secret of `key`."""
    key: str = ""
    """An API key's SID; empty to use the account's own token."""
    base: str = "https://api.twilio.com"
    """With an edge and a region: https://api.dublin.ie1.twilio.com."""
    timeout_s: float = 10.0
    """For one try, and after so long no further try begins."""
    attempts: int = 3
    wait_s: float = 0.2
    """Before the second try; doubled for the third, with jitter."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise OperatorError("the base of the carrier's REST interface is no http(s) URL")
        if parts.scheme == "http" and parts.hostname not in _PLAIN_ALLOWED:
            raise OperatorError("the carrier's REST interface is plain http: that is for this machine only")
        if not _ACCOUNT.fullmatch(self.account) or not self.secret:
            raise OperatorError("the carrier's account or its secret is missing")


class RestError(CarrierError):
    """A request that was refused or came to nothing.

    `kind`: "gone" (the call is over), "not allowed" (we don't do that), "not authorised", "refused", "busy" (429),
    "broken" (5xx), "unreachable" (nothing was sent), "no answer" (it may have been done), "nonsense".
    """

    def __init__(self, what: str, kind: str, *, status: int = 0, code: int = 0) -> None:
        at = f", status {status}" if status else ""
        see = f", code {code}: https://www.twilio.com/docs/errors/{code}" if code > 999 else ""
        super().__init__(f"{what}: {kind}{at}{see}")
        self.kind = kind
        self.status = status
        self.code = code

    @property
    def gone(self) -> bool:
        """The call it was about is over."""
        return self.kind == "gone"


class Rest:
    """Asks the carrier. One for a process; its connections are made with the first question."""

    def __init__(self, settings: RestSettings) -> None:
        self._settings = settings
        self._wire = _Wire(settings)
        who = settings.key or settings.account
        self._client = Client(who, settings.secret, settings.account, http_client=self._wire)

    async def ask(self, what: str, request: Callable[[Any], Awaitable[T]], *, repeat: bool = True) -> T:
        """What `request` makes of Twilio's client. `what` begins an error's message; `repeat`: asking twice does no
        more than asking once.

        Raises:
            RestError: it was refused, or could not be asked.
        """
        settings = self._settings

        def again(error: Exception) -> bool:
            return isinstance(error, RestError) and (error.kind in _AGAIN if repeat else error.kind == "unreachable")

        async for attempt in stamina.retry_context(
            on=again,
            attempts=settings.attempts,
            timeout=settings.timeout_s,
            wait_initial=settings.wait_s,
            wait_jitter=settings.wait_s,
        ):
            with attempt:
                return await self._once(what, request)
        raise AssertionError("a retry ends with an answer or an error")

    async def _once(self, what: str, request: Callable[[Any], Awaitable[T]]) -> T:
        try:
            return await request(self._client)
        except _Unsaid as error:
            raise RestError(what, error.kind) from None
        except TwilioException as error:
            raise _refused(what, error) from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise RestError(what, "nonsense") from None

    async def close(self) -> None:
        """Closes the connections."""
        await self._wire.close()


def _refused(what: str, error: Any) -> RestError:
    """Twilio's error as ours. Its text stays behind: it quotes numbers and messages."""
    # of a list that can't be had, the package tells the answer and not its status
    given_status = next((one.status_code for one in error.args if isinstance(one, Response)), 0)
    status = error.status if isinstance(getattr(error, "status", None), int) else given_status
    given = str(getattr(error, "code", "") or "")
    code = int(given) if given.isascii() and given.isdigit() else 0
    if code in GONE or status == 404:
        kind = "gone"
    elif status == 429:
        kind = "busy"
    elif status >= 500:
        kind = "broken"
    else:
        kind = "not authorised" if status in (401, 403) else "refused"
    return RestError(what, kind, status=status, code=code)


class _Unsaid(Exception):
    """No answer came. `kind` as in `RestError`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class _Wire:
    """What Twilio's client sends its requests through: it asks for `is_async` and `request`, and nothing else."""

    is_async = True

    def __init__(self, settings: RestSettings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is Twilio's
        allow_redirects: bool = False,
    ) -> Response:
        """One request; its answer whatever its status. Redirects are not followed: the secret goes nowhere else."""
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        limit = timeout or self._settings.timeout_s
        try:
            async with (
                asyncio.timeout(limit),
                self._open().request(
                    method,
                    self._moved(uri, params or {}),
                    data=urlencode(data, doseq=True).encode() if data else None,
                    headers=sent,
                    allow_redirects=False,
                ) as response,
            ):
                body = await response.content.read(_LARGEST)
                while piece := await response.content.read(_LARGEST - len(body)):
                    body += piece
                return Response(response.status, body.decode("utf-8", "replace"), dict(response.headers))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise _Unsaid("unreachable") from None
        except (aiohttp.ClientError, TimeoutError):
            raise _Unsaid("no answer") from None

    def _moved(self, uri: str, params: Mapping[str, Any]) -> URL:
        """The URL at our base instead of Twilio's host. A page of a list comes with its query in the URL."""
        base, asked = urlsplit(self._settings.base), urlsplit(uri)
        query = "&".join(filter(None, (asked.query, urlencode(params, doseq=True))))
        moved = urlunsplit((base.scheme, base.netloc, base.path.rstrip("/") + asked.path, query, ""))
        return URL(moved, encoded=True)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            limits = aiohttp.ClientTimeout(total=None, sock_connect=self._settings.timeout_s / 2)
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=limits)
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
