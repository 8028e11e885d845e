"""`switchboard twilio setup`, against the double's REST interface and a real server behind the public address."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from typer.testing import CliRunner, Result

from voice.double import Twilio
from voice.errors import OperatorError
from voice.setup import _as_signed, app, fallback_help, prove, wanted
from voice.signature import Signatures

NUMBER = "+14155550100"
ON_CALL = "+14155550111"
TOKEN = "t0ken-that-nobody-shall-see"
FALLBACK = "https://static.example.net/fallback.xml"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Site:
    """A server that takes signed pings, where a test does not say otherwise."""

    url: str = ""
    token: str = TOKEN
    public: str = ""
    """What it believes its public URL to be; empty for what it is."""
    instead: Handler | None = None
    statuses: list[int] = field(default_factory=list)

    async def ping(self, request: web.Request) -> web.StreamResponse:
        if self.instead is not None:
            return await self.instead(request)
        body = await request.read()
        form = [(name, str(value)) for name, value in (await request.post()).items()]
        given = request.headers.get("X-Twilio-Signature")
        signatures = Signatures(self.public or self.url, self.token)
        good = signatures.webhook("POST", request.raw_path, form, body, request.headers["Content-Type"], given)
        self.statuses.append(204 if good else 403)
        return web.Response(status=self.statuses[-1])


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    here = Site()
    application = web.Application()
    application.router.add_post("/twilio/ping", here.ping)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield here
    finally:
        await runner.cleanup()


def replying(status: int) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    return answer


def set_up(
    monkeypatch: pytest.MonkeyPatch,
    *options: str,
    prepare: Callable[[Twilio, Site], None] = lambda twilio, here: None,
    token: str = TOKEN,
) -> tuple[Result, Twilio]:
    """(what the command says, the account afterwards)."""

    async def run() -> tuple[Result, Twilio]:
        async with site() as here, Twilio(auth_token=TOKEN) as twilio:
            twilio.number(NUMBER, voice_url="https://old.example.com/voice")
            prepare(twilio, here)
            monkeypatch.setenv("TWILIO_ACCOUNT_SID", twilio.account.sid)
            monkeypatch.setenv("TWILIO_AUTH_TOKEN", token)
            line = ["setup", "--number", NUMBER, "--public-url", here.url, "--rest-url", twilio.rest_url, *options]
            result = await asyncio.to_thread(CliRunner().invoke, app, line)
            result.stdout_bytes = result.stdout_bytes.replace(here.url.encode(), b"https://here")
            return result, twilio

    return asyncio.run(run())


def test_a_number_is_pointed_at_the_server_and_the_way_back_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    result, twilio = set_up(monkeypatch, "--fallback-url", FALLBACK)
    assert result.exit_code == 0, result.output
    number = twilio.account.numbers[NUMBER]
    assert number.voice_url.endswith("/twilio/voice") and number.voice_url.startswith("http://127.0.0.1:")
    assert (number.voice_method, number.voice_fallback_url) == ("POST", FALLBACK)
    assert number.voice_fallback_method == "GET"
    assert number.status_callback == number.voice_url.replace("/voice", "/call-status")
    said = result.stdout
    assert "+ voice_url: https://old.example.com/voice → https://here/twilio/voice" in said
    assert "+ status_callback: (nothing) → https://here/twilio/call-status" in said
    assert "  voice_method: POST" in said
    assert "ok    a signed request was taken (204)" in said
    assert "ok    a wrongly signed request was refused (403)" in said
    assert TOKEN not in said


def test_a_second_time_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(twilio: Twilio, here: Site) -> None:
        number = twilio.account.numbers[NUMBER]
        number.voice_url, number.status_callback = f"{here.url}/twilio/voice", f"{here.url}/twilio/call-status"
        number.voice_fallback_url = FALLBACK

    result, twilio = set_up(monkeypatch, prepare=prepare)
    assert result.exit_code == 0, result.output
    assert [request.method for request in twilio.requests] == ["GET"]
    assert "→" not in result.stdout
    assert "No fallback" not in result.stdout  # the one that is there stays


def test_checking_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    result, twilio = set_up(monkeypatch, "--check")
    assert result.exit_code == 1
    assert {request.method for request in twilio.requests} == {"GET"}
    assert twilio.account.numbers[NUMBER].voice_url == "https://old.example.com/voice"
    assert "! voice_url: https://old.example.com/voice → https://here/twilio/voice" in result.stdout
    assert "wrong not set up as it should be" in result.stdout
    assert "ok    a signed request was taken (204)" in result.stdout


def test_point_27_without_a_fallback_one_is_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = set_up(monkeypatch, "--on-call", ON_CALL)
    assert result.exit_code == 0, result.output
    assert "--fallback-url" in result.stdout
    assert f"<Number>{ON_CALL}</Number>" in result.stdout and "<Response>" in result.stdout
    assert ON_CALL in fallback_help(NUMBER, (ON_CALL,))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda here: setattr(here, "token", "another"), "another auth token"),
        (lambda here: setattr(here, "public", "https://agent.example.com"), "its public URL is not the one given here"),
        (lambda here: setattr(here, "instead", replying(204)), "takes requests that nobody signed right"),
        (lambda here: setattr(here, "instead", replying(307)), "redirects"),
        (lambda here: setattr(here, "instead", replying(401)), "asks for a password"),
        (lambda here: setattr(here, "instead", replying(404)), "leads somewhere else"),
        (lambda here: setattr(here, "instead", replying(502)), "the server behind it does not"),
        (lambda here: setattr(here, "instead", replying(200)), "an unexpected answer (200)"),
    ],
)
def test_what_is_wrong_with_the_way_back_is_named(
    monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Site], None], says: str
) -> None:
    result, _ = set_up(monkeypatch, prepare=lambda twilio, here: spoil(here))
    assert result.exit_code == 1
    assert f"{says}" in result.stdout
    assert "ok    a signed" not in result.stdout
    assert TOKEN not in result.stdout


def test_a_server_that_hangs_or_is_not_there_is_named() -> None:
    async def hanging(request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    async def cutting(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def run() -> list[str]:
        said = []
        async with site() as here:
            for here.instead in (hanging, cutting):
                said += [one.text for one in await prove(here.url, "AC1", TOKEN, 0.3) if not one.ok]
        said += [one.text for one in await prove(here.url, "AC1", TOKEN)]
        said += [one.text for one in await prove("https://no-such-name.invalid", "AC1", TOKEN)]
        return said

    slow, cut, gone, unknown = asyncio.run(run())
    assert "does not answer in time" in slow
    assert "breaks the connection off" in cut
    assert "nothing listens" in gone
    assert "DNS" in unknown


def test_the_account_and_the_number_have_to_be_right(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = set_up(monkeypatch, token="wrong-token")
    assert (result.exit_code, "not authorised, status 401" in result.stderr) == (1, True)
    assert "wrong-token" not in result.output

    result, twilio = set_up(monkeypatch, prepare=lambda twilio, here: twilio.account.numbers.clear())
    assert (result.exit_code, f"the account has no number {NUMBER}" in result.stderr) == (1, True)
    # a number that only begins the same way is another
    result, twilio = set_up(monkeypatch, prepare=lambda twilio, here: longer(twilio))
    assert result.exit_code == 1
    assert twilio.account.numbers[NUMBER + "1"].voice_url == ""


def longer(twilio: Twilio) -> None:
    twilio.account.numbers.clear()
    twilio.number(NUMBER + "1")


def test_without_an_account_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWILIO_ACCOUNT_SID", raising=False)
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    line = ["setup", "--number", NUMBER, "--public-url", "https://agent.example.com"]
    result = CliRunner().invoke(app, line)
    assert result.exit_code == 1
    assert "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are needed" in result.stderr


@pytest.mark.parametrize("number", ["4155550100", "+1 415 555 0100", "+1415", "anonymous"])
def test_a_number_has_one_form(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC1")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)
    result = CliRunner().invoke(app, ["setup", "--number", number, "--public-url", "https://agent.example.com"])
    assert (result.exit_code, "+14155550123" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("public", "fallback"),
    [
        ("http://agent.example.com", ""),
        ("agent.example.com", ""),
        ("https://", ""),
        ("https://user:secret@agent.example.com", ""),
        ("https://agent.example.com?x=1", ""),
        ("https://agent.example.com#rc=2", ""),
        ("https://agent.example.com", "http://static.example.net/x"),
        ("https://agent.example.com", "https://AGENT.example.com/fallback"),
    ],
)
def test_addresses_that_cannot_work_are_refused(public: str, fallback: str) -> None:
    with pytest.raises(OperatorError) as caught:
        wanted(public, fallback)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://agent.example.com:8443/twilio/ping", "https://agent.example.com/twilio/ping"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]/x"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
    ],
)
def test_point_6_the_port_of_an_https_address_is_not_signed(url: str, signed: str) -> None:
    assert _as_signed(url) == signed


def test_a_slash_or_a_path_at_the_end_of_the_address_is_fine() -> None:
    assert wanted("https://example.com/agent/", "")["voice_url"] == "https://example.com/agent/twilio/voice"
    assert "voice_fallback_url" not in wanted("https://example.com/agent/", "")


@pytest.mark.parametrize("sid", ["voice_application_sid", "trunk_sid"])
def test_a_number_that_something_else_answers_is_left_alone(monkeypatch: pytest.MonkeyPatch, sid: str) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.method)
        one = {"sid": "PN1", "phone_number": NUMBER, "voice_url": "", sid: "AP1"}
        return web.json_response({"incoming_phone_numbers": [one], "page": 0, "page_size": 20, "uri": request.path})

    async def run() -> Result:
        application = web.Application()
        application.router.add_route("*", "/{tail:.*}", answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC1")
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        line = ["setup", "--number", NUMBER, "--public-url", "https://agent.example.com", "--rest-url", base]
        try:
            return await asyncio.to_thread(CliRunner().invoke, app, line)
        finally:
            await runner.cleanup()

    result = asyncio.run(run())
    assert result.exit_code == 1
    assert "goes before webhooks" in result.stderr
    assert asked == ["GET"]
