"""What `switchboard replay` shows in the terminal: a bar where somebody watches, a line for each call, the totals."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from voice.replaying.comparison import FOLLOWS
from voice.replaying.document import difference
from voice.replaying.page.comparison import gravity
from voice.replaying.result import CallResult, Difference
from voice.replaying.taken import shown

OUT = Console(highlight=False)
ERRORS = Console(stderr=True, highlight=False)


@dataclass(slots=True)
class Lines:
    """Shows how a run goes on: a bar where somebody watches, and a line for each call."""

    to_stdout: bool
    out: Console = OUT
    errors: Console = ERRORS
    _bar: Progress | None = None
    _calls: int = 0
    _done: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, calls: int, done: int) -> None:
        """So many calls, of which a stopped run has done some."""
        self._calls, self._done = calls, done
        if self.errors.is_interactive:
            columns = (TextColumn("replaying"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=self.errors, transient=True)
            self._bar.add_task("calls", total=calls, completed=done)
            self._bar.start()
        if done:
            self.errors.print(f"going on with a run that was stopped: {done} of {calls} calls are done")

    def kept(self, results: Sequence[CallResult]) -> None:
        """What an earlier run has kept: nothing is under way."""
        self._calls = len(results)
        for result in results:
            self.finished(result)

    def finished(self, result: CallResult) -> None:
        """One of them is done."""
        self._done += 1
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0])
        for line in call_lines(result, self._done, self._calls):
            self._console().print(shown(line), markup=False, soft_wrap=True)

    def _console(self) -> Console:
        """Where a call's lines go: past the bar, where both show on one screen."""
        on_one_screen = self._bar is not None and self.out.is_terminal
        return self.out if self.to_stdout and not on_one_screen else self.errors

    def totals(self, whole: dict[str, object]) -> None:
        """The end of a run, whose document this is."""
        for line in total_lines(whole):
            self.out.print(line, markup=False, soft_wrap=True)


@dataclass(slots=True)
class PageBar:
    """Shows how a page comes along that is not there at once."""

    _began: float = field(default_factory=time.perf_counter)
    _bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None and not self._bar.disable:
            self._bar.stop()

    def told(self, done: int, calls: int) -> None:
        """So many calls of it are drawn."""
        if self._bar is None and time.perf_counter() - self._began > _AT_ONCE_S:
            columns = (TextColumn("writing the page"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=ERRORS, transient=True, disable=not ERRORS.is_interactive)
            self._bar.add_task("calls", total=calls)
            self._bar.start()
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done)


_AT_ONCE_S = 2.0


_MORE = 3
"""Differences that are shown beside the one at which a call parts."""


def call_lines(result: CallResult, number: int, calls: int) -> list[str]:
    """What there is to say about a call."""
    if result.failed:
        return [f"{number}/{calls} NOT RUN  {result.call}: {result.failed}"]
    took = f"{result.duration_s:.1f} s of call in {result.timings.elapsed_s:.2f} s"
    lines = [f"{number}/{calls} {_word(result):9} {result.call}: {result.outcome or 'no outcome'}, {took}"]
    lines += [f"    {fault}" for fault in (*result.faults, *result.timings.faults)]
    lines += [f"    {note}" for note in result.notes]
    if result.parts_at is not None:
        lines.append(f"    {result.verdict}, beside the {result.against} run: {difference(result.parts_at)}")
        lines += [f"      {difference(one)}" for one in _others(result)]
    last = result.last.differences if result.last is not None and result.against != "last" else ()
    if result.last is not None and last and last[0] != result.parts_at:
        lines.append(f"    {result.last.verdict}, beside the last run: {difference(last[0])}")
    return lines


def _word(result: CallResult) -> str:
    """How a call is, in a word."""
    if result.faults:
        return "WRONG"
    if result.timings.faults:
        return "LATE"
    if result.identical and result.verdict == "same":
        return "identical"
    return "DIFFERENT" if result.identical is False and result.verdict in ("same", "different") else result.verdict


def _others(result: CallResult) -> list[Difference]:
    """Some more differences, the gravest first: a reworded prompt must not hide that a step is left out."""
    others = [one for one in result.differences if one != result.parts_at]
    return sorted(others, key=lambda one: (one.why.startswith(FOLLOWS), gravity(one)))[:_MORE]


def total_lines(whole: dict[str, object]) -> list[str]:
    """The totals of many calls in lines."""
    totals, timings = whole["totals"], whole["timings"]
    assert isinstance(totals, dict) and isinstance(timings, dict)
    if totals["calls"] == 1:
        return []
    wer, gap = totals["wer"], timings["gap_ms"]
    lines = [f"{totals['calls']} calls: {_verdicts(totals)}"]
    for what, name in (("left out", "left_out"), ("new", "new")):
        if counts := totals["steps"][name]:
            steps = ", ".join(f"{step} in {count}" for step, count in counts.items())
            lines.append(f"steps {what}: {steps}")
    lines += _right(totals)
    if wer["rate"] is not None:
        lines.append(f"words: {wer['errors']} of {wer['words']} wrong, {100 * wer['rate']:.1f} %")
    if gap["p50"] is not None:
        lines.append(f"reply after {gap['p50']:.0f} ms (p50), {gap['p95']:.0f} ms (p95)")
    if timings["real_time_factor"]:
        lines.append(f"{timings['elapsed_s']:.1f} s, {timings['real_time_factor']:.0f} times real time")
    return lines


def _verdicts(totals: dict[str, Any]) -> str:
    """Counted, those that could not be run apart: as a verdict they are worse."""
    counts = dict(totals["verdicts"])
    if totals["failed"]:
        counts["worse"] -= totals["failed"]
        counts["not run"] = totals["failed"]
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)


def _right(totals: dict[str, Any]) -> list[str]:
    if not totals["expected"]:
        return ["nothing is expected of them: only what differs is told"]
    slots = totals["slots"]
    wrong = f"{slots['wrong']} wrong ({slots['wrong_confirmed']} as confirmed)"
    return [
        f"right: {totals['right']} of {totals['expected']} that something is expected of",
        f"slots: {slots['right']} right, {wrong}, {slots['missing']} missing",
    ]
