"""The command line, as a user runs it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SWITCHBOARD = (sys.executable, "-m", "voice")
ROOT = Path(__file__).parent.parent.parent


def environment(home: Path) -> dict[str, str]:
    """This one, with a home of its own and no settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SWITCHBOARD_")}
    return kept | {"SWITCHBOARD_HOME": str(home), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}


def switchboard(home: Path, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs it to its end, away from the checkout."""
    return subprocess.run(  # noqa: PLW1510 - the exit status is what is tested
        [*SWITCHBOARD, *arguments],
        env=environment(home),
        cwd=folder or home,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `demo --fast --json` prints for one caller."""
    home = tmp_path_factory.mktemp("home")
    done = switchboard(home, "demo", "--fast", "--json", "--scenario", "plain", "--calls", "2")
    assert done.returncode == 0, done.stderr + done.stdout
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_demo_json_has_what_other_tools_rely_on(demo: dict[str, Any]) -> None:
    assert len(demo["calls"]) == 2
    for call in demo["calls"]:
        assert (call["scenario"], call["flow"], call["outcome"]) == ("plain", "after_hours_hvac", "lead_saved")
        assert isinstance(call["version"], int) and call["path"][0] == "triage" and call["path"][-1] == "goodbye"
        assert call["lead"]["callback"] == "+14155550123"
        assert set(call["slots"]) == set(call["lead"])
        assert set(call["turns"][0]) == {"heard", "confidence", "step", "said", "gap_ms", "barge_in"}
        assert call["duration_s"] > 20 and Path(call["journal"]).is_file()
    assert {"p50", "p95"} <= set(demo["latency"]["gap_ms"]) and demo["latency"]["stages"]


def test_replay_json(demo: dict[str, Any], tmp_path: Path) -> None:
    done = switchboard(tmp_path, "replay", demo["calls"][0]["journal"], "--json")
    printed = json.loads(done.stdout)
    assert done.returncode == 0 and printed["identical"] is True and printed["real_time_factor"] > 0


def test_replay_of_an_altered_journal_is_not_identical(demo: dict[str, Any], tmp_path: Path) -> None:
    altered = tmp_path / "altered.jsonl"
    altered.write_text(Path(demo["calls"][0]["journal"]).read_text().replace('"slot":"name"', '"slot":"address"', 1))
    done = switchboard(tmp_path, "replay", str(altered), "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["identical"] is False


@contextmanager
def served(home: Path, *arguments: str) -> Iterator[str]:
    """A running server's address."""
    with subprocess.Popen(
        [*SWITCHBOARD, "serve", "--loopback", "--port", "0", *arguments],
        env=environment(home),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None and process.stderr is not None
            line = process.stdout.readline()
            found = re.search(r"ws://127\.0\.0\.1:\d+/ws", line)
            assert found, line + process.stderr.read()
            yield found[0]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
    assert process.returncode == 0


def test_serve_answers_simulate_and_leads_lists_what_was_taken(tmp_path: Path) -> None:
    with served(tmp_path) as url:
        rang = switchboard(tmp_path, "simulate", "gas_emergency", "--url", url, "--json")
    assert rang.returncode == 0, rang.stderr
    printed = json.loads(rang.stdout)
    assert printed["ended_by"] == "agent" and printed["violations"] == [] and printed["replies"]
    listed = switchboard(tmp_path, "leads", "--json")
    assert [lead["fields"] for lead in json.loads(listed.stdout)] == [{"problem": "gas"}]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("serve",), "--loopback"),
        (("serve", "--loopback"), "no flow is configured"),
        (("serve", "--loopback", "--flow", "after_hours_hvac"), "models get"),
        (("serve", "--loopback", "--flow", "after_hours_hvac", "--asr", "base.en"), "models get base.en"),
        (("serve", "--loopback", "--flow", "nothing_like_it"), "after_hours_hvac"),
        (("serve", "--loopback", "--config", "gone.toml"), "gone.toml"),
        (("simulate", "plain", "--url", "ws://127.0.0.1:9/ws"), "no server answers"),
        (("simulate", "nobody", "--url", "ws://127.0.0.1:9/ws"), "plain"),
        (("replay", "gone.jsonl"), "gone.jsonl"),
        (("demo", "--scenario", "nobody"), "plain"),
    ],
)
def test_what_is_missing_is_named_with_its_remedy(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    done = switchboard(tmp_path, *arguments)
    assert done.returncode == 1
    assert words in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_model_that_cannot_be_fetched_is_one_line(tmp_path: Path) -> None:
    env = environment(tmp_path) | {"HF_ENDPOINT": "http://127.0.0.1:9"}
    done = subprocess.run(  # noqa: PLW1510 - the exit status is what is tested
        [*SWITCHBOARD, "models", "get", "base.en"], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1 and "can't be reached" in done.stderr
