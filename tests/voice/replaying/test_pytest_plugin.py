"""`switchboard.pytest`: what it collects, and what somebody reads who has never seen the call that failed."""

import re
import shutil
from pathlib import Path

import pytest

import switchboard.calls  # a pytest inside this one does not load it all again
from sop.loader import find

assert switchboard.calls is not None
pytest_plugins = ["pytester"]

CALLS = Path(__file__).parents[2] / "calls"
GAS, COURSE = CALLS / "gas_emergency.jsonl", CALLS / "changes_course.jsonl"
INI = '[pytest]\nswitchboard_calls = "calls"\n'


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an empty folder of calls, and the plugin whether it is installed or not."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("SWITCHBOARD_ASR", "SWITCHBOARD_VOICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p switchboard.pytest")
    pytester.makeini(INI)
    return pytester.mkdir("calls")


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("--switchboard-depth", "journal", *options)


def text(result: pytest.RunResult) -> str:
    return "\n".join(result.outlines)


def test_each_journal_is_a_test_under_its_own_file(pytester: pytest.Pytester, folder: Path) -> None:
    for journal in (GAS, COURSE):
        shutil.copy(journal, folder)
    result = run(pytester, "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["calls/changes_course.jsonl::changes_course PASSED*", "calls/gas_emergency.jsonl::gas_emergency PASSED*"]
    )


def test_a_call_is_chosen_by_name_by_file_and_by_node(pytester: pytest.Pytester, folder: Path) -> None:
    for journal in (GAS, COURSE):
        shutil.copy(journal, folder)
    run(pytester, "-k", "gas").assert_outcomes(passed=1, deselected=1)
    run(pytester, "calls/gas_emergency.jsonl").assert_outcomes(passed=1)
    run(pytester, "calls/gas_emergency.jsonl::gas_emergency").assert_outcomes(passed=1)
    run(pytester, "-m", "not switchboard").assert_outcomes(deselected=2)


def test_a_wrong_expectation_is_told_in_words_with_the_place_and_what_plays_it(
    pytester: pytest.Pytester, folder: Path
) -> None:
    shutil.copy(GAS, folder)
    (folder / "gas_emergency.wav").touch()
    (folder / "gas_emergency.yaml").write_text("outcome: lead_saved\nslots: {problem: no_heat}\n")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "* call gas_emergency *",
            "outcome transferred, expected lead_saved",
            "slot problem is 'gas', expected 'no_heat'*",
            "gas_emergency, depth journal, after_hours_hvac version 1: same as the recorded call, outcome transferred",
            "* turn 0 *agent *…*What's going on with your system?",
            "> turn 1 *caller *i smell gas in my kitchen",
            "*sets *problem = gas",
            "*agent *Please leave the building now*",
            "recording: ffplay -ss * -t * calls/gas_emergency.wav",
            "report: *switchboard replay calls/gas_emergency.jsonl --depth journal --html --out report.html",
            "FAILED calls/gas_emergency.jsonl::gas_emergency - Failed: outcome transferred*",
        ]
    )
    assert "Traceback" not in text(result) and "switchboard/calls.py" not in text(result)
    found = re.search(r"ffplay -ss (\d+\.\d) -t (\d+\.\d) ", text(result))
    assert found is not None
    begins, length = float(found[1]), float(found[2])
    words_end_s = 78240 / 8000  # "i smell gas in my kitchen" was transcribed there
    assert begins < words_end_s - 1 < words_end_s < begins + length


def test_a_journal_that_the_core_no_longer_follows_says_what_was_and_what_is(
    pytester: pytest.Pytester, folder: Path
) -> None:
    journal = GAS.read_text().replace('"text":"What\'s going on with your system?"', '"text":"What can I do for you?"')
    (folder / "gas_emergency.jsonl").write_text(journal)
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*turn 0, said: was *What can I do for you?*, is *What's going on with your system?*",
            "> turn 0 *agent *What's going on with your system?",
            "*was *What can I do for you?",
        ]
    )


@pytest.mark.parametrize(
    ("beside", "says"),
    [
        ("outcome: [", "*gas_emergency.yaml: not YAML: *"),
        ("outcom: transferred", "*gas_emergency.yaml: outcom: *"),
        ("path: [triage]\nmilestones: [triage]", "*say either path (every step) or milestones (some of them)"),
    ],
)
def test_a_damaged_expectation_fails_its_own_call_alone(
    pytester: pytest.Pytester, folder: Path, beside: str, says: str
) -> None:
    for journal in (GAS, COURSE):
        shutil.copy(journal, folder)
    (folder / "gas_emergency.yaml").write_text(beside)
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["* call gas_emergency *", says])
    assert "Traceback" not in text(result)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("outcome: served\n", "*lost.yaml: its call is gone*"),
        ("recording: lost.wav\n", "*lost.yaml: recording: *lost.wav *"),
    ],
)
def test_an_expectation_whose_call_is_gone_fails(
    pytester: pytest.Pytester, folder: Path, content: str, says: str
) -> None:
    (folder / "lost.yaml").write_text(content)
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([says])


def test_a_damaged_journal_fails_with_what_is_wrong_with_it(pytester: pytest.Pytester, folder: Path) -> None:
    header = GAS.read_text().splitlines()[0]
    (folder / "cut.jsonl").write_text(header + "\n")
    (folder / "other.jsonl").write_text('{"some": "other file"}\n')
    result = run(pytester)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*cut.jsonl has no beginning*", "*other.jsonl*"])
    assert "Traceback" not in text(result)


def test_an_expectation_may_name_a_call_elsewhere_which_is_then_no_test_of_its_own(
    pytester: pytest.Pytester, folder: Path
) -> None:
    (folder / "taken").mkdir()
    shutil.copy(GAS, folder / "taken" / "20261122.jsonl")
    (folder / "smell_of_gas.yaml").write_text("recording: taken/20261122.jsonl\noutcome: transferred\n")
    result = run(pytester, "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["calls/smell_of_gas.yaml::smell_of_gas PASSED*"])


@pytest.mark.parametrize("suffix", [".yaml", ".yml"])
def test_a_call_with_its_expectation_beside_it_is_named_by_its_own_file(
    pytester: pytest.Pytester, folder: Path, suffix: str
) -> None:
    shutil.copy(GAS, folder)
    (folder / "gas_emergency").with_suffix(suffix).write_text("outcome: lead_saved\n")
    result = run(pytester, "calls/gas_emergency.jsonl")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["outcome transferred, expected lead_saved"])


def test_calls_of_one_stem_are_each_a_test(pytester: pytest.Pytester, folder: Path) -> None:
    for suffix in (".wav", ".flac"):
        (folder / f"karen{suffix}").touch()
    (folder / "karen.yml").write_text("flow: after_hours_hvac\n")
    result = run(pytester, "-v")
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["calls/karen.flac::karen.flac SKIPPED*", "calls/karen.wav::karen.wav SKIPPED*"])


def test_two_expectations_beside_one_call_are_both_held_against_it(pytester: pytest.Pytester, folder: Path) -> None:
    shutil.copy(GAS, folder)
    (folder / "gas_emergency.yaml").write_text("outcome: transferred\n")
    (folder / "gas_emergency.yml").write_text("recording: gas_emergency.jsonl\noutcome: lead_saved\n")
    result = run(pytester, "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["calls/gas_emergency.jsonl::gas_emergency.y*ml *"])


def test_an_expectation_that_can_t_be_read_is_no_call_the_fewer(pytester: pytest.Pytester, folder: Path) -> None:
    shutil.copy(GAS, folder)
    (folder / "strict.yaml").write_text("recording: ../taken/x.jsonl\noutcome: [lead_saved\n")
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*strict.yaml: not YAML: *"])


def test_a_procedure_is_aimed_by_all_calls_of_the_folder_also_where_some_are_left_out(
    pytester: pytest.Pytester, folder: Path
) -> None:
    for journal in (GAS, COURSE):
        shutil.copy(journal, folder)
    other = GAS.read_text().replace('"flow": "after_hours_hvac"', '"flow": "other"')
    other = other.replace("sop: after_hours_hvac", "sop: other")
    (folder / "other.jsonl").write_text(other)
    for words in ((), ("-k", "other"), ("calls/other.jsonl",)):
        result = run(pytester, "-v", "--switchboard-flow", "after_hours_hvac", *words)
        result.stdout.fnmatch_lines(["calls/other.jsonl::other PASSED*"])
    (folder / "other.yaml").write_text("outcome: lead_saved\n")
    result = run(pytester, "-k", "other", "--switchboard-flow", "after_hours_hvac")
    result.stdout.fnmatch_lines(["report: *switchboard replay calls/other.jsonl --depth journal --html *"])


def test_a_scenario_is_one_call_and_its_clips_are_none(pytester: pytest.Pytester, folder: Path) -> None:
    (folder / "karen").mkdir()
    for name in ("scenario.yaml", "01.wav", "line.wav"):
        (folder / "karen" / name).touch()
    result = run(pytester, "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED * has no journal, so it can't be run at depth journal"])


def test_another_procedure_is_tried_and_named_in_the_command(pytester: pytest.Pytester, folder: Path) -> None:
    shutil.copy(GAS, folder)
    result = run(pytester, "--switchboard-flow", "dental_booking", "--switchboard-set", "endpointing.open_ms=900")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["report: *--depth journal --flow dental_booking --set endpointing.open_ms=900 --html --out report.html"]
    )
    missing = run(pytester, "--switchboard-flow", "nowhere.yaml")
    missing.assert_outcomes(errors=1)
    missing.stdout.fnmatch_lines(["*nowhere.yaml*"])
    assert "Traceback" not in text(missing) and "loader.py" not in text(missing)


def test_a_procedure_with_mistakes_is_told_in_their_words_alone(pytester: pytest.Pytester, folder: Path) -> None:
    shutil.copy(GAS, folder)
    flow = pytester.path / "mine.yaml"
    flow.write_text(find("after_hours_hvac").read_text(encoding="utf-8").replace("go: on_call", "go: on_cal"))
    result = run(pytester, "--switchboard-flow", "mine.yaml")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["* ERROR at setup of call gas_emergency *", "mine.yaml:*there is no step 'on_cal'*"])
    assert "loader.py" not in text(result)


def test_an_option_that_nothing_comes_of_is_refused(pytester: pytest.Pytester, folder: Path) -> None:
    """A path behind a blank may be taken by pytest for one of its own: it looks for its settings there, not here."""
    pytester.makeini("[pytest]\n")
    result = pytester.runpytest_inprocess("--switchboard-flow", "after_hours_hvac")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no folder of calls is named*--switchboard-flow=*"])
    for option, value in (("--switchboard-depth", "journal"), ("--switchboard-set", "endpointing.open_ms=900")):
        result = pytester.runpytest_inprocess(option, value)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"*{option} is given, and no folder of calls is named: *"])
        assert "without a blank" not in result.stderr.str(), "it is no path"


def test_a_missing_model_is_an_error_that_names_it(pytester: pytest.Pytester, folder: Path) -> None:
    shutil.copy(GAS, folder)
    result = run(pytester, "--switchboard-asr", "models/nowhere")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["* ERROR at setup of call gas_emergency *", "*models/nowhere*"])
    assert "Traceback" not in text(result)


def test_what_came_of_calls_is_kept_in_pytests_cache_or_where_somebody_says(
    pytester: pytest.Pytester, folder: Path
) -> None:
    shutil.copy(GAS, folder)
    run(pytester)
    assert len(list(pytester.path.glob(".pytest_cache/d/switchboard/gas_emergency-*/journal/result.json"))) == 1
    run(pytester, "--switchboard-results", "kept")
    assert len(list(pytester.path.glob("kept/gas_emergency-*/journal/result.json"))) == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--switchboard-calls", "nowhere"], "*nowhere is no folder*"),
        (["--switchboard-set", "endpointing.open_ms"], "*--switchboard-set endpointing.open_ms lacks a value*"),
        (["--switchboard-depth", "deep"], "*--switchboard-depth*invalid choice*"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    pytester: pytest.Pytester, folder: Path, options: list[str], says: str
) -> None:
    result = pytester.runpytest_inprocess(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([says])
    assert folder.is_dir()


def test_a_folder_without_calls_has_no_tests(pytester: pytest.Pytester, folder: Path) -> None:
    (folder / "README.md").write_text("Calls go here.\n")
    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_option_has_a_folder_visited_that_pytest_would_not_come_to(pytester: pytest.Pytester, folder: Path) -> None:
    shutil.copy(GAS, folder)
    pytester.makeini("[pytest]\ntestpaths = tests\n")
    pytester.mkdir("tests").joinpath("test_other.py").write_text("def test_other(): pass\n")
    pytester.runpytest_inprocess().assert_outcomes(passed=1)
    run(pytester, "--switchboard-calls", "calls").assert_outcomes(passed=2)
    pytester.makeini("[pytest]\ntestpaths = tests\nswitchboard_calls = calls\n")
    run(pytester).assert_outcomes(passed=2)
    run(pytester, "tests").assert_outcomes(passed=1)


NOTHING_LOADED = """
    import sys

    def test_nothing_of_it_is_loaded():
        heavy = {"voice", "sop", "numpy", "switchboard.calls"}
        assert heavy & set(sys.modules) == set()
"""


@pytest.mark.parametrize("ini", ["[pytest]\n", INI])
def test_where_no_call_is_collected_nothing_is_loaded(pytester: pytest.Pytester, folder: Path, ini: str) -> None:
    shutil.copy(GAS, folder)
    pytester.makeini(ini)
    pytester.makepyfile(NOTHING_LOADED)
    result = pytester.runpytest_subprocess("test_where_no_call_is_collected_nothing_is_loaded.py")
    result.assert_outcomes(passed=1)


def test_without_a_folder_named_nothing_is_collected(pytester: pytest.Pytester, folder: Path) -> None:
    shutil.copy(GAS, folder)
    pytester.makeini("[pytest]\n")
    result = pytester.runpytest_inprocess("--strict-markers", "--strict-config")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "switchboard" not in text(pytester.runpytest_inprocess("--markers"))


def test_workers_share_the_calls_of_one_folder(pytester: pytest.Pytester, folder: Path) -> None:
    for journal in (GAS, COURSE):
        shutil.copy(journal, folder)
    options = ("-p", "xdist", "-n", "2", "--dist", "loadfile", "-v", "--switchboard-depth", "journal")
    result = pytester.runpytest_subprocess(*options)
    result.assert_outcomes(passed=2)
    assert set(re.findall(r"\[(gw\d)\].* PASSED", text(result))) == {"gw0", "gw1"}


def test_a_recording_of_which_nothing_is_expected_passes_with_a_warning(
    pytester: pytest.Pytester, folder: Path
) -> None:
    shutil.copy(GAS.with_suffix(".wav"), folder / "from_elsewhere.wav")
    (folder / "from_elsewhere.yaml").write_text("flow: after_hours_hvac\n")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(
        ["*from_elsewhere is new: nothing is expected of it; `switchboard replay calls/from_elsewhere.wav *--accept*"]
    )


def test_where_there_is_sound_a_journal_is_run_by_it_and_what_was_heard_is_set_against_it(
    pytester: pytest.Pytester, folder: Path
) -> None:
    for file in (GAS, GAS.with_suffix(".wav")):
        shutil.copy(file, folder)
    (folder / "gas_emergency.yaml").write_text("says: [I smell gas in my kitchen.]\ntransfers: [front_desk]\n")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "transfers on_call_line, expected front_desk",
            "gas_emergency, depth audio, *",
            "this run: *ffplay -ss * -t * .pytest_cache/d/switchboard/gas_emergency-*/audio/call.wav",
            "recording: ffplay -ss * -t * calls/gas_emergency.wav",
            "report: *switchboard replay calls/gas_emergency.jsonl --depth audio --html --out report.html",
        ]
    )
