"""What a person sees of calls while they run, and after: lines of text on a terminal."""

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voice.audio import LINE_RATE
from voice.commands import Clear, Command, Enter, Ring, SendAudio, Speak, Transfer
from voice.demo import Demonstrated, heard_gaps, latency
from voice.events import Bridged, CallStarted, Event, LegChanged, LegState, Stopped, Understood
from voice.handed_over import WORDS, HandedOver, Voice
from voice.rehearsal import Rehearsed
from voice.report import Report

_LEGS = {
    LegState.RINGING: "the telephone rings",
    LegState.ANSWERED: "picks up and hears the brief",
    LegState.ACCEPTED: "presses 1",
    LegState.DECLINED: "declines",
    LegState.JOINED: "waits for the caller",
}
"""What a person's telephone does, as it is shown; other states by their names."""


class Live:
    """Follows one call: who speaks, what was heard, the step, barge-ins, gaps, and who is rung."""

    def __init__(self, console: Console, *, clock_stands: bool, gaps: bool = True) -> None:
        """`gaps` False: how long replies took is left out, since the telephone network's time is not the clock's."""
        self._console = console
        self._gaps = gaps
        self._report = Report(clock_stands=clock_stands)
        self._texts: dict[int, str] = {}
        self._at = 0
        self._shown_gaps = 0
        self._bridged = False

    def event(self, event: Event) -> None:
        """Prints what a person would want to know of it."""
        self._at = max(self._at, event.at)
        self._report.event(event)
        if isinstance(event, CallStarted):
            self._line("ring", f"from {event.caller or 'a withheld number'}", "dim")
        elif isinstance(event, Understood):
            heard = event.reading
            self._line("caller", f"{escape(heard.text)}  [dim]confidence {heard.confidence:.2f}[/dim]", "cyan")
        elif isinstance(event, LegChanged):
            self._line("person", _LEGS.get(event.to, event.to.value.replace("_", " ")), "blue")
        elif isinstance(event, Bridged) and event.ok:
            self._bridged = True
            self._line("line", "the caller is sent to the person: both on the line", "magenta")
        elif isinstance(event, Stopped):
            ended = "our stream is over, their conversation goes on" if self._bridged else f"over: {event.reason}"
            self._line("line", ended, "dim")
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
            case Transfer(_, target, reason):
                self._line("transfer", f"to {target}: {reason}", "magenta")
            case Ring():
                self._line("rings", f"{escape(command.name)}, {command.number}", "magenta")
            case _:
                pass
        self._gap()

    def note(self, who: str, what: str) -> None:
        """Prints what the call itself does not know."""
        self._line(who, escape(what), "blue")

    def _gap(self) -> None:
        if not self._gaps:
            return
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


def show_handover(console: Console, done: HandedOver) -> None:
    """What became of a warm transfer: who heard whom, the packet, the files."""
    verdict = "[green]as expected[/green]" if not done.faults else "[red]WRONG[/red]"
    took = "nobody" if done.answer_s is None else f"{done.answer_s:.1f} s from the caller's being told to the key 1"
    console.print(f"Warm transfer: {done.outcome}, {verdict}; speed to answer: {took}")
    console.print(
        f'Once connected: the caller heard "{WORDS["person"]}" {_heard(done.caller_heard)}, '
        f'the person heard "{WORDS["caller"]}" {_heard(done.person_heard)}',
        markup=False,
        soft_wrap=True,
    )
    if done.packet:
        for line in _packet(done):
            console.print(line, markup=False, soft_wrap=True)
    for name, path in done.files.items():
        console.print(f"  {_FILES.get(name, name):36} {path}", markup=False, soft_wrap=True)
    for fault in done.faults:
        console.print(f"transfer: {fault}", style="red", markup=False, soft_wrap=True)


def show_rehearsed(console: Console, done: Rehearsed) -> None:
    """What happened to a call through the double."""
    gaps = f"; replies after {', '.join(f'{gap} ms' for gap in done.replies_ms)}" if done.replies_ms else ""
    lines = [
        f"{done.scenario} rang {done.number}: {done.status} after {done.duration_s:.0f} s{gaps}",
        f"  the caller's documents: {' → '.join(done.verbs)} ({done.documents} documents, {done.webhooks} webhooks)",
    ]
    for one in done.people:
        verbs = " → ".join(one.verbs) or "nothing"
        connected = "heard the caller" if one.connected else "not connected"
        lines.append(f"  rang {one.name} {one.number}: {one.status}; {verbs}; {connected}")
    lines.append(f"  {'transferred: the two heard one another' if done.transferred else 'not transferred'}")
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    show_violations(console, done.violations)


def show_violations(console: Console, violations: tuple[str, ...]) -> None:
    """What the carrier would not have taken."""
    for violation in violations:
        console.print(f"the carrier would have complained: {violation}", style="red", markup=False, soft_wrap=True)


_FILES = {
    "packet": "the packet's page",
    "leads": "the lead, delivered",
    "person": "the person's leg: said, heard (WAV)",
    "caller": "the caller's leg: said, heard (WAV)",
}


def _heard(voice: Voice) -> str:
    return f"at {voice.level_db:+.1f} dB (correlation {voice.correlation:.2f})" if voice.correlation else "not at all"


def _packet(done: HandedOver) -> tuple[str, ...]:
    """The packet at a glance."""
    packet = done.packet
    who = " · ".join(filter(None, (packet["name"] or "name not known yet", packet["number"], packet["mood"])))
    known = ", ".join(f"{one['label']}: {one['spoken']}" for one in packet["details"])
    missing = f"; not yet: {', '.join(packet['missing'])}" if packet["missing"] else ""
    return f"Packet on the screen before the ring: {packet['headline']}", f"  {who}", f"  known: {known}{missing}"


class Unwatched:
    """A call that nobody follows."""

    def event(self, event: Event) -> None:
        """Nothing to see."""

    def command(self, command: Command) -> None:
        """Nothing to see."""
