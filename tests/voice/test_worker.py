"""The engine's process, with a small engine that does what each test asks of it: answer, wait, fail, die."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from voice.errors import CarrierError, EngineBusy, EngineCrashed, EngineError, EngineTimedOut, ModelMissing
from voice.worker import EngineState, Worker, WorkerLimits

Job = tuple[str, str]
Engine = Worker[Job, str]
USUAL = WorkerLimits()


def answer(job: Job) -> str:
    """The engine. `wait` reads a fifo: whoever can open that for writing knows that the work has begun."""
    match job:
        case ("say", text):
            return text
        case ("wait", fifo):
            return Path(fifo).read_text(encoding="utf-8")
        case ("refuse", why):
            raise CarrierError(why)
        case ("pid", _):
            return str(os.getpid())
        case _:
            raise ValueError(job)


def load() -> Callable[[Job], str]:
    return answer


def load_nothing() -> Callable[[Job], str]:
    raise ModelMissing("model.bin is missing")


def load_and_die() -> Callable[[Job], str]:
    os._exit(3)


def load_slowly(fifo: str) -> Callable[[Job], str]:
    Path(f"{fifo}.pid").write_text(str(os.getpid()), encoding="utf-8")
    Path(fifo).read_text(encoding="utf-8")
    return answer


def load_if_there(model: str) -> Callable[[Job], str]:
    if not Path(model).exists():
        raise ModelMissing(f"{model} is missing")
    return answer


def run(work: Coroutine[Any, Any, None]) -> None:
    async def within_a_limit() -> None:
        async with asyncio.timeout(30):
            await work

    asyncio.run(within_a_limit())


def with_engine(
    scenario: Callable[[Engine], Awaitable[None]],
    limits: WorkerLimits = USUAL,
    loader: Callable[[], Callable[[Job], str]] = load,
) -> None:
    async def started() -> None:
        engine: Engine = Worker("echo", loader, limits)
        await engine.start()
        try:
            await scenario(engine)
        finally:
            await engine.close()

    run(started())


class Held:
    """A request that stays in the engine until the test lets it go."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._fifo = folder / f"fifo{len(list(folder.iterdir()))}"
        os.mkfifo(self._fifo)
        self.answer = asyncio.ensure_future(engine.ask(("wait", str(self._fifo))))
        self._end: int | None = None

    async def begun(self) -> None:
        """Until the engine is at work on it."""
        self._end = await asyncio.to_thread(os.open, self._fifo, os.O_WRONLY)

    def let_go(self, said: str = "held") -> None:
        assert self._end is not None
        os.write(self._end, said.encode())
        os.close(self._end)
        self._end = None

    def abandon(self) -> None:
        """After the engine was killed."""
        assert self._end is not None
        os.close(self._end)


async def queued(engine: Engine, count: int) -> None:
    """Let the asks that were just made run up to their first suspension, by which they are in the queue."""
    await asyncio.sleep(0)
    assert engine.waiting == count


def test_an_answer() -> None:
    async def scenario(engine: Engine) -> None:
        assert engine.ready
        assert await engine.ask(("say", "hello")) == "hello"
        assert await engine.ask(("pid", "")) == str(engine.pid)
        assert engine.pid != os.getpid()

    with_engine(scenario)


def test_a_large_answer_crosses_the_pipe_whole() -> None:
    async def scenario(engine: Engine) -> None:
        text = "x" * 3_000_000
        assert await engine.ask(("say", text)) == text

    with_engine(scenario)


def test_the_most_urgent_goes_first_and_equals_keep_their_order(tmp_path: Path) -> None:
    async def scenario(engine: Engine) -> None:
        held = Held(engine, tmp_path)
        await held.begun()
        order: list[str] = []

        async def ask(name: str, urgency: int) -> None:
            order.append(await engine.ask(("say", name), urgency))

        asks = [ask("probe", 2), ask("first", 1), ask("second", 1), ask("final", 0)]
        tasks = [asyncio.ensure_future(a) for a in asks]
        await queued(engine, 4)
        held.let_go()
        await asyncio.gather(held.answer, *tasks)
        assert order == ["final", "first", "second", "probe"]

    with_engine(scenario)


def test_a_request_that_waits_can_be_hastened(tmp_path: Path) -> None:
    async def scenario(engine: Engine) -> None:
        held = Held(engine, tmp_path)
        await held.begun()
        order: list[str] = []

        async def ask(name: str, urgency: int) -> None:
            order.append(await engine.ask(("say", name), urgency))

        tasks = [asyncio.ensure_future(ask("now", 1)), asyncio.ensure_future(ask("later", 5))]
        await queued(engine, 2)
        engine.hasten(("say", "later"), 0)
        held.let_go()
        await asyncio.gather(held.answer, *tasks)
        assert order == ["later", "now"]

    with_engine(scenario)


def test_a_full_queue_refuses_the_least_urgent(tmp_path: Path) -> None:
    async def scenario(engine: Engine) -> None:
        held = Held(engine, tmp_path)
        await held.begun()
        probe = asyncio.ensure_future(engine.ask(("say", "probe"), 2))
        final = asyncio.ensure_future(engine.ask(("say", "final"), 0))
        await queued(engine, 2)
        with pytest.raises(EngineBusy, match="2 requests waiting"):
            await engine.ask(("say", "another probe"), 2)
        urgent = asyncio.ensure_future(engine.ask(("say", "urgent"), 0))
        with pytest.raises(EngineBusy):
            await probe
        held.let_go()
        assert [await final, await urgent] == ["final", "urgent"]
        await held.answer

    with_engine(scenario, WorkerLimits(capacity=2))


def test_a_cancelled_request_is_dropped_before_it_begins(tmp_path: Path) -> None:
    async def scenario(engine: Engine) -> None:
        held = Held(engine, tmp_path)
        await held.begun()
        unwanted = asyncio.ensure_future(engine.ask(("break", "would end the process")))
        await queued(engine, 1)
        unwanted.cancel()
        await asyncio.gather(unwanted, return_exceptions=True)
        assert engine.waiting == 0
        held.let_go()
        await held.answer
        assert await engine.ask(("say", "alive")) == "alive"
        assert engine.restarts == 0

    with_engine(scenario)


def test_a_request_cancelled_in_mid_work_does_not_disturb_the_next(tmp_path: Path) -> None:
    async def scenario(engine: Engine) -> None:
        held = Held(engine, tmp_path)
        await held.begun()
        held.answer.cancel()
        following = asyncio.ensure_future(engine.ask(("say", "next")))
        await queued(engine, 1)
        held.let_go("stale")
        assert await following == "next"

    with_engine(scenario)


def test_killed_in_mid_work(tmp_path: Path) -> None:
    async def scenario(engine: Engine) -> None:
        before = engine.pid
        held = Held(engine, tmp_path)
        await held.begun()
        waiting = asyncio.ensure_future(engine.ask(("say", "survivor")))
        await queued(engine, 1)
        assert before is not None
        os.kill(before, signal.SIGKILL)
        with pytest.raises(EngineCrashed, match=r"ended in mid-work \(signal SIGKILL\)"):
            await held.answer
        assert await waiting == "survivor"
        assert engine.pid != before
        assert engine.restarts == 1
        held.abandon()

    with_engine(scenario)


def test_killed_while_idle_is_replaced_before_anybody_asks() -> None:
    async def scenario(engine: Engine) -> None:
        before = engine.pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        while engine.pid in (before, None):  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)
        assert await engine.ask(("say", "new")) == "new"

    with_engine(scenario)


def test_an_unforeseen_error_ends_the_process_and_is_a_crash(capfd: pytest.CaptureFixture[str]) -> None:
    async def scenario(engine: Engine) -> None:
        with pytest.raises(EngineCrashed, match="exit code 1"):
            await engine.ask(("break", ""))
        assert await engine.ask(("say", "again")) == "again"

    with_engine(scenario)
    assert "ValueError" in capfd.readouterr().err


def test_our_own_error_is_an_answer() -> None:
    async def scenario(engine: Engine) -> None:
        with pytest.raises(CarrierError, match="no such thing"):
            await engine.ask(("refuse", "no such thing"))
        assert engine.restarts == 0
        assert await engine.ask(("say", "on")) == "on"

    with_engine(scenario)


def test_no_answer_in_time(tmp_path: Path) -> None:
    async def scenario(engine: Engine) -> None:
        before = engine.pid
        held = Held(engine, tmp_path)
        await held.begun()
        waiting = asyncio.ensure_future(engine.ask(("say", "survivor")))
        with pytest.raises(EngineTimedOut, match=r"no answer in 0\.3 s"):
            await held.answer
        assert await waiting == "survivor"
        assert engine.pid != before
        held.abandon()

    with_engine(scenario, WorkerLimits(answer_s=0.3))


@pytest.mark.parametrize(
    ("loader", "error", "message"),
    [
        (load_nothing, ModelMissing, "model.bin is missing"),
        (load_and_die, EngineCrashed, r"ended while loading \(exit code 3\)"),
    ],
)
def test_a_start_that_fails(loader: Callable[[], Callable[[Job], str]], error: type[Exception], message: str) -> None:
    async def scenario() -> None:
        engine: Engine = Worker("echo", loader)
        with pytest.raises(error, match=message):
            await engine.start()
        assert (engine.state, engine.pid, engine.ready) == (EngineState.CLOSED, None, False)
        with pytest.raises(EngineCrashed, match="was not started"):
            await engine.ask(("say", "hello"))

    run(scenario())


def test_a_start_that_takes_too_long(tmp_path: Path) -> None:
    fifo = tmp_path / "never"
    os.mkfifo(fifo)

    async def scenario() -> None:
        engine: Engine = Worker("echo", partial(load_slowly, str(fifo)), WorkerLimits(start_s=0.2))
        with pytest.raises(EngineTimedOut, match=r"did not load in 0\.2 s"):
            await engine.start()

    run(scenario())


def test_a_model_that_vanishes_stops_the_engine_until_it_is_back(tmp_path: Path) -> None:
    model = tmp_path / "model.bin"
    model.touch()

    async def scenario(engine: Engine) -> None:
        model.unlink()
        with pytest.raises(EngineCrashed):
            await engine.ask(("break", ""))
        with pytest.raises(EngineCrashed, match=r"can't be loaded again: .*model\.bin"):
            await engine.ask(("say", "hello"))
        assert (engine.state, engine.ready) == (EngineState.DOWN, False)
        model.touch()
        with pytest.raises(EngineCrashed):  # the pause between two attempts
            await engine.ask(("say", "hello"))
        while not engine.ready:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)
        assert await engine.ask(("say", "back")) == "back"

    with_engine(scenario, loader=partial(load_if_there, str(model)))


def test_closing_fails_what_waits_and_leaves_no_process(tmp_path: Path) -> None:
    async def scenario() -> None:
        engine: Engine = Worker("echo", load)
        await engine.start()
        pid = engine.pid
        assert pid is not None
        held = Held(engine, tmp_path)
        await held.begun()
        waiting = asyncio.ensure_future(engine.ask(("say", "too late")))
        await queued(engine, 1)
        closing = asyncio.ensure_future(engine.close())
        with pytest.raises(EngineCrashed, match="is closed"):
            await waiting
        with pytest.raises(EngineError):
            await held.answer
        held.let_go()
        await closing
        await engine.close()
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)  # noqa: ASYNC222 - it does not wait
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    run(scenario())


def test_closing_in_the_middle_of_a_start(tmp_path: Path) -> None:
    fifo = tmp_path / "model"
    os.mkfifo(fifo)

    async def scenario() -> None:
        engine: Engine = Worker("echo", partial(load_slowly, str(fifo)))
        starting = asyncio.ensure_future(engine.start())
        end = await asyncio.to_thread(os.open, fifo, os.O_WRONLY)  # the process is loading
        await engine.close()
        with pytest.raises(EngineCrashed, match="is closed"):
            await starting
        assert (engine.state, engine.pid) == (EngineState.CLOSED, None)
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / "model.pid").read_text(encoding="utf-8")), 0)
        os.close(end)

    run(scenario())


def test_the_process_is_deaf_to_an_interrupt() -> None:
    async def scenario(engine: Engine) -> None:
        assert engine.pid is not None
        os.kill(engine.pid, signal.SIGINT)
        assert await engine.ask(("say", "still here")) == "still here"
        assert engine.restarts == 0

    with_engine(scenario)


PROGRAM = """
import asyncio, sys
from tests.voice.test_worker import load
from voice.worker import Worker

async def main():
    engine = Worker("echo", load)
    await engine.start()
    print(await engine.ask(("say", "hello")), flush=True)
    if "hang" in sys.argv:
        await engine.ask(("wait", sys.argv[-1]))
    if "forget" not in sys.argv:
        await engine.close()

if __name__ == "__main__":
    asyncio.run(main())
"""


def start_program(folder: Path, *arguments: str, module: bool = False) -> subprocess.Popen[str]:
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    how = ["-m", "program"] if module else [str(folder / "program.py")]
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, *how, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{root}:{folder}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("module", [False, True], ids=["script", "module"])
@pytest.mark.parametrize("end", ["close", "forget"])
def test_under_a_program_of_its_own(tmp_path: Path, module: bool, end: str) -> None:
    with start_program(tmp_path, end, module=module) as program:
        out, err = program.communicate(timeout=30)
    assert (program.returncode, out) == (0, "hello\n")
    assert "Traceback" not in err


def test_the_process_ends_with_a_parent_that_is_killed_in_mid_work(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with start_program(tmp_path, "hang", str(fifo)) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "hello\n"
        end = os.open(fifo, os.O_WRONLY)
        program.kill()
        # Both hold the same standard error: it ends when both have.
        assert program.communicate(timeout=10)[0] == ""
        os.close(end)
