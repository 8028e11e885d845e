"""What a person sees of calls while they run, and after: lines of text on a terminal."""

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voice.audio import LINE_RATE
from voice.demo import Demonstrated, heard_gaps, latency
from voice.events import (
    CallStarted,
    Clear,
    Command,
    Enter,
    Event,
    SendAudio,
    Speak,
    Stopped,
    Transfer,
    Understood,
)
from voice.report import Report


class Live:
    """Follows one call: who speaks, what was heard, the step, barge-ins and gaps."""

    def __init__(self, console: Console, *, clock_stands: bool) -> None:
        self._console = console
        self._report = Report(clock_stands=clock_stands)
        self._texts: dict[int, str] = {}
        self._at = 0
        self._shown_gaps = 0

    def event(self, event: Event) -> None:
        """Prints what a person would want to know of it."""
        self._at = max(self._at, event.at)
        self._report.event(event)
        if isinstance(event, CallStarted):
            self._line("ring", f"from {event.caller or 'a withheld number'}", "dim")
        elif isinstance(event, Understood):
            heard = event.reading
            self._line("caller", f"{escape(heard.text)}  [dim]confidence {heard.confidence:.2f}[/dim]", "cyan")
        elif isinstance(event, Stopped):
            self._line("line", f"over: {event.reason}", "dim")
        self._gap()

    def command(self, command: Command) -> None:
        """The same for what follows from it."""
        self._report.command(command)
        match command:
            case Speak():
                self._texts[command.utterance] = command.text
            case SendAudio(utterance, 0, _):
                self._line("agent", escape(self._texts[utterance]), "green")
            case Enter(step):
                self._line("step", step, "magenta")
            case Clear():
                self._line("barge-in", "the caller interrupts; the agent stops", "yellow")
            case Transfer(target):
                self._line("transfer", f"to {target}", "magenta")
            case _:
                pass
        self._gap()

    def _gap(self) -> None:
        answered = [t.gap_ms for t in self._report.turns if t.gap_ms is not None]
        if len(answered) > self._shown_gaps:
            self._shown_gaps = len(answered)
            self._line("", f"reply {answered[-1]} ms after the caller's last word", "dim")

    def _line(self, who: str, what: str, style: str) -> None:
        seconds = self._at / LINE_RATE
        self._console.print(f"[dim]{seconds:6.2f}[/dim] [{style}]{who:>8}[/{style}]  {what}", soft_wrap=True)


def show_finished(console: Console, call: Demonstrated) -> None:
    """One line for a call that has ended."""
    verdict = "[green]as expected[/green]" if not call.faults else "[red]WRONG[/red]"
    console.print(
        f"       [dim]   line[/dim]  {call.rang.scenario}: {call.report.outcome}, {call.report.duration_s:.0f} s, "
        f"{len(call.report.turns)} turns, {call.report.barge_ins} barge-ins, {verdict}"
    )


def show_leads(console: Console, calls: list[Demonstrated]) -> None:
    """The leads in the database: a row a caller, its fields behind one another."""
    table = Table("caller", "lead", "fields", title="Leads", title_justify="left", box=SIMPLE, pad_edge=False)
    for call in calls:
        fields = ", ".join(f"{slot} {value}" for slot, value in (call.lead or {}).items())
        table.add_row(call.rang.scenario, call.lead_status or "-", escape(fields) or "-")
    console.print(table)


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} ms"


def show_summary(console: Console, calls: list[Demonstrated], fast: bool) -> None:
    """Path, latency, recordings and whatever went wrong."""
    first = calls[0]
    console.print(f"Path of {first.rang.scenario}: {' → '.join(first.report.path)}")
    figures = latency([call.report for call in calls])
    gap = figures["gap_ms"]
    console.print(
        f"Last speech frame to reply, {len(calls)} calls at once: p50 {_ms(gap['p50'])}, p95 {_ms(gap['p95'])} "
        f"({gap['n']} replies{', paced by processing' if fast else ''})"
    )
    heard = heard_gaps(calls)
    console.print(
        f"At the callers' end, last word in the clip to reply: p50 {_ms(heard['p50'])}, p95 {_ms(heard['p95'])}"
    )
    for call in calls:
        gaps = latency([call.report])["gap_ms"]
        if gaps["n"]:
            console.print(f"  {call.rang.scenario:18} p50 {gaps['p50']:5.0f} ms   p95 {gaps['p95']:5.0f} ms")
    stages = ", ".join(f"{name} {spread['p50']:.0f}" for name, spread in figures["stages"].items())
    console.print(f"Stages, p50 in ms: {stages}")
    console.print(f"Recordings and journals: {first.journal.parent}", soft_wrap=True)
    for call in calls:
        for fault in call.faults:
            console.print(f"[red]{call.rang.scenario}: {escape(fault)}[/red]", soft_wrap=True)


class Unwatched:
    """A call that nobody follows."""

    def event(self, event: Event) -> None:
        """Nothing to see."""

    def command(self, command: Command) -> None:
        """Nothing to see."""
