"""Recorded callers on disk: a folder with a scenario.yaml and the clips that it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import audio_fixtures
from voice.scenario import Scenario, ScenarioError, mulaw_of_wav, parse


@dataclass(frozen=True, slots=True)
class Recorded:
    """A scenario and the µ-law of its clips by file name."""

    scenario: Scenario
    clips: Mapping[str, bytes]


def shipped() -> tuple[str, ...]:
    """Names of the recorded callers that come with the package, the plain one first."""
    names = sorted(path.parent.name for path in (audio_fixtures.ROOT / "calls").glob("*/scenario.yaml"))
    return tuple(sorted(names, key=lambda name: name != "plain"))


def load(name_or_path: str | Path) -> Recorded:
    """A shipped scenario by its name, or any by the path of its folder or of its scenario.yaml.

    Raises:
        ScenarioError: it or one of its clips is missing or unusable.
    """
    path = Path(name_or_path)
    if isinstance(name_or_path, str) and name_or_path in shipped():
        path = audio_fixtures.ROOT / "calls" / name_or_path
    file = path / "scenario.yaml" if path.is_dir() else path
    try:
        scenario = parse(file.read_text(encoding="utf-8"), source=str(file))
        clips = {name: _clip(file.parent / name) for name in scenario.clips}
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(shipped())
        raise ScenarioError(f"{name_or_path}: {error}; the shipped callers are {known}") from None
    return Recorded(scenario, clips)


def _clip(path: Path) -> bytes:
    return mulaw_of_wav(path.read_bytes(), source=str(path))
