"""The command `sop`: check a flow, draw it, talk to it."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from sop.acts import (
    Act,
    Begin,
    CallTool,
    Enter,
    Finish,
    Input,
    Keys,
    Save,
    Say,
    Silence,
    ToolFinished,
    TransferFinished,
    TransferTo,
)
from sop.draw import mermaid
from sop.engine import advance, start
from sop.expectation import expect
from sop.graph import Graph
from sop.loader import load
from sop.problems import FlowError
from sop.reader import RuleReader
from sop.reading import Hypothesis
from sop.state import State

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Procedures for the telephone: check, draw, try out."
)

FlowArgument = Annotated[str, typer.Argument(metavar="FLOW", help="A flow file, or the name of a flow that ships.")]


@app.command()
def check(flow: FlowArgument) -> None:
    """Report every mistake in a flow: file, line, step, what is wrong, how to mend it."""
    graph = _loaded(flow)
    typer.echo(
        f"{graph.name} version {graph.version}: no mistakes in {len(graph.steps)} steps, {len(graph.slots)} slots"
    )


@app.command()
def draw(flow: FlowArgument) -> None:
    """Print a flow as a Mermaid flowchart."""
    typer.echo(mermaid(_loaded(flow)))


@app.command()
def chat(
    flow: FlowArgument,
    caller: Annotated[str, typer.Option(help="The caller's own number.")] = "+14155550134",
    now: Annotated[str, typer.Option(help="When the call begins, ISO 8601 with offset; now by default.")] = "",
    fail: Annotated[bool, typer.Option(help="Let every tool and transfer fail.")] = False,
) -> None:
    """Talk to a flow in the terminal. An empty line is silence; a line of digits with # or * is the
    keypad."""
    graph = _loaded(flow)
    state = start(graph, caller=caller, now=now or datetime.now().astimezone().isoformat(timespec="seconds"))
    state = _perform(graph, state, Begin(), fail)
    reader = RuleReader(graph)
    while state.outcome is None:
        try:
            line = input("you: ")
        except EOFError:
            break
        event: Input = Silence()
        if (
            line.strip()
            and set(line.strip()) <= set("0123456789*#")
            and (len(line.strip()) < 3 or line.strip()[-1] in "#*")
        ):
            event = Keys(line.strip())
        elif line.strip():
            event = reader.read((Hypothesis(line, 0.9),), expect(graph, state), state.now)
            typer.echo(f"     understood: {', '.join(map(str, event.acts)) or 'nothing'}", err=True)
        state = _perform(graph, state, event, fail)
    for name, held in state.values.items():
        typer.echo(f"{name}: {held.value}{'' if held.confirmed else ' (not confirmed)'}")


def _perform(graph: Graph, state: State, event: Input, fail: bool) -> State:
    """Advance, and answer tools and transfers as a stub does."""
    while True:
        state, acts = advance(graph, state, event)
        pending: Input | None = None
        for act in acts:
            pending = _show(act, fail) or pending
        if pending is None:
            return state
        event = pending


def _show(act: Act, fail: bool) -> Input | None:
    match act:
        case Say():
            typer.echo(f"bot: {act.text}")
        case Enter():
            typer.echo(f"     [{act.step}]", err=True)
        case Save():
            for field in act.fields:
                typer.echo(f"     {field.slot} = {field.value}{' (confirmed)' if field.confirmed else ''}", err=True)
        case CallTool():
            typer.echo(f"     tool {act.name}", err=True)
            return ToolFinished(act.id, not fail, {})
        case TransferTo():
            typer.echo(f"     transfer to {act.target}: {act.reason}", err=True)
            return TransferFinished(not fail, "stub")
        case Finish():
            typer.echo(f"     finished: {act.outcome}", err=True)
    return None


def _loaded(flow: str) -> Graph:
    try:
        return load(flow)
    except FlowError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    sys.exit(app())
