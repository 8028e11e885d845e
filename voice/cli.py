"""The command `switchboard`."""

import asyncio
import dataclasses
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import sop
from voice import config as configuration
from voice import demo as demonstration
from voice import (
    doctor,
    handed_over,
    initial,
    leads,
    live,
    logs,
    models,
    recorded,
    rehearsal,
    serving,
    settings,
    setup,
    showing,
)
from voice.errors import OperatorError, SwitchboardError
from voice.replaying import command as replaying
from voice.simulate import RealTime, ring

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(models.app, name="models")
app.add_typer(leads.app, name="leads")
app.add_typer(setup.app, name="twilio")
_console = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)


class People(StrEnum):
    """What people do whom the server rings."""

    accept = "accept"
    decline = "decline"
    no_answer = "no_answer"
    busy = "busy"
    voicemail = "voicemail"


Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def _fail(error: Exception) -> typer.Exit:
    _errors.print(f"switchboard: {error}", style="red", markup=False, soft_wrap=True)
    return typer.Exit(1)


@app.callback()
def main() -> None:
    """A telephone voice agent that follows a business's own procedure."""
    logs.to_stderr()


app.command()(serving.serve)
app.command()(doctor.doctor)


@app.command()
def init(
    flow: Annotated[str, typer.Option(help="A shipped flow's name, or a path.")],
    number: Annotated[str, typer.Option(help="The business's number, E.164.")] = "",
    public_url: Annotated[str, typer.Option(help="Where the carrier reaches the server: https://….")] = "",
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path(settings.FILE),
) -> None:
    """Write a commented settings file for a flow."""
    try:
        text = initial.commented(flow, number, public_url)
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _fail(OperatorError(f"{out} is there already; name another file with --out, or remove it")) from None
    except (SwitchboardError, sop.FlowError, OSError) as error:
        raise _fail(error) from None
    _console.print(
        f"{out}: fill in what stands between < and >, then run: switchboard doctor --config {out}", soft_wrap=True
    )


@app.command()
def demo(
    calls: Annotated[
        int | None, typer.Option(min=1, help="How many callers ring; they repeat beyond the eleven.")
    ] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="Only this caller; may be repeated.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Pace the callers by processing instead of the clock.")] = False,
    transfer: Annotated[bool, typer.Option(help="Have one more caller handed to a person.")] = True,
    as_json: Json = False,
) -> None:
    """Have recorded callers ring in through the whole stack, offline; the last one is handed to a person."""
    try:
        names = scenario or list(demonstration.CALLERS)
        callers = [recorded.load(names[i % len(names)]) for i in range(calls or len(names))]
        demonstration.refuse_others(callers)
        graph, source = demonstration.load_flow(demonstration.FLOW)
        home = configuration.load().home
        settings = demonstration.DemoSettings(demonstration.fresh_home(home / "demo"), home / "prompts", fast)
        if not as_json:
            pace = "as fast as they are processed" if fast else "in real time"
            _console.print(f"{len(callers)} recorded callers ring {graph.business} at once, {pace}.")
            _console.print(
                "Speech models: the two small ones that come with Switchboard, for this demonstration and the tests "
                "only."
            )
        shown = asyncio.run(
            showing.show(graph, source, callers, settings, console=None if as_json else _console, transfers=transfer)
        )
    except (SwitchboardError, sop.FlowError, OSError) as error:
        raise _fail(error) from None
    if as_json:
        found = demonstration.as_json(graph, shown.calls, fast=fast)
        found["transfer"] = handed_over.as_json(shown.transfer) if shown.transfer else None
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        live.show_leads(_console, shown.calls)
        live.show_summary(_console, shown.calls, fast)
        if shown.transfer:
            live.show_handover(_console, shown.transfer)
    if not shown.right:
        raise typer.Exit(1)


@app.command()
def simulate(
    scenario: Annotated[str, typer.Argument(help="A shipped caller's name, or a path.")],
    url: Annotated[str, typer.Option(help="ws://host:port/ws of a server on loopback.")] = "",
    record: Annotated[Path | None, typer.Option(help="With --url: write what both sides heard, a stereo WAV.")] = None,
    twilio: Annotated[
        bool, typer.Option("--twilio", help="Ring the server of a settings file through the Twilio double.")
    ] = False,
    config: Annotated[Path, typer.Option(help="With --twilio: the server's settings file.")] = Path(settings.FILE),
    server: Annotated[str, typer.Option(help="With --twilio: http://host:port, if not the settings' own.")] = "",
    number: Annotated[str, typer.Option(help="With --twilio: which number is rung; by default the first.")] = "",
    people: Annotated[
        People, typer.Option(help="With --twilio: what people do whom the server rings.")
    ] = People.accept,
    speed: Annotated[float, typer.Option(min=0.1, max=8.0, help="With --twilio: times as fast as in life.")] = 1.0,
    as_json: Json = False,
) -> None:
    """Ring a running server with one recorded caller."""
    try:
        if twilio == bool(url):
            raise OperatorError("say either --url ws://host:port/ws or --twilio")
        if twilio:
            _rehearse(scenario, settings.load(config), server, number, people, speed, as_json)
        else:
            _ring(scenario, url, record, as_json)
    except (SwitchboardError, sop.FlowError) as error:
        raise _fail(error) from None


def _ring(scenario: str, url: str, record: Path | None, as_json: bool) -> None:
    rang = asyncio.run(ring(recorded.load(scenario), url, pace=RealTime(), record=record))
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(rang), indent=2))
    else:
        gaps = ", ".join(f"{reply.gap_ms} ms" for reply in rang.replies)
        _console.print(f"{rang.scenario}: {rang.duration_s} s, ended by the {rang.ended_by}; replies after {gaps}")
        live.show_violations(_console, rang.violations)
    if rang.violations or rang.ended_by in ("refused", "fault"):
        raise typer.Exit(1)


def _rehearse(
    scenario: str, given: settings.Settings, server: str, number: str, people: People, speed: float, as_json: bool
) -> None:
    address = server or f"http://127.0.0.1:{given.listen.port}"
    plan = rehearsal.Plan(address, number or next(iter(given.numbers)), people.value, speed)
    done = asyncio.run(rehearsal.rehearse(recorded.load(scenario), given, plan))
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(done), indent=2, ensure_ascii=False))
    else:
        live.show_rehearsed(_console, done)
    if done.violations:
        raise typer.Exit(1)


app.command()(replaying.replay)
