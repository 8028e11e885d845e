"""Clean sounds of a recorded caller at the line's rate: words from free synthesizers, music on hold, a cough.

Needs espeak-ng, flite and festival (kal diphone) on the PATH. They are deterministic: the same text and voice give
the same samples. Voices of the agent's family (slt) and the one kept from the recogniser's training (festival's ked)
are not to be used.
"""

import re
import subprocess
import tempfile
import wave
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from voice.audio import LINE_RATE, samples

Sound = npt.NDArray[np.float64]

VOICE_DB = -20.0
"""Level of the voice on the line, RMS over its speech, relative to full scale."""
BAND_HZ = (150.0, 3650.0)
ESPEAK_WORDS_A_MINUTE = 170
ESPEAK_PITCH = 50
CHORDS = ((0, 4, 7), (-3, 0, 4), (5, 9, 12), (-5, -1, 2))
"""Semitones above the key: I, vi, IV, V."""
CHORD_MS, NOTE_MS = 1600, 400
MUSIC_DB = -22.0


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
                pitch = str(voice.get("pitch", ESPEAK_PITCH))
                command = ["espeak-ng", "-v", voice["name"], "-s", speed, "-p", pitch, "-w", path, text]
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
            line: Sound = soxr.resample(pcm.astype(np.float64) / 32768, file.getframerate(), LINE_RATE)
            return line


def trimmed(sound: Sound) -> Sound:
    """From the first sound to the last."""
    loud = np.flatnonzero(np.abs(sound) > np.abs(sound).max() * 0.01)
    return sound[loud[0] : loud[-1] + 1]


def speech(voice: dict[str, Any], line: str, db: float = VOICE_DB) -> Sound:
    """A whole clip's words at a level, with the pauses that the line writes as [ms]."""
    pieces = re.split(r"\[(\d+)\]", line)
    parts = [trimmed(synthesized(voice, text)) for text in pieces[::2]]
    for place, pause in enumerate(pieces[1::2]):
        parts.insert(2 * place + 1, np.zeros(samples(int(pause))))
    return levelled(banded(np.concatenate(parts)), db)


def levelled(sound: Sound, db: float) -> Sound:
    """The sound with a RMS, over what is loud of it, of so many dB of full scale."""
    loud = np.abs(sound) > np.abs(sound).max() * 0.05
    louder: Sound = sound * 10 ** (db / 20) / np.sqrt(np.mean(sound[loud] ** 2))
    return louder


def banded(sound: Sound) -> Sound:
    """What a telephone's band lets through."""
    hertz = np.maximum(np.fft.rfftfreq(2 * len(sound), 1 / LINE_RATE), 1.0)
    gain = 1 / np.sqrt(1 + (BAND_HZ[0] / hertz) ** 4) / np.sqrt(1 + (hertz / BAND_HZ[1]) ** 12)
    return np.fft.irfft(np.fft.rfft(sound, 2 * len(sound)) * gain, 2 * len(sound))[: len(sound)]


def plucked(hertz: float, count: int) -> Sound:
    """One note that dies away."""
    t = np.arange(count) / LINE_RATE
    tone = sum(np.sin(2 * np.pi * hertz * k * t) / k**1.5 for k in range(1, 6) if hertz * k < BAND_HZ[1])
    return np.asarray(tone * np.minimum(1, t / 0.01) * np.exp(-2.0 * t))


def music(rng: np.random.Generator, seconds: float, db: float = MUSIC_DB) -> Sound:
    """Music on hold: four chords in a key that the generator draws, a note of them picked on every beat."""
    key = 220.0 * 2 ** (rng.integers(0, 12) / 12)
    count = samples(seconds * 1000)
    tune = np.zeros(count + samples(2 * CHORD_MS))
    for bar, start in enumerate(range(0, count, samples(CHORD_MS))):
        chord = CHORDS[bar % len(CHORDS)]
        for step in chord:
            tune[start : start + samples(CHORD_MS)] += 0.6 * plucked(key * 2 ** (step / 12), samples(CHORD_MS))
        for beat in range(CHORD_MS // NOTE_MS):
            at = start + samples(beat * NOTE_MS)
            step = rng.choice(chord) + 12
            tune[at : at + samples(2 * NOTE_MS)] += plucked(key * 2 ** (step / 12), samples(2 * NOTE_MS))
    return levelled(banded(tune[:count]), db)


def cough(rng: np.random.Generator, db: float = VOICE_DB) -> Sound:
    """Two coughs: a burst of breath that bites and falls, with the throat's colour."""
    parts = []
    for length in (0.32, 0.26):
        t = np.arange(samples(length * 1000)) / LINE_RATE
        breath = rng.standard_normal(len(t)) * np.minimum(1, t / 0.008) * np.exp(-t / 0.09)
        spectrum, hertz = np.fft.rfft(breath), np.fft.rfftfreq(len(t), 1 / LINE_RATE)
        throat = sum(np.exp(-(((hertz - at) / 260) ** 2)) for at in (650.0, 1450.0, 2500.0))
        parts += [np.fft.irfft(spectrum * (0.15 + throat), len(t)), np.zeros(samples(90))]
    return levelled(trimmed(banded(np.concatenate(parts))), db)


SOUNDS = {"cough": cough}
