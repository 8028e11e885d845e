"""The command `switchboard`."""

import asyncio
import dataclasses
import json
import signal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

import sop
from sop.graph import Graph
from sop.llm_reader import LlmSettings
from voice import config as configuration
from voice import demo as demonstration
from voice import live, logs, models, recorded
from voice.errors import OperatorError, SwitchboardError
from voice.exchange import ExchangeSettings, exchange
from voice.piper_voice import TtsSettings
from voice.replay import replay as replay_journal
from voice.server import ServerSettings
from voice.simulate import RealTime, ring
from voice.store import Store
from voice.tools import ExampleTools, HttpTools, secrets_needed
from voice.whisper import AsrSettings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(models.app, name="models")
_console = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file; default ./switchboard.toml.")]


def _fail(error: Exception) -> typer.Exit:
    _errors.print(f"switchboard: {error}", style="red", markup=False, soft_wrap=True)
    return typer.Exit(1)


@app.callback()
def main() -> None:
    """A telephone voice agent that follows a business's own procedure."""
    logs.to_stderr()


@app.command()
def serve(
    loopback: Annotated[
        bool, typer.Option("--loopback", help="Listen on 127.0.0.1 and take unsigned streams.")
    ] = False,
    port: Annotated[int | None, typer.Option(help="0 for any free port.")] = None,
    flow: Annotated[str | None, typer.Option(help="A shipped flow's name, or a path.")] = None,
    asr: Annotated[str | None, typer.Option(help="Whisper: a name of `models list`, or a folder.")] = None,
    voice: Annotated[str | None, typer.Option(help="Piper voice: a name of `models list`, or a path.")] = None,
    example_tools: Annotated[
        bool, typer.Option("--example-tools", help="Answer for the flow's tools with its examples.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Answer calls."""
    try:
        if not loopback:
            raise OperatorError(
                "serve needs --loopback: this version checks no carrier signature, so it does not listen to a network"
            )
        given = {"port": port, "flow": flow, "asr": asr, "voice": voice}
        settings = configuration.load(config, overrides=given)
        asyncio.run(_serve(settings, example_tools=example_tools))
    except (SwitchboardError, sop.FlowError, OSError) as error:
        raise _fail(error) from None


async def _serve(config: configuration.Config, *, example_tools: bool) -> None:
    if not config.flow:
        raise OperatorError("no flow is configured; pass --flow after_hours_hvac, or set flow in switchboard.toml")
    graph, source = demonstration.load_flow(config.flow)
    settings = ExchangeSettings(
        asr=AsrSettings(model=models.find("whisper", config.asr, config.models), threads=config.asr_threads),
        tts=TtsSettings(voice=models.find("piper", config.voice, config.models), cache=config.cache),
        store_url=config.store_url,
        server=ServerSettings(port=config.port, journals=config.journals, most_calls=config.most_calls),
        tools=ExampleTools() if example_tools else HttpTools(configuration.secrets(secrets_needed(graph.tools))),
        reader=_reader(config),
        reader_secret=configuration.secrets([config.reader_key])[config.reader_key] if config.reader_key else "",
    )
    config.home.mkdir(parents=True, exist_ok=True)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with exchange(graph, source, settings) as running:
        _console.print(
            f"ready: ws://127.0.0.1:{running.port}/ws answers with {graph.name} version {graph.version}; "
            f"ears {config.asr}, voice {config.voice}",
            soft_wrap=True,
        )
        await stopping.wait()


def _reader(config: configuration.Config) -> LlmSettings | None:
    """The language model that helps to read, where one is configured."""
    if not config.reader_url:
        return None
    try:
        return LlmSettings(config.reader_url, config.reader_model, timeout_ms=config.reader_timeout_ms)
    except ValueError as error:
        raise OperatorError(f"the reader's settings won't do: {error}; see reader_url and reader_model") from None


@app.command()
def demo(
    calls: Annotated[
        int | None, typer.Option(min=1, help="How many callers ring; they repeat beyond the shipped ones.")
    ] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="Only this caller; may be repeated.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Pace the callers by processing instead of the clock.")] = False,
    as_json: Json = False,
) -> None:
    """Have recorded callers ring in through the whole stack, offline."""
    try:
        names = scenario or list(recorded.shipped())
        callers = [recorded.load(names[i % len(names)]) for i in range(calls or len(names))]
        graph, source = demonstration.load_flow("after_hours_hvac")
        home = configuration.load().home
        settings = demonstration.DemoSettings(demonstration.fresh_home(home / "demo"), home / "prompts", fast)
        results = asyncio.run(_demo(graph, source, callers, settings, as_json))
    except (SwitchboardError, sop.FlowError, OSError) as error:
        raise _fail(error) from None
    if as_json:
        typer.echo(json.dumps(demonstration.as_json(graph, results, fast=fast), indent=2, ensure_ascii=False))
    else:
        live.show_leads(_console, results)
        live.show_summary(_console, results, fast)
    if any(result.faults for result in results):
        raise typer.Exit(1)


async def _demo(
    graph: Graph,
    source: str,
    callers: list[recorded.Recorded],
    settings: demonstration.DemoSettings,
    quiet: bool,
) -> list[demonstration.Demonstrated]:
    if quiet:
        return await demonstration.demonstrate(graph, source, callers, settings)
    pace = "as fast as they are processed" if settings.fast else "in real time"
    _console.print(f"{len(callers)} recorded callers ring {graph.business} at once, {pace}.")
    _console.print(
        "Speech models: the two small ones that come with Switchboard, for this demonstration and the tests only."
    )
    followed = live.Live(_console, clock_stands=settings.fast)
    watched = "CA" + "0" * 32
    columns = (
        TextColumn("rendering fixed prompts"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
    )
    with Progress(*columns, console=_console, transient=True) as bar:
        task = bar.add_task("prompts", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if done == total:
                bar.stop()
                _console.print(f"Following the first caller, {callers[0].scenario.name}:")

        return await demonstration.demonstrate(
            graph,
            source,
            callers,
            settings,
            listener=lambda start: followed if start.call == watched else live.Unwatched(),
            progress=progress,
            finished=lambda call: live.show_finished(_console, call),
        )


@app.command()
def simulate(
    scenario: Annotated[str, typer.Argument(help="A shipped caller's name, or a path.")],
    url: Annotated[str, typer.Option(help="ws://host:port/ws")],
    record: Annotated[Path | None, typer.Option(help="Write what both sides heard: a stereo WAV.")] = None,
    as_json: Json = False,
) -> None:
    """Ring a running server with one recorded caller, in real time."""
    try:
        rang = asyncio.run(ring(recorded.load(scenario), url, pace=RealTime(), record=record))
    except SwitchboardError as error:
        raise _fail(error) from None
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(rang), indent=2))
    else:
        gaps = ", ".join(f"{reply.gap_ms} ms" for reply in rang.replies)
        _console.print(f"{rang.scenario}: {rang.duration_s} s, ended by the {rang.ended_by}; replies after {gaps}")
        for violation in rang.violations:
            _console.print(f"the carrier would have complained: {violation}", style="red")
    if rang.violations or rang.ended_by in ("refused", "fault"):
        raise typer.Exit(1)


@app.command()
def replay(
    journal: Annotated[Path, typer.Argument(help="A calls/*.jsonl file.")],
    as_json: Json = False,
) -> None:
    """Run a journal's call again, without models, and compare every command."""
    try:
        result = replay_journal(journal)
    except (SwitchboardError, sop.FlowError, OSError) as error:
        raise _fail(error) from None
    values = dataclasses.asdict(result) | {"real_time_factor": result.real_time_factor}
    if as_json:
        typer.echo(json.dumps(values, indent=2))
    else:
        word = "identical" if result.identical else f"DIFFERENT: {result.first_difference}"
        _console.print(
            f"{journal.name}: {word}; {result.events} events, {result.commands} commands, {result.duration_s} s "
            f"of call in {result.elapsed_s} s, {result.real_time_factor:.0f} times real time",
            markup=False,
        )
    if not result.identical:
        raise typer.Exit(1)


@app.command()
def leads(config: ConfigFile = None, as_json: Json = False) -> None:
    """List the leads in the database."""
    try:
        settings = configuration.load(config)
        rows = asyncio.run(_leads(settings.store_url))
    except SwitchboardError as error:
        raise _fail(error) from None
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        _console.print(f"{row['call']} {row['status']}: {row['fields']}", markup=False, soft_wrap=True)


async def _leads(url: str) -> list[dict[str, object]]:
    store = Store(url)
    await store.open()
    try:
        return [
            {"call": x.call, "status": x.status, "fields": {s: v.value for s, v in x.fields.items()}}
            for x in await store.leads()
        ]
    finally:
        await store.close()
