"""Rotations as the spatial transformer's sampler takes them."""

import torch
from torch import Tensor

from runbench.models.shapes import Affine, PerImage


def rotation_theta(cosine: PerImage, sine: PerImage, image_size: tuple[int, int]) -> Affine:
    """Return theta of the rotations about the centre that take (1, 0) to (cosine, sine).

    Directions are in pixels of the input, x to the right and y downwards, and theta maps normalised output to
    normalised input coordinates: what lies in direction (cosine, sine) of the input lies to the output's right.
    """
    height, width = image_size
    zero = torch.zeros_like(cosine)
    rows = [cosine, -sine * (height / width), zero, sine * (width / height), cosine, zero]
    theta: Tensor = torch.stack(rows, dim=1).unflatten(1, (2, 3))
    return theta
