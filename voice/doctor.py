"""`switchboard doctor`: looks at everything that a server needs before a call comes, and says what to do about it.

It changes nothing, except that the home folder and the database's tables are made as a server would make them. Where no
server runs yet, one that only answers /healthz stands in while the public address is tried.
"""

import asyncio
import contextlib
import json
import os
import shutil
import ssl
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import aiohttp
import typer
from aiohttp import web
from rich.console import Console
from sqlalchemy import text

from sop.graph import Graph
from sop.loader import load as load_flow
from voice import diagnosis, models
from voice.database import Database
from voice.diagnosis import Answer, Level, Verdict
from voice.errors import OperatorError, SwitchboardError
from voice.hub import Kind
from voice.rest import Rest, RestError, RestSettings
from voice.settings import FILE, Settings, SettingsError, load, secret_names
from voice.settings_form import Twilio
from voice.setup import configure, wanted

_TIMEOUT_S = 10.0
_WRITES = 5
_COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


async def examine(path: Path, environment: Mapping[str, str] = os.environ) -> tuple[Verdict, ...]:
    """Every verdict on the settings in a file and on what they name."""
    try:
        settings = load(path, None)
    except SettingsError as error:
        return tuple(
            Verdict("settings", Level.FAIL, str(problem).removesuffix(f"; {problem.remedy}"), problem.remedy)
            for problem in error.problems
        )
    flows = {name for one in settings.numbers.values() for name in (one.flow, one.open_flow) if name}
    graphs = [load_flow(flow) for flow in sorted(flows)]
    found = [Verdict("settings", Level.OK, f"no mistakes in {path.name}")]
    found += [verdict for graph in graphs for verdict in diagnosis.flow(graph)]
    found += diagnosis.secrets(_variables(settings, graphs), environment)
    found += diagnosis.people(settings)
    found += await asyncio.to_thread(_models, settings)
    found += await asyncio.to_thread(_home, settings.home)
    found.append(await _database(settings.store_url))
    found += await _public(settings)
    if settings.twilio is not None:
        found += await _carrier(settings, settings.twilio, environment.get(settings.twilio.auth_token_env, ""))
    return tuple(found)


def _variables(settings: Settings, graphs: list[Graph]) -> tuple[str, ...]:
    return diagnosis.variables(secret_names(settings), graphs)


def _models(settings: Settings) -> list[Verdict]:
    """The named models: where they should be, and every digest right."""
    found = []
    kinds: tuple[tuple[Kind, str], ...] = (("whisper", settings.models.ears), ("piper", settings.models.voice))
    for kind, name in kinds:
        try:
            place = models.find(kind, name, settings.model_folder)
        except SwitchboardError as error:
            what, _, remedy = str(error).partition(": ")
            found.append(Verdict("models", Level.FAIL, what, remedy or "name another under `models`"))
            continue
        folder = place if place.is_dir() else place.parent
        wrong = models.check(folder) if (folder / models.MANIFEST).is_file() else []
        found += [Verdict("models", Level.FAIL, one, f"`switchboard models get {name}`") for one in wrong]
        if not wrong:
            found.append(Verdict("models", Level.OK, f"{name} is there"))
    return found


def _home(home: Path) -> list[Verdict]:
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home) as file:
            file.write(b"x")
    except OSError as error:
        what = f"{home} can't be written: {error.strerror}"
        return [Verdict("home", Level.FAIL, what, "set `home` to a folder that this user may write")]
    return [
        Verdict("home", Level.OK, f"{home} can be written"),
        diagnosis.disk(str(home), shutil.disk_usage(home).free),
    ]


class _Bench(Database):
    """Writes to a table of its own, which is gone afterwards."""

    async def write(self) -> list[float]:
        """Milliseconds of each committed write."""
        took = []
        async with self._writes("a table") as connection:
            await connection.execute(text("DROP TABLE IF EXISTS doctor_writes"))
            await connection.execute(text("CREATE TABLE doctor_writes (place INTEGER)"))
        for place in range(_WRITES):
            began = time.perf_counter()
            async with self._writes("a row") as connection:
                await connection.execute(text("INSERT INTO doctor_writes VALUES (:place)"), {"place": place})
            took.append((time.perf_counter() - began) * 1000)
        async with self._writes("a table") as connection:
            await connection.execute(text("DROP TABLE doctor_writes"))
        return took


async def _database(url: str) -> Verdict:
    remedy = "mend `store`, or the database that it names"
    try:
        bench = _Bench(url)
        await bench.open()
        try:
            return diagnosis.writes(await bench.write())
        finally:
            await bench.close()
    except SwitchboardError as error:
        return Verdict("database", Level.FAIL, str(error), remedy)


async def _public(settings: Settings) -> list[Verdict]:
    """The way from the public address to this server, and the clock beside the answer's."""
    listen, url = settings.listen, settings.public_url
    local = f"http://{_reachable(listen.host)}:{listen.port}"
    try:
        async with _somebody(listen.host, listen.port, await ask(local)) as ours:
            answer = await ask(url)
            now = datetime.now(UTC)
    except OperatorError as error:
        return [Verdict("public address", Level.FAIL, str(error), "free the port, or set another under `listen`")]
    skew = diagnosis.clock(answer, now)
    return [diagnosis.public(url, answer, ours), *([skew] if skew else [])]


def _reachable(host: str) -> str:
    """The address under which a server that listens on `host` is found on its own machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - it is looked up, not listened on
    return f"[{host}]" if ":" in host else host


@contextlib.asynccontextmanager
async def _somebody(host: str, port: int, running: Answer) -> AsyncIterator[str]:
    """The instance that answers here: the server that runs, or else a stand-in for as long as it is wanted."""
    if running.instance:
        yield running.instance
        return
    instance = uuid.uuid4().hex

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "alive", "instance": instance})

    app = web.Application()
    app.router.add_get("/healthz", health)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield instance
    except OSError as error:
        raise OperatorError(f"{host}:{port} is taken by something else: {error.strerror}") from None
    finally:
        await runner.cleanup()


async def ask(base: str) -> Answer:
    """What /healthz answers under a base address; never raises."""
    limits = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    began = time.monotonic()
    try:
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=limits) as session,
            session.get(f"{base}/healthz", allow_redirects=False) as response,
        ):
            body = await response.content.read(4096)
            date = response.headers.get("Date", "")
            return Answer("", response.status, _instance(body), date, time.monotonic() - began)
    except (aiohttp.ClientError, TimeoutError) as error:
        return Answer(_why(error))


def _instance(body: bytes) -> str:
    try:
        value = json.loads(body)
    except ValueError:
        return ""
    return str(value.get("instance", "")) if isinstance(value, dict) else ""


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name is not known (DNS)"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        reason = error.certificate_error
        return f"its certificate is not accepted ({getattr(reason, 'verify_message', '') or type(reason).__name__})"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return "it does not speak TLS as it should"
    return "nothing listens there" if isinstance(error, aiohttp.ClientConnectorError) else "the connection broke"


async def _carrier(settings: Settings, twilio: Twilio, token: str) -> list[Verdict]:
    """The account, and the numbers as they are set up there."""
    if not token:
        return [Verdict("account", Level.FAIL, "the account can't be asked without its token", "set it")]
    rest = Rest(RestSettings(twilio.account, token, base=twilio.rest_url))
    try:
        held = await rest.ask(
            "reading the account", lambda client: client.api.v2010.accounts(twilio.account).fetch_async()
        )
        found = [diagnosis.account(str(held.status), str(held.type))]
        want = wanted(settings.public_url, "")
        found += [await _number(rest, number, want, settings.public_url) for number in settings.numbers]
    except RestError as error:
        remedy = "compare account and token with the carrier's console; an address in a region has a token of its own"
        return [Verdict("account", Level.FAIL, str(error), remedy if error.kind == "not authorised" else "try again")]
    finally:
        await rest.close()
    return found


async def _number(rest: Rest, number: str, want: Mapping[str, str], public_url: str) -> Verdict:
    try:
        held, _ = await configure(rest, number, want, write=False)
    except OperatorError as error:
        return Verdict("numbers", Level.FAIL, str(error), "mend that at the carrier, or remove the number here")
    return diagnosis.webhooks(number, held, want, public_url)


def doctor(
    config: Annotated[Path, typer.Option("--config", help="Settings file.")] = Path(FILE),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Look at everything that a server needs, and say what to do about what is wrong."""
    verdicts = asyncio.run(examine(config))
    if as_json:
        shown = {"ok": not diagnosis.failed(verdicts), "verdicts": [asdict(verdict) for verdict in verdicts]}
        typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        show(Console(highlight=False), verdicts)
    if diagnosis.failed(verdicts):
        raise typer.Exit(1)


def show(console: Console, verdicts: tuple[Verdict, ...]) -> None:
    """A line for each verdict, with what to do below it, and the count of each level."""
    for one in verdicts:
        line = f"{one.level:<5}{one.check}: {one.what}"
        console.print(line, style=_COLOURS[one.level], markup=False, soft_wrap=True)
        if one.remedy:
            console.print(f"     {one.remedy}", markup=False, soft_wrap=True)
    counts = ", ".join(f"{sum(one.level is level for one in verdicts)} {level}" for level in Level)
    console.print(counts, style="bold", markup=False)
