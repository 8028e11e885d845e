"""The small Whisper itself: its shape, its tokens, and reading a CTranslate2 folder back so that training can go on.

`load(folder)` takes the int8 weights of any folder of this kind and gives a model in float32; layers that the
folder lacks are put in so that they do nothing at first, hence the model starts as good as the folder was.
"""

import struct
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import nn
from transformers import WhisperConfig, WhisperForConditionalGeneration

WIDTH = 192
ENCODER_LAYERS = 6
DECODER_LAYERS = 4
LONGEST_TEXT = 448
CHARACTERS = " abcdefghijklmnopqrstuvwxyz'"
SPECIALS = (
    "<|endoftext|> <|startoftranscript|> <|en|> <|translate|> <|transcribe|> <|startoflm|> <|startofprev|> "
    "<|nospeech|> <|notimestamps|>"
).split()
DTYPES = ("float32", "int8", "int16", "int32", "float16", "bfloat16")


class Tokens:
    """The tokenizer and the numbers of its special tokens."""

    def __init__(self, path: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(path))
        self.path = path
        self.end, self.start = self.id("<|endoftext|>"), self.id("<|startoftranscript|>")
        self.previous, self.no_speech = self.id("<|startofprev|>"), self.id("<|nospeech|>")
        self.no_times, self.first_time = self.id("<|notimestamps|>"), self.id("<|0.00|>")
        self.size = self.tokenizer.get_vocab_size()

    def id(self, token: str) -> int:
        found = self.tokenizer.token_to_id(token)
        if found is None:
            raise ValueError(f"{self.path}: no token {token}")
        return int(found)

    def encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(" " + text).ids if text else []

    def time(self, seconds: float) -> int:
        return self.first_time + max(0, min(1500, round(seconds / 0.02)))


def train_tokenizer(texts: list[str], path: Path, size: int = 500) -> Tokens:
    """A byte-level BPE of `size` tokens plus Whisper's special ones, as faster-whisper reads it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        [" " + text for text in texts], trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet)
    )
    tokenizer.add_special_tokens(SPECIALS)
    tokenizer.add_special_tokens([f"<|{i * 0.02:.2f}|>" for i in range(1501)])
    tokenizer.save(str(path))
    return Tokens(path)


class Recogniser(nn.Module):
    """The Whisper and, for training only, characters read off its encoder (CTC)."""

    def __init__(
        self, tokens: Tokens, encoder_layers: int = ENCODER_LAYERS, decoder_layers: int = DECODER_LAYERS
    ) -> None:
        super().__init__()
        config = WhisperConfig(
            vocab_size=tokens.size,
            d_model=WIDTH,
            encoder_layers=encoder_layers,
            decoder_layers=decoder_layers,
            encoder_attention_heads=WIDTH // 48,
            decoder_attention_heads=WIDTH // 48,
            encoder_ffn_dim=4 * WIDTH,
            decoder_ffn_dim=4 * WIDTH,
            max_source_positions=1500,
            max_target_positions=LONGEST_TEXT,
            num_mel_bins=80,
            pad_token_id=tokens.end,
            bos_token_id=tokens.end,
            eos_token_id=tokens.end,
            decoder_start_token_id=tokens.start,
            attn_implementation="eager",
        )
        self.whisper = WhisperForConditionalGeneration(config)
        self.characters = nn.Linear(WIDTH, len(CHARACTERS) + 1)
        for module in self.whisper.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
        nn.init.normal_(self.whisper.model.decoder.embed_tokens.weight, std=WIDTH**-0.5)
        with torch.no_grad():
            self.whisper.model.encoder.embed_positions.weight *= 0.3

    def encode(self, mel: torch.Tensor) -> torch.Tensor:
        """As WhisperEncoder.forward, for windows of any length."""
        encoder = self.whisper.model.encoder
        hidden = nn.functional.gelu(encoder.conv1(mel))
        hidden = nn.functional.gelu(encoder.conv2(hidden)).transpose(1, 2)
        hidden = hidden + encoder.embed_positions.weight[: hidden.shape[1]]
        for layer in encoder.layers:
            out = layer(hidden, None)
            hidden = out[0] if isinstance(out, tuple) else out
        return encoder.layer_norm(hidden)

    def decode(self, prompt: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        """The decoder's last hidden state at every place of the prompt."""
        return self.whisper.model.decoder(
            input_ids=prompt, encoder_hidden_states=hidden, use_cache=False
        ).last_hidden_state


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """The variables of a CTranslate2 model.bin, dequantized."""
    data = path.read_bytes()
    place = 4

    def number(form: str) -> int:
        nonlocal place
        (value,) = struct.unpack_from(form, data, place)
        place += struct.calcsize(form)
        return int(value)

    def string() -> str:
        nonlocal place
        length = number("H")
        place += length
        return data[place - length : place - 1].decode()

    string()
    number("I")
    raw: dict[str, np.ndarray] = {}
    for _ in range(number("I")):
        name = string()
        shape = [number("I") for _ in range(number("B"))]
        dtype = DTYPES[number("B")]
        size = number("I")
        raw[name] = np.frombuffer(data, dtype=dtype, count=size // np.dtype(dtype).itemsize, offset=place).reshape(
            shape
        )
        place += size
    scaled = {
        name: value.astype(np.float32) / raw[name + "_scale"].reshape(-1, *[1] * (value.ndim - 1))
        for name, value in raw.items()
        if name + "_scale" in raw
    }
    return {name: value for name, value in raw.items() if not name.endswith("_scale")} | scaled


def set_linear(module: nn.Module, weight: np.ndarray, bias: np.ndarray | None) -> None:
    module.weight.data.copy_(torch.from_numpy(weight.copy()))
    if bias is not None and getattr(module, "bias", None) is not None:
        module.bias.data.copy_(torch.from_numpy(bias.copy()))


def set_attention(module: nn.Module, norm: nn.Module, weights: dict[str, np.ndarray], name: str) -> None:
    """CTranslate2 fuses q, k, v (or k, v across attention); take them apart."""
    set_linear(norm, weights[f"{name}/layer_norm/gamma"], weights[f"{name}/layer_norm/beta"])
    fused = [
        (weights[f"{name}/linear_{i}/weight"], weights[f"{name}/linear_{i}/bias"])
        for i in range(3)
        if f"{name}/linear_{i}/weight" in weights
    ]
    weight = np.concatenate([w for w, _ in fused])
    bias = np.concatenate([b for _, b in fused])
    parts = (module.q_proj, module.k_proj, module.v_proj, module.out_proj)
    for number, part in enumerate(parts):
        set_linear(part, weight[number * WIDTH : (number + 1) * WIDTH], bias[number * WIDTH : (number + 1) * WIDTH])


def set_layer(layer: nn.Module, weights: dict[str, np.ndarray], name: str) -> None:
    set_attention(layer.self_attn, layer.self_attn_layer_norm, weights, f"{name}/self_attention")
    if hasattr(layer, "encoder_attn"):
        set_attention(layer.encoder_attn, layer.encoder_attn_layer_norm, weights, f"{name}/attention")
    set_linear(layer.final_layer_norm, weights[f"{name}/ffn/layer_norm/gamma"], weights[f"{name}/ffn/layer_norm/beta"])
    set_linear(layer.fc1, weights[f"{name}/ffn/linear_0/weight"], weights[f"{name}/ffn/linear_0/bias"])
    set_linear(layer.fc2, weights[f"{name}/ffn/linear_1/weight"], weights[f"{name}/ffn/linear_1/bias"])


def silence_layer(layer: nn.Module) -> None:
    """Make a new layer do nothing yet: its outputs are zero, so the residual passes through."""
    for name in ("self_attn", "encoder_attn"):
        if hasattr(layer, name):
            nn.init.zeros_(getattr(layer, name).out_proj.weight)
            nn.init.zeros_(getattr(layer, name).out_proj.bias)
    nn.init.zeros_(layer.fc2.weight)
    nn.init.zeros_(layer.fc2.bias)


def set_layers(layers: nn.ModuleList, weights: dict[str, np.ndarray], side: str) -> None:
    """The folder's layers, with new silent ones spread among them where the model has more."""
    known = sum(f"{side}/layer_{i}/ffn/linear_0/weight" in weights for i in range(64))
    taken = {round(place) for place in np.linspace(0, len(layers) - 1, known)}
    used = 0
    for place, layer in enumerate(layers):
        if place in taken:
            set_layer(layer, weights, f"{side}/layer_{used}")
            used += 1
        else:
            silence_layer(layer)


def load(
    folder: Path, encoder_layers: int = ENCODER_LAYERS, decoder_layers: int = DECODER_LAYERS
) -> tuple[Recogniser, Tokens]:
    """A model that goes on from the weights in a CTranslate2 folder."""
    tokens = Tokens(folder / "tokenizer.json")
    model = Recogniser(tokens, encoder_layers, decoder_layers)
    weights = read_weights(folder / "model.bin")
    encoder, decoder = model.whisper.model.encoder, model.whisper.model.decoder
    set_linear(encoder.conv1, weights["encoder/conv1/weight"], weights["encoder/conv1/bias"])
    set_linear(encoder.conv2, weights["encoder/conv2/weight"], weights["encoder/conv2/bias"])
    encoder.embed_positions.weight.data.copy_(torch.from_numpy(weights["encoder/position_encodings/encodings"].copy()))
    set_linear(decoder.embed_tokens, weights["decoder/embeddings/weight"], None)
    places = torch.from_numpy(weights["decoder/position_encodings/encodings"].copy())
    decoder.embed_positions.weight.data[: len(places)] = places
    if len(places) < LONGEST_TEXT:
        decoder.embed_positions.weight.data[len(places) :] = places[-1]
    for side, stack in (("encoder", encoder), ("decoder", decoder)):
        set_layers(stack.layers, weights, side)
        set_linear(stack.layer_norm, weights[f"{side}/layer_norm/gamma"], weights[f"{side}/layer_norm/beta"])
    model.whisper.tie_weights()
    return model, tokens
