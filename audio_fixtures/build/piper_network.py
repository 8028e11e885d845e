"""The small acoustic network: Piper phoneme ids → frames of each id → pitch, voicing, envelope, noise bands.

Two stacks of residual convolutions (no recurrence, so that it exports and runs anywhere): one over the ids,
with a pooled view of the whole sentence for its melody, and one over the frames after each id has been
repeated for its frames. Frames are 5 ms; the second stack works on pairs of them, at half the cost.
"""

from __future__ import annotations

import numpy as np
import torch
from piper_vocoder import BANDS, CEPSTRUM
from torch import Tensor, nn

SYMBOLS = 256
WIDTH, FRAME_WIDTH = 160, 192
ID_DILATIONS = (1, 2, 4, 1, 2, 4)
FRAME_DILATIONS = (1, 2, 4, 1, 2, 4)
OUTPUTS = 2 + CEPSTRUM + BANDS
"""log-F0, voicing logit, cepstrum, bands."""
PLACES = 8


class Block(nn.Module):
    """x + point(gelu(wide(norm x))): root-mean-square norm over channels, a dilated and a pointwise layer."""

    def __init__(self, width: int, kernel: int, dilation: int) -> None:
        super().__init__()
        self.wide = nn.Conv1d(width, width, kernel, padding=dilation * (kernel // 2), dilation=dilation)
        self.point = nn.Conv1d(width, width, 1)
        nn.init.zeros_(self.point.weight)
        nn.init.zeros_(self.point.bias)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        level = torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-5)
        inner = x * (level if mask is None else level * mask)
        return x + self.point(nn.functional.gelu(self.wide(inner), approximate="tanh"))


class Whole(nn.Module):
    """Adds a view of the whole sentence to every place: its means under four learnt weightings."""

    def __init__(self, width: int, views: int = 4) -> None:
        super().__init__()
        self.score = nn.Conv1d(width, views, 1)
        self.mix = nn.Linear(width * views, width)
        nn.init.zeros_(self.mix.weight)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        weights = torch.softmax(self.score(x).float() - 1e4 * (1 - mask), dim=2)
        views = torch.matmul(weights, x.float().transpose(1, 2)).flatten(1)
        return x + self.mix(views)[:, :, None] * mask


class Network(nn.Module):
    """Shared by training (batches with masks) and by the exported graph (one sentence, mask of ones)."""

    def __init__(self) -> None:
        super().__init__()
        self.symbols = nn.Embedding(SYMBOLS, WIDTH)
        self.ids = nn.ModuleList(Block(WIDTH, 5, d) for d in ID_DILATIONS)
        self.whole = nn.ModuleList(Whole(WIDTH) for _ in range(2))
        self.length = nn.Conv1d(WIDTH, 1, 1)
        self.enter = nn.Conv1d(WIDTH + PLACES, FRAME_WIDTH, 2, stride=2)
        self.frames = nn.ModuleList(Block(FRAME_WIDTH, 3, d) for d in FRAME_DILATIONS)
        self.leave = nn.Conv1d(FRAME_WIDTH, 2 * OUTPUTS, 1)
        self.register_buffer("mean", torch.zeros(1, OUTPUTS, 1))
        self.register_buffer("spread", torch.ones(1, OUTPUTS, 1))

    def encode(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """`ids` (batch, n), `mask` (batch, 1, n) → states (batch, WIDTH, n), log(1 + frames) (batch, n)."""
        x = self.symbols(ids).transpose(1, 2) * mask
        for index, block in enumerate(self.ids):
            x = block(x, mask)
            if index in (2, 5):
                x = self.whole[index // 3](x, mask)
        return x, self.length(x)[:, 0]

    def decode(self, states: Tensor, places: Tensor) -> Tensor:
        """Repeated states (batch, WIDTH, frames), their places → normalised (batch, OUTPUTS, frames).

        The number of frames is even.
        """
        x = self.enter(torch.cat([states, places], 1))
        for block in self.frames:
            x = block(x)
        pairs = self.leave(x).unflatten(1, (OUTPUTS, 2))
        return pairs.transpose(2, 3).flatten(2)


def places(begin: Tensor, length: Tensor, time: Tensor) -> Tensor:
    """Where a frame is within its id (..., frames) → (..., PLACES, frames): shares, distances and length."""
    done = time - begin + 0.5
    share = done / length
    left = length - done
    return torch.stack(
        [
            share,
            torch.sin(np.pi * share),
            torch.cos(np.pi * share),
            torch.log(length) / 3,
            torch.clamp(done, max=10.0) / 10,
            torch.clamp(left, max=10.0) / 10,
            torch.exp(-done / 2),
            torch.exp(-left / 2),
        ],
        dim=-2,
    )
