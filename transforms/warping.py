"""The one place where images are resampled, with every option of kornia's warp explicit."""

import torch
from kornia.geometry.transform import remap
from torch import Tensor

LEAST_SIGMA = 1e-3
"""Smoothing by less than this, in pixels, changes nothing; it keeps 0 from being divided by."""


def warp(images: Tensor, sources: Tensor) -> Tensor:
    """Resample images (B, N, H, W) bilinearly at `sources` (1 or B, H * W, 2), x then y in pixels; black outside.

    One table of sources for all builds one grid: the batch then travels as the channels of a single image.
    """
    size = images.shape[-2:]
    batch = images.reshape(1, -1, *size) if len(sources) == 1 else images
    x, y = sources.to(images.dtype).reshape(-1, *size, 2).unbind(dim=-1)
    warped: Tensor = remap(
        batch, x, y, mode="bilinear", padding_mode="zeros", align_corners=True, normalized_coordinates=False
    )
    return warped.reshape(images.shape)


def move(points: Tensor, matrix: Tensor) -> Tensor:
    """Apply homogeneous matrices (B, 3, 3) to points (P, 2): (B, P, 2), in the points' precision."""
    x, y = points.unbind(dim=1)
    # Written out, as a product of matrices rounds differently for batches of different sizes
    across, down, offset = matrix.to(points)[..., None].unbind(dim=2)
    moved: Tensor = across * x + down * y + offset
    return (moved[:, :2] / moved[:, 2:]).mT


def invert(matrix: Tensor) -> Tensor:
    """Return the inverses of matrices (B, 3, 3)."""
    inverse: Tensor = torch.linalg.inv(matrix)
    return inverse


def smooth(images: Tensor, sigma: Tensor) -> Tensor:
    """Smooth images (B, N, H, W) by Gaussians of standard deviation sigma (1 or B,), in pixels.

    Weights reach over the whole image and sum to 1, so plain areas keep their value up to the border.
    """
    rows, columns = (_gaussian(sigma.to(images), side) for side in images.shape[-2:])
    return rows[:, None] @ images @ columns[:, None].mT


def about_centre(linear: Tensor, height: int, width: int) -> Tensor:
    """Return matrices (B, 3, 3) that apply linear maps (B, 2, 2) about ((W-1)/2, (H-1)/2)."""
    centre = linear.new_tensor([(width - 1) / 2, (height - 1) / 2])
    matrix = torch.eye(3, dtype=linear.dtype, device=linear.device).repeat(len(linear), 1, 1)
    matrix[:, :2, :2] = linear
    matrix[:, :2, 2] = centre - linear @ centre
    return matrix


def _gaussian(sigma: Tensor, side: int) -> Tensor:
    """Return matrices (1 or B, side, side) that smooth a line of pixels."""
    place = torch.arange(side, dtype=sigma.dtype, device=sigma.device)
    distance = (place - place[:, None]) / sigma.clamp(min=LEAST_SIGMA)[:, None, None]
    return (-distance.square() / 2).softmax(dim=-1)
