"""The demonstration: recorded callers ring a real server through its socket, all at once.

Real detector, real Whisper, real Piper, a real database; only the telephone network is missing. It uses the two
small models that come with the package and says so.
"""

import asyncio
import itertools
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import audio_fixtures
from sop import loader
from sop.graph import Graph
from voice import loopback
from voice.carrier import LoopbackCarrier
from voice.errors import CarrierError, OperatorError
from voice.events import CallStarted
from voice.exchange import Exchange, ExchangeSettings, exchange
from voice.gate import LoopbackGate
from voice.journal import read_entries
from voice.piper_voice import TtsSettings
from voice.recorded import Recorded
from voice.replaying.course import Slot, course_of
from voice.replaying.judging import faults
from voice.replaying.result import result_of
from voice.report import Report, percentile
from voice.server import ServerSettings
from voice.session import Listener, SessionSettings
from voice.simulate import LockStep, Rang, RealTime, ring
from voice.telephone import TelephoneSettings
from voice.tools import ExampleTools
from voice.whisper import AsrSettings

WHISPER = audio_fixtures.ROOT / "models" / "whisper-switchboard"
FLOW = "after_hours_hvac"
CALLERS = (
    *("plain", "barge_in", "changes_course", "corrected_address", "corrected_name", "corrected_number"),
    *("gas_emergency", "hang_up", "noisy_line", "other_number", "volunteers"),
)
"""The recorded callers that ring in where none is named, the one who is followed first."""
PIPER = audio_fixtures.ROOT / "models" / "piper-switchboard" / "en_US-switchboard-x_low.onnx"


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """Who rings, how fast, and where the traces go."""

    home: Path
    """The run's folder: database, journals, recordings."""
    prompts: Path
    """Cache of rendered prompts, kept from run to run."""
    fast: bool = False
    """Pace the callers by processing instead of the clock."""
    asr: Path = WHISPER
    voice: Path = PIPER
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """One caller of a demonstration, from both ends of the line."""

    recorded: Recorded
    rang: Rang
    report: Report
    lead: dict[str, str] | None
    lead_status: str | None
    journal: Path
    faults: tuple[str, ...] = field(default=())
    """In what the call differs from what its scenario expects; empty when all is right."""


async def demonstrate(
    graph: Graph,
    flow_source: str,
    recorded: list[Recorded],
    settings: DemoSettings,
    *,
    listener: Callable[[CallStarted], Listener] | None = None,
    progress: Callable[[int, int], None] | None = None,
    finished: Callable[[Demonstrated], None] | None = None,
) -> list[Demonstrated]:
    """Has every caller ring at once; returns what became of each, in order."""
    carrier = LoopbackCarrier()
    settings.home.mkdir(parents=True, exist_ok=True)
    gate = LoopbackGate(loopback.plan(graph, flow_source))
    async with exchange(
        (graph,), _settings(settings, carrier, len(recorded)), lambda _: gate, listener=listener, progress=progress
    ) as running:
        loopback.connect(carrier, running.server, running.engines.telephone)
        url = f"ws://127.0.0.1:{running.port}/ws"

        async def one(number: int, caller: Recorded) -> Demonstrated:
            call = f"CA{number:032d}"
            settled = _settled_for(running, call)
            pace = LockStep(settled) if settings.fast else RealTime()
            rang = await ring(caller, url, pace=pace, call=call)
            if rang.ended_by in ("refused", "fault"):
                raise CarrierError(f"{caller.scenario.name} could not talk to the server: {rang.ended_by}")
            done = await _result(running, caller, rang, graph)
            if finished is not None:
                finished(done)
            return done

        return list(await asyncio.gather(*(one(i, caller) for i, caller in enumerate(recorded))))


def _settled_for(running: Exchange, call: str) -> Callable[[int, int], Any]:
    async def settled(messages_in: int, messages_out: int) -> None:
        await running.server.settled(call, messages_in, messages_out)

    return settled


def _settings(settings: DemoSettings, carrier: LoopbackCarrier, calls: int) -> ExchangeSettings:
    return ExchangeSettings(
        asr=AsrSettings(model=settings.asr, threads=settings.threads),
        tts=TtsSettings(voice=settings.voice, cache=settings.prompts),
        store_url=f"sqlite+aiosqlite:///{settings.home / 'switchboard.db'}",
        unsaved=settings.home / "unsaved.jsonl",
        carrier=carrier,
        tools=ExampleTools(),
        telephone=TelephoneSettings(packets=settings.home / "packets"),
        server=ServerSettings(
            journals=settings.home / "calls",
            keep=calls,
            most_calls=calls,
            session=SessionSettings(stall_ms=None if settings.fast else 200),
        ),
    )


async def _result(running: Exchange, caller: Recorded, rang: Rang, graph: Graph) -> Demonstrated:
    session = await running.server.ended(rang.call)
    found = await running.engines.store.lead(rang.call)
    lead = {slot: value.value for slot, value in found.fields.items()} if found else None
    status = found.status if found else None
    wrong = _faults(caller, rang, session.journal_path, lead, graph)
    return Demonstrated(caller, rang, session.report, lead, status, session.journal_path, wrong)


def _faults(caller: Recorded, rang: Rang, journal: Path, lead: dict[str, str] | None, graph: Graph) -> tuple[str, ...]:
    """In what the call differs from what is expected of it; what was saved is looked up in the database."""
    found = result_of(
        course_of(read_entries(journal)),
        call=caller.scenario.name,
        kind="scenario",
        depth="wire",
        flow=graph.name,
        version=graph.version,
    )
    lacking = Slot("", "", 0.0, confirmed=False, turn=0)
    held = {name: replace(found.slots.get(name, lacking), value=value) for name, value in (lead or {}).items()}
    complaints = tuple(f"the carrier would have complained: {violation}" for violation in rang.violations)
    return complaints + faults(replace(found, slots=held), caller.scenario.expect)


def as_json(graph: Graph, calls: list[Demonstrated], *, fast: bool) -> dict[str, Any]:
    """The whole demonstration as one JSON value."""
    return {
        "pace": "processing" if fast else "clock",
        "models": "the small ones that come with the package",
        "calls": [_call_json(graph, call) for call in calls],
        "latency": latency([call.report for call in calls]) | {"heard_gap_ms": heard_gaps(calls)},
    }


def _call_json(graph: Graph, call: Demonstrated) -> dict[str, Any]:
    report = call.report
    return {
        "scenario": call.rang.scenario,
        "call": call.rang.call,
        "flow": graph.name,
        "version": graph.version,
        "outcome": report.outcome,
        "path": report.path,
        "slots": {
            slot: {
                "value": value,
                "spoken": spoken,
                "confidence": round(confidence, 3),
                "confirmed": confirmed,
            }
            for slot, (value, spoken, confidence, confirmed) in report.fields.items()
        },
        "lead": call.lead,
        "lead_status": call.lead_status,
        "turns": [{k: v for k, v in asdict(turn).items() if k != "stages"} for turn in report.turns],
        "barge_ins": report.barge_ins,
        "duration_s": report.duration_s,
        "journal": str(call.journal),
        "faults": list(call.faults),
    }


def latency(reports: list[Report]) -> dict[str, Any]:
    """p50 and p95 of the gap and of each stage in it, in milliseconds."""
    turns = list(itertools.chain.from_iterable(report.turns for report in reports))
    names = sorted({name for turn in turns for name in turn.stages})
    stages = {name: _spread([t.stages[name] for t in turns if name in t.stages]) for name in names}
    return {"gap_ms": _spread([float(t.gap_ms) for t in turns if t.gap_ms is not None]), "stages": stages}


def heard_gaps(calls: list[Demonstrated]) -> dict[str, float | int | None]:
    """p50 and p95 of the gap as the caller's own telephone measures it: from the end of the last word in the clip to
    the first audible sample of the reply. It leaves out turns spoken over the agent. Paced by processing, it has no
    processing in it."""
    return _spread([float(reply.gap_ms) for call in calls for reply in call.rang.replies if reply.gap_ms >= 0])


def _spread(values: list[float]) -> dict[str, float | int | None]:
    return {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "n": len(values)}


def refuse_others(callers: list[Recorded]) -> None:
    """Raises OperatorError for a caller who needs more than the demonstration has: another procedure, people or tools
    that do not simply do their work."""
    for scenario in (caller.scenario for caller in callers):
        if scenario.flow != FLOW or scenario.people or scenario.tools:
            raise OperatorError(
                f"{scenario.name} is none for the demonstration, where {FLOW} answers and everybody is there; "
                f"`switchboard replay {scenario.name} --depth wire` has them ring a server"
            )


def load_flow(name_or_path: str) -> tuple[Graph, str]:
    """A flow and its text, which travels in the journals."""
    source = loader.bundle(name_or_path)
    return loader.load_text(source, loader.find(name_or_path).name), source


def fresh_home(parent: Path) -> Path:
    """A new folder for one run."""
    parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="demo-", dir=parent))
