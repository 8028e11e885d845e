"""Values ↔ JSON lines."""

import json
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop.acts import Field
from sop.reading import Answer, Expectation, Global, GlobalWord, Hypothesis, Reading, Unusable
from voice.codec import decode, encode
from voice.commands import Command, Record, Recorder, Save, Transcribe, Urgency
from voice.events import Event, LegChanged, LegState, OnDuty, ToolFinished, Transcribed, Understood

EXPECTING = Expectation("contact", "phone", "callback", filled=("name",), bias=("five", "oh"), known=(("name", "Ann"),))


@pytest.mark.parametrize(
    "value",
    [
        Transcribed(160, 1, 80, (Hypothesis("ich heiße \u2028 Ann", 0.5),), 1.5),
        Transcribe(1, 0, 160, Urgency.FINAL, EXPECTING),
        Understood(160, 1, Reading("hold on", 0.9, (Global(GlobalWord.HOLD_ON), Answer("name", "Ann", "Ann", 0.8)))),
        Save(1, (Field("name", "Ann", "Ann", 0.8, True),)),
        ToolFinished(160, "t1", True, {"id": "7"}),
    ],
)
def test_values_come_back_equal_and_of_their_class(value: object) -> None:
    line = encode(value)
    assert "\n" not in line
    back = decode(json.loads(line))
    assert back == value and encode(back) == line


def test_enumerations_come_back_as_members() -> None:
    back = decode(json.loads(encode(Transcribe(1, 0, 160, Urgency.PROBE, EXPECTING))))
    assert back.urgency is Urgency.PROBE
    assert decode(json.loads(encode(LegChanged(160, 1, LegState.ACCEPTED)))).to is LegState.ACCEPTED
    assert decode(json.loads(encode(Record(Recorder.PAUSE)))).recorder is Recorder.PAUSE
    assert decode(json.loads(encode(OnDuty(160, 1, (("Ann", "+14155550190"),))))).people == (("Ann", "+14155550190"),)


@given(st.one_of(*[st.from_type(cls) for cls in (*get_args(Event), *get_args(Command))]))
def test_every_event_and_command_comes_back(value: object) -> None:
    back = decode(json.loads(encode(value)))
    assert encode(back) == encode(value) and type(back) is type(value)


@pytest.mark.parametrize(
    "value",
    [{"_": "os.system"}, {"_": "Heard", "at": 1}, {"_": "Heard", "at": 1, "samples": 1, "speech": 0, "x": 1}],
)
def test_nothing_unknown_is_built(value: object) -> None:
    with pytest.raises(ValueError, match=r"unknown|missing|unexpected"):
        decode(value)


def test_a_journal_from_before_a_field_is_the_same_line() -> None:
    """What came later is written only where it says something."""
    plain = Expectation(step="when", kind="date", slot="day")
    assert "begun" not in encode(plain)
    assert "offered" not in encode(plain)
    told = replace(plain, begun="--03-03")
    assert decode(json.loads(encode(told))) == told
    assert encode(Unusable("day", "several")) == '{"_":"Unusable","slot":"day","reason":"several","choices":[]}'
