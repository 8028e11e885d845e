"""An engine in a process of its own, with a bounded queue before it.

    ask() → queue (here) → one request at a time → pipe → the engine's process → pipe → answer

Speech engines hold the interpreter for tens of milliseconds, may crash in native code, and one of them
(Piper) is under a licence that keeps it out of our process. So each lives in a process of its own that is
given a *loader*: a picklable function of no arguments that makes the engine and returns what answers one
request. The process serves one request at a time, which is why a request that waits can still be overtaken,
refused or withdrawn.

The process is a fresh interpreter that imports this module and what the loader needs. (`multiprocessing`
would have it import the parent's main module first: a second of CPU and 90 MB for the server's.)

What can go wrong, and who is told:

    the queue is full                the least urgent of all, the newest of those → EngineBusy
    the asker is cancelled           while it waits it is dropped; once begun it is finished for nobody
    no answer within `answer_s`      that request → EngineTimedOut; the process is killed and replaced
    the process ends                 the request in it → EngineCrashed; those that wait go to the next process
    the loader fails with our error  start() → that error, for example ModelMissing
    the next process does not start  all that wait → why; after a pause, 1 s to 30 s, it is tried again

An engine that raises one of our errors answers with it; any other exception ends its process, as a crash
does. The process ignores Ctrl-C, which is for the parent to handle, and ends when its pipe does: when it is
closed, and with its parent, however that ends.
"""

import asyncio
import enum
import itertools
import json
import os
import pickle
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Generic, TypeAlias, TypeVar

from voice.errors import EngineBusy, EngineCrashed, EngineTimedOut, SwitchboardError

Job = TypeVar("Job")
Answer = TypeVar("Answer")

_Message: TypeAlias = Any  # _Ready, _Failed or _Answered, which unpickling can't promise

_PROGRAM = """
import json, sys
sys.path[:] = json.loads(sys.argv[2])
from voice.worker import serve_requests
serve_requests(int(sys.argv[1]))
"""
_LENGTH = struct.Struct(">Q")
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


@dataclass(frozen=True, slots=True)
class _Ready:
    """The engine is loaded."""


@dataclass(frozen=True, slots=True)
class _Failed:
    """One of our errors, from the loader or from a request."""

    error: SwitchboardError


@dataclass(frozen=True, slots=True)
class _Answered(Generic[Answer]):
    answer: Answer


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
        self._process: _Process | None = None
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

    async def _answer(self, process: "_Process", request: _Request[Answer]) -> None:
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
            if isinstance(reply, _Failed):
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
            self._down = error
            self._retry_at = loop.time() + self._pause
            self._pause = min(2 * self._pause, _LONGEST_PAUSE_S)
            self._fail_all(error)
        else:
            self._down = None
            self._pause = _FIRST_PAUSE_S

    async def _replace(self) -> None:
        old, self._process = self._process, None
        if old is not None:
            await old.end(grace_s=_LAST_WORDS_S)
        process = await _Process.spawn(self._name, self._load, self._wake.set)
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


class _Process:
    """The process and our end of its pipe."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_end: Callable[[], None],
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._on_end = on_end
        self.pid = process.pid
        self.ended = False
        """Whether the pipe has been closed from the other side, or by end()."""
        self.last_words = ""
        """How the process ended, after end(): its exit code, or the signal that ended it."""
        self._reaped = False
        self._reply = self._listen()

    @classmethod
    async def spawn(cls, name: str, load: Callable[[], Any], on_end: Callable[[], None]) -> "_Process":
        """Start it. `on_end` is called when its pipe closes."""
        ours, theirs = socket.socketpair()
        try:
            with theirs, _interrupts_held():
                process = subprocess.Popen(  # noqa: ASYNC220, S603 - a few milliseconds; our own program
                    [sys.executable, "-P", "-c", _PROGRAM, str(theirs.fileno()), json.dumps(sys.path)],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=2,  # our standard output may be a JSON document
                )
        except OSError as error:
            ours.close()
            raise EngineCrashed(f"the {name} engine's process could not be started: {error}") from error
        try:
            reader, writer = await asyncio.open_connection(sock=ours, limit=2**26)
        except asyncio.CancelledError:
            process.kill()
            process.wait()
            raise
        self = cls(process, reader, writer, on_end)
        self._send(pickle.dumps(load, pickle.HIGHEST_PROTOCOL))
        return self

    def _send(self, payload: bytes) -> None:
        self._writer.write(_LENGTH.pack(len(payload)) + payload)

    def _listen(self) -> "asyncio.Task[_Message]":
        """Always have one read under way, so that an end is noticed while nothing is asked."""
        reply = asyncio.create_task(self._read())
        reply.add_done_callback(self._arrived)
        return reply

    def _arrived(self, reply: "asyncio.Task[_Message]") -> None:
        if not reply.cancelled() and reply.exception() is not None:
            self.ended = True
            self._on_end()

    async def _read(self) -> _Message:
        (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
        return pickle.loads(await self._reader.readexactly(length))  # noqa: S301 - our own child's

    async def _receive(self) -> _Message:
        reply = await asyncio.shield(self._reply)
        self._reply = self._listen()
        return reply

    async def loaded(self) -> None:
        """Until the loader has returned; raises what it failed with."""
        said = await self._receive()
        if isinstance(said, _Failed):
            raise said.error

    async def ask(self, payload: bytes) -> _Message:
        """_Answered or _Failed. Raises EOFError or OSError when the process has ended."""
        self._send(payload)
        await self._writer.drain()
        return await self._receive()

    async def end(self, grace_s: float) -> None:
        """Close the pipe, wait so long for the process to end by itself, kill it, and reap it."""
        if self._reaped:
            return
        ends_by_itself, self.ended = self.ended, True
        self._reply.cancel()
        await asyncio.gather(self._reply, return_exceptions=True)
        if not ends_by_itself:
            self._writer.close()
        if grace_s:
            with suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, grace_s)
        self._process.kill()
        self.last_words = _how_it_ended(await asyncio.to_thread(self._process.wait))
        self._writer.close()
        self._reaped = True


def _how_it_ended(exit_code: int) -> str:
    if exit_code < 0:
        return f"signal {signal.Signals(-exit_code).name}"
    return f"exit code {exit_code}"


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start a process with Ctrl-C blocked, so that it is deaf to it before its first line runs."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve_requests(descriptor: int) -> None:
    """The engine's process: load, then answer until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    pipe = socket.socket(fileno=descriptor)
    threading.Thread(target=_end_with_pipe, args=(pipe,), daemon=True).start()
    jobs = _requests(pipe.makefile("rb"))
    load = next(jobs, sys.exit)  # without a first message the parent is gone
    with suppress(BrokenPipeError):  # the parent has closed its end
        try:
            answer: Callable[[Any], Any] = load()
        except SwitchboardError as error:
            _send(pipe, _Failed(error))
            return
        _send(pipe, _Ready())
        for job in jobs:
            try:
                reply: object = _Answered(answer(job))
            except SwitchboardError as error:
                reply = _Failed(error)
            _send(pipe, reply)


def _requests(incoming: BinaryIO) -> Iterator[Any]:
    while len(head := incoming.read(_LENGTH.size)) == _LENGTH.size:
        yield pickle.loads(incoming.read(_LENGTH.unpack(head)[0]))  # noqa: S301 - our own parent's


def _send(pipe: socket.socket, message: object) -> None:
    payload = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    pipe.sendall(_LENGTH.pack(len(payload)) + payload)


def _end_with_pipe(pipe: socket.socket) -> None:
    """End at once when the other side has closed the pipe or is gone, in the middle of a request too."""
    hang_up = select.poll()
    hang_up.register(pipe, 0)  # nothing but a hang-up, which is always reported
    hang_up.poll()
    os._exit(0)
