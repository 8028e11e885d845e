"""A headless Chromium that opens a page from a file, over its own debugging protocol."""

import contextlib
import json
import os
import shutil
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

_PATIENCE_S = 30.0


class Browser:
    """One open page; `complaints` are its errors, `wanted` every address it asked for."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self.complaints: list[str] = []
        self.wanted: list[str] = []

    def ask(self, method: str, **given: Any) -> dict[str, Any]:
        """A command of the protocol and its answer."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": given}))
        while True:
            message = json.loads(self._socket.recv(timeout=_PATIENCE_S))
            if message.get("id") == self._number:
                assert "error" not in message, message["error"]
                return dict(message["result"])
            self._note(message.get("method", ""), message.get("params", {}))

    def _note(self, method: str, given: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.wanted.append(given["request"]["url"][:80])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(given["exceptionDetails"].get("text")))
        elif method == "Log.entryAdded":
            self.complaints.append(given["entry"]["text"])

    def open(self, path: Path, fragment: str = "", *, width: int = 1200, height: int = 1600) -> None:
        """Loads a file, and waits until its script is through."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.ask("Page.navigate", url=path.as_uri() + fragment)
        self.until("document.documentElement?.dataset.ready === 'yes'")

    def evaluate(self, script: str) -> Any:
        """What an expression of JavaScript comes to; a promise is waited for."""
        given = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, userGesture=True)
        assert "exceptionDetails" not in given, given["exceptionDetails"]
        return given["result"].get("value")

    def until(self, script: str) -> None:
        """Waits until it is true."""
        ends = time.monotonic() + _PATIENCE_S
        while not self.evaluate(script):
            assert time.monotonic() < ends, f"still not: {script}"
            time.sleep(0.05)

    def picture(self, path: Path, *, dark: bool = False, whole: bool = True) -> None:
        """A screenshot as PNG."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", features=features)
        given = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(b64decode(given["data"]))


@contextlib.contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """Starts one with a profile of its own in `folder`; the test is skipped where none is installed."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on the PATH")
    profile = folder / "profile"
    options = ["--headless=new", "--disable-gpu", "--mute-audio", "--no-first-run", "--remote-debugging-port=0"]
    options += ["--no-sandbox"] if os.geteuid() == 0 else []
    process = subprocess.Popen(
        [program, *options, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with connect(_address(profile), max_size=None, proxy=None) as socket:
            yield Browser(socket)
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE_S)


def _address(profile: Path) -> str:
    """The debugging address of the one page that is open."""
    told = profile / "DevToolsActivePort"
    ends = time.monotonic() + _PATIENCE_S
    while not told.exists() or not told.read_text(encoding="utf-8").count("\n"):
        assert time.monotonic() < ends, "Chromium does not start"
        time.sleep(0.05)
    port, path = told.read_text(encoding="utf-8").splitlines()[:2]
    with connect(f"ws://127.0.0.1:{port}{path}", max_size=None, proxy=None) as socket:
        while True:
            targets = Browser(socket).ask("Target.getTargets")["targetInfos"]
            pages = [target["targetId"] for target in targets if target["type"] == "page"]
            if pages:
                return f"ws://127.0.0.1:{port}/devtools/page/{pages[0]}"
            assert time.monotonic() < ends, "Chromium opens no page"
            time.sleep(0.05)
