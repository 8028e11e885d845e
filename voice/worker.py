"""An engine in a process of its own, with a bounded queue before it.

    ask() → queue (here) → one request at a time → pipe → the engine's process → pipe → answer

Speech engines hold the interpreter for tens of milliseconds, may crash in native code, and one of them
(Piper) is under a licence that keeps it out of our process. So each lives in a process of its own that is
given a *loader*: a picklable function of no arguments that makes the engine and returns what answers one
request. The process serves one request at a time, which is why a request that waits can still be overtaken,
refused or withdrawn.

What can go wrong, and who is told:

    the queue is full                the least urgent of all, the newest of those → EngineBusy
    the asker is cancelled           while it waits it is dropped; once begun it is finished for nobody
    no answer within `answer_s`      that request → EngineTimedOut; the process is killed and replaced
    the process ends                 the request in it → EngineCrashed; those that wait go to the next process
    the loader fails with our error  start() → that error, for example ModelMissing
    the next process does not start  all that wait → an EngineError; after a pause, 1 s to 30 s, it is tried again

The process and the pipe are voice.engine_process's.
"""

import asyncio
import enum
import itertools
import pickle
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from voice.engine_process import EngineProcess, Failed
from voice.errors import EngineBusy, EngineCrashed, EngineError, EngineTimedOut, SwitchboardError

Job = TypeVar("Job")
Answer = TypeVar("Answer")

_LAST_WORDS_S = 2.0
"""Seconds that a process has to end by itself once its pipe is closed."""
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0


class EngineState(enum.StrEnum):
    """What the engine's process is doing."""

    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    DOWN = "down"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """How much an engine may be asked, and how long it may take."""

    capacity: int = 32
    """Requests that may wait; one more and the least urgent is refused."""
    answer_s: float = 10.0
    """Seconds from when the process is given a request to its answer."""
    start_s: float = 120.0
    """Seconds to start the process and load the model."""


@dataclass(slots=True, eq=False)
class _Request(Generic[Answer]):
    payload: bytes = field(repr=False)
    urgency: int
    number: int
    answer: asyncio.Future[Answer] = field(repr=False)

    @property
    def order(self) -> tuple[int, int]:
        """Most urgent first, then first come."""
        return self.urgency, self.number

    def fail(self, error: SwitchboardError) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Worker(Generic[Job, Answer]):
    """One engine. Made, started, asked and closed on one event loop."""

    def __init__(
        self, name: str, load: Callable[[], Callable[[Job], Answer]], limits: WorkerLimits = WorkerLimits()
    ) -> None:
        """`name` is what errors call the engine; `load` must be picklable: a module's function."""
        self._name = name
        self._load = load
        self._limits = limits
        self._waiting: list[_Request[Answer]] = []
        self._wake = asyncio.Event()
        self._numbers = itertools.count()
        self._state = EngineState.CLOSED
        self._process: EngineProcess | None = None
        self._starting: asyncio.Task[None] | None = None
        self._serving: asyncio.Task[None] | None = None
        self._down: SwitchboardError | None = None
        self._retry_at = 0.0
        self._pause = _FIRST_PAUSE_S
        self.restarts = 0
        """Times a process was replaced."""

    @property
    def state(self) -> EngineState:
        """What the process is doing now."""
        return self._state

    @property
    def ready(self) -> bool:
        """Whether a request made now would be served by a loaded engine."""
        return self._state in (EngineState.READY, EngineState.BUSY)

    @property
    def waiting(self) -> int:
        """Requests in the queue."""
        return len(self._waiting)

    @property
    def pid(self) -> int | None:
        """The engine's process, when there is one."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the process and wait until its engine is loaded.

        Raises the loader's own error (ModelMissing), EngineCrashed or EngineTimedOut; then nothing is left
        running.
        """
        if self._serving is not None:
            return
        self._state = EngineState.STARTING
        self._starting = asyncio.create_task(self._replace())
        try:
            await self._starting
        except asyncio.CancelledError:
            if self.state is EngineState.CLOSED:
                raise self._closed() from None
            raise
        finally:
            self._starting = None
            if self._process is None:
                self._state = EngineState.CLOSED
        if self.state is EngineState.CLOSED:  # close() came between the process's being ready and here
            raise self._closed()
        self._serving = asyncio.create_task(self._serve(), name=f"{self._name} engine")
        self._serving.add_done_callback(lambda _: self._fail_all(self._closed()))

    async def close(self) -> None:
        """End the process; what waits gets EngineCrashed. Closing twice is nothing."""
        self._state = EngineState.CLOSED
        tasks = [task for task in (self._starting, self._serving) if task is not None]
        self._serving = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._fail_all(self._closed())
        process, self._process = self._process, None
        if process is not None:
            await process.end(grace_s=_LAST_WORDS_S)

    async def ask(self, job: Job, urgency: int = 0) -> Answer:
        """The engine's answer. The lower `urgency`, the sooner; equals are served in order.

        Raises EngineBusy, EngineCrashed, EngineTimedOut, or our error that the engine itself raised.
        """
        if self._serving is None:
            raise self._closed()
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        payload = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
        request = _Request(payload, int(urgency), next(self._numbers), answer)
        self._waiting.append(request)
        if len(self._waiting) > self._limits.capacity:
            least = max(self._waiting, key=lambda waiting: waiting.order)
            self._waiting.remove(least)
            count = self._limits.capacity
            least.fail(EngineBusy(f"the {self._name} engine has {count} requests waiting already"))
        self._wake.set()
        try:
            return await request.answer
        finally:
            if request in self._waiting:
                self._waiting.remove(request)

    def hasten(self, job: Job, urgency: int) -> None:
        """Make requests for this very job that still wait at least this urgent."""
        payload = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
        for request in self._waiting:
            if request.payload == payload:
                request.urgency = min(request.urgency, urgency)

    def _closed(self) -> EngineCrashed:
        return EngineCrashed(f"the {self._name} engine is not running: it was not started, or is closed")

    def _unloadable(self, error: SwitchboardError) -> EngineCrashed:
        """As calls see it: whatever is wrong with the model, an engine did not answer."""
        return EngineCrashed(f"the {self._name} engine can't be loaded again: {error}")

    def _fail_all(self, error: SwitchboardError) -> None:
        while self._waiting:
            self._waiting.pop().fail(error)

    async def _serve(self) -> None:
        """The one loop that feeds the process and replaces it."""
        while True:
            await self._until_wanted()
            if self._process is None or self._process.ended:
                await self._revive()
            if self._process is not None and self._waiting:
                request = min(self._waiting, key=lambda waiting: waiting.order)
                self._waiting.remove(request)
                await self._answer(self._process, request)

    async def _until_wanted(self) -> None:
        """Until a request waits, the idle process ends, or it is time to try again to start one."""
        process = self._process
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._retry_at if process is None else None):
                while not self._waiting and not (process is not None and process.ended):
                    self._wake.clear()
                    await self._wake.wait()

    async def _answer(self, process: EngineProcess, request: _Request[Answer]) -> None:
        self._state = EngineState.BUSY
        try:
            async with asyncio.timeout(self._limits.answer_s):
                reply = await process.ask(request.payload)
        except TimeoutError:
            limit = f"{self._limits.answer_s:g} s"
            request.fail(EngineTimedOut(f"the {self._name} engine gave no answer in {limit}"))
            await process.end(grace_s=0)
        except (EOFError, OSError):
            await process.end(grace_s=_LAST_WORDS_S)
            request.fail(EngineCrashed(f"the {self._name} engine ended in mid-work ({process.last_words})"))
        except asyncio.CancelledError:
            request.fail(self._closed())
            raise
        else:
            self._state = EngineState.READY
            if isinstance(reply, Failed):
                request.fail(reply.error)
            elif not request.answer.done():
                request.answer.set_result(reply.answer)

    async def _revive(self) -> None:
        """A new process for one that ended. When that fails, all that waits fails, and a pause begins."""
        loop = asyncio.get_running_loop()
        if self._down is not None and loop.time() < self._retry_at:
            self._fail_all(self._down)
            return
        self._state = EngineState.STARTING
        self.restarts += 1
        try:
            await self._replace()
        except SwitchboardError as error:
            self._state = EngineState.DOWN
            self._down = error if isinstance(error, EngineError) else self._unloadable(error)
            self._retry_at = loop.time() + self._pause
            self._pause = min(2 * self._pause, _LONGEST_PAUSE_S)
            self._fail_all(self._down)
        else:
            self._down = None
            self._pause = _FIRST_PAUSE_S

    async def _replace(self) -> None:
        old, self._process = self._process, None
        if old is not None:
            await old.end(grace_s=_LAST_WORDS_S)
        process = await EngineProcess.spawn(self._name, self._load, self._wake.set)
        try:
            async with asyncio.timeout(self._limits.start_s):
                await process.loaded()
        except TimeoutError:
            await process.end(grace_s=0)
            limit = f"{self._limits.start_s:g} s"
            raise EngineTimedOut(f"the {self._name} engine did not load in {limit}") from None
        except (EOFError, OSError):
            await process.end(grace_s=_LAST_WORDS_S)
            how = process.last_words
            raise EngineCrashed(f"the {self._name} engine ended while loading ({how})") from None
        except (SwitchboardError, asyncio.CancelledError):
            await process.end(grace_s=0)
            raise
        self._process = process
        self._state = EngineState.READY
