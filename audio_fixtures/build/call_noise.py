"""What stands behind a recorded caller's voice: the line's hiss, a fan, mains hum, a street, a car, other people.

Every sound has the RMS asked for, in dB of full scale, is drawn from the generator given and joins its own beginning.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from call_speech import BAND_HZ, Sound, speech

from voice.audio import LINE_RATE, samples

BED_MS = 6000
"""A street, a car and a room full of people repeat after so long."""
BABBLE = {
    ("flite", "awb"): "The order came in on Thursday and we put all of it on the shelf.",
    ("espeak", "en-gb+f3"): "She told them twice already that the meeting is on the second floor.",
    ("espeak", "en-us+m3"): "We could drive up on the weekend if the weather holds, I suppose.",
    ("festival", "kal_diphone"): "They moved the printer again and nobody knows where the paper is.",
    ("espeak", "en-us+f4"): "Can somebody bring the blue folder over here before lunch.",
    ("flite", "kal16"): "I never liked that restaurant, but the coffee there is good.",
}


def at_level(noise: Sound, db: float) -> Sound:
    levelled: Sound = noise * 10 ** (db / 20) / np.sqrt(np.mean(noise**2))
    return levelled


def hiss(rng: np.random.Generator, count: int, db: float) -> Sound:
    """Pink noise."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(count, 1 / LINE_RATE), 60.0))
    noise = np.fft.irfft(spectrum, count)
    return at_level(noise, db)


def fan(rng: np.random.Generator, count: int, db: float) -> Sound:
    """A fan beside the telephone: hiss that swells slowly, and mains hum."""
    t = np.arange(count) / LINE_RATE
    turns = round(count / LINE_RATE * 0.5)
    swell = 1 + 0.3 * np.sin(2 * np.pi * turns * t * LINE_RATE / count)
    mains = sum(np.sin(2 * np.pi * 60 * k * t) / k for k in (1, 2, 3, 5))
    noise = hiss(rng, count, 0.0) * swell + 0.5 * mains
    return at_level(noise, db)


def hum(rng: np.random.Generator, count: int, db: float) -> Sound:
    """A bad earth: sixty hertz, of which a telephone carries the harmonics, and a little hiss."""
    t = np.arange(count) / LINE_RATE
    mains = sum(np.sin(2 * np.pi * 60 * k * t + rng.uniform(0, 6)) / k for k in range(3, 16))
    return at_level(mains + 0.1 * hiss(rng, count, 0.0), db)


def shaped(rng: np.random.Generator, count: int, slope: float, top_hz: float) -> Sound:
    """Noise whose power falls with frequency ** slope, and fast above a frequency; within a telephone's band."""
    hertz = np.maximum(np.fft.rfftfreq(count, 1 / LINE_RATE), 20.0)
    gain = hertz ** (-slope / 2) / np.sqrt(1 + (hertz / top_hz) ** 4) / np.sqrt(1 + (BAND_HZ[0] / hertz) ** 4)
    return at_level(np.fft.irfft(np.fft.rfft(rng.standard_normal(count)) * gain, count), 0.0)


def swell(count: int, centre: float, width: float) -> Sound:
    """From 0 to 1 and back round a second of the circle."""
    t, length = np.arange(count) / LINE_RATE, count / LINE_RATE
    away = (t - centre + length / 2) % length - length / 2
    return np.exp(-((away / width) ** 2))


def street(rng: np.random.Generator, count: int, db: float) -> Sound:
    """Traffic: a rumble, two vehicles that pass, and a horn far off."""
    t, length = np.arange(count) / LINE_RATE, count / LINE_RATE
    noise = 0.6 * shaped(rng, count, 2.5, 500.0)
    for start in rng.permutation(2) * length / 2 + rng.uniform(0, length / 4):
        passing = swell(count, start % length, rng.uniform(0.5, 0.9))
        tyres, motor = shaped(rng, count, 2.0, 600.0), np.sin(2 * np.pi * rng.integers(60, 90) * 3 * t)
        noise += passing * (1.3 * tyres + 0.5 * motor)
    honk = (swell(count, rng.uniform(0, length), 0.18) > 0.4) * sum(np.sin(2 * np.pi * f * t) for f in (405.0, 510.0))
    return at_level(noise + 0.12 * honk, db)


def car(rng: np.random.Generator, count: int, db: float) -> Sound:
    """Inside a car: the motor's harmonics, tyres, and the joints of the road."""
    t, length = np.arange(count) / LINE_RATE, count / LINE_RATE
    turns = round(rng.uniform(36, 44) * length) / length
    motor = sum(np.sin(2 * np.pi * turns * k * t + rng.uniform(0, 6)) / k for k in range(2, 14))
    noise = shaped(rng, count, 3.0, 500.0) * (1 + 0.2 * np.sin(2 * np.pi * t / length)) + 1.5 * motor
    for start in np.arange(0, length, length / 5):
        for axle in (0.0, 0.16):
            noise += 1.5 * swell(count, start + axle, 0.02) * shaped(rng, count, 2.0, 500.0)
    return at_level(noise, db)


def looped(sound: Sound, count: int, gap: int) -> Sound:
    """The sound and silence behind it, over and over until there is enough, or cut."""
    return np.resize(np.concatenate([sound, np.zeros(gap)]), count)


def babble(rng: np.random.Generator, count: int, db: float) -> Sound:
    """Six people who talk at once, none of them to the caller."""
    noise = np.zeros(count)
    for (engine, name), words in BABBLE.items():
        said = looped(speech({"engine": engine, "name": name, "tempo": 1.0}, words), count, samples(150))
        noise += np.roll(said, int(rng.integers(0, count))) * rng.uniform(0.5, 1.0)
    return at_level(noise, db)


KINDS: dict[str, Callable[[np.random.Generator, int, float], Sound]] = {
    "fan": fan,
    "hum": hum,
    "street": street,
    "car": car,
    "babble": babble,
}
DRAWN_ANEW = {"fan", "hum"}
"""Kinds that have no events: each clip has its own stretch of them."""


class Bed:
    """A sound that goes round under everything, each piece taken from where the last one ended."""

    def __init__(self, loop: Sound) -> None:
        self.loop = loop
        self._at = 0

    def take(self, count: int) -> Sound:
        piece = self.loop[(self._at + np.arange(count)) % len(self.loop)]
        self._at += count
        return piece


def somebody_else(speaker: dict[str, Any], db: float, gap_ms: int = 700) -> Sound:
    """Another person in the room, who says their line again and again, `after_ms` of silence before each time."""
    said = speech(speaker["voice"], speaker["say"], db)
    return np.concatenate([np.zeros(samples(speaker.get("after_ms", 0))), said, np.zeros(samples(gap_ms))])
