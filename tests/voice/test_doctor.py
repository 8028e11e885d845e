"""The doctor, on real sockets and a real database."""

import asyncio
import json
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from aiohttp import web
from rich.console import Console
from typer.testing import CliRunner

from tests.voice import databases
from voice import doctor
from voice.diagnosis import Level, Verdict
from voice.doctor import ask, examine
from voice.store import Store

url = databases.url

ROOT = Path(__file__).parent.parent.parent
ACCOUNT = "AC" + "0" * 32
NUMBER = "+14155550199"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def serving(
    *routes: tuple[str, str, Handler], port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """A server with these routes; the address it has."""
    app = web.Application()
    for method, path, handler in routes:
        app.router.add_route(method, path, handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def saying(value: Any, status: int = 200) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(value, status=status)

    return handler


def passing_on(port: int) -> Handler:
    """What a reverse proxy does."""

    async def handler(request: web.Request) -> web.Response:
        answer = await ask(f"http://127.0.0.1:{port}")
        return web.json_response({"instance": answer.instance}, status=answer.status or 502)

    return handler


def settings_file(folder: Path, public_url: str, port: int, *, more: str = "", store: str = "") -> Path:
    fixtures = ROOT / "audio_fixtures" / "models"
    file = folder / "switchboard.yaml"
    file.write_text(
        f"""\
public_url: {public_url}
listen: {{port: {port}}}
home: home
models:
  ears: {fixtures / "whisper-switchboard"}
  voice: {fixtures / "piper-switchboard" / "en_US-switchboard-x_low.onnx"}
people: {{ana: {{name: Ana, number: "+14155550101"}}}}
lists: {{on_call: [{{people: [ana]}}]}}
numbers:
  "{NUMBER}":
    flow: after_hours_hvac
    time_zone: America/New_York
    transfers: {{on_call_line: on_call, front_desk: on_call}}
{f"store: {store}" if store else ""}
{more}
""",
        encoding="utf-8",
    )
    return file


def twilio(api: str) -> str:
    return f"twilio: {{account: {ACCOUNT}, auth_token_env: TWILIO_AUTH_TOKEN, api_url: '{api}'}}"


def of(verdicts: tuple[Verdict, ...], check: str) -> list[tuple[Level, str]]:
    return [(one.level, one.what) for one in verdicts if one.check == check]


def test_all_is_well_before_the_server_runs(tmp_path: Path) -> None:
    """The stand-in answers behind the proxy, as the server will."""
    port = free_port()

    async def run() -> tuple[Verdict, ...]:
        async with serving(("GET", "/healthz", passing_on(port))) as public:
            return await examine(settings_file(tmp_path, public, port), {})

    verdicts = asyncio.run(run())
    assert [one for one in verdicts if one.level is Level.FAIL] == []
    assert {one.check for one in verdicts} == {
        "settings", "flows", "people", "models", "home", "database", "public address", "clock",
    }  # fmt: skip
    assert (tmp_path / "home" / "switchboard.db").is_file()
    with socket.socket() as probe:  # the stand-in has gone
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_the_running_server_is_the_one_that_has_to_answer(tmp_path: Path) -> None:
    port = free_port()
    here = ("GET", "/healthz", saying({"instance": "here"}))
    there = ("GET", "/healthz", saying({"instance": "there"}))

    async def run() -> tuple[tuple[Verdict, ...], tuple[Verdict, ...]]:
        async with serving(here, port=port), serving(("GET", "/healthz", passing_on(port))) as right:
            good = await examine(settings_file(tmp_path, right, port), {})
            async with serving(there) as wrong:
                return good, await examine(settings_file(tmp_path, wrong, port), {})

    good, bad = asyncio.run(run())
    assert of(good, "public address")[0][0] is Level.OK
    assert of(bad, "public address")[0][0] is Level.FAIL
    assert "another server" in of(bad, "public address")[0][1]


def test_nothing_at_the_public_address_and_a_port_that_is_taken(tmp_path: Path) -> None:
    port, nowhere = free_port(), free_port()

    async def run() -> tuple[Verdict, ...]:
        async with serving(("GET", "/", saying("an office printer")), port=port):
            return await examine(settings_file(tmp_path, f"http://127.0.0.1:{nowhere}", port), {})

    ((level, what),) = of(asyncio.run(run()), "public address")
    assert level is Level.FAIL and f"127.0.0.1:{port} is taken by something else" in what
    verdicts = asyncio.run(examine(settings_file(tmp_path, f"http://127.0.0.1:{nowhere}", port), {}))
    assert "nothing listens there" in of(verdicts, "public address")[0][1]


def test_settings_with_mistakes_are_all_that_is_said(tmp_path: Path) -> None:
    file = settings_file(tmp_path, "http://127.0.0.1:1", 70000, more="nonsense: 1\nstore: leads.db")
    verdicts = asyncio.run(examine(file, {}))
    assert [(one.check, one.level) for one in verdicts] == [("settings", Level.FAIL)] * 3
    assert verdicts[0].what == "switchboard.yaml:2: listen.port: this must be at most 65535"
    assert verdicts[0].remedy == "write a smaller number"
    assert not (tmp_path / "home").exists()


def test_missing_models_home_and_secrets(tmp_path: Path) -> None:
    file = settings_file(
        tmp_path,
        f"http://127.0.0.1:{free_port()}",
        free_port(),
        more="crm: {url: 'https://x.example', secret_env: CRM_KEY}",
    )
    text = re.sub("ears: .*", "ears: base.en", file.read_text(encoding="utf-8"))
    file.write_text(re.sub("voice: .*", "voice: nobody", text), encoding="utf-8")
    (tmp_path / "home").write_text("in the way", encoding="utf-8")
    verdicts = asyncio.run(examine(file, {}))
    assert [level for level, _ in of(verdicts, "models")] == [Level.FAIL, Level.FAIL]
    assert "switchboard models get base.en" in next(one.remedy for one in verdicts if one.check == "models")
    assert of(verdicts, "home")[0][0] is Level.FAIL and of(verdicts, "database")[0][0] is Level.FAIL
    assert of(verdicts, "secrets") == [(Level.FAIL, "the environment lacks CRM_KEY")]


def test_an_altered_model(tmp_path: Path) -> None:
    file = settings_file(tmp_path, f"http://127.0.0.1:{free_port()}", free_port())
    folder = tmp_path / "home" / "models" / "base.en"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"weights")
    manifest = {"files": [{"path": "model.bin", "size": 7, "sha256": "0" * 64}]}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    file.write_text(re.sub("ears: .*", "ears: base.en", file.read_text(encoding="utf-8")), encoding="utf-8")
    level, what = of(asyncio.run(examine(file, {})), "models")[0]
    assert level is Level.FAIL and "model.bin is altered" in what


def test_the_database_is_migrated_and_left_clean(tmp_path: Path, url: str) -> None:
    file = settings_file(tmp_path, f"http://127.0.0.1:{free_port()}", free_port(), store=f'"{url}"')

    async def run() -> tuple[tuple[Verdict, ...], int]:
        verdicts = await examine(file, {})
        store = Store(url)
        await store.open()
        try:
            return verdicts, len(await store.calls())
        finally:
            await store.close()

    verdicts, calls = asyncio.run(run())
    ((level, what),) = of(verdicts, "database")
    assert level in (Level.OK, Level.WARN) and re.search(r"takes writes in \d+ ms", what)
    assert calls == 0


HELD = {
    "sid": "PN" + "0" * 32,
    "phone_number": NUMBER,
    "voice_method": "POST",
    "voice_fallback_url": "https://down.example.org/sorry.xml",
    "voice_fallback_method": "GET",
    "status_callback_method": "POST",
}


@asynccontextmanager
async def carrier(account: Handler, numbers: list[dict[str, str]]) -> AsyncIterator[str]:
    base = f"/2010-04-01/Accounts/{ACCOUNT}"
    page = saying({"incoming_phone_numbers": numbers, "page": 0, "page_size": 20})
    async with serving(("GET", f"{base}.json", account), ("GET", f"{base}/IncomingPhoneNumbers.json", page)) as api:
        yield api


SUSPENDED = saying({"sid": ACCOUNT, "status": "suspended", "type": "Full"})
ACTIVE = saying({"sid": ACCOUNT, "status": "active", "type": "Full"})


@pytest.mark.parametrize(
    ("account", "changes", "accounts", "numbers"),
    [
        (ACTIVE, {}, (Level.OK, "takes our credentials"), (Level.OK, "is set up")),
        (ACTIVE, {"voice_method": "GET"}, (Level.OK, ""), (Level.FAIL, "voice_method")),
        (ACTIVE, {"voice_fallback_url": ""}, (Level.OK, ""), (Level.WARN, "no fallback")),
        (ACTIVE, {"phone_number": "+14155550000"}, (Level.OK, ""), (Level.FAIL, "no number +14155550199")),
        (
            saying({"sid": ACCOUNT, "status": "suspended", "type": "Full"}),
            {},
            (Level.FAIL, "suspended"),
            (Level.OK, ""),
        ),
        (saying({"code": 20003, "message": "t0ken?", "status": 401}, 401), {}, (Level.FAIL, "not authorised"), None),
    ],
)
def test_the_carriers_side(
    tmp_path: Path,
    account: Handler,
    changes: dict[str, str],
    accounts: tuple[Level, str],
    numbers: tuple[Level, str] | None,
) -> None:
    port = free_port()

    async def run() -> tuple[Verdict, ...]:
        async with serving(("GET", "/healthz", passing_on(port))) as public:
            urls = {"voice_url": f"{public}/twilio/voice", "status_callback": f"{public}/twilio/call-status"}
            async with carrier(account, [HELD | urls | changes]) as api:
                file = settings_file(tmp_path, public, port, more=twilio(api))
                return await examine(file, {"TWILIO_AUTH_TOKEN": "t0ken"})

    verdicts = asyncio.run(run())
    ((level, what),) = of(verdicts, "account")
    assert level is accounts[0] and accounts[1] in what
    found = of(verdicts, "numbers")
    if numbers is None:
        assert found == []
    else:
        assert found[0][0] is numbers[0] and numbers[1] in found[0][1]
    assert not any("t0ken" in str(one) for one in verdicts)


def test_without_a_token_nobody_is_asked(tmp_path: Path) -> None:
    file = settings_file(tmp_path, f"http://127.0.0.1:{free_port()}", free_port(), more=twilio("http://127.0.0.1:1"))
    verdicts = asyncio.run(examine(file, {}))
    assert of(verdicts, "secrets") == [(Level.FAIL, "the environment lacks TWILIO_AUTH_TOKEN")]
    assert of(verdicts, "account")[0][0] is Level.FAIL


def test_what_answers_without_tls() -> None:
    async def run() -> str:
        async with serving(("GET", "/healthz", saying({}))) as plain:
            return (await ask(plain.replace("http", "https", 1))).why

    assert asyncio.run(run()) == "it does not speak TLS as it should"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="a certificate has to be made")
def test_a_certificate_that_nobody_signed(tmp_path: Path) -> None:
    """As the carrier would refuse it."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=127.0.0.1", "-days", "2"),
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")

    async def run() -> str:
        async with serving(("GET", "/healthz", saying({})), tls=tls) as address:
            return (await ask(address)).why

    assert asyncio.run(run()).startswith("its certificate is not accepted (self")


@pytest.fixture
def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(doctor.doctor)
    return app


def test_the_command_as_json(tmp_path: Path, command: typer.Typer) -> None:
    file = settings_file(tmp_path, f"http://127.0.0.1:{free_port()}", free_port())
    done = CliRunner().invoke(command, ["--config", str(file), "--json"])
    printed = json.loads(done.stdout)
    assert done.exit_code == 1 and printed["ok"] is False
    assert set(printed["verdicts"][0]) == {"check", "level", "what", "remedy"}
    assert {"ok", "fail"} <= {one["level"] for one in printed["verdicts"]}


def test_the_command_as_lines(tmp_path: Path, command: typer.Typer) -> None:
    done = CliRunner().invoke(command, ["--config", str(tmp_path / "none.yaml")])
    assert done.exit_code == 1
    assert "fail settings: " in done.stdout and "cannot be read" in done.stdout
    assert "0 ok, 0 warn, 1 fail" in done.stdout


def test_a_verdict_and_below_it_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = (
        Verdict("home", Level.WARN, "1,000 MB are free in [srv]", "make room"),
        Verdict("clock", Level.OK, "right"),
    )
    doctor.show(Console(width=200, highlight=False), verdicts)
    assert capsys.readouterr().out.splitlines() == [
        "warn home: 1,000 MB are free in [srv]",
        "     make room",
        "ok   clock: right",
        "1 ok, 1 warn, 0 fail",
    ]
