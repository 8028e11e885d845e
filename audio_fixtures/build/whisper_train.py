"""Train the small Whisper on the waves in a folder, from the weights of an earlier one or from nothing.

`python whisper_train.py WAVES OUT --init FOLDER --minutes 60` goes on from a CTranslate2 folder (or `--resume
OUT.pt`). From nothing, the encoder first learns characters alone (`--ctc-minutes`), since attention finds no
alignment by itself. New waves that appear in the folder are taken in while it runs. OUT.pt has the averaged weights.

Two processes of one thread each (`--workers 2`, gradients averaged) are far faster here than one of two threads
when the machine is shared: no thread waits in a spin for another that is not running. For the same reason glibc
is told to keep memory instead of giving it back (see WHISPER.md for the environment).
"""

import argparse
import copy
import math
import queue
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.multiprocessing
import whisper_batches as batches
import whisper_fast
import whisper_model
import whisper_text
from torch import distributed
from torch.nn import functional
from whisper_muon import Muon

CTC_SHARE = 0.3
LANGUAGE_SHARE = 0.15
CALM = 0.72
"""From this share of the time on the lines are less disturbed, as those that will be heard."""
AVERAGE_EVERY = 5
BATCHES = 2
"""To a step and worker: what workers wait for each other and the optimisers' own work is then shared by more."""


def tokenizer_for(waves: Path, out: Path) -> whisper_model.Tokens:
    """A new tokenizer out of the waves' texts, for a start from nothing."""
    texts = [u.text for path in sorted(waves.glob("wave-*.npy"))[:8] for u in batches.read_wave(path)]
    return whisper_model.train_tokenizer(texts, out.with_suffix(".tokenizer.json"))


def feed(
    maker: batches.Maker,
    waves: Path,
    doubled: list[str],
    out: queue.Queue,
    stop: threading.Event,
    focus: Callable[[str], bool] | None,
) -> None:
    """Fill the queue with batches; look for new waves now and then. Runs in a thread."""
    seen: set[Path] = set()
    looked = 0.0
    while not stop.is_set():
        if time.monotonic() - looked > 30:
            for path in sorted(p for p in waves.glob("wave-*.npy") if p not in seen and ".part" not in p.name):
                times = 2 if path.name.split("-")[1] in doubled else 1
                maker.add([u for u in batches.read_wave(path) if focus is None or focus(u.text)] * times)
                seen.add(path)
            looked = time.monotonic()
        batch = maker.next()
        while not stop.is_set():
            try:
                out.put(batch, timeout=1)
                break
            except queue.Full:
                continue


def losses(model: whisper_model.Recogniser, batch: batches.Batch, ctc_only: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross-entropy of the tokens, and CTC of the characters."""
    hidden = model.encode(batch.mel.to(model.characters.weight.dtype))
    characters = model.characters(hidden)
    lengths = torch.full((len(batch.lengths),), hidden.shape[1])
    ctc = functional.ctc_loss(
        characters.float().log_softmax(-1).transpose(0, 1),
        batch.characters,
        lengths,
        batch.lengths,
        blank=0,
        zero_infinity=True,
    )
    if ctc_only:
        return torch.zeros(()), ctc
    return token_loss(model, batch.prompt, batch.target, hidden, smoothing=0.05), ctc


def language_loss(model: whisper_model.Recogniser, prompt: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of sentences without speech: the decoder sees an encoder that says nothing."""
    nothing = torch.zeros(len(prompt), 1, whisper_model.WIDTH, dtype=model.characters.weight.dtype)
    return token_loss(model, prompt, target, nothing)


def token_loss(
    model: whisper_model.Recogniser,
    prompt: torch.Tensor,
    target: torch.Tensor,
    hidden: torch.Tensor,
    smoothing: float = 0.0,
) -> torch.Tensor:
    """Cross-entropy of the tokens to be predicted; every row is computed whole, so that shapes stay few."""
    logits = model.whisper.proj_out(model.decode(prompt, hidden)).float().flatten(0, 1)
    return functional.cross_entropy(logits, target.flatten(), ignore_index=batches.IGNORED, label_smoothing=smoothing)


class Weights:
    """Weights in float32 with their optimisers and a running average; a bfloat16 copy does the work."""

    def __init__(self, model: whisper_model.Recogniser, peak: float, plain: bool) -> None:
        self.model, self.shadow = model, copy.deepcopy(model)
        self.work = copy.deepcopy(model).to(torch.bfloat16)
        if not plain:
            whisper_fast.quicken(self.work)
        pairs = zip(model.parameters(), self.work.parameters(), strict=True)
        self.pairs = [(mine, its) for mine, its in pairs if mine.requires_grad]
        self.masters = [mine for mine, _ in self.pairs]
        self.copies = [its for _, its in self.pairs]
        named = [(name, m) for name, m in model.named_parameters() if m.requires_grad]
        hidden = {name for name, m in named if m.ndim == 2 and "layers." in name}
        others = [m for name, m in named if name not in hidden]
        self.optimizers = (
            Muon([m for name, m in named if name in hidden], lr=peak),
            torch.optim.AdamW(others, lr=peak, betas=(0.9, 0.98), weight_decay=0.01, fused=True),
        )
        self.steps = 0

    def step(self, rate: float) -> None:
        """Take the copy's gradients, average them over the workers, and move."""
        flat = torch.cat([(torch.zeros_like(c) if c.grad is None else c.grad).float().flatten() for c in self.copies])
        if distributed.is_initialized():
            distributed.all_reduce(flat)
            flat /= distributed.get_world_size()
        flat *= min(1.0, 1.0 / (float(flat.norm()) + 1e-6))
        for master, part in zip(self.masters, flat.split([m.numel() for m in self.masters]), strict=True):
            master.grad = part.view_as(master)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
        self.steps += 1
        with torch.no_grad():
            torch._foreach_copy_(self.copies, self.masters)
            if self.steps % AVERAGE_EVERY == 0:
                decay = min(0.985, (self.steps + 1) / (self.steps + 10 * AVERAGE_EVERY))
                torch._foreach_lerp_(list(self.shadow.parameters()), list(self.model.parameters()), 1 - decay)
        self.work.zero_grad(set_to_none=True)

    def save(self, out: Path) -> None:
        part = out.with_suffix(".part")
        torch.save({"average": self.shadow.state_dict(), "last": self.model.state_dict()}, part)
        part.rename(out)


def rate_at(share: float, step: int, peak: float) -> float:
    """Warm up for 150 steps, then a cosine down to a fiftieth."""
    return peak * min(1.0, (step + 1) / 150) * (0.5 * (1 + math.cos(math.pi * min(1.0, share))) * 0.98 + 0.02)


@dataclass(frozen=True, slots=True)
class Stage:
    minutes: float
    rate: float
    out: Path
    ctc_only: bool
    save_minutes: float
    plain: bool


def agreed(share: float) -> float:
    """The first worker's clock is everybody's, so that all stop at the same step."""
    if not distributed.is_initialized():
        return share
    clock = torch.tensor([share])
    distributed.broadcast(clock, 0)
    return float(clock)


def train(
    model: whisper_model.Recogniser, maker: batches.Maker, source: queue.Queue, stage: Stage, first: bool
) -> None:
    """One stage: so many minutes of steps, the averaged weights saved now and then and at its end."""
    weights = Weights(model, stage.rate, stage.plain)
    began = saved = time.monotonic()
    seen = 0
    history: list[tuple[float, float, float]] = []
    while (share := agreed((time.monotonic() - began) / (stage.minutes * 60))) < 1:
        maker.strength = 1.0 if share < CALM else 0.4
        for turn in range(BATCHES):
            batch = source.get()
            cross, ctc = losses(weights.work, batch, stage.ctc_only)
            total = ctc if stage.ctc_only else (1 - CTC_SHARE) * cross + CTC_SHARE * ctc
            spoken = torch.zeros(())
            if turn == 0 and batch.said is not None and not stage.ctc_only:
                spoken = language_loss(weights.work, *batch.said)
                total = total + LANGUAGE_SHARE * BATCHES * spoken
            total.backward()
            seen += len(batch.lengths)
            history.append((cross.item(), ctc.item(), spoken.item() * BATCHES))
        weights.step(rate_at(share, weights.steps, stage.rate))
        if first and weights.steps % 100 == 0:
            recent = history[-100 * BATCHES :]
            mean = [sum(h[i] for h in recent) / len(recent) for i in range(3)]
            print(
                f"{share * stage.minutes:.1f} min, step {weights.steps}, {seen} utterances, ce {mean[0]:.3f}, "
                f"ctc {mean[1]:.3f}, language {mean[2]:.3f}, ready {source.qsize()}",
                flush=True,
            )
        if first and time.monotonic() - saved > stage.save_minutes * 60:
            weights.save(stage.out)
            saved = time.monotonic()
    if first:
        weights.save(stage.out)
    model.load_state_dict(weights.shadow.state_dict())


def work(rank: int, args: argparse.Namespace) -> None:
    """One worker: its own batches, the same weights as the others."""
    torch.set_num_threads(1)
    if args.workers > 1:
        distributed.init_process_group("gloo", f"file://{args.meeting}", rank=rank, world_size=args.workers)
    torch.manual_seed(args.seed)
    if args.init:
        model, tokens = whisper_model.load(args.init)
    else:
        tokens = tokenizer_for(args.waves, args.out)
        model = whisper_model.Recogniser(tokens)
    if args.resume:  # a layer that the .pt lacks stays as --init made it
        model.load_state_dict(torch.load(args.resume)["average"], strict=False)
    source: queue.Queue = queue.Queue(maxsize=4)
    stop = threading.Event()
    maker = batches.Maker(tokens, args.seed * 100 + rank, args.seconds, args.padded)
    if args.dialogues:
        maker.add_sentences(whisper_text.not_held_out(args.dialogues.read_text(encoding="utf-8").splitlines()))
    focus = whisper_text.of_the_flows() if args.focus else None
    thread = threading.Thread(target=feed, args=(maker, args.waves, args.doubled, source, stop, focus), daemon=True)
    thread.start()
    for minutes, rate, ctc_only in ((args.ctc_minutes, 2e-3, True), (args.minutes, args.rate, False)):
        stage = Stage(minutes, rate, args.out, ctc_only, args.save_minutes, args.plain)
        if minutes:
            train(model, maker, source, stage, rank == 0)
    stop.set()
    thread.join(timeout=10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("waves", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--init", type=Path, help="a CTranslate2 folder of the same kind to go on from")
    parser.add_argument("--resume", type=Path, help="a .pt of this script to go on from")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--ctc-minutes", type=float, default=0)
    parser.add_argument("--rate", type=float, default=8e-4)
    parser.add_argument("--seconds", type=float, default=60, help="seconds of audio in a batch")
    parser.add_argument("--padded", type=float, default=0.02, help="share of batches padded to 30 s")
    parser.add_argument("--save-minutes", type=float, default=5)
    parser.add_argument("--focus", action="store_true", help="only utterances that the flows' grammar could have made")
    parser.add_argument("--doubled", nargs="*", default=[], help="seeds whose waves are used twice as often")
    parser.add_argument("--dialogues", type=Path, help="sentences that the decoder learns without speech")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plain", action="store_true", help="torch's own layers, for a processor without AVX-512 bf16")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        args.meeting = f"{folder}/meeting"
        if args.workers > 1:
            torch.multiprocessing.spawn(work, (args,), nprocs=args.workers)
        else:
            work(0, args)


if __name__ == "__main__":
    main()
