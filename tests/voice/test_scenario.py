"""scenario.yaml and the clips it names."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.audio import decode
from voice.scenario import After, Over, ScenarioError, Turn, mulaw_of_wav, parse, wav_of_mulaw

HEAD = """
name: plain
description: A furnace that stopped.
flow: after_hours_hvac
caller: "+14155550123"
now: "2026-11-22T19:40:00-05:00"
voice: flite rms
"""
TAIL = """
turns:
  - {clip: 01.wav, says: my furnace stopped}
  - {clip: 02.wav, says: no hold on, voice_ends_ms: 820, when: {over: prompt, at_ms: 1200}}
  - {keys: "4155550123#", when: {pause_ms: 500}}
  - {hang_up: true, when: {after: prompt, quiet_ms: 300}}
expect:
  outcome: caller_hung_up
  path: [triage, contact]
  lead: {name: Karen Mitchell}
"""


def test_a_scenario_with_one_turn_of_each_kind() -> None:
    scenario = parse(HEAD + TAIL, source="x")
    assert scenario.turns == (
        Turn(clip="01.wav", says="my furnace stopped", when=After(quiet_ms=700, pause_ms=0)),
        Turn(clip="02.wav", says="no hold on", voice_ends_ms=820, when=Over(over="prompt", at_ms=1200)),
        Turn(keys="4155550123#", when=After(pause_ms=500)),
        Turn(hang_up=True, when=After(quiet_ms=300)),
    )
    assert scenario.expect.path == ("triage", "contact")
    assert scenario.expect.barge_ins == 0
    assert scenario.clips == ("01.wav", "02.wav")


def test_noise_between_the_turns_is_a_clip_too() -> None:
    assert parse(HEAD + "between: line.wav" + TAIL, source="x").clips == ("line.wav", "01.wav", "02.wav")


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("+14155550123", "415-555-0123", "x: caller: "),
        ("2026-11-22T19:40:00-05:00", "2026-11-22T19:40:00", "x: now: "),
        (
            "after_hours_hvac",
            "after_hours_hvac\nvoise: flite",
            "x: voise: there is no such field; did you mean 'voice'?",
        ),
        ("voice: flite rms", "", "x: voice: Field required"),
        ("says: my furnace stopped", "keys: '1'", "turns.0: a turn has exactly one of clip"),
        (
            "clip: 01.wav, says: my furnace stopped",
            "says: hello",
            "turns.0: a turn has exactly one",
        ),
        (", says: my furnace stopped", "", "turns.0: a clip is a .wav file"),
        ("clip: 01.wav", "clip: ../01.wav", "turns.0: a clip is a .wav file"),
        ('keys: "4155550123#"', "keys: 12x", "turns.2.keys: "),
        ("at_ms: 1200", "at_ms: -1", "turns.1.when.at_ms: "),
        (
            "clip: 01.wav, says: my furnace stopped",
            "hang_up: true",
            "x: nothing follows a hang_up",
        ),
        ("turns:", "turns: {", "x: not YAML: "),
    ],
)
def test_a_mistake_names_its_place(before: str, after: str, complaint: str) -> None:
    text = (HEAD + TAIL).replace(before, after)
    assert text != HEAD + TAIL
    with pytest.raises(ScenarioError) as refused:
        parse(text, source="x")
    assert complaint in str(refused.value)


def test_every_mistake_is_named_at_once() -> None:
    text = (HEAD + TAIL).replace("flite rms", "[]").replace("plain", "Plain")
    with pytest.raises(ScenarioError) as refused:
        parse(text, source="x")
    assert {line.split(":")[1].strip() for line in str(refused.value).splitlines()} == {"name", "voice"}


@given(st.binary(max_size=400))
def test_a_clip_comes_back_from_its_wav(mulaw: bytes) -> None:
    assert mulaw_of_wav(wav_of_mulaw(mulaw), source="x") == mulaw


def wav(code: int, channels: int, rate: int, bits: int, data: bytes) -> bytes:
    """A WAV file with a chunk of odd size that nobody knows, before the ones that matter."""
    form = struct.pack("<HHIIHH", code, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)
    chunks = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    chunks += b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def test_sixteen_bits_become_mulaw() -> None:
    mulaw = bytes(range(256))
    pcm = decode(mulaw).astype("<i2").tobytes()
    again = mulaw_of_wav(wav(1, 1, 8000, 16, pcm), source="x")
    assert decode(again).tolist() == decode(mulaw).tolist()


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        (b"ID3 nothing of the kind", "x: not a WAV file"),
        (wav(1, 2, 8000, 16, b"\0" * 8), "has 2 × 8000 Hz"),
        (wav(1, 1, 44100, 16, b"\0" * 8), "has 1 × 44100 Hz"),
        (wav(3, 1, 8000, 32, b"\0" * 8), "needs mono, 8000 Hz, µ-law or 16 bits"),
        (wav_of_mulaw(b"")[:20], "without sound"),
    ],
)
def test_another_kind_of_file_is_refused(file: bytes, complaint: str) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        mulaw_of_wav(file, source="x")


# ---- parts of a clip, sounds without words, the telephone's echo ----------------------------------------------------


def test_a_part_of_a_clip_is_what_is_played() -> None:
    clips = {"whole.wav": bytes(range(250)) * 32}  # a second
    part = Turn(clip="whole.wav", says="yes", from_ms=250, to_ms=500)
    assert part.sound(clips) == clips["whole.wav"][2000:4000]
    assert Turn(clip="whole.wav", says="yes", from_ms=750).sound(clips) == clips["whole.wav"][6000:]
    assert Turn(clip="whole.wav", says="yes", to_ms=250).sound(clips) == clips["whole.wav"][:2000]
    assert Turn(clip="whole.wav", says="yes").sound(clips) == clips["whole.wav"]
    assert Turn(clip="whole.wav", says="yes", from_ms=2000).sound(clips) == b"", "behind its end there is nothing"
    assert Turn(keys="1").sound(clips) == b""


def test_a_clip_without_words() -> None:
    (turn, *_) = parse((HEAD + TAIL).replace("says: my furnace stopped", "says: ''"), source="x").turns
    assert turn.says == ""


def test_what_the_telephone_and_the_world_do() -> None:
    more = "echo: {delay_ms: 180, db: 24}\npeople: {on_call: no_answer}\ntools: {find: [{fail: true}]}\n"
    scenario = parse(HEAD + more + TAIL, source="x")
    assert scenario.echo is not None and (scenario.echo.delay_ms, scenario.echo.db) == (180, 24)
    assert (scenario.people, scenario.tools) == ({"on_call": "no_answer"}, {"find": [{"fail": True}]})


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("clip: 01.wav", "clip: 01.wav, from_ms: 800, to_ms: 800", "turns.0: to_ms lies behind from_ms"),
        ("clip: 01.wav", "clip: 01.wav, to_ms: 0", "turns.0.to_ms: "),
        ("clip: 01.wav", "clip: 01.wav, from_ms: -1", "turns.0.from_ms: "),
        ('keys: "4155550123#"', 'keys: "1", from_ms: 10', "turns.2: only a clip has words"),
        ('keys: "4155550123#"', 'keys: "1", says: ""', "turns.2: only a clip has words"),
        ("voice: flite rms", "voice: x\necho: {delay_ms: 0, db: 24}", "echo.delay_ms: "),
        ("voice: flite rms", "voice: x\necho: {delay_ms: 180, db: 0}", "echo.db: "),
        ("voice: flite rms", "voice: x\npeople: {on_call: sleeps}", "people.on_call: "),
    ],
)
def test_a_mistake_in_one_of_them_names_its_place(before: str, after: str, complaint: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse((HEAD + TAIL).replace(before, after), source="x")
    assert complaint in str(refused.value)
