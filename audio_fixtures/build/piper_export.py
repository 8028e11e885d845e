"""Writes the trained network and the vocoder as one Piper voice: an ONNX graph and its JSON.

The graph takes Piper's `input`, `input_lengths` and `scales` (noise, length, noise_w) and gives `output`
(samples) and `durations` (frames of each id, which piper-tts turns into alignments by `hop_length`). There is
no random operator in it: the same ids and scales always give the same samples.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP
from piper_network import SYMBOLS, Network, places
from piper_vocoder import CEPSTRUM, HOP, RATE, Vocoder
from torch import Tensor, nn

NAME = "en_US-switchboard-x_low"
INFERENCE = {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8}
PAD_ID = 0
WOBBLE = 1024
PITCH_WOBBLE, LENGTH_WOBBLE = 0.012, 0.04
"""Per unit of noise scale and noise_w: standard deviations of log-F0 and of log-length."""
SHARPEN = 1.12
"""Post-filter: the envelope's detail (cepstrum from 2 up) is enlarged: training has averaged it."""
PRESENCE = 0.35
"""Lift of the upper telephone band (subtracted from the first cepstral coefficient, nepers at both ends)."""
PITCH_RANGE = 1.35
"""How much livelier than the teacher's the melody is: log-F0 about its mean is enlarged."""
BREATH = 0.78
"""Exponent on the noise bands: what D4C measures of this vocoder is lower than what went in."""
GAIN = 0.88
KNEE, CEILING = 0.62, 0.85
"""Samples above the knee are bent so that none passes the ceiling."""
BEGIN_FRAMES, MOST_FRAMES = 4.0, 160.0


def wobble(seed: int, smooth: int) -> np.ndarray:
    """A fixed table of unit variance, drawn once and smoothed over `smooth` entries, seamless at its end."""
    drawn = np.random.default_rng(seed).standard_normal(WOBBLE)
    window = np.zeros(WOBBLE)
    window[:smooth] = np.hanning(smooth + 2)[1:-1]
    mixed = np.fft.irfft(np.fft.rfft(drawn) * np.fft.rfft(window), WOBBLE)
    return mixed / mixed.std()


class Voice(nn.Module):
    """What is exported: one sentence of ids in, samples and frames of each id out."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network, self.vocoder = network, Vocoder()
        sharpen = np.full((1, CEPSTRUM, 1), SHARPEN)
        sharpen[:, :2] = 1
        tilt = np.zeros((1, CEPSTRUM, 1))
        tilt[:, 1] = -PRESENCE
        tables = {
            "pitch_table": wobble(2, 40),
            "length_table": wobble(3, 2),
            "sharpen": sharpen,
            "tilt": tilt,
        }
        for name, table in tables.items():
            self.register_buffer(name, torch.tensor(table, dtype=torch.float32), persistent=False)

    def spans(self, lengths: Tensor, scales: Tensor) -> Tensor:
        """Whole frames of each id (n,), rounded so that the error never adds up."""
        count = torch.cumsum(torch.ones_like(lengths, dtype=torch.int64), 0)
        drift = torch.exp(LENGTH_WOBBLE * scales[2] * self.length_table[count % WOBBLE])
        frames = (torch.exp(lengths) - 1) * drift
        frames = torch.where(frames < 0.5, torch.zeros_like(frames), torch.clamp(frames, max=MOST_FRAMES))
        frames = torch.where(count == 1, torch.clamp(frames, min=BEGIN_FRAMES), frames)
        ends = torch.round(torch.cumsum(frames, 0) * torch.clamp(scales[1], 0.2, 5.0))
        return ends - torch.cat([torch.zeros_like(ends[:1]), ends[:-1]])

    def forward(self, ids: Tensor, count: Tensor, scales: Tensor) -> tuple[Tensor, Tensor]:
        ids = torch.clamp(ids[:, : count[0]], 0, SYMBOLS - 1)
        place = torch.cumsum(torch.ones_like(ids[0]), 0) - 1
        kept = torch.nonzero((ids[0] != PAD_ID) | (place == 0))[:, 0]
        mask = torch.ones_like(kept, dtype=torch.float32)[None, None]
        states, lengths = self.network.encode(ids[:, kept], mask)
        spans = self.spans(lengths[0], scales)
        all_spans = torch.zeros_like(ids[0], dtype=torch.float32).scatter(0, kept, spans)
        ends = torch.cumsum(spans, 0)
        time = torch.arange(2 * torch.ceil(ends[-1] / 2).long()).to(torch.float32)
        time = torch.minimum(time, ends[-1] - 1)
        owner = (ends[:, None] <= time[None]).to(torch.int32).sum(0)
        place = places((ends - spans)[owner], spans[owner], time)
        out = self.network.decode(states[:, :, owner], place[None])[:, :, : ends[-1].long()]
        melody = out[0, 0] * PITCH_RANGE * self.network.spread[0, 0] + self.network.mean[0, 0]
        out = out * self.network.spread + self.network.mean
        index = torch.cumsum(torch.ones_like(out[0, 0], dtype=torch.int64), 0) % WOBBLE
        log_f0 = melody + PITCH_WOBBLE * scales[0] * self.pitch_table[index]
        log_f0 = torch.clamp(log_f0, np.log(90.0), np.log(400.0))
        cepstrum = out[:, 2 : 2 + CEPSTRUM] * self.sharpen + self.tilt
        bands = torch.clamp(out[:, 2 + CEPSTRUM :], 1e-3, 1.0) ** BREATH
        audio = GAIN * self.vocoder(log_f0, torch.sigmoid(2 * out[0, 1]), cepstrum, bands)
        over = torch.relu(audio.abs() - KNEE)
        bent = torch.clamp(audio.abs(), max=KNEE) + (CEILING - KNEE) * torch.tanh(over / (CEILING - KNEE))
        return torch.sign(audio) * bent, all_spans[None, None]


def halve(model: onnx.ModelProto, keep: set[int]) -> None:
    """Store large weights as float16 with a Cast, which onnxruntime folds on loading; tables whose number of
    elements is in `keep` stay exact."""
    graph, casts = model.graph, []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < 4096 or values.size in keep:
            continue
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), name + ".half"))
        casts.append(helper.make_node("Cast", [name + ".half"], [name], to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend(casts + nodes)


def export(network: Network, path: Path) -> None:
    """The ONNX file."""
    voice = Voice(network).eval()
    example = (torch.randint(14, 120, (1, 41)), torch.tensor([41]), torch.tensor(list(INFERENCE.values())))
    torch.onnx.export(
        voice,
        example,
        str(path),
        dynamo=False,
        opset_version=17,
        input_names=["input", "input_lengths", "scales"],
        output_names=["output", "durations"],
        dynamic_axes={
            "input": {0: "batch", 1: "phonemes"},
            "output": {2: "samples"},
            "durations": {2: "phonemes"},
        },
    )
    model = onnx.load(str(path))
    halve(model, {table.numel() for table in voice.vocoder.buffers()})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def settings() -> dict[str, object]:
    """Piper's JSON for this voice."""
    return {
        "audio": {"sample_rate": RATE, "quality": "x_low"},
        "espeak": {"voice": "en-us"},
        "inference": INFERENCE,
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": SYMBOLS,
        "num_speakers": 1,
        "speaker_id_map": {},
        "hop_length": HOP,
        "piper_version": importlib.metadata.version("piper-tts"),
        "language": {
            "code": "en_US",
            "family": "en",
            "region": "US",
            "name_native": "English",
            "name_english": "English",
            "country_english": "United States",
        },
        "dataset": "switchboard",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, help="from piper_train.py")
    parser.add_argument("folder", type=Path, help="where the voice goes")
    options = parser.parse_args()
    network = Network()
    network.load_state_dict(torch.load(options.weights))
    options.folder.mkdir(parents=True, exist_ok=True)
    graph, config = options.folder / f"{NAME}.onnx", options.folder / f"{NAME}.onnx.json"
    export(network, graph.with_suffix(".part"))
    config.with_suffix(".part").write_text(json.dumps(settings(), ensure_ascii=False, indent=1), encoding="utf-8")
    graph.with_suffix(".part").replace(graph)
    config.with_suffix(".part").replace(config)
    print(f"{graph}: {graph.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
