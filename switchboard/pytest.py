"""A plugin for pytest: a folder of recorded calls is a folder of tests, one for each call.

    [tool.pytest.ini_options]
    switchboard_calls = ["tests/calls"]

or `--switchboard-calls DIR`. Where neither names a folder, the plugin does nothing; what runs calls is imported when
the first file of such a folder is collected.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

INI = "switchboard_calls"
DEPTHS = ("journal", "audio", "wire")
_PATHS = ("--switchboard-flow", "--switchboard-asr", "--switchboard-voice", "--switchboard-results")
_OTHERS = ("--switchboard-depth", "--switchboard-set")
_WHY = "since pytest looks for its settings where a path points to"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `switchboard replay` that go for many calls."""
    parser.addini(INI, "folders of recorded calls, each call a test; from the rootdir", type="paths", default=[])
    group = parser.getgroup("switchboard", "recorded calls as tests")
    group.addoption(
        "--switchboard-calls", action="append", default=[], metavar="DIR", help="a folder of calls; may be repeated"
    )
    group.addoption(
        "--switchboard-depth",
        choices=DEPTHS,
        help="how much of the product they go through; without: a journal without sound journal, all others audio",
    )
    group.addoption("--switchboard-flow", metavar="FLOW", help="try another procedure: a shipped one, or a path")
    group.addoption(
        "--switchboard-set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="try another setting: endpointing.complete_ms=400; may be repeated",
    )
    group.addoption("--switchboard-asr", metavar="MODEL", help="Whisper, by name or folder")
    group.addoption("--switchboard-voice", metavar="MODEL", help="Piper voice, by name or path")
    group.addoption(
        "--switchboard-results", metavar="DIR", help="folder that keeps what came of calls; without: pytest's cache"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Nothing, unless a folder is named."""
    named = [_absolute(config.invocation_params.dir / name) for name in config.getoption("--switchboard-calls")]
    always = [_absolute(path) for path in config.getini(INI)]
    folders = tuple(dict.fromkeys((*always, *named)))
    if not folders:
        if given := [name for name in (*_PATHS, *_OTHERS) if config.getoption(name) not in (None, [])]:
            hint = f"; if it is, write {given[0]}=… without a blank, {_WHY}" if given[0] in _PATHS else ""
            raise pytest.UsageError(
                f"{given[0]} is given, and no folder of calls is named: {INI} or --switchboard-calls would{hint}"
            )
        return
    if missing := [folder for folder in folders if not folder.is_dir()]:
        raise pytest.UsageError(f"{missing[0]} is no folder, and {INI} or --switchboard-calls names it")
    if wrong := [one for one in config.getoption("--switchboard-set") if "=" not in one]:
        raise pytest.UsageError(f"--switchboard-set {wrong[0]} lacks a value: write NAME=VALUE")
    config.addinivalue_line("markers", "switchboard: a recorded call that is run again")
    config.pluginmanager.register(Calls(folders), "switchboard-calls")
    unasked = config.args_source is not pytest.Config.ArgsSource.ARGS
    _visit(config, folders if unasked else named)


def _absolute(path: Path) -> Path:
    """As pytest names the files that it comes to: symbolic links stay."""
    return Path(path.absolute().as_posix()) if ".." not in path.parts else path.resolve()


def _visit(config: pytest.Config, folders: Iterable[Path]) -> None:
    """Has pytest go through folders that it would not come to."""
    for folder in folders:
        asked = [_absolute(config.invocation_params.dir / arg.partition("::")[0]) for arg in config.args]
        if not any(path == folder or path in folder.parents for path in asked):
            config.args.append(str(folder))


class Calls:
    """Finds the calls among the files of some folders."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """The call that a file stands for."""
        folder = next((folder for folder in self._folders if folder in file_path.parents), None)
        if folder is None:
            return None
        from switchboard.calls import call_file  # noqa: PLC0415 - a pytest without calls goes without all of it

        return call_file(file_path, folder, parent)
