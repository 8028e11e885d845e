"""Speech models by name: which there are, where they lie, and how they get here.

    models/base.en/                 model.bin  config.json  tokenizer.json  vocabulary.txt
    models/base.en/manifest.json    repository, commit, size and SHA-256 of each file that was fetched
    models/en_US-ljspeech-medium/   en_US-ljspeech-medium.onnx  en_US-ljspeech-medium.onnx.json  MODEL_CARD

`switchboard models get` is the only part of Switchboard that goes to the network for a model (voice.hub). It
fetches the files that are missing or not what the hub's list describes. The manifest comes last: without it,
a model is not there.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from voice.errors import ModelMissing, OperatorError
from voice.hub import HUB, Hub, HubError, Kind, Model, ModelFile, agrees, sha256_of, size_of

MANIFEST = "manifest.json"
_PIPER_VOICES = "rhasspy/piper-voices"
_PIPER_NAME = re.compile(
    r"(?P<language>[a-z]{2,3})_(?P<region>[A-Z]{2})-(?P<speaker>\w+)-(?P<quality>x_low|low|medium|high)"
)
_NEEDED = ("model.bin", "config.json", "tokenizer.json")


def _whisper(name: str, megabytes: int, repository: str = "") -> Model:
    return Model(name, "whisper", repository or f"Systran/faster-whisper-{name}", "", megabytes, "MIT")


def _piper(name: str, megabytes: int, licence: str) -> Model:
    parts = _PIPER_NAME.fullmatch(name)
    if parts is None:
        raise ValueError(name)
    folder = "{language}/{language}_{region}/{speaker}/{quality}".format(**parts.groupdict())
    return Model(name, "piper", _PIPER_VOICES, folder, megabytes, licence)


CATALOGUE: tuple[Model, ...] = (
    _whisper("tiny.en", 78),
    _whisper("tiny", 78),
    _whisper("base.en", 148),
    _whisper("base", 148),
    _whisper("small.en", 486),
    _whisper("small", 486),
    _whisper("medium.en", 1530),
    _whisper("medium", 1530),
    _whisper("distil-small.en", 335, "Systran/faster-distil-whisper-small.en"),
    _whisper("distil-medium.en", 792, "Systran/faster-distil-whisper-medium.en"),
    _whisper("large-v3-turbo", 1620, "mobiuslabsgmbh/faster-whisper-large-v3-turbo"),
    _piper("en_US-ljspeech-medium", 63, "public domain (LJ Speech)"),
    _piper("en_US-ljspeech-high", 114, "public domain (LJ Speech)"),
    _piper("en_US-libritts_r-medium", 79, "CC BY 4.0 (LibriTTS-R)"),
    _piper("en_US-lessac-medium", 63, "restricted: Blizzard 2013 corpus, research only"),
    _piper("en_US-amy-medium", 63, "tuned from lessac: restricted corpus"),
    _piper("en_US-hfc_female-medium", 63, "non-commercial: CC BY-NC-SA 4.0"),
    _piper("en_US-hfc_male-medium", 63, "non-commercial: CC BY-NC-SA 4.0"),
)


def named(name: str) -> Model:
    """The model of that name; every Piper voice of the hub has one. Raises OperatorError."""
    for model in CATALOGUE:
        if model.name == name:
            return model
    if _PIPER_NAME.fullmatch(name):
        return _piper(name, 0, "see its MODEL_CARD")
    raise OperatorError(f"no model is called {name!r}: `switchboard models list` shows their names")


def find(kind: Kind, name_or_path: str, home: Path) -> Path:
    """Where a model lies: a Whisper's folder, a voice's .onnx file. `home` is the models folder.

    Raises ModelMissing when it is not there or not whole; the message names the file and what fetches it.
    """
    if not name_or_path:
        what, example = (
            ("Whisper", 'asr = "base.en"') if kind == "whisper" else ("voice", 'voice = "en_US-ljspeech-medium"')
        )
        raise ModelMissing(f"no {what} is configured: set {example}, after `switchboard models get` of that name")
    path = Path(name_or_path).expanduser()
    if path.exists() or "/" in name_or_path or path.suffix == ".onnx":
        return _at_path(kind, path)
    try:
        model = named(name_or_path)
    except OperatorError as error:
        raise ModelMissing(f"{error}, and there is no file or folder of that name") from None
    if model.kind != kind:
        raise ModelMissing(f"{model.name} is a {model.kind} model, and a {kind} model is wanted here")
    folder = home / model.name
    mend = f"`switchboard models get {model.name}` fetches it"
    manifest = _manifest(folder)
    if manifest is None:
        raise ModelMissing(f"{folder} is missing or was not fetched to its end: {mend}")
    for file in manifest:
        if (size := size_of(folder / file.path)) != file.size:
            raise ModelMissing(f"{folder / file.path} has {size:,} bytes instead of {file.size:,}: {mend}")
    return folder if kind == "whisper" else folder / f"{model.name}.onnx"


def _at_path(kind: Kind, path: Path) -> Path:
    if kind == "piper" and path.is_dir():
        voices = sorted(path.glob("*.onnx"))
        if len(voices) != 1:
            raise ModelMissing(f"{path} holds {len(voices)} .onnx files: name the voice's own")
        path = voices[0]
    needed = [path / name for name in _NEEDED] if kind == "whisper" else [path, path.with_name(path.name + ".json")]
    for file in needed:
        if not file.is_file():
            raise ModelMissing(f"{file} is missing: put it there, or use a name of `switchboard models list`")
    return path


def _manifest(folder: Path) -> tuple[ModelFile, ...] | None:
    try:
        written = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return tuple(ModelFile(f["path"], f["size"], f["sha256"]) for f in written["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def check(folder: Path) -> list[str]:
    """What is wrong with a fetched model, file by file; empty when every digest is right."""
    manifest = _manifest(folder)
    if manifest is None:
        return [f"{folder / MANIFEST} is missing or can't be read"]
    problems = []
    for file in manifest:
        found = folder / file.path
        if not found.is_file():
            problems.append(f"{found} is missing")
        elif found.stat().st_size != file.size:
            problems.append(f"{found} has {found.stat().st_size:,} bytes instead of {file.size:,}")
        elif sha256_of(found) != file.sha256:
            problems.append(f"{found} is altered: its SHA-256 is not the manifest's")
    return problems


def get(model: Model, home: Path, endpoint: str = HUB, progress: Callable[[int, int], None] | None = None) -> Path:
    """Fetch what is missing of a model; its folder. `progress` is told (bytes here, bytes in all).

    Raises HubError.
    """
    hub = Hub(endpoint)
    commit, files = hub.files(model)
    folder = home / model.name
    total, done = sum(file.size for file in files), 0
    fetched: list[ModelFile] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            target = folder / file.path
            if not (target.is_file() and agrees(target, file)):
                for here in hub.fetch(model, commit, file, target):
                    if progress:
                        progress(done + here, total)
            done += file.size
            if progress:
                progress(done, total)
            fetched.append(ModelFile(file.path, file.size, sha256_of(target)))
        written = {
            "model": model.name,
            "repository": model.repository,
            "commit": commit,
            "licence": model.licence,
        }
        text = json.dumps({**written, "files": [asdict(f) for f in fetched]}, indent=1)
        part = folder / f"{MANIFEST}.part"
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(folder / MANIFEST)
    except OSError as error:
        raise HubError(f"{folder} can't be written: {error.strerror or error}") from error
    return folder


app = typer.Typer(no_args_is_help=True, help="Speech models: list, fetch, verify.")
_console = Console(highlight=False, soft_wrap=True)
_errors = Console(stderr=True, highlight=False, soft_wrap=True)


@app.callback()
def folder_of_models(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(envvar="SWITCHBOARD_HOME", help="Switchboard's folder; models lie in `models` there."),
    ] = None,
    data: Annotated[Path | None, typer.Option(envvar="XDG_DATA_HOME", hidden=True)] = None,
) -> None:
    """Speech models: list, fetch, verify."""
    context.obj = (home or (data or Path.home() / ".local" / "share") / "switchboard") / "models"


@app.command("list")
def list_command(context: typer.Context) -> None:
    """Show the models that can be fetched by name, and which are here."""
    table = Table("name", "kind", "MB", "licence", "here", box=None, pad_edge=False)
    for model in CATALOGUE:
        here = _manifest(context.obj / model.name) is not None
        table.add_row(model.name, model.kind, str(model.megabytes), model.licence, "yes" if here else "")
    _console.print(table)
    _console.print(f"Every other voice of {_PIPER_VOICES} can be fetched by its name too. Folder: {context.obj}")


@app.command("get")
def get_command(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(help="Names of `switchboard models list`.")],
    endpoint: Annotated[str, typer.Option(envvar="HF_ENDPOINT", help="The model hub, or a mirror of it.")] = HUB,
) -> None:
    """Fetch models, with a check of every file's size and digest."""
    try:
        for model in [named(name) for name in names]:
            _get_shown(model, context.obj, endpoint)
    except OperatorError as error:
        _errors.print(f"switchboard: {error}", style="red", markup=False)
        raise typer.Exit(1) from None


def _get_shown(model: Model, home: Path, endpoint: str) -> None:
    folder = home / model.name
    if not check(folder):
        _console.print(f"{model.name} is here already: {folder}")
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=_errors, transient=True) as bar:
        task = bar.add_task(model.name, total=None)
        get(model, home, endpoint, lambda here, total: bar.update(task, completed=here, total=total))
    _console.print(f"{model.name} is in {folder}, every size and digest right. Licence: {model.licence}")


@app.command("check")
def check_command(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Without names: every model that is here.")] = None,
) -> None:
    """Verify fetched models against their manifests."""
    home: Path = context.obj
    folders = [home / name for name in names] if names else sorted(f.parent for f in home.glob(f"*/{MANIFEST}"))
    if not folders:
        _console.print(f"no model has been fetched into {home}")
    wrong = 0
    for folder in folders:
        problems = check(folder)
        wrong += bool(problems)
        for problem in problems:
            _errors.print(f"{problem}: `switchboard models get {folder.name}` mends it", style="red", markup=False)
        if not problems:
            _console.print(f"{folder.name}: every size and digest right")
    if wrong:
        raise typer.Exit(1)
