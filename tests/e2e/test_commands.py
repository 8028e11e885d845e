"""The command line, as a user runs it: demo, serve, simulate, leads, replay, init, doctor, twilio setup."""

import asyncio
import json
import re
import signal
import subprocess
import wave
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.commands import SMALL, SWITCHBOARD, environment, free_port, settings_file, switchboard
from tests.e2e.telephone import ACCOUNT, BUSINESS, MIKE, TOKEN
from tests.sop.chat_server import ChatServer, acts
from voice.double import Twilio

CALLER = "+14155550131"


@contextmanager
def served(home: Path, *arguments: str, **more: str) -> Iterator[str]:
    """The line that a running server begins with."""
    with subprocess.Popen(
        [*SWITCHBOARD, "serve", *arguments],
        env=environment(home, **more),
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None and process.stderr is not None
            line = process.stdout.readline()
            assert line.startswith("ready: "), line + process.stderr.read()
            yield line
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
    assert process.returncode == 0


def address(ready: str) -> str:
    """Of a server on loopback."""
    found = re.search(r"ws://127\.0\.0\.1:\d+/ws", ready)
    assert found is not None, ready
    return found[0]


@dataclass(frozen=True, slots=True)
class Answered:
    """Two callers through the double, an emergency and one who hangs up half way; another server on loopback beside."""

    ready: str
    emergency: dict[str, Any]
    half_way: dict[str, Any]
    asked: tuple[int, int]
    """How often the language model had been asked, after each of them."""
    key: str
    """What it was asked with."""
    home: Path
    on_loopback: dict[str, Any]
    home_of_loopback: Path


def _on_loopback(home: Path) -> dict[str, Any]:
    with served(home, "--loopback", "--port", "0", *SMALL) as ready:
        rang = switchboard(home, "simulate", "gas_emergency", "--url", address(ready), "--json")
    assert rang.returncode == 0, rang.stderr
    printed: dict[str, Any] = json.loads(rang.stdout)
    return printed


async def _answered(home: Path, other: Path) -> Answered:
    on_loopback = asyncio.create_task(asyncio.to_thread(_on_loopback, other))
    async with ChatServer(acts()) as model:
        reader = {"url": model.base_url, "model": "small", "key_env": "READER_KEY", "timeout_ms": 2000}
        file = str(settings_file(home, reader=reader))
        secret = {"TWILIO_AUTH_TOKEN": TOKEN, "READER_KEY": "a key of nobody's"}

        async def simulated(name: str) -> dict[str, Any]:
            arguments = ("simulate", name, "--twilio", "--config", file, "--speed", "4", "--json")
            done = await asyncio.to_thread(switchboard, home, *arguments, **secret)
            assert done.returncode == 0, done.stderr + done.stdout
            printed: dict[str, Any] = json.loads(done.stdout)
            return printed

        server = served(home, "--config", file, **secret)
        ready = await asyncio.to_thread(server.__enter__)
        try:
            emergency, first = await simulated("gas_emergency"), len(model.requests)
            half_way, second = await simulated("hang_up"), len(model.requests)
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)
        key = model.headers[0]["Authorization"] if model.headers else ""
        return Answered(ready, emergency, half_way, (first, second), key, home, await on_loopback, other)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What takes long, all at once: most of it is waiting."""

    demo: Future[subprocess.CompletedProcess[str]]
    answered: Future[Answered]


@pytest.fixture(scope="module")
def under_way(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UnderWay]:
    """Begun with the first test that wants any of it."""
    demo = partial(switchboard, tmp_path_factory.mktemp("home"), "demo", "--fast", "--json", "--scenario", "plain")
    home, other = tmp_path_factory.mktemp("served"), tmp_path_factory.mktemp("loopback")
    with ThreadPoolExecutor(2) as pool:
        yield UnderWay(pool.submit(demo, "--calls", "2"), pool.submit(lambda: asyncio.run(_answered(home, other))))


# ---- the demonstration -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(under_way: UnderWay) -> dict[str, Any]:
    """What `demo --fast --json` prints for one caller."""
    done = under_way.demo.result()
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


def test_points_28_and_29_the_demo_hands_a_caller_to_a_person_and_both_are_heard(demo: dict[str, Any]) -> None:
    done = demo["transfer"]
    assert done["faults"] == [] and done["outcome"] == "transferred"
    assert done["path"] == ["triage", "gas_safety", "on_call"]
    assert done["rung"] == [{"name": "Mike", "number": MIKE}] and done["accepted"] is True
    assert "a smell of gas" in done["brief"]["text"] and "Press 1" in done["brief"]["text"]
    assert 3 < done["brief"]["seconds"] <= 12
    assert done["seconds_to_answer"] > done["brief"]["seconds"]
    for heard in done["heard"].values():
        assert heard["correlation"] > 0.95 and abs(heard["level_db"]) < 1
    assert done["packet"]["headline"] == "Emergency: a smell of gas"
    assert done["packet"]["number"] == CALLER and done["packet"]["mood"] == "calm"
    assert done["lead"] == {"problem": "gas"}


def test_the_demo_leaves_recordings_of_both_legs_and_the_packets_page(demo: dict[str, Any]) -> None:
    files = demo["transfer"]["files"]
    for leg in ("person", "caller"):
        with wave.open(files[leg]) as file:
            assert (file.getnchannels(), file.getframerate()) == (2, 8000) and file.getnframes() > 8 * 8000
    assert "a smell of gas" in Path(files["packet"]).read_text(encoding="utf-8").lower()
    assert json.loads(Path(files["leads"]).read_text(encoding="utf-8").splitlines()[-1])["lead"]["fields"]


def test_replay_json(demo: dict[str, Any], tmp_path: Path) -> None:
    done = switchboard(tmp_path, "replay", demo["calls"][0]["journal"], "--json")
    printed = json.loads(done.stdout)
    assert done.returncode == 0 and printed["identical"] is True and printed["real_time_factor"] > 0


def test_replay_of_an_altered_journal_is_not_identical(demo: dict[str, Any], tmp_path: Path) -> None:
    altered = tmp_path / "altered.jsonl"
    altered.write_text(Path(demo["calls"][0]["journal"]).read_text().replace('"slot":"name"', '"slot":"address"', 1))
    done = switchboard(tmp_path, "replay", str(altered), "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["identical"] is False


# ---- serve, simulate, leads ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answered(under_way: UnderWay) -> Answered:
    """`serve --config`, and `simulate --twilio` against it; a language model helps to read, and has nothing to say.
    At the same time `serve --loopback`, and `simulate --url`."""
    return under_way.answered.result()


def test_point_28_simulate_rings_a_running_server_through_the_double(answered: Answered) -> None:
    assert BUSINESS in answered.ready
    done = answered.emergency
    assert (done["scenario"], done["number"], done["status"]) == ("gas_emergency", BUSINESS, "completed")
    assert done["violations"] == [] and done["transferred"] is True
    assert done["verbs"][:2] == ["Connect", "Dial"] and done["documents"] >= 2
    (mike,) = done["people"]
    assert (mike["name"], mike["number"], mike["connected"]) == ("Mike", MIKE, True)
    assert mike["verbs"] == ["Gather", "Play", "Dial"]


def test_the_model_of_the_settings_is_asked_with_its_key_but_not_about_an_emergency(answered: Answered) -> None:
    before, after = answered.asked
    assert before == 0 and after >= 2
    assert answered.key == "Bearer a key of nobody's"
    assert answered.half_way["violations"] == [] and answered.half_way["transferred"] is False


def test_leads_of_a_settings_files_server_are_listed_shown_and_exported(answered: Answered, tmp_path: Path) -> None:
    config = ("--config", str(answered.home / "switchboard.yaml"))
    found = json.loads(switchboard(tmp_path, "leads", "list", *config, "--json").stdout)
    listed, half_way = found
    assert half_way["status"] == "partial" and half_way["fields"]["name"] == "Nancy Turner"
    assert listed["fields"] == {"problem": "gas"} and listed["deliveries"] == {"jsonl:file": "delivered"}
    shown = switchboard(tmp_path, "leads", "show", listed["call"], *config)
    assert shown.returncode == 0 and f"caller {CALLER}, outcome transferred" in shown.stdout
    exported = switchboard(tmp_path, "leads", "export", "--csv", "leads.csv", *config)
    assert exported.returncode == 0
    header, row, _ = (tmp_path / "leads.csv").read_text(encoding="utf-8").splitlines()
    assert header.endswith(",problem") and row.endswith(",gas")
    assert listed["call"] in (answered.home / "leads.jsonl").read_text(encoding="utf-8")


def test_serve_on_loopback_answers_simulate_and_leads_lists_what_was_taken(answered: Answered) -> None:
    printed = answered.on_loopback
    assert printed["ended_by"] == "agent" and printed["violations"] == [] and printed["replies"]
    listed = switchboard(answered.home_of_loopback, "leads", "list", "--json")
    assert [lead["fields"] for lead in json.loads(listed.stdout)] == [{"problem": "gas"}]


# ---- init, doctor, twilio setup --------------------------------------------------------------------------------


def test_a_fresh_settings_file_is_examined_and_what_it_lacks_is_named(tmp_path: Path) -> None:
    made = switchboard(tmp_path, "init", "--flow", "after_hours_hvac", "--number", BUSINESS)
    assert made.returncode == 0 and "switchboard doctor" in made.stdout
    again = switchboard(tmp_path, "init", "--flow", "after_hours_hvac")
    assert again.returncode == 1 and "there already" in again.stderr
    done = switchboard(tmp_path, "doctor", "--json")
    printed = json.loads(done.stdout)
    assert done.returncode == 1 and printed["ok"] is False
    said = " ".join(verdict["what"] for verdict in printed["verdicts"])
    assert all(place in said for place in ("public_url", "account", "name", "number"))


def test_twilio_setup_points_the_number_at_the_server_and_says_that_nobody_answers_there(tmp_path: Path) -> None:
    async def main() -> tuple[subprocess.CompletedProcess[str], str, str]:
        async with Twilio(account=ACCOUNT, auth_token=TOKEN) as twilio:
            number = twilio.number(BUSINESS)
            public = f"http://127.0.0.1:{free_port()}"
            arguments = ("--number", BUSINESS, "--public-url", public, "--rest-url", twilio.rest_url)
            secret = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
            done = await asyncio.to_thread(switchboard, tmp_path, "twilio", "setup", *arguments, **secret)
            return done, number.voice_url.removeprefix(public), number.status_callback.removeprefix(public)

    done, voice, status = asyncio.run(main())
    assert (voice, status) == ("/twilio/voice", "/twilio/call-status")
    assert done.returncode == 1 and "nothing listens at the public address" in done.stdout
    assert TOKEN not in done.stdout + done.stderr
