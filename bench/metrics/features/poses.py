"""How linearly a pose moves with a change."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

Shares = Float[Tensor, "dimensions"]


def linearity(
    values: Float[Tensor, "batch levels dimensions"], parameters: Float[Tensor, "batch levels parameters"]
) -> tuple[Shares, float]:
    """Return the share of each dimension's variance along orbits that the change's parameters explain linearly.

    values (B, L, D) and parameters (B, L, P) of B images at L levels; shares (D,), NaN for a dimension that does
    not vary. Each image has an intercept and coefficients of its own, sums of squares are taken over images. The
    second number is what noise would reach: the number of parameters that vary over the number of levels less one.
    """
    x = parameters.double() - parameters.double().mean(dim=1, keepdim=True)
    y = values.double() - values.double().mean(dim=1, keepdim=True)
    fitted = x @ (torch.linalg.pinv(x) @ y)
    total = y.square().sum(dim=(0, 1))
    shares = fitted.square().sum(dim=(0, 1)) / total.masked_fill(total <= 0, torch.nan)
    chance = torch.linalg.matrix_rank(x).double().mean() / max(x.shape[1] - 1, 1)
    return shares, float(chance)
