"""The command `sop`: check a procedure, draw it, talk to it, walk all its ways, audit calls."""

import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from sop.audit import Audit, summary, ujcs
from sop.audit import audit as audit_call
from sop.callers import Manner
from sop.chat import as_json, held
from sop.chat import chat as chat_loop
from sop.conversation import Conversation
from sop.draw import mermaid
from sop.graph import Graph
from sop.journeys import Journey
from sop.journeys import journeys as journeys_of
from sop.loader import load, load_text, shipped
from sop.picture import svg as picture
from sop.problems import FlowError
from sop.schema import flow_schema
from sop.scoring import Run, run_all, scores
from sop.script import is_moment, parse_script, play
from sop.stub import ExampleTools, FileTools, tools_from
from sop.telephone_journal import NotAJournal, read_call

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Procedures for the telephone: check, draw, try out, walk every way, audit.",
)
errors = Console(stderr=True, soft_wrap=True)

FlowArgument = Annotated[str, typer.Argument(metavar="FLOW", help="A flow file, or the name of a flow that ships.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@app.command()
def check(
    flows: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FLOW]...", help="Flow files or names; every shipped flow by default."),
    ] = None,
) -> None:
    """Report every mistake in a flow: file, line, step, what is wrong, how to mend it."""
    failed = False
    for flow in flows or shipped():
        try:
            graph = load(flow)
        except FlowError as error:
            failed = True
            for problem in error.problems:
                typer.echo(str(problem), err=True)
            continue
        counts = f"{len(graph.steps)} steps, {len(graph.slots)} slots"
        typer.echo(f"{graph.name} version {graph.version}: no mistakes in {counts}")
    if failed:
        raise typer.Exit(1)


@app.command()
def schema() -> None:
    """Print the JSON Schema of flow files, for editors."""
    typer.echo(json.dumps(flow_schema(), indent=2, sort_keys=True))


@app.command()
def draw(
    flow: FlowArgument,
    svg: Annotated[bool, typer.Option("--svg", help="An SVG that a browser shows, instead of Mermaid.")] = False,
    trace: Annotated[Path | None, typer.Option(help="A call's journal: its path is coloured.")] = None,
) -> None:
    """Print a flow as a Mermaid flowchart, or as an SVG."""
    graph = _loaded(flow)
    path = _audited(trace).steps if trace else ()
    typer.echo(picture(graph, path) if svg else mermaid(graph, path))


@app.command()
def chat(
    flow: FlowArgument,
    caller: Annotated[str, typer.Option(help="The caller's own number.")] = "+14155550134",
    now: Annotated[str, typer.Option(help="When the call begins, ISO 8601 with offset; now by default.")] = "",
    fail: Annotated[bool, typer.Option(help="Let every tool fail, and nobody pick up.")] = False,
    tools: Annotated[Path | None, typer.Option(help="A YAML file that answers for the tools.")] = None,
    script: Annotated[Path | None, typer.Option(help="Play this script instead of the terminal.")] = None,
    json_: JsonOption = False,
) -> None:
    """Talk to a flow in the terminal, tools stubbed. An empty line is silence; a line of digits with # or * is the
    keypad."""
    graph = _loaded(flow)
    if script is not None:
        _play(graph, script, json_)
        return
    if now and not is_moment(now):
        raise _usage(f"--now {now!r} is no moment; write it like 2026-11-22T19:30:00-05:00")
    failing = frozenset({*graph.tools, "create_lead"}) if fail else frozenset()
    stub = _stub(graph, tools) if tools else ExampleTools(graph, failing)
    talk = Conversation(graph, tools=stub, people=lambda _: not fail, caller=caller, now=now)
    quiet = (lambda _: None) if json_ else None
    chat_loop(talk, lambda: input("" if json_ else "you: "), quiet or _say, quiet or _note)
    if json_:
        typer.echo(json.dumps(as_json(talk), indent=2, ensure_ascii=False))
        return
    for line in held(talk):
        typer.echo(line)


def _say(text: str) -> None:
    typer.echo(f"bot: {text}")


def _note(text: str) -> None:
    typer.echo(f"     {text}", err=True)


def _play(graph: Graph, path: Path, json_: bool) -> None:
    """A scripted call; exit code 1 when a line does not hold."""
    try:
        talk, misses = play(graph, parse_script(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise _usage(f"{path}: {error}") from None
    if json_:
        typer.echo(json.dumps(as_json(talk, misses), indent=2, ensure_ascii=False))
    else:
        for turn in as_json(talk)["turns"]:
            if "heard" in turn:
                typer.echo(f"you: {turn['heard']}")
            for text in turn["said"]:
                typer.echo(f"bot: {text}")
    for miss in misses:
        typer.echo(f"{path}: {miss}", err=True)
    if misses:
        raise typer.Exit(1)


@app.command()
def journeys(
    flow: FlowArgument,
    score: Annotated[
        bool, typer.Option("--score", help="Let scripted callers go every journey, and score them.")
    ] = False,
    most: Annotated[int, typer.Option(min=1, help="At most so many ways through the flow.")] = 40,
    json_: JsonOption = False,
) -> None:
    """Walk every way through a flow: complete, a value missing, a tool failing; in three manners of speaking."""
    graph = _loaded(flow)
    if not score:
        found = journeys_of(graph, most=most)
        typer.echo(json.dumps([_shown(one) for one in found], indent=2)) if json_ else _list(found)
        return
    total = len(journeys_of(graph, most=most)) * len(Manner)
    runs = list(track(run_all(graph, most=most), f"{graph.name}: {total} journeys", total=total, console=errors))
    result = {
        "flow": graph.name,
        "journeys": len(runs),
        "ujcs": scores(runs),
        "ujcs_all": round(ujcs([run.coverage for run in runs]), 4),
        "violations": sum(bool(run.audit.violations) for run in runs),
        "misses": [_miss(run) for run in runs if run.coverage < 1 or run.audit.violations],
    }
    typer.echo(json.dumps(result, indent=2)) if json_ else _scored(result)
    if result["misses"]:
        raise typer.Exit(1)


def _shown(journey: Journey) -> dict[str, Any]:
    return asdict(journey) | {"unreachable": sorted(journey.unreachable)}


def _list(found: tuple[Journey, ...]) -> None:
    for journey in found:
        told = journey.scenario
        told += f" ({journey.missing or journey.failing})" if journey.missing or journey.failing else ""
        typer.echo(f"{told}: {' > '.join(journey.path)} > {journey.ends}")
    counts = Counter(journey.scenario for journey in found)
    typer.echo(", ".join(f"{count} {scenario}" for scenario, count in counts.items()), err=True)


def _miss(run: Run) -> dict[str, Any]:
    return {
        "scenario": run.journey.scenario,
        "manner": run.manner.value,
        "coverage": round(run.coverage, 4),
        "expected": [asdict(call) for call in run.journey.calls],
        "called": [asdict(call) for call in run.audit.calls],
        "path": list(run.audit.steps),
        "violations": list(run.audit.violations),
    }


def _scored(result: dict[str, Any]) -> None:
    table = Table("scenario", *(manner.value for manner in Manner), title=f"UJCS of {result['flow']}")
    for scenario, row in result["ujcs"].items():
        table.add_row(scenario, *(f"{row[manner.value]:.3f}" for manner in Manner))
    Console(soft_wrap=True).print(table)
    typer.echo(f"{result['journeys']} journeys, UJCS {result['ujcs_all']:.3f}, {result['violations']} violations")


@app.command()
def audit(
    journals: Annotated[list[Path], typer.Argument(metavar="JOURNAL...", help="Journals of calls: calls/*.jsonl")],
    json_: JsonOption = False,
) -> None:
    """Hold recorded calls against their flows: mandatory steps, violations, where callers leave, repeated prompts."""
    paths = track(journals, "auditing", console=errors, disable=len(journals) < 20)
    audits = [(path, _audited(path)) for path in paths]
    together = summary([one for _, one in audits])
    calls = [{"journal": str(path), **asdict(one)} for path, one in audits]
    if json_:
        typer.echo(json.dumps({"summary": asdict(together), "calls": calls}, indent=2))
    else:
        for path, one in audits:
            found = "; ".join(one.violations) or "no violation"
            typer.echo(f"{path.name}: {one.outcome or 'caller left'} at {one.last_step or 'the greeting'}; {found}")
        typer.echo(
            f"{together.calls} calls, {together.violations} with violations; outcomes: {dict(together.outcomes)}"
        )
    if together.violations:
        raise typer.Exit(1)


def _audited(path: Path) -> Audit:
    """A journal held against the flow that it holds itself."""
    try:
        with path.open(encoding="utf-8") as file:
            call = read_call(file)
    except (OSError, UnicodeDecodeError, NotAJournal) as error:
        raise _usage(f"{path} can't be read as a journal: {error}") from None
    try:
        graph = load_text(call.source, call.flow)
    except FlowError as error:
        remedy = "name a journal that this release wrote"
        raise _usage(f"{path}: its flow can't be read any more; {remedy}: {error}") from None
    return audit_call(graph, call.moments)


def _stub(graph: Graph, path: Path) -> FileTools:
    try:
        return tools_from(path.read_text(encoding="utf-8"), graph, path.name)
    except OSError as error:
        raise _usage(f"{path}: {error.strerror}") from None
    except FlowError as error:
        raise _usage(str(error)) from None


def _usage(message: str) -> typer.Exit:
    """Somebody named a file that won't do."""
    typer.echo(message, err=True)
    return typer.Exit(1)


def _loaded(flow: str) -> Graph:
    try:
        return load(flow)
    except FlowError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    sys.exit(app())
