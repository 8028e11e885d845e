"""Twilio's client over our wire: where it goes, what is tried again, what an error says. Real sockets."""

import asyncio
import base64
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import stamina
from aiohttp import web

from voice.errors import CarrierError, OperatorError
from voice.rest import Rest, RestError, RestSettings

ACCOUNT = "AC" + "1" * 32
CALL = "CA" + "2" * 32
SECRET = "t0ken-that-nobody-shall-see"
NUMBER = "+14155550199"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def serving(answers: list[Answer], work: Callable[[str], Awaitable[None]]) -> list[web.Request]:
    """Runs `work` with the address of a server that gives these answers, the last one for ever; what it was asked."""
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        asked.append(request)
        return await (answers.pop(0) if len(answers) > 1 else answers[0])(request)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        await work(f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()
    return asked


def replying(status: int, body: str = "{}") -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type="application/json")

    return answer


async def cutting(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hanging(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


def refusing(status: int, code: int) -> Answer:
    return replying(status, f'{{"code": {code}, "message": "no {NUMBER} {SECRET}", "status": {status}}}')


def settings(base: str, **changes: Any) -> RestSettings:
    return replace(RestSettings(ACCOUNT, SECRET, base=base, wait_s=0.01), **changes)


async def moved(rest: Rest) -> str:
    """A change that may be said twice."""
    made = await rest.ask("moving a call", lambda twilio: twilio.calls(CALL).update_async(status="completed"))
    return str(made.sid)


async def made(rest: Rest) -> str:
    """Something that may not."""
    call = await rest.ask(
        "ringing", lambda twilio: twilio.calls.create_async(to=NUMBER, from_=NUMBER, url="http://x/"), repeat=False
    )
    return str(call.sid)


def asking(
    answers: list[Answer], ask: Callable[[Rest], Awaitable[str]], **changes: Any
) -> tuple[str, RestError | None, list[web.Request]]:
    """(the answer, or the error, and what the server was asked)."""
    outcome: list[Any] = ["", None]

    async def work(url: str) -> None:
        rest = Rest(settings(url, **changes))
        try:
            outcome[0] = await ask(rest)
        except RestError as error:
            outcome[1] = error
        finally:
            await rest.close()

    asked = asyncio.run(serving(answers, work))
    return outcome[0], outcome[1], asked


def test_requests_go_to_our_base_with_the_secret_in_the_header_only() -> None:
    sid, error, (asked,) = asking([replying(200, f'{{"sid": "{CALL}"}}')], moved)
    assert (sid, error) == (CALL, None)
    assert (asked.method, asked.path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json")
    expected = base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode()
    assert asked.headers["Authorization"] == f"Basic {expected}"
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_base_may_have_a_path_and_a_key_may_stand_in_for_the_account() -> None:
    async def work(url: str) -> None:
        rest = Rest(settings(f"{url}/proxy/", key="SK" + "3" * 32))
        await moved(rest)
        await rest.close()

    (asked,) = asyncio.run(serving([replying(200, f'{{"sid": "{CALL}"}}')], work))
    assert asked.path == f"/proxy/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json"
    assert base64.b64decode(asked.headers["Authorization"].removeprefix("Basic ")) == f"SK{'3' * 32}:{SECRET}".encode()


def test_what_is_looked_for_goes_into_the_query_once_encoded() -> None:
    async def looked_up(rest: Rest) -> str:
        found = await rest.ask(
            "looking", lambda twilio: twilio.incoming_phone_numbers.list_async(phone_number=NUMBER, limit=5)
        )
        return str(len(found))

    page = '{"incoming_phone_numbers": [{"sid": "PN1"}], "uri": "/x", "page": 0, "page_size": 5}'
    found, _, (asked,) = asking([replying(200, page)], looked_up)
    assert found == "1"
    assert asked.rel_url.raw_query_string == "PhoneNumber=%2B14155550199&PageSize=5"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, 20404, "gone"),
        (400, 21220, "gone"),
        (400, 21210, "refused"),
        (401, 20003, "not authorised"),
        (429, 20429, "busy"),
        (500, 20500, "broken"),
    ],
)
def test_an_error_says_what_and_why_and_nothing_else(status: int, code: int, kind: str) -> None:
    _, error, _ = asking([refusing(status, code)], moved, attempts=1)
    assert isinstance(error, CarrierError)
    assert (error.kind, error.status, error.code, error.gone) == (kind, status, code, kind == "gone")
    assert str(error) == (
        f"moving a call: {kind}, status {status}, code {code}: https://www.twilio.com/docs/errors/{code}"
    )
    assert error.__cause__ is None and error.__suppress_context__
    assert SECRET not in repr(error) and NUMBER not in repr(error)


@pytest.mark.parametrize("answer", [replying(429), replying(500), replying(503, "<html>busy</html>"), cutting])
def test_what_may_be_said_twice_is_tried_again(answer: Answer) -> None:
    sid, error, asked = asking([answer, answer, replying(200, f'{{"sid": "{CALL}"}}')], moved)
    assert (sid, error, len(asked)) == (CALL, None, 3)


def test_it_is_not_tried_for_ever() -> None:
    _, error, asked = asking([replying(503)], moved, attempts=4)
    assert error is not None and error.kind == "broken"
    assert len(asked) == 4


@pytest.mark.parametrize(("status", "code"), [(400, 21205), (401, 20003), (404, 20404), (400, 21220)])
def test_a_refusal_is_not_tried_again(status: int, code: int) -> None:
    assert len(asking([refusing(status, code)], moved)[2]) == 1


@pytest.mark.parametrize(
    ("answer", "kind"), [(replying(429), "busy"), (replying(500), "broken"), (cutting, "no answer")]
)
def test_a_call_that_may_have_been_made_is_not_made_again(answer: Answer, kind: str) -> None:
    _, error, asked = asking([answer, replying(201, f'{{"sid": "{CALL}"}}')], made)
    assert error is not None and error.kind == kind
    assert len(asked) == 1


def test_a_call_of_which_nothing_was_sent_is_tried_again() -> None:
    async def run() -> str:
        held = socket.socket()
        held.bind(("127.0.0.1", 0))  # bound, not listening: refused
        starting = asyncio.Event()
        stamina.instrumentation.set_on_retry_hooks([lambda details: starting.set()])

        async def listen() -> web.AppRunner:
            await starting.wait()
            app = web.Application()
            app.router.add_post("/{tail:.*}", replying(201, f'{{"sid": "{CALL}"}}'))
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            await web.SockSite(runner, held).start()
            return runner

        listening = asyncio.create_task(listen())
        rest = Rest(settings(f"http://127.0.0.1:{held.getsockname()[1]}", attempts=20, wait_s=0.05))
        try:
            return await made(rest)
        finally:
            stamina.instrumentation.set_on_retry_hooks(None)
            await rest.close()
            await (await listening).cleanup()

    assert asyncio.run(run()) == CALL


def test_a_server_that_hangs_costs_no_more_than_the_limit() -> None:
    _, error, asked = asking([hanging], moved, timeout_s=0.2)
    assert error is not None and error.kind == "no answer"
    assert len(asked) == 1  # the limit holds for the beginning of further tries too


@pytest.mark.parametrize("body", ["<html>", "[]", '"text"', '{"sid": 5', "null"])
def test_an_answer_that_is_no_call_is_named_so(body: str) -> None:
    _, error, asked = asking([replying(201, body)], made)
    assert error is not None and error.kind == "nonsense"
    assert len(asked) == 1


def test_redirects_are_not_followed() -> None:
    async def elsewhere(request: web.Request) -> web.StreamResponse:
        raise web.HTTPTemporaryRedirect("/elsewhere")

    _, error, asked = asking([elsewhere], moved)
    assert error is not None
    assert [request.path for request in asked] == [f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json"]


def test_a_wrong_code_does_no_harm() -> None:
    for body in ('{"code": "x1", "message": "m"}', '{"code": null, "message": "m"}', '{"code": [1]}', "oops"):
        _, error, _ = asking([replying(400, body)], moved)
        assert error is not None and error.kind == "refused"


@pytest.mark.parametrize(
    ("base", "account", "secret"),
    [
        ("http://api.twilio.com", ACCOUNT, SECRET),
        ("api.twilio.com", ACCOUNT, SECRET),
        ("https://", ACCOUNT, SECRET),
        ("https://api.twilio.com?x=1", ACCOUNT, SECRET),
        ("https://api.twilio.com", "", SECRET),
        ("https://api.twilio.com", "../Accounts", SECRET),
        ("https://api.twilio.com", ACCOUNT, ""),
    ],
)
def test_settings_that_cannot_work_are_refused(base: str, account: str, secret: str) -> None:
    with pytest.raises(OperatorError) as caught:
        RestSettings(account, secret, base=base)
    if secret:
        assert secret not in str(caught.value)


def test_settings_do_not_show_the_secret() -> None:
    assert SECRET not in repr(RestSettings(ACCOUNT, SECRET))


def test_nobody_listening_is_unreachable_and_closing_twice_is_fine() -> None:
    async def run() -> RestError:
        rest = Rest(settings("http://127.0.0.1:1", attempts=2))
        with pytest.raises(RestError) as caught:
            await moved(rest)
        await rest.close()
        await rest.close()
        return caught.value

    error = asyncio.run(run())
    assert (error.kind, error.status, error.code, str(error)) == ("unreachable", 0, 0, "moving a call: unreachable")
