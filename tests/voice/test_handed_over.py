"""What is found of one voice in what another heard, and what a transfer is judged by."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.fakes import tone
from voice import transfer_demo
from voice.audio import SILENCE, decode, encode
from voice.handed_over import HandedOver, Voice, as_json, clip, found_in, in_turn, judged
from voice.showing import Shown

GOOD = HandedOver(
    call="CA1",
    outcome="transferred",
    path=("triage", "gas_safety", "on_call"),
    rung=(("Mike", "+14155550111"),),
    brief="Emergency: a smell of gas. Press 1 to take the call, 2 to decline.",
    brief_s=5.1,
    accepted=True,
    answer_s=7.5,
    caller_heard=Voice(1.0, 0.0),
    person_heard=Voice(0.98, -0.4),
    packet={"headline": "Emergency: a smell of gas", "number": "+14155550131", "transcript": []},
    lead={"problem": "gas"},
    files={"packet": Path("packets/CA1_1.html")},
    faults=(),
)


def quieter(mulaw: bytes, db: float) -> bytes:
    """The same sound at another level."""
    return encode((decode(mulaw) * 10 ** (db / 20)).astype(np.int16))


@pytest.mark.parametrize("name", ["person", "caller"])
def test_a_voice_is_found_where_it_was_heard(name: str) -> None:
    said = clip(name)
    assert found_in(SILENCE * 12_345 + said + SILENCE * 777, said) == Voice(1.0, 0.0)


def test_a_quieter_voice_is_found_at_its_level() -> None:
    said = clip("person")
    found = found_in(SILENCE * 4000 + quieter(said, -12.0), said)
    assert found.correlation > 0.95 and found.level_db == pytest.approx(-12.0, abs=0.5)


@pytest.mark.parametrize(
    "heard", [b"", SILENCE * 40_000, clip("caller") + SILENCE * 8000, tone(6.0, 440.0)],
    ids=["nothing", "silence", "another voice", "a tone"],
)  # fmt: skip
def test_what_was_not_heard_is_not_found(heard: bytes) -> None:
    assert found_in(heard, clip("person")).correlation < 0.5


def test_the_caller_answers_when_the_person_has_spoken() -> None:
    person, caller = clip("person"), clip("caller")
    words = in_turn(person, caller)
    assert words.endswith(caller) and set(words[: len(person)]) == set(SILENCE)


def test_a_good_transfer_has_no_fault() -> None:
    done = judged(GOOD, [])
    assert done.faults == () and Shown([], done).right
    printed = as_json(done)
    assert printed["heard"]["caller_by_person"] == {"correlation": 0.98, "level_db": -0.4}
    assert printed["packet"]["headline"] == "Emergency: a smell of gas" and "transcript" not in printed["packet"]


@pytest.mark.parametrize(
    ("done", "fault"),
    [
        (replace(GOOD, rung=()), "nobody was rung"),
        (replace(GOOD, accepted=False), "nobody accepted"),
        (replace(GOOD, outcome="lead_saved"), "the outcome is lead_saved, expected transferred"),
        (replace(GOOD, caller_heard=Voice(0.2, -20.0)), "the caller did not hear the person"),
        (replace(GOOD, person_heard=Voice(0.0, float("-inf"))), "the person did not hear the caller"),
        (replace(GOOD, packet={}), "no packet came"),
        (replace(GOOD, lead={}), "the lead was not delivered"),
    ],
)
def test_what_is_wrong_with_a_transfer_is_said_and_fails_the_demonstration(done: HandedOver, fault: str) -> None:
    found = judged(done, [])
    assert found.faults == (fault,)
    assert not Shown([], found).right


def test_what_the_carrier_would_not_have_taken_is_a_fault() -> None:
    assert judged(GOOD, ["12100: no"]).faults == ("the carrier would have complained: 12100: no",)


def test_a_voice_that_was_not_heard_has_no_level_in_json() -> None:
    done = replace(GOOD, person_heard=Voice(0.0, float("-inf")))
    assert as_json(done)["heard"]["caller_by_person"] == {"correlation": 0.0, "level_db": None}


def test_the_demonstrations_folder_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given = transfer_demo.TransferSettings(Path(".switchboard/demo/transfer"), Path(".switchboard/prompts"), 1.0)
    loaded = transfer_demo._settings(given, "http://127.0.0.1:9", "http://127.0.0.1:9/screen")
    assert loaded.home == tmp_path / ".switchboard/demo/transfer"
    assert loaded.store_url.endswith(f"{tmp_path}/.switchboard/demo/transfer/switchboard.db")
