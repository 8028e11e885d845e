"""Measures the voice: every figure in its card.

Word error rate of the voice and of its teacher on the held-out prompts, over an 8 kHz mu-law line, by any
number of CTranslate2 Whisper folders; likeness to the teacher sound by sound; levels; speed on one core.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import ctranslate2
import jiwer
import numpy as np
import onnxruntime
from faster_whisper.feature_extractor import FeatureExtractor
from piper import PiperVoice, SynthesisConfig
from piper.config import PiperConfig
from piper_align import HOP, durations
from piper_export import NAME
from piper_teacher import measure, phonemes, say
from piper_vocoder import RATE
from scipy.signal import resample_poly
from tokenizers import Tokenizer

PROMPTS, CALLERS = "piper_heldout.txt", "piper_heldout_callers.txt"
Speaker = Callable[[str], np.ndarray]
ODD_TEXTS = ("", " ", "?!", "\u2026", "\u260e \u6f22\u5b57 <b>", "a", "[[ h\u0259 ]]", "x" * 300)
PLAIN = SynthesisConfig(normalize_audio=False)


def prompts(name: str = PROMPTS) -> list[tuple[str, str]]:
    """(what is to be said, the words to be understood)."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and line[0] != "#"]
    pairs = [line.partition("\t") for line in lines]
    return [(text, " ".join(re.findall(r"[a-z']+", (words or text).lower()))) for text, _, words in pairs]


def load(folder: Path) -> PiperVoice:
    """The voice on one thread, as the product runs it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    graph = folder / f"{NAME}.onnx"
    config = json.loads(Path(f"{graph}.json").read_text(encoding="utf-8"))
    session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    return PiperVoice(session=session, config=PiperConfig.from_dict(config))


def speak(voice: PiperVoice, text: str) -> np.ndarray:
    """All sentences of a text at the voice's own level."""
    return np.concatenate([chunk.audio_float_array for chunk in voice.synthesize(text, PLAIN)])


def telephone(audio: np.ndarray) -> np.ndarray:
    """Peak 0.6, 8 kHz, a little silence, noise at -55 dBFS, mu-law by formula; then 16 kHz for Whisper."""
    audio = resample_poly(audio / np.abs(audio).max() * 0.6, 8000, RATE)
    audio = np.concatenate([np.zeros(1600), audio, np.zeros(2400)])
    audio = audio + np.random.default_rng(0).normal(0, 10 ** (-55 / 20), audio.shape)
    level = np.round((np.sign(audio) * np.log1p(255 * np.abs(audio)) / np.log(256) + 1) / 2 * 255) / 255 * 2 - 1
    return resample_poly(np.sign(level) * (256 ** np.abs(level) - 1) / 255, 2, 1).astype(np.float32)


class Listener:
    """A Whisper folder, given features as long as the utterance and the prompt it was trained with."""

    def __init__(self, folder: Path) -> None:
        self.model = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="int8", intra_threads=1)
        self.tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.features = FeatureExtractor()
        names = ("<|startoftranscript|>", "<|notimestamps|>")
        self.prompt = [self.tokens.token_to_id(name) for name in names]

    def words(self, audio: np.ndarray) -> str:
        heard = self.features(audio)[:, : len(audio) // 160]
        view = ctranslate2.StorageView.from_array(np.ascontiguousarray(heard[None], dtype=np.float32))
        result = self.model.generate(self.model.encode(view), [self.prompt], beam_size=1, max_length=80)
        text = self.tokens.decode(result[0].sequences_ids[0]).lower()
        return " ".join(re.findall(r"[a-z']+", text))


def understood(folder: Path, speakers: dict[str, Speaker], source: str, show: bool) -> None:
    """Prints each speaker's word error rate and the share of prompts understood without any error."""
    listener, pairs = Listener(folder), prompts(source)
    for name, speaker in speakers.items():
        heard = [listener.words(telephone(speaker(text))) for text, _ in pairs]
        wanted = [words for _, words in pairs]
        exact = np.mean([a == b for a, b in zip(wanted, heard, strict=False)])
        error = jiwer.wer(wanted, heard)
        print(f"{folder.name}, {source}, {name}: WER {error:.3f}, exact {exact:.2f} of {len(pairs)}")
        for want, got in zip(wanted, heard, strict=False) if show else ():
            print(f"    {'  ' if want == got else 'x '}{want} | {got}")


def per_sound(audio: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """(sounds, 43): frames, mean log-F0 (nan where unvoiced) and mean cepstrum of every sound."""
    found, rows, ends = measure(audio.astype(np.float64)), [], np.cumsum(frames)
    for end, length in zip(ends, frames, strict=False):
        part = slice(int(end - length), int(end))
        f0 = found["f0"][part]
        voiced = f0[f0 > 0]
        pitch = np.log(voiced).mean() if len(voiced) * 2 > len(f0) else np.nan
        envelope = found["cepstrum"][part].mean(0) if len(f0) else np.full(41, np.nan)
        rows.append([length, pitch, *envelope])
    return np.array(rows)


def likeness(voice: PiperVoice) -> None:
    """Prints how far lengths, pitch and envelope of every sound follow the teacher's, on the prompts."""
    ours, theirs = [], []
    for text, _ in prompts():
        said, (audio, utterances) = phonemes(text), say(text)
        chunks = list(voice.synthesize(text, PLAIN, include_alignments=True))
        if len(said) != 1 or len(utterances) != 1 or len(chunks) != 1:
            continue
        frames, cost = durations(["^", *said[0], "$"], utterances[0])
        mine = chunks[0].phoneme_id_samples[0::2] // HOP
        sounding = np.array([c.isalpha() for c in ["^", *said[0], "$"]]) & (frames > 0) & (mine > 0)
        if cost < 0.12:
            theirs.append(per_sound(audio, frames)[sounding])
            ours.append(per_sound(chunks[0].audio_float_array, mine)[sounding])
    a, b = np.concatenate(ours), np.concatenate(theirs)
    voiced = ~np.isnan(a[:, 1]) & ~np.isnan(b[:, 1])
    gap = a[:, 4:] - b[:, 4:]
    distortion = 10 / np.log(10) * np.sqrt(2 * (gap**2).sum(1)).mean()
    print(
        f"likeness to the teacher over {len(a)} sounds: length r {np.corrcoef(a[:, 0], b[:, 0])[0, 1]:.2f}, "
        f"log-F0 r {np.corrcoef(a[voiced, 1], b[voiced, 1])[0, 1]:.2f}, cepstral distance {distortion:.1f} dB"
    )


def levels(voice: PiperVoice) -> None:
    """Prints peaks, the spread of loudness between prompts and the largest step inside silence."""
    spoken = [speak(voice, text) for text, _ in prompts()]
    peaks = [float(np.abs(audio).max()) for audio in spoken]
    active = [audio[np.abs(audio) > 0.02] for audio in spoken]
    loud = [20 * np.log10(np.sqrt(np.mean(audio**2))) for audio in active]
    edges = max(max(abs(audio[0]), abs(audio[-1])) for audio in spoken)
    print(
        f"level: peak {min(peaks):.2f} to {max(peaks):.2f}, loudness {np.mean(loud):.1f} dBFS "
        f"(sd {np.std(loud):.1f} dB), largest first or last sample {edges:.4f}"
    )


def speed(voice: PiperVoice) -> None:
    """Prints the real-time factor on one thread, and times for the shortest and the longest inputs."""
    texts = [text for text, _ in prompts()]
    for text in texts:
        speak(voice, text)
    begin, seconds = time.process_time(), 0.0
    for text in texts:
        seconds += len(speak(voice, text)) / RATE
    factor = (time.process_time() - begin) / seconds
    print(f"real-time factor {factor:.3f} over {seconds:.0f} s, with phonemizing")
    for count in (1, 500):
        ids = [1, 0, *[59, 0] * count, 2]
        begin = time.process_time()
        audio = voice.phoneme_ids_to_audio(ids)
        print(f"{count} phonemes: {len(audio) / RATE:.2f} s of audio in {time.process_time() - begin:.3f} s")


def behaviour(voice: PiperVoice) -> None:
    """Prints what holds of sameness, length_scale, alignments and odd texts."""
    text = "Hello, is that right?"
    same = np.array_equal(speak(voice, text), speak(voice, text))
    sizes = [
        sum(len(c.audio_float_array) for c in voice.synthesize(text, SynthesisConfig(length_scale=s)))
        for s in (0.7, 1.0, 1.5)
    ]
    chunks = voice.synthesize(text, include_alignments=True)
    whole = all(chunk.phoneme_id_samples.sum() == len(chunk.audio_float_array) for chunk in chunks)
    sound = {odd: all(np.isfinite(c.audio_float_array).all() for c in voice.synthesize(odd)) for odd in ODD_TEXTS}
    print(
        f"same text same audio: {same}; alignments add up: {whole}; odd texts pass: {all(sound.values())}; "
        f"length_scale 0.7 and 1.5: {sizes[0] / sizes[1]:.2f} and {sizes[2] / sizes[1]:.2f} of the length"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("voice", type=Path, help="folder of the voice")
    parser.add_argument("whisper", type=Path, nargs="*", help="CTranslate2 Whisper folders to listen with")
    parser.add_argument("--show", action="store_true", help="print what was heard")
    options = parser.parse_args()
    voice = load(options.voice)
    behaviour(voice)
    levels(voice)
    speed(voice)
    likeness(voice)
    print(f"folder {sum(f.stat().st_size for f in options.voice.iterdir()) / 1e6:.2f} MB")
    speakers: dict[str, Speaker] = {
        "this voice": lambda text: speak(voice, text),
        "teacher": lambda text: say(text)[0],
    }
    for folder in options.whisper:
        for source in (PROMPTS, CALLERS):
            understood(folder, speakers, source, options.show)


if __name__ == "__main__":
    main()
