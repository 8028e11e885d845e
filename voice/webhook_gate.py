"""The gate before every webhook: bounded body, signature, no work twice, an answer in time.

Nothing of a request is looked at before its signature is right. A repeated request (the same idempotency token, or the
same key where a route names one) gets the first one's answer without its work being done again. A route that answers
with a document always does, with an apology where the server itself fails.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import structlog
from aiohttp import web

from voice.errors import place_of
from voice.signature import FORM, Signatures

log = structlog.get_logger()

LARGEST_BODY = 64 * 1024
SIGNATURE = "X-Twilio-Signature"
ONCE = "I-Twilio-Idempotency-Token"


@dataclass(frozen=True, slots=True)
class Hook:
    """A request that has passed the gate. What it says may hold numbers and words: not for logs."""

    path: str
    names: Mapping[str, str]
    """The parts of the path that the route names."""
    fields: Mapping[str, str] = field(repr=False)
    """Query and form; the form counts where both have a name, and the first value where there are several."""

    def get(self, name: str) -> str:
        """A parameter; empty where it is not given."""
        return self.fields.get(name, "")

    def count(self, name: str) -> int:
        """A parameter that is a number of things or seconds; 0 where it is not one."""
        text = self.get(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0

    @property
    def call(self) -> str:
        """The call that the path or the parameters name."""
        return self.names.get("call") or self.get("CallSid")

    def number_in_path(self, name: str) -> int:
        """A leg or a person, which the route's pattern has checked."""
        return int(self.names[name])


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; a document is sent as text/xml."""

    document: str = ""
    status: int = 204
    audio: bytes = b""

    def response(self) -> web.Response:
        """As aiohttp sends it."""
        if self.document:
            return web.Response(text=self.document, content_type="text/xml", charset="utf-8")
        if self.audio:
            return web.Response(body=self.audio, content_type="audio/wav", headers={"Cache-Control": "no-store"})
        return web.Response(status=self.status)


Handler = Callable[[Hook], Awaitable[Answer]]
Key = Callable[[Hook], str]
Sorry = Callable[[Hook], Answer]


def document(text: str) -> Answer:
    """A TwiML document."""
    return Answer(text, 200)


NOTED = Answer()
"""A callback has been taken note of."""
FAILED = Answer(status=500)


class Gate:
    """Makes aiohttp handlers of ours."""

    def __init__(self, signatures: Signatures | None, *, answer_s: float = 5.0, most: int = 2048) -> None:
        """`signatures` None: nothing is checked, on loopback only. `answer_s`: the carrier gives up after 15 s."""
        self._signatures = signatures
        self._answer_s = answer_s
        self._most = most
        self._answered: OrderedDict[str, asyncio.Task[Answer]] = OrderedDict()

    def guard(
        self, handler: Handler, *, key: Key | None = None, sorry: Sorry | None = None, signed: bool = True
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """`key`: requests with the same one are one and the same. `sorry`: the document if the handler fails.
        `signed` False: its name in the path is secret enough."""

        async def handle(request: web.Request) -> web.Response:
            if signed and self._signatures is not None and SIGNATURE not in request.headers:
                return _refused(request, "no signature")
            body = await _body(request)
            if body is None:
                return web.Response(status=413)
            form = _form(request, body)
            if form is None:
                return _refused(request, "no form")
            if signed and not self._is_signed(request, body, form):
                return _refused(request, "wrong signature")
            hook = Hook(request.path, dict(request.match_info), _fields(request, form))
            answer = await self._once(self._key(request, hook, key), hook, handler, sorry)
            return answer.response()

        return handle

    def _is_signed(self, request: web.Request, body: bytes, form: list[tuple[str, str]]) -> bool:
        if self._signatures is None:
            return True
        signature = request.headers.get(SIGNATURE)
        kind = request.headers.get("Content-Type", "")
        return self._signatures.webhook(request.method, request.raw_path, form, body, kind, signature)

    def _key(self, request: web.Request, hook: Hook, key: Key | None) -> str:
        """Empty: every request counts for itself. Kept as a digest: parameters are nobody's to keep."""
        token = request.headers.get(ONCE, "")
        text = key(hook) if key is not None else token
        return hashlib.sha256(f"{hook.path}\n{text}".encode("utf-8", "replace")).hexdigest() if text else ""

    async def _once(self, key: str, hook: Hook, handler: Handler, sorry: Sorry | None) -> Answer:
        task = self._answered.get(key) if key else None
        if task is None or _failed(task):
            task = asyncio.create_task(self._run(hook, handler))
            if key:
                self._answered[key] = task
                while len(self._answered) > self._most:
                    self._answered.popitem(last=False)
        try:
            return await asyncio.shield(task)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller hears something
            if key:
                self._answered.pop(key, None)
            log.error("webhook failed", kind=type(error).__name__, at=place_of(error))
            return sorry(hook) if sorry is not None else FAILED

    async def _run(self, hook: Hook, handler: Handler) -> Answer:
        async with asyncio.timeout(self._answer_s):
            return await handler(hook)


def _failed(task: asyncio.Task[Answer]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _refused(request: web.Request, why: str) -> web.Response:
    resource = request.match_info.route.resource
    log.warning("webhook refused", why=why, route=resource.canonical if resource else "")
    return web.Response(status=403)


async def _body(request: web.Request) -> bytes | None:
    """None when there is more than the largest."""
    if (request.content_length or 0) > LARGEST_BODY:
        return None
    body = bytearray()
    async for piece in request.content.iter_chunked(LARGEST_BODY):
        body += piece
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def _form(request: web.Request, body: bytes) -> list[tuple[str, str]] | None:
    """The form's pairs, blank and repeated values too; none where the body is something else. None: unreadable."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != FORM:
        return []
    try:
        return parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        return None


def _fields(request: web.Request, form: list[tuple[str, str]]) -> dict[str, str]:
    query = parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True, max_num_fields=1000)
    fields: dict[str, str] = {}
    for name, value in (*form, *query):
        fields.setdefault(name, value)
    return fields
