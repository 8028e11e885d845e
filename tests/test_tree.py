"""What the repository's files must not hold, and what the lock must."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Each is written so that this file does not hold it.
PATHS = [
    rb"/roo[t]/",
    rb"/wor[k]/",
    rb"/hom[e]/[a-z]",
    rb"/User[s]/[A-Za-z]",
    rb"/opt/pyp[i]",
    rb"[A-Z]:\\User[s]",
]
REGISTRIES = [
    rb"pypi\.or[g]",
    rb"pythonhoste[d]",
    rb"npmjs\.co[m]",
    rb"deb\.debian\.or[g]",
    rb"index-url[ =]\S*:/[/]",
]


def files_of_the_tree() -> list[Path]:
    """Tracked files, and new ones that git does not ignore."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    every = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(every, cwd=ROOT, capture_output=True, check=True)
    paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("patterns", [PATHS, REGISTRIES], ids=["paths", "registries"])
def test_no_file_holds_one(patterns: list[bytes]) -> None:
    forbidden = re.compile(b"|".join(patterns))
    found = []
    for path in files_of_the_tree():
        match = forbidden.search(path.read_bytes())
        if match:
            found.append(f"{path.relative_to(ROOT)}: {match[0].decode(errors='replace')}")
    assert found == []


@pytest.mark.parametrize(
    ("patterns", "text"),
    [
        (PATHS, b"see /ro" + b"ot/x"),
        (PATHS, b"/ho" + b"me/karen"),
        (PATHS, b"C:\\" + b"Users\\karen"),
        (REGISTRIES, b"files.python" + b"hosted.example"),
        (REGISTRIES, b"--index-url https:/" + b"/mirror.example/simple"),
    ],
)
def test_the_patterns_find_them(patterns: list[bytes], text: bytes) -> None:
    assert re.search(b"|".join(patterns), text)


def test_the_lock_names_every_dependency_with_its_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    wanted += project["project"]["optional-dependencies"]["dev"]
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    locked = {entry.partition("==")[0].lower() for entry in entries if "--hash=sha256:" in entry}
    names = {re.split(r"[\[>=<]", requirement)[0].lower() for requirement in wanted}
    assert names - locked == set()
