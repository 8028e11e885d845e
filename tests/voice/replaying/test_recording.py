"""Recordings: with their journal beside them, from elsewhere, and of all kinds of badness."""

import asyncio
import shutil
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.voice.replaying.made import FLOW, GAS, NAME, NUMBER, PROBLEM, Senses, options, recorded
from voice.audio import Pcm, decode, encode
from voice.errors import OperatorError
from voice.recorded import Recorded, load
from voice.replaying import audio_depth
from voice.replaying.audio_file import read_call_audio
from voice.replaying.expected import Beside
from voice.replaying.judged import judged
from voice.replaying.recording import from_journal_and_audio, from_recording
from voice.replaying.result import CallResult
from voice.replaying.taken import CUT_SHORT, Taken, from_journal, from_scenario
from voice.scenario import After


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Journals with their sound."""
    found = {}
    for name, sounds in {"lead": (PROBLEM, NAME, NUMBER), "short": (PROBLEM,), "gas": (GAS,)}.items():
        folder = tmp_path_factory.mktemp(name)
        taken = from_scenario(name, folder, recorded(*sounds), None)
        asyncio.run(audio_depth.run(taken, options(folder), Senses(), folder))
        found[name] = folder / "call.jsonl"
    return found


@pytest.fixture
def call(made: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of one of them."""
    for suffix in (".jsonl", ".wav"):
        shutil.copy(made["lead"].with_suffix(suffix), tmp_path / f"call{suffix}")
    return tmp_path / "call.jsonl"


def opened(journal: Path, beside: Beside | None = None) -> Taken:
    return from_journal_and_audio(from_journal("x", journal, beside), beside)


def again(taken: Taken, folder: Path, **changes: object) -> CallResult:
    (folder / "again").mkdir()
    how = replace(options(folder), **changes)  # type: ignore[arg-type]
    result = asyncio.run(audio_depth.run(taken, how, Senses(), folder / "again"))
    return judged(result, taken.expected, taken.before, against="journal")


def sides(call: Path) -> tuple[Pcm, Pcm]:
    audio = read_call_audio(call.with_suffix(".wav"))
    assert audio.right is not None
    return audio.left, audio.right


def save(path: Path, *channels: Pcm, rate: int = 8000) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.column_stack(channels).astype("<i2").tobytes())


# ---- with a journal --------------------------------------------------------------------------------------------------


def test_a_call_of_our_own_is_the_same_again(call: Path, tmp_path: Path) -> None:
    taken = opened(call)
    assert taken.notes == ()
    found = again(taken, tmp_path)
    assert (found.verdict, found.differences) == ("same", ())


def test_on_the_recording_s_own_clock_as_well(call: Path, tmp_path: Path) -> None:
    found = again(opened(call), tmp_path, as_recorded=True)
    assert [turn.heard for turn in found.turns if turn.heard] == [
        "my furnace stopped working",
        "daniel foster",
        "four one five five five five zero one nine nine",
    ]


def test_the_words_that_somebody_wrote_down_stand_at_their_turns(call: Path, tmp_path: Path) -> None:
    says = ("my furnace stopped working", "damien foster", "four one five five five five zero one nine nine")
    found = again(opened(call, Beside(says=says)), tmp_path)
    assert [turn.says for turn in found.turns if turn.heard] == list(says)
    assert found.wer is not None and (found.wer.errors, found.wer.words) == (1, 16)


def test_too_few_words_are_noted(call: Path) -> None:
    (note,) = opened(call, Beside(says=("my furnace stopped working",))).notes
    assert note == "`says:` has 1 turns, in the recording are 3: its words may stand at other turns"


def test_swapped_channels_are_put_right_and_that_is_said(call: Path, tmp_path: Path) -> None:
    left, right = sides(call)
    save(call.with_suffix(".wav"), right, left)
    taken = opened(call)
    assert any("the channels are swapped" in note for note in taken.notes)
    assert next(turn.heard for turn in again(taken, tmp_path).turns if turn.heard) == "my furnace stopped working"


def test_a_recording_without_the_agent_s_voice(call: Path, tmp_path: Path) -> None:
    left, right = sides(call)
    save(call.with_suffix(".wav"), left, np.zeros_like(right))
    taken = opened(call)
    assert taken.notes
    assert "daniel foster" in [turn.heard for turn in again(taken, tmp_path).turns]


@pytest.mark.parametrize(("own", "other"), [("lead", "gas"), ("gas", "lead")])
def test_another_call_s_sound_is_refused(made: dict[str, Path], tmp_path: Path, own: str, other: str) -> None:
    shutil.copy(made[own], tmp_path / "call.jsonl")
    left, right = sides(made[other])
    late = np.zeros(6000, dtype=np.int16)
    save(tmp_path / "call.wav", np.append(late, left), np.append(late, right))
    with pytest.raises(OperatorError, match=r"call\.wav is not the sound of .*call\.jsonl"):
        opened(tmp_path / "call.jsonl")


def test_of_another_rate_is_brought_to_the_line_s(call: Path, tmp_path: Path) -> None:
    left, right = sides(call)
    save(call.with_suffix(".wav"), left.repeat(2), right.repeat(2), rate=16000)
    taken = opened(call)
    assert any("16000" in note or "16 kHz" in note for note in taken.notes)
    assert taken.recorded is not None and len(taken.recorded.scenario.turns) == 4


def test_a_wav_that_breaks_off_is_used_as_far_as_it_goes(call: Path) -> None:
    data = call.with_suffix(".wav").read_bytes()
    call.with_suffix(".wav").write_bytes(data[: len(data) * 3 // 4])
    taken = opened(call)
    assert any("the sound is" in note and "s long, the journal" in note for note in taken.notes)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"", "is empty"), (b"RIFF\x00\x00\x00\x00WAVEfmt ", "can't be read"), (b"ID3" * 99, "can't be")],
)
def test_a_wav_that_is_none(call: Path, content: bytes, complaint: str) -> None:
    call.with_suffix(".wav").write_bytes(content)
    with pytest.raises(OperatorError, match=complaint):
        opened(call)


def test_a_journal_whose_sound_is_gone(call: Path) -> None:
    call.with_suffix(".wav").unlink()
    with pytest.raises(OperatorError, match=r"call\.wav, the sound of .* is gone; --depth journal goes without it"):
        opened(call)


def test_a_journal_that_was_cut_short_says_so(call: Path) -> None:
    lines = call.read_text(encoding="utf-8").splitlines(keepends=True)
    call.write_text("".join(lines[: len(lines) * 4 // 5]) + '{"_":"Ru', encoding="utf-8")
    assert CUT_SHORT in opened(call).notes


def test_sound_behind_the_end_of_a_journal_that_was_cut_short_is_nobody_s(call: Path) -> None:
    """What nobody knows to be speech must not become the noise between the turns."""
    lines = call.read_text(encoding="utf-8").splitlines(keepends=True)
    spoke = next(n for n, line in enumerate(lines) if '"_":"Understand"' in line)
    call.write_text("".join(lines[: spoke - 1]), encoding="utf-8")
    recorded = opened(call).recorded
    assert recorded is not None and len(recorded.scenario.turns) == 1
    between = recorded.scenario.between
    assert between is None or not np.any(np.abs(decode(recorded.clips[between])) > 500)


def silent_journal(folder: Path) -> Path:
    """A call in which nobody says anything, and that ends by itself."""
    caller = Recorded(recorded(PROBLEM).scenario.model_copy(update={"turns": ()}), {})
    asyncio.run(audio_depth.run(from_scenario("x", folder, caller, None), options(folder), Senses(), folder))
    return folder / "call.jsonl"


@pytest.mark.parametrize("as_recorded", [False, True])
def test_a_caller_who_does_nothing_is_silent_again(tmp_path: Path, as_recorded: bool) -> None:
    taken = opened(silent_journal(tmp_path))
    assert taken.recorded is not None
    turns = taken.recorded.scenario.turns
    assert [(turn.keys, turn.hang_up, turn.says) for turn in turns] == [(None, None, "")]
    assert not np.any(decode(turns[0].sound(taken.recorded.clips)))
    found = again(taken, tmp_path, as_recorded=as_recorded)
    assert found.duration_s > 10 and found.failed == ""
    assert [turn.heard for turn in found.turns if turn.heard] == []
    assert [note for note in found.notes if "over before" in note] == []


def test_words_that_are_written_down_are_not_put_into_the_mouth_of_a_silent_caller(tmp_path: Path) -> None:
    taken = opened(silent_journal(tmp_path), Beside(says=("hello",)))
    assert taken.recorded is not None and [turn.says for turn in taken.recorded.scenario.turns] == [""]


# ---- from elsewhere --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spoken() -> tuple[Pcm, Pcm]:
    """A caller with a real voice, and an agent that greets and then asks once more."""
    clips = load("plain").clips
    first, second = (decode(clips[name]) for name in ("01.wav", "02.wav"))
    tone = np.where(np.arange(24000) % 20 < 10, 6000, -6000).astype(np.int16)
    agent, caller = np.zeros(160_000, dtype=np.int16), np.zeros(160_000, dtype=np.int16)
    agent[2000:26000], agent[80_000:104_000] = tone, tone
    caller[36000 : 36000 + len(first)] = first
    caller[114_000 : 114_000 + len(second)] = second
    return caller, agent


def test_a_recording_from_elsewhere(spoken: tuple[Pcm, Pcm], tmp_path: Path) -> None:
    save(tmp_path / "x.wav", *spoken)
    taken = from_recording(
        "x", tmp_path / "x.wav", Beside(now="2026-11-22T19:40:00-05:00", caller="+14155550123"), FLOW
    )
    assert taken.recorded is not None
    turns = taken.recorded.scenario.turns
    assert [turn.clip for turn in turns] == ["01.wav", "02.wav"]
    assert all(isinstance(turn.when, After) for turn in turns)
    assert (taken.start.now, taken.start.caller) == ("2026-11-22T19:40:00-05:00", "+14155550123")
    assert not any("when the call was taken" in note for note in taken.notes)
    assert encode(decode(taken.recorded.clips["01.wav"]))


def test_swapped_channels_of_a_recording_from_elsewhere(spoken: tuple[Pcm, Pcm], tmp_path: Path) -> None:
    save(tmp_path / "x.wav", *reversed(spoken))
    taken = from_recording("x", tmp_path / "x.wav", None, FLOW)
    assert any("swapped" in note for note in taken.notes)
    assert taken.recorded is not None and len(taken.recorded.scenario.turns) == 2
    assert any("nobody says when the call was taken" in note for note in taken.notes)
    assert any("nobody says which number called" in note for note in taken.notes)


def test_a_number_that_was_withheld_is_said_to_be(spoken: tuple[Pcm, Pcm], tmp_path: Path) -> None:
    save(tmp_path / "x.wav", *spoken)
    taken = from_recording("x", tmp_path / "x.wav", Beside(caller="anonymous"), FLOW)
    assert taken.start.caller is None
    assert not any("nobody says which number called" in note for note in taken.notes)


def test_nobody_says_which_procedure_answered(spoken: tuple[Pcm, Pcm], tmp_path: Path) -> None:
    save(tmp_path / "x.wav", *spoken)
    with pytest.raises(OperatorError, match=r"does not say which procedure answered it: use --flow, or write `flow:`"):
        from_recording("x", tmp_path / "x.wav", None, None)


def test_nobody_speaks(tmp_path: Path) -> None:
    save(tmp_path / "x.wav", np.zeros(16000, dtype=np.int16), np.zeros(16000, dtype=np.int16))
    with pytest.raises(OperatorError, match="no caller speaks: neither channel has any sound"):
        from_recording("x", tmp_path / "x.wav", None, FLOW)
