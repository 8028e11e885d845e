"""The model hub: which files a model has there at one commit, and how they get here.

A file appears under its name only when its size and digest are what the hub's list says; until then it is a
`.part`, from which the next attempt goes on.
"""

import hashlib
import http.client
import json
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from voice.errors import OperatorError

Kind = Literal["whisper", "piper"]

HUB = "https://huggingface.co"
"""The hub's own address; HF_ENDPOINT names a mirror."""
_WHISPER_FILES = re.compile(r"config\.json|preprocessor_config\.json|model\.bin|tokenizer\.json|vocabulary\.\w+")
_CHUNK = 1 << 18
_TIMEOUT_S = 30.0
_ATTEMPTS = 3


class HubError(OperatorError):
    """A model could not be fetched. The message says whether anything was changed."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be fetched by name."""

    name: str
    kind: Kind
    repository: str
    folder: str
    """Of the repository; empty for all of it."""
    megabytes: int
    """About."""
    licence: str

    def wants(self, file: str) -> bool:
        """Whether a file of the repository's folder belongs to the model."""
        if self.kind == "whisper":
            return _WHISPER_FILES.fullmatch(file) is not None
        return file in (f"{self.name}.onnx", f"{self.name}.onnx.json", "MODEL_CARD")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model."""

    path: str
    size: int
    sha256: str
    git_sha1: str = ""
    """What the hub knows a small file by, when it has no SHA-256 of it."""


class Hub:
    """The hub's two questions: which files, and the bytes of one."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint.rstrip("/")
        if urllib.parse.urlsplit(self._endpoint).scheme not in ("http", "https"):
            raise HubError(f"the hub's address must begin with https://, and is {endpoint!r}")

    def files(self, model: Model) -> tuple[str, list[ModelFile]]:
        """The repository's commit now, and the model's files in it. Raises HubError."""
        repository = f"{self._endpoint}/api/models/{model.repository}"
        commit = _commit(self._json(f"{repository}/revision/main", model), model)
        listing = self._json(f"{repository}/tree/{commit}/{model.folder}".rstrip("/"), model)
        prefix = f"{model.folder}/" if model.folder else ""
        try:
            files = [
                ModelFile(
                    path=entry["path"].removeprefix(prefix),
                    size=int(entry["size"]),
                    sha256=entry["lfs"]["oid"] if entry.get("lfs") else "",
                    git_sha1="" if entry.get("lfs") else entry["oid"],
                )
                for entry in listing
                if entry["type"] == "file" and model.wants(entry["path"].removeprefix(prefix))
            ]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise HubError(f"the hub's list of {model.repository} can't be read; nothing was changed") from error
        if not files:
            raise HubError(f"{model.repository} holds no files of {model.name}; nothing was changed")
        return commit, sorted(files, key=lambda file: file.size)

    def fetch(self, model: Model, commit: str, file: ModelFile, target: Path) -> Iterator[int]:
        """Fetch a file, yielding how many of its bytes are here. Goes on from a .part; tries three times.

        Raises HubError, and OSError when `target` can't be written.
        """
        path = f"{model.folder}/{file.path}" if model.folder else file.path
        url = f"{self._endpoint}/{model.repository}/resolve/{commit}/{urllib.parse.quote(path)}"
        part = target.with_name(target.name + ".part")
        broken = ""
        for _ in range(_ATTEMPTS):
            if size_of(part) < file.size:
                try:
                    yield from self._append(url, part, file.size)
                except (http.client.HTTPException, TimeoutError, ConnectionError, ssl.SSLError) as error:
                    broken = f" ({type(error).__name__})"
            if size_of(part) >= file.size:
                break
        if (here := size_of(part)) < file.size:
            raise HubError(
                f"the hub broke off{broken} after {here:,} of {file.size:,} bytes of {file.path}; "
                "the same command goes on from there"
            )
        if not agrees(part, file):
            part.unlink()
            raise HubError(
                f"{file.path} is not what the hub's list describes (size or digest differ); it was deleted, "
                "and no model was changed"
            )
        part.replace(target)

    def _append(self, url: str, part: Path, size: int) -> Iterator[int]:
        here = size_of(part)
        headers = {"Range": f"bytes={here}-"} if here else {}
        with self._open(url, headers) as answer:
            if here and answer.status != http.HTTPStatus.PARTIAL_CONTENT:
                here = 0
            with part.open("ab" if here else "wb") as out:
                while here <= size and (chunk := answer.read(_CHUNK)):
                    out.write(chunk)
                    here += len(chunk)
                    yield here

    def _json(self, url: str, model: Model) -> Any:
        try:
            with self._open(url, {}) as answer:
                return json.load(answer)
        except ValueError as error:
            raise HubError(f"the hub's answer about {model.repository} is not JSON; nothing was changed") from error

    def _open(self, url: str, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(url, headers={"User-Agent": "switchboard", **headers})  # noqa: S310
        try:
            return urllib.request.urlopen(request, timeout=_TIMEOUT_S)  # noqa: S310 - http or https, see __init__
        except urllib.error.HTTPError as error:
            error.close()
            why = "it is not there, or not public" if error.code in (401, 403, 404) else "try again later"
            raise HubError(f"the model hub answered {error.code} to {url}: {why}; nothing was changed") from error
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            why = str(getattr(error, "reason", error)) or type(error).__name__
            raise HubError(f"the model hub can't be reached: {why}; nothing was changed") from error


def agrees(file: Path, wanted: ModelFile) -> bool:
    """Whether a file that is there has the size and digest of the hub's list."""
    if file.stat().st_size != wanted.size:
        return False
    if wanted.sha256:
        return sha256_of(file) == wanted.sha256
    git = hashlib.sha1(b"blob %d\0" % wanted.size + file.read_bytes(), usedforsecurity=False)
    return git.hexdigest() == wanted.git_sha1


def sha256_of(file: Path) -> str:
    """Of its bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def size_of(file: Path) -> int:
    """In bytes; 0 when it is not there."""
    return file.stat().st_size if file.is_file() else 0


def _commit(revision: object, model: Model) -> str:
    """The commit that the hub names."""
    commit = revision.get("sha") if isinstance(revision, dict) else None
    if not isinstance(commit, str) or not commit:
        raise HubError(f"the hub's answer about {model.repository} can't be read; nothing was changed")
    return commit
