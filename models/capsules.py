"""The parts of a capsule network (Sabour et al. 2017, arXiv 1710.09829)."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


def squash(vectors: Tensor) -> Tensor:
    """Shorten vectors (..., D) to a length below 1 without turning them (equation 1).

    |s|^2 / (1 + |s|^2) * s / |s|, written without the division by |s|: zero, with gradient zero, at zero.
    """
    length: Tensor = torch.linalg.vector_norm(vectors, dim=-1, keepdim=True)
    return vectors * (length / (1 + length.square()))


def lengths(capsules: Tensor) -> Tensor:
    """Return the lengths (...) of capsules (..., D), the probabilities that their entities are present."""
    presence: Tensor = torch.linalg.vector_norm(capsules, dim=-1)
    return presence


def margin_loss(
    lengths: Tensor, targets: Tensor, present: float = 0.9, absent: float = 0.1, weight: float = 0.5
) -> Tensor:
    """Return the margin loss of capsule lengths (B, K), the sum over classes, the mean over the batch.

    `targets` (B, K) is 1 where the class is present, else 0; several may be. `weight` is lambda
    (equation 4).
    """
    missing = targets * F.relu(present - lengths).square()
    surplus = (1 - targets) * F.relu(lengths - absent).square()
    return (missing + weight * surplus).sum(dim=1).mean()


@final
class PrimaryCapsules(nn.Module):
    """Make capsules (B, I, D) of a feature map by one convolution and squash (section 4).

    I counts types x rows x columns, columns fastest.
    """

    def __init__(self, in_channels: int, types: int, dimensions: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.types = types
        self.convolution = nn.Conv2d(in_channels, types * dimensions, kernel, stride)

    def forward(self, features: Tensor) -> Tensor:
        """Return capsules (B, I, D) of features (B, C, H, W)."""
        maps = self.convolution(features).unflatten(1, (self.types, -1))
        return squash(maps.movedim(2, -1).flatten(1, 3))


@final
class DynamicRouting(nn.Module):
    """Send capsules (B, I, D) to K output capsules of D' dimensions by agreement (procedure 1).

    Every pair of input and output capsules has its own transform. Logits start at zero in each pass. As in
    the authors' code, output capsules have a bias, and the gradient flows through all iterations.
    """

    def __init__(
        self, inputs: int, in_dimensions: int, outputs: int, out_dimensions: int, iterations: int = 3
    ) -> None:
        super().__init__()
        if iterations < 1:
            raise ValueError(f"dynamic routing needs at least one iteration, not {iterations}")
        self.iterations = iterations
        self.transforms = nn.Parameter(torch.empty(outputs, inputs, in_dimensions, out_dimensions))
        self.bias = nn.Parameter(torch.full((outputs, out_dimensions), 0.1))
        nn.init.trunc_normal_(self.transforms, std=0.1)

    def votes(self, capsules: Tensor) -> Tensor:
        """Return the prediction vectors (B, K, I, D') of capsules (B, I, D) (equation 2)."""
        votes = torch.einsum("bid,kide->bkie", capsules, self.transforms)
        # einsum leaves I outermost in memory, where each routing step costs twice as much.
        return votes.contiguous()

    def route(self, votes: Tensor) -> tuple[Tensor, Tensor]:
        """Return output capsules (B, K, D') of votes (B, K, I, D'), and the coupling coefficients (B, K, I).

        The coefficients are the last iteration's and sum to 1 over the output capsules (equation 3).
        """
        logits = votes.new_zeros(votes.shape[:-1])
        for _ in range(self.iterations - 1):
            capsules = self._combine(logits.softmax(dim=1), votes)
            logits = logits + (votes @ capsules.unsqueeze(-1)).squeeze(-1)
        coupling = logits.softmax(dim=1)
        return self._combine(coupling, votes), coupling

    def forward(self, capsules: Tensor) -> Tensor:
        """Return output capsules (B, K, D') of capsules (B, I, D)."""
        return self.route(self.votes(capsules))[0]

    def _combine(self, coupling: Tensor, votes: Tensor) -> Tensor:
        return squash((coupling.unsqueeze(2) @ votes).squeeze(2) + self.bias)
