"""Source-filter synthesis in operators that ONNX has: frames of parameters in, samples out.

Excitation: a band-limited pulse train (a Dirichlet kernel of the cumulated phase) and white noise from a
stored table. Both are cut into Hann-windowed pieces of two hops, shaped in the frequency domain by the
minimum-phase filter of the mel-cepstrum (log H = sum c_m exp(-j m w~), Oppenheim and Johnson 1972,
Imai 1983) and added again. The noise share of each frequency is the predicted aperiodicity, as in WORLD.
"""

from __future__ import annotations

import itertools

import numpy as np
import torch
from torch import Tensor, nn

RATE = 16000
HOP = 80
FFT = 512
"""Samples of a filtered piece: 160 of excitation leave 352 (22 ms) for the filter to ring out."""
CEPSTRUM = 41
WARP = 0.42
"""All-pass constant whose warped axis is near mel at 16 kHz."""
BAND_EDGES = (0, 1000, 2000, 3500, 5500, 8001)
BANDS = len(BAND_EDGES) - 1
NOISE_SAMPLES = 1 << 15


def warped(bins: int) -> np.ndarray:
    """The bilinear-warped angular frequency of each bin from 0 to pi."""
    omega = np.linspace(0, np.pi, bins)
    return omega + 2 * np.arctan2(WARP * np.sin(omega), 1 - WARP * np.cos(omega))


def warped_cosines(bins: int) -> np.ndarray:
    """Matrix (bins, CEPSTRUM) from cepstrum to log amplitude."""
    return np.cos(np.outer(warped(bins), np.arange(CEPSTRUM)))


def band_weights(bins: int) -> np.ndarray:
    """Matrix (BANDS, bins): linear interpolation between the centres of the bands."""
    hertz = np.linspace(0, RATE / 2, bins)
    centres = [(low + high) / 2 for low, high in itertools.pairwise(BAND_EDGES)]
    return np.stack([np.interp(hertz, centres, np.eye(BANDS)[k]) for k in range(BANDS)])


class Vocoder(nn.Module):
    """(log-F0, voicing, cepstrum, bands) at 200 frames a second → samples at 16 kHz."""

    def __init__(self) -> None:
        super().__init__()
        bins = FFT // 2 + 1
        angle = 2 * np.pi * np.outer(np.arange(FFT), np.arange(bins)) / FFT
        window = np.hanning(2 * HOP + 1)[:-1]
        scale = np.full(bins, 2.0 / FFT)
        scale[[0, -1]] = 1.0 / FFT
        tables = {
            "cut_real": (window[:, None] * np.cos(angle[: 2 * HOP])).T[:, None],
            "cut_imag": (-window[:, None] * np.sin(angle[: 2 * HOP])).T[:, None],
            "join_real": (np.cos(angle) * scale).T[:, None],
            "join_imag": (-np.sin(angle) * scale).T[:, None],
            "magnitude": warped_cosines(bins)[:, :, None],
            "phase": -np.sin(np.outer(warped(bins), np.arange(CEPSTRUM)))[:, :, None],
            "spread": band_weights(bins).T[:, :, None],
            "ramp": np.arange(HOP)[None] / HOP,
            "noise": np.random.default_rng(1).standard_normal((1, 1, NOISE_SAMPLES)),
        }
        for name, table in tables.items():
            self.register_buffer(name, torch.tensor(table, dtype=torch.float32), persistent=False)

    def smooth(self, track: Tensor) -> Tensor:
        """A frame track (frames,) drawn as straight lines between frames: (frames * HOP,)."""
        following = torch.cat([track[1:], track[-1:]])
        return (track[:, None] + (following - track)[:, None] * self.ramp).reshape(-1)

    def pulses(self, hertz: Tensor) -> Tensor:
        """Band-limited pulses of unit power at the given frequency of each sample."""
        cycles = torch.cumsum((hertz / RATE).double(), 0)
        phase = ((cycles - torch.round(cycles)) * (2 * np.pi)).float()
        harmonics = torch.floor(0.48 * RATE / hertz)
        half = torch.sin(phase / 2)
        near = half.abs() < 1e-4
        kernel = torch.sin((harmonics + 0.5) * phase) / torch.where(near, torch.ones_like(half), half)
        kernel = torch.where(near, 2 * harmonics + 1, kernel) - 1
        return kernel * torch.sqrt(hertz / RATE)

    def noise_like(self, samples: Tensor) -> Tensor:
        """As much of the stored noise as there are samples, from its beginning, repeated."""
        index = torch.cumsum(torch.ones_like(samples, dtype=torch.int64), 0) % NOISE_SAMPLES
        return self.noise[0, 0][index]

    def filtered(self, samples: Tensor, gain: Tensor, real: Tensor, imag: Tensor) -> tuple[Tensor, Tensor]:
        """Spectra of the windowed pieces of `samples` times gain times the filter."""
        padded = nn.functional.pad(samples[None, None], (HOP, 0))
        a = nn.functional.conv1d(padded, self.cut_real, stride=HOP) * gain
        b = nn.functional.conv1d(padded, self.cut_imag, stride=HOP) * gain
        return a * real - b * imag, a * imag + b * real

    def forward(self, log_f0: Tensor, voicing: Tensor, cepstrum: Tensor, bands: Tensor) -> Tensor:
        """`log_f0`, `voicing` (frames,), `cepstrum` (1, CEPSTRUM, frames), `bands` (1, BANDS, frames)."""
        pulses = self.pulses(torch.exp(self.smooth(log_f0)))
        level = torch.exp(nn.functional.conv1d(cepstrum, self.magnitude))
        angle = nn.functional.conv1d(cepstrum, self.phase)
        real, imag = level * torch.cos(angle), level * torch.sin(angle)
        noisy = 1 - voicing * (1 - nn.functional.conv1d(bands, self.spread))
        noisy = torch.clamp(noisy, 0, 1)
        pure = torch.sqrt(torch.clamp(1 - noisy * noisy, min=0))
        one = self.filtered(pulses, pure, real, imag)
        two = self.filtered(self.noise_like(pulses), noisy, real, imag)
        joined = nn.functional.conv_transpose1d(one[0] + two[0], self.join_real, stride=HOP)
        joined = joined + nn.functional.conv_transpose1d(one[1] + two[1], self.join_imag, stride=HOP)
        return joined[:, :, HOP : HOP + pulses.shape[0]]
