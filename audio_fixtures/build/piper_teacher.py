"""Has the teacher voice say the sentences and measures what the small network is to learn.

Teacher: flite's `slt` (CMU ARCTIC, statistical parametric, 16 kHz). For each sentence it keeps Piper's
phoneme ids, the frames of each id, and per 5 ms frame: pitch, voicing, spectral envelope (mel-cepstrum)
and band aperiodicity, measured with WORLD (DIO + StoneMask, CheapTrick, D4C).
"""

from __future__ import annotations

import argparse
import concurrent.futures
import functools
import itertools
import pickle
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pyworld
import soundfile
from piper.phoneme_ids import phonemes_to_ids
from piper.phonemize_espeak import EspeakPhonemizer
from piper_align import HOP, durations
from piper_vocoder import BAND_EDGES, RATE, warped_cosines

FFT = 1024
WORST_MATCH = 0.12
LEAD, COMMA, TAIL = 6, 34, 40
"""Frames of silence the voice is taught before a sentence, at a comma and after a sentence."""


@functools.cache
def phonemizer() -> EspeakPhonemizer:
    """One a process: espeak-ng is initialised but once."""
    return EspeakPhonemizer()


def phonemes(text: str) -> list[list[str]]:
    """Piper's own phonemes, one list a sentence."""
    return phonemizer().phonemize("en-us", text)


def say(text: str, voice: str = "slt") -> tuple[np.ndarray, list[list[tuple[str, float]]]]:
    """The teacher's speech (float64, 16 kHz); for each utterance it made of the text, (phone, end in s)."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as wav:
        command = ["flite", "-voice", voice, "-psdur", "-t", re.sub(r"[;:]", ",", text), "-o", wav.name]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        audio, _ = soundfile.read(wav.name, dtype="float64")
    lines = [line.split() for line in printed.splitlines() if line.strip()]
    return audio, [[(p.split(":")[0], float(p.split(":")[1])) for p in line] for line in lines]


def measure(audio: np.ndarray) -> dict[str, np.ndarray]:
    """Per frame: `f0` (Hz, 0 if unvoiced), `cepstrum` (log amplitude), `bands` (share of noise)."""
    period = 1000 * HOP / RATE
    coarse, times = pyworld.dio(audio, RATE, f0_floor=90.0, f0_ceil=400.0, frame_period=period)
    f0 = pyworld.stonemask(audio, coarse, times, RATE)
    power = pyworld.cheaptrick(audio, f0, times, RATE, fft_size=FFT)
    noise = pyworld.d4c(audio, f0, times, RATE, fft_size=FFT)
    fit = np.linalg.pinv(warped_cosines(FFT // 2 + 1))
    hertz = np.linspace(0, RATE / 2, FFT // 2 + 1)
    bands = [noise[:, (hertz >= low) & (hertz < high)].mean(1) for low, high in itertools.pairwise(BAND_EDGES)]
    cepstrum = 0.5 * np.log(np.maximum(power, 1e-12)) @ fit.T
    return {"f0": f0, "cepstrum": cepstrum, "bands": np.stack(bands, 1)}


def stretch(start: int, frames: int, wanted: int) -> np.ndarray:
    """Indices that make a pause of `frames` from `start` last `wanted`: its middle is repeated or cut."""
    edge = min(frames, wanted) // 2
    head, tail = np.arange(start, start + edge), np.arange(start + frames - edge, start + frames)
    return np.concatenate([head, np.full(wanted - 2 * edge, start + frames // 2), tail])


def arrange(symbols: list[str], frames: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Taught lengths of pauses: frames of each symbol and the teacher's frames to take, in order."""
    order: list[np.ndarray] = []
    wanted = frames.copy()
    start = 0
    final = max(i for i, n in enumerate(frames) if n)
    for index, (symbol, length) in enumerate(zip(symbols, frames, strict=False)):
        if index == 0:
            order.append(np.arange(max(0, start + length - LEAD), start + length))
            wanted[index] = len(order[-1])
        elif index == final and symbol in ".?!$":
            order.append(np.minimum(np.arange(start, start + TAIL), start + length - 1))
            wanted[index] = TAIL
        elif symbol in ",;:" and length:
            wanted[index] = COMMA + (8 if symbol != "," else 0)
            order.append(stretch(start, int(length), int(wanted[index])))
        else:
            order.append(np.arange(start, start + length))
        start += length
    return wanted, np.minimum(np.concatenate(order), count - 1)


def example(text: str) -> dict[str, np.ndarray] | None:
    """Everything learnt from one sentence, or None when teacher and phonemizer read it differently."""
    said = phonemes(text)
    audio, utterances = say(text)
    if len(said) != 1 or len(utterances) != 1 or len(utterances[0]) < 3:
        return None
    symbols = ["^", *said[0], "$"]
    frames, cost = durations(symbols, utterances[0])
    if cost > WORST_MATCH:
        return None
    found = measure(audio)
    wanted, order = arrange(symbols, frames, len(found["f0"]))
    ids = np.array(phonemes_to_ids(said[0]), dtype=np.int16)
    spread = np.zeros(len(ids), dtype=np.int16)
    spread[0::2] = wanted
    return {
        "ids": ids,
        "frames": spread,
        "f0": found["f0"][order].astype(np.float32),
        "cepstrum": found["cepstrum"][order].astype(np.float16),
        "bands": found["bands"][order].astype(np.float16),
        "text": text,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text", type=Path, help="one sentence a line, from piper_text.py")
    parser.add_argument("out", type=Path, help="pickle of the examples")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    lines = options.text.read_text(encoding="utf-8").splitlines()
    with concurrent.futures.ProcessPoolExecutor(options.workers) as pool:
        found = [made for made in pool.map(example, lines, chunksize=16) if made is not None]
    options.out.write_bytes(pickle.dumps(found))
    hours = sum(len(made["f0"]) for made in found) * HOP / RATE / 3600
    print(f"{len(found)} of {len(lines)} sentences kept, {hours:.2f} h")


if __name__ == "__main__":
    main()
