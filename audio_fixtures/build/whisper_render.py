"""Speech for the small Whisper out of five synthesizers: espeak-ng, flite, festival, SVOX Pico and RHVoice.

A wave is raw, clean 8 kHz speech (`.npy`, int16, each utterance trimmed to the first and last sound) with its texts,
voices and where each one ends (`.json`); level, channel, noise, mu-law and silence are added afresh each time it is
used (`whisper_channel`). `python whisper_render.py OUT --seed 1 --count 2500 --shards 4` writes OUT/wave-1-0.npy and
so on.
"""

import argparse
import io
import json
import random
import re
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr
import ttspico
import whisper_text
import whisper_words as words

RATE = 8000
LONGEST_S = 14.0
ACCENTS = (
    "en-us en-us en-us en-us en-us en-us en-us en-us en-us en-us en-us en-us en-us en-gb en-gb en-gb-x-rp en-gb-x-rp "
    "en-gb-scotland en-gb-scotland en-029 en-us-nyc en-gb-x-gbclan en-gb-x-gbcwmd"
).split()
VARIANTS = (
    "plain plain plain plain plain plain m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 klatt klatt2 klatt3 klatt4 klatt5 "
    "klatt6 Andrea Michael Alex Alicia Andy Annie Denis Diogo Gene Gene2 Hugo Jacky Lee Marco Mario Mike Nguyen adam "
    "anika announcer antonio aunty belinda benjamin boris caleb david ed edward edward2 grandma grandpa gustave iven "
    "iven2 iven3 john kaukovalta linda marcelo max michel miguel norbert pablo paul pedro quincy rob robert sandro "
    "shelby steph steph2 steph3 travis victor zac RicishayMax Mr_serious"
).split()
FLITE_PITCH = {"kal": (85, 135), "kal16": (85, 135), "awb": (0, 0), "rms": (0, 0), "slt": (140, 215)}
FESTIVAL = {"kal": "voice_kal_diphone", "slthts": "voice_cmu_us_slt_arctic_hts", "ked": "voice_ked_diphone"}
PICO = ("en-US", "en-GB")
RHVOICE = ("slt", "bdl", "alan", "lyubov", "ksp", "evgeniy-eng")


@dataclass(frozen=True, slots=True)
class Voice:
    """A way to say something: engine (espeak, flite, festival, pico, rhvoice), voice, and how fast and high."""

    engine: str
    name: str
    speed: float = 1.0
    pitch: int = 50
    gap: int = 0

    @property
    def label(self) -> str:
        return f"{self.engine}:{self.name}"


def random_voice(r: random.Random) -> Voice:
    """A voice for training. festival's ked and RHVoice's clb are never among them: they stay unheard."""
    engine = r.choices(["espeak", "flite", "festival", "pico", "rhvoice"], [24, 20, 8, 18, 30])[0]
    if engine == "espeak":
        accent, variant = r.choice(ACCENTS), r.choice(VARIANTS)
        name = accent + ("" if variant == "plain" else f"+{variant.replace('_', ' ')}")
        return Voice("espeak", name, r.uniform(115, 200), r.randint(15, 85), r.choice([0, 0, 0, 1, 3, 5]))
    if engine == "flite":
        name = r.choice(["kal", "kal16", "awb", "awb", "rms", "rms", "slt", "slt"])
        low, high = FLITE_PITCH[name]
        pitch = r.randint(low, high) if high and r.random() < 0.6 else 0
        return Voice("flite", name, r.uniform(0.78, 1.3), pitch)
    if engine == "festival":
        return Voice("festival", r.choice(["kal", "slthts"]), r.choice([0.85, 1.0, 1.0, 1.15, 1.3]))
    if engine == "pico":
        return Voice("pico", r.choice(PICO), r.uniform(80, 125), r.randint(70, 140))
    return Voice("rhvoice", r.choice(RHVOICE), r.uniform(80, 130), r.randint(80, 125))


def script(r: random.Random, spoken: str, engine: str) -> str:
    """The text as the engine should be given it: letters it will name, now and then a pause or a question mark."""
    if r.random() < 0.35:
        spoken = re.sub(r"\b([AP]) M\b", lambda m: f"{m.group(1).lower()}.m.", spoken)
    letter_a = "[[eI]]" if engine == "espeak" else "ay"
    text = re.sub(r"(?<![\w'])A(?![\w'])", letter_a, spoken)
    if r.random() < 0.2:
        text = text.replace(",", "")
    if r.random() < 0.12:
        tokens = text.split()
        place = r.randrange(len(tokens))
        tokens[place] = tokens[place].rstrip(",") + r.choice([",", ",", " ... ", "."])
        text = " ".join(tokens)
    return text.strip(" ,") + r.choice(["", "", ".", ".", ".", "?", "!"])


def espeak(voice: Voice, text: str) -> tuple[np.ndarray, int]:
    command = [
        "espeak-ng",
        "-v",
        voice.name,
        "-s",
        str(int(voice.speed)),
        "-p",
        str(voice.pitch),
        "-g",
        str(voice.gap),
        "--stdout",
        text,
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30)
    return np.frombuffer(done.stdout[44:], dtype="<i2").astype(np.float32) / 32768, 22050


def flite(voice: Voice, text: str) -> tuple[np.ndarray, int]:
    with tempfile.NamedTemporaryFile(suffix=".wav") as out:
        command = ["flite", "-voice", voice.name, "--setf", f"duration_stretch={voice.speed:.2f}"]
        if voice.pitch:
            command += ["--setf", f"int_f0_target_mean={voice.pitch}"]
        subprocess.run([*command, "-t", text, "-o", out.name], capture_output=True, check=True, timeout=30)
        audio, rate = sf.read(io.BytesIO(Path(out.name).read_bytes()), dtype="float32")
        return audio, rate


@cache
def pico_engine(language: str) -> ttspico.TtsEngine:
    return ttspico.TtsEngine(language)


def pico(voice: Voice, text: str) -> tuple[np.ndarray, int]:
    """Speed and pitch are percents of its own."""
    marked = f'<speed level="{int(voice.speed)}"><pitch level="{voice.pitch}">{text}</pitch></speed>'
    return np.frombuffer(pico_engine(voice.name).speak(marked), dtype="<i2").astype(np.float32) / 32768, 16000


def rhvoice(voice: Voice, text: str) -> tuple[np.ndarray, int]:
    """Speed and pitch are percents of its own."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as out:
        command = ["RHVoice-test", "-p", voice.name, "-r", str(int(voice.speed)), "-t", str(voice.pitch)]
        subprocess.run([*command, "-o", out.name], input=text.encode(), capture_output=True, check=True, timeout=30)
        audio, rate = sf.read(io.BytesIO(Path(out.name).read_bytes()), dtype="float32")
        return audio, rate


ENGINES = {"espeak": espeak, "flite": flite, "pico": pico, "rhvoice": rhvoice}


def festival(jobs: list[tuple[Voice, str]]) -> list[tuple[np.ndarray, int] | None]:
    """All of the jobs in one festival process, since it takes long to start."""
    with tempfile.TemporaryDirectory() as folder:
        lines = ["(define (say t f) (utt.save.wave (utt.synth (eval (list 'Utterance 'Text t))) f 'riff))"]
        for number, (voice, text) in sorted(enumerate(jobs), key=lambda job: job[1][0].name):
            safe = text.replace("\\", " ").replace('"', " ")
            lines.append(f"({FESTIVAL[voice.name]}) (Parameter.set 'Duration_Stretch {voice.speed})")
            lines.append(f'(say "{safe}" "{folder}/{number}.wav")')
        (Path(folder) / "jobs.scm").write_text("\n".join(lines), encoding="ascii", errors="ignore")
        subprocess.run(["festival", "-b", f"{folder}/jobs.scm"], capture_output=True, check=False, timeout=1200)
        files = [Path(folder) / f"{number}.wav" for number in range(len(jobs))]
        return [
            sf.read(file, dtype="float32") if file.exists() and file.stat().st_size > 1000 else None for file in files
        ]


def trimmed(audio: np.ndarray, rate: int) -> np.ndarray | None:
    """Telephone rate, full level, from the first sound to the last; None when there is next to none."""
    audio = soxr.resample(audio, rate, RATE) if rate != RATE else audio
    peak = float(np.abs(audio).max(initial=0.0))
    if peak < 1e-3:
        return None
    frame = 80
    count = len(audio) // frame
    energy = np.sqrt((audio[: count * frame].reshape(count, frame) ** 2).mean(1))
    loud = np.flatnonzero(energy > energy.max() * 0.006)
    if len(loud) < 8:
        return None
    piece = audio[max(0, loud[0] - 1) * frame : (loud[-1] + 2) * frame] / peak * 0.9
    return (piece * 32767).astype(np.int16) if len(piece) < LONGEST_S * RATE else None


def render(jobs: Iterable[tuple[Voice, str]]) -> list[np.ndarray | None]:
    """Each job's speech, in order."""
    jobs = list(jobs)
    slow = [number for number, (voice, _) in enumerate(jobs) if voice.engine == "festival"]
    raw: dict[int, tuple[np.ndarray, int] | None] = {}
    for start in range(0, len(slow), 200):
        part = slow[start : start + 200]
        raw.update(zip(part, festival([jobs[number] for number in part]), strict=True))
    for number, (voice, text) in enumerate(jobs):
        if voice.engine == "festival":
            continue
        try:
            raw[number] = ENGINES[voice.engine](voice, text)
        except (subprocess.SubprocessError, sf.LibsndfileError):
            raw[number] = None
    return [None if (item := raw[number]) is None else trimmed(*item) for number in range(len(jobs))]


def write_shard(path: Path, seed: int, count: int, dialogues: list[str], names: float) -> int:
    r = random.Random(seed)
    spoken = [whisper_text.sentence(r, dialogues, names) for _ in range(count)]
    voices = [random_voice(r) for _ in range(count)]
    jobs = [(voice, script(r, text, voice.engine)) for voice, text in zip(voices, spoken, strict=True)]
    kept = [
        (speech, words.transcript(text), voice.label)
        for speech, text, voice in zip(render(jobs), spoken, voices, strict=True)
        if speech is not None
    ]
    ends = np.cumsum([len(speech) for speech, _, _ in kept]).tolist()
    meta = {"text": [text for _, text, _ in kept], "voice": [label for _, _, label in kept], "ends": ends}
    path.with_suffix(".json").write_text(json.dumps(meta))
    part = path.with_suffix(".part.npy")
    np.save(part, np.concatenate([speech for speech, _, _ in kept]))
    part.rename(path)
    return len(kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2500)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--dialogues", type=Path, help="sentences of whisper_dialogues.py, to draw from as well")
    parser.add_argument("--names", type=float, default=0.0, help="share of answers to the question for a name")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    dialogues = args.dialogues.read_text(encoding="utf-8").splitlines() if args.dialogues else []
    for shard in range(args.shards):
        path = args.out / f"wave-{args.seed}-{shard}.npy"
        if not path.exists():
            print(path.name, write_shard(path, args.seed * 1000 + shard, args.count, dialogues, args.names), flush=True)


if __name__ == "__main__":
    main()
