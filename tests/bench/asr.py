"""How much CPU does a turn cost? Our decoder beside `WhisperModel.transcribe` with its defaults.

    python -m tests.bench.asr                  tiny, base, small with random weights; then the small model
    python -m tests.bench.asr --sizes tiny --runs 9

Random weights of the true shapes cost what trained ones cost, and need no download. They say nothing, though,
about when to stop; so both decoders are stopped after the same number of tokens, three for each second and
two more, as English speech has. The weights are made so that no end and, after the first, no timestamp is
chosen. Three more things are kept apart:

- `transcribe` repeats a decode at five more temperatures when it does not like the result, which with random
  weights is always. Its column is without that ladder; what the ladder costs is printed behind it.
- our decoder's window is 10 s + 2 s for a model that was trained on 30 s alone (column "10 s floor"), and as
  long as the turn and half a second for one whose card says that it was trained for that ("short").
- the repetition of a doubtful turn over 30 s is left out of the random weights' figures, and is in those of
  the trained model, for both.

Every run of one is followed by a run of the other; figures are medians of CPU time (all threads), in
milliseconds.
"""

import argparse
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import ctranslate2
import jiwer
import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel
from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

import audio_fixtures
from voice.audio import upsample
from voice.demo import CALLERS
from voice.recorded import load
from voice.whisper import AsrSettings, Decoder

SECONDS = (2, 4, 8)
SMALL_MODEL = audio_fixtures.ROOT / "models" / "whisper-switchboard"
VOCABULARY = 51864
END = 50256
NO_TIMES = 50362


@dataclass(frozen=True, slots=True)
class Shape:
    """One size of the English Whisper models (Radford et al. 2022, table 1)."""

    name: str
    width: int
    layers: int
    heads: int


SHAPES = (Shape("tiny", 384, 4, 6), Shape("base", 512, 6, 8), Shape("small", 768, 12, 12))


# ---- models with random weights ----------------------------------------------------------------------------


def random_model(shape: Shape, cache: Path) -> Path:
    """The folder of an int8 Whisper of this shape; made once."""
    folder = cache / f"whisper-random-{shape.name}.en"
    if folder.is_dir():
        return folder
    print(f"making {folder} (once)", flush=True)
    spec = ctranslate2.specs.WhisperSpec(shape.layers, shape.heads, shape.layers, shape.heads)
    fill(spec, shape, np.random.default_rng(30))
    spec.register_vocabulary(vocabulary())
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], []
    spec.config.lang_ids, spec.config.alignment_heads = [50258], [(shape.layers - 1, 0)]
    spec.validate()
    spec.optimize(quantization="int8")
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    spec.save(str(part))
    tokenizer().save(str(part / "tokenizer.json"))
    part.rename(folder)
    return folder


def fill(spec: Any, shape: Shape, random: np.random.Generator) -> None:
    """Weights as small as trained ones are; a bias that keeps ends and timestamps from being chosen."""
    width = shape.width

    def weights(*size: int) -> npt.NDArray[np.float32]:
        return random.standard_normal(size, dtype=np.float32) * np.float32(0.04)

    def linear(layer: Any, out: int, into: int) -> None:
        layer.weight, layer.bias = weights(out, into), np.zeros(out, np.float32)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(width, np.float32), np.zeros(width, np.float32)

    def block(layer: Any, crossed: bool) -> None:
        norm(layer.self_attention.layer_norm)
        linear(layer.self_attention.linear[0], 3 * width, width)
        linear(layer.self_attention.linear[1], width, width)
        if crossed:
            norm(layer.attention.layer_norm)
            for place, out in enumerate((width, 2 * width, width)):
                linear(layer.attention.linear[place], out, width)
        norm(layer.ffn.layer_norm)
        linear(layer.ffn.linear_0, 4 * width, width)
        linear(layer.ffn.linear_1, width, 4 * width)

    for conv, channels in ((spec.encoder.conv1, 80), (spec.encoder.conv2, width)):
        conv.weight, conv.bias = weights(width, channels, 3), np.zeros(width, np.float32)
    spec.encoder.position_encodings.encodings = weights(1500, width)
    spec.decoder.position_encodings.encodings = weights(448, width)
    for part, crossed in ((spec.encoder, False), (spec.decoder, True)):
        norm(part.layer_norm)
        for layer in part.layer:
            block(layer, crossed)
    spec.decoder.embeddings.weight = weights(VOCABULARY, width)
    spec.decoder.projection.weight = spec.decoder.embeddings.weight
    spec.decoder.projection.bias = np.zeros(VOCABULARY, np.float32)
    spec.decoder.projection.bias[END:] = -100.0


def vocabulary() -> list[str]:
    """The byte alphabet, tokens without meaning, and Whisper's special tokens in their places."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    return [*letters, *(f"w{n}" for n in range(END - len(letters))), *specials()]


def specials() -> list[str]:
    languages = ["<|en|>", *(f"<|l{n}|>" for n in range(98))]
    tasks = "translate transcribe startoflm startofprev nospeech notimestamps".split()
    times = [f"<|{n * 0.02:.2f}|>" for n in range(1501)]
    return ["<|endoftext|>", "<|startoftranscript|>", *languages, *(f"<|{task}|>" for task in tasks), *times]


def tokenizer() -> Tokenizer:
    """Enough of Whisper's tokenizer to write the special tokens and read the rest."""
    made = Tokenizer(BPE({token: n for n, token in enumerate(vocabulary()[:END])}, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(token, special=True) for token in specials()])
    if made.token_to_id("<|notimestamps|>") != NO_TIMES:
        raise AssertionError("the special tokens are not in Whisper's places")
    return made


# ---- measuring ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one decode, in milliseconds."""

    cpu: float
    wall: float


def cost(work: Callable[[], object]) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost((time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000)


def interleaved(works: dict[str, Callable[[], object]], runs: int) -> dict[str, Cost]:
    """Medians; after one run of each that does not count."""
    for work in works.values():
        work()
    costs: dict[str, list[Cost]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            costs[name].append(cost(work))
    return {
        name: Cost(statistics.median(c.cpu for c in found), statistics.median(c.wall for c in found))
        for name, found in costs.items()
    }


def speech(seconds: float) -> bytes:
    """µ-law of recorded callers, so long."""
    clips = [clip for name in CALLERS for clip in load(name).clips.values()]
    return b"".join(clips)[: int(seconds * 8000)]


def transcript(model: WhisperModel, mulaw: bytes, **options: Any) -> str:
    segments, _ = model.transcribe(upsample(mulaw), **options)
    return " ".join(segment.text.strip() for segment in segments)


def random_weights(shape: Shape, cache: Path, threads: int, runs: int) -> None:
    folder = random_model(shape, cache)
    # Three tokens for each second and two more, for both.
    settings = AsrSettings(folder, threads=threads, tokens_per_s=3.0, tokens_more=2)
    safe = Decoder(settings)
    short = Decoder(replace(settings, window_floor_s=0.0, window_margin_s=0.5))
    whole = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
    for seconds in SECONDS:
        mulaw = speech(seconds)
        tokens = 3 * seconds + 2
        # CTranslate2 stops after half of max_length: prompt (1) + max_new_tokens, says faster-whisper.
        limit = 2 * tokens - 1
        works: dict[str, Callable[[], object]] = {
            "short": partial(short.decode, mulaw, again=False),
            "safe": partial(safe.decode, mulaw, again=False),
            "theirs": partial(transcript, whole, mulaw, temperature=0.0, max_new_tokens=limit),
        }
        found = interleaved(works, runs)
        ladder = cost(partial(transcript, whole, mulaw, max_new_tokens=limit))
        row(shape.name, seconds, found["short"], found["safe"], found["theirs"], ladder)


def row(name: str, seconds: float, short: Cost, safe: Cost, theirs: Cost, ladder: Cost) -> None:
    print(
        f"{name:6} {seconds:3g} s {short.cpu:9.0f} {safe.cpu:9.0f} {theirs.cpu:11.0f} "
        f"{theirs.cpu / short.cpu:7.1f} × {theirs.cpu / safe.cpu:7.1f} × {ladder.cpu:11.0f}",
        flush=True,
    )


# ---- the trained small model -------------------------------------------------------------------------------


def plain(text: str) -> str:
    letters = (c if c.isalpha() or c == "'" else " " for c in text.lower())
    return " ".join("".join(letters).split())


def recorded() -> Iterable[tuple[str, bytes]]:
    """(words, µ-law) of every clip of the recorded callers."""
    for name in CALLERS:
        caller = load(name)
        for turn in caller.scenario.turns:
            if turn.clip is not None and turn.says is not None:
                yield plain(turn.says), caller.clips[turn.clip]


def small_model(folder: Path, threads: int, runs: int) -> None:
    ours = Decoder(AsrSettings(folder, threads=threads))
    theirs = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
    print(f"\n{folder.name}, both with everything they do by themselves (retries, temperatures):\n")
    print("  turn      ours   transcribe    ratio")
    for seconds in SECONDS:
        mulaw = speech(seconds)
        found = interleaved({"ours": partial(ours.decode, mulaw), "theirs": partial(transcript, theirs, mulaw)}, runs)
        a, b = found["ours"], found["theirs"]
        print(f"{seconds:4} s {a.cpu:9.0f} {b.cpu:12.0f} {b.cpu / a.cpu:7.1f} ×", flush=True)
    compared(ours, theirs)


def compared(ours: Decoder, theirs: WhisperModel) -> None:
    """CPU time and word error rate over every recorded turn."""
    said, heard, whole = [], [], []
    our_ms = their_ms = 0.0
    for words, mulaw in recorded():
        said.append(words)
        began = time.process_time()
        heard.append(plain(" ".join(h.text for h in ours.decode(mulaw).hypotheses)))
        between = time.process_time()
        whole.append(plain(transcript(theirs, mulaw)))
        our_ms += (between - began) * 1000
        their_ms += (time.process_time() - between) * 1000
    count = len(said)
    print(f"\n{count} recorded turns of {len(CALLERS)} callers:")
    print(f"ours        {our_ms / count:6.0f} ms a turn, WER {jiwer.wer(said, heard):.1%}")
    print(f"transcribe  {their_ms / count:6.0f} ms a turn, WER {jiwer.wer(said, whole):.1%}")
    print(f"ratio       {their_ms / our_ms:6.1f} ×")


def machine() -> str:
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        models = [line.partition(":")[2].strip() for line in cpuinfo.open() if line.startswith("model name")]
        name = models[0] if models else name
    return f"{name}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", nargs="*", default=[s.name for s in SHAPES], choices=[s.name for s in SHAPES])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--model", type=Path, default=SMALL_MODEL, help="folder of a trained small model")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "switchboard-bench")
    given = parser.parse_args()
    print(f"{machine()}; {given.threads} thread(s), medians of {given.runs} interleaved runs, ms of CPU\n")
    if given.sizes:
        print("Random weights, 3 tokens a second + 2 for both:\n")
        print("model  turn     short 10 s floor  transcribe   ratio     ratio    with ladder")
        for shape in SHAPES:
            if shape.name in given.sizes:
                random_weights(shape, given.cache, given.threads, given.runs)
    if given.model.is_dir():
        small_model(given.model, given.threads, given.runs)
    else:
        print(f"\n{given.model} is not there: no figures of the trained model")


if __name__ == "__main__":
    main()
