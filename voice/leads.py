"""`switchboard leads`: what callers left, where it went, and how it gets there after all."""

import asyncio
import csv
import dataclasses
import io
import json
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from voice import settings as configuration
from voice.errors import SwitchboardError
from voice.lead_text import guarded, one_line
from voice.store import Delivery, Lead, Store, StoredCall

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="What callers left, and where it went.")
_console = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file; default ./switchboard.yaml.")]


@dataclasses.dataclass(frozen=True, slots=True)
class _Kept:
    """A lead with what belongs to it."""

    lead: Lead
    call: StoredCall
    deliveries: tuple[Delivery, ...]


@app.command("list")
def list_leads(config: ConfigFile = None, as_json: Json = False) -> None:
    """List the leads, in the order of their calls."""
    kept = _on(config, _kept)
    if as_json:
        _print_json([_summary(one) for one in kept])
        return
    for one in kept:
        values = "; ".join(f"{slot}: {one_line(value)}" for slot, value in one.lead.values.items())
        states = ", ".join(f"{d.target} {d.state}" for d in _latest(one.deliveries))
        _say(f"{one.lead.call} {one.lead.status}: {values}" + (f" [{states}]" if states else ""))


@app.command()
def show(
    call: Annotated[str, typer.Argument(help="The call's identifier, CA….")],
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Show one lead: each value and how it was heard, and every delivery."""
    found = [one for one in _on(config, _kept) if one.lead.call == call]
    if not found:
        raise _fail(f"no lead of the call {call}: `switchboard leads list` shows them all")
    (one,) = found
    if as_json:
        _print_json(_whole(one))
        return
    _say(f"{call}: {one.lead.status}, version {one.lead.version}; {one.call.flow} version {one.call.version}")
    _say(
        f"  began {one.call.started}, caller {one.call.caller or 'withheld'}, outcome {one.call.outcome or 'none yet'}"
    )
    for slot, field in one.lead.fields.items():
        doubt = "confirmed" if field.confirmed else "not confirmed"
        turn = "" if field.turn is None else f", turn {field.turn}"
        heard = f'heard "{one_line(field.spoken)}" at {field.confidence:.2f}{turn}, {doubt}'
        _say(f"  {slot}: {one_line(field.value)} ({heard})")
    for delivery in one.deliveries:
        error = f": {delivery.last_error}" if delivery.last_error else ""
        _say(f"  version {delivery.version} to {delivery.target}: {delivery.state}, {delivery.attempts} tries{error}")


@app.command()
def redeliver(
    call: Annotated[str | None, typer.Argument(help="The call whose lead is sent once more.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="Only what was given up; without a call, of all calls.")] = False,
    config: ConfigFile = None,
) -> None:
    """Have leads delivered once more, by the server that runs or by the next one."""
    if call is None and not dead:
        raise _fail("name a call, or say --dead for everything that was given up")
    done = _on(config, lambda store: store.redeliver(time.time(), call, dead=dead))
    if done == 0:
        raise _fail("nothing to deliver once more: `switchboard leads show CALL` shows what there is")
    _say(f"{done} deliveries wait to be made once more")


@app.command()
def export(
    to_csv: Annotated[Path | None, typer.Option("--csv", help="Write a spreadsheet: a line a lead.")] = None,
    as_json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Export every lead. In a spreadsheet, what could be a formula has a ' in front."""
    if (to_csv is None) != as_json:
        raise _fail("say either --csv FILE or --json")
    kept = _on(config, _kept)
    if to_csv is None:
        _print_json([_whole(one) for one in kept])
        return
    try:
        handle = os.open(to_csv, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(_csv(kept))
    except OSError as error:
        raise _fail(f"{to_csv} can't be written: {error.strerror}") from None
    _say(f"{len(kept)} leads written to {to_csv}")


def _on(config: Path | None, work: Callable[[Store], Awaitable[T]]) -> T:
    """What `work` finds in the configured database."""

    async def run() -> T:
        store = Store(configuration.database(config))
        await store.open()
        try:
            return await work(store)
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except SwitchboardError as error:
        raise _fail(str(error)) from None


async def _kept(store: Store) -> list[_Kept]:
    leads, calls, sent = await store.leads(), await store.calls(), await store.deliveries()
    of_call = {call.call: call for call in calls}
    deliveries: dict[str, list[Delivery]] = {}
    for delivery in sent:
        deliveries.setdefault(delivery.call, []).append(delivery)
    return [_Kept(lead, of_call[lead.call], tuple(deliveries.get(lead.call, ()))) for lead in leads]


def _latest(deliveries: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """The newest version's for each target."""
    return tuple({delivery.target: delivery for delivery in deliveries}.values())


def _summary(one: _Kept) -> dict[str, Any]:
    states = {delivery.target: delivery.state for delivery in _latest(one.deliveries)}
    return {"call": one.lead.call, "status": one.lead.status, "fields": one.lead.values, "deliveries": states}


def _whole(one: _Kept) -> dict[str, Any]:
    sent = [
        {name: getattr(delivery, name) for name in Delivery.__dataclass_fields__ if name not in ("call", "payload")}
        for delivery in one.deliveries
    ]
    call = dataclasses.asdict(one.call)
    return {
        "call": one.lead.call,
        "status": one.lead.status,
        "version": one.lead.version,
        "flow": call["flow"],
        "flow_version": call["version"],
        **{name: call[name] for name in ("caller", "called", "started", "outcome", "duration_s")},
        "fields": {slot: dataclasses.asdict(field) for slot, field in one.lead.fields.items()},
        "deliveries": sent,
    }


def _csv(kept: Sequence[_Kept]) -> str:
    slots = sorted({slot for one in kept for slot in one.lead.fields})
    text = io.StringIO()
    writer = csv.writer(text)
    about = ("call", "started", "caller", "called", "flow", "status", "outcome")
    writer.writerow(guarded(name) for name in (*about, *slots))
    for one in kept:
        row = _whole(one)
        values = (*(row[name] or "" for name in about), *(one.lead.values.get(slot, "") for slot in slots))
        writer.writerow(guarded(one_line(str(value))) for value in values)
    return text.getvalue()


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _say(text: str) -> None:
    _console.print(text, markup=False, soft_wrap=True)


def _fail(message: str) -> typer.Exit:
    _errors.print(f"switchboard: {message}", style="red", markup=False, soft_wrap=True)
    return typer.Exit(1)
