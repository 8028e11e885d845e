"""Many calls: each opened, run, judged and kept; one's failure is no other's; a run that was stopped goes on."""

import asyncio
import errno
import json
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sop.loader import find as find_flow
from tests.voice.replaying.made import (
    FLOW,
    GAS,
    NAME,
    PROBLEM,
    Ear,
    Senses,
    Watching,
    models,
    options,
    recorded,
    scenario_folder,
)
from voice.commands import Speak
from voice.demo import PIPER, WHISPER
from voice.errors import OperatorError
from voice.replaying import audio_depth, running
from voice.replaying.depth import Depth
from voice.replaying.document import document
from voice.replaying.finding import find
from voice.replaying.options import Options
from voice.replaying.results import Results
from voice.replaying.running import Done
from voice.replaying.taken import from_scenario


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sounds that stand for words, in place of the models."""
    monkeypatch.setattr(audio_depth, "models", models)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lead")
    taken = from_scenario("x", folder, recorded(PROBLEM, NAME), None)
    asyncio.run(audio_depth.run(taken, options(folder), Senses(), folder))
    return folder / "call.jsonl"


@pytest.fixture
def calls(journal: Path, tmp_path: Path) -> Path:
    """A folder with a journal and two scenarios."""
    folder = tmp_path / "calls"
    scenario_folder(folder / "problem", PROBLEM)
    scenario_folder(folder / "gas", GAS, expect="{outcome: transferred, path: [triage, gas_safety, on_call]}")
    for suffix in (".jsonl", ".wav"):
        shutil.copy(journal.with_suffix(suffix), folder / f"lead{suffix}")
    return folder


def run(folder: Path, how: Options, watching: Watching | None = None, **more: Any) -> Done:
    return asyncio.run(running.run(find([str(folder)]), how, watching or Watching(), code="1", **more))


def verdicts(done: Done) -> dict[str, str]:
    return {result.call: result.failed or result.verdict for result in done.results}


def without_timings(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_timings(one) for name, one in value.items() if name != "timings"}
    return [without_timings(one) for one in value] if isinstance(value, list) else value


def as_json(done: Done, how: Options) -> str:
    return json.dumps(without_timings(document(done, how, 1.0)), indent=2)


def test_each_call_is_judged_by_what_there_is_to_judge_it_by(calls: Path, tmp_path: Path) -> None:
    done = run(calls, options(tmp_path))
    assert [(one.call, one.kind, one.verdict, one.against) for one in done.results] == [
        ("gas", "scenario", "same", "expectation"),
        ("lead", "journal", "same", "journal"),
        ("problem", "scenario", "same", "expectation"),
    ]
    gas, lead, _ = done.results
    assert gas.wer is not None and (gas.wer.errors, gas.wer.words) == (0, 3)
    assert Path(lead.journal).is_file() and Path(lead.recording).is_file()
    assert [one.name for one in Path(lead.journal).parent.iterdir() if "under_way" in one.name] == []


def test_two_runs_are_the_same_to_the_byte_without_their_timings(calls: Path, tmp_path: Path) -> None:
    how = options(tmp_path)
    first, second = (as_json(run(calls, how), how) for _ in range(2))
    assert first == second
    one_by_one = replace(how, jobs=1)
    assert as_json(run(calls, one_by_one), one_by_one) == first


def test_the_real_small_models_give_the_same_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    how = Options(Depth.AUDIO, WHISPER, PIPER, tmp_path / "prompts", tmp_path / "results")

    def once() -> tuple[str, str]:
        done = asyncio.run(running.run(find(["gas_emergency"]), how, Watching(), code="1"))
        return as_json(done, how), verdicts(done)["gas_emergency"]

    first, second = once(), once()
    assert first == second
    assert first[1] == "same"


def test_the_json_of_two_runs_with_nothing_changed_between_them_is_the_same(calls: Path, tmp_path: Path) -> None:
    how = options(tmp_path)
    alone = as_json(run(calls, how), how)
    assert as_json(run(calls, how), how) == alone
    run(calls, replace(how, last=True))
    assert as_json(running.kept(find([str(calls)]), how), how) == alone, "what is kept is judged by what is asked now"


def test_a_last_run_that_went_another_way_is_told_where_nothing_else_is_known(calls: Path, tmp_path: Path) -> None:
    how = options(tmp_path)
    alone = as_json(run(calls, how), how)
    run(calls, replace(how, changes={"endpointing.open_ms": "900"}))
    back = run(calls, how)
    told = {(one.kind, one.verdict, one.against) for one in back.results}
    assert told == {("scenario", "better", "last"), ("journal", "same", "journal")}
    assert as_json(run(calls, how), how) == alone, "now nothing has changed any more"


def test_with_last_the_last_run_is_the_yardstick(calls: Path, tmp_path: Path) -> None:
    how = replace(options(tmp_path), last=True)
    run(calls, how)
    slow = replace(how, changes={"endpointing.open_ms": "900"})
    names = ("gas", "lead", "problem")
    first = run(calls, slow)
    assert {one.against for one in first.results} == {"last"}
    assert verdicts(first) == dict.fromkeys(names, "worse")
    assert verdicts(run(calls, slow)) == dict.fromkeys(names, "same")
    assert verdicts(run(calls, how)) == dict.fromkeys(names, "better")


def test_one_call_s_failure_is_no_other_s(calls: Path, tmp_path: Path) -> None:
    (calls / "typo.jsonl").write_bytes((calls / "lead.jsonl").read_bytes())
    (calls / "typo.yaml").write_text("outcom: x", encoding="utf-8")
    (calls / "gone.jsonl").write_bytes((calls / "lead.jsonl").read_bytes())
    (calls / "empty.jsonl").write_bytes(b"")
    (calls / "sound.wav").write_bytes(b"no sound at all")
    (calls / "sound.yaml").write_text("flow: after_hours_hvac", encoding="utf-8")
    (calls / "utf.wav").write_bytes((calls / "lead.wav").read_bytes())
    (calls / "utf.yaml").write_bytes(b"outcome: \xff\xfe")
    (calls / "no_flow.wav").write_bytes((calls / "lead.wav").read_bytes())
    (calls / "bad_flow.wav").write_bytes((calls / "lead.wav").read_bytes())
    (calls / "bad_flow.yaml").write_text("flow: no_such_flow", encoding="utf-8")
    found = verdicts(run(calls, options(tmp_path)))
    assert {name for name, verdict in found.items() if verdict == "same"} == {"gas", "lead", "problem"}
    for name, complaint in {
        "typo": "outcom: there is no such field",
        "gone": "is gone; --depth journal goes without it",
        "empty": "can't be read as a journal",
        "sound": "can't be read as sound",
        "utf": "not UTF-8",
        "no_flow": "does not say which procedure answered it",
        "bad_flow": "no_such_flow",
    }.items():
        assert complaint in found[name], name
    at_journal = run(calls, options(tmp_path, Depth.JOURNAL))
    assert verdicts(at_journal)["gone"] == "same", "without its sound a journal can still be run"


class Breaking(Senses):
    """Breaks at a call in a way that nobody foresaw."""

    def __init__(self, breaks: Callable[[], Exception], after: int) -> None:
        super().__init__()
        self._breaks, self._after = breaks, after

    def ear(self) -> Ear:
        """Or breaks."""
        self._after -= 1
        if self._after < 0:
            raise self._breaks()
        return super().ear()


def breaks(monkeypatch: pytest.MonkeyPatch, error: type[Exception], after: int) -> None:
    @asynccontextmanager
    async def broken(_: Options) -> AsyncIterator[Senses]:
        yield Breaking(lambda: error("daniel foster"), after)

    monkeypatch.setattr(audio_depth, "models", broken)


def test_a_mistake_of_our_own_is_one_call_s_matter_too(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, IndexError, 2)
    found = verdicts(run(calls, replace(options(tmp_path), jobs=1)))
    assert (found["gas"], found["lead"]) == ("same", "same")
    assert found["problem"].startswith(
        "a mistake of Switchboard's own, please report it: IndexError at test_running.py:"
    )
    assert "daniel" not in found["problem"], "an error's text may hold a caller's words"


class Stopping(Senses):
    """Somebody presses Ctrl-C in the midst of a call: what is under way is cancelled."""

    def __init__(self, after: int, *, breaks: bool = False) -> None:
        """`breaks`: the first call can't be run."""
        super().__init__()
        self._after, self._breaks = after, breaks

    def ear(self) -> Ear:
        """Or breaks, once."""
        if self._breaks:
            self._breaks = False
            raise IndexError
        return super().ear()

    async def speak(self, command: Speak) -> bytes:
        """The first sentence of that call is its last."""
        self._after -= command.utterance == 0
        if self._after < 0:
            (main,) = (task for task in asyncio.all_tasks() if task.get_name() == "main")
            main.cancel()
            await asyncio.sleep(1)
        return await super().speak(command)


def stopped(
    calls: Path, how: Options, monkeypatch: pytest.MonkeyPatch, after: int = 2, *, breaks: bool = False
) -> None:
    """Runs the calls and is stopped when so many are done; `breaks`: before those the first can't be run."""

    @asynccontextmanager
    async def stopping(_: Options) -> AsyncIterator[Senses]:
        yield Stopping(after, breaks=breaks)

    async def main() -> None:
        found = running.run(find([str(calls)]), how, Watching(), code="1")
        with pytest.raises(asyncio.CancelledError):
            await asyncio.create_task(found, name="main")

    monkeypatch.setattr(audio_depth, "models", stopping)
    asyncio.run(main())
    monkeypatch.setattr(audio_depth, "models", models)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_run_that_was_stopped_goes_on(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    how = replace(options(tmp_path), jobs=1)
    otherwise = replace(how, changes={"endpointing.open_ms": "900"})
    run(calls, otherwise)
    whole = as_json(run(calls, how), how)
    run(calls, otherwise)
    stopped(calls, how, monkeypatch, after)
    watching = Watching()
    done = run(calls, how, watching)
    assert watching.begun == (3, after)
    assert watching.names == ["gas", "lead", "problem"][after:], "what is done is not done again"
    assert as_json(done, how) == whole
    beside = {one.call: one.last.verdict for one in done.results if one.last is not None}
    assert beside == dict.fromkeys(("gas", "lead", "problem"), "better"), "beside the run before, not beside itself"
    watching = Watching()
    run(calls, how, watching)
    assert watching.begun == (3, 0), "a run that came to its end is over"


def begun(calls: Path, how: Options, **more: Any) -> tuple[int, int]:
    watching = Watching()
    run(calls, how, watching, **more)
    return watching.begun


def test_other_options_or_files_begin_anew(calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    how = replace(options(tmp_path), jobs=1)
    stopped(calls, how, monkeypatch)
    assert begun(calls, replace(how, changes={"no_input_ms": "9000"})) == (3, 0)
    stopped(calls, how, monkeypatch)
    (calls / "lead.yaml").write_text("outcome: caller_hung_up", encoding="utf-8")
    assert begun(calls, how) == (3, 0)
    stopped(calls, how, monkeypatch)
    assert begun(calls, how, again=True) == (3, 0)
    stopped(calls, how, monkeypatch)
    assert begun(calls, how) == (3, 2)


def test_a_run_that_goes_on_aims_the_procedure_as_the_whole_run_does(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = find_flow(FLOW).read_text(encoding="utf-8")
    (tmp_path / "other.yaml").write_text(text.replace(f"sop: {FLOW}", "sop: other"), encoding="utf-8")
    scenario = calls / "problem" / "scenario.yaml"
    named = scenario.read_text(encoding="utf-8").replace(f"flow: {FLOW}", f"flow: {tmp_path / 'other.yaml'}")
    scenario.write_text(named, encoding="utf-8")
    how = options(tmp_path, flow=FLOW, jobs=1)
    stopped(calls, how, monkeypatch)
    watching = Watching()
    done = run(calls, how, watching)
    assert watching.begun == (3, 2)
    assert [one.flow for one in done.results] == [FLOW, FLOW, "other"], "a call of another procedure keeps its own"


def test_what_another_run_has_kept_in_the_meantime_is_not_taken_over(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    how = options(tmp_path, jobs=1)
    whole = as_json(run(calls, how), how)
    stopped(calls, how, monkeypatch)
    run(calls / "gas", replace(how, changes={"endpointing.open_ms": "900"}))
    watching = Watching()
    done = run(calls, how, watching)
    assert (watching.begun, watching.names) == ((3, 1), ["gas", "problem"])
    assert {turn.endpoint_ms for turn in done.results[0].turns} <= {None, 600}
    stopped(calls, how, monkeypatch)
    asyncio.run(running.run(find([str(calls / "gas")]), how, Watching(), code="2"))
    assert begun(calls, how) == (3, 1), "another version of the product"
    assert as_json(run(calls, how), how) == whole


def test_a_call_that_could_not_be_run_is_tried_again(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    how = options(tmp_path, jobs=1)
    stopped(calls, how, monkeypatch, 1, breaks=True)
    watching = Watching()
    done = run(calls, how, watching)
    assert (watching.begun, watching.names) == ((3, 1), ["gas", "problem"])
    assert set(verdicts(done).values()) == {"same"}


def test_a_stopped_call_leaves_what_the_run_before_has_left(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    how = replace(options(tmp_path), jobs=1)
    before = run(calls, how).results
    kept = [Path(one.recording).read_bytes() for one in before]
    stopped(calls, how, monkeypatch, 0)
    found = running.kept(find([str(calls)]), how).results
    assert [Path(one.recording).read_bytes() for one in found] == kept


class Thinking(Senses):
    """Takes its time, so that other calls come in between."""

    async def speak(self, command: Speak) -> bytes:
        """After a moment."""
        await asyncio.sleep(0.002)
        return await super().speak(command)


def test_two_runs_at_once_do_not_spoil_each_other(calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def thinking(_: Options) -> AsyncIterator[Senses]:
        yield Thinking()

    alone = {one.call: (one.outcome, one.path) for one in run(calls, options(tmp_path / "alone")).results}
    monkeypatch.setattr(audio_depth, "models", thinking)
    how = options(tmp_path)

    async def both() -> list[Done]:
        found = find([str(calls)])
        return await asyncio.gather(*(running.run(found, how, Watching(), code=code, again=True) for code in "12"))

    for done in asyncio.run(both()):
        assert {one.call: one.failed or (one.outcome, one.path) for one in done.results} == alone


def test_a_full_disk_ends_the_run_with_one_error(calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "result.json")

    monkeypatch.setattr(Results, "keep", full)
    with pytest.raises(OSError, match=r"No space left on device: 'result\.json'"):
        run(calls, options(tmp_path))


def test_only_what_was_run_this_time_counts_for_the_speed(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    how = replace(options(tmp_path), jobs=1)
    stopped(calls, how, monkeypatch)
    done = run(calls, how)
    assert done.kept == {"gas", "lead"}
    problem = done.results[2].duration_s
    assert document(done, how, 2.0)["timings"]["real_time_factor"] == round(problem / 2, 1)
    looked_up = running.kept(find([str(calls)]), how)
    assert document(looked_up, how, 0.1)["timings"]["real_time_factor"] == 0


def test_what_is_kept_is_judged_by_the_expectation_of_today(calls: Path, tmp_path: Path) -> None:
    how = options(tmp_path)
    run(calls, how)
    (calls / "lead.yaml").write_text("outcome: lead_saved", encoding="utf-8")
    lead = running.kept(find([str(calls)]), how).results[1]
    assert lead.faults == ("outcome caller_hung_up, expected lead_saved",)


def test_an_accepted_run_is_the_yardstick(calls: Path, tmp_path: Path) -> None:
    from voice.replaying import accepting  # noqa: PLC0415

    how = options(tmp_path)
    (lead,) = (one for one in run(calls, how).results if one.call == "lead")
    (calls / "lead.yaml").write_text(accepting.accepted(lead, None, on="2026-11-23"), encoding="utf-8")
    (again,) = (one for one in run(calls, how).results if one.call == "lead")
    assert (again.verdict, again.against, again.faults) == ("same", "accepted", ())
    other = (calls / "lead.yaml").read_text(encoding="utf-8").replace("name: Daniel Foster", "name: Damien Foster")
    (calls / "lead.yaml").write_text(other, encoding="utf-8")
    (again,) = (one for one in run(calls, how).results if one.call == "lead")
    assert again.verdict == "worse"
    assert again.faults == ("slot name is 'Daniel Foster', expected 'Damien Foster'",)


def test_a_reply_that_comes_too_late_fails_the_call_and_makes_no_verdict(calls: Path, tmp_path: Path) -> None:
    (calls / "lead.yaml").write_text("latency: {gap_p95_ms: 1}", encoding="utf-8")
    how = options(tmp_path)
    (lead,) = (one for one in run(calls, how).results if one.call == "lead")
    assert (lead.verdict, lead.faults) == ("same", ())
    assert lead.timings.faults == ("the reply (p95) comes later than 1 ms",)


def test_the_recording_s_clock_is_not_a_scenario_s(calls: Path, tmp_path: Path) -> None:
    found = {one.call: one.notes for one in run(calls, options(tmp_path, as_recorded=True)).results}
    assert found["gas"] == ("a scenario has no clock of its own: --as-recorded changes nothing in it",)
    assert found["lead"] == ()


def test_a_call_that_is_over_before_the_caller_is_says_so(tmp_path: Path) -> None:
    scenario_folder(tmp_path / "calls" / "gas", GAS, PROBLEM, NAME, expect="{outcome: transferred}")
    (gas,) = run(tmp_path / "calls", options(tmp_path)).results
    assert gas.notes == ("the call was over before the last 2 of the caller's turns",)
    assert gas.wer is not None and gas.wer.errors == 6


def test_what_has_not_been_run_can_t_be_reported_on(calls: Path, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="gas, lead, problem: not run at depth audio yet; leave --kept out"):
        running.kept(find([str(calls)]), options(tmp_path))


def test_what_is_kept_is_told_with_the_options_that_it_was_run_with(calls: Path, tmp_path: Path) -> None:
    how, found = options(tmp_path), find([str(calls)])
    tried = replace(how, flow=FLOW, changes={"endpointing.open_ms": "900"})
    first = as_json(run(calls, tried), tried)
    for given in (how, tried):
        stored = running.with_kept(found, given)
        assert as_json(running.kept(found, stored), stored) == as_json(running.kept(found, tried), tried)
        assert document(running.kept(found, stored), stored, 1.0)["changes"] == {"endpointing.open_ms": "900"}
    assert json.loads(first)["flow"] == FLOW


@pytest.mark.parametrize("more", [{"flow": "dental_booking"}, {"changes": {"endpointing.open_ms": "800"}}])
def test_other_options_than_those_of_what_is_kept_are_refused(
    calls: Path, tmp_path: Path, more: dict[str, Any]
) -> None:
    how, found = options(tmp_path), find([str(calls)])
    run(calls, replace(how, changes={"endpointing.open_ms": "900"}))
    with pytest.raises(OperatorError, match=r"kept of gas, lead, problem was run with --set endpointing\.open_ms=900"):
        running.with_kept(found, replace(how, **more))


def test_what_was_run_with_several_options_makes_no_one_report(calls: Path, tmp_path: Path) -> None:
    how, found = options(tmp_path), find([str(calls)])
    run(calls, how)
    run(calls / "gas", replace(how, changes={"endpointing.open_ms": "900"}))
    with pytest.raises(OperatorError, match=r"gas was run with --set endpointing\.open_ms=900.*lead, problem .*as tak"):
        running.with_kept(found, how)
    with pytest.raises(OperatorError, match="gas, lead, problem: not run at depth journal yet; leave --kept out"):
        running.with_kept(found, replace(how, depth=Depth.JOURNAL))


def test_a_name_that_is_not_utf_8_spoils_nothing(calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = calls / os.fsdecode(b"caf\xe9")
    for suffix in (".jsonl", ".wav"):
        shutil.copy(calls / f"lead{suffix}", odd.with_suffix(suffix))
    shutil.copytree(calls / "gas", calls / os.fsdecode(b"g\xe4s"))
    how = options(tmp_path, jobs=1)
    done = run(calls, how)
    assert verdicts(done) == dict.fromkeys(["caf\\xe9", "gas", "g\\xe4s", "lead", "problem"], "same")
    assert verdicts(running.kept(find([str(calls)]), how)) == verdicts(done)
    stopped(calls, how, monkeypatch)
    assert begun(calls, how) == (5, 2)
    odd.with_suffix(".wav").unlink()
    failing = run(calls, how)
    assert "caf" in verdicts(failing)["caf\\xe9"]
    at_journal = replace(how, depth=Depth.JOURNAL)
    assert verdicts(run(calls, at_journal))["caf\\xe9"] == "same"
