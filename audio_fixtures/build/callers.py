"""Records the callers of callers.yaml with free synthesizers and writes audio_fixtures/calls.

    python audio_fixtures/build/callers.py [NAME ...]

Needs espeak-ng, flite and festival (kal diphone) on the PATH, and the project installed. The same texts give
the same files: the synthesizers are deterministic and the noise is seeded by the caller's name. Voices of the
agent's family (slt) and the one kept from the recogniser's training (festival's ked) are not used.
"""

import re
import subprocess
import sys
import tempfile
import wave
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr
import yaml

from voice.audio import LINE_RATE, encode, samples
from voice.scenario import parse, wav_of_mulaw

Sound = npt.NDArray[np.float64]
HERE = Path(__file__).parent
CALLS = HERE.parent / "calls"

VOICE_DB = -20.0
"""Level of the voice on the line, RMS over its speech, relative to full scale."""
LINE_NOISE_DB = -62.0
"""Level of a good line's hiss."""
LEAD_MS, TAIL_MS = 80, 120
"""Line noise before the first and behind the last word of a clip."""
LOOP_MS = 4000
BAND_HZ = (150.0, 3650.0)
ESPEAK_WORDS_A_MINUTE = 170


def synthesized(voice: dict[str, Any], text: str) -> Sound:
    """Clean speech at the line's rate."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/out.wav"
        match voice["engine"]:
            case "flite":
                stretch = f"duration_stretch={1 / voice['tempo']:.3f}"
                command = ["flite", "-voice", voice["name"], "--setf", stretch, "-t", text, "-o", path]
            case "espeak":
                speed = str(round(ESPEAK_WORDS_A_MINUTE * voice["tempo"]))
                command = ["espeak-ng", "-v", voice["name"], "-s", speed, "-w", path, text]
            case "festival":
                said = text.replace('"', "")
                stretch = f"(Parameter.set 'Duration_Stretch {1 / voice['tempo']:.3f})"
                script = f"{folder}/say.scm"
                say = f'(utt.save.wave (utt.synth (Utterance Text "{said}")) "{path}" \'riff)'
                Path(script).write_text(f"(voice_{voice['name']})\n{stretch}\n{say}\n", encoding="ascii")
                command = ["festival", "-b", script]
            case other:
                raise SystemExit(f"no engine {other}")
        subprocess.run(command, check=True, capture_output=True)
        with wave.open(path) as file:
            pcm = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            return soxr.resample(pcm.astype(np.float64) / 32768, file.getframerate(), LINE_RATE)


def trimmed(sound: Sound) -> Sound:
    """From the first sound to the last."""
    loud = np.flatnonzero(np.abs(sound) > np.abs(sound).max() * 0.01)
    return sound[loud[0] : loud[-1] + 1]


def speech(voice: dict[str, Any], line: str) -> Sound:
    """A whole clip's words, with the pauses that the line writes as [ms]."""
    pieces = re.split(r"\[(\d+)\]", line)
    parts = [trimmed(synthesized(voice, text)) for text in pieces[::2]]
    for place, pause in enumerate(pieces[1::2]):
        parts.insert(2 * place + 1, np.zeros(samples(int(pause))))
    sound = banded(np.concatenate(parts))
    loud = np.abs(sound) > np.abs(sound).max() * 0.05
    return sound * 10 ** (VOICE_DB / 20) / np.sqrt(np.mean(sound[loud] ** 2))


def banded(sound: Sound) -> Sound:
    """What a telephone's band lets through."""
    hertz = np.maximum(np.fft.rfftfreq(2 * len(sound), 1 / LINE_RATE), 1.0)
    gain = 1 / np.sqrt(1 + (BAND_HZ[0] / hertz) ** 4) / np.sqrt(1 + (hertz / BAND_HZ[1]) ** 12)
    return np.fft.irfft(np.fft.rfft(sound, 2 * len(sound)) * gain, 2 * len(sound))[: len(sound)]


def hiss(rng: np.random.Generator, count: int, db: float) -> Sound:
    """Pink noise of a level."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(count, 1 / LINE_RATE), 60.0))
    noise = np.fft.irfft(spectrum, count)
    return noise * 10 ** (db / 20) / np.sqrt(np.mean(noise**2))


def fan(rng: np.random.Generator, count: int, db: float) -> Sound:
    """A fan beside the telephone: hiss that swells slowly, and mains hum. Joins its own beginning."""
    t = np.arange(count) / LINE_RATE
    turns = round(count / LINE_RATE * 0.5)
    swell = 1 + 0.3 * np.sin(2 * np.pi * turns * t * LINE_RATE / count)
    hum = sum(np.sin(2 * np.pi * 60 * k * t) / k for k in (1, 2, 3, 5))
    noise = hiss(rng, count, 0.0) * swell + 0.5 * hum
    return noise * 10 ** (db / 20) / np.sqrt(np.mean(noise**2))


def coded(sound: Sound) -> bytes:
    return encode(np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16))


class Recorder:
    """One caller's telephone: the same noise from the first clip to the last."""

    def __init__(self, caller: dict[str, Any], folder: Path) -> None:
        self._voice = caller["voice"]
        self._db = VOICE_DB + caller["noise_db"] if "noise_db" in caller else None
        self._rng = np.random.default_rng(zlib.crc32(caller["name"].encode()))
        self._folder = folder

    def noise(self, count: int) -> Sound:
        if self._db is None:
            return hiss(self._rng, count, LINE_NOISE_DB)
        return fan(self._rng, count, self._db)

    def turn(self, number: int, spec: dict[str, Any]) -> dict[str, Any]:
        """Records the clip of a turn and gives the turn as scenario.yaml has it."""
        turn = {key: value for key, value in spec.items() if key != "say"}
        if "say" not in spec:
            return turn
        words = speech(self._voice, spec["say"])
        lead, tail = samples(LEAD_MS), samples(TAIL_MS)
        count = lead + len(words) + tail
        count += -count % 160
        sound = self.noise(count)
        sound[lead : lead + len(words)] += words
        name = f"{number:02}.wav"
        (self._folder / name).write_bytes(wav_of_mulaw(coded(sound)))
        says = re.sub(r"\s*\[\d+\]\s*", " ", spec["say"])
        ends = (lead + len(words)) * 1000 // LINE_RATE
        return {"clip": name, "says": says, "voice_ends_ms": ends, **turn}

    def between(self) -> str | None:
        """The noise of the line while the caller is quiet; digital silence on a good one."""
        if self._db is None:
            return None
        (self._folder / "line.wav").write_bytes(wav_of_mulaw(coded(self.noise(samples(LOOP_MS)))))
        return "line.wav"


def record(caller: dict[str, Any], defaults: dict[str, Any]) -> int:
    """Writes one caller's folder; the number of bytes in it."""
    folder = CALLS / caller["name"]
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    recorder = Recorder(caller, folder)
    spec = {key: caller[key] for key in ("name", "description")} | defaults
    spec |= {key: caller[key] for key in ("flow", "now", "parameters", "limit_s", "caller") if key in caller}
    spec["voice"] = f"{caller['voice']['engine']} {caller['voice']['name']}"
    if between := recorder.between():
        spec["between"] = between
    spec["turns"] = [recorder.turn(number, turn) for number, turn in enumerate(caller["turns"], 1)]
    spec["expect"] = caller["expect"]
    text = yaml.safe_dump(spec, sort_keys=False, allow_unicode=True, width=100)
    parse(text, source=f"{caller['name']}/scenario.yaml")
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return sum(file.stat().st_size for file in folder.iterdir())


def main() -> None:
    script = yaml.safe_load((HERE / "callers.yaml").read_text(encoding="utf-8"))
    for caller in script["callers"]:
        if len(sys.argv) == 1 or caller["name"] in sys.argv[1:]:
            size = record(caller, script["defaults"])
            print(f"{caller['name']:20} {len(caller['turns'])} turns {size / 1000:6.0f} kB")


if __name__ == "__main__":
    main()
