"""Many calls, so many at a time: each opened, run at its depth, judged, kept, shown."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sop import FlowError
from sop.graph import Graph
from voice.errors import OperatorError, SwitchboardError, place_of
from voice.replaying import audio_depth, journal_depth, wire_depth
from voice.replaying.accepting import as_result
from voice.replaying.depth import Depth
from voice.replaying.expected import Beside
from voice.replaying.finding import Found, flow_name, opened
from voice.replaying.judged import judged
from voice.replaying.options import Options
from voice.replaying.result import CallResult, Versus, failed
from voice.replaying.results import Results, Run, Stamp, stamp_of
from voice.replaying.taken import Taken, read_flow
from voice.replaying.totals import Judged

_LISTED = 5
"""Calls that are named where there may be many."""
Runner = Callable[[Taken, Options, Path], Awaitable[CallResult]]
"""Runs a call at some depth, with its options; what it leaves lies in the folder."""


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
    kept: frozenset[str] = frozenset()
    """Names of the calls that an earlier run has done."""

    @property
    def results(self) -> tuple[CallResult, ...]:
        """In the order in which the calls were named."""
        return tuple(call.result for call in self.calls)


@asynccontextmanager
async def _runner(options: Options, calls: Sequence[Found]) -> AsyncIterator[Runner]:
    match options.depth:
        case Depth.JOURNAL:

            async def from_journal(taken: Taken, options: Options, folder: Path) -> CallResult:
                return await journal_depth.run(taken, options, folder)

            yield from_journal
        case Depth.AUDIO:
            async with audio_depth.models(options) as senses:

                async def from_audio(taken: Taken, options: Options, folder: Path) -> CallResult:
                    return await audio_depth.run(taken, options, senses, folder)

                yield from_audio
        case Depth.WIRE:
            async with wire_depth.exchange(options, _graphs(calls, options)) as running:

                async def by_wire(taken: Taken, options: Options, folder: Path) -> CallResult:
                    return await wire_depth.run(taken, options, running, folder)

                yield by_wire


def _graphs(calls: Sequence[Found], options: Options) -> list[Graph]:
    """The procedures whose prompts are rendered beforehand: where the clock runs, no caller waits for that."""
    if options.fast:
        return []
    found = (_opened(call, options) for call in calls)
    return list({one.flow: one.graph for one in found if isinstance(one, Taken)}.values())


@asynccontextmanager
async def one_at_a_time(
    options: Options, calls: Sequence[Found], *, code: str = ""
) -> AsyncIterator[Callable[[Found], Awaitable[Judged]]]:
    """Runs a call when it is asked to, with models that are loaded once; what comes of it is kept.

    `options`: aimed. `calls`: all that may be asked for. `code` names the version of the product; a run that goes on
    takes over no result without one. A call that can't be run is a result that says why.

    Raises:
        SwitchboardError: a model is missing, or an engine does not start.
    """
    results = Results(options.results)
    async with _runner(options, calls) as runner:

        async def one(call: Found) -> Judged:
            place = results.place(call, options)
            async with results.alone(place):
                stamp = stamp_of(call, options, code)
                found = await _one(call, options, runner, place, results)
                results.keep(place, found.result, stamp)
            return found

        yield one


async def run(calls: Sequence[Found], options: Options, watcher: Watcher, *, code: str, again: bool = False) -> Done:
    """Runs every call; one that can't be run is a result that says why.

    `code` names the version of the product; `again`: a run that was stopped is not gone on with.

    Raises:
        SwitchboardError: a model is missing, or an engine does not start.
        FlowError: the procedure that is tried has mistakes.
        OSError: what came of a call can't be kept.
    """
    options = aimed(options, calls)
    results = Results(options.results)
    run = Run(results, calls, options, code=code, again=again)
    places = {call.name: results.place(call, options) for call in calls}
    kept = {
        call.name: found
        for call in calls
        if call.name in run.done and (found := _still(results, places[call.name], stamp_of(call, options, code)))
    }
    watcher.begin(len(calls), len(kept))
    done = {
        call.name: _kept(kept[call.name], call, options, results.last(places[call.name]))
        for call in calls
        if call.name in kept
    }
    todo = [call for call in calls if call.name not in kept]
    free = asyncio.Semaphore(options.jobs)

    async def one(call: Found, judge: Callable[[Found], Awaitable[Judged]]) -> None:
        async with free:
            found = await judge(call)
        if not found.result.failed:
            run.finished(call.name)
        done[call.name] = found
        watcher.finished(found.result)

    if todo:
        try:
            async with one_at_a_time(options, todo, code=code) as judge, asyncio.TaskGroup() as group:
                for call in todo:
                    group.create_task(one(call, judge))
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
    run.end()
    last = tuple(found for call in calls if (found := results.last(places[call.name])) is not None)
    return Done(tuple(done[call.name] for call in calls), last, frozenset(kept))


def _still(results: Results, place: Path, stamp: Stamp) -> CallResult | None:
    """What a stopped run has kept of a call; None where it could not be run, or another has been run since."""
    found = results.kept(place)
    return found if found is not None and not found.failed and results.stamp(place) == stamp else None


def aimed(options: Options, calls: Sequence[Found]) -> Options:
    """The options, with the procedure that is tried aimed at the calls that were taken with one of its name; where none
    was, at all of them. Raises FlowError."""
    if options.flow is None:
        return options
    name = read_flow(options.flow)[0].name
    return replace(options, aimed_at=name if any(flow_name(call) == name for call in calls) else None)


def of_one(options: Options, name: str | None) -> Options:
    """The options of one call: without the procedure that is tried where it isn't aimed at it. `name`: that of the
    call's own procedure, if it has one."""
    missed = options.aimed_at is not None and name not in (options.aimed_at, None)
    return replace(options, flow=None) if missed else options


def _opened(call: Found, options: Options) -> Taken | str:
    """The call, or why it can't be run."""
    try:
        return opened(call, options.depth, options.flow)
    except (SwitchboardError, FlowError, OSError) as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - one call's failure is no other's
        return _defect(error)


def _kept(result: CallResult, call: Found, options: Options, earlier: CallResult | None) -> Judged:
    """What an earlier run has kept, held against what is expected and asked for now."""
    taken = _opened(call, options)
    if not isinstance(taken, Taken):
        return Judged(result, None, None)
    if result.failed:
        return Judged(result, taken.expected, taken.graph)
    return Judged(_judged(result, taken, earlier, options), taken.expected, taken.graph)


async def _one(call: Found, options: Options, runner: Runner, place: Path, results: Results) -> Judged:
    """What came of a call, held against what was expected and against the run before."""
    taken = _opened(call, options)
    if isinstance(taken, str):
        return Judged(failed(call.name, call.kind, options.depth.value, taken), None, None)
    try:
        work = results.work(place)
        result = results.adopt(place, work, await runner(taken, of_one(options, taken.graph.name), work))
        now = _judged(replace(result, kind=taken.kind), taken, results.earlier(place), options)
    except (SwitchboardError, FlowError, OSError) as error:
        return Judged(failed(call.name, call.kind, options.depth.value, str(error)), taken.expected, taken.graph)
    except Exception as error:  # noqa: BLE001 - one call's failure is no other's
        return Judged(failed(call.name, call.kind, options.depth.value, _defect(error)), taken.expected, taken.graph)
    return Judged(now, taken.expected, taken.graph)


def _defect(error: Exception) -> str:
    return f"a mistake of Switchboard's own, please report it: {type(error).__name__} at {place_of(error)}"


def _judged(result: CallResult, taken: Taken, earlier: CallResult | None, options: Options) -> CallResult:
    """The result held against expectation and yardstick, and beside the run before."""
    turns = taken.recorded.scenario.turns if taken.recorded and taken.told is None else ()
    says = tuple(turn.says for turn in turns if turn.says is not None)
    beside = judged(result, taken.expected, earlier, against="last", says=says) if earlier is not None else None
    was, against = _yardstick(taken, result)
    if beside is not None and (options.last or (was is None and beside.differences)):
        now = beside
    else:
        now = judged(result, taken.expected, was, against=against, says=says)
    return now if beside is None else replace(now, last=Versus(beside.verdict, beside.differences))


def _yardstick(taken: Taken, result: CallResult) -> tuple[CallResult | None, str]:
    """What the verdict compares with: what was accepted, else the recorded call. Where there is neither, a last run
    that went another way serves."""
    accepted = as_result(taken.expected, result) if isinstance(taken.expected, Beside) else None
    if accepted is not None:
        return accepted, "accepted"
    return (result if result.identical else taken.before), taken.against


def with_kept(calls: Sequence[Found], options: Options) -> Options:
    """The options, with the procedure and the settings that the last run of these calls has tried.

    Raises:
        OperatorError: one of them has not been run at this depth, or they were run with several, or with others than
            those that are asked for.
    """
    results = Results(options.results)
    stamps = {call.name: results.stamp(results.place(call, options)) for call in calls}
    _all_run([name for name, stamp in stamps.items() if stamp is None], options)
    ways: dict[str, list[str]] = {}
    for name, stamp in stamps.items():
        ways.setdefault(stamp.words if stamp is not None else "", []).append(name)
    if len(ways) > 1 or (options.changed and options.words not in ways):
        told = "; ".join(f"what is kept of {_listed(names)} was run {_with(words)}" for words, names in ways.items())
        other = f"leave {options.words} out" if options.changed else "name only calls that were run alike"
        raise OperatorError(f"{told}; {other}, or run them again without --kept")
    stamp = next(iter(stamps.values()), None)
    return options if stamp is None else replace(options, flow=stamp.flow, changes=stamp.changes)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _with(words: str) -> str:
    return f"with {words}" if words else "as taken"


def _all_run(missing: Sequence[str], options: Options) -> None:
    """Raises OperatorError where some are missing."""
    if missing:
        raise OperatorError(f"{_listed(missing)}: not run at depth {options.depth.value} yet; leave --kept out")


def kept(calls: Sequence[Found], options: Options) -> Done:
    """What the last run of these calls has kept.

    Raises:
        OperatorError: one of them has not been run at this depth.
    """
    results = Results(options.results)
    places = {call.name: results.place(call, options) for call in calls}
    found = {name: results.kept(place) for name, place in places.items()}
    _all_run([name for name, result in found.items() if result is None], options)
    done = tuple(
        _kept(result, call, options, results.last(places[call.name]))
        for call in calls
        if (result := found[call.name]) is not None
    )
    last = tuple(one for call in calls if (one := results.last(places[call.name])) is not None)
    return Done(done, last, frozenset(places))
