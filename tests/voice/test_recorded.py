"""The recorded callers that ship: each can be loaded, and its words, heard rightly, give what it expects."""

from pathlib import Path

import pytest

import sop
from sop import acts
from sop.reading import Hypothesis
from voice.audio import first_audible
from voice.recorded import Recorded, load, shipped
from voice.scenario import Scenario, ScenarioError, wav_of_mulaw


@pytest.fixture(params=shipped())
def recorded(request: pytest.FixtureRequest) -> Recorded:
    name: str = request.param
    return load(name)


def test_every_scenario_is_named_as_its_folder_and_every_number_is_fictitious() -> None:
    scenarios = {name: load(name).scenario for name in shipped()}
    assert len(scenarios) >= 8
    assert shipped()[0] == "plain"
    assert {name: scenario.name for name, scenario in scenarios.items()} == {name: name for name in scenarios}
    callers = [scenario.caller for scenario in scenarios.values()]
    assert len(set(callers)) == len(callers)
    assert all(caller.startswith("+141555501") for caller in callers)


def test_every_clip_has_sound_up_to_where_its_voice_ends(recorded: Recorded) -> None:
    for turn in recorded.scenario.turns:
        if turn.clip is None:
            continue
        clip = recorded.clips[turn.clip]
        assert len(clip) % 160 == 0
        assert turn.voice_ends_ms is not None
        ends = turn.voice_ends_ms * 8
        assert 80 * 8 < ends < len(clip)
        assert first_audible(clip[ends - 800 : ends]) is not None


def heard_rightly(scenario: Scenario) -> tuple[sop.State, dict[str, str]]:
    """The procedure's end and the saved fields, when every turn is heard as it was said."""
    graph = sop.load(scenario.flow)
    reader = sop.RuleReader(graph)
    state = sop.start(graph, caller=scenario.caller, now=scenario.now)
    said = iter([turn.says for turn in scenario.turns if turn.says is not None])
    saved: dict[str, str] = {}
    pending: list[acts.Input] = [acts.Begin()]
    while state.outcome is None:
        if not pending:
            if (words := next(said, None)) is None:
                break
            heard = (Hypothesis(words, 0.95),)
            pending.append(reader.read(heard, sop.expect(graph, state), scenario.now))
        state, done = sop.advance(graph, state, pending.pop(0))
        for act in done:
            if isinstance(act, acts.Save):
                saved |= {field.slot: field.value for field in act.fields}
            elif isinstance(act, acts.CallTool):
                pending.append(acts.ToolFinished(act.id, True, {}))
            elif isinstance(act, acts.TransferTo):
                pending.append(acts.TransferFinished(True))
    assert next(said, None) is None, "the procedure was over before the caller was"
    return state, saved


def test_its_words_heard_rightly_give_what_it_expects(recorded: Recorded) -> None:
    scenario = recorded.scenario
    state, saved = heard_rightly(scenario)
    hangs_up = any(turn.hang_up for turn in scenario.turns)
    assert (state.outcome or "caller_hung_up") == scenario.expect.outcome
    assert hangs_up == (state.outcome is None)
    assert saved == (scenario.expect.lead or {})
    assert state.path == scenario.expect.path


def test_a_folder_or_a_file_is_as_good_as_a_name(tmp_path: Path) -> None:
    text = 'name: x\ndescription: x\nflow: f\ncaller: "+14155550123"\nvoice: x\nexpect: {outcome: x}\n'
    text += 'now: "2026-11-22T19:40:00-05:00"\nturns: [{clip: 01.wav, says: hello}]\n'
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "01.wav").write_bytes(wav_of_mulaw(b"\x10\x90" * 80))
    assert load(tmp_path) == load(tmp_path / "scenario.yaml")
    assert load(tmp_path).clips == {"01.wav": b"\x10\x90" * 80}


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"^nobody: .*shipped callers are plain, "):
        load("nobody")
    text = 'name: x\ndescription: x\nflow: f\ncaller: "+14155550123"\nvoice: x\nexpect: {outcome: x}\n'
    text += 'now: "2026-11-22T19:40:00-05:00"\nturns: [{clip: 01.wav, says: hello}]\n'
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"01\.wav"):
        load(tmp_path)
