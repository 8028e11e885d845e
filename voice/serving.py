"""`switchboard serve`: a server out of its settings file, or on loopback out of options and environment."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

import sop
from sop.llm_reader import LlmSettings
from voice import config as configuration
from voice import demo, loopback, models
from voice import settings as telephone_settings
from voice.carrier import LoopbackCarrier
from voice.errors import OperatorError, SwitchboardError
from voice.exchange import Exchange, ExchangeSettings, exchange
from voice.gate import LoopbackGate
from voice.piper_voice import TtsSettings
from voice.server import ServerSettings
from voice.service import service
from voice.telephone import TelephoneSettings
from voice.tools import ExampleTools, HttpTools, secrets_needed
from voice.whisper import AsrSettings

_LAST_ANSWERS_S = 2.0
"""When the last stream is over the carrier asks what follows it: without an answer the caller hears an apology."""

_console = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)


def serve(
    config: Annotated[Path | None, typer.Option("--config", help="Settings file; default ./switchboard.yaml.")] = None,
    loopback: Annotated[
        bool,
        typer.Option("--loopback", help="No settings file: listen on 127.0.0.1 and take unsigned streams of one flow."),
    ] = False,
    port: Annotated[int | None, typer.Option(help="With --loopback: 0 for any free port.")] = None,
    flow: Annotated[str | None, typer.Option(help="With --loopback: a shipped flow's name, or a path.")] = None,
    asr: Annotated[str | None, typer.Option(help="With --loopback: Whisper, by name or folder.")] = None,
    voice: Annotated[str | None, typer.Option(help="With --loopback: Piper voice, by name or path.")] = None,
    example_tools: Annotated[
        bool, typer.Option("--example-tools", help="Answer for the flow's tools with its examples.")
    ] = False,
) -> None:
    """Answer calls."""
    try:
        given = {"port": port, "flow": flow, "asr": asr, "voice": voice}
        if loopback and config is not None:
            raise OperatorError("--config goes without --loopback, which takes options and the environment")
        if loopback:
            asyncio.run(_on_loopback(configuration.load(overrides=given), example_tools=example_tools))
        elif unfit := [f"--{name}" for name, value in given.items() if value is not None]:
            raise OperatorError(f"{', '.join(unfit)} goes with --loopback; otherwise the settings file says it")
        else:
            file = config or Path(telephone_settings.FILE)
            asyncio.run(_on_the_telephone(telephone_settings.load(file), example_tools=example_tools))
    except (SwitchboardError, sop.FlowError, OSError) as error:
        _errors.print(f"switchboard: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None


async def _on_the_telephone(settings: telephone_settings.Settings, *, example_tools: bool) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    stopping = _signalled()
    async with service(settings, example_tools=example_tools, progress=_loading()) as running:
        numbers = ", ".join(settings.numbers)
        _ready(f"{settings.public_url} on port {running.port} answers {numbers}; ears {settings.models.ears}")
        await stopping.wait()
        await _drain(running, settings.limits.drain_seconds)


async def _drain(running: Exchange, limit_s: float) -> None:
    live = len(running.server.sessions)
    if live:
        _console.print(f"stopping: new calls go to the fallback, {live} live ones finish within {limit_s:.0f} s")
    if left := await running.server.drain(limit_s):
        _console.print(f"stopping although {left} calls are live: the carrier goes on with their fallback")
    elif live:
        await asyncio.sleep(_LAST_ANSWERS_S)


async def _on_loopback(config: configuration.Config, *, example_tools: bool) -> None:
    if not config.flow:
        raise OperatorError("no flow is configured; pass --flow after_hours_hvac, or set SWITCHBOARD_FLOW")
    graph, source = demo.load_flow(config.flow)
    carrier = LoopbackCarrier()
    settings = ExchangeSettings(
        asr=AsrSettings(model=models.find("whisper", config.asr, config.models), threads=config.asr_threads),
        tts=TtsSettings(voice=models.find("piper", config.voice, config.models), cache=config.cache),
        store_url=config.store_url,
        unsaved=config.home / "unsaved.jsonl",
        server=ServerSettings(port=config.port, journals=config.journals, most_calls=config.most_calls),
        carrier=carrier,
        telephone=TelephoneSettings(packets=config.home / "packets"),
        tools=ExampleTools() if example_tools else HttpTools(configuration.secrets(secrets_needed(graph.tools))),
        reader=_reader(config),
        reader_secret=configuration.secrets([config.reader_key])[config.reader_key] if config.reader_key else "",
    )
    config.home.mkdir(parents=True, exist_ok=True)
    stopping = _signalled()
    gate = LoopbackGate(loopback.plan(graph, source))
    async with exchange((graph,), settings, lambda _: gate, progress=_loading()) as running:
        loopback.connect(carrier, running.server, running.engines.telephone)
        _ready(
            f"ws://127.0.0.1:{running.port}/ws answers with {graph.name} version {graph.version}; "
            f"ears {config.asr}, voice {config.voice}"
        )
        await stopping.wait()


def _loading() -> Callable[[int, int], None]:
    """Shows how far the prompts are, where a person is watching; the models are loaded by then."""
    bar = Progress(
        TextColumn("rendering fixed prompts"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        console=_errors,
        transient=True,
    )
    task = bar.add_task("prompts", total=None)

    def progress(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)
        if done == total:
            bar.stop()

    if _errors.is_terminal:
        _errors.print("loading the speech models")
    return progress


def _ready(what: str) -> None:
    _console.print(f"ready: {what}", soft_wrap=True, markup=False)


def _signalled() -> asyncio.Event:
    """Set by the first SIGINT or SIGTERM; a second one ends the process at once."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        stopping.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    return stopping


def _reader(config: configuration.Config) -> LlmSettings | None:
    """The language model that helps to read, where one is configured."""
    if not config.reader_url:
        return None
    try:
        return LlmSettings(config.reader_url, config.reader_model, timeout_ms=config.reader_timeout_ms)
    except ValueError as error:
        raise OperatorError(
            f"the reader's settings won't do: {error}; see SWITCHBOARD_READER_URL and SWITCHBOARD_READER_MODEL"
        ) from None
