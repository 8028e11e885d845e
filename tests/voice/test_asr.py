"""The recogniser, with the small Whisper that comes with Switchboard, on the recorded callers."""

import asyncio
import json
import os
import re
import shutil
import signal
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest

import audio_fixtures
from sop.reading import Hypothesis
from voice import hallucination, whisper
from voice.asr import Priority, WhisperRecogniser
from voice.audio import SILENCE, encode
from voice.errors import EngineCrashed, ModelMissing
from voice.recorded import load
from voice.whisper import AsrSettings, Card, Decoder, read_card
from voice.worker import EngineState

MODEL = audio_fixtures.ROOT / "models" / "whisper-switchboard"
SETTINGS = AsrSettings(MODEL, threads=1)
CARD = read_card(MODEL)


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    return Decoder(SETTINGS)


def clip(caller: str, name: str) -> bytes:
    return load(caller).clips[name]


def plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def noise(seconds: float, level: int = 300) -> bytes:
    pcm = np.random.default_rng(1).normal(0, level, int(seconds * 8000))
    return encode(pcm.astype(np.int16))


def changed_model(folder: Path, card: dict[str, object] | None = None) -> Path:
    """A copy of the model with another card, or with none."""
    copy = folder / "model"
    shutil.copytree(MODEL, copy)
    (copy / whisper.CARD).unlink(missing_ok=True)
    if card is not None:
        (copy / whisper.CARD).write_text(json.dumps(card), encoding="utf-8")
    return copy


# ---- what is heard -----------------------------------------------------------------------------------------


def test_the_recorded_callers_are_understood(decoder: Decoder) -> None:
    """Four words of five, over callers in several voices; the model's own card has its exact measure."""
    said, heard = [], []
    for caller in ("plain", "gas_emergency", "corrected_number", "hang_up"):
        recorded = load(caller)
        for turn in recorded.scenario.turns:
            if turn.clip is not None and turn.says is not None:
                result = decoder.decode(recorded.clips[turn.clip])
                said.append(plain(turn.says))
                heard.append(" ".join(h.text for h in result.hypotheses))
    assert jiwer.wer(said, heard) < 0.2


def test_the_window_is_as_long_as_the_turn_and_its_margin(decoder: Decoder) -> None:
    short = decoder.decode(clip("plain", "03.wav"))
    assert 1.26 + CARD.window_margin_s <= short.window_s <= 1.26 + CARD.window_margin_s + 0.5
    assert not short.retried
    assert short.wall_ms > 0
    assert short.cpu_ms > 0


def test_a_confident_answer_has_a_high_confidence(decoder: Decoder) -> None:
    (best,) = decoder.decode(clip("plain", "02.wav")).hypotheses
    assert 0.5 < best.confidence <= 1.0


def test_several_hypotheses_are_different_and_the_first_is_the_best(decoder: Decoder) -> None:
    hypotheses = decoder.decode(clip("plain", "04.wav"), nbest=4).hypotheses
    texts = [h.text for h in hypotheses]
    assert 2 <= len(texts) == len(set(texts)) <= 4
    assert hypotheses[0].confidence == max(h.confidence for h in hypotheses)


@pytest.mark.parametrize("mulaw", [b"", SILENCE * 16000, encode(np.full(8000, 100, dtype=np.int16))])
def test_what_nobody_can_hear_is_not_decoded(decoder: Decoder, mulaw: bytes) -> None:
    result = decoder.decode(mulaw)
    assert (result.hypotheses, result.no_speech, result.cpu_ms) == ((), 1.0, 0.0)


@pytest.mark.parametrize("level", [300, 3000])
def test_noise_has_no_words(decoder: Decoder, level: int) -> None:
    assert decoder.decode(noise(2.0, level)).hypotheses == ()


def test_a_turn_longer_than_whispers_window_is_cut_off(decoder: Decoder) -> None:
    result = decoder.decode(clip("plain", "01.wav") * 9, again=False)
    assert result.window_s == 30.0


# ---- bias --------------------------------------------------------------------------------------------------


def test_the_bias_stands_before_the_transcript_and_is_cut_off(decoder: Decoder) -> None:
    tokens = decoder._tokens
    prompt = decoder._prompt(("yes", "no"))
    assert prompt[0] == tokens.sot_prev
    assert prompt[-2:] == [tokens.sot, tokens.no_timestamps]
    assert tokens.decode(prompt[1:-2]) == " yes, no"
    assert len(decoder._prompt(("furnace",) * 200)) == 1 + CARD.bias_tokens + 2
    assert decoder._prompt(()) == [tokens.sot, tokens.no_timestamps]


class Echoing(Decoder):
    """With a bias it hears the bias, and is sure of it; without one it hears less, and doubts it."""

    def _attempt(
        self, encoded: Any, window_s: float, bias: tuple[str, ...], nbest: int, limit: int
    ) -> whisper._Attempt:
        heard = ("yes that's right", -0.15) if bias else ("uh", -0.9)
        return whisper._Attempt((whisper._Transcript(*heard, capped=False),), 0.1, window_s)


def test_an_echo_of_the_bias_is_not_believed_however_sure_the_model_is(tmp_path: Path) -> None:
    decoder = Echoing(replace(SETTINGS, model=changed_model(tmp_path, {"window_floor_s": 0.0, "bias": True})))
    heard = decoder.decode(clip("plain", "01.wav")[4000:8800], bias=("yes that's right", "no"), again=False)
    assert [one.text for one in heard.hypotheses] in ([], ["uh"]) and heard.retried
    longer = decoder.decode(clip("plain", "01.wav"), bias=("yes that's right", "no"), again=False)
    assert [one.text for one in longer.hypotheses] == ["yes that's right"], "there was time to say it"


def test_a_model_that_was_not_trained_with_a_bias_gets_none(tmp_path: Path) -> None:
    unbiased = Decoder(replace(SETTINGS, model=changed_model(tmp_path, {"window_floor_s": 0.0, "bias": False})))
    audio = clip("plain", "02.wav")
    with_bias = unbiased.decode(audio, bias=("carol kim", "peter novak"))
    assert with_bias.hypotheses == unbiased.decode(audio).hypotheses


@pytest.mark.parametrize(
    ("text", "seconds", "echoes"),
    [
        ("no heat water leak", 0.5, True),
        ("No heat, water leak.", 0.5, True),
        ("no heat water leak", 2.0, False),  # there was time to say it
        ("no heat", 0.3, False),  # too short to tell
        ("no heat water leaks", 0.5, False),
    ],
)
def test_an_echo_of_the_bias(text: str, seconds: float, echoes: bool) -> None:
    assert hallucination.echoes(text, ("smell gas", "no heat", "water leak"), seconds) is echoes


# ---- guards ------------------------------------------------------------------------------------------------


def test_a_transcript_that_runs_into_the_limit_is_decoded_again_over_30_s() -> None:
    hasty = Decoder(replace(SETTINGS, tokens_per_s=0.0, tokens_more=2))
    audio = clip("plain", "04.wav")
    result = hasty.decode(audio)
    assert result.retried
    assert hasty.decode(audio, again=False).retried is False
    assert all(h.confidence <= 0.5 for h in result.hypotheses), "doubtful to the end"


def test_a_limit_that_nothing_reaches_changes_nothing(decoder: Decoder) -> None:
    generous = Decoder(replace(SETTINGS, tokens_per_s=20.0))
    audio = clip("plain", "01.wav")
    assert generous.decode(audio).hypotheses == decoder.decode(audio).hypotheses


def attempt(text: str, log_probability: float = -0.1, no_speech: float = 0.0) -> whisper._Attempt:
    return whisper._Attempt((whisper._Transcript(text, log_probability, capped=False),), no_speech, 2.0)


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        (attempt("my furnace is broken"), True),
        (attempt("my furnace is broken", -0.7, 0.2), True),
        (attempt("my furnace is broken", -0.7, 0.6), False),  # the model itself hears nothing
        (attempt("my furnace is broken", -0.3, 0.6), True),  # but is sure of the words
        (attempt(""), False),
        (attempt("no " * 40), False),  # a loop
        (attempt("the quick brown fox jumps over the lazy dog and then some more"), False),  # in two seconds?
        (attempt("Thanks for watching!"), False),
        (attempt("you", -0.9), False),
        (attempt("you", -0.2), True),
        (attempt("you", -0.2, 0.4), False),
        (attempt("..."), False),
    ],
)
def test_what_is_kept(decoder: Decoder, made: whisper._Attempt, kept: bool) -> None:
    assert bool(decoder._hypotheses(made, 2.0)) is kept


def test_confidence_falls_with_log_probability_no_speech_and_doubt(decoder: Decoder) -> None:
    def confidence(log_probability: float, no_speech: float) -> float:
        (hypothesis,) = decoder._hypotheses(attempt("no heat", log_probability, no_speech), 2.0)
        return hypothesis.confidence

    assert confidence(0.0, 0.0) == 1.0
    assert confidence(-0.5, 0.0) == pytest.approx(0.607, abs=0.001)
    assert confidence(-0.5, 0.25) == pytest.approx(0.455, abs=0.001)
    assert confidence(-1.1, 0.0) == pytest.approx(0.166, abs=0.001)


def test_equal_hypotheses_are_one(decoder: Decoder) -> None:
    made = whisper._Attempt(
        tuple(whisper._Transcript(text, -0.1 * n, capped=False) for n, text in enumerate(["yes", "yes", "yeah"])),
        0.0,
        2.0,
    )
    assert decoder._hypotheses(made, 2.0) == (Hypothesis("yes", 1.0), Hypothesis("yeah", 0.819))


def test_of_two_attempts_the_one_without_doubt_counts_then_the_likelier(decoder: Decoder) -> None:
    good, doubtful = attempt("no heat", -0.9), attempt("no heat no", -1.2)
    likelier_loop = attempt("no " * 40, -0.1)
    assert decoder._better(doubtful, good, 2.0) is good
    assert decoder._better(good, likelier_loop, 2.0) is good
    assert decoder._better(attempt("a", -0.2), good, 2.0).best.text == "a"


# ---- the model's files -------------------------------------------------------------------------------------


def test_without_a_card_the_window_has_the_safe_floor(tmp_path: Path) -> None:
    assert read_card(tmp_path) == Card(window_floor_s=10.0, window_margin_s=2.0, bias=True)
    careful = Decoder(replace(SETTINGS, model=changed_model(tmp_path)))
    assert careful.decode(clip("plain", "03.wav"), again=False).window_s == 10.0
    bold = Decoder(replace(SETTINGS, model=tmp_path / "model", window_floor_s=0.0, window_margin_s=0.5))
    assert bold.decode(clip("plain", "03.wav"), again=False).window_s == 2.0


@pytest.mark.parametrize("written", ["{", "[]", '{"window_floor_s": "ten"}', '{"bias_tokens": null}'])
def test_a_card_that_cannot_be_read(tmp_path: Path, written: str) -> None:
    (tmp_path / whisper.CARD).write_text(written, encoding="utf-8")
    with pytest.raises(ModelMissing, match=r"switchboard\.json can't be read"):
        read_card(tmp_path)


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json"])
def test_a_missing_file_is_named_and_never_fetched(tmp_path: Path, name: str) -> None:
    folder = changed_model(tmp_path)
    (folder / name).unlink()
    with pytest.raises(ModelMissing, match=rf"{re.escape(name)} is missing: .*`switchboard models get model`"):
        Decoder(replace(SETTINGS, model=folder))


@pytest.mark.parametrize(("name", "size"), [("model.bin", 0), ("model.bin", 100_000), ("tokenizer.json", 1000)])
def test_a_broken_file_is_a_missing_model(tmp_path: Path, name: str, size: int) -> None:
    folder = changed_model(tmp_path)
    os.truncate(folder / name, size)
    with pytest.raises(ModelMissing, match=r"can't be loaded .*`switchboard models get model`"):
        Decoder(replace(SETTINGS, model=folder))


# ---- in a process of its own -------------------------------------------------------------------------------


def run(work: Coroutine[Any, Any, None]) -> None:
    async def within_a_limit() -> None:
        async with asyncio.timeout(60):
            await work

    asyncio.run(within_a_limit())


def test_the_process_answers_as_the_decoder_does(decoder: Decoder) -> None:
    async def scenario() -> None:
        recogniser = WhisperRecogniser(SETTINGS)
        ready = [recogniser.ready]
        await recogniser.start()
        try:
            ready.append(recogniser.ready)
            audio = clip("plain", "01.wav")
            result = await recogniser.recognise(audio, bias=("no heat",), priority=Priority.FINAL, nbest=2)
            assert result.hypotheses == decoder.decode(audio, bias=("no heat",), nbest=2).hypotheses
        finally:
            await recogniser.close()
        ready.append(recogniser.ready)
        assert ready == [False, True, False]

    run(scenario())


def test_a_probe_is_never_decoded_again() -> None:
    async def scenario() -> None:
        recogniser = WhisperRecogniser(replace(SETTINGS, tokens_per_s=0.0, tokens_more=2))
        await recogniser.start()
        try:
            audio = clip("plain", "04.wav")
            probe = await recogniser.recognise(audio, bias=(), priority=Priority.PROBE)
            final = await recogniser.recognise(audio, bias=(), priority=Priority.FINAL)
            assert (probe.retried, final.retried) == (False, True)
        finally:
            await recogniser.close()

    run(scenario())


def test_killed_in_mid_decode_the_next_turn_is_heard() -> None:
    async def scenario() -> None:
        recogniser = WhisperRecogniser(SETTINGS)
        await recogniser.start()
        try:
            long = asyncio.ensure_future(
                recogniser.recognise(clip("plain", "01.wav") * 7, bias=(), priority=Priority.FINAL)
            )
            while recogniser.worker.state is not EngineState.BUSY:  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(0)
            following = asyncio.ensure_future(
                recogniser.recognise(clip("plain", "02.wav"), bias=(), priority=Priority.FINAL)
            )
            assert recogniser.worker.pid is not None
            os.kill(recogniser.worker.pid, signal.SIGKILL)
            with pytest.raises(EngineCrashed):
                await long
            assert (await following).hypotheses
            assert recogniser.ready
        finally:
            await recogniser.close()

    run(scenario())


def test_a_missing_model_is_told_by_start(tmp_path: Path) -> None:
    async def scenario() -> None:
        with pytest.raises(ModelMissing, match=r"model\.bin is missing"):
            await WhisperRecogniser(AsrSettings(tmp_path / "base.en")).start()

    run(scenario())
