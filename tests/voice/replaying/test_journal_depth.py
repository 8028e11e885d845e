"""Depth journal: unchanged to the letter, changed on tape."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from sop import loader
from tests.voice.replaying.made import FLOW, GAS, NAME, NUMBER, PROBLEM, Senses, options, recorded
from voice.call import Call
from voice.errors import OperatorError
from voice.recorded import Recorded
from voice.replay import replay
from voice.replaying import audio_depth, journal_depth
from voice.replaying.depth import Depth
from voice.replaying.judged import judged
from voice.replaying.options import Options
from voice.replaying.result import CallResult
from voice.replaying.taken import CUT_SHORT, from_journal, from_scenario


@pytest.fixture(scope="module")
def journals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Journals of calls with made-up sounds."""
    found = {}
    for name, sounds in {"lead": (PROBLEM, NAME, NUMBER), "gas": (GAS,)}.items():
        folder = tmp_path_factory.mktemp(name)
        taken = from_scenario(name, folder, recorded(*sounds), None)
        asyncio.run(audio_depth.run(taken, options(folder), Senses(), folder))
        found[name] = folder / "call.jsonl"
    return found


def run(journal: Path, folder: Path, **changes: object) -> CallResult:
    """The journal's call once more, and held against it."""
    taken = from_journal("x", journal, None)
    how: Options = replace(options(folder, Depth.JOURNAL), **changes)  # type: ignore[arg-type]
    result = asyncio.run(journal_depth.run(taken, how, folder))
    return judged(result, None, taken.before, against="journal")


def edited(folder: Path, old: str, new: str) -> str:
    """The flow with something changed."""
    text = loader.bundle(FLOW)
    assert text.count(old) == 1
    path = folder / f"{FLOW}.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", ["lead", "gas"])
def test_nothing_changed_is_identical(journals: dict[str, Path], tmp_path: Path, name: str) -> None:
    found = run(journals[name], tmp_path)
    assert (found.identical, found.verdict, found.notes) == (True, "same", ())
    assert found.events > 200 and found.commands > 20
    assert list(tmp_path.iterdir()) == [], "no call is conducted, so none leaves a journal"


@pytest.mark.parametrize("name", ["lead", "gas"])
def test_a_setting_that_is_set_to_what_it_was_changes_nothing(
    journals: dict[str, Path], tmp_path: Path, name: str
) -> None:
    found = run(journals[name], tmp_path, changes={"endpointing.complete_ms": "250"})
    assert (found.verdict, found.differences, found.notes) == ("same", (), ())
    assert found.identical is None
    assert [path.name for path in tmp_path.iterdir()] == ["call.jsonl"], "there is no sound"


def test_longer_waits_end_turns_later(journals: dict[str, Path], tmp_path: Path) -> None:
    found = run(journals["lead"], tmp_path, changes={"endpointing.complete_ms": "650"})
    assert found.parts_at is not None
    assert (found.parts_at.turn, found.parts_at.what, found.parts_at.was) == (2, "endpoint", "260 ms")
    assert (found.parts_at.now, found.parts_at.why, found.verdict) == ("660 ms", "endpointing", "worse")
    assert {one.what for one in found.differences} == {"endpoint"}


def test_a_caller_who_said_nothing_says_nothing_again(tmp_path: Path) -> None:
    caller = Recorded(recorded(PROBLEM).scenario.model_copy(update={"turns": ()}), {})
    asyncio.run(audio_depth.run(from_scenario("x", tmp_path, caller, None), options(tmp_path), Senses(), tmp_path))
    (tmp_path / "again").mkdir()
    found = run(tmp_path / "call.jsonl", tmp_path / "again", changes={"endpointing.complete_ms": "650"})
    assert [turn.heard for turn in found.turns if turn.heard] == []
    assert len(found.turns[0].said) > 0 and found.duration_s > 10
    assert [note for note in found.notes if "over before" in note] == []


def test_another_prompt_is_shown_where_it_is_said(journals: dict[str, Path], tmp_path: Path) -> None:
    flow = edited(tmp_path, "May I have your name, please?", "Under which name shall we come, if you please?")
    found = run(journals["lead"], tmp_path, flow=flow)
    assert found.parts_at is not None
    assert (found.parts_at.turn, found.parts_at.what, found.parts_at.why) == (1, "said", "the prompt's text")
    assert len(found.differences) == 1, "the caller waits for the longer prompt; all else is as it was"
    assert found.slots["name"].value == "Daniel Foster"


def test_another_edge_is_shown_where_it_is_taken(journals: dict[str, Path], tmp_path: Path) -> None:
    flow = edited(tmp_path, '{if: problem == "gas", go: gas_safety}', '{if: problem == "gas", go: contact_intro}')
    found = run(journals["gas"], tmp_path, flow=flow)
    assert found.parts_at is not None
    assert (found.parts_at.turn, found.parts_at.what) == (1, "entered")
    assert (found.parts_at.was, found.parts_at.now) == ("gas_safety on_call", "contact_intro contact")
    assert found.parts_at.why == "the same words led to another step: the flow's edge or a slot rule"
    later = [one for one in found.differences if one.turn > 1]
    assert later and all(one.why.startswith("follows from turn 1") for one in later)
    assert found.verdict == "different"


def cut(journal: Path, folder: Path, keep: float, *, line: bool) -> Path:
    """A copy that breaks off, in the middle of a line or behind one."""
    head, *lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = int(len(lines) * keep)
    (folder / "cut.jsonl").write_text("".join([head, *lines[:kept], "" if line else lines[kept][:7]]), encoding="utf-8")
    return folder / "cut.jsonl"


@pytest.mark.parametrize("line", [True, False])
@pytest.mark.parametrize("keep", [0.5, 0.7, 0.8, 0.9])
def test_a_journal_that_breaks_off_is_identical_as_far_as_it_goes(
    journals: dict[str, Path], tmp_path: Path, keep: float, line: bool
) -> None:
    found = run(cut(journals["lead"], tmp_path, keep, line=line), tmp_path)
    assert (found.identical, found.notes, found.outcome) == (True, (CUT_SHORT,), None)


def test_a_journal_cut_between_an_event_and_its_commands_is_no_difference(
    journals: dict[str, Path], tmp_path: Path
) -> None:
    lines = journals["lead"].read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if n > 40 and line.startswith('{"_":"Understood"'))
    (tmp_path / "cut.jsonl").write_text("".join(lines[: place + 1]), encoding="utf-8")
    found = run(tmp_path / "cut.jsonl", tmp_path)
    assert (found.identical, found.notes) == (True, (CUT_SHORT,))


def test_a_command_that_differs_is_shown(journals: dict[str, Path], tmp_path: Path) -> None:
    text = journals["lead"].read_text(encoding="utf-8")
    (tmp_path / "other.jsonl").write_text(text.replace('>{"_":"Enter","step":"contact"}', '>{"_":"Enter","step":"c"}'))
    found = run(tmp_path / "other.jsonl", tmp_path)
    assert (found.identical, found.verdict) == (False, "different")
    assert 'recorded {"_":"Enter","step":"c"}, replayed {"_":"Enter","step":"contact"}' in found.notes[0]
    assert found.parts_at is not None and (found.parts_at.turn, found.parts_at.what) == (1, "entered")


def test_a_command_that_changes_nothing_anybody_sees_is_a_difference_all_the_same(
    journals: dict[str, Path], tmp_path: Path
) -> None:
    lines = journals["lead"].read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if line.startswith('>{"_":"Prepare"'))
    (tmp_path / "other.jsonl").write_text("".join(lines[:place] + lines[place + 1 :]), encoding="utf-8")
    found = run(tmp_path / "other.jsonl", tmp_path)
    assert (found.identical, found.verdict) == (False, "different")
    assert found.parts_at is not None and found.parts_at.what == "commands"


def test_a_damaged_line_is_an_error_in_words(journals: dict[str, Path], tmp_path: Path) -> None:
    text = journals["lead"].read_text(encoding="utf-8")
    for old, new in (('"_":"Understood"', '"_":"Misunderstood"'), ('{"_":"Saved"', '{"_":["Saved"]'), ("Heard", "")):
        (tmp_path / "bad.jsonl").write_text(text.replace(old, new) if old in text else text + "[1]\n", encoding="utf-8")
        with pytest.raises(OperatorError, match=r"bad\.jsonl is damaged, or of another version"):
            run(tmp_path / "bad.jsonl", tmp_path)


def test_a_damaged_line_is_named_and_nothing_of_it_is_quoted(journals: dict[str, Path], tmp_path: Path) -> None:
    lines = journals["lead"].read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if line.startswith('{"_":"Understood"'))
    lines[place] = '{"_":"Daniel Foster"}\n'
    (tmp_path / "bad.jsonl").write_text("".join(lines), encoding="utf-8")
    with pytest.raises(OperatorError, match=rf"damaged, or of another version: line {place + 1} ") as found:
        run(tmp_path / "bad.jsonl", tmp_path)
    assert "Foster" not in str(found.value)


@pytest.mark.parametrize("error", [ValueError, KeyError, TypeError, AttributeError])
def test_a_mistake_of_the_core_is_no_damage_of_the_journal(
    journals: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fails(*_: object) -> None:
        raise error("zip")

    monkeypatch.setattr(Call, "receive", fails)
    with pytest.raises(error, match="zip"):
        run(journals["lead"], tmp_path)


def test_settings_that_cannot_be_read_are_damage(journals: dict[str, Path], tmp_path: Path) -> None:
    head, *lines = journals["lead"].read_text(encoding="utf-8").splitlines(keepends=True)
    other = json.loads(head) | {"settings": []}
    (tmp_path / "bad.jsonl").write_text("".join([json.dumps(other) + "\n", *lines]), encoding="utf-8")
    with pytest.raises(OperatorError, match=r"bad\.jsonl is damaged, or of another version: line 1 "):
        replay(tmp_path / "bad.jsonl")


def test_the_recording_s_clock_needs_the_sound(journals: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="--as-recorded goes with --depth audio"):
        run(journals["lead"], tmp_path, as_recorded=True)


def test_a_setting_that_there_is_not(journals: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"there is no setting 'endpointing\.complete'"):
        run(journals["lead"], tmp_path, changes={"endpointing.complete": "1"})
