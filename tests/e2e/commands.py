"""The command `switchboard`, run as a user runs it, and a settings file whose carrier is on this machine."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.telephone import ACCOUNT, settings
from voice.demo import PIPER, WHISPER

SWITCHBOARD = (sys.executable, "-m", "voice")
ROOT = Path(__file__).parent.parent.parent
SMALL = ("--asr", str(WHISPER), "--voice", str(PIPER), "--flow", "after_hours_hvac")


def environment(home: Path, **more: str) -> dict[str, str]:
    """This one, with a home of its own and nobody's secrets."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SWITCHBOARD_", "TWILIO_"))}
    return kept | {"SWITCHBOARD_HOME": str(home), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)} | more


def switchboard(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs it to its end, away from the checkout."""
    return subprocess.run(  # noqa: PLW1510 - the exit status is what is tested
        [*SWITCHBOARD, *arguments],
        env=environment(home, **more),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
    )


def free_port() -> int:
    """One that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings_file(home: Path, **changes: Any) -> Path:
    """Writes switchboard.yaml; `changes` replace what stands at its top."""
    api_url = f"http://127.0.0.1:{free_port()}"
    at = {
        "listen": {"host": "127.0.0.1", "port": free_port()},
        "twilio": {"account": ACCOUNT, "auth_token_env": "TWILIO_AUTH_TOKEN", "api_url": api_url},
    }
    file = home / "switchboard.yaml"
    file.write_text(yaml.safe_dump(settings(home / "home", **(at | changes))), encoding="utf-8")
    return file
