"""From clean 8 kHz speech to what the recogniser gets from a telephone: noise, channel, mu-law, 16 kHz, log-mel.

Everything is random and done anew for each batch, so no epoch is like another. `log_mel` equals
faster_whisper.feature_extractor.FeatureExtractor to rounding (the starting point of every number here).
"""

from functools import cache

import numpy as np
import torch
from faster_whisper.feature_extractor import FeatureExtractor

RATE = 8000
NOISE_CLIPS = 24
NOISE_SECONDS = 16


@cache
def mu_law_table() -> np.ndarray:
    """Linear 16 bit (offset by 32768) → G.711 mu-law → linear again, as floats."""
    linear = np.arange(-32768, 32768)
    magnitude = np.minimum(np.abs(linear), 32635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(int) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    decoded = (((mantissa << 3) + 132) << exponent) - 132
    return (np.sign(linear) * decoded / 32768).astype(np.float32)


def mu_law(audio: np.ndarray) -> np.ndarray:
    """What is left of the audio after G.711 mu-law."""
    return mu_law_table()[np.clip(np.rint(audio * 32768), -32768, 32767).astype(np.int32) + 32768]


def white(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.standard_normal(count).astype(np.float32)


def coloured(rng: np.random.Generator, count: int, slope: float) -> np.ndarray:
    """Noise whose power falls with frequency ** slope: 1 is pink, 2 is brown."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    frequency = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20.0)
    return np.fft.irfft(spectrum * frequency ** (-slope / 2), count).astype(np.float32)


def hum(rng: np.random.Generator, count: int) -> np.ndarray:
    """Mains hum with harmonics, and a little hiss."""
    t = np.arange(count) / RATE
    base = rng.choice([50.0, 60.0]) * rng.uniform(0.98, 1.02)
    tones = [
        rng.uniform(0.1, 1) / k * np.sin(2 * np.pi * base * k * t + rng.uniform(0, 6.28))
        for k in range(1, rng.integers(3, 20))
    ]
    return (np.sum(tones, 0) + 0.02 * rng.standard_normal(count)).astype(np.float32)


def clicks(rng: np.random.Generator, count: int) -> np.ndarray:
    """Clicks, knocks and key presses: short decaying bursts."""
    out = rng.standard_normal(count).astype(np.float32) * 1e-3
    for start in rng.integers(0, count - 900, rng.integers(6, 60)):
        length = int(rng.integers(8, 800))
        burst = rng.standard_normal(length) if rng.random() < 0.6 else np.sin(np.arange(length) * rng.uniform(0.1, 2.5))
        out[start : start + length] += (burst * np.exp(-np.arange(length) / (length / 5)) * rng.uniform(0.1, 1)).astype(
            np.float32
        )
    return out


def note(rng: np.random.Generator, hertz: float, count: int) -> np.ndarray:
    t = np.arange(count) / RATE
    tone = np.sum(
        [rng.uniform(0.2, 1) / k**1.3 * np.sin(2 * np.pi * hertz * k * t) for k in range(1, 7) if hertz * k < 3800], 0
    )
    attack = np.minimum(1, t / rng.uniform(0.005, 0.06))
    return tone * attack * np.exp(-t * rng.uniform(0.3, 5))


def music(rng: np.random.Generator, count: int) -> np.ndarray:
    """Chords, arpeggios or a melody, sometimes with a beat."""
    out = np.zeros(count)
    beat = int(RATE * rng.uniform(0.12, 0.7))
    root = 110 * 2 ** (rng.integers(0, 24) / 12)
    steps = np.array(rng.choice([[0, 4, 7, 12], [0, 3, 7, 10], [0, 2, 4, 7], [0, 5, 7, 12]]))
    style = rng.choice(["chord", "arpeggio", "melody"])
    for place, start in enumerate(range(0, count - 1, beat)):
        length = min(count - start, beat * int(rng.integers(1, 5)))
        if style == "chord":
            played = steps + rng.choice([0, 5, 7, -3])
        elif style == "arpeggio":
            played = [steps[place % len(steps)]]
        else:
            played = [rng.choice([0, 2, 4, 5, 7, 9, 11, 12])]
        for step in played:
            out[start : start + length] += note(rng, root * 2 ** (step / 12), length)
        if rng.random() < 0.3:
            drum = min(length, 600)
            out[start : start + drum] += rng.standard_normal(drum) * np.exp(-np.arange(drum) / 100) * 0.7
    return out.astype(np.float32)


def tones(rng: np.random.Generator, count: int) -> np.ndarray:
    """Keypad tones, ring-back, busy tone and beeps."""
    out = np.zeros(count)
    t = np.arange(count) / RATE
    kind = rng.random()
    if kind < 0.5:
        for start in range(0, count - 2000, int(rng.integers(1200, 4000))):
            low, high = rng.choice([697, 770, 852, 941]), rng.choice([1209, 1336, 1477])
            piece = slice(start, start + int(rng.integers(500, 1800)))
            out[piece] = (np.sin(2 * np.pi * low * t) + np.sin(2 * np.pi * high * t))[piece]
    else:
        first, second = [(440, 480), (480, 620), (350, 440), (1000, 1000)][rng.integers(0, 4)]
        gate = (t % rng.uniform(0.5, 4)) < rng.uniform(0.2, 2)
        out = (np.sin(2 * np.pi * first * t) + np.sin(2 * np.pi * second * t)) * gate
    return (out + 1e-3 * rng.standard_normal(count)).astype(np.float32)


def breath(rng: np.random.Generator, count: int) -> np.ndarray:
    """Breathing, wind and rustle: hiss that swells and falls."""
    knots = rng.random(int(rng.integers(6, 50))) ** 3
    swell = np.interp(np.linspace(0, len(knots) - 1, count), np.arange(len(knots)), knots)
    return (coloured(rng, count, rng.uniform(0, 1.5)) * swell).astype(np.float32)


NOISES = {
    "white": white,
    "pink": lambda g, n: coloured(g, n, 1.0),
    "brown": lambda g, n: coloured(g, n, 2.0),
    "hum": hum,
    "clicks": clicks,
    "music": music,
    "tones": tones,
    "breath": breath,
}


def babble(rng: np.random.Generator, voices: list[np.ndarray], count: int) -> np.ndarray:
    """Several voices at once, none of them to be understood."""
    out = np.zeros(count, np.float32)
    for voice in voices:
        start = int(rng.integers(0, len(voice)))
        out += np.resize(np.roll(voice, start), count) * rng.uniform(0.4, 1)
    return out


@cache
def noise_bank(seed: int = 0) -> dict[str, list[np.ndarray]]:
    """Clips of every kind at unit power, to cut noises from."""
    rng = np.random.default_rng(seed)
    bank = {}
    for kind, make in NOISES.items():
        clips = [make(rng, RATE * NOISE_SECONDS) for _ in range(NOISE_CLIPS)]
        bank[kind] = [clip / (np.sqrt((clip**2).mean()) + 1e-9) for clip in clips]
    return bank


def noise_like(rng: np.random.Generator, kind: str, count: int) -> np.ndarray:
    clip = noise_bank()[kind][rng.integers(0, NOISE_CLIPS)]
    start = int(rng.integers(0, len(clip) - count)) if len(clip) > count else 0
    return np.resize(clip[start : start + count], count)


def random_channel(rng: np.random.Generator, count: int) -> np.ndarray:
    """Gains at the `count // 2 + 1` frequencies of an FFT: band-pass, tilt and a few ripples."""
    frequency = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 1.0)
    gain = np.ones(len(frequency))
    if rng.random() < 0.6:
        gain /= np.sqrt(1 + (rng.uniform(60, 380) / frequency) ** (2 * rng.integers(1, 5)))
        gain /= np.sqrt(1 + (frequency / rng.uniform(2900, 4200)) ** (2 * rng.integers(2, 9)))
    gain *= (frequency / 1000) ** (rng.uniform(-4, 4) / 6.02)
    for _ in range(rng.integers(0, 4)):
        width = rng.uniform(0.1, 0.6)
        gain *= 10 ** (rng.uniform(-8, 6) / 20 * np.exp(-((np.log(frequency / rng.uniform(200, 3500)) / width) ** 2)))
    return gain


def upsampled(audio: torch.Tensor, sharp: float = 1.0) -> torch.Tensor:
    """8 kHz → 16 kHz by FFT; `sharp` < 1 lets a little of the mirror image through, as cheap filters do."""
    count = audio.shape[-1]
    spectrum = torch.fft.rfft(audio)
    full = torch.zeros(*audio.shape[:-1], count + 1, dtype=spectrum.dtype)
    full[..., : spectrum.shape[-1]] = spectrum
    mirror = spectrum.conj().flip(-1)
    full[..., spectrum.shape[-1] : count + 1] = mirror[..., 1 : count + 2 - spectrum.shape[-1]]
    frequency = torch.arange(count + 1) / (count + 1) * 2
    gate = torch.sigmoid((1.0 - frequency) * (40 + 260 * sharp) + 2 * sharp)
    return torch.fft.irfft(full * gate, n=2 * count) * 2


@cache
def mel_filters(warp: float = 1.0) -> torch.Tensor:
    """The 80 filters, with the frequency axis stretched by `warp` (another length of throat)."""
    filters = FeatureExtractor().mel_filters.astype(np.float32)
    bins = np.arange(filters.shape[1])
    return torch.from_numpy(
        np.stack([np.interp(bins / warp, bins, row, right=0) for row in filters]).astype(np.float32)
    )


def log_mel(audio: torch.Tensor, warps: list[float] | None = None) -> torch.Tensor:
    """(batch, samples at 16 kHz) → (batch, 80, samples / 160 + 1), normalised over each window."""
    padded = torch.nn.functional.pad(audio, (0, 160))
    spectrum = torch.stft(
        padded, 400, 160, window=torch.hann_window(400), center=True, pad_mode="reflect", return_complex=True
    )
    power = spectrum[..., :-1].abs() ** 2
    filters = mel_filters() if warps is None else torch.stack([mel_filters(warp) for warp in warps])
    mel = torch.log10(torch.clamp(filters @ power, min=1e-10))
    mel = torch.maximum(mel, mel.amax((1, 2), keepdim=True) - 8.0)
    return (mel + 4.0) / 4.0
