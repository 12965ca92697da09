"""Derivatives along a change, at the level where nothing changes (Gruver et al. 2023, arXiv 2210.02984)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from runbench.transforms.base import CoordinateChange
from runbench.transforms.lattice import Lattice

Features = Float[Tensor, "batch *units"]

PROBE = 0.01
"""The change of level at which it is looked how far pixels move."""

NOISE = 1e-10
"""A mean square below this share of its scale is rounding."""


def step_of(
    change_at: Callable[[float], CoordinateChange],
    identity: float,
    parameters: Float[Tensor, "batch parameters"],
    image: Lattice,
    pixels: float,
) -> float:
    """Return the step of the level, from the identity, that moves the pixels of `image` by `pixels`.

    In the root mean square over pixels and parameters (B, P).
    """
    level = parameters.new_tensor([identity + PROBE])
    sources = change_at(identity + PROBE).sources(level, parameters, image, image)
    moved = torch.linalg.vector_norm(sources - image.points(parameters.device), dim=-1)
    return PROBE * pixels / float(moved.square().mean().sqrt())


def derivative(forward: Features, backward: Features, step: float) -> Features:
    """Return the central difference of what features are a step forward and a step backward, per unit of level."""
    return (forward - backward) / (2 * step)


def agree(short: float, wide: float, scale: float, tolerance: float = 0.1) -> bool:
    """Return whether mean squares of derivatives at two steps differ by less than `tolerance` of the greater.

    Or are both rounding beside `scale`, the mean square of the features over that of the step.
    """
    most = max(abs(short), abs(wide))
    return abs(short - wide) <= tolerance * most or most <= NOISE * scale
