"""The recorded callers that ship: each can be loaded, and its words, heard rightly, give what it expects."""

from pathlib import Path

import pytest
import yaml

import sop
from sop import acts
from sop.reading import Hypothesis
from sop.stub import tools_from
from voice.audio import first_audible
from voice.barge_in import interrupts
from voice.recorded import Recorded, load, shipped
from voice.scenario import Over, Scenario, ScenarioError, wav_of_mulaw


@pytest.fixture(params=shipped())
def recorded(request: pytest.FixtureRequest) -> Recorded:
    name: str = request.param
    return load(name)


def test_every_scenario_is_named_as_its_folder_and_every_number_is_fictitious() -> None:
    scenarios = {name: load(name).scenario for name in shipped()}
    assert len(scenarios) >= 60
    assert shipped()[0] == "plain"
    assert {name: scenario.name for name, scenario in scenarios.items()} == {name: name for name in scenarios}
    callers = [scenario.caller for scenario in scenarios.values() if scenario.caller != "anonymous"]
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


def heard_rightly(scenario: Scenario) -> sop.Conversation:
    """The call when every turn is heard as it was said, and what is only a listener's noise not at all."""
    graph = sop.load(scenario.flow)
    tools = tools_from(yaml.safe_dump(scenario.tools), graph) if scenario.tools is not None else None
    talk = sop.Conversation(
        graph,
        tools=tools,
        people=lambda target: scenario.people.get(target, "accept") == "accept",
        caller=None if scenario.caller == "anonymous" else scenario.caller,
        now=scenario.now,
    )
    for turn in scenario.turns:
        over = isinstance(turn.when, Over)
        if talk.state.outcome is not None:
            assert over, "the procedure was over before the caller was"
        elif turn.keys is not None:
            talk.press(turn.keys.rstrip("#"))
        elif turn.says and (not over or interrupts(turn.says, talk.expecting, "")):
            talk.hear((Hypothesis(turn.says, 0.95),))
    return talk


def saved(talk: sop.Conversation) -> dict[str, str]:
    acts_done = (act for exchange in talk.trace for act in exchange.acts)
    fields = [field for act in acts_done if isinstance(act, acts.Save) for field in act.fields]
    held = {field.slot: field.value for field in fields}
    return {slot: value for slot, value in held.items() if value}


def test_its_words_heard_rightly_give_what_it_expects(recorded: Recorded) -> None:
    scenario, wanted = recorded.scenario, recorded.scenario.expect
    talk = heard_rightly(scenario)
    hangs_up = any(turn.hang_up for turn in scenario.turns)
    assert (talk.state.outcome or "caller_hung_up") == wanted.outcome
    assert hangs_up == (talk.state.outcome is None)
    if wanted.path is not None:
        assert talk.state.path == wanted.path
    if wanted.milestones is not None:
        path = iter(talk.state.path)
        assert all(step in path for step in wanted.milestones)
    if wanted.lead is not None or wanted.no_lead:
        assert saved(talk).keys() == (wanted.lead or {}).keys()
    for slot, value in {**(wanted.lead or {}), **(wanted.slots or {})}.items():
        assert saved(talk)[slot] in ((value,) if isinstance(value, str) else value)


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
