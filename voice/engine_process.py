"""An engine's process, and our end of the pipe to it. The queue before it is voice.worker's.

    spawn() → loader → the process loads the engine → Ready or Failed
    ask()   → job    → the process's engine answers → Answered or Failed

Each message is a pickle behind its length, 8 bytes. The process is a fresh interpreter that imports this
module and what the loader needs. (`multiprocessing` would have it import the parent's main module first: a
second of CPU and 90 MB for the server's.)

An engine that raises one of our errors answers with it; any other exception ends its process, as a crash
does. The process ignores Ctrl-C, which is for the parent to handle, and ends when its pipe does: when it is
closed, and with its parent, however that ends.
"""

import asyncio
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
from dataclasses import dataclass
from typing import Any, BinaryIO, Generic, TypeAlias, TypeVar

from voice.errors import EngineCrashed, SwitchboardError

Answer = TypeVar("Answer")

_Message: TypeAlias = Any  # Ready, Failed or Answered, which unpickling can't promise

_PROGRAM = """
import json, sys
sys.path[:] = json.loads(sys.argv[2])
from voice.engine_process import serve_requests
serve_requests(int(sys.argv[1]))
"""
_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine is loaded."""


@dataclass(frozen=True, slots=True)
class Failed:
    """One of our errors, from the loader or from a request."""

    error: SwitchboardError


@dataclass(frozen=True, slots=True)
class Answered(Generic[Answer]):
    """What the engine made of a request."""

    answer: Answer


class EngineProcess:
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
    async def spawn(cls, name: str, load: Callable[[], Any], on_end: Callable[[], None]) -> "EngineProcess":
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
        if isinstance(said, Failed):
            raise said.error

    async def ask(self, payload: bytes) -> _Message:
        """Answered or Failed. Raises EOFError or OSError when the process has ended."""
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
            _send(pipe, Failed(error))
            return
        _send(pipe, Ready())
        for job in jobs:
            try:
                reply: object = Answered(answer(job))
            except SwitchboardError as error:
                reply = Failed(error)
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
