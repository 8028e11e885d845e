"""The procedure's tools over HTTP: one request a try, JSON in and JSON out, nothing believed that is not of that form.

GET and DELETE carry their arguments in the query, the others as a JSON object; {argument} in the URL is filled in,
percent-encoded, and then not sent again. `Idempotency-Key` is the same for every try of one call of a tool, after the
IETF draft of that header. What the answer's fields mean is for `sop.facts` to judge.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote

import aiohttp

from sop.graph import ToolSpec
from voice.errors import ToolError

LARGEST = 64 * 1024
"""Bytes of an answer that are read."""
_PLACE = re.compile(r"\{(\w+)\}")
_IN_QUERY = frozenset({"GET", "DELETE"})


class Tools(Protocol):
    """Whatever runs a procedure's tools."""

    async def call(self, tool: ToolSpec, arguments: Mapping[str, str], key: str) -> Mapping[str, str]:
        """The fields of the tool's answer, as text.

        Raises:
            ToolError: it could not be reached, refused, was too slow, or answered with something else.
        """
        ...

    async def close(self) -> None:
        """No more calls will come."""
        ...


class ExampleTools:
    """Answers with the examples that stand in the flow: for demonstrations and tests."""

    async def call(self, tool: ToolSpec, arguments: Mapping[str, str], key: str) -> Mapping[str, str]:
        """The example."""
        return dict(tool.example)

    async def close(self) -> None:
        """Nothing to close."""


class HttpTools:
    """Calls tools over HTTP. `secrets`: name of an environment variable → its value."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets
        self._session: aiohttp.ClientSession | None = None

    async def call(self, tool: ToolSpec, arguments: Mapping[str, str], key: str) -> Mapping[str, str]:
        """One request. Redirects are not followed: an answer comes from where the flow says, or not at all."""
        url, left = filled(tool.url, arguments)
        headers = {"Accept": "application/json", "Idempotency-Key": key}
        headers |= {header: self._secrets[variable] for header, variable in tool.secrets.items()}
        in_query = tool.method in _IN_QUERY
        try:
            async with (
                asyncio.timeout(tool.timeout_s),
                self._open().request(
                    tool.method,
                    url,
                    params=left if in_query else None,
                    json=None if in_query else left,
                    headers=headers,
                    allow_redirects=False,
                ) as response,
            ):
                if not 200 <= response.status < 300:
                    raise ToolError(f"{tool.name} answered {response.status}")
                return fields_of(tool.name, await _body(response))
        except TimeoutError:
            raise ToolError(f"{tool.name} did not answer within {tool.timeout_s:g} s") from None
        except aiohttp.ClientError as error:
            raise ToolError(f"{tool.name} can't be reached: {type(error).__name__}") from None

    def _open(self) -> aiohttp.ClientSession:
        """The session, made with the first call. No cookies: one caller's are none of the next one's."""
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The body, up to one byte more than is allowed."""
    body = b""
    while len(body) <= LARGEST and (piece := await response.content.read(LARGEST + 1 - len(body))):
        body += piece
    return body


def filled(url: str, arguments: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The URL with its places filled in, and the arguments that it does not name.

    >>> filled("https://x.example/claims/{claim}", {"claim": "4/2", "channel": "phone"})
    ('https://x.example/claims/4%2F2', {'channel': 'phone'})
    """
    named = set(_PLACE.findall(url))
    found = _PLACE.sub(lambda place: quote(arguments.get(place[1], ""), safe=""), url)
    return found, {name: value for name, value in arguments.items() if name not in named}


def fields_of(tool: str, body: bytes) -> dict[str, str]:
    """The fields of a JSON object, as text; nested ones are left out.

    Raises:
        ToolError: it is no JSON object, or too large.
    """
    if len(body) > LARGEST:
        raise ToolError(f"{tool} answered with more than {LARGEST} bytes")
    try:
        value = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        raise ToolError(f"{tool} answered with something that is no JSON") from None
    if not isinstance(value, dict):
        raise ToolError(f"{tool} answered with JSON that is no object")
    return {name: _text(given) for name, given in value.items() if isinstance(given, str | int | float)}


def _text(given: str | float) -> str:
    return ("yes" if given else "no") if isinstance(given, bool) else str(given)


def secrets_needed(tools: Mapping[str, ToolSpec]) -> tuple[str, ...]:
    """The environment variables that a flow's tools name."""
    return tuple(sorted({variable for tool in tools.values() for variable in tool.secrets.values()}))
