"""A reader that asks a language model about the open step, over the OpenAI chat-completions protocol.

What comes back is checked by `sop.dynamic_prompt`. Whatever goes wrong, the rules' reading is returned, and why.
Nothing that the caller said is logged, and it goes nowhere but to the configured endpoint: redirects are not followed.
"""

import asyncio
import re
import time
from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

import aiohttp
from pydantic import BaseModel
from pydantic_core import from_json

from sop.dynamic_prompt import Checked, asks, checked, decided, messages, schema
from sop.graph import Graph
from sop.reader import RuleReader
from sop.reading import Expectation, Hypothesis, Reading
from sop.words import split_words

_LARGEST = 64 * 1024
"""Bytes of an answer that are read."""
_FENCED = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """Which model reads, and how long it may take. Raises ValueError for what cannot work."""

    base_url: str
    """With the version, without the resource: "http://127.0.0.1:8000/v1"."""
    model: str
    api_key_env: str = ""
    """Name of the environment variable that holds the secret; whoever makes the reader looks it up."""
    timeout_ms: int = 800
    """For a whole answer; there is no second try."""
    max_tokens: int = 200
    temperature: float = 0.0

    def __post_init__(self) -> None:
        if not re.match(r"https?://[^/\s]", self.base_url):
            raise ValueError("base_url must begin with http:// or https:// and name a host")
        if not self.model:
            raise ValueError("model must not be empty")
        if self.timeout_ms <= 0 or self.max_tokens <= 0:
            raise ValueError("timeout_ms and max_tokens must be above 0")


@dataclass(frozen=True, slots=True)
class LlmResult:
    """A reading, and whose it is."""

    reading: Reading
    source: Literal["llm", "rules"]
    reason: str
    """Why it is the rules': "timeout", "unreachable", "http_429" or another status, "malformed", "refused", "empty" (no
    answer, or no act in it), "discarded" (no act that the step allows), "not_asked" (an emergency, a wish for a person,
    a private slot, nothing heard). Empty for the model's own."""
    took_ms: float
    discarded: int = 0
    """Acts of the model that the step does not allow or the caller's words do not carry."""


class _Fallback(Exception):
    """The rules' reading is used. `reason` and `discarded` as in LlmResult."""

    def __init__(self, reason: str, discarded: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.discarded = discarded


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    """As much of a chat completion as is read."""

    choices: list[_Choice]


class LlmReader:
    """Reads utterances for one procedure, with a model's help; used within one event loop."""

    def __init__(
        self, graph: Graph, settings: LlmSettings, *, secret: str = "", session: aiohttp.ClientSession | None = None
    ) -> None:
        """A `session` that is given stays open. Raises ValueError for a secret that no HTTP header can carry."""
        if not (secret.isascii() and secret.isprintable()):
            raise ValueError("the secret holds characters that no HTTP header can carry")
        self.counts: Counter[str] = Counter()
        """How often each `LlmResult.reason` was given."""
        self._graph = graph
        self._settings = settings
        self._rules = RuleReader(graph)
        self._url = f"{settings.base_url.rstrip('/')}/chat/completions"
        self._headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if secret:
            self._headers["Authorization"] = f"Bearer {secret}"
        self._session = session
        self._owned = session is None
        self._closed = False

    async def read(self, heard: tuple[Hypothesis, ...], expecting: Expectation, now: str) -> LlmResult:
        """The best reading of an n-best list, about `timeout_ms` after the call at the latest. Raises nothing but
        asyncio.CancelledError."""
        began = time.perf_counter()
        rules = self._rules.read(heard, expecting, now)
        try:
            if not self._asks(heard, expecting, rules):
                raise _Fallback("not_asked")
            answer = _answer(await self._completion(heard, expecting))
            found = _believed(self._graph, expecting, heard, answer, rules, now)
            result = LlmResult(found.reading, "llm", "", _ms_since(began), found.discarded)
        except _Fallback as fallback:
            result = LlmResult(rules, "rules", fallback.reason, _ms_since(began), fallback.discarded)
        self.counts[result.reason] += 1
        return result

    async def aclose(self) -> None:
        """Closes the connections. What is read from then on is read by the rules."""
        self._closed = True
        if self._owned and self._session is not None:
            await self._session.close()

    def _asks(self, heard: tuple[Hypothesis, ...], expecting: Expectation, rules: Reading) -> bool:
        spoken = any(split_words(one.text) for one in heard)
        return spoken and asks(self._graph, expecting) and not decided(self._graph, rules)

    async def _completion(self, heard: tuple[Hypothesis, ...], expecting: Expectation) -> bytes:
        """What the endpoint answers, undecoded."""
        request = self._opened().post(
            self._url,
            json=self._body(heard, expecting),
            headers=self._headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None),
        )
        try:
            async with asyncio.timeout(self._settings.timeout_ms / 1000), request as response:
                if response.status != HTTPStatus.OK:
                    raise _Fallback(f"http_{response.status}")
                return await _bounded(response.content)
        except TimeoutError:
            raise _Fallback("timeout") from None
        except (aiohttp.ClientError, OSError, ValueError):  # ValueError: a host name that cannot be
            raise _Fallback("unreachable") from None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None and not self._closed:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        if self._session is None or self._session.closed or self._closed:
            raise _Fallback("unreachable")
        return self._session

    def _body(self, heard: tuple[Hypothesis, ...], expecting: Expectation) -> dict[str, Any]:
        wanted = {"name": "reading", "strict": True, "schema": schema(self._graph, expecting)}
        return {
            "model": self._settings.model,
            "messages": messages(self._graph, expecting, heard),
            "temperature": self._settings.temperature,
            "max_tokens": self._settings.max_tokens,
            "response_format": {"type": "json_schema", "json_schema": wanted},
        }


async def _bounded(stream: aiohttp.StreamReader) -> bytes:
    """The whole stream. More than `_LARGEST` bytes are no answer of ours."""
    body = bytearray()
    while piece := await stream.read(_LARGEST):
        body += piece
        if len(body) > _LARGEST:
            raise _Fallback("malformed")
    return bytes(body)


def _answer(body: bytes) -> object:
    """The JSON that the model wrote, plain or in a fence."""
    try:
        choices = _Completion.model_validate_json(body).choices
    except ValueError:
        raise _Fallback("malformed") from None
    if not choices:
        raise _Fallback("empty")
    message = choices[0].message
    if message.refusal or choices[0].finish_reason == "content_filter":
        raise _Fallback("refused")
    text = (message.content or "").strip()
    if not text:
        raise _Fallback("empty")
    fenced = _FENCED.fullmatch(text)
    try:
        answer: object = from_json(fenced[1] if fenced else text)
    except ValueError:
        raise _Fallback("malformed") from None
    return answer


def _believed(
    graph: Graph, expecting: Expectation, heard: tuple[Hypothesis, ...], answer: object, rules: Reading, now: str
) -> Checked:
    """What is left of the answer, if anything is."""
    try:
        found = checked(graph, expecting, heard, answer, rules, now)
    except ValueError:
        raise _Fallback("malformed") from None
    if not found.reading.acts:
        raise _Fallback("discarded" if found.discarded else "empty", found.discarded)
    return found


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
