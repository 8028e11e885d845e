"""What `switchboard replay` shows, line by line."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.voice.replaying.made import options, result
from voice.replaying.depth import Depth
from voice.replaying.document import document
from voice.replaying.lines import Lines, call_lines, total_lines
from voice.replaying.result import CallResult, Difference, Timings, Versus, failed
from voice.replaying.running import Done
from voice.replaying.totals import Judged

WORDING = Difference(0, "said", "Hello.", "Good day.", "the prompt's text")
SKIPPED = Difference(-1, "steps", "check", "")


def console(*, terminal: bool) -> Console:
    return Console(file=StringIO(), force_terminal=terminal, force_interactive=terminal, width=80, highlight=False)


def shown(where: Console) -> str:
    assert isinstance(where.file, StringIO)
    return where.file.getvalue()


def totals_of(tmp_path: Path, *calls: CallResult) -> list[str]:
    done = Done(tuple(Judged(call, None, None) for call in calls), ())
    return total_lines(document(done, options(tmp_path, Depth.JOURNAL), 0.5))


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (result(verdict="same", identical=True), "identical"),
        (result(verdict="same"), "same"),
        (result(verdict="different", identical=False), "DIFFERENT"),
        (result(verdict="different", identical=True, against="accepted"), "different"),
        (result(verdict="worse", identical=True), "worse"),
        (result(verdict="worse", faults=("outcome a, expected b",)), "WRONG"),
        (result(verdict="same", identical=True, timings=Timings(faults=("late",))), "LATE"),
        (result(verdict="better"), "better"),
        (result(verdict="new"), "new"),
    ],
)
def test_a_call_in_a_word(call: CallResult, word: str) -> None:
    assert call_lines(call, 2, 9)[0].split()[:2] == ["2/9", word]


def test_a_step_that_is_left_out_is_shown_before_prompts_that_were_reworded() -> None:
    prompts = tuple(Difference(turn, "said", "a", "b", "the prompt's text") for turn in range(1, 6))
    follows = Difference(7, "entered", "a", "b", "follows from turn 6")
    every = (WORDING, *prompts, follows, SKIPPED)
    call = result(verdict="different", against="journal", parts_at=WORDING, differences=every)
    assert call_lines(call, 1, 1)[1:] == [
        "    different, beside the journal run: turn 0, said: was 'Hello.', is 'Good day.' (the prompt's text)",
        "      the call, steps: was 'check', is ''",
        "      turn 1, said: was 'a', is 'b' (the prompt's text)",
        "      turn 2, said: was 'a', is 'b' (the prompt's text)",
    ]


def test_the_last_run_is_told_where_it_differs_otherwise() -> None:
    call = result(verdict="different", against="journal", parts_at=WORDING, differences=(WORDING,))
    assert len(call_lines(replace(call, last=Versus("different", (WORDING,))), 1, 1)) == 2
    lines = call_lines(replace(call, last=Versus("worse", (SKIPPED,))), 1, 1)
    assert lines[2] == "    worse, beside the last run: the call, steps: was 'check', is ''"


def test_totals_tell_which_steps_were_left_out_and_what_was_not_run(tmp_path: Path) -> None:
    skips = result(verdict="different", differences=(SKIPPED,))
    passes = result(verdict="same", differences=(Difference(-1, "steps", "", "survey"),))
    gone = failed("y", "journal", "journal", "gone")
    assert totals_of(tmp_path, skips, skips, passes, gone, result(verdict="worse"))[:4] == [
        "5 calls: 2 different, 1 same, 1 worse, 1 not run",
        "steps left out: check in 2",
        "steps new: survey in 1",
        "nothing is expected of them: only what differs is told",
    ]


def test_what_is_expected_is_counted(tmp_path: Path) -> None:
    lines = totals_of(tmp_path, result(expected=True, verdict="same"), result(verdict="new"))
    assert lines[1:3] == [
        "right: 1 of 1 that something is expected of",
        "slots: 0 right, 0 wrong (0 as confirmed), 0 missing",
    ]


def test_one_call_has_no_totals(tmp_path: Path) -> None:
    assert totals_of(tmp_path, result(verdict="same")) == []


def run(out: Console, errors: Console, *, to_stdout: bool = True) -> None:
    with Lines(to_stdout, out, errors) as lines:
        lines.begin(1, 0)
        lines.finished(result(verdict="same"))


def test_in_a_terminal_a_line_goes_past_the_bar_and_not_into_it() -> None:
    out, errors = console(terminal=True), console(terminal=True)
    run(out, errors)
    assert shown(out) == "", "the bar stands on the same screen"
    assert "1/1 same      x: lead_saved" in shown(errors) and "replaying" in shown(errors)


def test_lines_go_into_a_file_whether_or_not_there_is_a_bar() -> None:
    for terminal in (True, False):
        out, errors = console(terminal=False), console(terminal=terminal)
        run(out, errors)
        assert shown(out).splitlines() == ["1/1 same      x: lead_saved, 40.0 s of call in 0.00 s"]
        assert ("replaying" in shown(errors)) is terminal


def test_where_nobody_watches_nothing_else_is_written() -> None:
    out, errors = console(terminal=False), console(terminal=False)
    run(out, errors, to_stdout=False)
    assert (shown(out), len(shown(errors).splitlines())) == ("", 1)
