"""The catalogue, the look-up and the download, the last against a local server that plays the hub."""

import hashlib
import http.server
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from voice import models
from voice.errors import ModelMissing, OperatorError
from voice.hub import Kind

WEIGHTS = bytes(range(256)) * 4096
FILES = {
    "model.bin": WEIGHTS,
    "config.json": b"{}",
    "tokenizer.json": b'{"version": "1.0"}',
    "vocabulary.txt": b"a\nb\n",
    "README.md": b"not wanted",
}
VOICE = "en/en_US/ljspeech/medium"
VOICE_FILES = {
    f"{VOICE}/en_US-ljspeech-medium.onnx": WEIGHTS[:70_000],
    f"{VOICE}/en_US-ljspeech-medium.onnx.json": b"{}",
    f"{VOICE}/MODEL_CARD": b"public domain",
    f"{VOICE}/samples": b"a folder",
}


@dataclass
class PlayedHub:
    """What the server holds, how it misbehaves, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=lambda: FILES | VOICE_FILES)
    described: dict[str, bytes] = field(default_factory=dict)
    """Files whose size and digest in the list are of other bytes than are sent."""
    stops_after: int | None = None
    """Bytes of a large file after which the connection is closed, each time."""
    ranges: bool = True
    status: int = 200
    revision: str = '{"sha": "c0ffee"}'
    asked: list[str] = field(default_factory=list)
    endpoint: str = ""

    def listing(self, folder: str) -> list[dict[str, object]]:
        entries: list[dict[str, object]] = []
        for path in self.files:
            if path.rpartition("/")[0] != folder:
                continue
            content = self.described.get(path, self.files[path])
            git = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
            entry: dict[str, object] = {"type": "file", "path": path, "size": len(content), "oid": git}
            if len(content) > 10_000:
                entry["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content)}
            entries.append(entry)
        return entries


class Handler(http.server.BaseHTTPRequestHandler):
    hub: PlayedHub

    def do_GET(self) -> None:
        self.hub.asked.append(f"{self.path} {self.headers.get('Range', '')}".strip())
        if self.hub.status != 200:
            self.send_error(self.hub.status)
        elif re.fullmatch(r"/api/models/[^/]+/[^/]+/revision/main", self.path):
            self.answer(self.hub.revision.encode())
        elif tree := re.fullmatch(r"/api/models/[^/]+/[^/]+/tree/c0ffee/?(.*)", self.path):
            self.answer(json.dumps(self.hub.listing(tree[1])).encode())
        elif place := re.fullmatch(r"/([^/]+/[^/]+)/resolve/c0ffee/(.*)", self.path):
            self.send_response(302)
            self.send_header("Location", f"/cdn/{place[2]}")
            self.end_headers()
        else:
            self.send_file(self.hub.files[self.path.removeprefix("/cdn/")])

    def send_file(self, content: bytes) -> None:
        start = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        here = int(start[1]) if start and self.hub.ranges else 0
        self.answer(content[here:], 206 if here else 200)

    def answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        stop = self.hub.stops_after if len(body) > 10_000 else None
        self.wfile.write(body[:stop])

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is inherited
        """Quiet."""


@contextmanager
def serving(hub: PlayedHub) -> Iterator[PlayedHub]:
    handler = type("HubHandler", (Handler,), {"hub": hub})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        hub.endpoint = f"http://127.0.0.1:{server.server_port}"
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()


def switchboard_models(home: Path, *arguments: str, endpoint: str = "") -> Result:
    environment = {"SWITCHBOARD_HOME": str(home), "HF_ENDPOINT": endpoint, "COLUMNS": "400"}
    return CliRunner().invoke(models.app, list(arguments), env=environment)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_get_fetches_what_belongs_to_the_model_and_find_finds_it(tmp_path: Path) -> None:
    with serving(PlayedHub()) as hub:
        result = switchboard_models(tmp_path, "get", "base.en", "en_US-ljspeech-medium", endpoint=hub.endpoint)
    assert result.exit_code == 0, result.output
    assert "base.en is in" in result.stdout
    assert "public domain" in result.stdout
    here = contents(tmp_path / "models" / "base.en")
    manifest = json.loads(here.pop(models.MANIFEST))
    assert here == {name: FILES[name] for name in FILES if name != "README.md"}
    assert (manifest["commit"], manifest["repository"]) == ("c0ffee", "Systran/faster-whisper-base.en")
    assert {f["path"]: f["sha256"] for f in manifest["files"]}["model.bin"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert models.find("whisper", "base.en", tmp_path / "models") == tmp_path / "models" / "base.en"
    voice = models.find("piper", "en_US-ljspeech-medium", tmp_path / "models")
    assert voice.read_bytes() == WEIGHTS[:70_000]
    assert voice.with_name(voice.name + ".json").is_file()


def test_what_is_here_and_right_is_not_asked_for_again(tmp_path: Path) -> None:
    with serving(PlayedHub()) as hub:
        switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint)
        hub.asked.clear()
        again = switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint)
    assert again.exit_code == 0
    assert "is here already" in again.stdout
    assert hub.asked == []


def test_check_finds_an_altered_file_and_get_mends_only_that(tmp_path: Path) -> None:
    with serving(PlayedHub()) as hub:
        switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint)
        assert switchboard_models(tmp_path, "check").stdout == "base.en: every size and digest right\n"
        weights = tmp_path / "models" / "base.en" / "model.bin"
        weights.write_bytes(b"x" + WEIGHTS[1:])
        result = switchboard_models(tmp_path, "check", "base.en")
        assert result.exit_code == 1
        assert "model.bin is altered" in result.stderr
        assert "`switchboard models get base.en`" in result.stderr
        hub.asked.clear()
        assert switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint).exit_code == 0
    assert weights.read_bytes() == WEIGHTS
    assert [ask for ask in hub.asked if ask.startswith("/cdn")] == ["/cdn/model.bin"]
    assert switchboard_models(tmp_path, "check", "base.en").exit_code == 0


def test_check_of_a_model_that_is_not_here(tmp_path: Path) -> None:
    assert "no model has been fetched" in switchboard_models(tmp_path, "check").stdout
    result = switchboard_models(tmp_path, "check", "tiny.en")
    assert result.exit_code == 1
    assert "manifest.json is missing" in result.stderr


def test_a_wrong_digest_leaves_no_file_and_no_model(tmp_path: Path) -> None:
    hub = PlayedHub(described={"model.bin": WEIGHTS[::-1]})
    with serving(hub):
        result = switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint)
    assert result.exit_code == 1
    assert "model.bin is not what the hub's list describes" in result.stderr
    assert sorted(contents(tmp_path / "models" / "base.en")) == [
        "config.json",
        "tokenizer.json",
        "vocabulary.txt",
    ]
    with pytest.raises(ModelMissing, match=r"models get base\.en"):
        models.find("whisper", "base.en", tmp_path / "models")


def test_a_wrong_digest_of_a_small_file_is_found_too(tmp_path: Path) -> None:
    hub = PlayedHub(described={"config.json": b"[]"})
    with serving(hub):
        result = switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint)
    assert result.exit_code == 1
    assert "config.json is not what" in result.stderr


def test_a_file_longer_than_described_is_refused(tmp_path: Path) -> None:
    hub = PlayedHub(described={"model.bin": WEIGHTS[:500_000]})
    with serving(hub):
        result = switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint)
    assert result.exit_code == 1
    assert "size or digest differ" in result.stderr
    assert "model.bin" not in contents(tmp_path / "models" / "base.en")


def test_a_truncated_file_is_gone_on_with(tmp_path: Path) -> None:
    """Three attempts bring three times 300,000 bytes; the next command fetches the rest alone."""
    hub = PlayedHub(stops_after=300_000)
    with serving(hub):
        first = switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint)
        assert first.exit_code == 1
        assert "after 900,000 of 1,048,576 bytes of model.bin" in first.stderr
        with pytest.raises(ModelMissing):
            models.find("whisper", "base.en", tmp_path / "models")
        hub.stops_after = None
        hub.asked.clear()
        assert switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint).exit_code == 0
    assert "/cdn/model.bin bytes=900000-" in hub.asked
    assert (tmp_path / "models" / "base.en" / "model.bin").read_bytes() == WEIGHTS


def test_a_hub_without_ranges_sends_the_whole_again(tmp_path: Path) -> None:
    hub = PlayedHub(ranges=False)
    part = tmp_path / "models" / "base.en" / "model.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"stale")
    with serving(hub):
        assert switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint).exit_code == 0
    assert (tmp_path / "models" / "base.en" / "model.bin").read_bytes() == WEIGHTS


@pytest.mark.parametrize("status", [404, 401, 503])
def test_a_refusal_names_the_status_and_changes_nothing(tmp_path: Path, status: int) -> None:
    hub = PlayedHub(status=status)
    with serving(hub):
        result = switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint)
    assert result.exit_code == 1
    assert f"answered {status}" in result.stderr
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("revision", ["{}", "[]", '{"sha": null}', "null"])
def test_a_hub_that_answers_something_else(tmp_path: Path, revision: str) -> None:
    with serving(PlayedHub(revision=revision)) as hub:
        result = switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint)
    assert result.exit_code == 1
    assert "can't be read; nothing was changed" in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_without_a_network_one_line_says_so(tmp_path: Path) -> None:
    with socket.socket() as unused:  # bound and not listening: a connection is refused
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}"
        result = switchboard_models(tmp_path, "get", "base.en", endpoint=endpoint)
    assert result.exit_code == 1
    assert result.stdout == ""
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("switchboard: the model hub can't be reached: ")
    assert line.endswith("; nothing was changed")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["huge.en", "../base.en", "en_US-nobody"])
def test_an_unknown_name(tmp_path: Path, name: str) -> None:
    result = switchboard_models(tmp_path, "get", name)
    assert result.exit_code == 1
    assert "no model is called" in result.stderr


def test_an_address_that_is_no_address(tmp_path: Path) -> None:
    result = switchboard_models(tmp_path, "get", "base.en", endpoint="file:///etc")
    assert result.exit_code == 1
    assert "must begin with https://" in result.stderr


def test_list_shows_names_licences_and_what_is_here(tmp_path: Path) -> None:
    with serving(PlayedHub()) as hub:
        switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint)
    lines = switchboard_models(tmp_path, "list").stdout.splitlines()
    (base,) = [line for line in lines if line.startswith("base.en ")]
    assert base.split() == ["base.en", "whisper", "148", "MIT", "yes"]
    (voice,) = [line for line in lines if line.startswith("en_US-ljspeech-medium ")]
    assert "public domain" in voice


def test_every_piper_voice_has_a_name() -> None:
    assert models.named("en_GB-alan-medium").folder == "en/en_GB/alan/medium"
    with pytest.raises(OperatorError):
        models.named("whatever")


def test_find_by_path(tmp_path: Path) -> None:
    whisper = tmp_path / "mine"
    whisper.mkdir()
    for name in ("model.bin", "config.json"):
        (whisper / name).touch()
    with pytest.raises(ModelMissing, match=r"tokenizer\.json is missing"):
        models.find("whisper", str(whisper), tmp_path)
    (whisper / "tokenizer.json").touch()
    assert models.find("whisper", str(whisper), tmp_path) == whisper
    voice = tmp_path / "voices" / "v.onnx"
    voice.parent.mkdir()
    with pytest.raises(ModelMissing, match=r"0 \.onnx files"):
        models.find("piper", str(voice.parent), tmp_path)
    voice.touch()
    with pytest.raises(ModelMissing, match=r"v\.onnx\.json is missing"):
        models.find("piper", str(voice), tmp_path)
    voice.with_name("v.onnx.json").touch()
    assert models.find("piper", str(voice), tmp_path) == voice
    assert models.find("piper", str(voice.parent), tmp_path) == voice


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("whisper", "", "no Whisper is configured"),
        ("piper", "", "no voice is configured"),
        ("whisper", "base.en", r"models/base\.en is missing.*`switchboard models get base\.en` fetches it"),
        ("piper", "base.en", "base.en is a whisper model, and a piper model is wanted"),
        ("whisper", "huge", "no model is called 'huge'.*no file or folder"),
        ("whisper", "./nowhere", r"nowhere/model\.bin is missing"),
    ],
)
def test_what_find_says(tmp_path: Path, kind: Kind, name: str, message: str) -> None:
    with pytest.raises(ModelMissing, match=message):
        models.find(kind, name, tmp_path / "models")


def test_find_refuses_a_file_of_the_wrong_size(tmp_path: Path) -> None:
    with serving(PlayedHub()) as hub:
        switchboard_models(tmp_path, "get", "base.en", endpoint=hub.endpoint)
    (tmp_path / "models" / "base.en" / "model.bin").write_bytes(b"short")
    with pytest.raises(ModelMissing, match="has 5 bytes instead of 1,048,576"):
        models.find("whisper", "base.en", tmp_path / "models")
