"""The whole demonstration as people follow it: recorded callers all at once, then one of them handed to a person.

In real time the warm transfer begins when the caller who is followed has hung up, beside those who are still on the
line; paced by processing, it waits for all of them.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from sop.graph import Graph
from voice import live
from voice.demo import Demonstrated, DemoSettings, demonstrate
from voice.events import CallStarted
from voice.handed_over import HandedOver
from voice.recorded import Recorded
from voice.session import Listener
from voice.transfer_demo import TransferSettings, hand_over

_FAST = 4.0
"""How fast the telephone network's time passes where callers are paced by processing."""
_WATCHED = "CA" + "0" * 32


@dataclass(frozen=True, slots=True)
class Shown:
    """What the callers and the transfer came to."""

    calls: list[Demonstrated]
    transfer: HandedOver | None
    """None where none was wanted."""

    @property
    def right(self) -> bool:
        """Whether everything came to what it should."""
        return not any(call.faults for call in self.calls) and not (self.transfer and self.transfer.faults)


async def show(
    graph: Graph,
    source: str,
    callers: list[Recorded],
    settings: DemoSettings,
    *,
    console: Console | None,
    transfers: bool = True,
) -> Shown:
    """Runs it; without a `console` nobody follows. Raises SwitchboardError where it can't be run."""
    begin = asyncio.Event()

    async def transfer() -> HandedOver | None:
        await begin.wait()
        return await _transfer(settings, console) if transfers else None

    def finished(call: Demonstrated) -> None:
        if console is not None:
            live.show_finished(console, call)
        if call.rang.call == _WATCHED and not settings.fast:
            begin.set()

    handing = asyncio.create_task(transfer())
    try:
        with _prompts(console, callers[0].scenario.name) as progress:
            listener = _followed(console, settings.fast)
            calls = await demonstrate(
                graph, source, callers, settings, listener=listener, progress=progress, finished=finished
            )
        begin.set()
        return Shown(calls, await handing)
    finally:
        handing.cancel()
        await asyncio.gather(handing, return_exceptions=True)


@contextmanager
def _prompts(console: Console | None, first: str) -> Iterator[Callable[[int, int], None] | None]:
    """Shows how many prompts are rendered, until all are; nothing without a console."""
    if console is None:
        yield None
        return
    columns = (TextColumn("rendering fixed prompts"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task("prompts", total=None)
    bar.start()
    with ExitStack() as showing:
        showing.callback(bar.stop)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if done == total:
                showing.close()
                console.print(f"Following the first caller, {first}:")

        yield progress


class _Followed:
    """Listeners of the callers: the first one is shown, the others are not."""

    def __init__(self, console: Console, fast: bool) -> None:
        self._shown = live.Live(console, clock_stands=fast)

    def __call__(self, start: CallStarted) -> Listener:
        return self._shown if start.call == _WATCHED else live.Unwatched()


def _followed(console: Console | None, fast: bool) -> _Followed | None:
    return _Followed(console, fast) if console is not None else None


async def _transfer(settings: DemoSettings, console: Console | None) -> HandedOver:
    speed = _FAST if settings.fast else 1.0
    given = TransferSettings(
        settings.home / "transfer", settings.prompts, speed, settings.asr, settings.voice, settings.threads
    )
    if console is None:
        return await hand_over(given)
    times = "" if speed == 1 else f", {speed:g} times as fast as in life"
    console.print(
        "A warm transfer over the Twilio double, signed webhooks and stream: gas_emergency rings, Mike is on call"
        f"{times}.",
        soft_wrap=True,
    )
    followed = live.Live(console, clock_stands=False, gaps=speed == 1)
    return await hand_over(given, listener=followed, tell=followed.note)
