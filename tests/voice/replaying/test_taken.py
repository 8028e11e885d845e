"""A call that can be run again: out of a scenario, out of a journal."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.voice.replaying.made import FLOW, GAS, PROBLEM, Senses, options, recorded
from voice.errors import OperatorError
from voice.replaying import audio_depth
from voice.replaying.expected import Beside
from voice.replaying.outside import AsBefore, Scripted
from voice.replaying.taken import MORE_S, Taken, call_sid, from_journal, from_scenario, read_flow
from voice.scenario import Expect


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gas")
    asyncio.run(audio_depth.run(made(folder), options(folder), Senses(), folder))
    return folder / "call.jsonl"


def made(folder: Path, expect: Expect | None = None, beside: Beside | None = None) -> Taken:
    return from_scenario("gas", folder, recorded(GAS, expect=expect), beside)


def test_a_scenario_has_its_world_and_its_time(tmp_path: Path) -> None:
    taken = from_scenario("x", tmp_path, recorded(PROBLEM, people={"desk": "busy"}), None)
    assert (taken.limit_s, taken.past, taken.before, taken.against) == (120, None, None, "")
    assert (taken.start.caller, taken.start.call) == ("+14155550123", call_sid("x"))
    outside = taken.outside(taken.graph)
    assert isinstance(outside, Scripted) and outside.people == {"desk": "busy"}
    assert taken.outside(taken.graph) is not outside, "each run has a world of its own"
    assert taken.caller() is not taken.caller()


def test_a_carrier_s_name_for_a_call_whose_name_is_not_utf_8() -> None:
    odd, other = (call_sid(os.fsdecode(name)) for name in (b"caf\xe9", b"caf\xe8"))
    assert odd != other and len(odd) == 34


def test_what_lies_beside_a_scenario_stands_in_place_of_its_own_field_by_field(tmp_path: Path) -> None:
    own = Expect(outcome="transferred", milestones=("triage", "on_call"), never_said=("diagnosis",), lead={"a": "b"})
    assert made(tmp_path, own).expected is own
    noted = made(tmp_path, own, Beside(consent="asked", says=("i smell gas",))).expected
    assert isinstance(noted, Beside) and noted.says == ("i smell gas",)
    assert (noted.outcome, noted.milestones, noted.barge_ins) == ("transferred", ("triage", "on_call"), 0)
    changed = made(tmp_path, own, Beside(outcome="failed", path=("triage",), slots={"a": "c"}, barge_ins=2)).expected
    assert changed is not None
    assert (changed.outcome, changed.path, changed.milestones, changed.barge_ins) == ("failed", ("triage",), None, 2)
    assert (changed.slots, changed.lead, changed.never_said) == ({"a": "c"}, None, ("diagnosis",))
    assert not changed.no_lead


def test_that_no_lead_is_expected_stays_so(tmp_path: Path) -> None:
    own = Expect(outcome="transferred", lead=None)
    kept = made(tmp_path, own, Beside(consent="asked")).expected
    assert kept is not None and kept.no_lead


def test_a_journal_tells_all_that_is_needed(journal: Path) -> None:
    taken = from_journal("x", journal, None)
    assert (taken.graph.name, taken.start.caller, taken.against) == (FLOW, "+14155550123", "journal")
    assert taken.start.call == call_sid("x"), "no carrier's number is used again"
    assert taken.before is not None and taken.before.outcome == "transferred"
    assert taken.past is not None and taken.limit_s == taken.past.samples / 8000 + MORE_S
    outside = taken.outside(taken.graph)
    assert isinstance(outside, AsBefore) and len(outside.legs) == 1
    with pytest.raises(OperatorError, match="has no audio of the caller; --depth journal goes without"):
        taken.caller()


def test_the_whole_of_a_journal_is_read_when_it_is_needed(journal: Path, tmp_path: Path) -> None:
    text = journal.read_text(encoding="utf-8")
    (tmp_path / "bad.jsonl").write_text(text + "[1]\n", encoding="utf-8")
    taken = from_journal("x", tmp_path / "bad.jsonl", None)
    for needed in ("past", "before", "limit_s"):
        with pytest.raises(OperatorError, match=r"bad\.jsonl is damaged, or of another version"):
            getattr(taken, needed)


def edited(journal: Path, folder: Path, **head: object) -> Path:
    """The journal with another header."""
    first, rest = journal.read_text(encoding="utf-8").split("\n", 1)
    path = folder / "other.jsonl"
    path.write_text(json.dumps(json.loads(first) | head) + "\n" + rest, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("head", "complaint"),
    [
        ({"format": 99}, "is no journal of format 1"),
        ({"_": "Other"}, "is no journal of format 1"),
        ({"settings": {"no_such": 1, "endpointing": {"no_such_ms": 1}}}, "is damaged, or of another version"),
        ({"source": 7}, "is damaged, or of another version"),
        ({"hours": "always"}, "is damaged, or of another version"),
    ],
)
def test_a_journal_of_another_format(journal: Path, tmp_path: Path, head: dict[str, object], complaint: str) -> None:
    with pytest.raises(OperatorError) as refused:
        from_journal("x", edited(journal, tmp_path, **head), None)
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("", "can't be read as a journal"), ("{}\n", "is no journal of format 1"), ("\x00\x01\n", "can't be read as")],
)
def test_what_is_no_journal(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "x.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(OperatorError) as refused:
        from_journal("x", tmp_path / "x.jsonl", None)
    assert complaint in str(refused.value)


def test_a_journal_without_its_beginning(journal: Path, tmp_path: Path) -> None:
    head = journal.read_text(encoding="utf-8").split("\n", 1)[0]
    (tmp_path / "x.jsonl").write_text(head + '\n{"_":"Run","at":160,"samples":160,"speech":[0.0]}\n', encoding="utf-8")
    with pytest.raises(OperatorError, match="has no beginning"):
        from_journal("x", tmp_path / "x.jsonl", None)


def test_settings_that_the_journal_does_not_know_keep_their_default(journal: Path, tmp_path: Path) -> None:
    taken = from_journal("x", edited(journal, tmp_path, settings={"no_input_ms": 5, "gone": 1}), None)
    assert (taken.settings.no_input_ms, taken.settings.hold_on_ms) == (5, 20_000)


def test_a_flow_has_its_text(tmp_path: Path) -> None:
    graph, source = read_flow(FLOW)
    assert graph.name == FLOW and "Northside Heating" in source
    assert read_flow(FLOW)[0] is graph, "read once"
