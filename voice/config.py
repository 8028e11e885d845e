"""What a server without a settings file is told by the environment and the command line; secrets come from here too.

    SWITCHBOARD_HOME               folder of everything; see `default_home`
    SWITCHBOARD_FLOW               flow                     none
    SWITCHBOARD_ASR                Whisper                  none
    SWITCHBOARD_VOICE              Piper voice              none
    SWITCHBOARD_STORE              database                 switchboard.db in the home
    SWITCHBOARD_PORT               port                     8080
    SWITCHBOARD_ASR_THREADS        threads of the Whisper   2
    SWITCHBOARD_MOST_CALLS         calls at a time          16
    SWITCHBOARD_READER_URL         a language model that helps to read   none: the rules read alone
    SWITCHBOARD_READER_MODEL       its name there           none
    SWITCHBOARD_READER_KEY         the variable that holds its key       none
    SWITCHBOARD_READER_TIMEOUT_MS  how long it may take     800

The command line wins over the environment. This is for a server on loopback and for the demonstration; one that answers
a telephone number has `switchboard.yaml` (`voice.settings`).
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from voice.errors import OperatorError

_PREFIX = "SWITCHBOARD_"
_MOST = {"port": 65535, "asr_threads": 256, "most_calls": 10_000, "reader_timeout_ms": 10_000}


@dataclass(frozen=True, slots=True)
class Config:
    """What a server on loopback needs to know."""

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


def load(environment: Mapping[str, str] = os.environ, overrides: Mapping[str, Any] | None = None) -> Config:
    """The settings that hold now.

    Raises:
        OperatorError: a value is none that the setting can have.
    """
    names = (f.name for f in fields(Config))
    given = {n: environment[_PREFIX + n.upper()] for n in names if environment.get(_PREFIX + n.upper())}
    config = _with(Config(home=default_home(environment)), given, "the environment")
    return _with(config, {k: v for k, v in (overrides or {}).items() if v is not None}, "the command line")


def secrets(names: Iterable[str], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The values of environment variables that a flow or the settings name.

    Raises:
        OperatorError: one is not set; its value is never part of a message.
    """
    found = {name: environment.get(name, "") for name in names}
    missing = [name for name, value in found.items() if not value]
    if missing:
        raise OperatorError(f"the environment lacks {', '.join(missing)}; set each to the secret that is needed")
    return found


def _with(config: Config, values: Mapping[str, Any], source: str) -> Config:
    kinds = {f.name: type(getattr(config, f.name)) for f in fields(config)}
    return replace(config, **{name: _value(name, value, kinds[name], source) for name, value in values.items()})


def _value(name: str, value: Any, kind: type, source: str) -> Any:
    if kind is not int:
        return kind(value) if kind is str else Path(value)
    most = _MOST[name]
    whole = re.fullmatch(r"[0-9]{1,7}", str(value))
    if whole is None or int(whole[0]) > most:
        raise OperatorError(f"{source}: {name} must be a whole number up to {most}, not {value!r}")
    return int(whole[0])
