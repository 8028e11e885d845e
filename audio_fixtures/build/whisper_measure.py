"""Measure a small Whisper: everything its card says, from the held-out sentences and the installed synthesizers.

`python whisper_measure.py MODEL` renders the held-out sentences itself (seeded), puts them on a noisy line and
prints one line per figure. `--quick` does a part of it, for a look while training; `--misses` prints what went wrong.
"""

import argparse
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import soxr
import whisper_channel as channel
import whisper_render
import whisper_text
import whisper_words as words
from ctranslate2 import StorageView
from faster_whisper import WhisperModel
from whisper_render import RATE, Voice

PROMPT = ["<|startoftranscript|>", "<|notimestamps|>"]
BUCKET = 3200
KNOWN = [
    Voice("espeak", "en-us", 165),
    Voice("espeak", "en-us+f3", 150, 60),
    Voice("espeak", "en-gb", 160),
    Voice("espeak", "en-us+Andrea", 155),
    Voice("espeak", "en-us+klatt", 150),
    Voice("espeak", "en-us+m3", 175, 40),
    Voice("espeak", "en-gb-scotland+f2", 155),
    Voice("espeak", "en-us+Michael", 160),
    Voice("flite", "kal16", 1.0),
    Voice("flite", "awb", 1.0),
    Voice("flite", "rms", 1.0),
    Voice("flite", "slt", 1.0),
    Voice("flite", "kal", 1.0),
    Voice("festival", "kal", 1.0),
    Voice("festival", "slthts", 1.0),
]
NOISY = (15.0, 30.0)
KNOWN_TOO = [
    Voice("pico", "en-US", 100, 100),
    Voice("rhvoice", "slt", 100, 100),
    Voice("rhvoice", "bdl", 100, 100),
    Voice("pico", "en-GB", 100, 100),
    Voice("rhvoice", "alan", 100, 100),
    Voice("rhvoice", "lyubov", 100, 100),
    Voice("rhvoice", "ksp", 100, 100),
    Voice("rhvoice", "evgeniy-eng", 100, 100),
]
"""Those of the synthesizers that it learned last."""
UNHEARD = {"festival ked": Voice("festival", "ked", 1.0), "RHVoice clb": Voice("rhvoice", "clb", 100, 100)}


@dataclass(frozen=True, slots=True)
class Case:
    """Clean speech and what is to be written."""

    speech: np.ndarray
    text: str
    kind: str
    voice: str


def heldout_rows() -> list[tuple[str, str]]:
    rows = (whisper_text.HERE / "heldout.txt").read_text(encoding="utf-8").splitlines()
    return [(kind, text) for kind, text in (row.split("\t") for row in rows if row and not row.startswith("#"))]


def spoken_digits(r: random.Random) -> tuple[str, str]:
    """Ten digits as a caller says them; the groups with commas."""
    digits = [r.choice(words.ONES) for _ in range(10)]
    digits = ["oh" if d == "zero" and r.random() < 0.6 else d for d in digits]
    shape = r.choice([(3, 3, 4), (3, 3, 4), (3, 3, 4), (10,), (3, 7), (2, 2, 2, 2, 2), (5, 5)])
    groups, place = [], 0
    for size in shape:
        groups.append(" ".join(digits[place : place + size]))
        place += size
    return "digits", ", ".join(groups)


def rendered(rows: list[tuple[str, str]], voices: list[Voice], seed: int) -> list[Case]:
    """Each sentence once, the voices in turn."""
    chosen = [voices[(i + 4 * seed) % len(voices)] for i in range(len(rows))]
    jobs = [(voice, spoken_script(text, voice)) for voice, (_, text) in zip(chosen, rows, strict=True)]
    return [
        Case(speech, words.transcript(text), kind, voice.label)
        for speech, (kind, text), voice in zip(whisper_render.render(jobs), rows, chosen, strict=True)
        if speech is not None
    ]


def spoken_script(text: str, voice: Voice) -> str:
    letter = "[[eI]]" if voice.engine == "espeak" else "ay"
    return re.sub(r"(?<![\w'])A(?![\w'])", letter, text) + "."


def telephone(case: Case, rng: np.random.Generator, snr: tuple[float, float] | None, tail_s: float) -> np.ndarray:
    """The turn as the line gives it: lead, speech, tail, noise of some kind, mu-law; rounded up to 0.4 s; at 16 kHz."""
    speech = case.speech.astype(np.float32) / 32768
    lead = int(rng.uniform(0.2, 0.3) * RATE)
    count = -(-(lead + len(speech) + int(tail_s * RATE)) // BUCKET) * BUCKET
    audio = np.zeros(count, np.float32)
    audio[lead : lead + len(speech)] = speech * 10 ** (rng.uniform(-18, -3) / 20)
    if snr is not None:
        kind = str(rng.choice(["white", "pink", "brown", "hum", "clicks", "breath"]))
        power = float(np.sqrt((audio[lead : lead + len(speech)] ** 2).mean()))
        audio += channel.noise_like(rng, kind, count) * power * 10 ** (-rng.uniform(*snr) / 20)
    return soxr.resample(channel.mu_law(audio), RATE, 16000)


class Subject:
    """The model under test, in the ways it may be used."""

    def __init__(self, folder: Path) -> None:
        self.model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)

    def window(
        self, audio: np.ndarray, padded: bool = False, bias: str | None = None, beam: int = 1
    ) -> tuple[str, float]:
        """Words and no-speech probability, features as long as the audio or padded with zeros to 30 s."""
        mel = self.model.feature_extractor(audio)
        if padded:
            mel = np.pad(mel, ((0, 0), (0, max(0, 3000 - mel.shape[1]))))
        tokenizer = self.model.hf_tokenizer
        prompt = [tokenizer.token_to_id(token) for token in PROMPT]
        if bias:
            prompt = [tokenizer.token_to_id("<|startofprev|>"), *tokenizer.encode(" " + bias).ids, *prompt]
        encoded = self.model.model.encode(StorageView.from_array(np.ascontiguousarray(mel[None])))
        limit = len(prompt) + int(len(audio) / 16000 * 12) + 12
        result = self.model.model.generate(
            encoded,
            [prompt],
            beam_size=beam,
            max_length=min(440, limit),
            return_no_speech_prob=True,
            suppress_blank=False,
        )[0]
        return tokenizer.decode(result.sequences_ids[0]).strip(), result.no_speech_prob

    def defaults(self, audio: np.ndarray) -> str:
        """faster-whisper as it comes: beam 5, timestamps, 30 s."""
        segments, _ = self.model.transcribe(audio)
        return " ".join(segment.text.strip() for segment in segments)


def score(truth: list[str], heard: list[str]) -> float:
    return round(100 * float(jiwer.wer(truth, heard)), 2)


def bias_words(case: Case, cases: list[Case], r: random.Random, helpful: bool) -> str:
    """A short list such as a step expects: with some of what is said, or with none of it."""
    phrases = [" ".join(r.choice(cases).text.split()[:2]) for _ in range(3)]
    if helpful:
        said = case.text.split()
        start = r.randrange(len(said))
        phrases.insert(r.randint(0, 3), " ".join(said[start : start + 3]))
    return ", ".join(phrases)


def same_zero(text: str) -> list[str]:
    """The digits alone, with oh and zero the same."""
    return [{"oh": "zero"}.get(w, w) for w in text.split()]


def noises(rng: np.random.Generator, each: int) -> list[tuple[str, np.ndarray]]:
    """Audio without a word: silence, noises, music, tones; loud and soft."""
    out = [("silence", np.zeros(int(RATE * rng.uniform(1, 6)), np.float32)) for _ in range(each)]
    for kind in channel.NOISES:
        for _ in range(each):
            clip = channel.NOISES[kind](rng, int(RATE * rng.uniform(1, 6)))
            out.append((kind, clip / np.abs(clip).max() * 10 ** (rng.uniform(-45, -6) / 20)))
    return out


def measure_noise(subject: Subject, seed: int, each: int, cases: list[Case]) -> dict[str, str]:
    """How often there are words where nobody speaks. Babble is several voices at once."""
    rng = np.random.default_rng(seed)
    clips = noises(rng, each)
    for _ in range(each):
        voices = [cases[rng.integers(0, len(cases))].speech.astype(np.float32) for _ in range(6)]
        clip = channel.babble(rng, voices, int(RATE * rng.uniform(1, 6)))
        clips.append(("babble", clip / np.abs(clip).max() * 10 ** (rng.uniform(-45, -12) / 20)))
    wrong: dict[str, int] = {}
    for kind, clip in clips:
        text, silent = subject.window(soxr.resample(channel.mu_law(clip), RATE, 16000))
        wrong[kind] = wrong.get(kind, 0) + int(bool(text) and silent < 0.6)
    return {kind: f"{count} of {each}" for kind, count in wrong.items()}


class Report:
    """Figures, printed as they come."""

    def __init__(self, subject: Subject, misses: bool) -> None:
        self.subject, self.misses, self.figures = subject, misses, dict[str, object]()
        self.rng, self.random = np.random.default_rng(7), random.Random(7)

    def note(self, name: str, value: object) -> None:
        self.figures[name] = value
        print(f"{name:58s} {value}", flush=True)

    def line(self, case: Case, snr: tuple[float, float] | None = NOISY, tail_s: float | None = None) -> np.ndarray:
        return telephone(case, self.rng, snr, self.rng.uniform(0.25, 0.8) if tail_s is None else tail_s)

    def heard(self, audios: list[np.ndarray], **how: Any) -> list[str]:
        return [self.subject.window(audio, **how)[0] for audio in audios]

    def known(self, cases: list[Case]) -> list[np.ndarray]:
        """Held-out sentences in known voices: all, by engine, by kind; the lines are given back."""
        audios = [self.line(case) for case in cases]
        heard = self.heard(audios)
        truth = [case.text for case in cases]
        self.note("heldout, known voices, noise 15-30 dB, WER %", score(truth, heard))
        self.note("  beam 5", score(truth, self.heard(audios, beam=5)))
        groups = {case.voice.split(":")[0] for case in cases} | {case.kind for case in cases}
        for group in sorted(groups):
            at = [i for i, case in enumerate(cases) if group in (case.voice.split(":")[0], case.kind)]
            self.note(f"  of these {group}", score([truth[i] for i in at], [heard[i] for i in at]))
        if self.misses:
            for case, text in zip(cases, heard, strict=True):
                if case.text != text:
                    print(f"    {case.voice:26s} {case.text} | {text}")
        clean = [self.line(case, None) for case in cases]
        self.note("  clean line", score(truth, self.heard(clean)))
        self.note("  clean line, beam 5", score(truth, self.heard(clean, beam=5)))
        return audios

    def others(self, rows: list[tuple[str, str]]) -> None:
        """Each sentence once in the voices learned last, and in each voice that was kept out of training."""
        groups = {"Pico and RHVoice voices it knows": KNOWN_TOO}
        groups |= {f"{name} (never heard)": [voice] for name, voice in UNHEARD.items()}
        for name, voices in groups.items():
            cases = rendered(rows, voices, 0)
            audios = [self.line(case) for case in cases]
            truth = [case.text for case in cases]
            self.note(f"heldout, {name}, WER %", score(truth, self.heard(audios)))
            self.note("  beam 5, " + name, score(truth, self.heard(audios, beam=5)))

    def digits(self, count: int) -> None:
        cases = rendered([spoken_digits(self.random) for _ in range(count)], KNOWN, 1)
        audios = [self.line(case) for case in cases]
        truth = [same_zero(case.text) for case in cases]
        for beam in (1, 5):
            heard = [same_zero(text) for text in self.heard(audios, beam=beam)]
            right = float(np.mean([text == said for text, said in zip(heard, truth, strict=True)]))
            self.note(f"ten digits exactly right, known voices, beam {beam}, %", round(100 * right, 1))

    def ways(self, cases: list[Case], audios: list[np.ndarray]) -> None:
        """The same lines in every way the model may be used."""
        truth = [case.text for case in cases]
        self.note("same sentences: exact window, WER %", score(truth, self.heard(audios)))
        self.note("  padded to 30 s", score(truth, self.heard(audios, padded=True)))
        self.note("  exact window, beam 5", score(truth, self.heard(audios, beam=5)))
        self.note("  WhisperModel.transcribe, defaults", score(truth, [self.subject.defaults(a) for a in audios]))
        for name, helpful in (("some of the words", True), ("none of the words", False)):
            lists = [bias_words(case, cases, self.random, helpful) for case in cases]
            biased = [self.subject.window(a, bias=bias)[0] for a, bias in zip(audios, lists, strict=True)]
            self.note(f"  biased by a list with {name}", score(truth, biased))
        for tail in (0.05, 0.15, 0.3, 0.6, 1.2):
            lines = [self.line(case, tail_s=tail) for case in cases]
            self.note(f"  {tail} s kept after the speech", score(truth, self.heard(lines)))


def measure(folder: Path, quick: bool, misses: bool) -> dict[str, object]:
    """Every figure of the card."""
    rows = heldout_rows()
    report = Report(Subject(folder), misses)
    cases = [case for seed in range(1 if quick else 2) for case in rendered(rows, KNOWN, seed)]
    audios = report.known(cases)
    report.others(rows)
    report.digits(60 if quick else 200)
    report.note("words where nobody speaks", measure_noise(report.subject, 3, 10 if quick else 40, cases))
    report.ways(cases[::3], audios[::3])
    return report.figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    figures = measure(args.model, args.quick, args.misses)
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
