"""The procedure's tools over real HTTP: a server on this machine that answers as the test tells it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from sop.graph import ResultSpec, ToolSpec
from voice.errors import ToolError
from voice.tools import LARGEST, ExampleTools, HttpTools, fields_of, filled, secrets_needed

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]


def with_server(behaviour: Behaviour, work: Callable[[str], Awaitable[None]]) -> list[dict[str, Any]]:
    """Runs `work` with the address of a server; what it was asked."""
    asked: list[dict[str, Any]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        body = await request.text()
        asked.append(
            {
                "method": request.method,
                "path": request.rel_url.raw_path,
                "query": dict(request.query),
                "body": json.loads(body) if body else None,
                "headers": dict(request.headers),
            }
        )
        return await behaviour(request)

    async def run() -> None:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            await work(f"http://127.0.0.1:{runner.addresses[0][1]}")
        finally:
            await runner.cleanup()

    asyncio.run(run())
    return asked


async def ok(request: web.Request) -> web.StreamResponse:
    return web.json_response({"status": "paid", "balance": 12.5, "open": False, "lines": [1, 2], "note": None})


def replying(status: int, body: bytes, **headers: str) -> Behaviour:
    async def behave(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers=headers)

    return behave


def test_a_post_carries_arguments_secret_and_key() -> None:
    async def work(url: str) -> None:
        tools = HttpTools({"CLAIMS_TOKEN": "Bearer s3cret"})
        tool = ToolSpec("claim_status", url=f"{url}/v1/claims", secrets={"Authorization": "CLAIMS_TOKEN"})
        assert await tools.call(tool, {"claim": "4711"}, "CA1-k") == {"status": "paid", "balance": "12.5", "open": "no"}
        await tools.close()

    (asked,) = with_server(ok, work)
    assert (asked["method"], asked["path"], asked["body"]) == ("POST", "/v1/claims", {"claim": "4711"})
    assert asked["headers"]["Authorization"] == "Bearer s3cret"
    assert asked["headers"]["Idempotency-Key"] == "CA1-k"


def test_a_get_fills_the_path_and_queries_the_rest() -> None:
    async def work(url: str) -> None:
        tools = HttpTools({})
        tool = ToolSpec("claim_status", method="GET", url=url + "/claims/{claim}/lines")
        await tools.call(tool, {"claim": "4/2 ?", "channel": "phone"}, "k")
        await tools.close()

    (asked,) = with_server(ok, work)
    assert asked["path"] == "/claims/4%2F2%20%3F/lines"
    assert asked["query"] == {"channel": "phone"}
    assert asked["body"] is None


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (replying(500, b"{}"), "claim_status answered 500"),
        (replying(302, b"", Location="https://elsewhere.example/"), "claim_status answered 302"),
        (replying(404, b"{}"), "claim_status answered 404"),
        (replying(200, b"<html><body>Gateway</body></html>"), "no JSON"),
        (replying(200, b'["a"]'), "no object"),
        (replying(200, b'"' + b"a" * 2_000_000 + b'"'), f"more than {LARGEST} bytes"),
        (replying(200, b"[" * 60_000), "no JSON"),
    ],
)
def test_nonsense_is_a_failure(behaviour: Behaviour, message: str) -> None:
    async def work(url: str) -> None:
        tools = HttpTools({})
        with pytest.raises(ToolError, match=message):
            await tools.call(ToolSpec("claim_status", url=url), {}, "k")
        await tools.close()

    with_server(behaviour, work)


def test_one_that_never_answers_and_one_that_is_not_there() -> None:
    async def never(request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async def work(url: str) -> None:
        tools = HttpTools({})
        with pytest.raises(ToolError, match=r"did not answer within 0\.1 s"):
            await tools.call(ToolSpec("slow", url=url, timeout_s=0.1), {}, "k")
        with pytest.raises(ToolError, match="can't be reached"):
            await tools.call(ToolSpec("gone", url="http://127.0.0.1:9/"), {}, "k")
        await tools.close()

    with_server(never, work)


def test_no_error_quotes_what_was_sent() -> None:
    async def work(url: str) -> None:
        tools = HttpTools({})
        with pytest.raises(ToolError) as failed:
            await tools.call(ToolSpec("t", url=url + "/{member}", method="GET"), {"member": "990011"}, "k")
        assert "990011" not in str(failed.value)
        await tools.close()

    with_server(replying(503, b""), work)


def test_an_empty_answer_has_no_fields() -> None:
    assert fields_of("t", b"  ") == {}
    assert filled("https://x.example/{a}", {}) == ("https://x.example/", {})


def test_examples_and_secrets() -> None:
    tool = ToolSpec("t", results={"a": ResultSpec("a")}, example={"a": "b"}, secrets={"X-Key": "B_KEY", "Y": "A_KEY"})
    assert asyncio.run(ExampleTools().call(tool, {}, "k")) == {"a": "b"}
    assert secrets_needed({"t": tool, "u": ToolSpec("u", secrets={"Z": "A_KEY"})}) == ("A_KEY", "B_KEY")
