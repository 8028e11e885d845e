"""What a copy is written as: a scenario's folder, and models as YAML."""

from pathlib import Path

import yaml
from pydantic import BaseModel

from voice.recorded import Recorded
from voice.replaying.finding import SCENARIO_FILE
from voice.scenario import wav_of_mulaw


def write_scenario(folder: Path, recorded: Recorded | None) -> None:
    """Makes the folder, with the scenario and its clips."""
    assert recorded is not None
    folder.mkdir()
    for file, mulaw in recorded.clips.items():
        (folder / file).write_bytes(wav_of_mulaw(mulaw))
    text = dumped(recorded.scenario)
    (folder / SCENARIO_FILE).write_text(text, encoding="utf-8")


def dumped(model: BaseModel) -> str:
    """The fields that somebody has set, as YAML."""
    plain = model.model_dump(mode="json", exclude_unset=True)
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=110)
