"""The one place where images are resampled, with every option of kornia's warp explicit."""

import torch
from kornia.geometry.transform import warp_affine
from torch import Tensor


def warp(images: Tensor, matrix: Tensor) -> Tensor:
    """Resample images (B, N, H, W) bilinearly by affine matrices (1 or B, 3, 3), source to destination, in pixels.

    One matrix for all builds one grid: the batch then travels as the channels of a single image.
    """
    size = (images.shape[-2], images.shape[-1])
    batch = images.reshape(1, -1, *size) if len(matrix) == 1 else images
    warped: Tensor = warp_affine(
        batch, matrix[:, :2].to(batch), size, mode="bilinear", padding_mode="zeros", align_corners=True
    )
    return warped.reshape(images.shape).clamp(0, 1)


def support(matrix: Tensor, height: int, width: int) -> Tensor:
    """Return which destination pixels are made of source pixels only: bool (1 or B, 1, H, W)."""
    inside = torch.ones(len(matrix), 1, height, width, dtype=matrix.dtype, device=matrix.device)
    return warp(inside, matrix) > 1 - 1e-4


def about_centre(linear: Tensor, height: int, width: int) -> Tensor:
    """Return matrices (B, 3, 3) that apply linear maps (B, 2, 2) about ((W-1)/2, (H-1)/2)."""
    centre = linear.new_tensor([(width - 1) / 2, (height - 1) / 2])
    matrix = torch.eye(3, dtype=linear.dtype, device=linear.device).repeat(len(linear), 1, 1)
    matrix[:, :2, :2] = linear
    matrix[:, :2, 2] = centre - linear @ centre
    return matrix
