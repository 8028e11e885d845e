"""Depth *wire*: the caller rings the real server through its WebSocket, at the pace of a telephone."""

import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from aiohttp import web

from sop.graph import Graph, ToolSpec
from voice import loopback, twilio
from voice.carrier import LoopbackCarrier
from voice.commands import CallTool
from voice.dial_limits import DialSettings
from voice.errors import CarrierError, OperatorError, ToolError
from voice.events import LegState, ToolFinished
from voice.exchange import Exchange, ExchangeSettings
from voice.exchange import exchange as the_exchange
from voice.gate import Admitted
from voice.piper_voice import TtsSettings
from voice.plan import CallPlan
from voice.replaying.audio_depth import Conduct, guessed, read_back, words_said
from voice.replaying.options import Options
from voice.replaying.outside import Outside
from voice.replaying.result import CallResult, Timings, with_words
from voice.replaying.taken import Taken
from voice.server import ServerSettings
from voice.session import SessionSettings
from voice.simulate import LockStep, RealTime, ring
from voice.telephone import TelephoneSettings
from voice.whisper import AsrSettings

_PEOPLE_A_CALL = 20
_MOST_LEGS = 1000
"""Up at the same moment: nobody is really dialled, and one call must not use up another one's people."""
_DOES = {
    LegState.DECLINED: "decline",
    LegState.NO_ANSWER: "no_answer",
    LegState.MACHINE: "no_answer",
    LegState.BUSY: "busy",
    LegState.FAILED: "busy",
    LegState.REFUSED: "busy",
}
"""What somebody's leg came to → what they do when they are rung again."""


@dataclass(frozen=True, slots=True)
class _Expected:
    """A call that will ring."""

    admitted: Admitted
    outside: Outside


@dataclass(slots=True)
class Board:
    """The calls that may ring, and what each of them meets: a gate, and the tools behind it."""

    calls: dict[str, _Expected] = field(default_factory=dict)

    def routes(self, app: web.Application) -> None:
        """Nothing else."""

    def upgrade(self, request: web.Request) -> bool:
        """Anybody on this machine."""
        return True

    async def admit(self, start: twilio.Start) -> Admitted | None:
        """Only calls that are expected."""
        expected = self.calls.get(start.call)
        return expected.admitted if expected is not None else None

    async def call(self, tool: ToolSpec, arguments: Mapping[str, str], key: str) -> Mapping[str, str]:
        """As the recording or the scenario of the call has it. `key` begins with the call."""
        expected = self.calls[key.partition("-")[0]]
        command = CallTool(key, tool.name, arguments, tool.timeout_s, key)
        for later in expected.outside.answer(command):
            if isinstance(later.event, ToolFinished) and later.event.ok:
                return later.event.result
        raise ToolError(f"{tool.name} fails, as it did in the call that is run again")

    async def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that waits for recorded callers."""

    exchange: Exchange
    board: Board
    carrier: LoopbackCarrier
    answers: dict[str, str]


@asynccontextmanager
async def exchange(options: Options, graphs: Sequence[Graph]) -> AsyncIterator[Running]:
    """Starts the server, with the fixed prompts of these procedures; what it writes is thrown away at the end."""
    board = Board()
    answers: dict[str, str] = {}
    carrier = LoopbackCarrier(answers=answers)
    home = Path(tempfile.mkdtemp(prefix="replay-"))
    settings = ExchangeSettings(
        asr=AsrSettings(model=options.asr, threads=options.threads),
        tts=TtsSettings(voice=options.voice, cache=options.prompts),
        store_url=f"sqlite+aiosqlite:///{home / 'switchboard.db'}",
        unsaved=home / "unsaved.jsonl",
        carrier=carrier,
        tools=board,
        telephone=TelephoneSettings(packets=home / "packets", dial=DialSettings(at_once=_MOST_LEGS)),
        server=ServerSettings(
            journals=home / "calls",
            keep=options.jobs + 1,
            most_calls=options.jobs + 1,
            session=SessionSettings(stall_ms=None if options.fast else 200),
        ),
    )
    try:
        async with the_exchange(tuple(graphs), settings, lambda _: board) as running:
            loopback.connect(carrier, running.server, running.engines.telephone)
            yield Running(running, board, carrier, answers)
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def run(taken: Taken, options: Options, running: Running, folder: Path) -> CallResult:
    """One call, in real time; its journal and recording are left in the folder.

    Raises:
        OperatorError: there is no audio of the caller, or a setting or the flow is none.
        CarrierError: the caller could not talk to the server.
    """
    began = time.perf_counter()
    if options.as_recorded:
        raise OperatorError("--as-recorded goes with --depth audio: at depth wire the caller waits for the prompts")
    if taken.recorded is None:
        raise OperatorError(f"{taken.path} has no audio of the caller; --depth journal goes without")
    conduct = Conduct.of(taken, options)
    call = taken.start.call
    first = 1000 + _PEOPLE_A_CALL * len(running.board.calls)
    plan = loopback.plan(conduct.given.graph, conduct.source, conduct.given.settings, first=first)
    running.answers.update(_answers(plan, taken))
    start = taken.start
    admitted = Admitted(plan, start.caller, start.now, start.profile, start.returned)
    outside = taken.outside(conduct.given.graph)
    running.board.calls[call] = _Expected(admitted, outside)
    url = f"ws://127.0.0.1:{running.exchange.port}/ws"
    scenario = taken.recorded.scenario.model_copy(update={"limit_s": int(taken.limit_s)})
    pace = LockStep(partial(running.exchange.server.settled, call)) if options.fast else RealTime()
    rang = await ring(replace(taken.recorded, scenario=scenario), url, pace=pace, call=call)
    if rang.ended_by in ("refused", "fault"):
        raise CarrierError(f"{taken.name} could not talk to the server: {rang.ended_by}")
    session = await running.exchange.server.ended(call)
    path = folder / "call.jsonl"
    shutil.move(session.journal_path, path)
    shutil.move(session.journal_path.with_suffix(".wav"), path.with_suffix(".wav"))
    result = with_words(read_back(path, taken, options), words_said(taken, list(rang.begun)))
    complaints = tuple(f"the carrier would have complained: {violation}" for violation in rang.violations)
    elapsed = round(time.perf_counter() - began, 3)
    notes = (*result.notes, *complaints, *guessed(outside))
    return replace(result, notes=notes, timings=Timings(elapsed, result.timings.turns))


def _answers(plan: CallPlan, taken: Taken) -> dict[str, str]:
    """Number → what whoever is rung there does."""
    people = taken.recorded.scenario.people if taken.recorded is not None else {}
    refused = (
        [_DOES[course[-1][1]] for course in taken.past.legs if course and course[-1][1] in _DOES] if taken.past else []
    )
    does = {target: people.get(target, refused[0] if refused else "accept") for target in plan.rosters}
    return {
        person.number: does[target]
        for target, roster in plan.rosters.items()
        for shift in roster.shifts
        for person in shift.people
    }
