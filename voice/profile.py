"""What is known of a caller before the greeting: from the operator's CRM, over HTTP, and from our own earlier calls.

    GET https://crm.example.com/caller?number=%2B14155550199      Authorization: Bearer …
    200 {"name": "Ann Smith", "vip": true, "plan": "gold"}        404: nobody of that number

The greeting waits for it, so it gets 700 ms in all. What does not come in that time, or is not of that form, is left
out; after three failures in a row the CRM is left alone for half a minute. Who withholds their number has no profile.
"""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import aiohttp
import structlog

log = structlog.get_logger()

LARGEST = 16 * 1024
"""Bytes of an answer."""
_MOST_FIELDS = 50
_LONGEST_TEXT = 300
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ProfileSettings:
    """Where to ask, and for how long."""

    url: str = ""
    """Without it nobody is asked, and only our own history counts."""
    secret: str = field(default="", repr=False)
    """Sent as a bearer token, if there is one."""
    limit_s: float = 0.7
    failures: int = 3
    rest_s: float = 30.0
    """So many failures in a row, and it is not asked for so long."""


@dataclass(frozen=True, slots=True)
class History:
    """What our own calls know of a number."""

    calls_before: int = 0
    """Without the one that is coming in."""
    last_call: str = ""
    """ISO 8601."""
    last_outcome: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known: `fields` as `sop.state.State.profile`, with calls_before, last_call, last_outcome and name from
    our own calls, and whatever else the CRM says; its name comes before ours.

    `why`: "" when the CRM answered or there is none, else "withheld", "resting", "slow", "unreachable", "status 503",
    "too large" or "nonsense".
    """

    fields: Mapping[str, str]
    why: str = ""
    took_ms: float = 0.0


class _Unknown(Exception):
    """The CRM said nothing. `why` as in `Profile`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Profiles:
    """Asks for profiles. One for a process."""

    def __init__(self, settings: ProfileSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._in_a_row = 0
        self._rests_until = 0.0
        self.counts: Counter[str] = Counter()
        """Answers by `Profile.why`, good ones as "ok"."""

    async def of(self, number: str | None, history: History | None = None) -> Profile:
        """The profile of whoever calls from `number` (E.164; anything else is a withheld one). Raises nothing, and is
        back within the limit."""
        began = self._clock()
        if number is None or not _NUMBER.fullmatch(number):
            return self._counted(Profile({}, "withheld"))
        found: dict[str, str] = {}
        why = ""
        try:
            found = await self._ask(number) if self._settings.url else {}
        except _Unknown as error:
            why = error.why
        took = round((self._clock() - began) * 1000, 2)
        return self._counted(Profile(merged(found, history), why, took))

    def _counted(self, profile: Profile) -> Profile:
        self.counts[profile.why or "ok"] += 1
        if profile.why not in ("", "withheld", "resting"):
            log.warning("no profile from the CRM", why=profile.why, took_ms=profile.took_ms)
        return profile

    async def _ask(self, number: str) -> dict[str, str]:
        """One question, unless the CRM is left alone; of those that come when its rest is over only one goes out."""
        settings = self._settings
        if self._in_a_row >= settings.failures:
            if self._clock() < self._rests_until:
                raise _Unknown("resting")
            self._rests_until = self._clock() + settings.rest_s
        try:
            found = await self._get(number)
        except _Unknown:
            self._in_a_row += 1
            if self._in_a_row >= settings.failures:
                self._rests_until = self._clock() + settings.rest_s
            raise
        self._in_a_row = 0
        return found

    async def _get(self, number: str) -> dict[str, str]:
        secret = self._settings.secret
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {secret}"} if secret else {})
        try:
            async with (
                asyncio.timeout(self._settings.limit_s),
                self._open().get(
                    self._settings.url, params={"number": number}, headers=headers, allow_redirects=False
                ) as response,
            ):
                if response.status in (204, 404):
                    return {}
                if response.status != 200:
                    raise _Unknown(f"status {response.status}")
                body = b""
                while len(body) <= LARGEST and (piece := await response.content.read(LARGEST + 1 - len(body))):
                    body += piece
        except TimeoutError:
            raise _Unknown("slow") from None
        except (aiohttp.ClientError, ValueError):
            raise _Unknown("unreachable") from None
        return _fields(body)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def merged(crm: Mapping[str, str], history: History | None) -> dict[str, str]:
    """Both in one. How often somebody has called, when and with what outcome, our own calls know best.

    >>> merged({"name": "Ann Smith", "vip": "yes"}, History(2, "2026-11-20T09:00:00-08:00", "booked", "ann"))["name"]
    'Ann Smith'
    """
    if history is None:
        return dict(crm)
    own = {
        "calls_before": str(history.calls_before),
        "last_call": history.last_call,
        "last_outcome": history.last_outcome,
    }
    name = _clean(crm.get("name", "") or history.name)
    known = {key: value for key, value in (own | {"name": name}).items() if value}
    return dict(crm) | known


def _fields(body: bytes) -> dict[str, str]:
    """The texts, numbers and truths of a JSON object as text; the rest of it is left out.

    Raises:
        _Unknown: it is no JSON object, or too large.
    """
    if len(body) > LARGEST:
        raise _Unknown("too large")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise _Unknown("nonsense") from None
    if not isinstance(value, dict):
        raise _Unknown("nonsense")
    texts = {key: _text(given) for key, given in value.items() if _KEY.fullmatch(key)}
    return dict([(key, text) for key, text in texts.items() if text][:_MOST_FIELDS])


def _text(given: object) -> str:
    if isinstance(given, bool):
        return "yes" if given else "no"
    return _clean(str(given)) if isinstance(given, str | int | float) else ""


def _clean(text: str) -> str:
    """On one line, printable, of bounded length."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_LONGEST_TEXT]
