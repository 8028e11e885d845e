"""The command `switchboard replay`."""

import asyncio
import hashlib
import json
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

import sop
import voice
from voice import config as configuration
from voice import demo, models
from voice.call import CallSettings
from voice.errors import OperatorError, SwitchboardError
from voice.replaying import accepting, finding, running
from voice.replaying.depth import Depth
from voice.replaying.document import document, junit, passed
from voice.replaying.lines import ERRORS, OUT, Lines, PageBar
from voice.replaying.material import material_of
from voice.replaying.options import Options, changed
from voice.replaying.page.page import page
from voice.replaying.result import CallResult
from voice.replaying.scrub.scrubbing import scrub as scrub_calls
from voice.replaying.taken import JOURNAL, read_flow, shown

_Calls = Annotated[
    list[str], typer.Argument(help="Journals, recordings, scenarios, folders of them, or shipped callers' names.")
]
_Depth = Annotated[
    Depth | None, typer.Option(help="How much of the product they go through; journals alone: journal, else audio.")
]
_Flow = Annotated[
    str | None, typer.Option(help="Try another procedure: a shipped flow's name, or a path.", show_default=False)
]
_Changes = Annotated[
    list[str] | None, typer.Option("--set", help="Try another setting: endpointing.complete_ms=400; may be repeated.")
]
_AsRecorded = Annotated[
    bool, typer.Option("--as-recorded", help="The caller keeps the recording's clock, whatever the agent does.")
]
_Accept = Annotated[
    bool, typer.Option("--accept", help="What came of the calls, listened to, is what is expected from now on.")
]


def replay(
    context: typer.Context,
    calls: _Calls,
    depth: _Depth = None,
    flow: _Flow = None,
    change: _Changes = None,
    as_recorded: _AsRecorded = False,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Calls at a time.")] = 4,
    fast: Annotated[bool, typer.Option("--fast", help="At depth wire: paced by processing, not by the clock.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="One page to look at and listen to.")] = False,
    as_junit: Annotated[bool, typer.Option("--junit", help="JUnit's XML, for a CI server.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where the document goes; standard output without.")] = None,
    last: Annotated[bool, typer.Option("--last", help="Judge by the last run of the same calls.")] = False,
    accept: _Accept = False,
    kept: Annotated[bool, typer.Option("--kept", help="Run nothing: report on what the last run has kept.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Don't go on with a run that was stopped.")] = False,
    scrub: Annotated[Path | None, typer.Option(help="Run nothing: write copies fit to share into this folder.")] = None,
    results: Annotated[Path | None, typer.Option(help="Folder that keeps what came of calls.")] = None,
    asr: Annotated[str | None, typer.Option(help="Whisper, by name or folder.")] = None,
    voice: Annotated[str | None, typer.Option(help="Piper voice, by name or path.")] = None,
) -> None:
    """Run recorded calls again, and say what has changed."""
    try:
        form = _form(as_json=as_json, as_html=as_html, as_junit=as_junit, out=out)
        if kept and (again or accept):
            raise OperatorError("--kept runs nothing, so it goes without --again and --accept")
        found = finding.find(calls)
        if scrub is not None:
            _alone(context)
            _scrub(found, scrub)
            return
        options = _options(found, depth, flow, change or [], as_recorded, jobs, last, results, asr, voice)
        if fast and options.depth is not Depth.WIRE:
            raise OperatorError("--fast goes with --depth wire: the other depths are never paced by the clock")
        options = replace(options, fast=fast)
        if kept:
            options = running.with_kept(found, options)
        everything_right = _run(found, options, form, out, accept=accept, kept=kept, again=again)
    except (SwitchboardError, sop.FlowError, OSError) as error:
        ERRORS.print(f"switchboard: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        ERRORS.print("stopped; the same command goes on from here, --again begins anew")
        raise typer.Exit(130) from None
    if not everything_right:
        raise typer.Exit(1)


def _alone(context: typer.Context) -> None:
    """Raises OperatorError where another option is given beside --scrub, be it as it is without."""
    sources = {name: context.get_parameter_source(name) for name in context.params if name not in ("calls", "scrub")}
    if any(source is not None and source.name == "COMMANDLINE" for source in sources.values()):
        raise OperatorError("--scrub goes alone; what it needs to know of a call stands in the YAML beside it")


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
        ERRORS.print(
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
    changes = {name.strip(): value.strip() for name, _, value in pairs}
    changed(CallSettings(), changes)
    return changes


def _form(*, as_json: bool, as_html: bool, as_junit: bool, out: Path | None) -> str:
    """The document that is asked for, empty for none. Raises OperatorError before anything is run in vain."""
    asked = [name for name, given in (("json", as_json), ("html", as_html), ("junit", as_junit)) if given]
    if len(asked) > 1:
        raise OperatorError("one of --json, --html and --junit at a time; --kept makes the others from the same run")
    if out is not None and not asked:
        raise OperatorError("--out is for a document: add --json, --html or --junit")
    if out is not None and (out.is_dir() or not out.absolute().parent.is_dir()):
        raise OperatorError(
            f"{out} can't be written: {'it is a folder' if out.is_dir() else 'its folder is not there'}"
        )
    return asked[0] if asked else ""


def _run(
    found: list[finding.Found], options: Options, form: str, out: Path | None, *, accept: bool, kept: bool, again: bool
) -> bool:
    """Runs, writes, accepts; whether every call is as it should be."""
    began = time.perf_counter()
    if told := _said_first(found, options, kept=kept):
        ERRORS.print(told, markup=False, soft_wrap=True)
    with Lines(to_stdout=not form) as lines:
        if kept:
            done = running.kept(found, options)
            lines.kept(done.results if not form else ())
        else:
            done = asyncio.run(running.run(found, options, lines, code=_code(), again=again))
    elapsed = time.perf_counter() - began
    if form:
        _write(_text(form, done, options, elapsed), out)
    else:
        lines.totals(document(done, options, elapsed))
    if accept:
        return _accept(found, done.results)
    return all(passed(result) for result in done.results)


def _said_first(found: list[finding.Found], options: Options, *, kept: bool) -> str:
    """What is tried, where one could take it for something else. Raises FlowError."""
    if kept:
        return f"kept from a run with {options.words}" if options.changed else ""
    return _aim(found, options) if options.flow is not None else ""


def _aim(found: list[finding.Found], options: Options) -> str:
    """That the procedure which is tried takes the place of others than those of its name, or not of all; empty where
    there is nothing to say. Raises FlowError."""
    assert options.flow is not None
    name = read_flow(options.flow)[0].name
    others = Counter(other for call in found if (other := finding.flow_name(call)) not in (name, None))
    if not others:
        return ""
    listed = ", ".join(f"{count} {other}" for other, count in sorted(others.items()))
    if others.total() == len(found):
        return f"no call was taken with a procedure named {name}: {options.flow} takes the place of each one's own"
    return f"{options.flow} takes the place of {name} alone: calls of other procedures keep theirs ({listed})"


def _text(form: str, done: running.Done, options: Options, elapsed: float) -> str:
    if form == "junit":
        return junit(done, options, elapsed)
    if form == "json":
        return json.dumps(document(done, options, elapsed), indent=2, ensure_ascii=False) + "\n"
    with PageBar() as bar:
        return page(document(done, replace(options, last=True), elapsed), done.results, material_of, bar.told)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text.encode(errors="replace").decode())
        return
    out.write_text(text, encoding="utf-8", errors="replace")
    ERRORS.print(f"wrote {out}", markup=False, soft_wrap=True)


def _accept(found: list[finding.Found], results: tuple[CallResult, ...]) -> bool:
    """Whether all of them could be."""
    refused = 0
    for call, result in zip(found, results, strict=True):
        try:
            if result.failed:
                raise OperatorError(f"{call.name} could not be run")
            before = finding.expectation(call)
            text = call.beside.read_text(encoding="utf-8") if before is not None else ""
            on = date.today().isoformat()  # noqa: DTZ011
            accepting.write(call.beside, accepting.accepted(result, before, on=on, text=text))
        except OperatorError as error:
            refused += 1
            ERRORS.print(f"not accepted: {error}", style="red", markup=False, soft_wrap=True)
        else:
            ERRORS.print(f"accepted: {call.beside}", markup=False, soft_wrap=True)
    return not refused


def _scrub(found: list[finding.Found], folder: Path) -> None:
    for line in scrub_calls(found, folder):
        OUT.print(shown(line), markup=False, soft_wrap=True)


def _code() -> str:
    """Changes with the product's text."""
    digest = hashlib.sha256()
    for package in (voice, sop):
        for file in sorted(Path(package.__path__[0]).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
