"""The REST API over HTTP: who asks, what for, and which faults lie in wait; the resources answer in other files."""

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from voice.double.account import Account, RestRequest
from voice.double.leg import Leg
from voice.double.orders import Order, RecordingOrder, Source
from voice.double.parameters import Check, Given, check
from voice.double.recording import Recording
from voice.double.refusals import Refusal, broken, too_many, unauthorised, unknown

EXPECTED = frozenset({20404, 20429, 20500, 21210, 21220, 21610, 30034})
"""Refusals that a correct client meets too: somebody has hung up, opted out, or a fault was asked for."""
FORM = "application/x-www-form-urlencoded"


class Network(Protocol):
    """What the API may ask of the telephone network."""

    account: Account

    def place(self, order: Order) -> Leg:
        """A new leg, queued."""
        ...

    def redirect(self, leg: Leg, source: Source) -> None:
        """Breaks off what the leg does and runs another document."""
        ...

    def hang_up(self, leg: Leg, status: str = "completed") -> None: ...

    def record(self, leg: Leg, order: RecordingOrder) -> Recording: ...


@dataclass(frozen=True, slots=True)
class Question:
    """One request, authorised and checked."""

    network: Network
    path: str
    names: Mapping[str, str]
    """The variable parts of the path."""
    given: Given

    @property
    def account(self) -> Account:
        return self.network.account

    def call(self) -> Leg:
        """Raises: Refusal (20404)."""
        leg = self.account.calls.get(self.names["call"])
        if leg is None:
            raise unknown(self.path)
        return leg


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, and JSON or a file."""

    status: int = 200
    form: Mapping[str, Any] | None = None
    wav: bytes | None = None


Handler = Callable[[Question], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: `path` below the account, its parameters, who answers."""

    method: str
    path: str
    allowed: Mapping[str, Check]
    answer: Handler


def application(network: Network, routes: tuple[Route, ...]) -> web.Application:
    """The API as a web application."""
    app = web.Application()
    for route in routes:
        app.router.add_route(route.method, f"/2010-04-01/Accounts/{{account}}{route.path}", _handler(network, route))
    app.router.add_route("*", "/{path:.*}", _handler(network, None))
    return app


def _handler(network: Network, route: Route | None) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        account = network.account
        given = await _parameters(request)
        try:
            await _faults(account)
            _authorise(account, request)
            if route is None or request.match_info["account"] != account.sid:
                raise unknown(request.path)
            if request.method == "POST" and request.content_type != FORM:
                raise Refusal(415, 20415, "Unsupported Media Type")
            names = dict(request.match_info)
            answer = route.answer(Question(network, request.path, names, check(given, route.allowed)))
        except Refusal as refusal:
            answer = Answer(refusal.status, refusal.form)
            if refusal.code not in EXPECTED:
                account.warn(f"{request.method} {request.path}: {refusal}")
        account.requests.append(RestRequest(request.method, request.path, given, answer.status))
        return _response(answer)

    return handle


def _response(answer: Answer) -> web.Response:
    if answer.wav is not None:
        return web.Response(body=answer.wav, content_type="audio/x-wav")
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if answer.status == 401 else {}
    if answer.form is None:
        return web.Response(status=answer.status, headers=headers)
    return web.json_response(answer.form, status=answer.status, headers=headers)


async def _parameters(request: web.Request) -> dict[str, tuple[str, ...]]:
    fields = await request.post() if request.method == "POST" else request.query
    return {name: tuple(str(value) for value in fields.getall(name)) for name in dict.fromkeys(fields)}


async def _faults(account: Account) -> None:
    faults = account.faults
    if faults.take("rest_slow"):
        await asyncio.sleep(account.clock.real(faults.rest_slow_s))
    if faults.take("rest_busy"):
        raise too_many()
    if faults.take("rest_broken"):
        raise broken()


def _authorise(account: Account, request: web.Request) -> None:
    """Raises: Refusal (20003)."""
    wanted = base64.b64encode(f"{account.sid}:{account.auth_token}".encode()).decode("ascii")
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Basic {wanted}".encode()):
        raise unauthorised()
