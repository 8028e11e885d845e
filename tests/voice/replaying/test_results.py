"""What came of calls, kept from run to run; and runs that were stopped."""

import asyncio
import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.voice.replaying.made import PROBLEM, options, result, scenario_folder
from voice.replaying.depth import Depth
from voice.replaying.finding import Found, find
from voice.replaying.result import failed
from voice.replaying.results import Results, Run, fingerprint, stamp_of


@pytest.fixture
def call(tmp_path: Path) -> Found:
    (tmp_path / "calls").mkdir()
    for suffix in ("jsonl", "wav"):
        (tmp_path / "calls" / f"a b.{suffix}").write_bytes(b"x")
    return find([str(tmp_path / "calls" / "a b.jsonl")])[0]


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path / "results")


def test_what_came_of_a_call_becomes_the_last(results: Results, call: Found, tmp_path: Path) -> None:
    place = results.place(call, options(tmp_path))
    assert (results.kept(place), results.earlier(place), results.last(place)) == (None,) * 3
    for outcome in ("first", "second", "third"):
        results.keep(place, result(outcome=outcome))
    kept, last = results.kept(place), results.last(place)
    assert kept is not None and last is not None
    assert (kept.outcome, last.outcome) == ("third", "second")


def test_a_call_that_could_not_be_run_is_nothing_to_compare_with(results: Results, call: Found, tmp_path: Path) -> None:
    place = results.place(call, options(tmp_path))
    for one in (result(outcome="first"), failed("a", "journal", "audio", "gone"), failed("a", "journal", "audio", "x")):
        results.keep(place, one)
    kept, earlier = results.kept(place), results.earlier(place)
    assert kept is not None and kept.failed == "x"
    assert earlier is not None and earlier.outcome == "first"
    results.keep(place, result(outcome="second"))
    last = results.last(place)
    assert last is not None and last.outcome == "first"


def test_a_call_has_one_place_however_it_is_named(results: Results, call: Found, tmp_path: Path) -> None:
    (whole,) = find([str(tmp_path)])
    assert whole.name != call.name
    assert results.place(whole, options(tmp_path)) == results.place(call, options(tmp_path))
    assert results.place(call, options(tmp_path, Depth.JOURNAL)) != results.place(call, options(tmp_path))
    other = replace(call, beside=tmp_path / "strict.yaml")
    assert results.place(other, options(tmp_path)) != results.place(call, options(tmp_path))


def test_a_full_disk_names_the_file(
    results: Results, call: Found, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    place = results.place(call, options(tmp_path))
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match=r"No space left on device: .*result\.json"):
        results.keep(place, result())


def test_one_run_of_a_call_waits_for_another(results: Results, call: Found, tmp_path: Path) -> None:
    place = results.place(call, options(tmp_path))
    told: list[str] = []

    async def first() -> None:
        async with results.alone(place):
            told.append("first begins")
            await asyncio.sleep(0.2)
            told.append("first ends")

    async def second() -> None:
        await asyncio.sleep(0.05)
        async with results.alone(place):
            told.append("second begins")

    async def both() -> None:
        await asyncio.gather(first(), second())

    asyncio.run(both())
    assert told == ["first begins", "first ends", "second begins"]


def test_only_this_user_reads_it(results: Results, call: Found, tmp_path: Path) -> None:
    place = results.place(call, options(tmp_path))
    results.keep(place, result())
    assert (place / "result.json").stat().st_mode & 0o077 == 0
    assert place.stat().st_mode & 0o077 == 0


def test_what_the_last_run_left_stays_until_the_next_is_done(results: Results, call: Found, tmp_path: Path) -> None:
    place = results.place(call, options(tmp_path))
    for content in (b"one", b"two"):
        work = results.work(place)
        (work / "call.jsonl").write_bytes(content)
        (work / "call.wav").write_bytes(content)
        if content == b"two":
            assert (place / "call.wav").read_bytes() == b"one"
        made = result(journal=str(work / "call.jsonl"), recording=str(work / "call.wav"))
        found = results.adopt(place, work, made)
        assert (found.journal, found.recording) == (str(place / "call.jsonl"), str(place / "call.wav"))
        assert (place / "call.wav").read_bytes() == content
    work = results.work(place)
    assert list(work.iterdir()) == [], "what a stopped run has left is gone"
    silent = results.adopt(place, work, result(journal="/elsewhere/a.jsonl"))
    assert (silent.journal, silent.recording) == ("/elsewhere/a.jsonl", "")
    assert not (place / "call.wav").exists(), "another run's sound would be taken for this one's"


def test_a_stopped_run_knows_what_it_has_done(results: Results, call: Found, tmp_path: Path) -> None:
    first = Run(results, [call], options(tmp_path), code="1", again=False)
    first.finished("a")
    assert Run(results, [call], options(tmp_path), code="1", again=False).done == {"a"}
    assert Run(results, [call], options(tmp_path), code="1", again=True).done == frozenset()
    assert Run(results, [call], options(tmp_path), code="2", again=False).done == frozenset()
    assert Run(results, [call], options(tmp_path, flow="x"), code="1", again=False).done == frozenset()
    first.end()
    assert Run(results, [call], options(tmp_path), code="1", again=False).done == frozenset()


def test_with_what_came_of_a_call_stands_what_it_was_run_with(results: Results, call: Found, tmp_path: Path) -> None:
    place = results.place(call, options(tmp_path))
    assert results.stamp(place) is None
    results.keep(place, result())
    assert results.stamp(place) is None, "nobody knows"
    how = options(tmp_path, flow="mine.yaml", changes={"no_input_ms": "9000"})
    stamp = stamp_of(call, how, "1")
    results.keep(place, result(outcome="third"), stamp)
    assert results.stamp(place) == stamp
    assert (stamp.flow, stamp.changes) == ("mine.yaml", {"no_input_ms": "9000"})
    kept = results.kept(place)
    assert kept == result(outcome="third")
    assert stamp_of(call, how, "2") != stamp
    assert stamp_of(call, replace(how, aimed_at="other"), "1") != stamp, "then it keeps its own procedure"
    (place / "result.json").write_text('{"stamp": 3}', encoding="utf-8")
    assert results.stamp(place) is None


def test_what_holds_a_path_that_is_not_utf_8_can_be_kept(results: Results, call: Found, tmp_path: Path) -> None:
    place = results.place(call, options(tmp_path))
    results.keep(place, result(journal=os.fsdecode(b"/calls/caf\xe9.jsonl"), outcome="first"))
    kept = results.kept(place)
    assert kept is not None and (kept.journal, kept.outcome) == ("/calls/caf?.jsonl", "first")
    odd = replace(call, path=call.path.with_name(os.fsdecode(b"\xe9.jsonl")))
    Run(results, [odd], options(tmp_path), code="1", again=False).finished("a")
    odd.path.touch()
    assert fingerprint([odd], options(tmp_path), "1") != fingerprint([call], options(tmp_path), "1")


def test_a_damaged_note_of_a_run_is_none(results: Results, call: Found, tmp_path: Path) -> None:
    Run(results, [call], options(tmp_path), code="1", again=False).finished("a")
    (note,) = (results.folder / "runs").iterdir()
    for text in ("", "[]", "{}", '{"fingerprint": 1, "done": 2}'):
        note.write_text(text, encoding="utf-8")
        assert Run(results, [call], options(tmp_path), code="1", again=False).done == frozenset()


def test_the_fingerprint_is_of_all_that_a_result_depends_on(call: Found, tmp_path: Path) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text("a: 1", encoding="utf-8")
    how = options(tmp_path, flow=str(flow))
    seen = {fingerprint([call], how, "1")}

    def changed(what: str) -> None:
        found = fingerprint([call], how, "1")
        assert found not in seen, what
        seen.add(found)

    assert fingerprint([call], how, "1") in seen
    assert fingerprint([call], replace(how, jobs=1, last=True), "1") in seen, "neither changes what comes of a call"
    call.path.write_bytes(b"y" * 9)
    changed("the journal")
    call.path.with_suffix(".wav").write_bytes(b"y" * 9)
    changed("its sound")
    call.beside.write_text("outcome: x", encoding="utf-8")
    changed("its expectation")
    flow.write_text("a: 2", encoding="utf-8")
    changed("the flow")
    how.asr.mkdir()
    (how.asr / "model.bin").write_bytes(b"x")
    changed("the model")
    how = replace(how, changes={"no_input_ms": "1"})
    changed("a setting")
    how = replace(how, as_recorded=True)
    changed("the clock")


def test_a_scenario_s_clips_and_its_flow_count(tmp_path: Path) -> None:
    folder = scenario_folder(tmp_path / "plain", PROBLEM)
    calls, how = find([str(folder)]), options(tmp_path)
    before = fingerprint(calls, how, "1")
    flow = tmp_path / "mine.yaml"
    flow.write_text("a: 1", encoding="utf-8")
    file = folder / "scenario.yaml"
    times = file.stat()
    file.write_text(file.read_text(encoding="utf-8").replace("after_hours_hvac", str(flow)), encoding="utf-8")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    other = fingerprint(calls, how, "1")
    flow.write_text("a: 3", encoding="utf-8")
    assert len({before, other, fingerprint(calls, how, "1")}) == 3
    (folder / "10.wav").write_bytes(b"other")
    assert fingerprint(calls, how, "1") != other
