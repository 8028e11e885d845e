"""The command `switchboard replay`."""

import asyncio
import hashlib
import json
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import sop
import voice
from voice import config as configuration
from voice import demo, models
from voice.errors import OperatorError, SwitchboardError
from voice.replaying import accepting, finding, running
from voice.replaying.document import difference, document, junit, passed
from voice.replaying.material import material_of
from voice.replaying.options import Depth, Options
from voice.replaying.page.page import page
from voice.replaying.result import CallResult
from voice.replaying.scrub.scrubbing import scrub as scrub_calls
from voice.replaying.taken import JOURNAL

_console = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)


def replay(
    calls: Annotated[
        list[str], typer.Argument(help="Journals, recordings, scenarios, folders of them, or shipped callers' names.")
    ],
    depth: Annotated[
        Depth | None, typer.Option(help="How much of the product they go through; journals alone: journal, else audio.")
    ] = None,
    flow: Annotated[
        str | None, typer.Option(help="Try another procedure: a shipped flow's name, or a path.", show_default=False)
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="Try another setting: endpointing.complete_ms=400; may be repeated."),
    ] = None,
    as_recorded: Annotated[
        bool, typer.Option("--as-recorded", help="The caller keeps the recording's clock, whatever the agent does.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Calls at a time.")] = 4,
    fast: Annotated[bool, typer.Option("--fast", help="At depth wire: paced by processing, not by the clock.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="One page to look at and listen to.")] = False,
    as_junit: Annotated[bool, typer.Option("--junit", help="JUnit's XML, for a CI server.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where the document goes; standard output without.")] = None,
    last: Annotated[bool, typer.Option("--last", help="Judge by the last run of the same calls.")] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="What came of the calls, listened to, is what is expected from now on.")
    ] = False,
    kept: Annotated[bool, typer.Option("--kept", help="Run nothing: report on what the last run has kept.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Don't go on with a run that was stopped.")] = False,
    scrub: Annotated[Path | None, typer.Option(help="Run nothing: write copies fit to share into this folder.")] = None,
    results: Annotated[Path | None, typer.Option(help="Folder that keeps what came of calls.")] = None,
    asr: Annotated[str | None, typer.Option(help="Whisper, by name or folder.")] = None,
    voice: Annotated[str | None, typer.Option(help="Piper voice, by name or path.")] = None,
) -> None:
    """Run recorded calls again, and say what has changed."""
    try:
        if sum((as_json, as_html, as_junit)) > 1:
            raise OperatorError(
                "one of --json, --html and --junit at a time; --kept makes the others from the same run"
            )
        if kept and (again or accept):
            raise OperatorError("--kept runs nothing, so it goes without --again and --accept")
        found = finding.find(calls)
        if scrub is not None:
            _scrub(found, scrub)
            return
        form = "json" if as_json else "html" if as_html else "junit" if as_junit else ""
        options = _options(found, depth, flow, change or [], as_recorded, jobs, last, results, asr, voice)
        options = replace(options, fast=fast)
        everything_right = _run(found, options, form, out, accept=accept, kept=kept, again=again)
    except (SwitchboardError, sop.FlowError, OSError) as error:
        _errors.print(f"switchboard: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        _errors.print("stopped; the same command goes on from here, --again begins anew")
        raise typer.Exit(130) from None
    if not everything_right:
        raise typer.Exit(1)


def _options(
    found: list[finding.Found],
    depth: Depth | None,
    flow: str | None,
    changes: list[str],
    as_recorded: bool,
    jobs: int,
    last: bool,
    results: Path | None,
    asr: str | None,
    voice: str | None,
) -> Options:
    config = configuration.load(overrides={"asr": asr, "voice": voice})
    journals = all(call.kind == JOURNAL and call.path.suffix == ".jsonl" for call in found)
    deep = depth or (Depth.JOURNAL if journals else Depth.AUDIO)
    if deep is not Depth.JOURNAL and not (config.asr and config.voice):
        _errors.print(
            "speech models: the small ones that come with Switchboard, where --asr and --voice name none",
            soft_wrap=True,
        )
    return Options(
        depth=deep,
        asr=models.find("whisper", config.asr, config.models) if config.asr else demo.WHISPER,
        voice=models.find("piper", config.voice, config.models) if config.voice else demo.PIPER,
        prompts=config.cache,
        results=results or config.home / "replays",
        flow=flow,
        changes=_changes(changes),
        as_recorded=as_recorded,
        last=last,
        jobs=jobs,
    )


def _changes(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise OperatorError(f"--set {wrong[0]} lacks a value: write --set {wrong[0]}=VALUE")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _run(
    found: list[finding.Found], options: Options, form: str, out: Path | None, *, accept: bool, kept: bool, again: bool
) -> bool:
    """Runs, writes, accepts; whether every call is as it should be."""
    began = time.perf_counter()
    with Lines(to_stdout=not form) as lines:
        if kept:
            done = running.kept(found, options)
        else:
            done = asyncio.run(running.run(found, options, lines, code=_code(), again=again))
    elapsed = time.perf_counter() - began
    if form:
        _write(_text(form, done, options, elapsed), out)
    else:
        lines.totals(done, options, elapsed)
    if accept:
        _accept(found, done.results)
        return not any(result.failed for result in done.results)
    return all(passed(result) for result in done.results)


def _text(form: str, done: running.Done, options: Options, elapsed: float) -> str:
    if form == "junit":
        return junit(done, options, elapsed)
    if form == "json":
        return json.dumps(document(done, options, elapsed), indent=2, ensure_ascii=False) + "\n"
    with PageBar() as bar:
        return page(document(done, replace(options, last=True), elapsed), done.results, material_of, bar.told)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    out.write_text(text, encoding="utf-8")
    _errors.print(f"wrote {out}", markup=False, soft_wrap=True)


def _accept(found: list[finding.Found], results: tuple[CallResult, ...]) -> None:
    for call, result in zip(found, results, strict=True):
        if result.failed:
            _errors.print(f"not accepted: {call.name} could not be run", style="red", markup=False, soft_wrap=True)
            continue
        text = accepting.accepted(result, finding.expectation(call), on=date.today().isoformat())  # noqa: DTZ011
        accepting.write(call.beside, text)
        _errors.print(f"accepted: {call.beside}", markup=False, soft_wrap=True)


def _scrub(found: list[finding.Found], folder: Path) -> None:
    for line in scrub_calls(found, folder):
        _console.print(line, markup=False, soft_wrap=True)


def _code() -> str:
    """Changes with the product's text."""
    digest = hashlib.sha256()
    for package in (voice, sop):
        for file in sorted(Path(package.__path__[0]).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


@dataclass(slots=True)
class Lines:
    """Shows how a run goes on: a bar where somebody watches, and a line for each call."""

    to_stdout: bool
    _bar: Progress = field(
        default_factory=lambda: Progress(
            TextColumn("replaying"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=_errors,
            transient=True,
        )
    )
    _calls: int = 0
    _done: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def begin(self, calls: int, done: int) -> None:
        """So many calls, of which a stopped run has done some."""
        self._calls, self._done = calls, done
        self._bar.add_task("calls", total=calls, completed=done)
        if _errors.is_terminal:
            self._bar.start()
        if done:
            _errors.print(f"going on with a run that was stopped: {done} of {calls} calls are done")

    def finished(self, result: CallResult) -> None:
        """One of them is done."""
        self._done += 1
        self._bar.advance(self._bar.task_ids[0])
        console = _console if self.to_stdout else _errors
        for line in call_lines(result, self._done, self._calls):
            console.print(line, markup=False, soft_wrap=True)

    def totals(self, done: running.Done, options: Options, elapsed: float) -> None:
        """The end of a run."""
        whole = document(done, options, elapsed)
        for line in total_lines(whole):
            _console.print(line, markup=False, soft_wrap=True)


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
            self._bar = Progress(*columns, console=_errors, transient=True, disable=not _errors.is_terminal)
            self._bar.add_task("calls", total=calls)
            self._bar.start()
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done)


_AT_ONCE_S = 2.0


def call_lines(result: CallResult, number: int, calls: int) -> list[str]:
    """What there is to say about a call."""
    if result.failed:
        return [f"{number}/{calls} NOT RUN  {result.call}: {result.failed}"]
    word = "WRONG" if result.faults else "LATE" if result.timings.faults else result.verdict
    if result.identical is not None and word in ("same", "different"):
        word = "identical" if result.identical else "DIFFERENT"
    took = f"{result.duration_s:.1f} s of call in {result.timings.elapsed_s:.2f} s"
    lines = [f"{number}/{calls} {word:9} {result.call}: {result.outcome or 'no outcome'}, {took}"]
    lines += [f"    {fault}" for fault in (*result.faults, *result.timings.faults)]
    lines += [f"    {note}" for note in result.notes]
    if result.parts_at is not None:
        lines.append(f"    {result.verdict}, beside the {result.against} run: {difference(result.parts_at)}")
        others = [one for one in result.differences if one != result.parts_at]
        lines += [f"      {difference(one)}" for one in others[:3]]
    if result.last is not None and result.against != "last" and result.last.differences:
        lines.append(f"    {result.last.verdict}, beside the last run: {difference(result.last.differences[0])}")
    return lines


def total_lines(whole: dict[str, object]) -> list[str]:
    """The totals of many calls in lines."""
    totals, timings = whole["totals"], whole["timings"]
    assert isinstance(totals, dict) and isinstance(timings, dict)
    if totals["calls"] == 1:
        return []
    wer, slots, gap = totals["wer"], totals["slots"], timings["gap_ms"]
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in totals["verdicts"].items())
    wrong = f"{slots['wrong']} wrong ({slots['wrong_confirmed']} as confirmed)"
    lines = [
        f"{totals['calls']} calls: {verdicts}",
        f"right: {totals['right']} of {totals['expected']} that something is expected of",
        f"slots: {slots['right']} right, {wrong}, {slots['missing']} missing",
    ]
    if wer["rate"] is not None:
        lines.append(f"words: {wer['errors']} of {wer['words']} wrong, {100 * wer['rate']:.1f} %")
    if gap["p50"] is not None:
        lines.append(f"reply after {gap['p50']:.0f} ms (p50), {gap['p95']:.0f} ms (p95)")
    lines.append(f"{timings['elapsed_s']:.1f} s, {timings['real_time_factor']:.0f} times real time")
    return lines
