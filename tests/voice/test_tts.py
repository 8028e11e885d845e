"""The voice that comes with Switchboard, its process and its cache."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import audio_fixtures
from voice import piper_voice
from voice.audio import SILENCE, decode, first_audible
from voice.errors import EngineCrashed, ModelMissing
from voice.piper_voice import TtsSettings, Voice
from voice.prompt_cache import AudioStore
from voice.tts import PiperSynthesiser
from voice.worker import EngineState

VOICE = audio_fixtures.ROOT / "models" / "piper-switchboard" / "en_US-switchboard-x_low.onnx"
SETTINGS = TtsSettings(VOICE)
SENTENCE = "Thank you for calling Northside Heating."
LONG = "I can help you with your heating, and I will need your name, your number, and your address. " * 6


@pytest.fixture(scope="module")
def voice() -> Voice:
    return Voice(SETTINGS)


def copied_voice(folder: Path) -> Path:
    copy = folder / VOICE.name
    for suffix in ("", ".json"):
        shutil.copy(f"{VOICE}{suffix}", f"{copy}{suffix}")
    return copy


def run(work: Coroutine[Any, Any, None]) -> None:
    async def within_a_limit() -> None:
        async with asyncio.timeout(60):
            await work

    asyncio.run(within_a_limit())


def with_voice(settings: TtsSettings, scenario: Callable[[PiperSynthesiser], Awaitable[None]]) -> None:
    async def started() -> None:
        synthesiser = PiperSynthesiser(settings)
        await synthesiser.start()
        try:
            await scenario(synthesiser)
        finally:
            await synthesiser.close()

    run(started())


async def said(synthesiser: PiperSynthesiser, text: str, *, ahead: bool = False, fixed: bool = True) -> bytes:
    return b"".join([piece async for piece in synthesiser.speak(text, ahead=ahead, fixed=fixed)])


async def busy(synthesiser: PiperSynthesiser) -> None:
    """Until the engine is at work."""
    while synthesiser.worker.state is not EngineState.BUSY:  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0)


def level_db(mulaw: bytes) -> float:
    return 20 * float(np.log10(piper_voice._speech_level(decode(mulaw)) / 32768))


# ---- what is rendered --------------------------------------------------------------------------------------


def test_the_first_sound_comes_early_and_the_pause_is_exact(voice: Voice) -> None:
    for text in (SENTENCE, "Okay.", "What's going on with your system?"):
        audio = voice.render(text)
        start = first_audible(audio)
        assert start is not None
        assert start <= 40 * 8
        assert first_audible(audio[-1200:]) is None
        assert first_audible(audio[-1240:]) is not None


def test_the_level_is_steady_and_nothing_clips(voice: Voice) -> None:
    """A word and a sentence differ by what the speaker does, not by a normalisation of each."""
    levels = [level_db(voice.render(text)) for text in (SENTENCE, "Okay.", "Is that right?", LONG)]
    assert all(abs(level - SETTINGS.level_db) < 4 for level in levels), levels
    assert int(np.abs(decode(voice.render(LONG))).max()) < 32124


def test_the_level_is_what_is_set() -> None:
    quiet = Voice(replace(SETTINGS, level_db=-30.0)).render(SENTENCE)
    assert level_db(quiet) == pytest.approx(-30, abs=3)


def test_the_same_text_sounds_the_same(voice: Voice) -> None:
    assert voice.render(SENTENCE) == voice.render(SENTENCE)


def test_a_greater_length_scale_is_slower(voice: Voice) -> None:
    usual = len(voice.render(SENTENCE))
    slow = len(Voice(replace(SETTINGS, length_scale=1.5)).render(SENTENCE))
    assert 1.2 * usual < slow < 1.7 * usual


def test_several_sentences_are_one_utterance(voice: Voice) -> None:
    both = len(voice.render(f"{SENTENCE} Is that right?"))
    assert both > 0.8 * (len(voice.render(SENTENCE)) + len(voice.render("Is that right?")))


@pytest.mark.parametrize("text", ["", "   ", "...", "—"])
def test_what_nobody_can_pronounce_is_no_audio(voice: Voice, text: str) -> None:
    assert voice.render(text) == b""


def test_what_is_too_loud_is_bent() -> None:
    wave = np.linspace(-3, 3, 1001).astype(np.float32)
    bent = piper_voice._bent(wave).astype(np.int32)
    assert (np.diff(bent) >= 0).all()
    assert bent[-1] == -bent[0] <= 32767
    inside = np.abs(wave) <= 0.8
    assert np.abs(bent[inside] - wave[inside] * 32767).max() <= 1


def test_the_trim_keeps_what_is_there() -> None:
    pcm = np.concatenate((np.zeros(4000), np.full(100, 1000), np.zeros(500))).astype(np.int16)
    trimmed = piper_voice._trimmed(pcm, 1200)
    assert trimmed.size == 240 + 100 + 1200
    assert np.flatnonzero(trimmed).tolist() == list(range(240, 340))
    assert piper_voice._trimmed(pcm[3990:4100], 0).size == 110
    assert piper_voice._trimmed(pcm[:4000], 1200).size == 0


# ---- the cache ---------------------------------------------------------------------------------------------


def test_pieces_are_whole_frames_but_the_last(tmp_path: Path) -> None:
    async def scenario(synthesiser: PiperSynthesiser) -> None:
        pieces = [piece async for piece in synthesiser.speak(LONG)]
        assert len(pieces) > 3
        assert all(len(piece) % 160 == 0 for piece in pieces[:-1])
        assert pieces[-1]

    with_voice(replace(SETTINGS, cache=tmp_path), scenario)


def test_a_fixed_text_outlives_the_engine_and_another_does_not(tmp_path: Path) -> None:
    settings = replace(SETTINGS, cache=tmp_path)
    kept: list[bytes] = []

    async def first(synthesiser: PiperSynthesiser) -> None:
        assert not synthesiser.cached(SENTENCE)
        kept.append(await said(synthesiser, f"  {SENTENCE}\n"))
        await said(synthesiser, "Karen Mitchell.", fixed=False)
        assert synthesiser.cached(SENTENCE)
        assert synthesiser.cached("Karen Mitchell.")

    async def second(synthesiser: PiperSynthesiser) -> None:
        assert synthesiser.cached(SENTENCE)
        assert not synthesiser.cached("Karen Mitchell.")
        pid = synthesiser.worker.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)  # the engine can't have rendered it
        try:
            kept.append(await said(synthesiser, SENTENCE))
        finally:
            os.kill(pid, signal.SIGCONT)

    with_voice(settings, first)
    with_voice(settings, second)
    assert kept[0] == kept[1]
    assert [file.suffix for file in tmp_path.rglob("*.*")] == [".ulaw"]


def test_other_settings_are_another_cache(tmp_path: Path) -> None:
    async def scenario(synthesiser: PiperSynthesiser) -> None:
        assert not synthesiser.cached(SENTENCE)
        await said(synthesiser, SENTENCE)

    with_voice(replace(SETTINGS, cache=tmp_path), scenario)
    voice = copied_voice(tmp_path)
    with voice.with_name(f"{voice.name}.json").open("a", encoding="utf-8") as description:
        description.write("\n")
    with_voice(replace(SETTINGS, cache=tmp_path, voice=voice), scenario)


def test_every_setting_that_is_heard_is_in_the_key() -> None:
    slower, quieter = replace(SETTINGS, length_scale=1.1), replace(SETTINGS, level_db=-23.0)
    changed = (SETTINGS, slower, quieter, replace(SETTINGS, pause_ms=0))
    assert len({PiperSynthesiser(settings)._key(SENTENCE) for settings in changed}) == 4


def test_a_damaged_file_is_rendered_again(tmp_path: Path) -> None:
    settings = replace(SETTINGS, cache=tmp_path)
    spoken: list[bytes] = []

    async def scenario(synthesiser: PiperSynthesiser) -> None:
        spoken.append(await said(synthesiser, SENTENCE))

    with_voice(settings, scenario)
    (file,) = tmp_path.rglob("*.ulaw")
    whole = file.read_bytes()
    file.write_bytes(whole[:-100])
    with_voice(settings, scenario)
    assert spoken[1] == spoken[0]
    assert file.read_bytes() == whole


def test_damage_of_every_kind_is_noticed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = AudioStore(tmp_path, memory_mb=1, disk_mb=1)
    store.write("key", bytes(range(256)))
    assert store.read("key") == bytes(range(256))
    file = tmp_path / "ke" / "key.ulaw"
    whole = file.read_bytes()
    for damaged in (
        whole[:-1],
        whole[:10],
        b"",
        whole + b"x",
        whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
    ):
        file.write_bytes(damaged)
        assert store.read("key") is None
        assert not file.exists()
    assert caplog.text.count("damaged") == 5


def test_a_folder_that_cannot_be_written_costs_no_word(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")

    async def scenario(synthesiser: PiperSynthesiser) -> None:
        assert await said(synthesiser, SENTENCE)
        assert await said(synthesiser, SENTENCE)

    with_voice(replace(SETTINGS, cache=tmp_path / "cache"), scenario)
    assert "can't be written" in caplog.text


def test_several_who_want_the_same_have_it_rendered_once() -> None:
    async def scenario(synthesiser: PiperSynthesiser) -> None:
        tasks = [asyncio.ensure_future(said(synthesiser, SENTENCE)) for _ in range(5)]
        await busy(synthesiser)
        assert synthesiser.worker.waiting == 0
        assert len(synthesiser._renderings) == 1
        results = await asyncio.gather(*tasks)
        assert len(set(results)) == 1
        assert not synthesiser._renderings

    with_voice(SETTINGS, scenario)


def test_one_of_several_may_leave_and_the_last_takes_the_work_away() -> None:
    async def scenario(synthesiser: PiperSynthesiser) -> None:
        long = asyncio.ensure_future(said(synthesiser, LONG))
        await busy(synthesiser)
        stays, leaves = (asyncio.ensure_future(said(synthesiser, SENTENCE)) for _ in range(2))
        alone = asyncio.ensure_future(said(synthesiser, "Nobody will hear this."))
        while synthesiser.worker.waiting < 2:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0)
        leaves.cancel()
        alone.cancel()
        await asyncio.gather(leaves, alone, return_exceptions=True)
        await asyncio.sleep(0)
        assert synthesiser.worker.waiting == 1
        assert await stays
        assert await long
        assert await said(synthesiser, "Nobody will hear this.")

    with_voice(SETTINGS, scenario)


def test_what_is_wanted_now_overtakes_what_was_wanted_ahead() -> None:
    async def scenario(synthesiser: PiperSynthesiser) -> None:
        order: list[str] = []

        async def speak(text: str, ahead: bool) -> None:
            await said(synthesiser, text, ahead=ahead)
            order.append(text)

        long = asyncio.ensure_future(said(synthesiser, LONG))
        await busy(synthesiser)
        tasks = [asyncio.ensure_future(speak(text, True)) for text in ("One.", "Two.", "Three.")]
        while synthesiser.worker.waiting < 3:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0)
        tasks.append(asyncio.ensure_future(speak("Three.", False)))
        await asyncio.gather(long, *tasks)
        assert order == ["Three.", "Three.", "One.", "Two."]

    with_voice(SETTINGS, scenario)


def test_killed_in_mid_sentence_the_next_is_spoken() -> None:
    async def scenario(synthesiser: PiperSynthesiser) -> None:
        long = asyncio.ensure_future(said(synthesiser, LONG))
        await busy(synthesiser)
        assert synthesiser.worker.pid is not None
        os.kill(synthesiser.worker.pid, signal.SIGKILL)
        with pytest.raises(EngineCrashed):
            await long
        assert await said(synthesiser, SENTENCE)
        assert await said(synthesiser, LONG)

    with_voice(SETTINGS, scenario)


def test_nothing_to_say_does_not_trouble_the_engine() -> None:
    async def scenario() -> None:
        assert await said(PiperSynthesiser(SETTINGS), " \n") == b""

    run(scenario())


def test_memory_keeps_the_recent() -> None:
    store = AudioStore(None, memory_mb=0.001, disk_mb=1)
    for key in ("a", "b", "c"):
        store.remember(key, SILENCE * 400)
        store.in_memory("a")
    assert (store.has("a"), store.has("b"), store.has("c")) == (True, False, True)
    store.remember("big", SILENCE * 5000)
    assert not store.has("big")
    assert not store.has("a")


def test_the_disk_keeps_the_recent(tmp_path: Path) -> None:
    store = AudioStore(tmp_path, memory_mb=1, disk_mb=0.001)
    for age, key in enumerate(("newest", "older", "oldest")):
        store.write(key, SILENCE * 400)
        os.utime(tmp_path / key[:2] / f"{key}.ulaw", (1e9 - age, 1e9 - age))
    (tmp_path / "ne" / "abandoned.part").touch()
    store.prune()
    assert [store.read(key) is not None for key in ("newest", "older", "oldest")] == [True, True, False]
    assert not list(tmp_path.rglob("*.part"))


# ---- the voice's files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_a_missing_file_is_named(tmp_path: Path, suffix: str) -> None:
    voice = copied_voice(tmp_path)
    Path(f"{voice}{suffix}").unlink()
    message = rf"{re.escape(voice.name + suffix)} is missing: .*`switchboard models get {voice.stem}`"
    with pytest.raises(ModelMissing, match=message):
        Voice(replace(SETTINGS, voice=voice))

    async def scenario() -> None:
        with pytest.raises(ModelMissing, match=message):
            await PiperSynthesiser(replace(SETTINGS, voice=voice)).start()

    run(scenario())


@pytest.mark.parametrize(("suffix", "content"), [("", b""), ("", b"garbage"), (".json", b"{"), (".json", b"{}")])
def test_a_broken_file_is_a_missing_model(tmp_path: Path, suffix: str, content: bytes) -> None:
    voice = copied_voice(tmp_path)
    Path(f"{voice}{suffix}").write_bytes(content)
    with pytest.raises(ModelMissing, match=r"can't be loaded .*`switchboard models get"):
        Voice(replace(SETTINGS, voice=voice))


def test_piper_is_imported_by_the_engines_process_alone(tmp_path: Path) -> None:
    """Piper is GPL-3; the server's process must not load it."""
    program = tmp_path / "program.py"
    program.write_text(
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from voice.piper_voice import TtsSettings\n"
        "from voice.tts import PiperSynthesiser\n"
        "async def main():\n"
        f"    synthesiser = PiperSynthesiser(TtsSettings(Path({str(VOICE)!r})))\n"
        "    await synthesiser.start()\n"
        "    print(sum([len(piece) async for piece in synthesiser.speak('Hello.')]) > 0)\n"
        "    await synthesiser.close()\n"
        "    print([name for name in sys.modules if name.split('.')[0] in ('piper', 'onnxruntime')])\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n",
        encoding="utf-8",
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "True\n[]\n"), done.stderr
