"""Trains the acoustic network on the teacher's examples: minutes on two cores, in bfloat16 where it helps."""

from __future__ import annotations

import argparse
import copy
import pickle
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from piper_network import OUTPUTS, PLACES, Network, places
from piper_teacher import TAIL
from piper_vocoder import BANDS, CEPSTRUM
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

Example = dict[str, Any]
BATCH, HELD, RATE_PEAK = 16, 96, 2e-3
WINDOW, EDGE = 256, 24
"""Frames of a training window, and how many beside a cut are not learnt from."""
ID_STEP = 32
"""Batches are as many ids long as a multiple of this: every new shape costs a compilation."""
STRESS = (120, 121)
VOWELS = (14, 18, 21, 27, 33, 39, 50, 51, 52, 54, 59, 60, 61, 62, 74, 100, 102, 128)
OPEN_QUESTIONS = {"what", "what's", "when", "where", "who", "why", "how", "which", "whose"}
RISE = 0.3
"""Rise of log-F0 to the end of a yes-or-no question, about five semitones. The teacher does not rise."""


def melody(example: Example) -> np.ndarray:
    """Log-F0 through unvoiced frames; a yes-or-no question is raised from its last stressed vowel on."""
    f0 = example["f0"]
    voiced = np.flatnonzero(f0 > 0)
    if len(voiced) == 0:
        return np.full(len(f0), np.log(170.0))
    log_f0 = np.interp(np.arange(len(f0)), voiced, np.log(f0[voiced]))
    words = example["text"].lower().split()
    if not words[-1].endswith("?") or words[0].strip(",?") in OPEN_QUESTIONS or "or" in words:
        return log_f0
    ids = example["ids"]
    stresses = np.flatnonzero(np.isin(ids, STRESS))
    vowels = np.flatnonzero(np.isin(ids, VOWELS))
    from_id = stresses[-1] if len(stresses) else vowels[-1] if len(vowels) else 0
    start = int(example["frames"][:from_id].sum())
    end = max(int(voiced[-1]), start + 1)
    start = max(start, end - 100)
    return log_f0 + RISE * np.clip((np.arange(len(f0)) - start) / (end - start), 0, 1) ** 1.3


def targets(example: Example) -> np.ndarray:
    """(OUTPUTS, frames): log-F0, voicing, cepstrum, bands."""
    voicing = (example["f0"] > 0).astype(np.float32)
    parts = [melody(example)[:, None], voicing[:, None], example["cepstrum"], example["bands"]]
    return np.concatenate(parts, 1, dtype=np.float32).T


def prepare(examples: list[Example]) -> None:
    """Drops the padding ids; adds the targets (unvoiced frames borrow bands) and the id of every frame."""
    for example in examples:
        target = targets(example)
        voiced = np.flatnonzero(example["f0"] > 0)
        if len(voiced):
            following = np.searchsorted(voiced, np.arange(len(example["f0"])))
            target[2 + CEPSTRUM :] = target[2 + CEPSTRUM :, voiced[following.clip(0, len(voiced) - 1)]]
        example["frames"] = example["frames"][0::2]
        spans = torch.from_numpy(example["frames"].astype(np.int64))
        owner = torch.repeat_interleave(torch.arange(len(spans)), spans)
        begin = (torch.cumsum(spans, 0) - spans)[owner].float()
        example["ids"] = example["ids"][0::2]
        example["target"] = torch.from_numpy(target)
        example["owner"] = owner
        example["place"] = places(begin, spans[owner].float(), torch.arange(len(owner)).float())


def batches(examples: list[Example], size: int, seed: int) -> Iterator[list[Example]]:
    """Endless batches of sentences of like length."""
    order = random.Random(seed)
    while True:
        shuffled = sorted(examples, key=lambda e: len(e["ids"]) * order.uniform(0.85, 1.18))
        groups = [shuffled[i : i + size] for i in range(0, len(shuffled) - size + 1, size)]
        order.shuffle(groups)
        yield from groups


def stack(group: list[Example], order: random.Random) -> dict[str, Tensor]:
    """All ids of each sentence and one window of its frames, which is long enough for what the stack sees.

    `mask` leaves out what lies past a sentence's end or too near to a cut.
    """
    size, count = len(group), -(-max(len(e["ids"]) for e in group) // ID_STEP) * ID_STEP
    made = {
        "ids": torch.zeros(size, count, dtype=torch.long),
        "frames": torch.zeros(size, count),
        "id_mask": torch.zeros(size, 1, count),
        "mask": torch.zeros(size, 1, WINDOW),
        "target": torch.zeros(size, OUTPUTS, WINDOW),
        "owner": torch.zeros(size, WINDOW, dtype=torch.long),
        "place": torch.zeros(size, PLACES, WINDOW),
    }
    for row, example in enumerate(group):
        n, length = len(example["ids"]), len(example["owner"])
        made["ids"][row, :n] = torch.from_numpy(example["ids"].astype(np.int64))
        made["frames"][row, :n] = torch.from_numpy(example["frames"].astype(np.float32))
        made["id_mask"][row, :, :n] = 1
        start = min(max(0, order.randrange(-EDGE, max(1, length - WINDOW + EDGE + 2))), max(0, length - WINDOW))
        start -= start % 2
        taken = min(WINDOW, length - start)
        part = slice(start, start + taken)
        made["target"][row, :, :taken] = example["target"][:, part]
        made["owner"][row, :taken] = example["owner"][part]
        made["owner"][row, taken:] = example["owner"][-1]
        made["place"][row, :, :taken] = example["place"][:, part]
        first, last = EDGE if start else 0, taken - (EDGE if start + taken < length else 0)
        made["mask"][row, :, first:last] = 1
    return made


def losses(network: Network, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """Mean absolute errors in standard deviations; the envelope also by its change from frame to frame."""
    states, lengths = network.encode(batch["ids"], batch["id_mask"])
    owner = batch["owner"][:, None].expand(-1, states.shape[1], -1)
    out = network.decode(torch.gather(states, 2, owner), batch["place"]).float()
    want = (batch["target"] - network.mean) / network.spread
    mask, total = batch["mask"], batch["mask"].sum()
    voiced = batch["target"][:, 1:2] * mask
    gap = (out - want) * mask
    envelope = slice(2, 2 + CEPSTRUM)
    change = (gap[:, envelope, 1:] - gap[:, envelope, :-1]) * mask[:, :, 1:]
    weight = network.spread[:, envelope].sqrt()
    weight = weight / weight.mean()
    flags = binary_cross_entropy_with_logits(out[:, 1:2], batch["target"][:, 1:2], reduction="none")
    span = (lengths.float() - torch.log1p(batch["frames"])) * batch["id_mask"][:, 0]
    return {
        "length": 2 * (span.abs() + span.square()).sum() / batch["id_mask"].sum(),
        "pitch": (gap[:, :1].abs() * (voiced + 0.1)).sum() / total,
        "voicing": (flags * mask).sum() / total,
        "envelope": 2 * (gap[:, envelope].abs() * weight).sum() / total / CEPSTRUM,
        "change": 2 * (change.abs() * weight).sum() / total / CEPSTRUM,
        "bands": 0.5 * (gap[:, 2 + CEPSTRUM :].abs() * voiced).sum() / total / BANDS,
    }


def set_scale(network: Network, examples: list[Example]) -> None:
    """Mean and standard deviation of every output, over a sample of the examples."""
    sample = torch.cat([e["target"] for e in examples[:800]], 1)
    network.mean[0, :, 0] = sample.mean(1)
    network.spread[0, :, 0] = sample.std(1) + 1e-3
    network.mean[0, 1], network.spread[0, 1] = 0.0, 1.0


def checked(network: Network, held: list[Example]) -> str:
    """The losses over sentences kept out of training, as a line."""
    order, sums = random.Random(1), {}
    groups = [held[i : i + BATCH] for i in range(0, len(held), BATCH)]
    with torch.no_grad():
        for group in groups:
            for name, value in losses(network, stack(group, order)).items():
                sums[name] = sums.get(name, 0.0) + value.item() / len(groups)
    return " ".join(f"{name} {value:.3f}" for name, value in sums.items())


class Average:
    """A running mean of the weights, which is what gets saved: it hears less of the last few batches."""

    def __init__(self, network: Network) -> None:
        self.network = copy.deepcopy(network).requires_grad_(False)
        self.count = 0

    def add(self, network: Network) -> None:
        self.count += 1
        rate = max(0.02, 1 / (self.count + 1))
        for mine, live in zip(self.network.parameters(), network.parameters(), strict=True):
            mine.lerp_(live.detach(), rate)


def train(network: Network, examples: list[Example], options: argparse.Namespace) -> None:
    """AdamW: a warm-up, half the given minutes at the full rate, half of them down to nothing."""
    held, examples = examples[:HELD], examples[HELD:]
    average, order = Average(network), random.Random(options.seed)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE_PEAK, betas=(0.9, 0.98), weight_decay=0.01)
    begin = time.monotonic()
    for step, group in enumerate(batches(examples, BATCH, options.seed), start=1):
        share = (time.monotonic() - begin) / (options.minutes * 60)
        if share >= 1:
            break
        for settings in optimizer.param_groups:
            settings["lr"] = RATE_PEAK * min(1, step / 100, 2.02 * (1 - share))
        with torch.autocast("cpu", torch.bfloat16):
            loss = sum(losses(network, stack(group, order)).values())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if step % 4 == 0:
            average.add(network)
        if step % 200 == 0:
            torch.save(average.network.state_dict(), options.out)
            print(f"{share:.2f} step {step} {checked(average.network, held)}", flush=True)
    torch.save(average.network.state_dict(), options.out)
    print(f"end: {checked(average.network, held)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="weights (.pt)")
    parser.add_argument("examples", type=Path, nargs="+", help="from piper_teacher.py")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    examples = [example for path in options.examples for example in pickle.loads(path.read_bytes())]  # noqa: S301
    examples = [e for e in examples if e["frames"].sum() == len(e["f0"]) > TAIL]
    random.Random(options.seed).shuffle(examples)
    prepare(examples)
    network = Network()
    set_scale(network, examples)
    if options.start:
        network.load_state_dict(torch.load(options.start))
    print(f"{len(examples)} examples, {sum(p.numel() for p in network.parameters()) / 1e6:.2f} M parameters")
    train(network, examples, options)


if __name__ == "__main__":
    main()
