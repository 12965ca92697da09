"""The one place where images are resampled, with every option of kornia's warp explicit."""

import torch
from jaxtyping import Float
from kornia.geometry.transform import remap
from torch import Tensor

from runbench.transforms.shapes import Levels, Maps, Matrices, Places

LEAST_SIGMA = 1e-3
"""Smoothing by less than this, in pixels, changes nothing; it keeps 0 from being divided by."""


def warp(images: Maps, sources: Places) -> Maps:
    """Resample images bilinearly at `sources`, one for each pixel, row by row, in pixels; black outside.

    One table of sources for all builds one grid: the batch then travels as the channels of a single image.
    """
    size = images.shape[-2:]
    batch = images.reshape(1, -1, *size) if len(sources) == 1 else images
    x, y = sources.to(images.dtype).reshape(-1, *size, 2).unbind(dim=-1)
    warped: Tensor = remap(
        batch, x, y, mode="bilinear", padding_mode="zeros", align_corners=True, normalized_coordinates=False
    )
    return warped.reshape(images.shape)


def move(points: Float[Tensor, "units 2"], matrix: Matrices) -> Places:
    """Apply homogeneous matrices to points, in the points' precision."""
    x, y = points.unbind(dim=1)
    # Written out, as a product of matrices rounds differently for batches of different sizes
    across, down, offset = matrix.to(points)[..., None].unbind(dim=2)
    moved: Tensor = across * x + down * y + offset
    return (moved[:, :2] / moved[:, 2:]).mT


def invert(matrix: Matrices) -> Matrices:
    """Return the inverses of matrices."""
    inverse: Tensor = torch.linalg.inv(matrix)
    return inverse


def smooth(images: Maps, sigma: Levels) -> Maps:
    """Smooth images by Gaussians of standard deviation sigma, in pixels.

    Weights reach over the whole image and sum to 1, so plain areas keep their value up to the border.
    """
    rows, columns = (_gaussian(sigma.to(images), side) for side in images.shape[-2:])
    return rows[:, None] @ images @ columns[:, None].mT


def about_centre(linear: Float[Tensor, "#batch 2 2"], height: int, width: int) -> Matrices:
    """Return matrices that apply linear maps about ((W-1)/2, (H-1)/2)."""
    centre = linear.new_tensor([(width - 1) / 2, (height - 1) / 2])
    matrix = torch.eye(3, dtype=linear.dtype, device=linear.device).repeat(len(linear), 1, 1)
    matrix[:, :2, :2] = linear
    matrix[:, :2, 2] = centre - linear @ centre
    return matrix


def _gaussian(sigma: Levels, side: int) -> Float[Tensor, "#batch {side} {side}"]:
    """Return matrices that smooth a line of pixels."""
    place = torch.arange(side, dtype=sigma.dtype, device=sigma.device)
    distance = (place - place[:, None]) / sigma.clamp(min=LEAST_SIGMA)[:, None, None]
    return (-distance.square() / 2).softmax(dim=-1)
