"""What the command line refuses, and what it says: no server starts that could not answer a call."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import structlog
import yaml
from typer.testing import CliRunner

import sop
from tests.e2e.commands import SMALL, settings_file, switchboard
from tests.e2e.telephone import ACCOUNT, BUSINESS, TOKEN
from voice import cli
from voice.config import secrets
from voice.demo import PIPER, WHISPER
from voice.errors import OperatorError
from voice.settings_references import transfer_targets

Refused = Callable[..., str]


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refused]:
    """Runs a command in this process and returns what it complains of: nothing else may come of it."""
    for name in ("TWILIO_AUTH_TOKEN", "READER_KEY", *(n for n in os.environ if n.startswith("SWITCHBOARD_"))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SWITCHBOARD_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **more: str) -> str:
        done = CliRunner().invoke(cli.app, arguments, env=more)
        assert done.exit_code == 1 and isinstance(done.exception, SystemExit), done.exception
        assert done.stdout == ""
        return done.stderr

    yield run
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("serve",), "switchboard init"),
        (("serve", "--config", "gone.yaml"), "gone.yaml"),
        (("serve", "--flow", "after_hours_hvac"), "--loopback"),
        (("serve", "--loopback"), "no flow is configured"),
        (("serve", "--loopback", "--flow", "after_hours_hvac"), "models get"),
        (("serve", "--loopback", "--flow", "after_hours_hvac", "--asr", "base.en"), "models get base.en"),
        (("serve", "--loopback", "--flow", "nothing_like_it"), "after_hours_hvac"),
        (("simulate", "plain"), "--twilio"),
        (("simulate", "plain", "--twilio", "--url", "ws://127.0.0.1:9/ws"), "either"),
        (("simulate", "plain", "--twilio"), "switchboard init"),
        (("simulate", "plain", "--url", "ws://127.0.0.1:9/ws"), "no server answers"),
        (("simulate", "nobody", "--url", "ws://127.0.0.1:9/ws"), "plain"),
        (("replay", "gone.jsonl"), "gone.jsonl"),
        (("demo", "--scenario", "nobody"), "plain"),
        (("leads", "show", "CA1"), "leads list"),
        (("init", "--flow", "nothing_like_it"), "after_hours_hvac"),
    ],
)
def test_what_is_missing_is_named_with_its_remedy(refused: Refused, arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(*arguments)


def test_a_model_that_cannot_be_fetched_is_one_line(tmp_path: Path) -> None:
    done = switchboard(tmp_path, "models", "get", "base.en", HF_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1 and "can't be reached" in done.stderr


def test_simulate_through_the_double_wants_a_carrier_on_this_machine(refused: Refused, tmp_path: Path) -> None:
    settings_file(tmp_path, twilio={"account": ACCOUNT, "auth_token_env": "TWILIO_AUTH_TOKEN"})
    assert "api_url" in refused("simulate", "plain", "--twilio", TWILIO_AUTH_TOKEN=TOKEN)


def test_simulate_through_the_double_rings_configured_numbers_alone(refused: Refused, tmp_path: Path) -> None:
    settings_file(tmp_path)
    said = refused("simulate", "plain", "--twilio", "--number", "+14155550177", TWILIO_AUTH_TOKEN=TOKEN)
    assert "+14155550177 is not configured" in said and BUSINESS in said


def test_a_carriers_port_that_is_taken_is_said_to_be(refused: Refused, tmp_path: Path) -> None:
    file = settings_file(tmp_path)
    port = int(yaml.safe_load(file.read_text(encoding="utf-8"))["twilio"]["api_url"].rpartition(":")[2])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert "api_url" in refused("simulate", "plain", "--twilio", TWILIO_AUTH_TOKEN=TOKEN)


def test_simulate_through_the_double_fails_where_no_server_answers(tmp_path: Path) -> None:
    arguments = ("simulate", "plain", "--twilio", "--config", str(settings_file(tmp_path)))
    done = switchboard(tmp_path, *arguments, TWILIO_AUTH_TOKEN=TOKEN)
    assert done.returncode == 1 and "11205" in done.stdout and "not transferred" in done.stdout


# ---- secrets ---------------------------------------------------------------------------------------------------


def test_secrets_that_are_there_are_found() -> None:
    assert secrets(["A_TOKEN", "B_TOKEN"], {"A_TOKEN": "one", "B_TOKEN": "two", "C": "three"}) == {
        "A_TOKEN": "one",
        "B_TOKEN": "two",
    }


@pytest.mark.parametrize("given", [{}, {"B_TOKEN": ""}], ids=["not set", "empty"])
def test_secrets_that_are_missing_are_all_named_and_no_value_is(given: Mapping[str, str]) -> None:
    with pytest.raises(OperatorError) as caught:
        secrets(["A_TOKEN", "B_TOKEN", "C_TOKEN"], {"A_TOKEN": "s3cret", **given})
    assert "B_TOKEN, C_TOKEN" in str(caught.value)
    assert "A_TOKEN" not in str(caught.value) and "s3cret" not in str(caught.value)


@pytest.mark.parametrize("on_loopback", [True, False])
def test_serve_refuses_to_start_while_a_tools_secret_is_missing(
    refused: Refused, tmp_path: Path, on_loopback: bool
) -> None:
    targets = transfer_targets(sop.load("order_status"))
    number = {"flow": "order_status", "time_zone": "America/New_York", "fallback": "on_call", "deliveries": ["file"]}
    settings_file(tmp_path, numbers={BUSINESS: {**number, "transfers": dict.fromkeys(targets, "on_call")}})
    loopback = ("--loopback", "--flow", "order_status", "--asr", str(WHISPER), "--voice", str(PIPER))
    said = refused("serve", *(loopback if on_loopback else ()), TWILIO_AUTH_TOKEN=TOKEN)
    assert "the environment lacks ORDER_API_TOKEN" in said and TOKEN not in said


def test_serve_refuses_to_start_without_the_accounts_token(refused: Refused, tmp_path: Path) -> None:
    settings_file(tmp_path)
    assert "the environment lacks TWILIO_AUTH_TOKEN" in refused("serve")


def test_serve_on_loopback_refuses_a_reader_that_cannot_be(refused: Refused) -> None:
    reader = {"SWITCHBOARD_READER_URL": "localhost:8000", "SWITCHBOARD_READER_MODEL": "small"}
    assert "SWITCHBOARD_READER_URL" in refused("serve", "--loopback", *SMALL, **reader)
    keyless = reader | {"SWITCHBOARD_READER_URL": "http://localhost:8000/v1", "SWITCHBOARD_READER_KEY": "READER_KEY"}
    assert "the environment lacks READER_KEY" in refused("serve", "--loopback", *SMALL, **keyless)
