"""Batches for training the small Whisper: speech put on a telephone line, and what is to be predicted."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
import torch
import whisper_channel as channel
from whisper_model import CHARACTERS, Tokens

RATE = channel.RATE
IGNORED = -100
BUCKET = RATE // 2
ROUND = 8
"""Windows are whole buckets of samples, token rows whole rounds: oneDNN compiles its kernels for each shape."""
FULL_FRAMES = 3000
BIASED = 0.04
TIMED = 0.08
"""Shares of the examples with a bias in front of the prompt, and with times."""
WARPS = (0.86, 0.89, 0.92, 0.95, 0.97, 1.03, 1.06, 1.09, 1.12, 1.16)
"""Other lengths of throat: how far the mel axis is stretched."""
FASTEST, SLOWEST = 0.89, 1.125
"""Lengths that an utterance is resampled to."""
LANGUAGE = 2400
"""Tokens of sentences without speech beside a step's first batch: the decoder alone learns what follows what."""


@dataclass(frozen=True, slots=True)
class Utterance:
    speech: np.ndarray
    text: str
    voice: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Features, decoder input, what it is to predict, characters for CTC; `said`: the decoder's input and targets of
    sentences that nobody speaks."""

    mel: torch.Tensor
    prompt: torch.Tensor
    target: torch.Tensor
    characters: torch.Tensor
    lengths: torch.Tensor
    said: tuple[torch.Tensor, torch.Tensor] | None = None


def read_wave(path: Path) -> list[Utterance]:
    """All of a wave, mapped into memory, which the workers then share."""
    audio = np.load(path, mmap_mode="r")
    meta = json.loads(path.with_suffix(".json").read_text())
    starts = [0, *meta["ends"][:-1]]
    return [
        Utterance(audio[start:end], text, voice)
        for start, end, text, voice in zip(starts, meta["ends"], meta["text"], meta["voice"], strict=True)
    ]


class Maker:
    """Makes batches out of the utterances it has been given so far; more may be added while it works.

    `strength`, 0 to 1, says how much voices and lines are disturbed; it may change while it works.
    """

    def __init__(self, tokens: Tokens, seed: int, seconds: float, padded: float = 0.03, empty: float = 0.05) -> None:
        self.tokens, self.seconds, self.padded, self.empty = tokens, seconds, padded, empty
        self.random, self.rng = random.Random(seed), np.random.default_rng(seed)
        self.utterances: list[Utterance] = []
        self.sentences: dict[int, list[list[int]]] = {}
        self.strength = 1.0
        self.queue: list[int] = []
        self.waiting: dict[int, list[int]] = {}
        self.ready: list[list[int]] = []

    def add(self, utterances: list[Utterance]) -> None:
        self.utterances += utterances

    def add_sentences(self, texts: list[str]) -> None:
        """Sentences without speech, each with those of about its length."""
        for text in texts:
            row = [self.tokens.start, self.tokens.no_times, *self.tokens.encode(text), self.tokens.end]
            self.sentences.setdefault(-(-len(row) // ROUND) * ROUND, []).append(row)

    def window(self, utterance: Utterance) -> int:
        """Buckets that hold the utterance at its slowest with silence around it."""
        return -(-int(len(utterance.speech) * SLOWEST + 0.7 * RATE) // BUCKET)

    def groups(self) -> list[list[int]]:
        """Utterances of one window to a batch, always as many of a window; what fills no batch comes later."""
        while True:
            if len(self.queue) < 2048:
                fresh = list(range(len(self.utterances)))
                self.random.shuffle(fresh)
                self.queue += fresh
            pool, self.queue = self.queue[:2048], self.queue[2048:]
            for index in pool:
                self.waiting.setdefault(self.window(self.utterances[index]), []).append(index)
            out: list[list[int]] = []
            for window, indices in self.waiting.items():
                size = self.size(window)
                while len(indices) >= size:
                    out.append([indices.pop() for _ in range(size)])
            if out:
                self.random.shuffle(out)
                return out

    def size(self, window: int) -> int:
        """Utterances in a batch of this window."""
        return max(2, int(self.seconds * RATE / BUCKET / window))

    def next(self) -> Batch:
        if not self.ready:
            self.ready = self.groups()
        group = [self.utterances[i] for i in self.ready.pop()]
        full = self.random.random() < self.padded
        return self.batch(group[:10] if full else group, full)

    def warped(self, speech: np.ndarray) -> np.ndarray:
        """Sometimes a little faster and higher, or slower and lower."""
        audio = speech.astype(np.float32) / 32768
        if self.random.random() < 0.5 * self.strength:
            audio = soxr.resample(audio, RATE * self.random.uniform(FASTEST, SLOWEST), RATE, quality="LQ")
        return audio

    def lead(self, room: int) -> int:
        """Samples of silence before the speech, as turns are cut; the rest of the `room` comes after it."""
        lead = self.random.choice(
            [self.random.uniform(0.15, 0.4), self.random.uniform(0.15, 0.4), self.random.uniform(0.0, 0.7)]
        )
        return min(room, int(lead * RATE))

    def noise(self, count: int) -> np.ndarray:
        kind = self.random.choice(
            ["white", "white", "pink", "pink", "brown", "hum", "babble", "babble", "clicks", "music", "breath", "tones"]
        )
        if kind != "babble":
            return channel.noise_like(self.rng, kind, count)
        voices = [
            self.random.choice(self.utterances).speech.astype(np.float32) / 32768
            for _ in range(self.random.randint(3, 7))
        ]
        noise = channel.babble(self.rng, voices, count)
        return noise / (np.sqrt((noise**2).mean()) + 1e-6)

    def line(self, speech: np.ndarray | None, lead: int, count: int) -> np.ndarray:
        """One window of `count` samples as the decoder of the line gives it."""
        audio = np.zeros(count, np.float32)
        power = 0.05
        if speech is not None:
            audio[lead : lead + len(speech)] = speech[: count - lead]
            power = float(np.sqrt((speech**2).mean()))
        if self.random.random() < 0.7:
            audio = np.fft.irfft(np.fft.rfft(audio) * channel.random_channel(self.rng, count), count).astype(np.float32)
            after = float(np.sqrt((audio[lead : lead + len(speech)] ** 2).mean())) if speech is not None else power
            audio *= power / (after + 1e-6) if speech is not None else 1.0
        if self.random.random() < 0.8:
            lowest = 15 - 4 * self.strength if speech is not None else -6
            snr = self.random.uniform(lowest, 38 if speech is not None else 40)
            audio = audio + self.noise(count) * power * 10 ** (-snr / 20)
        audio = audio + channel.white(self.rng, count) * 10 ** (self.random.uniform(-90, -55) / 20)
        peak = float(np.abs(audio).max()) + 1e-6
        level = self.random.uniform(-24, -0.5) if speech is not None else self.random.uniform(-60, -3)
        return channel.mu_law(audio / peak * 10 ** (level / 20))

    def batch(self, group: list[Utterance], full: bool) -> Batch:
        """The utterances on the line and what is to be said of them."""
        speech = [None if self.random.random() < self.empty else self.warped(u.speech) for u in group]
        count = max(self.window(u) for u in group) * BUCKET
        leads = [self.lead(count - (0 if s is None else len(s))) for s in speech]
        lines = np.stack([self.line(s, lead, count) for s, lead in zip(speech, leads, strict=True)])
        warps = [self.random.choice(WARPS) if self.random.random() < 0.6 * self.strength else 1.0 for _ in group]
        mel = channel.log_mel(channel.upsampled(torch.from_numpy(lines), self.random.random()), warps)
        self.mask(mel)
        if full:
            frames = FULL_FRAMES if self.random.random() < 0.6 else self.random.randint(mel.shape[2], FULL_FRAMES)
            mel = torch.nn.functional.pad(mel, (0, max(0, frames - mel.shape[2])))
        rows = []
        for utterance, s, lead in zip(group, speech, leads, strict=True):
            rows.append(
                self.row("" if s is None else utterance.text, lead / RATE, (lead + (0 if s is None else len(s))) / RATE)
            )
        texts = ["" if s is None else u.text for u, s in zip(group, speech, strict=True)]
        return Batch(mel, *self.padded_rows(rows), *self.character_targets(texts), self.language())

    def language(self) -> tuple[torch.Tensor, torch.Tensor] | None:
        """Decoder input and targets of sentences nobody speaks, all of about one length."""
        if not self.sentences:
            return None
        lengths = list(self.sentences)
        length = self.random.choices(lengths, [length * len(self.sentences[length]) for length in lengths])[0]
        rows = self.random.choices(self.sentences[length], k=LANGUAGE // length)
        return self.padded_rows([(row[:-1], [IGNORED, *row[2:]]) for row in rows])

    def mask(self, mel: torch.Tensor) -> None:
        """Hide a few bands and moments (SpecAugment)."""
        for row in mel:
            if self.random.random() < 0.3 * self.strength:
                width = self.random.randint(1, 8)
                start = self.random.randint(0, 60 - width)
                row[start : start + width] = row.mean()
            if self.random.random() < 0.3 * self.strength:
                width = self.random.randint(1, 10)
                start = self.random.randint(0, max(1, row.shape[1] - width))
                row[:, start : start + width] = 0

    def row(self, text: str, start: float, end: float) -> tuple[list[int], list[int]]:
        """Decoder input and what it is to predict: with or without times, with or without a bias in front."""
        tokens = self.tokens
        before: list[int] = []
        if self.random.random() < BIASED:
            before = [tokens.previous, *tokens.encode(self.bias(text))[: self.random.choice([24, 40, 60])]]
        timed = self.random.random() < TIMED
        if timed and text:
            said = [tokens.time(min(start, 1.0)), *tokens.encode(text), tokens.time(end), tokens.end]
        elif timed:
            said = [tokens.time(0), tokens.end]
        else:
            said = [tokens.no_times, *tokens.encode(text), tokens.end]
        sequence = [*before, tokens.start, *said]
        target = [IGNORED] * len(before) + said
        if not text:
            target[len(before)] = tokens.no_speech
        return sequence[:-1], target

    def bias(self, text: str) -> str:
        """A few phrases, half of the time with some of the truth among them."""
        phrases = []
        for _ in range(self.random.randint(1, 6)):
            other = self.random.choice(self.utterances).text.split()
            start = self.random.randrange(len(other))
            phrases.append(" ".join(other[start : start + self.random.randint(1, 3)]))
        said = text.split()
        if said and self.random.random() < 0.5:
            for _ in range(self.random.randint(1, 3)):
                start = self.random.randrange(len(said))
                phrases.insert(
                    self.random.randint(0, len(phrases)), " ".join(said[start : start + self.random.randint(1, 4)])
                )
        return self.random.choice([", ", ", ", " "]).join(phrases)

    def padded_rows(self, rows: list[tuple[list[int], list[int]]]) -> tuple[torch.Tensor, torch.Tensor]:
        longest = -(-max(len(prompt) for prompt, _ in rows) // ROUND) * ROUND
        prompts = torch.full((len(rows), longest), self.tokens.end)
        targets = torch.full((len(rows), longest), IGNORED)
        for number, (prompt, target) in enumerate(rows):
            prompts[number, : len(prompt)] = torch.tensor(prompt)
            targets[number, : len(target)] = torch.tensor(target)
        return prompts, targets

    def character_targets(self, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
        flat = [CHARACTERS.index(c) + 1 for text in texts for c in text]
        return torch.tensor(flat, dtype=torch.long), torch.tensor([len(text) for text in texts])
