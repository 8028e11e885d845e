"""Copies fit to share, with the real detector, recogniser and voice: a journal, a recording, a scenario."""

import asyncio
import json
import re
import shutil
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner, Result

from audio_fixtures import ROOT
from sop import loader
from voice import replay
from voice.cli import app
from voice.errors import OperatorError
from voice.journal import read_entries
from voice.replaying import audio_depth
from voice.replaying.course import Course, course_of
from voice.replaying.depth import Depth
from voice.replaying.finding import find, opened
from voice.replaying.scrub.scrubbing import _options, scrub

GONE = re.compile(r"\b(daniel|foster|maple|springfield|2217|twenty two seventeen|jessica)\b", re.IGNORECASE)
GONE_DIGITS = ("4155550123", "5550123")
SAYS = [
    "Hi. My furnace stopped working, and the house is freezing.",
    "My name is Daniel Foster.",
    "Yes, it is.",
    "Twenty two seventeen Maple Street, Springfield.",
    "Tomorrow morning, please.",
    "Yes, that's right.",
]
BESIDE = {
    "flow": "mine.yaml",
    "now": "2026-11-22T19:40:07-05:00",
    "caller": "+14155550123",
    "consent": "Daniel Foster wrote to us",
    "slots": {"name": "Daniel Foster"},
    "never_said": ["Jessica", "the Foster house"],
    "says": SAYS,
}


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What the tests look at."""

    calls: Path
    out: Path
    result: Result


@pytest.fixture(scope="module")
def scrubbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scrubbed]:
    """The call of a shipped caller as a journal, as a recording from elsewhere, and without anybody's consent; and the
    shipped caller who hangs up."""
    home = tmp_path_factory.mktemp("scrub")
    calls, out = home / "calls", home / "shared"
    calls.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SWITCHBOARD_HOME", str(home / "home"))
        asyncio.run(_taken(calls))
        (calls / "call.jsonl").rename(calls / "4155550123-daniel.jsonl")
        (calls / "call.wav").rename(calls / "4155550123-daniel.wav")
        shutil.copy(calls / "4155550123-daniel.wav", calls / "elsewhere.wav")
        shutil.copy(calls / "4155550123-daniel.jsonl", calls / "silent.jsonl")
        (calls / "4155550123-daniel.yaml").write_text(yaml.safe_dump({"consent": "told", "says": SAYS}))
        (calls / "elsewhere.yaml").write_text(yaml.safe_dump(BESIDE))
        (calls / "mine.yaml").write_text(loader.bundle("after_hours_hvac"))
        _with_its_own_flow(calls / "nancy")
        names = [str(calls / name) for name in ("4155550123-daniel.jsonl", "silent.jsonl", "elsewhere.wav")]
        result = CliRunner().invoke(app, ["replay", *names, str(calls / "nancy"), "--scrub", str(out)])
        yield Scrubbed(calls, out, result)


def _with_its_own_flow(folder: Path) -> None:
    """The shipped caller who hangs up, in a folder that holds the procedure as well."""
    shutil.copytree(ROOT / "calls" / "hang_up", folder)
    path = folder / "scenario.yaml"
    path.write_text(path.read_text().replace("flow: after_hours_hvac", "flow: mine.yaml"))
    (folder / "mine.yaml").write_text(loader.bundle("after_hours_hvac"))
    folder.with_suffix(".yaml").write_text('consent: "a synthesizer"')


async def _taken(folder: Path) -> None:
    options = _options(folder)
    async with audio_depth.models(options) as senses:
        found = find(["plain"])[0]
        await audio_depth.run(opened(found, Depth.AUDIO), options, senses, folder)


def course(path: Path) -> Course:
    return course_of(read_entries(path))


def texts(out: Path) -> Iterator[str]:
    """Every text of the copies, but for the business's own: in a journal's first line, and procedures."""
    for path in sorted(out.rglob("*")):
        yield path.name
        if "flow" in path.parent.name:
            continue
        if path.suffix == ".jsonl":
            head, *lines = path.read_text().splitlines()
            yield from lines
            yield from (key for key in json.loads(head) if key not in ("source", "settings", "hours"))
        elif path.suffix == ".yaml":
            yield path.read_text()


def test_each_call_has_a_copy_but_the_one_without_consent(scrubbed: Scrubbed) -> None:
    assert scrubbed.result.exit_code == 1
    names = sorted(path.name for path in scrubbed.out.iterdir())
    assert names == [
        "call-01.jsonl",
        "call-01.wav",
        "call-01.yaml",
        "call-03-flow",
        "call-03.wav",
        "call-03.yaml",
        "call-04",
        "call-04.yaml",
    ]
    lines = scrubbed.result.output.splitlines()
    assert "silent.jsonl: on this line callers are told" in lines[1]
    assert "4155550123-daniel → call-01.jsonl: 3 values replaced, 6 turns" in lines[0]
    assert not any("Foster" in line for line in lines)


def test_nothing_of_the_caller_is_left_in_any_text(scrubbed: Scrubbed) -> None:
    looked = 0
    for text in texts(scrubbed.out):
        looked += len(text)
        assert GONE.search(text) is None
        assert not any(digits in re.sub(r"[ ,-]", "", text) for digits in GONE_DIGITS)
        assert "0 1 2 3" not in text
    assert looked > 10_000


def test_the_copy_of_a_journal_replays_alike_and_comes_to_the_same(scrubbed: Scrubbed) -> None:
    path = scrubbed.out / "call-01.jsonl"
    assert replay.replay(path).identical
    was, now = course(scrubbed.calls / "4155550123-daniel.jsonl"), course(path)
    assert (now.path, now.outcome) == (was.path, was.outcome) == (now.path, "lead_saved")
    assert set(now.slots) == set(was.slots)
    assert now.slots["problem"].value == "no_heat" and now.slots["when"].value == "2026-11-23T08:00/2026-11-23T12:00"
    assert re.fullmatch(r"\+141555501\d\d", now.slots["callback"].value)
    assert now.caller == now.slots["callback"].value
    assert re.fullmatch(r"\d{4} [A-Z][a-z]+ Street, [A-Z][a-z]+", now.slots["address"].value)
    assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", now.slots["name"].value)


def test_the_copies_come_to_the_same_by_their_sound(scrubbed: Scrubbed) -> None:
    results = scrubbed.out.parent / "results"
    arguments = ["replay", str(scrubbed.out), "--depth", "audio", "--json", "--results", str(results)]
    result = CliRunner().invoke(app, arguments)
    calls = json.loads(result.stdout)["calls"]
    assert [call["outcome"] for call in calls] == ["lead_saved", "lead_saved", "caller_hung_up"]
    assert [call["faults"] for call in calls] == [[], [], []]
    assert calls[0]["path"] == list(course(scrubbed.calls / "4155550123-daniel.jsonl").path)


def test_no_sound_of_the_caller_is_in_a_copy(scrubbed: Scrubbed) -> None:
    def sounds(path: Path) -> set[bytes]:
        with wave.open(str(path)) as file:
            both = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2)
        caller = np.ascontiguousarray(both[:, 0])
        pieces = np.lib.stride_tricks.sliding_window_view(caller, 40)
        return {piece.tobytes() for piece in pieces[np.abs(pieces[:, 0]) > 1000]}

    original = sounds(scrubbed.calls / "elsewhere.wav")
    assert len(original) > 10_000
    assert not original & sounds(scrubbed.out / "call-01.wav")
    assert not original & sounds(scrubbed.out / "call-03.wav")


def test_a_procedure_that_is_a_file_goes_along(scrubbed: Scrubbed) -> None:
    beside = yaml.safe_load((scrubbed.out / "call-03.yaml").read_text())
    assert beside["flow"] == "call-03-flow/call-03.yaml"
    scenario = yaml.safe_load((scrubbed.out / "call-04" / "scenario.yaml").read_text())
    assert scenario["flow"] == "flow/call-04.yaml"
    for path in (scrubbed.out / beside["flow"], scrubbed.out / "call-04" / scenario["flow"]):
        assert path.read_text() == loader.bundle("after_hours_hvac")


def test_what_stands_beside_names_nobody(scrubbed: Scrubbed) -> None:
    beside = yaml.safe_load((scrubbed.out / "call-03.yaml").read_text())
    name = beside["slots"]["name"]
    assert len(beside["says"]) == 6 and name.lower() in beside["says"][1].lower()
    assert beside["never_said"] == [f"the {name.split()[1]} house"]
    assert beside["now"] == "2026-11-22T19:40:00-05:00"
    assert "Daniel" not in beside["consent"] and beside["consent"].strip()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(OperatorError, match="not empty"):
        next(scrub(find(["plain"]), tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
