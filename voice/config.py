"""Settings, assembled from a file, the environment and the command line; the only reader of the environment.

    # switchboard.toml                        environment                 default
    flow  = "after_hours_hvac"                SWITCHBOARD_FLOW            none
    asr   = "base.en"                         SWITCHBOARD_ASR             none
    voice = "en_US-ljspeech-medium"           SWITCHBOARD_VOICE           none
    home  = "/var/lib/switchboard"            SWITCHBOARD_HOME            see `default_home`
    store = "sqlite+aiosqlite:///leads.db"    SWITCHBOARD_STORE           switchboard.db in the home
    port  = 8080                              SWITCHBOARD_PORT            8080
    asr_threads = 2                           SWITCHBOARD_ASR_THREADS     2
    most_calls  = 16                          SWITCHBOARD_MOST_CALLS      16
    reader_url  = "http://localhost:8000/v1"  SWITCHBOARD_READER_URL      none: the rules read alone
    reader_model = "qwen3-8b"                 SWITCHBOARD_READER_MODEL    none
    reader_key  = "READER_KEY"                SWITCHBOARD_READER_KEY      none: the variable that holds the key
    reader_timeout_ms = 800                   SWITCHBOARD_READER_TIMEOUT_MS  800

The command line wins over the environment, the environment over the file. `asr` and `voice` are names of
`switchboard models list` or paths; a relative path in the file is taken from the file's folder.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from voice.errors import OperatorError

FILE = "switchboard.toml"
"""Read from the working folder if it is there and no other file is named."""
_PREFIX = "SWITCHBOARD_"
_MOST = {"port": 65535, "asr_threads": 256, "most_calls": 10_000, "reader_timeout_ms": 10_000}


@dataclass(frozen=True, slots=True)
class Config:
    """What a server needs to know. `origin` is the file it was read from, if any."""

    flow: str = ""
    asr: str = ""
    voice: str = ""
    home: Path = Path()
    store: str = ""
    port: int = 8080
    asr_threads: int = 2
    most_calls: int = 16
    reader_url: str = ""
    reader_model: str = ""
    reader_key: str = ""
    reader_timeout_ms: int = 800
    origin: Path | None = None

    @property
    def store_url(self) -> str:
        """The database; SQLite in the home unless another is named."""
        return self.store or f"sqlite+aiosqlite:///{self.home / 'switchboard.db'}"

    @property
    def journals(self) -> Path:
        """Folder of the calls' journals and recordings."""
        return self.home / "calls"

    @property
    def cache(self) -> Path:
        """Folder of rendered prompts."""
        return self.home / "prompts"

    @property
    def models(self) -> Path:
        """Folder of downloaded models."""
        return self.home / "models"


def default_home(environment: Mapping[str, str] = os.environ) -> Path:
    """`SWITCHBOARD_HOME`, else `switchboard` in the user's data folder (XDG Base Directory Specification)."""
    if named := environment.get(_PREFIX + "HOME"):
        return Path(named)
    data = environment.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "switchboard"


def load(
    file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    overrides: Mapping[str, Any] | None = None,
) -> Config:
    """The settings that hold now.

    Raises:
        OperatorError: the file is missing though named, is no TOML, or holds a key or value that is none of ours.
    """
    config = Config(home=default_home(environment))
    path = file or Path(FILE)
    if file is not None and not path.is_file():
        raise OperatorError(f"{path} does not exist; name an existing file with --config")
    if path.is_file():
        config = _from_file(config, path)
    config = _with(config, _from_environment(environment), "the environment")
    return _with(config, {k: v for k, v in (overrides or {}).items() if v is not None}, "the command line")


def secrets(names: Iterable[str], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The values of environment variables that a flow or the settings name.

    Raises:
        OperatorError: one is not set; its value is never part of a message.
    """
    found = {name: environment.get(name, "") for name in names}
    missing = [name for name, value in found.items() if not value]
    if missing:
        raise OperatorError(f"the environment lacks {', '.join(missing)}; set it to the secret that the flow needs")
    return found


def _from_file(config: Config, path: Path) -> Config:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} is no TOML: {error}") from None
    for name in ("asr", "voice", "flow"):
        if isinstance(given := values.get(name), str) and (path.parent / given).exists():
            values[name] = str(path.parent / given)
    if isinstance(home := values.get("home"), str):
        values["home"] = path.parent / home
    return replace(_with(config, values, str(path)), origin=path)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    names = (f.name for f in fields(Config) if f.name != "origin")
    return {n: environment[_PREFIX + n.upper()] for n in names if environment.get(_PREFIX + n.upper())}


def _with(config: Config, values: Mapping[str, Any], source: str) -> Config:
    kinds = {f.name: type(getattr(config, f.name)) for f in fields(config) if f.name != "origin"}
    checked: dict[str, Any] = {}
    for name, value in values.items():
        kind = kinds.get(name)
        if kind is None:
            raise OperatorError(f"{source}: there is no setting {name!r}; there are {', '.join(sorted(kinds))}")
        checked[name] = _value(name, value, kind, source)
    return replace(config, **checked)


def _value(name: str, value: Any, kind: type, source: str) -> Any:
    if kind is not int:
        if not isinstance(value, str | Path):
            raise OperatorError(f"{source}: {name} must be text, not {value!r}")
        return kind(value) if kind is str else Path(value)
    most = _MOST.get(name, 1_000_000)
    whole = re.fullmatch(r"[0-9]{1,7}", str(value))
    if whole is None or int(whole[0]) > most:
        raise OperatorError(f"{source}: {name} must be a whole number up to {most}, not {value!r}")
    return int(whole[0])
