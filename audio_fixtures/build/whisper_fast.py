"""The small Whisper's layers for training, with little between their matrix products: about twice as many steps.

`encode` and `decode` give what `whisper_model.Recogniser`'s give (`python whisper_fast.py MODEL` compares them and
their gradients), for bfloat16 weights on a processor with AVX-512 bfloat16. The arithmetic between the products is
`whisper_kernels.cpp`, compiled on first use with the machine's own C++ compiler.
"""

import ctypes
import subprocess
import sys
import tempfile
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch
import whisper_model
from torch import Tensor, nn
from torch.autograd import Function

HEAD = 48
SCALE = HEAD**-0.5
SOURCE = Path(__file__).with_name("whisper_kernels.cpp")


@cache
def kernels() -> ctypes.CDLL:
    """The compiled kernels, one build for each process."""
    built = Path(tempfile.mkdtemp()) / "kernels.so"
    command = ["g++", "-O3", "-march=native", "-shared", "-fPIC", str(SOURCE), "-o", str(built)]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(built))


def call(name: str, *given: Tensor | float) -> None:
    """One kernel: tensors by address, counts as 64 bits, scales as floats."""
    plain = [
        ctypes.c_void_p(value.data_ptr())
        if isinstance(value, Tensor)
        else ctypes.c_float(value)
        if isinstance(value, float)
        else ctypes.c_int64(value)
        for value in given
    ]
    getattr(kernels(), name)(*plain)


def columns(rows: Tensor) -> Tensor:
    """The sum of all rows: a bias's gradient."""
    sums = torch.zeros(rows.shape[1])
    call("columns", rows, sums, *rows.shape)
    return sums.bfloat16()


def normed(rows: Tensor, gain: Tensor, shift: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Layer norm, and the means and scales that its way back needs."""
    out, means, scales = torch.empty_like(rows), torch.empty(len(rows)), torch.empty(len(rows))
    call("norm", rows, gain, shift, out, means, scales, *rows.shape)
    return out, means, scales


def norm_back(saved: tuple[Tensor, ...], gradient: Tensor, beside: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What goes to the norm's input (with what went round the block), its gain and its shift; spends `gradient`."""
    rows, gain, means, scales = saved
    gains, shifts = torch.zeros(rows.shape[1]), torch.zeros(rows.shape[1])
    call("norm_back", rows, gain, means, scales, gradient, beside, gains, shifts, *rows.shape)
    return gradient, gains.bfloat16(), shifts.bfloat16()


def split(rows: Tensor, examples: int, part: int, scale: float = 1.0) -> Tensor:
    """Part `part` of the rows as (examples * heads, places, HEAD)."""
    width = whisper_model.WIDTH
    places, heads = len(rows) // examples, width // HEAD
    out = torch.empty(examples * heads, places, HEAD, dtype=rows.dtype)
    call("split", rows, out, examples, places, heads, HEAD, rows.shape[1], part * width, scale)
    return out


def merge(parts: list[tuple[Tensor, float]], examples: int) -> Tensor:
    """The way back of `split` for all parts, each with its scale."""
    width = whisper_model.WIDTH
    places, heads = parts[0][0].shape[1], width // HEAD
    out = torch.empty(examples * places, width * len(parts), dtype=parts[0][0].dtype)
    for part, (rows, scale) in enumerate(parts):
        call("merge", rows, out, examples, places, heads, HEAD, out.shape[1], part * width, scale)
    return out


def attend(query: Tensor, key: Tensor, value: Tensor, causal: bool) -> tuple[Tensor, Tensor]:
    """What each place takes from the values, and the shares it takes."""
    shares = torch.bmm(query, key.transpose(1, 2))
    places = query.shape[1] if causal else 0
    call("softmax", shares, shares.shape[0] * shares.shape[1], shares.shape[2], places)
    return torch.bmm(shares, value), shares


def attend_back(
    gradient: Tensor, query: Tensor, key: Tensor, value: Tensor, shares: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of query, key and value."""
    scores = torch.bmm(gradient, value.transpose(1, 2))
    values = torch.bmm(shares.transpose(1, 2), gradient)
    call("softmax_back", shares, scores, scores.shape[0] * scores.shape[1], scores.shape[2])
    return torch.bmm(scores, key), torch.bmm(scores.transpose(1, 2), query), values


class Gelu(Function):
    @staticmethod
    def forward(ctx: Any, given: Tensor) -> Tensor:
        given = given.contiguous()
        ctx.save_for_backward(given)
        out = torch.empty_like(given)
        call("gelu", given, out, given.numel())
        return out

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:  # type: ignore[override]
        (given,) = ctx.saved_tensors
        gradient = gradient.clone(memory_format=torch.contiguous_format)
        call("gelu_back", given, gradient, torch.zeros(16), given.numel() // 16, 16)
        return gradient


class Feed(Function):
    """rows + second(gelu(first(norm(rows))))"""

    @staticmethod
    def forward(
        ctx: Any, rows: Tensor, gain: Tensor, shift: Tensor, first: Tensor, b1: Tensor, second: Tensor, b2: Tensor
    ) -> Tensor:
        unit, means, scales = normed(rows, gain, shift)
        inner = torch.addmm(b1, unit, first.t())
        risen = torch.empty_like(inner)
        call("gelu", inner, risen, inner.numel())
        ctx.save_for_backward(rows, gain, means, scales, unit, inner, risen, first, second)
        return torch.addmm(b2, risen, second.t()).add_(rows)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, ...]:  # type: ignore[override]
        rows, gain, means, scales, unit, inner, risen, first, second = ctx.saved_tensors
        gradient = gradient.contiguous()
        within, sums = gradient @ second, torch.zeros(inner.shape[1])
        call("gelu_back", inner, within, sums, *inner.shape)
        back = norm_back((rows, gain, means, scales), within @ first, gradient)
        return *back, within.t() @ unit, sums.bfloat16(), gradient.t() @ risen, columns(gradient)


class SelfAttention(Function):
    """rows + out(attention(norm(rows))); `weight` and `bias` are query, key and value one after the other."""

    @staticmethod
    def forward(
        ctx: Any,
        rows: Tensor,
        gain: Tensor,
        shift: Tensor,
        weight: Tensor,
        bias: Tensor,
        out: Tensor,
        out_bias: Tensor,
        examples: int,
        causal: bool,
    ) -> Tensor:
        unit, means, scales = normed(rows, gain, shift)
        mixed = torch.addmm(bias, unit, weight.t())
        query, key, value = (split(mixed, examples, part, SCALE if part == 0 else 1.0) for part in range(3))
        taken, shares = attend(query, key, value, causal)
        joined = merge([(taken, 1.0)], examples)
        ctx.save_for_backward(rows, gain, means, scales, unit, query, key, value, shares, joined, weight, out)
        ctx.examples = examples
        return torch.addmm(out_bias, joined, out.t()).add_(rows)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        rows, gain, means, scales, unit, query, key, value, shares, joined, weight, out = ctx.saved_tensors
        gradient = gradient.contiguous()
        parts = attend_back(split(gradient @ out, ctx.examples, 0), query, key, value, shares)
        mixed = merge([(parts[0], SCALE), (parts[1], 1.0), (parts[2], 1.0)], ctx.examples)
        back = norm_back((rows, gain, means, scales), mixed @ weight, gradient)
        outer = gradient.t() @ joined, columns(gradient)
        return *back, mixed.t() @ unit, columns(mixed), *outer, None, None


class CrossAttention(Function):
    """rows + out(attention(norm(rows) over heard)); `weight` and `bias` are key and value one after the other."""

    @staticmethod
    def forward(
        ctx: Any,
        rows: Tensor,
        heard: Tensor,
        gain: Tensor,
        shift: Tensor,
        asking: Tensor,
        asking_bias: Tensor,
        weight: Tensor,
        bias: Tensor,
        out: Tensor,
        out_bias: Tensor,
        examples: int,
    ) -> Tensor:
        unit, means, scales = normed(rows, gain, shift)
        query = split(torch.addmm(asking_bias, unit, asking.t()), examples, 0, SCALE)
        mixed = torch.addmm(bias, heard, weight.t())
        key, value = split(mixed, examples, 0), split(mixed, examples, 1)
        taken, shares = attend(query, key, value, False)
        joined = merge([(taken, 1.0)], examples)
        ctx.save_for_backward(
            rows, gain, means, scales, unit, query, key, value, shares, joined, heard, asking, weight, out
        )
        ctx.examples = examples
        return torch.addmm(out_bias, joined, out.t()).add_(rows)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        rows, gain, means, scales, unit, query, key, value, shares, joined, heard, asking, weight, out = (
            ctx.saved_tensors
        )
        gradient = gradient.contiguous()
        parts = attend_back(split(gradient @ out, ctx.examples, 0), query, key, value, shares)
        asked = merge([(parts[0], SCALE)], ctx.examples)
        mixed = merge([(parts[1], 1.0), (parts[2], 1.0)], ctx.examples)
        moved, gains, shifts = norm_back((rows, gain, means, scales), asked @ asking, gradient)
        asker = asked.t() @ unit, columns(asked)
        listener = mixed.t() @ heard, columns(mixed)
        outer = gradient.t() @ joined, columns(gradient)
        return moved, mixed @ weight, gains, shifts, *asker, *listener, *outer, None


def joined_weights(*linears: nn.Linear) -> tuple[Tensor, Tensor]:
    """Several linear maps of one input as one; Whisper's key has no bias."""
    biases = [x.bias if x.bias is not None else x.weight.new_zeros(len(x.weight)) for x in linears]
    return torch.cat([x.weight for x in linears]), torch.cat(biases)


def self_attention(layer: nn.Module, rows: Tensor, examples: int, causal: bool) -> Tensor:
    norm, a = layer.self_attn_layer_norm, layer.self_attn
    mixed = joined_weights(a.q_proj, a.k_proj, a.v_proj)
    out: Tensor = SelfAttention.apply(
        rows, norm.weight, norm.bias, *mixed, a.out_proj.weight, a.out_proj.bias, examples, causal
    )
    return out


def feed(layer: nn.Module, rows: Tensor) -> Tensor:
    norm = layer.final_layer_norm
    out: Tensor = Feed.apply(
        rows, norm.weight, norm.bias, layer.fc1.weight, layer.fc1.bias, layer.fc2.weight, layer.fc2.bias
    )
    return out


def encode(model: whisper_model.Recogniser, mel: Tensor) -> Tensor:
    """As `Recogniser.encode`."""
    encoder = model.whisper.model.encoder
    hidden = Gelu.apply(encoder.conv2(Gelu.apply(encoder.conv1(mel)))).transpose(1, 2)
    hidden = hidden + encoder.embed_positions.weight[: hidden.shape[1]]
    examples, places, width = hidden.shape
    rows = hidden.reshape(-1, width)
    for layer in encoder.layers:
        rows = feed(layer, self_attention(layer, rows, examples, False))
    out: Tensor = encoder.layer_norm(rows.view(examples, places, width))
    return out


def decode(model: whisper_model.Recogniser, prompt: Tensor, hidden: Tensor) -> Tensor:
    """As `Recogniser.decode`."""
    decoder = model.whisper.model.decoder
    start = decoder.embed_tokens(prompt) + decoder.embed_positions.weight[: prompt.shape[1]]
    examples, places, width = start.shape
    rows, heard = start.view(-1, width), hidden.reshape(-1, width)
    for layer in decoder.layers:
        rows = self_attention(layer, rows, examples, True)
        norm, a = layer.encoder_attn_layer_norm, layer.encoder_attn
        mixed = joined_weights(a.k_proj, a.v_proj)
        rows = CrossAttention.apply(
            rows,
            heard,
            norm.weight,
            norm.bias,
            a.q_proj.weight,
            a.q_proj.bias,
            *mixed,
            a.out_proj.weight,
            a.out_proj.bias,
            examples,
        )
        rows = feed(layer, rows)
    out: Tensor = decoder.layer_norm(rows.view(examples, places, width))
    return out


def quicken(model: whisper_model.Recogniser) -> None:
    """From now on the model encodes and decodes by these."""
    model.encode, model.decode = partial(encode, model), partial(decode, model)  # type: ignore[method-assign]


def compare(folder: Path) -> None:
    """Print how far outputs and gradients are from the plain layers in float, and how far plain bfloat16 is."""
    exact, tokens = whisper_model.load(folder)
    torch.manual_seed(1)
    mel = torch.randn(3, 80, 251)
    prompt = torch.randint(0, tokens.end, (3, 24))
    pull = torch.randn(3, 24, whisper_model.WIDTH)

    def run(model: whisper_model.Recogniser, fast: bool) -> dict[str, Tensor]:
        kind = model.characters.weight.dtype
        hidden = encode(model, mel.to(kind)) if fast else model.encode(mel.to(kind))
        out = decode(model, prompt, hidden) if fast else model.decode(prompt, hidden)
        ((out.float() * pull).sum() + hidden.float().square().sum()).backward()
        grads = {name: p.grad.float() for name, p in model.named_parameters() if p.grad is not None}
        return {"output": out.float().detach(), **grads}

    wanted = run(exact, False)
    plain = run(whisper_model.load(folder)[0].bfloat16(), False)
    fast = run(whisper_model.load(folder)[0].bfloat16(), True)
    if wanted.keys() != fast.keys():
        raise SystemExit(f"no gradient for {sorted(wanted.keys() - fast.keys())}")
    off = {
        name: [float((given[name] - value).norm() / (value.norm() + 1e-6)) for given in (fast, plain)]
        for name, value in wanted.items()
    }
    for name, (ours, theirs) in sorted(off.items(), key=lambda item: -item[1][0])[:12]:
        print(f"{name}: {ours:.4f} (plain bfloat16 {theirs:.4f})")
    print(f"output: {off['output'][0]:.4f} (plain bfloat16 {off['output'][1]:.4f})")


if __name__ == "__main__":
    compare(Path(sys.argv[1]))
