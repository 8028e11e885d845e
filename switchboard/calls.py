"""Recorded calls as pytest's items: each is found, run again in one event loop with all the others, and told of."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sop import FlowError
from switchboard.telling import Told, failure
from voice import config as configuration
from voice import demo, models
from voice.errors import OperatorError, SwitchboardError
from voice.replaying.depth import Depth
from voice.replaying.finding import SCENARIO_FILE, YAML, Found, find, flow_name
from voice.replaying.options import Options
from voice.replaying.running import aimed, of_one, one_at_a_time
from voice.replaying.taken import JOURNAL, RECORDING, SCENARIO
from voice.replaying.totals import Judged

Judge = Callable[[Found], Awaitable[Judged]]


class NothingExpectedWarning(pytest.PytestWarning):
    """A call that was run, and of which nothing is expected: it can't fail."""


@dataclass(slots=True)
class Replays:
    """The calls of a session: one event loop, and models that are loaded once for each depth."""

    config: pytest.Config
    found: dict[Path, dict[Path, list[Found]]] = field(default_factory=dict)
    """Folder → file → its calls: two where two expectations lie beside one."""
    _runner: asyncio.Runner = field(default_factory=lambda: asyncio.Runner(loop_factory=asyncio.new_event_loop))
    _judges: dict[Depth, Judge | SwitchboardError | FlowError] = field(default_factory=dict)
    _options: dict[Depth, Options] = field(default_factory=dict)
    _hosts: list[tuple[asyncio.Event, asyncio.Task[None]]] = field(default_factory=list)

    def ready(self, depth: Depth, calls: Sequence[Found]) -> Judge:
        """What runs calls at a depth. `calls`: all that may be run.

        Raises:
            SwitchboardError: a model is missing, or does not start; each time it is asked for.
            FlowError: the procedure that is tried has mistakes.
        """
        if depth not in self._judges:
            try:
                self._judges[depth] = self._runner.run(self._begun(self._aimed(depth), calls))
            except (SwitchboardError, FlowError) as error:
                self._judges[depth] = error
        judge = self._judges[depth]
        if isinstance(judge, SwitchboardError | FlowError):
            raise judge
        return judge

    def _aimed(self, depth: Depth) -> Options:
        """Those of a depth, aimed by all calls that there are: which are run at it, or left out, changes nothing."""
        everything = [call for files in self.found.values() for calls in files.values() for call in calls]
        self._options[depth] = aimed(options(self.config, depth), everything)
        return self._options[depth]

    def options(self, depth: Depth, call: Found) -> Options:
        """Those with which a call is run, once something is ready at the depth."""
        return of_one(self._options[depth], flow_name(call))

    async def _begun(self, options: Options, calls: Sequence[Found]) -> Judge:
        over, judge = asyncio.Event(), asyncio.get_running_loop().create_future()
        host = asyncio.create_task(_host(options, calls, judge, over))
        self._hosts.append((over, host))
        await asyncio.wait({host, judge}, return_when=asyncio.FIRST_COMPLETED)
        if host.done():
            self._hosts.pop()
            host.result()
        found: Judge = judge.result()
        return found

    def run(self, depth: Depth, call: Found, calls: Sequence[Found]) -> Judged:
        """One call. Raises SwitchboardError and FlowError as `ready` does."""
        judge = self.ready(depth, calls)

        async def judged() -> Judged:
            return await judge(call)

        return self._runner.run(judged())

    def close(self) -> None:
        """Stops the models."""
        with self._runner:
            for over, host in self._hosts:
                self._runner.run(_ended(over, host))


async def _host(options: Options, calls: Sequence[Found], ready: asyncio.Future[Judge], over: asyncio.Event) -> None:
    """Begins and ends what runs calls in one task, whichever asks for them."""
    async with one_at_a_time(options, calls) as judge:
        ready.set_result(judge)
        await over.wait()


async def _ended(over: asyncio.Event, host: asyncio.Task[None]) -> None:
    over.set()
    await host


_REPLAYS = pytest.StashKey[Replays]()


def replays_of(config: pytest.Config) -> Replays:
    """Those of this session, made when they are first asked for."""
    if _REPLAYS not in config.stash:
        config.stash[_REPLAYS] = Replays(config)
        config.add_cleanup(config.stash[_REPLAYS].close)
    return config.stash[_REPLAYS]


def options(config: pytest.Config, depth: Depth) -> Options:
    """As `switchboard replay` has them. Raises ModelMissing, or OperatorError for a bad setting in the environment."""
    ours = configuration.load(
        overrides={"asr": config.getoption("--switchboard-asr"), "voice": config.getoption("--switchboard-voice")}
    )
    pairs = (one.partition("=") for one in config.getoption("--switchboard-set"))
    return Options(
        depth=depth,
        asr=models.find("whisper", ours.asr, ours.models) if ours.asr else demo.WHISPER,
        voice=models.find("piper", ours.voice, ours.models) if ours.voice else demo.PIPER,
        prompts=ours.cache,
        results=_results(config) or ours.home / "replays",
        flow=config.getoption("--switchboard-flow"),
        changes={name.strip(): value.strip() for name, _, value in pairs},
        jobs=1,
    )


def _results(config: pytest.Config) -> Path | None:
    """The folder that was named, else pytest's cache; None where that is switched off."""
    if (named := config.getoption("--switchboard-results")) is not None:
        return Path(config.invocation_params.dir / named)
    cache: pytest.Cache | None = getattr(config, "cache", None)
    return cache.mkdir("switchboard") if cache is not None else None


def call_file(file: Path, folder: Path, parent: pytest.Collector) -> "CallFile | None":
    """The calls that a file of a folder of calls stands for; None where it is part of another, or none."""
    found = replays_of(parent.config).found
    if folder not in found:
        found[folder] = {}
        for call in _calls(folder):
            found[folder].setdefault(own_file(call), []).append(call)
    if file not in found[folder]:
        return None
    collected: CallFile = CallFile.from_parent(parent, path=file, found=found[folder][file])
    return collected


def _calls(folder: Path) -> list[Found]:
    try:
        return find([str(folder)])
    except OperatorError:  # there are none yet
        return []


def own_file(call: Found) -> Path:
    """The one file that is a call's and no other's."""
    stem = call.path.name if call.kind == SCENARIO else call.path.stem
    lies_beside = call.beside in [call.path.with_name(stem + suffix) for suffix in YAML]
    if call.kind not in (SCENARIO, JOURNAL, RECORDING) or not lies_beside:
        return call.beside
    return call.path / SCENARIO_FILE if call.kind == SCENARIO else call.path


def depth_of(found: Found, asked: str | None) -> Depth:
    """What was asked for; else the sound, where there is any."""
    if asked is not None:
        return Depth(asked)
    return Depth.JOURNAL if found.kind == JOURNAL and not found.path.with_suffix(".wav").is_file() else Depth.AUDIO


class CallFile(pytest.File):
    """The file that a call is collected by: one item for each expectation, so that calls are spread over workers file
    by file."""

    def __init__(self, *, found: Sequence[Found], **given: Any) -> None:
        super().__init__(**given)
        self._found = found

    def collect(self) -> list["CallItem"]:
        """The call, once for each expectation."""
        return [CallItem.from_parent(self, name=Path(call.name).name, found=call) for call in self._found]


class CallItem(pytest.Item):
    """A recorded call as a test."""

    def __init__(self, *, found: Found, **given: Any) -> None:
        super().__init__(**given)
        self.found = found
        self._asked: str | None = self.config.getoption("--switchboard-depth")
        self.add_marker("switchboard")

    def reportinfo(self) -> tuple[Path, int, str]:
        """How a failure is headed."""
        return self.path, 0, f"call {self.name}"

    def setup(self) -> None:
        """The models of its depth, the first time. A model that is missing is an error, not a failure of the call."""
        depth = depth_of(self.found, self._asked)
        if depth is Depth.JOURNAL and self.found.kind in (SCENARIO, RECORDING):
            pytest.skip("has no journal, so it can't be run at depth journal")
        try:
            replays_of(self.config).ready(depth, self._all(depth))
        except (SwitchboardError, FlowError) as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None

    def runtest(self) -> None:
        """Fails with what is wrong, in words; warns where nothing can be."""
        replays, depth = replays_of(self.config), depth_of(self.found, self._asked)
        call = replays.run(depth, self.found, self._all(depth))
        told = Told(call, self.found, self.path, replays.options(depth, self.found), self.config.invocation_params.dir)
        if (why := failure(told)) != "":
            raise pytest.fail.Exception(why, pytrace=False)
        if call.result.verdict == "new":
            self.warn(
                NothingExpectedWarning(
                    f"{self.name} is new: nothing is expected of it; `{told.command} --accept` would"
                )
            )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What went wrong in words; of an error that nobody foresaw the trace from here on."""
        excinfo.traceback = excinfo.traceback.cut(path=Path(__file__))
        return super().repr_failure(excinfo, style or "short")

    def _all(self, depth: Depth) -> list[Found]:
        """Every call of the session that is run at a depth."""
        items = (item.found for item in self.session.items if isinstance(item, CallItem))
        return [found for found in items if depth_of(found, self._asked) is depth]
