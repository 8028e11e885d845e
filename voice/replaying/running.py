"""Many calls, so many at a time: each opened, run at its depth, judged, kept, shown."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sop import FlowError
from sop.graph import Graph
from voice.errors import OperatorError, SwitchboardError
from voice.replaying import audio_depth, journal_depth, wire_depth
from voice.replaying.accepting import as_result
from voice.replaying.expected import Beside
from voice.replaying.finding import Found, opened
from voice.replaying.judged import judged
from voice.replaying.options import Depth, Options
from voice.replaying.result import CallResult, Versus, failed
from voice.replaying.results import Results, Run
from voice.replaying.taken import Taken
from voice.replaying.totals import Judged

Runner = Callable[[Taken, Path], Awaitable[CallResult]]
"""Runs a call at some depth; what it leaves lies in the folder."""


class Watcher(Protocol):
    """Follows a run."""

    def begin(self, calls: int, done: int) -> None:
        """So many calls, of which a stopped run has done some."""
        ...

    def finished(self, result: CallResult) -> None:
        """One of them is done."""
        ...


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a run."""

    calls: tuple[Judged, ...]
    last: tuple[CallResult, ...]
    """What came of the same calls the time before, where that is known."""

    @property
    def results(self) -> tuple[CallResult, ...]:
        """In the order in which the calls were named."""
        return tuple(call.result for call in self.calls)


@asynccontextmanager
async def _runner(options: Options, calls: Sequence[Found]) -> AsyncIterator[Runner]:
    match options.depth:
        case Depth.JOURNAL:

            async def from_journal(taken: Taken, folder: Path) -> CallResult:
                return await journal_depth.run(taken, options, folder)

            yield from_journal
        case Depth.AUDIO:
            async with audio_depth.models(options) as senses:

                async def from_audio(taken: Taken, folder: Path) -> CallResult:
                    return await audio_depth.run(taken, options, senses, folder)

                yield from_audio
        case Depth.WIRE:
            async with wire_depth.exchange(options, _graphs(calls, options)) as running:

                async def by_wire(taken: Taken, folder: Path) -> CallResult:
                    return await wire_depth.run(taken, options, running, folder)

                yield by_wire


def _graphs(calls: Sequence[Found], options: Options) -> list[Graph]:
    """The procedures of the calls that can be run."""
    found = (_opened(call, options) for call in calls)
    return list({one.flow: one.graph for one in found if isinstance(one, Taken)}.values())


async def run(calls: Sequence[Found], options: Options, watcher: Watcher, *, code: str, again: bool = False) -> Done:
    """Runs every call; one that can't be run is a result that says why.

    `code` names the version of the product; `again`: a run that was stopped is not gone on with.

    Raises:
        SwitchboardError: a model is missing, or an engine does not start.
    """
    results = Results(options.results)
    run = Run(results, calls, options, code=code, again=again)
    places = {call.name: results.place(call, options) for call in calls}
    kept = {name: found for name in run.done if name in places and (found := results.earlier(places[name]))}
    watcher.begin(len(calls), len(kept))
    done = {call.name: _kept(kept[call.name], call, options) for call in calls if call.name in kept}
    todo = [call for call in calls if call.name not in kept]
    free = asyncio.Semaphore(options.jobs)

    async def one(call: Found, runner: Runner) -> None:
        async with free:
            found = await _one(call, options, runner, places[call.name], results)
        results.keep(places[call.name], found.result)
        run.finished(call.name)
        done[call.name] = found
        watcher.finished(found.result)

    if todo:
        async with _runner(options, todo) as runner, asyncio.TaskGroup() as group:
            for call in todo:
                group.create_task(one(call, runner))
    run.end()
    last = tuple(found for call in calls if (found := results.last(places[call.name])) is not None)
    return Done(tuple(done[call.name] for call in calls), last)


def _opened(call: Found, options: Options) -> Taken | str:
    """The call, or why it can't be run."""
    try:
        return opened(call, options.depth, options.flow)
    except (SwitchboardError, FlowError, OSError) as error:
        return str(error)


def _kept(result: CallResult, call: Found, options: Options) -> Judged:
    """What a stopped run has kept."""
    taken = _opened(call, options)
    return Judged(result, taken.expected, taken.graph) if isinstance(taken, Taken) else Judged(result, None, None)


async def _one(call: Found, options: Options, runner: Runner, place: Path, results: Results) -> Judged:
    """What came of a call, held against what was expected and against the run before."""
    taken = _opened(call, options)
    if isinstance(taken, str):
        return Judged(failed(call.name, call.kind, options.depth.value, taken), None, None)
    try:
        result = await runner(taken, place)
    except (SwitchboardError, FlowError) as error:
        return Judged(failed(call.name, call.kind, options.depth.value, str(error)), taken.expected, taken.graph)
    turns = taken.recorded.scenario.turns if taken.recorded and taken.past is None else ()
    says = tuple(turn.says for turn in turns if turn.says is not None)
    result = replace(result, kind=taken.kind)
    earlier = results.earlier(place)
    if earlier is not None and (earlier.failed or earlier.depth != result.depth):
        earlier = None
    was, against = _yardstick(taken, result, earlier, options)
    now = judged(result, taken.expected, was, against=against, says=says)
    if earlier is not None:
        beside = judged(result, taken.expected, earlier, against="last", says=says)
        now = replace(now, last=Versus(beside.verdict, beside.differences))
    return Judged(now, taken.expected, taken.graph)


def _yardstick(
    taken: Taken, result: CallResult, earlier: CallResult | None, options: Options
) -> tuple[CallResult | None, str]:
    """What the verdict compares with: the last run where that is asked for, else what was accepted, else the recorded
    call."""
    if options.last and earlier is not None:
        return earlier, "last"
    accepted = as_result(taken.expected, result) if isinstance(taken.expected, Beside) else None
    return (accepted, "accepted") if accepted is not None else (taken.before, taken.against)


def kept(calls: Sequence[Found], options: Options) -> Done:
    """What the last run of these calls has kept.

    Raises:
        OperatorError: one of them has not been run at this depth.
    """
    results = Results(options.results)
    places = {call.name: results.place(call, options) for call in calls}
    found = {name: results.earlier(place) for name, place in places.items()}
    if missing := [name for name, result in found.items() if result is None]:
        raise OperatorError(f"{', '.join(missing)}: not run at depth {options.depth.value} yet; leave --kept out")
    done = tuple(_kept(result, call, options) for call in calls if (result := found[call.name]) is not None)
    last = tuple(one for call in calls if (one := results.last(places[call.name])) is not None)
    return Done(done, last)
