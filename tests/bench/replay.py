"""How much faster than the call a replay is: `python -m tests.bench.replay [CALL...]`, by default all shipped callers.

Depth audio runs the callers through the small models, depth journal the journals that this leaves. Each depth is run
three times, and the median counts. Rates are of this machine; compare two runs on one machine only.
"""

import asyncio
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

import audio_fixtures
from voice.demo import PIPER, WHISPER
from voice.replaying import running
from voice.replaying.depth import Depth
from voice.replaying.finding import Found, find
from voice.replaying.options import Options
from voice.replaying.result import CallResult

_ROUNDS = 3


class _Quiet:
    def begin(self, calls: int, done: int) -> None:
        """Nobody watches."""

    def finished(self, result: CallResult) -> None:
        """Nobody watches."""


def measured(calls: list[Found], depth: Depth, folder: Path) -> tuple[float, float, tuple[CallResult, ...]]:
    """(seconds of call, median seconds of running, results of the last round)."""
    options = Options(depth, WHISPER, PIPER, folder / "prompts", folder / "results")
    took: list[float] = []
    results: tuple[CallResult, ...] = ()
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        results = asyncio.run(running.run(calls, options, _Quiet(), code="bench", again=True)).results
        took.append(time.perf_counter() - began)
    return sum(result.duration_s for result in results), statistics.median(took), results


def row(name: str, calls: int, seconds: float, took: float, results: tuple[CallResult, ...]) -> None:
    """Prints a line."""
    each = sorted(one.duration_s / one.timings.elapsed_s for one in results if one.timings.elapsed_s)
    print(
        f"{name:8} {calls:6} {seconds:10.0f} {took:8.2f} {seconds / took:8.0f} × {each[0]:8.0f} × "
        f"{statistics.median(each):8.0f} ×"
    )


def main() -> None:
    """Prints a line for each depth."""
    named = sys.argv[1:] or [str(audio_fixtures.ROOT / "calls")]
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; medians of {_ROUNDS} runs"
    )
    print(f"{'depth':8} {'calls':>6} {'call s':>10} {'took s':>8} {'together':>10} {'slowest':>10} {'median':>10}")
    with tempfile.TemporaryDirectory() as folder:
        calls = find(named)
        seconds, took, results = measured(calls, Depth.AUDIO, Path(folder))
        row("audio", len(calls), seconds, took, results)
        journals = find([result.journal for result in results if result.journal])
        row("journal", len(journals), *measured(journals, Depth.JOURNAL, Path(folder)))


if __name__ == "__main__":
    main()
