"""A procedure that is a file of the business's goes along with a copy."""

from pathlib import Path

import pytest

from sop import loader
from voice.replaying.scrub.own_flow import own_flow

INNER = """sop: inner
business: Inner
start: hello
steps:
  hello:
    say: This is the inner one.
    next: end
"""


def mine(folder: Path) -> Path:
    """A flow file that imports another, and a shipped one."""
    (folder / "inner.yaml").write_text(INNER, encoding="utf-8")
    text = loader.bundle("after_hours_hvac")
    path = folder / "mine.yaml"
    path.write_text(text.replace("\nsop:", "\nimport: [inner, dental_booking]\nsop:", 1), encoding="utf-8")
    assert "import:" in path.read_text(encoding="utf-8")
    return path


def test_a_file_is_written_with_all_that_it_imports_under_a_neutral_name(tmp_path: Path) -> None:
    (tmp_path / "was").mkdir()
    text = loader.bundle(mine(tmp_path / "was"))
    assert "# flow inner" in text
    found = own_flow("mine.yaml", text, "call-01", "call-01-flow")
    assert found is not None and found.path == "call-01-flow/call-01.yaml"
    (tmp_path / "copies").mkdir()
    found.write(tmp_path / "copies")
    names = sorted(path.name for path in (tmp_path / "copies" / "call-01-flow").iterdir())
    assert names[0] == "call-01.yaml" and "inner.yaml" in names and not any("mine" in name for name in names)
    again = loader.bundle(tmp_path / "copies" / found.path)
    assert [line for line in again.splitlines() if line] == [line for line in text.splitlines() if line]


@pytest.mark.parametrize("name", ["after_hours_hvac", "after-hours-hvac"])
def test_a_shipped_one_needs_no_file(name: str) -> None:
    assert own_flow(name, loader.bundle(name), "call-01", "flow") is None


@pytest.mark.parametrize("name", ["mine.yaml", "flows/after_hours_hvac.yaml", "../mine.yml"])
def test_a_path_is_a_file(name: str) -> None:
    assert own_flow(name, "sop: x\n", "call-01", "flow") is not None
