"""Rotations as the spatial transformer's sampler takes them."""

from __future__ import annotations

import torch
from torch import Tensor


def rotation_theta(cosine: Tensor, sine: Tensor, image_size: tuple[int, int]) -> Tensor:
    """Return theta (B, 2, 3) of the rotations about the centre that take (1, 0) to (cosine, sine), each (B,).

    Directions are in pixels of the input, x to the right and y downwards, and theta maps normalised output to
    normalised input coordinates: what lies in direction (cosine, sine) of the input lies to the output's right.
    """
    height, width = image_size
    zero = torch.zeros_like(cosine)
    rows = [cosine, -sine * (height / width), zero, sine * (width / height), cosine, zero]
    theta: Tensor = torch.stack(rows, dim=1).unflatten(1, (2, 3))
    return theta
