"""Muon: momentum whose step, for each weight matrix, has all its singular values near one.

Keller Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024); the step's size is that of Liu
et al., "Muon is scalable for LLM training" (2025), so that AdamW's rates hold for it as well.
"""

from collections.abc import Callable, Iterable

import torch

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Coefficients of the quintic whose five rounds bring singular values in 0..1 near one."""
ROUNDS = 5
LIKE_ADAM = 0.2
"""Root mean square of AdamW's usual step."""


def orthogonal(stack: torch.Tensor) -> torch.Tensor:
    """Each matrix of (n, rows, columns) with its singular values brought near one."""
    a, b, c = NEWTON_SCHULZ
    tall = stack.shape[1] > stack.shape[2]
    x = (stack.transpose(1, 2) if tall else stack).bfloat16()
    x = x / (x.float().norm(dim=(1, 2), keepdim=True) + 1e-7).bfloat16()
    for _ in range(ROUNDS):
        square = x @ x.transpose(1, 2)
        x = a * x + (b * square + c * square @ square) @ x
    return (x.transpose(1, 2) if tall else x).float()


class Muon(torch.optim.Optimizer):
    """For two-dimensional weights of hidden layers; embeddings, norms and biases want AdamW."""

    def __init__(
        self, matrices: Iterable[torch.Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.01
    ) -> None:
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Matrices of one shape are moved together."""
        for group in self.param_groups:
            shapes: dict[tuple[int, ...], list[torch.Tensor]] = {}
            for matrix in group["params"]:
                shapes.setdefault(tuple(matrix.shape), []).append(matrix)
            for shape, matrices in shapes.items():
                moves = orthogonal(torch.stack([self.momentum(one, group["momentum"]) for one in matrices]))
                torch._foreach_mul_(matrices, 1 - group["lr"] * group["weight_decay"])
                size = LIKE_ADAM * max(shape) ** 0.5
                torch._foreach_add_(matrices, list(moves.unbind()), alpha=-group["lr"] * size)

    def momentum(self, matrix: torch.Tensor, keep: float) -> torch.Tensor:
        """Nesterov's: the gradient again, on top of its running average."""
        assert matrix.grad is not None
        average = self.state[matrix].setdefault("average", torch.zeros_like(matrix))
        average.lerp_(matrix.grad, 1 - keep)
        return matrix.grad.lerp(average, keep)
