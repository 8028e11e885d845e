"""A model's endpoint on 127.0.0.1 that speaks the chat-completions protocol and answers as a test tells it to."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiohttp import web

Behaviour = Callable[[web.Request, asyncio.Event], Awaitable[web.StreamResponse]]
"""What to do with a request. The event is set when the test is over: whoever waits for it never answers."""


class ChatServer:
    """Serves within `async with`; keeps every request."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.asked = asyncio.Event()
        """Set when a request has come."""
        self._over = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(await request.json())
        self.headers.append(dict(request.headers))
        self.asked.set()
        return await self.behaviour(request, self._over)


def body(status: int, content: bytes, **headers: str) -> Behaviour:
    """Exactly these bytes."""

    async def behave(request: web.Request, over: asyncio.Event) -> web.StreamResponse:
        return web.Response(status=status, body=content, content_type="application/json", headers=headers)

    return behave


def completion(content: object, **message: object) -> Behaviour:
    """A chat completion whose message has this content."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content, **message}}
    return body(200, json.dumps({"id": "1", "object": "chat.completion", "choices": [choice]}).encode())


def acts(*acts: dict[str, object]) -> Behaviour:
    """A model that keeps to the protocol and marks these acts."""
    return completion(json.dumps({"acts": acts}))


async def never(request: web.Request, over: asyncio.Event) -> web.StreamResponse:
    """Takes the request and doesn't answer while anybody listens."""
    await over.wait()
    return web.Response()


async def drip(request: web.Request, over: asyncio.Event) -> web.StreamResponse:
    """Begins an answer and never ends it."""
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b'{"choices": [')
    await over.wait()
    return response


async def reset(request: web.Request, over: asyncio.Event) -> web.StreamResponse:
    """Drops the connection instead of answering."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def broken_off(request: web.Request, over: asyncio.Event) -> web.StreamResponse:
    """Drops the connection in the middle of an answer."""
    response = web.StreamResponse(headers={"Content-Length": "500"})
    await response.prepare(request)
    await response.write(b'{"choices": [')
    assert request.transport is not None
    request.transport.abort()
    return response
